//! Properties of all events: name, subject, audience.

use model::{
    AccountName, CallId, Event, Number, SeatId, TicketId,
    desk::{Actor, DeskEntry, DeskEvent, TicketEvent},
    event::{
        Audience, CallArrived, CallKeyed, OfferWithdrawn, Party, RecordingHeard, SeatActor,
        SeatReady, Subject, WithdrawalReason,
    },
};

fn call() -> CallId {
    CallId::from(1)
}

fn arrived() -> Event {
    Event::CallArrived(CallArrived {
        call: call(),
        caller: Number::new("13812345678"),
        dialled: Number::new("12345"),
        line: "12345".into(),
        trunk: "telecom".into(),
    })
}

fn noted() -> Event {
    let event = DeskEvent::Ticket(TicketId(7), TicketEvent::Noted { text: "看过".into() });
    Event::Desk(Box::new(DeskEntry { by: Actor::Engine, key: None, event }))
}

#[test]
fn name_is_the_name_written_in_the_log() {
    for event in [arrived(), noted()] {
        assert_eq!(event.to_value()["event"], event.name());
        assert!(Event::NAMES.contains(&event.name()));
    }
}

#[test]
fn subject_names_call_seat_and_account() {
    let withdrawn = Event::OfferWithdrawn(OfferWithdrawn {
        offer: model::OfferId(1),
        call: call(),
        seat: SeatId(1001),
        why: WithdrawalReason::CallerGone,
        ring_ms: 0,
    });
    let about_offer =
        Subject { call: Some(call()), seat: Some(SeatId(1001)), ..Subject::default() };
    assert_eq!(withdrawn.subject(), about_offer);

    let li = AccountName::from("li");
    let by_person = |by| Event::SeatReady(SeatReady { seat: SeatId(1001), by });
    assert_eq!(by_person(SeatActor::Person(li.clone())).subject().by, Some(&li));
    assert_eq!(by_person(SeatActor::Phone).subject().by, None);
    assert_eq!(noted().subject().ticket, Some(TicketId(7)));
}

#[test]
fn caller_number_can_be_masked_in_place() {
    let mut event = arrived();
    assert_eq!(event.subject().caller, Some(&Number::new("13812345678")));
    if let Some(caller) = event.caller_mut() {
        *caller = Number::default();
    }
    assert!(event.subject().caller.is_some_and(Number::is_withheld));
    assert_eq!(noted().caller_mut(), None);
}

#[test]
fn desk_events_are_not_streamed_and_audit_events_are_for_the_auditor() {
    let heard = RecordingHeard { call: call(), by: "qa1".into() };
    assert_eq!(noted().audience(), Audience::None);
    assert_eq!(Event::RecordingHeard(heard).audience(), Audience::Audit);
    assert_eq!(arrived().audience(), Audience::All);
}

#[test]
fn pressed_keys_are_not_for_every_reader() {
    let keyed = CallKeyed { call: call(), by: Party::Caller, key: '5' };
    assert_eq!(Event::CallKeyed(keyed).audience(), Audience::Staff);
}

#[test]
fn log_of_an_emergency_holds_calls_and_no_desk_events() {
    assert!(arrived().is_of_emergency());
    assert!(!noted().is_of_emergency());
}
