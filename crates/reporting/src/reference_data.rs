//! Reference data for reports: units and topics, orders, filings, knowledge, appeals and releases.
//!
//! A fold over the log. The engine keeps one; the command line builds one.

use std::collections::{BTreeMap, BTreeSet};

use deadlines::clock::{Policy, WorkingTime};
use directory::{Directory, DirectoryState, Draft, leader::Leaders};
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
    worklist::WorkIndex,
};

use crate::facts::CompactTime;

/// The data that reports need beside tickets and calls, as of the last record.
///
/// It is saved without the shipped tables; see [`ReferenceData::restore`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferenceData {
    register: DirectoryState,
    /// The shipped directory, in use until one is on record.
    #[serde(skip)]
    shipped: Directory,
    orders: BTreeMap<OrderId, (UnitId, Order)>,
    filings: BTreeMap<FilingId, Filing>,
    knowledge: Knowledge,
    leaders: Leaders,
    excluded: BTreeSet<AssignmentId>,
    released: BTreeMap<ReportIssue, Vec<Release>>,
    #[serde(default)]
    appeals: BTreeMap<AssignmentId, Vec<Appeal>>,
    #[serde(default)]
    instructed: BTreeMap<ReportIssue, Vec<LeaderInstruction>>,
    /// The time of the first record.
    #[serde(default)]
    begun: Option<Timestamp>,
}

/// An issue of a report: a layout and a period, of the whole hotline or of one unit. It may be
/// released several times, each a correction of the one before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReportIssue {
    /// The code of the layout: `R3`
    pub report: String,
    /// The period: `2026-11`
    pub period: String,
    /// The unit, for a report of one unit.
    pub unit: Option<UnitId>,
}

/// One release of an issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The time of the release.
    pub at: Timestamp,
    /// The record.
    pub what: ReportReleased,
}

/// An instruction that a leader wrote on a released report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaderInstruction {
    /// The time of the instruction.
    pub at: Timestamp,
    /// The record.
    pub what: ReportInstructed,
}

/// An appeal against the assessment of an assignment, with its ruling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// The time of filing.
    pub at: Timestamp,
    /// The record.
    pub what: AssessmentAppealed,
    /// The ruling and its time; `None` while it is open.
    pub ruled: Option<(Timestamp, AssessmentRuled)>,
}

/// An order with the times that reports count.
#[derive(Clone, Copy, Debug)]
pub struct OrderFact<'a> {
    /// The number of the order.
    pub id: OrderId,
    /// The unit it was sent to.
    pub unit: &'a UnitId,
    /// The order.
    pub order: &'a Order,
    /// The time it was sent.
    pub issued: CompactTime,
    /// The deadline for the answer.
    pub due: CompactTime,
    /// The time of the answer.
    pub answered: CompactTime,
}

