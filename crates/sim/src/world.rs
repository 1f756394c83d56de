//! The world around the center: citizens, people at seats, phones, a disk, and death.
//!
//! Desk depth: legs are commands and events, not packets. The loop takes the
//! earliest of the agenda and the center's own timeout, feeds it, and puts
//! what the center wants done back on the agenda.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use center::{Center, Command, Input, Memory, Output};
use model::{
    CallId, Codec, Direction, Event, LegId, NotReadyReason, Number, Record, Remote, SeatId, Seq,
    Timestamp, TrunkId, Zone,
    event::{Actor, RecordingClosed, RecordingSalvaged, RecordingStarted},
};
use reporting::Wallboard;
use sip::{Incoming, LegEnd, Origin, Target};

use crate::{Auditor, Floor, Report, Storm, chance::Chance};

/// A hotline and everything around it.
pub struct World {
    seed: u64,
    chance: Chance,
    floor: Floor,
    storm: Storm,
    now: Timestamp,
    agenda: BTreeMap<(Timestamp, u64), Act>,
    planned: u64,
    center: Center,
    /// Which life of the engine this is: what an earlier one planned is void.
    life: u32,
    log: Vec<Record>,
    durable: Seq,
    syncing: bool,
    legs: BTreeMap<LegId, Leg>,
    last_leg: u64,
    relays: BTreeMap<CallId, Relay>,
    unsaved: BTreeSet<CallId>,
    seats_up: BTreeSet<SeatId>,
    asked: u64,
    promised: BTreeMap<u64, Seq>,
    auditor: Auditor,
    report: Report,
    stormy: bool,
    replies: VecDeque<u64>,
}

/// Something that will happen.
#[derive(Debug)]
enum Act {
    /// A citizen dials.
    Dial,
    /// The network brings something about a leg.
    Deliver(sip::Event),
    /// The voice thread says something.
    Voice(media::Event),
    /// The recorder says something.
    Recorder(Event),
    /// The disk has synced up to here.
    Synced(Seq),
    /// A person at a seat does something.
    Whim(SeatId),
    /// A seat's phone registers.
    Register(SeatId),
    /// The center's own time has come; carried by `poll_timeout`.
    Crash,
}

/// Acts that outlive the engine.
fn outlives(act: &Act) -> bool {
    matches!(act, Act::Dial | Act::Whim(_) | Act::Register(_) | Act::Crash)
}

#[derive(Debug)]
struct Leg {
    kind: Kind,
    over: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Caller,
    Seat { answered: bool },
}

#[derive(Debug)]
struct Relay {
    ports: Vec<u16>,
    seat_port: Option<u16>,
    opened: Timestamp,
    record: bool,
}

impl World {
    /// A floor at local midnight, everybody about to arrive.
    pub fn new(seed: u64, floor: Floor, storm: Storm) -> World {
        let mut chance = Chance::new(seed);
        let now = Timestamp::from_micros(MIDNIGHT_US);
        let center = Self::engine(now, &floor, &[]);
        let crash = storm.crash;
        let seats: Vec<SeatId> = floor.policy.seats.keys().copied().collect();
        let first_crash = crash.map(|mean| chance.about(mean) + Duration::from_secs(600));
        let mut world = World {
            seed,
            chance,
            floor,
            storm,
            now,
            agenda: BTreeMap::new(),
            planned: 0,
            center,
            life: 0,
            log: Vec::new(),
            durable: 0,
            syncing: false,
            legs: BTreeMap::new(),
            last_leg: 1,
            relays: BTreeMap::new(),
            unsaved: BTreeSet::new(),
            seats_up: BTreeSet::new(),
            asked: 0,
            promised: BTreeMap::new(),
            auditor: Auditor::default(),
            report: Report { seed, ..Report::default() },
            stormy: true,
            replies: VecDeque::new(),
        };
        world.hand_out_ports();
        world.follow();
        for seat in seats {
            let after = world.chance.between(Duration::ZERO, Duration::from_secs(60));
            world.plan(after, Act::Register(seat));
            let after = world.chance.between(Duration::from_secs(60), Duration::from_secs(300));
            world.plan(after, Act::Whim(seat));
        }
        world.plan(Duration::from_secs(5), Act::Dial);
        if let Some(after) = first_crash {
            world.plan(after, Act::Crash);
        }
        world
    }

