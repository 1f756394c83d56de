//! The reason for an offer as data for the log. The texts are made where it is shown.

use model::{
    AccountName, Candidate, Decision, DecisionRule, QueueId, Requirement, RuledOut, RuledOutReason,
    SeatId, Timestamp,
};

use crate::{
    Strategy,
    backlog::CallClass,
    ready_agents::{ReadyAgents, Turn},
    requirement::{GroupId, Rank},
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
    pub(crate) strategy: Strategy,
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
            eligible: u32::try_from(self.eligible_ready()).unwrap_or(u32::MAX),
            candidates: candidates.iter().map(|candidate| self.candidate(candidate)).collect(),
            ruled_out: ruled_out(
                self.ready_agents,
                self.class,
                self.strategy,
                self.missed_by,
                &self.agent_of,
            ),
            overflow: self.overflow,
        }
    }

    /// The first candidates in order, from the first [`GROUPS_MAX`] groups that have any.
    fn first_candidates(&self) -> Vec<(Rank, Turn, GroupId)> {
        let may_ring = |seat: SeatId| !self.missed_by.contains(&seat);
        let groups = self.class.eligible.iter().filter_map(|eligible| {
            let turns = self.ready_agents.ready(eligible.group, self.strategy)?;
            (!turns.is_empty()).then_some((eligible, turns))
        });
        let mut first = Vec::with_capacity(Decision::LISTED_MAX + 1);
        for (eligible, turns) in groups.take(GROUPS_MAX) {
            for turn in turns.iter().filter(|turn| may_ring(turn.seat)) {
                let candidate = (eligible.rank, *turn, eligible.group);
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
    fn rule(&self, candidates: &[(Rank, Turn, GroupId)]) -> DecisionRule {
        let [(first, ..), (second, ..), ..] = candidates else {
            return DecisionRule::OnlyCandidate;
        };
        match self.strategy {
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

    fn candidate(&self, (rank, turn, _): &(Rank, Turn, GroupId)) -> Candidate {
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
    fn eligible_ready(&self) -> usize {
        let ready = |group| self.ready_agents.ready(group, self.strategy).map_or(0, |r| r.len());
        let all: usize = self.class.eligible.iter().map(|eligible| ready(eligible.group)).sum();
        let missed = self.missed_by.iter().filter(|seat| self.ready_agents.is_ready(**seat));
        let missed = missed.filter_map(|seat| self.ready_agents.group_of(*seat));
        let missed = missed.filter(|of| self.class.eligible.iter().any(|e| e.group == *of));
        all.saturating_sub(missed.count())
    }
}

/// The first ready seats that are not rung for a call of this class, each with the reason.
/// `missed_by`: the seats that missed the call recently.
pub(crate) fn ruled_out(
    ready_agents: &ReadyAgents,
    class: &CallClass,
    strategy: Strategy,
    missed_by: &[SeatId],
    agent_of: impl Fn(SeatId) -> Option<AccountName>,
) -> Vec<RuledOut> {
    let missed = missed_by.iter().filter(|seat| ready_agents.is_ready(**seat));
    let missed = missed.map(|seat| (*seat, RuledOutReason::MissedThisCall));
    let groups = class.ruled_out.iter().take(GROUPS_MAX);
    let unfit = groups.flat_map(|(group, reason)| {
        let turns = ready_agents.ready(*group, strategy).into_iter().flatten();
        let turns = turns.filter(|turn| !missed_by.contains(&turn.seat));
        turns.take(Decision::LISTED_MAX).map(|turn| (turn.seat, reason.clone()))
    });
    let all = missed.chain(unfit).take(Decision::LISTED_MAX);
    all.map(|(seat, reason)| RuledOut { seat, agent: agent_of(seat), reason }).collect()
}

/// Groups looked at for the list of candidates: each offer has to be quick, whatever the number of
/// different profiles.
const GROUPS_MAX: usize = 32;
