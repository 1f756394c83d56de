//! What two ends agree about voice: where it goes, in which codec, which way.

use std::{net::SocketAddr, time::Duration};

use serde::{Deserialize, Serialize};

/// A voice codec, 8 kHz, by its RTP/AVP name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Codec {
    /// G.711 A-law: payload type 8 (RFC 3551 6). China's and Europe's.
    Pcma,
    /// G.711 mu-law: payload type 0. North America's and Japan's.
    Pcmu,
}

impl Codec {
    /// The static payload type (RFC 3551 6).
    pub fn payload_type(self) -> u8 {
        match self {
            Codec::Pcma => 8,
            Codec::Pcmu => 0,
        }
    }
}

/// Which way voice flows, from our point of view (RFC 3264 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Both ways.
    SendRecv,
    /// We send only: the far end listens.
    SendOnly,
    /// We receive only: the far end put us on hold.
    RecvOnly,
    /// Neither.
    Inactive,
}

/// Where and how the far end of a leg takes voice, as negotiated by SDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Where its SDP says to send RTP; the unspecified address is the old way to hold.
    pub rtp: SocketAddr,
    /// The codec both ends use.
    pub codec: Codec,
    /// The payload type it takes telephone-event at, when it does (RFC 4733).
    pub telephone_event: Option<u8>,
    /// How much voice it wants in a packet.
    pub ptime: Duration,
    /// Which way voice flows, from our point of view.
    pub direction: Direction,
}
