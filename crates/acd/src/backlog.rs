//! The calls that wait and are not offered to a seat, grouped by what they require.
//!
//! Calls with the same [`CurrentRequirement`] form one class. A call changes its class when a
//! widening step or an overflow begins. Each class counts the seats that may serve it and knows the
//! first ready seat of each skill group, so that no dispatch looks at all calls or all seats.

use std::collections::{BTreeMap, BTreeSet};

use queue::QueueEntry;

use crate::{
    Strategy,
    ready_agents::{KindChange, ReadyAgents, Turn},
    requirement::{CurrentRequirement, Eligibility, GroupId, Rank},
    seat_counts::{SeatCounts, SeatKind},
};

/// A class of waiting calls by its number. A class with a waiting call keeps its number; that of a
/// class without one may be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClassId(usize);

/// Waiting calls with the same requirement.
#[derive(Debug)]
pub(crate) struct CallClass {
    pub(crate) requirement: CurrentRequirement,
    /// The strategy of the calls' queue.
    pub(crate) strategy: Strategy,
    pub(crate) waiting: BTreeSet<QueueEntry>,
    /// The signed-in seats that meet the requirement.
    pub(crate) seats: SeatCounts,
    /// The groups that meet the requirement.
    pub(crate) groups: Vec<GroupId>,
    first_ready: FirstReady,
}

/// The first ready seat of a group. Less is rung first.
pub(crate) type GroupHead = (Rank, Turn, GroupId);

/// The first ready seat of each group that meets a class's requirement. Groups whose seats have
/// changed are looked at when the class is asked, since most classes are not asked between two
/// changes.
#[derive(Debug, Default)]
struct FirstReady {
    order: BTreeSet<GroupHead>,
    by_group: BTreeMap<GroupId, GroupHead>,
    /// Groups whose ready seats have changed.
    stale: Vec<GroupId>,
    /// Whether so many have changed that all are looked at again.
    all_stale: bool,
}

/// All classes.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    classes: Vec<CallClass>,
    by_requirement: BTreeMap<CurrentRequirement, ClassId>,
    /// The classes that each group may serve, by group.
    by_group: Vec<Vec<ClassId>>,
    /// Groups compared with requirements since this was last taken.
    compared: usize,
}

impl Backlog {
    /// Adds a call. `strategy` is that of its queue.
    pub(crate) fn enter(
        &mut self,
        entry: QueueEntry,
        requirement: CurrentRequirement,
        strategy: Strategy,
        ready_agents: &ReadyAgents,
    ) -> ClassId {
        let id = match self.by_requirement.get(&requirement) {
            Some(id) => *id,
            None => self.open(requirement, strategy, ready_agents),
        };
        if let Some(class) = self.classes.get_mut(id.0) {
            class.waiting.insert(entry);
        }
        id
    }

    /// Removes a call: it is offered to a seat, or it left its queue.
    pub(crate) fn leave(&mut self, id: ClassId, entry: &QueueEntry) {
        if let Some(class) = self.classes.get_mut(id.0) {
            class.waiting.remove(entry);
        }
    }

    pub(crate) fn class(&self, id: ClassId) -> Option<&CallClass> {
        self.classes.get(id.0)
    }

