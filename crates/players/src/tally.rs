//! The events that the players saw, counted.

use model::Timestamp;

use crate::sample::Sample;

/// Counts of the events that the players saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Calls placed.
    pub(crate) placed: u64,
    /// Calls the engine answered.
    pub(crate) accepted: u64,
    /// Calls the engine refused.
    pub(crate) refused: u64,
    /// Offers that reached a seat's phone.
    pub(crate) offered: u64,
    /// Offers picked up.
    pub(crate) picked_up: u64,
    /// RTP packets the callers sent.
    pub(crate) caller_sent: u64,
    /// RTP packets the callers heard.
    pub(crate) caller_heard: u64,
    /// RTP packets the seats sent.
    pub(crate) seat_sent: u64,
    /// RTP packets the seats heard.
    pub(crate) seat_heard: u64,
    /// RTP packets that should have been heard and were not, by their numbers (RFC 3550 A.3).
    pub(crate) lost: u64,
    /// Seats registered.
    pub(crate) registered: u64,
    /// From INVITE to 200, for callers.
    pub(crate) setup: Sample,
    /// From one phone's sending to the other's hearing; of stamped packets.
    pub(crate) delay: Sample,
    /// How late the players were with their packets.
    pub(crate) late: Sample,
    /// From a seat's hanging up while callers waited to the next INVITE at its phone.
    pub(crate) seat_free: Sample,
}

/// The state of the calls, reported every tenth of a second.
pub(crate) struct Moment<'a> {
    /// When.
    pub(crate) now: Timestamp,
    /// Callers whose calls the engine has taken.
    pub(crate) callers_up: usize,
    /// Seats that talk.
    pub(crate) talking: usize,
    /// Everything so far.
    pub(crate) tally: &'a Tally,
}
