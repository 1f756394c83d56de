//! The state of messaging: the folds of deliveries, SMS and received messages in one.

use model::{
    Event, Record, Timestamp,
    desk::{Actor, DeskEvent, DestinationId, InboundMessage, MessagingEvent},
    event::Role,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cursors, Inbox, SmsHistory, SmsRequest, Templates};
use workflow::Refusal;

/// The state of messaging, the same live and replayed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagingState {
    /// The progress of each destination.
    pub cursors: Cursors,
    /// The state of each SMS.
    pub texts: SmsHistory,
    /// The messages received.
    pub inbox: Inbox,
}

/// A command of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum MessagingCommand {
    /// Send an SMS.
    SendSms(SmsRequest),
    /// A command about a destination.
    #[serde(rename = "Keep")]
    Destination(DestinationId, DestinationCommand),
}

/// A command about the dead letters and differences of a destination, as in the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "payload", rename_all = "snake_case", deny_unknown_fields)]
pub enum DestinationCommand {
    /// Resend a dead letter.
    Resend {
        /// The number of the record.
        seq: model::Seq,
    },
    /// Resend all dead letters.
    ResendAll,
    /// Drop a dead letter without sending it.
    Drop {
        /// The number of the record.
        seq: model::Seq,
        /// How it was settled, or why it need not be sent.
        reason: String,
    },
    /// Settle the differences that the last statement showed.
    Settle {
        /// How they were settled.
        reason: String,
    },
}

impl MessagingState {
    /// Applies one record. Records of other subjects change nothing.
    pub fn apply(&mut self, record: &Record) {
        let Event::Desk(entry) = &record.event else { return };
        let DeskEvent::Messaging(event) = &entry.event else { return };
        self.cursors.apply(record.at, event);
        self.texts.apply(record.seq, record.at, event);
        if let MessagingEvent::MessageReceived(message) = event {
            self.inbox.apply(record.at, message);
        }
    }

    /// Whether a message is a repeat of one that was received.
    pub fn is_repeat(&self, now: Timestamp, message: &InboundMessage) -> bool {
        self.inbox.knows(now, message, self.texts.last_asked(&message.from))
    }

    /// The events of a command.
    pub fn decide(
        &self,
        by: &Actor,
        templates: &Templates,
        command: MessagingCommand,
    ) -> Result<Vec<MessagingEvent>, Refusal> {
        match command {
            MessagingCommand::SendSms(request) => {
                may(by, "send SMS", SENDERS)?;
                Ok(vec![self.texts.order(templates, request)?])
            }
            MessagingCommand::Destination(destination, command) => {
                may(by, "decide about dead letters", DESTINATION_ROLES)?;
                self.handle_destination_command(&destination, command)
            }
        }
    }

    fn handle_destination_command(
        &self,
        destination: &DestinationId,
        command: DestinationCommand,
    ) -> Result<Vec<MessagingEvent>, Refusal> {
        match command {
            DestinationCommand::Resend { seq } => Ok(vec![self.cursors.resend(destination, seq)?]),
            DestinationCommand::ResendAll => self.cursors.resend_all(destination),
            DestinationCommand::Drop { seq, reason } => {
                Ok(vec![self.cursors.drop_letter(destination, seq, reason)?])
            }
            DestinationCommand::Settle { reason } => {
                Ok(vec![self.cursors.settle(destination, reason)?])
            }
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
    Err(Refusal::Forbidden { why: format!("this role cannot {what}"), roles: roles.to_vec() })
}

/// Roles that may send SMS.
const SENDERS: &[Role] = &[
    Role::Agent,
    Role::Supervisor,
    Role::Callback,
    Role::Dispatcher,
    Role::SupGroup,
    Role::Director,
];
/// Roles that may decide about destinations.
const DESTINATION_ROLES: &[Role] = &[Role::Admin, Role::Director];
