//! The route that the directory proposes for a ticket in review. It is recorded once, and again
//! when the demand changes.

use deadlines::calendar::{Calendar, OfficeHours};
use directory::{TableText, initial_events};
use model::{
    CalendarTable, CallId, Event, LineId, Number, Record, SeatId, TicketId, Timestamp, Zone,
    desk::{
        Actor, AreaId, AssignmentId, DeskEntry, DeskEvent, Difficulty, Dispatch, DispatchMethod,
        DispatchPart, DispatchRole, Form, Grade, ProposedRoute, Purpose, ReturnGround, TopicId,
    },
    event::{Role, TicketOpened},
};
use ticketing::{Desk, DeskCommand, Rules, assignment::AssignmentCommand, ticket::TicketCommand};

use crate::network::{texts, unit};

/// A desk with the shipped directory, and the length of its log.
struct Setup {
    desk: Desk,
    seq: u64,
    now: Timestamp,
}

impl Setup {
    fn new() -> Setup {
        let calendar =
            Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
        let desk = Desk::new(Rules::shipped(), calendar, [1; 32]);
        // 2013-04-25 09:00 in China.
        let now = Timestamp::from_micros(1_366_851_600_000_000);
        let mut setup = Setup { desk, seq: 0, now };
        let texts = texts();
        let sheets: Vec<_> =
            texts.iter().map(|(table, text)| TableText { table: *table, text }).collect();
        for event in initial_events(&sheets).expect("the shipped tables") {
            setup.append(Actor::Engine, DeskEvent::Directory(event));
        }
        setup
    }

    fn append(&mut self, by: Actor, event: DeskEvent) {
        self.record(Event::Desk(Box::new(DeskEntry { by, key: None, event })));
    }

    fn record(&mut self, event: Event) {
        self.seq += 1;
        self.desk.apply(&Record { seq: self.seq, at: self.now, event });
    }

    fn call(&mut self) -> TicketId {
        let ticket = TicketId::of_day(Zone::CHINA.date(self.now), 1);
        let (call, caller) = (CallId::from_arrival(self.now), Number::new("13600000001"));
        let (line, seat) = (LineId::from("12345"), SeatId(1001));
        self.record(Event::TicketOpened(TicketOpened { ticket, call, caller, line, seat }));
        ticket
    }

    /// Gives a command, runs the rules, and returns the routes that they proposed.
    fn does(&mut self, role: Role, ticket: TicketId, command: TicketCommand) -> Vec<ProposedRoute> {
        let by = crate::network::person(role, None);
        let command = DeskCommand::Ticket(ticket, command);
        let events = self.desk.decide(self.now, &by, command, None, TicketId(0)).expect("taken");
        for event in events {
            self.append(by.clone(), event);
        }
        let mut proposed = Vec::new();
        while let Some(event) = self.desk.poll_step(self.now) {
            if let DeskEvent::Ticket(_, model::desk::TicketEvent::RouteProposed(route)) = &event {
                proposed.push((**route).clone());
            }
            self.append(Actor::Engine, event);
        }
        proposed
    }
}

impl Setup {
    /// Gives a command about an assignment and runs the rules.
    fn unit(&mut self, by: &Actor, id: AssignmentId, command: AssignmentCommand) {
        let command = DeskCommand::Assignment(id, command);
        let events = self.desk.decide(self.now, by, command, None, TicketId(0)).expect("taken");
        for event in events {
            self.append(by.clone(), event);
        }
        while let Some(event) = self.desk.poll_step(self.now) {
            self.append(Actor::Engine, event);
        }
    }
}

fn demand(topic: &str, area: &str) -> Form {
    Form {
        purpose: Some(Purpose::Complaint),
        topic: Some(TopicId::from(topic)),
        area: Some(AreaId::from(area)),
        title: Some("电压不稳".into()),
        content: Some("每晚七点起灯光变暗".into()),
        confidential: Some(false),
        ..Form::default()
    }
}

