//! The outbox of one destination: records in order, at least once, without loss (INT-01).
//!
//! One delivery is in flight at a time, so that records arrive in order. A record that cannot be
//! delivered now waits, without limit; one that is rejected permanently becomes a dead letter, and
//! the next ones go on. Progress is logged after the destination has accepted a record, never
//! before: a crash between the two sends it twice, under the same key.
//!
//! With reconciliation ([`Outbox::with_statements`]), a statement of each day follows the last
//! delivery of the day. A statement that fails is retried and delays no delivery.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use model::{
    Seq, Timestamp, Zone,
    desk::{DestinationId, MessagingEvent},
};

use super::{
    Backoff, ClosedDay, Cursor, DEAD_LETTERS_MAX, DIFFERENCES_MAX, DayTracker, DeliveryOutcome,
    StatementOutcome,
};

/// One record as the destination receives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The number of the record.
    pub seq: Seq,
    /// The time of the record.
    pub at: Timestamp,
    /// The body.
    pub body: Arc<[u8]>,
}

/// The timeouts of an outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxTimeouts {
    /// How long a response may take.
    pub answer_within: Duration,
    /// The longest wait after the first failure, usually [`Backoff::USUAL_FIRST`].
    pub first_wait: Duration,
}

/// The inputs of an outbox.
#[derive(Clone, Debug)]
pub enum Input {
    /// The next record, for this destination.
    Next(Delivery),
    /// The next record, which is not for this destination.
    Skipped(Seq, Timestamp),
    /// A record that was delivered before this start and that no statement covers yet.
    AlreadyDelivered(Seq, Timestamp),
    /// The log has no further record now.
    LogEnd,
    /// A dead letter to be sent again, or a record that the destination reported missing.
    Resend(Delivery),
    /// A person has dropped a dead letter.
    Dropped(Seq),
    /// The outcome of the delivery of this record.
    Answered(Seq, DeliveryOutcome),
    /// The outcome of the statement up to this record.
    StatementSent(Seq, StatementOutcome),
    /// The engine stops: log the progress.
    Stop,
    /// The time of `poll_timeout` has come.
    Timeout,
}

/// The outputs of an outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this delivery under this key.
    Send {
        /// The key, the same for every attempt.
        key: String,
        /// The delivery.
        delivery: Delivery,
    },
    /// Send the statement of a day.
    SendStatement {
        /// The day and its last record.
        day: ClosedDay,
        /// The last record before the statement.
        after: Seq,
        /// Dead letters and dropped ones in the range.
        left_out: Vec<Seq>,
        /// Records of earlier statements that were sent again.
        resent: Vec<Seq>,
    },
    /// Append this event to the log.
    Append(MessagingEvent),
}

/// The state machine of one destination.
#[derive(Debug)]
pub struct Outbox {
    destination: DestinationId,
    timeouts: OutboxTimeouts,
    backoff: Backoff,
    state: State,
    /// The last record read.
    read: Seq,
    /// The last record that was accepted or is a dead letter.
    done: Seq,
    /// Accepted deliveries whose progress is not logged yet.
    unrecorded: u32,
    record_at: Option<Timestamp>,
    waiting: VecDeque<Delivery>,
    waiting_bytes: usize,
    resends: VecDeque<Delivery>,
    dead: BTreeSet<Seq>,
    /// Records that the destination reported missing.
    missing: BTreeSet<Seq>,
    statements: Option<Statements>,
    /// How often the current delivery was rejected.
    rejections: u32,
    is_stuck: bool,
    outputs: VecDeque<Output>,
}

/// The state of the daily reconciliation.
#[derive(Debug)]
struct Statements {
    days: DayTracker,
    /// Days that are over and not compared yet.
    due: VecDeque<ClosedDay>,
    /// The last record covered by a statement.
    stated: Seq,
    /// Dead letters dropped since.
    dropped: BTreeSet<Seq>,
    /// Records of earlier statements that were sent again since.
    resent: BTreeSet<Seq>,
    backoff: Backoff,
    /// The next statement is not sent before this time.
    not_before: Option<Timestamp>,
    rejections: u32,
    /// Whether the failure is logged.
    is_failing: bool,
}

