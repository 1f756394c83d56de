//! Adopts another policy while calls wait, ring and talk.
//!
//! Waiting calls keep their places, seats their states and queues their handle times. A seat that
//! the new policy does not have is signed out; one in a talk after it. A queue with waiting calls
//! goes only when another queue takes them over. A smaller limit ends no wait that has begun.
//!
//! The skill groups and classes are built anew, since their indexes are those of the queues. That is
//! linear in seats and calls, and done once a reload.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use model::{
    CallId, Event, QueueId, SeatId, Timestamp,
    event::{AfterTalk, CallMoved, SeatActor, WithdrawalReason},
};
use queue::{CallQueue, HandleTimes};

use super::{Dispatcher, Queue, Timer, calls::Stage};
use crate::{
    NotAdopted, Output, Policy, SeatPolicy, SeatState, Work,
    backlog::Backlog,
    ready_agents::{AgentStats, ReadyAgents},
    seat_counts::SeatKind,
    seat_table::SeatTable,
};

impl Dispatcher {
    /// The reasons why a policy cannot be adopted now; empty when it can.
    ///
    /// `moves` names, for queues that the new policy does not have, the queue that takes their
    /// waiting calls over.
    pub fn obstacles(
        &self,
        policy: &Policy,
        moves: &BTreeMap<QueueId, QueueId>,
    ) -> Vec<NotAdopted> {
        let mut found = Vec::new();
        for (from, to) in moves {
            if !self.queue_index.contains_key(from) {
                found.push(NotAdopted::NoSuchQueue { queue: from.clone() });
            } else if policy.queues.contains_key(from) {
                found.push(NotAdopted::QueueStays { queue: from.clone() });
            }
            if !policy.queues.contains_key(to) {
                found.push(NotAdopted::NoSuchQueue { queue: to.clone() });
            }
        }
        for queue in &self.queues {
            let goes = !policy.queues.contains_key(&queue.id);
            if goes && !queue.calls.is_empty() && !moves.contains_key(&queue.id) {
                let (queue, callers) = (queue.id.clone(), queue.calls.len());
                found.push(NotAdopted::QueueHasCallers { queue, callers });
            }
        }
        found
    }

    /// Adopts a policy. When there are [`Dispatcher::obstacles`], nothing changes.
    ///
    /// # Errors
    /// The obstacles.
    pub fn adopt(
        &mut self,
        now: Timestamp,
        policy: Policy,
        moves: &BTreeMap<QueueId, QueueId>,
    ) -> Result<(), Vec<NotAdopted>> {
        let obstacles = self.obstacles(&policy, moves);
        if !obstacles.is_empty() {
            return Err(obstacles);
        }
        self.release_removed_seats(now, &policy);
        self.keep_readded_seats(now, &policy);
        let watched = self.queues_to_watch();
        let old = self.rebuild_queues(&policy, moves);
        self.policy = policy;
        for seat in &self.leaving {
            self.policy.seats.insert(*seat, SeatPolicy::default());
        }
        self.rebuild_seats(now, &old);
        self.rebuild_calls(now, &old);
        for (n, queue) in self.queues.iter().enumerate() {
            if watched.contains(&queue.id) {
                self.timers.insert((now, Timer::Unstaffed(n)));
            }
        }
        self.dispatch(now);
        Ok(())
    }

    /// Signs out the seats that the policy does not have. Those in a talk are signed out after it.
    fn release_removed_seats(&mut self, now: Timestamp, policy: &Policy) {
        let is_removed = |seat: &SeatId| !policy.seats.contains_key(seat);
        let removed: Vec<SeatId> =
            self.seats.iter().map(|(seat, _)| seat).filter(is_removed).collect();
        for seat in removed {
            let Some(state) = self.seats.get(seat) else { continue };
            match state.work {
                Work::Off => {}
                Work::Ready | Work::NotReady { .. } | Work::WrapUp { .. } => {
                    self.log_out(now, seat, SeatActor::Engine);
                }
                Work::Alerting { offer, call, .. } => {
                    self.withdraw(now, offer, WithdrawalReason::SeatGone);
                    self.log_out(now, seat, SeatActor::Engine);
                    self.make_available(now, call);
                }
                Work::Talking { .. } => {
                    self.set_next(now, seat, Some(AfterTalk::LogOut), SeatActor::Engine);
                    self.leaving.insert(seat);
                    continue;
                }
            }
            self.remove_seat(seat);
        }
    }

    /// A seat that was to leave after its talk and is in the new policy again stays.
    fn keep_readded_seats(&mut self, now: Timestamp, policy: &Policy) {
        let readded: Vec<SeatId> =
            self.leaving.iter().copied().filter(|seat| policy.seats.contains_key(seat)).collect();
        for seat in readded {
            self.leaving.remove(&seat);
            self.set_next(now, seat, None, SeatActor::Engine);
        }
    }

    /// Removes a seat at which nobody is signed in.
    pub(super) fn remove_seat(&mut self, seat: SeatId) {
        self.leaving.remove(&seat);
        self.count_staff(seat, Vec::new());
        if let Some(group) = self.ready_agents.remove(seat) {
            self.backlog.remove_group(group);
        }
        self.seats.remove(seat);
        self.engaged.remove(seat);
        self.counted.remove(seat);
        self.signed_out.remove(&seat);
        self.unmatched_seats.remove(&seat);
        self.policy.seats.remove(&seat);
        self.outputs.push_back(Output::SeatRemoved { seat });
    }

