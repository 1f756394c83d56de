//! The log read as a view, for the command line beside a running engine that holds the real one.

use std::{collections::BTreeMap, path::Path};

use model::{AccountName, CallId, Event, Record, SeatId, TicketId, Timestamp};
use reporting::{
    ReferenceData,
    facts::{CallRow, TicketRow},
};
use stats::{AgentIntervals, Cdr};
use ticketing::Ticket;

use super::Rows;

/// Tickets and calls, read from the log.
#[derive(Default)]
pub struct LogView {
    tickets: BTreeMap<TicketId, Ticket>,
    calls: BTreeMap<CallId, Cdr>,
    seats: BTreeMap<SeatId, AccountName>,
    /// The agents at the seats of an emergency that was imported.
    seats_then: BTreeMap<SeatId, AccountName>,
}

impl LogView {
    fn apply(&mut self, record: &Record) {
        if let Event::RecordImported(imported) = &record.event {
            std::mem::swap(&mut self.seats, &mut self.seats_then);
            self.call(imported.record.at, &imported.record.event);
            std::mem::swap(&mut self.seats, &mut self.seats_then);
            return;
        }
        let (at, event) = (record.at, &record.event);
        if let Some(ticket) = Ticket::open(record.seq, at, event) {
            self.tickets.insert(ticket.ticket, ticket);
        }
        if let Event::Desk(entry) = event
            && let Some(ticket) = entry.event.ticket().and_then(|id| self.tickets.get_mut(&id))
        {
            ticket.apply_entry(record.seq, at, entry);
        }
        self.call(at, event);
    }

    fn call(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::SeatLoggedIn(e) => match &e.agent {
                Some(agent) => drop(self.seats.insert(e.seat, agent.clone())),
                None => drop(self.seats.remove(&e.seat)),
            },
            Event::SeatLoggedOut(e) => drop(self.seats.remove(&e.seat)),
            _ => {}
        }
        if let Some(cdr) = Cdr::begin(at, event) {
            self.calls.insert(cdr.call, cdr);
        } else if let Some(cdr) = Cdr::subject(event).and_then(|call| self.calls.get_mut(&call)) {
            let seats = &self.seats;
            cdr.apply(at, event, |seat| seats.get(&seat).cloned());
        }
    }
}

impl Rows for LogView {
    fn rows(&self, see: &mut dyn FnMut(&TicketRow)) -> Result<(), String> {
        self.tickets.values().filter_map(TicketRow::of).for_each(|row| see(&row));
        Ok(())
    }

    fn calls(
        &self,
        from: Timestamp,
        to: Timestamp,
        see: &mut dyn FnMut(&CallRow),
    ) -> Result<(), String> {
        let range = CallId::from_arrival(from)..CallId::from_arrival(to.max(from));
        self.calls.range(range).for_each(|(_, cdr)| see(&cdr.into()));
        Ok(())
    }
}

/// Reads a log to its end: reference data and agents' statistics, and tickets and calls too when
/// `view` is true.
pub fn read(
    journal: &Path,
    reference: &mut ReferenceData,
    agents: &mut AgentIntervals,
    mut view: Option<&mut LogView>,
) -> Result<(), String> {
    let records = journal::Reader::open(journal).and_then(|reader| reader.read_from(1));
    for record in records.map_err(|e| e.to_string())? {
        let record = record.map_err(|e| e.to_string())?;
        reference.apply(&record);
        agents.apply(&record);
        if let Some(view) = view.as_mut() {
            view.apply(&record);
        }
    }
    Ok(())
}
