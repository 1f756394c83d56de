//! A desk with its channels and its log, for tests that drive them step by step.

use std::collections::BTreeMap;
use std::time::Duration;

use deadlines::calendar::{Calendar, OfficeHours};
use messaging::Templates;
use model::{
    AccountName, CalendarTable, Date, Event, Number, Record, TicketId, Timestamp, Zone,
    desk::{
        Actor, AssignmentEvent, AssignmentId, Channel, DeskEntry, DeskEvent, DirectoryChange,
        DirectoryEvent, Dispatch, DispatchMethod, DispatchPart, DispatchRole, Form, Grade,
        IdempotencyKey, InboundMessage, MessagingEvent, Officer, Private, Purpose, Reached,
        ReplyBy, ReplyMade, Revision, SmsId, SmsOrder, TicketState, Unit, UnitKind,
    },
    event::Role,
};
use ticketing::{
    Desk, DeskCommand, Rules, Ticket,
    channels::{Channels, ChannelsCommand},
    ticket::TicketCommand,
};
use workflow::Refusal;

pub(crate) struct Setup {
    pub(crate) desk: Desk,
    pub(crate) channels: Channels,
    pub(crate) log: Vec<Record>,
    pub(crate) now: Timestamp,
    last: u32,
}

fn templates() -> Templates {
    let text = |key: &str, text: &str| (key.to_owned(), text.to_owned());
    Templates::new(BTreeMap::from([
        text("accepted", "【12345】您的诉求{no}已受理，查询码{code}，办理期限至{due}。"),
        text("eval1", "【12345】您的诉求{no}已由{unit}办理：{short}。请回复数字评价"),
        text("eval2", "【12345】您的诉求{no}经再次办理：{short}。请回复5-1评价"),
        text("reply", "【12345】您的诉求{no}：{text}"),
        text("unsatisfied", "【12345】您的诉求{no}已按不满意件结案"),
        text("extended", "【12345】您的诉求{no}因{reason}延期至{due}"),
        text(
            "unit_new",
            "【派单】{no} {title}，{grade}类，{due_sign}前签收，{due}前办结，{sup}督办",
        ),
        text("unit_yellow", "【黄牌】{no}"),
        text("unit_red", "【红牌】{no}，请{head}说明。已催办{n}次"),
    ]))
}

fn desk() -> Desk {
    let calendar = Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
    Desk::new(Rules::shipped(), calendar, [7; 32])
}

impl Setup {
    pub(crate) fn new() -> Setup {
        let date = Date { year: 2026, month: 11, day: 24 };
        Setup {
            desk: desk(),
            channels: Channels::new(Zone::CHINA, Some(templates())),
            log: Vec::new(),
            now: Zone::CHINA.moment(date, 10 * 3_600),
            last: 0,
        }
    }

    /// The same desk without an SMS gateway.
    pub(crate) fn without_gateway() -> Setup {
        let mut setup = Setup::new();
        setup.channels = Channels::new(Zone::CHINA, None);
        setup.desk = setup.desk.with_rules(|rules| rules.ask_by_sms = false);
        setup
    }

    /// A desk that has read the first `records` records of this log and has not run its rules yet.
    pub(crate) fn after_a_crash(&self, records: usize) -> Setup {
        let mut setup = Setup::new();
        setup.now = self.now;
        for record in &self.log[..records] {
            setup.follow(record.clone());
        }
        setup
    }

    fn follow(&mut self, record: Record) {
        if let Event::Desk(entry) = &record.event
            && let DeskEvent::Ticket(_, model::desk::TicketEvent::Opened { .. }) = &entry.event
        {
            self.last += 1;
        }
        self.desk.apply(&record);
        self.channels.apply(&record);
        self.log.push(record);
    }

    pub(crate) fn append(&mut self, by: &Actor, key: Option<&str>, event: DeskEvent) {
        let named = |name: &str| IdempotencyKey { name: name.to_owned(), command_sha256: None };
        let entry = DeskEntry { by: by.clone(), key: key.map(named), event };
        let seq = self.log.len() as u64 + 1;
        self.follow(Record { seq, at: self.now, event: Event::Desk(Box::new(entry)) });
    }

