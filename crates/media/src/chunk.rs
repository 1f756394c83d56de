//! What the voice thread hands out: packets to the network, pieces of recording to the recorder, events to the switch.

use std::{net::SocketAddr, time::Duration};

use primitives::CallId;

use crate::{Event, Quality};

/// Where everything a relay produces goes. The driver implements it; nothing is queued in between.
pub trait Sink {
    /// Send `packet` from our `rtp_port` (with `rtcp` from the port above it) to `to`.
    fn send(&mut self, rtp_port: u16, rtcp: bool, to: SocketAddr, packet: &[u8]);

    /// A piece of a recording. Give its samples back with [`Relays::recycle`](crate::Relays::recycle).
    fn chunk(&mut self, chunk: Chunk);

    /// Something the switch should know.
    fn event(&mut self, event: Event);
}

/// A piece of one call's recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// The call.
    pub call: CallId,
    /// Which piece.
    pub body: ChunkBody,
}

/// The pieces of a recording: one `Open`, then `Samples` in order and without overlap, then one `Close`.
#[derive(Clone, Debug, PartialEq)]
pub enum ChunkBody {
    /// The recording starts now.
    Open,
    /// The next stretch, about 250 ms.
    Samples(Samples),
    /// The recording ends; `frames` equals the sum of all stretches.
    Close(Box<RecordingSummary>),
}

/// A stretch of stereo at 8 kHz.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// The place of its first frame since the opening, at 8,000 frames a second.
    ///
    /// A recorder that had to drop a stretch sees the hole by it and fills with silence.
    pub start: u64,
    /// Interleaved: left is the caller, right is what the hotline said to the caller.
    pub stereo: Vec<i16>,
    /// Silence filled in on the caller's side in this stretch, in frames.
    pub caller_gap: u32,
    /// Silence filled in on the hotline's side in this stretch, in frames.
    pub hotline_gap: u32,
}

/// What the recorder writes beside the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordingSummary {
    /// The length of both channels, in frames at 8 kHz: the wall time from open to close.
    pub frames: u64,
    /// Silence filled in on the left.
    pub caller: Gaps,
    /// Silence filled in on the right.
    pub hotline: Gaps,
    /// What was received.
    pub quality: Quality,
    /// There and back to the caller, as of their last report, when they sent any.
    pub caller_round_trip: Option<Duration>,
    /// There and back to the last seat.
    pub seat_round_trip: Option<Duration>,
}

/// Where a channel was filled with silence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// The first [`GAPS_LISTED_MAX`] gaps in order; beyond that they are counted only.
    pub list: Vec<Gap>,
    /// All gaps, listed or not.
    pub count: u64,
    /// All filled silence, in ms.
    pub total_ms: u64,
    /// Packets that came after their place had been handed to the recorder.
    pub late_packets: u64,
}

/// One stretch of filled silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Since the opening, in ms.
    pub start_ms: u64,
    /// How long, in ms.
    pub len_ms: u64,
}

/// Two kilobytes a side: a call with more gaps than this is bad enough to need no longer list.
pub const GAPS_LISTED_MAX: usize = 128;
