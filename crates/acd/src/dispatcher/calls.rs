//! Waiting calls: they join a queue, their requirement is lowered with time, and they leave.

use std::{cmp::Reverse, collections::BTreeMap, time::Duration};

use model::{
    CallId, Event, OfferId, QueueId, Requirement, SeatId, Skill, Timestamp,
    event::{CallLeftQueue, CallQueued, QueueExit, RefusalCause, WithdrawalReason},
};
use queue::QueueEntry;

use super::{Dispatcher, Timer};
use crate::{Output, QueuePolicy, backlog::ClassId, requirement::CurrentRequirement};

/// A call that waits, offered to a seat or not.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) queue: usize,
    pub(super) entry: QueueEntry,
    skills: BTreeMap<Skill, u8>,
    /// When it was queued. Widening, overflow and the longest wait count from here.
    pub(super) queued: Timestamp,
    /// The longest wait. A policy that is adopted while the call waits may only raise it.
    pub(super) max_wait: Option<Duration>,
    pub(super) stage: Stage,
    /// Seats that missed it, each with the time until which the call does not ring it again.
    missed_by: Vec<(SeatId, Timestamp)>,
    timer: Option<Timestamp>,
}

/// A call that comes to a queue, as in [`Input::Enqueue`](crate::Input::Enqueue).
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) queue: QueueId,
    pub(super) skills: BTreeMap<Skill, u8>,
    pub(super) priority: u8,
    pub(super) since: Timestamp,
    pub(super) transferred: bool,
}

/// Whether a waiting call can be offered to a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It can be offered to a seat, and waits in this class.
    Available(ClassId),
    /// It is offered to a seat.
    Offered(OfferId),
}

impl Call {
    pub(super) fn may_ring(&self, seat: SeatId) -> bool {
        self.missed_by.iter().all(|(missed, _)| *missed != seat)
    }

    /// Seats that missed it and are not rung for it again yet.
    pub(super) fn missed_by(&self) -> Vec<SeatId> {
        self.missed_by.iter().map(|(seat, _)| *seat).collect()
    }

    fn is_available(&self) -> bool {
        matches!(self.stage, Stage::Available(_))
    }

    pub(super) fn does_not_ring(&mut self, seat: SeatId, until: Timestamp) {
        self.missed_by.retain(|(missed, _)| *missed != seat);
        self.missed_by.push((seat, until));
    }
}

impl Dispatcher {
    pub(super) fn enqueue(&mut self, now: Timestamp, call: CallId, arrival: Arrival) {
        let Arrival { queue: queue_id, skills, priority, since, transferred } = arrival;
        if self.calls.contains_key(&call) || self.talks.contains_key(&call) {
            // A repeated request does not change the call's position.
            return;
        }
        let refuse = |refusal| Output::Refused { call, refusal };
        if self.drain_at.is_some() {
            self.outputs.push_back(refuse(RefusalCause::Draining));
            return;
        }
        let Some(n) = self.queue_index.get(&queue_id).copied() else {
            self.outputs.push_back(refuse(RefusalCause::NoSuchLine));
            return;
        };
        if self.is_full(&queue_id) {
            self.outputs.push_back(refuse(RefusalCause::QueueFull));
            return;
        }
        let Some(queue) = self.queues.get_mut(n) else { return };
        let entry = QueueEntry { priority, since, call };
        queue.calls.join(entry);
        let position = queue.calls.position(call);
        let is_closed = queue.policy.leave_when_empty && queue.staffed == 0;
        let (by_strategy, max_wait) = (queue.policy.strategy, queue.policy.max_wait);
        let requirement = requirement(n, &skills, &queue.policy, Duration::ZERO, &self.queue_index);
        let class = self.backlog.enter(entry, requirement, by_strategy, &self.ready_agents);
        let expected =
            position.and_then(|position| self.class_estimate(now, class)?.wait(position));
        self.event(Event::CallQueued(CallQueued {
            call,
            queue: queue_id,
            skills: skills.keys().cloned().collect(),
            requirement: Requirement { skills: skills.clone() },
            priority,
            position: position.and_then(|p| u32::try_from(p).ok()).unwrap_or(u32::MAX),
            expected_ms: expected.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
            transferred,
            waited_ms: now.ms_since(since),
        }));
        let stage = Stage::Available(class);
        let (missed_by, timer) = (Vec::new(), None);
        let waiting =
            Call { queue: n, entry, skills, queued: now, max_wait, stage, missed_by, timer };
        self.calls.insert(call, waiting);
        if is_closed {
            self.exit(now, call, QueueExit::Empty);
        } else {
            self.make_available(now, call);
        }
    }

