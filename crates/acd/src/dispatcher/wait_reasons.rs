//! The reason a waiting call is not offered to a seat, as data. The texts are made where it is shown.

use std::collections::BTreeMap;

use model::{CallId, NotReadyReason, Requirement, SeatId, WaitCause, WaitReason};

use super::{
    Dispatcher,
    calls::{Call, Stage},
};
use crate::{
    Work,
    backlog::{CallClass, ClassId},
    decision::ruled_out,
};

impl Dispatcher {
    /// The reason of each waiting call that is not offered to a seat at the moment.
    pub fn wait_reasons(&self) -> BTreeMap<CallId, WaitReason> {
        // Calls of one class wait for the same seats, except those that a seat missed.
        let mut of_class: BTreeMap<ClassId, WaitReason> = BTreeMap::new();
        let mut reasons = BTreeMap::new();
        for (call, waiting) in &self.calls {
            let Stage::Available(id) = waiting.stage else { continue };
            let Some(class) = self.backlog.class(id) else { continue };
            let missed_by = waiting.missed_by();
            let reason = match missed_by.is_empty() {
                true => {
                    let known = of_class.entry(id);
                    known.or_insert_with(|| self.wait_reason(waiting, class, &[])).clone()
                }
                false => self.wait_reason(waiting, class, &missed_by),
            };
            reasons.insert(*call, reason);
        }
        reasons
    }

    fn wait_reason(&self, waiting: &Call, class: &CallClass, missed_by: &[SeatId]) -> WaitReason {
        let seats = self.count_eligible(class, missed_by);
        let requirement = &class.requirement;
        let queue_id = |n: &usize| Some(self.queues.get(*n)?.id.clone());
        let strategy = self.queues.get(waiting.queue).map(|queue| queue.policy.strategy);
        let agent_of = |seat| self.seats.get(&seat)?.agent().cloned();
        WaitReason {
            cause: self.wait_cause(class, &seats),
            requirement: Requirement { skills: requirement.skills.iter().cloned().collect() },
            tier_max: requirement.tier_max,
            overflow: requirement.overflow.iter().filter_map(queue_id).collect(),
            busy: seats.busy,
            not_ready: seats.not_ready,
            unreachable: seats.unreachable,
            ruled_out: strategy.map_or_else(Vec::new, |strategy| {
                ruled_out(&self.ready_agents, class, strategy, missed_by, agent_of)
            }),
        }
    }

    fn wait_cause(&self, class: &CallClass, seats: &EligibleSeats) -> WaitCause {
        let queues =
            || std::iter::once(&class.requirement.queue).chain(&class.requirement.overflow);
        let is_staffed = |n: &usize| self.queues.get(*n).is_some_and(|queue| queue.staffed > 0);
        if self.no_ports && seats.ready > 0 {
            WaitCause::NoPort
        } else if seats.missed > 0 {
            WaitCause::Missed
        } else if seats.busy > 0 {
            WaitCause::Busy
        } else if seats.not_ready + seats.unreachable > 0 {
            WaitCause::NotReady
        } else if queues().any(is_staffed) {
            WaitCause::Unqualified
        } else {
            WaitCause::Unstaffed
        }
    }

    fn count_eligible(&self, class: &CallClass, missed_by: &[SeatId]) -> EligibleSeats {
        let mut count = EligibleSeats::default();
        for seat in self.ready_agents.eligible_seats(&class.requirement) {
            let Some(state) = self.seats.get(&seat) else { continue };
            let counter = match state.work {
                Work::Off => continue,
                Work::Alerting { .. } | Work::Talking { .. } | Work::WrapUp { .. } => {
                    &mut count.busy
                }
                Work::NotReady {
                    reason: NotReadyReason::Unreachable | NotReadyReason::Busy,
                    ..
                } => &mut count.unreachable,
                Work::NotReady { .. } => &mut count.not_ready,
                Work::Ready if !self.ready_agents.is_ready(seat) => &mut count.unreachable,
                Work::Ready if missed_by.contains(&seat) => &mut count.missed,
                Work::Ready => &mut count.ready,
            };
            *counter = counter.saturating_add(1);
        }
        count
    }
}

/// The number of signed-in seats that meet a call's requirement, by their state.
#[derive(Default)]
struct EligibleSeats {
    ready: u32,
    /// Ready, and not rung for this call because they missed it recently.
    missed: u32,
    busy: u32,
    not_ready: u32,
    /// Their phone cannot be reached or is in a call of its own.
    unreachable: u32,
}
