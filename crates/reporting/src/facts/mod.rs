//! The facts that every figure is counted from: calls, tickets and assignments with their deadlines.
//!
//! [`Facts`] are built from rows of the view with a calendar, as of one moment, the report's time.
//! The class of a ticket, the due date of an assignment and whether it was met are decided here
//! once, so that no two figures can disagree (hotline.md 4.1).

mod builder;
mod name_table;
mod row;
mod time;

use std::ops::Range;

use model::{
    CallId, TicketId,
    desk::{
        AssignmentId, Channel, Disposition, Grade, Importance, OverdueReason, Satisfaction, Solved,
        TicketClosure, UrgeSource,
    },
};

pub use builder::FactsBuilder;
pub use name_table::{NameId, NameTable};
pub(crate) use row::weight;
pub use row::{AssignmentRow, CallRow, ONE, TicketRow};
pub use time::{CompactTime, TimeSpan};

/// All facts of a report.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The report's time. What was open then is open here.
    pub now: CompactTime,
    /// Attempts to reach the hotline, by arrival, refused calls included.
    pub calls: Vec<CallFact>,
    /// Tickets, by number.
    pub tickets: Vec<TicketFact>,
    /// The time span of each ticket that figures can ask about, by index. A figure skips tickets outside
    /// its period: ten years of a million tickets are asked for month by month.
    ticket_spans: Vec<TimeSpan>,
    /// Assignments, by ticket.
    pub assignments: Vec<AssignmentFact>,
    /// The same time span for each assignment.
    assignment_spans: Vec<TimeSpan>,
    /// Handling rounds, by assignment: one for each round and clock.
    pub rounds: Vec<HandlingRound>,
    /// The indexes of the assignments of each unit, by the unit's name id.
    pub assignments_of_unit: Vec<Vec<u32>>,
    /// The indexes of the tickets each unit leads, by the unit's name id.
    pub tickets_led_by: Vec<Vec<u32>>,
    /// The indexes of the tickets with a dissatisfaction item.
    pub dissatisfaction_items: Vec<u32>,
    /// Results found vague or false, by assignment.
    pub faulted: Vec<FaultyResult>,
    /// Tickets with the named method that moved them, by ticket index.
    pub tickets_by_method: Vec<(u32, NameId)>,
    /// Names of units.
    pub units: NameTable,
    /// Names of methods (十个工作方法).
    pub methods: NameTable,
    /// Codes of topics.
    pub topics: NameTable,
    /// Codes of areas.
    pub areas: NameTable,
    /// Names of lines.
    pub lines: NameTable,
    /// Names of people.
    pub people: NameTable,
    /// Tickets that are listed one by one, with their titles.
    pub listed: Vec<ListedTicket>,
}

/// An attempt to reach the hotline.
#[derive(Clone, Copy, Debug)]
pub struct CallFact {
    /// The call.
    pub call: CallId,
    /// The time of arrival.
    pub arrived: CompactTime,
    /// Refused before it entered a queue (CALL-06).
    pub refused: bool,
    /// Joined a queue.
    pub queued: bool,
    /// Answered by a seat.
    pub answered: bool,
    /// Abandoned before a seat answered.
    pub abandoned: bool,
    /// Ended in a menu, without a queue: the caller asked for no person.
    pub in_menu: bool,
    /// Time in the queue, ringing included, in ms.
    pub wait_ms: u32,
    /// Time connected to seats, in ms.
    pub talk_ms: u32,
    /// The agent who answered.
    pub agent: NameId,
    /// The line.
    pub line: NameId,
}

/// The class of a ticket. Each ticket is in exactly one (2.8, invariant 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TicketClass {
    /// A missed call, until someone has spoken with the caller.
    Missed,
    /// Cancelled as empty, or its call belongs to another ticket. It counts in no figure.
    Aside,
    /// 待登记: opened, and neither registered nor closed, so that its validity is not decided yet.
    Draft,
    /// 无效
    Invalid,
    /// 当场答复
    Direct,
    /// 转办: dispatched at least once.
    Dispatched,
    /// 合并随办
    Following,
    /// 备案答复
    Filed,
    /// 转出
    Diverted,
    /// 不予受理
    NotAccepted,
    /// 撤诉、失联: withdrawn before it was dispatched.
    Withdrawn,
    /// 待分流: none of these yet.
    Open,
}

