//! Where in the recording a packet belongs: by its RTP timestamp, held to the clock.

use std::ops::Range;

use model::Timestamp;

use super::stamps::{Stamp, Stamps};
use crate::SAMPLE_RATE;

/// The offset from a stream's timestamps to places in the recording.
///
/// The first packet is placed at its arrival, the others by timestamp, so that the network's jitter
/// is not heard. A sender's clock is never quite ours: the least delay of the last second shows how
/// far it has drifted, and the offset follows by one sample a packet, which nobody hears. A stream
/// that is off by more than [`OFF_MAX`] is placed anew. Timestamps that cannot be right are replaced
/// ([`Stamps`]).
///
/// A packet in order that comes too late for its place is placed at its arrival: the sender paused
/// and its timestamps did not. If the packets after it catch up, then the network had held them
/// back; the stream goes back to its old place, and what was placed at its arrival is taken out.
#[derive(Debug, Default)]
pub(crate) struct Placement {
    anchor: Option<Anchor>,
    too_late: Option<TooLate>,
}

#[derive(Debug)]
struct Anchor {
    epoch: u32,
    stamps: Stamps,
    /// Place minus timestamp.
    offset: i64,
    /// Least delay since `packets` was 0.
    least: i64,
    packets: u32,
    /// Still to be followed, a sample a packet.
    drift: i64,
    /// Where the stream was before a packet came too late.
    before: Option<Before>,
}

/// The place of a stream before it was placed anew for a late packet.
#[derive(Clone, Debug)]
struct Before {
    offset: i64,
    /// How late the packet was.
    delay: i64,
    /// What was placed since, and by how many packets.
    placed: Range<i64>,
    packets: u32,
}

/// What packets were written to that came too late for their own places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TooLate {
    pub(crate) range: Range<i64>,
    pub(crate) packets: u32,
}

/// What a packet of voice says of its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spoken {
    /// Which stream of the leg.
    pub(crate) epoch: u32,
    /// Its sequence number, unwrapped.
    pub(crate) seq: u64,
    /// Its timestamp, unwrapped.
    pub(crate) ts: u64,
    /// Its marker: the first packet after a silence (RFC 3551 4.1).
    pub(crate) marker: bool,
    /// Samples in it.
    pub(crate) len: i64,
}

/// A packet's place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Of its first sample. May lie before the window, or before the opening.
    pub(crate) at: i64,
    /// The stream was placed anew with it.
    pub(crate) fresh: bool,
    /// The offset moved up by one sample: the sample before is to be filled.
    pub(crate) stretched: bool,
    /// The stream is back at its old place: [`Placement::take_too_late`] tells what to take out.
    pub(crate) is_back: bool,
}

impl Placement {
    /// Place a packet that came when the recording was at `arrival`. Packets before `window` come
    /// too late.
    pub(crate) fn place(&mut self, spoken: Spoken, arrival: i64, window: i64) -> Place {
        let Some(anchor) = self.anchor.as_mut().filter(|a| a.epoch == spoken.epoch) else {
            self.anchor = Some(Anchor::at(arrival, spoken));
            return Place { at: arrival, fresh: true, ..Place::default() };
        };
        let Some(stamp) = anchor.stamps.follow(spoken, arrival) else {
            let at = anchor.stamps.before(spoken).wrapping_add(anchor.offset);
            return Place { at, ..Place::default() };
        };
        if let Some((place, too_late)) = anchor.catch_up(stamp.at, arrival, window) {
            self.too_late = Some(too_late);
            return place;
        }
        let place = anchor.place(stamp, arrival, window);
        anchor.note_placed(place.at, spoken.len);
        place
    }

