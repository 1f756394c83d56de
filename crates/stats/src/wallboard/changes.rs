//! The changes of a wallboard, by key, so that a copy elsewhere follows it without being read
//! whole.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use model::{
    AccountName, AgentProfile, CallId, Event, QueueId, Record, RoutingProfile, SeatId,
    TemporaryProfile, Timestamp, event::Alarm,
};

use super::{CallBoard, CallBoards, QueueBoard, SeatBoard, WaitingCall, WaitingList, Wallboard};

/// A part of a wallboard that changes as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum BoardKey {
    Alarm(Alarm),
    Seat(SeatId),
    /// A queue's counters.
    Queue(QueueId),
    Call(CallId),
    /// The holds and further legs of a call.
    Legs(CallId),
    Profile(AccountName),
}

/// The new value of a part of a wallboard.
#[derive(Clone, Debug, PartialEq)]
pub enum BoardChange {
    /// An alarm is active with this text; `None`: it is not.
    Alarm(Alarm, Option<String>),
    /// A seat; `None`: it is not shown any more.
    Seat(SeatId, Option<SeatBoard>),
    /// A queue's counters, with an empty list of calls; `None`: it is not shown any more.
    Queue(QueueId, Option<QueueBoard>),
    /// A call waits in a queue.
    Waits(QueueId, WaitingCall),
    /// A call does not wait any more.
    Left(CallId),
    /// The holds and further legs of a call; `None`: it has none.
    Legs(CallId, Option<CallBoard>),
    /// An agent's temporary profile; `None`: the configured one holds.
    Profile(AccountName, Option<TemporaryProfile>),
    /// The time of a record: a new local day may have begun.
    Day(Timestamp),
    /// The clock was set forward.
    ClockJump(Duration),
    /// A config was put in force, with these seats and queues.
    Adopted(Vec<(SeatId, SeatId)>, Vec<QueueId>),
    /// The profiles of agents and seats by the config.
    Profiles(Arc<BTreeMap<AccountName, AgentProfile>>, Arc<BTreeMap<SeatId, RoutingProfile>>),
}

/// The parts that have changed and were not taken yet. Bounded by the parts there are, and by the
/// calls that ended since the last were taken.
#[derive(Debug, Default)]
pub struct BoardChanges {
    /// Changes of the whole board, in order.
    whole: VecDeque<BoardChange>,
    keys: BTreeSet<BoardKey>,
}

impl BoardChanges {
    /// Notes what a record changes. `board` is the wallboard before the record.
    pub fn note(&mut self, board: &Wallboard, record: &Record) {
        if board.zone.date(record.at) != board.today {
            self.whole.push_back(BoardChange::Day(record.at));
            // A day begins with the calls that wait; the copy may not know all of them yet.
            self.keys.extend(board.queues.keys().cloned().map(BoardKey::Queue));
        }
        match &record.event {
            Event::ClockStepped(e) => {
                self.whole.push_back(BoardChange::ClockJump(Duration::from_micros(e.jump_us)));
            }
            Event::EngineStarted(_) => {
                self.keys.extend(board.seats.keys().map(|seat| BoardKey::Seat(*seat)));
                self.keys.extend(board.alarms.keys().map(|alarm| BoardKey::Alarm(*alarm)));
            }
            Event::ConfigAdopted(e) => {
                // The keys hold what changed before; the copy then drops what is not shown.
                let queues = e.queues.keys().cloned().collect();
                self.whole.push_back(BoardChange::Adopted(e.seats.clone(), queues));
                self.keys.extend(board.seats.keys().map(|seat| BoardKey::Seat(*seat)));
                self.keys.extend(board.queues.keys().cloned().map(BoardKey::Queue));
            }
            Event::RecordImported(e) => self.note_event(board, &e.record.event),
            event => self.note_event(board, event),
        }
    }

    fn note_event(&mut self, board: &Wallboard, event: &Event) {
        self.keys.extend(CallBoards::call_of(event).map(BoardKey::Legs));
        let (seat, call) = match event {
            Event::CallQueued(e) => {
                self.keys.insert(BoardKey::Queue(e.queue.clone()));
                (None, Some(e.call))
            }
            Event::CallMoved(e) => {
                self.keys.insert(BoardKey::Queue(e.to.clone()));
                (None, Some(e.call))
            }
            Event::CallConnected(e) => (Some(e.seat), Some(e.call)),
            Event::TalkTaken(e) => (Some(e.seat), None),
            Event::CallLeftQueue(e) => (None, Some(e.call)),
            Event::CallEnded(e) => (None, Some(e.call)),
            Event::OfferMade(e) => (Some(e.seat), Some(e.call)),
            Event::OfferAccepted(e) => (Some(e.seat), None),
            Event::OfferMissed(e) => (Some(e.seat), Some(e.call)),
            Event::OfferWithdrawn(e) => (Some(e.seat), Some(e.call)),
            Event::SeatReached(e) => (Some(e.seat), None),
            Event::SeatUnreached(e) => (Some(e.seat), None),
            Event::SeatLoggedIn(e) => (Some(e.seat), None),
            Event::SeatLoggedOut(e) => (Some(e.seat), None),
            Event::SeatReady(e) => (Some(e.seat), None),
            Event::SeatNotReady(e) => (Some(e.seat), None),
            Event::SeatNextSet(e) => (Some(e.seat), None),
            Event::SeatWrapUpStarted(e) => (Some(e.seat), None),
            Event::AgentProfileChanged(e) => return self.note_profile(&e.agent),
            Event::AgentProfileRestored(e) => return self.note_profile(&e.agent),
            Event::AlarmRaised(e) => return self.note_alarm(e.alarm),
            Event::AlarmCleared(e) => return self.note_alarm(e.alarm),
            Event::AlarmSettled(e) => return self.note_alarm(e.alarm),
            // The wallboard shows nothing of the others.
            _ => return,
        };
        self.keys.extend(seat.map(BoardKey::Seat));
        if let Some(call) = call {
            if let Some((queue, ..)) = board.waiting_calls.get(&call) {
                self.keys.insert(BoardKey::Queue(queue.clone()));
            }
            self.keys.insert(BoardKey::Call(call));
        }
    }

