//! The commands for each state of a seat. A rejection lists the commands allowed now.

use std::time::Duration;

use model::{
    AccountName, CallId, Event, Login, NotReadyReason, OfferId, SeatId, Timestamp,
    event::{AfterTalk, SeatActor, SeatLoggedIn, SeatNextSet, SeatWrapUpStarted, WithdrawalReason},
};

use super::Dispatcher;
use crate::{AgentCommand, NotNowReason, Rejected, SeatState, Work};

impl Dispatcher {
    /// Handles a person's command about a seat. A command for a state that the seat already has is
    /// accepted and writes no event.
    ///
    /// # Errors
    /// The seat does not exist, or its state does not allow the command.
    pub fn handle_command(
        &mut self,
        now: Timestamp,
        command: AgentCommand,
    ) -> Result<(), Rejected> {
        if self.leaving.contains(&command.seat()) {
            return Err(Rejected::NoSuchSeat);
        }
        let result = match command {
            AgentCommand::LogIn { seat, agent, by } => self.log_in_command(now, seat, agent, by),
            AgentCommand::LogOut { seat, by } => self.log_out_command(now, seat, by),
            AgentCommand::Ready { seat, by } => self.ready_command(now, seat, by),
            AgentCommand::NotReady { seat, reason, by } => {
                self.not_ready_command(now, seat, reason, by)
            }
            AgentCommand::ExtendWrapUp { seat, by_how_much, .. } => {
                self.extend_wrap_up_command(now, seat, by_how_much)
            }
        };
        self.dispatch(now);
        result
    }

    fn log_in_command(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        agent: Option<AccountName>,
        by: SeatActor,
    ) -> Result<(), Rejected> {
        let state = self.seats.get(seat).ok_or(Rejected::NoSuchSeat)?;
        if let Some(name) = &agent {
            let elsewhere = self.seat_of_agent.get(name).filter(|other| **other != seat);
            if let Some(other) = elsewhere {
                let why = format!("{name} is signed in at seat {other}");
                return Err(not_now(state, NotNowReason::SignedInElsewhere, why));
            }
        }
        let is_first = match (&state.login, &agent) {
            (Login::LoggedOut, _) => true,
            // Signed in already, by this name or without asking for one.
            (Login::LoggedIn { agent: old }, new) if old == new || new.is_none() => return Ok(()),
            // The phone signed in without a name; now the name is known.
            (Login::LoggedIn { agent: None }, _) => false,
            (Login::LoggedIn { agent: Some(old) }, _) => {
                let why = format!("{old} is signed in at seat {seat}");
                return Err(not_now(state, NotNowReason::SeatTaken, why));
            }
        };
        self.signed_out.remove(&seat);
        let logged_in = SeatLoggedIn { seat, agent, by: by.clone() };
        self.seat_event(now, seat, Event::SeatLoggedIn(logged_in));
        if is_first && self.policy.ready_at_login {
            self.make_ready(now, seat, by);
        }
        Ok(())
    }

    fn log_out_command(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        by: SeatActor,
    ) -> Result<(), Rejected> {
        let state = self.seats.get(seat).ok_or(Rejected::NoSuchSeat)?;
        match state.work {
            // Signed out already. A seat that starts ready must not sign in by itself again.
            Work::Off => drop(self.signed_out.insert(seat)),
            Work::NotReady { .. } | Work::Ready | Work::WrapUp { .. } => {
                self.log_out(now, seat, by);
            }
            Work::Alerting { offer, call, .. } => {
                self.withdraw_and(now, offer, call, |d| d.log_out(now, seat, by));
            }
            Work::Talking { .. } => {
                self.set_next(now, seat, Some(AfterTalk::LogOut), by);
            }
        }
        Ok(())
    }

