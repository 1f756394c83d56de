//! The states of a seat: reachable or not, ready or not, wrap-up and back-off.

use model::{
    AccountName, Event, Login, NotReadyReason, SeatId, Timestamp, WorkState,
    event::{
        SeatActor, SeatLoggedIn, SeatLoggedOut, SeatNotReady, SeatReached, SeatReady, SeatUnreached,
    },
};

use super::{Dispatcher, Timer};
use crate::{
    Consequence, SavedSeat, SeatState, Work, ready_agents::AgentStats, seat_counts::SeatKind,
};

impl Dispatcher {
    /// Puts a seat back as the log left it, before the first input after a restart.
    ///
    /// Calls ended with the engine: a seat that talked or was rung is ready again, or what was
    /// requested for after the talk. A back-off ends at its old deadline. Phones count as
    /// unreachable until they register: a ready seat is `NotReady{unreachable}` until then, and an
    /// event records it.
    pub fn restore(&mut self, now: Timestamp, seat: SeatId, left: SavedSeat) {
        let SavedSeat { login, work, signed_out, back, next } = left;
        if self.seats.get(seat).is_none() {
            return;
        }
        if signed_out {
            self.signed_out.insert(seat);
        }
        if login == Login::LoggedOut {
            return;
        }
        self.change(now, seat, |state| {
            state.login = login;
            state.work = Work::Ready;
        });
        self.note_agent(seat, None);
        self.update_profile(now, seat);
        match work {
            Some(WorkState::WrapUp { call, until }) => {
                self.change(now, seat, |state| {
                    state.work = Work::WrapUp { call, since: now, until };
                });
            }
            Some(WorkState::NotReady { reason }) => {
                let back = back.or_else(|| match reason {
                    // The log of an older version does not have the deadline. `System` may stand
                    // for a person who had not been ready yet, so it does not end by itself.
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
        let Some(state) = self.seats.get(seat) else { return };
        if !state.device.reachable {
            self.seat_event(now, seat, Event::SeatReached(SeatReached { seat }));
        }
        let Some(state) = self.seats.get(seat) else { return };
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
            // Signed out, or not ready for a reason that the phone does not end.
            Work::Off | Work::NotReady { .. } => {}
            // These states do not depend on the registration.
            Work::Ready | Work::Alerting { .. } | Work::Talking { .. } | Work::WrapUp { .. } => {}
        }
    }

    pub(super) fn seat_unreached(&mut self, now: Timestamp, seat: SeatId) {
        let Some(state) = self.seats.get(seat) else { return };
        if !state.device.reachable {
            return;
        }
        self.seat_event(now, seat, Event::SeatUnreached(SeatUnreached { seat }));
        // Only Ready changes here. While alerting, the leg fails by itself or the lease ends; while
        // talking or in wrap-up, the phone is checked when they end.
        self.recheck_phone(now, seat);
    }

    pub(super) fn seat_busy(&mut self, now: Timestamp, seat: SeatId) {
        self.change(now, seat, |state| state.device.in_own_call = true);
        self.recheck_phone(now, seat);
    }

    pub(super) fn seat_free(&mut self, now: Timestamp, seat: SeatId) {
        self.change(now, seat, |state| state.device.in_own_call = false);
        let work = self.seats.get(seat).map(|state| &state.work);
        // A phone that has made a call is reachable, so this ends `Unreachable` too.
        if let Some(Work::NotReady {
            reason: NotReadyReason::Busy | NotReadyReason::Unreachable,
            ..
        }) = work
        {
            self.make_ready(now, seat, SeatActor::Engine);
        }
    }

    /// A seat's timer has fired.
    pub(super) fn seat_due(&mut self, now: Timestamp, seat: SeatId) {
        let Some(state) = self.seats.get(seat) else { return };
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
            // These states have no deadline; the timers of others are removed when they end.
            Work::Off | Work::Ready | Work::Talking { .. } => {}
        }
    }

    /// The wrap-up is over, or there was none.
    pub(super) fn after_work(&mut self, now: Timestamp, seat: SeatId) {
        if self.policy.seats.get(&seat).is_some_and(|offers| offers.waits_after_wrap_up) {
            self.make_not_ready(now, seat, NotReadyReason::System, SeatActor::Engine);
        } else {
            self.make_ready(now, seat, SeatActor::Engine);
        }
    }

    /// Makes a seat ready, or not ready with the phone's reason. Then it becomes ready by itself
    /// once the phone can be rung.
    pub(super) fn make_ready(&mut self, now: Timestamp, seat: SeatId, by: SeatActor) {
        match self.seats.get(seat).and_then(SeatState::phone_problem) {
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
        let already = self.seats.get(seat).map(|state| &state.work);
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

    /// Makes a seat not ready after a missed offer, until its back-off is over.
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
        let agent = self.seats.get(seat).and_then(SeatState::agent).cloned();
        self.signed_out.insert(seat);
        let logged_out = SeatLoggedOut { seat, by: by.clone() };
        self.seat_event(now, seat, Event::SeatLoggedOut(logged_out));
        if let Some(agent) = agent {
            self.profile_of_signed_out(now, &agent, by);
        }
        if self.leaving.contains(&seat) {
            self.remove_seat(seat);
        }
    }

    /// Makes a ready seat not ready when its phone is unreachable or in use.
    pub(super) fn recheck_phone(&mut self, now: Timestamp, seat: SeatId) {
        let Some(state) = self.seats.get(seat) else { return };
        if state.work == Work::Ready
            && let Some(reason) = state.phone_problem()
        {
            self.make_not_ready(now, seat, reason, SeatActor::Engine);
        }
    }

    /// The one place where an event changes a seat.
    pub(super) fn seat_event(&mut self, now: Timestamp, seat: SeatId, event: Event) {
        let changes_login = matches!(event, Event::SeatLoggedIn(_) | Event::SeatLoggedOut(_));
        let before = self.seats.get(seat).filter(|_| changes_login).and_then(SeatState::agent);
        let before = before.cloned();
        self.change(now, seat, |state| state.apply(now, &event));
        self.event(event);
        if changes_login {
            self.note_agent(seat, before);
            self.update_profile(now, seat);
        }
    }

    /// Brings the seat of an agent up to date. `before`: the agent who was signed in there.
    fn note_agent(&mut self, seat: SeatId, before: Option<AccountName>) {
        if let Some(before) = before {
            self.seat_of_agent.remove(&before);
        }
        if let Some(agent) = self.seats.get(seat).and_then(SeatState::agent) {
            self.seat_of_agent.insert(agent.clone(), seat);
        }
    }

    /// Changes a seat's state and brings its timer, its kind and its handle time up to date.
    pub(super) fn change(
        &mut self,
        now: Timestamp,
        seat: SeatId,
        change: impl FnOnce(&mut SeatState),
    ) {
        let Some(state) = self.seats.get_mut(seat) else { return };
        let (deadline, was_idle) = (due(state), is_idle(state));
        change(state);
        let (next, is_idle) = (due(state), is_idle(state));
        let works = matches!(state.work, Work::Talking { .. } | Work::WrapUp { .. });
        let (kind, stats) = (SeatKind::of(state), AgentStats::of(state));
        if deadline != next {
            deadline.map(|at| self.timers.remove(&(at, Timer::Seat(seat))));
            next.map(|at| self.timers.insert((at, Timer::Seat(seat))));
        }
        self.idle_seats = self.idle_seats + usize::from(is_idle) - usize::from(was_idle);
        self.set_kind(seat, kind, stats);
        if !works
            && let Some((queue, since)) = self.engaged.get_mut(seat).and_then(Option::take)
            && let Some(queue) = self.queues.get_mut(queue)
        {
            queue.handle_times.add(now.since(since));
        }
    }

    /// Counts a seat as of this kind, and matches it when it has become ready.
    pub(super) fn set_kind(&mut self, seat: SeatId, kind: Option<SeatKind>, stats: AgentStats) {
        let stats = (kind == Some(SeatKind::Ready)).then_some(stats);
        let Some(change) = self.ready_agents.set_kind(seat, kind, stats) else { return };
        self.backlog.seat_changed(change);
        if kind == Some(SeatKind::Ready) {
            self.unmatched_seats.insert(seat);
        }
    }

    fn starts_ready(&self, seat: SeatId) -> bool {
        self.policy.seats.get(&seat).is_some_and(|offers| offers.starts_ready)
            && !self.signed_out.contains(&seat)
    }

    /// The time at which a seat that is not ready for this reason becomes ready by itself.
    fn back_off_end(&self, now: Timestamp, reason: &NotReadyReason) -> Option<Timestamp> {
        let missed = &self.policy.missed;
        let consequence = match reason {
            NotReadyReason::Rona => missed.no_answer,
            NotReadyReason::Rejected => missed.rejected,
            NotReadyReason::Busy => missed.busy,
            NotReadyReason::Unreachable => missed.unreachable,
            NotReadyReason::System => missed.failed,
            // A person's own reasons end when that person makes the seat ready.
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

/// The time at which a seat's state ends by itself.
fn due(state: &SeatState) -> Option<Timestamp> {
    match &state.work {
        Work::Alerting { until, .. } | Work::WrapUp { until, .. } => Some(*until),
        Work::NotReady { back, .. } => *back,
        Work::Off | Work::Ready | Work::Talking { .. } => None,
    }
}

/// Whether a person is signed in at the seat, and it neither rings nor talks.
fn is_idle(state: &SeatState) -> bool {
    match state.work {
        Work::NotReady { .. } | Work::Ready | Work::WrapUp { .. } => true,
        Work::Off | Work::Alerting { .. } | Work::Talking { .. } => false,
    }
}