impl TicketClass {
    /// The classes of valid demands in printed order. They add up to all valid demands.
    pub const VALID: [TicketClass; 8] = [
        TicketClass::Direct,
        TicketClass::Dispatched,
        TicketClass::Following,
        TicketClass::Filed,
        TicketClass::Diverted,
        TicketClass::NotAccepted,
        TicketClass::Withdrawn,
        TicketClass::Open,
    ];

    /// Whether the class is a valid demand.
    pub fn is_valid(self) -> bool {
        TicketClass::VALID.contains(&self)
    }

    /// The printed name.
    pub fn chinese(self) -> &'static str {
        match self {
            TicketClass::Missed => "未接来电",
            TicketClass::Aside => "作废或并入他件",
            TicketClass::Draft => "待登记",
            TicketClass::Invalid => "无效",
            TicketClass::Direct => "当场答复",
            TicketClass::Dispatched => "转办",
            TicketClass::Following => "合并随办",
            TicketClass::Filed => "备案答复",
            TicketClass::Diverted => "转出",
            TicketClass::NotAccepted => "不予受理",
            TicketClass::Withdrawn => "撤诉失联",
            TicketClass::Open => "待分流",
        }
    }
}

/// A valid evaluation.
#[derive(Clone, Copy, Debug)]
pub struct EvaluationFact {
    /// The time of the evaluation.
    pub at: CompactTime,
    /// The satisfaction.
    pub grade: Satisfaction,
    /// Whether the caller says it is solved.
    pub solved: Option<Solved>,
    /// Whether the unit had contacted the caller.
    pub contacted: Option<bool>,
}

/// A ticket as figures count it.
#[derive(Clone, Copy, Debug)]
pub struct TicketFact {
    /// Its number.
    pub ticket: TicketId,
    /// The channel it came in by.
    pub channel: Channel,
    /// The line.
    pub line: NameId,
    /// The agent who registered it.
    pub agent: NameId,
    /// Its class.
    pub class: TicketClass,
    /// The kind of contact.
    pub disposition: Disposition,
    /// The topic.
    pub topic: NameId,
    /// The area.
    pub area: NameId,
    /// Whether a leader must see it.
    pub importance: Importance,
    /// When it was registered, or opened if it never was.
    pub accepted: CompactTime,
    /// When it was dispatched, the first time.
    pub dispatched: CompactTime,
    /// Whether it was dispatched within the time for review; `None` without such a clock.
    pub dispatched_in_time: Option<bool>,
    /// When the caller was told the result, the last time.
    pub replied: CompactTime,
    /// When it was closed, the last time.
    pub closed: CompactTime,
    /// How it was closed.
    pub closure: Option<TicketClosure>,
    /// Neither closed, archived nor cancelled.
    pub open: bool,
    /// Whether the caller was asked at least once.
    pub asked: bool,
    /// The first valid evaluation, which never changes.
    pub first: Option<EvaluationFact>,
    /// The last valid evaluation.
    pub last: Option<EvaluationFact>,
    /// The hub decided that the demand is unreasonable.
    pub unreasonable: bool,
    /// Urges that count, by source.
    pub urges: UrgeCounts,
    /// Whether a named method moved it.
    pub tagged: bool,
    /// The number of thanks.
    pub thanks: u16,
    /// The deadline for calling back a missed call, judged.
    pub lost: Option<DeadlineResult>,
    /// The deadline of quick response, judged.
    pub quick: Option<DeadlineResult>,
    /// When its dissatisfaction item was opened.
    pub item_opened: CompactTime,
    /// When that item was struck off.
    pub item_closed: CompactTime,
    /// The unit of that item.
    pub item_unit: NameId,
    /// Whether its matter had another ticket within the days of a repeat.
    pub repeated: bool,
    /// The unit that leads, the last of several.
    pub lead: NameId,
    /// The range of its assignments.
    pub assignments: (u32, u32),
}

impl TicketFact {
    /// The time span of everything that figures ask about.
    fn relevant_span(&self) -> TimeSpan {
        let own = [self.accepted, self.dispatched, self.replied, self.closed];
        let item = [self.item_opened, self.item_closed];
        let evals = [self.first, self.last].into_iter().flatten().map(|eval| eval.at);
        let quick = self.quick.map(|quick| quick.due);
        TimeSpan::around(own.into_iter().chain(item).chain(evals).chain(quick))
    }

