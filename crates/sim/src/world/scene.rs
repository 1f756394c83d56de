//! The world as a story controls it: callers at given times, commands at the desk, and views of
//! both.

use std::time::Duration;

use center::{Command, ControlCommand, ControlRequest, DeskRequest, Input, Memory};
use model::{LegId, Number, Timestamp, desk::Actor, event::SeatActor};
use ticketing::{Desk, DeskCommand};

use super::{World, WorldEvent};
use crate::{Depth, Hotline, Storm};

impl World {
    /// A hotline without faults and with no callers but those of the story. Every seat is signed in
    /// and ready.
    pub(crate) fn scene(seed: u64, now: Timestamp, desk: Desk) -> World {
        let (hotline, storm) = (Hotline::season(), Storm::fair());
        let mut world = World::open(seed, Depth::Desk, hotline, storm, now, Some(desk));
        world.stormy = false;
        // Agents and citizens take no actions of their own.
        world.agenda.retain(|event| !matches!(event, WorldEvent::SeatActs(_) | WorldEvent::Call));
        // Phones register within a minute.
        world.play(Duration::from_secs(90));
        let seats: Vec<_> = world.hotline.policy.seats.keys().copied().collect();
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
        // A seat that is ready when it signs in needs no ready command, so that rejection does not
        // count.
        world.denied.clear();
        world
    }

    /// A caller dials at this time.
    pub(crate) fn dials_at(&mut self, at: Timestamp, caller: &str) {
        self.agenda.plan(at, WorldEvent::Dial(caller.to_owned()));
    }

    /// Plays until this time.
    pub(crate) fn play_to(&mut self, at: Timestamp) {
        if at > self.now {
            self.play(at.since(self.now));
        }
    }

    /// Gives a command to the desk.
    pub(crate) fn orders(&mut self, by: &Actor, command: DeskCommand) {
        self.asked += 1;
        let order = DeskRequest { by: by.clone(), command, expected: None, key: None };
        let (reply_to, command) = (self.asked, Command::Desk(Box::new(order)));
        self.feed(Input::Command { reply_to, by: SeatActor::Engine, command });
    }

    /// The commands rejected since the last call, with the reasons.
    pub(crate) fn denied(&mut self) -> Vec<String> {
        std::mem::take(&mut self.denied)
    }

    /// The center's memory; that of the durable state while the engine is down.
    pub(crate) fn memory_now(&self) -> &Memory {
        self.center.as_ref().map_or(&self.durable_state.memory, |center| center.memory())
    }

    /// The present time.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Checks all durable records.
    pub(crate) fn audit(&mut self) {
        self.end_the_day();
    }

    pub(super) fn dial(&mut self, caller: &str) {
        let leg = self.lines.call(self.now, caller, "12345");
        self.follow();
        if let (Some(leg), Some((least, most))) = (leg, self.storm.patience) {
            let patience = self.chance.between(least, most);
            self.plan(patience, WorldEvent::Abandons(leg, Number::new(caller)));
        }
    }

    /// A caller hangs up, unless a seat has answered.
    pub(super) fn abandon(&mut self, leg: LegId, caller: &Number) {
        let mut open = self.memory_now().open_calls.values();
        let waits = open.any(|cdr| cdr.caller == *caller && cdr.connected.is_none());
        if waits {
            self.lines.hang_up(self.now, leg);
        }
    }
}
