//! Builds facts from rows: classes of tickets, judged deadlines, indexes.

use std::collections::{BTreeMap, BTreeSet};

use deadlines::clock::{Clock, ClockEnd, TimeAmount, WorkingTime, is_late};
use model::{
    CallId, Timestamp,
    desk::{
        AssignmentId, AssignmentState, ClockKind, MatterId, RedoReason, TicketClosure, TicketState,
    },
    event::CallEnd,
};
use ticketing::{assignment::ReturnRequest, ticket::Evaluation};

use super::{
    AssignmentFact, AssignmentRow, CallFact, CallRow, CompactTime, DeadlineResult, EvaluationFact,
    Facts, FaultyResult, HandlingClock, HandlingRound, ListedTicket, NameId, TicketClass,
    TicketFact, TicketRow, UrgeCounts, row::was_right,
};

/// Builds [`Facts`] from calls and tickets, which are added in order.
pub struct FactsBuilder<'a> {
    working_time: WorkingTime<'a>,
    now: Timestamp,
    repeat_days: u32,
    /// Assignments excluded from the assessment on appeal.
    excluded: &'a BTreeSet<AssignmentId>,
    facts: Facts,
    /// Calls that were refused: they left a missed-call item and no call record.
    refused: Vec<CallFact>,
    last_of_matter: BTreeMap<MatterId, CompactTime>,
}

