//! The live picture: queues, who waits, every seat and its timer.

mod kept;

use std::{collections::BTreeMap, time::Duration};

use model::{
    AccountName, CallId, Date, Event, Login, NotReadyReason, Number, QueueId, Record, SeatId,
    Timestamp, WorkState, Zone,
    event::{AfterTalk, Alarm, CallConnected, CallEnd, CallEnded, MissedReason, SeatActor},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Forecast;

pub use kept::KeptWallboard;

/// What hangs on the wall. 大屏
///
/// Counters are today's: they begin anew at local midnight. Who waits over
/// midnight counts as offered on the new day, so that at every moment
/// offered = answered + abandoned + flowed out + waiting.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Wallboard {
    /// The last record it has seen.
    pub seq: u64,
    /// By name.
    pub queues: BTreeMap<QueueId, QueueBoard>,
    /// By number.
    pub seats: BTreeMap<SeatId, SeatBoard>,
    /// Alarms that are up.
    pub alarms: BTreeMap<Alarm, String>,
    #[serde(skip)]
    zone: Zone,
    #[serde(skip)]
    today: Date,
    /// Where each waiting call waits, since when, and how long it was expected to.
    #[serde(skip)]
    places: Places,
}

/// Waiting calls: the queue, since when, and the wait that was expected, in ms.
type Places = BTreeMap<CallId, (QueueId, Timestamp, Option<u64>)>;

/// One queue, now and since local midnight.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QueueBoard {
    /// Who waits, longest first. 排队
    pub waiting: Vec<WaitingCall>,
    /// Entered today. 今日呼入
    pub offered: u64,
    /// Answered today. 今日接通
    pub answered: u64,
    /// Left before a seat answered, today. 今日放弃
    pub abandoned: u64,
    /// Left by rule, today.
    pub flowed_out: u64,
    /// Answered within the threshold of 15 s today (GB/T 33358).
    pub answered_in_15s: u64,
    /// Sum of the waits of the answered, in ms; ASA = this / answered.
    pub answered_wait_ms: u64,
    /// How good the expected waits were, today.
    pub forecast: Forecast,
}

/// One who waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WaitingCall {
    /// The call.
    pub call: CallId,
    /// The caller's number as [`Number::masked`] shows it, empty when withheld: the wall hangs
    /// where everybody sees it. Filled in by [`Wallboard::name_callers`], `None` before.
    #[serde(default)]
    pub caller: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Higher goes first.
    pub priority: u8,
    /// The seat it rings at, while it does.
    pub ringing: Option<SeatId>,
    /// Its place, from 1. Not of the log: whoever knows the line fills it in.
    pub position: Option<u32>,
    /// How long it will still wait, in ms, when enough is known to say so. Filled in likewise.
    pub expected_ms: Option<u64>,
}

/// One seat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SeatBoard {
    /// Whether its phone can be reached: the device state.
    pub reachable: bool,
    /// Who is signed in: the login state.
    pub login: Login,
    /// What they do: the work state; `None` when signed out.
    pub work: Option<WorkState>,
    /// Whether a person signed out here. A seat with `starts_ready` then stays signed out.
    #[serde(default)]
    pub signed_out: bool,
    /// Since when the login and work states are what they are; signed out, the device state.
    pub since: Timestamp,
    /// Not ready: when it is ready again by itself.
    pub back: Option<Timestamp>,
    /// Talking: what happens when the talk ends, instead of wrap-up.
    pub next: Option<AfterTalk>,
    /// Who asked for that.
    #[serde(skip)]
    pub next_by: Option<SeatActor>,
    /// Calls taken today.
    pub answered: u64,
    /// Offers missed today.
    pub missed: u64,
    /// What its phone did with the last offer it missed, until it takes a call.
    #[serde(default)]
    pub last_missed: Option<MissedReason>,
    /// Talked today, in ms; a talk over midnight counts on the day it ends.
    pub talk_ms: u64,
}

