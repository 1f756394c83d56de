//! A destination that loses accepted deliveries gets all of them in the end, whatever else fails.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use messaging::{
    ClosedDay, Cursors, Delivery, DeliveryOutcome, Outbox, OutboxInput as Input,
    OutboxOutput as Output, Statement, StatementOutcome,
};
use model::{Seq, Timestamp, Zone, desk::MessagingEvent};
use proptest::prelude::*;

use crate::outbox::{TIMEOUTS, delivery, province, refused, start};

/// One step of the simulation.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The destination accepts the delivery, or compares the statement.
    Accept,
    /// The destination answers that it accepted the delivery, and loses it.
    AcceptAndLose,
    /// The destination cannot be reached.
    Unreachable,
    /// The destination refuses the delivery.
    Reject,
    /// The destination answers nothing.
    NoAnswer,
    /// The engine restarts after its events were written to the log.
    Crash,
    /// The engine restarts, and the events that were not yet written are lost.
    CrashBeforeWrite,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => Just(Step::Accept),
        2 => Just(Step::AcceptAndLose),
        1 => Just(Step::Unreachable),
        1 => Just(Step::Reject),
        1 => Just(Step::NoAnswer),
        1 => Just(Step::Crash),
        1 => Just(Step::CrashBeforeWrite),
    ];
    proptest::collection::vec(step, 0..150)
}

/// A request that was sent and is not yet answered.
enum Open {
    Delivery(Seq),
    Statement { day: ClosedDay, after: Seq, blank: Box<Statement> },
}

struct Simulation {
    now: Timestamp,
    log: BTreeMap<Seq, bool>,
    cursors: Cursors,
    outbox: Outbox,
    /// The records that the destination has.
    has: BTreeSet<Seq>,
    again: Vec<Seq>,
    open: Option<Open>,
    unwritten: Vec<MessagingEvent>,
    /// The last record of each compared statement.
    ends: Vec<Seq>,
}

/// A record every five hours.
fn at(seq: Seq) -> Timestamp {
    start() + Duration::from_secs(seq * 18_000)
}

impl Simulation {
    fn new(log: BTreeMap<Seq, bool>) -> Simulation {
        let mut cursors = Cursors::default();
        let opened = MessagingEvent::StatementsOpened { destination: province(), after: 0 };
        cursors.apply(start(), &opened);
        let outbox = Simulation::outbox(&cursors);
        let now = start();
        Simulation {
            now,
            log,
            outbox,
            cursors,
            has: BTreeSet::new(),
            again: Vec::new(),
            open: None,
            unwritten: Vec::new(),
            ends: vec![0],
        }
    }

    fn outbox(cursors: &Cursors) -> Outbox {
        let cursor = cursors.of(&province()).cloned().unwrap_or_default();
        let outbox = Outbox::new(province(), &cursor, TIMEOUTS, [1; 32]);
        outbox.with_statements(Zone::CHINA, &cursor, [2; 32])
    }

    fn input(&mut self, input: Input) {
        self.outbox.handle_input(self.now, input);
        while let Some(output) = self.outbox.poll_output() {
            match output {
                Output::Send { delivery, .. } => self.open = Some(Open::Delivery(delivery.seq)),
                Output::SendStatement { day, after, left_out, resent } => {
                    let blank = Statement::new(province(), day.date, left_out).with_resent(resent);
                    let blank = Box::new(blank);
                    self.open = Some(Open::Statement { day, after, blank });
                }
                Output::Append(event) => {
                    if let MessagingEvent::Reconciled { missing, .. } = &event {
                        self.again.extend(missing);
                    }
                    self.unwritten.push(event);
                }
            }
        }
    }

    fn feed_log(&mut self) {
        for seq in std::mem::take(&mut self.again) {
            self.input(Input::Resend(delivery(seq)));
        }
        while let Some(seq) = self.outbox.next_wanted() {
            let Some(chosen) = self.log.get(&seq).copied() else {
                return self.input(Input::LogEnd);
            };
            self.now = self.now.max(at(seq));
            self.input(match chosen {
                true => Input::Next(Delivery { at: at(seq), ..delivery(seq) }),
                false => Input::Skipped(seq, at(seq)),
            });
        }
    }