    /// The queues that may lose their last seat by the new policy, and those whose calls were
    /// leaving for that reason.
    fn queues_to_watch(&self) -> BTreeSet<QueueId> {
        let is_leaving =
            |n: usize| self.timers.iter().any(|(_, timer)| *timer == Timer::Unstaffed(n));
        let queues = self.queues.iter().enumerate();
        let watched = queues.filter(|(n, queue)| queue.staffed > 0 || is_leaving(*n));
        watched.map(|(_, queue)| queue.id.clone()).collect()
    }

    /// Replaces the queues. Returns the old ones in their order.
    fn rebuild_queues(
        &mut self,
        policy: &Policy,
        moves: &BTreeMap<QueueId, QueueId>,
    ) -> Vec<OldQueue> {
        let index: BTreeMap<QueueId, usize> =
            policy.queues.keys().cloned().enumerate().map(|(n, queue)| (queue, n)).collect();
        let mut handle_times = BTreeMap::new();
        let mut before = Vec::new();
        for old in std::mem::take(&mut self.queues) {
            let to = index.get(&old.id).or_else(|| index.get(moves.get(&old.id)?)).copied();
            before.push(OldQueue { id: old.id.clone(), to, wrap_up: old.policy.wrap_up });
            handle_times.insert(old.id, old.handle_times);
        }
        self.queues = (policy.queues.iter())
            .map(|(id, policy)| Queue {
                id: id.clone(),
                policy: policy.clone(),
                calls: CallQueue::new(),
                staffed: 0,
                handle_times: handle_times.remove(id).unwrap_or_else(HandleTimes::new),
            })
            .collect();
        self.queue_index = index;
        self.timers.retain(|(_, timer)| !matches!(timer, Timer::Unstaffed(_)));
        before
    }

    fn rebuild_seats(&mut self, now: Timestamp, old: &[OldQueue]) {
        let seats = || self.policy.seats.keys().copied();
        let (mut states, mut engaged) =
            (SeatTable::new(seats(), SeatState::default), SeatTable::new(seats(), || None));
        let counted = SeatTable::new(seats(), Vec::new);
        for (seat, state) in std::mem::take(&mut self.seats).into_values() {
            states.set(seat, state);
        }
        for (seat, work) in std::mem::take(&mut self.engaged).into_values() {
            let work = work.and_then(|(queue, since)| Some((old.get(queue)?.to?, since)));
            engaged.set(seat, work);
        }
        (self.seats, self.engaged, self.counted) = (states, engaged, counted);
        for talk in self.talks.values_mut() {
            let Some(before) = talk.queue.and_then(|n| old.get(n)) else { continue };
            (talk.queue, talk.wrap_up) = (before.to, before.wrap_up);
        }
        self.ready_agents = ReadyAgents::new(&self.policy, &self.queue_index);
        self.backlog = Backlog::default();
        self.unmatched_seats.clear();
        let seats: Vec<SeatId> = self.seats.iter().map(|(seat, _)| seat).collect();
        for seat in seats {
            self.update_profile(now, seat);
            let Some(state) = self.seats.get(seat) else { continue };
            let (kind, stats) = (SeatKind::of(state), AgentStats::of(state));
            self.set_kind(seat, kind, stats);
        }
    }

    fn rebuild_calls(&mut self, now: Timestamp, old: &[OldQueue]) {
        self.unmatched_calls.clear();
        let mut moved = Vec::new();
        for (call, waiting) in &mut self.calls {
            let Some(before) = old.get(waiting.queue) else { continue };
            let Some(queue) = before.to.and_then(|n| self.queues.get_mut(n)) else { continue };
            waiting.queue = before.to.unwrap_or_default();
            waiting.max_wait = longer(waiting.max_wait, queue.policy.max_wait);
            queue.calls.join(waiting.entry);
            if queue.id != before.id {
                moved.push((*call, before.id.clone()));
            }
        }
        for (call, from) in moved {
            let Some(queue) = self.calls.get(&call).and_then(|w| self.queues.get(w.queue)) else {
                continue;
            };
            let position = queue.calls.position(call).and_then(|p| u32::try_from(p).ok());
            let (to, position) = (queue.id.clone(), position.unwrap_or(u32::MAX));
            self.event(Event::CallMoved(CallMoved { call, from, to, position }));
        }
        let calls: Vec<CallId> = self.calls.keys().copied().collect();
        for call in calls {
            match self.calls.get(&call).map(|waiting| waiting.stage) {
                Some(Stage::Available(_)) => self.make_available(now, call),
                // The offer goes on by the lease it was made with.
                Some(Stage::Offered(_)) | None => {}
            }
        }
    }
}

/// A queue of the policy before.
struct OldQueue {
    id: QueueId,
    /// Its new index, or that of the queue that takes its calls over; none when it is gone.
    to: Option<usize>,
    wrap_up: Duration,
}

/// The longer of two limits; `None` is without a limit.
fn longer<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.zip(other).map(|(one, other)| one.max(other))
}
