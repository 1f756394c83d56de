//! Planned actions of the players, and their execution when their time has come.

use std::{io, time::Duration};

use model::{LegId, Number};
use sip::{Command, Credentials, Dial, Target};

use super::{Players, Side};

/// A planned action of a player.
pub(crate) enum Plan {
    Open,
    Call,
    Register(usize),
    PickUp(LegId),
    HangUp(Side, LegId),
    /// A seat's phone dials a code.
    Code {
        seat: usize,
        code: usize,
    },
}

impl Players<'_> {
    pub(crate) fn plan(&mut self, after: Duration, plan: Plan) {
        self.planned += 1;
        self.agenda.insert((self.clock.now() + after, self.planned), plan);
    }

    pub(crate) fn carry_out(&mut self, plan: Plan) -> io::Result<()> {
        match plan {
            Plan::Open => {
                let absent = self.tally.registered < self.script.seats.len() as u64;
                let plan = if self.script.seats_first && absent { Plan::Open } else { Plan::Call };
                self.plan(SETTLE, plan);
            }
            Plan::Register(seat) => self.register(seat),
            Plan::Call => {
                if self.tally.placed < self.script.calls_max {
                    self.place_call()?;
                    let mean = self.script.between_calls.as_secs_f64();
                    let wait = -mean * self.chance.unit().max(1e-9).ln();
                    self.plan(Duration::from_secs_f64(wait.min(mean * 5.0)), Plan::Call);
                }
            }
            Plan::PickUp(leg) => {
                if let Some(held) = self.legs.get_mut(&(Side::Seats, leg)) {
                    held.up = true;
                    let rtp_port = held.socket.local_addr()?.port();
                    self.tally.picked_up += 1;
                    self.command(Side::Seats, Command::Accept { leg, rtp_port });
                }
            }
            Plan::HangUp(side, leg) => {
                if self.legs.contains_key(&(side, leg)) {
                    self.seat_hangs_up(side, leg);
                    self.command(side, Command::HangUp { leg, reason: None });
                }
            }
            Plan::Code { seat, code } => self.dial_code(seat, code)?,
        }
        Ok(())
    }

    pub(crate) fn place_call(&mut self) -> io::Result<()> {
        self.tally.placed += 1;
        if let Some((to_caller, to_seat)) = self.script.relay.get(self.tally.placed as usize - 1) {
            self.open_relayed(Side::Callers, *to_caller)?;
            self.open_relayed(Side::Seats, *to_seat)?;
            self.tally.picked_up += 1;
            return Ok(());
        }
        let number = format!("1390000{:04}", self.chance.below(10_000));
        let leg = self.open_leg(Side::Callers, None)?;
        let rtp_port = self.port_of(Side::Callers, leg);
        let dial = Dial {
            leg,
            to: Target::Uri(format!("sip:{}@{}", self.script.line, self.script.engine)),
            caller: Number::new(&number),
            display: String::new(),
            rtp_port,
            headers: Vec::new(),
            credentials: None,
        };
        self.command(Side::Callers, Command::Dial(dial));
        let patience = self.chance.between(self.script.patience);
        self.plan(patience, Plan::HangUp(Side::Callers, leg));
        Ok(())
    }

    pub(crate) fn dial_code(&mut self, seat: usize, code: usize) -> io::Result<()> {
        let (Some((number, password)), Some(code)) =
            (self.script.seats.get(seat), self.script.start_codes.get(code))
        else {
            return Ok(());
        };
        let leg = self.open_leg(Side::Seats, None)?;
        let dial = Dial {
            leg,
            to: Target::Uri(format!("sip:{code}@{}", self.script.engine)),
            caller: Number::new(&number.to_string()),
            display: String::new(),
            rtp_port: self.port_of(Side::Seats, leg),
            headers: Vec::new(),
            credentials: Some(Credentials { user: number.to_string(), password: password.clone() }),
        };
        self.command(Side::Seats, Command::Dial(dial));
        Ok(())
    }
}

/// Between the last registration and the first call.
const SETTLE: Duration = Duration::from_millis(500);
