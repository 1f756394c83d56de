//! The world around the center: citizens, agents, lines, voice, a disk, and crashes.
//!
//! The loop takes the earliest of the agenda, the lines and the center's timeout, feeds it to the
//! center, and passes the outputs on.
//!
//! - `people`: the callers, and what agents decide to do.
//! - `voice`: relays and recorder, at command level.
//! - `disk`: the log, what was synced and acknowledged, and what a crash leaves of it.
//! - `durable`: the durable log as folds, and the checks on it.
//! - `desk`: the staff of the back office, when it is played.
//! - `scene`: what a story makes the world do.

mod desk;
mod disk;
mod durable;
mod people;
pub(crate) mod scene;
mod voice;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use center::{Center, Input, Memory, Output};
use deadlines::calendar::{Calendar, OfficeHours};
use model::{
    CalendarTable, CallId, Event, LegId, Number, Record, SeatId, Seq, TicketId, Timestamp, Zone,
};
use stats::Wallboard;
use ticketing::{Desk, Rules};

use crate::{
    Auditor, Depth, Hotline, Report, Storm,
    agenda::Agenda,
    chance::Chance,
    lines::Lines,
    office::{City, Office},
    output::SignallingOutput,
};
use durable::DurableState;
use voice::Relay;

/// A hotline and everything around it.
pub struct World {
    chance: Chance,
    hotline: Hotline,
    storm: Storm,
    now: Timestamp,
    agenda: Agenda<WorldEvent>,
    /// `None` while the engine is down.
    center: Option<Center>,
    lines: Lines,
    /// The staff of the back office, when it is played.
    office: Option<Office>,
    /// The memory of an engine before the first record.
    blank: Memory,
    /// The state that is made from the durable records.
    durable_state: DurableState,
    /// Records that are written and not known to be on disk.
    tail: VecDeque<Record>,
    durable: Seq,
    syncing: bool,
    relays: BTreeMap<CallId, Relay>,
    unsaved: BTreeSet<CallId>,
    asked: u64,
    promised: BTreeMap<u64, Seq>,
    /// The last record acknowledged to each ticket's people since midnight.
    acked: BTreeMap<TicketId, Seq>,
    /// Commands of a story that were rejected, with the reasons.
    denied: Vec<String>,
    /// Whether the power fails in the middle of the next write.
    torn: bool,
    auditor: Auditor,
    report: Report,
    stormy: bool,
    /// Inputs since the clock last moved; a machine that loops is detected by it.
    busy: u32,
}

/// A planned event.
#[derive(Debug)]
enum WorldEvent {
    /// A citizen dials.
    Call,
    /// A given caller dials.
    Dial(String),
    /// A given caller hangs up if still waiting.
    Abandons(LegId, Number),
    /// The voice thread reports an event.
    Voice(media::Event),
    /// The recorder reports an event.
    Recorder(Event),
    /// The disk has synced up to here.
    Synced(Seq),
    /// An agent does something.
    SeatActs(SeatId),
    /// The engine dies.
    Crash,
    /// The engine is started again.
    Restart,
}

impl World {
    /// A hotline about to open: at midnight at desk depth, at nine in the morning at wire depth.
    pub fn new(seed: u64, depth: Depth, hotline: Hotline, storm: Storm) -> World {
        let opens = match depth {
            Depth::Desk => MIDNIGHT_US,
            Depth::Wire => MIDNIGHT_US + 9 * 3_600 * 1_000_000,
        };
        World::open(seed, depth, hotline, storm, Timestamp::from_micros(opens), None)
    }

    /// The reference hotline with its back office, from the Monday three weeks before Spring
    /// Festival 2026: 80 seats, 51 units, 2,000 calls a day.
    pub fn with_office(seed: u64, storm: Storm, city: &City) -> World {
        let now = Timestamp::from_micros(MONDAY_US);
        let mut hotline = Hotline::reference();
        // The daily curve removes an eighth of them, which leaves 2,000.
        hotline.calls_a_day = 2_300;
        let mut world = World::open(seed, Depth::Desk, hotline, storm, now, Some(city.desk()));
        world.open_office(seed, city);
        world
    }

