//! The seats that can take a call, by skill group and in each order that a strategy needs.
//!
//! Seats with the same [`RoutingProfile`] form one skill group. A dispatch looks at the first seats
//! of a few groups, never at all seats. A seat changes its group when a person signs in or out
//! there, or when that person's profile changes.

use std::collections::{BTreeMap, BTreeSet};

use model::{OfferId, QueueId, RoutingProfile, RuledOutReason, SeatId, Skill, Timestamp};

use crate::{
    Policy, SeatState, Strategy,
    requirement::{CurrentRequirement, Eligibility, GroupId, Rank},
    seat_counts::{SeatCounts, SeatKind},
    seat_table::SeatTable,
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
    /// Its seats, ready or not. When there is none, the index may be used again.
    seats: BTreeSet<SeatId>,
    counts: SeatCounts,
    /// The same ready seats in the order of each strategy that some queue uses.
    ready: Vec<(Strategy, BTreeSet<Turn>)>,
}

/// A seat in its skill group.
#[derive(Debug, Default)]
struct Member {
    group: Option<GroupId>,
    /// `None` while no agent is signed in.
    kind: Option<SeatKind>,
    /// Of a ready seat.
    stats: Option<AgentStats>,
}

/// All skill groups with their ready seats.
#[derive(Debug, Default)]
pub(crate) struct ReadyAgents {
    strategies: BTreeSet<Strategy>,
    groups: Vec<SkillGroup>,
    by_profile: BTreeMap<RoutingProfile, GroupId>,
    /// The groups that serve each queue, by queue index.
    by_queue: Vec<QueueGroups>,
    /// Groups without members.
    unused: Vec<GroupId>,
    members: SeatTable<Member>,
}

/// The groups that serve a queue.
#[derive(Debug, Default)]
struct QueueGroups {
    all: BTreeSet<GroupId>,
    /// Those with a ready seat.
    ready: BTreeSet<GroupId>,
}

/// The changes that [`ReadyAgents::assign`] made in the list of groups.
#[derive(Debug, Default)]
pub(crate) struct Regrouping {
    pub(crate) removed: Option<GroupId>,
    pub(crate) added: Option<GroupId>,
}

/// A change of a seat's kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KindChange {
    pub(crate) group: GroupId,
    pub(crate) from: Option<SeatKind>,
    pub(crate) to: Option<SeatKind>,
}

impl ReadyAgents {
    /// All seats of the policy in the groups of their own profiles, none of them signed in.
    pub(crate) fn new(policy: &Policy, queue_index: &BTreeMap<QueueId, usize>) -> ReadyAgents {
        let strategies = policy.queues.values().map(|queue| queue.strategy).collect();
        let by_queue = queue_index.iter().map(|_| QueueGroups::default()).collect();
        let members = SeatTable::new(policy.seats.keys().copied(), Member::default);
        let mut agents = ReadyAgents { strategies, by_queue, members, ..ReadyAgents::default() };
        for (seat, policy) in &policy.seats {
            agents.assign(*seat, policy.profile(), queue_index);
        }
        agents
    }

    /// Puts a seat into the group of a profile. Its kind is none from now on.
    pub(crate) fn assign(
        &mut self,
        seat: SeatId,
        profile: RoutingProfile,
        queue_index: &BTreeMap<QueueId, usize>,
    ) -> Regrouping {
        let mut regrouping = Regrouping { removed: self.leave_group(seat), added: None };
        let id = match self.by_profile.get(&profile) {
            Some(id) => *id,
            None => {
                let added = self.add(profile, queue_index);
                regrouping.added = Some(added);
                added
            }
        };
        if let Some(group) = self.groups.get_mut(id.0) {
            group.seats.insert(seat);
        }
        if let Some(member) = self.members.get_mut(seat) {
            member.group = Some(id);
        }
        regrouping
    }

    /// Removes a seat. Returns its group when it was the last seat there.
    pub(crate) fn remove(&mut self, seat: SeatId) -> Option<GroupId> {
        let removed = self.leave_group(seat);
        self.members.remove(seat);
        removed
    }

    fn leave_group(&mut self, seat: SeatId) -> Option<GroupId> {
        self.set_kind(seat, None, None);
        let before = self.group_of(seat)?;
        let group = self.groups.get_mut(before.0)?;
        group.seats.remove(&seat);
        if !group.seats.is_empty() {
            return None;
        }
        self.by_profile.remove(&group.profile);
        for n in group.queues.keys() {
            self.by_queue[*n].all.remove(&before);
        }
        self.unused.push(before);
        Some(before)
    }

