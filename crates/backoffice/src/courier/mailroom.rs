//! Everything on record about what leaves and what comes in: the folds of this subject in one.

use model::{
    Event, Record,
    desk::{CourierDeed, Deed, Doer},
    event::Role,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cursors, Inbox, SmsWish, Templates, Texts};
use crate::Refusal;

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
    /// Try a dead letter again.
    Resend {
        /// Where.
        destination: model::desk::DestinationId,
        /// The record.
        seq: model::Seq,
    },
    /// Settle a dead letter without sending it.
    DropDeadLetter {
        /// Where.
        destination: model::desk::DestinationId,
        /// The record.
        seq: model::Seq,
        /// How it was settled, or why it need not be.
        reason: String,
    },
}

impl Mailroom {
    /// It happened. Records of other subjects change nothing.
    pub fn apply(&mut self, record: &Record) {
        let Event::Desk(entry) = &record.event else { return };
        let Deed::Courier(deed) = &entry.deed else { return };
        self.cursors.apply(record.at, deed);
        self.texts.apply(record.seq, record.at, deed);
        if let CourierDeed::MessageReceived(message) = deed {
            self.inbox.apply(record.at, message);
        }
    }

    /// What a command puts on record.
    pub fn decide(
        &self,
        by: &Doer,
        templates: &Templates,
        command: CourierCommand,
    ) -> Result<Vec<CourierDeed>, Refusal> {
        match command {
            CourierCommand::SendSms(wish) => {
                may(by, "send SMS", SENDERS)?;
                Ok(vec![self.texts.order(templates, wish)?])
            }
            CourierCommand::Resend { destination, seq } => {
                may(by, "decide about dead letters", KEEPERS)?;
                Ok(vec![self.cursors.resend(&destination, seq)?])
            }
            CourierCommand::DropDeadLetter { destination, seq, reason } => {
                may(by, "decide about dead letters", KEEPERS)?;
                Ok(vec![self.cursors.drop_letter(&destination, seq, reason)?])
            }
        }
    }
}

fn may(by: &Doer, what: &str, roles: &[Role]) -> Result<(), Refusal> {
    let is_allowed = match by {
        Doer::Engine => true,
        Doer::Person { role, .. } => roles.contains(role),
        Doer::Citizen | Doer::Partner(_) => false,
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
const KEEPERS: &[Role] = &[Role::Admin];