    /// Notes other profiles of agents and seats.
    pub fn note_profiles(&mut self, board: &Wallboard) {
        let (agents, seats) = (Arc::clone(&board.agents), Arc::clone(&board.seat_profiles));
        self.whole.push_back(BoardChange::Profiles(agents, seats));
    }

    fn note_alarm(&mut self, alarm: Alarm) {
        self.keys.insert(BoardKey::Alarm(alarm));
    }

    fn note_profile(&mut self, agent: &AccountName) {
        self.keys.insert(BoardKey::Profile(agent.clone()));
    }

    /// Takes the next changed part with its present value.
    pub fn take(&mut self, board: &Wallboard) -> Option<BoardChange> {
        if let Some(change) = self.whole.pop_front() {
            return Some(change);
        }
        Some(match self.keys.pop_first()? {
            BoardKey::Alarm(alarm) => BoardChange::Alarm(alarm, board.alarms.get(&alarm).cloned()),
            BoardKey::Seat(seat) => BoardChange::Seat(seat, board.seats.get(&seat).cloned()),
            BoardKey::Queue(queue) => {
                let counters = board.queues.get(&queue).map(QueueBoard::counters);
                BoardChange::Queue(queue, counters)
            }
            BoardKey::Call(call) => match board.waiting_call(call) {
                Some((queue, waits)) => BoardChange::Waits(queue.clone(), waits.clone()),
                None => BoardChange::Left(call),
            },
            BoardKey::Legs(call) => BoardChange::Legs(call, board.calls.get(call).cloned()),
            BoardKey::Profile(agent) => {
                let profile = board.temporary_profiles.get(&agent).cloned();
                BoardChange::Profile(agent, profile)
            }
        })
    }

    /// Whether every change was taken.
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.keys.is_empty()
    }
}

impl Wallboard {
    /// Brings a copy of a wallboard up to date. The changes of one [`BoardChanges`] are applied in
    /// the order in which they were taken.
    pub fn follow(&mut self, change: BoardChange) {
        match change {
            BoardChange::Alarm(alarm, Some(text)) => drop(self.alarms.insert(alarm, text)),
            BoardChange::Alarm(alarm, None) => drop(self.alarms.remove(&alarm)),
            BoardChange::Seat(seat, Some(board)) => drop(self.seats.insert(seat, board)),
            BoardChange::Seat(seat, None) => drop(self.seats.remove(&seat)),
            BoardChange::Queue(queue, None) => {
                // Calls that left are taken from it by their own changes.
                if self.queues.get(&queue).is_some_and(|board| board.waiting.is_empty()) {
                    self.queues.remove(&queue);
                }
            }
            BoardChange::Queue(queue, Some(counters)) => {
                let board = self.queues.entry(queue).or_default();
                let waiting = std::mem::take(&mut board.waiting);
                *board = QueueBoard { waiting, ..counters };
            }
            BoardChange::Waits(queue, waits) => {
                self.remove_waiting(waits.call);
                let place = (queue.clone(), waits.since, None);
                self.waiting_calls.insert(waits.call, place);
                self.queues.entry(queue).or_default().waiting.insert(waits);
            }
            BoardChange::Left(call) => drop(self.remove_waiting(call)),
            BoardChange::Legs(call, board) => self.calls.set(call, board),
            BoardChange::Profile(agent, Some(profile)) => {
                self.temporary_profiles.insert(agent, profile);
            }
            BoardChange::Profile(agent, None) => drop(self.temporary_profiles.remove(&agent)),
            BoardChange::Day(at) => self.start_day_of(at),
            BoardChange::ClockJump(by) => self.skip_clock_jump(by),
            BoardChange::Adopted(seats, queues) => self.adopt(seats, queues),
            BoardChange::Profiles(agents, seats) => self.set_profiles(agents, seats),
        }
    }

    /// A waiting call and its queue.
    fn waiting_call(&self, call: CallId) -> Option<(&QueueId, &WaitingCall)> {
        let (queue, since, _) = self.waiting_calls.get(&call)?;
        Some((queue, self.queues.get(queue)?.waiting.get(*since, call)?))
    }
}

impl QueueBoard {
    /// The same without the waiting calls.
    fn counters(&self) -> QueueBoard {
        QueueBoard {
            waiting: WaitingList::default(),
            offered: self.offered,
            answered: self.answered,
            abandoned: self.abandoned,
            flowed_out: self.flowed_out,
            answered_in_15s: self.answered_in_15s,
            answered_wait_ms: self.answered_wait_ms,
            forecast: self.forecast,
        }
    }
}
