//! Where in the recording a packet belongs: by its RTP timestamp, held to the clock.

use model::Timestamp;

use crate::SAMPLE_RATE;

/// The offset from a stream's timestamps to places in the recording.
///
/// The first packet is placed at its arrival, the others by timestamp, so that the network's jitter
/// is not heard. A sender's clock is never quite ours: the least delay of the last second shows how
/// far it has drifted, and the offset follows by one sample a packet, which nobody hears. A stream
/// that is off by more than [`OFF_MAX`] is placed anew.
#[derive(Debug, Default)]
pub(crate) struct Placement {
    anchor: Option<Anchor>,
}

#[derive(Debug)]
struct Anchor {
    epoch: u32,
    /// Place minus timestamp.
    offset: i64,
    /// Least delay since `packets` was 0.
    least: i64,
    packets: u32,
    /// Still to be followed, a sample a packet.
    drift: i64,
    late_run: u32,
}

/// A packet's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Of its first sample. May lie before the window, or before the opening.
    pub(crate) at: i64,
    /// The stream was placed anew with it.
    pub(crate) fresh: bool,
    /// The offset moved up by one sample: the sample before is to be filled.
    pub(crate) stretched: bool,
}

impl Placement {
    /// Place a packet of `epoch` with timestamp `ts` that came when the recording was at `arrival`.
    /// Packets before `window` come too late.
    pub(crate) fn place(&mut self, epoch: u32, ts: u64, arrival: i64, window: i64) -> Place {
        let Some(anchor) = self.anchor.as_mut().filter(|a| a.epoch == epoch) else {
            return self.anew(epoch, ts, arrival);
        };
        let at = (ts as i64).wrapping_add(anchor.offset);
        let delay = arrival.saturating_sub(at);
        anchor.late_run = if at < window { anchor.late_run + 1 } else { 0 };
        if delay < -OFF_MAX || anchor.late_run >= LATE_RUN_MAX {
            return self.anew(epoch, ts, arrival);
        }
        anchor.least = anchor.least.min(delay);
        anchor.packets += 1;
        if anchor.packets >= PACKETS_WATCHED {
            let least = std::mem::replace(&mut anchor.least, i64::MAX);
            anchor.packets = 0;
            if least > OFF_MAX {
                return self.anew(epoch, ts, arrival - (delay - least));
            }
            anchor.drift = if least.abs() > DRIFT_MIN { least } else { 0 };
        }
        let step = anchor.drift.signum();
        anchor.drift -= step;
        anchor.offset += step;
        Place { at: at + step, fresh: false, stretched: step > 0 }
    }

    /// The next packet is placed by its arrival.
    pub(crate) fn cut(&mut self) {
        self.anchor = None;
    }

    fn anew(&mut self, epoch: u32, ts: u64, at: i64) -> Place {
        let offset = at.wrapping_sub(ts as i64);
        self.anchor =
            Some(Anchor { epoch, offset, least: i64::MAX, packets: 0, drift: 0, late_run: 0 });
        Place { at, fresh: true, stretched: false }
    }
}

/// The place of a moment in a recording that opened at `opened`.
pub(crate) fn place_of(at: Timestamp, opened: Timestamp) -> i64 {
    let micros = at.micros() as i64 - opened.micros() as i64;
    micros.saturating_mul(i64::from(SAMPLE_RATE)) / 1_000_000
}

/// 100 ms.
pub(crate) const OFF_MAX: i64 = SAMPLE_RATE as i64 / 10;
/// 10 ms: below that it is jitter.
const DRIFT_MIN: i64 = SAMPLE_RATE as i64 / 100;
/// A second of 20 ms packets: some of them met no queue on their way.
const PACKETS_WATCHED: u32 = 50;
/// One late packet is late; three in a row are a stream that is placed wrongly.
const LATE_RUN_MAX: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_does_not_move_a_packet_from_its_place() {
        let mut placement = Placement::default();
        assert_eq!(placement.place(0, 9_000, 100, 0).at, 100);
        for n in 1..500i64 {
            let jitter = n * 37 % 400;
            let place = placement.place(0, 9_000 + 160 * n as u64, 100 + 160 * n + jitter, 0);
            assert!(!place.fresh);
            assert!((place.at - (100 + 160 * n)).abs() <= 80, "{n} {place:?}");
        }
    }

    #[test]
    fn a_stream_that_is_suddenly_a_quarter_second_later_is_placed_anew() {
        let mut placement = Placement::default();
        placement.place(0, 0, 0, -1_280);
        let late = |n: i64| 160 * n + 2_000;
        let places: Vec<_> =
            (1..5).map(|n| placement.place(0, 160 * n as u64, late(n), late(n) - 1_280)).collect();
        assert_eq!(places.map_fresh(), [false, false, true, false]);
        assert_eq!(places[3].at, late(4));
    }

    #[test]
    fn a_packet_from_the_future_is_placed_at_its_arrival() {
        let mut placement = Placement::default();
        placement.place(0, 0, 2_000, 0);
        assert_eq!(
            placement.place(0, 160, 1_100, 0),
            Place { at: 1_100, fresh: true, stretched: false }
        );
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
