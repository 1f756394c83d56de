//! What people may ask of a seat, in every state; what cannot be is answered with what can.

use std::time::Duration;

use model::{
    AccountName, CallId, Event, Login, NotReadyReason, OfferId, SeatId, Timestamp,
    event::{Actor, AfterTalk, SeatLoggedIn, SeatNextSet, SeatWrapUpStarted, Withdrawal},
};

use super::{Dispatcher, seats::hindrance};
use crate::{Denied, NotNowReason, SeatState, Wish, Work};

impl Dispatcher {
    /// A person's wish about a seat; denied with what is possible now. What is so
    /// already is granted, and nothing is put on the record.
    ///
    /// # Errors
    /// There is no such seat, or its state does not allow it.
    pub fn wish(&mut self, now: Timestamp, wish: Wish) -> Result<(), Denied> {
        let granted = match wish {
            Wish::LogIn { seat, agent, by } => self.wish_log_in(now, seat, agent, by),
            Wish::LogOut { seat, by } => self.wish_log_out(now, seat, by),
            Wish::Ready { seat, by } => self.wish_ready(now, seat, by),
            Wish::NotReady { seat, reason, by } => self.wish_not_ready(now, seat, reason, by),
            Wish::ExtendWrapUp { seat, by_how_much, .. } => self.wish_more(now, seat, by_how_much),
        };
        self.dispatch(now);
        granted
    }

    fn wish_log_in(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        agent: Option<AccountName>,
        by: Actor,
    ) -> Result<(), Denied> {
        let state = self.seats.get(&seat).ok_or(Denied::NoSuchSeat)?;
        if let Some(name) = &agent {
            let elsewhere = self.seats.iter().find(|(other, s)| **other != seat && sits(s, name));
            if let Some((other, _)) = elsewhere {
                let why = format!("{name} is signed in at seat {other}");
                return Err(not_now(state, NotNowReason::SignedInElsewhere, why));
            }
        }
        let is_first = match (&state.login, &agent) {
            (Login::LoggedOut, _) => true,
            // Signed in already, by this name or without need of one.
            (Login::LoggedIn { agent: old }, new) if old == new || new.is_none() => return Ok(()),
            // The phone signed in; now we learn who it was.
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

    fn wish_log_out(&mut self, now: Timestamp, seat: SeatId, by: Actor) -> Result<(), Denied> {
        let state = self.seats.get(&seat).ok_or(Denied::NoSuchSeat)?;
        match state.work {
            // It is so already; and a seat that starts ready shall not sign itself in again.
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

    fn wish_ready(&mut self, now: Timestamp, seat: SeatId, by: Actor) -> Result<(), Denied> {
        let state = self.seats.get(&seat).ok_or(Denied::NoSuchSeat)?;
        match &state.work {
            Work::Off => return Err(signed_out(state, seat)),
            // It is ready, and already rung.
            Work::Ready | Work::Alerting { .. } => {}
            // What was wished for afterwards is not wished any more.
            Work::Talking { .. } => self.set_next(now, seat, None, by),
            Work::NotReady { reason: NotReadyReason::Unreachable, .. }
                if hindrance(state) == Some(NotReadyReason::Unreachable) =>
            {
                let why = format!("the phone of seat {seat} cannot be reached");
                return Err(not_now(state, NotNowReason::PhoneUnreachable, why));
            }
            Work::NotReady { .. } | Work::WrapUp { .. } => self.make_ready(now, seat, by),
        }
        Ok(())
    }

    fn wish_not_ready(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        reason: NotReadyReason,
        by: Actor,
    ) -> Result<(), Denied> {
        let state = self.seats.get(&seat).ok_or(Denied::NoSuchSeat)?;
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

    fn wish_more(&mut self, now: Timestamp, seat: SeatId, more: Duration) -> Result<(), Denied> {
        let state = self.seats.get(&seat).ok_or(Denied::NoSuchSeat)?;
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

    /// While talking, a wish waits for the end of the talk. It goes on record, so that it
    /// outlives the engine as well as the talk.
    fn set_next(&mut self, now: Timestamp, seat: SeatId, next: Option<AfterTalk>, by: Actor) {
        let is_so = self.seats.get(&seat).map(|state| state.next.as_ref().map(|(next, _)| next));
        if is_so != Some(next.as_ref()) {
            self.seat_event(now, seat, Event::SeatNextSet(SeatNextSet { seat, next, by }));
        }
    }

    /// The talk is over, and this was wished for.
    pub(super) fn follow_wish(&mut self, now: Timestamp, seat: SeatId, next: AfterTalk, by: Actor) {
        match next {
            AfterTalk::LogOut => self.log_out(now, seat, by),
            AfterTalk::NotReady { reason } => self.make_not_ready(now, seat, reason, by),
        }
    }

    /// While alerting, a wish takes effect at once: the offer goes, the seat does
    /// what it wants, and the call rejoins with its old place.
    fn withdraw_and(
        &mut self,
        now: Timestamp,
        offer: OfferId,
        call: CallId,
        then: impl FnOnce(&mut Dispatcher),
    ) {
        self.withdraw(now, offer, Withdrawal::SeatGone);
        then(self);
        self.free(now, call);
    }
}

fn sits(state: &SeatState, name: &AccountName) -> bool {
    matches!(&state.login, Login::LoggedIn { agent: Some(agent) } if agent == name)
}

fn signed_out(state: &SeatState, seat: SeatId) -> Denied {
    not_now(state, NotNowReason::SignedOut, format!("nobody is signed in at seat {seat}"))
}

fn not_now(state: &SeatState, reason: NotNowReason, why: String) -> Denied {
    let allowed = match state.work {
        Work::Off => vec!["log_in"],
        Work::NotReady { .. } => vec!["ready", "not_ready", "log_out"],
        Work::Ready | Work::Alerting { .. } => vec!["not_ready", "log_out"],
        Work::Talking { .. } => vec!["ready", "not_ready", "log_out"],
        Work::WrapUp { .. } => vec!["ready", "not_ready", "extend_wrap_up", "log_out"],
    };
    Denied::NotNow { reason, state: why, allowed }
}
