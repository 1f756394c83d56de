//! A far end that loses what it took has everything in the end, whatever else goes wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use messaging::{
    Answer, Cursors, Day, Letter, Outbox, OutboxInput as Input, OutboxOutput as Output, Statement,
    Verdict,
};
use model::{Seq, Timestamp, Zone, desk::MessagingEvent};
use proptest::prelude::*;

use crate::outbox::{PACE, letter, province, refused, start};

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// The far end takes it, or compares.
    Takes,
    /// It says that it took it, and loses it.
    Loses,
    Fails,
    Refuses,
    Hangs,
    /// We die.
    Crash,
    /// We die, and what was to go on record is lost.
    CrashBeforeRecord,
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop_oneof![
        8 => Just(Fate::Takes),
        2 => Just(Fate::Loses),
        1 => Just(Fate::Fails),
        1 => Just(Fate::Refuses),
        1 => Just(Fate::Hangs),
        1 => Just(Fate::Crash),
        1 => Just(Fate::CrashBeforeRecord),
    ];
    proptest::collection::vec(fate, 0..150)
}

/// What is on its way.
enum Open {
    Letter(Seq),
    Statement { day: Day, after: Seq, blank: Box<Statement> },
}

struct World {
    now: Timestamp,
    log: BTreeMap<Seq, bool>,
    cursors: Cursors,
    outbox: Outbox,
    /// What the far end has.
    has: BTreeSet<Seq>,
    again: Vec<Seq>,
    open: Option<Open>,
    unwritten: Vec<MessagingEvent>,
    /// Where each compared statement ended.
    ends: Vec<Seq>,
}

/// A record every five hours.
fn at(seq: Seq) -> Timestamp {
    start() + Duration::from_secs(seq * 18_000)
}

impl World {
    fn new(log: BTreeMap<Seq, bool>) -> World {
        let mut cursors = Cursors::default();
        let opened = MessagingEvent::StatementsOpened { destination: province(), after: 0 };
        cursors.apply(start(), &opened);
        let outbox = World::outbox(&cursors);
        let now = start();
        World {
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
        let outbox = Outbox::new(province(), &cursor, PACE, [1; 32]);
        outbox.stating(Zone::CHINA, &cursor, [2; 32])
    }

    fn tell(&mut self, input: Input) {
        self.outbox.handle_input(self.now, input);
        while let Some(output) = self.outbox.poll_output() {
            match output {
                Output::Send { letter, .. } => self.open = Some(Open::Letter(letter.seq)),
                Output::State { day, after, left_out, resent } => {
                    let blank = Statement::new(province(), day.date, left_out).and_again(resent);
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

    fn feed(&mut self) {
        for seq in std::mem::take(&mut self.again) {
            self.tell(Input::Again(letter(seq)));
        }
        while let Some(seq) = self.outbox.wants() {
            let Some(chosen) = self.log.get(&seq).copied() else {
                return self.tell(Input::Rested);
            };
            self.now = self.now.max(at(seq));
            self.tell(match chosen {
                true => Input::Letter(Letter { at: at(seq), ..letter(seq) }),
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

    fn die(&mut self) {
        self.unwritten.clear();
        self.open = None;
        self.outbox = World::outbox(&self.cursors);
        let cursor = self.cursors.of(&province()).cloned().unwrap_or_default();
        self.again = cursor.missing.into_iter().collect();
        for seq in cursor.stated.unwrap_or(0) + 1..=cursor.done {
            self.tell(Input::Had(seq, at(seq)));
        }
    }

    fn suffer(&mut self, fate: Fate) {
        self.feed();
        match fate {
            Fate::Crash => {
                self.write();
                return self.die();
            }
            Fate::CrashBeforeRecord => return self.die(),
            _ => {}
        }
        match self.open.take() {
            None => {
                if let Some(at) = self.outbox.poll_timeout() {
                    self.now = self.now.max(at);
                    self.tell(Input::Timeout);
                }
            }
            Some(Open::Letter(seq)) => {
                let answer = match fate {
                    Fate::Takes => {
                        self.has.insert(seq);
                        Answer::Taken
                    }
                    // It has it no more, if it ever had.
                    Fate::Loses => {
                        self.has.remove(&seq);
                        Answer::Taken
                    }
                    Fate::Refuses => refused(),
                    _ => Answer::nothing("gone"),
                };
                if !matches!(fate, Fate::Hangs) {
                    self.tell(Input::Answered(seq, answer));
                }
            }
            Some(Open::Statement { day, after, blank }) => {
                let verdict = match fate {
                    Fate::Takes | Fate::Loses => self.compare(day, after, *blank),
                    _ => Verdict::Later { why: "gone".into(), after: None },
                };
                if !matches!(fate, Fate::Hangs) {
                    self.tell(Input::Stated(day.through, verdict));
                }
            }
        }
        self.write();
    }

    /// An honest far end: everything it is told of and does not have.
    fn compare(&self, day: Day, after: Seq, mut statement: Statement) -> Verdict {
        let is_told = |seq: &Seq| after < *seq && *seq <= day.through && self.log[seq];
        let told: Vec<Seq> = self.log.keys().copied().filter(is_told).collect();
        told.iter().for_each(|seq| statement.add(*seq));
        let told = told.into_iter().map(|seq| province().key(seq)).chain(statement.resent());
        let has = |key: &String| province().seq_of(key).is_some_and(|seq| self.has.contains(&seq));
        let lacks: Vec<String> = told.filter(|key| !has(key)).collect();
        statement.compared(&lacks, &[])
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn what_is_lost_over_there_is_found_by_the_next_statement_and_sent_again(
        chosen in proptest::collection::vec(any::<bool>(), 1..40),
        fates in fates(),
    ) {
        let log: BTreeMap<Seq, bool> = (1..).zip(chosen).collect();
        let last = log.len() as Seq;
        let wanted: BTreeSet<Seq> =
            log.iter().filter(|(_, chosen)| **chosen).map(|(seq, _)| *seq).collect();
        let mut world = World::new(log);
        for fate in &fates {
            world.suffer(*fate);
        }
        // From now on it is well. Midnight comes, and the last day is told.
        let is_done = |world: &World| {
            world.cursors.of(&province()).is_some_and(|cursor| {
                cursor.stated == Some(last)
                    && cursor.missing.is_empty()
                    && cursor.resent.is_empty()
            })
        };
        for _ in 0..2_000 {
            if is_done(&world) {
                break;
            }
            world.suffer(Fate::Takes);
        }
        prop_assert!(is_done(&world), "it never comes to rest: {:?}", world.cursors);
        let cursor = world.cursors.of(&province()).cloned().unwrap_or_default();
        let dead: BTreeSet<Seq> = cursor.dead.keys().copied().collect();
        let found: BTreeSet<Seq> = world.has.union(&dead).copied().collect();
        prop_assert_eq!(&found, &wanted);
        // No statement goes back behind an earlier one.
        prop_assert!(world.ends.is_sorted(), "{:?}", world.ends);
    }
}
