//! One outbox whose far end compares day by day what it was sent (INT-01).

use std::time::Duration;

use messaging::{
    Answer, Cursor, DIFFERENCES_MAX, Day, Letter, Outbox, OutboxInput as Input,
    OutboxOutput as Output, Statement, Verdict,
};
use model::{Date, Seq, Timestamp, Zone, desk::MessagingEvent};

use crate::outbox::{PACE, letter, province};

const DAY: Date = Date { year: 2026, month: 11, day: 22 };
const NEXT_DAY: Date = Date { year: 2026, month: 11, day: 23 };

/// So many hours after the beginning of the 22nd.
fn hour(hour: u32) -> Timestamp {
    Zone::CHINA.moment(DAY, 0) + Duration::from_secs(u64::from(hour) * 3_600)
}

fn written(seq: Seq, at: Timestamp) -> Input {
    Input::Letter(Letter { at, ..letter(seq) })
}

fn agreed(letters: u64) -> Verdict {
    Verdict::Compared { letters, missing: Vec::new(), unknown: Vec::new() }
}

fn lacks(letters: u64, missing: &[Seq]) -> Verdict {
    Verdict::Compared { letters, missing: missing.to_vec(), unknown: Vec::new() }
}

/// An outbox and its clock.
struct Story {
    now: Timestamp,
    outbox: Outbox,
}

impl Story {
    fn new() -> Story {
        Story::from(&Cursor { stated: Some(0), ..Cursor::default() })
    }

    fn from(cursor: &Cursor) -> Story {
        let outbox = Outbox::new(province(), cursor, PACE, [7; 32]);
        Story { now: hour(20), outbox: outbox.stating(Zone::CHINA, cursor, [8; 32]) }
    }

    fn tell(&mut self, input: Input) -> Vec<Output> {
        self.outbox.handle_input(self.now, input);
        std::iter::from_fn(|| self.outbox.poll_output()).collect()
    }

    fn takes(&mut self, seq: Seq) -> Vec<Output> {
        self.tell(Input::Answered(seq, Answer::Taken))
    }

    /// Let time pass until something is due.
    fn wait(&mut self) -> Vec<Output> {
        self.now = self.now.max(self.outbox.poll_timeout().expect("it waits for something"));
        self.tell(Input::Timeout)
    }
}

fn stated(outputs: &[Output]) -> Vec<Day> {
    let day = |output: &Output| match output {
        Output::State { day, .. } => Some(*day),
        _ => None,
    };
    outputs.iter().filter_map(day).collect()
}

fn sent(outputs: &[Output]) -> Vec<Seq> {
    let seq = |output: &Output| match output {
        Output::Send { letter, .. } => Some(letter.seq),
        _ => None,
    };
    outputs.iter().filter_map(seq).collect()
}

fn on_record(outputs: &[Output]) -> Vec<MessagingEvent> {
    let event = |output: &Output| match output {
        Output::Append(event) => Some(event.clone()),
        _ => None,
    };
    outputs.iter().filter_map(event).collect()
}

#[test]
fn the_statement_of_a_day_goes_behind_its_last_letter_and_before_the_next_days_first() {
    let mut story = Story::new();
    story.tell(written(1, hour(22)));
    story.tell(Input::Skipped(2, hour(23)));
    story.tell(written(3, hour(25)));
    let outputs = story.takes(1);
    let day = Day { date: DAY, through: 2 };
    assert_eq!(
        outputs,
        [Output::State { day, after: 0, left_out: Vec::new(), resent: Vec::new() }]
    );
    let outputs = story.tell(Input::Stated(2, agreed(1)));
    let taken = MessagingEvent::Acknowledged { destination: province(), seq: 1, letters: 1 };
    let told = MessagingEvent::Reconciled {
        destination: province(),
        date: DAY,
        through: 2,
        letters: 1,
        missing: Vec::new(),
        unknown: Vec::new(),
    };
    assert_eq!(
        on_record(&outputs),
        [taken, told],
        "what it has is on record before it was told so"
    );
    assert_eq!(sent(&outputs), [3]);
}

