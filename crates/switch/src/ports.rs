//! The voice ports that are free: sockets the voice thread has already bound.
//!
//! Because they are bound beforehand, no step between a free seat and its
//! INVITE waits for the operating system.

use std::collections::VecDeque;

/// Free RTP ports, longest-unused first, so that a stray packet of the last
/// talk has the longest time to die out.
#[derive(Debug, Default)]
pub(crate) struct Ports {
    free: VecDeque<u16>,
}

impl Ports {
    /// Put a port back, or in for the first time.
    pub(crate) fn put(&mut self, port: u16) {
        self.free.push_back(port);
    }

    /// Take the port unused for longest; `None` when the house is full: the caller gets 503.
    pub(crate) fn take(&mut self) -> Option<u16> {
        self.free.pop_front()
    }

    /// How many are free.
    pub(crate) fn len(&self) -> usize {
        self.free.len()
    }
}
