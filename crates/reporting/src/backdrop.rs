//! What stands behind the facts: the network, orders, filings, knowledge, and what was ruled and released.
//!
//! A fold over the log like any other; the engine keeps one, the command line makes one.

use std::collections::{BTreeMap, BTreeSet};

use deadlines::clock::{Ground, Policy};
use directory::{Draft, Network, Register, leader::Leaders};
use knowledge::Knowledge;
use model::{
    Event, Record, Timestamp, Zone,
    desk::{
        AssignmentId, DeskEvent, FilingId, MatterId, OrderEvent, OrderId, OrderLevel, TicketEvent,
        UnitId,
    },
    event::{AssessmentAppealed, AssessmentRuled, ReportInstructed, ReportReleased},
};
use serde::{Deserialize, Serialize};
use ticketing::{
    Filing,
    order::{Order, OrderState},
};

use crate::facts::At;

/// All of it. Written down it is without the shipped tables: see [`Backdrop::go_on_from`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backdrop {
    register: Register,
    /// The shipped tables, until a network is on record.
    #[serde(skip)]
    shipped: Network,
    orders: BTreeMap<OrderId, (UnitId, Order)>,
    filings: BTreeMap<FilingId, Filing>,
    knowledge: Knowledge,
    leaders: Leaders,
    excluded: BTreeSet<AssignmentId>,
    released: BTreeMap<Issue, Vec<Released>>,
    #[serde(default)]
    appeals: BTreeMap<AssignmentId, Vec<Appeal>>,
    #[serde(default)]
    instructed: BTreeMap<Issue, Vec<Instructed>>,
    /// The earliest moment on record.
    #[serde(default)]
    begun: Option<Timestamp>,
}

/// What is released again and again: a layout of a period, whole or of one unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Issue {
    /// `R3`
    pub report: String,
    /// `2026-11`
    pub period: String,
    /// Of one unit.
    pub unit: Option<UnitId>,
}

/// One release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// When.
    pub at: Timestamp,
    /// What the record says.
    pub what: ReportReleased,
}

/// What a leader wrote on a released report, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instructed {
    /// When.
    pub at: Timestamp,
    /// What the record says.
    pub what: ReportInstructed,
}

/// An appeal against the assessment of a piece, and what was ruled on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// When it was filed.
    pub at: Timestamp,
    /// What the record says.
    pub what: AssessmentAppealed,
    /// The ruling that answered it.
    pub ruled: Option<(Timestamp, AssessmentRuled)>,
}

/// An order as reports count it.
#[derive(Clone, Copy, Debug)]
pub struct OrderFact<'a> {
    /// Its number.
    pub id: OrderId,
    /// Which unit it went to.
    pub unit: &'a UnitId,
    /// The order.
    pub order: &'a Order,
    /// When it was sent.
    pub issued: At,
    /// By when it must be answered.
    pub due: At,
    /// When it was.
    pub answered: At,
}

impl Backdrop {
    /// Before the first record. `shipped` names units until a network is on record.
    pub fn new(zone: Zone, shipped: Network) -> Backdrop {
        Backdrop {
            register: Register::default(),
            shipped,
            orders: BTreeMap::new(),
            filings: BTreeMap::new(),
            knowledge: Knowledge::new(zone),
            leaders: Leaders::default(),
            excluded: BTreeSet::new(),
            released: BTreeMap::new(),
            appeals: BTreeMap::new(),
            instructed: BTreeMap::new(),
            begun: None,
        }
    }

    /// The shipped tables of this one with what was written down of another.
    #[must_use]
    pub fn go_on_from(self, written: Backdrop) -> Backdrop {
        Backdrop { shipped: self.shipped, ..written }
    }

    /// Follow one record.
    pub fn apply(&mut self, record: &Record) {
        let at = record.at;
        self.begun = Some(self.begun.map_or(at, |begun| begun.min(at)));
        let entry = match &record.event {
            Event::Desk(entry) => entry,
            Event::ReportReleased(what) => {
                let (report, period) = (what.report.clone(), what.period.clone());
                let issue = Issue { report, period, unit: what.unit.clone() };
                let released = Released { at, what: what.clone() };
                return self.released.entry(issue).or_default().push(released);
            }
            Event::AssessmentRuled(ruled) => {
                if ruled.excluded {
                    self.excluded.insert(ruled.assignment);
                } else {
                    self.excluded.remove(&ruled.assignment);
                }
                let filed = self.appeals.get_mut(&ruled.assignment).into_iter().flatten();
                filed.filter(|appeal| appeal.ruled.is_none()).for_each(|appeal| {
                    appeal.ruled = Some((at, ruled.clone()));
                });
                return;
            }
            Event::AssessmentAppealed(what) => {
                let appeal = Appeal { at, what: what.clone(), ruled: None };
                return self.appeals.entry(what.assignment).or_default().push(appeal);
            }
            Event::ReportInstructed(what) => {
                let (report, period) = (what.report.clone(), what.period.clone());
                let issue = Issue { report, period, unit: None };
                let instructed = Instructed { at, what: what.clone() };
                return self.instructed.entry(issue).or_default().push(instructed);
            }
            _ => return,
        };
        match &entry.event {
            DeskEvent::Leader(event) => self.leaders.apply(at, event),
            DeskEvent::Directory(event) => self.register.apply(at, &entry.by, event),
            DeskEvent::Order(id, OrderEvent::Drafted { level, issuers, unit, .. }) => {
                let (level, issuers) = (*level, issuers.clone());
                let state = OrderState::Drafted;
                let order = Order { level, issuers, state, issued: None, answered: None };
                self.orders.insert(*id, (unit.clone(), order));
            }
            DeskEvent::Order(id, OrderEvent::Moved { event, .. }) => {
                if let Some((_, order)) = self.orders.get_mut(id) {
                    order.apply(at, event);
                }
            }
            DeskEvent::Filing(id, event) => {
                if let Some(filing) = Filing::follow(self.filings.get(id), at, event) {
                    self.filings.insert(*id, filing);
                }
            }
            DeskEvent::Knowledge(id, event) => self.knowledge.apply(at, &entry.by, id, event),
            DeskEvent::Ticket(ticket, TicketEvent::Answered { knowledge: Some(id), .. }) => {
                self.knowledge.cited(at, id, *ticket);
            }
            _ => {}
        }
    }

