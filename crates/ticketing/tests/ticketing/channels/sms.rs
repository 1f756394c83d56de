//! SMS that tickets cause, and digits that callers send as evaluations (T02, register; T21, ask;
//! CB-06, two SMS and one call).

use model::CallId;
use model::desk::{
    AssignmentEvent, Callback, CallbackChannel, Channel, DeskEvent, Reached, RedoReason, ReplyBy,
    ReplyMade, Satisfaction, TicketEvent, TicketState,
};
use model::event::Role;

use ticketing::ticket::TicketCommand;

use super::setup::{Setup, dispatch, message, person};

const MOBILE: &str = "13812345678";

#[test]
fn registered_caller_gets_ticket_number_and_query_code_by_sms() {
    let mut setup = Setup::new();
    let ticket = setup.registered(MOBILE);
    let orders = setup.ordered();
    assert_eq!(orders.len(), 1);
    let text = orders[0].text.reveal();
    let code = &setup.ticket(ticket).query_code;
    assert!(text.contains(&ticket.to_string()) && text.contains(code.as_str()), "{text}");
    assert!(text.contains("12月"), "a day is promised: {text}");
    assert!(!format!("{:?}", orders[0]).contains(code.as_str()), "it prints redacted");
}

#[test]
fn fixed_lines_and_account_handles_get_no_sms() {
    let mut setup = Setup::new();
    setup.registered("073112345678");
    setup.receives(message("wechat", "1", Channel::Wechat, "a-reader", "路灯坏了"));
    let ticket = setup.replied("073187654321");
    assert!(setup.ordered().is_empty());
    assert!(setup.ticket(ticket).callbacks.is_empty(), "no one is recorded as asked");
}

#[test]
fn sms_is_not_ordered_without_a_gateway() {
    let mut setup = Setup::without_gateway();
    let ticket = setup.replied(MOBILE);
    assert!(setup.ordered().is_empty() && setup.ticket(ticket).callbacks.is_empty());
}

#[test]
fn evaluation_sms_is_ordered_at_once_and_a_digit_closes_the_ticket() {
    let mut setup = Setup::new();
    let ticket = setup.replied(MOBILE);
    assert_eq!(setup.templates_ordered(), ["accepted", "eval1"]);
    let text = setup.ordered()[1].text.reveal();
    assert!(text.contains("12345热线办理：路灯已修复。"), "{text}");
    setup.gateway_takes();
    // Gateways write the number with the country code.
    setup.sms("+8613812345678", "5 谢谢");
    let ticket = setup.ticket(ticket);
    assert_eq!(ticket.state, TicketState::Closed);
    assert_eq!(ticket.eval_first.map(|e| e.grade), Some(Satisfaction::VerySatisfied));
    assert_eq!(ticket.callbacks.last().unwrap().callback.text, "谢谢");
}

