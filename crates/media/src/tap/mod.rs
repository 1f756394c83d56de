//! The recording of one call: both voices on one timeline, handed out in stretches of equal length.
//!
//! Left is the caller. Right is what the hotline says to the caller: greeting and music while
//! waiting or held, the seat while talking. The timeline is the wall clock from open to close, so
//! both channels are as long as the call. A stretch leaves once the window for late packets has
//! passed over it.

mod gaps;
mod ring;
mod timeline;
mod timestamps;

use std::time::Duration;

use primitives::{CallId, Timestamp};

use self::{gaps::GapLog, ring::Ring, timeline::Timeline, timestamps::VoicePacket};
use crate::{
    Chunk, ChunkBody, Quality, RecordingSummary, SAMPLE_RATE, Samples, Sink, relay::samples_in,
};

/// A channel of the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Left.
    Caller = 0,
    /// Right.
    Hotline = 1,
}

/// One call's tap.
#[derive(Debug)]
pub(crate) struct Tap {
    call: CallId,
    opened: Timestamp,
    window: u64,
    ring: Ring,
    timelines: [Timeline; 2],
    /// Where the voice written so far ends, by side.
    ends: [u64; 2],
    /// The silence on purpose that a side is in.
    quiet: [Option<ComfortNoise>; 2],
    gaps: [GapLog; 2],
}

/// A far end sent comfort noise instead of voice (RFC 3389): what follows is silence on purpose,
/// until it speaks again.
#[derive(Clone, Copy, Debug)]
struct ComfortNoise {
    /// From which frame on.
    from: u64,
    epoch: u32,
    seq: u64,
}

impl Tap {
    pub(crate) fn open(call: CallId, now: Timestamp, window: Duration, out: &mut impl Sink) -> Tap {
        let window = samples_in(window.clamp(WINDOW_MIN, WINDOW_MAX));
        out.chunk(Chunk { call, body: ChunkBody::Open });
        Tap {
            call,
            opened: now,
            window,
            ring: Ring::new(CHUNK + window as usize + timeline::OFF_MAX as usize),
            timelines: Default::default(),
            ends: [0; 2],
            quiet: [None; 2],
            gaps: Default::default(),
        }
    }

    /// A packet of voice that came at `at`: `payload` in the codec that `table` decodes.
    pub(crate) fn voice(
        &mut self,
        side: Side,
        at: Timestamp,
        voice: Voice<'_>,
        pool: &mut Pool,
        out: &mut impl Sink,
    ) {
        let arrival = timeline::position_of(at, self.opened);
        let start = self.ring.start() as i64;
        let Voice { epoch, seq, ts, marker, .. } = voice;
        let spoken = VoicePacket { epoch, seq, ts, marker, len: voice.payload.len() as i64 };
        let place = self.timelines[side as usize].place(spoken, arrival, start);
        if place.returned {
            self.take_out_too_late(side);
        }
        // What was said before the opening is not part of the call.
        let before = (-place.at).clamp(0, voice.payload.len() as i64) as usize;
        let at = place.at.max(0) as u64;
        let payload = voice.payload.get(before..).unwrap_or_default();
        let end = at + payload.len() as u64;
        if end <= self.ring.start() {
            self.gaps[side as usize].late_packets(1);
            return;
        }
        self.make_room(end, pool, out);
        self.end_quiet(side, at, |quiet| epoch != quiet.epoch || seq > quiet.seq);
        if place.repositioned {
            self.seam(side, at);
        }
        let decode = |byte: u8| voice.table[usize::from(byte)];
        if place.stretched && at == self.ends[side as usize] + 1 {
            self.ring.write(side, at - 1, payload.get(..1).unwrap_or_default(), decode);
        }
        self.ring.write(side, at, payload, decode);
        self.ends[side as usize] = self.ends[side as usize].max(end);
        self.flush(arrival, pool, out);
    }

    /// A packet of comfort noise that came at `at`.
    pub(crate) fn noise(&mut self, side: Side, at: Timestamp, epoch: u32, seq: u64, ts: u64) {
        let arrival = timeline::position_of(at, self.opened);
        let from = self.timelines[side as usize].place_silence(epoch, ts, arrival).max(0) as u64;
        // Repeated while the silence lasts: the first one says when it began.
        self.quiet[side as usize].get_or_insert(ComfortNoise { from, epoch, seq }).seq = seq;
    }

    /// A frame that we play to the caller ourselves at `at`.
    pub(crate) fn play(
        &mut self,
        at: Timestamp,
        samples: &[i16],
        pool: &mut Pool,
        out: &mut impl Sink,
    ) {
        let place = timeline::position_of(at, self.opened).max(0) as u64;
        let end = place + samples.len() as u64;
        self.make_room(end, pool, out);
        self.end_quiet(Side::Hotline, place, |_| true);
        self.seam(Side::Hotline, place);
        self.ring.write(Side::Hotline, place, samples, |sample| sample);
        self.ends[Side::Hotline as usize] = self.ends[Side::Hotline as usize].max(end);
        self.timelines[Side::Hotline as usize].cut();
    }

    /// Somebody else speaks on the hotline's side from here on.
    pub(crate) fn cut_hotline(&mut self) {
        self.timelines[Side::Hotline as usize].cut();
    }

