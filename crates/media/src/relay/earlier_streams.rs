//! EarlierStreams that were on a port before its call: some senders go on after the BYE, or after the
//! engine they spoke to has died, into the next call.

use std::time::Duration;

use primitives::Timestamp;

/// The streams heard last on one port, and when. Full: the one not heard for longest is forgotten,
/// of those that no call had first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EarlierStreams {
    heard: [Option<Stream>; STREAMS_MAX],
}

#[derive(Clone, Copy, Debug)]
struct Stream {
    ssrc: u32,
    /// When it was heard last.
    at: Timestamp,
    /// When it was heard first on a port that had no call; `None` when a call had it.
    idle_since: Option<Timestamp>,
}

impl EarlierStreams {
    /// A stream of a call was heard at `at`.
    pub(crate) fn note(&mut self, at: Timestamp, ssrc: u32) {
        let oldest = || {
            let ages = self.heard.iter().map(|s| s.map(|s| (s.idle_since.is_none(), s.at)));
            ages.enumerate().min_by_key(|(_, age)| *age).map_or(0, |(place, _)| place)
        };
        let place = self.place_of(ssrc).unwrap_or_else(oldest);
        self.put(place, Stream { ssrc, at, idle_since: None });
    }

    /// A stream was heard while the port had no call. It takes no room of one that goes on, for
    /// anybody may send there.
    pub(crate) fn note_idle(&mut self, at: Timestamp, ssrc: u32) {
        self.note_since(at, ssrc, at);
    }

    /// A stream was heard before there was any call: it cannot be that of one that begins now.
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

    /// All streams of calls in `others` as well.
    pub(crate) fn add(&mut self, others: EarlierStreams) {
        for Stream { ssrc, at, .. } in others.heard.into_iter().flatten() {
            self.note(at, ssrc);
        }
    }

    /// Those that cannot be the voice of a call that begins now: its first packets may overtake
    /// the word of it.
    pub(crate) fn before_call(self) -> EarlierStreams {
        let is_older =
            |s: &Stream| s.idle_since.is_none_or(|since| s.at.since(since) >= OVERTAKES_MAX);
        EarlierStreams { heard: self.heard.map(|s| s.filter(is_older)) }
    }

    /// Whether a packet at `at` is of one of them that its sender has not stopped yet. It is then
    /// remembered for [`STOPPED_AFTER`] more: a sender with a constant SSRC is not shut out for long.
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

/// A caller's, a seat's, and one before each.
const STREAMS_MAX: usize = 4;
/// Twice as long as a port rests after a call.
const STOPPED_AFTER: Duration = Duration::from_secs(60);
/// Longer than the voice thread takes to hear of a call whose far end speaks at once.
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
    fn stream_is_known_until_it_was_silent_for_a_minute() {
        let mut streams = EarlierStreams::default();
        streams.note(at(0), 7);
        assert!(streams.goes_on(at(50), 7) && streams.goes_on(at(100), 7));
        assert!(!streams.goes_on(at(100), 8) && !streams.goes_on(at(161), 7));
    }

    #[test]
    fn full_memory_forgets_the_stream_not_heard_for_longest() {
        let mut streams = EarlierStreams::default();
        (0..4).for_each(|n| streams.note(at(u64::from(n)), n));
        streams.note(at(4), 0);
        streams.note(at(5), 9);
        assert!(!streams.goes_on(at(6), 1));
        assert!([0, 2, 3, 9].into_iter().all(|ssrc| streams.goes_on(at(6), ssrc)));
    }

    #[test]
    fn stream_on_an_idle_port_is_of_no_later_call_once_it_has_gone_on_for_a_tenth_of_a_second() {
        let mut streams = EarlierStreams::default();
        streams.note_idle(at_ms(0), 7);
        streams.note_idle(at_ms(60), 8);
        streams.note_idle(at_ms(100), 7);
        streams.note_idle(at_ms(140), 8);
        let mut known = streams.before_call();
        assert!(known.goes_on(at_ms(150), 7) && !known.goes_on(at_ms(150), 8));
        // After a minute of silence it begins anew.
        streams.note_idle(at(70), 7);
        assert!(!streams.before_call().goes_on(at(70), 7));
        streams.note_stale(at(70), 9);
        assert!(streams.before_call().goes_on(at(70), 9));
    }

    #[test]
    fn streams_on_an_idle_port_push_out_none_and_give_way_to_those_of_calls() {
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