    fn ready_command(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        by: SeatActor,
    ) -> Result<(), Rejected> {
        let state = self.seats.get(seat).ok_or(Rejected::NoSuchSeat)?;
        match &state.work {
            Work::Off => return Err(signed_out(state, seat)),
            // The seat is ready, or rings already.
            Work::Ready | Work::Alerting { .. } => {}
            // The request for the time after the talk is cancelled.
            Work::Talking { .. } => self.set_next(now, seat, None, by),
            Work::NotReady { reason: NotReadyReason::Unreachable, .. }
                if state.phone_problem() == Some(NotReadyReason::Unreachable) =>
            {
                let why = format!("the phone of seat {seat} cannot be reached");
                return Err(not_now(state, NotNowReason::PhoneUnreachable, why));
            }
            Work::NotReady { .. } | Work::WrapUp { .. } => self.make_ready(now, seat, by),
        }
        Ok(())
    }

    fn not_ready_command(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        reason: NotReadyReason,
        by: SeatActor,
    ) -> Result<(), Rejected> {
        let state = self.seats.get(seat).ok_or(Rejected::NoSuchSeat)?;
        match state.work {
            Work::Off => return Err(signed_out(state, seat)),
            Work::NotReady { .. } | Work::Ready | Work::WrapUp { .. } => {
                self.make_not_ready(now, seat, reason, by);
            }
            Work::Alerting { offer, call, .. } => {
                self.withdraw_and(now, offer, call, |d| {
                    d.make_not_ready(now, seat, reason, by);
                });
            }
            Work::Talking { .. } => {
                self.set_next(now, seat, Some(AfterTalk::NotReady { reason }), by);
            }
        }
        Ok(())
    }

    fn extend_wrap_up_command(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        more: Duration,
    ) -> Result<(), Rejected> {
        let state = self.seats.get(seat).ok_or(Rejected::NoSuchSeat)?;
        let Work::WrapUp { call, since, until } = state.work else {
            let why = format!("seat {seat} is not in wrap-up");
            return Err(not_now(state, NotNowReason::NotInWrapUp, why));
        };
        let longest = since + self.policy.limits.wrap_up_max;
        let later = (until + more).min(longest);
        if later <= until {
            let minutes = self.policy.limits.wrap_up_max.as_secs() / 60;
            let why = format!("a wrap-up lasts {minutes} minutes at most");
            return Err(not_now(state, NotNowReason::WrapUpAtMost, why));
        }
        let started = SeatWrapUpStarted { seat, call, until: later };
        self.seat_event(now, seat, Event::SeatWrapUpStarted(started));
        Ok(())
    }

    /// While talking, a command waits for the end of the talk. It is written to the log, so that it
    /// survives a restart.
    pub(super) fn set_next(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        next: Option<AfterTalk>,
        by: SeatActor,
    ) {
        let is_so = self.seats.get(seat).map(|state| state.next.as_ref().map(|(next, _)| next));
        if is_so != Some(next.as_ref()) {
            self.seat_event(now, seat, Event::SeatNextSet(SeatNextSet { seat, next, by }));
        }
    }

    /// Executes the request for the time after the talk.
    pub(super) fn apply_after_talk(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        next: AfterTalk,
        by: SeatActor,
    ) {
        match next {
            AfterTalk::LogOut => self.log_out(now, seat, by),
            AfterTalk::NotReady { reason } => self.make_not_ready(now, seat, reason, by),
        }
    }

    /// While alerting, a command takes effect at once: the offer is withdrawn, and the call returns
    /// to its old position.
    fn withdraw_and(
        &mut self,
        now: Timestamp,
        offer: OfferId,
        call: CallId,
        then: impl FnOnce(&mut Dispatcher),
    ) {
        self.withdraw(now, offer, WithdrawalReason::SeatGone);
        then(self);
        self.make_available(now, call);
    }
}

fn signed_out(state: &SeatState, seat: SeatId) -> Rejected {
    not_now(state, NotNowReason::SignedOut, format!("nobody is signed in at seat {seat}"))
}

fn not_now(state: &SeatState, reason: NotNowReason, why: String) -> Rejected {
    let allowed = match state.work {
        Work::Off => vec!["log_in"],
        Work::NotReady { .. } => vec!["ready", "not_ready", "log_out"],
        Work::Ready | Work::Alerting { .. } => vec!["not_ready", "log_out"],
        Work::Talking { .. } => vec!["ready", "not_ready", "log_out"],
        Work::WrapUp { .. } => vec!["ready", "not_ready", "extend_wrap_up", "log_out"],
    };
    Rejected::NotNow { reason, state: why, allowed }
}
