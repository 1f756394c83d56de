//! The output of the media thread: packets to the network, recording chunks to the recorder, events
//! to the switch.

use std::{net::SocketAddr, time::Duration};

use primitives::CallId;

use crate::{Event, Quality};

/// Receives everything a relay produces. The driver implements it; nothing is queued in between.
pub trait Sink {
    /// Send `packet` from our `rtp_port` (with `rtcp` from the port above it) to `to`.
    fn send(&mut self, rtp_port: u16, rtcp: bool, to: SocketAddr, packet: &[u8]);

    /// A chunk of a recording. Return its sample buffer with
    /// [`Relays::recycle`](crate::Relays::recycle).
    fn chunk(&mut self, chunk: Chunk);

    /// An event for the switch.
    fn event(&mut self, event: Event);
}

/// A chunk of one call's recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// The call.
    pub call: CallId,
    /// Its content.
    pub body: ChunkBody,
}

/// The content of a chunk. A recording is one `Open`, then `Samples` in order without overlap, then
/// one `Close`.
#[derive(Clone, Debug, PartialEq)]
pub enum ChunkBody {
    /// The recording starts now.
    Open,
    /// The next samples, about 250 ms.
    Samples(Samples),
    /// The recording ends; `frames` equals the sum of all samples.
    Close(Box<RecordingSummary>),
}

/// Stereo samples at 8 kHz.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// The position of its first frame since the opening, in frames at 8 kHz.
    ///
    /// A recorder that had to drop samples sees the gap here and fills it with silence.
    pub start: u64,
    /// Interleaved: left is the caller, right is what the hotline said to the caller.
    pub stereo: Vec<i16>,
    /// Silence filled in on the caller's side of these samples, in frames.
    pub caller_gap: u32,
    /// Silence filled in on the hotline's side of these samples, in frames.
    pub hotline_gap: u32,
}

/// The summary at the end of a recording, for its sidecar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordingSummary {
    /// The length of both channels, in frames at 8 kHz: the wall time from open to close.
    pub frames: u64,
    /// Silence filled in on the left.
    pub caller: Gaps,
    /// Silence filled in on the right.
    pub hotline: Gaps,
    /// The reception of both sides.
    pub quality: Quality,
    /// Round-trip time to the caller by its last RTCP report, if it sent any.
    pub caller_round_trip: Option<Duration>,
    /// Round-trip time to the last seat.
    pub seat_round_trip: Option<Duration>,
}

/// The silence filled into one channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// The first [`GAPS_LISTED_MAX`] gaps in order; further ones are only counted.
    pub list: Vec<Gap>,
    /// The number of all gaps, listed or not.
    pub count: u64,
    /// Total filled silence, in ms.
    pub total_ms: u64,
    /// Packets that came after their position had been handed to the recorder.
    pub late_packets: u64,
}

/// One gap filled with silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Its start since the opening, in ms.
    pub start_ms: u64,
    /// Its length, in ms.
    pub len_ms: u64,
}

/// Two kilobytes per side: a call with more gaps is bad without a longer list.
pub const GAPS_LISTED_MAX: usize = 128;
