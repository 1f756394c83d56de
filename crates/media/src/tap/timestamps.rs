//! Checks and corrects RTP timestamps for the recording.
//!
//! A correct sender's timestamp grows by the samples in each packet, and by more only over a
//! silence (RFC 3550 5.1). Some senders repeat timestamps or count at another rate. For those the
//! sequence numbers count: each packet begins where the previous one ended.

use crate::SAMPLE_RATE;

/// The fields of a media packet that determine its position.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VoicePacket {
    /// The number of the stream within the leg.
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

/// Corrects the timestamps of one stream.
#[derive(Debug)]
pub(super) struct TimestampTracker {
    newest: VoicePacket,
    /// When the newest packet was received, as a position in the recording.
    arrival: i64,
    /// The correction added to the sender's timestamps.
    shift: i64,
    /// Whether the timestamps are trusted.
    trusted: bool,
    /// Packets in a row that contradict `trusted`.
    doubts: u32,
}

/// The corrected timestamp of a packet in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CorrectedTimestamp {
    pub(super) at: i64,
    /// By marker and arrival the sender paused before this packet, but its timestamps did not count
    /// the pause.
    pub(super) after_pause: bool,
}

impl TimestampTracker {
    pub(super) fn begin(first: VoicePacket, arrival: i64) -> TimestampTracker {
        TimestampTracker { newest: first, arrival, shift: 0, trusted: true, doubts: 0 }
    }

    /// Returns the timestamp of the next packet; `None` when it is out of order.
    pub(super) fn follow(
        &mut self,
        spoken: VoicePacket,
        arrival: i64,
    ) -> Option<CorrectedTimestamp> {
        let gap = spoken.seq.checked_sub(self.newest.seq).filter(|gap| *gap > 0)? as i64;
        let step = spoken.ts.wrapping_sub(self.newest.ts) as i64;
        if self.trusted && gap == 1 && step == self.newest.len && !spoken.marker {
            // The case of nearly all packets.
            self.doubts = 0;
            (self.newest, self.arrival) = (spoken, arrival);
            let at = (spoken.ts as i64).wrapping_add(self.shift);
            return Some(CorrectedTimestamp { at, after_pause: false });
        }
        let passed = arrival.saturating_sub(self.arrival);
        // Assumes that the packets in between were as long as the newest.
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

    /// Returns the timestamp of a late packet.
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

    /// Converts a timestamp of the stream; `None` while its timestamps are not trusted.
    pub(super) fn read(&self, ts: u64) -> Option<i64> {
        self.trusted.then_some((ts as i64).wrapping_add(self.shift))
    }

    /// Updates whether the timestamps are trusted, by one more step.
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
        // Packets of one stream cannot overlap.
        if step < len {
            (self.trusted, self.doubts) = (false, 0);
            return;
        }
        if gap > 1 {
            return;
        }
        // Neither the marker nor the elapsed time indicates a silence.
        let is_fast = !exact && !marker && passed.saturating_mul(2) <= step.saturating_add(len);
        self.doubts = if is_fast { self.doubts + 1 } else { 0 };
        if self.doubts >= FAST_RUN {
            (self.trusted, self.doubts) = (false, 0);
        }
    }
}

/// 60 ms in samples: less is jitter, not a pause.
pub(super) const PAUSE_MIN: i64 = SAMPLE_RATE as i64 * 6 / 100;
/// A second of 20 ms packets with correct timestamps restores trust.
const EXACT_RUN: u32 = 50;
/// Once may be a silence whose first packet came early; three times is another rate.
const FAST_RUN: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    /// The corrected timestamps, from 0, of 20 ms packets whose own grow by `steps`.
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
    fn correct_timestamps_are_kept() {
        assert_eq!(followed([160; 200]), every_160(200));
    }

    #[test]
    fn repeated_or_slow_timestamps_are_replaced_at_once() {
        for step in [0, 20, 80, 159, -160] {
            assert_eq!(followed([step; 100]), every_160(100), "{step}");
        }
    }

    #[test]
    fn double_rate_timestamps_are_replaced_after_three_packets() {
        let stamps = followed([320; 100]);
        assert_eq!(&stamps[..3], [320, 640, 800]);
        assert!(stamps.windows(2).skip(2).all(|pair| pair[1] - pair[0] == 160));
    }

    #[test]
    fn timestamps_are_trusted_again_after_a_correct_second() {
        let steps = [0; 10].into_iter().chain([160; 60]).chain([1_600]);
        let stamps = followed(steps);
        assert_eq!(&stamps[..70], every_160(70));
        assert_eq!(stamps[70], 70 * 160 + 1_600);
    }

    #[test]
    fn silence_counted_by_timestamps_is_kept() {
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
    fn late_packet_is_positioned_before_later_ones() {
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
