//! Parses and writes RTP packets; the only module that uses rtp-rs.

use std::ops::Range;

use rtp_rs::{RtpPacketBuilder, RtpReader, Seq};

/// The needed fields of an RTP header (RFC 3550 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The payload type, 0 to 127.
    pub(crate) payload_type: u8,
    /// The marker: the first packet after a silence (RFC 3551 4.1) or of a DTMF press.
    pub(crate) marker: bool,
    /// The sequence number, which wraps.
    pub(crate) seq: u16,
    /// The timestamp in samples, which wraps.
    pub(crate) ts: u32,
    /// The synchronization source.
    pub(crate) ssrc: u32,
}

/// Parses a packet: its header and the range of its payload, without padding.
pub(crate) fn read(packet: &[u8]) -> Option<(Header, Range<usize>)> {
    let reader = RtpReader::new(packet).ok()?;
    let header = Header {
        payload_type: reader.payload_type(),
        marker: reader.mark(),
        seq: u16::from(reader.sequence_number()),
        ts: reader.timestamp(),
        ssrc: reader.ssrc(),
    };
    let start = reader.payload_offset();
    let end = start + reader.payload().len();
    (start >= HEADER_LEN && end <= packet.len()).then_some((header, start..end))
}

/// Writes `header` directly before the payload at `start`, and returns where the packet now begins.
/// CSRCs and extensions there are overwritten: they concern only the far end and us.
pub(crate) fn rewrite(packet: &mut [u8], start: usize, header: Header) -> Option<usize> {
    let begin = start.checked_sub(HEADER_LEN)?;
    builder(header).build_into(packet.get_mut(begin..start)?).ok()?;
    Some(begin)
}

/// Writes `header` at the front of `packet`; the payload follows at [`HEADER_LEN`].
pub(crate) fn write(packet: &mut [u8], header: Header) -> bool {
    rewrite(packet, HEADER_LEN, header).is_some()
}

/// Returns whether these bytes are RTCP rather than RTP, by the second byte (RFC 5761 4).
pub(crate) fn is_rtcp(packet: &[u8]) -> bool {
    matches!(packet, [_, 192..=223, ..])
}

/// Returns the SSRC of an RTP packet; `None` for other bytes.
pub(crate) fn ssrc(packet: &[u8]) -> Option<u32> {
    if is_rtcp(packet) { None } else { read(packet).map(|(header, _)| header.ssrc) }
}

/// The length of a header without CSRCs and extension.
pub(crate) const HEADER_LEN: usize = RtpReader::MIN_HEADER_LEN;

fn builder(header: Header) -> RtpPacketBuilder<'static> {
    RtpPacketBuilder::new()
        .payload_type(header.payload_type & 0x7f)
        .marked(header.marker)
        .sequence(Seq::from(header.seq))
        .timestamp(header.ts)
        .ssrc(header.ssrc)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Header =
        Header { payload_type: 8, marker: true, seq: 65_535, ts: 0xfffe_0001, ssrc: 0xdead_beef };

    #[test]
    fn packet_round_trips() {
        let mut packet = [7u8; 172];
        assert!(write(&mut packet, HEADER));
        assert_eq!(read(&packet), Some((HEADER, 12..172)));
        assert!(!is_rtcp(&packet));
    }

    #[test]
    fn csrcs_and_padding_are_removed() {
        // Padding flag, one CSRC; 3 bytes payload, 2 bytes padding.
        let mut packet = vec![0xa1, 8, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 0, 2];
        let (header, payload) = read(&packet).unwrap();
        assert_eq!((header.seq, &packet[payload.clone()]), (9, &[1u8, 2, 3][..]));
        let begin = rewrite(&mut packet, payload.start, HEADER).unwrap();
        assert_eq!(read(&packet[begin..payload.end]), Some((HEADER, 12..15)));
    }

    #[test]
    fn rtcp_on_the_rtp_port_is_recognised() {
        assert!(is_rtcp(&[0x80, 200, 0, 0]));
        assert!(is_rtcp(&[0x81, 201]));
        assert!(!is_rtcp(&[0x80, 8 | 0x80]));
        assert!(!is_rtcp(&[0x80]));
    }

    #[test]
    fn malformed_bytes_are_not_a_packet() {
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[0; 12]), None);
        assert_eq!(read(&[0x8f; 20]), None);
    }
}
