//! What leaves the house and what comes in by message: uploads, SMS, webhooks (CHAN, INT).
//!
//! The log is the truth about both: how far a destination has got is a fold
//! over [`MessagingEvent::Acknowledged`], what became of an SMS a fold over its
//! events. What was sent twice carries the same key: see [`DestinationId::key`]
//! and [`SmsId`].

use std::fmt;

use primitives::text_id;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AreaId, Channel, Private, Purpose, TopicId};
use crate::{Date, Number, Seq, TicketId, Timestamp};

text_id!(
    /// A far end that gets our records, as named in `courier.toml`: `province`.
    DestinationId
);

impl DestinationId {
    /// What names one record there, however often it is sent: `province-1042`.
    pub fn key(&self, seq: Seq) -> String {
        format!("{self}-{seq}")
    }

    /// The record a key names, when it is one of this destination's.
    pub fn seq_of(&self, key: &str) -> Option<Seq> {
        let seq = key.strip_prefix(self.as_str())?.strip_prefix('-')?.parse().ok()?;
        // `province-+7` and `province-007` are no keys of ours.
        (self.key(seq) == key).then_some(seq)
    }

    /// What names the statement of a day there: `province-statement-2026-11-22`.
    pub fn statement(&self, date: Date) -> String {
        format!("{self}-statement-{date}")
    }

    /// The SMS gateway, when it is spoken of as a far end that is stuck.
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
    /// The SMS a key names, when it is one of ours.
    pub fn of_key(key: &str) -> Option<SmsId> {
        key.strip_prefix("sms-")?.parse().ok().map(SmsId)
    }
}

/// What happened to what leaves the house and what comes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum MessagingEvent {
    /// An SMS is to be sent (CHAN-03). Its name is the record's number.
    SmsOrdered(SmsOrder),
    /// The gateway took it.
    SmsHanded {
        /// Which.
        sms: SmsId,
        /// The gateway's own name for it; empty when it gives none.
        gateway_id: String,
    },
    /// Given up: the gateway refuses it, or it is too old to be of use.
    SmsFailed {
        /// Which.
        sms: SmsId,
        /// Why.
        why: String,
    },
    /// The network says what became of an SMS (回执).
    ReceiptReceived(SmsReceipt),
    /// Somebody wrote: an SMS, or a message of any other channel.
    MessageReceived(InboundMessage),
    /// A destination gets records from here on; what was before is not sent.
    DestinationOpened {
        /// Which.
        destination: DestinationId,
        /// The last record that is not sent.
        after: Seq,
    },
    /// A destination has everything up to here.
    Acknowledged {
        /// Which.
        destination: DestinationId,
        /// The last record it has.
        seq: Seq,
        /// How many records it took since the acknowledgement before (daily reconciliation).
        letters: u32,
    },
    /// A destination takes nothing; everything waits, in order.
    Stuck {
        /// Which.
        destination: DestinationId,
        /// The record it does not take; 0 for the SMS gateway.
        seq: Seq,
        /// Why, in a sentence.
        why: String,
    },
    /// It takes again.
    Resumed {
        /// Which.
        destination: DestinationId,
    },
    /// A destination refuses one record for good; it is kept here and the next ones go on (INT-01).
    DeadLettered {
        /// Which.
        destination: DestinationId,
        /// The record.
        seq: Seq,
        /// The HTTP status it was refused with.
        status: u16,
        /// The destination's own words, cut.
        why: String,
    },
    /// Somebody wants a dead letter tried again.
    ResendOrdered {
        /// Where.
        destination: DestinationId,
        /// The record.
        seq: Seq,
    },
    /// A dead letter was taken after all.
    Resent {
        /// Where.
        destination: DestinationId,
        /// The record.
        seq: Seq,
    },
    /// A dead letter was settled in another way; it is not sent again.
    DeadLetterDropped {
        /// Where.
        destination: DestinationId,
        /// The record.
        seq: Seq,
        /// How it was settled, or why it need not be.
        reason: String,
    },
    /// A destination is told day by day what it was sent, from here on.
    StatementsOpened {
        /// Which.
        destination: DestinationId,
        /// The last record no statement is about.
        after: Seq,
    },
    /// A destination has compared a day's statement with what it has (INT-01). What it lacks is
    /// sent again.
    Reconciled {
        /// Which.
        destination: DestinationId,
        /// The hotline's day.
        date: Date,
        /// The last record that is told of and compared.
        through: Seq,
        /// How many records it was told of.
        letters: u64,
        /// Records it was told of and does not have.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        missing: Vec<Seq>,
        /// Keys it speaks of that it was not told of.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unknown: Vec<String>,
    },
    /// A day's statement does not come through, or is refused for good.
    StatementFailed {
        /// Which.
        destination: DestinationId,
        /// The hotline's day.
        date: Date,
        /// The last record that is told of; the one before this day's while it is still tried.
        through: Seq,
        /// Why, in a sentence.
        why: String,
    },
    /// Somebody has looked at what a destination and we do not agree on: it is settled.
    DifferencesSettled {
        /// Which.
        destination: DestinationId,
        /// How, or why it need not be.
        reason: String,
    },
}

/// An SMS to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SmsOrder {
    /// To whom.
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
    /// It goes out at night too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
    /// The receiver is asked for a digit (T21): what they send next is the answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks: bool,
}

/// What became of an SMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SmsReceipt {
    /// The gateway's name for the SMS, or the key we gave it.
    pub gateway_id: String,
    /// It is on the phone.
    pub delivered: bool,
    /// The network's word: `DELIVRD`, `UNDELIV`, `EXPIRED`.
    #[serde(default)]
    pub status: String,
}

/// What somebody sent us, whatever the channel: the one shape behind every webhook (CHAN-01).
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
    /// By which way.
    pub channel: Channel,
    /// Who: a telephone number or an author's handle. A handle is no identity (CHAN-04).
    #[serde(default)]
    pub from: Number,
    /// The account or number it was sent to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// What they wrote.
    #[serde(default)]
    pub text: Private,
    /// Where their pictures, sounds and papers are: addresses, not yet fetched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<String>,
    /// When they sent it, says the sender.
    pub at: Timestamp,
    /// What a platform or a web form says beside the text.
    #[serde(default, skip_serializing_if = "MessageDetails::is_empty")]
    pub particulars: Box<MessageDetails>,
}

/// What a message says beside its text: an upper hotline's case (CHAN-08), a form's fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MessageDetails {
    /// The sender's number for the matter. Two messages of one case are about one ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// By when the sender wants it answered: kept as a hard clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// In a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The person's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Private>,
    /// Where to call them back.
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
    /// What is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// Whether they want to stay unknown to the units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidential: Option<bool>,
}

impl MessageDetails {
    /// It says nothing.
    pub fn is_empty(&self) -> bool {
        *self == MessageDetails::default()
    }
}

impl InboundMessage {
    /// What names the case it is about: the sender's number for it, else the message's own name.
    pub fn case(&self) -> &str {
        self.particulars.case.as_deref().unwrap_or(&self.message_id)
    }
}

impl MessagingEvent {
    /// The ticket it belongs to, when to one.
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            MessagingEvent::SmsOrdered(order) => order.ticket,
            _ => None,
        }
    }

    /// The destination it is about, when about one.
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
