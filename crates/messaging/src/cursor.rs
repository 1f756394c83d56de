//! The delivery progress of each destination: a fold.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    Date, Seq, Timestamp,
    desk::{DestinationId, MessagingEvent},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use workflow::Refusal;

/// The progress of every destination that was ever opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursors(BTreeMap<DestinationId, Cursor>);

/// The progress of one destination.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Every record up to this one was accepted or is a dead letter.
    pub done: Seq,
    /// When it last accepted or rejected a record.
    pub at: Timestamp,
    /// The number of records it has accepted. Each counts once, however often it was sent.
    pub letters: u64,
    /// Since when it accepts nothing, and why.
    pub stuck: Option<(Timestamp, String)>,
    /// Dead letters, by record.
    pub dead: BTreeMap<Seq, DeadLetter>,
    /// The last record covered by a statement; `None` without reconciliation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<Seq>,
    /// Dropped dead letters that no statement has covered yet.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub dropped: BTreeSet<Seq>,
    /// Records it reported missing, until they were sent again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub missing: BTreeSet<Seq>,
    /// Records of earlier statements that were sent again since the last statement.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub resent: BTreeSet<Seq>,
    /// The result of the last statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconciled: Option<Reconciliation>,
}

/// The result of the statement of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reconciliation {
    /// When it was compared, or failed.
    pub at: Timestamp,
    /// The local day.
    pub date: Date,
    /// The number of records in the statement.
    pub letters: u64,
    /// The number of records the partner did not have; they are sent again.
    pub missing: usize,
    /// Keys the partner named that are not in the statement.
    pub unknown: Vec<String>,
    /// Why the statement failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// Whether a person has settled the differences.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
}

/// A record that a destination rejected permanently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// When it was rejected.
    pub at: Timestamp,
    /// The HTTP status.
    pub status: u16,
    /// The response text.
    pub why: String,
    /// Whether a person ordered it to be sent again.
    pub again: bool,
}

impl Cursors {
    /// The progress of a destination, once it was opened.
    pub fn of(&self, destination: &DestinationId) -> Option<&Cursor> {
        self.0.get(destination)
    }

    /// Every destination.
    pub fn iter(&self) -> impl Iterator<Item = (&DestinationId, &Cursor)> {
        self.0.iter()
    }

    /// Applies one event.
    pub fn apply(&mut self, at: Timestamp, event: &MessagingEvent) {
        let Some(destination) = event.destination() else { return };
        let cursor = self.0.entry(destination.clone()).or_default();
        match event {
            MessagingEvent::DestinationOpened { after, .. } => cursor.reach(at, *after),
            MessagingEvent::Acknowledged { seq, letters, .. } => {
                cursor.reach(at, *seq);
                cursor.letters += u64::from(*letters);
            }
            MessagingEvent::Stuck { why, .. } => cursor.stuck = Some((at, why.clone())),
            MessagingEvent::Resumed { .. } => cursor.stuck = None,
            MessagingEvent::DeadLettered { seq, status, why, .. } => {
                cursor.reach(at, *seq);
                cursor.missing.remove(seq);
                let dead = DeadLetter { at, status: *status, why: why.clone(), again: false };
                cursor.dead.insert(*seq, dead);
            }
            MessagingEvent::ResendOrdered { seq, .. } => {
                if let Some(dead) = cursor.dead.get_mut(seq) {
                    dead.again = true;
                }
            }
            MessagingEvent::Resent { seq, .. } => {
                // After a crash it may be accepted and logged twice.
                cursor.letters += u64::from(cursor.dead.remove(seq).is_some());
                cursor.missing.remove(seq);
                if cursor.stated.is_some_and(|stated| *seq <= stated) {
                    cursor.resent.insert(*seq);
                }
            }
            MessagingEvent::DeadLetterDropped { seq, .. } => {
                if cursor.dead.remove(seq).is_some()
                    && cursor.stated.is_some_and(|stated| stated < *seq)
                {
                    cursor.dropped.insert(*seq);
                }
            }
            MessagingEvent::StatementsOpened { after, .. } => cursor.stated = Some(*after),
            MessagingEvent::Reconciled { date, through, letters, missing, unknown, .. } => {
                cursor.stated(*through);
                cursor.resent.clear();
                cursor.missing.extend(missing);
                cursor.reconciled = Some(Reconciliation {
                    at,
                    date: *date,
                    letters: *letters,
                    missing: missing.len(),
                    unknown: unknown.clone(),
                    failed: None,
                    settled: false,
                });
            }
            MessagingEvent::StatementFailed { date, through, why, .. } => {
                cursor.stated(*through);
                cursor.reconciled = Some(Reconciliation {
                    at,
                    date: *date,
                    letters: 0,
                    missing: 0,
                    unknown: Vec::new(),
                    failed: Some(why.clone()),
                    settled: false,
                });
            }
            MessagingEvent::DifferencesSettled { .. } => {
                if let Some(reconciled) = &mut cursor.reconciled {
                    reconciled.settled = true;
                }
            }
            MessagingEvent::SmsOrdered(_)
            | MessagingEvent::SmsHanded { .. }
            | MessagingEvent::SmsFailed { .. }
            | MessagingEvent::ReceiptReceived(_)
            | MessagingEvent::MessageReceived(_) => {}
        }
    }

