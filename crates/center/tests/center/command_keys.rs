//! Commands with an Idempotency-Key are done once, and a key is valid for one command only.

use center::{
    Center, ChannelsRequest, Command, DeskRequest, Input, Memory, Output, Refusal, Reply,
};
use deadlines::calendar::{Calendar, OfficeHours};
use messaging::{DestinationCommand, MessagingCommand};
use model::{
    CalendarTable, Event, Number, Record, TicketId, Timestamp, Zone,
    desk::{Actor, Channel, DeskEvent, Form, TicketEvent},
    event::{Role, SeatActor},
};
use stats::Wallboard;
use ticketing::{
    CommandReceipt, Desk, DeskCommand, Rules, channels::ChannelsCommand, desk::NewTicket,
    ticket::TicketCommand,
};

struct Engine {
    center: Center,
    log: Vec<Record>,
}

fn now() -> Timestamp {
    Timestamp::from_micros(1_795_334_400_000_000)
}

impl Engine {
    /// Starts an engine that has read this log.
    fn start(log: Vec<Record>) -> Engine {
        let calendar =
            Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
        let desk = Desk::new(Rules::shipped(), calendar, [7; 32]);
        let mut memory = Memory::new(Wallboard::new(Zone::CHINA, [], []), desk);
        log.iter().for_each(|record| memory.apply(record));
        let plan = switch::Plan::default();
        let center = Center::start(now(), memory, plan, acd::Policy::default(), "test");
        let mut engine = Engine { center, log };
        engine.drain();
        engine
    }

    fn restarted(self) -> Engine {
        Engine::start(self.log)
    }

    fn drain(&mut self) -> Option<Reply> {
        let mut answer = None;
        while let Some(output) = self.center.poll_output() {
            match output {
                Output::Append(record) => self.log.push(record),
                Output::Reply { reply, .. } => answer = Some(reply),
                _ => {}
            }
        }
        answer
    }

    /// Gives a command and returns its reply, once its records are durable.
    fn answer(&mut self, command: Command) -> Reply {
        let by = SeatActor::Engine;
        self.center.handle_input(now(), Input::Command { reply_to: 1, by, command });
        let refused = self.drain();
        let seq = self.center.memory().seq;
        self.center.handle_input(now(), Input::Durable(seq));
        self.drain().or(refused).expect("every command is answered")
    }

    fn at_the_desk(&mut self, by: Actor, key: &str, command: DeskCommand) -> Reply {
        let key = Some(key.to_owned());
        self.answer(Command::Desk(Box::new(DeskRequest { by, command, expected: None, key })))
    }

    fn notes(&self) -> usize {
        let is_note = |record: &&Record| {
            let Event::Desk(entry) = &record.event else { return false };
            matches!(entry.event, DeskEvent::Ticket(_, TicketEvent::Noted { .. }))
        };
        self.log.iter().filter(is_note).count()
    }
}

fn agent(account: &str) -> Actor {
    Actor::Person { account: account.into(), role: Role::Agent, unit: None, outsourced: false }
}

fn opening(title: &str) -> DeskCommand {
    DeskCommand::Open(Box::new(NewTicket {
        channel: Channel::Visit,
        caller: Number::new("13812345678"),
        line: "hall".into(),
        message: None,
        form: Form { title: Some(title.into()), ..Form::default() },
    }))
}

fn note(ticket: TicketId, text: &str) -> DeskCommand {
    DeskCommand::Ticket(ticket, TicketCommand::Note { text: text.into() })
}

fn key_reused(reply: &Reply) -> bool {
    *reply == Err(Refusal::Desk(workflow::Refusal::KeyReused))
}

#[test]
fn same_key_and_command_is_done_once_and_answered_alike() {
    let mut engine = Engine::start(Vec::new());
    let opened = engine.at_the_desk(agent("li"), "k1", opening("路灯不亮"));
    let ticket = opened.clone().unwrap().ticket.unwrap();
    assert_eq!(engine.at_the_desk(agent("li"), "k1", opening("路灯不亮")), opened);
    let noted = engine.at_the_desk(agent("li"), "k2", note(ticket, "又来电"));
    assert_eq!(engine.at_the_desk(agent("li"), "k2", note(ticket, "又来电")), noted);
    assert_eq!((engine.notes(), engine.center.memory().desk.tickets().count()), (1, 1));
}

#[test]
fn key_of_another_command_is_refused_and_nothing_is_done() {
    let mut engine = Engine::start(Vec::new());
    let opened = engine.at_the_desk(agent("li"), "k1", opening("路灯不亮"));
    let ticket = opened.unwrap().ticket.unwrap();
    let before = engine.log.len();
    for other in [note(ticket, "又来电"), opening("路面塌陷")] {
        let reply = engine.at_the_desk(agent("li"), "k1", other);
        assert!(key_reused(&reply), "{reply:?}");
    }
    assert_eq!(engine.log.len(), before);
    let reply = engine.at_the_desk(agent("wang"), "k1", note(ticket, "又来电"));
    assert!(reply.is_ok(), "another person's key is another key: {reply:?}");
}

#[test]
fn key_is_shared_by_the_desk_and_the_channels() {
    let mut engine = Engine::start(Vec::new());
    engine.at_the_desk(agent("li"), "k1", opening("路灯不亮")).unwrap();
    let order = ChannelsRequest {
        by: agent("li"),
        command: ChannelsCommand::Messaging(MessagingCommand::Destination(
            "province".into(),
            DestinationCommand::ResendAll,
        )),
        expected: None,
        key: Some("k1".into()),
    };
    let reply = engine.answer(Command::Channels(Box::new(order)));
    assert!(key_reused(&reply), "{reply:?}");
}

#[test]
fn keys_hold_after_a_restart() {
    let mut engine = Engine::start(Vec::new());
    let opened = engine.at_the_desk(agent("li"), "k1", opening("路灯不亮"));
    let ticket = opened.clone().unwrap().ticket.unwrap();
    let mut engine = engine.restarted();
    assert_eq!(engine.at_the_desk(agent("li"), "k1", opening("路灯不亮")), opened);
    let reply = engine.at_the_desk(agent("li"), "k1", note(ticket, "又来电"));
    assert!(key_reused(&reply), "{reply:?}");
}

/// Records of old logs have no hash of their command, so that the key alone identifies a repeat.
#[test]
fn key_of_an_old_log_answers_as_the_first_time() {
    let mut engine = Engine::start(Vec::new());
    let opened = engine.at_the_desk(agent("li"), "k1", opening("路灯不亮"));
    let ticket = opened.clone().unwrap().ticket.unwrap();
    for record in &mut engine.log {
        if let Event::Desk(entry) = &mut record.event
            && let Some(key) = &mut entry.key
        {
            key.command_sha256 = None;
        }
    }
    let mut engine = engine.restarted();
    let done: Result<CommandReceipt, _> =
        engine.at_the_desk(agent("li"), "k1", note(ticket, "又来电"));
    assert_eq!((done, engine.notes()), (opened, 0));
}
