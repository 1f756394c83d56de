//! The facts every figure is counted from: calls, tickets, and what each unit owed.
//!
//! [`Facts`] is made from rows of the view with a calendar, at one moment, the
//! report's time. What a figure counts is decided here once (which class a
//! ticket is in, when a piece was due, whether it was met in time), so that no
//! two figures can disagree about it (hotline.md 4.1).

mod at;
mod make;
mod names;
mod row;

use std::ops::Range;

use model::{
    CallId, TicketId,
    desk::{
        AssignmentId, Channel, Disposition, Grade, Importance, OverdueReason, Satisfaction, Solved,
        TicketClosure, UrgeSource,
    },
};

pub use at::{At, Span};
pub use make::Maker;
pub use names::{Name, Names};
pub(crate) use row::weight;
pub use row::{CallRow, PieceRow, TicketRow};

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The report's time: what was open then is open here.
    pub now: At,
    /// Attempts to reach the hotline, by arrival, those turned away included.
    pub calls: Vec<CallFact>,
    /// Tickets, by number.
    pub tickets: Vec<TicketFact>,
    /// From when to when a period may have something of a ticket, by its place. Outside no figure
    /// needs to look at it: ten years are asked for a million tickets a month at a time.
    ticket_lives: Vec<Span>,
    /// What units handle, by ticket.
    pub pieces: Vec<Piece>,
    /// The same of a piece.
    piece_lives: Vec<Span>,
    /// What was owed, by piece: one a round and clock.
    pub owed: Vec<Owed>,
    /// The pieces of each unit, by its name's number.
    pub of_unit: Vec<Vec<u32>>,
    /// The tickets each unit leads, by its name's number.
    pub led_by: Vec<Vec<u32>>,
    /// Tickets that left an item after an unsatisfied end.
    pub items: Vec<u32>,
    /// Results found vague or false, by piece.
    pub faulted: Vec<Faulted>,
    /// Which method moved which ticket, by ticket.
    pub moved_by: Vec<(u32, Name)>,
    /// Units.
    pub units: Names,
    /// Methods (十个工作方法).
    pub methods: Names,
    /// Topics.
    pub topics: Names,
    /// Areas.
    pub areas: Names,
    /// Lines.
    pub lines: Names,
    /// People.
    pub people: Names,
    /// The few tickets that are printed one by one, with their titles.
    pub printed: Vec<Printed>,
}

/// An attempt to reach the hotline.
#[derive(Clone, Copy, Debug)]
pub struct CallFact {
    /// The call.
    pub call: CallId,
    /// When.
    pub arrived: At,
    /// Turned away before it could wait (CALL-06).
    pub refused: bool,
    /// It joined a queue.
    pub queued: bool,
    /// A seat answered.
    pub answered: bool,
    /// The caller left before that.
    pub abandoned: bool,
    /// In the queue, ring included, ms.
    pub wait_ms: u32,
    /// With seats, ms.
    pub talk_ms: u32,
    /// Who answered.
    pub agent: Name,
    /// On which line.
    pub line: Name,
}

/// What a ticket counts as; each is in one class (2.8, invariant 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A missed call, until somebody has spoken with the caller.
    Missed,
    /// Put aside empty, or its call belongs to another ticket: counts nowhere.
    Aside,
    /// 待登记: opened, and neither registered nor closed. Nobody has judged yet whether it is valid.
    Draft,
    /// 无效
    Invalid,
    /// 当场答复
    Direct,
    /// 转办: ever dispatched.
    Dispatched,
    /// 合并随办
    Following,
    /// 备案答复
    Filed,
    /// 转出
    Diverted,
    /// 不予受理
    NotAccepted,
    /// 撤诉、失联, before it was dispatched
    Withdrawn,
    /// 待分流: nothing of these yet.
    Open,
}

impl Class {
    /// The classes of valid demands, in the order they are printed; they add up to all valid ones.
    pub const VALID: [Class; 8] = [
        Class::Direct,
        Class::Dispatched,
        Class::Following,
        Class::Filed,
        Class::Diverted,
        Class::NotAccepted,
        Class::Withdrawn,
        Class::Open,
    ];

    /// Counts as a demand that was taken on.
    pub fn is_valid(self) -> bool {
        Class::VALID.contains(&self)
    }

    /// As it is printed.
    pub fn chinese(self) -> &'static str {
        match self {
            Class::Missed => "未接来电",
            Class::Aside => "作废或并入他件",
            Class::Draft => "待登记",
            Class::Invalid => "无效",
            Class::Direct => "当场答复",
            Class::Dispatched => "转办",
            Class::Following => "合并随办",
            Class::Filed => "备案答复",
            Class::Diverted => "转出",
            Class::NotAccepted => "不予受理",
            Class::Withdrawn => "撤诉失联",
            Class::Open => "待分流",
        }
    }
}

/// A valid evaluation.
#[derive(Clone, Copy, Debug)]
pub struct Eval {
    /// When.
    pub at: At,
    /// How satisfied.
    pub grade: Satisfaction,
    /// Whether it is solved.
    pub solved: Option<Solved>,
    /// Whether the unit had spoken with them.
    pub contacted: Option<bool>,
}

