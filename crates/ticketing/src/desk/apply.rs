//! The desk follows the log.

use std::collections::btree_map::Entry;

use model::{
    Event, Number, Record, Seq, TicketId, Timestamp,
    desk::{
        AssignmentEvent, AssignmentId, DeskEntry, DeskEvent, MatterId, OrderEvent, TicketEvent,
        TicketState,
    },
};

use super::{Desk, Matter};
use crate::{Filing, Ticket};

impl Desk {
    /// Follows one record of any kind.
    pub fn apply(&mut self, record: &Record) {
        let (seq, at) = (record.seq, record.at);
        if let Some(ticket) = Ticket::open(seq, at, &record.event) {
            self.add(ticket);
        }
        match &record.event {
            Event::Desk(entry) => {
                self.follow(seq, at, entry);
                self.remember_key(seq, entry);
            }
            Event::MissedCallRepeated(e) => {
                self.change(e.ticket, |ticket| ticket.missed_again(seq, at, e));
            }
            _ => {}
        }
    }

    /// Adds a ticket as the indexed view has it; a start uses it.
    pub fn restore(&mut self, ticket: Ticket) {
        if let Some(matter) = ticket.matter {
            self.set_matter(ticket.ticket, None, matter, ticket.opened);
        }
        self.add(ticket);
    }

    fn add(&mut self, ticket: Ticket) {
        self.index_number(ticket.contact().cloned(), ticket.ticket);
        self.missed_calls.update(&ticket);
        self.rule_agenda.changed.insert(ticket.ticket);
        self.tickets.insert(ticket.ticket, ticket);
    }

    fn follow(&mut self, seq: Seq, at: Timestamp, entry: &DeskEntry) {
        match &entry.event {
            DeskEvent::Ticket(id, event) => self.on_ticket(seq, at, entry, *id, event),
            DeskEvent::Assignment(id, event) => self.on_assignment(seq, at, entry, *id, event),
            DeskEvent::Filing(id, event) => {
                if let Some(filing) = Filing::after(self.filings.get(id), at, event) {
                    self.filings.insert(*id, filing);
                }
                self.rule_agenda.changed.insert(id.matter.0);
                if let Some(matter) = self.matters.get(&id.matter) {
                    self.rule_agenda.changed.extend(&matter.tickets);
                }
            }
            DeskEvent::Directory(event) => self.register.apply(at, &entry.by, event),
            DeskEvent::Leader(event) => self.leaders.apply(at, event),
            // Messages and the knowledge base are folds of their own.
            DeskEvent::Messaging(_) | DeskEvent::Knowledge(..) => {}
            DeskEvent::Dissatisfaction(id, event) => {
                self.change(*id, |ticket| ticket.apply_to_item(seq, at, event));
            }
            DeskEvent::Order(id, OrderEvent::Drafted { level, issuers, unit, .. }) => {
                self.orders.entry(id.matter).or_default().draft(*level, issuers.clone());
                self.order_units.insert(*id, unit.clone());
            }
            DeskEvent::Order(id, OrderEvent::Moved { event, .. }) => {
                if let Some(orders) = self.orders.get_mut(&id.matter) {
                    orders.apply(at, event);
                }
            }
        }
    }

    fn on_ticket(
        &mut self,
        seq: Seq,
        at: Timestamp,
        entry: &DeskEntry,
        id: TicketId,
        event: &TicketEvent,
    ) {
        let of = self.tickets.get(&id).and_then(|ticket| ticket.matter);
        self.change(id, |ticket| ticket.apply(seq, at, &entry.by, event));
        match event {
            TicketEvent::Registered { matter, .. }
            | TicketEvent::Merged { matter }
            | TicketEvent::Unmerged { matter, .. } => self.set_matter(id, of, *matter, at),
            TicketEvent::CallAdded { .. } => {
                if let Some(matter) = of.and_then(|matter| self.matters.get_mut(&matter)) {
                    matter.calls = matter.calls.saturating_add(1);
                }
            }
            TicketEvent::Archived { .. } | TicketEvent::TakenOver(_) => self.remove_ticket(id),
            _ => {}
        }
        // Nothing more can happen to a cancelled draft.
        if self.tickets.get(&id).is_some_and(|ticket| ticket.state == TicketState::Cancelled) {
            self.remove_ticket(id);
        }
        // The tickets that follow this one may be answered now.
        if let Some(ticket) = self.tickets.get(&id)
            && matches!(ticket.state, TicketState::Reply | TicketState::Closed)
        {
            let followers = self.followers(ticket);
            self.rule_agenda.changed.extend(followers);
        }
    }

    fn on_assignment(
        &mut self,
        seq: Seq,
        at: Timestamp,
        entry: &DeskEntry,
        id: AssignmentId,
        event: &AssignmentEvent,
    ) {
        self.change(id.ticket, |ticket| {
            ticket.apply_to_assignment(seq, at, &entry.by, id.n, event)
        });
    }

    /// Changes a ticket and updates the indexes.
    fn change(&mut self, id: TicketId, change: impl FnOnce(&mut Ticket)) {
        let Some(ticket) = self.tickets.get_mut(&id) else { return };
        let before = ticket.contact().cloned();
        change(ticket);
        self.missed_calls.update(ticket);
        let after = ticket.contact().cloned();
        if before != after {
            self.unindex_number(before, id);
            self.index_number(after, id);
        }
        self.rule_agenda.changed.insert(id);
    }

    pub(super) fn index_number(&mut self, number: Option<Number>, id: TicketId) {
        if let Some(number) = number {
            self.by_caller.entry(number.subscriber()).or_default().insert(id);
        }
    }

    fn unindex_number(&mut self, number: Option<Number>, id: TicketId) {
        let Some(number) = number else { return };
        if let Entry::Occupied(mut known) = self.by_caller.entry(number.subscriber()) {
            known.get_mut().remove(&id);
            if known.get().is_empty() {
                known.remove();
            }
        }
    }

    fn set_matter(&mut self, id: TicketId, from: Option<MatterId>, to: MatterId, at: Timestamp) {
        if let Some(old) = from.filter(|old| *old != to) {
            self.leave_matter(id, old);
        }
        self.matters.entry(to).or_insert_with(|| Matter::opened(to, at)).joined(id, at);
    }

    /// A matter stays while it has tickets, a filing or an order.
    fn leave_matter(&mut self, id: TicketId, of: MatterId) {
        let kept = self.filings_of(of).next().is_some() || self.orders.contains_key(&of);
        if let Entry::Occupied(mut matter) = self.matters.entry(of) {
            matter.get_mut().tickets.remove(&id);
            if matter.get().tickets.is_empty() && !kept {
                matter.remove();
            }
        }
    }

    /// Removes a ticket from memory; the indexed view keeps it.
    fn remove_ticket(&mut self, id: TicketId) {
        let Some(ticket) = self.tickets.remove(&id) else { return };
        self.missed_calls.remove(&ticket);
        self.unindex_number(ticket.contact().cloned(), id);
        if let Some(matter) = ticket.matter {
            self.leave_matter(id, matter);
        }
        self.rule_agenda.changed.remove(&id);
        if let Some(at) = self.rule_agenda.by_ticket.remove(&id) {
            self.rule_agenda.by_time.remove(&(at, id));
        }
    }
}