    /// The caller hung up.
    pub(super) fn leave(&mut self, now: Timestamp, call: CallId) {
        if self.talks.contains_key(&call) {
            self.talk_ended(now, call);
            return;
        }
        self.withdraw_call(now, call, WithdrawalReason::CallerGone);
        self.forget(call);
    }

    /// Puts a call into the class of its present requirement: when it joins, after a missed offer,
    /// and when a step of its queue's policy begins.
    pub(super) fn make_available(&mut self, now: Timestamp, call: CallId) {
        self.unclass(call);
        self.set_timer(call, None);
        let Some(waiting) = self.calls.get_mut(&call) else { return };
        let Some(queue) = self.queues.get(waiting.queue) else { return };
        let waited = now.since(waiting.queued);
        if waiting.max_wait.is_some_and(|max| waited >= max) {
            self.exit(now, call, QueueExit::Timeout);
            return;
        }
        waiting.missed_by.retain(|(_, until)| *until > now);
        if waiting.missed_by.is_empty() {
            self.missed_calls.remove(&call);
        }
        let step =
            next_step(&queue.policy, waiting.max_wait, waited).map(|after| waiting.queued + after);
        let again = waiting.missed_by.iter().map(|(_, until)| *until).min();
        let timer = step.into_iter().chain(again).min();
        let requirement =
            requirement(waiting.queue, &waiting.skills, &queue.policy, waited, &self.queue_index);
        let (strategy, weight) = (queue.policy.strategy, queue.policy.weight);
        let class = self.backlog.enter(waiting.entry, requirement, strategy, &self.ready_agents);
        waiting.stage = Stage::Available(class);
        self.unmatched_calls.insert((Reverse(weight), waiting.entry));
        self.changed_calls.insert(call);
        self.set_timer(call, timer);
    }

    pub(super) fn call_due(&mut self, now: Timestamp, call: CallId) {
        match self.calls.get(&call).map(|waiting| waiting.stage) {
            Some(Stage::Available(_)) => self.make_available(now, call),
            // The offer may still be answered. The steps are applied when it is missed.
            Some(Stage::Offered(_)) => {}
            // Its timer is removed with the call.
            None => {}
        }
    }

    /// A call leaves its queue by a rule of the queue.
    pub(super) fn exit(&mut self, now: Timestamp, call: CallId, exit: QueueExit) {
        let Some(waiting) = self.calls.get(&call) else { return };
        let Some(queue) = self.queues.get(waiting.queue) else { return };
        let (queue, wait_ms) = (queue.id.clone(), now.ms_since(waiting.queued));
        self.event(Event::CallLeftQueue(CallLeftQueue { call, queue, exit, wait_ms }));
        self.outputs.push_back(Output::Exit { call, exit });
        self.forget(call);
    }

    /// A seat no longer serves these queues. Where it was the last and the queue says so, the
    /// waiting calls leave.
    pub(super) fn close_unstaffed(&mut self, now: Timestamp, left: &[usize]) {
        for n in left {
            self.leave_unstaffed(now, *n);
        }
    }

    /// The calls of a queue leave that must not wait without a signed-in seat.
    pub(super) fn leave_unstaffed(&mut self, now: Timestamp, n: usize) {
        let Some(queue) = self.queues.get(n) else { return };
        if !queue.policy.leave_when_empty || queue.staffed > 0 {
            return;
        }
        // A call offered to a seat of an overflow queue may still be answered.
        let is_available =
            |call: &CallId| matches!(self.calls.get(call), Some(w) if w.is_available());
        let available = queue.calls.iter().map(|entry| entry.call).filter(is_available);
        let waiting: Vec<CallId> = available.take(EXITS_A_TURN + 1).collect();
        for call in waiting.iter().take(EXITS_A_TURN) {
            self.exit(now, *call, QueueExit::Empty);
        }
        if waiting.len() > EXITS_A_TURN {
            self.timers.insert((now, Timer::Unstaffed(n)));
        }
    }