    /// Hand out what is out of the window at `now`.
    pub(crate) fn advance(&mut self, now: Timestamp, pool: &mut Pool, out: &mut impl Sink) {
        self.flush(timeline::position_of(now, self.opened), pool, out);
    }

    /// The call is over: hand out the rest, to the frame of `now`.
    pub(crate) fn close(
        &mut self,
        now: Timestamp,
        quality: Quality,
        round_trips: [Option<Duration>; 2],
        pool: &mut Pool,
        out: &mut impl Sink,
    ) {
        // An early hand-out may have passed `now` by a moment: the recording ends where it is.
        let end = (timeline::position_of(now, self.opened).max(0) as u64).max(self.ring.start());
        while self.ring.start() < end {
            let rest = (end - self.ring.start()) as usize;
            self.hand_out(rest.min(CHUNK), pool, out);
        }
        let [caller, hotline] = self.gaps.each_mut().map(GapLog::close);
        let [caller_round_trip, seat_round_trip] = round_trips;
        let closing = RecordingSummary {
            frames: end,
            caller,
            hotline,
            quality,
            caller_round_trip,
            seat_round_trip,
        };
        out.chunk(Chunk { call: self.call, body: ChunkBody::Close(Box::new(closing)) });
    }

    /// A hole of less than a frame before a new speaker is no loss of his.
    fn seam(&mut self, side: Side, at: u64) {
        let end = self.ends[side as usize];
        if end < at && at - end <= SEAM_MAX {
            self.ring.mark(side, end, at);
        }
    }

    /// What is written at `at` ends a silence on purpose, where it `speaks`: up to there it was one.
    fn end_quiet(&mut self, side: Side, at: u64, speaks: impl FnOnce(ComfortNoise) -> bool) {
        let quiet = &mut self.quiet[side as usize];
        if let Some(ended) = quiet.take_if(|quiet| speaks(*quiet)) {
            self.ring.mark(side, ended.from, at);
        }
    }

    /// What was placed by its arrival came too late for its own place.
    #[cold]
    fn take_out_too_late(&mut self, side: Side) {
        let Some(late) = self.timelines[side as usize].take_misplaced() else { return };
        let [from, to] = [late.range.start, late.range.end].map(|at| at.max(0) as u64);
        self.ring.clear(side, from, to);
        self.ends[side as usize] = self.ends[side as usize].min(from);
        self.gaps[side as usize].late_packets(late.packets);
    }

    fn flush(&mut self, arrival: i64, pool: &mut Pool, out: &mut impl Sink) {
        let settled = arrival.saturating_sub(self.window as i64);
        while (self.ring.start() + CHUNK as u64) as i64 <= settled {
            self.hand_out(CHUNK, pool, out);
        }
    }

    /// Should the thread have slept, the window moves before its time rather than losing the newest.
    fn make_room(&mut self, end: u64, pool: &mut Pool, out: &mut impl Sink) {
        while self.ring.end() < end {
            self.hand_out(CHUNK, pool, out);
        }
    }

    fn hand_out(&mut self, frames: usize, pool: &mut Pool, out: &mut impl Sink) {
        let start = self.ring.start();
        let end = start + frames as u64;
        for side in [Side::Caller, Side::Hotline] {
            if let Some(quiet) = self.quiet[side as usize] {
                self.ring.mark(side, quiet.from, end);
            }
        }
        let [caller, hotline] = &mut self.gaps;
        let caller_gap = caller.see(&self.ring, Side::Caller, start, end);
        let hotline_gap = hotline.see(&self.ring, Side::Hotline, start, end);
        let mut stereo = pool.take();
        self.ring.take(frames, &mut stereo);
        let samples = Samples { start, stereo, caller_gap, hotline_gap };
        out.chunk(Chunk { call: self.call, body: ChunkBody::Samples(samples) });
    }
}

/// A packet's voice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice<'a> {
    pub(crate) epoch: u32,
    pub(crate) seq: u64,
    pub(crate) ts: u64,
    pub(crate) marker: bool,
    pub(crate) table: &'a [i16; 256],
    pub(crate) payload: &'a [u8],
}

/// Memory of stretches that the recorder is done with.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    free: Vec<Vec<i16>>,
}

impl Pool {
    /// Keep it for the next stretch. Full: it goes back to the allocator.
    pub(crate) fn give(&mut self, mut stereo: Vec<i16>) {
        if self.free.len() < POOLED_MAX && stereo.capacity() >= 2 * CHUNK {
            stereo.clear();
            self.free.push(stereo);
        }
    }

    fn take(&mut self) -> Vec<i16> {
        self.free.pop().unwrap_or_else(|| Vec::with_capacity(2 * CHUNK))
    }
}

/// 250 ms in frames.
const CHUNK: usize = SAMPLE_RATE as usize / 4;
/// 20 ms in frames.
const SEAM_MAX: u64 = SAMPLE_RATE as u64 / 50;
const WINDOW_MIN: Duration = Duration::from_millis(20);
const WINDOW_MAX: Duration = Duration::from_secs(1);
/// 8 MB a thread.
const POOLED_MAX: usize = 1_024;
