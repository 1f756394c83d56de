//! The relay of one call: which side hears what, and what is recorded.

use std::{net::SocketAddr, ops::Range, time::Duration};

use primitives::{CallId, RemoteMedia, SignalledSource, Timestamp};

use super::{
    Shared,
    earlier_streams::EarlierStreams,
    leg::{AcceptedPacket, Content, FRAME, Leg, Silence, StrayPacket},
    source_tracker::{Trust, Verdict},
};
use crate::{
    Event, PacketSource, Party, PromptId, Quality, Reception, Sink, codec,
    packet::{self, Header},
    tap::{Side, Tap, Voice},
};

/// A datagram to one side of a call.
#[derive(Debug)]
pub(crate) struct Datagram<'a> {
    /// When it was received.
    pub(crate) at: Timestamp,
    /// The current time; later than `at` for a kept packet.
    pub(crate) now: Timestamp,
    pub(crate) party: Party,
    pub(crate) from: SocketAddr,
    pub(crate) bytes: &'a mut [u8],
}

/// The relay of one call: a leg to the caller, and one to a seat once it rings.
#[derive(Debug)]
pub(crate) struct CallRelay {
    call: CallId,
    caller: Leg,
    seat: Option<Leg>,
    /// Whether the seat answered.
    bridged: bool,
    music: PromptId,
    /// `None` for a call that is not recorded.
    tap: Option<Tap>,
    /// Reception from seats that have left.
    past_seats: Reception,
    /// Packets of unknown sources to seats that have left.
    past_strangers: u64,
    /// Reception by seats that have left.
    to_past_seats: Option<Reception>,
    next_periodic_at: Timestamp,
}

impl CallRelay {
    pub(crate) fn open(
        now: Timestamp,
        call: CallId,
        rtp_port: u16,
        music: PromptId,
        record: bool,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) -> CallRelay {
        let window = shared.config.tap_window;
        CallRelay {
            call,
            caller: Leg::new(now, rtp_port, music, shared),
            seat: None,
            bridged: false,
            music,
            tap: record.then(|| Tap::open(call, now, window, out)),
            past_seats: Reception::default(),
            past_strangers: 0,
            to_past_seats: None,
            next_periodic_at: now,
        }
    }

    pub(crate) fn caller_port(&self) -> u16 {
        self.caller.rtp_port
    }

    /// Plays prompts to the caller now.
    pub(crate) fn play(&mut self, prompts: Vec<PromptId>) {
        self.caller.player.play(prompts);
    }

    /// Adds a ringing seat. Returns the port of an earlier one.
    pub(crate) fn add_seat(
        &mut self,
        now: Timestamp,
        rtp_port: u16,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) -> Option<FreedPort> {
        let before = self.drop_seat(now, out);
        self.seat = Some(Leg::new(now, rtp_port, self.music, shared));
        before
    }

    /// Removes the seat and returns its port. The caller hears music again.
    pub(crate) fn drop_seat(&mut self, now: Timestamp, out: &mut dyn Sink) -> Option<FreedPort> {
        let mut seat = self.seat.take()?;
        if self.bridged {
            seat.leave(now, out);
        }
        self.past_seats = sum(self.past_seats, seat.incoming.reception());
        self.to_past_seats = match (self.to_past_seats, seat.delivery()) {
            (Some(before), Some(now)) => Some(sum(before, now)),
            (before, now) => before.or(now),
        };
        self.bridged = false;
        self.caller.cut();
        self.cut_hotline();
        self.past_strangers += seat.strangers();
        Some(FreedPort::of(&seat))
    }

    /// Sets the expected source of a side before its SDP is known.
    pub(crate) fn expect(&mut self, party: Party, signalled: SignalledSource) {
        if let (Some(leg), _) = self.sides(party) {
            leg.expect(signalled);
        }
    }

    /// Connects the seat: music and prompts stop, and its early packets are heard.
    pub(crate) fn bridge(
        &mut self,
        now: Timestamp,
        remote: RemoteMedia,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) {
        // A seat that was not added has no port it could have sent to.
        let Some(seat) = self.seat.as_mut() else { return };
        seat.set_remote(now, remote);
        self.bridged = true;
        // The caller only listened until now, and gets as much time to speak as the seat.
        self.caller.expect_voice(now);
        self.caller.player.stop_prompts();
        self.caller.cut();
        self.cut_hotline();
        self.replay_early(now, Party::Seat, shared, out);
    }

    /// Changes a side's media.
    pub(crate) fn change(
        &mut self,
        now: Timestamp,
        party: Party,
        remote: RemoteMedia,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) {
        // A ringing seat has no media yet; its answer brings it.
        if party == Party::Seat && !self.bridged {
            return;
        }
        let (Some(leg), other) = self.sides(party) else { return };
        leg.set_remote(now, remote);
        if let Some(other) = other {
            other.cut();
        }
        self.replay_early(now, party, shared, out);
    }

