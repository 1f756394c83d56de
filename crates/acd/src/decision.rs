//! The reason for an offer as data for the log. The texts are made where it is shown.

use std::collections::BTreeSet;

use model::{
    AccountName, Candidate, Decision, DecisionRule, QueueId, Requirement, RuledOut, RuledOutReason,
    SeatId, Timestamp,
};

use crate::{
    Strategy,
    backlog::{CallClass, GroupHead},
    ready_agents::ReadyAgents,
    requirement::{Eligibility, GroupId},
};

/// The facts of a decision, just before the chosen seat is reserved.
pub(crate) struct Context<'a, A> {
    pub(crate) now: Timestamp,
    pub(crate) ready_agents: &'a ReadyAgents,
    pub(crate) class: &'a CallClass,
    pub(crate) queue: &'a QueueId,
    /// The overflow queue through which the chosen seat was reached; `None` for the call's own
    /// queue.
    pub(crate) overflow: Option<QueueId>,
    pub(crate) waited_ms: u64,
    /// Seats that missed this call recently and are not rung for it yet.
    pub(crate) missed_by: &'a [SeatId],
    /// The person signed in at a seat.
    pub(crate) agent_of: A,
}

impl<A: Fn(SeatId) -> Option<AccountName>> Context<'_, A> {
    pub(crate) fn decision(self) -> Decision {
        let candidates = self.first_candidates();
        Decision {
            rule: self.rule(&candidates),
            queue: self.queue.clone(),
            waited_ms: self.waited_ms,
            requirement: Requirement {
                skills: self.class.requirement.skills.iter().cloned().collect(),
            },
            eligible: self.eligible_ready(),
            candidates: candidates.iter().map(|candidate| self.candidate(candidate)).collect(),
            ruled_out: ruled_out(self.ready_agents, self.class, self.missed_by, &self.agent_of),
            overflow: self.overflow,
        }
    }

    /// The first candidates in order.
    fn first_candidates(&self) -> Vec<GroupHead> {
        let mut first: Vec<GroupHead> = Vec::with_capacity(Decision::LISTED_MAX + 1);
        for head in self.class.heads() {
            // The heads are in order: all seats of the following groups come later still.
            if first.get(Decision::LISTED_MAX - 1).is_some_and(|last| last < head) {
                break;
            }
            let (rank, _, group) = *head;
            let turns = self.ready_agents.ready(group, self.class.strategy).into_iter().flatten();
            for turn in turns.filter(|turn| !self.missed_by.contains(&turn.seat)) {
                let candidate = (rank, *turn, group);
                let place = first.partition_point(|earlier| *earlier < candidate);
                // The turns of a group are in order: the following ones come later still.
                if place == Decision::LISTED_MAX {
                    break;
                }
                first.insert(place, candidate);
                first.truncate(Decision::LISTED_MAX);
            }
        }
        first
    }

    /// The criterion that decided between the first candidate and the second.
    fn rule(&self, candidates: &[GroupHead]) -> DecisionRule {
        let [(first, ..), (second, ..), ..] = candidates else {
            return DecisionRule::OnlyCandidate;
        };
        match self.class.strategy {
            _ if first.overflow < second.overflow => DecisionRule::OwnQueue,
            _ if first.tier < second.tier => DecisionRule::LowestTier,
            Strategy::LongestIdle => DecisionRule::LongestIdle,
            Strategy::RoundRobin => DecisionRule::RoundRobin,
            Strategy::FewestCalls => DecisionRule::FewestCalls,
            Strategy::LeastTalk => DecisionRule::LeastTalk,
            Strategy::BestSkill => DecisionRule::BestSkill,
            Strategy::Linear => DecisionRule::Linear,
        }
    }

    fn candidate(&self, (rank, turn, _): &GroupHead) -> Candidate {
        let seat = turn.seat;
        let stats = self.ready_agents.stats(seat);
        let levels = self.ready_agents.profile(seat).map(|profile| &profile.skills);
        let skills = self.class.requirement.skills.iter().filter_map(|(skill, _)| {
            let level = *levels?.get(skill)?;
            Some((skill.clone(), level))
        });
        Candidate {
            seat,
            agent: (self.agent_of)(seat),
            tier: rank.tier,
            idle_ms: self.now.ms_since(turn.idle_since),
            answered: stats.map_or(0, |stats| stats.answered),
            talked_ms: stats.map_or(0, |stats| stats.talked_ms),
            skills: skills.collect(),
        }
    }

    /// Ready seats that meet the requirement and have not missed this call recently.
    fn eligible_ready(&self) -> u32 {
        let missed = ready_missed(self.ready_agents, self.class, self.missed_by);
        self.class.seats.ready.saturating_sub(missed)
    }
}

/// The number of seats among these that are ready and meet the requirement of a class.
pub(crate) fn ready_missed(
    ready_agents: &ReadyAgents,
    class: &CallClass,
    missed_by: &[SeatId],
) -> u32 {
    let ready = missed_by.iter().filter(|seat| ready_agents.is_ready(**seat));
    let groups = ready.filter_map(|seat| ready_agents.group_of(*seat));
    let by_skill = class.strategy == Strategy::BestSkill;
    let eligible = groups.filter(|group| {
        let eligibility = ready_agents.eligibility(*group, &class.requirement, by_skill);
        matches!(eligibility, Eligibility::Eligible(_))
    });
    u32::try_from(eligible.count()).unwrap_or(u32::MAX)
}

/// The first ready seats that are not rung for a call of this class, each with the reason.
/// `missed_by`: the seats that missed the call recently.
pub(crate) fn ruled_out(
    ready_agents: &ReadyAgents,
    class: &CallClass,
    missed_by: &[SeatId],
    agent_of: impl Fn(SeatId) -> Option<AccountName>,
) -> Vec<RuledOut> {
    let missed = missed_by.iter().filter(|seat| ready_agents.is_ready(**seat));
    let missed = missed.map(|seat| (*seat, RuledOutReason::MissedThisCall));
    let groups = class.requirement.queues().flat_map(|queue| ready_agents.ready_groups_of(queue));
    let groups: BTreeSet<GroupId> = groups.take(GROUPS_MAX).collect();
    let unfit = groups.into_iter().filter_map(|group| {
        match ready_agents.eligibility(group, &class.requirement, false) {
            Eligibility::RuledOut(reason) => Some((group, reason)),
            Eligibility::Eligible(_) | Eligibility::OtherQueues => None,
        }
    });
    let unfit = unfit.flat_map(|(group, reason)| {
        let turns = ready_agents.ready(group, class.strategy).into_iter().flatten();
        let turns = turns.filter(|turn| !missed_by.contains(&turn.seat));
        turns.take(Decision::LISTED_MAX).map(move |turn| (turn.seat, reason.clone()))
    });
    let all = missed.chain(unfit).take(Decision::LISTED_MAX);
    all.map(|(seat, reason)| RuledOut { seat, agent: agent_of(seat), reason }).collect()
}

/// Groups looked at for the seats ruled out: each offer has to be quick, whatever the number of
/// different profiles.
const GROUPS_MAX: usize = 32;
