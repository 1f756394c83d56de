//! The back office without the phones: for who plays a center of their own, on a real disk.

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

/// People who take calls down and work on their tickets, from a seed.
///
/// They go by what is at the desk and nothing else: after a death the center
/// is handed to them again ([`Clerks::find`]), and they go on with what they see.
#[derive(Debug)]
pub struct Clerks {
    office: Office,
    chance: Chance,
    asked: u64,
}

impl Clerks {
    /// The same seed does the same at the same desk.
    pub fn new(seed: u64) -> Clerks {
        let mut chance = Chance::new(seed);
        Clerks { office: Office::new(seed, chance.branch()), chance, asked: 0 }
    }

    /// What a center of this city remembers before its first record: no queue, no seat, a desk.
    pub fn memory(city: &City) -> Memory {
        Memory::new(Wallboard::new(Zone::CHINA, [], []), city.desk())
    }

    /// With what the city's log begins.
    pub fn network(city: &City) -> Vec<Input> {
        let entry =
            |event| DeskEntry { by: Actor::Engine, key: None, event: DeskEvent::Directory(event) };
        let events = city.network().iter().cloned();
        events.map(|event| Input::Note(Event::Desk(Box::new(entry(event))))).collect()
    }

    /// Somebody calls and is spoken to.
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

    /// A record was written.
    pub fn see(&mut self, record: &Record) {
        self.office.see(record);
    }

    /// The engine is back: they look at whatever they find.
    pub fn find(&mut self, now: Timestamp, desk: &Desk) {
        self.office.find(now, desk);
    }

    /// When somebody looks at a ticket next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.office.poll_timeout()
    }

    /// What who is due by now wants of the center, when they want something.
    pub fn handle_timeout(&mut self, now: Timestamp, desk: &Desk) -> Option<Input> {
        let wanted = self.office.handle_timeout(now, desk)?;
        self.asked += 1;
        self.office.gave(self.asked, wanted.ticket);
        let order =
            DeskRequest { by: wanted.by, command: wanted.command, expected: None, key: None };
        let (reply_to, command) = (self.asked, Command::Desk(Box::new(order)));
        Some(Input::Command { reply_to, by: SeatActor::Engine, command })
    }

    /// The center's answer.
    pub fn answered(&mut self, now: Timestamp, reply_to: u64, reply: &center::Reply) {
        match reply {
            Ok(_) => drop(self.office.taken(reply_to)),
            Err(no) => self.office.refused(now, reply_to, no.to_string()),
        }
    }
}
