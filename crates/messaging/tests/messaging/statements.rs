//! One outbox whose destination compares a statement of each day (INT-01: every delivery arrives).

use std::time::Duration;

use messaging::{
    ClosedDay, Cursor, DIFFERENCES_MAX, Delivery, DeliveryOutcome, Outbox, OutboxInput as Input,
    OutboxOutput as Output, Statement, StatementOutcome,
};
use model::{Date, Seq, Timestamp, Zone, desk::MessagingEvent};

use crate::outbox::{TIMEOUTS, delivery, province};

const DAY: Date = Date { year: 2026, month: 11, day: 22 };
const NEXT_DAY: Date = Date { year: 2026, month: 11, day: 23 };

/// The time this many hours after the beginning of 22 November.
fn hour(hour: u32) -> Timestamp {
    Zone::CHINA.moment(DAY, 0) + Duration::from_secs(u64::from(hour) * 3_600)
}

fn written(seq: Seq, at: Timestamp) -> Input {
    Input::Next(Delivery { at, ..delivery(seq) })
}

fn agreed(letters: u64) -> StatementOutcome {
    StatementOutcome::Compared { letters, missing: Vec::new(), unknown: Vec::new() }
}

fn lacks(letters: u64, missing: &[Seq]) -> StatementOutcome {
    StatementOutcome::Compared { letters, missing: missing.to_vec(), unknown: Vec::new() }
}

/// An outbox and its clock.
struct OutboxTest {
    now: Timestamp,
    outbox: Outbox,
}

impl OutboxTest {
    fn new() -> OutboxTest {
        OutboxTest::from(&Cursor { stated: Some(0), ..Cursor::default() })
    }

    fn from(cursor: &Cursor) -> OutboxTest {
        let outbox = Outbox::new(province(), cursor, TIMEOUTS, [7; 32]);
        OutboxTest { now: hour(20), outbox: outbox.with_statements(Zone::CHINA, cursor, [8; 32]) }
    }

    fn input(&mut self, input: Input) -> Vec<Output> {
        self.outbox.handle_input(self.now, input);
        std::iter::from_fn(|| self.outbox.poll_output()).collect()
    }

    fn accept(&mut self, seq: Seq) -> Vec<Output> {
        self.input(Input::Answered(seq, DeliveryOutcome::Accepted))
    }

    /// Advances the clock to the next timeout.
    fn wait(&mut self) -> Vec<Output> {
        self.now = self.now.max(self.outbox.poll_timeout().expect("it waits for something"));
        self.input(Input::Timeout)
    }
}

fn stated(outputs: &[Output]) -> Vec<ClosedDay> {
    let day = |output: &Output| match output {
        Output::SendStatement { day, .. } => Some(*day),
        _ => None,
    };
    outputs.iter().filter_map(day).collect()
}

