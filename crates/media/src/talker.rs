//! The media of a simulated phone: sends a prompt in a loop and measures what it receives. For
//! demo, load and tests.

use std::time::Duration;

use primitives::{Codec, RemoteMedia, Timestamp};

use crate::{
    Prompt, Reception, codec,
    packet::{self, HEADER_LEN, Header},
    receive_stats::{PacketStatus, ReceiveStats},
};

/// The outgoing stream of one phone, and statistics of the incoming one.
///
/// ```
/// use std::time::Duration;
///
/// use media::{Prompt, Talker};
/// use primitives::{Codec, Timestamp};
///
/// let now = Timestamp::from_micros(1_795_363_200_000_000);
/// let tone = Prompt::new(vec![1_000; 160].into());
/// let mut caller = Talker::new(now, Codec::Pcma, tone.clone(), 1);
/// let mut agent = Talker::new(now, Codec::Pcma, tone, 2);
/// let later = now + Duration::from_millis(40);
/// while let Some(packet) = caller.poll_packet(later) {
///     agent.handle_packet(later, packet);
/// }
/// assert_eq!(agent.reception().packets, 3);
/// ```
#[derive(Debug)]
pub struct Talker {
    codec: Codec,
    prompt: Prompt,
    place: usize,
    next_at: Timestamp,
    header: Header,
    muted: bool,
    stamped: bool,
    packet: [u8; HEADER_LEN + FRAME],
    incoming: ReceiveStats,
    delay: DelayStats,
}

/// Delays of packets from one talker with timestamps to another with the same clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DelayStats {
    /// Packets with a timestamp received.
    pub packets: u64,
    /// The sum of their delays.
    pub sum: Duration,
    /// The longest delay.
    pub longest: Duration,
    /// The last delay.
    pub last: Duration,
}

impl Talker {
    /// Creates a phone that sends from `now` on; `seed` gives SSRC, first sequence number and
    /// timestamp.
    pub fn new(now: Timestamp, codec: Codec, prompt: Prompt, seed: u64) -> Talker {
        Talker {
            codec,
            prompt,
            place: 0,
            next_at: now,
            header: Header {
                payload_type: codec.payload_type(),
                marker: true,
                seq: (seed >> 48) as u16,
                ts: (seed >> 16) as u32,
                ssrc: seed as u32,
            },
            muted: false,
            stamped: false,
            packet: [0; HEADER_LEN + FRAME],
            incoming: ReceiveStats::default(),
            delay: DelayStats::default(),
        }
    }

    /// Creates a phone that answers `remote`: same codec, its payload types.
    pub fn for_remote(now: Timestamp, remote: &RemoteMedia, prompt: Prompt, seed: u64) -> Talker {
        let mut talker = Talker::new(now, remote.codec, prompt, seed);
        talker.header.payload_type = remote.send.codec;
        talker
    }

    /// Puts the send time into the first bytes of each packet, for the [`DelayStats`] of the other
    /// end. It survives only when both ends use the same codec, and is heard as a faint tick.
    pub fn with_timestamps(mut self) -> Talker {
        self.stamped = true;
        self
    }

    /// Mutes or unmutes; the timestamp continues.
    pub fn mute(&mut self, muted: bool) {
        self.header.marker |= self.muted && !muted;
        self.muted = muted;
    }

    /// Returns the packet that is due. Call until `None`.
    pub fn poll_packet(&mut self, now: Timestamp) -> Option<&[u8]> {
        while self.next_at <= now {
            self.next_at += Duration::from_millis(20);
            let header = self.header;
            self.header.ts = header.ts.wrapping_add(FRAME as u32);
            if self.muted {
                continue;
            }
            self.header.seq = header.seq.wrapping_add(1);
            self.header.marker = false;
            self.fill(now);
            packet::write(&mut self.packet, header);
            return Some(&self.packet);
        }
        None
    }

    /// Returns when the next packet is due.
    pub fn poll_timeout(&self) -> Timestamp {
        self.next_at
    }

    /// Handles a received packet.
    pub fn handle_packet(&mut self, now: Timestamp, bytes: &[u8]) {
        if packet::is_rtcp(bytes) {
            return;
        }
        let Some((header, payload)) = packet::read(bytes) else { return };
        let voice = codec::of_payload_type(header.payload_type).is_some();
        if !voice
            || !matches!(self.incoming.on_packet(now, header, voice), PacketStatus::New { .. })
        {
            return;
        }
        if let Some(sent) = bytes.get(payload).and_then(stamp) {
            let delay = now.since(sent);
            self.delay.packets += 1;
            self.delay.sum += delay;
            self.delay.longest = self.delay.longest.max(delay);
            self.delay.last = delay;
        }
    }

    /// Returns the reception so far.
    pub fn reception(&self) -> Reception {
        self.incoming.reception()
    }

    /// Returns the delays of received packets with a timestamp.
    pub fn delay(&self) -> DelayStats {
        self.delay
    }

    fn fill(&mut self, now: Timestamp) {
        let voice = self.prompt.encoded(self.codec);
        let silence = codec::encode(self.codec, 0);
        let Some(payload) = self.packet.get_mut(HEADER_LEN..) else { return };
        for byte in payload.iter_mut() {
            *byte = voice.get(self.place).copied().unwrap_or(silence);
            self.place = (self.place + 1).checked_rem(voice.len()).unwrap_or(0);
        }
        if self.stamped
            && let Some((mark, time)) = payload.get_mut(..STAMP_LEN).map(|s| s.split_at_mut(4))
        {
            mark.copy_from_slice(&STAMP);
            time.copy_from_slice(&now.micros().to_be_bytes());
        }
    }
}

fn stamp(payload: &[u8]) -> Option<Timestamp> {
    let micros = payload.strip_prefix(&STAMP)?.first_chunk()?;
    Some(Timestamp::from_micros(u64::from_be_bytes(*micros)))
}

/// 20 ms in samples.
const FRAME: usize = 160;
/// A marker that media practically never begins with.
const STAMP: [u8; 4] = [0x48, 0x9a, 0x17, 0xe3];
const STAMP_LEN: usize = STAMP.len() + 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn talkers_measure_the_delay_between_them() {
        let at = |ms: u64| Timestamp::from_micros(ms * 1_000);
        let mut near = Talker::new(at(0), Codec::Pcma, Prompt::default(), 7).with_timestamps();
        let mut far = Talker::new(at(0), Codec::Pcma, Prompt::default(), u64::MAX);
        for ms in (0..1_000).step_by(20) {
            let packet = near.poll_packet(at(ms)).map(<[u8]>::to_vec).unwrap_or_default();
            assert!(near.poll_packet(at(ms)).is_none());
            if ms != 500 {
                far.handle_packet(at(ms + 30), &packet);
            }
        }
        assert_eq!(far.delay().longest, Duration::from_millis(30));
        assert_eq!((far.reception().packets, far.reception().lost), (49, 1));
    }

    #[test]
    fn timestamp_continues_while_muted() {
        let at = |ms: u64| Timestamp::from_micros(ms * 1_000);
        let mut talker = Talker::new(at(0), Codec::Pcmu, Prompt::default(), 0);
        talker.poll_packet(at(0));
        talker.mute(true);
        assert!(talker.poll_packet(at(100)).is_none());
        talker.mute(false);
        let packet = talker.poll_packet(at(120)).unwrap_or_default();
        let header = packet::read(packet).map(|(header, _)| header).unwrap();
        assert_eq!((header.seq, header.ts, header.marker), (1, 960, true));
    }
}
