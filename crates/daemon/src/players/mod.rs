//! Callers and seats for the demo and the load run: real SIP user agents, real UDP, real RTP.
//!
//! They are made of the same signalling machine as the engine, with sockets of
//! their own, and they know nothing of it but its address. One endpoint plays
//! all seats, another all callers; each leg has its own RTP socket and speaks
//! with its own voice.

use std::{
    collections::BTreeMap,
    io::{self, ErrorKind},
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use media::{Prompt, Talker};
use model::{LegId, Number, Remote, SeatId, Timestamp, TrunkId};
use rustix::event::{Timespec, epoll};
use sip::{
    Command, Config, Credentials, Dial, Endpoint, Event, Flow, Input, Output, Register, Target,
    Transport,
};

use crate::{clock::Clock, entropy, sample::Sample};

/// What is to be played.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// Where the engine takes SIP.
    pub(crate) engine: SocketAddr,
    /// What callers dial.
    pub(crate) line: String,
    /// Who sits where, and their passwords.
    pub(crate) seats: Vec<(SeatId, String)>,
    /// Signs in and makes ready, dialled by each seat's phone once it is registered.
    pub(crate) start_codes: Vec<String>,
    /// Between two callers, on average.
    pub(crate) between_calls: Duration,
    /// How long a seat's phone rings before it is picked up: least and most.
    pub(crate) ring: (Duration, Duration),
    /// How long a talk lasts: least and most.
    pub(crate) talk: (Duration, Duration),
    /// How long a caller waits before hanging up: least and most.
    pub(crate) patience: (Duration, Duration),
    /// One offer in this many is left ringing; 0 is none.
    pub(crate) missed_one_in: u32,
    /// No more calls after this many.
    pub(crate) calls_max: u64,
    /// What callers and seats say, in turn.
    pub(crate) voices: Vec<Prompt>,
    /// Whether anybody speaks at all; without, signalling is alone on the wire.
    pub(crate) speaking: bool,
    /// Whether packets carry their time of sending, to measure delay; heard as a faint tick.
    pub(crate) stamped: bool,
    /// Whether callers wait until every seat is registered; otherwise they come after two seconds.
    pub(crate) seats_first: bool,
    /// Where chance begins: when callers come, how long they talk.
    pub(crate) seed: [u8; 32],
}

/// What the players saw, from their side.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Calls placed.
    pub(crate) placed: u64,
    /// Calls the engine answered.
    pub(crate) accepted: u64,
    /// Calls the engine refused.
    pub(crate) refused: u64,
    /// Offers that reached a seat's phone.
    pub(crate) offered: u64,
    /// Offers picked up.
    pub(crate) picked_up: u64,
    /// RTP packets the callers sent.
    pub(crate) caller_sent: u64,
    /// RTP packets the callers heard.
    pub(crate) caller_heard: u64,
    /// RTP packets the seats sent.
    pub(crate) seat_sent: u64,
    /// RTP packets the seats heard.
    pub(crate) seat_heard: u64,
    /// RTP packets that should have been heard and were not, by their numbers (RFC 3550 A.3).
    pub(crate) lost: u64,
    /// Seats registered.
    pub(crate) registered: u64,
    /// From INVITE to 200, for callers.
    pub(crate) setup: Sample,
    /// From one phone's sending to the other's hearing; of stamped packets.
    pub(crate) delay: Sample,
    /// From a seat's hanging up while callers waited to the next INVITE at its phone.
    pub(crate) seat_free: Sample,
}

/// How things stand, told every tenth of a second.
pub(crate) struct Moment<'a> {
    /// When.
    pub(crate) now: Timestamp,
    /// Callers whose calls the engine has taken.
    pub(crate) callers_up: usize,
    /// Seats that talk.
    pub(crate) talking: usize,
    /// Everything so far.
    pub(crate) tally: &'a Tally,
}