fn sent(outputs: &[Output]) -> Vec<Seq> {
    let seq = |output: &Output| match output {
        Output::Send { delivery, .. } => Some(delivery.seq),
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
fn statement_is_sent_between_the_records_of_two_days() {
    let mut test = OutboxTest::new();
    test.input(written(1, hour(22)));
    test.input(Input::Skipped(2, hour(23)));
    test.input(written(3, hour(25)));
    let outputs = test.accept(1);
    let day = ClosedDay { date: DAY, through: 2 };
    assert_eq!(
        outputs,
        [Output::SendStatement { day, after: 0, left_out: Vec::new(), resent: Vec::new() }]
    );
    let outputs = test.input(Input::StatementSent(2, agreed(1)));
    let taken = MessagingEvent::Acknowledged { destination: province(), seq: 1, letters: 1 };
    let reconciled = MessagingEvent::Reconciled {
        destination: province(),
        date: DAY,
        through: 2,
        letters: 1,
        missing: Vec::new(),
        unknown: Vec::new(),
    };
    assert_eq!(
        on_record(&outputs),
        [taken, reconciled],
        "what it has is on record before its acknowledgement"
    );
    assert_eq!(sent(&outputs), [3]);
}

#[test]
fn statement_of_a_quiet_night_is_due_after_midnight() {
    let mut test = OutboxTest::new();
    test.input(written(1, hour(22)));
    test.accept(1);
    test.wait();
    assert_eq!(stated(&test.input(Input::LogEnd)), []);
    let past_midnight = hour(24) + Duration::from_secs(60);
    assert_eq!(test.outbox.poll_timeout(), Some(past_midnight));
    test.wait();
    assert_eq!(stated(&test.input(Input::LogEnd)), [ClosedDay { date: DAY, through: 1 }]);
    test.input(Input::StatementSent(1, agreed(1)));
    // A day without deliveries has an empty statement.
    test.now = hour(48) + Duration::from_secs(60);
    assert_eq!(stated(&test.input(Input::LogEnd)), [ClosedDay { date: NEXT_DAY, through: 1 }]);
}

#[test]
fn statement_waits_for_the_records_of_its_day() {
    let mut test = OutboxTest::new();
    test.input(written(1, hour(22)));
    test.input(written(2, hour(23)));
    test.now = hour(30);
    test.input(written(3, hour(30)));
    for _ in 0..10 {
        let outputs = test.input(Input::Answered(1, DeliveryOutcome::unreachable("gone")));
        assert_eq!(stated(&outputs), []);
        while sent(&test.wait()).is_empty() {}
    }
    assert_eq!(sent(&test.accept(1)), [2]);
    assert_eq!(stated(&test.accept(2)), [ClosedDay { date: DAY, through: 2 }]);
    assert_eq!(sent(&test.input(Input::StatementSent(2, agreed(2)))), [3]);
}

#[test]
fn failing_statement_delays_no_records_and_is_logged_once() {
    let mut test = OutboxTest::new();
    test.input(written(1, hour(22)));
    test.now = hour(25);
    test.input(written(2, hour(25)));
    assert_eq!(stated(&test.accept(1)), [ClosedDay { date: DAY, through: 1 }]);
    let (mut recorded, mut next) = (Vec::new(), 2);
    for _ in 0..30 {
        let later = StatementOutcome::Retry { why: "no such address".into(), after: None };
        let mut outputs = test.input(Input::StatementSent(1, later));
        assert_eq!(sent(&outputs), [next]);
        test.input(written(next + 1, hour(25)));
        outputs.extend(test.accept(next));
        next += 1;
        // The delivery in flight is answered before the next attempt.
        outputs.extend(test.accept(next));
        next += 1;
        test.input(written(next, hour(25)));
        outputs.extend(test.accept(next));
        next += 1;
        while stated(&outputs).is_empty() {
            outputs.extend(test.wait());
        }
        test.input(written(next, hour(25)));
        recorded.extend(on_record(&outputs));
    }
    let failed: Vec<_> =
        recorded.iter().filter(|d| matches!(d, MessagingEvent::StatementFailed { .. })).collect();
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
fn missing_records_are_resent_before_the_next_statement() {
    let mut test = OutboxTest::new();
    test.input(written(1, hour(22)));
    test.input(written(2, hour(23)));
    test.accept(1);
    test.accept(2);
    test.now = hour(25);
    test.input(Input::Skipped(3, hour(25)));
    test.input(Input::StatementSent(2, lacks(2, &[1])));
    test.now = hour(49);
    assert_eq!(
        stated(&test.input(Input::Skipped(4, hour(49)))),
        [],
        "a missing record is to be resent first"
    );
    assert_eq!(sent(&test.input(Input::Resend(delivery(1)))), [1]);
    let outputs = test.accept(1);
    assert_eq!(on_record(&outputs), [MessagingEvent::Resent { destination: province(), seq: 1 }]);
    // The next statement lists the resent record once more: it may have been lost again.
    let day = ClosedDay { date: NEXT_DAY, through: 3 };
    let output = Output::SendStatement { day, after: 2, left_out: Vec::new(), resent: vec![1] };
    assert_eq!(outputs.last(), Some(&output));
}

#[test]
fn missing_record_that_is_rejected_becomes_a_dead_letter() {
    let mut test = OutboxTest::new();
    test.input(written(1, hour(22)));
    test.accept(1);
    test.now = hour(25);
    test.input(Input::Skipped(2, hour(25)));
    test.input(Input::StatementSent(1, lacks(1, &[1])));
    let mut outputs = test.input(Input::Resend(delivery(1)));
    for _ in 0..3 {
        while sent(&outputs).is_empty() {
            outputs = test.wait();
        }
        outputs = test.input(Input::Answered(1, crate::outbox::refused()));
    }
    assert!(matches!(on_record(&outputs)[..], [MessagingEvent::DeadLettered { seq: 1, .. }]));
}

#[test]
fn statement_with_the_maximum_of_differences_is_repeated() {
    let mut test = OutboxTest::new();
    test.input(Input::Skipped(1, hour(22)));
    test.now = hour(25);
    assert_eq!(
        stated(&test.input(Input::Skipped(2, hour(25)))),
        [ClosedDay { date: DAY, through: 1 }]
    );
    let missing: Vec<Seq> = (1..=DIFFERENCES_MAX as Seq).collect();
    let outputs = test.input(Input::StatementSent(1, lacks(5_000, &missing)));
    assert!(matches!(on_record(&outputs)[..], [MessagingEvent::Reconciled { through: 0, .. }]));
    let mut outputs = Vec::new();
    for seq in missing {
        test.input(Input::Resend(delivery(seq)));
        outputs = test.accept(seq);
    }
    assert_eq!(stated(&outputs), [ClosedDay { date: DAY, through: 1 }]);
}

#[test]
fn statement_lists_dead_letters_and_dropped_ones() {
    let cursor = Cursor { stated: Some(0), dropped: [1].into(), done: 1, ..Cursor::default() };
    let mut test = OutboxTest::from(&cursor);
    test.input(Input::AlreadyDelivered(1, hour(20)));
    test.input(written(2, hour(22)));
    let mut outputs = Vec::new();
    while on_record(&outputs).is_empty() {
        outputs = test.input(Input::Answered(2, crate::outbox::refused()));
        if on_record(&outputs).is_empty() {
            test.wait();
        }
    }
    test.input(written(3, hour(23)));
    test.accept(3);
    test.now = hour(25);
    let outputs = test.input(Input::Skipped(4, hour(25)));
    let day = ClosedDay { date: DAY, through: 3 };
    assert_eq!(
        outputs,
        [Output::SendStatement { day, after: 0, left_out: vec![1, 2], resent: Vec::new() }]
    );
}

#[test]
fn restart_after_midnight_sends_the_statement_of_the_day_before() {
    // The engine stopped between the statement and its answer; deliveries of the next day were accepted.
    let cursor = Cursor { stated: Some(4), done: 9, ..Cursor::default() };
    let mut test = OutboxTest::from(&cursor);
    test.now = hour(30);
    let outputs: Vec<Output> = (5..=9)
        .flat_map(|seq| {
            test.input(Input::AlreadyDelivered(seq, hour(if seq < 8 { 20 } else { 26 })))
        })
        .collect();
    let day = ClosedDay { date: DAY, through: 7 };
    assert_eq!(
        outputs,
        [Output::SendStatement { day, after: 4, left_out: Vec::new(), resent: Vec::new() }]
    );
}

#[test]
fn statement_rejected_three_times_is_given_up_and_logged() {
    let mut test = OutboxTest::new();
    test.now = hour(25);
    test.input(Input::Skipped(1, hour(22)));
    let mut outputs = test.input(Input::Skipped(2, hour(25)));
    for _ in 0..3 {
        while stated(&outputs).is_empty() {
            outputs = test.wait();
        }
        let refused = StatementOutcome::Rejected { status: 422, why: "what is that".into() };
        outputs = test.input(Input::StatementSent(1, refused));
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
    test.now = hour(49);
    assert_eq!(
        stated(&test.input(Input::Skipped(3, hour(49)))),
        [ClosedDay { date: NEXT_DAY, through: 2 }]
    );
}

#[test]
fn hash_covers_the_keys_one_per_line() {
    let mut statement = Statement::new(province(), DAY, [3]);
    [1, 3, 7].into_iter().for_each(|seq| statement.add(seq));
    // printf 'province-1\nprovince-7\n' | sha256sum
    assert_eq!(
        statement.sha256(),
        "6fcc29712e3c5c826d63cda0fdc9d11bda82f79afdc602e031920dcb05d13c26"
    );
    assert_eq!(statement.ends(), Some(("province-1".into(), "province-7".into())));
    assert_eq!((statement.letters(), statement.dead()), (2, vec!["province-3".to_owned()]));
    let compared = statement.compared(&["province-7".into(), "x".into()], &["province-9\n".into()]);
    assert_eq!(
        compared,
        StatementOutcome::Compared {
            letters: 2,
            missing: vec![7],
            unknown: vec!["province-9".into(), "x".into()],
        }
    );
}
