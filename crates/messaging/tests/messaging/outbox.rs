//! One outbox and the answers of its destination.

use std::time::Duration;

use messaging::{
    Cursor, Delivery, DeliveryOutcome, Outbox, OutboxInput as Input, OutboxOutput as Output,
    OutboxTimeouts,
};
use model::{
    Seq, Timestamp,
    desk::{DestinationId, MessagingEvent},
};

pub(crate) const TIMEOUTS: OutboxTimeouts =
    OutboxTimeouts { answer_within: Duration::from_secs(10), first_wait: Duration::from_secs(1) };

pub(crate) fn province() -> DestinationId {
    DestinationId::from("province")
}

pub(crate) fn delivery(seq: Seq) -> Delivery {
    Delivery { seq, at: start(), body: format!("{{\"seq\":{seq}}}").into_bytes().into() }
}

pub(crate) fn refused() -> DeliveryOutcome {
    DeliveryOutcome::Rejected { status: 422, why: "no\nunit".into() }
}

pub(crate) fn start() -> Timestamp {
    Timestamp::from_micros(1_795_334_592_000_000)
}

/// An outbox and its clock.
struct OutboxTest {
    now: Timestamp,
    outbox: Outbox,
}

impl OutboxTest {
    fn new() -> OutboxTest {
        OutboxTest {
            now: start(),
            outbox: Outbox::new(province(), &Cursor::opened(0), TIMEOUTS, [7; 32]),
        }
    }

    fn input(&mut self, input: Input) -> Vec<Output> {
        self.outbox.handle_input(self.now, input);
        std::iter::from_fn(|| self.outbox.poll_output()).collect()
    }

    fn answer(&mut self, seq: Seq, answer: DeliveryOutcome) -> Vec<Output> {
        self.input(Input::Answered(seq, answer))
    }

    /// Advances the clock to the next timeout.
    fn wait(&mut self) -> Vec<Output> {
        self.now = self.outbox.poll_timeout().expect("it waits for something");
        self.input(Input::Timeout)
    }

    /// Advances the clock until a delivery is sent; ignores all other outputs.
    fn wait_for_send(&mut self) -> Seq {
        loop {
            if let [.., Output::Send { delivery, .. }] = &self.wait()[..] {
                return delivery.seq;
            }
        }
    }
}

fn sent(outputs: &[Output]) -> Vec<(&str, Seq)> {
    let mut sent = Vec::new();
    for output in outputs {
        if let Output::Send { key, delivery } = output {
            sent.push((key.as_str(), delivery.seq));
        }
    }
    sent
}

fn on_record(outputs: &[Output]) -> Vec<MessagingEvent> {
    let event = |output: &Output| match output {
        Output::Append(event) => Some(event.clone()),
        Output::Send { .. } | Output::SendStatement { .. } => None,
    };
    outputs.iter().filter_map(event).collect()
}

#[test]
fn one_delivery_is_in_flight_at_a_time() {
    let mut test = OutboxTest::new();
    assert_eq!(sent(&test.input(Input::Next(delivery(1)))), [("province-1", 1)]);
    assert_eq!(test.input(Input::Skipped(2, start())), []);
    assert_eq!(test.input(Input::Next(delivery(3))), []);
    assert_eq!(sent(&test.answer(1, DeliveryOutcome::Accepted)), [("province-3", 3)]);
    assert_eq!(test.answer(3, DeliveryOutcome::Accepted), []);
    assert_eq!(
        test.wait(),
        [Output::Append(MessagingEvent::Acknowledged {
            destination: province(),
            seq: 3,
            letters: 2
        })]
    );
    assert_eq!(test.outbox.poll_timeout(), None);
}

#[test]
fn unanswered_delivery_is_repeated_under_the_same_key() {
    let mut test = OutboxTest::new();
    let first = test.input(Input::Next(delivery(1)));
    assert_eq!(test.outbox.poll_timeout(), Some(start() + TIMEOUTS.answer_within));
    assert_eq!(test.wait(), [], "the far end gets a moment");
    assert_eq!(test.wait(), first);
}

#[test]
fn late_acceptance_counts_and_nothing_is_repeated() {
    let mut test = OutboxTest::new();
    test.input(Input::Next(delivery(1)));
    test.wait();
    assert_eq!(test.answer(1, DeliveryOutcome::Accepted), []);
    assert_eq!(test.outbox.done(), 1);
    // The answer to a second attempt that was in flight changes nothing.
    assert_eq!(test.answer(1, DeliveryOutcome::Accepted), []);
}

#[test]
fn late_rejection_does_not_change_the_planned_attempt() {
    let mut test = OutboxTest::new();
    test.input(Input::Next(delivery(1)));
    test.wait();
    let planned = test.outbox.poll_timeout();
    assert_eq!(test.answer(1, DeliveryOutcome::unreachable("reset")), []);
    assert_eq!(test.outbox.poll_timeout(), planned);
}

