//! The wallboard: every queue with its waiting calls, and every seat with its state, now.

mod call_board;
mod changes;
mod snapshot;
mod waiting_list;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use model::{
    AccountName, AgentProfile, CallId, Date, Event, Login, NotReadyReason, QueueId, Record,
    RoutingProfile, SeatId, TemporaryProfile, Timestamp, WaitCause, WaitReason, WorkState, Zone,
    event::{
        AfterTalk, Alarm, CallConnected, CallEnd, CallEnded, CallMoved, MissedReason, SeatActor,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::EstimateAccuracy;

pub use call_board::{CallBoard, CallBoards, LegBoard};
pub use changes::{BoardChange, BoardChanges};
pub use snapshot::WallboardSnapshot;
pub use waiting_list::WaitingList;

/// The state of all queues and seats. 大屏
///
/// Counters are of the current local day. A call that waits over midnight counts as offered on
/// the new day, so that offered = answered + abandoned + flowed out + waiting at every moment.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Wallboard {
    /// The last record applied.
    pub seq: u64,
    /// The queues, by name.
    pub queues: BTreeMap<QueueId, QueueBoard>,
    /// The seats, by number.
    pub seats: BTreeMap<SeatId, SeatBoard>,
    /// Active alarms with their texts.
    pub alarms: BTreeMap<Alarm, String>,
    /// The holds and further legs of calls. Viewers get [`CallBoards::shown`].
    #[serde(skip)]
    pub calls: CallBoards,
    /// The routing profiles of agents by the config.
    #[serde(skip)]
    pub agents: Arc<BTreeMap<AccountName, AgentProfile>>,
    /// The skills and queues that the config gives seats without a person signed in by name.
    #[serde(skip)]
    pub seat_profiles: Arc<BTreeMap<SeatId, RoutingProfile>>,
    /// Profiles that supervisors changed for a time.
    #[serde(skip)]
    pub temporary_profiles: BTreeMap<AccountName, TemporaryProfile>,
    /// The reason of each waiting call that is not offered to a seat. Not in the log: set by
    /// [`Wallboard::set_wait_reasons`].
    #[serde(skip)]
    pub wait_reasons: BTreeMap<CallId, Arc<WaitReason>>,
    /// The seats and queues of the last config on record; `None` before the first.
    #[serde(skip)]
    configured: Option<Arc<Configured>>,
    #[serde(skip)]
    zone: Zone,
    #[serde(skip)]
    today: Date,
    /// The waiting calls.
    #[serde(skip)]
    waiting_calls: WaitingCalls,
}

/// The seats and queues of a config on record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Configured {
    seats: Vec<(SeatId, SeatId)>,
    queues: Vec<QueueId>,
}

/// Waiting calls: the queue, since when, and the estimated wait in ms.
type WaitingCalls = BTreeMap<CallId, (QueueId, Timestamp, Option<u64>)>;

/// One queue, now and since local midnight.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QueueBoard {
    /// The waiting calls, the longest waiting first. 排队
    pub waiting: WaitingList,
    /// Calls that entered the queue today. 今日呼入
    pub offered: u64,
    /// Calls answered today. 今日接通
    pub answered: u64,
    /// Calls abandoned today. 今日放弃
    pub abandoned: u64,
    /// Calls that left by rule today.
    pub flowed_out: u64,
    /// Calls answered within 15 s today (GB/T 33358).
    pub answered_in_15s: u64,
    /// Sum of the waits of answered calls, in ms; ASA = this / answered.
    pub answered_wait_ms: u64,
    /// How well the estimated waits matched the real ones today.
    pub forecast: EstimateAccuracy,
}

