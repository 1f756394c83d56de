//! The lines between the center and its callers and seats, at one of two depths.

use model::{LegId, SeatId, Timestamp};

use crate::{Hotline, Storm, chance::Chance, desk::Desk, output::SignallingOutput, wire::Wire};

/// How deep a day is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Signalling is commands and events: a day in well under a second.
    Desk,
    /// Signalling is SIP, byte for byte, over a network that loses and reorders datagrams.
    Wire,
}

/// Signalling at its depth; both variants have the same interface.
#[derive(Debug)]
pub(crate) enum Lines {
    Desk(Box<Desk>),
    Wire(Box<Wire>),
}

impl Lines {
    pub(crate) fn new(depth: Depth, chance: Chance, hotline: &Hotline, storm: Storm) -> Lines {
        match depth {
            Depth::Desk => Lines::Desk(Box::new(Desk::new(chance, storm))),
            Depth::Wire => Lines::Wire(Box::new(Wire::new(chance, hotline, storm))),
        }
    }

    /// The hotline opens: every phone registers within a minute.
    pub(crate) fn open(&mut self, now: Timestamp, seats: &[SeatId]) {
        match self {
            Lines::Desk(desk) => desk.open(now, seats),
            Lines::Wire(wire) => wire.open(now),
        }
    }

    /// A citizen dials. Returns the leg at desk depth, where the world decides when the caller
    /// hangs up.
    pub(crate) fn call(&mut self, now: Timestamp, caller: &str, dialled: &str) -> Option<LegId> {
        match self {
            Lines::Desk(desk) => Some(desk.call(now, caller, dialled)),
            Lines::Wire(wire) => {
                wire.call(now, caller, dialled);
                None
            }
        }
    }

    /// A caller hangs up, at the depth where the world decides it.
    pub(crate) fn hang_up(&mut self, now: Timestamp, leg: LegId) {
        if let Lines::Desk(desk) = self {
            desk.hang_up(now, leg);
        }
    }

    /// Handles a command of the center.
    pub(crate) fn handle_command(&mut self, now: Timestamp, command: sip::Command) {
        match self {
            Lines::Desk(desk) => desk.handle_command(now, command),
            Lines::Wire(wire) => wire.handle_command(now, command),
        }
    }

    /// A seat's phone is switched off, and on again after a while.
    pub(crate) fn lose_phone(&mut self, now: Timestamp, seat: SeatId) {
        match self {
            Lines::Desk(desk) => desk.lose_phone(now, seat),
            Lines::Wire(wire) => wire.lose_phone(now, seat),
        }
    }

    /// An agent dials a feature code on a seat's phone. Returns false at desk depth, where phones
    /// have no keys; the caller then asks the desk.
    pub(crate) fn dial_code(&mut self, now: Timestamp, seat: SeatId, code: &str) -> bool {
        match self {
            Lines::Desk(_) => false,
            Lines::Wire(wire) => wire.dial_code(now, seat, code),
        }
    }

    /// The engine dies.
    pub(crate) fn crash(&mut self, now: Timestamp) {
        match self {
            Lines::Desk(desk) => desk.crash(now),
            Lines::Wire(wire) => wire.crash(now),
        }
    }

    /// The engine has restarted.
    pub(crate) fn restart(&mut self, now: Timestamp) {
        match self {
            Lines::Desk(_) => {}
            Lines::Wire(wire) => wire.restart(now),
        }
    }

    /// From now on there are no faults.
    pub(crate) fn calm(&mut self, now: Timestamp) {
        match self {
            Lines::Desk(desk) => desk.calm(),
            Lines::Wire(wire) => wire.calm(now),
        }
    }

    pub(crate) fn handle_timeout(&mut self, now: Timestamp) {
        match self {
            Lines::Desk(desk) => desk.handle_timeout(now),
            Lines::Wire(wire) => wire.handle_timeout(now),
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        match self {
            Lines::Desk(desk) => desk.poll_timeout(),
            Lines::Wire(wire) => wire.poll_timeout(),
        }
    }

    pub(crate) fn poll_output(&mut self) -> Option<SignallingOutput> {
        match self {
            Lines::Desk(desk) => desk.poll_output(),
            Lines::Wire(wire) => wire.poll_output(),
        }
    }
}
