//! Detects DTMF digits in telephone-events (RFC 4733): one press gives one digit.
//!
//! By RFC 4733 2.5.1 all packets of a press carry the timestamp of its beginning. Some gateways
//! raise the timestamp within a press, others send the next press with the previous timestamp. A
//! press is therefore identified by event, end bit, marker, sequence number, duration and timestamp
//! together.

use std::time::Duration;

use primitives::Timestamp;

use crate::packet::Header;

/// Reads the event packets of one leg and reports each press once.
#[derive(Clone, Debug, Default)]
pub(crate) struct DtmfDetector {
    /// The last presses in the order of detection.
    presses: [Option<Press>; REMEMBERED],
    /// The next index in `presses`.
    next: usize,
}

impl DtmfDetector {
    /// Handles a telephone-event packet received at `at`. Returns the digit on the first received
    /// packet of a press, whether it is a start, an update or an end.
    pub(crate) fn on_packet(
        &mut self,
        at: Timestamp,
        header: Header,
        payload: &[u8],
    ) -> Option<char> {
        let packet = EventPacket::read(header, payload)?;
        let key = KEYS.get(usize::from(packet.event)).map(|key| char::from(*key))?;
        if self.belongs_to_known_press(at, packet) {
            return None;
        }
        let place = self.presses.get_mut(self.next)?;
        *place = Some(Press::begin(at, packet));
        self.next = (self.next + 1) % REMEMBERED;
        Some(key)
    }

    /// Returns whether the packet belongs to a reported press, and updates that press.
    fn belongs_to_known_press(&mut self, at: Timestamp, packet: EventPacket) -> bool {
        let of_stream =
            |press: &&mut Press| press.ssrc == packet.ssrc && at.since(press.at) <= REMEMBERED_FOR;
        let newest = (self.presses.iter_mut().flatten().filter(of_stream))
            .reduce(|a, b| if ahead(b.last_seq, a.last_seq) > 0 { b } else { a });
        let Some(newest) = newest else { return false };
        if ahead(packet.seq, newest.last_seq) > 0 {
            // In order: only the newest press can continue.
            let goes_on = newest.goes_on_with(at, packet);
            if goes_on {
                newest.follow(at, packet);
            }
            return goes_on;
        }
        let late_of = (self.presses.iter_mut().flatten().filter(of_stream))
            .find(|press| press.takes_late(at, packet));
        let Some(press) = late_of else { return false };
        press.follow_late(packet);
        true
    }
}

/// One press, by the packets received so far.
#[derive(Clone, Copy, Debug)]
struct Press {
    ssrc: u32,
    event: u8,
    /// Values of the packet with the lowest sequence number.
    first_seq: u16,
    first_ts: u32,
    first_duration: u16,
    /// Values of the packet with the highest sequence number.
    last_seq: u16,
    last_ts: u32,
    /// In timestamp units (RFC 4733 2.3.5).
    last_duration: u16,
    /// Whether a packet with the end bit came.
    ended: bool,
    /// When the last packet in order came.
    at: Timestamp,
}

impl Press {
    fn begin(at: Timestamp, packet: EventPacket) -> Press {
        Press {
            ssrc: packet.ssrc,
            event: packet.event,
            first_seq: packet.seq,
            first_ts: packet.ts,
            first_duration: packet.duration,
            last_seq: packet.seq,
            last_ts: packet.ts,
            last_duration: packet.duration,
            ended: packet.end,
            at,
        }
    }

    /// Returns whether a packet with a new highest sequence number belongs to this press.
    fn goes_on_with(&self, at: Timestamp, packet: EventPacket) -> bool {
        if packet.event != self.event || self.is_restarted_by(at, packet) {
            return false;
        }
        let length = i32::from(self.last_duration);
        let moved = packet.ts.wrapping_sub(self.last_ts) as i32;
        let longer = packet.duration > self.last_duration;
        // The next press begins after the previous one, so overlapping times are one press.
        if (0..length.max(1)).contains(&moved) || moved == length && longer {
            return true;
        }
        if packet.marker || moved < 0 {
            return false;
        }
        let distance = ahead(packet.seq, self.last_seq);
        if self.ended {
            // A repeated end with a raised timestamp, with at most one packet lost.
            let is_same_length = packet.duration == self.last_duration;
            return packet.end && is_same_length && distance <= 2 && moved <= 2 * length;
        }
        // Neither the start of a press nor after an ended one: the next part of a long event (RFC
        // 4733 2.5.1.3), or a rising timestamp with a few lost packets.
        let next_part = self.last_duration >= LONG && moved <= i32::from(u16::MAX);
        let few_lost = distance <= LOST_MAX && moved <= i32::from(packet.duration);
        moved == length || next_part || few_lost
    }

