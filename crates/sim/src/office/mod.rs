//! The staff of the back office and what they do with the tickets that calls open.
//!
//! They work from what the desk shows, as people do from their lists. Each ticket has a time at
//! which somebody looks at it next, and that person does the one thing its state requires. What a
//! crash removes is therefore done again at the next look.
//!
//! - `citizen`: what a caller wants and how caller and unit behave, drawn from the seed and the
//!   number.
//! - `hub`, `unit`: what the hotline and the units do in each state.
//! - `clerks`: the same people for a program that drives its own center.
//! - `city`: calendar and directory. `tally`: counts of what was done.

mod citizen;
mod city;
mod clerks;
mod hub;
mod people;
mod plan;
mod tally;
mod unit;

use std::collections::BTreeMap;

use model::{
    Event, Record, TicketId, Timestamp,
    desk::{Actor, DeskEvent, TicketEvent, TicketState},
};
use ticketing::{Desk, DeskCommand};

use crate::chance::Chance;
use citizen::Citizen;
use plan::{DAY, HOUR, MINUTE, Plan, office_time};

pub use city::City;
pub use clerks::Clerks;
pub(crate) use tally::Open;
pub use tally::Tally;

/// Everyone who works at the desk, and the citizens they work for.
#[derive(Debug)]
pub(crate) struct Office {
    seed: u64,
    chance: Chance,
    /// The times at which tickets are looked at next.
    agenda: BTreeMap<(Timestamp, TicketId), ()>,
    looks: BTreeMap<TicketId, Timestamp>,
    /// Commands given and not yet answered.
    asked: BTreeMap<u64, TicketId>,
    /// The master ticket by topic and area.
    masters: BTreeMap<(&'static str, &'static str), TicketId>,
    /// Commands the desk rejected, with the last reason.
    refused: u64,
    last_refusal: String,
}

/// A command that somebody gives to the desk.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) ticket: TicketId,
    pub(crate) by: Actor,
    pub(crate) command: DeskCommand,
}

impl Office {
    pub(crate) fn new(seed: u64, chance: Chance) -> Office {
        Office {
            seed,
            chance,
            agenda: BTreeMap::new(),
            looks: BTreeMap::new(),
            asked: BTreeMap::new(),
            masters: BTreeMap::new(),
            refused: 0,
            last_refusal: String::new(),
        }
    }

    /// Reads a record that was written: a new ticket is looked at soon.
    pub(crate) fn see(&mut self, record: &Record) {
        let at = record.at;
        match &record.event {
            Event::TicketOpened(e) => self.look_at(e.ticket, at + 3 * MINUTE),
            Event::MissedCallFiled(e) => self.look_at(e.ticket, at + 10 * MINUTE),
            Event::Desk(entry) => match &entry.event {
                DeskEvent::Ticket(id, TicketEvent::Dispatched(_)) => {
                    let citizen = Citizen::of(self.seed, *id);
                    if citizen.of_many {
                        self.masters.insert((citizen.topic, citizen.area), *id);
                    }
                }
                // The ticket was handled with others and is now handled by itself.
                DeskEvent::Ticket(id, TicketEvent::MasterPassed | TicketEvent::Unmerged { .. }) => {
                    self.look_at(*id, at + MINUTE);
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// The engine has restarted: every ticket on the desk is scheduled again.
    pub(crate) fn find(&mut self, now: Timestamp, desk: &Desk) {
        self.asked.clear();
        for ticket in desk.tickets().filter(|ticket| ticket.state != TicketState::Closed) {
            if !self.looks.contains_key(&ticket.ticket) {
                self.look_at(ticket.ticket, now + MINUTE);
            }
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        self.agenda.first_key_value().map(|((at, _), ())| *at)
    }

    /// The person who is due looks at their ticket.
    pub(crate) fn handle_timeout(&mut self, now: Timestamp, desk: &Desk) -> Option<Wanted> {
        let (at, id) = self.agenda.first_key_value().map(|(key, ())| *key)?;
        if at > now {
            return None;
        }
        self.agenda.remove(&(at, id));
        self.looks.remove(&id);
        // The ticket was lost with the engine, or it is archived.
        let ticket = desk.ticket(id)?;
        let step = match self.plan(now, desk, ticket) {
            Plan::Do(step) => step,
            Plan::Wait(long) => {
                self.look_at(id, now + long);
                return self.on_the_way(desk, id);
            }
            Plan::Rest => return None,
        };
        let mut chance = Chance::new(self.seed ^ ticket.seq.rotate_left(21) ^ id.0);
        let mut ready = ticket.times.changed + chance.about(step.mean);
        if step.in_office {
            ready = office_time(desk, ready);
        }
        if ready > now {
            self.look_at(id, ready.min(now + DAY));
            return self.on_the_way(desk, id);
        }
        // The next ticket is due as soon as this one is done.
        self.look_at(id, now + MINUTE);
        Some(Wanted { ticket: id, by: step.by, command: step.command })
    }

    /// While units handle it, its caller may urge or withdraw.
    fn on_the_way(&mut self, desk: &Desk, id: TicketId) -> Option<Wanted> {
        let ticket = desk.ticket(id)?;
        if !matches!(ticket.state, TicketState::Handling | TicketState::Following) {
            return None;
        }
        let citizen = Citizen::of(self.seed, id);
        if citizen.withdraws && self.chance.one_in(4) {
            let (statement, proof) = ("不用办了".into(), "通话录音".into());
            let command = ticketing::ticket::TicketCommand::Withdraw { statement, proof };
            let by = people::hub(model::event::Role::Agent);
            return Some(Wanted { ticket: id, by, command: DeskCommand::Ticket(id, command) });
        }
        self.chance.one_in(citizen.urges_one_in).then(|| Wanted {
            ticket: id,
            by: Actor::Citizen,
            command: DeskCommand::Ticket(id, hub::urge()),
        })
    }

    /// Notes that a command was given under this number.
    pub(crate) fn gave(&mut self, reply_to: u64, ticket: TicketId) {
        self.asked.insert(reply_to, ticket);
    }

    /// The command was accepted. Returns false when it was not one of these people's.
    pub(crate) fn taken(&mut self, reply_to: u64) -> bool {
        self.asked.remove(&reply_to).is_some()
    }

    /// The command was rejected: somebody looks at the ticket again later.
    pub(crate) fn refused(&mut self, now: Timestamp, reply_to: u64, why: String) {
        if let Some(ticket) = self.asked.remove(&reply_to) {
            self.refused += 1;
            self.last_refusal = format!("{ticket}: {why}");
            self.look_at(ticket, now + 6 * HOUR);
        }
    }

    /// The number of rejected commands, and the last reason.
    pub(crate) fn refusals(&self) -> (u64, &str) {
        (self.refused, &self.last_refusal)
    }

    fn look_at(&mut self, id: TicketId, at: Timestamp) {
        if let Some(before) = self.looks.insert(id, at) {
            self.agenda.remove(&(before, id));
        }
        self.agenda.insert((at, id), ());
    }
}
