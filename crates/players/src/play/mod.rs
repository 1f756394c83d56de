//! Callers and seats for the demo and the load run: real SIP user agents, real UDP, real RTP.
//!
//! They are made of the same signalling machine as the engine, with sockets of
//! their own, and they know nothing of it but its address. One endpoint plays
//! all seats, another all callers; each leg has its own RTP socket and speaks
//! with its own voice.

mod agenda;
mod agent;
mod leg;
mod phone;

use std::{
    collections::BTreeMap,
    io,
    net::Ipv4Addr,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use engine::clock::Clock;
use model::{LegId, Timestamp};
use rustix::event::{PollFd, PollFlags, Timespec, epoll, poll};
use sip::{Command, Credentials, Input, Register, Transport};

use agenda::Plan;
use agent::Agent;
use leg::Leg;

use crate::{
    chance::Chance,
    script::Script,
    tally::{Moment, Tally},
};

/// Play until told to stop; then hang up what is up and go.
pub(crate) fn run(
    script: &Script,
    clock: Clock,
    stop: &AtomicBool,
    mut look: impl FnMut(Moment<'_>),
) -> io::Result<Tally> {
    let mut players = Players::new(script, clock)?;
    players.register_seats();
    let mut looked = clock.now();
    while !stop.load(Ordering::Acquire) {
        players.turn()?;
        let now = clock.now();
        if now.since(looked) >= LOOK_EVERY {
            looked = now;
            look(players.moment(now));
        }
    }
    players.hang_up_all()?;
    Ok(players.tally)
}

pub(crate) struct Players<'a> {
    pub(crate) script: &'a Script,
    pub(crate) clock: Clock,
    pub(crate) chance: Chance,
    /// Signalling: whoever waits wakes at once.
    pub(crate) epoll: rustix::fd::OwnedFd,
    /// Voice: read every [`VOICE_EVERY`], so that a packet sent to us does not cost its sender
    /// the waking of a sleeper, as it would not on a network.
    pub(crate) voice: rustix::fd::OwnedFd,
    pub(crate) seats: Agent,
    pub(crate) callers: Agent,
    pub(crate) legs: BTreeMap<(Side, LegId), Leg>,
    /// The leg whose RTP socket an epoll token stands for.
    pub(crate) by_token: BTreeMap<u64, (Side, LegId)>,
    pub(crate) next_token: u64,
    /// Seats that hung up while callers waited, and when.
    pub(crate) free_since: BTreeMap<String, Timestamp>,
    pub(crate) agenda: BTreeMap<(Timestamp, u64), Plan>,
    pub(crate) planned: u64,
    pub(crate) last_dialled: u64,
    pub(crate) voice_at: Timestamp,
    pub(crate) tally: Tally,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Seats,
    Callers,
}

impl<'a> Players<'a> {
    fn new(script: &'a Script, clock: Clock) -> io::Result<Players<'a>> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let voice = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let agent = |at, token| Agent::new(at, script.engine.ip(), &epoll, token);
        let (seats, callers) = (agent(SEATS_AT, SEATS_SIGNAL)?, agent(CALLERS_AT, CALLERS_SIGNAL)?);
        Ok(Players {
            script,
            clock,
            chance: Chance::new(script.seed),
            epoll,
            voice,
            seats,
            callers,
            legs: BTreeMap::new(),
            by_token: BTreeMap::new(),
            next_token: FIRST_VOICE,
            free_since: BTreeMap::new(),
            agenda: BTreeMap::new(),
            planned: 0,
            last_dialled: 0,
            voice_at: clock.now(),
            tally: Tally::default(),
        })
    }

    fn register_seats(&mut self) {
        if !self.script.relay.is_empty() {
            self.plan(Duration::ZERO, Plan::Open);
            return;
        }
        for seat in 0..self.script.seats.len() {
            self.register(seat);
        }
        self.plan(OPEN_AFTER, Plan::Open);
    }

    pub(crate) fn register(&mut self, seat: usize) {
        let Some((seat, password)) = self.script.seats.get(seat) else { return };
        let register = Register {
            aor: format!("sip:{seat}@{}", self.script.engine.ip()),
            registrar: self.script.engine,
            transport: Transport::Udp,
            expires: Duration::from_secs(300),
            credentials: Credentials { user: seat.to_string(), password: password.clone() },
        };
        self.command(Side::Seats, Command::Register(register));
    }

    pub(crate) fn moment(&self, now: Timestamp) -> Moment<'_> {
        let up =
            |of: Side| self.legs.iter().filter(|((side, _), leg)| *side == of && leg.up).count();
        let (callers_up, talking) = (up(Side::Callers), up(Side::Seats));
        Moment { now, callers_up, talking, tally: &self.tally }
    }

    fn turn(&mut self) -> io::Result<()> {
        let now = self.clock.now();
        let mut due = self.voice_at;
        due = due.min(self.seats.endpoint.poll_timeout().unwrap_or(due));
        due = due.min(self.callers.endpoint.poll_timeout().unwrap_or(due));
        due = due.min(self.agenda.first_key_value().map_or(due, |((at, _), _)| *at));
        let wait = due.since(now);
        let wait =
            Timespec { tv_sec: wait.as_secs() as i64, tv_nsec: i64::from(wait.subsec_nanos()) };
        // An epoll waits for whole milliseconds, which is too coarse for voice; ppoll does not.
        match poll(&mut [PollFd::new(&self.epoll, PollFlags::IN)], Some(&wait)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(e) => return Err(e.into()),
        }
        let timeout = Timespec { tv_sec: 0, tv_nsec: 0 };
        let mut ready = Vec::with_capacity(256);
        match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut ready), Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(e) => return Err(e.into()),
        }
        for event in &ready {
            match event.data.u64() {
                SEATS_SIGNAL => self.receive(Side::Seats),
                CALLERS_SIGNAL => self.receive(Side::Callers),
                _ => {}
            }
        }
        let now = self.clock.now();
        for side in [Side::Seats, Side::Callers] {
            if self.agent(side).endpoint.poll_timeout().is_some_and(|at| at <= now) {
                self.feed(side, Input::Timeout);
            }
        }
        while let Some(first) = self.agenda.first_entry() {
            if first.key().0 > now {
                break;
            }
            let plan = first.remove();
            self.carry_out(plan)?;
        }
        if self.voice_at <= now {
            if self.tally.placed > 0 {
                self.tally.late.add(now.since(self.voice_at), self.chance.bits());
            }
            self.voice_at = now + VOICE_EVERY;
            self.receive_voice()?;
            self.speak(now);
        }
        Ok(())
    }

    fn hang_up_all(&mut self) -> io::Result<()> {
        self.agenda.clear();
        let legs: Vec<_> = self.legs.keys().copied().collect();
        for (side, leg) in legs {
            self.command(side, Command::HangUp { leg, reason: None });
        }
        let until = self.clock.now() + HANG_UP_PATIENCE;
        while !self.legs.is_empty() && self.clock.now() < until {
            self.turn()?;
        }
        for held in self.legs.values() {
            self.tally.lost += held.talker.as_ref().map_or(0, |talker| talker.reception().lost);
        }
        Ok(())
    }
}

/// Where seats' phones are.
pub(crate) const SEATS_AT: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// Where the trunk is that brings the callers: an address of its own, for a trunk is known by it.
pub(crate) const CALLERS_AT: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// The epoll's tokens.
const SEATS_SIGNAL: u64 = 0;
const CALLERS_SIGNAL: u64 = 1;
const FIRST_VOICE: u64 = 2;
/// Between two looks from outside.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Seats need a moment before the first caller.
const OPEN_AFTER: Duration = Duration::from_millis(1_500);
/// How often each leg is asked whether it has something to say; each speaks every 20 ms.
const VOICE_EVERY: Duration = Duration::from_micros(100);
/// For the last BYEs.
const HANG_UP_PATIENCE: Duration = Duration::from_secs(3);
