//! Messages and knowledge beside the desk: messages that came in become tickets, owed SMS are
//! ordered, and citations of knowledge are counted.
//!
//! [`Channels`] holds the folds that belong to no single ticket: the [`MessagingState`], the
//! messages not handled yet, the SMS that tickets owe, and the knowledge base. Like the desk it is
//! one fold and one machine: [`Channels::poll_step`] returns what follows by rule, from the state
//! alone, so that a crash between two records loses nothing.
//!
//! - a message becomes a ticket, an update or an evaluation: `message_intake.rs`
//! - an SMS is owed and ordered: `owed_sms.rs`
//! - knowledge items, and which record changed each: `tracked_knowledge.rs`

mod message_intake;
mod owed_sms;
mod tracked_knowledge;

use std::borrow::Cow;

use model::{
    Event, Record, Seq, TicketId, Timestamp, Zone,
    desk::{Actor, DeskEntry, DeskEvent},
};

use serde::{Deserialize, Serialize};

use crate::{Desk, desk::sha256_of};
use knowledge::{KnowledgeCommand, sheet::Row};
use messaging::{MessagingCommand, MessagingState, Templates};
use workflow::Refusal;

pub use message_intake::MessageIntake;
pub use owed_sms::OwedSms;
pub use tracked_knowledge::TrackedKnowledge;

/// The state of messages and knowledge.
#[derive(Clone, Debug, PartialEq)]
pub struct Channels {
    /// The templates of SMS; `None` while no gateway is configured, and then no SMS is ordered.
    templates: Option<Templates>,
    /// Messages sent and received.
    pub messaging: MessagingState,
    /// The knowledge base.
    pub knowledge: TrackedKnowledge,
    message_intake: MessageIntake,
    owed_sms: OwedSms,
}

/// The snapshot of the channels, without the config: a start restores it and reads only the later
/// records of the log. Borrowed when it is written, owned when it is read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChannelsSnapshot<'a> {
    #[serde(rename = "mailroom")]
    messaging: Cow<'a, MessagingState>,
    #[serde(rename = "shelf")]
    knowledge: Cow<'a, TrackedKnowledge>,
    #[serde(rename = "intake")]
    message_intake: Cow<'a, MessageIntake>,
    #[serde(rename = "owed")]
    owed_sms: Cow<'a, OwedSms>,
}

/// The commands to messages and knowledge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ChannelsCommand {
    /// A command about messages: an SMS, or a delivery that was given up.
    #[serde(rename = "Courier")]
    Messaging(MessagingCommand),
    /// A command about the knowledge base.
    Knowledge(KnowledgeCommand),
    /// Imports many knowledge items at once.
    Import {
        /// The items.
        rows: Vec<Row>,
        /// Whether items are accepted and published as their rows say; the sender needs the right
        /// to do so.
        publish: bool,
    },
}

impl ChannelsCommand {
    /// The command's SHA-256 in hex; it shows when one key is used for two commands.
    pub fn sha256(&self) -> Option<String> {
        sha256_of(self)
    }
}

impl Channels {
    /// The state before the first record. `templates`: the texts of SMS, when a gateway is
    /// configured.
    pub fn new(zone: Zone, templates: Option<Templates>) -> Channels {
        Channels {
            templates,
            messaging: MessagingState::default(),
            knowledge: TrackedKnowledge::new(zone),
            message_intake: MessageIntake::default(),
            owed_sms: OwedSms::default(),
        }
    }

    /// The snapshot to be written to disk.
    pub fn snapshot(&self) -> ChannelsSnapshot<'_> {
        ChannelsSnapshot {
            messaging: Cow::Borrowed(&self.messaging),
            knowledge: Cow::Borrowed(&self.knowledge),
            message_intake: Cow::Borrowed(&self.message_intake),
            owed_sms: Cow::Borrowed(&self.owed_sms),
        }
    }

    /// These templates with the state of the snapshot.
    #[must_use]
    pub fn restore_from(self, snapshot: ChannelsSnapshot<'_>) -> Channels {
        Channels {
            templates: self.templates,
            messaging: snapshot.messaging.into_owned(),
            knowledge: snapshot.knowledge.into_owned(),
            message_intake: snapshot.message_intake.into_owned(),
            owed_sms: snapshot.owed_sms.into_owned(),
        }
    }

    /// Whether SMS are sent.
    pub fn writes_sms(&self) -> bool {
        self.templates.is_some()
    }

    /// Follows one record of any kind.
    pub fn apply(&mut self, record: &Record) {
        let Event::Desk(entry) = &record.event else { return };
        self.messaging.apply(record);
        self.knowledge.apply(record);
        self.message_intake.apply(record.seq, entry);
        self.owed_sms.apply(record.at, entry);
    }

    /// The events that follow by rule, in one batch; empty when nothing follows. Apply them before
    /// the next call. `next` is the number for a new ticket.
    pub fn poll_step(&mut self, now: Timestamp, desk: &Desk, next: TicketId) -> Vec<DeskEntry> {
        let entries = self.message_intake.poll_step(now, desk, &self.messaging.texts, next);
        if !entries.is_empty() {
            return entries;
        }
        let Some(templates) = &self.templates else { return Vec::new() };
        let event = self.owed_sms.poll_step(now, desk, templates, &self.messaging.texts);
        let entry =
            |event| DeskEntry { by: Actor::Engine, key: None, event: DeskEvent::Messaging(event) };
        event.map(entry).into_iter().collect()
    }

    /// Whether the rules have something to look at.
    pub fn is_due(&self) -> bool {
        self.message_intake.is_due() || (self.templates.is_some() && self.owed_sms.is_due())
    }

    /// Decides a command. `expected` is the last record of the item that the sender has seen.
    ///
    /// # Errors
    /// A [`Refusal`]: the person may not do it, the state does not allow it, the item has changed
    /// since, or the list of all faults.
    pub fn decide(
        &self,
        now: Timestamp,
        by: &Actor,
        command: ChannelsCommand,
        expected: Option<Seq>,
    ) -> Result<Vec<DeskEvent>, Refusal> {
        match command {
            ChannelsCommand::Messaging(command) => {
                if matches!(command, MessagingCommand::SendSms(_)) && !self.writes_sms() {
                    let state = "no SMS gateway is configured".to_owned();
                    return Err(Refusal::NotNow { state, allowed: Vec::new() });
                }
                let empty = Templates::default();
                let templates = self.templates.as_ref().unwrap_or(&empty);
                let events = self.messaging.decide(by, templates, command)?;
                Ok(events.into_iter().map(DeskEvent::Messaging).collect())
            }
            ChannelsCommand::Knowledge(command) => {
                self.knowledge.check_expected(&command, expected)?;
                let events = self.knowledge.knowledge().decide(now, by, command)?;
                Ok(events.into_iter().map(|(id, event)| DeskEvent::Knowledge(id, event)).collect())
            }
            ChannelsCommand::Import { rows, publish } => {
                let events = self.knowledge.knowledge().import(now, by, rows, publish)?;
                Ok(events.into_iter().map(|(id, event)| DeskEvent::Knowledge(id, event)).collect())
            }
        }
    }
}
