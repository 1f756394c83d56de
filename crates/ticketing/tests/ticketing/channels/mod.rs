//! What comes in by message becomes tickets, updates and evaluations; what is owed goes out once.

mod cases;
mod citing;
mod room;
mod sms;
