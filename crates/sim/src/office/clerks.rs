//! The back office without phones, for a program that drives its own center on a real disk.

use center::{Command, DeskRequest, Input, Memory};
use model::{
    CallId, Event, LineId, Number, Record, SeatId, Timestamp, Zone,
    desk::{Actor, DeskEntry, DeskEvent},
    event::{SeatActor, TicketOpened},
};
use stats::Wallboard;
use ticketing::Desk;

use super::{City, Office};
use crate::chance::Chance;

/// Simulated people who write calls down and work on the tickets, from a seed.
///
/// They act only on what the desk shows. After a restart the center's desk is given to them again
/// ([`Clerks::find`]), and they continue with what it has.
#[derive(Debug)]
pub struct Clerks {
    office: Office,
    chance: Chance,
    asked: u64,
}

impl Clerks {
    /// The same seed acts the same on the same desk.
    pub fn new(seed: u64) -> Clerks {
        let mut chance = Chance::new(seed);
        Clerks { office: Office::new(seed, chance.branch()), chance, asked: 0 }
    }

    /// The memory of a center of this city before its first record: no queue, no seat, and a desk.
    pub fn memory(city: &City) -> Memory {
        Memory::new(Wallboard::new(Zone::CHINA, [], []), city.desk())
    }

    /// The inputs by which the city's directory enters the log.
    pub fn directory(city: &City) -> Vec<Input> {
        let entry =
            |event| DeskEntry { by: Actor::Engine, key: None, event: DeskEvent::Directory(event) };
        let events = city.directory().iter().cloned();
        events.map(|event| Input::Note(Event::Desk(Box::new(entry(event))))).collect()
    }

    /// A citizen calls and is answered.
    pub fn call(&mut self, now: Timestamp, memory: &Memory) -> Input {
        let number = format!("138{:08}", self.chance.below(100_000_000));
        Input::Note(Event::TicketOpened(TicketOpened {
            ticket: memory.next_ticket(now),
            call: CallId::from_arrival(now),
            caller: Number::new(&number),
            line: LineId::from("12345"),
            seat: SeatId(1001),
        }))
    }

    /// Reads a record that was written.
    pub fn see(&mut self, record: &Record) {
        self.office.see(record);
    }

    /// The engine has restarted: they schedule every ticket they find on the desk.
    pub fn find(&mut self, now: Timestamp, desk: &Desk) {
        self.office.find(now, desk);
    }

    /// The time at which the next ticket is due.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.office.poll_timeout()
    }

    /// The input that the people due by now give to the center, if any.
    pub fn handle_timeout(&mut self, now: Timestamp, desk: &Desk) -> Option<Input> {
        let wanted = self.office.handle_timeout(now, desk)?;
        self.asked += 1;
        self.office.gave(self.asked, wanted.ticket);
        let order =
            DeskRequest { by: wanted.by, command: wanted.command, expected: None, key: None };
        let (reply_to, command) = (self.asked, Command::Desk(Box::new(order)));
        Some(Input::Command { reply_to, by: SeatActor::Engine, command })
    }

    /// Handles the center's reply.
    pub fn answered(&mut self, now: Timestamp, reply_to: u64, reply: &center::Reply) {
        match reply {
            Ok(_) => drop(self.office.taken(reply_to)),
            Err(no) => self.office.refused(now, reply_to, no.to_string()),
        }
    }
}