    /// Handles an RTP packet.
    pub(crate) fn receive(
        &mut self,
        datagram: Datagram<'_>,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) -> PacketSource {
        let Datagram { at, now, party, from, ref bytes } = datagram;
        let call = self.call;
        let (Some(leg), _) = self.sides(party) else { return PacketSource::Unknown };
        let Some((header, payload)) = packet::read(bytes) else { return PacketSource::Unknown };
        match leg.judge(at, from, header, shared.config.assume_source) {
            Verdict::Take => {}
            Verdict::TakeOver(trust) => {
                if trust == Trust::Assumed {
                    out.event(Event::SourceAssumed { call, party });
                }
                let kept = leg.early.take(now);
                for mut early in kept.filter(|early| early.from == from) {
                    let at = early.at;
                    let Some((header, payload)) = packet::read(early.bytes()) else { continue };
                    let kept = Datagram { at, now, party, from, bytes: early.bytes() };
                    self.take(kept, header, payload, shared, out);
                }
            }
            Verdict::Keep => {
                leg.early.keep(at, from, bytes);
                return PacketSource::Known;
            }
            Verdict::Conflict => {
                out.event(Event::SourcesConflict { call, party });
                return PacketSource::Unknown;
            }
            Verdict::Watch | Verdict::Drop => return PacketSource::Unknown,
        }
        self.take(datagram, header, payload, shared, out);
        PacketSource::Known
    }

    /// Handles RTCP; `own_port` when it came to the RTCP port.
    pub(crate) fn receive_rtcp(
        &mut self,
        now: Timestamp,
        party: Party,
        from: SocketAddr,
        own_port: bool,
        bytes: &[u8],
    ) -> PacketSource {
        match self.sides(party) {
            (Some(leg), _) => leg.handle_rtcp(now, from, own_port, bytes),
            (None, _) => PacketSource::Unknown,
        }
    }

    /// Handles a 20 ms tick: plays to a waiting side, and does the periodic work.
    pub(crate) fn tick(
        &mut self,
        tick: Timestamp,
        now: Timestamp,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) {
        let mut samples = [0; FRAME];
        if self.caller_hears_us()
            && let Some(ended) = self.caller.play(tick, shared, &mut samples, out)
        {
            if let Some(tap) = &mut self.tap {
                tap.play(tick, &samples, &mut shared.pool, out);
            }
            if ended {
                out.event(Event::PromptsEnded { call: self.call });
            }
        }
        if self.bridged
            && self.caller.holds()
            && let Some(seat) = self.seat.as_mut()
        {
            seat.play(tick, shared, &mut samples, out);
        }
        if self.next_periodic_at <= tick {
            self.next_periodic_at = tick + PERIOD;
            self.run_periodic(now, shared, out);
        }
    }

    /// Ends the call and returns the ports it used.
    pub(crate) fn close(
        &mut self,
        now: Timestamp,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) -> Vec<FreedPort> {
        let round_trips =
            [self.caller.round_trip(), self.seat.as_ref().and_then(|s| s.round_trip())];
        let mut freed = vec![FreedPort::of(&self.caller)];
        self.caller.leave(now, out);
        freed.extend(self.drop_seat(now, out));
        let quality = Quality {
            caller: self.caller.incoming.reception(),
            seat: self.past_seats,
            to_caller: self.caller.delivery(),
            to_seat: self.to_past_seats,
            caller_round_trip: round_trips[0],
            seat_round_trip: round_trips[1],
        };
        if let Some(tap) = &mut self.tap {
            tap.close(now, quality, round_trips, &mut shared.pool, out);
        }
        let ports = freed.iter().map(|freed| freed.rtp_port).collect();
        out.event(Event::Closed { call: self.call, quality, ports });
        freed
    }

    /// Packets of unknown sources dropped so far.
    pub(crate) fn strangers(&self) -> u64 {
        let seat = self.seat.as_ref().map_or(0, Leg::strangers);
        self.caller.strangers() + seat + self.past_strangers
    }

    fn replay_early(
        &mut self,
        now: Timestamp,
        party: Party,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) {
        let (Some(leg), _) = self.sides(party) else { return };
        for mut early in leg.early.take(now) {
            let (at, from) = (early.at, early.from);
            let datagram = Datagram { at, now, party, from, bytes: early.bytes() };
            self.receive(datagram, shared, out);
        }
    }

    /// Handles a packet of an accepted source.
    fn take(
        &mut self,
        datagram: Datagram<'_>,
        header: Header,
        payload: Range<usize>,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) {
        let Datagram { at, now, party, from, ref bytes } = datagram;
        let (Some(leg), _) = self.sides(party) else { return };
        let Some(accepted) = leg.take(at, header, payload, bytes) else { return };
        if let Some(stray) = leg.stray_before(header) {
            self.take_stray(now, party, from, *stray, shared, out);
        }
        self.deliver(datagram, &accepted, shared, out);
    }