impl<'a> FactsBuilder<'a> {
    /// Facts as of `now`, the report's time. A matter is a repeat within `repeat_days`.
    pub fn new(
        working_time: WorkingTime<'a>,
        now: Timestamp,
        repeat_days: u32,
        excluded: &'a BTreeSet<AssignmentId>,
    ) -> FactsBuilder<'a> {
        let facts = Facts { now: now.into(), ..Facts::default() };
        let (refused, last_of_matter) = (Vec::new(), BTreeMap::new());
        FactsBuilder { working_time, now, repeat_days, excluded, facts, refused, last_of_matter }
    }

    /// Adds units that are printed even when nothing was assigned to them.
    pub fn add_units<'n>(&mut self, units: impl Iterator<Item = &'n str>) {
        for unit in units {
            self.facts.units.number(unit);
        }
    }

    /// Adds a call. Calls are added in the order of arrival and before the first ticket.
    pub fn add_call(&mut self, row: &CallRow) {
        let agent = match (&row.agent, row.seat) {
            (Some(agent), _) => self.facts.people.number(agent.as_str()),
            (None, Some(seat)) => self.facts.people.number(&seat.to_string()),
            (None, None) => NameId::NONE,
        };
        let answered = row.connected.is_some();
        self.facts.calls.push(CallFact {
            call: row.call,
            arrived: row.arrived.into(),
            refused: false,
            queued: row.queued.is_some(),
            answered,
            abandoned: row.end == Some(CallEnd::Abandoned) && !answered,
            in_menu: row.end.is_some_and(CallEnd::is_in_menu),
            wait_ms: u32::try_from(row.wait_ms).unwrap_or(u32::MAX),
            talk_ms: u32::try_from(row.talk_ms).unwrap_or(u32::MAX),
            agent,
            line: self.facts.lines.number(row.line.as_str()),
        });
    }

    /// Adds a ticket. Tickets are added in the order of their numbers.
    pub fn add_ticket(&mut self, row: &TicketRow) {
        let place = u32::try_from(self.facts.tickets.len()).unwrap_or(u32::MAX);
        let first = self.facts.assignments.len();
        for assignment in &row.assignments {
            self.add_assignment(place, row, assignment);
        }
        let last = self.facts.assignments.len();
        let accepted = CompactTime::from(row.registered.unwrap_or(row.opened));
        let repeated = self.is_repeat(row, accepted);
        let lead_row = row.assignments.iter().rev().find(|p| p.lead && !is_ended(p.state));
        let fact = TicketFact {
            ticket: row.ticket,
            channel: row.channel,
            line: self.facts.lines.number(row.line.as_str()),
            agent: match (&row.agent, row.seat) {
                (Some(agent), _) => self.facts.people.number(agent.as_str()),
                (None, Some(seat)) => self.facts.people.number(&seat.to_string()),
                (None, None) => NameId::NONE,
            },
            class: class(row),
            disposition: row.disposition,
            topic: row
                .topic
                .as_ref()
                .map_or(NameId::NONE, |t| self.facts.topics.number(t.as_str())),
            area: row.area.as_ref().map_or(NameId::NONE, |a| self.facts.areas.number(a.as_str())),
            importance: row.importance,
            accepted,
            dispatched: row.dispatched.into(),
            dispatched_in_time: self
                .judge_first(&row.clocks, &[ClockKind::Review])
                .filter(|judged| judged.met.happened())
                .map(|judged| judged.in_time),
            replied: row.replied.into(),
            closed: row.closed.into(),
            closure: row.closure,
            open: is_open(row.state),
            asked: row.asked > 0,
            first: row.eval_first.map(eval),
            last: row.eval_final.map(eval),
            unreasonable: row.unreasonable,
            urges: UrgeCounts::of(&row.urges),
            tagged: !row.methods.is_empty(),
            thanks: u16::try_from(row.thanks.len()).unwrap_or(u16::MAX),
            lost: self.judge_first(&row.clocks, &[ClockKind::LostCall]),
            quick: self.quick(row),
            item_opened: row.dissatisfaction.as_ref().map(|d| d.1).into(),
            item_closed: row.dissatisfaction.as_ref().and_then(|d| d.2).into(),
            item_unit: (row.dissatisfaction.as_ref().and_then(|d| d.0.as_ref()))
                .map_or(NameId::NONE, |unit| self.facts.units.number(unit.as_str())),
            repeated,
            lead: lead_row.map_or(NameId::NONE, |p| self.facts.units.number(p.unit.as_str())),
            assignments: (index(first), index(last)),
        };
        if fact.lead != NameId::NONE {
            entry_of(&mut self.facts.tickets_led_by, fact.lead).push(place);
        }
        if row.title.is_some() || !row.leaders.is_empty() {
            self.facts.listed.push(ListedTicket {
                ticket: place,
                title: row.title.clone().unwrap_or_default(),
                affected: row.affected,
                leaders: row.leaders.iter().map(ToString::to_string).collect(),
            });
        }
        for method in &row.methods {
            let name = self.facts.methods.number(method);
            self.facts.tickets_by_method.push((place, name));
        }
        if fact.item_opened.happened() {
            self.facts.dissatisfaction_items.push(place);
        }
        self.facts.ticket_spans.push(fact.relevant_span());
        self.facts.tickets.push(fact);
        if let (true, Some(call)) = (row.missed, row.call) {
            self.add_refused_call_of(call, row);
            // Each refused attempt counts as a call that could not get in, though they share an item.
            for _ in 0..row.refused_again.min(REFUSED_COUNTED_MAX) {
                self.add_refused_call(call, row);
            }
        }
    }

    /// The finished facts.
    pub fn build(mut self) -> Facts {
        self.facts.calls.append(&mut self.refused);
        self.facts.calls.sort_by_key(|call| call.call);
        let units = self.facts.units.len();
        self.facts.assignments_of_unit.resize_with(units, Vec::new);
        self.facts.tickets_led_by.resize_with(units, Vec::new);
        self.facts
    }

    /// Adds the refused call behind a missed-call item, unless there is a record of that call.
    fn add_refused_call_of(&mut self, call: CallId, row: &TicketRow) {
        let known = self.facts.calls.binary_search_by_key(&call, |known| known.call).is_ok();
        if !known {
            self.add_refused_call(call, row);
        }
    }

    fn add_refused_call(&mut self, call: CallId, row: &TicketRow) {
        self.refused.push(CallFact {
            call,
            arrived: row.opened.into(),
            refused: true,
            queued: false,
            answered: false,
            abandoned: false,
            in_menu: false,
            wait_ms: 0,
            talk_ms: 0,
            agent: NameId::NONE,
            line: self.facts.lines.number(row.line.as_str()),
        });
    }

    fn add_assignment(&mut self, ticket: u32, row: &TicketRow, assignment: &AssignmentRow) {
        let first = self.facts.rounds.len();
        for clock in &assignment.clocks {
            let kind = match clock.terms().kind {
                ClockKind::HandleA
                | ClockKind::HandleB
                | ClockKind::HandleC
                | ClockKind::HandleConsult => HandlingClock::Grade,
                ClockKind::LeaderSigned => HandlingClock::Leader,
                ClockKind::Upper => HandlingClock::Upper,
                _ => continue,
            };
            let Some(judged) = self.judge(clock) else { continue };
            let days = judged.met.happened().then(|| self.days(clock)).flatten();
            self.facts.rounds.push(HandlingRound {
                clock: kind,
                judged,
                days,
                from: clock.running_since().into(),
                ended: clock.end().map(ClockEnd::at).filter(|at| *at <= self.now).into(),
            });
        }
        let last = self.facts.rounds.len();
        let unit = self.facts.units.number(assignment.unit.as_str());
        let place = u32::try_from(self.facts.assignments.len()).unwrap_or(u32::MAX);
        entry_of(&mut self.facts.assignments_of_unit, unit).push(place);
        let returns = |wanted: bool| {
            let judged = |r: &&ReturnRequest| was_right(r.verdict) == Some(wanted);
            count(assignment.returns.iter().filter(judged).count())
        };
        let id = AssignmentId { ticket: row.ticket, n: assignment.n };
        let faulted_first = index(self.facts.faulted.len());
        self.facts.faulted.extend(assignment.faulted.iter().map(|(at, reason)| FaultyResult {
            at: (*at).into(),
            is_false: *reason == RedoReason::False,
        }));
        let faulted_last = index(self.facts.faulted.len());
        let fact = AssignmentFact {
            ticket,
            n: assignment.n,
            unit,
            lead: assignment.lead,
            below: assignment.below,
            written: assignment.written,
            gone: is_ended(assignment.state),
            grade: row.grade,
            issued: assignment.issued.into(),
            sign: self.judge_first(&assignment.clocks, &[ClockKind::Sign]),
            contact: self.judge_first(&assignment.clocks, &[ClockKind::FirstContact]),
            first_result: assignment.first_result.into(),
            redone: assignment.send_backs,
            returns_right: returns(true),
            returns_wrong: returns(false),
            returns_late: count(assignment.returns.iter().filter(|r| r.late).count()),
            extensions: assignment.extensions,
            urges: UrgeCounts::of(&assignment.urges),
            overdue: assignment.overdue,
            faulted: (faulted_first, faulted_last),
            excluded: self.excluded.contains(&id),
            rounds: (index(first), index(last)),
        };
        let span = fact.relevant_span(self.facts.rounds_of(&fact), self.facts.faulted_of(&fact));
        self.facts.assignment_spans.push(span);
        self.facts.assignments.push(fact);
    }

    /// The judged deadline of the first clock of these kinds.
    fn judge_first(&self, clocks: &[Clock], kinds: &[ClockKind]) -> Option<DeadlineResult> {
        let clock = clocks.iter().find(|clock| kinds.contains(&clock.terms().kind))?;
        self.judge(clock)
    }

    /// The judged deadline of quick response: first contact or arrival on site, whichever is earlier.
    fn quick(&self, row: &TicketRow) -> Option<DeadlineResult> {
        use ClockKind::{QuickDanger, QuickRespond};
        let kinds = [QuickDanger, QuickRespond];
        let of_units = row.assignments.iter().flat_map(|assignment| &assignment.clocks);
        let clocks = row.clocks.iter().chain(of_units);
        let judged = clocks.filter(|clock| kinds.contains(&clock.terms().kind));
        let judged = judged.filter_map(|clock| self.judge(clock)).next()?;
        if judged.met.happened() {
            return Some(judged);
        }
        let responded = row.assignments.iter().filter_map(|p| match (p.first_contact, p.on_site) {
            (Some(contact), Some(there)) => Some(contact.min(there)),
            (contact, there) => contact.or(there),
        });
        let Some(first) = responded.min() else { return Some(judged) };
        let in_time = !is_late(first, judged.due.time());
        Some(DeadlineResult { met: first.into(), in_time, ..judged })
    }

    /// A clock's judged deadline; `None` while the clock is held or not started, when nothing is due.
    fn judge(&self, clock: &Clock) -> Option<DeadlineResult> {
        let due = clock.due(self.working_time)?;
        let end = clock.end().filter(|end| end.at() <= self.now);
        let met = match end {
            Some(ClockEnd::Met(at)) => Some(at),
            _ => None,
        };
        Some(DeadlineResult {
            due: due.into(),
            met: met.into(),
            in_time: met.is_some_and(|at| !is_late(at, due)),
            stopped: matches!(end, Some(ClockEnd::Stopped(_))),
        })
    }

    /// The working days a clock took; `None` for a clock that counts seconds.
    fn days(&self, clock: &Clock) -> Option<u16> {
        match clock.consumed(self.now, self.working_time) {
            TimeAmount::Days(days) => u16::try_from(days).ok(),
            TimeAmount::Seconds(_) => None,
        }
    }

    fn is_repeat(&mut self, row: &TicketRow, accepted: CompactTime) -> bool {
        let Some(matter) = row.matter else { return false };
        let before = self.last_of_matter.insert(matter, accepted);
        before
            .is_some_and(|before| accepted.since(before) <= self.repeat_days.saturating_mul(86_400))
    }
}

