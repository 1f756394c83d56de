//! Timestamps as the recording uses them: the sender's own while they can be right.
//!
//! A right sender's timestamp grows from one packet to the next by the samples in it, and by more
//! only over a silence (RFC 3550 5.1). Some senders' timestamps stand still or count at another
//! rate. For those the sequence numbers count: each packet begins where the one before ended.

use crate::SAMPLE_RATE;

/// What a packet of voice says of its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VoicePacket {
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

/// The timestamps of one stream, set right.
#[derive(Debug)]
pub(super) struct TimestampTracker {
    newest: VoicePacket,
    /// When the newest came, as a place in the recording.
    arrival: i64,
    /// What is added to the sender's timestamps.
    shift: i64,
    /// Whether timestamps grow as the sender's packets do.
    trusted: bool,
    /// Packets in a row that speak against `trusted` as it is.
    doubts: u32,
}

/// The timestamp of a packet in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CorrectedTimestamp {
    pub(super) at: i64,
    /// By marker and arrival the sender paused before this packet, and its timestamps say nothing
    /// of it.
    pub(super) after_pause: bool,
}

impl TimestampTracker {
    pub(super) fn begin(first: VoicePacket, arrival: i64) -> TimestampTracker {
        TimestampTracker { newest: first, arrival, shift: 0, trusted: true, doubts: 0 }
    }

    /// The timestamp of the next packet; `None` when it is not in order.
    pub(super) fn follow(
        &mut self,
        spoken: VoicePacket,
        arrival: i64,
    ) -> Option<CorrectedTimestamp> {
        let gap = spoken.seq.checked_sub(self.newest.seq).filter(|gap| *gap > 0)? as i64;
        let step = spoken.ts.wrapping_sub(self.newest.ts) as i64;
        if self.trusted && gap == 1 && step == self.newest.len && !spoken.marker {
            // As nearly all packets are.
            self.doubts = 0;
            (self.newest, self.arrival) = (spoken, arrival);
            let at = (spoken.ts as i64).wrapping_add(self.shift);
            return Some(CorrectedTimestamp { at, after_pause: false });
        }
        let passed = arrival.saturating_sub(self.arrival);
        // As long as all packets in between were as long as the newest.
        let expected = self.newest.len.saturating_mul(gap);
        self.judge(gap, step, passed, spoken.marker);
        let counted = if self.trusted { step } else { expected };
        self.shift = self.shift.wrapping_add(counted.wrapping_sub(step));
        let after_pause = spoken.marker
            && !self.newest.marker
            && gap == 1
            && counted == expected
            && passed >= expected.saturating_add(PAUSE_MIN);
        (self.newest, self.arrival) = (spoken, arrival);
        Some(CorrectedTimestamp { at: (spoken.ts as i64).wrapping_add(self.shift), after_pause })
    }

    /// The timestamp of a packet that others have overtaken.
    pub(super) fn before(&self, spoken: VoicePacket) -> i64 {
        let newest = (self.newest.ts as i64).wrapping_add(self.shift);
        match self.trusted {
            true => (spoken.ts as i64).wrapping_add(self.shift),
            false => {
                let gap = self.newest.seq.saturating_sub(spoken.seq) as i64;
                newest.wrapping_sub(spoken.len.saturating_mul(gap))
            }
        }
    }

    /// A timestamp of the stream as it counts now; `None` when the timestamps say nothing.
    pub(super) fn read(&self, ts: u64) -> Option<i64> {
        self.trusted.then_some((ts as i64).wrapping_add(self.shift))
    }

    /// Whether timestamps count from here on, by one more step of theirs.
    fn judge(&mut self, gap: i64, step: i64, passed: i64, marker: bool) {
        let len = self.newest.len;
        let exact = step == len.saturating_mul(gap);
        if !self.trusted {
            self.doubts = if exact { self.doubts + 1 } else { 0 };
            if self.doubts >= EXACT_RUN {
                (self.trusted, self.doubts) = (true, 0);
            }
            return;
        }
        // Packets of one voice cannot overlap.
        if step < len {
            (self.trusted, self.doubts) = (false, 0);
            return;
        }
        if gap > 1 {
            return;
        }
        // Neither the marker nor the time that passed speaks of a silence.
        let is_fast = !exact && !marker && passed.saturating_mul(2) <= step.saturating_add(len);
        self.doubts = if is_fast { self.doubts + 1 } else { 0 };
        if self.doubts >= FAST_RUN {
            (self.trusted, self.doubts) = (false, 0);
        }
    }
}

