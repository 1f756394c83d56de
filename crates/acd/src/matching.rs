//! Matching of calls and seats: takes waiting calls, ready seats and the policy, returns a pair.
//!
//! There is one rule for the whole center: heavier queue, then higher priority, then longest wait,
//! then the earlier call. A seat that becomes ready takes the first call it may serve by that
//! rule. A call that becomes available takes the seat that its queue's strategy chooses. Every
//! change is matched at once, so no seat stays ready while a call it may serve waits, and no call
//! is served after a later equal one.

use std::cmp::Reverse;

use model::{CallId, SeatId};
use queue::QueueEntry;

use crate::{
    backlog::{Backlog, CallClass, GroupHead},
    ready_agents::ReadyAgents,
    requirement::{GroupId, Rank},
};

/// A call's place in the order of all waiting calls of the center. Less is served first.
pub(crate) type Precedence = (Reverse<u8>, QueueEntry);

/// The first call that a seat of this group may take. `may_ring` tells whether a call may ring
/// that seat.
pub(crate) fn best_call(
    backlog: &Backlog,
    group: GroupId,
    weight: impl Fn(usize) -> u8,
    may_ring: impl Fn(CallId) -> bool,
) -> Option<Precedence> {
    let first_of = |class: &CallClass| {
        let entry = class.waiting.iter().find(|entry| may_ring(entry.call))?;
        Some((Reverse(weight(class.requirement.queue)), *entry))
    };
    backlog.classes_of(group).filter_map(first_of).min()
}

/// The seat that a call of this class is offered to. `may_ring` tells whether the call may ring a
/// seat. The class's first ready seats are up to date.
pub(crate) fn best_seat(
    ready_agents: &ReadyAgents,
    class: &CallClass,
    may_ring: impl Fn(SeatId) -> bool,
) -> Option<(Rank, SeatId)> {
    let mut best: Option<GroupHead> = None;
    for head in class.heads() {
        if best.is_some_and(|best| best < *head) {
            break;
        }
        let (rank, _, group) = *head;
        let turns = ready_agents.ready(group, class.strategy)?;
        let Some(turn) = turns.iter().find(|turn| may_ring(turn.seat)) else { continue };
        let candidate = (rank, *turn, group);
        best = Some(best.map_or(candidate, |best| best.min(candidate)));
    }
    best.map(|(rank, turn, _)| (rank, turn.seat))
}
