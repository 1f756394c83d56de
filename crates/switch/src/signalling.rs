//! Events of signalling and of the voice thread about the legs of calls.

use model::{
    CallId, Direction, Event, LegId, RemoteMedia, Timestamp,
    event::{
        CallConnected, CallEnd, CallHeld, CallKeyed, CallRefused, CallResumed, LegLeftReason,
        MissedReason, Party, SeatActor,
    },
};
use sip::LegEnd;

use crate::{
    Switch, audibility,
    call::{Call, Owner, Stage},
    keys::KeyTransport,
    voice,
};

impl Switch {
    pub(crate) fn handle_sip_event(&mut self, now: Timestamp, event: sip::Event) {
        match event {
            // A seat's own call arrives here; a citizen's call arrives through the intake.
            sip::Event::Incoming(incoming) => self.arrive(now, incoming),
            sip::Event::Refused { caller, dialled, trunk, code, cause } => {
                let call = self.next_call(now);
                self.emit(Event::CallRefused(CallRefused {
                    call,
                    caller,
                    dialled,
                    trunk,
                    code,
                    cause,
                }));
            }
            sip::Event::Confirmed { leg, remote } => self.confirmed(leg, remote),
            sip::Event::VoiceExpected { leg, signalled } => {
                // Once the leg is answered, the SDP of the answer is used.
                if let Some(call) = self.ringing_in(leg) {
                    self.media(media::Command::ExpectSource { call, leg, signalled });
                }
            }
            sip::Event::Ringing { leg } => {
                if let Some(offer) = self.offer_of(leg) {
                    self.dispatcher.handle_input(now, acd::Input::Ringing { offer });
                }
            }
            sip::Event::Answered { leg, remote } => self.answered(now, leg, remote),
            sip::Event::Failed { leg, code } => self.leg_failed(now, leg, code),
            sip::Event::RemoteChanged { leg, remote } => self.changed(leg, remote),
            sip::Event::DtmfReceived { leg, key } => {
                if let Some((call, by)) = self.side(leg) {
                    self.keyed(now, CallKeyed { call, by, key }, KeyTransport::Info);
                }
            }
            sip::Event::Referred { leg, to, replaces } => {
                self.referred(now, leg, &to, replaces);
            }
            sip::Event::Ended { leg, end } => self.leg_ended(now, leg, end),
            sip::Event::SeatReached { seat } => {
                self.dispatcher.handle_input(now, acd::Input::SeatReached { seat });
            }
            sip::Event::SeatUnreached { seat } => {
                self.dispatcher.handle_input(now, acd::Input::SeatUnreached { seat });
            }
            // Heartline registers nowhere, and signalling counts and logs rate-limited messages.
            sip::Event::Registered { .. } | sip::Event::RateLimited { .. } => {}
        }
    }

    /// The call in which a leg of a phone rings.
    fn ringing_in(&self, leg: LegId) -> Option<CallId> {
        let (Owner::Seat(call) | Owner::Guest(call)) = *self.legs.get(&leg)? else { return None };
        let held = self.calls.get(&call)?;
        let rings = match held.stage {
            Stage::Ringing { leg: ringing, .. } | Stage::Transferring { leg: ringing, .. } => {
                ringing == leg
            }
            _ => false,
        };
        let is_asked = held.guest(leg).is_some_and(|guest| !guest.is_joined());
        (rings || is_asked).then_some(call)
    }

    pub(crate) fn confirmed(&mut self, leg: LegId, remote: Option<RemoteMedia>) {
        match (self.legs.get(&leg), remote) {
            (Some(Owner::Caller(call) | Owner::Feature(call)), Some(remote)) => {
                let call = *call;
                self.media(media::Command::SetRemote { call, leg, remote });
            }
            (Some(Owner::Second(call)), Some(remote)) => {
                let call = *call;
                self.connect_second(call, leg, remote);
            }
            // The remote media is known from the offer.
            (Some(_), None) => {}
            // Only incoming legs are confirmed, and a leg that has ended has no owner.
            (Some(Owner::Seat(_) | Owner::Guest(_)) | None, _) => {}
        }
    }

