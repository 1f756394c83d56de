//! Counted uses of items, and the list of gaps and reports until they are settled.

use knowledge::{Item, KnowledgeCommand, Uses};
use model::{TicketId, desk::KnowledgeState};

use crate::common::{Desk, agent, faults, liaison, noon, november, reviewer, text};

fn ticket(n: u64) -> TicketId {
    TicketId(2_026_110_100_000 + n)
}

#[test]
fn ticket_counts_one_use_however_it_cites_the_item() {
    let mut desk = Desk::new();
    let item = desk.published(1, "停暖找谁", november(90));
    for n in [1, 1, 2] {
        let command = KnowledgeCommand::Use { id: item.clone(), ticket: ticket(n) };
        desk.ask(noon(2), &agent(), command).unwrap();
    }
    desk.base.cited(noon(3), &item, ticket(2));
    desk.base.cited(noon(3), &item, ticket(3));
    let uses = &desk.item(&item).uses;
    assert_eq!(uses.between(november(2), november(2)), 2);
    assert_eq!(uses.between(november(3), november(30)), 1);
    assert_eq!(uses.between(november(4), november(1)), 0);
    assert_eq!(uses.total(), 3);
}

#[test]
fn most_used_items_come_first_without_unused_ones() {
    let mut desk = Desk::new();
    let first = desk.published(1, "停暖找谁", november(90));
    let second = desk.published(1, "停水找谁", november(90));
    desk.published(1, "停电找谁", november(90));
    for n in 0..5 {
        desk.base.cited(noon(2), &second, ticket(n));
    }
    desk.base.cited(noon(2), &first, ticket(9));
    let used = desk.base.most_used(november(1), november(30), 10);
    assert_eq!(used, [(&second, 5), (&first, 1)]);
    assert_eq!(desk.base.most_used(november(1), november(30), 1).len(), 1);
    assert_eq!(desk.base.most_used(november(3), november(30), 10), []);
}

#[test]
fn old_daily_uses_are_kept_as_one_number() {
    let mut desk = Desk::new();
    let item = desk.published(1, "停暖找谁", november(90));
    let days = Uses::DAYS_MAX as i64 + 10;
    for day in 0..days {
        desk.base.cited(noon(2 + day), &item, ticket(day as u64));
    }
    let uses = &desk.item(&item).uses;
    assert_eq!((uses.by_day.len(), uses.before), (Uses::DAYS_MAX, 10));
    assert_eq!(uses.total(), days as u64);
}

#[test]
fn same_question_is_one_gap_until_it_is_written() {
    let mut desk = Desk::new();
    let want = |question: &str| {
        let (question, topic) = (question.to_owned(), Some("020405".into()));
        KnowledgeCommand::Want { question, topic, ticket: Some(ticket(1)) }
    };
    let gap = desk.ask(noon(1), &agent(), want("停暖能退钱吗")).unwrap();
    let again = desk.ask(noon(2), &agent(), want("停暖，能退钱吗？")).unwrap();
    desk.ask(noon(2), &agent(), want("暖气片谁来换")).unwrap();
    assert_eq!(gap, again);
    let gaps = desk.base.gaps();
    assert_eq!(gaps.len(), 2);
    assert_eq!((gaps[0].0, gaps[0].1.want.as_ref().unwrap().times), (&gap, 2));
    let text = Box::new(text("停暖能退钱吗"));
    let write = KnowledgeCommand::Write { id: Some(gap.clone()), text };
    desk.ask(noon(3), &liaison(), write).unwrap();
    assert_eq!(desk.base.gaps().len(), 1);
    assert_eq!(desk.item(&gap).state, KnowledgeState::Draft);
    // The other question is not for the knowledge base: its gap is dismissed.
    let other = desk.base.gaps()[0].0.clone();
    let dismiss = KnowledgeCommand::Dismiss { id: other, reason: "由物业答复".into() };
    desk.ask(noon(3), &reviewer(), dismiss).unwrap();
    assert_eq!(desk.base.gaps(), []);
    assert_eq!(desk.replayed(), desk.base);
}

#[test]
fn report_stays_until_a_review_or_a_dismissal() {
    let mut desk = Desk::new();
    let item = desk.published(1, "停暖找谁", november(90));
    let report = KnowledgeCommand::Report {
        id: item.clone(),
        text: "电话打不通".into(),
        ticket: Some(ticket(1)),
    };
    desk.ask(noon(2), &agent(), report.clone()).unwrap();
    assert_eq!(desk.base.gaps(), [(&item, desk.item(&item))]);
    desk.ask(noon(3), &liaison(), KnowledgeCommand::Submit { id: item.clone() }).unwrap();
    desk.accept(3, &item, 1, november(90)).unwrap();
    assert_eq!(desk.base.gaps(), []);
    for _ in 0..Item::REPORTS_MAX {
        desk.ask(noon(4), &agent(), report.clone()).unwrap();
    }
    assert_eq!(faults(desk.ask(noon(4), &agent(), report).unwrap_err()), ["id"]);
    let dismiss = KnowledgeCommand::Dismiss { id: item.clone(), reason: "已核实".into() };
    desk.ask(noon(5), &reviewer(), dismiss).unwrap();
    assert_eq!(desk.base.gaps(), []);
    assert!(desk.item(&item).shown().is_some());
}