/// A ticket.
#[derive(Clone, Copy, Debug)]
pub struct TicketFact {
    /// Its number.
    pub ticket: TicketId,
    /// By which way it came.
    pub channel: Channel,
    /// On which line.
    pub line: Name,
    /// Who wrote it down.
    pub agent: Name,
    /// What it counts as.
    pub class: Class,
    /// What kind of contact it was.
    pub disposition: Disposition,
    /// What it is about.
    pub topic: Name,
    /// Where.
    pub area: Name,
    /// Whether a leader must see it.
    pub importance: Importance,
    /// Taken on; opened, when it never was.
    pub accepted: At,
    /// Dispatched, the first time.
    pub dispatched: At,
    /// Whether within the time for review; nothing when there was no such clock.
    pub dispatched_in_time: Option<bool>,
    /// Told, the last time.
    pub replied: At,
    /// Closed, the last time.
    pub closed: At,
    /// How.
    pub closure: Option<TicketClosure>,
    /// Neither closed nor put away nor void.
    pub open: bool,
    /// Asked at least once how it is.
    pub asked: bool,
    /// The first valid evaluation, for ever.
    pub first: Option<Eval>,
    /// The last one.
    pub last: Option<Eval>,
    /// The hub has decided that the demand is not reasonable.
    pub unreasonable: bool,
    /// Urges that count, by source.
    pub urges: Urged,
    /// Moved by a method that has a name.
    pub tagged: bool,
    /// Thanks said.
    pub thanks: u16,
    /// When the missed call was due to be called back, and whether that was met.
    pub lost: Option<Judged>,
    /// When a quick piece was due to be answered, and whether that was met.
    pub quick: Option<Judged>,
    /// The item after an unsatisfied end, opened.
    pub item_opened: At,
    /// And struck off.
    pub item_closed: At,
    /// Its unit.
    pub item_unit: Name,
    /// Its matter had a ticket within the days of a repeat.
    pub repeated: bool,
    /// The unit that leads, the last of them.
    pub lead: Name,
    /// Its pieces.
    pub pieces: (u32, u32),
}

impl TicketFact {
    /// Around all of it that a period is asked for.
    fn life(&self) -> Span {
        let own = [self.accepted, self.dispatched, self.replied, self.closed];
        let item = [self.item_opened, self.item_closed];
        let evals = [self.first, self.last].into_iter().flatten().map(|eval| eval.at);
        let quick = self.quick.map(|quick| quick.due);
        Span::around(own.into_iter().chain(item).chain(evals).chain(quick))
    }

    /// Its pieces' places.
    pub fn pieces(&self) -> Range<usize> {
        self.pieces.0 as usize..self.pieces.1 as usize
    }
}

/// A result the hub found to be not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faulted {
    /// When it was found.
    pub at: At,
    /// 不实; 不详 otherwise.
    pub is_false: bool,
}

/// Urges that count, by source, in the bulletin's order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Urged([u16; 5]);

impl Urged {
    /// Of a row's.
    pub fn of(urges: &[(UrgeSource, u32)]) -> Urged {
        let of = |source| {
            let ours = urges.iter().filter(|(of, _)| *of == source).map(|(_, n)| u64::from(*n));
            u16::try_from(ours.sum::<u64>()).unwrap_or(u16::MAX)
        };
        Urged(UrgeSource::ALL.map(of))
    }

    /// Of one source.
    pub fn by(self, source: UrgeSource) -> u64 {
        let each = UrgeSource::ALL.into_iter().zip(self.0);
        each.filter(|(of, _)| *of == source).map(|(_, n)| u64::from(n)).sum()
    }

    /// Of all of them.
    pub fn all(self) -> u64 {
        self.0.into_iter().map(u64::from).sum()
    }
}

/// A clock's end, judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The last second in time.
    pub due: At,
    /// Done, at whatever time.
    pub met: At,
    /// Done, and not after the due date.
    pub in_time: bool,
    /// No longer owed.
    pub stopped: bool,
}

/// Which handling clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clocked {
    /// The grade's (C6), or that of the unit above.
    Grade,
    /// The leader's (C8).
    Leader,
    /// The upper hotline's.
    Upper,
}

/// What a piece owed in one round by one clock.
#[derive(Clone, Copy, Debug)]
pub struct Owed {
    /// Which clock.
    pub clock: Clocked,
    /// How it went.
    pub judged: Judged,
    /// Working days it took, when it counts days and was met.
    pub days: Option<u16>,
    /// When the round began; never for a clock that has not started.
    pub from: At,
    /// When it was met or no longer owed; never while it runs at the report's time.
    pub ended: At,
}

impl Owed {
    /// Whether the round had begun and not ended at a moment up to the report's time.
    pub fn is_open_at(&self, at: At) -> bool {
        self.from.happened() && self.from <= at && !(self.ended.happened() && self.ended <= at)
    }
}