/// The class of a ticket. The order of the arms decides where several would match.
fn class(row: &TicketRow) -> TicketClass {
    let never_spoken = row.missed && row.registered.is_none();
    match (row.state, row.closure) {
        _ if never_spoken => TicketClass::Missed,
        (TicketState::Cancelled, _) => TicketClass::Aside,
        (_, Some(TicketClosure::Invalid)) => TicketClass::Invalid,
        (_, None) if row.registered.is_none() => TicketClass::Draft,
        _ if row.filed => TicketClass::Filed,
        _ if row.dispatched.is_some() => TicketClass::Dispatched,
        _ if row.follows => TicketClass::Following,
        (_, Some(TicketClosure::Direct)) => TicketClass::Direct,
        (_, Some(TicketClosure::Diverted)) => TicketClass::Diverted,
        (_, Some(TicketClosure::NotAccepted)) => TicketClass::NotAccepted,
        (_, Some(TicketClosure::Withdrawn)) => TicketClass::Withdrawn,
        _ => TicketClass::Open,
    }
}

fn is_open(state: TicketState) -> bool {
    !matches!(state, TicketState::Closed | TicketState::Archived | TicketState::Cancelled)
}

fn is_ended(state: AssignmentState) -> bool {
    matches!(state, AssignmentState::Returned | AssignmentState::Withdrawn)
}

fn eval(of: Evaluation) -> EvaluationFact {
    EvaluationFact { at: of.at.into(), grade: of.grade, solved: of.solved, contacted: of.contacted }
}

fn count(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn entry_of(lists: &mut Vec<Vec<u32>>, name: NameId) -> &mut Vec<u32> {
    if lists.len() <= name.place() {
        lists.resize_with(name.place() + 1, Vec::new);
    }
    // Resized above.
    #[allow(clippy::indexing_slicing, reason = "resized above")]
    &mut lists[name.place()]
}

/// The maximum of refused attempts per item that count. More than that is a machine that dials, and
/// the size of a report must not depend on it.
const REFUSED_COUNTED_MAX: u32 = 1_000;
