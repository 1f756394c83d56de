//! Everything on record about what leaves and what comes in: the folds of this subject in one.

use model::{
    Event, Record, Timestamp,
    desk::{Actor, DeskEvent, DestinationId, InboundMessage, MessagingEvent},
    event::Role,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cursors, Inbox, SmsWish, Templates, Texts};
use workflow::Refusal;

/// What is on record: the same live and replayed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailroom {
    /// How far each destination has got.
    pub cursors: Cursors,
    /// What became of each SMS.
    pub texts: Texts,
    /// Which messages came.
    pub inbox: Inbox,
}

/// What people may ask of the courier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum CourierCommand {
    /// Send an SMS.
    SendSms(SmsWish),
    /// Something about what a destination did not take.
    Keep(DestinationId, KeeperCommand),
}

/// A command about what a destination did not take, as it comes through the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "payload", rename_all = "snake_case", deny_unknown_fields)]
pub enum KeeperCommand {
    /// Try a dead letter again.
    Resend {
        /// The record.
        seq: model::Seq,
    },
    /// Try all dead letters again.
    ResendAll,
    /// Settle a dead letter without sending it.
    Drop {
        /// The record.
        seq: model::Seq,
        /// How it was settled, or why it need not be.
        reason: String,
    },
    /// Settle what the last statement has shown.
    Settle {
        /// How, or why it need not be.
        reason: String,
    },
}

impl Mailroom {
    /// It happened. Records of other subjects change nothing.
    pub fn apply(&mut self, record: &Record) {
        let Event::Desk(entry) = &record.event else { return };
        let DeskEvent::Messaging(event) = &entry.event else { return };
        self.cursors.apply(record.at, event);
        self.texts.apply(record.seq, record.at, event);
        if let MessagingEvent::MessageReceived(message) = event {
            self.inbox.apply(record.at, message);
        }
    }

    /// Whether a message is one that is on record, sent again.
    pub fn is_repeat(&self, now: Timestamp, message: &InboundMessage) -> bool {
        self.inbox.knows(now, message, self.texts.last_asked(&message.from))
    }

    /// What a command puts on record.
    pub fn decide(
        &self,
        by: &Actor,
        templates: &Templates,
        command: CourierCommand,
    ) -> Result<Vec<MessagingEvent>, Refusal> {
        match command {
            CourierCommand::SendSms(wish) => {
                may(by, "send SMS", SENDERS)?;
                Ok(vec![self.texts.order(templates, wish)?])
            }
            CourierCommand::Keep(destination, command) => {
                may(by, "decide about dead letters", KEEPERS)?;
                self.keep(&destination, command)
            }
        }
    }

    fn keep(
        &self,
        destination: &DestinationId,
        command: KeeperCommand,
    ) -> Result<Vec<MessagingEvent>, Refusal> {
        match command {
            KeeperCommand::Resend { seq } => Ok(vec![self.cursors.resend(destination, seq)?]),
            KeeperCommand::ResendAll => self.cursors.resend_all(destination),
            KeeperCommand::Drop { seq, reason } => {
                Ok(vec![self.cursors.drop_letter(destination, seq, reason)?])
            }
            KeeperCommand::Settle { reason } => Ok(vec![self.cursors.settle(destination, reason)?]),
        }
    }
}

fn may(by: &Actor, what: &str, roles: &[Role]) -> Result<(), Refusal> {
    let is_allowed = match by {
        Actor::Engine => true,
        Actor::Person { role, .. } => roles.contains(role),
        Actor::Citizen | Actor::Partner(_) => false,
    };
    if is_allowed {
        return Ok(());
    }
    Err(Refusal::Forbidden { why: format!("only some may {what}"), roles: roles.to_vec() })
}

/// Who may write to people in the hotline's name.
const SENDERS: &[Role] = &[
    Role::Agent,
    Role::Supervisor,
    Role::Callback,
    Role::Dispatcher,
    Role::SupGroup,
    Role::Director,
];
/// Who keeps the far ends.
const KEEPERS: &[Role] = &[Role::Admin, Role::Director];
