//! RTCP (RFC 3550 6): our periodic reports and the far end's.

use std::time::Duration;

use primitives::Timestamp;
use rand_chacha::{ChaCha8Rng, rand_core::RngCore};
use rtcp_types::{
    Bye, Compound, Packet, ReceiverReport, ReportBlock, ReportBlockBuilder, RtcpPacketWriterExt,
    Sdes, SdesChunk, SdesItem, SenderReport,
};

use crate::{Reception, SAMPLE_RATE, receive_stats::Block, relay::outgoing_stream::OutgoingStream};

/// The RTCP state of one leg.
#[derive(Debug)]
pub(crate) struct RtcpSession {
    /// Our CNAME for the length of the call; random for privacy (RFC 7022 4.2).
    cname: String,
    due: Timestamp,
    /// The middle 32 bits of the NTP timestamp of the far end's last sender report, and when it was
    /// received.
    last_sender_report: Option<(u32, Timestamp)>,
    round_trip: Option<Duration>,
    /// The far end's reception of our stream by its last report.
    received: Option<Received>,
}

/// The far end's reception of our stream (RFC 3550 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Received {
    lost: u32,
    /// In timestamp units.
    jitter: u32,
}

impl RtcpSession {
    pub(crate) fn new(now: Timestamp, every: Duration, rng: &mut ChaCha8Rng) -> RtcpSession {
        RtcpSession {
            cname: format!("{:016x}{:08x}", rng.next_u64(), rng.next_u32()),
            due: now + spread(every, rng),
            last_sender_report: None,
            round_trip: None,
            received: None,
        }
    }

    /// Returns whether a report is due, and schedules the next one.
    pub(crate) fn is_due(&mut self, now: Timestamp, every: Duration, rng: &mut ChaCha8Rng) -> bool {
        let due = self.due <= now;
        if due {
            self.due = now + spread(every, rng);
        }
        due
    }

    /// Writes a report into `buffer`: what we sent, what we received (`block`), our CNAME, and BYE
    /// at the end. Returns its length; 0 when it does not fit.
    pub(crate) fn write(
        &self,
        now: Timestamp,
        sent: &OutgoingStream,
        block: Option<Block>,
        bye: bool,
        buffer: &mut [u8],
    ) -> usize {
        let ssrc = sent.ssrc();
        let block = block.map(|b| self.block(now, b));
        let (packets, octets) = sent.totals();
        let mut compound = Compound::builder();
        if packets > 0 {
            let mut report = SenderReport::builder(ssrc)
                .ntp_timestamp(ntp(now))
                .rtp_timestamp(sent.clock(now) as u32)
                .packet_count(packets as u32)
                .octet_count(octets as u32);
            if let Some(block) = block {
                report = report.add_report_block(block);
            }
            compound = compound.add_packet(report);
        } else {
            let mut report = ReceiverReport::builder(ssrc);
            if let Some(block) = block {
                report = report.add_report_block(block);
            }
            compound = compound.add_packet(report);
        }
        let name = SdesItem::builder(SdesItem::CNAME, &self.cname);
        compound =
            compound.add_packet(Sdes::builder().add_chunk(SdesChunk::builder(ssrc).add_item(name)));
        if bye {
            compound = compound.add_packet(Bye::builder().add_source(ssrc));
        }
        compound.write_into(buffer).unwrap_or(0)
    }

    /// Handles a packet; returns whether it was RTCP.
    pub(crate) fn handle_packet(&mut self, now: Timestamp, our_ssrc: u32, packet: &[u8]) -> bool {
        let Ok(compound) = Compound::parse(packet) else { return false };
        for part in compound.flatten() {
            match part {
                Packet::Sr(report) => {
                    let middle = (report.ntp_timestamp() >> 16) as u32;
                    self.last_sender_report = Some((middle, now));
                    report.report_blocks().for_each(|b| self.handle_block(now, our_ssrc, &b));
                }
                Packet::Rr(report) => {
                    report.report_blocks().for_each(|b| self.handle_block(now, our_ssrc, &b));
                }
                // SDES and BYE are ignored, because SIP identifies the parties and ends calls.
                // Feedback and extended reports are not used.
                _ => {}
            }
        }
        true
    }

    /// Returns the round-trip time by the far end's last report.
    pub(crate) fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// Returns the far end's reception of our `sent` packets by its last report; `None` without
    /// one.
    pub(crate) fn delivery(&self, sent: u64) -> Option<Reception> {
        let Received { lost, jitter } = self.received?;
        let lost = u64::from(lost).min(sent);
        let jitter_ms = jitter as f32 * 1_000.0 / SAMPLE_RATE as f32;
        Some(Reception { packets: sent - lost, lost, jitter_ms })
    }

