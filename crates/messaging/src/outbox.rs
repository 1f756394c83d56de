//! The log on its way to one far end: in order, at least once, nothing lost (INT-01).
//!
//! One letter is in flight at a time, so what arrives arrives in order. What
//! the far end cannot take now waits, for ever if need be; what it refuses for
//! good is put aside on record as a dead letter, and the next ones go on. How
//! far it has got goes on record after the far end has it, never before: a
//! crash between the two sends a letter twice, under the same key.
//!
//! Where the far end compares ([`Outbox::stating`]), a statement of each day
//! stands in the line behind the day's last letter. One that does not come
//! through is tried again and again, and holds no letter up.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use model::{
    Seq, Timestamp, Zone,
    desk::{DestinationId, MessagingEvent},
};

use super::{Answer, Backoff, Cursor, DEAD_LETTERS_MAX, DIFFERENCES_MAX, Day, Days, Verdict};

/// One record as a far end gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The record.
    pub seq: Seq,
    /// When it was made.
    pub at: Timestamp,
    /// What is sent.
    pub body: Arc<[u8]>,
}

/// How patient an outbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How long an answer may take before it counts as none.
    pub answer_within: Duration,
    /// How long to wait after the first failure, at most: usually [`Backoff::USUAL_FIRST`].
    pub first_wait: Duration,
}

/// What an outbox is told.
#[derive(Clone, Debug)]
pub enum Input {
    /// The next record, for this destination.
    Letter(Letter),
    /// The next record, which is not for this destination.
    Skipped(Seq, Timestamp),
    /// A record after the last statement that the far end had in an earlier life.
    Had(Seq, Timestamp),
    /// The log has nothing more now.
    Rested,
    /// A dead letter somebody wants tried again, or one the far end says it lacks.
    Again(Letter),
    /// A dead letter was settled by a person.
    Settled(Seq),
    /// The far end answered the letter about this record, or did not.
    Answered(Seq, Answer),
    /// What came of the statement through this record.
    Stated(Seq, Verdict),
    /// The engine goes: put on record what is known.
    Stop,
    /// `poll_timeout` has come.
    Timeout,
}

/// What an outbox wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this, under this key.
    Send {
        /// The same however often the letter goes.
        key: String,
        /// What.
        letter: Letter,
    },
    /// Send a day's statement.
    State {
        /// Of which day, and of records up to which.
        day: Day,
        /// The last record that is not in it.
        after: Seq,
        /// Dead letters among them, and those people have settled.
        left_out: Vec<Seq>,
        /// Records of days before that were sent again.
        resent: Vec<Seq>,
    },
    /// Put this on record.
    Append(MessagingEvent),
}

/// The machine.
#[derive(Debug)]
pub struct Outbox {
    destination: DestinationId,
    pace: Pace,
    backoff: Backoff,
    state: State,
    /// The last record seen.
    read: Seq,
    /// The last letter the far end has, or that is dead.
    done: Seq,
    /// Letters taken that are not on record as taken.
    untold: u32,
    tell_at: Option<Timestamp>,
    waiting: VecDeque<Letter>,
    waiting_bytes: usize,
    again: VecDeque<Letter>,
    dead: BTreeSet<Seq>,
    /// What the far end says it lacks.
    missing: BTreeSet<Seq>,
    statements: Option<Statements>,
    /// How often the letter in hand was refused.
    refusals: u32,
    is_stuck: bool,
    outputs: VecDeque<Output>,
}

/// What a far end that compares is told.
#[derive(Debug)]
struct Statements {
    days: Days,
    /// Over, and not yet compared.
    due: VecDeque<Day>,
    /// The last record it was told of.
    stated: Seq,
    /// Dead letters settled since.
    dropped: BTreeSet<Seq>,
    /// What it was told of before and was sent again since.
    resent: BTreeSet<Seq>,
    backoff: Backoff,
    /// Not before this.
    not_before: Option<Timestamp>,
    refusals: u32,
    /// That it does not come through is on record.
    is_failing: bool,
}

