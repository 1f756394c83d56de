//! Who answers whom, decided but not yet done: waiting calls, ready seats and the policy in, a
//! pair and its reason out.
//!
//! There is one rule for the whole center: heavier queue, then higher priority, then longest wait,
//! then the earlier call. A seat that becomes ready takes the first call it may serve by that
//! rule. A call that becomes available takes the seat that its queue's strategy chooses. Every
//! change is matched at once, so no seat stays ready while a call it may serve waits, and no call
//! is served after a later equal one.

use std::{cmp::Reverse, fmt};

use model::{CallId, QueueId, SeatId, Skill, Timestamp};
use queue::QueueEntry;

use crate::{
    Strategy,
    backlog::{Backlog, CallClass},
    ready_agents::{ReadyAgents, Turn},
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
/// seat.
pub(crate) fn best_seat(
    ready_agents: &ReadyAgents,
    class: &CallClass,
    strategy: Strategy,
    may_ring: impl Fn(SeatId) -> bool,
) -> Option<(Rank, GroupId, SeatId)> {
    let mut best: Option<(Rank, Turn, GroupId)> = None;
    for eligible in &class.eligible {
        if best.is_some_and(|(rank, ..)| rank < eligible.rank) {
            break;
        }
        let turns = ready_agents.ready(eligible.group, strategy)?;
        let Some(turn) = turns.iter().find(|turn| may_ring(turn.seat)) else { continue };
        if best.is_none_or(|(_, other, _)| *turn < other) {
            best = Some((eligible.rank, *turn, eligible.group));
        }
    }
    best.map(|(rank, turn, group)| (rank, group, turn.seat))
}

/// Why this seat was chosen for this call. Displays as one sentence.
pub(crate) struct Why<'a> {
    pub(crate) now: Timestamp,
    pub(crate) ready_agents: &'a ReadyAgents,
    pub(crate) class: &'a CallClass,
    pub(crate) queue: &'a QueueId,
    pub(crate) strategy: Strategy,
    pub(crate) rank: Rank,
    pub(crate) group: GroupId,
    pub(crate) seat: SeatId,
    pub(crate) waited_since: Timestamp,
}

impl fmt::Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stats = self.ready_agents.stats(self.seat);
        let idle_s = stats.map_or(0, |s| self.now.since(s.idle_since).as_secs());
        let ready: usize = self.eligible_ready().sum();
        match (ready, self.strategy) {
            (0 | 1, _) => f.write_str("the only ready seat that may take it")?,
            (n, Strategy::LongestIdle) => write!(f, "longest idle of {n} ready seats")?,
            (n, Strategy::RoundRobin) => write!(f, "next in turn of {n} ready seats")?,
            (n, Strategy::FewestCalls) => {
                let calls = stats.map_or(0, |s| s.answered);
                write!(f, "fewest calls ({calls}) of {n} ready seats")?;
            }
            (n, Strategy::LeastTalk) => {
                let talked_s = stats.map_or(0, |s| s.talked_ms / 1_000);
                write!(f, "least talk ({talked_s} s) of {n} ready seats")?;
            }
            (n, Strategy::BestSkill) => write!(f, "best skilled of {n} ready seats")?,
            (n, Strategy::Linear) => write!(f, "first by number of {n} ready seats")?,
        }
        write!(f, ", idle {idle_s} s")?;
        for (skill, least) in &self.class.requirement.skills {
            write!(f, "; {skill} {} of {least}", self.level(skill))?;
        }
        if self.rank.tier > 1 {
            write!(f, "; tier {}", self.rank.tier)?;
        }
        if self.rank.overflow > 0 {
            f.write_str("; by overflow")?;
        }
        let waited_s = self.now.since(self.waited_since).as_secs();
        write!(f, "; the call waited {waited_s} s in {}", self.queue)
    }
}

impl Why<'_> {
    fn eligible_ready(&self) -> impl Iterator<Item = usize> {
        let eligible = self.class.eligible.iter();
        eligible.filter_map(|eligible| {
            Some(self.ready_agents.ready(eligible.group, self.strategy)?.len())
        })
    }

    fn level(&self, skill: &Skill) -> u8 {
        self.ready_agents.level(self.group, skill)
    }
}