/// A waiting call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WaitingCall {
    /// The call.
    pub call: CallId,
    /// The caller's number, masked by [`model::Number::masked`] since everybody in the room sees the
    /// wallboard; empty when withheld. Not in the log: set by the center.
    #[serde(default)]
    pub caller: Option<String>,
    /// When it joined the queue.
    pub since: Timestamp,
    /// The priority; higher goes first.
    pub priority: u8,
    /// The seat that rings for it, if one does.
    pub ringing: Option<SeatId>,
    /// Its position in the queue, from 1. Not in the log: set by [`Wallboard::set_positions`].
    pub position: Option<u32>,
    /// The estimated remaining wait in ms; `None` when it cannot be estimated. Not in the log: set
    /// by [`Wallboard::set_estimates`].
    pub expected_ms: Option<u64>,
    /// The cause why no seat is rung for it; `None` when one is. Not in the log: set by
    /// [`Wallboard::set_wait_reasons`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<WaitCause>,
    /// Whether it had an agent before and was transferred here: it is not counted a second time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transferred: bool,
}

/// One seat, now and since local midnight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SeatBoard {
    /// The device state: whether its phone is registered.
    pub reachable: bool,
    /// The login state: who is signed in.
    pub login: Login,
    /// The work state; `None` when signed out.
    pub work: Option<WorkState>,
    /// Whether a person signed out here. A seat with `starts_ready` stays signed out then.
    #[serde(default)]
    pub signed_out: bool,
    /// When the work state began; for a seat that is signed out, the device state.
    pub since: Timestamp,
    /// Not ready: when the seat becomes ready automatically.
    pub back: Option<Timestamp>,
    /// Talking: the state after the talk, instead of wrap-up.
    pub next: Option<AfterTalk>,
    /// The actor that asked for `next`.
    #[serde(skip)]
    pub next_by: Option<SeatActor>,
    /// Calls answered today.
    pub answered: u64,
    /// Offers missed today.
    pub missed: u64,
    /// Why the last offer was missed; `None` again after an answered call.
    #[serde(default)]
    pub last_missed: Option<MissedReason>,
    /// Talk time today, in ms; a talk over midnight counts on the day it ends.
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
    /// The agent signed in, when known by name.
    pub fn agent(&self) -> Option<&AccountName> {
        match &self.login {
            Login::LoggedIn { agent } => agent.as_ref(),
            Login::LoggedOut => None,
        }
    }

    fn set_work(&mut self, at: Timestamp, work: Option<WorkState>) {
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

    fn set_reachable(&mut self, at: Timestamp, reachable: bool) {
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
    /// An empty wallboard of the configured queues and seats.
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
            calls: CallBoards::default(),
            agents: Arc::default(),
            seat_profiles: Arc::default(),
            temporary_profiles: BTreeMap::new(),
            wait_reasons: BTreeMap::new(),
            configured: None,
            zone,
            today: zone.date(Timestamp::default()),
            waiting_calls: BTreeMap::new(),
        }
    }

    /// The same with the agents of the config.
    #[must_use]
    pub fn with_agents(self, agents: BTreeMap<AccountName, AgentProfile>) -> Wallboard {
        Wallboard { agents: Arc::new(agents), ..self }
    }

    /// The same with the seats' own profiles of the config.
    #[must_use]
    pub fn with_seat_profiles(self, profiles: BTreeMap<SeatId, RoutingProfile>) -> Wallboard {
        Wallboard { seat_profiles: Arc::new(profiles), ..self }
    }

    /// Applies one record.
    pub fn apply(&mut self, record: &Record) {
        self.seq = record.seq;
        let at = record.at;
        self.start_day_of(at);
        self.calls.apply(record);
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
                    cause: None,
                    transferred: e.transferred,
                };
                board.waiting.insert(waits);
                board.offered += u64::from(!e.transferred);
                self.waiting_calls.insert(e.call, (e.queue.clone(), at, e.expected_ms));
            }
            Event::CallMoved(e) => self.move_waiting(e),
            Event::ConfigAdopted(e) => {
                self.adopt(e.seats.clone(), e.queues.keys().cloned().collect());
            }
            Event::CallConnected(e) => {
                self.count_answered(e);
                self.seat(e.seat).answered += 1;
            }
            Event::TalkTaken(e) => {
                let seat = self.seat(e.seat);
                seat.answered += 1;
                // Nobody need be signed in where a call is transferred to.
                if seat.login != Login::LoggedOut {
                    seat.set_work(at, Some(WorkState::Talking { call: e.call }));
                }
            }
            Event::CallLeftQueue(e) => {
                if let Some(board) = self.remove_waiting(e.call) {
                    board.flowed_out += 1;
                }
            }
            Event::CallEnded(e) => self.count_ended(e),
            Event::OfferMade(e) => {
                let work = WorkState::Alerting { call: e.call, until: e.until };
                self.seat(e.seat).set_work(at, Some(work));
                self.set_ringing(e.call, Some(e.seat));
            }
            Event::OfferAccepted(e) => {
                self.seat(e.seat).last_missed = None;
                self.seat(e.seat).set_work(at, Some(WorkState::Talking { call: e.call }));
            }
            Event::OfferMissed(e) => {
                let seat = self.seat(e.seat);
                seat.missed += 1;
                seat.last_missed = e.reason;
                seat.set_work(at, Some(WorkState::Ready));
                self.set_ringing(e.call, None);
            }
            Event::OfferWithdrawn(e) => {
                self.seat(e.seat).set_work(at, Some(WorkState::Ready));
                self.set_ringing(e.call, None);
            }
            Event::AgentProfileChanged(e) => {
                let (routing, by) = (e.profile.clone(), e.by.clone());
                let temporary = TemporaryProfile { routing, until: e.until, since: at, by };
                self.temporary_profiles.insert(e.agent.clone(), temporary);
            }
            Event::AgentProfileRestored(e) => drop(self.temporary_profiles.remove(&e.agent)),
            Event::SeatReached(e) => self.seat(e.seat).set_reachable(at, true),
            Event::SeatUnreached(e) => self.seat(e.seat).set_reachable(at, false),
            Event::SeatLoggedIn(e) => {
                let seat = self.seat(e.seat);
                if seat.login == Login::LoggedOut {
                    // Signing in does not make a seat ready.
                    let reason = NotReadyReason::System;
                    seat.set_work(at, Some(WorkState::NotReady { reason }));
                }
                seat.login = Login::LoggedIn { agent: e.agent.clone() };
                seat.signed_out = false;
            }
            Event::SeatLoggedOut(e) => {
                let seat = self.seat(e.seat);
                seat.set_work(at, None);
                seat.login = Login::LoggedOut;
                seat.signed_out = true;
                if !self.has_seat(e.seat) {
                    self.seats.remove(&e.seat);
                }
            }
            Event::SeatReady(e) => self.seat(e.seat).set_work(at, Some(WorkState::Ready)),
            Event::SeatNotReady(e) => {
                let work = WorkState::NotReady { reason: e.reason.clone() };
                let seat = self.seat(e.seat);
                seat.set_work(at, Some(work));
                seat.back = e.back;
            }
            Event::SeatNextSet(e) => {
                let seat = self.seat(e.seat);
                seat.next = e.next.clone();
                seat.next_by = e.next.as_ref().map(|_| e.by.clone());
            }
            Event::SeatWrapUpStarted(e) => {
                let work = WorkState::WrapUp { call: e.call, until: e.until };
                self.seat(e.seat).set_work(at, Some(work));
            }
            Event::EngineStarted(_) => {
                // Phones register again after a start, and the engine raises its alarms again,
                // except those that wait for a person.
                self.seats.values_mut().for_each(|s| s.reachable = false);
                self.alarms.retain(|alarm, _| alarm.stays_until_settled());
            }
            Event::AlarmRaised(e) => drop(self.alarms.insert(e.alarm, e.text.clone())),
            Event::AlarmCleared(e) => drop(self.alarms.remove(&e.alarm)),
            Event::AlarmSettled(e) => drop(self.alarms.remove(&e.alarm)),
            Event::ClockStepped(e) => self.skip_clock_jump(Duration::from_micros(e.jump_us)),
            Event::RecordImported(e) => self.count_imported(&e.record),
            // The wallboard shows nothing of the others.
            _ => {}
        }
    }

    /// The clock was set forward: moves every start and deadline, so that no wait grows by the jump.
    fn skip_clock_jump(&mut self, by: Duration) {
        self.queues.values_mut().for_each(|board| board.waiting.shift(by));
        self.calls.shift(by);
        self.waiting_calls.values_mut().for_each(|(_, since, _)| *since += by);
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

    /// Counts a call of an imported emergency with today's calls. It is over: it is not shown as
    /// waiting, and its seat's state is not the seat's state now.
    fn count_imported(&mut self, record: &Record) {
        match &record.event {
            // A transferred call was counted when it was queued first.
            Event::CallQueued(e) if e.transferred => {}
            Event::CallQueued(e) if self.zone.date(record.at) == self.today => {
                self.queues.entry(e.queue.clone()).or_default().offered += 1;
                self.waiting_calls.insert(e.call, (e.queue.clone(), record.at, e.expected_ms));
            }
            Event::CallConnected(e) => self.count_answered(e),
            Event::CallLeftQueue(e) => {
                if let Some(board) = self.remove_waiting(e.call) {
                    board.flowed_out += 1;
                }
            }
            Event::CallEnded(e) => self.count_ended(e),
            _ => {}
        }
    }

    fn count_answered(&mut self, connected: &CallConnected) {
        let place = self.waiting_calls.get(&connected.call);
        let expected_ms = place.and_then(|(_, _, expected)| *expected);
        if let Some(board) = self.remove_waiting(connected.call) {
            if let Some(expected_ms) = expected_ms {
                board.forecast.compare(expected_ms, connected.wait_ms);
            }
            board.answered += 1;
            board.answered_wait_ms += connected.wait_ms;
            board.answered_in_15s += u64::from(connected.wait_ms <= IN_TIME_MS);
        }
    }

    fn count_ended(&mut self, ended: &CallEnded) {
        if let Some(board) = self.remove_waiting(ended.call) {
            match is_abandoned(ended.end) {
                true => board.abandoned += 1,
                false => board.flowed_out += 1,
            }
        }
    }

    /// Sets the position of each waiting call: by priority, then by the start of its wait.
    pub fn set_positions(&mut self) {
        for board in self.queues.values_mut() {
            let mut waiting: Vec<&mut WaitingCall> = board.waiting.iter_mut().collect();
            waiting.sort_by_key(|waits| std::cmp::Reverse(waits.priority));
            for (waits, position) in waiting.into_iter().zip(1..) {
                waits.position = Some(position);
            }
        }
    }

    /// Sets the estimated wait of each waiting call, in ms.
    pub fn set_estimates(&mut self, of: impl Fn(&WaitingCall) -> Option<u64>) {
        for waits in self.queues.values_mut().flat_map(|board| board.waiting.iter_mut()) {
            waits.expected_ms = of(waits);
        }
    }

    /// Sets the reason of each waiting call that is not offered to a seat.
    pub fn set_wait_reasons(&mut self, reasons: BTreeMap<CallId, Arc<WaitReason>>) {
        for waits in self.queues.values_mut().flat_map(|board| board.waiting.iter_mut()) {
            waits.cause = reasons.get(&waits.call).map(|reason| reason.cause);
        }
        self.wait_reasons = reasons;
    }

    /// Whether any call waits.
    pub fn has_waiting(&self) -> bool {
        !self.waiting_calls.is_empty()
    }

    fn start_day_of(&mut self, at: Timestamp) {
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
        self.drop_empty_queues();
    }

    /// Removes a waiting call and returns its queue, whose counts follow; `None` for a call that was
    /// counted before its transfer.
    fn remove_waiting(&mut self, call: CallId) -> Option<&mut QueueBoard> {
        let (queue, since, _) = self.waiting_calls.remove(&call)?;
        let board = self.queues.get_mut(&queue)?;
        let removed = board.waiting.remove(since, call);
        removed.is_none_or(|waits| !waits.transferred).then_some(board)
    }

    fn set_ringing(&mut self, call: CallId, seat: Option<SeatId>) {
        let Some((queue, since, _)) = self.waiting_calls.get(&call) else { return };
        let Some(board) = self.queues.get_mut(queue) else { return };
        if let Some(waits) = board.waiting.get_mut(*since, call) {
            waits.ringing = seat;
        }
    }

    /// The same with other agents and profiles of the config.
    pub fn set_profiles(
        &mut self,
        agents: Arc<BTreeMap<AccountName, AgentProfile>>,
        seat_profiles: Arc<BTreeMap<SeatId, RoutingProfile>>,
    ) {
        (self.agents, self.seat_profiles) = (agents, seat_profiles);
    }

    /// Shows the seats and queues of another config. A removed seat is shown until nobody is signed
    /// in there, a removed queue until its calls have left and its day is over.
    fn adopt(&mut self, seats: Vec<(SeatId, SeatId)>, queues: Vec<QueueId>) {
        for (first, last) in &seats {
            for seat in first.0..=last.0 {
                self.seats.entry(SeatId(seat)).or_default();
            }
        }
        for queue in &queues {
            self.queues.entry(queue.clone()).or_default();
        }
        self.configured = Some(Arc::new(Configured { seats, queues }));
        let gone: Vec<SeatId> =
            self.seats.keys().copied().filter(|seat| !self.has_seat(*seat)).collect();
        for seat in gone {
            if self.seats.get(&seat).is_some_and(|board| board.work.is_none()) {
                self.seats.remove(&seat);
            }
        }
        self.drop_empty_queues();
    }

    /// Whether the config on record has this seat; without a config on record every seat is shown.
    fn has_seat(&self, seat: SeatId) -> bool {
        let within = |(first, last): &(SeatId, SeatId)| (*first..=*last).contains(&seat);
        self.configured.as_ref().is_none_or(|known| known.seats.iter().any(within))
    }

    /// Drops queues that the config does not have and that have counted nothing today.
    fn drop_empty_queues(&mut self) {
        let Some(known) = self.configured.clone() else { return };
        self.queues
            .retain(|queue, board| known.queues.contains(queue) || *board != QueueBoard::default());
    }

    /// A waiting call changes its queue and keeps the start of its wait.
    fn move_waiting(&mut self, moved: &CallMoved) {
        let Some((queue, since, expected)) = self.waiting_calls.get(&moved.call).cloned() else {
            return;
        };
        let waits = self.queues.get(&queue).and_then(|board| board.waiting.get(since, moved.call));
        let Some(waits) = waits.cloned() else { return };
        if let Some(board) = self.remove_waiting(moved.call) {
            board.flowed_out += 1;
        }
        self.waiting_calls.insert(moved.call, (moved.to.clone(), since, expected));
        let board = self.queues.entry(moved.to.clone()).or_default();
        board.waiting.insert(waits);
        board.offered += 1;
    }

    fn seat(&mut self, seat: SeatId) -> &mut SeatBoard {
        self.seats.entry(seat).or_default()
    }
}

/// Whether this end of a waiting call means that the caller abandoned it; otherwise a rule or a
/// fault ended it.
pub(crate) fn is_abandoned(end: CallEnd) -> bool {
    match end {
        CallEnd::Abandoned | CallEnd::CallerHungUp | CallEnd::Lost => true,
        CallEnd::SeatHungUp
        | CallEnd::QueueExit
        | CallEnd::Refused
        | CallEnd::Drained
        | CallEnd::NodeFailed
        | CallEnd::Fault
        | CallEnd::SupervisorHungUp
        | CallEnd::OutsideHungUp
        | CallEnd::MessageLeft
        | CallEnd::LeftInMenu
        | CallEnd::MenuEnded => false,
    }
}

/// An answer within 15 s is in time (GB/T 33358-2016).
const IN_TIME_MS: u64 = 15_000;
