//! The relay of one call: which leg hears which, and what is recorded.

use std::{net::SocketAddr, ops::Range, time::Duration};

use primitives::{CallId, LegId, RemoteMedia, SignalledSource, Timestamp};

use super::{
    Shared,
    earlier_streams::EarlierStreams,
    leg::{AcceptedPacket, Content, Leg, Silence, StrayPacket},
    routes::{Frames, Hearing, LEGS_MAX, LegSet, MixState},
    source_tracker::{Trust, Verdict},
};
use crate::{
    Event, LegRoute, PacketSource, PromptId, Quality, Reception, Sink, codec,
    mix::{FRAME, Frame, JitterBuffer, Mix},
    packet::{self, Header},
    prompt::NO_PROMPT,
    tap::{Speaker, Tap, Voice},
};

/// A datagram to one leg of a call.
#[derive(Debug)]
pub(crate) struct Datagram<'a> {
    /// When it was received.
    pub(crate) at: Timestamp,
    /// The current time; later than `at` for a kept packet.
    pub(crate) now: Timestamp,
    /// The index of the leg.
    pub(crate) index: usize,
    pub(crate) from: SocketAddr,
    pub(crate) bytes: &'a mut [u8],
}

/// The relay of one call. The caller's leg is the first; a leg keeps its index until it leaves.
#[derive(Debug)]
pub(crate) struct CallRelay {
    call: CallId,
    legs: Vec<Option<CallLeg>>,
    music: PromptId,
    /// `None` for a call that is not recorded.
    tap: Option<Tap>,
    /// Reception from legs that the caller heard and that have left.
    past_seats: Reception,
    /// Packets of unknown sources to legs that have left.
    past_strangers: u64,
    /// Reception by legs that the caller heard and that have left.
    to_past_seats: Option<Reception>,
    seat_round_trip: Option<Duration>,
    next_periodic_at: Timestamp,
}

/// A leg and its place in the call.
#[derive(Debug)]
struct CallLeg {
    id: LegId,
    leg: Leg,
    /// Whether it was answered.
    is_connected: bool,
    /// The legs that it may hear.
    may_hear: LegSet,
    hearing: Hearing,
    mix: MixState,
    /// The legs to which its packets are passed through.
    passes_to: LegSet,
    /// Its voice for those who hear a mix; `None` while nobody does.
    buffer: Option<JitterBuffer>,
    /// Whether the caller has heard it: then it counts in the call's quality.
    was_heard: bool,
}

impl CallLeg {
    fn new(id: LegId, leg: Leg) -> CallLeg {
        CallLeg {
            id,
            leg,
            is_connected: false,
            may_hear: LegSet::default(),
            hearing: Hearing::Nothing,
            mix: MixState::default(),
            passes_to: LegSet::default(),
            buffer: None,
            was_heard: false,
        }
    }
}

impl CallRelay {
    #[expect(clippy::too_many_arguments, reason = "the fields of the command that opens it")]
    pub(crate) fn open(
        now: Timestamp,
        call: CallId,
        caller: LegId,
        rtp_port: u16,
        music: PromptId,
        record: bool,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) -> CallRelay {
        let window = shared.config.tap_window;
        let mut leg = CallLeg::new(caller, Leg::new(now, rtp_port, music, shared));
        leg.is_connected = true;
        leg.hearing = Hearing::Player;
        CallRelay {
            call,
            legs: vec![Some(leg)],
            music,
            tap: record.then(|| Tap::open(call, now, window, out)),
            past_seats: Reception::default(),
            past_strangers: 0,
            to_past_seats: None,
            seat_round_trip: None,
            next_periodic_at: now,
        }
    }

    /// Returns the port of the caller's leg.
    pub(crate) fn caller_port(&self) -> Option<u16> {
        self.at(CALLER).map(|leg| leg.leg.rtp_port)
    }

    /// Returns the port of a leg.
    pub(crate) fn port_of(&self, id: LegId) -> Option<u16> {
        self.at(self.index_of(id)?).map(|leg| leg.leg.rtp_port)
    }

    /// Plays prompts to a leg now.
    pub(crate) fn play(
        &mut self,
        now: Timestamp,
        id: LegId,
        prompts: Vec<PromptId>,
        out: &mut dyn Sink,
    ) {
        if let Some(leg) = self.by_id(id) {
            leg.leg.player.play(prompts);
            self.follow_routes(now, out);
        }
    }

