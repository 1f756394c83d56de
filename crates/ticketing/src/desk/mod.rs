//! The desk: every matter, ticket and assignment that is not archived, as one fold and one machine.
//!
//! [`Desk::decide`] turns a command into events or refuses it; [`Desk::apply`] follows the log;
//! [`Desk::poll_step`] returns what follows by rule, computed from the state alone, so that a crash
//! between two records loses nothing; [`Desk::poll_timeout`] says when the rules look again.
//!
//! Archived tickets ([`TicketState::Archived`]) and cancelled drafts ([`TicketState::Cancelled`])
//! are removed from memory. The indexed view keeps them and supplies them for the commands that may
//! still be about them ([`DeskCommand::archived_tickets_needed`]).

mod apply;
mod call_filing;
mod command;
mod decide;
mod idempotency;
mod matter;
mod missed_calls;
mod route_proposal;
mod snapshot;
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
    clock::{Clock, ClockKind, ClockReading, OverdueLevel, WorkingTime},
};
use directory::{Directory, DirectoryState, leader::Leaders};

pub use call_filing::CallToFile;
pub use command::{DeskCommand, NewTicket, OrderCommand, OrderDraft};
pub(crate) use decide::allowed_steps;
pub use idempotency::CommandReceipt;
use idempotency::CompletedCommand;
pub(crate) use idempotency::sha256_of;
pub use matter::Matter;
pub use missed_calls::MISSED_CALLS_MAX;
use missed_calls::MissedCalls;
pub use snapshot::DeskSnapshot;

/// The state of the desk without archived tickets.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    rules: Rules,
    calendar: Calendar,
    /// The seed of query codes; it is not printed.
    seed: Seed,
    tickets: BTreeMap<TicketId, Ticket>,
    matters: BTreeMap<MatterId, Matter>,
    filings: BTreeMap<FilingId, Filing>,
    orders: BTreeMap<MatterId, Orders>,
    /// The unit that each order went to.
    order_units: BTreeMap<OrderId, UnitId>,
    /// Tickets by the caller's number without extension; a lookup tries all its spellings.
    by_caller: BTreeMap<Number, BTreeSet<TicketId>>,
    missed_calls: MissedCalls,
    /// Units, areas, topics and the directory.
    register: DirectoryState,
    /// The leaders' roster and sessions.
    leaders: Leaders,
    /// The commands done lately, by the sender and key.
    keys: BTreeMap<String, CompletedCommand>,
    keys_in_order: VecDeque<String>,
    rule_agenda: RuleAgenda,
}

/// The tickets that the rules look at next. Not stored and not compared: each start looks at every
/// ticket once.
#[derive(Clone, Debug, Default)]
struct RuleAgenda {
    /// Tickets that changed since the rules looked at them.
    changed: BTreeSet<TicketId>,
    /// The times at which tickets are looked at again.
    by_time: BTreeSet<(Timestamp, TicketId)>,
    /// The same times by ticket.
    by_ticket: BTreeMap<TicketId, Timestamp>,
}

impl PartialEq for RuleAgenda {
    fn eq(&self, _: &RuleAgenda) -> bool {
        true
    }
}