    pub(super) fn drain(&mut self, now: Timestamp, until: Timestamp) {
        if let Some(before) = self.drain_at.replace(until) {
            self.timers.remove(&(before, Timer::Drain));
        }
        if until <= now {
            self.drained(now);
        } else {
            self.timers.insert((until, Timer::Drain));
        }
    }

    /// The waiting calls leave, the one that arrived first at first.
    pub(super) fn drained(&mut self, now: Timestamp) {
        let waiting: Vec<CallId> = self.calls.keys().copied().take(EXITS_A_TURN).collect();
        for call in waiting {
            self.withdraw_call(now, call, WithdrawalReason::Engine);
            self.exit(now, call, QueueExit::Draining);
        }
        if !self.calls.is_empty() {
            self.drain_at = Some(now);
            self.timers.insert((now, Timer::Drain));
        }
    }

    /// Removes a call from its class, its timer and its queue.
    pub(super) fn forget(&mut self, call: CallId) {
        self.unclass(call);
        self.set_timer(call, None);
        self.missed_calls.remove(&call);
        self.changed_calls.remove(&call);
        let Some(waiting) = self.calls.remove(&call) else { return };
        if let Some(queue) = self.queues.get_mut(waiting.queue) {
            queue.calls.leave(call);
            self.unmatched_calls.remove(&(Reverse(queue.policy.weight), waiting.entry));
        }
    }

    /// Marks a call as offered: it leaves its class, and only the offer's timer runs.
    pub(super) fn set_offered(&mut self, call: CallId, offer: OfferId) {
        self.unclass(call);
        self.set_timer(call, None);
        if let Some(waiting) = self.calls.get_mut(&call) {
            waiting.stage = Stage::Offered(offer);
            self.changed_calls.insert(call);
        }
    }

    fn unclass(&mut self, call: CallId) {
        if let Some(waiting) = self.calls.get(&call)
            && let Stage::Available(class) = waiting.stage
        {
            self.backlog.leave(class, &waiting.entry);
        }
    }

    fn set_timer(&mut self, call: CallId, at: Option<Timestamp>) {
        let Some(waiting) = self.calls.get_mut(&call) else { return };
        if let Some(before) = std::mem::replace(&mut waiting.timer, at) {
            self.timers.remove(&(before, Timer::Call(call)));
        }
        if let Some(at) = at {
            self.timers.insert((at, Timer::Call(call)));
        }
    }
}

/// The requirement of a call after this wait.
fn requirement(
    queue: usize,
    skills: &BTreeMap<Skill, u8>,
    policy: &QueuePolicy,
    waited: Duration,
    queue_index: &BTreeMap<QueueId, usize>,
) -> CurrentRequirement {
    let reached = || policy.widening.iter().filter(|step| step.after <= waited);
    let lower_by = reached().map(|step| step.lower_by).max().unwrap_or(0);
    let more_tiers = reached().map(|step| step.tiers).max().unwrap_or(0);
    let opened = policy.overflow.iter().filter(|overflow| overflow.after <= waited);
    let least = |(skill, level): (&Skill, &u8)| match level.saturating_sub(lower_by) {
        0 => None,
        level => Some((skill.clone(), level)),
    };
    CurrentRequirement {
        queue,
        skills: skills.iter().filter_map(least).collect(),
        tier_max: more_tiers.saturating_add(1),
        overflow: opened.filter_map(|overflow| queue_index.get(&overflow.to).copied()).collect(),
    }
}

/// The wait after which the queue's policy changes something for a call next.
fn next_step(
    policy: &QueuePolicy,
    max_wait: Option<Duration>,
    waited: Duration,
) -> Option<Duration> {
    let widening = policy.widening.iter().map(|step| step.after);
    let overflow = policy.overflow.iter().map(|overflow| overflow.after);
    widening.chain(overflow).chain(max_wait).filter(|after| *after > waited).min()
}

/// The most calls that leave their queue by a rule in one turn; the others leave in the next ones.
const EXITS_A_TURN: usize = 32;
