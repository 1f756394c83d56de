//! Where in the recording a packet belongs: by its RTP timestamp, held to the clock.

use std::ops::Range;

use primitives::Timestamp;

use super::timestamps::{CorrectedTimestamp, PAUSE_MIN, TimestampTracker, VoicePacket};
use crate::SAMPLE_RATE;

/// The offset from a stream's timestamps to places in the recording.
///
/// The first packet is placed at its arrival, the others by timestamp, so that the network's jitter
/// is not heard. A sender's clock is never quite ours: the least delay of the last second shows how
/// far it has drifted, and the offset follows by one sample a packet, which nobody hears. A stream
/// that is off by more than [`OFF_MAX`] is placed anew. Timestamps that cannot be right are replaced
/// ([`TimestampTracker`]).
///
/// A packet in order that comes too late for its place is placed at its arrival: the sender paused
/// and its timestamps did not. If the packets after it catch up, then the network had held them
/// back; the stream goes back to its old place, and what was placed at its arrival is taken out.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    anchor: Option<Anchor>,
    misplaced: Option<Misplaced>,
}

#[derive(Debug)]
struct Anchor {
    epoch: u32,
    stamps: TimestampTracker,
    /// Position minus timestamp.
    offset: i64,
    /// Least delay since `packets` was 0.
    least: i64,
    packets: u32,
    /// Still to be followed, a sample a packet.
    drift: i64,
    /// Where the stream was before a packet came too late.
    before: Option<EarlierPosition>,
}

/// The place of a stream before it was placed anew for a late packet.
#[derive(Clone, Debug)]
struct EarlierPosition {
    offset: i64,
    /// How late the packet was.
    delay: i64,
    /// What was placed since, and by how many packets.
    placed: Range<i64>,
    packets: u32,
}

/// What packets were written to that came too late for their own places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misplaced {
    pub(crate) range: Range<i64>,
    pub(crate) packets: u32,
}

/// A packet's place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Position {
    /// Of its first sample. May lie before the window, or before the opening.
    pub(crate) at: i64,
    /// The stream was placed anew with it.
    pub(crate) repositioned: bool,
    /// The offset moved up by one sample: the sample before is to be filled.
    pub(crate) stretched: bool,
    /// The stream is back at its old place: [`Timeline::take_misplaced`] tells what to take out.
    pub(crate) returned: bool,
}

impl Timeline {
    /// Position a packet that came when the recording was at `arrival`. Packets before `window` come
    /// too late.
    pub(crate) fn place(&mut self, spoken: VoicePacket, arrival: i64, window: i64) -> Position {
        let Some(anchor) = self.anchor.as_mut().filter(|a| a.epoch == spoken.epoch) else {
            self.anchor = Some(Anchor::at(arrival, spoken));
            return Position { at: arrival, repositioned: true, ..Position::default() };
        };
        let Some(stamp) = anchor.stamps.follow(spoken, arrival) else {
            let at = anchor.stamps.before(spoken).wrapping_add(anchor.offset);
            return Position { at, ..Position::default() };
        };
        if let Some((place, misplaced)) = anchor.catch_up(stamp.at, arrival, window) {
            self.misplaced = Some(misplaced);
            return place;
        }
        let place = anchor.place(stamp, arrival, window);
        anchor.note_placed(place.at, spoken.len);
        place
    }

    /// After a place that [is back](Position::returned).
    pub(crate) fn take_misplaced(&mut self) -> Option<Misplaced> {
        self.misplaced.take()
    }

    /// The place of a packet without voice that came at `arrival`; the stream does not move by it.
    pub(crate) fn place_silence(&self, epoch: u32, ts: u64, arrival: i64) -> i64 {
        let anchor = self.anchor.as_ref().filter(|a| a.epoch == epoch);
        let by_stamp = anchor.and_then(|a| Some(a.stamps.read(ts)?.wrapping_add(a.offset)));
        by_stamp.map_or(arrival, |at| at.min(arrival))
    }

    /// The next packet is placed by its arrival.
    pub(crate) fn cut(&mut self) {
        self.anchor = None;
    }
}

impl Anchor {
    fn at(arrival: i64, spoken: VoicePacket) -> Anchor {
        Anchor {
            epoch: spoken.epoch,
            stamps: TimestampTracker::begin(spoken, arrival),
            offset: arrival.wrapping_sub(spoken.ts as i64),
            least: i64::MAX,
            packets: 0,
            drift: 0,
            before: None,
        }
    }

    /// Position a packet in order.
    fn place(&mut self, stamp: CorrectedTimestamp, arrival: i64, window: i64) -> Position {
        let ts = stamp.at;
        let at = ts.wrapping_add(self.offset);
        let delay = arrival.saturating_sub(at);
        if delay < -OFF_MAX || stamp.after_pause && delay >= PAUSE_MIN {
            return self.reposition(ts, arrival);
        }
        if at < window {
            let placed = arrival..arrival;
            let offset = self.offset;
            self.before.get_or_insert(EarlierPosition { offset, delay, placed, packets: 0 });
            return self.reposition(ts, arrival);
        }
        self.least = self.least.min(delay);
        self.packets += 1;
        if self.packets >= PACKETS_WATCHED {
            let least = std::mem::replace(&mut self.least, i64::MAX);
            self.packets = 0;
            if least > OFF_MAX {
                return self.reposition(ts, arrival - (delay - least));
            }
            self.drift = if least.abs() > DRIFT_MIN { least } else { 0 };
        }
        let step = self.drift.signum();
        self.drift -= step;
        self.offset += step;
        Position { at: at + step, stretched: step > 0, ..Position::default() }
    }

