//! Colleagues and supervisors in a call: their phones are dialled, join, and leave.

use std::time::Duration;

use model::{
    CallId, Event, LegId, SeatId, Timestamp,
    event::{LegDialled, LegJoined, LegLeft, LegLeftReason, LegRole, SeatActor},
};
use sip::{Dial, Target};

use crate::{
    CallRejected, GuestRef, Switch, audibility,
    call::{Call, Guest, GuestState, Hold, Owner, Stage},
    command::check_phone,
};

impl Switch {
    /// Asks a colleague or an outside number; the caller is held meanwhile.
    pub(super) fn invite(
        &mut self,
        now: Timestamp,
        call: CallId,
        role: LegRole,
        by: SeatActor,
    ) -> Result<(), CallRejected> {
        let held = self.calls.get(&call).ok_or(CallRejected::NoSuchCall)?;
        if !held.is_talking() {
            return Err(CallRejected::NotTalking);
        }
        let hold = held.hold;
        self.add_guest(now, call, role, by)?;
        if hold.is_none() {
            self.set_hold(call, Some(Hold::Consultation));
        }
        Ok(())
    }

    /// Removes a colleague or an outside number from the call.
    pub(super) fn remove_guest(
        &mut self,
        now: Timestamp,
        call: CallId,
        whom: &GuestRef,
    ) -> Result<(), CallRejected> {
        let held = self.calls.get(&call).ok_or(CallRejected::NoSuchCall)?;
        let is_meant = |guest: &&Guest| match whom {
            GuestRef::Party(whom) => guest.role == LegRole::from(whom.clone()),
            GuestRef::Leg(leg) => guest.leg == *leg,
        };
        let guest = held.guests.iter().filter(|guest| guest.is_asked()).find(is_meant);
        let leg = guest.ok_or(CallRejected::NobodyAsked)?.leg;
        self.sip(sip::Command::HangUp { leg, reason: None });
        self.guest_left(now, call, leg, LegLeftReason::Removed);
        Ok(())
    }

    /// Dials the phone of a colleague or a supervisor, or an outside number.
    pub(super) fn add_guest(
        &mut self,
        now: Timestamp,
        call: CallId,
        role: LegRole,
        by: SeatActor,
    ) -> Result<LegId, CallRejected> {
        let held = self.calls.get(&call).ok_or(CallRejected::NoSuchCall)?;
        if self.draining {
            return Err(CallRejected::Draining);
        }
        if held.guests.len() >= GUESTS_MAX {
            return Err(CallRejected::TooManyParties);
        }
        let (leg, ring) = match &role {
            LegRole::Colleague { seat } | LegRole::Supervisor { seat, .. } => {
                (self.dial_seat(now, call, *seat)?, GUEST_RING)
            }
            LegRole::External { number } => (self.dial_number(now, call, number)?, OUTSIDE_RING),
        };
        self.legs.insert(leg, Owner::Guest(call));
        let until = now + ring;
        self.set_deadline(until, call);
        if let Some(held) = self.calls.get_mut(&call) {
            let state = GuestState::Ringing { since: now, until };
            held.guests.push(Guest { leg, role: role.clone(), state });
        }
        self.emit(Event::LegDialled(LegDialled { call, leg, role, by }));
        Ok(leg)
    }

    /// Dials the phone of a seat for a call, not by offer. The dispatcher does not ring it meanwhile.
    pub(super) fn dial_seat(
        &mut self,
        now: Timestamp,
        call: CallId,
        seat: SeatId,
    ) -> Result<LegId, CallRejected> {
        check_phone(self.dispatcher.seat(seat))?;
        let held = self.calls.get(&call).ok_or(CallRejected::NoSuchCall)?;
        let (caller, display) = (held.caller.clone(), self.plan.display(&held.line).to_owned());
        let rtp_port = self.ports.take(now).ok_or(CallRejected::NoPort)?;
        let leg = self.next_leg();
        self.dispatcher.handle_input(now, acd::Input::SeatBusy { seat });
        self.sip(sip::Command::Dial(Dial {
            leg,
            to: Target::Seat(seat),
            caller,
            display,
            rtp_port,
            headers: vec![("X-Heartline-Call", call.to_string())],
            credentials: None,
        }));
        self.media(media::Command::AddLeg { call, leg, rtp_port });
        Ok(leg)
    }

