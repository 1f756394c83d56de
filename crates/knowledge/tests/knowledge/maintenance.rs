//! The update rate F26 and its lists: due items, stale items and duplicate questions.

use knowledge::{KnowledgeCommand, UpdateRate};
use model::desk::{KnowledgeId, UnitId};

use crate::common::{Desk, HEAT, POLICE, liaison, noon, november};

/// Reviews an item on `day`; the next review is due by `next`.
fn review(desk: &mut Desk, id: &KnowledgeId, day: i64, next: i64) {
    desk.ask(noon(day), &liaison(), KnowledgeCommand::Submit { id: id.clone() }).unwrap();
    desk.accept(day, id, 1, november(next)).unwrap();
}

#[test]
fn f26_divides_items_reviewed_in_time_by_items_due() {
    let mut desk = Desk::new();
    let on_the_day = desk.published(1, "停暖找谁", november(10));
    let late = desk.published(1, "停水找谁", november(10));
    let never = desk.published(1, "停电找谁", november(10));
    let early = desk.published(1, "停气找谁", november(20));
    let still_open = desk.published(1, "断网找谁", november(28));
    review(&mut desk, &on_the_day, 10, 90);
    review(&mut desk, &late, 11, 90);
    review(&mut desk, &early, 2, 90);
    let rate = |from, to, today, owner: Option<&str>| {
        let owner = owner.map(UnitId::from);
        desk.base.update_rate(november(from), november(to), november(today), owner.as_ref())
    };
    // On the 24th four reviews are decided, in time or missed; the fifth is due on the 28th.
    assert_eq!(rate(1, 30, 24, None), UpdateRate { in_time: 2, due: 4 });
    // A review is missed only after its last day.
    assert_eq!(rate(1, 30, 28, None), UpdateRate { in_time: 2, due: 4 });
    assert_eq!(rate(1, 30, 29, None), UpdateRate { in_time: 2, due: 5 });
    assert_eq!(rate(10, 10, 24, Some(HEAT)), UpdateRate { in_time: 1, due: 3 });
    assert_eq!(rate(1, 30, 24, Some(POLICE)), UpdateRate { in_time: 0, due: 0 });
    assert_eq!(rate(11, 19, 24, None), UpdateRate { in_time: 0, due: 0 });
    let due: Vec<_> = desk.base.due_for_review(november(30), None);
    assert_eq!(due, [(&never, november(10)), (&still_open, november(28))]);
    let stale: Vec<_> = desk.base.stale(november(24)).into_iter().map(|(id, _)| id).collect();
    assert_eq!(stale, [&never]);
}

#[test]
fn item_counts_once_however_often_it_was_due() {
    let mut desk = Desk::new();
    let item = desk.published(1, "停暖找谁", november(5));
    review(&mut desk, &item, 5, 10);
    review(&mut desk, &item, 10, 15);
    let rate = |desk: &Desk, today| {
        desk.base.update_rate(november(1), november(30), november(today), None)
    };
    assert_eq!(rate(&desk, 12), UpdateRate { in_time: 1, due: 1 });
    assert_eq!(rate(&desk, 16), UpdateRate { in_time: 0, due: 1 });
}

#[test]
fn retiring_an_item_drops_future_reviews_and_keeps_missed_ones() {
    let mut desk = Desk::new();
    let before = desk.published(1, "停暖找谁", november(10));
    let after = desk.published(1, "停水找谁", november(10));
    for (id, day) in [(&before, 9), (&after, 11)] {
        let retire = KnowledgeCommand::Retire { id: id.clone(), reason: "已废止".into() };
        desk.ask(noon(day), &liaison(), retire).unwrap();
    }
    let rate = desk.base.update_rate(november(1), november(30), november(24), None);
    assert_eq!(rate, UpdateRate { in_time: 0, due: 1 });
    assert_eq!(desk.base.due_for_review(november(30), None), []);
    assert_eq!(desk.base.stale(november(24)), []);
}

#[test]
fn item_past_its_validity_is_stale() {
    let mut desk = Desk::new();
    let mut text = crate::common::text("停暖找谁");
    text.valid_to = Some(november(15));
    let write = KnowledgeCommand::Write { id: None, text: Box::new(text) };
    let id = desk.ask(noon(1), &liaison(), write).unwrap();
    review(&mut desk, &id, 1, 90);
    assert_eq!(desk.base.stale(november(15)).len(), 0);
    assert_eq!(desk.base.stale(november(16)).len(), 1);
}

#[test]
fn question_in_two_items_is_a_duplicate() {
    let mut desk = Desk::new();
    let first = desk.published(1, "停暖找谁？", november(90));
    desk.published(1, "停水找谁", november(90));
    let second = desk.published(1, "停暖，找谁", november(90));
    assert_eq!(desk.base.duplicate_questions(), [("停暖找谁".to_owned(), vec![&first, &second])]);
}
