//! The stream that we send to a leg during its whole life: prompts, music or the other side.

use std::time::Duration;

use primitives::Timestamp;
use rand_chacha::{ChaCha8Rng, rand_core::RngCore};

use crate::{SAMPLE_RATE, packet::Header};

/// SSRC, sequence number and timestamp never jump at a change of speaker (RFC 3550 5.1): the
/// sequence number continues by one and the timestamp with the clock.
#[derive(Debug)]
pub(crate) struct OutgoingStream {
    ssrc: u32,
    started: Timestamp,
    first_ts: u64,
    /// One above the highest sent.
    next_seq: u64,
    /// The end of the media sent so far.
    end_ts: u64,
    speaker: Speaker,
    packets: u64,
    octets: u64,
}

/// The current speaker, and how its counters map to ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaker {
    None,
    Player,
    Peer { epoch: u32, first: u64, seq_shift: u64, ts_shift: u64 },
}

impl OutgoingStream {
    pub(crate) fn new(now: Timestamp, rng: &mut ChaCha8Rng) -> OutgoingStream {
        let first_ts = u64::from(rng.next_u32());
        OutgoingStream {
            ssrc: rng.next_u32(),
            started: now,
            first_ts,
            next_seq: u64::from(rng.next_u32() as u16),
            end_ts: first_ts,
            speaker: Speaker::None,
            packets: 0,
            octets: 0,
        }
    }

    /// Returns the header of our next frame, nominally sent at `at`.
    pub(crate) fn play(&mut self, at: Timestamp, payload_type: u8, samples: u64) -> Header {
        let clock = self.clock(at);
        // A late timer starts no new talkspurt; many missed frames do.
        let goes_on = self.speaker == Speaker::Player && clock <= self.end_ts + LATE_MAX;
        let ts = if goes_on { self.end_ts } else { clock.max(self.end_ts) };
        self.speaker = Speaker::Player;
        let seq = self.next_seq;
        self.sent(seq, ts, samples);
        self.header(payload_type, !goes_on, seq, ts)
    }

    /// Returns the header under which a packet of the other side is forwarded. Its distance to its
    /// neighbours in sequence and time is kept, so that loss and jitter remain visible.
    ///
    /// `None` for a late packet from before this speaker began: its number is used.
    pub(crate) fn pass(&mut self, now: Timestamp, packet: ForwardedPacket) -> Option<Header> {
        let (first, seq_shift, ts_shift, fresh) = match self.speaker {
            Speaker::Peer { epoch, first, seq_shift, ts_shift } if epoch == packet.epoch => {
                (first, seq_shift, ts_shift, false)
            }
            _ => {
                let ts_shift = self.clock(now).max(self.end_ts).wrapping_sub(packet.ts);
                (packet.seq, self.next_seq.wrapping_sub(packet.seq), ts_shift, true)
            }
        };
        if packet.seq < first {
            return None;
        }
        self.speaker = Speaker::Peer { epoch: packet.epoch, first, seq_shift, ts_shift };
        let seq = packet.seq.wrapping_add(seq_shift);
        let ts = packet.ts.wrapping_add(ts_shift);
        self.sent(seq, ts, packet.samples);
        Some(self.header(packet.payload_type, packet.marker || fresh, seq, ts))
    }

    /// Skips a packet that this side does not support, so that it does not look like loss.
    pub(crate) fn skip(&mut self, packet_epoch: u32, packet_seq: u64) {
        if let Speaker::Peer { epoch, first, seq_shift, .. } = &mut self.speaker
            && *epoch == packet_epoch
            && packet_seq.wrapping_add(*seq_shift) >= self.next_seq
        {
            *seq_shift = seq_shift.wrapping_sub(1);
            *first = packet_seq + 1;
        }
    }

    /// Ends the current speaker; the next one gets a new mapping.
    pub(crate) fn cut(&mut self) {
        self.speaker = Speaker::None;
    }

