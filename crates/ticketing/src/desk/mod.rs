//! The desk: every matter, ticket and assignment that is not put away, as one fold and one machine.
//!
//! [`Desk::decide`] turns a command into events or says why not;
//! [`Desk::apply`] follows what is on record; [`Desk::poll_step`] is what
//! follows by rule, computed from the state alone, so that a crash between
//! two records loses nothing; [`Desk::poll_timeout`] is when the rules look
//! again.
//!
//! What was put away ([`TicketState::Archived`]), and a draft that came to nothing
//! ([`TicketState::Cancelled`]), leaves its memory: the indexed view has it, and hands
//! it in where something can still happen to it ([`DeskCommand::recalls`]).

mod apply;
mod call_filing;
mod command;
mod done;
mod kept;
mod matter;
mod missed;
mod proposal;
mod steps;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::{
    Number, Seq, TicketId, Timestamp, Zone,
    desk::{FilingId, Grade, MatterId, OrderId, TicketState, UnitId, UnitKind},
};

use crate::{
    Filing, Rules, Ticket,
    order::{OrderLevel, Orders},
};
use deadlines::{
    calendar::Calendar,
    clock::{Clock, ClockKind, OverdueLevel, Reading, WorkingTime},
};
use directory::{Network, Register, leader::Leaders};

pub use call_filing::CallToFile;
pub(crate) use command::order_moves;
pub use command::{DeskCommand, Done, Opening, OrderCommand, OrderDraft};
use done::CompletedCommand;
pub(crate) use done::sha256_of;
pub use kept::Kept;
pub use matter::Matter;
pub use missed::MISSED_CALLS_MAX;

/// Everything at the desk that is not put away.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    rules: Rules,
    calendar: Calendar,
    /// What query codes are made with; never printed.
    seed: Seed,
    tickets: BTreeMap<TicketId, Ticket>,
    matters: BTreeMap<MatterId, Matter>,
    filings: BTreeMap<FilingId, Filing>,
    orders: BTreeMap<MatterId, Orders>,
    /// Which unit each order went to.
    ordered: BTreeMap<OrderId, UnitId>,
    /// By numbers without extensions; looked up by all spellings.
    by_caller: BTreeMap<Number, BTreeSet<TicketId>>,
    missed: missed::MissedCalls,
    /// Units, areas, topics, the directory.
    register: Register,
    /// Who signs when, and the sessions.
    leaders: Leaders,
    /// Names of commands done lately, with the last record of each.
    keys: BTreeMap<String, CompletedCommand>,
    keys_in_order: VecDeque<String>,
    rounds: RuleAgenda,
}

/// Where the rules look next. Not remembered: a start looks at every ticket once,
/// so two desks are the same whatever they have yet to look at.
#[derive(Clone, Debug, Default)]
struct RuleAgenda {
    /// Tickets that changed since they were looked at.
    unseen: BTreeSet<TicketId>,
    /// When a ticket is looked at again.
    agenda: BTreeSet<(Timestamp, TicketId)>,
    /// The same by ticket.
    looks: BTreeMap<TicketId, Timestamp>,
}

impl PartialEq for RuleAgenda {
    fn eq(&self, _: &RuleAgenda) -> bool {
        true
    }
}

