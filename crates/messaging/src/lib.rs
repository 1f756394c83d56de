//! Messages out and in: records to partners, SMS, and messages received (CHAN-03 SMS, CHAN-04
//! messages, INT-01 and INT-04 interfaces).
//!
//! [`Outbox`] sends the records of the log to one partner: in order, at least once, each under the
//! same key however often it is sent. [`SmsQueue`] sends SMS to the gateway, not in quiet hours.
//! [`MessagingState`] is the fold over the events of both, from which they continue after a restart.
//! [`sign`] signs messages and verifies signatures.
//!
//! The crate does not know sockets, URLs or the interface of a partner.

mod backoff;
mod cursor;
mod inbox;
mod outbox;
mod outcome;
pub mod sign;
mod sms_history;
mod sms_queue;
mod sms_reply;
mod state;
mod statement;
mod template;

pub use backoff::Backoff;
pub use cursor::{Cursor, Cursors, DEAD_LETTERS_MAX, DeadLetter, Reconciliation};
pub use inbox::Inbox;
pub use outbox::{Delivery, Input as OutboxInput, Outbox, OutboxTimeouts, Output as OutboxOutput};
pub use outcome::DeliveryOutcome;
pub use sms_history::{SmsHistory, SmsRequest, SmsState, SmsStatus, is_mobile};
pub use sms_queue::{
    Input as SmsInput, Output as SmsOutput, QuietHours, SmsLimits, SmsOutcome, SmsQueue,
};
pub use sms_reply::SmsReply;
pub use state::{DestinationCommand, MessagingCommand, MessagingState};
pub use statement::{ClosedDay, DIFFERENCES_MAX, DayTracker, Statement, StatementOutcome};
pub use template::Templates;