    /// Adds a ringing leg and returns its index; `None` when the call has it already, or has too
    /// many.
    pub(crate) fn add_leg(
        &mut self,
        now: Timestamp,
        id: LegId,
        rtp_port: u16,
        shared: &mut Shared,
    ) -> Option<usize> {
        if self.index_of(id).is_some() {
            return None;
        }
        let index = match self.legs.iter().position(Option::is_none) {
            Some(index) => index,
            None if self.legs.len() < LEGS_MAX => {
                self.legs.push(None);
                self.legs.len() - 1
            }
            None => return None,
        };
        let leg = CallLeg::new(id, Leg::new(now, rtp_port, self.music, shared));
        *self.legs.get_mut(index)? = Some(leg);
        Some(index)
    }

    /// Removes a leg and returns its port. A leg that heard only this one hears music again.
    pub(crate) fn drop_leg(
        &mut self,
        now: Timestamp,
        id: LegId,
        out: &mut dyn Sink,
    ) -> Option<FreedPort> {
        let index = self.index_of(id).filter(|index| *index != CALLER)?;
        let CallLeg { mut leg, is_connected, was_heard, .. } = self.legs.get_mut(index)?.take()?;
        if is_connected {
            leg.leave(now, out);
        }
        if was_heard {
            self.past_seats = sum(self.past_seats, leg.incoming.reception());
            self.to_past_seats = match (self.to_past_seats, leg.delivery()) {
                (Some(before), Some(now)) => Some(sum(before, now)),
                (before, now) => before.or(now),
            };
            self.seat_round_trip = leg.round_trip().or(self.seat_round_trip);
        }
        self.past_strangers += leg.strangers();
        self.follow_routes(now, out);
        Some(FreedPort::of(&leg))
    }

    /// Sets the expected source of a leg before its SDP is known.
    pub(crate) fn expect(&mut self, id: LegId, signalled: SignalledSource) {
        if let Some(leg) = self.by_id(id) {
            leg.leg.expect(signalled);
        }
    }

    /// Connects a leg that was answered: its early packets are heard by those who hear it by
    /// `routes`.
    pub(crate) fn connect(
        &mut self,
        now: Timestamp,
        id: LegId,
        remote: RemoteMedia,
        routes: &[LegRoute],
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) {
        // A leg that was not added has no port it could have sent to.
        let Some(leg) = self.by_id(id) else { return };
        leg.leg.set_remote(now, remote);
        leg.is_connected = true;
        // The others only listened until now, and get as much time to speak as this one.
        self.legs.iter_mut().flatten().for_each(|leg| leg.leg.expect_voice(now));
        self.set_routes(now, routes, out);
        self.replay_early(now, id, shared, out);
    }

    /// Sets who hears whom from now on.
    pub(crate) fn set_routes(&mut self, now: Timestamp, routes: &[LegRoute], out: &mut dyn Sink) {
        for index in 0..self.legs.len() {
            let Some(id) = self.at(index).map(|leg| leg.id) else { continue };
            let route = routes.iter().find(|route| route.leg == id);
            let mut may_hear = LegSet::default();
            let speakers = route.map(|route| route.hears.as_slice()).unwrap_or_default();
            speakers.iter().filter_map(|id| self.index_of(*id)).for_each(|n| may_hear.insert(n));
            let music = match route.is_some_and(|route| route.is_silent) {
                true => NO_PROMPT,
                false => self.music,
            };
            let Some(Some(leg)) = self.legs.get_mut(index) else { continue };
            leg.leg.player.set_music(music);
            if leg.may_hear.is_empty() && !may_hear.is_empty() {
                leg.leg.player.stop_prompts();
            }
            leg.may_hear = may_hear;
        }
        self.follow_routes(now, out);
    }

    /// Changes a leg's media.
    pub(crate) fn change(
        &mut self,
        now: Timestamp,
        id: LegId,
        remote: RemoteMedia,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) {
        // A ringing leg has no media yet; its answer brings it.
        let Some(index) = self.index_of(id) else { return };
        let Some(leg) = self.at_mut(index).filter(|leg| leg.is_connected) else { return };
        leg.leg.set_remote(now, remote);
        for listener in leg.passes_to.iter() {
            if let Some(listener) = self.at_mut(listener) {
                listener.leg.cut();
            }
        }
        self.follow_routes(now, out);
        self.replay_early(now, id, shared, out);
    }

