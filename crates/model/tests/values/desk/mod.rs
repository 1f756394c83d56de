//! The types of the back office.

mod directory;
mod entry;
mod event_kinds;
mod form;
mod id;
mod knowledge;
mod leader;
mod messaging;
mod routing;
mod staff;