impl Default for SeatBoard {
    fn default() -> SeatBoard {
        SeatBoard {
            reachable: false,
            login: Login::LoggedOut,
            work: None,
            signed_out: false,
            since: Timestamp::default(),
            back: None,
            next: None,
            next_by: None,
            answered: 0,
            missed: 0,
            last_missed: None,
            talk_ms: 0,
        }
    }
}

impl SeatBoard {
    /// The person signed in, when known.
    pub fn agent(&self) -> Option<&AccountName> {
        match &self.login {
            Login::LoggedIn { agent } => agent.as_ref(),
            Login::LoggedOut => None,
        }
    }

    fn does(&mut self, at: Timestamp, work: Option<WorkState>) {
        if let Some(WorkState::Talking { .. }) = self.work {
            self.talk_ms += at.ms_since(self.since);
        }
        let goes_on = match (&self.work, &work) {
            // An extension: the timer counts from the beginning.
            (Some(WorkState::WrapUp { call, .. }), Some(WorkState::WrapUp { call: same, .. })) => {
                call == same
            }
            _ => false,
        };
        self.work = work;
        (self.back, self.next, self.next_by) = (None, None, None);
        if !goes_on {
            self.since = at;
        }
    }

    fn reaches(&mut self, at: Timestamp, reachable: bool) {
        self.reachable = reachable;
        if self.work.is_none() {
            self.since = at;
        }
    }
}

impl Default for Wallboard {
    fn default() -> Wallboard {
        Wallboard::new(Zone::CHINA, [], [])
    }
}

impl Wallboard {
    /// A wall that knows its queues and seats before anything happens there.
    pub fn new(
        zone: Zone,
        queues: impl IntoIterator<Item = QueueId>,
        seats: impl IntoIterator<Item = SeatId>,
    ) -> Wallboard {
        Wallboard {
            seq: 0,
            queues: queues.into_iter().map(|queue| (queue, QueueBoard::default())).collect(),
            seats: seats.into_iter().map(|seat| (seat, SeatBoard::default())).collect(),
            alarms: BTreeMap::new(),
            zone,
            today: zone.date(Timestamp::default()),
            places: BTreeMap::new(),
        }
    }

