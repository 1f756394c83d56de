//! Positions packets in the recording by RTP timestamp, aligned to the clock.

use std::ops::Range;

use primitives::Timestamp;

use super::timestamps::{CorrectedTimestamp, PAUSE_MIN, TimestampTracker, VoicePacket};
use crate::SAMPLE_RATE;

/// Maps a stream's timestamps to positions in the recording.
///
/// The first packet is positioned by its arrival, the others by timestamp, so that network jitter
/// is not heard. A sender's clock differs from ours: the least delay of the last second shows the
/// drift, and the offset follows by one sample per packet, which is inaudible. A stream that is off
/// by more than [`OFF_MAX`] is repositioned. Wrong timestamps are replaced ([`TimestampTracker`]).
///
/// A packet in order that is too late for its position is positioned by its arrival: the sender
/// paused and its timestamps did not. If the next packets catch up, the network had delayed them:
/// the stream returns to its old position, and what was positioned by arrival is removed.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    anchor: Option<Anchor>,
    misplaced: Option<Misplaced>,
}

#[derive(Debug)]
struct Anchor {
    epoch: u32,
    stamps: TimestampTracker,
    /// Position minus timestamp, in samples.
    offset: i64,
    /// Least delay since `packets` was 0.
    least: i64,
    packets: u32,
    /// Remaining drift correction, applied one sample per packet.
    drift: i64,
    /// The position of the stream before a late packet.
    before: Option<EarlierPosition>,
}

/// The position of a stream before a late packet repositioned it.
#[derive(Clone, Debug)]
struct EarlierPosition {
    offset: i64,
    /// How late the packet was.
    delay: i64,
    /// The range written since, and by how many packets.
    placed: Range<i64>,
    packets: u32,
}

/// The range of packets that were positioned by arrival although they were late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misplaced {
    pub(crate) range: Range<i64>,
    pub(crate) packets: u32,
}

/// The position of a packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Position {
    /// Position of its first sample; may be before the window or before the opening.
    pub(crate) at: i64,
    /// The stream was repositioned with it.
    pub(crate) repositioned: bool,
    /// The offset grew by one sample: the sample before must be filled.
    pub(crate) stretched: bool,
    /// The stream returned to its old position: [`Timeline::take_misplaced`] returns what to
    /// remove.
    pub(crate) returned: bool,
}

impl Timeline {
    /// Positions a packet received when the recording was at `arrival`. Packets before `window` are
    /// late.
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

    /// Returns what to remove after a position that [returned](Position::returned).
    pub(crate) fn take_misplaced(&mut self) -> Option<Misplaced> {
        self.misplaced.take()
    }

    /// Returns the position of a packet without media received at `arrival`; the stream is not
    /// moved.
    pub(crate) fn place_silence(&self, epoch: u32, ts: u64, arrival: i64) -> i64 {
        let anchor = self.anchor.as_ref().filter(|a| a.epoch == epoch);
        let by_stamp = anchor.and_then(|a| Some(a.stamps.read(ts)?.wrapping_add(a.offset)));
        by_stamp.map_or(arrival, |at| at.min(arrival))
    }

    /// Positions the next packet by its arrival.
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

    /// Positions a packet in order.
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

    /// Returns to the old position, once a packet has made up for half of the delay; until then it
    /// is undecided whether the sender paused or the network delayed packets.
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

    /// Notes a packet positioned at `at` while that is undecided.
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

/// Returns the position of a time in a recording that opened at `opened`.
pub(crate) fn position_of(at: Timestamp, opened: Timestamp) -> i64 {
    let micros = at.micros() as i64 - opened.micros() as i64;
    micros.saturating_mul(i64::from(SAMPLE_RATE)) / 1_000_000
}

/// 100 ms.
pub(crate) const OFF_MAX: i64 = SAMPLE_RATE as i64 / 10;
/// 10 ms: below that it is jitter.
const DRIFT_MIN: i64 = SAMPLE_RATE as i64 / 100;
/// A second of 20 ms packets: some of them were not delayed.
const PACKETS_WATCHED: u32 = 50;

#[cfg(test)]
mod tests {
    use super::*;

    /// Packet `n` of a correct sender of 20 ms packets whose first timestamp is `first`.
    fn spoken(n: u64, first: u64) -> VoicePacket {
        VoicePacket { epoch: 0, seq: n, ts: first + 160 * n, marker: false, len: 160 }
    }

    #[test]
    fn jitter_does_not_move_a_packet() {
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
    fn stream_delayed_by_a_quarter_second_is_repositioned_at_once() {
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
    fn delayed_stream_returns_to_its_position_and_reports_misplaced_packets() {
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
    fn packet_from_the_future_is_positioned_by_arrival() {
        let mut timeline = Timeline::default();
        timeline.place(spoken(0, 0), 2_000, 0);
        let place = timeline.place(spoken(1, 0), 1_100, 0);
        assert_eq!(place, Position { at: 1_100, repositioned: true, ..Position::default() });
    }

    #[test]
    fn marker_after_an_uncounted_pause_moves_the_stream() {
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
