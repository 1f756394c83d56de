//! The records as a partner receives them.

use courier::Envelope;
use model::{
    Event, Number, Record, Timestamp,
    desk::{
        Actor, AssignmentEvent, AssignmentId, Callback, CallbackChannel, Channel, DeskEntry,
        DeskEvent, Form, Grade, IdempotencyKey, LegacyTicket, Private, Purpose, Reached,
        RedoReason, Satisfaction, Signature, Solved, TicketEvent, event_kinds,
    },
    event::Role,
};
use serde_json::{Value, json};

use crate::common::TICKET;

fn record(event: DeskEvent) -> Record {
    let by = Actor::Person {
        account: "li".into(),
        role: Role::Dispatcher,
        unit: Some("410102-010".into()),
        outsourced: false,
    };
    let key = Some(IdempotencyKey {
        name: "secret-key".into(),
        command_sha256: Some("secret-hash".into()),
    });
    let event = Event::Desk(Box::new(DeskEntry { by, key, event }));
    Record { seq: 1_042, at: Timestamp::from_micros(1_795_334_592_123_456), event }
}

fn read(event: DeskEvent, is_masked: bool) -> Value {
    let envelope = Envelope::of(&record(event), &"province".into()).unwrap();
    assert!(event_kinds().iter().any(|kind| kind == envelope.kind()), "{}", envelope.kind());
    serde_json::from_slice(&envelope.into_body(is_masked)).unwrap()
}

#[test]
fn events_of_another_hotline_are_not_sent() {
    let past = LegacyTicket {
        number: "12333-77".into(),
        channel: Channel::Phone,
        caller: Number::new("13812345678"),
        line: "12333".into(),
        form: Form::default(),
        opened: Timestamp::from_micros(1),
        closed: Timestamp::from_micros(2),
        unit: None,
        reply: None,
        satisfaction: None,
    };
    let event = DeskEvent::Ticket(TICKET, TicketEvent::TakenOver(Box::new(past)));
    assert!(Envelope::of(&record(event), &"province".into()).is_none());
}

fn form() -> DeskEvent {
    let form = Form {
        name: Some(Private::new("王某")),
        contact: Some(Number::new("13812345678")),
        address: Some(Private::new("")),
        content: Some("我家停电".into()),
        purpose: Some(Purpose::Complaint),
        grade: Some(Grade::A),
        topic: Some("0104".into()),
        ..Form::default()
    };
    DeskEvent::Ticket(TICKET, TicketEvent::Written(Box::new(form)))
}

#[test]
fn envelope_has_event_time_and_ticket_but_no_names() {
    let event = TicketEvent::SentBack {
        reason: RedoReason::Perfunctory,
        text: "王某没有被联系".into(),
        clocks: Vec::new(),
    };
    assert_eq!(
        read(DeskEvent::Ticket(TICKET, event), true),
        json!({
            "seq": 1_042,
            "key": "province-1042",
            "at": "2026-11-22T08:03:12.123Z",
            "kind": "ticket.sent_back",
            "ticket": "2026112200017",
            "by": { "role": "dispatcher", "unit": "410102-010" },
            "masked": true,
            "of": { "reason": "perfunctory", "text": "***", "clocks": [] },
        })
    );
}

#[test]
fn personal_fields_are_complete_or_masked() {
    let masked = read(form(), true);
    assert_eq!(
        masked["of"],
        json!({
            "name": "***", "contact": "***", "address": "", "content": "***",
            "purpose": "complaint", "grade": "a", "topic": "0104",
        })
    );
    let whole = read(form(), false);
    assert_eq!(
        (&whole["of"]["name"], &whole["of"]["content"]),
        (&json!("王某"), &json!("我家停电"))
    );
}

#[test]
fn assignment_names_its_ticket_and_signature_is_masked() {
    let id = AssignmentId { ticket: TICKET, n: 2 };
    let signed = AssignmentEvent::HeadSigned(Signature {
        post: model::desk::Post::Chief,
        name: "张局长".into(),
        how: "by app".into(),
    });
    let body = read(DeskEvent::Assignment(id, signed), true);
    assert_eq!(
        (&body["assignment"], &body["ticket"]),
        (&json!("2026112200017-2"), &json!("2026112200017"))
    );
    assert_eq!(body["of"], json!({ "post": "chief", "name": "***", "how": "***" }));
}

#[test]
fn callback_is_sent_without_free_text() {
    let callback = Callback {
        how: CallbackChannel::Sms,
        reached: Reached::Yes,
        grade: Some(Satisfaction::Satisfied),
        contacted_by_unit: Some(true),
        result_true: None,
        solved: Some(Solved::Yes),
        call: None,
        text: "谢谢王某".into(),
    };
    assert_eq!(
        read(DeskEvent::Ticket(TICKET, TicketEvent::Asked(callback)), true)["of"],
        json!({
            "how": "sms", "reached": "yes", "grade": "satisfied",
            "contacted_by_unit": true, "solved": "yes", "text": "***",
        })
    );
}

#[test]
fn query_code_is_never_sent() {
    let registered = TicketEvent::Registered {
        matter: TICKET.into(),
        repeat_caller: false,
        repeat_matter: true,
        query_code: "493817".into(),
    };
    for is_masked in [true, false] {
        let body = read(DeskEvent::Ticket(TICKET, registered.clone()), is_masked).to_string();
        assert!(!body.contains("493817") && !body.contains("secret-"), "{body}");
        assert!(body.contains("repeat_matter"), "{body}");
    }
}

#[test]
fn events_of_the_courier_are_not_sent() {
    let told = model::desk::MessagingEvent::Resumed { destination: "province".into() };
    assert!(Envelope::of(&record(DeskEvent::Messaging(told)), &"province".into()).is_none());
}
