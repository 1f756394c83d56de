//! What leaves the house: the outbox and the SMS queue before far ends that misbehave.

mod cursor;
mod outbox;
mod outbox_laws;
mod sms;
mod statements;
mod statements_laws;