    /// Follow one record.
    pub fn apply(&mut self, record: &Record) {
        self.seq = record.seq;
        let at = record.at;
        self.turn_the_day(at);
        match &record.event {
            Event::CallQueued(e) => {
                let board = self.queues.entry(e.queue.clone()).or_default();
                let waits = WaitingCall {
                    call: e.call,
                    caller: None,
                    since: at,
                    priority: e.priority,
                    ringing: None,
                    position: None,
                    expected_ms: None,
                };
                let place = board.waiting.partition_point(|w| w.since <= at);
                board.waiting.insert(place, waits);
                board.offered += 1;
                self.places.insert(e.call, (e.queue.clone(), at, e.expected_ms));
            }
            Event::CallConnected(e) => {
                self.answered(e);
                self.seat(e.seat).answered += 1;
            }
            Event::CallLeftQueue(e) => {
                if let Some(board) = self.leaves(e.call) {
                    board.flowed_out += 1;
                }
            }
            Event::CallEnded(e) => self.ended(e),
            Event::OfferMade(e) => {
                let work = WorkState::Alerting { call: e.call, until: e.until };
                self.seat(e.seat).does(at, Some(work));
                self.rings(e.call, Some(e.seat));
            }
            Event::OfferAccepted(e) => {
                self.seat(e.seat).last_missed = None;
                self.seat(e.seat).does(at, Some(WorkState::Talking { call: e.call }));
            }
            Event::OfferMissed(e) => {
                let seat = self.seat(e.seat);
                seat.missed += 1;
                seat.last_missed = e.reason;
                seat.does(at, Some(WorkState::Ready));
                self.rings(e.call, None);
            }
            Event::OfferWithdrawn(e) => {
                self.seat(e.seat).does(at, Some(WorkState::Ready));
                self.rings(e.call, None);
            }
            Event::SeatReached(e) => self.seat(e.seat).reaches(at, true),
            Event::SeatUnreached(e) => self.seat(e.seat).reaches(at, false),
            Event::SeatLoggedIn(e) => {
                let seat = self.seat(e.seat);
                if seat.login == Login::LoggedOut {
                    // Signed in, and not yet ready: nobody said so.
                    let reason = NotReadyReason::System;
                    seat.does(at, Some(WorkState::NotReady { reason }));
                }
                seat.login = Login::LoggedIn { agent: e.agent.clone() };
                seat.signed_out = false;
            }
            Event::SeatLoggedOut(e) => {
                let seat = self.seat(e.seat);
                seat.does(at, None);
                seat.login = Login::LoggedOut;
                seat.signed_out = true;
            }
            Event::SeatReady(e) => self.seat(e.seat).does(at, Some(WorkState::Ready)),
            Event::SeatNotReady(e) => {
                let work = WorkState::NotReady { reason: e.reason.clone() };
                let seat = self.seat(e.seat);
                seat.does(at, Some(work));
                seat.back = e.back;
            }
            Event::SeatNextSet(e) => {
                let seat = self.seat(e.seat);
                seat.next = e.next.clone();
                seat.next_by = e.next.as_ref().map(|_| e.by.clone());
            }
            Event::SeatWrapUpStarted(e) => {
                let work = WorkState::WrapUp { call: e.call, until: e.until };
                self.seat(e.seat).does(at, Some(work));
            }
            Event::EngineStarted(_) => {
                // A start forgets which phones were there: they register again. What is wrong
                // still is found again, too, unless it was found in the log itself.
                self.seats.values_mut().for_each(|s| s.reachable = false);
                self.alarms.retain(|alarm, _| alarm.stays_until_settled());
            }
            Event::AlarmRaised(e) => drop(self.alarms.insert(e.alarm, e.text.clone())),
            Event::AlarmCleared(e) => drop(self.alarms.remove(&e.alarm)),
            Event::AlarmSettled(e) => drop(self.alarms.remove(&e.alarm)),
            Event::ClockStepped(e) => self.jump(Duration::from_micros(e.jump_us)),
            Event::RecordImported(e) => self.count_imported(&e.record),
            // Not in a queue yet, no longer in one, or not shown on the wallboard.
            _ => {}
        }
    }

    /// The clock was set forward: whoever waits, rings or rests has not done so for that much longer.
    fn jump(&mut self, by: Duration) {
        for waits in self.queues.values_mut().flat_map(|board| &mut board.waiting) {
            waits.since += by;
        }
        self.places.values_mut().for_each(|(_, since, _)| *since += by);
        for seat in self.seats.values_mut() {
            seat.since += by;
            seat.back = seat.back.map(|back| back + by);
            if let Some(WorkState::Alerting { until, .. } | WorkState::WrapUp { until, .. }) =
                &mut seat.work
            {
                *until += by;
            }
        }
    }

    /// Today's calls of an emergency count with today's others. They wait no more: nobody of them
    /// is shown as waiting, and what their seats did then is not what seats do now.
    fn count_imported(&mut self, record: &Record) {
        match &record.event {
            Event::CallQueued(e) if self.zone.date(record.at) == self.today => {
                self.queues.entry(e.queue.clone()).or_default().offered += 1;
                self.places.insert(e.call, (e.queue.clone(), record.at, e.expected_ms));
            }
            Event::CallConnected(e) => self.answered(e),
            Event::CallLeftQueue(e) => {
                if let Some(board) = self.leaves(e.call) {
                    board.flowed_out += 1;
                }
            }
            Event::CallEnded(e) => self.ended(e),
            _ => {}
        }
    }

