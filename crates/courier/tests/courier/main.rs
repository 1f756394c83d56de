//! The courier with faulty partners and gateways, over real sockets.

mod common;
mod envelope;
mod outbox_task;
mod receiver;
mod signed;
mod sms_task;
mod statements;
