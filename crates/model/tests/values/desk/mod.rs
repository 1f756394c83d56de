//! The back office's words.

mod courier;
mod directory;
mod form;
mod id;
mod kinds;
mod knowledge;
mod leader;
mod network;
