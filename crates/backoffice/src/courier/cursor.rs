//! How far each destination has got: a fold over what was acknowledged.

use std::collections::BTreeMap;

use model::{
    Seq, Timestamp,
    desk::{CourierDeed, DestinationId},
};
use serde::{Deserialize, Serialize};

use crate::Refusal;

/// Every destination that was ever opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursors(BTreeMap<DestinationId, Cursor>);

/// One destination.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// It has everything up to here, or it is a dead letter.
    pub done: Seq,
    /// When it last took or refused something.
    pub at: Timestamp,
    /// Records it has taken, ever. Each counts once, however often it was sent.
    pub letters: u64,
    /// Since when it takes nothing, and why.
    pub stuck: Option<(Timestamp, String)>,
    /// What it refused for good, by record.
    pub dead: BTreeMap<Seq, DeadLetter>,
}

/// A record a destination refused for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// When.
    pub at: Timestamp,
    /// With which HTTP status.
    pub status: u16,
    /// In its own words.
    pub why: String,
    /// Somebody wants it tried again.
    pub again: bool,
}

impl Cursors {
    /// One destination, once it was opened.
    pub fn of(&self, destination: &DestinationId) -> Option<&Cursor> {
        self.0.get(destination)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&DestinationId, &Cursor)> {
        self.0.iter()
    }

    /// It happened.
    pub fn apply(&mut self, at: Timestamp, deed: &CourierDeed) {
        let Some(destination) = deed.destination() else { return };
        let cursor = self.0.entry(destination.clone()).or_default();
        match deed {
            CourierDeed::DestinationOpened { after, .. } => cursor.reach(at, *after),
            CourierDeed::Acknowledged { seq, letters, .. } => {
                cursor.reach(at, *seq);
                cursor.letters += u64::from(*letters);
            }
            CourierDeed::Stuck { why, .. } => cursor.stuck = Some((at, why.clone())),
            CourierDeed::Resumed { .. } => cursor.stuck = None,
            CourierDeed::DeadLettered { seq, status, why, .. } => {
                cursor.reach(at, *seq);
                let dead = DeadLetter { at, status: *status, why: why.clone(), again: false };
                cursor.dead.insert(*seq, dead);
            }
            CourierDeed::ResendOrdered { seq, .. } => {
                if let Some(dead) = cursor.dead.get_mut(seq) {
                    dead.again = true;
                }
            }
            CourierDeed::Resent { seq, .. } => {
                // A crash may have it taken, and put on record, twice.
                cursor.letters += u64::from(cursor.dead.remove(seq).is_some());
            }
            CourierDeed::DeadLetterDropped { seq, .. } => {
                cursor.dead.remove(seq);
            }
            CourierDeed::SmsOrdered(_)
            | CourierDeed::SmsHanded { .. }
            | CourierDeed::SmsFailed { .. }
            | CourierDeed::ReceiptReceived(_)
            | CourierDeed::MessageReceived(_) => {}
        }
    }

    /// Try a dead letter again.
    pub fn resend(&self, destination: &DestinationId, seq: Seq) -> Result<CourierDeed, Refusal> {
        self.dead(destination, seq)?;
        Ok(CourierDeed::ResendOrdered { destination: destination.clone(), seq })
    }

    /// Settle a dead letter without sending it.
    pub fn drop_letter(
        &self,
        destination: &DestinationId,
        seq: Seq,
        reason: String,
    ) -> Result<CourierDeed, Refusal> {
        self.dead(destination, seq)?;
        if reason.trim().is_empty() {
            let fault = crate::Fault::new("reason", "say how it was settled");
            return Err(Refusal::Faults { faults: vec![fault] });
        }
        Ok(CourierDeed::DeadLetterDropped { destination: destination.clone(), seq, reason })
    }

    fn dead(&self, destination: &DestinationId, seq: Seq) -> Result<&DeadLetter, Refusal> {
        let found = self.of(destination).and_then(|cursor| cursor.dead.get(&seq));
        found.ok_or_else(|| Refusal::not_found(format!("dead letter {seq} for {destination}")))
    }
}

impl Cursor {
    /// A destination that has everything up to here and nothing since.
    pub fn opened(after: Seq) -> Cursor {
        Cursor { done: after, ..Cursor::default() }
    }

    fn reach(&mut self, at: Timestamp, seq: Seq) {
        self.done = self.done.max(seq);
        self.at = at;
    }
}

/// Dead letters a destination may have. With so many the fault is not in the letters:
/// it is stuck then, and nothing more is buried until somebody has looked.
pub const DEAD_LETTERS_MAX: usize = 1_000;
