//! What the directory proposes for a ticket in review: on the ticket, once, and again when it is about
//! something else.

use backoffice::{
    Desk, DeskCommand, Rules,
    calendar::{Calendar, OfficeHours},
    network::{Sheet, first_deeds},
    ticket::TicketCommand,
};
use model::{
    CallId, DayTable, Event, LineId, Number, Record, SeatId, TicketId, Timestamp, Zone,
    desk::{AreaId, Deed, Difficulty, Doer, Entry, Form, Grade, ProposedRoute, Purpose, TopicId},
    event::{Role, TicketOpened},
};

use crate::common::{texts, unit};

/// A desk with the shipped network, and its log's length.
struct House {
    desk: Desk,
    seq: u64,
    now: Timestamp,
}

impl House {
    fn new() -> House {
        let calendar = Calendar::new(Zone::CHINA, OfficeHours::default(), &DayTable::default());
        let desk = Desk::new(Rules::shipped(), calendar, [1; 32]);
        // 2013-04-25 09:00 in China.
        let now = Timestamp::from_micros(1_366_851_600_000_000);
        let mut house = House { desk, seq: 0, now };
        let texts = texts();
        let sheets: Vec<_> =
            texts.iter().map(|(table, text)| Sheet { table: *table, text }).collect();
        for deed in first_deeds(&sheets).expect("the shipped tables") {
            house.append(Doer::Engine, Deed::Network(deed));
        }
        house
    }

    fn append(&mut self, by: Doer, deed: Deed) {
        self.record(Event::Desk(Box::new(Entry { by, key: None, deed })));
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

    /// Does it, and everything that follows by rule; gives what was proposed on the way.
    fn does(&mut self, role: Role, ticket: TicketId, command: TicketCommand) -> Vec<ProposedRoute> {
        let by = crate::common::person(role, None);
        let command = DeskCommand::Ticket(ticket, command);
        let deeds = self.desk.decide(self.now, &by, command, None, TicketId(0)).expect("taken");
        for deed in deeds {
            self.append(by.clone(), deed);
        }
        let mut proposed = Vec::new();
        while let Some(deed) = self.desk.poll_step(self.now) {
            if let Deed::Ticket(_, model::desk::TicketDeed::RouteProposed(route)) = &deed {
                proposed.push((**route).clone());
            }
            self.append(Doer::Engine, deed);
        }
        proposed
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
fn a_ticket_in_review_carries_what_the_directory_says() {
    let mut house = House::new();
    let ticket = house.call();
    let form = Box::new(demand("020202", "410105"));
    let early = house.does(Role::Agent, ticket, TicketCommand::Register { form, matter: None });
    assert_eq!(early, [], "nothing before it is in review");

    let proposed = house.does(Role::Dispatcher, ticket, TicketCommand::Review);
    assert_eq!(proposed.len(), 1, "once");
    let route = &proposed[0];
    assert_eq!((&route.lead, &route.assists), (&unit("410105-000"), &vec![unit("410100-201")]));
    assert_eq!((route.supervise.as_ref(), route.grade), (Some(&unit("410100-000")), Grade::B));
    assert!(route.why[0].contains("the directory says so"), "{:?}", route.why);
    let kept = house.desk.ticket(ticket).and_then(|ticket| ticket.route.as_deref());
    assert_eq!(kept, Some(route));

    // Another place is another unit; the same once more is no news.
    let moved = Form { area: Some(AreaId::from("410103")), ..Form::default() };
    let write = || TicketCommand::Write(Box::new(moved.clone()));
    let proposed = house.does(Role::Dispatcher, ticket, write());
    assert_eq!(proposed.iter().map(|route| &route.lead).collect::<Vec<_>>(), [&unit("410100-201")]);
    assert_eq!(house.does(Role::Dispatcher, ticket, write()), []);
}

#[test]
fn a_hard_case_is_graded_by_the_rules() {
    let mut house = House::new();
    let ticket = house.call();
    let hard = Form { difficulty: Some(Difficulty::Complex), ..demand("020202", "410103") };
    let form = Box::new(hard);
    house.does(Role::Agent, ticket, TicketCommand::Register { form, matter: None });
    let proposed = house.does(Role::Dispatcher, ticket, TicketCommand::Review);
    assert_eq!(proposed.iter().map(|route| route.grade).collect::<Vec<_>>(), [Grade::C]);
}