#[test]
fn a_quiet_night_is_told_a_minute_past_midnight() {
    let mut story = Story::new();
    story.tell(written(1, hour(22)));
    story.takes(1);
    story.wait();
    assert_eq!(stated(&story.tell(Input::Rested)), []);
    let past_midnight = hour(24) + Duration::from_secs(60);
    assert_eq!(story.outbox.poll_timeout(), Some(past_midnight));
    story.wait();
    assert_eq!(stated(&story.tell(Input::Rested)), [Day { date: DAY, through: 1 }]);
    story.tell(Input::Stated(1, agreed(1)));
    // And a day on which nothing happened is told too, as nothing.
    story.now = hour(48) + Duration::from_secs(60);
    assert_eq!(stated(&story.tell(Input::Rested)), [Day { date: NEXT_DAY, through: 1 }]);
}

#[test]
fn an_outage_over_midnight_is_told_when_the_days_letters_were_taken() {
    let mut story = Story::new();
    story.tell(written(1, hour(22)));
    story.tell(written(2, hour(23)));
    story.now = hour(30);
    story.tell(written(3, hour(30)));
    for _ in 0..10 {
        let outputs = story.tell(Input::Answered(1, Answer::nothing("gone")));
        assert_eq!(stated(&outputs), []);
        while sent(&story.wait()).is_empty() {}
    }
    assert_eq!(sent(&story.takes(1)), [2]);
    assert_eq!(stated(&story.takes(2)), [Day { date: DAY, through: 2 }]);
    assert_eq!(sent(&story.tell(Input::Stated(2, agreed(2)))), [3]);
}

#[test]
fn letters_go_on_while_a_statement_does_not_come_through_and_that_is_said_once() {
    let mut story = Story::new();
    story.tell(written(1, hour(22)));
    story.now = hour(25);
    story.tell(written(2, hour(25)));
    assert_eq!(stated(&story.takes(1)), [Day { date: DAY, through: 1 }]);
    let (mut said, mut next) = (Vec::new(), 2);
    for _ in 0..30 {
        let later = Verdict::Later { why: "no such address".into(), after: None };
        let mut outputs = story.tell(Input::Stated(1, later));
        assert_eq!(sent(&outputs), [next]);
        story.tell(written(next + 1, hour(25)));
        outputs.extend(story.takes(next));
        next += 1;
        // The letter on its way is let go before the next try.
        outputs.extend(story.takes(next));
        next += 1;
        story.tell(written(next, hour(25)));
        outputs.extend(story.takes(next));
        next += 1;
        while stated(&outputs).is_empty() {
            outputs.extend(story.wait());
        }
        story.tell(written(next, hour(25)));
        said.extend(on_record(&outputs));
    }
    let failed: Vec<_> =
        said.iter().filter(|d| matches!(d, MessagingEvent::StatementFailed { .. })).collect();
    assert_eq!(
        failed,
        [&MessagingEvent::StatementFailed {
            destination: province(),
            date: DAY,
            through: 0,
            why: "no such address".into(),
        }]
    );
}

#[test]
fn what_the_far_end_lacks_goes_again_before_the_next_statement() {
    let mut story = Story::new();
    story.tell(written(1, hour(22)));
    story.tell(written(2, hour(23)));
    story.takes(1);
    story.takes(2);
    story.now = hour(25);
    story.tell(Input::Skipped(3, hour(25)));
    story.tell(Input::Stated(2, lacks(2, &[1])));
    story.now = hour(49);
    assert_eq!(stated(&story.tell(Input::Skipped(4, hour(49)))), [], "it is owed a letter");
    assert_eq!(sent(&story.tell(Input::Again(letter(1)))), [1]);
    let outputs = story.takes(1);
    assert_eq!(on_record(&outputs), [MessagingEvent::Resent { destination: province(), seq: 1 }]);
    // It is told of that one once more: it may have lost it again.
    let day = Day { date: NEXT_DAY, through: 3 };
    let told = Output::State { day, after: 2, left_out: Vec::new(), resent: vec![1] };
    assert_eq!(outputs.last(), Some(&told));
}

#[test]
fn what_it_lacks_and_refuses_when_it_comes_is_a_dead_letter() {
    let mut story = Story::new();
    story.tell(written(1, hour(22)));
    story.takes(1);
    story.now = hour(25);
    story.tell(Input::Skipped(2, hour(25)));
    story.tell(Input::Stated(1, lacks(1, &[1])));
    let mut outputs = story.tell(Input::Again(letter(1)));
    for _ in 0..3 {
        while sent(&outputs).is_empty() {
            outputs = story.wait();
        }
        outputs = story.tell(Input::Answered(1, crate::outbox::refused()));
    }
    assert!(matches!(on_record(&outputs)[..], [MessagingEvent::DeadLettered { seq: 1, .. }]));
}

