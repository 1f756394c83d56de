//! The people of the back office: what they do with the tickets that calls open.
//!
//! They work from what is at the desk, as people do from their lists: each
//! ticket has a time at which somebody looks at it next, and who looks does the
//! one thing its state asks for. So whatever a crash takes away is done again
//! by whoever looks next.
//!
//! - `citizen`: what a caller wants and how they and the unit behave, drawn from seed and number.
//! - `hub`, `unit`: what the hotline and the units do in each state.
//! - `clerks`: the same people for who plays a center of their own.
//! - `city`: calendar and network. `tally`: what it came to.

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

/// Everybody who works at the desk, and the citizens they work for.
#[derive(Debug)]
pub(crate) struct Office {
    seed: u64,
    chance: Chance,
    /// When somebody looks at which ticket.
    agenda: BTreeMap<(Timestamp, TicketId), ()>,
    looks: BTreeMap<TicketId, Timestamp>,
    /// Commands given and not answered.
    asked: BTreeMap<u64, TicketId>,
    /// What many call about: the ticket the others follow.
    masters: BTreeMap<(&'static str, &'static str), TicketId>,
    /// Commands the desk did not take, with the last reason.
    refused: u64,
    last_refusal: String,
}

/// Something somebody wants of the desk.
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

    /// A record was written: a new ticket is looked at soon.
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
                // It was with others, and is now somebody's own to do.
                DeskEvent::Ticket(id, TicketEvent::MasterPassed | TicketEvent::Unmerged { .. }) => {
                    self.look_at(*id, at + MINUTE);
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// The engine is back: people look again at whatever they find.
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

    /// Whoever is due looks at their ticket.
    pub(crate) fn handle_timeout(&mut self, now: Timestamp, desk: &Desk) -> Option<Wanted> {
        let (at, id) = self.agenda.first_key_value().map(|(key, ())| *key)?;
        if at > now {
            return None;
        }
        self.agenda.remove(&(at, id));
        self.looks.remove(&id);
        // Lost with the engine, or put away.
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
        // The next one comes as soon as this is done.
        self.look_at(id, now + MINUTE);
        Some(Wanted { ticket: id, by: step.by, command: step.command })
    }

    /// While others have it, its caller may chase it or take it back.
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

    /// A command was given under this number.
    pub(crate) fn gave(&mut self, reply_to: u64, ticket: TicketId) {
        self.asked.insert(reply_to, ticket);
    }

    /// It was taken. False when it was none of theirs.
    pub(crate) fn taken(&mut self, reply_to: u64) -> bool {
        self.asked.remove(&reply_to).is_some()
    }

    /// It was not: somebody looks again later.
    pub(crate) fn refused(&mut self, now: Timestamp, reply_to: u64, why: String) {
        if let Some(ticket) = self.asked.remove(&reply_to) {
            self.refused += 1;
            self.last_refusal = format!("{ticket}: {why}");
            self.look_at(ticket, now + 6 * HOUR);
        }
    }

    /// How many commands were not taken, and the last reason.
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
