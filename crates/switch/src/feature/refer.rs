//! Transfer from the phone: REFER inside the talk, and the consultation that a phone dials before it.
//!
//! A phone that dials a colleague while it talks with a caller consults: its second leg and the
//! colleague are legs of the same call, and hear each other only. The phone itself holds the caller
//! meanwhile. REFER with Replaces, or the hang-up of the first leg, leaves the call to the colleague;
//! the hang-up of the second leg ends the consultation.

use model::{
    CallId, LegId, Number, SeatId, Timestamp,
    event::{LegLeftReason, LegRole, SeatActor, TransferTarget},
};
use sip::Incoming;

use crate::{
    CallRejected, Switch,
    call::{Owner, SecondLeg, Stage},
};

impl Switch {
    /// A phone transfers its call. It is told the outcome before its leg is hung up.
    pub(crate) fn referred(
        &mut self,
        now: Timestamp,
        leg: LegId,
        to: &Number,
        replaces: Option<LegId>,
    ) {
        let before = self.outputs.len();
        let code = match self.refer(now, leg, to, replaces) {
            Ok(()) => 200,
            Err(rejected) => code_of(&rejected),
        };
        let answer = sip::Command::AnswerRefer { leg, code };
        self.outputs.insert(before, crate::Output::Sip(answer));
    }

    fn refer(
        &mut self,
        now: Timestamp,
        leg: LegId,
        to: &Number,
        replaces: Option<LegId>,
    ) -> Result<(), CallRejected> {
        let Some(Owner::Seat(call)) = self.legs.get(&leg).copied() else {
            return Err(CallRejected::NotTalking);
        };
        let held = self.calls.get(&call).ok_or(CallRejected::NoSuchCall)?;
        if !held.is_talking() || held.seat_leg() != Some(leg) {
            return Err(CallRejected::NotTalking);
        }
        let by = SeatActor::Phone;
        if let Some(second) = replaces {
            if held.second.as_ref().is_none_or(|own| own.leg != second) {
                return Err(CallRejected::NobodyAsked);
            }
            let is_left = self.leave_to_colleague(now, call, by);
            return if is_left { Ok(()) } else { Err(CallRejected::NobodyAsked) };
        }
        let target = self.target_of(to).ok_or(CallRejected::NoSuchSeat)?;
        self.transfer(now, call, target, by)
    }

    /// The seat, queue or outside number that a phone dials.
    fn target_of(&self, to: &Number) -> Option<TransferTarget> {
        if let Some(seat) = self.seat_of(to) {
            return Some(TransferTarget::Seat(seat));
        }
        if let Some(line) = self.plan.line_of_number(to) {
            return Some(TransferTarget::Queue(line.queue.clone()));
        }
        self.plan.may_call(to).then(|| TransferTarget::Number(to.clone()))
    }

    fn seat_of(&self, dialled: &Number) -> Option<SeatId> {
        let seat: SeatId = dialled.reveal().parse().ok()?;
        self.dispatcher.seat(seat).map(|_| seat)
    }

    /// A phone dials a colleague while it talks with a caller. Returns whether it does; if the
    /// colleague cannot be called, the phone's call is refused.
    pub(crate) fn consult_from_phone(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        incoming: &Incoming,
    ) -> bool {
        let role = match self.seat_of(&incoming.dialled) {
            Some(seat) => LegRole::Colleague { seat },
            None if self.plan.may_call(&incoming.dialled) => {
                LegRole::External { number: incoming.dialled.clone() }
            }
            None => return false,
        };
        let has = |stage: Stage| matches!(stage, Stage::Talking { seat: own, .. } if own == seat);
        let talk = self.dispatcher.talk_of(seat);
        let Some(call) = talk.filter(|call| {
            self.calls.get(call).is_some_and(|held| has(held.stage) && held.second.is_none())
        }) else {
            return false;
        };
        let asked = match self.ports.take(now) {
            None => Err(CallRejected::NoPort),
            Some(rtp_port) => match self.add_guest(now, call, role, SeatActor::Phone) {
                Ok(guest) => Ok((guest, rtp_port)),
                Err(rejected) => {
                    self.ports.put(now, rtp_port);
                    Err(rejected)
                }
            },
        };
        let leg = incoming.leg;
        match asked {
            Ok((guest, rtp_port)) => {
                self.legs.insert(leg, Owner::Second(call));
                if let Some(held) = self.calls.get_mut(&call) {
                    let remote = incoming.remote.clone();
                    held.second =
                        Some(SecondLeg { leg, guest, rtp_port, is_accepted: false, remote });
                }
                self.media(media::Command::AddLeg { call, leg, rtp_port });
                self.sip(sip::Command::Ring { leg });
            }
            Err(rejected) => {
                let code = code_of(&rejected);
                self.sip(sip::Command::Reject { leg, code, retry_after_s: None });
            }
        }
        true
    }

    /// The colleague whom the phone dialled has answered: the phone's second leg is answered too.
    pub(super) fn accept_second(&mut self, call: CallId, guest: LegId) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        let Some(second) = held.second.as_mut().filter(|second| second.guest == guest) else {
            return;
        };
        second.is_accepted = true;
        let SecondLeg { leg, rtp_port, ref remote, .. } = *second;
        let remote = remote.clone();
        self.sip(sip::Command::Accept { leg, rtp_port });
        if let Some(remote) = remote {
            self.connect_second(call, leg, remote);
        }
    }

    /// Connects the second leg, once its media is known.
    pub(crate) fn connect_second(&mut self, call: CallId, leg: LegId, remote: model::RemoteMedia) {
        let Some(held) = self.calls.get(&call) else { return };
        let routes = crate::audibility::routes(held);
        self.media(media::Command::Connect { call, leg, remote, routes });
    }

    /// The phone hung up its second leg: the consultation is over.
    pub(crate) fn second_ended(&mut self, now: Timestamp, call: CallId, leg: LegId) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        let Some(second) = held.second.take_if(|second| second.leg == leg) else { return };
        self.media(media::Command::DropLeg { call, leg });
        self.sip(sip::Command::HangUp { leg: second.guest, reason: None });
        self.guest_left(now, call, second.guest, LegLeftReason::Removed);
    }

    /// Ends the second leg of the phone, because the colleague left, or has the call.
    pub(crate) fn release_second(&mut self, call: CallId) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        let Some(second) = held.second.take() else { return };
        let leg = second.leg;
        self.legs.remove(&leg);
        self.sip(match second.is_accepted {
            true => sip::Command::HangUp { leg, reason: None },
            false => sip::Command::Reject { leg, code: 480, retry_after_s: None },
        });
        self.media(media::Command::DropLeg { call, leg });
    }
}

/// The SIP code that tells a phone why it cannot do this.
fn code_of(rejected: &CallRejected) -> u16 {
    match rejected {
        CallRejected::NoSuchCall
        | CallRejected::NoSuchSeat
        | CallRejected::NoSuchQueue
        | CallRejected::NobodyAsked
        | CallRejected::NotInCall => 404,
        CallRejected::SeatUnreachable => 480,
        CallRejected::SeatBusy | CallRejected::QueueFull | CallRejected::TooManyParties => 486,
        CallRejected::NoPort | CallRejected::NoTrunk | CallRejected::Draining => 503,
        CallRejected::NumberNotAllowed => 403,
        CallRejected::NotTalking
        | CallRejected::HeldAlready
        | CallRejected::NotHeld
        | CallRejected::HeldByPhone => 603,
    }
}