/// Play until told to stop; then hang up what is up and go.
pub(crate) fn run(
    script: &Script,
    clock: Clock,
    stop: &AtomicBool,
    mut look: impl FnMut(Moment<'_>),
) -> io::Result<Tally> {
    let mut players = Players::new(script, clock)?;
    players.open_shop();
    let mut looked = clock.now();
    while !stop.load(Ordering::Acquire) {
        players.turn()?;
        let now = clock.now();
        if now.since(looked) >= LOOK_EVERY {
            looked = now;
            look(players.moment(now));
        }
    }
    players.go_home()?;
    Ok(players.tally)
}

struct Players<'a> {
    script: &'a Script,
    clock: Clock,
    chance: Chance,
    /// Signalling: whoever waits wakes at once.
    epoll: rustix::fd::OwnedFd,
    /// Voice: looked at every millisecond, so that a packet sent to us does not cost its sender
    /// the waking of a sleeper, as it would not on a network.
    voice: rustix::fd::OwnedFd,
    seats: Agent,
    callers: Agent,
    legs: BTreeMap<(Side, LegId), Leg>,
    /// Whose RTP socket an epoll token is.
    by_token: BTreeMap<u64, (Side, LegId)>,
    next_token: u64,
    /// Seats that hung up while callers waited, and when.
    free_since: BTreeMap<String, Timestamp>,
    agenda: BTreeMap<(Timestamp, u64), Plan>,
    planned: u64,
    last_dialled: u64,
    voice_at: Timestamp,
    tally: Tally,
}

/// One endpoint and its socket.
struct Agent {
    endpoint: Endpoint,
    socket: UdpSocket,
    local: SocketAddr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Seats,
    Callers,
}

struct Leg {
    socket: UdpSocket,
    token: u64,
    /// Whose phone it is, for a seat that was called.
    seat: String,
    began: Timestamp,
    voice: Prompt,
    /// Speaks and listens once both ends know each other.
    talker: Option<Talker>,
    remote: Option<Remote>,
    /// Whether it was answered.
    up: bool,
}

/// What somebody means to do later.
enum Plan {
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

impl<'a> Players<'a> {
    fn new(script: &'a Script, clock: Clock) -> io::Result<Players<'a>> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let voice = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let agent = |token, at| -> io::Result<Agent> {
            let socket = UdpSocket::bind((at, 0))?;
            socket.set_nonblocking(true)?;
            let local = socket.local_addr()?;
            let data = epoll::EventData::new_u64(token);
            epoll::add(&epoll, &socket, data, epoll::EventFlags::IN)?;
            let mut config = Config::new("heartline");
            config.product = "Heartline-Player".to_owned();
            config.locals = vec![(Transport::Udp, local)];
            config.trunks = vec![sip::Trunk {
                id: TrunkId::from("engine"),
                sources: vec![(script.engine.ip(), 32)],
            }];
            Ok(Agent { endpoint: Endpoint::new(config, entropy::seed()), socket, local })
        };
        let (seats, callers) = (agent(SEATS_SIGNAL, SEATS_AT)?, agent(CALLERS_SIGNAL, CALLERS_AT)?);
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

    fn open_shop(&mut self) {
        for seat in 0..self.script.seats.len() {
            self.register(seat);
        }
        self.plan(OPEN_AFTER, Plan::Open);
    }

    fn register(&mut self, seat: usize) {
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

    fn moment(&self, now: Timestamp) -> Moment<'_> {
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
        let timeout =
            Timespec { tv_sec: wait.as_secs() as i64, tv_nsec: i64::from(wait.subsec_nanos()) };
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
            self.do_it(plan)?;
        }
        if self.voice_at <= now {
            self.voice_at = now + VOICE_EVERY;
            self.listen_to_all()?;
            self.speak(now);
        }
        Ok(())
    }

