//! Whatever a far end does and however often we die: everything arrives, in order,
//! and what arrives twice carries the same key.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use messaging::{Answer, Cursor, Cursors, Outbox, OutboxInput as Input, OutboxOutput as Output};
use model::{Seq, Timestamp, desk::MessagingEvent};
use proptest::prelude::*;

use crate::outbox::{PACE, letter, province, refused, start};

/// What happens next.
#[derive(Clone, Debug)]
enum Fate {
    /// The far end has it and says so.
    Takes,
    /// The far end has it, and the answer is lost.
    TakesUnheard,
    /// It says 503.
    Fails,
    /// It says 422.
    Refuses,
    /// It says nothing.
    Hangs,
    /// It has it, and answers after we gave up.
    TakesLate,
    /// We die, with what is on record so far.
    Crash,
    /// We die, and what was to go on record is lost.
    CrashBeforeRecord,
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop_oneof![
        6 => Just(Fate::Takes),
        1 => Just(Fate::TakesUnheard),
        2 => Just(Fate::Fails),
        2 => Just(Fate::Refuses),
        1 => Just(Fate::Hangs),
        1 => Just(Fate::TakesLate),
        1 => Just(Fate::Crash),
        1 => Just(Fate::CrashBeforeRecord),
    ];
    proptest::collection::vec(fate, 0..200)
}

/// The log, the far end, and the outbox between them.
struct World {
    now: Timestamp,
    /// Which records are for this destination.
    log: BTreeMap<Seq, bool>,
    cursors: Cursors,
    outbox: Outbox,
    /// Keys and records, as they arrived.
    arrived: Vec<(String, Seq)>,
    /// Sent and not yet fated.
    open: VecDeque<(String, Seq)>,
    /// Events not yet on record.
    unwritten: Vec<MessagingEvent>,
    lives: u8,
}

impl World {
    fn new(log: BTreeMap<Seq, bool>) -> World {
        let mut cursors = Cursors::default();
        let opened = MessagingEvent::DestinationOpened { destination: province(), after: 0 };
        cursors.apply(Timestamp::default(), &opened);
        World {
            now: Timestamp::from_micros(1_795_334_592_000_000),
            log,
            outbox: Outbox::new(province(), &Cursor::opened(0), PACE, [1; 32]),
            cursors,
            arrived: Vec::new(),
            open: VecDeque::new(),
            unwritten: Vec::new(),
            lives: 1,
        }
    }

    fn feed(&mut self) {
        while let Some(seq) = self.outbox.wants() {
            let Some(chosen) = self.log.get(&seq) else { break };
            self.tell(match chosen {
                true => Input::Letter(letter(seq)),
                false => Input::Skipped(seq, start()),
            });
        }
    }

    fn tell(&mut self, input: Input) {
        self.outbox.handle_input(self.now, input);
        while let Some(output) = self.outbox.poll_output() {
            match output {
                Output::Send { key, letter } => self.open.push_back((key, letter.seq)),
                Output::State { .. } => panic!("this far end does not compare"),
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
            self.tell(Input::Timeout);
        }
    }

    fn die(&mut self) {
        self.unwritten.clear();
        self.open.clear();
        self.lives += 1;
        let cursor = self.cursors.of(&province()).cloned().unwrap_or_default();
        self.outbox = Outbox::new(province(), &cursor, PACE, [self.lives; 32]);
    }

    fn suffer(&mut self, fate: &Fate) {
        self.feed();
        match fate {
            Fate::Crash => {
                self.write();
                return self.die();
            }
            Fate::CrashBeforeRecord => return self.die(),
            _ => {}
        }
        let Some((key, seq)) = self.open.pop_front() else { return self.pass_time() };
        assert!(self.open.is_empty(), "one in flight");
        let gives = matches!(fate, Fate::Takes | Fate::TakesUnheard | Fate::TakesLate);
        if gives {
            self.arrived.push((key, seq));
        }
        match fate {
            Fate::Takes => self.tell(Input::Answered(seq, Answer::Taken)),
            Fate::Fails => {
                let answer = Answer::of_status(503, "", None);
                self.tell(Input::Answered(seq, answer));
            }
            Fate::Refuses => self.tell(Input::Answered(seq, refused())),
            Fate::TakesLate => {
                self.pass_time();
                self.tell(Input::Answered(seq, Answer::Taken));
            }
            Fate::TakesUnheard | Fate::Hangs | Fate::Crash | Fate::CrashBeforeRecord => {}
        }
        self.write();
    }

    /// From now on the far end is well.
    fn recover(&mut self) {
        for _ in 0..10_000 {
            self.suffer(&Fate::Takes);
            self.write();
            if self.outbox.poll_timeout().is_none() && self.open.is_empty() {
                return;
            }
        }
        panic!("it never comes to rest");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn everything_arrives_in_order_and_twice_only_under_the_same_key(
        chosen in proptest::collection::vec(any::<bool>(), 1..60),
        fates in fates(),
    ) {
        let log: BTreeMap<Seq, bool> = (1..).zip(chosen).collect();
        let wanted: BTreeSet<Seq> =
            log.iter().filter(|(_, chosen)| **chosen).map(|(seq, _)| *seq).collect();
        let mut world = World::new(log);
        for fate in &fates {
            world.suffer(fate);
        }
        world.recover();

        let cursor = world.cursors.of(&province()).cloned().unwrap_or_default();
        let got: BTreeSet<Seq> = world.arrived.iter().map(|(_, seq)| *seq).collect();
        let dead: BTreeSet<Seq> = cursor.dead.keys().copied().collect();
        let all: BTreeSet<Seq> = got.union(&dead).copied().collect();
        // Nothing lost, nothing sent that was not chosen.
        prop_assert_eq!(&all, &wanted);
        // In order: what is new is later than everything before it.
        let mut last = 0;
        let mut seen = BTreeSet::new();
        for (key, seq) in &world.arrived {
            prop_assert_eq!(key, &format!("province-{seq}"));
            if seen.insert(*seq) {
                prop_assert!(*seq > last, "{seq} after {last}");
                last = *seq;
            }
        }
        // The record says what the far end has.
        prop_assert_eq!(cursor.done, wanted.last().copied().unwrap_or(0));
        prop_assert_eq!(cursor.letters, (wanted.len() - dead.len()) as u64);
        prop_assert!(cursor.stuck.is_none());
    }
}
