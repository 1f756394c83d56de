//! A call goes from one agent to another, or to a queue.
//!
//! The talk of the agent who transfers ends with `CallTransferred`, and wrap-up begins. A colleague
//! who was asked before has the call at once (attended). Without asking (blind), the phone of the new
//! seat rings while the caller hears music; when it does not take the call, the phone of the agent
//! who transferred rings, and when that fails too, the call returns to its queue with the time it
//! had waited.

use std::time::Duration;

use model::{
    CallId, Event, LegId, RemoteMedia, SeatId, Timestamp,
    event::{CallTransferred, LegLeftReason, LegRole, SeatActor, TransferFailed, TransferTarget},
};

use crate::{
    CallRejected, Switch, audibility,
    call::{GuestState, Owner, Stage},
};

impl Switch {
    /// Gives the call away without asking.
    pub(super) fn transfer(
        &mut self,
        now: Timestamp,
        call: CallId,
        to: TransferTarget,
        by: SeatActor,
    ) -> Result<(), CallRejected> {
        let held = self.calls.get(&call).ok_or(CallRejected::NoSuchCall)?;
        let Stage::Talking { seat: from, .. } = held.stage else {
            return Err(CallRejected::NotTalking);
        };
        if self.draining {
            return Err(CallRejected::Draining);
        }
        match &to {
            TransferTarget::Seat(seat) => {
                let leg = self.dial_seat(now, call, *seat)?;
                self.end_talk(now, call, to.clone(), false, by);
                self.ring_for_transfer(now, call, *seat, leg, Some(from));
            }
            TransferTarget::Queue(queue) => {
                if !self.dispatcher.has_queue(queue) {
                    return Err(CallRejected::NoSuchQueue);
                }
                if self.dispatcher.is_full(queue) {
                    return Err(CallRejected::QueueFull);
                }
                self.end_talk(now, call, to.clone(), false, by);
                if let Some(held) = self.calls.get_mut(&call) {
                    held.queue = queue.clone();
                }
                self.queue_again(now, call, now);
            }
            TransferTarget::Number(number) => {
                let role = LegRole::External { number: number.clone() };
                self.add_guest(now, call, role, by.clone())?;
                self.end_talk(now, call, to.clone(), false, by);
                self.leave_outside(call, Some(from));
            }
        }
        Ok(())
    }

    /// Leaves the call to the colleague who was asked.
    pub(super) fn complete_transfer(
        &mut self,
        now: Timestamp,
        call: CallId,
        by: SeatActor,
    ) -> Result<(), CallRejected> {
        if !self.calls.get(&call).is_some_and(|held| held.is_talking()) {
            return Err(CallRejected::NotTalking);
        }
        if self.leave_to_colleague(now, call, by) { Ok(()) } else { Err(CallRejected::NobodyAsked) }
    }

    /// Leaves the call to the colleague who was asked, in the call or still ringing. Returns whether
    /// there is one.
    pub(crate) fn leave_to_colleague(
        &mut self,
        now: Timestamp,
        call: CallId,
        by: SeatActor,
    ) -> bool {
        let Some(held) = self.calls.get(&call) else { return false };
        let Stage::Talking { seat: from, .. } = held.stage else { return false };
        let mut asked = held.guests.iter().filter(|guest| guest.is_asked());
        let Some(guest) = asked.clone().find(|guest| guest.is_joined()).or_else(|| asked.next())
        else {
            return false;
        };
        let (leg, state) = (guest.leg, guest.state);
        let seat = match &guest.role {
            LegRole::Colleague { seat } | LegRole::Supervisor { seat, .. } => *seat,
            LegRole::External { number } => {
                let (to, attended) = (TransferTarget::Number(number.clone()), guest.is_joined());
                self.release_second(call);
                self.end_talk(now, call, to, attended, by);
                self.leave_outside(call, Some(from).filter(|_| !attended));
                return true;
            }
        };
        match state {
            GuestState::Joined { .. } => self.hand_over(now, call, leg, by),
            GuestState::Ringing { .. } => {
                if let Some(guest) = self.take_guest(call, leg) {
                    self.release_second(call);
                    self.note_guest_left(now, call, &guest, LegLeftReason::TookOver);
                }
                self.end_talk(now, call, TransferTarget::Seat(seat), false, by);
                self.ring_for_transfer(now, call, seat, leg, Some(from));
            }
        }
        true
    }

    /// A guest in the call becomes its agent.
    pub(super) fn hand_over(&mut self, now: Timestamp, call: CallId, leg: LegId, by: SeatActor) {
        let Some(guest) = self.take_guest(call, leg) else { return };
        let Some(seat) = guest.role.seat() else { return };
        self.note_guest_left(now, call, &guest, LegLeftReason::TookOver);
        self.release_second(call);
        self.end_talk(now, call, TransferTarget::Seat(seat), true, by);
        self.legs.insert(leg, Owner::Seat(call));
        self.take_talk(now, call, seat, leg, 0);
        self.route(call);
    }

