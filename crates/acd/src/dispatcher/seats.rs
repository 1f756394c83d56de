//! What a seat goes through: reached and lost, ready and not, wrap-up and back-off.

use model::{
    Event, Login, NotReadyReason, SeatId, Timestamp, WorkState,
    event::{
        SeatActor, SeatLoggedIn, SeatLoggedOut, SeatNotReady, SeatReached, SeatReady, SeatUnreached,
    },
};

use super::{Dispatcher, Timer};
use crate::{Consequence, SavedSeat, SeatState, Work, ready_agents::AgentStats};

impl Dispatcher {
    /// Put a seat back as the log left it, before the first input after a restart.
    ///
    /// Calls died with the engine: who talked or was rung is ready again, or what they wished
    /// to be after the talk. A pause that a missed offer cost ends when it would have.
    /// Phones count as away until they are reached: who was ready is
    /// `NotReady{unreachable}` till then, and an event says so.
    pub fn restore(&mut self, now: Timestamp, seat: SeatId, left: SavedSeat) {
        let SavedSeat { login, work, signed_out, back, next } = left;
        let Some(state) = self.seats.get_mut(&seat) else { return };
        if signed_out {
            self.signed_out.insert(seat);
        }
        if login == Login::LoggedOut {
            return;
        }
        state.login = login;
        state.work = Work::Ready;
        self.staff(seat, true);
        match work {
            Some(WorkState::WrapUp { call, until }) => {
                self.change(now, seat, |state| {
                    state.work = Work::WrapUp { call, since: now, until };
                });
            }
            Some(WorkState::NotReady { reason }) => {
                let back = back.or_else(|| match reason {
                    // Of a log that does not tell. A fault, or somebody who had not yet said ready: let them say it.
                    NotReadyReason::System => None,
                    _ => self.back_off_end(now, &reason),
                });
                self.change(now, seat, |state| state.work = Work::NotReady { reason, back });
            }
            Some(WorkState::Talking { .. }) if next.is_some() => {
                if let Some((next, by)) = next {
                    self.apply_after_talk(now, seat, next, by);
                }
            }
            Some(WorkState::Ready | WorkState::Alerting { .. } | WorkState::Talking { .. })
            | None => self.recheck_phone(now, seat),
        }
    }

    pub(super) fn seat_reached(&mut self, now: Timestamp, seat: SeatId) {
        let Some(state) = self.seats.get(&seat) else { return };
        if !state.device.reachable {
            self.seat_event(now, seat, Event::SeatReached(SeatReached { seat }));
        }
        let Some(state) = self.seats.get(&seat) else { return };
        match &state.work {
            Work::Off if self.starts_ready(seat) => {
                let by = SeatActor::Engine;
                self.seat_event(
                    now,
                    seat,
                    Event::SeatLoggedIn(SeatLoggedIn { seat, agent: None, by }),
                );
                self.make_ready(now, seat, SeatActor::Engine);
            }
            Work::NotReady { reason: NotReadyReason::Unreachable, .. } => {
                self.make_ready(now, seat, SeatActor::Engine);
            }
            // Nobody there, or not ready for a reason that a phone does not end.
            Work::Off | Work::NotReady { .. } => {}
            // It never stopped being what it is.
            Work::Ready | Work::Alerting { .. } | Work::Talking { .. } | Work::WrapUp { .. } => {}
        }
    }

    pub(super) fn seat_unreached(&mut self, now: Timestamp, seat: SeatId) {
        let Some(state) = self.seats.get(&seat) else { return };
        if !state.device.reachable {
            return;
        }
        self.seat_event(now, seat, Event::SeatUnreached(SeatUnreached { seat }));
        // Ready: not any more. Alerting: its leg rings or fails on its own, and
        // the lease ends it at the latest. Talking, wrap-up: looked at when they end.
        self.recheck_phone(now, seat);
    }

    pub(super) fn seat_busy(&mut self, now: Timestamp, seat: SeatId) {
        self.change(now, seat, |state| state.device.in_own_call = true);
        self.recheck_phone(now, seat);
    }

    pub(super) fn seat_free(&mut self, now: Timestamp, seat: SeatId) {
        self.change(now, seat, |state| state.device.in_own_call = false);
        let work = self.seats.get(&seat).map(|state| &state.work);
        // A phone that made a call of its own is there: that ends `unreachable` too.
        if let Some(Work::NotReady {
            reason: NotReadyReason::Busy | NotReadyReason::Unreachable,
            ..
        }) = work
        {
            self.make_ready(now, seat, SeatActor::Engine);
        }
    }

    /// A seat's deadline has come.
    pub(super) fn seat_due(&mut self, now: Timestamp, seat: SeatId) {
        let Some(state) = self.seats.get(&seat) else { return };
        match &state.work {
            Work::Alerting { offer, .. } => {
                let offer = *offer;
                self.offer_lapsed(now, offer);
            }
            Work::WrapUp { .. } => self.after_work(now, seat),
            Work::NotReady { .. } => {
                self.change(now, seat, |state| {
                    if let Work::NotReady { back, .. } = &mut state.work {
                        *back = None;
                    }
                });
                self.make_ready(now, seat, SeatActor::Engine);
            }
            // These have no deadline: the timer was another state's, and went with it.
            Work::Off | Work::Ready | Work::Talking { .. } => {}
        }
    }

    /// Wrap-up is over, or there was none.
    pub(super) fn after_work(&mut self, now: Timestamp, seat: SeatId) {
        if self.policy.seats.get(&seat).is_some_and(|offers| offers.waits_after_wrap_up) {
            self.make_not_ready(now, seat, NotReadyReason::System, SeatActor::Engine);
        } else {
            self.make_ready(now, seat, SeatActor::Engine);
        }
    }

