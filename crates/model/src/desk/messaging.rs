//! Messages in and out: uploads to partners, SMS, webhooks (CHAN: channels, INT: integration).
//!
//! The log decides both: the progress of a destination is a fold over
//! [`MessagingEvent::Acknowledged`], the state of an SMS a fold over its events. A repeated
//! delivery carries the same key: see [`DestinationId::key`] and [`SmsId`].

use std::fmt;

use primitives::text_id;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AreaId, Channel, Private, Purpose, TopicId};
use crate::{Date, Number, Seq, TicketId, Timestamp};

text_id!(
    /// A partner that receives our records, as named in `courier.toml`: `province`.
    DestinationId
);

impl DestinationId {
    /// The key of one record at this destination, the same at every attempt: `province-1042`.
    pub fn key(&self, seq: Seq) -> String {
        format!("{self}-{seq}")
    }

    /// The record of a key; `None` when the key is not this destination's.
    pub fn seq_of(&self, key: &str) -> Option<Seq> {
        let seq = key.strip_prefix(self.as_str())?.strip_prefix('-')?.parse().ok()?;
        // `province-+7` and `province-007` are not keys of ours.
        (self.key(seq) == key).then_some(seq)
    }

    /// The key of a day's statement at this destination: `province-statement-2026-11-22`.
    pub fn statement(&self, date: Date) -> String {
        format!("{self}-statement-{date}")
    }

    /// The SMS gateway, as the destination of a [`MessagingEvent::Stuck`].
    pub fn sms_gateway() -> DestinationId {
        DestinationId::from("sms")
    }
}

/// An SMS, by the record that ordered it. It prints as the key the gateway is given: `sms-1042`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct SmsId(pub Seq);

impl fmt::Display for SmsId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sms-{}", self.0)
    }
}

impl SmsId {
    /// The SMS of a key; `None` when the key is not one of ours.
    pub fn of_key(key: &str) -> Option<SmsId> {
        key.strip_prefix("sms-")?.parse().ok().map(SmsId)
    }
}

/// An event of messaging: uploads, SMS, statements, inbound messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum MessagingEvent {
    /// An SMS is to be sent (CHAN-03). Its name is the record's number.
    SmsOrdered(SmsOrder),
    /// The gateway accepted it.
    SmsHanded {
        /// The SMS.
        sms: SmsId,
        /// The gateway's own name for it; empty when it gives none.
        gateway_id: String,
    },
    /// It was given up: the gateway refuses it, or it is too old.
    SmsFailed {
        /// The SMS.
        sms: SmsId,
        /// The reason.
        why: String,
    },
    /// The delivery receipt of an SMS came in (回执).
    ReceiptReceived(SmsReceipt),
    /// A message came in, by SMS or another channel.
    MessageReceived(InboundMessage),
    /// A destination receives records from here on; earlier ones are not sent.
    DestinationOpened {
        /// The destination.
        destination: DestinationId,
        /// The last record that is not sent.
        after: Seq,
    },
    /// A destination has confirmed all records up to one.
    Acknowledged {
        /// The destination.
        destination: DestinationId,
        /// The last record it has.
        seq: Seq,
        /// The number of records it took since the previous acknowledgement, for the daily
        /// reconciliation.
        letters: u32,
    },
    /// A destination accepts nothing; all records wait, in order.
    Stuck {
        /// The destination.
        destination: DestinationId,
        /// The record it does not accept; 0 for the SMS gateway.
        seq: Seq,
        /// The reason, in one sentence.
        why: String,
    },
    /// It accepts records again.
    Resumed {
        /// The destination.
        destination: DestinationId,
    },
    /// A destination refused one record for good: it becomes a dead letter, and the next ones are
    /// sent (INT-01: integration with partners).
    DeadLettered {
        /// The destination.
        destination: DestinationId,
        /// The record.
        seq: Seq,
        /// The HTTP status it was refused with.
        status: u16,
        /// The destination's answer, shortened.
        why: String,
    },
    /// A person ordered another attempt for a dead letter.
    ResendOrdered {
        /// The destination.
        destination: DestinationId,
        /// The record.
        seq: Seq,
    },
    /// A dead letter was accepted after another attempt.
    Resent {
        /// The destination.
        destination: DestinationId,
        /// The record.
        seq: Seq,
    },
    /// A dead letter was settled in another way; it is not sent again.
    DeadLetterDropped {
        /// The destination.
        destination: DestinationId,
        /// The record.
        seq: Seq,
        /// How it was settled, or the reason that it need not be.
        reason: String,
    },
    /// A destination receives a daily statement of its records from here on.
    StatementsOpened {
        /// The destination.
        destination: DestinationId,
        /// The last record that no statement covers.
        after: Seq,
    },
    /// A destination has compared a day's statement with its own records (INT-01). Missing ones are
    /// sent again.
    Reconciled {
        /// The destination.
        destination: DestinationId,
        /// The hotline's day.
        date: Date,
        /// The last record that the statement covers.
        through: Seq,
        /// The number of records in the statement.
        letters: u64,
        /// Records of the statement that it does not have.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        missing: Vec<Seq>,
        /// Keys it reports that the statement does not have.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unknown: Vec<String>,
    },
    /// A day's statement could not be delivered, or is refused for good.
    StatementFailed {
        /// The destination.
        destination: DestinationId,
        /// The hotline's day.
        date: Date,
        /// The last record that statements cover; while this day's is still tried, that of the day
        /// before.
        through: Seq,
        /// The reason, in one sentence.
        why: String,
    },
    /// A person has settled the differences between a destination's records and ours.
    DifferencesSettled {
        /// The destination.
        destination: DestinationId,
        /// How they were settled, or the reason that they need not be.
        reason: String,
    },
}

