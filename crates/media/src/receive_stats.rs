//! Reception statistics of one side: loss and jitter by RFC 3550 A.1, A.3 and A.8.

use primitives::Timestamp;

use crate::{
    Reception, SAMPLE_RATE,
    packet::Header,
    seq::{ORIGIN, unwrap_seq, unwrap_ts},
};

/// The packets of one leg in order of arrival; streams may follow one another.
#[derive(Debug, Default)]
pub(crate) struct ReceiveStats {
    stream: Option<Stream>,
    /// Grows whenever sequence numbers or timestamps restart: a stored offset is then invalid.
    epoch: u32,
    past_packets: u64,
    past_lost: u64,
}

/// The relation of a packet to its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PacketStatus {
    /// A new packet, in order or not.
    New {
        /// The number of the stream within the leg.
        epoch: u32,
        /// Its sequence number, unwrapped.
        seq: u64,
        /// Its timestamp, unwrapped.
        ts: u64,
    },
    /// A duplicate.
    Duplicate,
    /// Far from the stream: a late packet, or the first of a restart that a second one must
    /// confirm.
    Stray,
}

impl ReceiveStats {
    /// Handles a packet. Only `voice` packets count for timing, because the packets of a DTMF press
    /// share a timestamp.
    pub(crate) fn on_packet(&mut self, at: Timestamp, header: Header, voice: bool) -> PacketStatus {
        let Some(stream) = self.stream.as_mut().filter(|s| s.ssrc == header.ssrc) else {
            return self.start(at, header);
        };
        let seq = unwrap_seq(stream.highest, header.seq);
        let ahead = seq.wrapping_sub(stream.highest) as i64;
        let in_order = match ahead {
            1..=DROPOUT_MAX => {
                let shift = u32::try_from(ahead).unwrap_or(u32::MAX);
                stream.seen = stream.seen.checked_shl(shift).unwrap_or(0) | 1;
                stream.highest = seq;
                true
            }
            MISORDER_MIN..=0 => {
                let bit = 1u64 << ahead.unsigned_abs();
                if stream.seen & bit != 0 {
                    return PacketStatus::Duplicate;
                }
                stream.seen |= bit;
                stream.base = stream.base.min(seq);
                false
            }
            _ if stream.after_jump == Some(header.seq) => return self.start(at, header),
            _ => {
                stream.after_jump = Some(header.seq.wrapping_add(1));
                return PacketStatus::Stray;
            }
        };
        stream.after_jump = None;
        stream.received += 1;
        let ts = unwrap_ts(stream.newest_ts, header.ts);
        if voice && in_order {
            self.epoch += u32::from(stream.time(at, ts));
        }
        PacketStatus::New { epoch: self.epoch, seq, ts }
    }

    /// The SSRC of the current stream.
    pub(crate) fn ssrc(&self) -> Option<u32> {
        self.stream.as_ref().map(|s| s.ssrc)
    }

    /// Returns whether a packet continues the stream after a silence: sequence number and timestamp
    /// are ahead by no more than the time allows.
    pub(crate) fn goes_on(&self, at: Timestamp, header: Header) -> bool {
        let Some(stream) = self.stream.as_ref().filter(|s| s.ssrc == header.ssrc) else {
            return false;
        };
        let silence_ms = at.ms_since(stream.newest_at) as i64;
        let seq = unwrap_seq(stream.highest, header.seq).wrapping_sub(stream.highest) as i64;
        let ts = unwrap_ts(stream.newest_ts, header.ts).wrapping_sub(stream.newest_ts) as i64;
        let samples = silence_ms.saturating_mul(i64::from(SAMPLE_RATE) / 1_000);
        (1..=silence_ms / PTIME_MS_MIN + SEQ_SLACK).contains(&seq)
            && (0..=samples.saturating_add(JUMP as i64)).contains(&ts)
    }

    /// Returns the reception so far.
    pub(crate) fn reception(&self) -> Reception {
        let (packets, lost, jitter) = match &self.stream {
            Some(s) => (s.received, s.lost(), s.jitter_x16 / 16),
            None => (0, 0, 0),
        };
        Reception {
            packets: self.past_packets + packets,
            lost: self.past_lost + lost,
            jitter_ms: jitter as f32 * 1_000.0 / SAMPLE_RATE as f32,
        }
    }

    /// Returns a report block; its loss fraction is since the last one (RFC 3550 6.4.1, A.3).
    pub(crate) fn report(&mut self) -> Option<Block> {
        let stream = self.stream.as_mut()?;
        let expected = stream.expected();
        let expected_since = expected.saturating_sub(stream.expected_reported);
        let received_since = stream.received.saturating_sub(stream.received_reported);
        let lost_since = expected_since.saturating_sub(received_since);
        stream.expected_reported = expected;
        stream.received_reported = stream.received;
        Some(Block {
            ssrc: stream.ssrc,
            fraction_lost: (lost_since * 256).checked_div(expected_since).unwrap_or(0).min(255)
                as u8,
            lost: stream.lost().min(0x7f_ffff) as u32,
            highest: stream.highest as u32,
            jitter: (stream.jitter_x16 / 16) as u32,
        })
    }

    fn start(&mut self, at: Timestamp, header: Header) -> PacketStatus {
        if let Some(old) = &self.stream {
            self.past_packets += old.received;
            self.past_lost += old.lost();
            self.epoch += 1;
        }
        let (seq, ts) = (ORIGIN | u64::from(header.seq), ORIGIN | u64::from(header.ts));
        self.stream = Some(Stream {
            ssrc: header.ssrc,
            base: seq,
            highest: seq,
            seen: 1,
            after_jump: None,
            received: 1,
            expected_reported: 0,
            received_reported: 0,
            newest_ts: ts,
            newest_at: at,
            jitter_x16: 0,
        });
        PacketStatus::New { epoch: self.epoch, seq, ts }
    }
}

