//! Generated tickets for tests and the benchmark: plain ones, or a whole year from an index.
#![allow(dead_code, reason = "each user takes what it needs")]

use std::collections::BTreeSet;

use deadlines::{
    calendar::{Calendar, OfficeHours},
    clock::{Clock, ClockEvent, DayEnd, WorkingTime},
};
use directory::Directory;
use model::{
    AccountName, CalendarTable, CallId, Date, LineId, Number, SeatId, TicketId, Timestamp, TrunkId,
    Zone,
    desk::{
        Allowance, AssignmentState, Channel, ClockKind, ClockTerms, DirectoryChange, Disposition,
        Grade, Importance, MatterId, Purpose, Revision, Satisfaction, Solved, TicketClosure,
        TicketState, TopicId, Unit, UnitId, UnitKind,
    },
    event::CallEnd,
};
use reporting::{
    Period, ReferenceData, ReportRules,
    bulletin::Source,
    facts::{AssignmentRow, Facts, FactsBuilder, TicketRow},
};
use stats::Cdr;
use ticketing::{Rules as DeskRules, ticket::Evaluation};

/// A local time: `2026-11-02`, hour, minute.
pub(crate) fn at(date: &str, hour: u32, minute: u32) -> Timestamp {
    Zone::CHINA.moment(date.parse().expect("a date"), hour * 3_600 + minute * 60)
}

/// An open ticket by phone without assignments.
pub(crate) fn ticket(n: u64, opened: Timestamp) -> TicketRow {
    TicketRow {
        ticket: TicketId::of_day(Zone::CHINA.date(opened), u32::try_from(n).expect("few")),
        call: Some(CallId::from_arrival(opened)),
        missed: false,
        refused_again: 0,
        channel: Channel::Phone,
        line: LineId::from("12345"),
        agent: Some(AccountName::from("li")),
        seat: Some(SeatId(1001)),
        opened,
        registered: Some(opened),
        dispatched: None,
        replied: None,
        closed: None,
        changed: opened,
        state: TicketState::Registered,
        closure: None,
        purpose: Some(Purpose::Help),
        topic: Some(TopicId::from("010102")),
        area: Some("410102".into()),
        grade: None,
        importance: Importance::Normal,
        title: None,
        affected: None,
        disposition: Disposition::Valid,
        unreasonable: false,
        follows: false,
        filed: false,
        matter: None,
        asked: 0,
        eval_first: None,
        eval_final: None,
        result_true: None,
        urges: Vec::new(),
        thanks: Vec::new(),
        dissatisfaction: None,
        leaders: Vec::new(),
        methods: Vec::new(),
        clocks: Vec::new(),
        assignments: Vec::new(),
    }
}

/// The ticket closed in this way.
pub(crate) fn closed(mut row: TicketRow, at: Timestamp, closure: TicketClosure) -> TicketRow {
    row.state = TicketState::Closed;
    row.closure = Some(closure);
    row.closed = Some(at);
    row.changed = at;
    row
}

/// The ticket with an assignment to a unit, due after some working days.
pub(crate) fn given(mut row: TicketRow, unit: &str, at: Timestamp, days: u16) -> TicketRow {
    row.dispatched.get_or_insert(at);
    row.state = TicketState::Handling;
    row.grade = Some(Grade::B);
    let clock = |kind, days| {
        Clock::started(ClockTerms { kind, allowance: Allowance::Days(days), policy: 1 }, at)
    };
    row.assignments.push(AssignmentRow {
        n: u16::try_from(row.assignments.len() + 1).expect("few"),
        unit: UnitId::from(unit),
        lead: true,
        below: false,
        written: false,
        state: AssignmentState::Issued,
        issued: at,
        signed: None,
        first_contact: None,
        on_site: None,
        first_result: None,
        returns: Vec::new(),
        extensions: 0,
        send_backs: 0,
        urges: Vec::new(),
        overdue: None,
        faulted: Vec::new(),
        clocks: vec![clock(ClockKind::Sign, 1), clock(ClockKind::HandleB, days)],
    });
    row
}

/// The clocks of a kind of the last assignment, met.
pub(crate) fn met(mut row: TicketRow, kind: ClockKind, at: Timestamp) -> TicketRow {
    let assignment = row.assignments.last_mut().expect("given to a unit");
    let clocks = assignment.clocks.iter_mut().filter(|clock| clock.terms().kind == kind);
    clocks.for_each(|clock| clock.apply(at, &ClockEvent::Met));
    if kind == ClockKind::HandleB {
        assignment.first_result.get_or_insert(at);
        assignment.state = AssignmentState::SupPassed;
    }
    row
}

/// The ticket with a reply, a callback and this evaluation; the first evaluation is kept.
pub(crate) fn evaluated(mut row: TicketRow, at: Timestamp, grade: Satisfaction) -> TicketRow {
    let solved = Some(if grade.is_satisfied() { Solved::Yes } else { Solved::No });
    let eval = Evaluation { at, round: 1, grade, solved, contacted: Some(true) };
    row.replied.get_or_insert(at);
    row.asked += 1;
    row.eval_first.get_or_insert(eval);
    row.eval_final = Some(eval);
    row
}