/// 60 ms in samples: less is jitter, not a pause.
pub(super) const PAUSE_MIN: i64 = SAMPLE_RATE as i64 * 6 / 100;
/// A second of 20 ms packets with right timestamps: they are believed again.
const EXACT_RUN: u32 = 50;
/// Once may be a silence whose first packet was hurried on; three times is another rate.
const FAST_RUN: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    /// The set-right timestamps, from 0, of packets of 20 ms whose own grow by `steps`.
    fn followed(steps: impl IntoIterator<Item = i64>) -> Vec<i64> {
        let mut spoken = VoicePacket { epoch: 0, seq: 7, ts: 1 << 40, marker: false, len: 160 };
        let first = spoken.ts as i64;
        let mut stamps = TimestampTracker::begin(spoken, 0);
        let mut arrival = 0;
        let follow = |step: i64| {
            spoken.seq += 1;
            spoken.ts = spoken.ts.wrapping_add_signed(step);
            arrival += 160;
            stamps.follow(spoken, arrival).map_or(0, |stamp| stamp.at - first)
        };
        steps.into_iter().map(follow).collect()
    }

    fn every_160(count: i64) -> Vec<i64> {
        (1..=count).map(|n| 160 * n).collect()
    }

    #[test]
    fn right_timestamps_are_kept() {
        assert_eq!(followed([160; 200]), every_160(200));
    }

    #[test]
    fn timestamps_that_stand_still_or_count_slowly_are_replaced_from_the_first_on() {
        for step in [0, 20, 80, 159, -160] {
            assert_eq!(followed([step; 100]), every_160(100), "{step}");
        }
    }

    #[test]
    fn timestamps_that_count_twice_as_fast_are_replaced_after_three() {
        let stamps = followed([320; 100]);
        assert_eq!(&stamps[..3], [320, 640, 800]);
        assert!(stamps.windows(2).skip(2).all(|pair| pair[1] - pair[0] == 160));
    }

    #[test]
    fn timestamps_are_believed_again_after_a_second_of_right_ones() {
        let steps = [0; 10].into_iter().chain([160; 60]).chain([1_600]);
        let stamps = followed(steps);
        assert_eq!(&stamps[..70], every_160(70));
        assert_eq!(stamps[70], 70 * 160 + 1_600);
    }

    #[test]
    fn silence_that_timestamps_count_is_kept() {
        let mut spoken = VoicePacket { epoch: 0, seq: 1, ts: 0, marker: false, len: 160 };
        let mut stamps = TimestampTracker::begin(spoken, 0);
        for n in 1..20 {
            // Words of one packet, 200 ms apart, with and without a marker.
            spoken = VoicePacket { seq: 1 + n, ts: 1_600 * n, marker: n % 2 == 0, ..spoken };
            let stamp = stamps.follow(spoken, 1_600 * n as i64);
            assert_eq!(
                stamp,
                Some(CorrectedTimestamp { at: 1_600 * n as i64, after_pause: false })
            );
        }
    }

    #[test]
    fn overtaken_packet_lies_before_those_that_overtook_it() {
        for step in [0, 160] {
            let at =
                |n: u64| VoicePacket { epoch: 0, seq: n, ts: step * n, marker: false, len: 160 };
            let mut stamps = TimestampTracker::begin(at(0), 0);
            let _ = stamps.follow(at(1), 160);
            let _ = stamps.follow(at(3), 480);
            assert_eq!(stamps.follow(at(2), 490), None);
            assert_eq!(stamps.before(at(2)), 320, "{step}");
        }
    }
}