/// The fields of a report block (RFC 3550 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) ssrc: u32,
    pub(crate) fraction_lost: u8,
    pub(crate) lost: u32,
    pub(crate) highest: u32,
    pub(crate) jitter: u32,
}

#[derive(Debug)]
struct Stream {
    ssrc: u32,
    base: u64,
    highest: u64,
    /// Bit n: `highest - n` was received.
    seen: u64,
    /// The sequence number that would confirm a restart (`bad_seq` in RFC 3550 A.1).
    after_jump: Option<u16>,
    received: u64,
    expected_reported: u64,
    received_reported: u64,
    newest_ts: u64,
    newest_at: Timestamp,
    jitter_x16: u64,
}

impl Stream {
    fn expected(&self) -> u64 {
        self.highest - self.base + 1
    }

    fn lost(&self) -> u64 {
        self.expected().saturating_sub(self.received)
    }

    /// Updates the jitter; returns whether the timestamps jumped away from the clock.
    fn time(&mut self, at: Timestamp, ts: u64) -> bool {
        let by_clock =
            at.since(self.newest_at).as_micros() as i64 * i64::from(SAMPLE_RATE) / 1_000_000;
        let by_stamp = ts.wrapping_sub(self.newest_ts) as i64;
        self.newest_at = at;
        self.newest_ts = ts;
        let off = by_stamp.saturating_sub(by_clock).unsigned_abs();
        if by_stamp.unsigned_abs() > JUMP && off > JUMP {
            return true;
        }
        // RFC 3550 A.8 with four bits of fraction: J += (|D| - J) / 16. A pause of the sender is
        // not jitter.
        if off < JUMP {
            self.jitter_x16 = (self.jitter_x16 + off).saturating_sub((self.jitter_x16 + 8) / 16);
        }
        false
    }
}

/// A minute of lost packets (MAX_DROPOUT in RFC 3550 A.1); beyond it the far end restarted.
const DROPOUT_MAX: i64 = 3_000;
/// More than a second of 20 ms packets out of order; older ones are too late.
const MISORDER_MIN: i64 = -63;
/// The shortest packets we agree to have 10 ms.
const PTIME_MS_MIN: i64 = 10;
/// Packets of a DTMF press come faster.
const SEQ_SLACK: i64 = 50;
/// Timestamps that differ from the clock by more than a second have restarted.
const JUMP: u64 = SAMPLE_RATE as u64;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn header(n: u64) -> Header {
        Header {
            payload_type: 8,
            marker: false,
            seq: 65_530u16.wrapping_add(n as u16),
            ts: (u32::MAX - 700).wrapping_add(160 * n as u32),
            ssrc: 7,
        }
    }

    fn at(n: u64) -> Timestamp {
        Timestamp::from_micros(1_000_000 + n * 20_000)
    }

    #[test]
    fn loss_is_counted_across_the_wrap_despite_duplicates() {
        let mut incoming = ReceiveStats::default();
        for n in (0..100).filter(|n| n % 10 != 3) {
            assert!(matches!(
                incoming.on_packet(at(n), header(n), true),
                PacketStatus::New { epoch: 0, .. }
            ));
            assert_eq!(incoming.on_packet(at(n), header(n), true), PacketStatus::Duplicate);
        }
        let reception = incoming.reception();
        assert_eq!((reception.packets, reception.lost), (90, 10));
        assert!(reception.jitter_ms < 0.5);
        assert_eq!(incoming.report().map(|b| (b.lost, b.fraction_lost)), Some((10, 25)));
        assert_eq!(incoming.report().map(|b| (b.lost, b.fraction_lost)), Some((10, 0)));
    }

    #[test]
    fn packet_out_of_order_is_not_lost() {
        let mut incoming = ReceiveStats::default();
        for n in [1, 0, 3, 2, 5, 4] {
            assert!(matches!(incoming.on_packet(at(n), header(n), true), PacketStatus::New { .. }));
        }
        assert_eq!(incoming.reception().lost, 0);
    }

    #[test]
    fn new_ssrc_restart_and_timestamp_jump_begin_an_epoch() {
        let mut incoming = ReceiveStats::default();
        incoming.on_packet(at(0), header(0), true);
        let other = Header { ssrc: 8, ..header(1) };
        assert!(matches!(
            incoming.on_packet(at(1), other, true),
            PacketStatus::New { epoch: 1, .. }
        ));
        let far = Header { seq: 30_000, ..other };
        assert_eq!(incoming.on_packet(at(2), far, true), PacketStatus::Stray);
        let next = Header { seq: 30_001, ..far };
        assert!(matches!(
            incoming.on_packet(at(3), next, true),
            PacketStatus::New { epoch: 2, .. }
        ));
        let jumped = Header { seq: 30_002, ts: next.ts.wrapping_add(80_000), ..next };
        assert!(matches!(
            incoming.on_packet(at(4), jumped, true),
            PacketStatus::New { epoch: 3, .. }
        ));
        assert_eq!((incoming.reception().packets, incoming.reception().lost), (4, 0));
    }

    #[test]
    fn jitter_converges_to_the_mean_deviation() {
        let mut incoming = ReceiveStats::default();
        for n in 0..500 {
            let wobble = Duration::from_millis(if n % 2 == 0 { 0 } else { 8 });
            incoming.on_packet(at(n) + wobble, header(n), true);
        }
        assert!((incoming.reception().jitter_ms - 8.0).abs() < 0.6);
    }
}
