//! Archived tickets have left the desk, but take the commands of their state when they are read
//! from the view.

use std::time::Duration;

use deadlines::calendar::{Calendar, OfficeHours};
use model::{
    CalendarTable, Event, LineId, Number, Record, TicketId, Timestamp, Zone,
    desk::{
        Actor, Channel, DeskEntry, DeskEvent, Form, LegacyTicket, MatterId, Purpose, Satisfaction,
        TicketClosure, TicketEvent, TicketState,
    },
    event::Role,
};
use ticketing::{Desk, DeskCommand, Rules, Ticket, ticket::TicketCommand};
use workflow::Refusal;

const OLD: TicketId = TicketId(2_026_010_500_001);
const NEW: TicketId = TicketId(2_026_112_300_001);

/// The desk, and all its tickets as in the view.
struct Setup {
    desk: Desk,
    view: std::collections::BTreeMap<TicketId, Ticket>,
    seq: u64,
}

impl Setup {
    fn new() -> Setup {
        let hours = OfficeHours::default();
        let calendar = Calendar::new(Zone::CHINA, hours, &CalendarTable::default());
        let desk = Desk::new(Rules::shipped(), calendar, [7; 32]);
        Setup { desk, view: Default::default(), seq: 0 }
    }

    fn does(&mut self, event: DeskEvent) {
        self.seq += 1;
        let at = now();
        let entry = DeskEntry { by: Actor::Citizen, key: None, event };
        let event = Event::Desk(Box::new(entry.clone()));
        self.desk.apply(&Record { seq: self.seq, at, event: event.clone() });
        if let Some(ticket) = Ticket::open(self.seq, at, &event) {
            self.view.insert(ticket.ticket, ticket);
        } else if let Some(ticket) = entry.event.ticket().and_then(|id| self.view.get_mut(&id)) {
            ticket.apply_entry(self.seq, at, &entry);
        }
    }

    fn ticket(&mut self, id: TicketId, event: TicketEvent) {
        self.does(DeskEvent::Ticket(id, event));
    }

    fn opens(&mut self, id: TicketId) {
        let (channel, caller) = (Channel::Visit, Number::new("13812345678"));
        let line = LineId::from("12345");
        self.ticket(id, TicketEvent::Opened { channel, caller, line, message: None });
        let form = Form {
            purpose: Some(Purpose::Consult),
            title: Some("养老金".into()),
            confidential: Some(false),
            ..Form::default()
        };
        self.ticket(id, TicketEvent::Written(Box::new(form)));
    }

    /// A desk with a ticket that was registered in January, answered and archived.
    fn with_archived() -> Setup {
        let mut setup = Setup::new();
        setup.opens(OLD);
        let (matter, query_code) = (OLD.into(), "123456".into());
        let (repeat_caller, repeat_matter) = (false, false);
        let registered =
            TicketEvent::Registered { matter, repeat_caller, repeat_matter, query_code };
        setup.ticket(OLD, registered);
        let (knowledge, no_item) = (None, Some("当日通知".into()));
        setup.ticket(OLD, TicketEvent::Answered { answer: "已发放".into(), knowledge, no_item });
        setup.ticket(OLD, TicketEvent::Archived { manifest: "0".repeat(64) });
        setup
    }

    fn decide(&self, command: DeskCommand) -> Result<Vec<DeskEvent>, Refusal> {
        let ids = command.archived_tickets_needed();
        let recalled: Vec<Ticket> =
            ids.iter().filter_map(|id| self.view.get(id)).cloned().collect();
        self.desk.decide_with_archived(now(), &agent(), command, None, NEW, &recalled)
    }
}

fn now() -> Timestamp {
    Zone::CHINA.moment(model::Date { year: 2026, month: 11, day: 23 }, 36_000)
}

fn agent() -> Actor {
    Actor::Person { account: "li".into(), role: Role::Agent, unit: None, outsourced: false }
}

fn says(text: &str) -> DeskCommand {
    DeskCommand::Ticket(OLD, TicketCommand::CitizenUpdate { text: text.into() })
}

#[test]
fn citizen_update_is_added_to_an_archived_ticket_that_stays_archived() {
    let mut setup = Setup::with_archived();
    assert!(setup.desk.ticket(OLD).is_none(), "it has left the desk");
    let forgotten = setup.desk.decide(now(), &agent(), says("谢谢"), None, NEW);
    assert!(forgotten.unwrap_err().to_string().contains("archived"));

    let before = setup.desk.clone();
    for event in setup.decide(says("又停发了")).unwrap() {
        setup.does(event);
    }
    assert_eq!(setup.desk, before, "it is not taken back to the desk");
    let old = &setup.view[&OLD];
    assert_eq!((old.state, old.updates.len()), (TicketState::Archived, 1));

    // Only commands that the table allows in this state read the ticket from the view.
    let note = DeskCommand::Ticket(OLD, TicketCommand::Note { text: "核对".into() });
    assert_eq!(note.archived_tickets_needed(), []);
    assert!(setup.decide(note).is_err());

    // The sender has seen an older state of the ticket.
    let old = [setup.view[&OLD].clone()];
    let seen = Some(old[0].seq - 1);
    let stale = setup.desk.decide_with_archived(now(), &agent(), says("在吗"), seen, NEW, &old);
    assert!(matches!(stale, Err(Refusal::Stale { .. })), "{stale:?}");
}