/// The state of the current delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing is in flight.
    Idle,
    /// A delivery is in flight.
    Sent { lane: Lane, seq: Seq, until: Timestamp },
    /// The statement up to this record is in flight.
    SendingStatement { through: Seq, until: Timestamp },
    /// A delivery failed and waits to be sent again.
    Backoff { lane: Lane, seq: Seq, until: Timestamp },
}

/// The queue that the current delivery comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    /// New records in the order of the log.
    New,
    /// Records that are sent again.
    Resend,
}

impl Outbox {
    /// An outbox that continues from the logged progress. `seed` is random.
    pub fn new(
        destination: DestinationId,
        cursor: &Cursor,
        timeouts: OutboxTimeouts,
        seed: [u8; 32],
    ) -> Outbox {
        Outbox {
            destination,
            timeouts,
            backoff: Backoff::new(timeouts.first_wait, seed),
            state: State::Idle,
            read: cursor.done,
            done: cursor.done,
            unrecorded: 0,
            record_at: None,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            resends: VecDeque::new(),
            dead: cursor.dead.keys().copied().collect(),
            missing: cursor.missing.clone(),
            statements: None,
            rejections: 0,
            is_stuck: cursor.stuck.is_some(),
            outputs: VecDeque::new(),
        }
    }

    /// The same with daily reconciliation in the hotline's zone. Records delivered after the cursor's
    /// last statement are given by [`Input::AlreadyDelivered`].
    #[must_use]
    pub fn with_statements(self, zone: Zone, cursor: &Cursor, seed: [u8; 32]) -> Outbox {
        let statements = Statements {
            days: DayTracker::new(zone),
            due: VecDeque::new(),
            stated: cursor.stated.unwrap_or(cursor.done),
            dropped: cursor.dropped.clone(),
            resent: cursor.resent.clone(),
            backoff: Backoff::new(self.timeouts.first_wait, seed),
            not_before: None,
            rejections: 0,
            is_failing: (cursor.reconciled.as_ref())
                .is_some_and(|last| last.differs() && last.failed.is_some()),
        };
        Outbox { statements: Some(statements), ..self }
    }

    /// The next record to be given; `None` while the outbox is full.
    pub fn next_wanted(&self) -> Option<Seq> {
        let has_room =
            self.waiting.len() < DELIVERIES_MAX && self.waiting_bytes < DELIVERY_BYTES_MAX;
        has_room.then_some(self.read + 1)
    }

    /// Whether there is room for a record to be sent again.
    pub fn has_room_for_resend(&self) -> bool {
        self.resends.len() < RESENDS_MAX
    }

    /// Handles one input. Drain `poll_output` afterwards.
    pub fn handle_input(&mut self, now: Timestamp, input: Input) {
        match input {
            // A repeat, or out of order: it will be asked for.
            Input::Next(delivery) if delivery.seq != self.read + 1 => {}
            Input::Next(delivery) => {
                self.mark_read(delivery.seq, delivery.at);
                self.waiting_bytes += delivery.body.len();
                self.waiting.push_back(delivery);
            }
            Input::Skipped(seq, at) => {
                if seq == self.read + 1 {
                    self.mark_read(seq, at);
                }
            }
            Input::AlreadyDelivered(seq, at) => self.track_days(|days| days.read(seq, at)),
            Input::LogEnd => {
                let read = self.read;
                self.track_days(|days| days.at_log_end(now, read));
            }
            Input::Resend(delivery) => {
                if self.resends.len() < DEAD_LETTERS_MAX
                    && self.resends.iter().all(|known| known.seq != delivery.seq)
                {
                    self.resends.push_back(delivery);
                }
            }
            Input::Dropped(seq) => self.dropped(seq),
            Input::Answered(seq, outcome) => self.responded(now, seq, outcome),
            Input::StatementSent(through, outcome) => self.statement_sent(now, through, outcome),
            Input::Stop => self.record_progress(),
            Input::Timeout => self.timed_out(now),
        }
        self.send(now);
    }

