//! Tests of the center: commands and events in, events and actions out.

mod clock;
mod command_keys;
mod control;
mod emergency;
mod messages;
mod missed_calls;
mod pictures;
mod roster;
mod snapshot;
