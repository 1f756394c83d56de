//! Inbound messages become tickets, updates and evaluations, and each SMS is ordered once.

mod cases;
mod citations;
mod setup;
mod sms;
