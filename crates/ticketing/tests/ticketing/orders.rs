//! Supervision orders of the three levels.

use deadlines::clock::{DayEnd, Policy, WorkingTime};
use ticketing::order::{
    Approver, Order, OrderLevel, OrderRefusal, OrderState, OrderStep, Orders, Post,
};

use crate::common::{at, calendar, local};

fn office() -> Vec<String> {
    vec!["督查室".into()]
}

fn sent(level: OrderLevel, when: &str) -> Orders {
    let mut orders = Orders::default();
    orders.draft(level, office());
    orders.apply(at(when), &OrderStep::Approved(level.approver()));
    orders.apply(at(when), &OrderStep::Issued);
    orders
}

#[test]
fn order_with_a_sufficient_answer_is_closed() {
    let mut orders = Orders::default();
    assert_eq!(orders.check_draft(OrderLevel::Remind, &office(), false), Ok(()));
    orders.draft(OrderLevel::Remind, office());
    for event in [
        OrderStep::Approved(Approver::Director),
        OrderStep::Issued,
        OrderStep::Receipted,
        OrderStep::ReturnAsked,
        OrderStep::ReturnRefused,
        OrderStep::Answered(Post::Handler),
        OrderStep::Checked { enough: true },
        OrderStep::Closed,
    ] {
        let order = orders.open().expect("open until the end");
        assert_eq!(order.check_step(&event), Ok(()), "{event:?}");
        orders.apply(at("2026-11-23T09:00:00"), &event);
    }
    assert!(orders.open().is_none());
}

#[test]
fn order_level_sets_due_time_approver_and_answering_post() {
    let calendar = calendar();
    let working_time = WorkingTime { calendar: &calendar, day_end: DayEnd::Midnight };
    let policy = Policy::shipped();
    for (level, due, approver, post) in [
        (OrderLevel::Remind, "2026-02-25T23:59:59", Approver::Director, Post::Handler),
        (
            OrderLevel::Warn,
            "2026-02-24T23:59:59",
            Approver::GovernmentSupervision,
            Post::DeputyHead,
        ),
        (OrderLevel::Account, "2026-02-14T23:59:59", Approver::Leader, Post::Chief),
    ] {
        // The Friday before the Spring Festival; Saturday is a working day, and nine days off
        // follow.
        let orders = sent(level, "2026-02-13T09:00:00");
        let order = orders.open().expect("sent");
        assert_eq!(order.reply_due(working_time, &policy).map(local).as_deref(), Some(due));
        assert_eq!((level.approver(), level.answered_by()), (approver, post));
        if post > Post::Handler {
            let low = order.check_step(&OrderStep::Answered(Post::Handler));
            assert_eq!(low, Err(OrderRefusal::HigherPost(post)));
        }
    }
}

#[test]
fn matter_has_one_open_order_and_levels_rise_one_at_a_time() {
    let mut orders = sent(OrderLevel::Remind, "2026-11-23T09:00:00");
    let issuers = office();
    let again = orders.check_draft(OrderLevel::Warn, &issuers, false);
    assert_eq!(again, Err(OrderRefusal::AlreadyOpen));
    orders.apply(at("2026-11-27T09:00:00"), &OrderStep::Escalated);
    let jump = orders.check_draft(OrderLevel::Account, &issuers, false);
    assert_eq!(jump, Err(OrderRefusal::LowerLevelFirst(OrderLevel::Warn)));
    assert_eq!(
        orders.check_draft(OrderLevel::Account, &issuers, true),
        Ok(()),
        "a leader's matter"
    );
    let back = orders.check_draft(OrderLevel::Remind, &issuers, true);
    assert_eq!(back, Err(OrderRefusal::LowerLevelFirst(OrderLevel::Warn)));
    assert_eq!(orders.check_draft(OrderLevel::Warn, &issuers, false), Ok(()));
    orders.draft(OrderLevel::Warn, issuers);
    assert_eq!(orders.all().len(), 2);
    let first = Orders::default().check_draft(OrderLevel::Warn, &office(), false);
    assert_eq!(first, Err(OrderRefusal::LowerLevelFirst(OrderLevel::Remind)));
    assert_eq!(Orders::default().check_draft(OrderLevel::Warn, &office(), true), Ok(()));
}

#[test]
fn joint_order_has_at_least_one_and_a_bounded_number_of_issuers() {
    let orders = Orders::default();
    let joint = vec!["督查室".to_string(), "效能办".to_string()];
    assert_eq!(orders.check_draft(OrderLevel::Remind, &joint, false), Ok(()));
    let nobody = orders.check_draft(OrderLevel::Remind, &[], false);
    assert_eq!(nobody, Err(OrderRefusal::IssuerCount(0)));
    let crowd = vec![String::new(); Order::ISSUERS_MAX + 1];
    assert_eq!(
        orders.check_draft(OrderLevel::Remind, &crowd, false),
        Err(OrderRefusal::IssuerCount(9))
    );
}

#[test]
fn level_two_order_is_unmet_from_its_due_time_until_it_is_closed() {
    let calendar = calendar();
    let working_time = WorkingTime { calendar: &calendar, day_end: DayEnd::Midnight };
    let policy = Policy::shipped();
    let mut orders = sent(OrderLevel::Warn, "2026-11-23T09:00:00");
    let unmet = |orders: &Orders, now: &str| orders.level_two_unmet(at(now), working_time, &policy);
    assert!(!unmet(&orders, "2026-11-25T23:59:59"));
    assert!(unmet(&orders, "2026-11-26T00:00:00"));
    orders.apply(at("2026-11-25T10:00:00"), &OrderStep::Answered(Post::DeputyHead));
    assert!(!unmet(&orders, "2026-12-26T00:00:00"), "answered in time");
    orders.apply(at("2026-11-26T10:00:00"), &OrderStep::Checked { enough: false });
    assert!(unmet(&orders, "2026-11-26T10:00:00"), "and not well enough");
    orders.apply(at("2026-11-27T10:00:00"), &OrderStep::Closed);
    assert!(!unmet(&orders, "2026-11-28T10:00:00"));
    assert!(!unmet(&sent(OrderLevel::Remind, "2026-11-23T09:00:00"), "2026-12-26T00:00:00"));
}

#[test]
fn invalid_order_step_is_refused_with_a_reason_and_changes_nothing() {
    let mut orders = Orders::default();
    orders.draft(OrderLevel::Account, office());
    let order = orders.open().expect("drafted").clone();
    let wrong = order.check_step(&OrderStep::Approved(Approver::Director));
    assert_eq!(wrong, Err(OrderRefusal::OtherApprover(Approver::Leader)));
    assert_eq!(
        order.check_step(&OrderStep::Issued),
        Err(OrderRefusal::NotNow(OrderState::Drafted))
    );
    orders.apply(at("2026-11-23"), &OrderStep::Issued);
    orders.apply(at("2026-11-23"), &OrderStep::Approved(Approver::Director));
    assert_eq!(orders.open(), Some(&order));
    let top = sent(OrderLevel::Account, "2026-11-23T09:00:00");
    let higher = top.open().expect("sent").check_step(&OrderStep::Escalated);
    assert_eq!(higher, Err(OrderRefusal::NoHigherLevel));
}