    /// The classes that have waiting calls.
    pub(crate) fn waiting_classes(&self) -> impl Iterator<Item = ClassId> + '_ {
        let classes = self.classes.iter().enumerate();
        classes.filter(|(_, class)| !class.waiting.is_empty()).map(|(n, _)| ClassId(n))
    }

    /// The classes a group may serve.
    pub(crate) fn classes_of(&self, group: GroupId) -> impl Iterator<Item = &CallClass> {
        let ids = self.by_group.get(group.0).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.classes.get(id.0))
    }

    /// Brings the first ready seats of a class up to date.
    pub(crate) fn refresh(&mut self, id: ClassId, ready_agents: &ReadyAgents) {
        if let Some(class) = self.classes.get_mut(id.0) {
            self.compared += class.refresh(ready_agents);
        }
    }

    /// A seat of a group changed its kind.
    pub(crate) fn seat_changed(&mut self, change: KindChange) {
        let KindChange { group, from, to } = change;
        let changes_ready = from == Some(SeatKind::Ready) || to == Some(SeatKind::Ready);
        for id in self.by_group.get(group.0).into_iter().flatten() {
            let Some(class) = self.classes.get_mut(id.0) else { continue };
            class.seats.change(from, to);
            if changes_ready {
                class.first_ready.note(group);
            }
        }
    }

    /// A skill group was formed, and has no signed-in seat yet.
    pub(crate) fn add_group(&mut self, group: GroupId, ready_agents: &ReadyAgents) {
        let served = served_by(&mut self.by_group, group);
        self.compared += self.classes.len();
        for (n, class) in self.classes.iter_mut().enumerate() {
            if class.rank(group, ready_agents).is_some() {
                class.groups.push(group);
                served.push(ClassId(n));
            }
        }
    }

    /// A skill group has no members any more; its index may be used again.
    pub(crate) fn remove_group(&mut self, group: GroupId) {
        let served = std::mem::take(served_by(&mut self.by_group, group));
        for id in served {
            let Some(class) = self.classes.get_mut(id.0) else { continue };
            if let Some(at) = class.groups.iter().position(|other| *other == group) {
                class.groups.swap_remove(at);
            }
        }
    }

    /// The number of groups compared with requirements since the last call: the work that new
    /// requirements and profiles caused.
    pub(crate) fn take_compared(&mut self) -> usize {
        std::mem::take(&mut self.compared)
    }

    fn open(
        &mut self,
        requirement: CurrentRequirement,
        strategy: Strategy,
        ready_agents: &ReadyAgents,
    ) -> ClassId {
        let id = self.vacate().unwrap_or(ClassId(self.classes.len()));
        let mut class = CallClass {
            requirement: requirement.clone(),
            strategy,
            waiting: BTreeSet::new(),
            seats: SeatCounts::default(),
            groups: Vec::new(),
            first_ready: FirstReady { all_stale: true, ..FirstReady::default() },
        };
        for (n, queue) in requirement.queues().enumerate() {
            for group in ready_agents.groups_of(queue) {
                self.compared += 1;
                // A group that serves several of the queues counts once.
                let is_counted =
                    requirement.queues().take(n).any(|q| ready_agents.serves(group, q));
                if is_counted || class.rank(group, ready_agents).is_none() {
                    continue;
                }
                class.seats.add(&ready_agents.counts_of(group));
                class.groups.push(group);
                served_by(&mut self.by_group, group).push(id);
            }
        }
        self.by_requirement.insert(requirement, id);
        match self.classes.get_mut(id.0) {
            Some(vacant) => *vacant = class,
            None => self.classes.push(class),
        }
        id
    }

    /// Once there are many classes, forgets one without a waiting call and returns its number. The
    /// requirements are limited by the lines and queues of the config, so that one is opened again
    /// rarely.
    fn vacate(&mut self) -> Option<ClassId> {
        if self.classes.len() < CLASSES_MAX {
            return None;
        }
        let vacant = self.classes.iter().position(|class| class.waiting.is_empty())?;
        let class = self.classes.get(vacant)?;
        self.by_requirement.remove(&class.requirement);
        for group in &class.groups {
            served_by(&mut self.by_group, *group).retain(|id| id.0 != vacant);
        }
        Some(ClassId(vacant))
    }
}

impl CallClass {
    /// The first ready seats of the groups, in the order in which they are rung. Up to date only
    /// after [`Backlog::refresh`].
    pub(crate) fn heads(&self) -> impl Iterator<Item = &GroupHead> {
        self.first_ready.order.iter()
    }

    /// The rank of a group that meets the requirement.
    fn rank(&self, group: GroupId, ready_agents: &ReadyAgents) -> Option<Rank> {
        let by_skill = self.strategy == Strategy::BestSkill;
        match ready_agents.eligibility(group, &self.requirement, by_skill) {
            Eligibility::Eligible(rank) => Some(rank),
            Eligibility::RuledOut(_) | Eligibility::OtherQueues => None,
        }
    }

    /// Returns the number of groups looked at.
    fn refresh(&mut self, ready_agents: &ReadyAgents) -> usize {
        let stale = std::mem::take(&mut self.first_ready.stale);
        if !std::mem::take(&mut self.first_ready.all_stale) {
            for group in &stale {
                self.refresh_group(*group, ready_agents);
            }
            return stale.len();
        }
        self.first_ready.order.clear();
        self.first_ready.by_group.clear();
        let queues: Vec<usize> = self.requirement.queues().collect();
        let groups = queues.into_iter().flat_map(|queue| ready_agents.ready_groups_of(queue));
        let mut looked_at = 0;
        for group in groups {
            looked_at += 1;
            self.refresh_group(group, ready_agents);
        }
        looked_at
    }

    fn refresh_group(&mut self, group: GroupId, ready_agents: &ReadyAgents) {
        if let Some(before) = self.first_ready.by_group.remove(&group) {
            self.first_ready.order.remove(&before);
        }
        let turns = ready_agents.ready(group, self.strategy);
        let Some(first) = turns.and_then(BTreeSet::first) else { return };
        let Some(rank) = self.rank(group, ready_agents) else { return };
        let head = (rank, *first, group);
        self.first_ready.by_group.insert(group, head);
        self.first_ready.order.insert(head);
    }
}

impl FirstReady {
    fn note(&mut self, group: GroupId) {
        if self.all_stale || self.stale.last() == Some(&group) {
            return;
        }
        if self.stale.len() >= STALE_MAX {
            self.stale.clear();
            self.all_stale = true;
        } else {
            self.stale.push(group);
        }
    }
}

/// The classes that a group may serve; `by_group` grows to hold them.
fn served_by(by_group: &mut Vec<Vec<ClassId>>, group: GroupId) -> &mut Vec<ClassId> {
    if by_group.len() <= group.0 {
        by_group.resize(group.0 + 1, Vec::new());
    }
    &mut by_group[group.0]
}

/// More requirements than any config has. Above it, classes without a waiting call are forgotten.
const CLASSES_MAX: usize = 1_024;
/// Changes that a class remembers until it is asked. In a busy center few seats are ready, and to
/// look at all of them is as quick as this many changes.
const STALE_MAX: usize = 256;