    pub(crate) fn next(&self) -> TicketId {
        TicketId::of_day(Zone::CHINA.date(self.now), self.last + 1)
    }

    pub(crate) fn follow_rules(&mut self) {
        loop {
            if let Some(event) = self.desk.poll_step(self.now) {
                self.append(&Actor::Engine, None, event);
                continue;
            }
            let next = self.next();
            let entries = self.channels.poll_step(self.now, &self.desk, next);
            if entries.is_empty() {
                assert!(!self.channels.is_due(), "at rest nothing is due");
                return;
            }
            for entry in entries {
                self.append(
                    &entry.by.clone(),
                    entry.key.as_ref().map(|key| key.name.as_str()),
                    entry.event,
                );
            }
        }
    }

    pub(crate) fn passes(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
        self.follow_rules();
    }

    pub(crate) fn decide(
        &self,
        by: &Actor,
        ticket: TicketId,
        command: TicketCommand,
    ) -> Result<Vec<DeskEvent>, Refusal> {
        let command = DeskCommand::Ticket(ticket, command);
        self.desk.decide(self.now, by, command, None, self.next())
    }

    pub(crate) fn order(&mut self, by: &Actor, ticket: TicketId, command: TicketCommand) {
        for event in self.decide(by, ticket, command).unwrap() {
            self.append(by, None, event);
        }
        self.follow_rules();
    }

    pub(crate) fn asks(&mut self, by: &Actor, command: ChannelsCommand) -> Result<(), Refusal> {
        for event in self.channels.decide(self.now, by, command, None)? {
            self.append(by, None, event);
        }
        self.follow_rules();
        Ok(())
    }

    /// Receives a message and runs the rules.
    pub(crate) fn receives(&mut self, message: InboundMessage) {
        self.append(
            &Actor::Engine,
            None,
            DeskEvent::Messaging(MessagingEvent::MessageReceived(message)),
        );
        self.follow_rules();
    }

    /// Receives an SMS of a citizen.
    pub(crate) fn sms(&mut self, from: &str, text: &str) {
        let id = format!("sms-{}", self.log.len());
        self.receives(message("sms", &id, Channel::Sms, from, text));
    }

    /// Hands all waiting SMS to the gateway.
    pub(crate) fn gateway_takes(&mut self) {
        let waiting: Vec<SmsId> =
            self.channels.messaging.texts.waiting().map(|(sms, ..)| sms).collect();
        for sms in waiting {
            let event = MessagingEvent::SmsHanded { sms, gateway_id: format!("g-{}", sms.0) };
            self.append(&Actor::Engine, None, DeskEvent::Messaging(event));
        }
        self.follow_rules();
    }

    /// Opens and registers a ticket of this caller.
    pub(crate) fn registered(&mut self, number: &str) -> TicketId {
        let ticket = self.next();
        let opening = ticketing::desk::NewTicket {
            channel: Channel::Visit,
            caller: Number::new(number),
            line: "12345".into(),
            message: None,
            form: Form {
                title: Some("路灯坏了".into()),
                purpose: Some(Purpose::Suggestion),
                confidential: Some(false),
                ..Form::default()
            },
        };
        let agent = person("li", Role::Agent);
        let command = DeskCommand::Open(Box::new(opening));
        for event in self.desk.decide(self.now, &agent, command, None, ticket).unwrap() {
            self.append(&agent, None, event);
        }
        let register = TicketCommand::Register { form: Box::default(), matter: None };
        self.order(&agent, ticket, register);
        ticket
    }

    /// Enters the hub and a unit with these SMS numbers in the directory, without a first day.
    pub(crate) fn founds(&mut self, unit: &str, sms: &[&str]) {
        let founded = |name: &str, kind, sms: &[&str]| {
            let now = Box::new(Unit {
                name: format!("{name}局"),
                short: name.into(),
                kind,
                level: 2,
                parent: None,
                functional_parent: None,
                area: None,
                group: String::new(),
                chief: Some(Officer { name: "局长".into(), post: "局长".into() }),
                deputies: Vec::new(),
                liaisons: Vec::new(),
                public_phone: String::new(),
                sms: sms.iter().map(|number| Number::new(number)).collect(),
                members: Vec::new(),
            });
            let written = Revision::Written { from: None, basis: String::new(), now };
            DirectoryChange::Unit(name.into(), written)
        };
        let changes =
            vec![founded("hub", UnitKind::Hub, &[]), founded(unit, UnitKind::Bureau, sms)];
        let (draft, note) = (1, String::new());
        for event in
            [DirectoryEvent::Drafted { draft, note, changes }, DirectoryEvent::Approved { draft }]
        {
            self.append(&person("wang", Role::Director), None, DeskEvent::Directory(event));
        }
    }