/// An SMS to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SmsOrder {
    /// The recipient.
    pub to: Number,
    /// The template it was written from, by its key in `desk/sms.toml`.
    pub template: String,
    /// The text as it goes out. It may hold a query code, so it prints redacted.
    pub text: Private,
    /// The ticket it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The assignment it is about, by its place on the ticket from 1: of an SMS to a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<u16>,
    /// Whether it is sent at night too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
    /// The receiver is asked for a digit (T21): what they send next is the answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks: bool,
}

/// The delivery receipt of an SMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SmsReceipt {
    /// The gateway's name for the SMS, or the key we gave it.
    pub gateway_id: String,
    /// Whether it reached the phone.
    pub delivered: bool,
    /// The network's word: `DELIVRD`, `UNDELIV`, `EXPIRED`.
    #[serde(default)]
    pub status: String,
}

/// An inbound message of any channel: the common form behind every webhook (CHAN-01: all channels
/// in one queue).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InboundMessage {
    /// The webhook it came by, as named in `courier.toml`.
    pub hook: String,
    /// The sender's own name for the message. The same name at the same webhook is the same message.
    /// Where the sender names none it is ours, made of `content_sha256` and the moment of receipt.
    pub message_id: String,
    /// SHA-256 of what was sent, in hex, when its sender names no message. The same content is the
    /// same message only while its sender may still be repeating it: minutes, not weeks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_sha256: Option<String>,
    /// The channel.
    pub channel: Channel,
    /// The sender: a telephone number, or an author's handle, which proves no identity (CHAN-04).
    #[serde(default)]
    pub from: Number,
    /// The account or number it was sent to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// The text.
    #[serde(default)]
    pub text: Private,
    /// The addresses of attached pictures, sounds and documents; they are not fetched yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<String>,
    /// The time of sending, as the sender states it.
    pub at: Timestamp,
    /// Structured fields of a platform or a web form.
    #[serde(default, skip_serializing_if = "MessageDetails::is_empty")]
    pub particulars: Box<MessageDetails>,
}

/// Structured fields beside a message's text: those of an upper hotline's case (CHAN-08) or of a
/// web form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MessageDetails {
    /// The sender's number for the matter. Two messages of one case are about one ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The due time set by the sender; it becomes a clock that nothing moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// The title, on one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The person's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Private>,
    /// The number to call back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Number>,
    /// The place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Private>,
    /// The area's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaId>,
    /// The topic's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// The purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// Whether they want to stay unknown to the units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidential: Option<bool>,
}

impl MessageDetails {
    /// Whether no field is set.
    pub fn is_empty(&self) -> bool {
        *self == MessageDetails::default()
    }
}

impl InboundMessage {
    /// The identity of its case: the sender's case number, else the message's own id.
    pub fn case(&self) -> &str {
        self.particulars.case.as_deref().unwrap_or(&self.message_id)
    }
}

impl MessagingEvent {
    /// The ticket it belongs to, if any.
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            MessagingEvent::SmsOrdered(order) => order.ticket,
            _ => None,
        }
    }

    /// The destination it is about, if any.
    pub fn destination(&self) -> Option<&DestinationId> {
        match self {
            MessagingEvent::DestinationOpened { destination, .. }
            | MessagingEvent::Acknowledged { destination, .. }
            | MessagingEvent::Stuck { destination, .. }
            | MessagingEvent::Resumed { destination }
            | MessagingEvent::DeadLettered { destination, .. }
            | MessagingEvent::ResendOrdered { destination, .. }
            | MessagingEvent::Resent { destination, .. }
            | MessagingEvent::DeadLetterDropped { destination, .. }
            | MessagingEvent::StatementsOpened { destination, .. }
            | MessagingEvent::Reconciled { destination, .. }
            | MessagingEvent::StatementFailed { destination, .. }
            | MessagingEvent::DifferencesSettled { destination, .. } => Some(destination),
            MessagingEvent::SmsOrdered(_)
            | MessagingEvent::SmsHanded { .. }
            | MessagingEvent::SmsFailed { .. }
            | MessagingEvent::ReceiptReceived(_)
            | MessagingEvent::MessageReceived(_) => None,
        }
    }
}
