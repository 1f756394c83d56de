//! What leaves the house and what comes in by message, as machines and folds (CHAN-03, CHAN-04, INT-01, INT-04).
//!
//! [`Outbox`] hands the log to one far end: in order, at least once, each
//! record under the same key however often it goes. [`SmsQueue`] hands SMS to
//! the gateway, not at night. [`Mailroom`] is the fold over what both have put
//! on record: a machine started from it goes on where the last one died.
//! [`sign`] is how we sign and how we check what others signed.
//!
//! It will never know a socket, a URL or a province's interface.

mod answer;
mod backoff;
mod cursor;
mod inbox;
mod keyword;
mod mailroom;
mod outbox;
pub mod sign;
mod sms_queue;
mod statement;
mod template;
mod texts;

pub use answer::Answer;
pub use backoff::Backoff;
pub use cursor::{Cursor, Cursors, DEAD_LETTERS_MAX, DeadLetter, Reconciliation};
pub use inbox::Inbox;
pub use keyword::Keyword;
pub use mailroom::{CourierCommand, KeeperCommand, Mailroom};
pub use outbox::{Input as OutboxInput, Letter, Outbox, Output as OutboxOutput, Pace};
pub use sms_queue::{
    Input as SmsInput, Output as SmsOutput, QuietHours, SmsAnswer, SmsLimits, SmsQueue,
};
pub use statement::{DIFFERENCES_MAX, Day, Days, Statement, Verdict};
pub use template::Templates;
pub use texts::{SmsState, SmsWish, Text, Texts, is_mobile};