    /// While it is open whether the sender paused or the network held packets back: the old place,
    /// once a packet has made up for half of the delay.
    fn catch_up(&mut self, ts: i64, arrival: i64, window: i64) -> Option<(Position, Misplaced)> {
        let before = self.before.as_ref()?;
        let at = ts.wrapping_add(before.offset);
        let delay = arrival.saturating_sub(at);
        if at < window || !(-OFF_MAX..=before.delay / 2).contains(&delay) {
            return None;
        }
        let EarlierPosition { offset, placed, packets, .. } = self.before.take()?;
        self.offset = offset;
        self.reset_drift();
        let place = Position { at, returned: true, ..Position::default() };
        Some((place, Misplaced { range: placed, packets }))
    }

    /// While that is open: a packet was placed from `at` on.
    fn note_placed(&mut self, at: i64, len: i64) {
        let Some(before) = &mut self.before else { return };
        before.placed.start = before.placed.start.min(at);
        before.placed.end = before.placed.end.max(at.saturating_add(len));
        before.packets += 1;
        if before.packets > PACKETS_WATCHED {
            self.before = None;
        }
    }

    fn reposition(&mut self, ts: i64, at: i64) -> Position {
        self.offset = at.wrapping_sub(ts);
        self.reset_drift();
        Position { at, repositioned: true, ..Position::default() }
    }

    fn reset_drift(&mut self) {
        self.least = i64::MAX;
        self.packets = 0;
        self.drift = 0;
    }
}

/// The place of a moment in a recording that opened at `opened`.
pub(crate) fn position_of(at: Timestamp, opened: Timestamp) -> i64 {
    let micros = at.micros() as i64 - opened.micros() as i64;
    micros.saturating_mul(i64::from(SAMPLE_RATE)) / 1_000_000
}

/// 100 ms.
pub(crate) const OFF_MAX: i64 = SAMPLE_RATE as i64 / 10;
/// 10 ms: below that it is jitter.
const DRIFT_MIN: i64 = SAMPLE_RATE as i64 / 100;
/// A second of 20 ms packets: some of them met no queue on their way.
const PACKETS_WATCHED: u32 = 50;

#[cfg(test)]
mod tests {
    use super::*;

    /// Packet `n` of a right sender of 20 ms packets whose first timestamp is `first`.
    fn spoken(n: u64, first: u64) -> VoicePacket {
        VoicePacket { epoch: 0, seq: n, ts: first + 160 * n, marker: false, len: 160 }
    }

    #[test]
    fn jitter_does_not_move_a_packet_from_its_place() {
        let mut timeline = Timeline::default();
        assert_eq!(timeline.place(spoken(0, 9_000), 100, 0).at, 100);
        for n in 1..500i64 {
            let jitter = n * 37 % 400;
            let place = timeline.place(spoken(n as u64, 9_000), 100 + 160 * n + jitter, 0);
            assert!(!place.repositioned);
            assert!((place.at - (100 + 160 * n)).abs() <= 80, "{n} {place:?}");
        }
    }

    #[test]
    fn stream_that_is_suddenly_a_quarter_second_later_is_placed_anew_at_once() {
        let mut timeline = Timeline::default();
        timeline.place(spoken(0, 0), 0, -1_280);
        let late = |n: i64| 160 * n + 2_000;
        let places: Vec<_> =
            (1..5).map(|n| timeline.place(spoken(n as u64, 0), late(n), late(n) - 1_280)).collect();
        assert_eq!(places.map_fresh(), [true, false, false, false]);
        assert_eq!(places[0].at, late(1));
        assert_eq!(places[3].at, late(4));
    }

    #[test]
    fn stream_that_was_held_back_returns_to_its_place_and_tells_what_came_too_late() {
        let mut timeline = Timeline::default();
        timeline.place(spoken(0, 0), 0, -1_280);
        // Half a second without a packet, then 25 at once.
        let places: Vec<_> =
            (1..26).map(|n| timeline.place(spoken(n, 0), 4_160, 4_160 - 1_280)).collect();
        let back = places.iter().position(|place| place.returned);
        let Some(back) = back else { panic!("{places:?}") };
        for (n, place) in places.iter().enumerate().skip(back) {
            assert_eq!(place.at, 160 * (n as i64 + 1));
        }
        let Some(misplaced) = timeline.take_misplaced() else { panic!("{places:?}") };
        assert_eq!(misplaced.packets as usize, back);
        assert!(places[..back].iter().all(|place| misplaced.range.contains(&place.at)));
    }

    #[test]
    fn packet_from_the_future_is_placed_at_its_arrival() {
        let mut timeline = Timeline::default();
        timeline.place(spoken(0, 0), 2_000, 0);
        let place = timeline.place(spoken(1, 0), 1_100, 0);
        assert_eq!(place, Position { at: 1_100, repositioned: true, ..Position::default() });
    }

    #[test]
    fn marker_after_a_pause_that_timestamps_do_not_count_moves_the_stream() {
        let mut timeline = Timeline::default();
        for n in 0..10 {
            timeline.place(spoken(n, 0), 160 * n as i64, -4_000);
        }
        // 100 ms later than its timestamp says, and well within the window.
        let first = VoicePacket { marker: true, ..spoken(10, 0) };
        assert_eq!(timeline.place(first, 2_400, -4_000).at, 2_400);
        assert_eq!(timeline.place(spoken(11, 0), 2_560, -4_000).at, 2_560);
    }

    trait MapFresh {
        fn map_fresh(&self) -> Vec<bool>;
    }

    impl MapFresh for Vec<Position> {
        fn map_fresh(&self) -> Vec<bool> {
            self.iter().map(|p| p.repositioned).collect()
        }
    }
}