/// What is done about the first letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing: there is none, or it has yet to be sent.
    Free,
    /// It is on its way.
    Sent { line: Line, seq: Seq, until: Timestamp },
    /// A statement through this record is on its way.
    Stating { through: Seq, until: Timestamp },
    /// It is to be sent again.
    Waiting { line: Line, seq: Seq, until: Timestamp },
}

/// Where the letter in hand comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// The log's order.
    Next,
    /// Dead letters that are tried again.
    Again,
}

impl Outbox {
    /// An outbox that goes on where the record ends. `seed` is fresh chance.
    pub fn new(destination: DestinationId, cursor: &Cursor, pace: Pace, seed: [u8; 32]) -> Outbox {
        Outbox {
            destination,
            pace,
            backoff: Backoff::new(pace.first_wait, seed),
            state: State::Free,
            read: cursor.done,
            done: cursor.done,
            untold: 0,
            tell_at: None,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            again: VecDeque::new(),
            dead: cursor.dead.keys().copied().collect(),
            missing: cursor.missing.clone(),
            statements: None,
            refusals: 0,
            is_stuck: cursor.stuck.is_some(),
            outputs: VecDeque::new(),
        }
    }

    /// The same for a far end that compares, in the hotline's zone. Records after the cursor's
    /// last statement that it had are told by [`Input::Had`].
    #[must_use]
    pub fn stating(self, zone: Zone, cursor: &Cursor, seed: [u8; 32]) -> Outbox {
        let statements = Statements {
            days: Days::new(zone),
            due: VecDeque::new(),
            stated: cursor.stated.unwrap_or(cursor.done),
            dropped: cursor.dropped.clone(),
            resent: cursor.resent.clone(),
            backoff: Backoff::new(self.pace.first_wait, seed),
            not_before: None,
            refusals: 0,
            is_failing: (cursor.reconciled.as_ref())
                .is_some_and(|last| last.differs() && last.failed.is_some()),
        };
        Outbox { statements: Some(statements), ..self }
    }

    /// The record it wants next; `None` while it has enough in hand.
    pub fn wants(&self) -> Option<Seq> {
        let has_room = self.waiting.len() < LETTERS_MAX && self.waiting_bytes < LETTERS_BYTES_MAX;
        has_room.then_some(self.read + 1)
    }

    /// Whether it has room for a letter that goes again.
    pub fn wants_again(&self) -> bool {
        self.again.len() < AGAIN_MAX
    }

    /// Take one input; then drain `poll_output`.
    pub fn handle_input(&mut self, now: Timestamp, input: Input) {
        match input {
            // Told twice, or out of order: it has it, or will ask for it.
            Input::Letter(letter) if letter.seq != self.read + 1 => {}
            Input::Letter(letter) => {
                self.follow(letter.seq, letter.at);
                self.waiting_bytes += letter.body.len();
                self.waiting.push_back(letter);
            }
            Input::Skipped(seq, at) => {
                if seq == self.read + 1 {
                    self.follow(seq, at);
                }
            }
            Input::Had(seq, at) => self.look_for_days(|days| days.read(seq, at)),
            Input::Rested => {
                let read = self.read;
                self.look_for_days(|days| days.rest(now, read));
            }
            Input::Again(letter) => {
                if self.again.len() < DEAD_LETTERS_MAX
                    && self.again.iter().all(|known| known.seq != letter.seq)
                {
                    self.again.push_back(letter);
                }
            }
            Input::Settled(seq) => self.settled(seq),
            Input::Answered(seq, answer) => self.answered(now, seq, answer),
            Input::Stated(through, verdict) => self.stated(now, through, verdict),
            Input::Stop => self.tell(),
            Input::Timeout => self.timed_out(now),
        }
        self.send(now);
    }

