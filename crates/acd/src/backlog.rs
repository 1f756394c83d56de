//! The calls that wait and are not offered to a seat, grouped by what they require.
//!
//! Calls with the same [`Requirement`] form one class. A call changes its class when a widening
//! step or an overflow begins. Each class knows the skill groups that may serve it, so that no
//! dispatch looks at all calls or all seats.

use std::collections::{BTreeMap, BTreeSet};

use queue::QueueEntry;

use crate::{
    ready_agents::ReadyAgents,
    requirement::{EligibleGroup, GroupId, Requirement},
};

/// A class by its number. Numbers are not reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClassId(u64);

/// Waiting calls with the same requirement.
#[derive(Debug)]
pub(crate) struct CallClass {
    pub(crate) requirement: Requirement,
    pub(crate) waiting: BTreeSet<QueueEntry>,
    /// The groups that may serve it, the one to be rung first in front.
    pub(crate) eligible: Vec<EligibleGroup>,
}

/// All classes.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    classes: BTreeMap<ClassId, CallClass>,
    by_requirement: BTreeMap<Requirement, ClassId>,
    /// By group: the classes it may serve.
    by_group: Vec<Vec<ClassId>>,
    last: u64,
}

impl Backlog {
    pub(crate) fn new(groups: usize) -> Backlog {
        Backlog { by_group: vec![Vec::new(); groups], ..Backlog::default() }
    }

    /// Adds a call. `by_skill`: whether its queue's strategy prefers the best skilled.
    pub(crate) fn enter(
        &mut self,
        entry: QueueEntry,
        requirement: Requirement,
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

    fn open(
        &mut self,
        requirement: Requirement,
        by_skill: bool,
        ready_agents: &ReadyAgents,
    ) -> ClassId {
        if self.classes.len() >= CLASSES_MAX {
            self.remove_empty();
        }
        self.last += 1;
        let id = ClassId(self.last);
        let mut eligible = ready_agents.eligible(&requirement, by_skill);
        eligible.sort();
        for EligibleGroup { group, .. } in &eligible {
            if let Some(classes) = self.by_group.get_mut(group.0) {
                classes.push(id);
            }
        }
        self.by_requirement.insert(requirement.clone(), id);
        self.classes.insert(id, CallClass { requirement, waiting: BTreeSet::new(), eligible });
        id
    }

    /// There are as many requirements as the config's lines and queues make; those without a
    /// waiting call are computed again when they are needed.
    fn remove_empty(&mut self) {
        self.classes.retain(|_, class| !class.waiting.is_empty());
        let classes = &self.classes;
        self.by_requirement.retain(|_, id| classes.contains_key(id));
        for of_group in &mut self.by_group {
            of_group.retain(|id| classes.contains_key(id));
        }
    }
}

/// More requirements than any config has. Above it, classes without a waiting call are removed.
const CLASSES_MAX: usize = 1_024;
