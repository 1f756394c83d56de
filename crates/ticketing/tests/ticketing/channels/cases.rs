//! Written demands of every channel (CHAN-01, all channels in one) and cases that an upper hotline
//! assigns (CHAN-08).

use std::time::Duration;

use deadlines::clock::{Allowance, ClockKind};
use model::desk::{
    Actor, Channel, DeskEvent, InboundMessage, MessageDetails, Purpose, TicketState,
};
use model::{Event, TicketId, Timestamp};

use super::setup::{Setup, message};

fn upper(setup: &Setup, id: &str, due_days: u64) -> InboundMessage {
    let due = setup.now + Duration::from_secs(due_days * 86_400);
    InboundMessage {
        particulars: Box::new(MessageDetails {
            case: Some("SZX-2026-77".into()),
            due: Some(due),
            title: Some("小区停水".into()),
            purpose: Some(Purpose::Complaint),
            area: Some("410102".into()),
            confidential: Some(false),
            ..MessageDetails::default()
        }),
        ..message("province", id, Channel::Upper, "", "整个小区停水三天")
    }
}

fn running_upper(setup: &Setup, ticket: TicketId) -> Vec<Timestamp> {
    let clocks = setup.ticket(ticket).clocks.iter();
    clocks
        .filter(|clock| clock.terms().kind == ClockKind::Upper && clock.end().is_none())
        .map(|clock| match clock.terms().allowance {
            Allowance::Until(due) => due,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn every_channel_opens_one_ticket() {
    for channel in [
        Channel::Mailbox,
        Channel::App,
        Channel::Wechat,
        Channel::Weibo,
        Channel::Forum,
        Channel::Sms,
        Channel::Police,
        Channel::Grid,
    ] {
        let mut setup = Setup::new();
        let ticket = setup.next();
        setup.receives(message("hook", "m1", channel, "reader-7", "路灯坏了\n在十字路口"));
        let found = setup.ticket(ticket);
        assert_eq!((found.channel, found.state), (channel, TicketState::Draft), "{channel:?}");
        assert_eq!(found.form.title.as_deref(), Some("路灯坏了"));
        assert_eq!(found.form.content.as_deref(), Some("路灯坏了\n在十字路口"));
        assert_eq!(found.caller.reveal(), "reader-7");
    }
}

#[test]
fn upper_hotline_case_is_registered_with_a_hard_due_date() {
    let mut setup = Setup::new();
    let ticket = setup.next();
    let first = upper(&setup, "1", 5);
    let due = first.particulars.due.unwrap();
    setup.receives(first);
    let found = setup.ticket(ticket);
    assert_eq!(found.state, TicketState::Registered, "nothing was missing");
    let foreign = &found.form.foreign.as_ref().unwrap()[0];
    assert_eq!((foreign.system.as_str(), foreign.number.as_str()), ("province", "SZX-2026-77"));
    assert_eq!(running_upper(&setup, ticket), [due]);
    let by_partner = setup.log.iter().any(|record| match &record.event {
        Event::Desk(entry) => {
            entry.by == Actor::Partner("province".into())
                && matches!(
                    entry.event,
                    DeskEvent::Ticket(_, model::desk::TicketEvent::Registered { .. })
                )
        }
        _ => false,
    });
    assert!(by_partner);
}

#[test]
fn repeated_upper_case_updates_its_ticket_and_replaces_the_due_date() {
    let mut setup = Setup::new();
    let ticket = setup.next();
    let first = upper(&setup, "1", 5);
    setup.receives(first);
    let next = setup.next();
    let mut second = upper(&setup, "2", 9);
    second.text = model::desk::Private::new("还没有水");
    let due = second.particulars.due.unwrap();
    setup.receives(second);
    assert_eq!(setup.next(), next, "no second ticket");
    assert_eq!(running_upper(&setup, ticket), [due]);
    assert_eq!(setup.ticket(ticket).updates[0].what, "还没有水");
    assert_eq!(setup.ticket(ticket).form.content.as_deref(), Some("整个小区停水三天"));
}

#[test]
fn incomplete_upper_case_stays_a_draft_until_it_is_completed() {
    let mut setup = Setup::new();
    let ticket = setup.next();
    let mut first = upper(&setup, "1", 5);
    first.particulars.purpose = None;
    setup.receives(first);
    assert_eq!(setup.ticket(ticket).state, TicketState::Draft);
    let second = upper(&setup, "2", 5);
    setup.receives(second);
    assert_eq!(setup.ticket(ticket).state, TicketState::Registered);
}

#[test]
fn message_is_handled_once_wherever_the_engine_crashed() {
    let mut setup = Setup::new();
    let first = upper(&setup, "1", 5);
    setup.receives(first);
    setup.sms("13812345678", "3号楼停电");
    for cut in 1..=setup.log.len() {
        let mut after = setup.after_a_crash(cut);
        after.follow_rules();
        let count = |events: &str| {
            let says =
                |record: &model::Record| record.event.to_value().to_string().contains(events);
            after.log.iter().filter(|record| says(record)).count()
        };
        assert_eq!(count("\"Opened\""), count("\"MessageReceived\""), "cut at {cut}");
        assert!(!after.channels.is_due());
    }
    let replayed = setup.after_a_crash(setup.log.len());
    assert_eq!(replayed.channels, setup.channels);
    // A snapshot restored after any record and continued gives the same state.
    for cut in 1..setup.log.len() {
        let mut before = setup.after_a_crash(cut);
        let mut kept = Vec::new();
        ciborium::into_writer(&before.channels.snapshot(), &mut kept).unwrap();
        let kept = ciborium::from_reader(kept.as_slice()).unwrap();
        before.channels = Setup::new().channels.restore_from(kept);
        setup.log[cut..].iter().for_each(|record| before.channels.apply(record));
        assert_eq!(before.channels, setup.channels, "cut at {cut}");
    }
}