/// A secret of the engine that prints as nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seed([u8; 32]);

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Desk {
    /// A desk with nothing on it.
    pub fn new(rules: Rules, calendar: Calendar, seed: [u8; 32]) -> Desk {
        Desk {
            rules,
            calendar,
            seed: Seed(seed),
            tickets: BTreeMap::new(),
            matters: BTreeMap::new(),
            filings: BTreeMap::new(),
            orders: BTreeMap::new(),
            ordered: BTreeMap::new(),
            by_caller: BTreeMap::new(),
            missed: missed::MissedCalls::default(),
            register: Register::default(),
            leaders: Leaders::default(),
            keys: BTreeMap::new(),
            keys_in_order: VecDeque::new(),
            rounds: RuleAgenda::default(),
        }
    }

    /// The same desk by other rules; what is on it keeps the promises it was given.
    #[must_use]
    pub fn with_rules(&self, change: impl FnOnce(&mut Rules)) -> Desk {
        let mut desk = self.clone();
        change(&mut desk.rules);
        desk
    }

    /// The rules in force.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// What due dates stand on.
    pub fn ground(&self) -> WorkingTime<'_> {
        WorkingTime { calendar: &self.calendar, day_end: self.rules.clocks.day_end }
    }

    /// Where the hotline is.
    pub fn zone(&self) -> Zone {
        self.calendar.zone()
    }

    /// Units and what belongs to them, with what is drafted.
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// Whether nothing was ever written down of units: the first start.
    pub fn is_new(&self) -> bool {
        self.register.is_new()
    }

    /// Units and what belongs to them.
    pub fn network(&self) -> &Network {
        self.register.network()
    }

    /// Whether a unit is the hotline itself, whose own groups supervise.
    pub fn is_hub(&self, unit: &UnitId, now: Timestamp) -> bool {
        let today = self.zone().date(now);
        let kind = self.network().unit_on(unit, today).map(|unit| unit.kind);
        *unit == self.rules.hub || kind == Some(UnitKind::Hub)
    }

    /// Who signs when, and the sessions.
    pub fn leaders(&self) -> &Leaders {
        &self.leaders
    }

    /// One ticket, unless it is put away.
    pub fn ticket(&self, ticket: TicketId) -> Option<&Ticket> {
        self.tickets.get(&ticket)
    }

    /// All that are not put away, oldest first.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets.values()
    }

    /// One matter.
    pub fn matter(&self, matter: MatterId) -> Option<&Matter> {
        self.matters.get(&matter)
    }

    /// One filing.
    pub fn filing(&self, filing: FilingId) -> Option<&Filing> {
        self.filings.get(&filing)
    }

    /// The filings of a matter, in the order they were drafted.
    pub fn filings_of(&self, matter: MatterId) -> impl Iterator<Item = (FilingId, &Filing)> {
        let first = FilingId { matter, n: 0 };
        let last = FilingId { matter, n: u16::MAX };
        self.filings.range(first..=last).map(|(id, filing)| (*id, filing))
    }

    /// The orders of a matter.
    pub fn orders_of(&self, matter: MatterId) -> Option<&Orders> {
        self.orders.get(&matter)
    }

    /// The filing that keeps this ticket's matter from being dispatched to a unit (UNS-04).
    pub fn filing_for(&self, ticket: &Ticket, unit: &UnitId, now: Timestamp) -> Option<FilingId> {
        let matter = ticket.matter?;
        self.filings_of(matter).find(|(_, filing)| filing.holds(now, Some(unit))).map(|(id, _)| id)
    }

    /// Other tickets of the same caller that are not put away, newest first.
    pub fn others_of_caller(&self, ticket: &Ticket) -> impl Iterator<Item = &Ticket> {
        let own = ticket.ticket;
        self.of_caller(ticket.contact()).filter(move |other| other.ticket != own)
    }

    /// The tickets of a number that are not put away and are more than drafts, newest first.
    pub fn of_caller(&self, number: Option<&Number>) -> impl Iterator<Item = &Ticket> {
        let spellings = number.map(|number| self.spellings(number)).unwrap_or_default();
        let ids = spellings.iter().filter_map(|number| self.by_caller.get(number)).flatten();
        let ids: BTreeSet<TicketId> = ids.copied().collect();
        ids.into_iter()
            .rev()
            .filter_map(|id| self.tickets.get(&id))
            .filter(|ticket| ticket.times.registered.is_some())
    }

    /// The forms under which a number may be on record.
    fn spellings(&self, number: &Number) -> Vec<Number> {
        number.spellings(&self.rules.area_code)
    }

    /// The missed-call item in which one more missed call of this caller is counted.
    pub(crate) fn open_missed_call(&self, caller: &Number) -> Option<TicketId> {
        self.spellings(caller).iter().find_map(|number| self.missed.of(number))
    }

    /// Who follows this ticket as the master of its matter.
    pub fn followers(&self, ticket: &Ticket) -> Vec<TicketId> {
        let matter = ticket.matter.and_then(|matter| self.matters.get(&matter));
        let Some(matter) = matter.filter(|matter| matter.master == ticket.ticket) else {
            return Vec::new();
        };
        let follows = |id: &&TicketId| self.tickets.get(*id).is_some_and(|t| t.follows);
        matter.tickets.iter().filter(follows).copied().collect()
    }

    /// How late the latest of its clocks is. A return window is a right and not a duty: that it is
    /// over makes nothing late.
    pub fn level_of(&self, ticket: &Ticket, now: Timestamp) -> OverdueLevel {
        let levels = owed(ticket).map(|clock| self.reading(ticket, clock, now).level);
        levels.max().unwrap_or_default()
    }

    /// Which of a ticket's clocks are at this level or worse.
    pub fn late(&self, ticket: &Ticket, now: Timestamp, from: OverdueLevel) -> Vec<ClockKind> {
        let late = |clock: &&Clock| self.reading(ticket, clock, now).level >= from;
        owed(ticket).filter(late).map(|clock| clock.promise().kind).collect()
    }

    /// The order that the latest unit of a matter asks for by its lateness (SUP-02).
    pub fn order_proposed(&self, matter: MatterId, now: Timestamp) -> Option<OrderLevel> {
        let late = |ticket: &Ticket| {
            let leads = ticket.assignments.iter().filter(|a| a.is_lead() && a.is_open());
            let owed = |clock: &&Clock| {
                clock.end().is_none() && crate::assignment::is_handling(clock.promise().kind)
            };
            let clocks = leads.flat_map(|lead| &lead.clocks).filter(owed);
            clocks.map(|clock| self.reading(ticket, clock, now).level).max()
        };
        let tickets = self.matters.get(&matter)?.tickets.iter();
        let level = tickets.filter_map(|id| late(self.tickets.get(id)?)).max()?;
        let ordered = self.orders.get(&matter).map(Orders::ordered).unwrap_or_default();
        ordered.proposed(level)
    }

    /// By when its caller may expect an answer: the earliest due that somebody has to meet, or what
    /// a demand like it gets when it is dispatched. `None` while a pause holds it.
    pub fn promised(&self, ticket: &Ticket, now: Timestamp) -> Option<Timestamp> {
        let ground = self.ground();
        if ticket.awaited().next().is_some() {
            return ticket.due(ground);
        }
        let usual = ticket
            .form
            .topic
            .as_ref()
            .and_then(|topic| self.network().settle(topic, self.zone().date(now))?.grade);
        let grade = ticket.form.grade.or(usual).unwrap_or(Grade::B);
        let promise = self.rules.clocks.handling(ticket.form.purpose, grade)?;
        Clock::started(promise, now).due(ground)
    }

    /// A clock of a ticket, read now.
    pub fn reading(&self, ticket: &Ticket, clock: &Clock, now: Timestamp) -> Reading {
        let policy = &self.rules.clocks;
        let orders = ticket.matter.and_then(|matter| self.orders.get(&matter));
        let unmet = orders.is_some_and(|orders| orders.level_two_unmet(now, self.ground(), policy));
        clock.reading(now, self.ground(), policy, unmet)
    }

    /// What of its matter keeps a ticket from being put away (T27).
    pub(crate) fn matter_holds(&self, ticket: &Ticket) -> Vec<&'static str> {
        let Some(matter) = ticket.matter.filter(|matter| matter.0 == ticket.ticket) else {
            return Vec::new();
        };
        let filing = self.filings_of(matter).any(|(_, filing)| filing.is_pending());
        let order = self.orders.get(&matter).is_some_and(|orders| orders.open().is_some());
        let followed = !self
            .followers(ticket)
            .iter()
            .all(|id| self.tickets.get(id).is_none_or(Ticket::is_over));
        [
            (filing, "a filing of its matter is not decided"),
            (order, "an order of its matter is open"),
            (followed, "a ticket that follows it is open"),
        ]
        .into_iter()
        .filter_map(|(holds, why)| holds.then_some(why))
        .collect()
    }

    /// Six digits only the engine and the caller know.
    pub(crate) fn query_code(&self, ticket: TicketId) -> String {
        use rand_chacha::{
            ChaCha20Rng,
            rand_core::{RngCore, SeedableRng},
        };
        let mut rng = ChaCha20Rng::from_seed(self.seed.0);
        rng.set_stream(ticket.0);
        format!("{:06}", rng.next_u32() % 1_000_000)
    }

    /// Tickets in these states, oldest first.
    pub fn in_state(&self, state: TicketState) -> impl Iterator<Item = &Ticket> {
        self.tickets.values().filter(move |ticket| ticket.state == state)
    }

    /// The last record that changed a ticket; 0 when it is not here.
    pub fn seq_of(&self, ticket: TicketId) -> Seq {
        self.tickets.get(&ticket).map_or(0, |ticket| ticket.seq)
    }
}

/// The clocks somebody still has to meet: the hub's own, and those of units that are at it.
fn owed(ticket: &Ticket) -> impl Iterator<Item = &Clock> {
    let of_units = ticket.assignments.iter().filter(|a| a.is_open()).flat_map(|a| &a.clocks);
    ticket
        .clocks
        .iter()
        .chain(of_units)
        .filter(|clock| clock.end().is_none() && clock.promise().kind != ClockKind::ReturnWindow)
}