#[test]
fn ticket_in_review_gets_the_route_of_the_directory() {
    let mut setup = Setup::new();
    let ticket = setup.call();
    let form = Box::new(demand("020202", "410105"));
    let early = setup.does(Role::Agent, ticket, TicketCommand::Register { form, matter: None });
    assert_eq!(early, [], "nothing before it is in review");

    let proposed = setup.does(Role::Dispatcher, ticket, TicketCommand::Review);
    assert_eq!(proposed.len(), 1, "once");
    let route = &proposed[0];
    assert_eq!((&route.lead, &route.assists), (&unit("410105-000"), &vec![unit("410100-201")]));
    assert_eq!((route.supervise.as_ref(), route.grade), (Some(&unit("410100-000")), Grade::B));
    assert!(route.why[0].contains("the table of routes has a row"), "{:?}", route.why);
    let kept = setup.desk.ticket(ticket).and_then(|ticket| ticket.route.as_deref());
    assert_eq!(kept, Some(route));

    // Another area gets another route; the same area again proposes nothing.
    let moved = Form { area: Some(AreaId::from("410103")), ..Form::default() };
    let write = || TicketCommand::Write(Box::new(moved.clone()));
    let proposed = setup.does(Role::Dispatcher, ticket, write());
    assert_eq!(proposed.iter().map(|route| &route.lead).collect::<Vec<_>>(), [&unit("410100-201")]);
    assert_eq!(setup.does(Role::Dispatcher, ticket, write()), []);
}

#[test]
fn complex_case_is_graded_by_the_rules() {
    let mut setup = Setup::new();
    let ticket = setup.call();
    let hard = Form { difficulty: Some(Difficulty::Complex), ..demand("020202", "410103") };
    let form = Box::new(hard);
    setup.does(Role::Agent, ticket, TicketCommand::Register { form, matter: None });
    let proposed = setup.does(Role::Dispatcher, ticket, TicketCommand::Review);
    assert_eq!(proposed.iter().map(|route| route.grade).collect::<Vec<_>>(), [Grade::C]);
}

