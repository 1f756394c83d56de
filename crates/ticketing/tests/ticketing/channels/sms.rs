//! SMS that tickets cause, and digits that callers send as evaluations (T02, register; T21, ask;
//! CB-06, two SMS and one call).

use model::CallId;
use model::desk::{
    AssignmentEvent, Callback, CallbackChannel, Channel, DeskEvent, Reached, RedoReason, ReplyBy,
    ReplyMade, Satisfaction, TicketEvent, TicketState,
};
use model::event::Role;

use ticketing::ticket::TicketCommand;

use super::room::{Room, dispatch, message, person};

const MOBILE: &str = "13812345678";

#[test]
fn registered_caller_gets_ticket_number_and_query_code_by_sms() {
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
fn fixed_lines_and_account_handles_get_no_sms() {
    let mut room = Room::new();
    room.registered("073112345678");
    room.receives(message("wechat", "1", Channel::Wechat, "a-reader", "路灯坏了"));
    let ticket = room.replied("073187654321");
    assert!(room.ordered().is_empty());
    assert!(room.ticket(ticket).callbacks.is_empty(), "nobody is on record as asked");
}

#[test]
fn sms_is_not_ordered_without_a_gateway() {
    let mut room = Room::without_gateway();
    let ticket = room.replied(MOBILE);
    assert!(room.ordered().is_empty() && room.ticket(ticket).callbacks.is_empty());
}

#[test]
fn evaluation_sms_is_ordered_at_once_and_a_digit_closes_the_ticket() {
    let mut room = Room::new();
    let ticket = room.replied(MOBILE);
    assert_eq!(room.templates_ordered(), ["accepted", "eval1"]);
    let text = room.ordered()[1].text.reveal();
    assert!(text.contains("12345热线办理：路灯已修复。"), "{text}");
    room.gateway_takes();
    // Gateways write the number with the country code.
    room.sms("+8613812345678", "5 谢谢");
    let ticket = room.ticket(ticket);
    assert_eq!(ticket.state, TicketState::Closed);
    assert_eq!(ticket.eval_first.map(|e| e.grade), Some(Satisfaction::VerySatisfied));
    assert_eq!(ticket.callbacks.last().unwrap().callback.text, "谢谢");
}

#[test]
fn crash_between_question_and_order_loses_no_sms() {
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
fn two_rounds_send_two_evaluation_sms_and_count_both_answers() {
    let mut room = Room::new();
    let ticket = room.replied(MOBILE);
    room.gateway_takes();
    room.sms(MOBILE, "1，没人来过");
    // A repeated answer counts once.
    room.sms(MOBILE, "1");
    assert_eq!(room.ticket(ticket).unsatisfied_answers(), (1, 0));
    assert_eq!(room.ticket(ticket).state, TicketState::Callback);
    let callback = person("chen", Role::Callback);
    let redo = TicketCommand::Redo {
        reason: RedoReason::ALL[0],
        text: "没有人来过".into(),
        dispatch: Some(Box::new(dispatch("410102-010"))),
    };
    room.order(&callback, ticket, redo);
    room.passes(60);
    room.reply(ticket);
    assert_eq!(room.templates_ordered(), ["accepted", "eval1", "eval2"]);
    room.gateway_takes();
    room.sms(MOBILE, "2");
    assert_eq!(room.ticket(ticket).unsatisfied_answers(), (2, 0));
    assert_eq!(room.ticket(ticket).state, TicketState::Callback, "a person calls");
}

#[test]
fn digit_answers_the_ticket_that_asked_last() {
    let mut room = Room::new();
    let first = room.replied(MOBILE);
    room.gateway_takes();
    room.passes(3_600);
    let second = room.replied(MOBILE);
    room.gateway_takes();
    room.sms(MOBILE, "4");
    assert_eq!(room.ticket(second).state, TicketState::Closed);
    assert_eq!(room.ticket(first).state, TicketState::Callback);
    // The first ticket is still open, so the next digit answers it.
    room.sms(MOBILE, "3");
    assert_eq!(room.ticket(first).state, TicketState::Closed);
}

#[test]
fn text_instead_of_a_digit_is_kept_with_the_question() {
    let mut room = Room::new();
    let ticket = room.replied(MOBILE);
    room.gateway_takes();
    room.sms(MOBILE, "还没有人来");
    let asked = &room.ticket(ticket).callbacks.last().unwrap().callback;
    assert_eq!(
        (asked.how, asked.grade, asked.text.as_str()),
        (CallbackChannel::Sms, None, "还没有人来")
    );
    assert_eq!(room.ticket(ticket).state, TicketState::Callback);
}

#[test]
fn unsolicited_sms_opens_a_draft_ticket() {
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
fn complaint_after_closing_opens_a_draft_and_thanks_are_kept() {
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

#[test]
fn unit_gets_sms_for_new_assignments_and_warning_cards() {
    let mut room = Room::new();
    room.founds("供电", &["13900000001", "073112345678", "13900000002"]);
    let ticket = room.registered(MOBILE);
    room.dispatched(ticket, "供电");
    let to = |room: &Room, template: &str| -> Vec<String> {
        let orders = room.ordered().into_iter().filter(|order| order.template == template);
        orders.map(|order| order.to.reveal().to_owned()).collect()
    };
    assert_eq!(to(&room, "unit_new"), ["13900000001", "13900000002"], "not the fixed line");
    let text = room.ordered()[1].text.reveal().to_owned();
    let (title, due) = ("路灯坏了，B类", "11月25日23:59前签收，12月3日23:59前办结");
    assert!(text.contains(title) && text.contains(due), "{text}");
    // After seven working days the unit gets the yellow card and then the red one, which names the
    // head.
    for _ in 0..16 {
        room.passes(86_400);
    }
    assert_eq!(to(&room, "unit_yellow").len(), 2);
    assert_eq!(to(&room, "unit_red").len(), 2);
    let red = room.ordered().into_iter().find(|order| order.template == "unit_red").unwrap();
    assert!(red.urgent && red.text.reveal().contains("请局长说明"), "{}", red.text.reveal());
}

#[test]
fn crash_between_sms_to_two_numbers_of_a_unit_skips_neither() {
    let mut room = Room::new();
    room.founds("供电", &["13900000001", "13900000002"]);
    let ticket = room.registered(MOBILE);
    room.dispatched(ticket, "供电");
    let all = room.templates_ordered();
    let all: Vec<String> = all.into_iter().map(str::to_owned).collect();
    for records in 1..=room.log.len() {
        let mut again = room.after_a_crash(records);
        again.follow_rules();
        let from_here = room.after_a_crash(records).templates_ordered().len();
        let ordered = again.templates_ordered();
        let expected = &all[..ordered.len()];
        assert_eq!(ordered, expected, "after {records} records");
        assert!(ordered.len() >= from_here);
        let mut once: Vec<_> = again
            .ordered()
            .iter()
            .map(|order| (order.template.clone(), order.to.clone()))
            .collect();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), again.ordered().len(), "nobody is written to twice");
    }
}

#[test]
fn caller_gets_sms_for_extension_interim_reply_and_unsatisfied_closing() {
    let mut room = Room::new();
    room.founds("供电", &[]);
    let ticket = room.registered(MOBILE);
    room.dispatched(ticket, "供电");
    let (days, by_director, reason) = (5, false, "等待配件".to_owned());
    room.of_unit(ticket, AssignmentEvent::ExtensionDecided { days, by_director, reason });
    let order = *room.ordered().last().unwrap();
    assert_eq!(order.template, "extended");
    assert!(order.text.reveal().contains("因等待配件延期至12月"), "{}", order.text.reveal());
    let (how, reached, text) = (ReplyBy::Sms, Reached::Yes, "师傅在路上".to_owned());
    let reply = ReplyMade { how, by_unit: None, text, interim: true, call: None, reached };
    room.order(&person("li", Role::Agent), ticket, TicketCommand::Reply(reply));
    let order = *room.ordered().last().unwrap();
    assert_eq!(order.text.reveal(), format!("【12345】您的诉求{ticket}：师傅在路上"));
    let reason = "已尽力".to_owned();
    let event = DeskEvent::Ticket(ticket, TicketEvent::ClosedUnsatisfied { reason });
    room.append(&person("sun", Role::SupGroup), None, event);
    room.follow_rules();
    assert_eq!(room.templates_ordered(), ["accepted", "extended", "reply", "unsatisfied"]);
}

/// A caller with a fixed line is called three times instead of two SMS and one call (T24, close
/// unsatisfied).
#[test]
fn callback_call_replaces_each_sms_that_cannot_be_sent() {
    let mut room = Room::new();
    let ticket = room.replied("073187654321");
    let callback = person("chen", Role::Callback);
    let no = || Callback {
        how: CallbackChannel::Manual,
        reached: Reached::Yes,
        grade: Some(Satisfaction::Dissatisfied),
        contacted_by_unit: None,
        result_true: None,
        solved: None,
        call: Some(CallId::from(7)),
        text: String::new(),
    };
    let close = || TicketCommand::CloseUnsatisfied { reason: "单位已尽力".into() };
    let group = person("sun", Role::SupGroup);
    for calls in 1..=3 {
        room.passes(86_400);
        room.order(&callback, ticket, TicketCommand::Ask(no()));
        let decided = room.decide(&group, ticket, close());
        assert_eq!(decided.is_ok(), calls == 3, "{calls} calls: {decided:?}");
    }
}
