//! Streams that were received on a port before its call: some senders continue after the BYE, or
//! after a restart of the engine, into the next call.

use std::time::Duration;

use primitives::Timestamp;

/// The streams received last on one port, with their times. A full table drops the one silent
/// longest, streams without a call first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EarlierStreams {
    heard: [Option<Stream>; STREAMS_MAX],
}

#[derive(Clone, Copy, Debug)]
struct Stream {
    ssrc: u32,
    /// When it was received last.
    at: Timestamp,
    /// When it was first received on a port without a call; `None` when a call had it.
    idle_since: Option<Timestamp>,
}

impl EarlierStreams {
    /// Notes a stream of a call at `at`.
    pub(crate) fn note(&mut self, at: Timestamp, ssrc: u32) {
        let oldest = || {
            let ages = self.heard.iter().map(|s| s.map(|s| (s.idle_since.is_none(), s.at)));
            ages.enumerate().min_by_key(|(_, age)| *age).map_or(0, |(place, _)| place)
        };
        let place = self.place_of(ssrc).unwrap_or_else(oldest);
        self.put(place, Stream { ssrc, at, idle_since: None });
    }

    /// Notes a stream on a port without a call. It replaces no active stream, because anyone may
    /// send there.
    pub(crate) fn note_idle(&mut self, at: Timestamp, ssrc: u32) {
        self.note_since(at, ssrc, at);
    }

    /// Notes a stream from before any call: it cannot belong to a call that begins now.
    pub(crate) fn note_stale(&mut self, at: Timestamp, ssrc: u32) {
        self.note_since(at, ssrc, at - OVERTAKES_MAX);
    }

    fn note_since(&mut self, at: Timestamp, ssrc: u32, since: Timestamp) {
        if self.goes_on(at, ssrc) {
            return;
        }
        let has_stopped = |s: &Option<Stream>| s.is_none_or(|s| !s.goes_on(at));
        let room = self.place_of(ssrc).or_else(|| self.heard.iter().position(has_stopped));
        if let Some(place) = room {
            self.put(place, Stream { ssrc, at, idle_since: Some(since) });
        }
    }

    /// Adds all streams of calls in `others`.
    pub(crate) fn add(&mut self, others: EarlierStreams) {
        for Stream { ssrc, at, .. } in others.heard.into_iter().flatten() {
            self.note(at, ssrc);
        }
    }

    /// Returns the streams that cannot belong to a call that begins now, whose first packets may
    /// arrive before its command.
    pub(crate) fn before_call(self) -> EarlierStreams {
        let is_older =
            |s: &Stream| s.idle_since.is_none_or(|since| s.at.since(since) >= OVERTAKES_MAX);
        EarlierStreams { heard: self.heard.map(|s| s.filter(is_older)) }
    }

    /// Returns whether a packet at `at` belongs to a known stream that has not stopped. The stream
    /// is then remembered for another [`STOPPED_AFTER`], so that a sender with a constant SSRC is
    /// not excluded for long.
    pub(crate) fn goes_on(&mut self, at: Timestamp, ssrc: u32) -> bool {
        let mut known = self.heard.iter_mut().flatten();
        let Some(stream) = known.find(|known| known.ssrc == ssrc) else { return false };
        let goes_on = stream.goes_on(at);
        if goes_on {
            stream.at = stream.at.max(at);
        }
        goes_on
    }

    fn place_of(&self, ssrc: u32) -> Option<usize> {
        self.heard.iter().position(|s| s.is_some_and(|s| s.ssrc == ssrc))
    }

    fn put(&mut self, place: usize, stream: Stream) {
        if let Some(slot) = self.heard.get_mut(place) {
            *slot = Some(stream);
        }
    }
}

impl Stream {
    fn goes_on(&self, at: Timestamp) -> bool {
        at.since(self.at) < STOPPED_AFTER
    }
}

/// The streams of caller and seat, and one before each.
const STREAMS_MAX: usize = 4;
/// Twice as long as a port rests after a call.
const STOPPED_AFTER: Duration = Duration::from_secs(60);
/// Longer than the media thread takes to learn of a call whose far end sends at once.
const OVERTAKES_MAX: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: u64) -> Timestamp {
        at_ms(s * 1_000)
    }

    fn at_ms(ms: u64) -> Timestamp {
        Timestamp::from_micros(ms * 1_000)
    }

    #[test]
    fn stream_is_known_until_silent_for_a_minute() {
        let mut streams = EarlierStreams::default();
        streams.note(at(0), 7);
        assert!(streams.goes_on(at(50), 7) && streams.goes_on(at(100), 7));
        assert!(!streams.goes_on(at(100), 8) && !streams.goes_on(at(161), 7));
    }

    #[test]
    fn full_table_drops_the_stream_silent_longest() {
        let mut streams = EarlierStreams::default();
        (0..4).for_each(|n| streams.note(at(u64::from(n)), n));
        streams.note(at(4), 0);
        streams.note(at(5), 9);
        assert!(!streams.goes_on(at(6), 1));
        assert!([0, 2, 3, 9].into_iter().all(|ssrc| streams.goes_on(at(6), ssrc)));
    }

    #[test]
    fn stream_on_an_idle_port_for_100_ms_belongs_to_no_later_call() {
        let mut streams = EarlierStreams::default();
        streams.note_idle(at_ms(0), 7);
        streams.note_idle(at_ms(60), 8);
        streams.note_idle(at_ms(100), 7);
        streams.note_idle(at_ms(140), 8);
        let mut known = streams.before_call();
        assert!(known.goes_on(at_ms(150), 7) && !known.goes_on(at_ms(150), 8));
        // After a minute of silence it counts as new.
        streams.note_idle(at(70), 7);
        assert!(!streams.before_call().goes_on(at(70), 7));
        streams.note_stale(at(70), 9);
        assert!(streams.before_call().goes_on(at(70), 9));
    }

    #[test]
    fn streams_on_an_idle_port_never_replace_streams_of_calls() {
        let mut streams = EarlierStreams::default();
        (0..2).for_each(|n| streams.note(at(1), n));
        (10..20).for_each(|n| streams.note_idle(at(2), n));
        assert!([0, 1, 10, 11].into_iter().all(|ssrc| streams.goes_on(at(3), ssrc)));
        assert!(!streams.goes_on(at(3), 12));
        let mut calls = EarlierStreams::default();
        (30..32).for_each(|n| calls.note(at(1), n));
        streams.add(calls);
        assert!([0, 1, 30, 31].into_iter().all(|ssrc| streams.goes_on(at(4), ssrc)));
    }
}
