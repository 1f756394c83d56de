//! Items to be found, made by the fold itself.

use knowledge::{Knowledge, sheet::Row};
use library::{Catalog, Library, Opened, Piece, Query};
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

/// Another event in it.
pub(crate) fn then(base: &mut Knowledge, id: &str, event: &KnowledgeEvent) {
    base.apply(NOW, &Actor::Engine, &KnowledgeId::from(id), event);
}

/// All of it into the index, seen up to `applied`.
pub(crate) fn feed(library: &mut Library, base: &Knowledge, applied: u64) {
    for (id, item) in base.items() {
        library.put(id, item).unwrap();
    }
    library.commit(applied).unwrap();
}

/// A new index of it.
pub(crate) fn indexed(base: &Knowledge) -> (tempfile::TempDir, Library) {
    let folder = tempfile::tempdir().unwrap();
    let (mut library, opened) = Library::open(folder.path()).unwrap();
    assert_eq!(opened, Opened::New);
    feed(&mut library, base, 1);
    (folder, library)
}

/// The names of the hits.
pub(crate) fn found(catalog: &Catalog, text: &str) -> Vec<String> {
    names(catalog, &Query::new(text, Visibility::Internal))
}

/// The names of the hits of a query.
pub(crate) fn names(catalog: &Catalog, query: &Query) -> Vec<String> {
    catalog.search(query).unwrap().iter().map(|hit| hit.id.to_string()).collect()
}

/// Pieces as text, hits in brackets.
pub(crate) fn shown(pieces: &[Piece]) -> String {
    let show =
        |piece: &Piece| if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() };
    pieces.iter().map(show).collect()
}
