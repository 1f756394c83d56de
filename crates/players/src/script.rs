//! The script that the players play.

use std::{net::SocketAddr, time::Duration};

use media::Prompt;
use model::SeatId;

/// The calls and seats to play.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// Where the engine takes SIP.
    pub(crate) engine: SocketAddr,
    /// Instead of calls by SIP: pairs of ports of a relay, towards a caller and towards a seat. What
    /// is sent to one comes out at the other.
    pub(crate) relay: Vec<(SocketAddr, SocketAddr)>,
    /// The number callers dial.
    pub(crate) line: String,
    /// The seats and their passwords.
    pub(crate) seats: Vec<(SeatId, String)>,
    /// Codes that sign in and make ready, dialled by each seat's phone once it is registered.
    pub(crate) start_codes: Vec<String>,
    /// Between two callers, on average.
    pub(crate) between_calls: Duration,
    /// How long a seat's phone rings before it is picked up: least and most.
    pub(crate) ring: (Duration, Duration),
    /// How long a talk lasts: least and most.
    pub(crate) talk: (Duration, Duration),
    /// How long a caller waits before hanging up: least and most.
    pub(crate) patience: (Duration, Duration),
    /// One offer in this many is left ringing; 0 is none.
    pub(crate) missed_one_in: u32,
    /// No more calls after this many.
    pub(crate) calls_max: u64,
    /// The voices of callers and seats, in turn.
    pub(crate) voices: Vec<Prompt>,
    /// Whether anybody speaks; otherwise only signalling is on the wire.
    pub(crate) speaking: bool,
    /// Whether packets carry their time of sending, to measure delay; heard as a faint tick.
    pub(crate) stamped: bool,
    /// Whether callers wait until every seat is registered; otherwise they come after two seconds.
    pub(crate) seats_first: bool,
    /// The seed of chance: when callers come, how long they talk.
    pub(crate) seed: [u8; 32],
}
