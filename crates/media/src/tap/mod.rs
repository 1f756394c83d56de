//! The recording tap of one call: puts both sides on one timeline and hands them out in chunks of
//! equal length.
//!
//! Left is the caller. Right is what the caller hears: greeting and music while waiting or on hold,
//! the seat while talking, the sum of all while several talk. The timeline is the wall clock from open to close, so both channels are
//! as long as the call. A chunk is handed out once the window for late packets has passed it.

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
    /// Left channel.
    Caller = 0,
    /// Right channel.
    Hotline = 1,
}

/// The far end whose voice is recorded, by the index of its leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaker {
    /// The caller, on the left.
    Caller,
    /// The only voice that the caller hears, on the right.
    Hotline(usize),
    /// One of several voices that the caller hears: they are added up on the right.
    OneOfSeveral(usize),
}

impl Speaker {
    fn side(self) -> Side {
        match self {
            Speaker::Caller => Side::Caller,
            Speaker::Hotline(_) | Speaker::OneOfSeveral(_) => Side::Hotline,
        }
    }

    fn index(self) -> usize {
        match self {
            Speaker::Caller => 0,
            Speaker::Hotline(index) | Speaker::OneOfSeveral(index) => index,
        }
    }
}

/// The tap of one call.
#[derive(Debug)]
pub(crate) struct Tap {
    call: CallId,
    opened: Timestamp,
    window: u64,
    ring: Ring,
    /// The end of the media written so far, by side.
    ends: [u64; 2],
    /// The voices, by the index of their legs; the caller's is the first.
    voices: Vec<VoiceTrack>,
    gaps: [GapLog; 2],
}

/// The place of one voice on the timeline.
#[derive(Debug, Default)]
struct VoiceTrack {
    timeline: Timeline,
    /// Its intentional silence.
    quiet: Option<ComfortNoise>,
}

/// Intentional silence: the far end sent comfort noise (RFC 3389) and has not spoken since.
#[derive(Clone, Copy, Debug)]
struct ComfortNoise {
    /// Its first frame.
    from: u64,
    epoch: u32,
    seq: u64,
}

impl Tap {
    pub(crate) fn open(call: CallId, now: Timestamp, window: Duration, out: &mut dyn Sink) -> Tap {
        let window = samples_in(window.clamp(WINDOW_MIN, WINDOW_MAX));
        out.chunk(Chunk { call, body: ChunkBody::Open });
        Tap {
            call,
            opened: now,
            window,
            ring: Ring::new(CHUNK + window as usize + timeline::OFF_MAX as usize),
            ends: [0; 2],
            voices: Vec::new(),
            gaps: Default::default(),
        }
    }

    /// Writes a media packet received at `at`; its table decodes its payload.
    pub(crate) fn voice(
        &mut self,
        speaker: Speaker,
        at: Timestamp,
        voice: Voice<'_>,
        pool: &mut Pool,
        out: &mut dyn Sink,
    ) {
        let side = speaker.side();
        let arrival = timeline::position_of(at, self.opened);
        let start = self.ring.start() as i64;
        let Voice { epoch, seq, ts, marker, .. } = voice;
        let spoken = VoicePacket { epoch, seq, ts, marker, len: voice.payload.len() as i64 };
        let place = self.track(speaker).timeline.place(spoken, arrival, start);
        if place.returned {
            self.take_out_too_late(speaker);
        }
        // Samples from before the opening are not part of the call.
        let before = (-place.at).clamp(0, voice.payload.len() as i64) as usize;
        let at = place.at.max(0) as u64;
        let payload = voice.payload.get(before..).unwrap_or_default();
        let end = at + payload.len() as u64;
        if end <= self.ring.start() {
            self.gaps[side as usize].late_packets(1);
            return;
        }
        self.make_room(end, pool, out);
        self.end_quiet(speaker, at, |quiet| epoch != quiet.epoch || seq > quiet.seq);
        if place.repositioned {
            self.seam(side, at);
        }
        let decode = |byte: u8| voice.table[usize::from(byte)];
        if place.stretched && at == self.ends[side as usize] + 1 {
            self.ring.write(side, at - 1, payload.get(..1).unwrap_or_default(), decode);
        }
        match speaker {
            Speaker::Caller | Speaker::Hotline(_) => self.ring.write(side, at, payload, decode),
            Speaker::OneOfSeveral(_) => self.ring.add(side, at, payload, decode),
        }
        self.ends[side as usize] = self.ends[side as usize].max(end);
        self.flush(arrival, pool, out);
    }

    /// Notes a comfort noise packet received at `at`.
    pub(crate) fn noise(&mut self, speaker: Speaker, at: Timestamp, epoch: u32, seq: u64, ts: u64) {
        let arrival = timeline::position_of(at, self.opened);
        let track = self.track(speaker);
        let from = track.timeline.place_silence(epoch, ts, arrival).max(0) as u64;
        // It is repeated during the silence; the first one marks its start.
        track.quiet.get_or_insert(ComfortNoise { from, epoch, seq }).seq = seq;
    }

