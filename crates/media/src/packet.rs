//! The door to RTP packets: the one place that names rtp-rs.

use std::ops::Range;

use rtp_rs::{RtpPacketBuilder, RtpReader, Seq};

/// What a header says (RFC 3550 5.1), without what a telephone does not use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// 0 to 127.
    pub(crate) payload_type: u8,
    /// The first packet after a silence (RFC 3551 4.1), or of a key press.
    pub(crate) marker: bool,
    /// Counts packets, wraps.
    pub(crate) seq: u16,
    /// Counts samples, wraps.
    pub(crate) ts: u32,
    /// Who sends.
    pub(crate) ssrc: u32,
}

/// Read a packet: its header, and where its payload lies (padding is left out).
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

/// Write `header` into the bytes right before the payload at `start`, and say where the packet now
/// begins. CSRCs and extensions, which lay there, are thereby gone: they were between the far end
/// and us.
pub(crate) fn rewrite(packet: &mut [u8], start: usize, header: Header) -> Option<usize> {
    let begin = start.checked_sub(HEADER_LEN)?;
    builder(header).build_into(packet.get_mut(begin..start)?).ok()?;
    Some(begin)
}

/// Write `header` at the front of `packet`; the payload follows at [`HEADER_LEN`].
pub(crate) fn write(packet: &mut [u8], header: Header) -> bool {
    rewrite(packet, HEADER_LEN, header).is_some()
}

/// Whether these bytes are RTCP rather than RTP, by the second byte (RFC 5761 4).
pub(crate) fn is_rtcp(packet: &[u8]) -> bool {
    matches!(packet, [_, 192..=223, ..])
}

/// The source of a packet of voice; `None` when it is none.
pub(crate) fn ssrc(packet: &[u8]) -> Option<u32> {
    if is_rtcp(packet) { None } else { read(packet).map(|(header, _)| header.ssrc) }
}

/// A header without CSRCs and extension.
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
    fn a_packet_reads_as_it_was_written() {
        let mut packet = [7u8; 172];
        assert!(write(&mut packet, HEADER));
        assert_eq!(read(&packet), Some((HEADER, 12..172)));
        assert!(!is_rtcp(&packet));
    }

    #[test]
    fn csrcs_and_padding_are_cut_away() {
        // Padding flag, one CSRC; 3 bytes payload, 2 bytes padding.
        let mut packet = vec![0xa1, 8, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 0, 2];
        let (header, payload) = read(&packet).unwrap();
        assert_eq!((header.seq, &packet[payload.clone()]), (9, &[1u8, 2, 3][..]));
        let begin = rewrite(&mut packet, payload.start, HEADER).unwrap();
        assert_eq!(read(&packet[begin..payload.end]), Some((HEADER, 12..15)));
    }

    #[test]
    fn rtcp_on_the_voice_port_is_told_apart() {
        assert!(is_rtcp(&[0x80, 200, 0, 0]));
        assert!(is_rtcp(&[0x81, 201]));
        assert!(!is_rtcp(&[0x80, 8 | 0x80]));
        assert!(!is_rtcp(&[0x80]));
    }

    #[test]
    fn nonsense_is_no_packet() {
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[0; 12]), None);
        assert_eq!(read(&[0x8f; 20]), None);
    }
}