    pub(crate) fn answered(&mut self, now: Timestamp, leg: LegId, remote: RemoteMedia) {
        let call = match self.legs.get(&leg).copied() {
            Some(Owner::Seat(call)) => call,
            Some(Owner::Guest(call)) => return self.guest_answered(now, call, leg, remote),
            Some(Owner::Caller(_) | Owner::Second(_) | Owner::Feature(_)) | None => return,
        };
        let Some(held) = self.calls.get_mut(&call) else { return };
        if let Stage::Transferring { .. } = held.stage {
            return self.transfer_answered(now, call, leg, remote);
        }
        let Stage::Ringing { offer, seat, leg: ringing, since, .. } = held.stage else {
            // The offer was withdrawn while the seat picked up; `sip` ends the leg.
            return;
        };
        if ringing != leg {
            return;
        }
        let wait = now.since(held.queued);
        held.wait += wait;
        held.stage = Stage::Talking { seat, leg, since: now };
        held.talked_with = Some(seat);
        let connected = CallConnected {
            call,
            queue: held.queue.clone(),
            seat,
            wait_ms: wait.as_millis() as u64,
            ring_ms: now.ms_since(since),
        };
        let routes = audibility::routes(held);
        self.media(media::Command::Connect { call, leg, remote, routes });
        self.dispatcher.handle_input(now, acd::Input::Answered { offer });
        self.handle_dispatcher_outputs(now);
        self.emit(Event::CallConnected(connected));
    }

    pub(crate) fn leg_failed(&mut self, now: Timestamp, leg: LegId, code: u16) {
        let call = match self.legs.remove(&leg) {
            Some(Owner::Seat(call)) => call,
            Some(Owner::Guest(call)) => {
                return self.guest_left(now, call, leg, LegLeftReason::Unanswered);
            }
            Some(Owner::Caller(_) | Owner::Second(_) | Owner::Feature(_)) | None => return,
        };
        let Some(held) = self.calls.get_mut(&call) else { return };
        match held.stage {
            Stage::Transferring { leg: ringing, .. } => {
                if ringing == leg {
                    self.transfer_failed(now, call, Some(code));
                }
            }
            Stage::Ringing { offer, leg: ringing, .. } if ringing == leg => {
                held.stage = Stage::Waiting;
                self.media(media::Command::DropLeg { call, leg });
                let reason = MissedReason::of_code(code);
                self.dispatcher.handle_input(now, acd::Input::Missed { offer, reason, code });
            }
            // The offer was withdrawn before; this is the 487 to our CANCEL.
            Stage::Ringing { .. }
            | Stage::Menu { .. }
            | Stage::Waiting
            | Stage::Talking { .. }
            | Stage::Message { .. }
            | Stage::Outside { .. } => {}
            // The call is over; this is the 487 to our CANCEL.
            Stage::Leaving { .. } | Stage::Closing { .. } => {}
        }
    }

    pub(crate) fn changed(&mut self, leg: LegId, remote: RemoteMedia) {
        let Some((call, party)) = self.side(leg) else { return };
        let direction = remote.direction;
        self.media(media::Command::SetRemote { call, leg, remote });
        let Some(held) = self.calls.get_mut(&call) else { return };
        if !held.is_talking() {
            return;
        }
        // A side holds when it does not want to hear the other one. Our direction is then
        // receive-only or inactive.
        let holds = matches!(direction, Direction::RecvOnly | Direction::Inactive);
        // `false` when the address changed, not the direction.
        let is_changed = if holds { held.holding.insert(leg) } else { held.holding.remove(&leg) };
        if is_changed {
            self.emit(match holds {
                true => Event::CallHeld(CallHeld { call, by: party }),
                false => Event::CallResumed(CallResumed { call, by: party }),
            });
        }
        self.update_silence_alarm(call);
    }

