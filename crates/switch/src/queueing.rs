//! Calls that wait: offers to seats, announcements, and the exit from the queue.

use acd::WithdrawReason;
use model::{
    CallId, LineId, OfferId, SeatId, Timestamp,
    event::{CallEnd, QueueExit},
};
use sip::{Dial, Target};

use crate::{
    Switch, TIMERS_A_TURN,
    call::{Owner, Stage},
};

impl Switch {
    pub(crate) fn handle_dispatcher_outputs(&mut self, now: Timestamp) {
        while let Some(output) = self.dispatcher.poll_output() {
            match output {
                acd::Output::Event(event) => self.emit(event),
                acd::Output::Offer { offer, call, seat, .. } => self.offer(now, offer, call, seat),
                acd::Output::Withdraw { call, seat, why, .. } => self.withdraw(call, seat, why),
                acd::Output::SeatRemoved { seat } => self.sip(sip::Command::RemoveSeat(seat)),
                acd::Output::Exit { call, exit } => self.leave_queue(now, call, Some(exit)),
                // The queue had space a moment ago and got full in between; the caller hears the
                // final prompt.
                acd::Output::Refused { call, .. } => self.leave_queue(now, call, None),
            }
        }
    }

    pub(crate) fn offer(&mut self, now: Timestamp, offer: OfferId, call: CallId, seat: SeatId) {
        let Some(rtp_port) = self.ports.take(now) else {
            self.shortage.port_missing(now);
            self.dispatcher.handle_input(now, acd::Input::NotRung { offer });
            return;
        };
        let leg = self.next_leg();
        let Some(held) = self.calls.get_mut(&call) else {
            self.ports.put(now, rtp_port);
            self.dispatcher.handle_input(now, acd::Input::Leave { call });
            return;
        };
        held.stage = Stage::Ringing { offer, seat, leg, since: now };
        let dial = Dial {
            leg,
            to: Target::Seat(seat),
            caller: held.caller.clone(),
            display: self.plan.display(&held.line).to_owned(),
            rtp_port,
            headers: vec![("X-Heartline-Call", call.to_string())],
            credentials: None,
        };
        self.legs.insert(leg, Owner::Seat(call));
        self.sip(sip::Command::Dial(dial));
        self.media(media::Command::AddLeg { call, leg, rtp_port });
    }

    /// Sets the time of the first announcement to a call that begins to wait.
    pub(crate) fn announce_later(&mut self, now: Timestamp, call: CallId, line: &LineId) {
        let announcements = self.plan.lines.get(line).map(|line| &line.announcements);
        if let Some(first) = announcements.filter(|all| !all.first.is_empty()) {
            self.announce_at.insert((now + first.first_after, call));
        }
    }

    /// Plays the announcements that are due to waiting callers, at most [`TIMERS_A_TURN`].
    pub(crate) fn announce(&mut self, now: Timestamp) {
        for _ in 0..TIMERS_A_TURN {
            let Some((at, call)) = self.announce_at.first().copied() else { return };
            if at > now {
                return;
            }
            self.announce_at.pop_first();
            self.announce_to(now, call);
        }
    }

    pub(crate) fn announce_to(&mut self, now: Timestamp, call: CallId) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        if !matches!(held.stage, Stage::Waiting | Stage::Ringing { .. }) {
            return;
        }
        let Some(line) = self.plan.lines.get(&held.line) else { return };
        let announcements = &line.announcements;
        let prompts = if held.announced { &announcements.repeat } else { &announcements.first };
        held.announced = true;
        if let Some(every) = announcements.every.filter(|_| !announcements.repeat.is_empty()) {
            self.announce_at.insert((now + every, call));
        }
        if !prompts.is_empty() {
            let (leg, prompts) = (held.leg, prompts.clone());
            self.media(media::Command::Play { call, leg, prompts });
        }
    }

    pub(crate) fn withdraw(&mut self, call: CallId, seat: SeatId, why: WithdrawReason) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        match held.stage {
            Stage::Ringing { seat: ringing, leg, .. } if ringing == seat => {
                held.stage = Stage::Waiting;
                // Without this reason (RFC 3326) a phone lists the call as missed, which is right
                // at the deadline.
                let reason =
                    (why == WithdrawReason::TakenBack).then_some("Call completed elsewhere");
                self.sip(sip::Command::HangUp { leg, reason });
                self.media(media::Command::DropLeg { call, leg });
            }
            // The leg failed at the same moment, or the call is over.
            Stage::Ringing { .. }
            | Stage::Menu { .. }
            | Stage::Waiting
            | Stage::Talking { .. }
            | Stage::Transferring { .. }
            | Stage::Outside { .. }
            | Stage::Message { .. }
            | Stage::Leaving { .. }
            | Stage::Closing { .. } => {}
        }
    }

    pub(crate) fn leave_queue(&mut self, now: Timestamp, call: CallId, exit: Option<QueueExit>) {
        let until = self.prompt_deadline(now, &self.plan.sorry);
        let Some(held) = self.calls.get_mut(&call) else { return };
        held.wait += now.since(held.queued);
        if exit != Some(QueueExit::Draining) && self.begin_message(now, call) {
            return;
        }
        let Some(held) = self.calls.get_mut(&call) else { return };
        let end = match exit {
            Some(QueueExit::Draining) => CallEnd::Drained,
            Some(
                QueueExit::Timeout | QueueExit::Empty | QueueExit::Overflow | QueueExit::Voicemail,
            )
            | None => CallEnd::QueueExit,
        };
        held.stage = Stage::Leaving { end, until };
        let leg = held.leg;
        if self.plan.sorry.is_empty() {
            self.end(now, call, end);
        } else {
            self.set_deadline(until, call);
            let prompts = self.plan.sorry.clone();
            self.media(media::Command::Play { call, leg, prompts });
        }
    }
}