    /// The next output, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to send [`Input::Timeout`].
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let state = match self.state {
            State::Idle => self.day_due().and_then(|(_, not_before)| not_before),
            State::Sent { until, .. }
            | State::SendingStatement { until, .. }
            | State::Backoff { until, .. } => Some(until),
        };
        // While the outbox is full it cannot see the end of a day.
        let turn = self.statements.as_ref().filter(|_| self.next_wanted().is_some());
        let turn = turn.and_then(|statements| statements.days.ends_at());
        state.into_iter().chain(self.record_at).chain(turn).min()
    }

    /// The last record that was accepted or is a dead letter.
    pub fn done(&self) -> Seq {
        self.done
    }

    fn mark_read(&mut self, seq: Seq, at: Timestamp) {
        self.read = seq;
        self.track_days(|days| days.read(seq, at));
    }

    fn track_days(&mut self, look: impl FnOnce(&mut DayTracker) -> Option<ClosedDay>) {
        let Some(statements) = &mut self.statements else { return };
        let day = look(&mut statements.days);
        statements.due.extend(day.filter(|day| day.through >= statements.stated));
    }

    /// The day whose statement is due, once all its records were accepted or are dead letters and no
    /// missing record is still to be sent; with the time before which it must not be sent.
    fn day_due(&self) -> Option<(ClosedDay, Option<Timestamp>)> {
        let statements = self.statements.as_ref()?;
        let day = *statements.due.front()?;
        let is_behind = self.waiting.front().is_some_and(|delivery| delivery.seq <= day.through);
        let is_whole = !is_behind && self.read >= day.through && self.missing.is_empty();
        is_whole.then_some((day, statements.not_before))
    }

    fn responded(&mut self, now: Timestamp, seq: Seq, outcome: DeliveryOutcome) {
        let (lane, is_awaited) = match self.state {
            State::Sent { lane, seq: sent, .. } if sent == seq => (lane, true),
            State::Backoff { lane, seq: sent, .. } if sent == seq => (lane, false),
            // A second response to a delivery that is done.
            State::Idle
            | State::Sent { .. }
            | State::Backoff { .. }
            | State::SendingStatement { .. } => {
                return;
            }
        };
        match outcome {
            // Even a late response means that the destination has it.
            DeliveryOutcome::Accepted => self.accepted(now, lane, seq),
            // This attempt was given up, and another is planned.
            _ if !is_awaited => {}
            DeliveryOutcome::Rejected { status, why } => self.rejected(now, lane, seq, status, why),
            DeliveryOutcome::Retry { why, after } => self.back_off(now, lane, seq, why, after),
        }
    }

    fn dropped(&mut self, seq: Seq) {
        self.missing.remove(&seq);
        if self.dead.remove(&seq)
            && let Some(statements) = &mut self.statements
            && statements.stated < seq
        {
            statements.dropped.insert(seq);
        }
        let current = match self.state {
            State::Sent { lane: Lane::Resend, seq, .. }
            | State::Backoff { lane: Lane::Resend, seq, .. } => Some(seq),
            State::Idle
            | State::Sent { .. }
            | State::Backoff { .. }
            | State::SendingStatement { .. } => None,
        };
        self.resends.retain(|delivery| delivery.seq != seq || current == Some(seq));
    }

    fn accepted(&mut self, now: Timestamp, lane: Lane, seq: Seq) {
        self.remove_current(lane);
        self.reset_backoff();
        if lane == Lane::Resend {
            self.dead.remove(&seq);
            self.missing.remove(&seq);
            if let Some(statements) = &mut self.statements
                && seq <= statements.stated
            {
                statements.resent.insert(seq);
            }
            let destination = self.destination.clone();
            self.append(MessagingEvent::Resent { destination, seq });
            return;
        }
        self.done = seq;
        self.unrecorded += 1;
        self.record_at.get_or_insert(now + RECORD_AFTER);
        if self.unrecorded >= RECORD_EVERY {
            self.record_progress();
        }
    }

    fn rejected(&mut self, now: Timestamp, lane: Lane, seq: Seq, status: u16, why: String) {
        self.rejections += 1;
        let is_known_dead = self.dead.contains(&seq);
        if !is_known_dead && self.dead.len() >= DEAD_LETTERS_MAX {
            let why = format!(
                "{DEAD_LETTERS_MAX} dead letters wait: resend or drop them first ({status} {why})"
            );
            // A person has to look at once; waiting does not help.
            self.report_stuck(seq, &why);
            return self.back_off(now, lane, seq, why, None);
        }
        if self.rejections < REJECTIONS_MAX {
            return self.back_off(now, lane, seq, format!("HTTP {status} {why}"), None);
        }
        self.remove_current(lane);
        self.reset_backoff();
        if lane == Lane::New {
            // Log the progress before the dead letter.
            self.record_progress();
            self.done = seq;
        } else if !is_known_dead && !self.missing.remove(&seq) {
            // It was dropped while it was in flight.
            return;
        }
        self.dead.insert(seq);
        let (destination, why) = (self.destination.clone(), cut(&why));
        self.append(MessagingEvent::DeadLettered { destination, seq, status, why });
    }

    fn back_off(
        &mut self,
        now: Timestamp,
        lane: Lane,
        seq: Seq,
        why: String,
        after: Option<Duration>,
    ) {
        let until = now + self.backoff.failed(after);
        self.state = State::Backoff { lane, seq, until };
        if self.backoff.failures() >= STUCK_AFTER {
            self.report_stuck(seq, &why);
        }
    }

    fn statement_sent(&mut self, now: Timestamp, through: Seq, outcome: StatementOutcome) {
        // A late response: the attempt was given up.
        if !matches!(self.state, State::SendingStatement { through: sent, .. } if sent == through) {
            return;
        }
        self.state = State::Idle;
        match outcome {
            StatementOutcome::Compared { letters, missing, unknown } => {
                self.compared(letters, missing, unknown);
            }
            StatementOutcome::Rejected { status, why } => {
                let why = format!("HTTP {status} {why}");
                self.statement_failed(now, &why, None, true);
            }
            StatementOutcome::Retry { why, after } => {
                self.statement_failed(now, &why, after, false)
            }
        }
    }

    fn compared(&mut self, letters: u64, missing: Vec<Seq>, unknown: Vec<String>) {
        // Log the progress before the statement.
        self.record_progress();
        let Some(statements) = &mut self.statements else { return };
        let Some(day) = statements.due.front().copied() else { return };
        // With so many missing there may be more: the statement is repeated after these were sent.
        if missing.len() < DIFFERENCES_MAX {
            statements.close(day);
        }
        statements.resent.clear();
        statements.backoff.worked();
        (statements.not_before, statements.rejections, statements.is_failing) = (None, 0, false);
        let through = statements.stated;
        self.missing.extend(&missing);
        let (destination, date) = (self.destination.clone(), day.date);
        self.append(MessagingEvent::Reconciled {
            destination,
            date,
            through,
            letters,
            missing,
            unknown,
        });
    }

    fn statement_failed(
        &mut self,
        now: Timestamp,
        why: &str,
        after: Option<Duration>,
        is_refused: bool,
    ) {
        let Some(statements) = &mut self.statements else { return };
        let Some(day) = statements.due.front().copied() else { return };
        statements.not_before = Some(now + statements.backoff.failed(after));
        statements.rejections += u32::from(is_refused);
        let is_given_up = statements.rejections >= REJECTIONS_MAX;
        if is_given_up {
            statements.close(day);
            statements.backoff.worked();
            (statements.not_before, statements.rejections) = (None, 0);
        } else if statements.is_failing || statements.backoff.failures() < STUCK_AFTER {
            return;
        }
        statements.is_failing = !is_given_up;
        let through = statements.stated;
        let (destination, date, why) = (self.destination.clone(), day.date, cut(why));
        self.append(MessagingEvent::StatementFailed { destination, date, through, why });
    }

    fn report_stuck(&mut self, seq: Seq, why: &str) {
        if !self.is_stuck {
            self.is_stuck = true;
            let (destination, why) = (self.destination.clone(), cut(why));
            self.append(MessagingEvent::Stuck { destination, seq, why });
        }
    }

    /// Resets the back-off: even a permanent rejection shows that the destination works.
    fn reset_backoff(&mut self) {
        self.backoff.worked();
        if self.is_stuck {
            self.is_stuck = false;
            let destination = self.destination.clone();
            self.append(MessagingEvent::Resumed { destination });
        }
    }

    fn remove_current(&mut self, lane: Lane) {
        self.state = State::Idle;
        self.rejections = 0;
        match lane {
            Lane::New => {
                let gone = self.waiting.pop_front();
                self.waiting_bytes -= gone.map_or(0, |delivery| delivery.body.len());
            }
            Lane::Resend => {
                self.resends.pop_front();
            }
        }
    }

    fn timed_out(&mut self, now: Timestamp) {
        if self.record_at.is_some_and(|at| at <= now) {
            self.record_progress();
        }
        match self.state {
            State::Sent { lane, seq, until } if until <= now => {
                let why = format!("no answer in {} s", self.timeouts.answer_within.as_secs());
                self.back_off(now, lane, seq, why, None);
            }
            // The same delivery again, since its rejections are counted.
            State::Backoff { lane, until, .. } if until <= now => self.send_first_of(now, lane),
            State::SendingStatement { until, .. } if until <= now => {
                self.state = State::Idle;
                self.statement_failed(now, "no answer", None, false);
            }
            // The timeout is obsolete.
            State::Idle
            | State::Sent { .. }
            | State::Backoff { .. }
            | State::SendingStatement { .. } => {}
        }
    }

    /// Sends the next delivery when nothing is in flight. Records to be sent again go first.
    fn send(&mut self, now: Timestamp) {
        if self.state != State::Idle {
            return;
        }
        if !self.resends.is_empty() {
            return self.send_first_of(now, Lane::Resend);
        }
        match self.day_due() {
            Some((day, not_before)) if not_before.is_none_or(|at| at <= now) => {
                self.send_statement(now, day)
            }
            _ => self.send_first_of(now, Lane::New),
        }
    }

    fn send_statement(&mut self, now: Timestamp, day: ClosedDay) {
        let Some(statements) = &self.statements else { return };
        let after = statements.stated;
        let is_in = |seq: &&Seq| after < **seq && **seq <= day.through;
        let left_out = self.dead.union(&statements.dropped).filter(is_in).copied().collect();
        self.state =
            State::SendingStatement { through: day.through, until: now + STATEMENT_WITHIN };
        let resent = statements.resent.iter().copied().collect();
        self.outputs.push_back(Output::SendStatement { day, after, left_out, resent });
    }

    fn send_first_of(&mut self, now: Timestamp, lane: Lane) {
        let deliveries = match lane {
            Lane::New => &self.waiting,
            Lane::Resend => &self.resends,
        };
        let Some(delivery) = deliveries.front().cloned() else { return };
        let until = now + self.timeouts.answer_within;
        self.state = State::Sent { lane, seq: delivery.seq, until };
        let key = self.destination.key(delivery.seq);
        self.outputs.push_back(Output::Send { key, delivery });
    }

    /// Logs the progress.
    fn record_progress(&mut self) {
        self.record_at = None;
        if self.unrecorded > 0 {
            let letters = std::mem::take(&mut self.unrecorded);
            let (destination, seq) = (self.destination.clone(), self.done);
            self.append(MessagingEvent::Acknowledged { destination, seq, letters });
        }
    }

    fn append(&mut self, event: MessagingEvent) {
        self.outputs.push_back(Output::Append(event));
    }
}

