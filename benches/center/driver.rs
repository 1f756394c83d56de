//! A driver of the center that measures every turn.

use std::{
    collections::BTreeMap,
    hint::black_box,
    time::{Duration, Instant},
};

use center::{Center, Command, DeskRequest, Input, Memory, Output, Picture};
use deadlines::calendar::{Calendar, OfficeHours};
use model::{
    CalendarTable, CallId, Codec, Direction, Event, LegId, Number, PayloadTypes, RemoteMedia,
    SeatId, SignalledSource, TicketId, Timestamp, Zone,
    desk::Actor,
    event::{RecordingClosed, RecordingStarted, Role, SeatActor},
};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use sip::{Dial, Incoming, LegEnd, Origin};
use stats::Wallboard;
use ticketing::{Desk, DeskCommand, Rules, ticket::TicketCommand};

use crate::hotline::{Hotline, number, queue, trunk};

/// The kinds of turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Arrival,
    Signalling,
    Voice,
    Durable,
    Timeout,
    Picture,
}

impl Kind {
    pub(crate) const ALL: [Kind; 6] =
        [Kind::Arrival, Kind::Signalling, Kind::Voice, Kind::Durable, Kind::Timeout, Kind::Picture];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Arrival => "arrival",
            Kind::Signalling => "signalling",
            Kind::Voice => "voice",
            Kind::Durable => "durable",
            Kind::Timeout => "timeout",
            Kind::Picture => "picture",
        }
    }

    fn of(input: &Input) -> Kind {
        match input {
            Input::Arrival(_) => Kind::Arrival,
            Input::Media(_) => Kind::Voice,
            Input::Durable(_) => Kind::Durable,
            Input::Timeout => Kind::Timeout,
            _ => Kind::Signalling,
        }
    }
}

/// The times of the measured turns.
#[derive(Default)]
pub(crate) struct Figures {
    turns: Vec<(Duration, Kind)>,
    /// Turns in which a seat was offered a call.
    decisions: Vec<Duration>,
    ended_calls: u32,
}

impl Figures {
    pub(crate) fn turns(&self) -> usize {
        self.turns.len()
    }

    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        percentile(self.turns.iter().map(|(took, _)| *took).collect(), percent)
    }

    pub(crate) fn decision_percentile(&self, percent: usize) -> Duration {
        percentile(self.decisions.clone(), percent)
    }

    pub(crate) fn longest(&self, kind: Kind) -> Duration {
        let of_kind = self.turns.iter().filter(|(_, other)| *other == kind);
        of_kind.map(|(took, _)| *took).max().unwrap_or_default()
    }

    /// The processor's time for each call that ended.
    pub(crate) fn per_call(&self) -> Duration {
        let all: Duration = self.turns.iter().map(|(took, _)| *took).sum();
        all / self.ended_calls.max(1)
    }
}

fn percentile(mut times: Vec<Duration>, percent: usize) -> Duration {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    times.get(last * percent / 100).copied().unwrap_or_default()
}

/// Something that signalling or voice will tell the center.
#[derive(Clone, Debug)]
enum Later {
    Tell(Tell),
    NewCall,
    /// A clerk closes the ticket of a call.
    Close(TicketId),
}

#[derive(Clone, Debug)]
enum Tell {
    Ringing(LegId),
    Answered(LegId),
    Missed(LegId),
    Ended(LegId),
    /// The leg that the center hung up is over.
    HungUp(LegId),
    Closed(CallId),
}

/// The center with everything around it.
pub(crate) struct Driver {
    center: Center,
    now: Timestamp,
    chance: ChaCha8Rng,
    seats: u32,
    waiting: u32,
    agenda: BTreeMap<(Timestamp, u64), Later>,
    noted: u64,
    last_leg: u64,
    /// The voice ports of each call.
    ports: BTreeMap<CallId, Vec<u16>>,
    /// Records that are not durable yet.
    unsynced: u64,
    picture: Picture,
    /// When the last picture was begun, and at which record.
    pictured: (Timestamp, u64),
    figures: Figures,
    /// Whether turns are measured. Measured turns take memory.
    is_measured: bool,
    /// Whether a clerk closes the ticket of each call a minute after it was opened.
    has_clerk: bool,
    ended_calls: u64,
}

impl Driver {
    pub(crate) fn new(hotline: &Hotline) -> Driver {
        let calendar =
            Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
        let desk = Desk::new(Rules::shipped(), calendar, [7; 32]);
        let queues = (0..10).map(queue);
        let seats = (1..=hotline.seats).map(SeatId);
        let memory = Memory::new(Wallboard::new(Zone::CHINA, queues, seats), desk);
        let now = Timestamp::from_micros(1_795_334_400_000_000);
        let mut center = Center::start(now, memory, hotline.plan(), hotline.policy(), "bench");
        let picture = center.start_pictures();
        let mut driver = Driver {
            center,
            now,
            chance: ChaCha8Rng::seed_from_u64(1),
            seats: hotline.seats,
            waiting: hotline.waiting,
            agenda: BTreeMap::new(),
            noted: 0,
            last_leg: 1,
            ports: BTreeMap::new(),
            unsynced: 0,
            picture,
            pictured: (now, 0),
            figures: Figures::default(),
            is_measured: true,
            has_clerk: false,
            ended_calls: 0,
        };
        driver.drain();
        // The center does not look at the numbers, so that more calls than ports can wait.
        for n in 0..hotline.seats * 3 + hotline.waiting * 2 {
            let port = 10_000 + 2 * u16::try_from(n % 20_000).unwrap_or_default();
            driver.input(Input::Port(port));
        }
        driver
    }

