//! The log on its way to one far end: in order, at least once, nothing lost (INT-01).
//!
//! One letter is in flight at a time, so what arrives arrives in order. What
//! the far end cannot take now waits, for ever if need be; what it refuses for
//! good is put aside on record as a dead letter, and the next ones go on. How
//! far it has got goes on record after the far end has it, never before: a
//! crash between the two sends a letter twice, under the same key.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use model::{
    Seq, Timestamp,
    desk::{CourierDeed, DestinationId},
};

use super::{Answer, Backoff, Cursor, DEAD_LETTERS_MAX};

/// One record as a far end gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The record.
    pub seq: Seq,
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
    Skipped(Seq),
    /// A dead letter somebody wants tried again.
    Again(Letter),
    /// A dead letter was settled by a person.
    Settled(Seq),
    /// The far end answered the letter about this record, or did not.
    Answered(Seq, Answer),
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
    /// Put this on record.
    Append(CourierDeed),
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
    dead: usize,
    /// How often the letter in hand was refused.
    refusals: u32,
    is_stuck: bool,
    outputs: VecDeque<Output>,
}

/// What is done about the first letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing: there is none, or it has yet to be sent.
    Free,
    /// It is on its way.
    Sent { line: Line, seq: Seq, until: Timestamp },
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
            dead: cursor.dead.len(),
            refusals: 0,
            is_stuck: cursor.stuck.is_some(),
            outputs: VecDeque::new(),
        }
    }

    /// The record it wants next; `None` while it has enough in hand.
    pub fn wants(&self) -> Option<Seq> {
        let has_room = self.waiting.len() < LETTERS_MAX && self.waiting_bytes < LETTERS_BYTES_MAX;
        has_room.then_some(self.read + 1)
    }

    /// Take one input; then drain `poll_output`.
    pub fn handle_input(&mut self, now: Timestamp, input: Input) {
        match input {
            // Told twice, or out of order: it has it, or will ask for it.
            Input::Letter(letter) if letter.seq != self.read + 1 => {}
            Input::Letter(letter) => {
                self.read = letter.seq;
                self.waiting_bytes += letter.body.len();
                self.waiting.push_back(letter);
            }
            Input::Skipped(seq) => {
                if seq == self.read + 1 {
                    self.read = seq;
                }
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
            State::Free => None,
            State::Sent { until, .. } | State::Waiting { until, .. } => Some(until),
        };
        state.into_iter().chain(self.tell_at).min()
    }

    /// The last letter the far end has, or that is dead.
    pub fn done(&self) -> Seq {
        self.done
    }

    fn answered(&mut self, now: Timestamp, seq: Seq, answer: Answer) {
        let (line, is_awaited) = match self.state {
            State::Sent { line, seq: sent, .. } if sent == seq => (line, true),
            State::Waiting { line, seq: sent, .. } if sent == seq => (line, false),
            // Of a letter that is done: it was sent twice and answered twice.
            State::Free | State::Sent { .. } | State::Waiting { .. } => return,
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
        self.dead = self.dead.saturating_sub(1);
        let in_hand = match self.state {
            State::Sent { line: Line::Again, seq, .. }
            | State::Waiting { line: Line::Again, seq, .. } => Some(seq),
            State::Free | State::Sent { .. } | State::Waiting { .. } => None,
        };
        self.again.retain(|letter| letter.seq != seq || in_hand == Some(seq));
    }

    fn taken(&mut self, now: Timestamp, line: Line, seq: Seq) {
        self.let_go(line);
        self.worked();
        if line == Line::Again {
            self.dead = self.dead.saturating_sub(1);
            let destination = self.destination.clone();
            self.append(CourierDeed::Resent { destination, seq });
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
        let is_known_dead = line == Line::Again;
        if !is_known_dead && self.dead >= DEAD_LETTERS_MAX {
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
        if !is_known_dead {
            // What was taken before it goes on record before it.
            self.tell();
            self.dead += 1;
            self.done = seq;
        }
        let (destination, why) = (self.destination.clone(), cut(&why));
        self.append(CourierDeed::DeadLettered { destination, seq, status, why });
    }

    fn wait(&mut self, now: Timestamp, line: Line, seq: Seq, why: String, after: Option<Duration>) {
        let until = now + self.backoff.failed(after);
        self.state = State::Waiting { line, seq, until };
        if self.backoff.failures() >= STUCK_AFTER {
            self.get_stuck(seq, &why);
        }
    }

    fn get_stuck(&mut self, seq: Seq, why: &str) {
        if !self.is_stuck {
            self.is_stuck = true;
            let (destination, why) = (self.destination.clone(), cut(why));
            self.append(CourierDeed::Stuck { destination, seq, why });
        }
    }

    /// The far end takes part: even a refusal for good is an answer.
    fn worked(&mut self) {
        self.backoff.worked();
        if self.is_stuck {
            self.is_stuck = false;
            let destination = self.destination.clone();
            self.append(CourierDeed::Resumed { destination });
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
            // The timeout was about something that has happened since.
            State::Free | State::Sent { .. } | State::Waiting { .. } => {}
        }
    }

    /// Send a letter, when none is in hand. A dead one goes first: somebody waits for it.
    fn send(&mut self, now: Timestamp) {
        if self.state == State::Free {
            let line = if self.again.is_empty() { Line::Next } else { Line::Again };
            self.send_first_of(now, line);
        }
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
            self.append(CourierDeed::Acknowledged { destination, seq, letters });
        }
    }

    fn append(&mut self, deed: CourierDeed) {
        self.outputs.push_back(Output::Append(deed));
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
/// A refusal may be a far end's bad moment: twice more, then it is believed.
const REFUSALS_MAX: u32 = 3;
/// Failures in a row after which a person should know; some half minute.
const STUCK_AFTER: u32 = 5;
/// What was taken goes on record at the latest after this many letters...
const TELL_EVERY: u32 = 64;
/// ...or this long after the first: a crash sends no more than these again.
const TELL_AFTER: Duration = Duration::from_secs(1);
const WHY_CHARS_MAX: usize = 200;