/// A secret that `Debug` prints as `***`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seed([u8; 32]);

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Desk {
    /// An empty desk.
    pub fn new(rules: Rules, calendar: Calendar, seed: [u8; 32]) -> Desk {
        Desk {
            rules,
            calendar,
            seed: Seed(seed),
            tickets: BTreeMap::new(),
            matters: BTreeMap::new(),
            filings: BTreeMap::new(),
            orders: BTreeMap::new(),
            order_units: BTreeMap::new(),
            by_caller: BTreeMap::new(),
            missed_calls: MissedCalls::default(),
            register: DirectoryState::default(),
            leaders: Leaders::default(),
            keys: BTreeMap::new(),
            keys_in_order: VecDeque::new(),
            rule_agenda: RuleAgenda::default(),
        }
    }

    /// The same desk with other rules; clocks that were started keep their time.
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

    /// The working time from which due dates are computed.
    pub fn working_time(&self) -> WorkingTime<'_> {
        WorkingTime { calendar: &self.calendar, day_end: self.rules.clocks.day_end }
    }

    /// The time zone of the hotline.
    pub fn zone(&self) -> Zone {
        self.calendar.zone()
    }

    /// The directory with its drafts.
    pub fn directory_state(&self) -> &DirectoryState {
        &self.register
    }

    /// Whether the directory was never written: this is the first start.
    pub fn is_new(&self) -> bool {
        self.register.is_new()
    }

    /// The directory: units, areas, topics and routes.
    pub fn directory(&self) -> &Directory {
        self.register.directory()
    }

    /// Whether a unit is the hotline itself, whose own groups supervise.
    pub fn is_hub(&self, unit: &UnitId, now: Timestamp) -> bool {
        let today = self.zone().date(now);
        let kind = self.directory().unit_on(unit, today).map(|unit| unit.kind);
        *unit == self.rules.hub || kind == Some(UnitKind::Hub)
    }

    /// The leaders' roster and sessions.
    pub fn leaders(&self) -> &Leaders {
        &self.leaders
    }

    /// A ticket; `None` when it is archived or unknown.
    pub fn ticket(&self, ticket: TicketId) -> Option<&Ticket> {
        self.tickets.get(&ticket)
    }

    /// All tickets that are not archived, oldest first.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets.values()
    }

    /// A matter.
    pub fn matter(&self, matter: MatterId) -> Option<&Matter> {
        self.matters.get(&matter)
    }

    /// A filing.
    pub fn filing(&self, filing: FilingId) -> Option<&Filing> {
        self.filings.get(&filing)
    }

    /// The filings of a matter, in the order in which they were drafted.
    pub fn filings_of(&self, matter: MatterId) -> impl Iterator<Item = (FilingId, &Filing)> {
        let first = FilingId { matter, n: 0 };
        let last = FilingId { matter, n: u16::MAX };
        self.filings.range(first..=last).map(|(id, filing)| (*id, filing))
    }

    /// The orders of a matter.
    pub fn orders_of(&self, matter: MatterId) -> Option<&Orders> {
        self.orders.get(&matter)
    }

    /// The filing by which this ticket's matter may not be dispatched to a unit (UNS-04).
    pub fn filing_for(&self, ticket: &Ticket, unit: &UnitId, now: Timestamp) -> Option<FilingId> {
        let matter = ticket.matter?;
        self.filings_of(matter)
            .find(|(_, filing)| filing.is_in_force(now, Some(unit)))
            .map(|(id, _)| id)
    }

    /// Other tickets of the same caller that are not archived, newest first.
    pub fn other_tickets_of_caller(&self, ticket: &Ticket) -> impl Iterator<Item = &Ticket> {
        let own = ticket.ticket;
        self.tickets_of_caller(ticket.contact()).filter(move |other| other.ticket != own)
    }

    /// The registered tickets of a number that are not archived, newest first.
    pub fn tickets_of_caller(&self, number: Option<&Number>) -> impl Iterator<Item = &Ticket> {
        let spellings = number.map(|number| self.spellings(number)).unwrap_or_default();
        let ids = spellings.iter().filter_map(|number| self.by_caller.get(number)).flatten();
        let ids: BTreeSet<TicketId> = ids.copied().collect();
        ids.into_iter()
            .rev()
            .filter_map(|id| self.tickets.get(&id))
            .filter(|ticket| ticket.times.registered.is_some())
    }

    /// The spellings under which a number may be recorded.
    fn spellings(&self, number: &Number) -> Vec<Number> {
        number.spellings(&self.rules.area_code)
    }

    /// The missed-call item in which one more missed call of this caller is counted.
    pub(crate) fn open_missed_call(&self, caller: &Number) -> Option<TicketId> {
        self.spellings(caller).iter().find_map(|number| self.missed_calls.item_of(number))
    }

    /// The tickets that follow this ticket as the master of its matter.
    pub fn followers(&self, ticket: &Ticket) -> Vec<TicketId> {
        let matter = ticket.matter.and_then(|matter| self.matters.get(&matter));
        let Some(matter) = matter.filter(|matter| matter.master == ticket.ticket) else {
            return Vec::new();
        };
        let follows = |id: &&TicketId| self.tickets.get(*id).is_some_and(|t| t.follows);
        matter.tickets.iter().filter(follows).copied().collect()
    }

    /// The worst level of the ticket's running clocks. A return window is a right and not a duty,
    /// so its end makes nothing late.
    pub fn level_of(&self, ticket: &Ticket, now: Timestamp) -> OverdueLevel {
        let levels = owed(ticket).map(|clock| self.reading(ticket, clock, now).level);
        levels.max().unwrap_or_default()
    }

    /// The ticket's clocks that are at this level or worse.
    pub fn late_clocks(
        &self,
        ticket: &Ticket,
        now: Timestamp,
        from: OverdueLevel,
    ) -> Vec<ClockKind> {
        let late = |clock: &&Clock| self.reading(ticket, clock, now).level >= from;
        owed(ticket).filter(late).map(|clock| clock.terms().kind).collect()
    }

    /// The order that the lateness of a matter's most overdue unit asks for (SUP-02, supervision
    /// orders).
    pub fn order_proposed(&self, matter: MatterId, now: Timestamp) -> Option<OrderLevel> {
        let late = |ticket: &Ticket| {
            let leads = ticket.assignments.iter().filter(|a| a.is_lead() && a.is_open());
            let owed = |clock: &&Clock| {
                clock.end().is_none() && crate::assignment::is_handling_clock(clock.terms().kind)
            };
            let clocks = leads.flat_map(|lead| &lead.clocks).filter(owed);
            clocks.map(|clock| self.reading(ticket, clock, now).level).max()
        };
        let tickets = self.matters.get(&matter)?.tickets.iter();
        let level = tickets.filter_map(|id| late(self.tickets.get(id)?)).max()?;
        let ordered = self.orders.get(&matter).map(Orders::summary).unwrap_or_default();
        ordered.order_to_propose(level)
    }

    /// When the caller may expect an answer: the earliest due date of a running clock, or before
    /// dispatch the time that a demand like it gets when it is dispatched. `None` while it is
    /// paused.
    pub fn answer_due(&self, ticket: &Ticket, now: Timestamp) -> Option<Timestamp> {
        let working_time = self.working_time();
        if ticket.answer_clocks().next().is_some() {
            return ticket.due(working_time);
        }
        let usual =
            ticket.form.topic.as_ref().and_then(|topic| {
                self.directory().resolve_topic(topic, self.zone().date(now))?.grade
            });
        let grade = ticket.form.grade.or(usual).unwrap_or(Grade::B);
        let terms = self.rules.clocks.handling_terms(ticket.form.purpose, grade)?;
        Clock::started(terms, now).due(working_time)
    }

    /// A reading of a ticket's clock at this time.
    pub fn reading(&self, ticket: &Ticket, clock: &Clock, now: Timestamp) -> ClockReading {
        let policy = &self.rules.clocks;
        let orders = ticket.matter.and_then(|matter| self.orders.get(&matter));
        let unmet =
            orders.is_some_and(|orders| orders.level_two_unmet(now, self.working_time(), policy));
        clock.reading(now, self.working_time(), policy, unmet)
    }

    /// The reasons in its matter for which a ticket cannot be archived (T27).
    pub(crate) fn matter_archive_obstacles(&self, ticket: &Ticket) -> Vec<&'static str> {
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

    /// The ticket's query code: six digits that only the engine and the caller know.
    pub(crate) fn query_code(&self, ticket: TicketId) -> String {
        use rand_chacha::{
            ChaCha20Rng,
            rand_core::{RngCore, SeedableRng},
        };
        let mut rng = ChaCha20Rng::from_seed(self.seed.0);
        rng.set_stream(ticket.0);
        format!("{:06}", rng.next_u32() % 1_000_000)
    }

    /// The tickets in this state, oldest first.
    pub fn in_state(&self, state: TicketState) -> impl Iterator<Item = &Ticket> {
        self.tickets.values().filter(move |ticket| ticket.state == state)
    }

    /// The last record that changed a ticket; 0 when it is not at the desk.
    pub fn seq_of(&self, ticket: TicketId) -> Seq {
        self.tickets.get(&ticket).map_or(0, |ticket| ticket.seq)
    }
}

/// The running clocks that are duties: the hub's own, and those of open assignments.
fn owed(ticket: &Ticket) -> impl Iterator<Item = &Clock> {
    let of_units = ticket.assignments.iter().filter(|a| a.is_open()).flat_map(|a| &a.clocks);
    ticket
        .clocks
        .iter()
        .chain(of_units)
        .filter(|clock| clock.end().is_none() && clock.terms().kind != ClockKind::ReturnWindow)
}
