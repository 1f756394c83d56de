//! Rows to facts: classes, judgements, places.

use std::collections::{BTreeMap, BTreeSet};

use deadlines::clock::{Amount, Clock, End, Ground, is_late};
use model::{
    CallId, Timestamp,
    desk::{
        AssignmentId, AssignmentState, ClockKind, MatterId, RedoReason, TicketClosure, TicketState,
    },
    event::CallEnd,
};
use ticketing::{assignment::Return, ticket::Evaluation};

use super::{
    At, CallFact, CallRow, Class, Clocked, Eval, Facts, Faulted, Judged, Name, Owed, Piece,
    PieceRow, Printed, TicketFact, TicketRow, Urged, row::was_right,
};

/// Takes calls and rows in their order and makes facts of them.
pub struct Maker<'a> {
    ground: Ground<'a>,
    now: Timestamp,
    repeat_days: u32,
    /// Taken out of the assessment on appeal.
    excluded: &'a BTreeSet<AssignmentId>,
    facts: Facts,
    /// Callers who were turned away: they left an item and no call.
    refused: Vec<CallFact>,
    last_of_matter: BTreeMap<MatterId, At>,
}

impl<'a> Maker<'a> {
    /// Facts as of `now`, the report's time. A matter repeats within `repeat_days`.
    pub fn new(
        ground: Ground<'a>,
        now: Timestamp,
        repeat_days: u32,
        excluded: &'a BTreeSet<AssignmentId>,
    ) -> Maker<'a> {
        let facts = Facts { now: now.into(), ..Facts::default() };
        let (refused, last_of_matter) = (Vec::new(), BTreeMap::new());
        Maker { ground, now, repeat_days, excluded, facts, refused, last_of_matter }
    }

    /// Units that are printed though nothing was given to them.
    pub fn know<'n>(&mut self, units: impl Iterator<Item = &'n str>) {
        for unit in units {
            self.facts.units.number(unit);
        }
    }

    /// A call. In the order of arrival, and before the first ticket.
    pub fn call(&mut self, row: &CallRow) {
        let agent = match (&row.agent, row.seat) {
            (Some(agent), _) => self.facts.people.number(agent.as_str()),
            (None, Some(seat)) => self.facts.people.number(&seat.to_string()),
            (None, None) => Name::NONE,
        };
        let answered = row.connected.is_some();
        self.facts.calls.push(CallFact {
            call: row.call,
            arrived: row.arrived.into(),
            refused: false,
            queued: row.queued.is_some(),
            answered,
            abandoned: row.end == Some(CallEnd::Abandoned) && !answered,
            wait_ms: u32::try_from(row.wait_ms).unwrap_or(u32::MAX),
            talk_ms: u32::try_from(row.talk_ms).unwrap_or(u32::MAX),
            agent,
            line: self.facts.lines.number(row.line.as_str()),
        });
    }

    /// A ticket. In the order of numbers.
    pub fn ticket(&mut self, row: &TicketRow) {
        let place = u32::try_from(self.facts.tickets.len()).unwrap_or(u32::MAX);
        let first = self.facts.pieces.len();
        for piece in &row.pieces {
            self.piece(place, row, piece);
        }
        let last = self.facts.pieces.len();
        let accepted = At::from(row.registered.unwrap_or(row.opened));
        let repeated = self.repeats(row, accepted);
        let lead_row = row.pieces.iter().rev().find(|p| p.lead && !is_gone(p.state));
        let fact = TicketFact {
            ticket: row.ticket,
            channel: row.channel,
            line: self.facts.lines.number(row.line.as_str()),
            agent: match (&row.agent, row.seat) {
                (Some(agent), _) => self.facts.people.number(agent.as_str()),
                (None, Some(seat)) => self.facts.people.number(&seat.to_string()),
                (None, None) => Name::NONE,
            },
            class: class(row),
            disposition: row.disposition,
            topic: row.topic.as_ref().map_or(Name::NONE, |t| self.facts.topics.number(t.as_str())),
            area: row.area.as_ref().map_or(Name::NONE, |a| self.facts.areas.number(a.as_str())),
            importance: row.importance,
            accepted,
            dispatched: row.dispatched.into(),
            dispatched_in_time: self
                .judge_kind(&row.clocks, &[ClockKind::Review])
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
            urges: Urged::of(&row.urges),
            tagged: !row.methods.is_empty(),
            thanks: u16::try_from(row.thanks.len()).unwrap_or(u16::MAX),
            lost: self.judge_kind(&row.clocks, &[ClockKind::LostCall]),
            quick: self.quick(row),
            item_opened: row.dissatisfaction.as_ref().map(|d| d.1).into(),
            item_closed: row.dissatisfaction.as_ref().and_then(|d| d.2).into(),
            item_unit: (row.dissatisfaction.as_ref().and_then(|d| d.0.as_ref()))
                .map_or(Name::NONE, |unit| self.facts.units.number(unit.as_str())),
            repeated,
            lead: lead_row.map_or(Name::NONE, |p| self.facts.units.number(p.unit.as_str())),
            pieces: (place_of(first), place_of(last)),
        };
        if fact.lead != Name::NONE {
            at_place(&mut self.facts.led_by, fact.lead).push(place);
        }
        if row.title.is_some() || !row.leaders.is_empty() {
            self.facts.printed.push(Printed {
                ticket: place,
                title: row.title.clone().unwrap_or_default(),
                affected: row.affected,
                leaders: row.leaders.iter().map(ToString::to_string).collect(),
            });
        }
        for method in &row.methods {
            let name = self.facts.methods.number(method);
            self.facts.moved_by.push((place, name));
        }
        if fact.item_opened.happened() {
            self.facts.items.push(place);
        }
        self.facts.ticket_lives.push(fact.life());
        self.facts.tickets.push(fact);
        if let (true, Some(call)) = (row.missed, row.call) {
            self.turned_away(call, row);
            // Each refused try is a call that could not get in, though they share an item.
            for _ in 0..row.refused_again.min(TRIES_MAX) {
                self.refused_call(call, row);
            }
        }
    }

    /// All of it.
    pub fn facts(mut self) -> Facts {
        self.facts.calls.append(&mut self.refused);
        self.facts.calls.sort_by_key(|call| call.call);
        let units = self.facts.units.len();
        self.facts.of_unit.resize_with(units, Vec::new);
        self.facts.led_by.resize_with(units, Vec::new);
        self.facts
    }

    /// A caller who was turned away has left a missed-call item and no call.
    fn turned_away(&mut self, call: CallId, row: &TicketRow) {
        let known = self.facts.calls.binary_search_by_key(&call, |known| known.call).is_ok();
        if !known {
            self.refused_call(call, row);
        }
    }

    fn refused_call(&mut self, call: CallId, row: &TicketRow) {
        self.refused.push(CallFact {
            call,
            arrived: row.opened.into(),
            refused: true,
            queued: false,
            answered: false,
            abandoned: false,
            wait_ms: 0,
            talk_ms: 0,
            agent: Name::NONE,
            line: self.facts.lines.number(row.line.as_str()),
        });
    }

    fn piece(&mut self, ticket: u32, row: &TicketRow, piece: &PieceRow) {
        let first = self.facts.owed.len();
        for clock in &piece.clocks {
            let kind = match clock.promise().kind {
                ClockKind::HandleA
                | ClockKind::HandleB
                | ClockKind::HandleC
                | ClockKind::HandleConsult => Clocked::Grade,
                ClockKind::LeaderSigned => Clocked::Leader,
                ClockKind::Upper => Clocked::Upper,
                _ => continue,
            };
            let Some(judged) = self.judge(clock) else { continue };
            let days = judged.met.happened().then(|| self.days(clock)).flatten();
            self.facts.owed.push(Owed {
                clock: kind,
                judged,
                days,
                from: clock.running_since().into(),
                ended: clock.end().map(End::at).filter(|at| *at <= self.now).into(),
            });
        }
        let last = self.facts.owed.len();
        let unit = self.facts.units.number(piece.unit.as_str());
        let place = u32::try_from(self.facts.pieces.len()).unwrap_or(u32::MAX);
        at_place(&mut self.facts.of_unit, unit).push(place);
        let returns = |wanted: bool| {
            let judged = |r: &&Return| was_right(r.verdict) == Some(wanted);
            count(piece.returns.iter().filter(judged).count())
        };
        let id = AssignmentId { ticket: row.ticket, n: piece.n };
        let faulted_first = place_of(self.facts.faulted.len());
        self.facts.faulted.extend(piece.faulted.iter().map(|(at, reason)| Faulted {
            at: (*at).into(),
            is_false: *reason == RedoReason::False,
        }));
        let faulted_last = place_of(self.facts.faulted.len());
        let fact = Piece {
            ticket,
            n: piece.n,
            unit,
            lead: piece.lead,
            below: piece.below,
            written: piece.written,
            gone: is_gone(piece.state),
            grade: row.grade,
            issued: piece.issued.into(),
            sign: self.judge_kind(&piece.clocks, &[ClockKind::Sign]),
            contact: self.judge_kind(&piece.clocks, &[ClockKind::FirstContact]),
            first_result: piece.first_result.into(),
            redone: piece.send_backs,
            returns_right: returns(true),
            returns_wrong: returns(false),
            returns_late: count(piece.returns.iter().filter(|r| r.late).count()),
            extensions: piece.extensions,
            urges: Urged::of(&piece.urges),
            overdue: piece.overdue,
            faulted: (faulted_first, faulted_last),
            excluded: self.excluded.contains(&id),
            owed: (place_of(first), place_of(last)),
        };
        let life = fact.life(self.facts.owed_by(&fact), self.facts.faulted_of(&fact));
        self.facts.piece_lives.push(life);
        self.facts.pieces.push(fact);
    }

    /// The first clock of these kinds, judged.
    fn judge_kind(&self, clocks: &[Clock], kinds: &[ClockKind]) -> Option<Judged> {
        let clock = clocks.iter().find(|clock| kinds.contains(&clock.promise().kind))?;
        self.judge(clock)
    }

    /// Contact or arrival, of the hub or a unit, whichever is first.
    fn quick(&self, row: &TicketRow) -> Option<Judged> {
        use ClockKind::{QuickDanger, QuickRespond};
        let kinds = [QuickDanger, QuickRespond];
        let of_units = row.pieces.iter().flat_map(|piece| &piece.clocks);
        let clocks = row.clocks.iter().chain(of_units);
        let judged = clocks.filter(|clock| kinds.contains(&clock.promise().kind));
        let judged = judged.filter_map(|clock| self.judge(clock)).next()?;
        if judged.met.happened() {
            return Some(judged);
        }
        let responded = row.pieces.iter().filter_map(|p| match (p.first_contact, p.on_site) {
            (Some(contact), Some(there)) => Some(contact.min(there)),
            (contact, there) => contact.or(there),
        });
        let Some(first) = responded.min() else { return Some(judged) };
        let in_time = !is_late(first, judged.due.time());
        Some(Judged { met: first.into(), in_time, ..judged })
    }

    /// `None` while it is held or has not started: then nothing is due.
    fn judge(&self, clock: &Clock) -> Option<Judged> {
        let due = clock.due(self.ground)?;
        let end = clock.end().filter(|end| end.at() <= self.now);
        let met = match end {
            Some(End::Met(at)) => Some(at),
            _ => None,
        };
        Some(Judged {
            due: due.into(),
            met: met.into(),
            in_time: met.is_some_and(|at| !is_late(at, due)),
            stopped: matches!(end, Some(End::Stopped(_))),
        })
    }

    /// Working days it took.
    fn days(&self, clock: &Clock) -> Option<u16> {
        match clock.consumed(self.now, self.ground) {
            Amount::Days(days) => u16::try_from(days).ok(),
            Amount::Seconds(_) => None,
        }
    }

    fn repeats(&mut self, row: &TicketRow, accepted: At) -> bool {
        let Some(matter) = row.matter else { return false };
        let before = self.last_of_matter.insert(matter, accepted);
        before
            .is_some_and(|before| accepted.since(before) <= self.repeat_days.saturating_mul(86_400))
    }
}

