//! Where the free calls stand: those that wait and are not being offered, by what they ask.
//!
//! Calls that ask the same of a seat form one class. A call changes class when
//! a widening step or an overflow opens; the class knows which teams may serve
//! it, so that no dispatch ever looks at all calls or all seats.

use std::collections::{BTreeMap, BTreeSet};

use model::Skill;
use queue::Place;

use crate::floor::{Floor, TeamId};

/// What a call asks at the moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ask {
    /// The queue it waits in, by its index.
    pub(crate) queue: usize,
    /// What a seat must know, and at least how well.
    pub(crate) skills: Vec<(Skill, u8)>,
    /// The highest tier that counts.
    pub(crate) tier_max: u8,
    /// The queues, by index, whose seats count too, in order.
    pub(crate) overflow: Vec<usize>,
}

/// A class by its number; numbers are not used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClassId(u64);

/// Free calls that ask the same.
#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) ask: Ask,
    pub(crate) free: BTreeSet<Place>,
    /// Who may serve it, best first.
    pub(crate) fits: Vec<Fit>,
}

/// A team that may serve a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fit {
    pub(crate) rank: Rank,
    pub(crate) team: TeamId,
}

/// What goes before any strategy. Less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    /// 0: the queue's own seats; then one for each overflow.
    pub(crate) via: u8,
    /// The tier in which it serves.
    pub(crate) tier: u8,
    /// For the strategy that goes by skill: how far below the best imaginable.
    pub(crate) unskilled: u16,
}

/// All classes.
#[derive(Debug, Default)]
pub(crate) struct Hall {
    classes: BTreeMap<ClassId, Class>,
    by_ask: BTreeMap<Ask, ClassId>,
    /// By team: the classes it may serve.
    open_to: Vec<Vec<ClassId>>,
    last: u64,
}

impl Hall {
    pub(crate) fn new(teams: usize) -> Hall {
        Hall { open_to: vec![Vec::new(); teams], ..Hall::default() }
    }

    /// A call is free and asks this; `by_skill` when its queue's strategy goes by skill.
    pub(crate) fn enter(
        &mut self,
        place: Place,
        ask: Ask,
        by_skill: bool,
        floor: &Floor,
    ) -> ClassId {
        let id = match self.by_ask.get(&ask) {
            Some(id) => *id,
            None => self.open(ask, by_skill, floor),
        };
        if let Some(class) = self.classes.get_mut(&id) {
            class.free.insert(place);
        }
        id
    }

    /// It is not free any more.
    pub(crate) fn leave(&mut self, id: ClassId, place: &Place) {
        if let Some(class) = self.classes.get_mut(&id) {
            class.free.remove(place);
        }
    }

    pub(crate) fn class(&self, id: ClassId) -> Option<&Class> {
        self.classes.get(&id)
    }

    /// The classes a team may serve.
    pub(crate) fn open_to(&self, team: TeamId) -> impl Iterator<Item = (ClassId, &Class)> {
        let ids = self.open_to.get(team.0).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| Some((*id, self.classes.get(id)?)))
    }

    fn open(&mut self, ask: Ask, by_skill: bool, floor: &Floor) -> ClassId {
        if self.classes.len() >= CLASSES_MAX {
            self.close_empty();
        }
        self.last += 1;
        let id = ClassId(self.last);
        let mut fits = floor.fits(&ask, by_skill);
        fits.sort();
        for fit in &fits {
            if let Some(open) = self.open_to.get_mut(fit.team.0) {
                open.push(id);
            }
        }
        self.by_ask.insert(ask.clone(), id);
        self.classes.insert(id, Class { ask, free: BTreeSet::new(), fits });
        id
    }

    /// Callers' wishes are as many as the config has lines; what nobody asks any more may go.
    fn close_empty(&mut self) {
        self.classes.retain(|_, class| !class.free.is_empty());
        let classes = &self.classes;
        self.by_ask.retain(|_, id| classes.contains_key(id));
        for open in &mut self.open_to {
            open.retain(|id| classes.contains_key(id));
        }
    }
}

/// More kinds of asking than any config has; beyond it, empty ones are forgotten.
const CLASSES_MAX: usize = 1_024;