/// A call that was answered after some seconds, or was not answered.
pub(crate) fn call(arrived: Timestamp, answered_after_s: Option<u64>) -> Cdr {
    let second = |s: u64| arrived + std::time::Duration::from_secs(s);
    Cdr {
        segments: Vec::new(),
        voicemail: None,
        call: CallId::from_arrival(arrived),
        caller: Number::new("13800000000"),
        dialled: Number::new("12345"),
        line: LineId::from("12345"),
        trunk: TrunkId::from("telecom"),
        arrived,
        queue: Some("mandarin".into()),
        queued: Some(arrived),
        connected: answered_after_s.map(second),
        seat: answered_after_s.map(|_| SeatId(1001)),
        agent: answered_after_s.map(|_| AccountName::from("li")),
        offers: 1,
        ended: Some(second(200)),
        end: Some(if answered_after_s.is_some() {
            CallEnd::CallerHungUp
        } else {
            CallEnd::Abandoned
        }),
        wait_ms: answered_after_s.unwrap_or(40) * 1_000,
        talk_ms: answered_after_s.map_or(0, |_| 90_000),
        recording: None,
        recording_ms: None,
        recording_sha256: None,
        recording_fault: None,
        voice_source_assumed: false,
        caller_voice: None,
        seat_voice: None,
        ticket: None,
    }
}

/// A hotline with units and rules.
pub(crate) struct Hotline {
    pub(crate) calendar: Calendar,
    pub(crate) desk: DeskRules,
    pub(crate) rules: ReportRules,
    pub(crate) reference: ReferenceData,
    pub(crate) now: Timestamp,
}

impl Hotline {
    /// A hotline whose working days are Monday to Friday, with units by group.
    pub(crate) fn new(now: Timestamp, units: &[(&str, &str)]) -> Hotline {
        let mut directory = Directory::default();
        for (code, group) in units {
            directory.apply(&DirectoryChange::Unit(UnitId::from(*code), unit(code, group)));
        }
        Hotline {
            calendar: Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default()),
            desk: DeskRules::shipped(),
            rules: ReportRules::shipped(),
            reference: ReferenceData::new(Zone::CHINA, directory),
            now,
        }
    }

    pub(crate) fn working_time(&self) -> WorkingTime<'_> {
        WorkingTime { calendar: &self.calendar, day_end: DayEnd::Midnight }
    }

    pub(crate) fn facts(&self, calls: &[Cdr], rows: &[TicketRow]) -> Facts {
        let excluded = self.reference.excluded().clone();
        let mut builder = self.builder(&excluded);
        calls.iter().for_each(|call| builder.add_call(&call.into()));
        rows.iter().for_each(|row| builder.add_ticket(row));
        builder.build()
    }

    pub(crate) fn builder<'a>(
        &'a self,
        excluded: &'a BTreeSet<model::desk::AssignmentId>,
    ) -> FactsBuilder<'a> {
        FactsBuilder::new(self.working_time(), self.now, self.rules.repeat_days, excluded)
    }

    pub(crate) fn source<'a>(&'a self, facts: &'a Facts) -> Source<'a> {
        Source::new(
            "12345",
            Zone::CHINA,
            facts,
            &self.reference,
            self.working_time(),
            &self.desk.clocks,
            &self.rules,
            std::collections::BTreeMap::new(),
        )
    }

    pub(crate) fn period(&self, text: &str) -> Period {
        Period::parse(text, &self.rules.cuts).expect("a period")
    }
}

fn unit(code: &str, group: &str) -> Revision<Unit, UnitId> {
    let unit = Unit {
        name: format!("单位{code}"),
        short: code.to_owned(),
        kind: UnitKind::Bureau,
        level: 2,
        parent: None,
        functional_parent: None,
        area: None,
        group: group.to_owned(),
        chief: None,
        deputies: Vec::new(),
        liaisons: Vec::new(),
        public_phone: String::new(),
        sms: Vec::new(),
        members: Vec::new(),
    };
    Revision::Written { from: None, basis: String::new(), now: Box::new(unit) }
}

/// The `i`th of `n` tickets of a year, made from `i` alone: 55 % answered on the spot, 40 %
/// dispatched among fifty units, the rest invalid.
pub(crate) fn of_year(i: u64, n: u64, year: i32) -> TicketRow {
    // SplitMix64: the same ticket for the same index on every machine.
    let mut state = i.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x1234_5678;
    let mut roll = |below: u64| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below
    };
    let start = Zone::CHINA.moment(Date { year, month: 1, day: 1 }, 0);
    let year_us = 365 * 86_400 * 1_000_000u64;
    let opened = start + std::time::Duration::from_micros(year_us / n * i);
    let later = |from: Timestamp, seconds: u64| from + std::time::Duration::from_secs(seconds);
    let mut row = ticket(i % (n / 365 + 2) % 99_999 + 1, opened);
    row.topic = Some(TopicId::from(
        format!("{:02}{:02}{:02}", roll(20) + 1, roll(5) + 1, roll(3) + 1).as_str(),
    ));
    row.area = Some(format!("4101{:02}", roll(12) + 1).as_str().into());
    row.matter = Some(MatterId(row.ticket));
    row.channel = if roll(10) == 0 { Channel::Wechat } else { Channel::Phone };
    match roll(100) {
        0..55 => closed(row, later(opened, 120), TicketClosure::Direct),
        55..95 => {
            let unit = format!("u{:02}", roll(50));
            let mut row = given(row, &unit, later(opened, 3_600), 7);
            row = met(row, ClockKind::Sign, later(opened, 7_200 + roll(100_000)));
            if roll(50) == 0 {
                return row;
            }
            let passed = later(opened, 86_400 + roll(12 * 86_400));
            row = met(row, ClockKind::HandleB, passed);
            row.assignments[0].send_backs = u16::from(roll(20) == 0);
            let grade = Satisfaction::of_digit(5 - (roll(20) / 5) as u8).expect("1 to 5");
            row = evaluated(row, later(passed, 86_400), grade);
            closed(row, later(passed, 90_000), TicketClosure::Evaluated)
        }
        _ => {
            let mut row = row;
            row.registered = None;
            row.disposition =
                if roll(2) == 0 { Disposition::Misdial } else { Disposition::Harassment };
            closed(row, later(opened, 60), TicketClosure::Invalid)
        }
    }
}