    fn do_it(&mut self, plan: Plan) -> io::Result<()> {
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

    fn place_call(&mut self) -> io::Result<()> {
        self.tally.placed += 1;
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

    fn dial_code(&mut self, seat: usize, code: usize) -> io::Result<()> {
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

    fn hear(&mut self, side: Side, event: Event) -> io::Result<()> {
        match event {
            Event::Registered { aor, code: 200 } => {
                let seat =
                    self.script.seats.iter().position(|(s, _)| aor.contains(&format!(":{s}@")));
                if let Some(seat) = seat
                    && self.tally.registered < self.script.seats.len() as u64
                {
                    self.tally.registered += 1;
                    // One code after the other, with time for each call to end.
                    for code in 0..self.script.start_codes.len() {
                        let after = CODE_EVERY * u32::try_from(code).unwrap_or(0);
                        self.plan(after, Plan::Code { seat, code });
                    }
                }
            }
            Event::Registered { aor, code } => {
                tracing::warn!("{aor} cannot register: {code}; once more in a second");
                let seats = &self.script.seats;
                let seat = seats.iter().position(|(s, _)| aor.contains(&format!(":{s}@")));
                if let Some(seat) = seat {
                    self.plan(Duration::from_secs(1), Plan::Register(seat));
                }
            }
            Event::Incoming(incoming) => {
                self.tally.offered += 1;
                let seat = incoming.dialled.reveal().to_owned();
                if let Some(free) = self.free_since.remove(&seat) {
                    let waited = self.clock.now().since(free);
                    self.tally.seat_free.add(waited, self.chance.bits());
                }
                let leg = self.open_leg(side, Some(incoming.leg))?;
                if let Some(held) = self.legs.get_mut(&(side, leg)) {
                    held.remote = incoming.remote;
                    held.seat = seat;
                }
                self.command(side, Command::Ring { leg });
                let misses = self.script.missed_one_in;
                if misses == 0 || self.chance.below(u64::from(misses)) != 0 {
                    let ring = self.chance.between(self.script.ring);
                    self.plan(ring, Plan::PickUp(leg));
                    let talk = self.chance.between(self.script.talk);
                    self.plan(ring + talk, Plan::HangUp(side, leg));
                }
            }
            Event::Answered { leg, remote } => {
                let now = self.clock.now();
                if let Some(held) = self.legs.get_mut(&(side, leg)) {
                    held.remote = Some(remote);
                    held.up = true;
                    if side == Side::Callers {
                        self.tally.accepted += 1;
                        self.tally.setup.add(now.since(held.began), self.chance.bits());
                    }
                }
            }
            Event::Confirmed { leg, remote: Some(remote) } | Event::Changed { leg, remote } => {
                if let Some(held) = self.legs.get_mut(&(side, leg)) {
                    held.remote = Some(remote);
                }
            }
            Event::Failed { leg, code } => {
                if side == Side::Callers && code != 487 {
                    self.tally.refused += 1;
                }
                self.forget(side, leg);
            }
            Event::Ended { leg, end } => {
                if end == sip::LegEnd::ByeReceived {
                    self.seat_hangs_up(side, leg);
                }
                self.forget(side, leg);
            }
            // Nothing a phone does differently for these.
            Event::Confirmed { remote: None, .. }
            | Event::Ringing { .. }
            | Event::Keyed { .. }
            | Event::Refused { .. }
            | Event::SeatReached { .. }
            | Event::SeatUnreached { .. }
            | Event::ShutOut { .. } => {}
        }
        Ok(())
    }

    /// A leg with its own socket and voice.
    fn open_leg(&mut self, side: Side, leg: Option<LegId>) -> io::Result<LegId> {
        let leg = leg.unwrap_or_else(|| {
            self.last_dialled += 2;
            LegId(self.last_dialled)
        });
        let at = match side {
            Side::Seats => SEATS_AT,
            Side::Callers => CALLERS_AT,
        };
        let socket = UdpSocket::bind((at, 0))?;
        socket.set_nonblocking(true)?;
        let voice = self.script.voices.get(leg.0 as usize / 2 % self.script.voices.len().max(1));
        let voice = voice.cloned().unwrap_or_default();
        let token = self.next_token;
        self.next_token += 1;
        let watched = epoll::EventData::new_u64(token);
        epoll::add(&self.voice, &socket, watched, epoll::EventFlags::IN)?;
        self.by_token.insert(token, (side, leg));
        let (seat, began) = (String::new(), self.clock.now());
        let held = Leg { socket, token, seat, began, voice, talker: None, remote: None, up: false };
        self.legs.insert((side, leg), held);
        Ok(leg)
    }

    /// A leg is over; its socket leaves the epoll by being closed.
    fn forget(&mut self, side: Side, leg: LegId) {
        let Some(held) = self.legs.remove(&(side, leg)) else { return };
        self.by_token.remove(&held.token);
        self.tally.lost += held.talker.map_or(0, |talker| talker.heard().lost);
    }

    /// A talk ends at a seat. With a caller waiting, the time to the seat's next call counts.
    fn seat_hangs_up(&mut self, side: Side, leg: LegId) {
        if side != Side::Seats {
            return;
        }
        let served = self.legs.keys().filter(|(side, _)| *side == Side::Seats).count();
        let now = self.clock.now();
        let waiting = self.moment(now).callers_up > served + WAITING_MIN;
        let Some(held) = self.legs.get(&(side, leg)).filter(|held| held.up) else { return };
        if waiting && !held.seat.is_empty() {
            self.free_since.insert(held.seat.clone(), now);
        }
    }

    fn port_of(&self, side: Side, leg: LegId) -> u16 {
        let at = self.legs.get(&(side, leg)).and_then(|held| held.socket.local_addr().ok());
        at.map_or(0, |at| at.port())
    }

    fn speak(&mut self, now: Timestamp) {
        if !self.script.speaking {
            return;
        }
        for ((side, _), held) in &mut self.legs {
            let Some(remote) = held.remote.filter(|_| held.up) else { continue };
            let talker = held.talker.get_or_insert_with(|| {
                let talker = Talker::towards(now, &remote, held.voice.clone(), self.chance.bits());
                if self.script.stamped { talker.stamped() } else { talker }
            });
            let sent = match side {
                Side::Seats => &mut self.tally.seat_sent,
                Side::Callers => &mut self.tally.caller_sent,
            };
            while let Some(packet) = talker.speak(self.clock.now()) {
                // A packet the kernel has no room for is a packet lost.
                let _sent = held.socket.send_to(packet, remote.rtp);
                *sent += 1;
            }
        }
    }

    fn listen_to_all(&mut self) -> io::Result<()> {
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        let mut ready = Vec::with_capacity(256);
        loop {
            ready.clear();
            let buffer = rustix::buffer::spare_capacity(&mut ready);
            match epoll::wait(&self.voice, buffer, Some(&now)) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(e) => return Err(e.into()),
            }
            for event in &ready {
                self.listen(event.data.u64());
            }
        }
    }

    /// A packet waits at a leg's socket; should there be two, epoll says so again.
    fn listen(&mut self, token: u64) {
        let Some((side, leg)) = self.by_token.get(&token) else { return };
        let Some(held) = self.legs.get_mut(&(*side, *leg)) else { return };
        let mut buffer = [0; 2048];
        let Ok((length, _)) = held.socket.recv_from(&mut buffer) else { return };
        match side {
            Side::Seats => self.tally.seat_heard += 1,
            Side::Callers => self.tally.caller_heard += 1,
        }
        let Some(talker) = &mut held.talker else { return };
        let before = talker.delay().packets;
        talker.hear(self.clock.now(), buffer.get(..length).unwrap_or_default());
        let delay = talker.delay();
        if delay.packets > before {
            self.tally.delay.add(delay.last, self.chance.bits());
        }
    }

    fn receive(&mut self, side: Side) {
        let mut buffer = [0; 65_535];
        loop {
            let agent = self.agent(side);
            match agent.socket.recv_from(&mut buffer) {
                Ok((length, remote)) => {
                    let flow = Flow { transport: Transport::Udp, local: agent.local, remote };
                    let bytes = buffer.get(..length).unwrap_or_default();
                    self.feed(side, Input::Received { flow, bytes });
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => return,
                // An ICMP error of an earlier send.
                Err(_) => {}
            }
        }
    }

    fn command(&mut self, side: Side, command: Command) {
        self.feed(side, Input::Command(command));
    }

    fn feed(&mut self, side: Side, input: Input<'_>) {
        let now = self.clock.now();
        self.agent(side).endpoint.handle_input(now, input);
        while let Some(output) = self.agent(side).endpoint.poll_output() {
            match output {
                Output::Send { flow, bytes } => {
                    // A datagram lost is sent again.
                    let _sent = self.agent(side).socket.send_to(&bytes, flow.remote);
                }
                Output::Close { .. } => {}
                Output::Event(event) => {
                    if let Err(e) = self.hear(side, event) {
                        tracing::error!("a player has no socket left: {e}");
                    }
                }
            }
        }
    }

    fn agent(&mut self, side: Side) -> &mut Agent {
        match side {
            Side::Seats => &mut self.seats,
            Side::Callers => &mut self.callers,
        }
    }

    fn plan(&mut self, after: Duration, plan: Plan) {
        self.planned += 1;
        self.agenda.insert((self.clock.now() + after, self.planned), plan);
    }

    fn go_home(&mut self) -> io::Result<()> {
        self.agenda.clear();
        let legs: Vec<_> = self.legs.keys().copied().collect();
        for (side, leg) in legs {
            self.command(side, Command::HangUp { leg, reason: None });
        }
        let until = self.clock.now() + GO_HOME;
        while !self.legs.is_empty() && self.clock.now() < until {
            self.turn()?;
        }
        for held in self.legs.values() {
            self.tally.lost += held.talker.as_ref().map_or(0, |talker| talker.heard().lost);
        }
        Ok(())
    }
}

/// Speech-like voices of our own: syllables on a pitch each voice has for itself.
///
/// A vowel is a pitch and two of its overtones, swelling and fading with the
/// syllable; between syllables and sentences there is silence, as in speech.
pub(crate) fn voices() -> Vec<Prompt> {
    (0..8).map(|n| voice(110.0 + 18.0 * f64::from(n), n)).collect()
}

fn voice(pitch: f64, n: u32) -> Prompt {
    let rate = f64::from(media::SAMPLE_RATE);
    let seconds = 12.0;
    let syllable = 0.19 + 0.01 * f64::from(n % 5);
    let samples: Vec<i16> = (0..(seconds * rate) as u32)
        .map(|i| {
            let t = f64::from(i) / rate;
            let place = t % syllable / syllable;
            let number = (t / syllable) as u32;
            let silent = (number + n) % 9 >= 7;
            let swell = if silent { 0.0 } else { (std::f64::consts::PI * place).sin() };
            let bend = 1.0 + 0.06 * (f64::from(number) * 1.7).sin();
            let at = |overtone: f64| (std::f64::consts::TAU * pitch * bend * overtone * t).sin();
            let vowel = at(1.0) + 0.6 * at(3.0) + 0.35 * at(f64::from(5 + number % 4));
            (swell * vowel * 4_000.0) as i16
        })
        .collect();
    Prompt::new(samples.into())
}

/// A small seeded generator: players need variety, not secrecy.
struct Chance(rand_chacha::ChaCha8Rng);

impl Chance {
    fn new(seed: [u8; 32]) -> Chance {
        use rand_chacha::rand_core::SeedableRng;
        Chance(rand_chacha::ChaCha8Rng::from_seed(seed))
    }

    fn bits(&mut self) -> u64 {
        use rand_chacha::rand_core::RngCore;
        self.0.next_u64()
    }

    fn below(&mut self, n: u64) -> u64 {
        self.bits() % n.max(1)
    }

    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, (least, most): (Duration, Duration)) -> Duration {
        least + (most.saturating_sub(least)).mul_f64(self.unit())
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
/// Callers whose call has just ended count for a moment more; with this many above the seats,
/// somebody surely waits.
const WAITING_MIN: usize = 5;
/// Between two looks from outside.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Seats need a moment before the first caller.
const OPEN_AFTER: Duration = Duration::from_millis(1_500);
/// Between the last registration and the first call.
const SETTLE: Duration = Duration::from_millis(500);
/// How often each leg is asked whether it has something to say; each speaks every 20 ms.
const VOICE_EVERY: Duration = Duration::from_millis(1);
/// A code's own call has ended by then.
const CODE_EVERY: Duration = Duration::from_secs(3);
/// For the last BYEs.
const GO_HOME: Duration = Duration::from_secs(3);