impl ReferenceData {
    /// The state before the first record. `shipped` names units until a directory is on record.
    pub fn new(zone: Zone, shipped: Directory) -> ReferenceData {
        ReferenceData {
            register: DirectoryState::default(),
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

    /// The saved data with the shipped directory of this value.
    #[must_use]
    pub fn restore(self, saved: ReferenceData) -> ReferenceData {
        ReferenceData { shipped: self.shipped, ..saved }
    }

    /// Applies one record.
    pub fn apply(&mut self, record: &Record) {
        let at = record.at;
        self.begun = Some(self.begun.map_or(at, |begun| begun.min(at)));
        let entry = match &record.event {
            Event::Desk(entry) => entry,
            Event::ReportReleased(what) => {
                let (report, period) = (what.report.clone(), what.period.clone());
                let issue = ReportIssue { report, period, unit: what.unit.clone() };
                let released = Release { at, what: what.clone() };
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
                let issue = ReportIssue { report, period, unit: None };
                let instructed = LeaderInstruction { at, what: what.clone() };
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
                if let Some(filing) = Filing::after(self.filings.get(id), at, event) {
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
    pub fn directory(&self) -> &Directory {
        let known = self.register.directory();
        if known.is_empty() { &self.shipped } else { known }
    }

    /// The time of the first record; `None` for an empty log.
    pub fn begun(&self) -> Option<Timestamp> {
        self.begun
    }

    /// Leaders' duty turns and sessions.
    pub fn leaders(&self) -> &Leaders {
        &self.leaders
    }

    /// The knowledge base.
    pub fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    /// Every order that was sent.
    pub fn orders(&self, working_time: WorkingTime<'_>, policy: &Policy) -> Vec<OrderFact<'_>> {
        let sent = self.orders.iter().filter(|(_, (_, order))| order.issued.is_some());
        sent.map(|(id, (unit, order))| OrderFact {
            id: *id,
            unit,
            order,
            issued: order.issued.into(),
            due: order.reply_due(working_time, policy).into(),
            answered: order.answered.into(),
        })
        .collect()
    }

    /// Every order with its unit, drafts included.
    pub fn all_orders(&self) -> impl Iterator<Item = (OrderId, &UnitId, &Order)> {
        self.orders.iter().map(|(id, (unit, order))| (*id, unit, order))
    }

    /// An order with its unit.
    pub fn order(&self, id: OrderId) -> Option<(&UnitId, &Order)> {
        self.orders.get(&id).map(|(unit, order)| (unit, order))
    }

    /// The orders of a matter with their units, drafts included, in the order in which they were drafted.
    pub fn orders_of(&self, matter: MatterId) -> impl Iterator<Item = (OrderId, &UnitId, &Order)> {
        let all = OrderId { matter, n: 0 }..=OrderId { matter, n: u16::MAX };
        self.orders.range(all).map(|(id, (unit, order))| (*id, unit, order))
    }

    /// Whether a matter has an unmet order of level 2. Everything about it then counts as overdue at the
    /// highest level (O5).
    pub fn is_level_two_unmet(
        &self,
        matter: MatterId,
        now: Timestamp,
        working_time: WorkingTime<'_>,
        policy: &Policy,
    ) -> bool {
        self.orders_of(matter).any(|(_, _, order)| {
            order.level == OrderLevel::Warn && order.is_unmet(now, working_time, policy)
        })
    }

    /// Changes of the directory that wait for approval.
    pub fn drafts(&self) -> impl Iterator<Item = (u32, &Draft)> {
        self.register.drafts()
    }

    /// Every filing.
    pub fn filings(&self) -> impl Iterator<Item = (FilingId, &Filing)> {
        self.filings.iter().map(|(id, filing)| (*id, filing))
    }

    /// A filing.
    pub fn filing(&self, id: FilingId) -> Option<&Filing> {
        self.filings.get(&id)
    }

    /// The filings of a matter.
    pub fn filings_of(&self, matter: MatterId) -> impl Iterator<Item = (FilingId, &Filing)> {
        let all = FilingId { matter, n: 0 }..=FilingId { matter, n: u16::MAX };
        self.filings.range(all).map(|(id, filing)| (*id, filing))
    }

    /// Brings the index of work lists up to date with all orders, filings and drafts.
    pub fn index_work(&self, index: &mut WorkIndex) {
        let mut matters: Vec<MatterId> = self.orders.keys().map(|id| id.matter).collect();
        matters.dedup();
        for matter in matters {
            index.set_orders(matter, self.orders_of(matter));
        }
        for (id, filing) in self.filings() {
            index.set_filing(id, filing);
        }
        self.index_drafts(index);
    }

    /// Brings the index of work lists up to date with what an event that was applied has changed.
    pub fn index_changed_work(&self, event: &DeskEvent, index: &mut WorkIndex) {
        match event {
            DeskEvent::Order(id, _) => index.set_orders(id.matter, self.orders_of(id.matter)),
            DeskEvent::Filing(id, _) => {
                if let Some(filing) = self.filing(*id) {
                    index.set_filing(*id, filing);
                }
            }
            DeskEvent::Directory(_) => self.index_drafts(index),
            DeskEvent::Ticket(..)
            | DeskEvent::Assignment(..)
            | DeskEvent::Dissatisfaction(..)
            | DeskEvent::Leader(_)
            | DeskEvent::Messaging(_)
            | DeskEvent::Knowledge(..) => {}
        }
    }

    fn index_drafts(&self, index: &mut WorkIndex) {
        index.set_drafts(self.drafts().map(|(number, draft)| (number, draft.note.as_str())));
    }

    /// Assignments excluded from the assessment on appeal.
    pub fn excluded(&self) -> &BTreeSet<AssignmentId> {
        &self.excluded
    }

    /// Every appeal, ordered by assignment and then by time.
    pub fn appeals(&self) -> impl Iterator<Item = &Appeal> {
        self.appeals.values().flatten()
    }

    /// The appeals against the assessment of one assignment.
    pub fn appeals_of(&self, assignment: AssignmentId) -> &[Appeal] {
        self.appeals.get(&assignment).map(Vec::as_slice).unwrap_or_default()
    }

    /// The instructions that leaders wrote on an issue.
    pub fn instructed(&self, issue: &ReportIssue) -> &[LeaderInstruction] {
        self.instructed.get(issue).map(Vec::as_slice).unwrap_or_default()
    }

    /// The issues of a layout of the whole hotline with the time of the first release, in that order.
    /// Running numbers count them.
    pub fn series(&self, report: &str) -> Vec<(&ReportIssue, Timestamp)> {
        let of = self.released.iter().filter(|(issue, _)| issue.report == report);
        let whole = of.filter(|(issue, _)| issue.unit.is_none());
        let mut series: Vec<_> =
            whole.filter_map(|(issue, all)| Some((issue, all.first()?.at))).collect();
        series.sort_by_key(|(_, at)| *at);
        series
    }

    /// The year and running number of an issue (第 n 期): as it was released, or as it would be released
    /// at `now`. A correction keeps the number.
    pub fn running_number(&self, issue: &ReportIssue, now: Timestamp, zone: Zone) -> (i32, usize) {
        let series = self.series(&issue.report);
        let known = series.iter().find(|(known, _)| *known == issue).map(|(_, at)| *at);
        let year = zone.date(known.unwrap_or(now)).year;
        let of_year = series.iter().filter(|(_, at)| zone.date(*at).year == year);
        let before = of_year.take_while(|(known, _)| *known != issue).count();
        (year, before + 1)
    }

    /// The releases of an issue, the oldest first.
    pub fn released(&self, issue: &ReportIssue) -> &[Release] {
        self.released.get(issue).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every release, ordered by layout and period.
    pub fn all_released(&self) -> impl Iterator<Item = &Release> {
        self.released.values().flatten()
    }
}
