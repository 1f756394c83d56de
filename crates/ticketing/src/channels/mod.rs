//! Messages and knowledge beside the desk: what comes in becomes tickets, what is owed goes out, what is cited counts.
//!
//! [`Channels`] holds the folds that are not a ticket's: the [`MessagingState`], the
//! messages nobody has looked at yet, the SMS a ticket owes its caller, and
//! the knowledge base. Like the desk it is one fold and one machine:
//! [`Channels::poll_step`] is what follows by rule, from the state alone, so
//! that a crash between two records loses nothing.
//!
//! - a message becomes a ticket, an update or an evaluation: `intake.rs`
//! - an SMS is owed and ordered: `owed.rs`
//! - items, and which record changed each: `shelf.rs`

mod intake;
mod owed;
mod shelf;

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

pub use intake::Intake;
pub use owed::OwedSms;
pub use shelf::Shelf;

/// Everything on record about messages and knowledge.
#[derive(Clone, Debug, PartialEq)]
pub struct Channels {
    /// What our SMS say; `None` while no gateway is configured, and none is ordered.
    templates: Option<Templates>,
    /// What left and what came.
    pub mailroom: MessagingState,
    /// The knowledge base.
    pub shelf: Shelf,
    intake: Intake,
    owed: OwedSms,
}

/// All of it but the config, to go on from without reading the whole log; borrowed when it is
/// written, owned when it is read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept<'a> {
    mailroom: Cow<'a, MessagingState>,
    shelf: Cow<'a, Shelf>,
    intake: Cow<'a, Intake>,
    owed: Cow<'a, OwedSms>,
}

/// What people may ask here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ChannelsCommand {
    /// Of the courier: an SMS, a dead letter.
    Courier(MessagingCommand),
    /// Of the knowledge base.
    Knowledge(KnowledgeCommand),
    /// Many items at once.
    Import {
        /// The items.
        rows: Vec<Row>,
        /// Accepted and published as they say, by one who may.
        publish: bool,
    },
}

impl ChannelsCommand {
    /// Its SHA-256 in hex, by which a key given to two commands is noticed.
    pub fn sha256(&self) -> Option<String> {
        sha256_of(self)
    }
}

impl Channels {
    /// Before the first record. `templates`: what our SMS say, when a gateway is configured.
    pub fn new(zone: Zone, templates: Option<Templates>) -> Channels {
        Channels {
            templates,
            mailroom: MessagingState::default(),
            shelf: Shelf::new(zone),
            intake: Intake::default(),
            owed: OwedSms::default(),
        }
    }

    /// What is to be written down.
    pub fn keep(&self) -> Kept<'_> {
        Kept {
            mailroom: Cow::Borrowed(&self.mailroom),
            shelf: Cow::Borrowed(&self.shelf),
            intake: Cow::Borrowed(&self.intake),
            owed: Cow::Borrowed(&self.owed),
        }
    }

    /// These templates with what was kept.
    #[must_use]
    pub fn go_on_from(self, kept: Kept<'_>) -> Channels {
        Channels {
            templates: self.templates,
            mailroom: kept.mailroom.into_owned(),
            shelf: kept.shelf.into_owned(),
            intake: kept.intake.into_owned(),
            owed: kept.owed.into_owned(),
        }
    }

    /// Whether SMS go out.
    pub fn writes_sms(&self) -> bool {
        self.templates.is_some()
    }

    /// Follow one record, whatever it is about.
    pub fn apply(&mut self, record: &Record) {
        let Event::Desk(entry) = &record.event else { return };
        self.mailroom.apply(record);
        self.shelf.apply(record);
        self.intake.apply(record.seq, entry);
        self.owed.apply(record.at, entry);
    }

    /// What follows by rule, in one go; nothing when the rules rest. Apply it before asking again.
    /// `next` is the number a new ticket gets.
    pub fn poll_step(&mut self, now: Timestamp, desk: &Desk, next: TicketId) -> Vec<DeskEntry> {
        let entries = self.intake.poll_step(now, desk, &self.mailroom.texts, next);
        if !entries.is_empty() {
            return entries;
        }
        let Some(templates) = &self.templates else { return Vec::new() };
        let event = self.owed.poll_step(now, desk, templates, &self.mailroom.texts);
        let entry =
            |event| DeskEntry { by: Actor::Engine, key: None, event: DeskEvent::Messaging(event) };
        event.map(entry).into_iter().collect()
    }

    /// Whether there is something the rules have not looked at.
    pub fn is_due(&self) -> bool {
        self.intake.is_due() || (self.templates.is_some() && self.owed.is_due())
    }

    /// What is done when this is asked now; `expected` the last record of the item its sender has seen.
    ///
    /// # Errors
    /// A [`Refusal`]: not this person, not now, somebody was quicker, or everything that is wrong.
    pub fn decide(
        &self,
        now: Timestamp,
        by: &Actor,
        command: ChannelsCommand,
        expected: Option<Seq>,
    ) -> Result<Vec<DeskEvent>, Refusal> {
        match command {
            ChannelsCommand::Courier(command) => {
                if matches!(command, MessagingCommand::SendSms(_)) && !self.writes_sms() {
                    let state = "no SMS gateway is configured".to_owned();
                    return Err(Refusal::NotNow { state, allowed: Vec::new() });
                }
                let empty = Templates::default();
                let templates = self.templates.as_ref().unwrap_or(&empty);
                let events = self.mailroom.decide(by, templates, command)?;
                Ok(events.into_iter().map(DeskEvent::Messaging).collect())
            }
            ChannelsCommand::Knowledge(command) => {
                self.shelf.check_seen(&command, expected)?;
                let events = self.shelf.knowledge().decide(now, by, command)?;
                Ok(events.into_iter().map(|(id, event)| DeskEvent::Knowledge(id, event)).collect())
            }
            ChannelsCommand::Import { rows, publish } => {
                let events = self.shelf.knowledge().import(now, by, rows, publish)?;
                Ok(events.into_iter().map(|(id, event)| DeskEvent::Knowledge(id, event)).collect())
            }
        }
    }
}
