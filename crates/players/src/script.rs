//! What the players are to play.

use std::{net::SocketAddr, time::Duration};

use media::Prompt;
use model::SeatId;

/// What is to be played.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// Where the engine takes SIP.
    pub(crate) engine: SocketAddr,
    /// What callers dial.
    pub(crate) line: String,
    /// Who sits where, and their passwords.
    pub(crate) seats: Vec<(SeatId, String)>,
    /// Signs in and makes ready, dialled by each seat's phone once it is registered.
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
    /// What callers and seats say, in turn.
    pub(crate) voices: Vec<Prompt>,
    /// Whether anybody speaks at all; without, signalling is alone on the wire.
    pub(crate) speaking: bool,
    /// Whether packets carry their time of sending, to measure delay; heard as a faint tick.
    pub(crate) stamped: bool,
    /// Whether callers wait until every seat is registered; otherwise they come after two seconds.
    pub(crate) seats_first: bool,
    /// Where chance begins: when callers come, how long they talk.
    pub(crate) seed: [u8; 32],
}