    /// Puts a ticket into review and dispatches it to this unit.
    pub(crate) fn dispatched(&mut self, ticket: TicketId, unit: &str) {
        let form = Form { topic: Some("010402".into()), ..Form::default() };
        let agent = person("li", Role::Agent);
        self.order(&agent, ticket, TicketCommand::Write(Box::new(form)));
        self.order(&agent, ticket, TicketCommand::Review);
        let dispatch = dispatch(unit);
        let command = TicketCommand::Dispatch(Box::new(dispatch));
        self.order(&person("zhao", Role::Dispatcher), ticket, command);
    }

    /// Appends an event of the ticket's first assignment and runs the rules.
    pub(crate) fn of_unit(&mut self, ticket: TicketId, event: AssignmentEvent) {
        let id = AssignmentId { ticket, n: 1 };
        self.append(&person("sun", Role::SupGroup), None, DeskEvent::Assignment(id, event));
        self.follow_rules();
    }

    /// Opens a ticket of this caller whose reply the caller got.
    pub(crate) fn replied(&mut self, number: &str) -> TicketId {
        let ticket = self.registered(number);
        self.reply(ticket);
        ticket
    }

    pub(crate) fn reply(&mut self, ticket: TicketId) {
        let director = person("wang", Role::Director);
        let second = AccountName::from("zhou");
        let reason = "a test".to_owned();
        let to = TicketState::Reply;
        self.order(&director, ticket, TicketCommand::Override { to, second, reason });
        let text = "路灯已修复。".to_owned();
        let (how, reached) = (ReplyBy::Sms, Reached::Yes);
        let reply = ReplyMade { how, by_unit: None, text, interim: false, call: None, reached };
        self.order(&person("li", Role::Agent), ticket, TicketCommand::Reply(reply));
    }

    pub(crate) fn ticket(&self, ticket: TicketId) -> &Ticket {
        self.desk.ticket(ticket).unwrap()
    }

    /// The SMS ordered so far, in order.
    pub(crate) fn ordered(&self) -> Vec<&SmsOrder> {
        self.log
            .iter()
            .filter_map(|record| match &record.event {
                Event::Desk(entry) => match &entry.event {
                    DeskEvent::Messaging(MessagingEvent::SmsOrdered(order)) => Some(order),
                    _ => None,
                },
                _ => None,
            })
            .collect()
    }

    pub(crate) fn templates_ordered(&self) -> Vec<&str> {
        self.ordered().iter().map(|order| order.template.as_str()).collect()
    }
}

pub(crate) fn dispatch(unit: &str) -> Dispatch {
    Dispatch {
        parts: vec![DispatchPart {
            unit: unit.into(),
            role: DispatchRole::Lead,
            method: DispatchMethod::Network,
            required: false,
        }],
        supervise: "hub".into(),
        supervisor: "督查员".into(),
        grade: Grade::B,
        note: String::new(),
        reason: Some("目录未列".into()),
        emergency: None,
        clocks: Vec::new(),
    }
}

pub(crate) fn person(name: &str, role: Role) -> Actor {
    Actor::Person { account: name.into(), role, unit: None, outsourced: false }
}

pub(crate) fn message(
    hook: &str,
    id: &str,
    channel: Channel,
    from: &str,
    text: &str,
) -> InboundMessage {
    InboundMessage {
        hook: hook.into(),
        message_id: id.into(),
        content_sha256: None,
        channel,
        from: Number::new(from),
        to: "12345".into(),
        text: Private::new(text),
        media: Vec::new(),
        at: Timestamp::default(),
        particulars: Box::default(),
    }
}