/// The faults for which a command is refused, as text.
fn faults(setup: &Setup, by: &Actor, command: DeskCommand) -> Vec<String> {
    match setup.desk.decide(setup.now, by, command, None, TicketId(0)) {
        Err(workflow::Refusal::Faults { faults }) => {
            faults.into_iter().map(|fault| format!("{} {}", fault.field, fault.what)).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn dispatch(lead: &str, grade: Grade, reason: Option<&str>) -> Dispatch {
    Dispatch {
        parts: vec![DispatchPart {
            unit: unit(lead),
            role: DispatchRole::Lead,
            method: DispatchMethod::Network,
            required: false,
        }],
        supervise: unit("410100-000"),
        supervisor: "张".into(),
        grade,
        note: String::new(),
        reason: reason.map(Into::into),
        emergency: None,
        clocks: Vec::new(),
    }
}

#[test]
fn dispatch_or_grade_against_the_proposal_needs_a_reason() {
    let mut setup = Setup::new();
    let ticket = setup.call();
    let form = Box::new(demand("020202", "410103"));
    setup.does(Role::Agent, ticket, TicketCommand::Register { form, matter: None });
    let proposed = setup.does(Role::Dispatcher, ticket, TicketCommand::Review);
    assert_eq!((&proposed[0].lead, proposed[0].grade), (&unit("410100-201"), Grade::A));
    let by = crate::network::person(Role::Dispatcher, None);
    let order = |lead, grade, reason| {
        let order = TicketCommand::Dispatch(Box::new(dispatch(lead, grade, reason)));
        DeskCommand::Ticket(ticket, order)
    };
    let against = faults(&setup, &by, order("410103-000", Grade::C, Some(" ")));
    assert_eq!(against.len(), 2, "{against:?}");
    assert!(against[0].contains("410100-201") && against[1].contains("REC-10"), "{against:?}");
    let other_grade = faults(&setup, &by, order("410100-201", Grade::B, None));
    assert_eq!(other_grade.len(), 1, "{other_grade:?}");
    let regrade = |reason: &str| {
        let regrade = TicketCommand::Regrade { grade: Grade::C, reason: reason.into() };
        DeskCommand::Ticket(ticket, regrade)
    };
    assert_eq!(faults(&setup, &by, regrade("")).len(), 1);
    let taken = |command| setup.desk.decide(setup.now, &by, command, None, TicketId(0)).is_ok();
    assert!(taken(regrade("涉及多家")));
    assert!(taken(order("410103-000", Grade::C, Some("供电公司无法进场"))));
    assert!(taken(order("410100-201", Grade::A, None)), "as proposed needs no reason");
}

#[test]
fn unknown_topic_is_a_fault_once_a_topic_table_exists() {
    let mut setup = Setup::new();
    let ticket = setup.call();
    let by = crate::network::person(Role::Agent, None);
    let register = |topic: &str| {
        let form = Box::new(demand(topic, "410103"));
        DeskCommand::Ticket(ticket, TicketCommand::Register { form, matter: None })
    };
    let unknown = faults(&setup, &by, register("989898"));
    assert!(unknown.len() == 1 && unknown[0].starts_with("form.topic"), "{unknown:?}");
    let form = Form { topic: Some("9898".into()), ..Form::default() };
    let write = DeskCommand::Ticket(ticket, TicketCommand::Write(Box::new(form)));
    assert_eq!(faults(&setup, &by, write).len(), 1);
    assert!(setup.desk.decide(setup.now, &by, register("0202"), None, TicketId(0)).is_ok());
    // A desk without a topic table accepts any code.
    let calendar = Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
    let empty = Desk::new(Rules::shipped(), calendar, [1; 32]);
    let mut bare = Setup { desk: empty, seq: 0, now: setup.now };
    assert_eq!(bare.call(), ticket);
    assert!(bare.desk.decide(bare.now, &by, register("989898"), None, TicketId(0)).is_ok());
}

#[test]
fn decided_dispute_changes_the_directory_from_that_day() {
    let mut setup = Setup::new();
    let ticket = setup.call();
    let form = Box::new(demand("020202", "410103"));
    setup.does(Role::Agent, ticket, TicketCommand::Register { form, matter: None });
    setup.does(Role::Dispatcher, ticket, TicketCommand::Review);
    let order = Box::new(dispatch("410100-201", Grade::A, None));
    setup.does(Role::Dispatcher, ticket, TicketCommand::Dispatch(order));
    let id = AssignmentId { ticket, n: 1 };
    let (dispatcher, director) = (
        crate::network::person(Role::Dispatcher, None),
        crate::network::person(Role::Director, None),
    );
    let asked = || AssignmentCommand::AskReturn {
        ground: ReturnGround::NotOurs,
        basis: "属小区自管".into(),
        proposed: None,
    };
    for command in [
        asked(),
        AssignmentCommand::RejectReturn { reason: "供电属其职责".into() },
        asked(),
        AssignmentCommand::Dispute {
            authority: "市编办".into(), text: "双方各执一词".into()
        },
    ] {
        setup.unit(&dispatcher, id, command);
    }
    let decide = |unit_: &str| AssignmentCommand::DecideDispute {
        stays: false,
        document: "市编办〔2013〕9号".into(),
        unit: unit(unit_),
    };
    let unknown = faults(&setup, &director, DeskCommand::Assignment(id, decide("nowhere")));
    assert!(unknown[0].contains("not a unit of the directory"), "{unknown:?}");
    setup.unit(&director, id, decide("410103-000"));
    let today = Zone::CHINA.date(setup.now);
    let asked = |area: &str| directory::RouteQuery {
        topic: Some("020202".into()),
        area: Some(area.into()),
        against: None,
    };
    let lead =
        |area: &str| setup.desk.directory().route(&asked(area), today).map(|route| route.lead);
    assert_eq!(lead("410103"), Some(unit("410103-000")), "decided once");
    assert_eq!(lead("410102"), Some(unit("410100-201")), "there and nowhere else");
    assert_eq!(setup.desk.directory_state().drafts().count(), 0, "who decides has approved it");
    let proposed = setup.desk.ticket(ticket).and_then(|t| Some(t.route.as_ref()?.lead.clone()));
    assert_eq!(proposed, Some(unit("410100-201")), "what was proposed stays on record");
}