/// One unit's duty on a ticket.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// The ticket's place.
    pub ticket: u32,
    /// Its number on the ticket, from 1.
    pub n: u16,
    /// Whose.
    pub unit: Name,
    /// Handles it, rather than helps.
    pub lead: bool,
    /// Given on by a unit above.
    pub below: bool,
    /// On paper.
    pub written: bool,
    /// Returned or taken back.
    pub gone: bool,
    /// Of which grade the ticket is.
    pub grade: Option<Grade>,
    /// When it was issued.
    pub issued: At,
    /// Signing, judged.
    pub sign: Option<Judged>,
    /// First contact, judged.
    pub contact: Option<Judged>,
    /// When the first result was handed in.
    pub first_result: At,
    /// Times it was done again.
    pub redone: u16,
    /// Returns granted.
    pub returns_right: u16,
    /// Returns refused.
    pub returns_wrong: u16,
    /// Returns asked for outside the window.
    pub returns_late: u16,
    /// Extensions granted.
    pub extensions: u16,
    /// Urges that count, by source.
    pub urges: Urged,
    /// Why it is late.
    pub overdue: Option<OverdueReason>,
    /// Its results that were found vague or false.
    pub faulted: (u32, u32),
    /// Taken out of the assessment on appeal.
    pub excluded: bool,
    /// What it owed.
    pub owed: (u32, u32),
}

impl Piece {
    /// Around all of it that a period is asked for.
    fn life(&self, owed: &[Owed], faulted: &[Faulted]) -> Span {
        let owed = owed.iter().flat_map(|owed| [owed.judged.due, owed.judged.met]);
        let found = faulted.iter().map(|found| found.at);
        Span::around([self.issued, self.first_result].into_iter().chain(owed).chain(found))
    }

    /// Its owed clocks' places.
    pub fn owed(&self) -> Range<usize> {
        self.owed.0 as usize..self.owed.1 as usize
    }
}

/// A ticket that is printed by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Printed {
    /// The ticket's place.
    pub ticket: u32,
    /// Its title.
    pub title: String,
    /// How many people it touches.
    pub affected: Option<u32>,
    /// Which leaders wrote on it.
    pub leaders: Vec<String>,
}

impl Facts {
    /// A piece's name.
    pub fn id_of(&self, piece: &Piece) -> Option<AssignmentId> {
        let ticket = self.tickets.get(piece.ticket as usize)?.ticket;
        Some(AssignmentId { ticket, n: piece.n })
    }

    /// A piece's results that were found vague or false.
    pub fn faulted_of(&self, piece: &Piece) -> &[Faulted] {
        let (from, to) = piece.faulted;
        self.faulted.get(from as usize..to as usize).unwrap_or_default()
    }

    /// What a piece owed.
    pub fn owed_by(&self, piece: &Piece) -> &[Owed] {
        self.owed.get(piece.owed()).unwrap_or_default()
    }

    /// A ticket's pieces.
    pub fn pieces_of(&self, ticket: &TicketFact) -> &[Piece] {
        self.pieces.get(ticket.pieces()).unwrap_or_default()
    }

    /// The tickets a period may have something of.
    pub fn tickets_in(&self, span: Span) -> impl Iterator<Item = &TicketFact> + Clone + use<'_> {
        let all = self.tickets.iter().zip(&self.ticket_lives);
        all.filter(move |(_, life)| life.meets(span)).map(|(ticket, _)| ticket)
    }

    /// The pieces a period may have something of.
    pub fn pieces_in(&self, span: Span) -> impl Iterator<Item = &Piece> {
        let all = self.pieces.iter().zip(&self.piece_lives);
        all.filter(move |(_, life)| life.meets(span)).map(|(piece, _)| piece)
    }

    /// The pieces of a unit a period may have something of.
    pub fn pieces_at(&self, unit: Name, span: Span) -> impl Iterator<Item = &Piece> {
        let places = self.of_unit.get(unit.place()).map(Vec::as_slice).unwrap_or_default();
        living(places, &self.pieces, &self.piece_lives, span)
    }

    /// The tickets a unit leads that a period may have something of.
    pub fn tickets_at(&self, unit: Name, span: Span) -> impl Iterator<Item = &TicketFact> {
        let places = self.led_by.get(unit.place()).map(Vec::as_slice).unwrap_or_default();
        living(places, &self.tickets, &self.ticket_lives, span)
    }

    /// The tickets a unit leads.
    pub fn all_tickets_at(&self, unit: Name) -> impl Iterator<Item = &TicketFact> {
        let places = self.led_by.get(unit.place()).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.tickets.get(*place as usize))
    }
}

/// Those at these places that a period may have something of.
fn living<'a, T>(
    places: &'a [u32],
    all: &'a [T],
    lives: &'a [Span],
    span: Span,
) -> impl Iterator<Item = &'a T> {
    let places = places.iter().map(|place| *place as usize);
    let lives = move |place: &usize| lives.get(*place).is_some_and(|life| life.meets(span));
    places.filter(lives).filter_map(|place| all.get(place))
}
