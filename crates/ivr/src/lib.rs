//! Menus for callers (IVR): what a caller hears before a queue, and where keys lead.
//!
//! A [`Menu`] is a graph of named nodes, read from `config/ivr/*.toml`. [`Menu::faults`] checks it:
//! every node is reached, every path ends, and each caller can get to a person or leave a message.
//! A [`Walk`] is one caller's way through it. It has no clock and knows no files: the engine tells
//! it keys and the end of a wait, and it tells what to play and when the caller leaves, and where to.

mod check;
mod draw;
mod menu;
mod walk;

pub use check::{MenuFault, MenuFaultKind};
pub use menu::{Case, Condition, Edge, Facts, Menu, MinuteOfDay, Node, Step, Tries};
pub use walk::{Exit, Input, Listen, Next, Outcome, Progress, Visit, Walk};