    fn open(
        seed: u64,
        depth: Depth,
        hotline: Hotline,
        storm: Storm,
        now: Timestamp,
        desk: Option<Desk>,
    ) -> World {
        let mut chance = Chance::new(seed);
        let blank = Self::memory(&hotline, desk);
        let durable_state = DurableState::new(blank.clone(), storm.snapshot_within);
        let seats: Vec<SeatId> = hotline.policy.seats.keys().copied().collect();
        let mut lines = Lines::new(depth, chance.branch(), &hotline, storm.clone());
        lines.open(now, &seats);
        let mut world = World {
            center: Some(Self::engine(now, &hotline, durable_state.memory.clone())),
            office: None,
            blank,
            durable_state,
            lines,
            chance,
            hotline,
            storm,
            now,
            agenda: Agenda::new(),
            tail: VecDeque::new(),
            durable: 0,
            syncing: false,
            relays: BTreeMap::new(),
            unsaved: BTreeSet::new(),
            asked: 0,
            promised: BTreeMap::new(),
            acked: BTreeMap::new(),
            denied: Vec::new(),
            torn: false,
            auditor: Auditor::default(),
            report: Report { seed, ..Report::default() },
            stormy: true,
            busy: 0,
        };
        world.add_voice_ports();
        for seat in seats {
            let after = world.chance.between(Duration::from_secs(60), Duration::from_secs(300));
            world.plan(after, WorldEvent::SeatActs(seat));
        }
        world.plan(Duration::from_secs(5), WorldEvent::Call);
        world.plan_death(Duration::from_secs(600));
        world
    }

    /// Plays a day with faults; at wire depth one of its busy hours.
    pub fn play_day(&mut self) {
        self.report.days += 1;
        match self.lines {
            Lines::Desk(_) => self.play(DAY),
            Lines::Wire(_) => self.play(HOUR),
        }
        if self.office.is_some() {
            self.end_the_day();
        }
    }

    /// Plays this span with faults.
    pub fn play(&mut self, span: Duration) {
        self.play_until(self.now + span);
    }

    /// Ends new calls and faults, waits until everything has ended, and lets the auditor check.
    pub fn calm(&mut self) {
        self.stormy = false;
        self.lines.calm(self.now);
        if let Lines::Wire(_) = self.lines {
            self.lull();
        }
        self.play(match self.lines {
            Lines::Desk(_) => CALM,
            Lines::Wire(_) => HOUR,
        });
        if let Lines::Wire(wire) = &mut self.lines {
            wire.close(self.now);
            self.play(CLOSING);
        }
        self.look_at_rest();
    }

    /// Counts and violations so far.
    pub fn report(&self) -> Report {
        let mut report = self.report.clone();
        report.records = self.written();
        report.violations = self.auditor.violations().to_vec();
        if let Lines::Wire(wire) = &self.lines {
            report.wire = wire.tally();
        }
        report
    }

    /// Plays a span without hang-ups and losses; at its end both ends of every leg must agree that
    /// it is up.
    fn lull(&mut self) {
        self.set_hanging_up(false);
        self.play(LULL);
        if let (Lines::Wire(wire), Some(center)) = (&self.lines, &self.center) {
            let in_calls: Vec<SeatId> = center.switch().seats_in_calls().collect();
            for what in wire.disagreements(center.switch().calls_up(), &in_calls) {
                self.violation(12, what);
            }
        }
        self.set_hanging_up(true);
    }

    fn set_hanging_up(&mut self, may: bool) {
        if let Lines::Wire(wire) = &mut self.lines {
            wire.set_hanging_up(may);
        }
    }

    fn look_at_rest(&mut self) {
        if let Some(center) = &self.center {
            let (up, free) = (center.switch().calls_up(), center.switch().ports_free());
            if up > 0 {
                self.violation(2, format!("{up} calls are still up after the calm"));
            }
            if free != usize::from(self.hotline.ports) {
                self.violation(
                    2,
                    format!("{free} of {} voice ports came back", self.hotline.ports),
                );
            }
        }
        if let Lines::Wire(wire) = &self.lines {
            for what in wire.unrest() {
                self.violation(12, what);
            }
        }
        self.check_replay();
        self.auditor.rest();
    }

    fn play_until(&mut self, end: Timestamp) {
        loop {
            let timeout = self.center.as_ref().and_then(Center::poll_timeout);
            let office = self.center.as_ref().and(self.office.as_ref());
            let office = office.and_then(Office::poll_timeout);
            let lines = self.lines.poll_timeout();
            let all = [self.agenda.next(), lines, timeout, office];
            let Some(next) = all.into_iter().flatten().min().filter(|at| *at <= end) else { break };
            if next > self.now {
                (self.now, self.busy) = (next, 0);
            }
            self.busy += 1;
            if self.busy > BUSY_MAX {
                self.violation(0, format!("the timeout at {next} changes nothing"));
                return;
            }
            if let Some(event) = self.agenda.take(self.now) {
                self.handle(event);
            } else if lines.is_some_and(|at| at <= self.now) {
                self.lines.handle_timeout(self.now);
                self.follow();
            } else if office.is_some_and(|at| at <= self.now) {
                self.work();
            } else {
                self.feed(Input::Timeout);
            }
        }
        self.now = end;
    }