#[test]
fn unreachable_destination_is_reported_stuck_once() {
    let mut test = OutboxTest::new();
    test.input(Input::Next(delivery(1)));
    let mut recorded = Vec::new();
    for _ in 0..50 {
        recorded
            .extend(on_record(&test.answer(1, DeliveryOutcome::unreachable("connection refused"))));
        assert_eq!(test.wait_for_send(), 1);
    }
    assert!(
        matches!(&recorded[..], [MessagingEvent::Stuck { seq: 1, why, .. }] if why.contains("refused"))
    );
    let back = on_record(&test.answer(1, DeliveryOutcome::Accepted));
    assert_eq!(back, [MessagingEvent::Resumed { destination: province() }]);
}

#[test]
fn record_rejected_three_times_becomes_a_dead_letter_and_the_next_is_sent() {
    let mut test = OutboxTest::new();
    for seq in 1..=3 {
        test.input(Input::Next(delivery(seq)));
    }
    let mut outputs = test.answer(1, DeliveryOutcome::Accepted);
    outputs.extend(test.answer(2, refused()));
    while test.outbox.done() < 2 {
        let due = test.wait();
        outputs.extend(due.clone());
        if !sent(&due).is_empty() {
            outputs.extend(test.answer(2, refused()));
        }
    }
    assert_eq!(sent(&outputs).iter().filter(|(_, seq)| *seq == 2).count(), 3);
    assert_eq!(sent(&outputs).last(), Some(&("province-3", 3)));
    // Accepted deliveries are logged before the next one is sent: a crash between the two repeats none.
    let acknowledged = MessagingEvent::Acknowledged { destination: province(), seq: 1, letters: 1 };
    let dead_letter = MessagingEvent::DeadLettered {
        destination: province(),
        seq: 2,
        status: 422,
        why: "nounit".into(),
    };
    assert_eq!(on_record(&outputs), [acknowledged, dead_letter]);
}

#[test]
fn wrong_key_makes_no_dead_letters() {
    let mut test = OutboxTest::new();
    test.input(Input::Next(delivery(1)));
    for _ in 0..20 {
        let outputs = test.answer(1, DeliveryOutcome::of_status(401, "who are you", None));
        assert!(
            !on_record(&outputs).iter().any(|d| matches!(d, MessagingEvent::DeadLettered { .. }))
        );
        assert_eq!(test.wait_for_send(), 1);
    }
}

#[test]
fn destination_with_a_thousand_dead_letters_is_stuck() {
    let mut test = OutboxTest::new();
    let mut recorded = Vec::new();
    for seq in 1..=1_001 {
        test.input(Input::Next(delivery(seq)));
        for _ in 0..3 {
            recorded.extend(on_record(&test.answer(seq, refused())));
            if test.outbox.done() < seq {
                test.wait_for_send();
            }
        }
    }
    let dead_letters =
        recorded.iter().filter(|d| matches!(d, MessagingEvent::DeadLettered { .. })).count();
    assert_eq!((dead_letters, test.outbox.done()), (1_000, 1_000));
    assert!(
        matches!(recorded.last(), Some(MessagingEvent::Stuck { seq: 1_001, .. })),
        "{recorded:?}"
    );
    test.input(Input::Dropped(5));
    let outputs = test.answer(1_001, refused());
    assert!(
        matches!(on_record(&outputs)[..], [.., MessagingEvent::DeadLettered { seq: 1_001, .. }]),
        "{outputs:?}"
    );
}

#[test]
fn resent_dead_letter_goes_first_and_is_removed() {
    let mut test = OutboxTest::new();
    test.input(Input::Next(delivery(1)));
    test.input(Input::Next(delivery(2)));
    assert_eq!(
        test.input(Input::Resend(Delivery { body: b"again".as_slice().into(), ..delivery(1) })),
        []
    );
    let outputs = test.answer(1, DeliveryOutcome::Accepted);
    assert_eq!(sent(&outputs), [("province-1", 1)], "the dead letter, under its own key");
    let outputs = test.answer(1, DeliveryOutcome::Accepted);
    let resent = MessagingEvent::Resent { destination: province(), seq: 1 };
    assert_eq!(on_record(&outputs), [resent]);
    assert_eq!(sent(&outputs), [("province-2", 2)]);
}

#[test]
fn full_outbox_asks_for_no_more_records() {
    let mut test = OutboxTest::new();
    let mut seq = 0;
    while let Some(wanted) = test.outbox.next_wanted() {
        assert_eq!(wanted, seq + 1);
        seq = wanted;
        test.input(Input::Next(delivery(seq)));
    }
    assert_eq!(seq, 64);
    // A record that was already delivered, and a record out of order.
    test.input(Input::Next(delivery(7)));
    test.input(Input::Next(delivery(99)));
    test.answer(1, DeliveryOutcome::Accepted);
    assert_eq!(test.outbox.next_wanted(), Some(65));
}

#[test]
fn stop_logs_the_progress() {
    let mut test = OutboxTest::new();
    test.input(Input::Next(delivery(1)));
    test.answer(1, DeliveryOutcome::Accepted);
    let acknowledged = MessagingEvent::Acknowledged { destination: province(), seq: 1, letters: 1 };
    assert_eq!(on_record(&test.input(Input::Stop)), [acknowledged]);
    assert_eq!(test.input(Input::Stop), []);
}