#[test]
fn outdated_view_of_an_archived_ticket_is_refused() {
    let setup = Setup::with_archived();
    let mut behind = setup.view[&OLD].clone();
    behind.state = TicketState::Closed;
    let old = [behind];
    let no = setup.desk.decide_with_archived(now(), &agent(), says("在吗"), None, NEW, &old);
    assert!(no.unwrap_err().to_string().contains("archived"));
}

#[test]
fn new_ticket_may_join_the_matter_of_an_archived_ticket() {
    let mut setup = Setup::with_archived();
    setup.opens(NEW);
    let register = |matter| {
        let command = TicketCommand::Register { form: Box::default(), matter: Some(matter) };
        DeskCommand::Ticket(NEW, command)
    };
    let unknown = MatterId(TicketId(2_026_010_500_009));
    assert!(setup.decide(register(unknown)).is_err());
    let events = setup.decide(register(OLD.into())).unwrap();
    let told = events.iter().find_map(|event| match event {
        DeskEvent::Ticket(
            _,
            TicketEvent::Registered { matter, repeat_caller, repeat_matter, .. },
        ) => Some((*matter, *repeat_caller, *repeat_matter)),
        _ => None,
    });
    assert_eq!(told, Some((OLD.into(), true, true)));
    events.into_iter().for_each(|event| setup.does(event));
    let matter = setup.desk.matter(OLD.into()).expect("it is known again");
    assert!(matter.tickets.contains(&NEW));
}

/// A ticket of a merged hotline, closed there in 2019.
fn past() -> LegacyTicket {
    let opened = Zone::CHINA.moment(model::Date { year: 2019, month: 3, day: 4 }, 36_000);
    let form = Form { title: Some("养老金停发".into()), ..Form::default() };
    LegacyTicket {
        number: "12333-77".into(),
        channel: Channel::Phone,
        caller: Number::new("13812345678"),
        line: LineId::from("12333"),
        form,
        opened,
        closed: opened + Duration::from_secs(86_400),
        unit: Some("410100-023".into()),
        reply: Some("已补发".into()),
        satisfaction: Some(Satisfaction::Satisfied),
    }
}

#[test]
fn legacy_ticket_is_archived_and_its_caller_counts_as_repeat() {
    let who = |role| Actor::Person { account: "dai".into(), role, unit: None, outsourced: false };
    let take = |by: &Actor, past: LegacyTicket| {
        let command = DeskCommand::TakeOver(Box::new(past));
        Setup::new().desk.decide(now(), by, command, None, OLD)
    };
    let refused = take(&who(Role::Agent), past());
    assert!(matches!(refused, Err(Refusal::Forbidden { .. })), "{refused:?}");
    let upside_down = LegacyTicket {
        closed: now() + Duration::from_secs(1),
        opened: now() + Duration::from_secs(2),
        ..past()
    };
    let Err(Refusal::Faults { faults }) = take(&who(Role::Director), upside_down) else {
        panic!("it is not over yet");
    };
    assert_eq!(faults.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["closed", "closed"]);

    let mut setup = Setup::new();
    let events = take(&who(Role::Director), past()).unwrap();
    let before = setup.desk.clone();
    events.into_iter().for_each(|event| setup.does(event));
    assert_eq!(setup.desk, before, "it is no work of the desk");
    let old = &setup.view[&OLD];
    assert_eq!((old.state, old.closure), (TicketState::Archived, Some(TicketClosure::Evaluated)));
    assert_eq!((old.opened, old.times.closed), (past().opened, Some(past().closed)));
    assert_eq!(old.elsewhere.as_deref(), Some("12333-77"));
    assert_eq!(last_reply(old), Some("已补发"));

    // A new ticket may join its matter, and the caller may add an update to it.
    setup.opens(NEW);
    let command = TicketCommand::Register { form: Box::default(), matter: Some(OLD.into()) };
    let events = setup.decide(DeskCommand::Ticket(NEW, command)).unwrap();
    let repeats = |event: &DeskEvent| {
        matches!(
            event,
            DeskEvent::Ticket(
                _,
                TicketEvent::Registered { repeat_caller: true, repeat_matter: true, .. }
            )
        )
    };
    assert!(events.iter().any(repeats), "{events:?}");
    assert_eq!(setup.decide(says("又停发了")).unwrap().len(), 1);
}

/// The text of the last reply to the caller.
fn last_reply(ticket: &Ticket) -> Option<&str> {
    ticket.replies.last().map(|reply| reply.what.text.as_str())
}

#[test]
fn voided_draft_leaves_the_desk() {
    let mut setup = Setup::new();
    setup.opens(NEW);
    setup.ticket(NEW, TicketEvent::Voided { reason: "测试".into() });
    assert_eq!(setup.desk.tickets().count(), 0);
    assert_eq!(setup.desk.tickets_of_caller(Some(&Number::new("13812345678"))).count(), 0);
    assert_eq!(setup.view[&NEW].state, TicketState::Cancelled);
}
