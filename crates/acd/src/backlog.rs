//! The calls that wait and are not offered to a seat, grouped by what they require.
//!
//! Calls with the same [`CurrentRequirement`] form one class. A call changes its class when a
//! widening step or an overflow begins. Each class knows the skill groups that may serve it, so
//! that no dispatch looks at all calls or all seats.

use std::collections::{BTreeMap, BTreeSet};

use model::RuledOutReason;
use queue::QueueEntry;

use crate::{
    ready_agents::ReadyAgents,
    requirement::{CurrentRequirement, Eligibility, EligibleGroup, GroupId},
};

/// A class by its number. Numbers are not reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClassId(u64);

/// Waiting calls with the same requirement.
#[derive(Debug)]
pub(crate) struct CallClass {
    pub(crate) requirement: CurrentRequirement,
    /// Whether the queue's strategy prefers the best skilled.
    by_skill: bool,
    pub(crate) waiting: BTreeSet<QueueEntry>,
    /// The groups that may serve it; the one to be rung first is first.
    pub(crate) eligible: Vec<EligibleGroup>,
    /// The groups of its queues that do not meet the requirement.
    pub(crate) ruled_out: Vec<(GroupId, RuledOutReason)>,
}

/// All classes.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    classes: BTreeMap<ClassId, CallClass>,
    by_requirement: BTreeMap<CurrentRequirement, ClassId>,
    /// The classes that each group may serve, by group.
    by_group: Vec<Vec<ClassId>>,
    last: u64,
}

impl Backlog {
    /// Adds a call. `by_skill`: whether its queue's strategy prefers the best skilled.
    pub(crate) fn enter(
        &mut self,
        entry: QueueEntry,
        requirement: CurrentRequirement,
        by_skill: bool,
        ready_agents: &ReadyAgents,
    ) -> ClassId {
        let id = match self.by_requirement.get(&requirement) {
            Some(id) => *id,
            None => self.open(requirement, by_skill, ready_agents),
        };
        if let Some(class) = self.classes.get_mut(&id) {
            class.waiting.insert(entry);
        }
        id
    }

    /// Removes a call: it is offered to a seat, or it left its queue.
    pub(crate) fn leave(&mut self, id: ClassId, entry: &QueueEntry) {
        if let Some(class) = self.classes.get_mut(&id) {
            class.waiting.remove(entry);
        }
    }

    pub(crate) fn class(&self, id: ClassId) -> Option<&CallClass> {
        self.classes.get(&id)
    }

    /// The classes a group may serve.
    pub(crate) fn classes_of(&self, group: GroupId) -> impl Iterator<Item = &CallClass> {
        let ids = self.by_group.get(group.0).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.classes.get(id))
    }

    /// A skill group was formed: the classes it may serve learn of it.
    pub(crate) fn add_group(&mut self, group: GroupId, ready_agents: &ReadyAgents) {
        let served = served_by(&mut self.by_group, group);
        for (id, class) in &mut self.classes {
            match ready_agents.eligibility(group, &class.requirement, class.by_skill) {
                Eligibility::Eligible(rank) => {
                    let eligible = EligibleGroup { rank, group };
                    let at = class.eligible.partition_point(|other| *other < eligible);
                    class.eligible.insert(at, eligible);
                    served.push(*id);
                }
                Eligibility::RuledOut(reason) => class.ruled_out.push((group, reason)),
                Eligibility::OtherQueues => {}
            }
        }
    }

    /// A skill group has no members any more; its index may be used again.
    pub(crate) fn remove_group(&mut self, group: GroupId) {
        for class in self.classes.values_mut() {
            class.eligible.retain(|eligible| eligible.group != group);
            class.ruled_out.retain(|(ruled_out, _)| *ruled_out != group);
        }
        served_by(&mut self.by_group, group).clear();
    }

    fn open(
        &mut self,
        requirement: CurrentRequirement,
        by_skill: bool,
        ready_agents: &ReadyAgents,
    ) -> ClassId {
        if self.classes.len() >= CLASSES_MAX {
            self.remove_empty();
        }
        self.last += 1;
        let id = ClassId(self.last);
        let (mut eligible, mut ruled_out) = (Vec::new(), Vec::new());
        for group in ready_agents.groups() {
            match ready_agents.eligibility(group, &requirement, by_skill) {
                Eligibility::Eligible(rank) => {
                    eligible.push(EligibleGroup { rank, group });
                    served_by(&mut self.by_group, group).push(id);
                }
                Eligibility::RuledOut(reason) => ruled_out.push((group, reason)),
                Eligibility::OtherQueues => {}
            }
        }
        eligible.sort();
        self.by_requirement.insert(requirement.clone(), id);
        let waiting = BTreeSet::new();
        let class = CallClass { requirement, by_skill, waiting, eligible, ruled_out };
        self.classes.insert(id, class);
        id
    }

    /// The requirements are limited by the lines and queues of the config. Those without a waiting
    /// call are computed again when they are needed.
    fn remove_empty(&mut self) {
        self.classes.retain(|_, class| !class.waiting.is_empty());
        let classes = &self.classes;
        self.by_requirement.retain(|_, id| classes.contains_key(id));
        for served in &mut self.by_group {
            served.retain(|id| classes.contains_key(id));
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

/// More requirements than any config has. Above it, classes without a waiting call are removed.
const CLASSES_MAX: usize = 1_024;
