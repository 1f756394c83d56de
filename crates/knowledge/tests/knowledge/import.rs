//! Import of a unit's items: all rows, or none and a list of all faults (KB-04: knowledge comes from the units).

use knowledge::{Knowledge, sheet::Row};
use model::desk::{KnowledgeState, Visibility};
use workflow::Refusal;

use crate::common::{Desk, agent, faults, id, liaison, noon, november, reviewer, text};

fn row(name: &str, question: &str, visibility: Visibility) -> Row {
    Row { id: id(name), text: text(question), visibility, review_by: Some(november(90)) }
}

fn take(desk: &mut Desk, rows: Vec<Row>, publish: bool) -> usize {
    let by = if publish { reviewer() } else { liaison() };
    let events = desk.base.import(noon(1), &by, rows, publish).unwrap();
    let count = events.len();
    events.into_iter().for_each(|(id, event)| desk.happen(noon(1), &by, id, event));
    count
}

#[test]
fn import_of_a_unit_makes_drafts_and_of_the_hub_publishes() {
    let rows = || vec![row("A", "停暖", Visibility::Public), row("B", "停水", Visibility::Draft)];
    let mut desk = Desk::new();
    assert_eq!(take(&mut desk, rows(), false), 2);
    assert_eq!(desk.item(&id("A")).state, KnowledgeState::Draft);
    assert_eq!(take(&mut desk, rows(), true), 2);
    let shown = desk.item(&id("A")).shown().unwrap();
    assert_eq!((shown.visibility, shown.version.n), (Visibility::Public, 1));
    assert_eq!(desk.item(&id("A")).review_by(), Some(november(90)));
    assert_eq!(desk.item(&id("B")).shown().unwrap().visibility, Visibility::Draft);
}

#[test]
fn repeated_import_changes_nothing_and_changed_rows_are_revised() {
    let mut desk = Desk::new();
    let rows =
        || vec![row("A", "停暖", Visibility::Public), row("B", "停水", Visibility::Internal)];
    take(&mut desk, rows(), true);
    assert_eq!(take(&mut desk, rows(), true), 0);
    let out = desk.base.rows();
    assert_eq!(out, rows());
    assert_eq!(take(&mut desk, out, true), 0);
    assert_eq!(take(&mut desk, vec![row("B", "没水", Visibility::Internal)], true), 3);
    assert_eq!(desk.item(&id("B")).shown().unwrap().version.n, 2);
    // Only the visibility changes.
    assert_eq!(take(&mut desk, vec![row("B", "没水", Visibility::Public)], true), 1);
    assert_eq!(desk.replayed(), desk.base);
}

#[test]
fn one_faulty_row_rejects_the_import_with_every_fault() {
    let mut desk = Desk::new();
    take(&mut desk, vec![row("R", "停气", Visibility::Public)], true);
    let retired = model::desk::KnowledgeEvent::Retired { reason: "已废止".into() };
    desk.happen(noon(1), &reviewer(), id("R"), retired);
    let mut bad = row("B", "停水", Visibility::Public);
    bad.text.answer.clear();
    bad.review_by = Some(november(1));
    let rows = vec![
        row("A", "停暖", Visibility::Public),
        bad,
        row("A", "停暖", Visibility::Public),
        row("R", "停气", Visibility::Public),
    ];
    let refusal = desk.base.import(noon(1), &reviewer(), rows, true).unwrap_err();
    assert_eq!(faults(refusal), ["B.answer", "B.review_by", "A.id", "R.id"]);
}

#[test]
fn unit_imports_its_own_items_as_drafts() {
    let base = Knowledge::new(model::Zone::CHINA);
    let rows = || vec![row("A", "停暖", Visibility::Public)];
    let publish = base.import(noon(1), &liaison(), rows(), true);
    assert!(matches!(publish, Err(Refusal::Forbidden { .. })));
    let mut other = rows();
    other[0].text.owner = "000000-12".into();
    assert_eq!(faults(base.import(noon(1), &liaison(), other, false).unwrap_err()), ["A.owner"]);
    assert_eq!(faults(base.import(noon(1), &agent(), rows(), false).unwrap_err()), ["A.owner"]);
}