    /// After a place that [is back](Place::is_back).
    pub(crate) fn take_too_late(&mut self) -> Option<TooLate> {
        self.too_late.take()
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
    fn at(arrival: i64, spoken: Spoken) -> Anchor {
        Anchor {
            epoch: spoken.epoch,
            stamps: Stamps::begin(spoken, arrival),
            offset: arrival.wrapping_sub(spoken.ts as i64),
            least: i64::MAX,
            packets: 0,
            drift: 0,
            before: None,
        }
    }

    /// Place a packet in order.
    fn place(&mut self, stamp: Stamp, arrival: i64, window: i64) -> Place {
        let ts = stamp.at;
        let at = ts.wrapping_add(self.offset);
        let delay = arrival.saturating_sub(at);
        if delay < -OFF_MAX || stamp.after_pause && delay >= PAUSE_MIN {
            return self.anew(ts, arrival);
        }
        if at < window {
            let placed = arrival..arrival;
            let offset = self.offset;
            self.before.get_or_insert(Before { offset, delay, placed, packets: 0 });
            return self.anew(ts, arrival);
        }
        self.least = self.least.min(delay);
        self.packets += 1;
        if self.packets >= PACKETS_WATCHED {
            let least = std::mem::replace(&mut self.least, i64::MAX);
            self.packets = 0;
            if least > OFF_MAX {
                return self.anew(ts, arrival - (delay - least));
            }
            self.drift = if least.abs() > DRIFT_MIN { least } else { 0 };
        }
        let step = self.drift.signum();
        self.drift -= step;
        self.offset += step;
        Place { at: at + step, stretched: step > 0, ..Place::default() }
    }

    /// While it is open whether the sender paused or the network held packets back: the old place,
    /// once a packet has made up for half of the delay.
    fn catch_up(&mut self, ts: i64, arrival: i64, window: i64) -> Option<(Place, TooLate)> {
        let before = self.before.as_ref()?;
        let at = ts.wrapping_add(before.offset);
        let delay = arrival.saturating_sub(at);
        if at < window || !(-OFF_MAX..=before.delay / 2).contains(&delay) {
            return None;
        }
        let Before { offset, placed, packets, .. } = self.before.take()?;
        self.offset = offset;
        self.watch_anew();
        let place = Place { at, is_back: true, ..Place::default() };
        Some((place, TooLate { range: placed, packets }))
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

    fn anew(&mut self, ts: i64, at: i64) -> Place {
        self.offset = at.wrapping_sub(ts);
        self.watch_anew();
        Place { at, fresh: true, ..Place::default() }
    }

    fn watch_anew(&mut self) {
        self.least = i64::MAX;
        self.packets = 0;
        self.drift = 0;
    }
}

/// The place of a moment in a recording that opened at `opened`.
pub(crate) fn place_of(at: Timestamp, opened: Timestamp) -> i64 {
    let micros = at.micros() as i64 - opened.micros() as i64;
    micros.saturating_mul(i64::from(SAMPLE_RATE)) / 1_000_000
}

/// 100 ms.
pub(crate) const OFF_MAX: i64 = SAMPLE_RATE as i64 / 10;
/// 60 ms: less is jitter, and no pause.
pub(super) const PAUSE_MIN: i64 = SAMPLE_RATE as i64 * 6 / 100;
/// 10 ms: below that it is jitter.
const DRIFT_MIN: i64 = SAMPLE_RATE as i64 / 100;
/// A second of 20 ms packets: some of them met no queue on their way.
const PACKETS_WATCHED: u32 = 50;

#[cfg(test)]
mod tests {
    use super::*;

    /// Packet `n` of a right sender of 20 ms packets whose first timestamp is `first`.
    fn spoken(n: u64, first: u64) -> Spoken {
        Spoken { epoch: 0, seq: n, ts: first + 160 * n, marker: false, len: 160 }
    }

    #[test]
    fn jitter_does_not_move_a_packet_from_its_place() {
        let mut placement = Placement::default();
        assert_eq!(placement.place(spoken(0, 9_000), 100, 0).at, 100);
        for n in 1..500i64 {
            let jitter = n * 37 % 400;
            let place = placement.place(spoken(n as u64, 9_000), 100 + 160 * n + jitter, 0);
            assert!(!place.fresh);
            assert!((place.at - (100 + 160 * n)).abs() <= 80, "{n} {place:?}");
        }
    }

    #[test]
    fn stream_that_is_suddenly_a_quarter_second_later_is_placed_anew_at_once() {
        let mut placement = Placement::default();
        placement.place(spoken(0, 0), 0, -1_280);
        let late = |n: i64| 160 * n + 2_000;
        let places: Vec<_> = (1..5)
            .map(|n| placement.place(spoken(n as u64, 0), late(n), late(n) - 1_280))
            .collect();
        assert_eq!(places.map_fresh(), [true, false, false, false]);
        assert_eq!(places[0].at, late(1));
        assert_eq!(places[3].at, late(4));
    }

    #[test]
    fn stream_that_was_held_back_returns_to_its_place_and_tells_what_came_too_late() {
        let mut placement = Placement::default();
        placement.place(spoken(0, 0), 0, -1_280);
        // Half a second without a packet, then 25 at once.
        let places: Vec<_> =
            (1..26).map(|n| placement.place(spoken(n, 0), 4_160, 4_160 - 1_280)).collect();
        let back = places.iter().position(|place| place.is_back);
        let Some(back) = back else { panic!("{places:?}") };
        for (n, place) in places.iter().enumerate().skip(back) {
            assert_eq!(place.at, 160 * (n as i64 + 1));
        }
        let Some(too_late) = placement.take_too_late() else { panic!("{places:?}") };
        assert_eq!(too_late.packets as usize, back);
        assert!(places[..back].iter().all(|place| too_late.range.contains(&place.at)));
    }

    #[test]
    fn packet_from_the_future_is_placed_at_its_arrival() {
        let mut placement = Placement::default();
        placement.place(spoken(0, 0), 2_000, 0);
        let place = placement.place(spoken(1, 0), 1_100, 0);
        assert_eq!(place, Place { at: 1_100, fresh: true, ..Place::default() });
    }

    #[test]
    fn marker_after_a_pause_that_timestamps_do_not_count_moves_the_stream() {
        let mut placement = Placement::default();
        for n in 0..10 {
            placement.place(spoken(n, 0), 160 * n as i64, -4_000);
        }
        // 100 ms later than its timestamp says, and well within the window.
        let first = Spoken { marker: true, ..spoken(10, 0) };
        assert_eq!(placement.place(first, 2_400, -4_000).at, 2_400);
        assert_eq!(placement.place(spoken(11, 0), 2_560, -4_000).at, 2_560);
    }

    trait MapFresh {
        fn map_fresh(&self) -> Vec<bool>;
    }

    impl MapFresh for Vec<Place> {
        fn map_fresh(&self) -> Vec<bool> {
            self.iter().map(|p| p.fresh).collect()
        }
    }
}