    /// The round trip is A - LSR - DLSR, in 1/65536 s (RFC 3550 6.4.1).
    fn handle_block(&mut self, now: Timestamp, our_ssrc: u32, block: &ReportBlock<'_>) {
        if block.ssrc() != our_ssrc {
            return;
        }
        // Signed 24 bits: duplicates can make the loss negative.
        let lost = Some(block.cumulative_lost()).filter(|lost| *lost < 1 << 23).unwrap_or(0);
        self.received = Some(Received { lost, jitter: block.interarrival_jitter() });
        if block.last_sender_report_timestamp() == 0 {
            return;
        }
        let trip = ((ntp(now) >> 16) as u32)
            .wrapping_sub(block.last_sender_report_timestamp())
            .wrapping_sub(block.delay_since_last_sender_report_timestamp());
        // Rounding or a faulty far end can make it slightly negative.
        if trip < TRIP_MAX {
            self.round_trip = Some(Duration::from_micros((u64::from(trip) * 1_000_000) >> 16));
        }
    }

    fn block(&self, now: Timestamp, block: Block) -> ReportBlockBuilder {
        let (middle, delay) = match self.last_sender_report {
            Some((middle, at)) => (middle, (now.since(at).as_micros() << 16) / 1_000_000),
            None => (0, 0),
        };
        ReportBlock::builder(block.ssrc)
            .fraction_lost(block.fraction_lost)
            .cumulative_lost(block.lost)
            .extended_sequence_number(block.highest)
            .interarrival_jitter(block.jitter)
            .last_sender_report_timestamp(middle)
            .delay_since_last_sender_report_timestamp(u32::try_from(delay).unwrap_or(u32::MAX))
    }
}

/// Returns half to one and a half of `every` (RFC 3550 6.2), so that legs opened together do not
/// report together.
fn spread(every: Duration, rng: &mut ChaCha8Rng) -> Duration {
    let every_ms = u64::try_from(every.as_millis()).unwrap_or(u64::MAX).max(100);
    let share = u64::from(rng.next_u32() % 1_024);
    Duration::from_millis(every_ms / 2 + (every_ms / 1_024).saturating_mul(share))
}

/// Converts to NTP time, 32.32 bits since 1900 (RFC 3550 4).
fn ntp(at: Timestamp) -> u64 {
    let (secs, micros) = (at.micros() / 1_000_000, at.micros() % 1_000_000);
    ((secs + SECS_1900_TO_1970) << 32) | ((micros << 32) / 1_000_000)
}

const SECS_1900_TO_1970: u64 = 2_208_988_800;
/// Ten seconds in 1/65536 s; a longer time is an error.
const TRIP_MAX: u32 = 10 << 16;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_micros(1_795_334_592_000_000 + ms * 1_000)
    }

    fn one(rng: &mut ChaCha8Rng) -> (RtcpSession, OutgoingStream) {
        (RtcpSession::new(at(0), Duration::from_secs(5), rng), OutgoingStream::new(at(0), rng))
    }

    #[test]
    fn both_ends_measure_the_round_trip() {
        let mut rng = ChaCha8Rng::from_seed([1; 32]);
        let (mut near, mut near_out) = one(&mut rng);
        let (mut far, far_out) = one(&mut rng);
        near_out.play(at(0), 8, 160);
        let mut buffer = [0; 256];
        let len = near.write(at(1_000), &near_out, None, false, &mut buffer);
        assert!(far.handle_packet(at(1_030), far_out.ssrc(), &buffer[..len]));
        let ssrc = near_out.ssrc();
        let block = Block { ssrc, fraction_lost: 0, lost: 7, highest: 1, jitter: 16 };
        let len = far.write(at(3_000), &far_out, Some(block), true, &mut buffer);
        assert!(near.handle_packet(at(3_050), ssrc, &buffer[..len]));
        assert_eq!(near.delivery(100).map(|d| (d.packets, d.lost)), Some((93, 7)));
        assert_eq!(far.delivery(100), None);
        let trip = near.round_trip().map_or(0.0, |t| t.as_secs_f64() * 1_000.0);
        assert!((trip - 80.0).abs() < 1.0, "{trip}");
    }

    #[test]
    fn report_has_cname_and_last_one_has_bye() {
        let mut rng = ChaCha8Rng::from_seed([2; 32]);
        let (reports, out) = one(&mut rng);
        let mut buffer = [0; 256];
        let len = reports.write(at(1), &out, None, true, &mut buffer);
        let parts: Vec<_> = Compound::parse(&buffer[..len]).unwrap().flatten().collect();
        assert!(matches!(parts[..], [Packet::Rr(_), Packet::Sdes(_), Packet::Bye(_)]));
    }

    proptest! {
        #[test]
        fn random_rtcp_never_panics(mut bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut rng = ChaCha8Rng::from_seed([2; 32]);
            let (mut reports, out) = one(&mut rng);
            reports.handle_packet(at(1), out.ssrc(), &bytes);
            // With a valid first word the inner parsers are reached.
            for kind in 200..=207 {
                if let [first, second, high, low, rest @ ..] = &mut bytes[..] {
                    (*first, *second) = (0x80 | *first & 0x3f, kind);
                    let words = (rest.len() / 4) as u16;
                    [*high, *low] = words.to_be_bytes();
                }
                let whole = bytes.len() & !3;
                reports.handle_packet(at(1), out.ssrc(), &bytes[..whole]);
            }
        }
    }
}
