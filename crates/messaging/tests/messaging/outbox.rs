//! One outbox, told what a far end does.

use std::time::Duration;

use messaging::{
    Answer, Cursor, Letter, Outbox, OutboxInput as Input, OutboxOutput as Output, Pace,
};
use model::{
    Seq, Timestamp,
    desk::{DestinationId, MessagingEvent},
};

pub(crate) const PACE: Pace =
    Pace { answer_within: Duration::from_secs(10), first_wait: Duration::from_secs(1) };

pub(crate) fn province() -> DestinationId {
    DestinationId::from("province")
}

pub(crate) fn letter(seq: Seq) -> Letter {
    Letter { seq, at: start(), body: format!("{{\"seq\":{seq}}}").into_bytes().into() }
}

pub(crate) fn refused() -> Answer {
    Answer::Refused { status: 422, why: "no\nunit".into() }
}

pub(crate) fn start() -> Timestamp {
    Timestamp::from_micros(1_795_334_592_000_000)
}

/// An outbox and its clock.
struct Story {
    now: Timestamp,
    outbox: Outbox,
}

impl Story {
    fn new() -> Story {
        Story { now: start(), outbox: Outbox::new(province(), &Cursor::opened(0), PACE, [7; 32]) }
    }

    fn tell(&mut self, input: Input) -> Vec<Output> {
        self.outbox.handle_input(self.now, input);
        std::iter::from_fn(|| self.outbox.poll_output()).collect()
    }

    fn answer(&mut self, seq: Seq, answer: Answer) -> Vec<Output> {
        self.tell(Input::Answered(seq, answer))
    }

    /// Let time pass until something is due.
    fn wait(&mut self) -> Vec<Output> {
        self.now = self.outbox.poll_timeout().expect("it waits for something");
        self.tell(Input::Timeout)
    }

    /// Let time pass until something is sent; what else came is left out.
    fn wait_for_send(&mut self) -> Seq {
        loop {
            if let [.., Output::Send { letter, .. }] = &self.wait()[..] {
                return letter.seq;
            }
        }
    }
}

fn sent(outputs: &[Output]) -> Vec<(&str, Seq)> {
    let mut sent = Vec::new();
    for output in outputs {
        if let Output::Send { key, letter } = output {
            sent.push((key.as_str(), letter.seq));
        }
    }
    sent
}

fn on_record(outputs: &[Output]) -> Vec<MessagingEvent> {
    let event = |output: &Output| match output {
        Output::Append(event) => Some(event.clone()),
        Output::Send { .. } | Output::State { .. } => None,
    };
    outputs.iter().filter_map(event).collect()
}

#[test]
fn one_letter_is_in_flight_and_the_next_follows_its_answer() {
    let mut story = Story::new();
    assert_eq!(sent(&story.tell(Input::Letter(letter(1)))), [("province-1", 1)]);
    assert_eq!(story.tell(Input::Skipped(2, start())), []);
    assert_eq!(story.tell(Input::Letter(letter(3))), []);
    assert_eq!(sent(&story.answer(1, Answer::Taken)), [("province-3", 3)]);
    assert_eq!(story.answer(3, Answer::Taken), []);
    assert_eq!(
        story.wait(),
        [Output::Append(MessagingEvent::Acknowledged {
            destination: province(),
            seq: 3,
            letters: 2
        })]
    );
    assert_eq!(story.outbox.poll_timeout(), None);
}

#[test]
fn what_is_not_answered_is_sent_again_under_the_same_key() {
    let mut story = Story::new();
    let first = story.tell(Input::Letter(letter(1)));
    assert_eq!(story.outbox.poll_timeout(), Some(start() + PACE.answer_within));
    assert_eq!(story.wait(), [], "the far end gets a moment");
    assert_eq!(story.wait(), first);
}

#[test]
fn a_late_answer_counts_and_nothing_is_sent_again() {
    let mut story = Story::new();
    story.tell(Input::Letter(letter(1)));
    story.wait();
    assert_eq!(story.answer(1, Answer::Taken), []);
    assert_eq!(story.outbox.done(), 1);
    // And the answer to a second try that was under way is no news.
    assert_eq!(story.answer(1, Answer::Taken), []);
}

#[test]
fn a_late_no_does_not_disturb_the_try_that_is_planned() {
    let mut story = Story::new();
    story.tell(Input::Letter(letter(1)));
    story.wait();
    let planned = story.outbox.poll_timeout();
    assert_eq!(story.answer(1, Answer::nothing("reset")), []);
    assert_eq!(story.outbox.poll_timeout(), planned);
}