    pub(crate) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Returns the stream's timestamp at `at`, for a sender report.
    pub(crate) fn clock(&self, at: Timestamp) -> u64 {
        self.first_ts + samples_in(at.since(self.started))
    }

    /// Returns packets and payload octets sent.
    pub(crate) fn totals(&self) -> (u64, u64) {
        (self.packets, self.octets)
    }

    fn sent(&mut self, seq: u64, ts: u64, samples: u64) {
        self.next_seq = self.next_seq.max(seq.wrapping_add(1));
        self.end_ts = self.end_ts.max(ts.wrapping_add(samples));
        self.packets += 1;
        self.octets += samples;
    }

    fn header(&self, payload_type: u8, marker: bool, seq: u64, ts: u64) -> Header {
        Header { payload_type, marker, seq: seq as u16, ts: ts as u32, ssrc: self.ssrc }
    }
}

/// A packet to be forwarded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ForwardedPacket {
    pub(crate) epoch: u32,
    pub(crate) seq: u64,
    pub(crate) ts: u64,
    pub(crate) marker: bool,
    /// The payload type at which this side receives it.
    pub(crate) payload_type: u8,
    /// The samples in it.
    pub(crate) samples: u64,
}

/// Returns the samples at 8 kHz in a duration.
pub(crate) fn samples_in(time: Duration) -> u64 {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    micros.saturating_mul(u64::from(SAMPLE_RATE)) / 1_000_000
}

/// 100 ms.
const LATE_MAX: u64 = SAMPLE_RATE as u64 / 10;

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_micros(ms * 1_000)
    }

    fn outgoing() -> OutgoingStream {
        OutgoingStream::new(at(0), &mut ChaCha8Rng::from_seed([3; 32]))
    }

    fn passing(epoch: u32, n: u64) -> ForwardedPacket {
        let (seq, ts) = (1_000 + n, 50_000 + 160 * n);
        ForwardedPacket { epoch, seq, ts, marker: false, payload_type: 8, samples: 160 }
    }

    #[test]
    fn sequence_and_timestamp_continue_when_the_speaker_changes() {
        let mut out = outgoing();
        let music = out.play(at(20), 8, 160);
        let more = out.play(at(40), 8, 160);
        let voice = out.pass(at(67), passing(0, 0)).unwrap();
        let next = out.pass(at(90), passing(0, 1)).unwrap();
        let again = out.play(at(200), 8, 160);
        assert!(music.marker && !more.marker && voice.marker && !next.marker && again.marker);
        let seqs = [more, voice, next, again].map(|h| h.seq.wrapping_sub(music.seq));
        assert_eq!(seqs, [1, 2, 3, 4]);
        // 67 ms by the clock, 20 ms more by the sender's timestamps, 200 ms by the clock.
        let times = [more, voice, next, again].map(|h| h.ts.wrapping_sub(music.ts));
        assert_eq!(times, [160, 376, 536, 1_440]);
    }

    #[test]
    fn loss_stays_visible_and_skipped_packets_do_not() {
        let mut out = outgoing();
        let first = out.pass(at(20), passing(0, 0)).unwrap();
        let after_loss = out.pass(at(60), passing(0, 2)).unwrap();
        assert_eq!(after_loss.seq.wrapping_sub(first.seq), 2);
        out.skip(0, 1_003);
        let after_skip = out.pass(at(100), passing(0, 4)).unwrap();
        assert_eq!(after_skip.seq.wrapping_sub(first.seq), 3);
        assert_eq!(after_skip.ts.wrapping_sub(first.ts), 640);
        assert!(out.pass(at(101), passing(0, 3)).is_none());
    }

    #[test]
    fn restarted_sender_continues_our_stream() {
        let mut out = outgoing();
        let before = out.pass(at(20), passing(0, 0)).unwrap();
        let after = out.pass(at(40), passing(1, 7_000)).unwrap();
        assert_eq!(after.seq.wrapping_sub(before.seq), 1);
        assert_eq!(after.ts.wrapping_sub(before.ts), 160);
        assert!(after.marker);
    }
}
