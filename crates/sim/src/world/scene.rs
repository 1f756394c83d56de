//! What a story has the world do: callers at their times, commands at the desk, and looks at both.

use std::time::Duration;

use center::{Command, ControlCommand, ControlRequest, DeskRequest, Input, Memory};
use model::{LegId, Number, Timestamp, desk::Actor, event::SeatActor};
use ticketing::{Desk, DeskCommand};

use super::{Act, World};
use crate::{Depth, Floor, Storm};

impl World {
    /// A floor where nothing goes wrong and nobody calls but whom the story has call; every seat
    /// is signed in and ready.
    pub(crate) fn scene(seed: u64, now: Timestamp, desk: Desk) -> World {
        let (floor, storm) = (Floor::season(), Storm::fair());
        let mut world = World::open(seed, Depth::Desk, floor, storm, now, Some(desk));
        world.stormy = false;
        // Nobody has ideas of their own.
        world.agenda.retain(|act| !matches!(act, Act::SeatActs(_) | Act::Call));
        // Phones register within a minute.
        world.play(Duration::from_secs(90));
        let seats: Vec<_> = world.floor.policy.seats.keys().copied().collect();
        for seat in seats {
            for command in
                [ControlCommand::LogIn { seat, agent: None }, ControlCommand::Ready { seat }]
            {
                world.asked += 1;
                let (reply_to, by) = (world.asked, SeatActor::Engine);
                let command = Command::Control(ControlRequest { by: Actor::Engine, command });
                world.feed(Input::Command { reply_to, by, command });
            }
        }
        world.play(Duration::from_secs(1));
        // A seat that is ready when it signs in has nothing more to say.
        world.denied.clear();
        world
    }

    /// This caller dials then.
    pub(crate) fn dials_at(&mut self, at: Timestamp, caller: &str) {
        self.agenda.plan(at, Act::Dial(caller.to_owned()));
    }

    /// Until then.
    pub(crate) fn play_to(&mut self, at: Timestamp) {
        if at > self.now {
            self.play(at.since(self.now));
        }
    }

    /// Somebody gives a command to the desk.
    pub(crate) fn orders(&mut self, by: &Actor, command: DeskCommand) {
        self.asked += 1;
        let order = DeskRequest { by: by.clone(), command, expected: None, key: None };
        let (reply_to, command) = (self.asked, Command::Desk(Box::new(order)));
        self.feed(Input::Command { reply_to, by: SeatActor::Engine, command });
    }

    /// What was not taken since it was last asked, and why.
    pub(crate) fn denied(&mut self) -> Vec<String> {
        std::mem::take(&mut self.denied)
    }

    /// What the center remembers; what is kept while there is none.
    pub(crate) fn memory_now(&self) -> &Memory {
        self.center.as_ref().map_or(&self.kept.memory, |center| center.memory())
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// The witness goes through everything that lasts.
    pub(crate) fn audit(&mut self) {
        self.end_the_day();
    }

    pub(super) fn dial(&mut self, caller: &str) {
        let leg = self.lines.call(self.now, caller, "12345");
        self.follow();
        if let (Some(leg), Some((least, most))) = (leg, self.storm.patience) {
            let patience = self.chance.between(least, most);
            self.plan(patience, Act::Abandons(leg, Number::new(caller)));
        }
    }

    /// Nobody hangs up on a person who has answered.
    pub(super) fn abandon(&mut self, leg: LegId, caller: &Number) {
        let mut open = self.memory_now().open_calls.values();
        let waits = open.any(|cdr| cdr.caller == *caller && cdr.connected.is_none());
        if waits {
            self.lines.hang_up(self.now, leg);
        }
    }
}
