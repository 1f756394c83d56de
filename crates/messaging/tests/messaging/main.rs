//! Outgoing messages: the outbox and the SMS queue with far ends that misbehave.

mod cursor;
mod outbox;
mod outbox_laws;
mod sms;
mod statements;
mod statements_laws;