    /// Handles an RTP packet.
    pub(crate) fn receive(
        &mut self,
        datagram: Datagram<'_>,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) -> PacketSource {
        let Datagram { at, now, index, from, ref bytes } = datagram;
        let call = self.call;
        let Some(CallLeg { id, leg, .. }) = self.at_mut(index) else {
            return PacketSource::Unknown;
        };
        let id = *id;
        let Some((header, payload)) = packet::read(bytes) else { return PacketSource::Unknown };
        match leg.judge(at, from, header, shared.config.assume_source) {
            Verdict::Take => {}
            Verdict::TakeOver(trust) => {
                if trust == Trust::Assumed {
                    out.event(Event::SourceAssumed { call, leg: id });
                }
                let kept = leg.early.take(now);
                for mut early in kept.filter(|early| early.from == from) {
                    let at = early.at;
                    let Some((header, payload)) = packet::read(early.bytes()) else { continue };
                    let kept = Datagram { at, now, index, from, bytes: early.bytes() };
                    self.take(kept, header, payload, shared, out);
                }
            }
            Verdict::Keep => {
                leg.early.keep(at, from, bytes);
                return PacketSource::Known;
            }
            Verdict::Conflict => {
                out.event(Event::SourcesConflict { call, leg: id });
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
        index: usize,
        from: SocketAddr,
        own_port: bool,
        bytes: &[u8],
    ) -> PacketSource {
        match self.at_mut(index) {
            Some(leg) => leg.leg.handle_rtcp(now, from, own_port, bytes),
            None => PacketSource::Unknown,
        }
    }

    /// Handles a 20 ms tick: plays and mixes, and does the periodic work.
    pub(crate) fn tick(
        &mut self,
        tick: Timestamp,
        now: Timestamp,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) {
        if self.legs.iter().flatten().any(|leg| leg.buffer.is_some()) {
            self.mix(tick, out);
        }
        let mut samples = [0; FRAME];
        let mut prompts_ended = false;
        for index in 0..self.legs.len() {
            let Some(leg) = self.at_mut(index).filter(|leg| leg.hearing == Hearing::Player) else {
                continue;
            };
            let Some(ended) = leg.leg.play(tick, shared, &mut samples, out) else { continue };
            let leg = leg.id;
            if index == CALLER
                && let Some(tap) = &mut self.tap
            {
                tap.play(tick, &samples, &mut shared.pool, out);
            }
            if ended {
                prompts_ended = true;
                out.event(Event::PromptsEnded { call: self.call, leg });
            }
        }
        if prompts_ended {
            self.follow_routes(now, out);
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
        let others: Vec<LegId> =
            self.legs.iter().skip(CALLER + 1).flatten().map(|leg| leg.id).collect();
        let others: Vec<FreedPort> =
            others.into_iter().filter_map(|id| self.drop_leg(now, id, out)).collect();
        let Some(caller) = self.at_mut(CALLER).map(|caller| &mut caller.leg) else { return others };
        caller.leave(now, out);
        let caller_round_trip = caller.round_trip();
        let (received, sent) = (caller.incoming.reception(), caller.delivery());
        let mut freed = vec![FreedPort::of(caller)];
        freed.extend(others);
        let quality = Quality {
            caller: received,
            seat: self.past_seats,
            to_caller: sent,
            to_seat: self.to_past_seats,
            caller_round_trip,
            seat_round_trip: self.seat_round_trip,
        };
        if let Some(tap) = &mut self.tap {
            let round_trips = [caller_round_trip, self.seat_round_trip];
            tap.close(now, quality, round_trips, &mut shared.pool, out);
        }
        let ports = freed.iter().map(|freed| freed.rtp_port).collect();
        out.event(Event::Closed { call: self.call, quality, ports });
        freed
    }

    /// Packets of unknown sources dropped so far.
    pub(crate) fn strangers(&self) -> u64 {
        let legs = self.legs.iter().flatten().map(|leg| leg.leg.strangers());
        legs.sum::<u64>() + self.past_strangers
    }

    /// Decides again what each leg hears, after a change of routes or of a leg.
    fn follow_routes(&mut self, now: Timestamp, out: &mut dyn Sink) {
        let mut heard = LegSet::default();
        for (index, leg) in self.legs.iter().enumerate() {
            if leg.as_ref().is_some_and(|leg| leg.is_connected && !leg.leg.holds()) {
                heard.insert(index);
            }
        }
        let mut passes_to = [LegSet::default(); LEGS_MAX];
        let mut mixed = LegSet::default();
        for index in 0..self.legs.len() {
            let Some(listener) = self.at_mut(index).filter(|leg| leg.is_connected) else {
                continue;
            };
            let voices = listener.may_hear.intersection(heard);
            let hearing = Hearing::of(voices, listener.leg.player.has_prompts());
            let takes = listener.leg.takes();
            let before = std::mem::replace(&mut listener.hearing, hearing);
            if before != hearing {
                listener.change_hearing(now, before, out);
                if index == CALLER
                    && let Some(tap) = &mut self.tap
                {
                    tap.cut_hotline();
                }
            }
            match hearing {
                Hearing::One(speaker) if takes => {
                    if let Some(listeners) = passes_to.get_mut(speaker) {
                        listeners.insert(index);
                    }
                }
                Hearing::Mix(voices) => voices.iter().for_each(|speaker| mixed.insert(speaker)),
                Hearing::Nothing | Hearing::Player | Hearing::One(_) => {}
            }
        }
        let caller_hears = self.at(CALLER).map(|leg| leg.hearing).unwrap_or_default();
        for (index, (leg, passes_to)) in self.legs.iter_mut().zip(passes_to).enumerate() {
            let Some(leg) = leg else { continue };
            leg.passes_to = passes_to;
            leg.was_heard |= caller_hears.includes(index);
            match mixed.contains(index) {
                true => drop(leg.buffer.get_or_insert_with(JitterBuffer::new)),
                false => leg.buffer = None,
            }
        }
    }

    /// Sends a frame to each leg that hears several voices.
    #[cold]
    fn mix(&mut self, tick: Timestamp, out: &mut dyn Sink) {
        let mut frames: Frames = [None; LEGS_MAX];
        for (frame, leg) in frames.iter_mut().zip(&mut self.legs) {
            let buffer = leg.as_mut().and_then(|leg| leg.buffer.as_mut());
            *frame = buffer.map(JitterBuffer::next_frame);
        }
        for listener in self.legs.iter_mut().flatten() {
            let Hearing::Mix(voices) = listener.hearing else { continue };
            let mut mix = Mix::new();
            let heard = voices.iter().filter_map(|speaker| frames.get(speaker)?.as_ref());
            heard.chain(listener.mix.fade.take().as_ref()).for_each(|frame| mix.add(frame));
            let frame = mix.frame();
            listener.leg.send_mixed(tick, &frame, out);
            **listener.mix.last.get_or_insert_with(|| Box::new([0; FRAME])) = frame;
        }
    }

    fn replay_early(&mut self, now: Timestamp, id: LegId, shared: &mut Shared, out: &mut dyn Sink) {
        let Some(index) = self.index_of(id) else { return };
        let Some(leg) = self.at_mut(index) else { return };
        for mut early in leg.leg.early.take(now) {
            let (at, from) = (early.at, early.from);
            let datagram = Datagram { at, now, index, from, bytes: early.bytes() };
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
        let Datagram { at, now, index, from, ref bytes } = datagram;
        let Some(CallLeg { leg, .. }) = self.at_mut(index) else { return };
        let Some(accepted) = leg.take(at, header, payload, bytes) else { return };
        if let Some(stray) = leg.stray_before(header) {
            self.take_stray(now, index, from, *stray, shared, out);
        }
        self.deliver(datagram, &accepted, shared, out);
    }

    /// A kept packet turned out to be the first of a restart: it is delivered before the second.
    #[cold]
    fn take_stray(
        &mut self,
        now: Timestamp,
        index: usize,
        from: SocketAddr,
        stray: StrayPacket,
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) {
        let StrayPacket { at, header, mut packet } = stray;
        let Some(CallLeg { leg, .. }) = self.at_mut(index) else { return };
        let Some((_, payload)) = packet::read(&packet) else { return };
        let Some(accepted) = leg.take(at, header, payload, &packet) else { return };
        let datagram = Datagram { at, now, index, from, bytes: &mut packet };
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
        let Datagram { at, now, index, bytes, .. } = datagram;
        self.record(at, index, accepted, bytes, shared, out);
        let call = self.call;
        let Some(speaker) = self.at_mut(index) else { return };
        if let Content::Event(Some(key)) = accepted.content {
            out.event(Event::DtmfReceived { call, leg: speaker.id, key });
        }
        if let Some(buffer) = &mut speaker.buffer
            && let Content::Voice(codec) = accepted.content
        {
            let payload = bytes.get(accepted.payload.clone()).unwrap_or_default();
            buffer.write(accepted.epoch, accepted.ts, codec::decode_table(codec), payload);
        }
        let mut listeners = speaker.passes_to;
        let Some(first) = listeners.take_first() else { return };
        for listener in listeners.iter() {
            self.pass_copy(now, listener, accepted, bytes, out);
        }
        if let Some(listener) = self.at_mut(first) {
            listener.leg.pass(now, accepted, bytes, out);
        }
    }

    /// Passes a copy of the packet, because the packet itself is rewritten for another listener.
    #[cold]
    fn pass_copy(
        &mut self,
        now: Timestamp,
        listener: usize,
        accepted: &AcceptedPacket,
        bytes: &[u8],
        out: &mut dyn Sink,
    ) {
        let mut copy = [0; PACKET_MAX];
        let Some(copy) = copy.get_mut(..bytes.len()) else { return };
        copy.copy_from_slice(bytes);
        if let Some(listener) = self.at_mut(listener) {
            listener.leg.pass(now, accepted, copy, out);
        }
    }

    fn record(
        &mut self,
        at: Timestamp,
        index: usize,
        accepted: &AcceptedPacket,
        bytes: &[u8],
        shared: &mut Shared,
        out: &mut dyn Sink,
    ) {
        let caller_hears = self.at(CALLER).map(|leg| leg.hearing).unwrap_or_default();
        let speaker = match caller_hears {
            _ if index == CALLER => Speaker::Caller,
            Hearing::One(one) if one == index => Speaker::Hotline(index),
            Hearing::Mix(voices) if voices.contains(index) => Speaker::OneOfSeveral(index),
            _ => return,
        };
        let Some(tap) = &mut self.tap else { return };
        let AcceptedPacket { epoch, seq, ts, header: Header { marker, .. }, .. } = *accepted;
        let codec = match accepted.content {
            Content::Voice(codec) => codec,
            Content::Noise => return tap.noise(speaker, at, epoch, seq, ts),
            Content::Event(_) | Content::Other => return,
        };
        let Some(payload) = bytes.get(accepted.payload.clone()) else { return };
        let voice = Voice { epoch, seq, ts, marker, table: codec::decode_table(codec), payload };
        tap.voice(speaker, at, voice, &mut shared.pool, out);
    }

    fn run_periodic(&mut self, now: Timestamp, shared: &mut Shared, out: &mut dyn Sink) {
        if let Some(tap) = &mut self.tap {
            tap.advance(now, &mut shared.pool, out);
        }
        let limit = shared.config.voice_lost_after;
        let call = self.call;
        // A ringing leg need not send anything.
        for leg in self.legs.iter_mut().flatten().filter(|leg| leg.is_connected) {
            leg.leg.report(now, shared, out);
            match leg.leg.silence(now, limit) {
                Some(Silence::Began) => out.event(Event::VoiceLost { call, leg: leg.id }),
                Some(Silence::Ended) => out.event(Event::VoiceReturned { call, leg: leg.id }),
                None => {}
            }
        }
    }

    fn index_of(&self, id: LegId) -> Option<usize> {
        self.legs.iter().position(|leg| leg.as_ref().is_some_and(|leg| leg.id == id))
    }

    fn by_id(&mut self, id: LegId) -> Option<&mut CallLeg> {
        self.legs.iter_mut().flatten().find(|leg| leg.id == id)
    }

    fn at(&self, index: usize) -> Option<&CallLeg> {
        self.legs.get(index)?.as_ref()
    }

    fn at_mut(&mut self, index: usize) -> Option<&mut CallLeg> {
        self.legs.get_mut(index)?.as_mut()
    }
}

impl CallLeg {
    /// Follows a change of what it hears: its stream goes on without a jump and without a click.
    fn change_hearing(&mut self, now: Timestamp, before: Hearing, out: &mut dyn Sink) {
        match (before, self.hearing) {
            (Hearing::Mix(_), Hearing::Mix(_)) => return,
            (_, Hearing::Mix(_)) => self.mix.fade = self.leg.begin_mix(),
            (Hearing::Mix(_), _) => {
                if let Some(last) = self.mix.last.take() {
                    let last: &Frame = &last;
                    self.leg.end_mix(now, last, out);
                }
                self.mix = MixState::default();
            }
            _ => {}
        }
        self.leg.cut();
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

fn sum(a: Reception, b: Reception) -> Reception {
    let jitter_ms = if b.packets > 0 { b.jitter_ms } else { a.jitter_ms };
    Reception { packets: a.packets + b.packets, lost: a.lost + b.lost, jitter_ms }
}

/// The index of the caller's leg.
const CALLER: usize = 0;
/// Often enough for RTCP every few seconds and chunks of 250 ms, at almost no cost.
const PERIOD: Duration = Duration::from_millis(100);
/// The longest packet on Ethernet.
const PACKET_MAX: usize = 1_500;
