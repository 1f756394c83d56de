//! The back office's words.

mod courier;
mod directory;
mod entry;
mod form;
mod id;
mod kinds;
mod knowledge;
mod leader;
mod network;