    pub(crate) fn seats_sign_in(&mut self) {
        for seat in (1..=self.seats).map(SeatId) {
            self.input(Input::Sip(sip::Event::SeatReached { seat }));
        }
    }

    /// Every seat gets a call, and then the waiting calls arrive, all in one moment.
    pub(crate) fn calls_fill_the_queues(&mut self) {
        for _ in 0..self.seats {
            self.arrive();
        }
        self.play(Duration::from_secs(15));
        let moment = self.now;
        for _ in 0..self.waiting {
            self.arrive();
            self.now = moment;
        }
        self.play(Duration::from_secs(5));
    }

    /// From now on calls are recorded, a clerk closes their tickets, and no turn is measured: what
    /// memory grows by then is what ended calls leave.
    pub(crate) fn close_tickets(&mut self) {
        self.has_clerk = true;
        self.is_measured = false;
        self.figures = Figures::default();
    }

    pub(crate) fn center(&self) -> &Center {
        &self.center
    }

    /// The calls that have ended since the beginning.
    pub(crate) fn ended_calls(&self) -> u64 {
        self.ended_calls
    }

    pub(crate) fn forget_figures(&mut self) {
        self.figures = Figures::default();
    }

    pub(crate) fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Lets virtual time pass: whatever is due first happens first.
    pub(crate) fn play(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            self.make_picture();
            let listed = self.agenda.first_key_value().map(|((at, _), _)| *at);
            let timeout = self.center.poll_timeout();
            let part = self.center.has_open_picture().then_some(self.now);
            let Some(next) = listed.into_iter().chain(timeout).chain(part).min() else { return };
            if next > end {
                return;
            }
            self.now = self.now.max(next);
            if listed.is_some_and(|at| at <= self.now)
                && let Some((_, later)) = self.agenda.pop_first()
            {
                self.happens(later);
            }
            if self.center.poll_timeout().is_some_and(|at| at <= self.now) {
                self.input(Input::Timeout);
            }
            if self.unsynced >= SYNC_EVERY {
                self.unsynced = 0;
                let seq = self.center.memory().seq;
                self.input(Input::Durable(seq));
            }
        }
    }

    fn happens(&mut self, later: Later) {
        let tell = match later {
            Later::NewCall => return self.arrive(),
            Later::Close(ticket) => return self.void(ticket),
            Later::Tell(tell) => tell,
        };
        let input = match tell {
            Tell::Ringing(leg) => Input::Sip(sip::Event::Ringing { leg }),
            Tell::Answered(leg) => Input::Sip(sip::Event::Answered { leg, remote: remote() }),
            Tell::Missed(leg) => Input::Sip(sip::Event::Failed { leg, code: 486 }),
            Tell::Ended(leg) => {
                let end = LegEnd::ByeReceived;
                Input::Sip(sip::Event::Ended { leg, end })
            }
            Tell::HungUp(leg) => Input::Sip(sip::Event::Ended { leg, end: LegEnd::HungUp }),
            Tell::Closed(call) => {
                let ports = self.ports.remove(&call).unwrap_or_default();
                let quality = media::Quality::default();
                self.figures.ended_calls += 1;
                self.ended_calls += 1;
                self.later(Duration::ZERO, Later::NewCall);
                if self.has_clerk {
                    self.input(Input::Note(Event::RecordingClosed(recording(call))));
                }
                Input::Media(media::Event::Closed { call, quality, ports })
            }
        };
        self.input(input);
    }

    /// The clerk's command: the draft of a call that needs no ticket.
    fn void(&mut self, ticket: TicketId) {
        let reason = "played by a machine".to_owned();
        let request = DeskRequest {
            by: Actor::Person {
                account: "clerk".into(),
                role: Role::Agent,
                unit: None,
                outsourced: false,
            },
            command: DeskCommand::Ticket(ticket, TicketCommand::Void { reason }),
            expected: None,
            key: None,
        };
        self.input(Input::Command {
            reply_to: ticket.0,
            by: SeatActor::Person("clerk".into()),
            command: Command::Desk(Box::new(request)),
        });
    }

    fn arrive(&mut self) {
        self.last_leg += 2;
        let line = self.below(60);
        let incoming = Incoming {
            leg: LegId(self.last_leg),
            origin: Origin::Trunk(trunk()),
            caller: Number::new(&format!("139{:08}", self.last_leg % 100_000_000)),
            display: String::new(),
            dialled: Number::new(&number(line)),
            remote: Some(remote()),
            signalled: SignalledSource::default(),
        };
        self.input(Input::Arrival(incoming));
        // One caller of twenty gives up.
        if self.below(20) == 0 {
            let patience = Duration::from_millis(u64::from(self.below(60_000)));
            self.later(patience, Later::Tell(Tell::Ended(LegId(self.last_leg))));
        }
    }

    /// One turn: an input and its outputs.
    fn input(&mut self, input: Input) {
        let kind = Kind::of(&input);
        let started = Instant::now();
        self.center.handle_input(self.now, input);
        let mut outputs = Vec::new();
        while let Some(output) = self.center.poll_output() {
            outputs.push(output);
        }
        self.measured(kind, started.elapsed(), &outputs);
        for output in outputs {
            self.carry_out(output);
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.center.poll_output() {
            self.carry_out(output);
        }
    }

    fn measured(&mut self, kind: Kind, took: Duration, outputs: &[Output]) {
        self.now += took;
        if !self.is_measured {
            return;
        }
        self.figures.turns.push((took, kind));
        let dials = |output: &&Output| matches!(output, Output::Sip(sip::Command::Dial(_)));
        if outputs.iter().filter(dials).count() == 1 {
            self.figures.decisions.push(took);
        }
    }

    /// The part of the engine's thread for the wallboard after each round. The other thread's work
    /// is done here too, and not counted.
    fn make_picture(&mut self) {
        let (at, seq) = self.pictured;
        let started = Instant::now();
        if self.center.memory().seq != seq && self.now.since(at) >= PICTURE_EVERY {
            self.pictured = (self.now, self.center.memory().seq);
            self.center.begin_picture();
        }
        if let Some(part) = self.center.poll_picture(self.now) {
            self.measured(Kind::Picture, started.elapsed(), &[]);
            drop(black_box(self.picture.apply(part)));
        }
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Sip(sip::Command::Dial(Dial { leg, .. })) => {
                self.later(Duration::from_millis(80), Later::Tell(Tell::Ringing(leg)));
                let rings = Duration::from_millis(u64::from(2_000 + self.below(4_000)));
                let outcome = match self.below(20) {
                    0 => Tell::Missed(leg),
                    _ => Tell::Answered(leg),
                };
                self.later(rings, Later::Tell(outcome.clone()));
                if let Tell::Answered(leg) = outcome {
                    let talks = Duration::from_millis(u64::from(60_000 + self.below(240_000)));
                    self.later(rings + talks, Later::Tell(Tell::Ended(leg)));
                }
            }
            Output::Sip(sip::Command::HangUp { leg, .. }) => {
                self.later(Duration::from_millis(5), Later::Tell(Tell::HungUp(leg)));
            }
            Output::Media(media::Command::Open { call, rtp_port, .. }) => {
                self.ports.entry(call).or_default().push(rtp_port);
                if self.has_clerk {
                    let RecordingClosed { call, file, .. } = recording(call);
                    self.input(Input::Note(Event::RecordingStarted(RecordingStarted {
                        call,
                        file,
                    })));
                }
            }
            Output::Media(media::Command::AddLeg { call, rtp_port, .. }) => {
                self.ports.entry(call).or_default().push(rtp_port);
            }
            Output::Media(media::Command::Close { call }) => {
                self.later(Duration::from_millis(5), Later::Tell(Tell::Closed(call)));
            }
            Output::Append(record) => {
                self.unsynced += 1;
                match record.event {
                    Event::TicketOpened(opened) => self.closes_later(opened.ticket),
                    Event::MissedCallFiled(filed) => self.closes_later(filed.ticket),
                    _ => {}
                }
            }
            Output::Sip(_) | Output::Media(_) | Output::Reply { .. } | Output::Describe(_) => {}
        }
    }

    fn closes_later(&mut self, ticket: TicketId) {
        if self.has_clerk {
            self.later(Duration::from_secs(60), Later::Close(ticket));
        }
    }

    fn later(&mut self, after: Duration, later: Later) {
        self.noted += 1;
        self.agenda.insert((self.now + after, self.noted), later);
    }

    fn below(&mut self, n: u32) -> u32 {
        self.chance.next_u32() % n
    }
}

fn recording(call: CallId) -> RecordingClosed {
    RecordingClosed {
        call,
        file: format!("2026/11/22/{call}.wav"),
        length_ms: 60_000,
        sha256: "0".repeat(64),
        caller_gap_ms: 0,
        hotline_gap_ms: 0,
    }
}

fn remote() -> RemoteMedia {
    RemoteMedia {
        rtp: ([127, 0, 0, 1], 4_000).into(),
        codec: Codec::Pcma,
        send: PayloadTypes::of(Codec::Pcma, None),
        receive: PayloadTypes::of(Codec::Pcma, None),
        ptime: Duration::from_millis(20),
        direction: Direction::SendRecv,
        signalled: SignalledSource::default(),
    }
}

/// The shortest time between two pictures, as in the engine.
const PICTURE_EVERY: Duration = Duration::from_millis(250);
/// Records that one sync of the disk makes durable.
const SYNC_EVERY: u64 = 64;
