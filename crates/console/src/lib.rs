//! The web, and only the web: the HTTP API, the live streams, the page and who may use them.
//!
//! It asks a [`Backend`] for everything it shows and sends everything people
//! wish for to it. It will never know a SIP message, a voice packet, sled, or
//! how a password is kept; it decides nothing about calls.

mod port;

pub use port::{Account, Backend, BoxFuture};