    pub(crate) fn leg_ended(&mut self, now: Timestamp, leg: LegId, end: LegEnd) {
        match self.legs.remove(&leg) {
            Some(Owner::Caller(call)) => {
                let talked = self.calls.get(&call).is_some_and(|held| held.talked_with.is_some());
                let has_message = self.has_message(now, call);
                let in_menu = self.calls.get(&call).is_some_and(|held| held.menu.is_some());
                let how = match end {
                    _ if has_message => CallEnd::MessageLeft,
                    LegEnd::ByeReceived | LegEnd::Cancelled | LegEnd::HungUp if in_menu => {
                        CallEnd::LeftInMenu
                    }
                    LegEnd::ByeReceived | LegEnd::Cancelled | LegEnd::HungUp if talked => {
                        CallEnd::CallerHungUp
                    }
                    LegEnd::ByeReceived | LegEnd::Cancelled | LegEnd::HungUp => CallEnd::Abandoned,
                    LegEnd::NoAck | LegEnd::Lost | LegEnd::Expired => CallEnd::Lost,
                };
                self.end(now, call, how);
            }
            Some(Owner::Seat(call)) => {
                let current = self.calls.get(&call).and_then(Call::seat_leg) == Some(leg);
                if current {
                    // An agent who hangs up beside a colleague who was asked leaves the call to them.
                    if self.leave_to_colleague(now, call, SeatActor::Phone) {
                        return self.handle_dispatcher_outputs(now);
                    }
                    let how = match end {
                        LegEnd::ByeReceived | LegEnd::Cancelled | LegEnd::HungUp => {
                            CallEnd::SeatHungUp
                        }
                        LegEnd::NoAck | LegEnd::Lost | LegEnd::Expired => CallEnd::Lost,
                    };
                    self.end(now, call, how);
                }
            }
            Some(Owner::Guest(call)) => self.guest_left(now, call, leg, LegLeftReason::HungUp),
            Some(Owner::Second(call)) => self.second_ended(now, call, leg),
            Some(Owner::Feature(call)) => self.feature_ended(now, call),
            // The leg is already released.
            None => {}
        }
    }

    pub(crate) fn handle_media_event(&mut self, now: Timestamp, event: media::Event) {
        match event {
            media::Event::DtmfReceived { call, leg, key } => {
                if let Some(by) = self.calls.get(&call).and_then(|held| held.party(leg)) {
                    self.keyed(now, CallKeyed { call, by, key }, KeyTransport::Rtp);
                }
            }
            media::Event::PromptsEnded { call, .. } => {
                if let Some(feature) = self.features.get(&call) {
                    let leg = feature.leg;
                    self.sip(sip::Command::HangUp { leg, reason: None });
                    return;
                }
                match self.calls.get(&call).map(|held| held.stage) {
                    Some(Stage::Leaving { end, .. }) => self.end(now, call, end),
                    Some(Stage::Message { begun: None, .. }) => self.message_due(now, call),
                    Some(Stage::Menu { .. }) => self.menu_prompts_ended(now, call),
                    _ => {}
                }
            }
            media::Event::VoiceLost { call, leg } => self.voice_lost(now, call, leg),
            media::Event::VoiceReturned { call, leg } => self.voice_returned(call, leg),
            media::Event::SourceAssumed { call, leg } => self.source_assumed(call, leg),
            media::Event::SourcesConflict { call, leg } => self.sources_rival(call, leg),
            media::Event::Closed { call, ports, quality } => {
                if let Some(held) = self.relay_closed(call) {
                    let talked = held.talked_with.is_some();
                    let measured = voice::measured(call, &quality, talked);
                    self.emit(Event::VoiceMeasured(measured));
                }
                self.sources_settled(call);
                for port in ports {
                    self.ports.put(now, port);
                }
            }
            media::Event::PortFreed { rtp_port } => self.ports.put(now, rtp_port),
        }
    }

    pub(crate) fn keyed(&mut self, now: Timestamp, keyed: CallKeyed, transport: KeyTransport) {
        let Some(held) = self.calls.get_mut(&keyed.call) else { return };
        if held.keys.is_press(now, keyed.by, keyed.key, transport) {
            let CallKeyed { call, by, key } = keyed;
            let is_secret = by == Party::Caller && held.is_secret_key(now);
            let in_menu = held.menu.is_some();
            if !is_secret {
                self.emit(Event::CallKeyed(keyed));
            } else if !in_menu {
                // A digit too many is no choice in the queue.
                return;
            }
            if by == Party::Caller {
                self.caller_pressed(now, call, key);
            }
        }
    }
}
