//! The review of an item: readers see a new version only after it is published.

use knowledge::{Item, KnowledgeCommand, ReviewAnswer};
use model::desk::{KnowledgeEvent, KnowledgeState, Visibility};
use workflow::Refusal;

use crate::common::{Desk, faults, id, liaison, noon, november, reviewer, text};

#[test]
fn item_is_a_draft_until_the_hub_accepts_it() {
    let mut desk = Desk::new();
    let text = Box::new(text("停暖找谁"));
    let item = desk.ask(noon(1), &liaison(), KnowledgeCommand::Write { id: None, text }).unwrap();
    assert_eq!(item, id("K000001"));
    assert_eq!(desk.item(&item).shown().unwrap().visibility, Visibility::Draft);
    desk.ask(noon(1), &liaison(), KnowledgeCommand::Submit { id: item.clone() }).unwrap();
    assert_eq!(desk.base.to_review().len(), 1);
    desk.accept(2, &item, 1, november(90)).unwrap();
    let shown = desk.item(&item).shown().unwrap();
    assert_eq!((shown.version.n, shown.visibility), (1, Visibility::Public));
    assert_eq!(desk.item(&item).review_by(), Some(november(90)));
    assert_eq!(desk.base.to_review().len(), 0);
    assert_eq!(desk.replayed(), desk.base);
}

#[test]
fn published_version_stays_until_the_next_is_published() {
    let mut desk = Desk::new();
    let item = desk.published(1, "停暖找谁", november(90));
    let revise = |base, question| {
        let text = Box::new(text(question));
        KnowledgeCommand::Revise { id: item.clone(), base, text }
    };
    desk.ask(noon(3), &liaison(), revise(1, "暖气停了找谁")).unwrap();
    desk.ask(noon(3), &liaison(), KnowledgeCommand::Submit { id: item.clone() }).unwrap();
    assert_eq!(desk.item(&item).shown().unwrap().version.n, 1);
    let answer = ReviewAnswer::SendBack { reason: "缺少电话".into() };
    let review = KnowledgeCommand::Review { id: item.clone(), version: 2, answer };
    desk.ask(noon(4), &reviewer(), review).unwrap();
    assert_eq!(desk.item(&item).state, KnowledgeState::SentBack);
    assert_eq!(desk.item(&item).reason, "缺少电话");
    assert_eq!(desk.item(&item).shown().unwrap().version.n, 1);
    // An edit based on version 1 does not overwrite version 2.
    let stale = desk.ask(noon(5), &liaison(), revise(1, "x 停暖")).unwrap_err();
    assert_eq!(faults(stale), ["base"]);
    desk.ask(noon(5), &liaison(), revise(2, "暖气停了拨哪里")).unwrap();
    desk.ask(noon(5), &liaison(), KnowledgeCommand::Submit { id: item.clone() }).unwrap();
    let old = desk.accept(6, &item, 2, november(90)).unwrap_err();
    assert_eq!(faults(old), ["version"]);
    desk.accept(6, &item, 3, november(90)).unwrap();
    assert_eq!(desk.item(&item).shown().unwrap().version.n, 3);
    assert_eq!(desk.item(&item).versions.len(), 3);
    assert_eq!(desk.replayed(), desk.base);
}

#[test]
fn every_fault_of_a_text_is_reported_at_once() {
    let mut bad = text("停");
    bad.questions.push("一行|两行".into());
    bad.questions.push("同一个问题".into());
    bad.questions.push("同一个问题？".into());
    bad.answer = "长".repeat(4_001);
    bad.basis = vec![" 空格".into()];
    bad.owner = "没有 代码".into();
    bad.topics = vec!["0204".into(), "0204".into(), "供暖".into()];
    bad.line = Some("".into());
    (bad.valid_from, bad.valid_to) = (Some(november(2)), Some(november(1)));
    let write = KnowledgeCommand::Write { id: Some(id("no name")), text: Box::new(bad) };
    let refusal = Desk::new().ask(noon(1), &reviewer(), write).unwrap_err();
    let expected = [
        "questions[0]",
        "questions[1]",
        "questions[3]",
        "answer",
        "basis[0]",
        "owner",
        "topics[1]",
        "topics[2]",
        "line",
        "valid_to",
        "id",
    ];
    assert_eq!(faults(refusal), expected);
}

#[test]
fn review_date_must_be_within_two_years() {
    let mut desk = Desk::new();
    let item = desk.published(1, "停暖找谁", november(90));
    desk.ask(noon(2), &liaison(), KnowledgeCommand::Submit { id: item.clone() }).unwrap();
    for day in [2, 2 + 732] {
        let refusal = desk.accept(2, &item, 1, november(day)).unwrap_err();
        assert_eq!(faults(refusal), ["answer.review_by"]);
    }
    desk.accept(2, &item, 1, november(2 + 731)).unwrap();
    assert_eq!(desk.item(&item).shown().unwrap().version.n, 1);
}

#[test]
fn command_on_a_retired_item_lists_allowed_commands() {
    let mut desk = Desk::new();
    let item = desk.published(1, "停暖找谁", november(90));
    let retire = KnowledgeCommand::Retire { id: item.clone(), reason: "办法已废止".into() };
    desk.ask(noon(2), &liaison(), retire.clone()).unwrap();
    assert!(desk.item(&item).shown().is_none());
    let again = desk.ask(noon(3), &liaison(), retire).unwrap_err();
    assert_eq!(again, Refusal::NotNow { state: "retired".into(), allowed: vec![] });
    let other = desk.published(3, "停水找谁", november(90));
    assert_ne!(other, item);
    let review = KnowledgeCommand::Review {
        id: other,
        version: 1,
        answer: ReviewAnswer::SendBack { reason: "再看".into() },
    };
    let now = desk.ask(noon(3), &reviewer(), review).unwrap_err();
    let allowed = vec!["revise", "submit", "show", "use", "report", "retire"];
    assert_eq!(now, Refusal::NotNow { state: "published".into(), allowed });
}

#[test]
fn old_versions_are_dropped_except_the_published_one() {
    let mut desk = Desk::new();
    let item = desk.published(1, "停暖找谁", november(90));
    for base in 1..60 {
        let text = Box::new(text(&format!("停暖找谁{base}")));
        let revise = KnowledgeCommand::Revise { id: item.clone(), base, text };
        desk.ask(noon(2), &liaison(), revise).unwrap();
    }
    let kept: Vec<u32> = desk.item(&item).versions.iter().map(|version| version.n).collect();
    assert_eq!(kept.len(), Item::VERSIONS_MAX);
    assert_eq!((kept[0], kept[1], kept[19]), (1, 42, 60));
    assert_eq!(desk.item(&item).shown().unwrap().version.n, 1);
}

#[test]
fn impossible_event_changes_nothing() {
    let mut desk = Desk::new();
    let item = desk.published(1, "停暖找谁", november(90));
    let before = desk.base.clone();
    let text = Box::new(text("别的"));
    for event in [
        KnowledgeEvent::Written(text.clone()),
        KnowledgeEvent::Revised { version: 9, text },
        KnowledgeEvent::Published { version: 9, visibility: Visibility::Public },
    ] {
        desk.happen(noon(2), &liaison(), item.clone(), event);
    }
    desk.happen(noon(2), &liaison(), id("K9"), KnowledgeEvent::Submitted { version: 1 });
    assert_eq!(desk.base, before);
}
