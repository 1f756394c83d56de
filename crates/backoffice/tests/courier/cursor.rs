//! How far a destination has got, and what becomes of dead letters.

use backoffice::{
    Refusal,
    courier::{CourierCommand, Cursors, Mailroom, Templates},
};
use model::{
    Event, Record, Seq, Timestamp,
    desk::{CourierDeed, Deed, DestinationId, Doer, Entry},
    event::Role,
};

fn province() -> DestinationId {
    DestinationId::from("province")
}

fn acknowledged(seq: Seq, letters: u32) -> CourierDeed {
    CourierDeed::Acknowledged { destination: province(), seq, letters }
}

fn dead(seq: Seq) -> CourierDeed {
    CourierDeed::DeadLettered { destination: province(), seq, status: 422, why: "no unit".into() }
}

fn person(role: Role) -> Doer {
    Doer::Person { account: "li".into(), role, unit: None, outsourced: false }
}

#[test]
fn a_cursor_never_goes_back() {
    let mut cursors = Cursors::default();
    for deed in [acknowledged(7, 3), acknowledged(5, 0), dead(9), acknowledged(8, 0)] {
        cursors.apply(Timestamp::default(), &deed);
    }
    let cursor = cursors.of(&province()).unwrap();
    assert_eq!((cursor.done, cursor.letters, cursor.dead.len()), (9, 3, 1));
}

#[test]
fn a_letter_resent_twice_counts_once() {
    let mut cursors = Cursors::default();
    let resent = CourierDeed::Resent { destination: province(), seq: 9 };
    for deed in [dead(9), resent.clone(), resent] {
        cursors.apply(Timestamp::default(), &deed);
    }
    let cursor = cursors.of(&province()).unwrap();
    assert_eq!((cursor.letters, cursor.dead.len()), (1, 0));
}

#[test]
fn a_dead_letter_is_sent_again_or_settled_by_an_admin() {
    let mut mailroom = Mailroom::default();
    let entry = Entry { by: Doer::Engine, key: None, deed: Deed::Courier(dead(9)) };
    let event = Event::Desk(Box::new(entry));
    mailroom.apply(&Record { seq: 12, at: Timestamp::default(), event });
    let templates = Templates::default();
    let ask = |role, command| mailroom.decide(&person(role), &templates, command);

    let resend = |seq| CourierCommand::Resend { destination: province(), seq };
    let ordered = CourierDeed::ResendOrdered { destination: province(), seq: 9 };
    assert_eq!(ask(Role::Admin, resend(9)), Ok(vec![ordered]));
    assert!(matches!(ask(Role::Admin, resend(8)), Err(Refusal::NotFound { .. })));
    assert!(matches!(ask(Role::Agent, resend(9)), Err(Refusal::Forbidden { .. })));

    let settle = |reason: &str| CourierCommand::DropDeadLetter {
        destination: province(),
        seq: 9,
        reason: reason.into(),
    };
    assert!(matches!(ask(Role::Admin, settle(" ")), Err(Refusal::Faults { .. })));
    assert!(ask(Role::Admin, settle("told by phone")).is_ok());
}