    /// Writes a frame that we play to the caller at `at`.
    pub(crate) fn play(
        &mut self,
        at: Timestamp,
        samples: &[i16],
        pool: &mut Pool,
        out: &mut dyn Sink,
    ) {
        let place = timeline::position_of(at, self.opened).max(0) as u64;
        let end = place + samples.len() as u64;
        self.make_room(end, pool, out);
        for index in 1..self.voices.len() {
            self.end_quiet(Speaker::Hotline(index), place, |_| true);
        }
        self.seam(Side::Hotline, place);
        self.ring.write(Side::Hotline, place, samples, |sample| sample);
        self.ends[Side::Hotline as usize] = self.ends[Side::Hotline as usize].max(end);
        self.cut_hotline();
    }

    /// Starts new speakers on the hotline's side.
    pub(crate) fn cut_hotline(&mut self) {
        self.voices.iter_mut().skip(1).for_each(|track| track.timeline.cut());
    }

    /// Hands out chunks that have left the window at `now`.
    pub(crate) fn advance(&mut self, now: Timestamp, pool: &mut Pool, out: &mut dyn Sink) {
        self.flush(timeline::position_of(now, self.opened), pool, out);
    }

    /// Ends the recording: hands out the rest up to `now`.
    pub(crate) fn close(
        &mut self,
        now: Timestamp,
        quality: Quality,
        round_trips: [Option<Duration>; 2],
        pool: &mut Pool,
        out: &mut dyn Sink,
    ) {
        // An early chunk may end slightly after `now`: the recording then ends there.
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

    /// A gap shorter than a frame before a new speaker is not a loss.
    fn seam(&mut self, side: Side, at: u64) {
        let end = self.ends[side as usize];
        if end < at && at - end <= SEAM_MAX {
            self.ring.mark(side, end, at);
        }
    }

    /// Ends intentional silence at `at` when `speaks` confirms it; up to there it is not a gap.
    fn end_quiet(&mut self, speaker: Speaker, at: u64, speaks: impl FnOnce(ComfortNoise) -> bool) {
        let quiet = &mut self.track(speaker).quiet;
        if let Some(ended) = quiet.take_if(|quiet| speaks(*quiet)) {
            self.ring.mark(speaker.side(), ended.from, at);
        }
    }

    fn track(&mut self, speaker: Speaker) -> &mut VoiceTrack {
        let index = speaker.index();
        if self.voices.len() <= index {
            // Once for each leg of the call that speaks.
            self.voices.resize_with(index + 1, VoiceTrack::default);
        }
        &mut self.voices[index]
    }

    /// Removes packets that were placed by arrival although they were late.
    #[cold]
    fn take_out_too_late(&mut self, speaker: Speaker) {
        let side = speaker.side();
        let Some(late) = self.track(speaker).timeline.take_misplaced() else { return };
        let [from, to] = [late.range.start, late.range.end].map(|at| at.max(0) as u64);
        self.ring.clear(side, from, to);
        self.ends[side as usize] = self.ends[side as usize].min(from);
        self.gaps[side as usize].late_packets(late.packets);
    }

    fn flush(&mut self, arrival: i64, pool: &mut Pool, out: &mut dyn Sink) {
        let settled = arrival.saturating_sub(self.window as i64);
        while (self.ring.start() + CHUNK as u64) as i64 <= settled {
            self.hand_out(CHUNK, pool, out);
        }
    }

    /// After a long sleep of the thread the window advances early, so that the newest media is not
    /// lost.
    fn make_room(&mut self, end: u64, pool: &mut Pool, out: &mut dyn Sink) {
        while self.ring.end() < end {
            self.hand_out(CHUNK, pool, out);
        }
    }

    fn hand_out(&mut self, frames: usize, pool: &mut Pool, out: &mut dyn Sink) {
        let start = self.ring.start();
        let end = start + frames as u64;
        for (index, track) in self.voices.iter().enumerate() {
            let side = if index == 0 { Side::Caller } else { Side::Hotline };
            if let Some(quiet) = track.quiet {
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

/// A media packet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice<'a> {
    pub(crate) epoch: u32,
    pub(crate) seq: u64,
    pub(crate) ts: u64,
    pub(crate) marker: bool,
    pub(crate) table: &'a [i16; 256],
    pub(crate) payload: &'a [u8],
}

/// Sample buffers that the recorder returned.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    free: Vec<Vec<i16>>,
}

impl Pool {
    /// Keeps a buffer for the next chunk; a full pool drops it.
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
/// 8 MB per thread.
const POOLED_MAX: usize = 1_024;