    fn write(&mut self) {
        for event in self.unwritten.drain(..) {
            if let MessagingEvent::Reconciled { through, .. } = &event {
                self.ends.push(*through);
            }
            self.cursors.apply(self.now, &event);
        }
    }

    fn restart(&mut self) {
        self.unwritten.clear();
        self.open = None;
        self.outbox = Simulation::outbox(&self.cursors);
        let cursor = self.cursors.of(&province()).cloned().unwrap_or_default();
        self.again = cursor.missing.into_iter().collect();
        for seq in cursor.stated.unwrap_or(0) + 1..=cursor.done {
            self.input(Input::AlreadyDelivered(seq, at(seq)));
        }
    }

    fn run(&mut self, step: Step) {
        self.feed_log();
        match step {
            Step::Crash => {
                self.write();
                return self.restart();
            }
            Step::CrashBeforeWrite => return self.restart(),
            _ => {}
        }
        match self.open.take() {
            None => {
                if let Some(at) = self.outbox.poll_timeout() {
                    self.now = self.now.max(at);
                    self.input(Input::Timeout);
                }
            }
            Some(Open::Delivery(seq)) => {
                let answer = match step {
                    Step::Accept => {
                        self.has.insert(seq);
                        DeliveryOutcome::Accepted
                    }
                    Step::AcceptAndLose => {
                        self.has.remove(&seq);
                        DeliveryOutcome::Accepted
                    }
                    Step::Reject => refused(),
                    _ => DeliveryOutcome::unreachable("gone"),
                };
                if !matches!(step, Step::NoAnswer) {
                    self.input(Input::Answered(seq, answer));
                }
            }
            Some(Open::Statement { day, after, blank }) => {
                let verdict = match step {
                    Step::Accept | Step::AcceptAndLose => self.compare(day, after, *blank),
                    _ => StatementOutcome::Retry { why: "gone".into(), after: None },
                };
                if !matches!(step, Step::NoAnswer) {
                    self.input(Input::StatementSent(day.through, verdict));
                }
            }
        }
        self.write();
    }

    /// Compares a statement as a correct destination does: names every key that it does not have.
    fn compare(&self, day: ClosedDay, after: Seq, mut statement: Statement) -> StatementOutcome {
        let is_sent = |seq: &Seq| after < *seq && *seq <= day.through && self.log[seq];
        let sent: Vec<Seq> = self.log.keys().copied().filter(is_sent).collect();
        sent.iter().for_each(|seq| statement.add(*seq));
        let sent = sent.into_iter().map(|seq| province().key(seq)).chain(statement.resent());
        let has = |key: &String| province().seq_of(key).is_some_and(|seq| self.has.contains(&seq));
        let lacks: Vec<String> = sent.filter(|key| !has(key)).collect();
        statement.compared(&lacks, &[])
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn lost_delivery_is_found_by_the_next_statement_and_sent_again(
        chosen in proptest::collection::vec(any::<bool>(), 1..40),
        steps in steps(),
    ) {
        let log: BTreeMap<Seq, bool> = (1..).zip(chosen).collect();
        let last = log.len() as Seq;
        let wanted: BTreeSet<Seq> =
            log.iter().filter(|(_, chosen)| **chosen).map(|(seq, _)| *seq).collect();
        let mut simulation = Simulation::new(log);
        for step in &steps {
            simulation.run(*step);
        }
        // The destination works from now on; the statement of the last day follows after midnight.
        let is_done = |simulation: &Simulation| {
            simulation.cursors.of(&province()).is_some_and(|cursor| {
                cursor.stated == Some(last)
                    && cursor.missing.is_empty()
                    && cursor.resent.is_empty()
            })
        };
        for _ in 0..2_000 {
            if is_done(&simulation) {
                break;
            }
            simulation.run(Step::Accept);
        }
        prop_assert!(is_done(&simulation), "the outbox did not become idle: {:?}", simulation.cursors);
        let cursor = simulation.cursors.of(&province()).cloned().unwrap_or_default();
        let dead: BTreeSet<Seq> = cursor.dead.keys().copied().collect();
        let found: BTreeSet<Seq> = simulation.has.union(&dead).copied().collect();
        prop_assert_eq!(&found, &wanted);
        // No statement ends before an earlier one.
        prop_assert!(simulation.ends.is_sorted(), "{:?}", simulation.ends);
    }
}
