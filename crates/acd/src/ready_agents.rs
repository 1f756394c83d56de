//! The seats that can take a call, by skill group and in each order that a strategy needs.
//!
//! Seats with the same [`RoutingProfile`] form one skill group. A dispatch looks at the first seat
//! of each eligible group, never at all seats. A seat changes its group when a person signs in or
//! out there, or when that person's profile changes.

use std::collections::{BTreeMap, BTreeSet};

use model::{OfferId, QueueId, RoutingProfile, RuledOutReason, SeatId, Skill, Timestamp};

use crate::{
    Policy, SeatState, Strategy,
    requirement::{CurrentRequirement, Eligibility, GroupId, Rank},
};

/// The values that the strategies compare, as they were when the seat became ready.
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
            // Among equally skilled seats the longest idle one is rung first.
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

/// Seats with the same profile.
#[derive(Debug, Default)]
struct SkillGroup {
    profile: RoutingProfile,
    /// Tier by queue index. Queues that the config does not have are left out.
    queues: BTreeMap<usize, u8>,
    /// The number of its seats, ready or not. When it is 0, the index may be used again.
    members: usize,
    /// The same ready seats in the order of each strategy that some queue uses.
    ready: Vec<(Strategy, BTreeSet<Turn>)>,
}

/// All skill groups with their ready seats.
#[derive(Debug, Default)]
pub(crate) struct ReadyAgents {
    strategies: BTreeSet<Strategy>,
    groups: Vec<SkillGroup>,
    by_profile: BTreeMap<RoutingProfile, GroupId>,
    /// Groups without members.
    unused: Vec<GroupId>,
    group_of: BTreeMap<SeatId, GroupId>,
    stats: BTreeMap<SeatId, AgentStats>,
}

/// The changes that [`ReadyAgents::assign`] made in the list of groups.
#[derive(Debug, Default)]
pub(crate) struct Regrouping {
    pub(crate) removed: Option<GroupId>,
    pub(crate) added: Option<GroupId>,
}

impl ReadyAgents {
    /// All seats of the policy in the groups of their own profiles, none of them ready.
    pub(crate) fn new(policy: &Policy, queue_index: &BTreeMap<QueueId, usize>) -> ReadyAgents {
        let strategies = policy.queues.values().map(|queue| queue.strategy).collect();
        let mut agents = ReadyAgents { strategies, ..ReadyAgents::default() };
        for (seat, policy) in &policy.seats {
            agents.assign(*seat, policy.profile(), queue_index);
        }
        agents
    }

    /// Puts a seat into the group of a profile. A ready seat has to enter again.
    pub(crate) fn assign(
        &mut self,
        seat: SeatId,
        profile: RoutingProfile,
        queue_index: &BTreeMap<QueueId, usize>,
    ) -> Regrouping {
        self.leave(seat);
        let mut regrouping = Regrouping::default();
        let before = self.group_of.remove(&seat);
        if let Some(group) = before.and_then(|group| self.groups.get_mut(group.0)) {
            group.members -= 1;
            if group.members == 0 {
                self.by_profile.remove(&group.profile);
                self.unused.extend(before);
                regrouping.removed = before;
            }
        }
        let id = match self.by_profile.get(&profile) {
            Some(id) => *id,
            None => {
                let added = self.add(profile, queue_index);
                regrouping.added = Some(added);
                added
            }
        };
        if let Some(group) = self.groups.get_mut(id.0) {
            group.members += 1;
        }
        self.group_of.insert(seat, id);
        regrouping
    }

    fn add(&mut self, profile: RoutingProfile, queue_index: &BTreeMap<QueueId, usize>) -> GroupId {
        let index = |(queue, tier): (&QueueId, &u8)| Some((*queue_index.get(queue)?, *tier));
        let group = SkillGroup {
            queues: profile.queues.iter().filter_map(index).collect(),
            members: 0,
            ready: self.strategies.iter().map(|s| (*s, BTreeSet::new())).collect(),
            profile: profile.clone(),
        };
        let id = self.unused.pop().unwrap_or(GroupId(self.groups.len()));
        match self.groups.get_mut(id.0) {
            Some(unused) => *unused = group,
            None => self.groups.push(group),
        }
        self.by_profile.insert(profile, id);
        id
    }

    /// The groups that have members.
    pub(crate) fn groups(&self) -> impl Iterator<Item = GroupId> + '_ {
        let groups = self.groups.iter().enumerate().filter(|(_, group)| group.members > 0);
        groups.map(|(n, _)| GroupId(n))
    }

    pub(crate) fn group_of(&self, seat: SeatId) -> Option<GroupId> {
        self.group_of.get(&seat).copied()
    }

    /// The skills and queues of a seat at the moment.
    pub(crate) fn profile(&self, seat: SeatId) -> Option<&RoutingProfile> {
        self.group(seat).map(|group| &group.profile)
    }

    /// The queues that a seat serves, by index.
    pub(crate) fn queues_of(&self, seat: SeatId) -> impl Iterator<Item = usize> + '_ {
        self.group(seat).into_iter().flat_map(|group| group.queues.keys().copied())
    }

    /// The seats, ready or not, whose groups meet a requirement.
    pub(crate) fn eligible_seats(
        &self,
        requirement: &CurrentRequirement,
    ) -> impl Iterator<Item = SeatId> {
        let is_eligible = |group: &GroupId| {
            matches!(self.eligibility(*group, requirement, false), Eligibility::Eligible(_))
        };
        let groups: BTreeSet<GroupId> = self.groups().filter(is_eligible).collect();
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

    /// Whether a group may serve calls with this requirement.
    pub(crate) fn eligibility(
        &self,
        group: GroupId,
        requirement: &CurrentRequirement,
        by_skill: bool,
    ) -> Eligibility {
        let group = self.groups.get(group.0);
        group.map_or(Eligibility::OtherQueues, |group| group.eligibility(requirement, by_skill))
    }

    fn group(&self, seat: SeatId) -> Option<&SkillGroup> {
        self.groups.get(self.group_of(seat)?.0)
    }
}

impl SkillGroup {
    fn eligibility(&self, requirement: &CurrentRequirement, by_skill: bool) -> Eligibility {
        let queues = std::iter::once(&requirement.queue).chain(&requirement.overflow);
        let served = queues.zip(0u8..).filter_map(|(queue, overflow)| {
            let tier = *self.queues.get(queue)?;
            Some((overflow, tier))
        });
        let Some((_, lowest_tier)) = served.clone().min_by_key(|(_, tier)| *tier) else {
            return Eligibility::OtherQueues;
        };
        let level = |skill: &Skill| self.profile.skills.get(skill).copied().unwrap_or(0);
        if let Some((skill, required)) =
            requirement.skills.iter().find(|(skill, least)| level(skill) < *least)
        {
            let (skill, required) = (skill.clone(), *required);
            let level = level(&skill);
            return Eligibility::RuledOut(RuledOutReason::Skill { skill, level, required });
        }
        let tier_max = requirement.tier_max;
        let Some((overflow, tier)) = served.into_iter().find(|(_, tier)| *tier <= tier_max) else {
            return Eligibility::RuledOut(RuledOutReason::Tier { tier: lowest_tier, tier_max });
        };
        let skill_deficit = if by_skill {
            let levels = requirement.skills.iter().map(|(skill, _)| u16::from(level(skill)));
            u16::MAX - levels.fold(0, u16::saturating_add)
        } else {
            0
        };
        Eligibility::Eligible(Rank { overflow, tier, skill_deficit })
    }
}