    /// The indexes of its assignments.
    pub fn assignments(&self) -> Range<usize> {
        self.assignments.0 as usize..self.assignments.1 as usize
    }
}

/// A result that the hub found to be faulty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultyResult {
    /// When it was found.
    pub at: CompactTime,
    /// 不实 (false); otherwise 不详 (vague).
    pub is_false: bool,
}

/// Urges that count, by source, in the order of the bulletin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UrgeCounts([u16; 5]);

impl UrgeCounts {
    /// The counts of a row.
    pub fn of(urges: &[(UrgeSource, u32)]) -> UrgeCounts {
        let of = |source| {
            let from_source =
                urges.iter().filter(|(of, _)| *of == source).map(|(_, n)| u64::from(*n));
            u16::try_from(from_source.sum::<u64>()).unwrap_or(u16::MAX)
        };
        UrgeCounts(UrgeSource::ALL.map(of))
    }

    /// The urges of one source.
    pub fn by(self, source: UrgeSource) -> u64 {
        let each = UrgeSource::ALL.into_iter().zip(self.0);
        each.filter(|(of, _)| *of == source).map(|(_, n)| u64::from(n)).sum()
    }

    /// The urges of all sources.
    pub fn all(self) -> u64 {
        self.0.into_iter().map(u64::from).sum()
    }
}

/// The deadline of a clock with its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadlineResult {
    /// The last second in time.
    pub due: CompactTime,
    /// When it was met, in time or late; never otherwise.
    pub met: CompactTime,
    /// Met, and not after the due date.
    pub in_time: bool,
    /// Stopped: nothing is due any more.
    pub stopped: bool,
}

/// The kind of a handling clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandlingClock {
    /// The clock of the grade (C6), or that of the unit above.
    Grade,
    /// The clock of a leader's instruction (C8).
    Leader,
    /// The clock of the upper hotline.
    Upper,
}

/// One round of an assignment by one handling clock.
#[derive(Clone, Copy, Debug)]
pub struct HandlingRound {
    /// The clock.
    pub clock: HandlingClock,
    /// The deadline with its outcome.
    pub judged: DeadlineResult,
    /// The working days it took; `None` when the clock counts seconds or was not met.
    pub days: Option<u16>,
    /// When the round began; never for a clock that has not started.
    pub from: CompactTime,
    /// When it was met or stopped; never while it runs at the report's time.
    pub ended: CompactTime,
}

impl HandlingRound {
    /// Whether the round had begun and not ended at a moment up to the report's time.
    pub fn is_open_at(&self, at: CompactTime) -> bool {
        self.from.happened() && self.from <= at && !(self.ended.happened() && self.ended <= at)
    }
}

/// An assignment as figures count it: one unit's task on a ticket.
#[derive(Clone, Copy, Debug)]
pub struct AssignmentFact {
    /// The index of the ticket.
    pub ticket: u32,
    /// Its number on the ticket, from 1.
    pub n: u16,
    /// The unit.
    pub unit: NameId,
    /// Whether the unit leads; otherwise it assists.
    pub lead: bool,
    /// Whether a unit above passed it on.
    pub below: bool,
    /// Whether it was issued on paper.
    pub written: bool,
    /// Returned or withdrawn.
    pub gone: bool,
    /// The grade of the ticket.
    pub grade: Option<Grade>,
    /// When it was issued.
    pub issued: CompactTime,
    /// The deadline for signing, judged.
    pub sign: Option<DeadlineResult>,
    /// The deadline for first contact, judged.
    pub contact: Option<DeadlineResult>,
    /// When the first result was submitted.
    pub first_result: CompactTime,
    /// The number of times it was sent back to be redone.
    pub redone: u16,
    /// Returns that were approved.
    pub returns_right: u16,
    /// Returns that were rejected.
    pub returns_wrong: u16,
    /// Returns requested after the window.
    pub returns_late: u16,
    /// Extensions granted.
    pub extensions: u16,
    /// Urges that count, by source.
    pub urges: UrgeCounts,
    /// The reason for being overdue.
    pub overdue: Option<OverdueReason>,
    /// The range of its results that were found vague or false.
    pub faulted: (u32, u32),
    /// Excluded from the assessment on appeal.
    pub excluded: bool,
    /// The range of its handling rounds.
    pub rounds: (u32, u32),
}