    /// The phone that rings for a transferred call was answered.
    pub(crate) fn transfer_answered(
        &mut self,
        now: Timestamp,
        call: CallId,
        leg: LegId,
        remote: RemoteMedia,
    ) {
        let Some(held) = self.calls.get(&call) else { return };
        let Stage::Transferring { to, leg: ringing, since, .. } = held.stage else { return };
        if ringing != leg {
            return;
        }
        self.take_talk(now, call, to, leg, now.ms_since(since));
        let Some(held) = self.calls.get(&call) else { return };
        let routes = audibility::routes(held);
        self.media(media::Command::Connect { call, leg, remote, routes });
    }

    /// The phone that rings for a transferred call was not answered: the call goes back. `code` is
    /// the phone's final answer.
    pub(crate) fn transfer_failed(&mut self, now: Timestamp, call: CallId, code: Option<u16>) {
        let Some(held) = self.calls.get(&call) else { return };
        let Stage::Transferring { to, leg, from, .. } = held.stage else { return };
        self.legs.remove(&leg);
        self.media(media::Command::DropLeg { call, leg });
        self.emit(Event::TransferFailed(TransferFailed { call, seat: Some(to), code }));
        self.dispatcher.handle_input(now, acd::Input::SeatFree { seat: to });
        self.return_call(now, call, from);
    }

    /// A transfer failed: the phone of the seat that transferred rings, or the call waits again.
    pub(super) fn return_call(&mut self, now: Timestamp, call: CallId, from: Option<SeatId>) {
        let back = from.and_then(|seat| Some((seat, self.dial_seat(now, call, seat).ok()?)));
        match back {
            Some((seat, leg)) => self.ring_for_transfer(now, call, seat, leg, None),
            None => {
                let since = self.calls.get(&call).map_or(now, |held| held.arrived);
                self.queue_again(now, call, since);
            }
        }
    }

    /// Ends the talk of the seat that has the call; the call itself goes on.
    fn end_talk(
        &mut self,
        now: Timestamp,
        call: CallId,
        to: TransferTarget,
        attended: bool,
        by: SeatActor,
    ) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        let Stage::Talking { seat, leg, since } = held.stage else { return };
        let talk = now.since(since);
        held.talk += talk;
        held.stage = Stage::Waiting;
        held.holding.remove(&leg);
        let talk_ms = talk.as_millis() as u64;
        if held.hold.is_some() {
            self.set_hold(call, None);
        }
        self.emit(Event::CallTransferred(CallTransferred {
            call,
            seat,
            to,
            attended,
            by,
            talk_ms,
        }));
        if self.legs.remove(&leg).is_some() {
            self.sip(sip::Command::HangUp { leg, reason: None });
        }
        self.forget_silence_of(call, leg);
        self.media(media::Command::DropLeg { call, leg });
        self.dispatcher.handle_input(now, acd::Input::TalkEnded { call });
    }

    /// The caller is with an outside number from now on; no seat has the call.
    fn leave_outside(&mut self, call: CallId, from: Option<SeatId>) {
        if let Some(held) = self.calls.get_mut(&call) {
            held.stage = Stage::Outside { from };
        }
        self.route(call);
    }

    fn ring_for_transfer(
        &mut self,
        now: Timestamp,
        call: CallId,
        to: SeatId,
        leg: LegId,
        from: Option<SeatId>,
    ) {
        self.legs.insert(leg, Owner::Seat(call));
        let until = now + TRANSFER_RING;
        self.set_deadline(until, call);
        if let Some(held) = self.calls.get_mut(&call) {
            held.stage = Stage::Transferring { to, leg, since: now, until, from };
        }
        self.route(call);
    }

    /// A seat has the call from now on.
    fn take_talk(&mut self, now: Timestamp, call: CallId, seat: SeatId, leg: LegId, ring_ms: u64) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        held.stage = Stage::Talking { seat, leg, since: now };
        held.talked_with = Some(seat);
        let queue = held.queue.clone();
        self.dispatcher.handle_input(now, acd::Input::TalkTaken { call, seat, queue, ring_ms });
        self.handle_dispatcher_outputs(now);
    }

    /// The call waits in its queue, with the time that it waited since `since`.
    fn queue_again(&mut self, now: Timestamp, call: CallId, since: Timestamp) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        held.stage = Stage::Waiting;
        held.queued = now;
        let (skills, priority) = self.plan.needs(&held.line, &held.queue);
        let queue = held.queue.clone();
        self.route(call);
        self.dispatcher.handle_input(
            now,
            acd::Input::Enqueue { call, queue, skills, priority, since, transferred: true },
        );
    }
}

/// How long the phone of the seat rings that a call was transferred to.
const TRANSFER_RING: Duration = Duration::from_secs(20);
