//! The tree of units: its two kinds of edges, which unit is below which, and the successors of
//! units that ended.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::{
    Date,
    desk::{AreaId, Unit, UnitId, UnitKind},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::Directory;

/// The unit that has another unit's duties on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Successor {
    /// The unit itself, which is active.
    Itself,
    /// The one unit that it was merged into.
    One(UnitId),
    /// The units that it was split into; a person chooses one.
    Several(Vec<UnitId>),
    /// None: it was closed without a successor, or has not begun.
    #[serde(rename = "nobody")]
    None,
}

/// Open work of a unit that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Handover<T> {
    /// The unit that has the work.
    pub from: UnitId,
    /// The units that may take it.
    pub to: Successor,
    /// The work.
    pub work: Vec<T>,
}

impl Directory {
    /// A unit on a day; `None` when it is not active then.
    pub fn unit_on(&self, id: &UnitId, date: Date) -> Option<&Unit> {
        self.units.get(id)?.on(date)
    }

    /// A unit's full name on a day; its last name when it has ended; its code when it is unknown.
    pub fn unit_name<'a>(&'a self, id: &'a UnitId, date: Date) -> &'a str {
        let unit = self.units.get(id).and_then(|unit| unit.nearest(date));
        unit.map_or(id.as_str(), |unit| unit.name.as_str())
    }

    /// The units that are active on a day.
    pub fn active(&self, date: Date) -> impl Iterator<Item = (&UnitId, &Unit)> {
        self.units.iter().filter_map(move |(id, unit)| Some((id, unit.on(date)?)))
    }

    /// The hotline's own office.
    pub fn hub(&self, date: Date) -> Option<&UnitId> {
        self.active(date).find(|(_, unit)| unit.kind == UnitKind::Hub).map(|(id, _)| id)
    }

    /// The unit that has a unit's duties on a day, across any number of reorganisations.
    pub fn successor_of(&self, id: &UnitId, date: Date) -> Successor {
        let mut active = BTreeSet::new();
        let (mut seen, mut queue) = (BTreeSet::from([id.clone()]), VecDeque::from([id.clone()]));
        while let Some(at) = queue.pop_front() {
            let Some(unit) = self.units.get(&at) else { continue };
            if unit.on(date).is_some() {
                active.insert(at);
            } else if let Some(end) = unit.end().filter(|_| unit.has_ended(date)) {
                let new = end.successors.iter().filter(|next| seen.insert(UnitId::clone(next)));
                queue.extend(new.cloned());
            }
        }
        let mut active: Vec<UnitId> = active.into_iter().collect();
        match (active.pop(), active.is_empty()) {
            (Some(one), true) if one == *id => Successor::Itself,
            (Some(one), true) => Successor::One(one),
            (Some(last), false) => {
                active.push(last);
                Successor::Several(active)
            }
            (None, _) => Successor::None,
        }
    }

    /// The one unit that has a unit's duties on a day; `None` when there is none or several.
    pub fn sole_successor(&self, id: &UnitId, date: Date) -> Option<UnitId> {
        match self.successor_of(id, date) {
            Successor::Itself => Some(id.clone()),
            Successor::One(successor) => Some(successor),
            Successor::Several(_) | Successor::None => None,
        }
    }

    /// The unit above it in its area (块) on a day.
    pub fn parent(&self, id: &UnitId, date: Date) -> Option<UnitId> {
        self.sole_successor(self.unit_on(id, date)?.parent.as_ref()?, date)
    }

    /// The unit above it in its line of business (条) on a day.
    pub fn functional_parent(&self, id: &UnitId, date: Date) -> Option<UnitId> {
        self.sole_successor(self.unit_on(id, date)?.functional_parent.as_ref()?, date)
    }

    /// All units above it in its area (块), nearest first.
    pub fn ancestors(&self, id: &UnitId, date: Date) -> Vec<UnitId> {
        climb(id, |at| self.parent(at, date))
    }

    /// All units above it in its line of business (条), nearest first.
    pub fn functional_ancestors(&self, id: &UnitId, date: Date) -> Vec<UnitId> {
        climb(id, |at| self.functional_parent(at, date))
    }

    /// The units directly below it in its area (块).
    pub fn children(&self, id: &UnitId, date: Date) -> Vec<UnitId> {
        let below = |child: &UnitId| self.parent(child, date).as_ref() == Some(id);
        self.active(date).map(|(child, _)| child).filter(|child| below(child)).cloned().collect()
    }

    /// Whether a unit is below another, by any mix of the two kinds of edges.
    pub fn is_below(&self, id: &UnitId, above: &UnitId, date: Date) -> bool {
        let (mut seen, mut queue) = (BTreeSet::from([id.clone()]), VecDeque::from([id.clone()]));
        while let Some(at) = queue.pop_front() {
            let edges = [self.parent(&at, date), self.functional_parent(&at, date)];
            for next in edges.into_iter().flatten() {
                if next == *above {
                    return true;
                }
                if seen.insert(next.clone()) {
                    queue.push_back(next);
                }
            }
        }
        false
    }

    /// Whether a unit may not handle a complaint about another: it is that unit or below it (S4).
    pub fn is_conflicted(&self, id: &UnitId, against: &UnitId, date: Date) -> bool {
        id == against || self.is_below(id, against, date)
    }

    /// The unit that handles a complaint about a unit when no other is named: the nearest
    /// government above it in the area, or else the hub. A township does not judge its own office
    /// (S4).
    pub fn complaint_handler(&self, against: &UnitId, date: Date) -> Option<UnitId> {
        let governs = |id: &UnitId| {
            self.unit_on(id, date).is_some_and(|unit| unit.kind == UnitKind::Government)
        };
        let above = self.ancestors(against, date).into_iter().find(governs);
        let hub = || self.hub(date).filter(|hub| *hub != against).cloned();
        above.or_else(hub)
    }

    /// The unit that supervises when none is named: the government of the area, or else the unit
    /// above the lead in its line of business (条) or its area (块), or else the hub; never the
    /// lead itself (hotline.md 2.8, 2).
    pub fn supervisor_for(
        &self,
        lead: &UnitId,
        area: Option<&AreaId>,
        date: Date,
    ) -> Option<UnitId> {
        let governs = area.and_then(|area| self.government_of(area, date)).cloned();
        let above = [self.functional_parent(lead, date), self.parent(lead, date)];
        let choices = [governs].into_iter().chain(above).chain([self.hub(date).cloned()]);
        choices.flatten().find(|choice| choice != lead)
    }

    /// The open work of units that are not active on a day, with the units that may take it.
    pub fn handovers<T>(
        &self,
        open: impl IntoIterator<Item = (UnitId, T)>,
        date: Date,
    ) -> Vec<Handover<T>> {
        let mut stranded: BTreeMap<UnitId, Vec<T>> = BTreeMap::new();
        for (unit, work) in open {
            if self.unit_on(&unit, date).is_none() {
                stranded.entry(unit).or_default().push(work);
            }
        }
        let over = |(from, work): (UnitId, Vec<T>)| {
            let to = self.successor_of(&from, date);
            Handover { from, to, work }
        };
        stranded.into_iter().map(over).collect()
    }
}

/// The units upward from `id`. Stops at a cycle.
fn climb(id: &UnitId, up: impl Fn(&UnitId) -> Option<UnitId>) -> Vec<UnitId> {
    let mut above: Vec<UnitId> = Vec::new();
    let mut at = id.clone();
    while let Some(next) = up(&at) {
        if next == *id || above.contains(&next) {
            break;
        }
        above.push(next.clone());
        at = next;
    }
    above
}
