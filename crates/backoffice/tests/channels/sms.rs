//! SMS out by what a ticket owes, digits in as evaluations (T02, T21, CB-06).

use model::desk::{AskedBy, Channel, RedoReason, Satisfaction, TicketState};
use model::event::Role;

use backoffice::ticket::TicketCommand;

use crate::room::{Room, message, person};

const MOBILE: &str = "13812345678";

#[test]
fn who_is_taken_on_gets_the_number_and_the_query_code() {
    let mut room = Room::new();
    let ticket = room.registered(MOBILE);
    let orders = room.ordered();
    assert_eq!(orders.len(), 1);
    let text = orders[0].text.reveal();
    let code = &room.ticket(ticket).query_code;
    assert!(text.contains(&ticket.to_string()) && text.contains(code.as_str()), "{text}");
    assert!(text.contains("12月"), "a day is promised: {text}");
    assert!(!format!("{:?}", orders[0]).contains(code.as_str()), "it prints redacted");
}

#[test]
fn a_fixed_line_and_a_handle_are_not_written_to() {
    let mut room = Room::new();
    room.registered("073112345678");
    room.receives(message("wechat", "1", Channel::Wechat, "a-reader", "路灯坏了"));
    let ticket = room.replied("073187654321");
    assert!(room.ordered().is_empty());
    assert!(room.ticket(ticket).callbacks.is_empty(), "nobody is on record as asked");
}

#[test]
fn without_a_gateway_no_sms_is_on_record() {
    let mut room = Room::without_gateway();
    let ticket = room.replied(MOBILE);
    assert!(room.ordered().is_empty() && room.ticket(ticket).callbacks.is_empty());
}

#[test]
fn a_question_is_ordered_in_the_same_turn_and_a_digit_closes_the_ticket() {
    let mut room = Room::new();
    let ticket = room.replied(MOBILE);
    assert_eq!(room.templates_ordered(), ["accepted", "eval1"]);
    let text = room.ordered()[1].text.reveal();
    assert!(text.contains("12345热线办理：路灯已修复。"), "{text}");
    room.gateway_takes();
    // With the country's code, as gateways write it.
    room.sms("+8613812345678", "5 谢谢");
    let ticket = room.ticket(ticket);
    assert_eq!(ticket.state, TicketState::Closed);
    assert_eq!(ticket.eval_first.map(|e| e.grade), Some(Satisfaction::VerySatisfied));
    assert_eq!(ticket.callbacks.last().unwrap().callback.text, "谢谢");
}

#[test]
fn a_crash_between_the_question_and_its_order_loses_nothing() {
    let mut room = Room::new();
    room.replied(MOBILE);
    let (all, records) = (room.templates_ordered().len(), room.log.len());
    for cut in 1..=records {
        let mut after = room.after_a_crash(cut);
        after.follow_rules();
        let evaluations = after.templates_ordered().iter().filter(|t| **t == "eval1").count();
        let accepted = after.templates_ordered().iter().filter(|t| **t == "accepted").count();
        assert!(evaluations <= 1 && accepted <= 1, "cut at {cut}: each goes once");
        let registered = after.log.len() >= 3 && cut >= 3;
        assert!(!registered || accepted == 1, "cut at {cut}: the receipt is ordered");
        if cut == records {
            assert_eq!(after.templates_ordered().len(), all);
        }
    }
}

#[test]
fn two_unsatisfied_digits_and_a_redo_are_two_messages() {
    let mut room = Room::new();
    let ticket = room.replied(MOBILE);
    room.gateway_takes();
    room.sms(MOBILE, "1，没人来过");
    // The same said twice is one answer.
    room.sms(MOBILE, "1");
    assert_eq!(room.ticket(ticket).unsatisfied(), (1, 0));
    assert_eq!(room.ticket(ticket).state, TicketState::Callback);
    let callback = person("chen", Role::Callback);
    let unit = |unit: &str| model::desk::Part {
        unit: unit.into(),
        role: model::desk::PartRole::Lead,
        method: model::desk::Method::Network,
        required: false,
    };
    let dispatch = model::desk::Dispatch {
        parts: vec![unit("410102-010")],
        supervise: "hub".into(),
        supervisor: "督查员".into(),
        grade: model::desk::Grade::B,
        note: String::new(),
        reason: None,
        emergency: None,
        clocks: Vec::new(),
    };
    let redo = TicketCommand::Redo {
        reason: RedoReason::ALL[0],
        text: "没有人来过".into(),
        dispatch: Some(Box::new(dispatch)),
    };
    room.order(&callback, ticket, redo);
    room.passes(60);
    room.reply(ticket);
    assert_eq!(room.templates_ordered(), ["accepted", "eval1", "eval2"]);
    room.gateway_takes();
    room.sms(MOBILE, "2");
    assert_eq!(room.ticket(ticket).unsatisfied(), (2, 0));
    assert_eq!(room.ticket(ticket).state, TicketState::Callback, "a person calls");
}

#[test]
fn a_digit_belongs_to_the_ticket_that_asked_last() {
    let mut room = Room::new();
    let first = room.replied(MOBILE);
    room.gateway_takes();
    room.passes(3_600);
    let second = room.replied(MOBILE);
    room.gateway_takes();
    room.sms(MOBILE, "4");
    assert_eq!(room.ticket(second).state, TicketState::Closed);
    assert_eq!(room.ticket(first).state, TicketState::Callback);
    // The other one is still open, and the next digit is its.
    room.sms(MOBILE, "3");
    assert_eq!(room.ticket(first).state, TicketState::Closed);
}

#[test]
fn words_instead_of_a_digit_are_kept_with_the_question() {
    let mut room = Room::new();
    let ticket = room.replied(MOBILE);
    room.gateway_takes();
    room.sms(MOBILE, "还没有人来");
    let asked = &room.ticket(ticket).callbacks.last().unwrap().callback;
    assert_eq!((asked.how, asked.grade, asked.text.as_str()), (AskedBy::Sms, None, "还没有人来"));
    assert_eq!(room.ticket(ticket).state, TicketState::Callback);
}

#[test]
fn an_sms_nobody_asked_for_becomes_a_ticket_to_look_at() {
    let mut room = Room::new();
    let draft = room.next();
    room.sms(MOBILE, "3号楼停电");
    let ticket = room.ticket(draft);
    assert_eq!((ticket.state, ticket.channel), (TicketState::Draft, Channel::Sms));
    assert_eq!(ticket.form.content.as_deref(), Some("3号楼停电"));
    assert_eq!(ticket.caller.reveal(), MOBILE);
    assert!(!ticket.clocks.is_empty(), "it is acknowledged in time");
}

#[test]
fn a_complaint_after_the_end_is_looked_at_and_thanks_are_kept() {
    let mut room = Room::new();
    let ticket = room.replied(MOBILE);
    room.gateway_takes();
    room.sms(MOBILE, "5");
    room.sms(MOBILE, "5，谢谢");
    assert_eq!(room.ticket(ticket).updates.len(), 1);
    let draft = room.next();
    room.sms(MOBILE, "1，又坏了");
    assert_eq!(room.ticket(draft).state, TicketState::Draft);
    assert_eq!(room.ticket(draft).form.content.as_deref(), Some("1，又坏了"));
}