impl Statements {
    /// Removes a day whose statement is done.
    fn close(&mut self, day: ClosedDay) {
        self.due.pop_front();
        self.stated = day.through;
        self.dropped = self.dropped.split_off(&(day.through + 1));
    }
}

/// A response text, cut for the log.
fn cut(why: &str) -> String {
    why.chars().filter(|c| !c.is_control()).take(WHY_CHARS_MAX).collect()
}

/// The maximum number of waiting deliveries: a hundred outboxes must fit in memory.
const DELIVERIES_MAX: usize = 64;
/// The maximum size of waiting deliveries, in bytes.
const DELIVERY_BYTES_MAX: usize = 4 << 20;
/// The maximum number of waiting records to be sent again.
const RESENDS_MAX: usize = 16;
/// Time to read a day of a large city and to get the response.
const STATEMENT_WITHIN: Duration = Duration::from_secs(1_800);
/// A record is a dead letter after this many rejections, since one may be a passing fault.
const REJECTIONS_MAX: u32 = 3;
/// Failures in a row after which the destination is reported as stuck; about half a minute.
const STUCK_AFTER: u32 = 5;
/// Progress is logged after this many deliveries...
const RECORD_EVERY: u32 = 64;
/// ...or this long after the first of them. A crash repeats no more than these.
const RECORD_AFTER: Duration = Duration::from_secs(1);
const WHY_CHARS_MAX: usize = 200;