    /// A kept packet turned out to be the first of a restart: it is delivered before the second.
    #[cold]
    fn take_stray(
        &mut self,
        now: Timestamp,
        party: Party,
        from: SocketAddr,
        stray: StrayPacket,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) {
        let StrayPacket { at, header, mut packet } = stray;
        let (Some(leg), _) = self.sides(party) else { return };
        let Some((_, payload)) = packet::read(&packet) else { return };
        let Some(accepted) = leg.take(at, header, payload, &packet) else { return };
        let datagram = Datagram { at, now, party, from, bytes: &mut packet };
        self.deliver(datagram, &accepted, shared, out);
    }

    /// Records a packet, reports its DTMF digit and forwards it.
    #[inline]
    fn deliver(
        &mut self,
        datagram: Datagram<'_>,
        accepted: &AcceptedPacket,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) {
        let Datagram { at, now, party, bytes, .. } = datagram;
        self.record(at, party, accepted, bytes, shared, out);
        if let Content::Event(Some(key)) = accepted.content {
            out.event(Event::DtmfReceived { call: self.call, party, key });
        }
        if self.hears_the_other(party)
            && let (_, Some(other)) = self.sides(party)
        {
            other.pass(now, accepted, bytes, out);
        }
    }

    fn record(
        &mut self,
        at: Timestamp,
        party: Party,
        accepted: &AcceptedPacket,
        bytes: &[u8],
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) {
        let side = match party {
            Party::Caller => Side::Caller,
            Party::Seat if self.caller_hears_us() => return,
            Party::Seat => Side::Hotline,
        };
        let Some(tap) = &mut self.tap else { return };
        let AcceptedPacket { epoch, seq, ts, header: Header { marker, .. }, .. } = *accepted;
        let codec = match accepted.content {
            Content::Voice(codec) => codec,
            Content::Noise => return tap.noise(side, at, epoch, seq, ts),
            Content::Event(_) | Content::Other => return,
        };
        let Some(payload) = bytes.get(accepted.payload.clone()) else { return };
        let voice = Voice { epoch, seq, ts, marker, table: codec::decode_table(codec), payload };
        tap.voice(side, at, voice, &mut shared.pool, out);
    }

    fn run_periodic(&mut self, now: Timestamp, shared: &mut Shared, out: &mut dyn Sink) {
        if let Some(tap) = &mut self.tap {
            tap.advance(now, &mut shared.pool, out);
        }
        let limit = shared.config.voice_lost_after;
        self.caller.report(now, shared, out);
        if let Some(silence) = self.caller.silence(now, limit) {
            out.event(silence_event(self.call, Party::Caller, silence));
        }
        // A ringing seat need not send anything.
        if self.bridged
            && let Some(seat) = self.seat.as_mut()
        {
            seat.report(now, shared, out);
            if let Some(silence) = seat.silence(now, limit) {
                out.event(silence_event(self.call, Party::Seat, silence));
            }
        }
    }

    /// Returns whether the caller hears prompts or music instead of the seat.
    fn caller_hears_us(&self) -> bool {
        let seat_holds = self.seat.as_ref().is_none_or(Leg::holds);
        !self.bridged || seat_holds || self.caller.player.has_prompts()
    }

    /// Returns whether packets of `speaker` are forwarded to the other side.
    fn hears_the_other(&self, speaker: Party) -> bool {
        let Some(seat) = self.seat.as_ref().filter(|_| self.bridged) else { return false };
        match speaker {
            Party::Caller => seat.takes() && !self.caller.holds(),
            Party::Seat => self.caller.takes() && !self.caller_hears_us(),
        }
    }

    /// Starts a new speaker on the recording's right channel.
    fn cut_hotline(&mut self) {
        if let Some(tap) = &mut self.tap {
            tap.cut_hotline();
        }
    }

    fn sides(&mut self, party: Party) -> (Option<&mut Leg>, Option<&mut Leg>) {
        match party {
            Party::Caller => (Some(&mut self.caller), self.seat.as_mut()),
            Party::Seat => (self.seat.as_mut(), Some(&mut self.caller)),
        }
    }
}

/// A port that a leg no longer uses, and the streams that may still arrive on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FreedPort {
    pub(crate) rtp_port: u16,
    pub(crate) streams: EarlierStreams,
}

impl FreedPort {
    fn of(leg: &Leg) -> FreedPort {
        FreedPort { rtp_port: leg.rtp_port, streams: leg.streams() }
    }
}

fn silence_event(call: CallId, party: Party, silence: Silence) -> Event {
    match silence {
        Silence::Began => Event::VoiceLost { call, party },
        Silence::Ended => Event::VoiceReturned { call, party },
    }
}

fn sum(a: Reception, b: Reception) -> Reception {
    let jitter_ms = if b.packets > 0 { b.jitter_ms } else { a.jitter_ms };
    Reception { packets: a.packets + b.packets, lost: a.lost + b.lost, jitter_ms }
}

/// Often enough for RTCP every few seconds and chunks of 250 ms, at almost no cost.
const PERIOD: Duration = Duration::from_millis(100);