    fn answered(&mut self, connected: &CallConnected) {
        let place = self.places.get(&connected.call);
        let expected_ms = place.and_then(|(_, _, expected)| *expected);
        if let Some(board) = self.leaves(connected.call) {
            if let Some(expected_ms) = expected_ms {
                board.forecast.compare(expected_ms, connected.wait_ms);
            }
            board.answered += 1;
            board.answered_wait_ms += connected.wait_ms;
            board.answered_in_15s += u64::from(connected.wait_ms <= IN_TIME_MS);
        }
    }

    fn ended(&mut self, ended: &CallEnded) {
        if let Some(board) = self.leaves(ended.call) {
            match is_abandoned(ended.end) {
                true => board.abandoned += 1,
                false => board.flowed_out += 1,
            }
        }
    }

    /// Says where each waiting call stands and how long it will wait, as `of` knows it.
    pub fn fill_in(&mut self, of: impl Fn(CallId) -> Option<(u32, Option<u64>)>) {
        for waits in self.queues.values_mut().flat_map(|board| &mut board.waiting) {
            let (position, expected_ms) = of(waits.call).unzip();
            (waits.position, waits.expected_ms) = (position, expected_ms.flatten());
        }
    }

    /// Says who waits, as `of` knows it. Only the masked number goes on the wall.
    pub fn name_callers<'a>(&mut self, of: impl Fn(CallId) -> Option<&'a Number>) {
        for waits in self.queues.values_mut().flat_map(|board| &mut board.waiting) {
            waits.caller = of(waits.call).map(Number::masked);
        }
    }

    /// Whether anybody waits.
    pub fn has_waiting(&self) -> bool {
        !self.places.is_empty()
    }

    fn turn_the_day(&mut self, at: Timestamp) {
        let today = self.zone.date(at);
        if today == self.today {
            return;
        }
        self.today = today;
        for board in self.queues.values_mut() {
            let waiting = std::mem::take(&mut board.waiting);
            let offered = waiting.len() as u64;
            *board = QueueBoard { waiting, offered, ..QueueBoard::default() };
        }
        for seat in self.seats.values_mut() {
            (seat.answered, seat.missed, seat.talk_ms) = (0, 0, 0);
        }
    }

    /// A call does not wait any more; the board it waited on, if it did.
    fn leaves(&mut self, call: CallId) -> Option<&mut QueueBoard> {
        let (queue, since, _) = self.places.remove(&call)?;
        let board = self.queues.get_mut(&queue)?;
        if let Some(place) = place_of(&board.waiting, call, since) {
            board.waiting.remove(place);
        }
        Some(board)
    }

    fn rings(&mut self, call: CallId, seat: Option<SeatId>) {
        let Some((queue, since, _)) = self.places.get(&call) else { return };
        let Some(board) = self.queues.get_mut(queue) else { return };
        let place = place_of(&board.waiting, call, *since);
        if let Some(waits) = place.and_then(|n| board.waiting.get_mut(n)) {
            waits.ringing = seat;
        }
    }

    fn seat(&mut self, seat: SeatId) -> &mut SeatBoard {
        self.seats.entry(seat).or_default()
    }
}

/// Whether a call that ends like this while it waits was abandoned; else a rule or a fault ended it.
pub(crate) fn is_abandoned(end: CallEnd) -> bool {
    match end {
        CallEnd::Abandoned | CallEnd::CallerHungUp | CallEnd::Lost => true,
        CallEnd::SeatHungUp
        | CallEnd::QueueExit
        | CallEnd::Refused
        | CallEnd::Drained
        | CallEnd::NodeFailed
        | CallEnd::Fault
        | CallEnd::SupervisorHungUp => false,
    }
}

fn place_of(waiting: &[WaitingCall], call: CallId, since: Timestamp) -> Option<usize> {
    let first = waiting.partition_point(|w| w.since < since);
    waiting.iter().skip(first).position(|w| w.call == call).map(|n| first + n)
}

/// GB/T 33358-2016: an answer within 15 s is in time.
const IN_TIME_MS: u64 = 15_000;