impl AssignmentFact {
    /// The time span of everything that figures ask about.
    fn relevant_span(&self, rounds: &[HandlingRound], faulted: &[FaultyResult]) -> TimeSpan {
        let deadlines = rounds.iter().flat_map(|round| [round.judged.due, round.judged.met]);
        let found = faulted.iter().map(|found| found.at);
        TimeSpan::around([self.issued, self.first_result].into_iter().chain(deadlines).chain(found))
    }

    /// The indexes of its handling rounds.
    pub fn rounds(&self) -> Range<usize> {
        self.rounds.0 as usize..self.rounds.1 as usize
    }
}

/// A ticket that is listed individually.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedTicket {
    /// The index of the ticket.
    pub ticket: u32,
    /// Its title.
    pub title: String,
    /// The number of people affected.
    pub affected: Option<u32>,
    /// The leaders who wrote on it.
    pub leaders: Vec<String>,
}

impl Facts {
    /// The id of an assignment.
    pub fn id_of(&self, assignment: &AssignmentFact) -> Option<AssignmentId> {
        let ticket = self.tickets.get(assignment.ticket as usize)?.ticket;
        Some(AssignmentId { ticket, n: assignment.n })
    }

    /// The results of an assignment that were found vague or false.
    pub fn faulted_of(&self, assignment: &AssignmentFact) -> &[FaultyResult] {
        let (from, to) = assignment.faulted;
        self.faulted.get(from as usize..to as usize).unwrap_or_default()
    }

    /// The handling rounds of an assignment.
    pub fn rounds_of(&self, assignment: &AssignmentFact) -> &[HandlingRound] {
        self.rounds.get(assignment.rounds()).unwrap_or_default()
    }

    /// The assignments of a ticket.
    pub fn assignments_of(&self, ticket: &TicketFact) -> &[AssignmentFact] {
        self.assignments.get(ticket.assignments()).unwrap_or_default()
    }

    /// The tickets that can matter to a period.
    pub fn tickets_in(
        &self,
        span: TimeSpan,
    ) -> impl Iterator<Item = &TicketFact> + Clone + use<'_> {
        let all = self.tickets.iter().zip(&self.ticket_spans);
        all.filter(move |(_, own)| own.meets(span)).map(|(ticket, _)| ticket)
    }

    /// The assignments that can matter to a period.
    pub fn assignments_in(&self, span: TimeSpan) -> impl Iterator<Item = &AssignmentFact> {
        let all = self.assignments.iter().zip(&self.assignment_spans);
        all.filter(move |(_, own)| own.meets(span)).map(|(assignment, _)| assignment)
    }

    /// The assignments of a unit that can matter to a period.
    pub fn assignments_at(
        &self,
        unit: NameId,
        span: TimeSpan,
    ) -> impl Iterator<Item = &AssignmentFact> {
        let places =
            self.assignments_of_unit.get(unit.place()).map(Vec::as_slice).unwrap_or_default();
        within(places, &self.assignments, &self.assignment_spans, span)
    }

    /// The tickets led by a unit that can matter to a period.
    pub fn tickets_at(&self, unit: NameId, span: TimeSpan) -> impl Iterator<Item = &TicketFact> {
        let places = self.tickets_led_by.get(unit.place()).map(Vec::as_slice).unwrap_or_default();
        within(places, &self.tickets, &self.ticket_spans, span)
    }

    /// The tickets led by a unit.
    pub fn all_tickets_at(&self, unit: NameId) -> impl Iterator<Item = &TicketFact> {
        let places = self.tickets_led_by.get(unit.place()).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.tickets.get(*place as usize))
    }
}

/// The entries at these indexes that can matter to a period.
fn within<'a, T>(
    places: &'a [u32],
    all: &'a [T],
    spans: &'a [TimeSpan],
    span: TimeSpan,
) -> impl Iterator<Item = &'a T> {
    let places = places.iter().map(|place| *place as usize);
    let spans = move |place: &usize| spans.get(*place).is_some_and(|own| own.meets(span));
    places.filter(spans).filter_map(|place| all.get(place))
}