#[test]
fn a_day_that_lacks_as_much_as_can_be_said_is_told_again() {
    let mut story = Story::new();
    story.tell(Input::Skipped(1, hour(22)));
    story.now = hour(25);
    assert_eq!(stated(&story.tell(Input::Skipped(2, hour(25)))), [Day { date: DAY, through: 1 }]);
    let missing: Vec<Seq> = (1..=DIFFERENCES_MAX as Seq).collect();
    let outputs = story.tell(Input::Stated(1, lacks(5_000, &missing)));
    assert!(matches!(on_record(&outputs)[..], [MessagingEvent::Reconciled { through: 0, .. }]));
    let mut told = Vec::new();
    for seq in missing {
        story.tell(Input::Again(letter(seq)));
        told = story.takes(seq);
    }
    assert_eq!(stated(&told), [Day { date: DAY, through: 1 }]);
}

#[test]
fn dead_letters_and_settled_ones_are_told_as_such() {
    let cursor = Cursor { stated: Some(0), dropped: [1].into(), done: 1, ..Cursor::default() };
    let mut story = Story::from(&cursor);
    story.tell(Input::Had(1, hour(20)));
    story.tell(written(2, hour(22)));
    let mut outputs = Vec::new();
    while on_record(&outputs).is_empty() {
        outputs = story.tell(Input::Answered(2, crate::outbox::refused()));
        if on_record(&outputs).is_empty() {
            story.wait();
        }
    }
    story.tell(written(3, hour(23)));
    story.takes(3);
    story.now = hour(25);
    let outputs = story.tell(Input::Skipped(4, hour(25)));
    let day = Day { date: DAY, through: 3 };
    assert_eq!(
        outputs,
        [Output::State { day, after: 0, left_out: vec![1, 2], resent: Vec::new() }]
    );
}

#[test]
fn a_life_after_midnight_tells_of_the_day_before_its_own() {
    // It died between the statement and the answer to it, with letters of the next day taken.
    let cursor = Cursor { stated: Some(4), done: 9, ..Cursor::default() };
    let mut story = Story::from(&cursor);
    story.now = hour(30);
    let told: Vec<Output> = (5..=9)
        .flat_map(|seq| story.tell(Input::Had(seq, hour(if seq < 8 { 20 } else { 26 }))))
        .collect();
    let day = Day { date: DAY, through: 7 };
    assert_eq!(told, [Output::State { day, after: 4, left_out: Vec::new(), resent: Vec::new() }]);
}

#[test]
fn a_statement_refused_three_times_is_given_up_on_record() {
    let mut story = Story::new();
    story.now = hour(25);
    story.tell(Input::Skipped(1, hour(22)));
    let mut outputs = story.tell(Input::Skipped(2, hour(25)));
    for _ in 0..3 {
        while stated(&outputs).is_empty() {
            outputs = story.wait();
        }
        let refused = Verdict::Refused { status: 422, why: "what is that".into() };
        outputs = story.tell(Input::Stated(1, refused));
    }
    assert_eq!(
        on_record(&outputs),
        [MessagingEvent::StatementFailed {
            destination: province(),
            date: DAY,
            through: 1,
            why: "HTTP 422 what is that".into(),
        }]
    );
    story.now = hour(49);
    assert_eq!(
        stated(&story.tell(Input::Skipped(3, hour(49)))),
        [Day { date: NEXT_DAY, through: 2 }]
    );
}

#[test]
fn the_hash_is_of_the_keys_one_a_line() {
    let mut statement = Statement::new(province(), DAY, [3]);
    [1, 3, 7].into_iter().for_each(|seq| statement.add(seq));
    // printf 'province-1\nprovince-7\n' | sha256sum
    assert_eq!(
        statement.sha256(),
        "6fcc29712e3c5c826d63cda0fdc9d11bda82f79afdc602e031920dcb05d13c26"
    );
    assert_eq!(statement.ends(), Some(("province-1".into(), "province-7".into())));
    assert_eq!((statement.letters(), statement.dead()), (2, vec!["province-3".to_owned()]));
    let said = statement.compared(&["province-7".into(), "x".into()], &["province-9\n".into()]);
    assert_eq!(
        said,
        Verdict::Compared {
            letters: 2,
            missing: vec![7],
            unknown: vec!["province-9".into(), "x".into()],
        }
    );
}