    /// A day of weather.
    pub fn play_day(&mut self) {
        self.report.days += 1;
        self.play_until(self.now + DAY);
    }

    /// No more callers, no more whims; everything up comes to rest, and the auditor looks.
    pub fn calm(&mut self) {
        self.stormy = false;
        self.play_until(self.now + CALM);
        let still_up = self.center.switch().calls_up();
        if still_up > 0 {
            let what = format!("{still_up} calls are still up after the calm");
            self.auditor.breach(self.log.len() as u64, 2, what);
        }
        if self.center.switch().ports_free() != usize::from(self.floor.ports) {
            let what = format!(
                "{} of {} voice ports came back",
                self.center.switch().ports_free(),
                self.floor.ports
            );
            self.auditor.breach(self.log.len() as u64, 2, what);
        }
        self.check_replay();
        self.auditor.rest();
    }

    /// The log as it is now.
    pub fn log(&self) -> &[Record] {
        &self.log
    }

    /// Counts and breaches so far.
    pub fn report(&self) -> Report {
        let mut report = self.report.clone();
        report.records = self.log.len() as u64;
        report.breaches = self.auditor.breaches().to_vec();
        report
    }

    fn play_until(&mut self, end: Timestamp) {
        loop {
            let act_at = self.agenda.first_key_value().map(|((at, _), _)| *at);
            let timeout = self.center.poll_timeout();
            let next = [act_at, timeout].into_iter().flatten().min();
            let Some(next) = next.filter(|at| *at <= end) else { break };
            self.now = self.now.max(next);
            if timeout.is_some_and(|at| at <= self.now) && act_at.is_none_or(|at| at >= next) {
                self.center.handle_input(self.now, Input::Timeout);
                self.follow();
                if self.center.poll_timeout() == timeout && timeout == Some(next) && act_at != Some(next) {
                    let what = format!("the center does nothing about its timeout {next}");
                    self.auditor.breach(self.log.len() as u64, 0, what);
                    return;
                }
                continue;
            }
            if let Some((_, act)) = self.agenda.pop_first() {
                self.act(act);
            }
        }
        self.now = end;
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Dial => self.dial(),
            Act::Deliver(event) => self.deliver(event),
            Act::Voice(event) => self.feed(Input::Media(event)),
            Act::Recorder(event) => {
                if let Event::RecordingClosed(closed) = &event {
                    self.unsaved.remove(&closed.call);
                }
                self.feed(Input::Note(event));
            }
            Act::Synced(seq) => {
                self.syncing = false;
                self.durable = seq;
                self.feed(Input::Durable(seq));
            }
            Act::Whim(seat) => self.whim(seat),
            Act::Register(seat) => {
                if self.seats_up.insert(seat) {
                    self.feed(Input::Sip(sip::Event::SeatReached { seat }));
                }
            }
            Act::Crash => self.crash(),
        }
    }

    // ---- citizens -------------------------------------------------------

    fn dial(&mut self) {
        if !self.stormy {
            return;
        }
        self.last_leg += 2;
        let leg = LegId(self.last_leg);
        let english = self.chance.one_in(12);
        let wrong = self.chance.one_in(200);
        let dialled = if wrong { "99999" } else if english { "12346" } else { "12345" };
        let caller = format!("1390000{:04}", self.chance.below(10_000));
        self.legs.insert(leg, Leg { kind: Kind::Caller, over: false });
        self.feed(Input::Arrival(Incoming {
            leg,
            origin: Origin::Trunk(TrunkId::from("telecom")),
            caller: Number::new(&caller),
            display: String::new(),
            dialled: Number::new(dialled),
            remote: Some(remote()),
        }));
        // Patience while waiting; a talk that began meanwhile may be cut by it, too.
        let patience = self.chance.about(Duration::from_secs(240)) + Duration::from_millis(50);
        let end = if self.chance.one_in(self.storm.lost_one_in) {
            LegEnd::Lost
        } else {
            LegEnd::ByeReceived
        };
        self.plan(patience, Act::Deliver(sip::Event::Ended { leg, end }));
        let mean = DAY.div_f64(f64::from(self.floor.calls_a_day.max(1)) * self.rush());
        let next = self.chance.about(mean);
        self.plan(next, Act::Dial);
    }

    /// How much busier than on average it is now: quiet nights, two peaks a day.
    fn rush(&self) -> f64 {
        let hour = f64::from(Zone::CHINA.second_of_day(self.now)) / 3_600.0;
        let peak = |at: f64| (-(hour - at).powi(2) / 4.0).exp();
        0.25 + 2.2 * peak(9.5) + 2.0 * peak(15.5)
    }

    // ---- people at seats -------------------------------------------------

    fn whim(&mut self, seat: SeatId) {
        let by = Actor::Person("somebody".into());
        let board = self.center.memory().wallboard.seats.get(&seat).cloned();
        let signed_in = board.is_some_and(|b| b.login != model::Login::LoggedOut);
        let command = match (signed_in, self.stormy, self.chance.below(10)) {
            (false, true, _) => Command::LogIn { seat, agent: None },
            (false, false, _) => return,
            (true, _, 0) => Command::LogOut { seat },
            (true, _, 1) => Command::NotReady { seat, reason: NotReadyReason::Break },
            (true, _, 2) => Command::ExtendWrapUp { seat, by: Duration::from_secs(30) },
            (true, _, 3) if self.seats_up.remove(&seat) => {
                let back = self.chance.about(Duration::from_secs(30));
                self.plan(back, Act::Register(seat));
                self.feed(Input::Sip(sip::Event::SeatUnreached { seat }));
                Command::Ready { seat }
            }
            (true, ..) => Command::Ready { seat },
        };
        self.ask(by, command);
        if !signed_in {
            let soon = self.chance.about(Duration::from_secs(5));
            self.plan(soon, Act::Whim(seat));
        } else if self.stormy {
            let later = self.chance.about(self.storm.whim);
            self.plan(later, Act::Whim(seat));
        }
    }

    fn ask(&mut self, by: Actor, command: Command) {
        self.asked += 1;
        let reply_to = self.asked;
        self.feed(Input::Command { reply_to, by, command });
    }

    // ---- the network ------------------------------------------------------

    fn deliver(&mut self, event: sip::Event) {
        let leg = match &event {
            sip::Event::Ringing { leg }
            | sip::Event::Answered { leg, .. }
            | sip::Event::Failed { leg, .. }
            | sip::Event::Ended { leg, .. }
            | sip::Event::Confirmed { leg, .. } => *leg,
            _ => return self.feed(Input::Sip(event)),
        };
        let Some(held) = self.legs.get_mut(&leg) else { return };
        if held.over {
            return;
        }
        match &event {
            sip::Event::Answered { .. } => {
                held.kind = Kind::Seat { answered: true };
                // The seat hangs up in the end, if the caller has not.
                let talk = self.chance.about(Duration::from_secs(170)) + Duration::from_secs(5);
                let end = LegEnd::ByeReceived;
                self.plan(talk, Act::Deliver(sip::Event::Ended { leg, end }));
            }
            sip::Event::Failed { .. } | sip::Event::Ended { .. } => {
                held.over = true;
                self.legs.remove(&leg);
            }
            _ => {}
        }
        self.feed(Input::Sip(event));
    }

    fn obey_sip(&mut self, command: sip::Command) {
        match command {
            sip::Command::Accept { leg, .. } => {
                let after = self.latency();
                self.plan(after, Act::Deliver(sip::Event::Confirmed { leg, remote: None }));
            }
            sip::Command::Reject { leg, .. } => {
                let after = self.latency();
                let end = LegEnd::HungUp;
                self.plan(after, Act::Deliver(sip::Event::Ended { leg, end }));
            }
            sip::Command::Dial(dial) => self.ring(&dial),
            sip::Command::HangUp { leg, .. } => {
                let Some(kind) = self.legs.get(&leg).map(|held| held.kind) else { return };
                let after = self.latency();
                let event = match kind {
                    Kind::Seat { answered: false } => sip::Event::Failed { leg, code: 487 },
                    Kind::Caller | Kind::Seat { answered: true } => {
                        sip::Event::Ended { leg, end: LegEnd::HungUp }
                    }
                };
                self.plan(after, Act::Deliver(event));
            }
            // Nothing at desk depth hangs on these.
            sip::Command::Ring { .. }
            | sip::Command::Direct { .. }
            | sip::Command::PutSeat(_)
            | sip::Command::RemoveSeat(_)
            | sip::Command::Register(_)
            | sip::Command::Drain => {}
        }
    }

    fn ring(&mut self, dial: &sip::Dial) {
        let leg = dial.leg;
        let Target::Seat(seat) = dial.to else { return };
        self.legs.insert(leg, Leg { kind: Kind::Seat { answered: false }, over: false });
        let soon = self.latency();
        if !self.seats_up.contains(&seat) {
            return self.plan(soon, Act::Deliver(sip::Event::Failed { leg, code: 480 }));
        }
        let (think, storm) = (self.chance.about(Duration::from_secs(3)), self.storm.clone());
        let think = think + soon;
        if self.chance.one_in(storm.dead_one_in) {
            // Timer B: nobody spoke for 64 T1.
            let after = Duration::from_secs(32);
            return self.plan(after, Act::Deliver(sip::Event::Failed { leg, code: 408 }));
        }
        if self.chance.one_in(storm.busy_one_in) {
            return self.plan(soon, Act::Deliver(sip::Event::Failed { leg, code: 486 }));
        }
        self.plan(soon, Act::Deliver(sip::Event::Ringing { leg }));
        if self.chance.one_in(storm.rejected_one_in) {
            self.plan(think, Act::Deliver(sip::Event::Failed { leg, code: 603 }));
        } else if !self.chance.one_in(storm.ignored_one_in) {
            let remote = remote();
            self.plan(think, Act::Deliver(sip::Event::Answered { leg, remote }));
        }
    }

    fn latency(&mut self) -> Duration {
        self.chance.between(Duration::from_millis(1), Duration::from_millis(60))
    }

    // ---- voice and recorder -------------------------------------------------

    fn obey_media(&mut self, command: media::Command) {
        let soon = self.chance.between(Duration::from_millis(1), Duration::from_millis(10));
        match command {
            media::Command::Open { call, rtp_port, record, prompts, .. } => {
                let relay =
                    Relay { ports: vec![rtp_port], seat_port: None, opened: self.now, record };
                self.relays.insert(call, relay);
                if record {
                    let started = RecordingStarted { call, file: file_of(call) };
                    self.unsaved.insert(call);
                    self.plan(soon, Act::Recorder(Event::RecordingStarted(started)));
                }
                self.prompts_end(call, &prompts);
            }
            media::Command::Play { call, prompts } => self.prompts_end(call, &prompts),
            media::Command::AddSeat { call, rtp_port } => {
                if let Some(relay) = self.relays.get_mut(&call) {
                    relay.seat_port = Some(rtp_port);
                }
            }
            media::Command::DropSeat { call } => {
                let port = self.relays.get_mut(&call).and_then(|relay| relay.seat_port.take());
                if let Some(rtp_port) = port {
                    self.plan(soon, Act::Voice(media::Event::PortFreed { rtp_port }));
                }
            }
            media::Command::Bridge { .. } | media::Command::Change { .. } => {}
            media::Command::Close { call } => self.close_relay(call, soon),
        }
    }

    fn prompts_end(&mut self, call: CallId, prompts: &[media::PromptId]) {
        if !prompts.is_empty() {
            let length = Duration::from_secs(4);
            self.plan(length, Act::Voice(media::Event::PromptsEnded { call }));
        }
    }

    fn close_relay(&mut self, call: CallId, soon: Duration) {
        let Some(mut relay) = self.relays.remove(&call) else { return };
        relay.ports.extend(relay.seat_port);
        let quality = media::Quality::default();
        let closed = media::Event::Closed { call, quality, ports: relay.ports };
        self.plan(soon, Act::Voice(closed));
        if relay.record {
            let closed = RecordingClosed {
                call,
                file: file_of(call),
                length_ms: self.now.ms_since(relay.opened),
                sha256: String::new(),
                caller_gap_ms: 0,
                hotline_gap_ms: 0,
            };
            self.plan(soon * 20, Act::Recorder(Event::RecordingClosed(closed)));
        }
    }

    // ---- disk and death -----------------------------------------------------

    fn write(&mut self, record: Record) {
        self.report.fingerprint = fingerprint(self.report.fingerprint, &record);
        match &record.event {
            Event::CallArrived(_) => self.report.arrived += 1,
            Event::CallConnected(_) => self.report.connected += 1,
            Event::CallEnded(e) if e.end == model::event::CallEnd::Abandoned => {
                self.report.abandoned += 1;
            }
            Event::CallRefused(_) => self.report.refused += 1,
            Event::OfferMade(_) => self.report.offers += 1,
            Event::OfferMissed(_) => self.report.missed += 1,
            _ => {}
        }
        self.log.push(record);
    }

    fn sync(&mut self) {
        let last = self.log.last().map_or(0, |record| record.seq);
        if self.syncing || last == self.durable {
            return;
        }
        self.syncing = true;
        let mut takes = self.chance.between(Duration::from_micros(200), self.storm.sync);
        if self.stormy && self.chance.one_in(100) {
            takes *= 100;
        }
        self.plan(takes, Act::Synced(last));
    }

    /// The engine dies: what was not synced may be gone; what was promised may not.
    fn crash(&mut self) {
        if !self.stormy {
            return;
        }
        self.report.crashes += 1;
        let unsynced = self.log.len() as u64 - self.durable;
        let survives = self.durable + self.chance.below(unsynced + 1);
        for (_, seq) in std::mem::take(&mut self.promised) {
            if seq > survives {
                self.auditor.breach(survives, 10, format!("record {seq} was promised and is lost"));
            }
        }
        self.log.truncate(survives as usize);
        self.agenda.retain(|_, act| outlives(act));
        self.legs.clear();
        self.relays.clear();
        self.replies.clear();
        self.life += 1;
        self.durable = survives;
        self.syncing = false;
        self.now += Duration::from_secs(3);
        // The auditor reads the log that is left, from its beginning.
        let breaches = std::mem::take(&mut self.auditor);
        // What was found outside the log; the rest is found again, or was lost with its records.
        for breach in breaches.breaches().iter().filter(|b| b.law == 10) {
            self.auditor.breach(breach.seq, breach.law, breach.what.clone());
        }
        for record in &self.log {
            self.auditor.apply(record);
        }
        self.center = Self::engine(self.now, &self.floor, &self.log);
        self.hand_out_ports();
        let saved: Vec<CallId> = std::mem::take(&mut self.unsaved).into_iter().collect();
        for call in saved {
            let salvaged = RecordingSalvaged {
                call,
                file: file_of(call),
                length_ms: 0,
                sha256: String::new(),
            };
            self.feed(Input::Note(Event::RecordingSalvaged(salvaged)));
        }
        // Files that were closed although the record of it was lost: they are found on disk.
        let closed: Vec<CallId> = self.center.memory().open_recordings.keys().copied().collect();
        for call in closed {
            let closed = RecordingClosed {
                call,
                file: file_of(call),
                length_ms: 0,
                sha256: String::new(),
                caller_gap_ms: 0,
                hotline_gap_ms: 0,
            };
            self.feed(Input::Note(Event::RecordingClosed(closed)));
        }
        self.follow();
        for seat in std::mem::take(&mut self.seats_up) {
            let after = self.chance.about(Duration::from_secs(20));
            self.plan(after, Act::Register(seat));
        }
        if let Some(mean) = self.storm.crash {
            let next = self.chance.about(mean) + Duration::from_secs(60);
            self.plan(next, Act::Crash);
        }
    }

    /// Law 9: what the center remembers is what its log says.
    fn check_replay(&mut self) {
        let mut replayed = Self::memory(&self.floor);
        for record in &self.log {
            replayed.apply(record);
        }
        if replayed != *self.center.memory() {
            let what = "what was replayed differs from what is remembered".to_owned();
            self.auditor.breach(self.log.len() as u64, 9, what);
        }
    }

    // ---- the machine -------------------------------------------------------

    fn memory(floor: &Floor) -> Memory {
        let queues: Vec<_> = floor.policy.queues.keys().cloned().collect();
        let seats: Vec<_> = floor.policy.seats.keys().copied().collect();
        Memory::new(Zone::CHINA, Wallboard::new(Zone::CHINA, queues, seats))
    }

    fn engine(now: Timestamp, floor: &Floor, log: &[Record]) -> Center {
        let mut memory = Self::memory(floor);
        for record in log {
            memory.apply(record);
        }
        Center::start(now, memory, floor.plan.clone(), floor.policy.clone(), "sim")
    }

    fn hand_out_ports(&mut self) {
        for n in 0..self.floor.ports {
            self.center.handle_input(self.now, Input::Port(20_000 + 2 * n));
        }
    }

    fn feed(&mut self, input: Input) {
        self.center.handle_input(self.now, input);
        self.follow();
    }

    fn follow(&mut self) {
        while let Some(output) = self.center.poll_output() {
            match output {
                Output::Sip(command) => self.obey_sip(command),
                Output::Media(command) => self.obey_media(command),
                Output::Append(record) => {
                    self.auditor.apply(&record);
                    self.write(record);
                }
                Output::Reply { reply_to, reply } => {
                    if reply.is_ok() {
                        // It was said to be durable: from here on it may not be lost.
                        self.promised.insert(reply_to, self.durable);
                        if self.promised.len() > PROMISES_KEPT {
                            self.promised.pop_first();
                        }
                    }
                }
                Output::Describe(_) => {}
            }
        }
        self.sync();
    }

    fn plan(&mut self, after: Duration, act: Act) {
        self.planned += 1;
        self.agenda.insert((self.now + after, self.planned), act);
    }
}

fn remote() -> Remote {
    Remote {
        rtp: ([127, 0, 0, 1], 30_000).into(),
        codec: Codec::Pcma,
        telephone_event: Some(101),
        ptime: Duration::from_millis(20),
        direction: Direction::SendRecv,
    }
}

fn file_of(call: CallId) -> String {
    format!("{call}.wav")
}

/// FNV-1a over what a record prints as.
fn fingerprint(before: u64, record: &Record) -> u64 {
    let seed = if before == 0 { 0xcbf2_9ce4_8422_2325 } else { before };
    let text = format!("{record:?}");
    text.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// 2026-11-22 in China.
const MIDNIGHT_US: u64 = 1_795_276_800_000_000;
const DAY: Duration = Duration::from_secs(86_400);
/// Longer than any caller's patience, any talk, any wrap-up and any back-off.
const CALM: Duration = Duration::from_secs(3 * 3_600);
/// The last promises are the ones a crash can break.
const PROMISES_KEPT: usize = 64;
