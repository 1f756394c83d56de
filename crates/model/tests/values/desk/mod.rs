//! The back office's words.

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