#[test]
fn a_far_end_that_is_away_is_waited_for_and_said_to_be_stuck_once() {
    let mut story = Story::new();
    story.tell(Input::Letter(letter(1)));
    let mut said = Vec::new();
    for _ in 0..50 {
        said.extend(on_record(&story.answer(1, Answer::nothing("connection refused"))));
        assert_eq!(story.wait_for_send(), 1);
    }
    assert!(
        matches!(&said[..], [MessagingEvent::Stuck { seq: 1, why, .. }] if why.contains("refused"))
    );
    let back = on_record(&story.answer(1, Answer::Taken));
    assert_eq!(back, [MessagingEvent::Resumed { destination: province() }]);
}

#[test]
fn a_letter_refused_three_times_is_buried_on_record_and_the_next_goes_on() {
    let mut story = Story::new();
    for seq in 1..=3 {
        story.tell(Input::Letter(letter(seq)));
    }
    let mut outputs = story.answer(1, Answer::Taken);
    outputs.extend(story.answer(2, refused()));
    while story.outbox.done() < 2 {
        let due = story.wait();
        outputs.extend(due.clone());
        if !sent(&due).is_empty() {
            outputs.extend(story.answer(2, refused()));
        }
    }
    assert_eq!(sent(&outputs).iter().filter(|(_, seq)| *seq == 2).count(), 3);
    assert_eq!(sent(&outputs).last(), Some(&("province-3", 3)));
    // What was taken before is on record before: a crash between the two sends nothing twice.
    let acknowledged = MessagingEvent::Acknowledged { destination: province(), seq: 1, letters: 1 };
    let buried = MessagingEvent::DeadLettered {
        destination: province(),
        seq: 2,
        status: 422,
        why: "nounit".into(),
    };
    assert_eq!(on_record(&outputs), [acknowledged, buried]);
}

#[test]
fn a_wrong_key_buries_nothing() {
    let mut story = Story::new();
    story.tell(Input::Letter(letter(1)));
    for _ in 0..20 {
        let outputs = story.answer(1, Answer::of_status(401, "who are you", None));
        assert!(
            !on_record(&outputs).iter().any(|d| matches!(d, MessagingEvent::DeadLettered { .. }))
        );
        assert_eq!(story.wait_for_send(), 1);
    }
}

#[test]
fn with_a_thousand_dead_letters_nothing_more_is_buried_until_somebody_has_looked() {
    let mut story = Story::new();
    let mut said = Vec::new();
    for seq in 1..=1_001 {
        story.tell(Input::Letter(letter(seq)));
        for _ in 0..3 {
            said.extend(on_record(&story.answer(seq, refused())));
            if story.outbox.done() < seq {
                story.wait_for_send();
            }
        }
    }
    let buried = said.iter().filter(|d| matches!(d, MessagingEvent::DeadLettered { .. })).count();
    assert_eq!((buried, story.outbox.done()), (1_000, 1_000));
    assert!(matches!(said.last(), Some(MessagingEvent::Stuck { seq: 1_001, .. })), "{said:?}");
    story.tell(Input::Settled(5));
    let outputs = story.answer(1_001, refused());
    assert!(
        matches!(on_record(&outputs)[..], [.., MessagingEvent::DeadLettered { seq: 1_001, .. }]),
        "{outputs:?}"
    );
}

#[test]
fn a_dead_letter_sent_again_goes_before_the_next_and_is_taken_off_the_list() {
    let mut story = Story::new();
    story.tell(Input::Letter(letter(1)));
    story.tell(Input::Letter(letter(2)));
    assert_eq!(
        story.tell(Input::Again(Letter { body: b"again".as_slice().into(), ..letter(1) })),
        []
    );
    let outputs = story.answer(1, Answer::Taken);
    assert_eq!(sent(&outputs), [("province-1", 1)], "the dead letter, under its own key");
    let outputs = story.answer(1, Answer::Taken);
    let resent = MessagingEvent::Resent { destination: province(), seq: 1 };
    assert_eq!(on_record(&outputs), [resent]);
    assert_eq!(sent(&outputs), [("province-2", 2)]);
}

#[test]
fn it_takes_no_more_than_it_can_hold_and_asks_for_the_next_in_order() {
    let mut story = Story::new();
    let mut seq = 0;
    while let Some(wanted) = story.outbox.wants() {
        assert_eq!(wanted, seq + 1);
        seq = wanted;
        story.tell(Input::Letter(letter(seq)));
    }
    assert_eq!(seq, 64);
    // One it has seen, and one before its turn.
    story.tell(Input::Letter(letter(7)));
    story.tell(Input::Letter(letter(99)));
    story.answer(1, Answer::Taken);
    assert_eq!(story.outbox.wants(), Some(65));
}

#[test]
fn before_it_goes_it_says_how_far_it_has_got() {
    let mut story = Story::new();
    story.tell(Input::Letter(letter(1)));
    story.answer(1, Answer::Taken);
    let told = MessagingEvent::Acknowledged { destination: province(), seq: 1, letters: 1 };
    assert_eq!(on_record(&story.tell(Input::Stop)), [told]);
    assert_eq!(story.tell(Input::Stop), []);
}