    fn add(&mut self, profile: RoutingProfile, queue_index: &BTreeMap<QueueId, usize>) -> GroupId {
        let index = |(queue, tier): (&QueueId, &u8)| Some((*queue_index.get(queue)?, *tier));
        let group = SkillGroup {
            queues: profile.queues.iter().filter_map(index).collect(),
            seats: BTreeSet::new(),
            counts: SeatCounts::default(),
            ready: self.strategies.iter().map(|s| (*s, BTreeSet::new())).collect(),
            profile: profile.clone(),
        };
        let id = self.unused.pop().unwrap_or(GroupId(self.groups.len()));
        for n in group.queues.keys() {
            self.by_queue[*n].all.insert(id);
        }
        match self.groups.get_mut(id.0) {
            Some(unused) => *unused = group,
            None => self.groups.push(group),
        }
        self.by_profile.insert(profile, id);
        id
    }

    /// Changes the kind of a seat. `stats`: what the strategies compare, of a ready seat. Returns
    /// `None` when the seat has that kind already.
    pub(crate) fn set_kind(
        &mut self,
        seat: SeatId,
        to: Option<SeatKind>,
        stats: Option<AgentStats>,
    ) -> Option<KindChange> {
        let member = self.members.get_mut(seat)?;
        let from = std::mem::replace(&mut member.kind, to);
        if from == to {
            return None;
        }
        let id = member.group?;
        let stats_before = std::mem::replace(&mut member.stats, stats);
        let group = self.groups.get_mut(id.0)?;
        group.counts.change(from, to);
        let (had_ready, has_ready) = (stats_before.is_some(), stats.is_some());
        for (strategy, turns) in &mut group.ready {
            if let Some(stats) = &stats_before {
                turns.remove(&stats.turn(*strategy, seat));
            }
            if let Some(stats) = &stats {
                turns.insert(stats.turn(*strategy, seat));
            }
        }
        if had_ready != has_ready && group.counts.ready == u32::from(has_ready) {
            for n in group.queues.keys() {
                let ready = &mut self.by_queue[*n].ready;
                if has_ready {
                    ready.insert(id);
                } else {
                    ready.remove(&id);
                }
            }
        }
        Some(KindChange { group: id, from, to })
    }

    /// The groups that serve a queue.
    pub(crate) fn groups_of(&self, queue: usize) -> impl Iterator<Item = GroupId> + '_ {
        self.by_queue.get(queue).into_iter().flat_map(|groups| groups.all.iter().copied())
    }

    /// The groups that serve a queue and have a ready seat.
    pub(crate) fn ready_groups_of(&self, queue: usize) -> impl Iterator<Item = GroupId> + '_ {
        self.by_queue.get(queue).into_iter().flat_map(|groups| groups.ready.iter().copied())
    }

    pub(crate) fn serves(&self, group: GroupId, queue: usize) -> bool {
        self.groups.get(group.0).is_some_and(|group| group.queues.contains_key(&queue))
    }

    pub(crate) fn group_of(&self, seat: SeatId) -> Option<GroupId> {
        self.members.get(seat)?.group
    }

    /// The seats of a group, signed in or not.
    pub(crate) fn seats_of(&self, group: GroupId) -> impl Iterator<Item = SeatId> + '_ {
        self.groups.get(group.0).into_iter().flat_map(|group| group.seats.iter().copied())
    }

    /// The signed-in seats of a group by kind.
    pub(crate) fn counts_of(&self, group: GroupId) -> SeatCounts {
        self.groups.get(group.0).map_or_else(SeatCounts::default, |group| group.counts)
    }

    /// The skills and queues of a seat at the moment.
    pub(crate) fn profile(&self, seat: SeatId) -> Option<&RoutingProfile> {
        self.group(seat).map(|group| &group.profile)
    }

    /// The queues that a seat serves, by index.
    pub(crate) fn queues_of(&self, seat: SeatId) -> impl Iterator<Item = usize> + '_ {
        self.group(seat).into_iter().flat_map(|group| group.queues.keys().copied())
    }

    pub(crate) fn kind_of(&self, seat: SeatId) -> Option<SeatKind> {
        self.members.get(seat)?.kind
    }

    pub(crate) fn is_ready(&self, seat: SeatId) -> bool {
        self.kind_of(seat) == Some(SeatKind::Ready)
    }

    /// The values of a ready seat that the strategies compare.
    pub(crate) fn stats(&self, seat: SeatId) -> Option<&AgentStats> {
        self.members.get(seat)?.stats.as_ref()
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