    /// The event that resends a dead letter.
    pub fn resend(&self, destination: &DestinationId, seq: Seq) -> Result<MessagingEvent, Refusal> {
        self.dead(destination, seq)?;
        Ok(MessagingEvent::ResendOrdered { destination: destination.clone(), seq })
    }

    /// The event that drops a dead letter.
    pub fn drop_letter(
        &self,
        destination: &DestinationId,
        seq: Seq,
        reason: String,
    ) -> Result<MessagingEvent, Refusal> {
        self.dead(destination, seq)?;
        let reason = stated_reason(reason)?;
        Ok(MessagingEvent::DeadLetterDropped { destination: destination.clone(), seq, reason })
    }

    /// The events that resend every dead letter that is not ordered to be sent yet.
    pub fn resend_all(&self, destination: &DestinationId) -> Result<Vec<MessagingEvent>, Refusal> {
        let cursor = self.known(destination)?;
        let waiting = cursor.dead.iter().filter(|(_, dead)| !dead.again);
        let events: Vec<MessagingEvent> = waiting
            .map(|(seq, _)| MessagingEvent::ResendOrdered {
                destination: destination.clone(),
                seq: *seq,
            })
            .collect();
        if events.is_empty() {
            let state = format!("{destination} has no dead letters to resend");
            return Err(Refusal::NotNow { state, allowed: Vec::new() });
        }
        Ok(events)
    }

    /// The event that settles the differences of the last statement.
    pub fn settle(
        &self,
        destination: &DestinationId,
        reason: String,
    ) -> Result<MessagingEvent, Refusal> {
        if !self.known(destination)?.reconciled.as_ref().is_some_and(Reconciliation::differs) {
            let state = format!("{destination} has no differences");
            return Err(Refusal::NotNow { state, allowed: Vec::new() });
        }
        let reason = stated_reason(reason)?;
        Ok(MessagingEvent::DifferencesSettled { destination: destination.clone(), reason })
    }

    /// The destinations with differences, as a sentence for an alarm.
    pub fn disagreement(&self) -> Option<String> {
        let differences = self.0.iter().filter_map(|(destination, cursor)| {
            let last = cursor.reconciled.as_ref().filter(|last| last.differs())?;
            let date = last.date;
            Some(match &last.failed {
                Some(why) => format!("{destination}: the statement of {date} fails: {why}"),
                None => format!(
                    "{destination}: of {date} it lacked {} records, which are resent; {} unknown keys",
                    last.missing,
                    last.unknown.len()
                ),
            })
        });
        let differences: Vec<String> = differences.collect();
        (!differences.is_empty())
            .then(|| format!("{}; see /api/v1/courier", differences.join("; ")))
    }

    fn known(&self, destination: &DestinationId) -> Result<&Cursor, Refusal> {
        let none = || Refusal::not_found(format!("a destination {destination}"));
        self.of(destination).ok_or_else(none)
    }

    fn dead(&self, destination: &DestinationId, seq: Seq) -> Result<&DeadLetter, Refusal> {
        let found = self.of(destination).and_then(|cursor| cursor.dead.get(&seq));
        found.ok_or_else(|| Refusal::not_found(format!("dead letter {seq} for {destination}")))
    }
}

impl Cursor {
    /// The progress of a new destination that begins after this record.
    pub fn opened(after: Seq) -> Cursor {
        Cursor { done: after, ..Cursor::default() }
    }

    /// Sets the last record covered by a statement.
    fn stated(&mut self, through: Seq) {
        self.stated = self.stated.max(Some(through));
        self.dropped = self.dropped.split_off(&(through + 1));
    }

    fn reach(&mut self, at: Timestamp, seq: Seq) {
        self.done = self.done.max(seq);
        self.at = at;
    }
}

impl Reconciliation {
    /// Whether there are differences that were not settled.
    pub fn differs(&self) -> bool {
        !self.settled && (self.missing > 0 || !self.unknown.is_empty() || self.failed.is_some())
    }
}

fn stated_reason(reason: String) -> Result<String, Refusal> {
    if reason.trim().is_empty() {
        let fault = workflow::Fault::new("reason", "say how it was settled");
        return Err(Refusal::Faults { faults: vec![fault] });
    }
    Ok(reason)
}

/// The maximum number of dead letters of a destination. With so many, the fault is not in the
/// records: the destination is stuck, and rejected records wait until a person has looked.
pub const DEAD_LETTERS_MAX: usize = 1_000;