#[test]
fn crash_between_question_and_order_loses_no_sms() {
    let mut setup = Setup::new();
    setup.replied(MOBILE);
    let (all, records) = (setup.templates_ordered().len(), setup.log.len());
    for cut in 1..=records {
        let mut after = setup.after_a_crash(cut);
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
    let mut setup = Setup::new();
    let ticket = setup.replied(MOBILE);
    setup.gateway_takes();
    setup.sms(MOBILE, "1，没人来过");
    // A repeated answer counts once.
    setup.sms(MOBILE, "1");
    assert_eq!(setup.ticket(ticket).unsatisfied_answers(), (1, 0));
    assert_eq!(setup.ticket(ticket).state, TicketState::Callback);
    let callback = person("chen", Role::Callback);
    let redo = TicketCommand::Redo {
        reason: RedoReason::ALL[0],
        text: "没有人来过".into(),
        dispatch: Some(Box::new(dispatch("410102-010"))),
    };
    setup.order(&callback, ticket, redo);
    setup.passes(60);
    setup.reply(ticket);
    assert_eq!(setup.templates_ordered(), ["accepted", "eval1", "eval2"]);
    setup.gateway_takes();
    setup.sms(MOBILE, "2");
    assert_eq!(setup.ticket(ticket).unsatisfied_answers(), (2, 0));
    assert_eq!(setup.ticket(ticket).state, TicketState::Callback, "a person calls");
}

#[test]
fn digit_answers_the_ticket_that_asked_last() {
    let mut setup = Setup::new();
    let first = setup.replied(MOBILE);
    setup.gateway_takes();
    setup.passes(3_600);
    let second = setup.replied(MOBILE);
    setup.gateway_takes();
    setup.sms(MOBILE, "4");
    assert_eq!(setup.ticket(second).state, TicketState::Closed);
    assert_eq!(setup.ticket(first).state, TicketState::Callback);
    // The first ticket is still open, so the next digit answers it.
    setup.sms(MOBILE, "3");
    assert_eq!(setup.ticket(first).state, TicketState::Closed);
}

#[test]
fn text_instead_of_a_digit_is_kept_with_the_question() {
    let mut setup = Setup::new();
    let ticket = setup.replied(MOBILE);
    setup.gateway_takes();
    setup.sms(MOBILE, "还没有人来");
    let asked = &setup.ticket(ticket).callbacks.last().unwrap().callback;
    assert_eq!(
        (asked.how, asked.grade, asked.text.as_str()),
        (CallbackChannel::Sms, None, "还没有人来")
    );
    assert_eq!(setup.ticket(ticket).state, TicketState::Callback);
}

#[test]
fn unsolicited_sms_opens_a_draft_ticket() {
    let mut setup = Setup::new();
    let draft = setup.next();
    setup.sms(MOBILE, "3号楼停电");
    let ticket = setup.ticket(draft);
    assert_eq!((ticket.state, ticket.channel), (TicketState::Draft, Channel::Sms));
    assert_eq!(ticket.form.content.as_deref(), Some("3号楼停电"));
    assert_eq!(ticket.caller.reveal(), MOBILE);
    assert!(!ticket.clocks.is_empty(), "it is acknowledged in time");
}

#[test]
fn complaint_after_closing_opens_a_draft_and_thanks_are_kept() {
    let mut setup = Setup::new();
    let ticket = setup.replied(MOBILE);
    setup.gateway_takes();
    setup.sms(MOBILE, "5");
    setup.sms(MOBILE, "5，谢谢");
    assert_eq!(setup.ticket(ticket).updates.len(), 1);
    let draft = setup.next();
    setup.sms(MOBILE, "1，又坏了");
    assert_eq!(setup.ticket(draft).state, TicketState::Draft);
    assert_eq!(setup.ticket(draft).form.content.as_deref(), Some("1，又坏了"));
}

#[test]
fn unit_gets_sms_for_new_assignments_and_warning_cards() {
    let mut setup = Setup::new();
    setup.founds("供电", &["13900000001", "073112345678", "13900000002"]);
    let ticket = setup.registered(MOBILE);
    setup.dispatched(ticket, "供电");
    let to = |setup: &Setup, template: &str| -> Vec<String> {
        let orders = setup.ordered().into_iter().filter(|order| order.template == template);
        orders.map(|order| order.to.reveal().to_owned()).collect()
    };
    assert_eq!(to(&setup, "unit_new"), ["13900000001", "13900000002"], "not the fixed line");
    let text = setup.ordered()[1].text.reveal().to_owned();
    let (title, due) = ("路灯坏了，B类", "11月25日23:59前签收，12月3日23:59前办结");
    assert!(text.contains(title) && text.contains(due), "{text}");
    // After seven working days the unit gets the yellow card and then the red one, which names the
    // head.
    for _ in 0..16 {
        setup.passes(86_400);
    }
    assert_eq!(to(&setup, "unit_yellow").len(), 2);
    assert_eq!(to(&setup, "unit_red").len(), 2);
    let red = setup.ordered().into_iter().find(|order| order.template == "unit_red").unwrap();
    assert!(red.urgent && red.text.reveal().contains("请局长说明"), "{}", red.text.reveal());
}

#[test]
fn crash_between_sms_to_two_numbers_of_a_unit_skips_neither() {
    let mut setup = Setup::new();
    setup.founds("供电", &["13900000001", "13900000002"]);
    let ticket = setup.registered(MOBILE);
    setup.dispatched(ticket, "供电");
    let all = setup.templates_ordered();
    let all: Vec<String> = all.into_iter().map(str::to_owned).collect();
    for records in 1..=setup.log.len() {
        let mut again = setup.after_a_crash(records);
        again.follow_rules();
        let from_here = setup.after_a_crash(records).templates_ordered().len();
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
        assert_eq!(once.len(), again.ordered().len(), "no number is written to twice");
    }
}

#[test]
fn caller_gets_sms_for_extension_interim_reply_and_unsatisfied_closing() {
    let mut setup = Setup::new();
    setup.founds("供电", &[]);
    let ticket = setup.registered(MOBILE);
    setup.dispatched(ticket, "供电");
    let (days, by_director, reason) = (5, false, "等待配件".to_owned());
    setup.of_unit(ticket, AssignmentEvent::ExtensionDecided { days, by_director, reason });
    let order = *setup.ordered().last().unwrap();
    assert_eq!(order.template, "extended");
    assert!(order.text.reveal().contains("因等待配件延期至12月"), "{}", order.text.reveal());
    let (how, reached, text) = (ReplyBy::Sms, Reached::Yes, "师傅在路上".to_owned());
    let reply = ReplyMade { how, by_unit: None, text, interim: true, call: None, reached };
    setup.order(&person("li", Role::Agent), ticket, TicketCommand::Reply(reply));
    let order = *setup.ordered().last().unwrap();
    assert_eq!(order.text.reveal(), format!("【12345】您的诉求{ticket}：师傅在路上"));
    let reason = "已尽力".to_owned();
    let event = DeskEvent::Ticket(ticket, TicketEvent::ClosedUnsatisfied { reason });
    setup.append(&person("sun", Role::SupGroup), None, event);
    setup.follow_rules();
    assert_eq!(setup.templates_ordered(), ["accepted", "extended", "reply", "unsatisfied"]);
}

/// A caller with a fixed line is called three times instead of two SMS and one call (T24, close
/// unsatisfied).
#[test]
fn callback_call_replaces_each_sms_that_cannot_be_sent() {
    let mut setup = Setup::new();
    let ticket = setup.replied("073187654321");
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
        setup.passes(86_400);
        setup.order(&callback, ticket, TicketCommand::Ask(no()));
        let decided = setup.decide(&group, ticket, close());
        assert_eq!(decided.is_ok(), calls == 3, "{calls} calls: {decided:?}");
    }
}