    /// What to do next, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to send [`Input::Timeout`].
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let state = match self.state {
            State::Free => self.day_due().and_then(|(_, not_before)| not_before),
            State::Sent { until, .. }
            | State::Stating { until, .. }
            | State::Waiting { until, .. } => Some(until),
        };
        // While it is full it learns of no day: it will look when it has room.
        let turn = self.statements.as_ref().filter(|_| self.wants().is_some());
        let turn = turn.and_then(|statements| statements.days.turns_at());
        state.into_iter().chain(self.tell_at).chain(turn).min()
    }

    /// The last letter the far end has, or that is dead.
    pub fn done(&self) -> Seq {
        self.done
    }

    fn follow(&mut self, seq: Seq, at: Timestamp) {
        self.read = seq;
        self.look_for_days(|days| days.read(seq, at));
    }

    fn look_for_days(&mut self, look: impl FnOnce(&mut Days) -> Option<Day>) {
        let Some(statements) = &mut self.statements else { return };
        let day = look(&mut statements.days);
        statements.due.extend(day.filter(|day| day.through >= statements.stated));
    }

    /// The day whose statement is next, when all its records were taken or buried and nothing the
    /// far end lacks is still to be sent; and before when it is not to be sent.
    fn day_due(&self) -> Option<(Day, Option<Timestamp>)> {
        let statements = self.statements.as_ref()?;
        let day = *statements.due.front()?;
        let is_behind = self.waiting.front().is_some_and(|letter| letter.seq <= day.through);
        let is_whole = !is_behind && self.read >= day.through && self.missing.is_empty();
        is_whole.then_some((day, statements.not_before))
    }

    fn answered(&mut self, now: Timestamp, seq: Seq, answer: Answer) {
        let (line, is_awaited) = match self.state {
            State::Sent { line, seq: sent, .. } if sent == seq => (line, true),
            State::Waiting { line, seq: sent, .. } if sent == seq => (line, false),
            // Of a letter that is done: it was sent twice and answered twice.
            State::Free | State::Sent { .. } | State::Waiting { .. } | State::Stating { .. } => {
                return;
            }
        };
        match answer {
            // Late or not: the far end has it.
            Answer::Taken => self.taken(now, line, seq),
            // We gave this try up already, and another is planned.
            _ if !is_awaited => {}
            Answer::Refused { status, why } => self.refused(now, line, seq, status, why),
            Answer::Later { why, after } => self.wait(now, line, seq, why, after),
        }
    }

    fn settled(&mut self, seq: Seq) {
        self.missing.remove(&seq);
        if self.dead.remove(&seq)
            && let Some(statements) = &mut self.statements
            && statements.stated < seq
        {
            statements.dropped.insert(seq);
        }
        let in_hand = match self.state {
            State::Sent { line: Line::Again, seq, .. }
            | State::Waiting { line: Line::Again, seq, .. } => Some(seq),
            State::Free | State::Sent { .. } | State::Waiting { .. } | State::Stating { .. } => {
                None
            }
        };
        self.again.retain(|letter| letter.seq != seq || in_hand == Some(seq));
    }

    fn taken(&mut self, now: Timestamp, line: Line, seq: Seq) {
        self.let_go(line);
        self.worked();
        if line == Line::Again {
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
        self.untold += 1;
        self.tell_at.get_or_insert(now + TELL_AFTER);
        if self.untold >= TELL_EVERY {
            self.tell();
        }
    }

    fn refused(&mut self, now: Timestamp, line: Line, seq: Seq, status: u16, why: String) {
        self.refusals += 1;
        let is_known_dead = self.dead.contains(&seq);
        if !is_known_dead && self.dead.len() >= DEAD_LETTERS_MAX {
            let why = format!(
                "{DEAD_LETTERS_MAX} dead letters are kept; resend or drop them before more is refused ({status} {why})"
            );
            // Not a matter of patience: somebody has to look at once.
            self.get_stuck(seq, &why);
            return self.wait(now, line, seq, why, None);
        }
        if self.refusals < REFUSALS_MAX {
            return self.wait(now, line, seq, format!("HTTP {status} {why}"), None);
        }
        self.let_go(line);
        self.worked();
        if line == Line::Next {
            // What was taken before it goes on record before it.
            self.tell();
            self.done = seq;
        } else if !is_known_dead && !self.missing.remove(&seq) {
            // It was settled while it was on its way.
            return;
        }
        self.dead.insert(seq);
        let (destination, why) = (self.destination.clone(), cut(&why));
        self.append(MessagingEvent::DeadLettered { destination, seq, status, why });
    }

    fn wait(&mut self, now: Timestamp, line: Line, seq: Seq, why: String, after: Option<Duration>) {
        let until = now + self.backoff.failed(after);
        self.state = State::Waiting { line, seq, until };
        if self.backoff.failures() >= STUCK_AFTER {
            self.get_stuck(seq, &why);
        }
    }

    fn stated(&mut self, now: Timestamp, through: Seq, verdict: Verdict) {
        // Late: it was given up, and another is planned.
        if !matches!(self.state, State::Stating { through: sent, .. } if sent == through) {
            return;
        }
        self.state = State::Free;
        match verdict {
            Verdict::Compared { letters, missing, unknown } => {
                self.compared(letters, missing, unknown);
            }
            Verdict::Refused { status, why } => {
                let why = format!("HTTP {status} {why}");
                self.statement_failed(now, &why, None, true);
            }
            Verdict::Later { why, after } => self.statement_failed(now, &why, after, false),
        }
    }

    fn compared(&mut self, letters: u64, missing: Vec<Seq>, unknown: Vec<String>) {
        // That it has them goes on record before that it was told so.
        self.tell();
        let Some(statements) = &mut self.statements else { return };
        let Some(day) = statements.due.front().copied() else { return };
        // There may be more: once these were sent the day is told again.
        if missing.len() < DIFFERENCES_MAX {
            statements.close(day);
        }
        statements.resent.clear();
        statements.backoff.worked();
        (statements.not_before, statements.refusals, statements.is_failing) = (None, 0, false);
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
        statements.refusals += u32::from(is_refused);
        let is_given_up = statements.refusals >= REFUSALS_MAX;
        if is_given_up {
            statements.close(day);
            statements.backoff.worked();
            (statements.not_before, statements.refusals) = (None, 0);
        } else if statements.is_failing || statements.backoff.failures() < STUCK_AFTER {
            return;
        }
        statements.is_failing = !is_given_up;
        let through = statements.stated;
        let (destination, date, why) = (self.destination.clone(), day.date, cut(why));
        self.append(MessagingEvent::StatementFailed { destination, date, through, why });
    }

    fn get_stuck(&mut self, seq: Seq, why: &str) {
        if !self.is_stuck {
            self.is_stuck = true;
            let (destination, why) = (self.destination.clone(), cut(why));
            self.append(MessagingEvent::Stuck { destination, seq, why });
        }
    }

    /// The far end takes part: even a refusal for good is an answer.
    fn worked(&mut self) {
        self.backoff.worked();
        if self.is_stuck {
            self.is_stuck = false;
            let destination = self.destination.clone();
            self.append(MessagingEvent::Resumed { destination });
        }
    }

    fn let_go(&mut self, line: Line) {
        self.state = State::Free;
        self.refusals = 0;
        match line {
            Line::Next => {
                let gone = self.waiting.pop_front();
                self.waiting_bytes -= gone.map_or(0, |letter| letter.body.len());
            }
            Line::Again => {
                self.again.pop_front();
            }
        }
    }

    fn timed_out(&mut self, now: Timestamp) {
        if self.tell_at.is_some_and(|at| at <= now) {
            self.tell();
        }
        match self.state {
            State::Sent { line, seq, until } if until <= now => {
                let why = format!("no answer in {} s", self.pace.answer_within.as_secs());
                self.wait(now, line, seq, why, None);
            }
            // The same letter, whatever has come since: its refusals are counted.
            State::Waiting { line, until, .. } if until <= now => self.send_first_of(now, line),
            State::Stating { until, .. } if until <= now => {
                self.state = State::Free;
                self.statement_failed(now, "no answer", None, false);
            }
            // The timeout was about something that has happened since.
            State::Free | State::Sent { .. } | State::Waiting { .. } | State::Stating { .. } => {}
        }
    }

    /// Send a letter, when none is in hand. A dead one goes first: somebody waits for it.
    fn send(&mut self, now: Timestamp) {
        if self.state != State::Free {
            return;
        }
        if !self.again.is_empty() {
            return self.send_first_of(now, Line::Again);
        }
        match self.day_due() {
            Some((day, not_before)) if not_before.is_none_or(|at| at <= now) => {
                self.state(now, day)
            }
            _ => self.send_first_of(now, Line::Next),
        }
    }

    fn state(&mut self, now: Timestamp, day: Day) {
        let Some(statements) = &self.statements else { return };
        let after = statements.stated;
        let is_in = |seq: &&Seq| after < **seq && **seq <= day.through;
        let left_out = self.dead.union(&statements.dropped).filter(is_in).copied().collect();
        self.state = State::Stating { through: day.through, until: now + STATED_WITHIN };
        let resent = statements.resent.iter().copied().collect();
        self.outputs.push_back(Output::State { day, after, left_out, resent });
    }

    fn send_first_of(&mut self, now: Timestamp, line: Line) {
        let letters = match line {
            Line::Next => &self.waiting,
            Line::Again => &self.again,
        };
        let Some(letter) = letters.front().cloned() else { return };
        let until = now + self.pace.answer_within;
        self.state = State::Sent { line, seq: letter.seq, until };
        let key = self.destination.key(letter.seq);
        self.outputs.push_back(Output::Send { key, letter });
    }

    /// Put on record how far it has got.
    fn tell(&mut self) {
        self.tell_at = None;
        if self.untold > 0 {
            let letters = std::mem::take(&mut self.untold);
            let (destination, seq) = (self.destination.clone(), self.done);
            self.append(MessagingEvent::Acknowledged { destination, seq, letters });
        }
    }

    fn append(&mut self, event: MessagingEvent) {
        self.outputs.push_back(Output::Append(event));
    }
}