    /// Units, topics and areas.
    pub fn network(&self) -> &Network {
        let known = self.register.network();
        if known.is_empty() { &self.shipped } else { known }
    }

    /// The earliest moment the log tells of.
    pub fn begun(&self) -> Option<Timestamp> {
        self.begun
    }

    /// Leaders' turns and sessions.
    pub fn leaders(&self) -> &Leaders {
        &self.leaders
    }

    /// The knowledge base.
    pub fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    /// Every order that was sent.
    pub fn orders(&self, ground: Ground<'_>, policy: &Policy) -> Vec<OrderFact<'_>> {
        let sent = self.orders.iter().filter(|(_, (_, order))| order.issued.is_some());
        sent.map(|(id, (unit, order))| OrderFact {
            id: *id,
            unit,
            order,
            issued: order.issued.into(),
            due: order.reply_due(ground, policy).into(),
            answered: order.answered.into(),
        })
        .collect()
    }

    /// Every order, with the unit it goes to.
    pub fn all_orders(&self) -> impl Iterator<Item = (OrderId, &UnitId, &Order)> {
        self.orders.iter().map(|(id, (unit, order))| (*id, unit, order))
    }

    /// Matters with an order of level 2 that is not met: all about them is as late as can be (O5).
    pub fn unmet(
        &self,
        now: Timestamp,
        ground: Ground<'_>,
        policy: &Policy,
    ) -> impl Iterator<Item = MatterId> {
        let orders = self.all_orders().filter(move |(_, _, order)| {
            order.level == OrderLevel::Warn && order.is_unmet(now, ground, policy)
        });
        orders.map(|(id, _, _)| id.matter)
    }

    /// Changes of the network that wait for approval.
    pub fn drafts(&self) -> impl Iterator<Item = (u32, &Draft)> {
        self.register.drafts()
    }

    /// Every filing.
    pub fn filings(&self) -> impl Iterator<Item = (FilingId, &Filing)> {
        self.filings.iter().map(|(id, filing)| (*id, filing))
    }

    /// Pieces left out of the assessment on appeal.
    pub fn excluded(&self) -> &BTreeSet<AssignmentId> {
        &self.excluded
    }

    /// Every appeal, by piece, the first first.
    pub fn appeals(&self) -> impl Iterator<Item = &Appeal> {
        self.appeals.values().flatten()
    }

    /// The appeals against the assessment of one piece.
    pub fn appeals_of(&self, assignment: AssignmentId) -> &[Appeal] {
        self.appeals.get(&assignment).map(Vec::as_slice).unwrap_or_default()
    }

    /// What leaders wrote on an issue.
    pub fn instructed(&self, issue: &Issue) -> &[Instructed] {
        self.instructed.get(issue).map(Vec::as_slice).unwrap_or_default()
    }

    /// The issues of a layout of the whole hotline, each with its first release, in the order of
    /// release: what running numbers count.
    pub fn series(&self, report: &str) -> Vec<(&Issue, Timestamp)> {
        let of = self.released.iter().filter(|(issue, _)| issue.report == report);
        let whole = of.filter(|(issue, _)| issue.unit.is_none());
        let mut series: Vec<_> =
            whole.filter_map(|(issue, all)| Some((issue, all.first()?.at))).collect();
        series.sort_by_key(|(_, at)| *at);
        series
    }

    /// The year and running number of an issue (第 n 期): as it was released, or as it would be at
    /// `now`. Corrections keep the number.
    pub fn running_number(&self, issue: &Issue, now: Timestamp, zone: Zone) -> (i32, usize) {
        let series = self.series(&issue.report);
        let known = series.iter().find(|(known, _)| *known == issue).map(|(_, at)| *at);
        let year = zone.date(known.unwrap_or(now)).year;
        let of_year = series.iter().filter(|(_, at)| zone.date(*at).year == year);
        let before = of_year.take_while(|(known, _)| *known != issue).count();
        (year, before + 1)
    }

    /// The releases of an issue, the first first.
    pub fn released(&self, issue: &Issue) -> &[Released] {
        self.released.get(issue).map(Vec::as_slice).unwrap_or_default()
    }

    /// Everything that was released, by layout and period.
    pub fn all_released(&self) -> impl Iterator<Item = &Released> {
        self.released.values().flatten()
    }
}