    /// Returns whether the packet starts a new press of the same digit, whatever its timestamp is.
    fn is_restarted_by(&self, at: Timestamp, packet: EventPacket) -> bool {
        let shorter = packet.duration < self.last_duration;
        let after_pause = at.since(self.at) > PAUSE;
        if !self.ended {
            // A gateway may restart the duration within a press, but then without a pause.
            return shorter && (packet.marker || after_pause);
        }
        let repeats_end = packet.end && ahead(packet.seq, self.last_seq) <= END_REPEATS_MAX;
        shorter || packet.marker && !packet.end || after_pause && !repeats_end
    }

    fn follow(&mut self, at: Timestamp, packet: EventPacket) {
        self.last_seq = packet.seq;
        self.last_ts = packet.ts;
        self.last_duration = packet.duration;
        self.ended |= packet.end;
        self.at = at;
    }

    /// Returns whether a late packet belongs to this press.
    fn takes_late(&self, at: Timestamp, packet: EventPacket) -> bool {
        if packet.event != self.event {
            return false;
        }
        if ahead(packet.seq, self.last_seq) > 0 {
            return self.goes_on_with(at, packet);
        }
        let before = ahead(self.first_seq, packet.seq);
        if before <= 0 {
            return true;
        }
        let moved = self.first_ts.wrapping_sub(packet.ts) as i32;
        if moved == 0 {
            return packet.duration <= self.first_duration;
        }
        before <= LOST_MAX
            && !packet.end
            && packet.duration < self.first_duration
            && (0..=i32::from(self.first_duration)).contains(&moved)
    }

    fn follow_late(&mut self, packet: EventPacket) {
        if ahead(self.first_seq, packet.seq) > 0 {
            self.first_seq = packet.seq;
            self.first_ts = packet.ts;
            self.first_duration = packet.duration;
        }
        if ahead(packet.seq, self.last_seq) > 0 {
            self.last_seq = packet.seq;
            self.last_ts = packet.ts;
            self.last_duration = packet.duration;
        }
        self.ended |= packet.end;
    }
}

/// The content of a telephone-event packet (RFC 4733 2.3).
#[derive(Clone, Copy, Debug)]
struct EventPacket {
    ssrc: u32,
    seq: u16,
    ts: u32,
    marker: bool,
    event: u8,
    end: bool,
    /// In timestamp units.
    duration: u16,
}

impl EventPacket {
    /// `None` when the payload is too short for an event.
    fn read(header: Header, payload: &[u8]) -> Option<EventPacket> {
        let [event, flags, high, low, ..] = *payload else { return None };
        let Header { marker, seq, ts, ssrc, .. } = header;
        let duration = u16::from_be_bytes([high, low]);
        Some(EventPacket { ssrc, seq, ts, marker, event, end: flags & END_BIT != 0, duration })
    }
}

/// Returns how far sequence number `a` is ahead of `b`; negative when behind.
fn ahead(a: u16, b: u16) -> i16 {
    a.wrapping_sub(b) as i16
}

/// The digits of events 0 to 15 (RFC 4733 3.2).
const KEYS: &[u8; 16] = b"0123456789*#ABCD";
const END_BIT: u8 = 0x80;
/// Late packets of a press may cross those of the next one; more than four presses do not fit into
/// the time a packet can be late.
const REMEMBERED: usize = 4;
/// Well before 16-bit sequence numbers wrap: 327 s at 10 ms a packet.
const REMEMBERED_FOR: Duration = Duration::from_secs(60);
/// Within a press a packet comes at least every 50 ms (RFC 4733 2.5.1.2).
const PAUSE: Duration = Duration::from_millis(200);
/// The end is sent three times (RFC 4733 2.5.1.4), by some gateways a few times more.
const END_REPEATS_MAX: i16 = 8;
/// Most lost packets within a press for which it still counts as one.
const LOST_MAX: i16 = 4;
/// Close to the longest duration of one part of an event, in timestamp units.
const LONG: u16 = 0xf000;

#[cfg(test)]
mod tests;