impl Statements {
    /// This day is over and done with.
    fn close(&mut self, day: Day) {
        self.due.pop_front();
        self.stated = day.through;
        self.dropped = self.dropped.split_off(&(day.through + 1));
    }
}

/// A far end's own words on record: enough to know what it did not like.
fn cut(why: &str) -> String {
    why.chars().filter(|c| !c.is_control()).take(WHY_CHARS_MAX).collect()
}

/// Letters in hand: enough to be busy, few enough to hold a hundred outboxes in memory.
const LETTERS_MAX: usize = 64;
/// Bytes in hand after which no more are taken.
const LETTERS_BYTES_MAX: usize = 4 << 20;
/// Letters in hand that go again.
const AGAIN_MAX: usize = 16;
/// To read a day of a large city and to hear what the far end says of it; whoever sends it is
/// done sooner.
const STATED_WITHIN: Duration = Duration::from_secs(1_800);
/// A refusal may be a far end's bad moment: twice more, then it is believed.
const REFUSALS_MAX: u32 = 3;
/// Failures in a row after which a person should know; some half minute.
const STUCK_AFTER: u32 = 5;
/// What was taken goes on record at the latest after this many letters...
const TELL_EVERY: u32 = 64;
/// ...or this long after the first: a crash sends no more than these again.
const TELL_AFTER: Duration = Duration::from_secs(1);
const WHY_CHARS_MAX: usize = 200;