/// What a ticket counts as. The order decides where two could be said.
fn class(row: &TicketRow) -> Class {
    let never_spoken = row.missed && row.registered.is_none();
    match (row.state, row.closure) {
        _ if never_spoken => Class::Missed,
        (TicketState::Cancelled, _) => Class::Aside,
        (_, Some(TicketClosure::Invalid)) => Class::Invalid,
        (_, None) if row.registered.is_none() => Class::Draft,
        _ if row.filed => Class::Filed,
        _ if row.dispatched.is_some() => Class::Dispatched,
        _ if row.follows => Class::Following,
        (_, Some(TicketClosure::Direct)) => Class::Direct,
        (_, Some(TicketClosure::Diverted)) => Class::Diverted,
        (_, Some(TicketClosure::NotAccepted)) => Class::NotAccepted,
        (_, Some(TicketClosure::Withdrawn)) => Class::Withdrawn,
        _ => Class::Open,
    }
}

fn is_open(state: TicketState) -> bool {
    !matches!(state, TicketState::Closed | TicketState::Archived | TicketState::Cancelled)
}

fn is_gone(state: AssignmentState) -> bool {
    matches!(state, AssignmentState::Returned | AssignmentState::Withdrawn)
}

fn eval(of: Evaluation) -> Eval {
    Eval { at: of.at.into(), grade: of.grade, solved: of.solved, contacted: of.contacted }
}

fn count(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

fn place_of(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn at_place(lists: &mut Vec<Vec<u32>>, name: Name) -> &mut Vec<u32> {
    if lists.len() <= name.place() {
        lists.resize_with(name.place() + 1, Vec::new);
    }
    // Just made long enough.
    #[allow(clippy::indexing_slicing, reason = "resized above")]
    &mut lists[name.place()]
}

/// Refused tries of one caller that count in figures, one item at a time: more is a machine that
/// dials, and a report must not grow with it.
const TRIES_MAX: u32 = 1_000;
