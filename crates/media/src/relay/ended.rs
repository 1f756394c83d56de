//! The streams of calls that ended on a port: some senders go on after the BYE, into the next call.

use std::time::Duration;

use model::Timestamp;

/// The SSRCs heard last on one port, and when. Full: the one not heard for longest is forgotten.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Streams {
    heard: [Option<(u32, Timestamp)>; STREAMS_MAX],
}

impl Streams {
    /// A stream was heard at `at`.
    pub(crate) fn note(&mut self, at: Timestamp, ssrc: u32) {
        let known = self.heard.iter().position(|s| s.is_some_and(|(known, _)| known == ssrc));
        let oldest = || {
            let ages = self.heard.iter().map(|s| s.map(|(_, at)| at)).enumerate();
            ages.min_by_key(|(_, at)| *at).map_or(0, |(place, _)| place)
        };
        let place = known.unwrap_or_else(oldest);
        if let Some(slot) = self.heard.get_mut(place) {
            *slot = Some((ssrc, at));
        }
    }

    /// All streams of `others` as well.
    pub(crate) fn add(&mut self, others: Streams) {
        for (ssrc, at) in others.heard.into_iter().flatten() {
            self.note(at, ssrc);
        }
    }

    /// Whether a packet at `at` is of one of them that its sender has not stopped yet. It is then
    /// remembered for [`STOPPED_AFTER`] more: a sender with a constant SSRC is not shut out for long.
    pub(crate) fn goes_on(&mut self, at: Timestamp, ssrc: u32) -> bool {
        let mut known = self.heard.iter_mut().flatten();
        let Some(stream) = known.find(|(known, _)| *known == ssrc) else { return false };
        let goes_on = at.since(stream.1) < STOPPED_AFTER;
        if goes_on {
            stream.1 = stream.1.max(at);
        }
        goes_on
    }
}

/// A caller's, a seat's, and one before each.
const STREAMS_MAX: usize = 4;
/// Twice as long as a port rests after a call.
const STOPPED_AFTER: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: u64) -> Timestamp {
        Timestamp::from_micros(s * 1_000_000)
    }

    #[test]
    fn stream_is_known_until_it_was_silent_for_a_minute() {
        let mut streams = Streams::default();
        streams.note(at(0), 7);
        assert!(streams.goes_on(at(50), 7) && streams.goes_on(at(100), 7));
        assert!(!streams.goes_on(at(100), 8) && !streams.goes_on(at(161), 7));
    }

    #[test]
    fn full_memory_forgets_the_stream_not_heard_for_longest() {
        let mut streams = Streams::default();
        (0..4).for_each(|n| streams.note(at(u64::from(n)), n));
        streams.note(at(4), 0);
        streams.note(at(5), 9);
        assert!(!streams.goes_on(at(6), 1));
        assert!([0, 2, 3, 9].into_iter().all(|ssrc| streams.goes_on(at(6), ssrc)));
    }
}