    fn handle(&mut self, event: WorldEvent) {
        match event {
            WorldEvent::Call => self.call(),
            WorldEvent::Dial(caller) => self.dial(&caller),
            WorldEvent::Abandons(leg, caller) => self.abandon(leg, &caller),
            WorldEvent::Voice(event) => self.feed(Input::Media(event)),
            WorldEvent::Recorder(event) => self.recorder_says(event),
            WorldEvent::Synced(seq) => {
                self.syncing = false;
                self.durable = seq;
                self.keep(seq);
                self.feed(Input::Durable(seq));
            }
            WorldEvent::SeatActs(seat) => self.act_at_seat(seat),
            WorldEvent::Crash => self.crash(),
            WorldEvent::Restart => self.restart(),
        }
    }

    // ---- the machine -------------------------------------------------------

    fn memory(hotline: &Hotline, desk: Option<Desk>) -> Memory {
        let queues: Vec<_> = hotline.policy.queues.keys().cloned().collect();
        let seats: Vec<_> = hotline.policy.seats.keys().copied().collect();
        let desk = desk.unwrap_or_else(|| {
            let hours = OfficeHours::default();
            let calendar = Calendar::new(Zone::CHINA, hours, &CalendarTable::default());
            Desk::new(Rules::shipped(), calendar, [7; 32])
        });
        Memory::new(Wallboard::new(Zone::CHINA, queues, seats), desk)
    }

    fn engine(now: Timestamp, hotline: &Hotline, memory: Memory) -> Center {
        Center::start(now, memory, hotline.plan.clone(), hotline.policy.clone(), "sim")
    }

    fn add_voice_ports(&mut self) {
        for n in 0..self.hotline.ports {
            self.feed(Input::Port(20_000 + 2 * n));
        }
    }

    /// Feeds an input to the center, if it is up, and handles the outputs.
    fn feed(&mut self, input: Input) {
        if let Some(center) = &mut self.center {
            center.handle_input(self.now, input);
        }
        self.follow();
    }

    fn follow(&mut self) {
        loop {
            while let Some(output) = self.center.as_mut().and_then(Center::poll_output) {
                self.handle_output(output);
                if std::mem::take(&mut self.torn) {
                    return self.crash();
                }
            }
            match self.lines.poll_output() {
                Some(SignallingOutput::Center(input)) => {
                    if let Some(center) = &mut self.center {
                        center.handle_input(self.now, *input);
                    }
                }
                Some(SignallingOutput::Violation(invariant, what)) => {
                    self.violation(invariant, what)
                }
                None => break,
            }
        }
        self.sync();
    }

    fn handle_output(&mut self, output: Output) {
        match output {
            Output::Sip(command) => self.lines.handle_command(self.now, command),
            Output::Media(command) => self.handle_media_command(command),
            Output::Append(record) => {
                self.auditor.apply(&record);
                self.write(record);
            }
            Output::Reply { reply_to, reply } => match reply {
                Ok(done) => self.promise(reply_to, done),
                Err(no) => match &mut self.office {
                    Some(office) => office.refused(self.now, reply_to, no.to_string()),
                    None => self.denied.push(no.to_string()),
                },
            },
            Output::Describe(_) => {}
        }
    }

    fn plan(&mut self, after: Duration, event: WorldEvent) {
        self.agenda.plan(self.now + after, event);
    }

    /// Adds a violation found outside the log.
    fn violation(&mut self, invariant: u8, what: String) {
        self.auditor.found(self.written(), invariant, what);
    }
}

/// 2026-01-26 in China, a Monday. The calendar's holidays are those of 2026.
const MONDAY_US: u64 = 1_769_356_800_000_000;
/// 2026-11-22 in China.
const MIDNIGHT_US: u64 = 1_795_276_800_000_000;
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
/// Two session intervals of the wire's phones and more: an end whose peer is gone has noticed.
const LULL: Duration = Duration::from_secs(25 * 60);
/// Longer than any caller's patience, any talk, any wrap-up and any back-off.
const CALM: Duration = Duration::from_secs(3 * 3_600);
/// Long enough for the phones to sign off and the last transaction to end.
const CLOSING: Duration = Duration::from_secs(300);
/// More inputs than all phones of a hotline send in one microsecond.
const BUSY_MAX: u32 = 100_000;
