//! Why a waiting call is not offered to a seat, and how long it will wait: as data, for each class
//! of calls. The texts are made where they are shown.

use std::time::Duration;

use model::{CallId, Requirement, SeatId, Timestamp, WaitCause, WaitReason};
use queue::{ServingSeat, WaitEstimate};

use super::{Dispatcher, calls::Stage};
use crate::{
    Work,
    backlog::{CallClass, ClassId},
    decision::{ready_missed, ruled_out},
    seat_counts::SeatCounts,
};

/// A waiting call's position and expected wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueEstimate {
    /// Its position in its queue, from 1.
    pub position: u32,
    /// The expected further wait; `None` when too few handle times are known.
    pub expected: Option<Duration>,
}

/// The outlook that the waiting calls of a class have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassOutlook {
    /// The reason why they are not offered to a seat, but for calls that a seat missed
    /// ([`Dispatcher::wait_reason`]).
    pub reason: WaitReason,
    /// How long they will wait; `None` when no seat serves them or too few handle times are known.
    pub estimate: Option<WaitEstimate>,
}

impl Dispatcher {
    /// The classes that have waiting calls, at most 1,024 and those that a config's lines need.
    pub fn waiting_classes(&self) -> impl Iterator<Item = ClassId> + '_ {
        self.backlog.waiting_classes()
    }

    /// The class of a call that waits and is not offered to a seat.
    pub fn class_of(&self, call: CallId) -> Option<ClassId> {
        match self.calls.get(&call)?.stage {
            Stage::Available(class) => Some(class),
            Stage::Offered(_) => None,
        }
    }

    /// A call whose class has changed since this method last returned it. A call that no longer
    /// waits is not returned.
    pub fn take_changed_call(&mut self) -> Option<CallId> {
        self.changed_calls.pop_first()
    }

    /// The waiting calls that a seat missed and does not ring for yet.
    pub fn missed_calls(&self) -> impl Iterator<Item = CallId> + '_ {
        self.missed_calls.iter().copied()
    }

    /// Why the calls of a class wait and how long they will.
    pub fn class_outlook(&self, now: Timestamp, id: ClassId) -> Option<ClassOutlook> {
        let class = self.backlog.class(id)?;
        let (reason, estimate) = (self.class_reason(class, &[]), self.class_estimate(now, id));
        Some(ClassOutlook { reason, estimate })
    }

    /// The reason of a waiting call that is not offered to a seat at the moment.
    pub fn wait_reason(&self, call: CallId) -> Option<WaitReason> {
        let waiting = self.calls.get(&call)?;
        let class = self.backlog.class(self.class_of(call)?)?;
        Some(self.class_reason(class, &waiting.missed_by()))
    }

    /// The position and expected wait of a waiting call that is not offered to a seat.
    pub fn queue_estimate(&self, now: Timestamp, call: CallId) -> Option<QueueEstimate> {
        let position = self.position(call)?;
        let estimate = self.class_estimate(now, self.class_of(call)?);
        let expected = estimate.and_then(|estimate| estimate.wait(position));
        Some(QueueEstimate { position: u32::try_from(position).unwrap_or(u32::MAX), expected })
    }

    /// When the seats that may serve a class become free.
    pub(super) fn class_estimate(&self, now: Timestamp, id: ClassId) -> Option<WaitEstimate> {
        let class = self.backlog.class(id)?;
        let queue = self.queues.get(class.requirement.queue)?;
        // Without a mean there is no estimate, and the seats are not read.
        queue.handle_times.mean()?;
        let seats = class.seats.serving();
        if seats == 0 {
            return None;
        }
        let groups = class.groups.iter();
        let serving = groups
            .filter(|group| self.ready_agents.counts_of(**group).serving() > 0)
            .flat_map(|group| self.ready_agents.seats_of(*group))
            .filter_map(|seat| self.serving_seat(now, seat));
        queue.handle_times.estimate(seats, class.seats.ready as usize, serving)
    }

    /// How long a seat has been busy, when it takes calls.
    fn serving_seat(&self, now: Timestamp, seat: SeatId) -> Option<ServingSeat> {
        match self.seats.get(seat)?.work {
            Work::Ready if self.ready_agents.is_ready(seat) => Some(ServingSeat::Free),
            Work::Alerting { .. } | Work::Talking { .. } | Work::WrapUp { .. } => {
                let since = self.engaged.get(seat).copied().flatten().map(|(_, since)| since);
                Some(ServingSeat::Busy(since.map_or(Duration::ZERO, |since| now.since(since))))
            }
            Work::Ready | Work::Off | Work::NotReady { .. } => None,
        }
    }

    fn class_reason(&self, class: &CallClass, missed_by: &[SeatId]) -> WaitReason {
        let missed = ready_missed(&self.ready_agents, class, missed_by);
        let requirement = &class.requirement;
        let queue_id = |n: &usize| Some(self.queues.get(*n)?.id.clone());
        let agent_of = |seat| self.seats.get(seat)?.agent().cloned();
        WaitReason {
            cause: self.wait_cause(class, missed),
            requirement: Requirement { skills: requirement.skills.iter().cloned().collect() },
            tier_max: requirement.tier_max,
            overflow: requirement.overflow.iter().filter_map(queue_id).collect(),
            busy: class.seats.busy,
            not_ready: class.seats.not_ready,
            unreachable: class.seats.unreachable,
            ruled_out: ruled_out(&self.ready_agents, class, missed_by, agent_of),
        }
    }

    /// `missed`: how many ready seats are not rung because they missed the call.
    fn wait_cause(&self, class: &CallClass, missed: u32) -> WaitCause {
        let SeatCounts { ready, busy, not_ready, unreachable } = class.seats;
        let is_staffed = |n: usize| self.queues.get(n).is_some_and(|queue| queue.staffed > 0);
        if self.no_ports && ready > missed {
            WaitCause::NoPort
        } else if missed > 0 {
            WaitCause::Missed
        } else if busy > 0 {
            WaitCause::Busy
        } else if not_ready > 0 || unreachable > 0 {
            WaitCause::NotReady
        } else if class.requirement.queues().any(is_staffed) {
            WaitCause::Unqualified
        } else {
            WaitCause::Unstaffed
        }
    }
}
