//! A bureau's material comes in at once: all of it, or all that is wrong with it (KB-04).

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
fn a_units_rows_come_in_as_drafts_and_the_hubs_published() {
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
fn the_same_rows_again_change_nothing_and_a_changed_one_is_revised() {
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
    // Only who may read it changes.
    assert_eq!(take(&mut desk, vec![row("B", "没水", Visibility::Public)], true), 1);
    assert_eq!(desk.replayed(), desk.base);
}

#[test]
fn one_wrong_row_keeps_all_out_and_every_fault_is_said() {
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
fn a_unit_imports_its_own_and_publishes_nothing() {
    let base = Knowledge::new(model::Zone::CHINA);
    let rows = || vec![row("A", "停暖", Visibility::Public)];
    let publish = base.import(noon(1), &liaison(), rows(), true);
    assert!(matches!(publish, Err(Refusal::Forbidden { .. })));
    let mut other = rows();
    other[0].text.owner = "000000-12".into();
    assert_eq!(faults(base.import(noon(1), &liaison(), other, false).unwrap_err()), ["A.owner"]);
    assert_eq!(faults(base.import(noon(1), &agent(), rows(), false).unwrap_err()), ["A.owner"]);
}
