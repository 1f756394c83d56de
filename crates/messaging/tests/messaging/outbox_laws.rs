//! Every delivery arrives in order, and one that arrives twice carries the same key, whatever a
//! destination answers and however often the engine restarts.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use messaging::{
    Cursor, Cursors, DeliveryOutcome, Outbox, OutboxInput as Input, OutboxOutput as Output,
};
use model::{Seq, Timestamp, desk::MessagingEvent};
use proptest::prelude::*;

use crate::outbox::{TIMEOUTS, delivery, province, refused, start};

/// One step of the simulation.
#[derive(Clone, Debug)]
enum Step {
    /// The destination accepts the delivery.
    Accept,
    /// The destination accepts the delivery, and its answer is lost.
    AcceptAnswerLost,
    /// The destination answers 503.
    ServerError,
    /// The destination answers 422.
    Reject,
    /// The destination gets no delivery and answers nothing.
    NoAnswer,
    /// The destination accepts the delivery and answers after the timeout.
    AcceptLate,
    /// The engine restarts after its events were written to the log.
    Crash,
    /// The engine restarts, and the events that were not yet written are lost.
    CrashBeforeWrite,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => Just(Step::Accept),
        1 => Just(Step::AcceptAnswerLost),
        2 => Just(Step::ServerError),
        2 => Just(Step::Reject),
        1 => Just(Step::NoAnswer),
        1 => Just(Step::AcceptLate),
        1 => Just(Step::Crash),
        1 => Just(Step::CrashBeforeWrite),
    ];
    proptest::collection::vec(step, 0..200)
}

/// The log, the destination, and the outbox between them.
struct Simulation {
    now: Timestamp,
    /// Whether each record is for this destination.
    log: BTreeMap<Seq, bool>,
    cursors: Cursors,
    outbox: Outbox,
    /// The keys and records that arrived, in order.
    arrived: Vec<(String, Seq)>,
    /// Sent and not yet answered.
    open: VecDeque<(String, Seq)>,
    /// Events that are not yet in the log.
    unwritten: Vec<MessagingEvent>,
    starts: u8,
}

impl Simulation {
    fn new(log: BTreeMap<Seq, bool>) -> Simulation {
        let mut cursors = Cursors::default();
        let opened = MessagingEvent::DestinationOpened { destination: province(), after: 0 };
        cursors.apply(Timestamp::default(), &opened);
        Simulation {
            now: Timestamp::from_micros(1_795_334_592_000_000),
            log,
            outbox: Outbox::new(province(), &Cursor::opened(0), TIMEOUTS, [1; 32]),
            cursors,
            arrived: Vec::new(),
            open: VecDeque::new(),
            unwritten: Vec::new(),
            starts: 1,
        }
    }

    fn feed_log(&mut self) {
        while let Some(seq) = self.outbox.next_wanted() {
            let Some(chosen) = self.log.get(&seq) else { break };
            self.input(match chosen {
                true => Input::Next(delivery(seq)),
                false => Input::Skipped(seq, start()),
            });
        }
    }

    fn input(&mut self, input: Input) {
        self.outbox.handle_input(self.now, input);
        while let Some(output) = self.outbox.poll_output() {
            match output {
                Output::Send { key, delivery } => self.open.push_back((key, delivery.seq)),
                Output::SendStatement { .. } => {
                    panic!("this destination does not compare statements")
                }
                Output::Append(event) => self.unwritten.push(event),
            }
        }
    }

    fn write(&mut self) {
        for event in self.unwritten.drain(..) {
            self.cursors.apply(self.now, &event);
        }
    }

    fn pass_time(&mut self) {
        if let Some(at) = self.outbox.poll_timeout() {
            self.now = self.now.max(at);
            self.input(Input::Timeout);
        }
    }

    fn restart(&mut self) {
        self.unwritten.clear();
        self.open.clear();
        self.starts += 1;
        let cursor = self.cursors.of(&province()).cloned().unwrap_or_default();
        self.outbox = Outbox::new(province(), &cursor, TIMEOUTS, [self.starts; 32]);
    }

    fn run(&mut self, step: &Step) {
        self.feed_log();
        match step {
            Step::Crash => {
                self.write();
                return self.restart();
            }
            Step::CrashBeforeWrite => return self.restart(),
            _ => {}
        }
        let Some((key, seq)) = self.open.pop_front() else { return self.pass_time() };
        assert!(self.open.is_empty(), "one in flight");
        let accepts = matches!(step, Step::Accept | Step::AcceptAnswerLost | Step::AcceptLate);
        if accepts {
            self.arrived.push((key, seq));
        }
        match step {
            Step::Accept => self.input(Input::Answered(seq, DeliveryOutcome::Accepted)),
            Step::ServerError => {
                let answer = DeliveryOutcome::of_status(503, "", None);
                self.input(Input::Answered(seq, answer));
            }
            Step::Reject => self.input(Input::Answered(seq, refused())),
            Step::AcceptLate => {
                self.pass_time();
                self.input(Input::Answered(seq, DeliveryOutcome::Accepted));
            }
            Step::AcceptAnswerLost | Step::NoAnswer | Step::Crash | Step::CrashBeforeWrite => {}
        }
        self.write();
    }

    /// Lets the destination accept everything until nothing is left to send.
    fn run_until_idle(&mut self) {
        for _ in 0..10_000 {
            self.run(&Step::Accept);
            self.write();
            if self.outbox.poll_timeout().is_none() && self.open.is_empty() {
                return;
            }
        }
        panic!("the outbox did not become idle");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_delivery_arrives_in_order_and_a_repeat_has_the_same_key(
        chosen in proptest::collection::vec(any::<bool>(), 1..60),
        steps in steps(),
    ) {
        let log: BTreeMap<Seq, bool> = (1..).zip(chosen).collect();
        let wanted: BTreeSet<Seq> =
            log.iter().filter(|(_, chosen)| **chosen).map(|(seq, _)| *seq).collect();
        let mut simulation = Simulation::new(log);
        for step in &steps {
            simulation.run(step);
        }
        simulation.run_until_idle();

        let cursor = simulation.cursors.of(&province()).cloned().unwrap_or_default();
        let got: BTreeSet<Seq> = simulation.arrived.iter().map(|(_, seq)| *seq).collect();
        let dead: BTreeSet<Seq> = cursor.dead.keys().copied().collect();
        let all: BTreeSet<Seq> = got.union(&dead).copied().collect();
        // Nothing was lost, and nothing was sent that was not chosen.
        prop_assert_eq!(&all, &wanted);
        // The first arrivals are in order.
        let mut last = 0;
        let mut seen = BTreeSet::new();
        for (key, seq) in &simulation.arrived {
            prop_assert_eq!(key, &format!("province-{seq}"));
            if seen.insert(*seq) {
                prop_assert!(*seq > last, "{seq} after {last}");
                last = *seq;
            }
        }
        // The cursor agrees with what the destination has.
        prop_assert_eq!(cursor.done, wanted.last().copied().unwrap_or(0));
        prop_assert_eq!(cursor.letters, (wanted.len() - dead.len()) as u64);
        prop_assert!(cursor.stuck.is_none());
    }
}