    /// A guest's phone was answered.
    pub(crate) fn guest_answered(
        &mut self,
        now: Timestamp,
        call: CallId,
        leg: LegId,
        remote: model::RemoteMedia,
    ) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        let Some(guest) = held.guests.iter_mut().find(|guest| guest.leg == leg) else { return };
        let GuestState::Ringing { since, .. } = guest.state else { return };
        guest.state = GuestState::Joined { since: now };
        let role = guest.role.clone();
        if let (Stage::Outside { from }, LegRole::External { .. }) = (&mut held.stage, &role) {
            *from = None;
        }
        let joined = LegJoined { call, leg, role, ring_ms: now.ms_since(since) };
        let routes = audibility::routes(held);
        self.media(media::Command::Connect { call, leg, remote, routes });
        self.emit(Event::LegJoined(joined));
        self.accept_second(call, leg);
    }

    /// A guest left the call, or did not answer. The leg is over, or was told to end.
    pub(crate) fn guest_left(
        &mut self,
        now: Timestamp,
        call: CallId,
        leg: LegId,
        end: LegLeftReason,
    ) {
        let Some(guest) = self.take_guest(call, leg) else { return };
        self.media(media::Command::DropLeg { call, leg });
        self.note_guest_left(now, call, &guest, end);
        self.free_seat(now, &guest.role);
        let aside = |held: &Call| held.second.as_ref().is_some_and(|second| second.guest == leg);
        if self.calls.get(&call).is_some_and(aside) {
            self.release_second(call);
        }
        let Some(held) = self.calls.get(&call) else { return };
        let colleagues = held.guests.iter().any(Guest::is_asked);
        if let Stage::Outside { from } = held.stage
            && !colleagues
        {
            return self.outside_left(now, call, from, end);
        }
        if held.hold == Some(Hold::Consultation) && !colleagues {
            self.set_hold(call, None);
        } else {
            self.route(call);
        }
    }

    /// Hangs up all guests of a call that ends.
    pub(crate) fn release_guests(&mut self, now: Timestamp, call: CallId) {
        self.release_second(call);
        let Some(held) = self.calls.get_mut(&call) else { return };
        for guest in std::mem::take(&mut held.guests) {
            self.legs.remove(&guest.leg);
            self.sip(sip::Command::HangUp { leg: guest.leg, reason: None });
            self.outbound.remove(&guest.leg);
            self.note_guest_left(now, call, &guest, LegLeftReason::CallEnded);
            self.free_seat(now, &guest.role);
        }
    }

    /// Removes a guest who leaves, or who takes the call over.
    pub(super) fn take_guest(&mut self, call: CallId, leg: LegId) -> Option<Guest> {
        let held = self.calls.get_mut(&call)?;
        let place = held.guests.iter().position(|guest| guest.leg == leg)?;
        held.holding.remove(&leg);
        self.legs.remove(&leg);
        self.outbound.remove(&leg);
        self.forget_silence_of(call, leg);
        Some(self.calls.get_mut(&call)?.guests.remove(place))
    }

    pub(super) fn note_guest_left(
        &mut self,
        now: Timestamp,
        call: CallId,
        guest: &Guest,
        end: LegLeftReason,
    ) {
        let Guest { leg, ref role, state } = *guest;
        let role = role.clone();
        let joined_ms = match state {
            GuestState::Joined { since } => Some(now.ms_since(since)),
            GuestState::Ringing { .. } => None,
        };
        self.emit(Event::LegLeft(LegLeft { call, leg, role, end, joined_ms }));
    }

    /// The phone of a guest is free again.
    pub(super) fn free_seat(&mut self, now: Timestamp, role: &LegRole) {
        if let Some(seat) = role.seat() {
            self.dispatcher.handle_input(now, acd::Input::SeatFree { seat });
        }
    }

    /// Gives up the guests of a call that ring for too long.
    pub(crate) fn end_overdue_guests(&mut self, now: Timestamp, call: CallId) {
        let Some(held) = self.calls.get(&call) else { return };
        let is_overdue = |guest: &&Guest| match guest.state {
            GuestState::Ringing { until, .. } => until <= now,
            GuestState::Joined { .. } => false,
        };
        let overdue: Vec<LegId> =
            held.guests.iter().filter(is_overdue).map(|guest| guest.leg).collect();
        for leg in overdue {
            self.sip(sip::Command::HangUp { leg, reason: None });
            self.guest_left(now, call, leg, LegLeftReason::Unanswered);
        }
    }
}

/// How long the phone of a colleague or supervisor rings.
const GUEST_RING: Duration = Duration::from_secs(30);
/// How long an outside number rings.
const OUTSIDE_RING: Duration = Duration::from_secs(60);
/// The most colleagues and supervisors in one call: with caller and agent ten legs.
const GUESTS_MAX: usize = 8;
