//! DtmfDetector pressed during a call, as telephone-events (RFC 4733): one press, one key.
//!
//! By RFC 4733 2.5.1 all packets of a press carry the timestamp of its beginning. Gateways exist
//! whose timestamps rise within a press, and others whose next press has the timestamp of the one
//! before. A press is therefore known by event, end bit, marker, sequence number, duration and
//! timestamp together.

use std::time::Duration;

use primitives::Timestamp;

use crate::packet::Header;

/// Sees the event packets of one leg and tells each press once.
#[derive(Clone, Debug, Default)]
pub(crate) struct DtmfDetector {
    /// The last presses, in the order in which they became known.
    presses: [Option<Press>; REMEMBERED],
    /// The place in `presses` that is used next.
    next: usize,
}

impl DtmfDetector {
    /// A telephone-event packet came at `at`. Returns the key on the first packet of a press that
    /// reaches us, whether it says start, update or end.
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

    /// Whether the packet belongs to a press that was told already; that press takes note of it.
    fn belongs_to_known_press(&mut self, at: Timestamp, packet: EventPacket) -> bool {
        let of_stream =
            |press: &&mut Press| press.ssrc == packet.ssrc && at.since(press.at) <= REMEMBERED_FOR;
        let newest = (self.presses.iter_mut().flatten().filter(of_stream))
            .reduce(|a, b| if ahead(b.last_seq, a.last_seq) > 0 { b } else { a });
        let Some(newest) = newest else { return false };
        if ahead(packet.seq, newest.last_seq) > 0 {
            // In order: only the newest press can go on.
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

/// One press, as far as its packets have come.
#[derive(Clone, Copy, Debug)]
struct Press {
    ssrc: u32,
    event: u8,
    /// Of the packet with the lowest sequence number.
    first_seq: u16,
    first_ts: u32,
    first_duration: u16,
    /// Of the packet with the highest sequence number.
    last_seq: u16,
    last_ts: u32,
    /// In timestamp units (RFC 4733 2.3.5).
    last_duration: u16,
    /// A packet with the end bit came.
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

    /// Whether a packet with a higher sequence number than all before is of this press.
    fn goes_on_with(&self, at: Timestamp, packet: EventPacket) -> bool {
        if packet.event != self.event || self.is_restarted_by(at, packet) {
            return false;
        }
        let length = i32::from(self.last_duration);
        let moved = packet.ts.wrapping_sub(self.last_ts) as i32;
        let longer = packet.duration > self.last_duration;
        // The next press begins when the one before is over, so overlapping times are one press.
        if (0..length.max(1)).contains(&moved) || moved == length && longer {
            return true;
        }
        if packet.marker || moved < 0 {
            return false;
        }
        let distance = ahead(packet.seq, self.last_seq);
        if self.ended {
            // The end again, under a timestamp that has risen, with at most one of them lost.
            let is_same_length = packet.duration == self.last_duration;
            return packet.end && is_same_length && distance <= 2 && moved <= 2 * length;
        }
        // Neither begins a press nor follows one that ended: the next part of a long event
        // (RFC 4733 2.5.1.3), or a rising timestamp with a few packets lost in between.
        let next_part = self.last_duration >= LONG && moved <= i32::from(u16::MAX);
        let few_lost = distance <= LOST_MAX && moved <= i32::from(packet.duration);
        moved == length || next_part || few_lost
    }

    /// Whether the packet says that the same key was pressed anew, whatever its timestamp is.
    fn is_restarted_by(&self, at: Timestamp, packet: EventPacket) -> bool {
        let shorter = packet.duration < self.last_duration;
        let after_pause = at.since(self.at) > PAUSE;
        if !self.ended {
            // A gateway may begin the duration anew within a press, but then without a pause.
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

    /// Whether a packet that was overtaken by others is of this press.
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

/// What one packet says of a press (RFC 4733 2.3).
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

/// How far sequence number `a` is ahead of `b`; negative when it is behind.
fn ahead(a: u16, b: u16) -> i16 {
    a.wrapping_sub(b) as i16
}

/// Events 0 to 15 (RFC 4733 3.2).
const KEYS: &[u8; 16] = b"0123456789*#ABCD";
const END_BIT: u8 = 0x80;
/// Late packets of a press may cross those of the next one; more than four presses within the
/// time a packet can be late are not possible.
const REMEMBERED: usize = 4;
/// Well before 16-bit sequence numbers come round: 327 s at 10 ms a packet.
const REMEMBERED_FOR: Duration = Duration::from_secs(60);
/// Within a press a packet comes at least every 50 ms (RFC 4733 2.5.1.2).
const PAUSE: Duration = Duration::from_millis(200);
/// The end is sent three times (RFC 4733 2.5.1.4), by some gateways a few times more.
const END_REPEATS_MAX: i16 = 8;
/// With at most this distance between two packets, a press is not taken for two.
const LOST_MAX: i16 = 4;
/// Close to the longest duration that one part of an event can have, in timestamp units.
const LONG: u16 = 0xf000;

#[cfg(test)]
mod tests;
