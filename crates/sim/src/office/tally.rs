//! Counts of the back office: a fold over the durable records.

use std::{collections::BTreeMap, fmt};

use deadlines::clock::{ClockStatus, OverdueLevel};
use model::{
    Event, Record, Timestamp,
    desk::{
        AssignmentEvent, ClockKind, DeskEvent, DissatisfactionEvent, OrderEvent, OrderStep,
        TicketEvent, UrgeSource,
    },
};
use ticketing::Desk;

/// Counts of what was done at the desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tickets accepted (T02).
    pub accepted: u64,
    /// Tickets answered at once.
    pub answered: u64,
    /// Tickets dispatched to units.
    pub dispatched: u64,
    /// Tickets merged into a master ticket.
    pub merged: u64,
    /// Returns requested.
    pub returned: u64,
    /// Extensions granted.
    pub extended: u64,
    /// Assignments delegated to lower units.
    pub delegated: u64,
    /// Results sent back by the hub.
    pub sent_back: u64,
    /// Results of leading units passed in time.
    pub on_time: u64,
    /// Results of leading units passed late.
    pub late: u64,
    /// Callers who were told the result.
    pub replied: u64,
    /// Valid evaluations.
    pub evaluated: u64,
    /// Valid evaluations with a satisfied caller.
    pub satisfied: u64,
    /// Tickets handled again after the caller's evaluation.
    pub redone: u64,
    /// Tickets closed as unsatisfied.
    pub unsatisfied: u64,
    /// Dissatisfaction items struck off.
    pub struck_off: u64,
    /// Tickets opened again.
    pub reopened: u64,
    /// Leaders' signatures.
    pub signed: u64,
    /// Urges by citizens.
    pub urges: u64,
    /// Urges by the engine.
    pub system_urges: u64,
    /// Supervision orders issued.
    pub orders: u64,
}

impl Tally {
    /// Applies one record; `desk` has applied it already.
    pub(crate) fn apply(&mut self, record: &Record, desk: &Desk) {
        let Event::Desk(entry) = &record.event else { return };
        let counted = match &entry.event {
            DeskEvent::Ticket(_, event) => match event {
                TicketEvent::Registered { .. } => &mut self.accepted,
                TicketEvent::Answered { .. } => &mut self.answered,
                TicketEvent::Dispatched(_) => &mut self.dispatched,
                TicketEvent::Merged { .. } => &mut self.merged,
                TicketEvent::SentBack { .. } => &mut self.sent_back,
                TicketEvent::Replied(_) => &mut self.replied,
                TicketEvent::Redone { .. } => &mut self.redone,
                TicketEvent::ClosedUnsatisfied { .. } => &mut self.unsatisfied,
                TicketEvent::Reopened { .. } => &mut self.reopened,
                TicketEvent::LeaderSigned(_) => &mut self.signed,
                TicketEvent::Asked(callback) => {
                    let grade = callback.grade.filter(|_| callback.is_valid());
                    self.satisfied += u64::from(grade.is_some_and(|g| g.is_satisfied()));
                    self.evaluated += u64::from(grade.is_some());
                    return;
                }
                TicketEvent::Urged(urge) => self.urges_of(urge.source),
                _ => return,
            },
            DeskEvent::Assignment(id, event) => match event {
                AssignmentEvent::ReturnAsked { .. } => &mut self.returned,
                AssignmentEvent::Delegated { .. } => &mut self.delegated,
                AssignmentEvent::ExtensionDecided { days: 1.., .. } => &mut self.extended,
                AssignmentEvent::Urged(urge) => self.urges_of(urge.source),
                AssignmentEvent::SupPassed { .. } => match in_time(desk, id, record.at) {
                    Some(true) => &mut self.on_time,
                    Some(false) => &mut self.late,
                    None => return,
                },
                _ => return,
            },
            DeskEvent::Order(_, OrderEvent::Moved { event: OrderStep::Issued, .. }) => {
                &mut self.orders
            }
            DeskEvent::Dissatisfaction(_, DissatisfactionEvent::StruckOff) => &mut self.struck_off,
            _ => return,
        };
        *counted += 1;
    }

    fn urges_of(&mut self, source: UrgeSource) -> &mut u64 {
        if source == UrgeSource::System { &mut self.system_urges } else { &mut self.urges }
    }
}

/// Whether a leading unit's result was passed in time by each of its clocks (F6).
fn in_time(desk: &Desk, id: &model::desk::AssignmentId, now: Timestamp) -> Option<bool> {
    let ticket = desk.ticket(id.ticket)?;
    let lead = ticket.assignment(id.n).filter(|a| a.is_lead() && a.parent.is_none())?;
    let mut met =
        lead.clocks.iter().filter_map(|clock| match desk.reading(ticket, clock, now).status {
            ClockStatus::Met { at, on_time } if at == now => Some(on_time),
            _ => None,
        });
    Some(met.all(|one| one))
}

/// Open tickets of a desk and how late they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Open {
    /// Tickets that have not ended.
    pub(crate) tickets: u64,
    /// Late tickets: those at level O2 and worse.
    pub(crate) late: u64,
    /// Their overdue clocks, by kind.
    pub(crate) clocks: BTreeMap<ClockKind, u64>,
    /// Dissatisfaction items not struck off.
    pub(crate) items: u64,
}

impl Open {
    pub(crate) fn at(desk: &Desk, now: Timestamp) -> Open {
        let mut open = Open::default();
        for ticket in desk.tickets() {
            let item = ticket.dissatisfaction.as_ref().is_some_and(|item| item.is_open());
            open.items += u64::from(item);
            if !ticket.is_over() {
                open.tickets += 1;
                let late = desk.late_clocks(ticket, now, OverdueLevel::O2);
                open.late += u64::from(!late.is_empty());
                late.into_iter().for_each(|kind| *open.clocks.entry(kind).or_default() += 1);
            }
        }
        open
    }
}

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Open { tickets, late, clocks, items } = self;
        write!(f, "{tickets} open, {late} late")?;
        if !clocks.is_empty() {
            let kinds = clocks.iter().map(|(kind, count)| format!("{kind:?} {count}"));
            write!(f, " ({})", kinds.collect::<Vec<_>>().join(", "))?;
        }
        write!(f, ", {items} dissatisfaction items open")
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |part: u64, all: u64| match all {
            0 => 0.0,
            all => part as f64 * 100.0 / all as f64,
        };
        let on_time = share(self.on_time, self.on_time + self.late);
        writeln!(
            f,
            "accepted {}, answered on the spot {}, dispatched {}, merged {}",
            self.accepted, self.answered, self.dispatched, self.merged
        )?;
        writeln!(
            f,
            "on time {on_time:.2} %; returned {}, extended {}, delegated {}, sent back {}",
            self.returned, self.extended, self.delegated, self.sent_back
        )?;
        writeln!(
            f,
            "replied {}, evaluated {}, satisfied {:.2} %, redone {}, reopened {}",
            self.replied,
            self.evaluated,
            share(self.satisfied, self.evaluated),
            self.redone,
            self.reopened
        )?;
        write!(
            f,
            "closed unsatisfied {}, struck off {}; urges {}, by the engine {}; orders {}, leaders' signatures {}",
            self.unsatisfied,
            self.struck_off,
            self.urges,
            self.system_urges,
            self.orders,
            self.signed
        )
    }
}
