//! The seats that can take a call, by skill group and in each order that a strategy needs.
//!
//! Seats with the same skills and queues form one skill group. A dispatch looks at the first seat
//! of each eligible group, never at all seats.

use std::collections::{BTreeMap, BTreeSet};

use model::{OfferId, QueueId, SeatId, Skill, Timestamp};

use crate::{
    Policy, SeatState, Strategy,
    requirement::{EligibleGroup, GroupId, Rank, Requirement},
};

/// What the strategies compare, as it was when the seat became ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AgentStats {
    pub(crate) idle_since: Timestamp,
    last_offer: OfferId,
    pub(crate) answered: u32,
    pub(crate) talked_ms: u64,
}

impl AgentStats {
    pub(crate) fn of(seat: &SeatState) -> AgentStats {
        AgentStats {
            idle_since: seat.idle_since,
            last_offer: seat.last_offer,
            answered: seat.answered,
            talked_ms: u64::try_from(seat.talked.as_millis()).unwrap_or(u64::MAX),
        }
    }

    fn turn(&self, strategy: Strategy, seat: SeatId) -> Turn {
        let key = match strategy {
            // Among equally skilled seats, too, the longest idle is rung.
            Strategy::LongestIdle | Strategy::BestSkill => 0,
            Strategy::RoundRobin => self.last_offer.0,
            Strategy::FewestCalls => u64::from(self.answered),
            Strategy::LeastTalk => self.talked_ms,
            Strategy::Linear => u64::from(seat.0),
        };
        Turn { key, idle_since: self.idle_since, seat }
    }
}

/// A seat's position in the order of one strategy. Less is rung first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    key: u64,
    pub(crate) idle_since: Timestamp,
    pub(crate) seat: SeatId,
}

/// Seats with the same skills and queues.
#[derive(Debug)]
struct SkillGroup {
    skills: BTreeMap<Skill, u8>,
    /// Tier by queue index.
    queues: BTreeMap<usize, u8>,
    /// The same ready seats in the order of each strategy that some queue uses.
    ready: Vec<(Strategy, BTreeSet<Turn>)>,
}

/// All skill groups with their ready seats.
#[derive(Debug)]
pub(crate) struct ReadyAgents {
    groups: Vec<SkillGroup>,
    group_of: BTreeMap<SeatId, GroupId>,
    stats: BTreeMap<SeatId, AgentStats>,
}

impl ReadyAgents {
    pub(crate) fn new(policy: &Policy, queue_index: &BTreeMap<QueueId, usize>) -> ReadyAgents {
        let strategies: BTreeSet<Strategy> = policy.queues.values().map(|q| q.strategy).collect();
        let mut groups: Vec<SkillGroup> = Vec::new();
        let mut by_profile = BTreeMap::new();
        let mut group_of = BTreeMap::new();
        for (seat, policy) in &policy.seats {
            let id = *by_profile.entry((&policy.skills, &policy.queues)).or_insert_with(|| {
                let index =
                    |(queue, tier): (&QueueId, &u8)| Some((*queue_index.get(queue)?, *tier));
                groups.push(SkillGroup {
                    skills: policy.skills.clone(),
                    queues: policy.queues.iter().filter_map(index).collect(),
                    ready: strategies.iter().map(|s| (*s, BTreeSet::new())).collect(),
                });
                GroupId(groups.len() - 1)
            });
            group_of.insert(*seat, id);
        }
        ReadyAgents { groups, group_of, stats: BTreeMap::new() }
    }

    pub(crate) fn groups(&self) -> usize {
        self.groups.len()
    }

    pub(crate) fn group_of(&self, seat: SeatId) -> Option<GroupId> {
        self.group_of.get(&seat).copied()
    }

    /// The queues a seat serves, by index.
    pub(crate) fn queues_of(&self, seat: SeatId) -> impl Iterator<Item = usize> + '_ {
        let group = self.group_of(seat).and_then(|group| self.groups.get(group.0));
        group.into_iter().flat_map(|group| group.queues.keys().copied())
    }

    /// The seats of these groups, ready or not.
    pub(crate) fn seats_of(&self, eligible: &[EligibleGroup]) -> impl Iterator<Item = SeatId> {
        let groups: BTreeSet<GroupId> = eligible.iter().map(|eligible| eligible.group).collect();
        let members = self.group_of.iter().filter(move |(_, group)| groups.contains(group));
        members.map(|(seat, _)| *seat)
    }

    pub(crate) fn is_ready(&self, seat: SeatId) -> bool {
        self.stats.contains_key(&seat)
    }

    pub(crate) fn stats(&self, seat: SeatId) -> Option<&AgentStats> {
        self.stats.get(&seat)
    }

    /// Adds a seat that can take a call.
    pub(crate) fn enter(&mut self, seat: SeatId, stats: AgentStats) {
        self.leave(seat);
        let group = self.group_of(seat).and_then(|group| self.groups.get_mut(group.0));
        let Some(group) = group else { return };
        for (strategy, turns) in &mut group.ready {
            turns.insert(stats.turn(*strategy, seat));
        }
        self.stats.insert(seat, stats);
    }

    /// Removes a seat that can no longer take a call.
    pub(crate) fn leave(&mut self, seat: SeatId) {
        let Some(stats) = self.stats.remove(&seat) else { return };
        let group = self.group_of(seat).and_then(|group| self.groups.get_mut(group.0));
        let Some(group) = group else { return };
        for (strategy, turns) in &mut group.ready {
            turns.remove(&stats.turn(*strategy, seat));
        }
    }

    /// The ready seats of a group in the order of a strategy.
    pub(crate) fn ready(&self, group: GroupId, strategy: Strategy) -> Option<&BTreeSet<Turn>> {
        let orders = &self.groups.get(group.0)?.ready;
        orders.iter().find(|(s, _)| *s == strategy).map(|(_, turns)| turns)
    }

    /// The level of a skill in a group; 0 without it.
    pub(crate) fn level(&self, group: GroupId, skill: &Skill) -> u8 {
        self.groups.get(group.0).and_then(|g| g.skills.get(skill)).copied().unwrap_or(0)
    }

    /// The groups that meet a requirement, in no order.
    pub(crate) fn eligible(&self, requirement: &Requirement, by_skill: bool) -> Vec<EligibleGroup> {
        let groups = self.groups.iter().enumerate();
        let eligible = groups.filter_map(|(n, group)| {
            let rank = group.rank_for(requirement, by_skill)?;
            Some(EligibleGroup { rank, group: GroupId(n) })
        });
        eligible.collect()
    }
}

impl SkillGroup {
    /// `None` when the group does not meet the requirement.
    fn rank_for(&self, requirement: &Requirement, by_skill: bool) -> Option<Rank> {
        let level = |skill: &Skill| self.skills.get(skill).copied().unwrap_or(0);
        if requirement.skills.iter().any(|(skill, least)| level(skill) < *least) {
            return None;
        }
        let queues = std::iter::once(&requirement.queue).chain(&requirement.overflow);
        let (overflow, tier) = queues.zip(0u8..).find_map(|(queue, overflow)| {
            let tier = *self.queues.get(queue)?;
            (tier <= requirement.tier_max).then_some((overflow, tier))
        })?;
        let sum = || {
            let levels = requirement.skills.iter().map(|(skill, _)| u16::from(level(skill)));
            levels.fold(0, u16::saturating_add)
        };
        let skill_deficit = if by_skill { u16::MAX - sum() } else { 0 };
        Some(Rank { overflow, tier, skill_deficit })
    }
}
