//! Knowledge bases made by the fold, and searches in them.

use knowledge::{Knowledge, sheet::Row};
use library::{Fragment, IndexState, KnowledgeIndex, KnowledgeSearch, Query};
use model::{
    Timestamp, Zone,
    desk::{Actor, KnowledgeEvent, KnowledgeId, KnowledgeText, TopicId, UnitId, Visibility},
};

/// 2026-11-23 in China.
pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_795_363_200_000_000);

/// A row with one question.
pub(crate) fn row(id: &str, question: &str, answer: &str) -> Row {
    Row {
        id: id.into(),
        text: KnowledgeText {
            questions: vec![question.into()],
            answer: answer.into(),
            basis: vec![],
            owner: UnitId::from("000000-02"),
            topics: vec![TopicId::from("020401")],
            line: None,
            valid_from: None,
            valid_to: None,
        },
        visibility: Visibility::Public,
        review_by: None,
    }
}

/// A knowledge base of these rows, published.
pub(crate) fn base(rows: Vec<Row>) -> Knowledge {
    let mut base = Knowledge::new(Zone::CHINA);
    let events = base.import(NOW, &Actor::Engine, rows, true).unwrap();
    events.iter().for_each(|(id, event)| base.apply(NOW, &Actor::Engine, id, event));
    base
}

/// Applies another event.
pub(crate) fn then(base: &mut Knowledge, id: &str, event: &KnowledgeEvent) {
    base.apply(NOW, &Actor::Engine, &KnowledgeId::from(id), event);
}

/// Adds every item to the index, applied up to `applied`.
pub(crate) fn feed(index: &mut KnowledgeIndex, base: &Knowledge, applied: u64) {
    for (id, item) in base.items() {
        index.put(id, item).unwrap();
    }
    index.commit(applied).unwrap();
}

/// A new index of a knowledge base.
pub(crate) fn indexed(base: &Knowledge) -> (tempfile::TempDir, KnowledgeIndex) {
    let folder = tempfile::tempdir().unwrap();
    let (mut index, opened) = KnowledgeIndex::open(folder.path()).unwrap();
    assert_eq!(opened, IndexState::New);
    feed(&mut index, base, 1);
    (folder, index)
}

/// The ids of the hits of a text.
pub(crate) fn found(search: &KnowledgeSearch, text: &str) -> Vec<String> {
    names(search, &Query::new(text, Visibility::Internal))
}

/// The ids of the hits of a query.
pub(crate) fn names(search: &KnowledgeSearch, query: &Query) -> Vec<String> {
    search.search(query).unwrap().iter().map(|hit| hit.id.to_string()).collect()
}

/// Fragments as text, with matches in brackets.
pub(crate) fn shown(fragments: &[Fragment]) -> String {
    let show = |fragment: &Fragment| {
        if fragment.hit { format!("[{}]", fragment.text) } else { fragment.text.clone() }
    };
    fragments.iter().map(show).collect()
}
