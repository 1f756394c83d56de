//! Messages of webhooks are recorded once, and acknowledged only when they are durable.

use std::time::Duration;

use center::{Center, Command, Input, Memory, Output, Refusal, Reply};
use deadlines::calendar::{Calendar, OfficeHours};
use model::{
    CalendarTable, Event, Number, Record, Seq, Timestamp, Zone,
    desk::{Channel, DeskEvent, InboundMessage, MessagingEvent, Private},
    event::SeatActor,
};
use stats::Wallboard;
use ticketing::{Desk, Rules};

struct Engine {
    center: Center,
    now: Timestamp,
    log: Vec<Record>,
    replies: Vec<Reply>,
}

impl Engine {
    fn start() -> Engine {
        let now = Timestamp::from_micros(1_795_334_400_000_000);
        let calendar =
            Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
        let desk = Desk::new(Rules::shipped(), calendar, [7; 32]);
        let memory = Memory::new(Wallboard::new(Zone::CHINA, [], []), desk);
        let plan = switch::Plan::default();
        let center = Center::start(now, memory, plan, acd::Policy::default(), "test");
        let mut engine = Engine { center, now, log: Vec::new(), replies: Vec::new() };
        engine.drain();
        engine
    }

    fn input(&mut self, input: Input) {
        self.center.handle_input(self.now, input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.center.poll_output() {
            match output {
                Output::Append(record) => self.log.push(record),
                Output::Reply { reply, .. } => self.replies.push(reply),
                _ => {}
            }
        }
        // Runs the rules that follow from the message.
        if self.center.poll_timeout().is_some_and(|at| at <= self.now) {
            self.input(Input::Timeout);
        }
    }

    /// Receives a text from the same person through a sender that gives its messages no ids.
    fn receives(&mut self, text: &str) {
        let hash = format!("hash of {text}");
        let message = InboundMessage {
            hook: "letters".into(),
            message_id: format!("{hash}-{}", self.now.micros()),
            content_sha256: Some(hash),
            channel: Channel::Mailbox,
            from: Number::new("13812345678"),
            to: String::new(),
            text: Private::new(text),
            media: Vec::new(),
            at: self.now,
            particulars: Box::default(),
        };
        let command = Command::Receive(Box::new(message));
        self.input(Input::Command { reply_to: 1, by: SeatActor::Engine, command });
    }

    fn durable(&mut self) {
        let seq: Seq = self.center.memory().seq;
        self.input(Input::Durable(seq));
    }

    fn received(&self) -> usize {
        let is_message = |record: &&Record| {
            let Event::Desk(entry) = &record.event else { return false };
            matches!(&entry.event, DeskEvent::Messaging(MessagingEvent::MessageReceived(_)))
        };
        self.log.iter().filter(is_message).count()
    }
}

#[test]
fn repeat_within_minutes_is_not_recorded_and_is_answered_once_the_first_is_durable() {
    let mut engine = Engine::start();
    engine.receives("没有暖气");
    engine.now += Duration::from_secs(300);
    engine.receives("没有暖气");
    assert_eq!((engine.received(), engine.replies.len()), (1, 0), "nothing is durable yet");
    engine.durable();
    assert!(matches!(engine.replies[..], [Ok(_), Ok(_)]), "{:?}", engine.replies);
}

#[test]
fn equal_words_weeks_later_are_a_message_and_a_ticket_of_their_own() {
    let mut engine = Engine::start();
    engine.receives("没有暖气");
    engine.now += Duration::from_secs(21 * 86_400);
    engine.receives("没有暖气");
    assert_eq!(engine.received(), 2);
    assert_eq!(engine.center.memory().desk.tickets().count(), 2);
}

#[test]
fn repeat_of_a_message_the_log_does_not_take_is_refused_too() {
    let mut engine = Engine::start();
    engine.receives("没有暖气");
    engine.input(Input::LogFailed("the disk is full".into()));
    engine.receives("没有暖气");
    assert_eq!(engine.replies, [Err(Refusal::LogFailed), Err(Refusal::LogFailed)]);
}