    /// Ready, or as ready as its phone lets it be: it comes by itself once the phone does.
    pub(super) fn make_ready(&mut self, now: Timestamp, seat: SeatId, by: SeatActor) {
        match self.seats.get(&seat).and_then(phone_problem) {
            None => self.seat_event(now, seat, Event::SeatReady(SeatReady { seat, by })),
            Some(reason) => self.make_not_ready(now, seat, reason, by),
        }
    }

    pub(super) fn make_not_ready(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        reason: NotReadyReason,
        by: SeatActor,
    ) {
        let already = self.seats.get(&seat).map(|state| &state.work);
        if matches!(already, Some(Work::NotReady { reason: old, .. }) if *old == reason) {
            return;
        }
        self.set_not_ready(now, seat, reason, by, None);
    }

    fn set_not_ready(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        reason: NotReadyReason,
        by: SeatActor,
        back: Option<Timestamp>,
    ) {
        let not_ready = SeatNotReady { seat, reason, by, back };
        self.seat_event(now, seat, Event::SeatNotReady(not_ready));
    }

    /// What the outcome of an offer costs: not ready until its back-off is over.
    pub(super) fn back_off_after_miss(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        reason: NotReadyReason,
    ) {
        let back = self.back_off_end(now, &reason);
        self.set_not_ready(now, seat, reason, SeatActor::Engine, back);
    }

    pub(super) fn log_out(&mut self, now: Timestamp, seat: SeatId, by: SeatActor) {
        self.signed_out.insert(seat);
        self.seat_event(now, seat, Event::SeatLoggedOut(SeatLoggedOut { seat, by }));
        self.close_unstaffed(now, seat);
    }

    /// A seat that counts as ready though its phone is away or in use is not.
    pub(super) fn recheck_phone(&mut self, now: Timestamp, seat: SeatId) {
        let Some(state) = self.seats.get(&seat) else { return };
        if state.work == Work::Ready
            && let Some(reason) = phone_problem(state)
        {
            self.make_not_ready(now, seat, reason, SeatActor::Engine);
        }
    }

    /// The one entry where an event changes a seat, its timer, its entry on the floor.
    pub(super) fn seat_event(&mut self, now: Timestamp, seat: SeatId, event: Event) {
        self.change(now, seat, |state| state.apply(now, &event));
        self.event(event);
    }

    pub(super) fn change(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        change: impl FnOnce(&mut SeatState),
    ) {
        let Some(state) = self.seats.get_mut(&seat) else { return };
        let (was_in, deadline) = (state.is_logged_in(), due(state));
        change(state);
        let (is_in, next) = (state.is_logged_in(), due(state));
        if deadline != next {
            deadline.map(|at| self.timers.remove(&(at, Timer::Seat(seat))));
            next.map(|at| self.timers.insert((at, Timer::Seat(seat))));
        }
        let can_take = state.work == Work::Ready && phone_problem(state).is_none();
        if can_take && !self.ready_agents.is_ready(seat) {
            self.ready_agents.enter(seat, AgentStats::of(state));
            self.unmatched_seats.insert(seat);
        } else if !can_take {
            self.ready_agents.leave(seat);
        }
        let works = matches!(state.work, Work::Talking { .. } | Work::WrapUp { .. });
        if !works
            && let Some((queue, since)) = self.engaged.remove(&seat)
            && let Some(queue) = self.queues.get_mut(queue)
        {
            queue.handle_times.add(now.since(since));
        }
        if was_in != is_in {
            self.staff(seat, is_in);
        }
    }

    fn staff(&mut self, seat: SeatId, is_in: bool) {
        let served: Vec<usize> = self.ready_agents.queues_of(seat).collect();
        for n in served {
            let Some(queue) = self.queues.get_mut(n) else { continue };
            queue.staffed = match is_in {
                true => queue.staffed + 1,
                false => queue.staffed.saturating_sub(1),
            };
        }
    }

    fn starts_ready(&self, seat: SeatId) -> bool {
        self.policy.seats.get(&seat).is_some_and(|offers| offers.starts_ready)
            && !self.signed_out.contains(&seat)
    }

    /// When a seat that is not ready for this reason is ready again by itself.
    fn back_off_end(&self, now: Timestamp, reason: &NotReadyReason) -> Option<Timestamp> {
        let missed = &self.policy.missed;
        let consequence = match reason {
            NotReadyReason::Rona => missed.no_answer,
            NotReadyReason::Rejected => missed.rejected,
            NotReadyReason::Busy => missed.busy,
            NotReadyReason::Unreachable => missed.unreachable,
            NotReadyReason::System => missed.failed,
            // A person's own reasons end when the person says so.
            NotReadyReason::Break
            | NotReadyReason::Meal
            | NotReadyReason::Training
            | NotReadyReason::Meeting
            | NotReadyReason::Coaching
            | NotReadyReason::Admin
            | NotReadyReason::Outbound
            | NotReadyReason::Leader => Consequence::UntilReady,
        };
        match consequence {
            Consequence::UntilReady => None,
            Consequence::BackOff(pause) => Some(now + pause),
        }
    }
}

/// Why a seat's phone could not take a call.
pub(super) fn phone_problem(state: &SeatState) -> Option<NotReadyReason> {
    match state.device {
        device if !device.reachable => Some(NotReadyReason::Unreachable),
        device if device.in_own_call => Some(NotReadyReason::Busy),
        _ => None,
    }
}

fn due(state: &SeatState) -> Option<Timestamp> {
    match &state.work {
        Work::Alerting { until, .. } | Work::WrapUp { until, .. } => Some(*until),
        Work::NotReady { back, .. } => *back,
        Work::Off | Work::Ready | Work::Talking { .. } => None,
    }
}
