//! Filters: visibility, topic, line and day.

use knowledge::Knowledge;
use library::Query;
use model::{
    Date, LineId, Zone,
    desk::{Actor, KnowledgeEvent, TopicId, Visibility},
};

use crate::common::{NOW, base, indexed, names, row, then};

fn day(month: u8, day: u8) -> Date {
    Date { year: 2026, month, day }
}

#[test]
fn reader_with_less_visibility_finds_less() {
    let mut internal = row("K2", "停暖", "看阀门。");
    internal.visibility = Visibility::Internal;
    let mut base = base(vec![row("K1", "停暖", "看阀门。"), internal]);
    then(&mut base, "K3", &KnowledgeEvent::Written(Box::new(row("K3", "停暖", "草稿。").text)));
    let (_folder, index) = indexed(&base);
    let count = |reader| names(&index.search_handle(), &Query::new("停暖", reader)).len();
    assert_eq!(count(Visibility::Public), 1);
    assert_eq!(count(Visibility::Internal), 2);
    assert_eq!(count(Visibility::Draft), 3);
}

#[test]
fn visible_items_are_found_behind_any_number_of_hidden_ones() {
    let mut rows: Vec<_> = (0..300).map(|n| row(&format!("I{n}"), "停暖", "看阀门。")).collect();
    rows.iter_mut().for_each(|row| row.visibility = Visibility::Internal);
    rows.extend((0..12).map(|n| row(&format!("P{n}"), "停暖了谁来管，能不能退钱", "看阀门。")));
    let (_folder, index) = indexed(&base(rows));
    let hits = names(&index.search_handle(), &Query::new("停暖", Visibility::Public));
    assert_eq!(hits.len(), 10);
    assert!(hits.iter().all(|hit| hit.starts_with('P')), "{hits:?}");
}

#[test]
fn topic_filter_includes_topics_below() {
    let mut other = row("K2", "停暖退费", "带合同。");
    other.text.topics = vec![TopicId::from("020405"), TopicId::from("1303")];
    let (_folder, index) = indexed(&base(vec![row("K1", "停暖", "看阀门。"), other]));
    let of = |topic: &str| {
        let topic = Some(TopicId::from(topic));
        let mut hits = names(
            &index.search_handle(),
            &Query { topic, ..Query::new("停暖", Visibility::Public) },
        );
        hits.sort();
        hits
    };
    assert_eq!(of("02"), ["K1", "K2"]);
    assert_eq!(of("0204"), ["K1", "K2"]);
    assert_eq!(of("020401"), ["K1"]);
    assert_eq!(of("13"), ["K2"]);
    assert_eq!(of("01"), Vec::<String>::new());
}

#[test]
fn line_filter_finds_items_of_the_line() {
    let mut other = row("K2", "停暖", "看阀门。");
    other.text.line = Some(LineId::from("12333"));
    let (_folder, index) = indexed(&base(vec![row("K1", "停暖", "看阀门。"), other]));
    let line = Some(LineId::from("12333"));
    let query = Query { line, ..Query::new("停暖", Visibility::Public) };
    assert_eq!(names(&index.search_handle(), &query), ["K2"]);
}

#[test]
fn item_not_valid_on_the_day_is_not_found() {
    let mut season = row("K1", "停暖", "看阀门。");
    season.text.valid_from = Some(day(11, 15));
    season.text.valid_to = Some(day(12, 31));
    let (_folder, index) = indexed(&base(vec![season, row("K2", "停暖", "看阀门。")]));
    let on = |on| {
        names(&index.search_handle(), &Query { on, ..Query::new("停暖", Visibility::Public) }).len()
    };
    assert_eq!(on(Some(day(11, 14))), 1);
    assert_eq!(on(Some(day(11, 15))), 2);
    assert_eq!(on(Some(day(12, 31))), 2);
    assert_eq!(on(Some(Date { year: 2027, month: 1, day: 1 })), 1);
    assert_eq!(on(None), 2);
}

#[test]
fn hits_are_limited_by_query_and_maximum() {
    let rows = (0..100).map(|n| row(&format!("K{n}"), "停暖", "看阀门。")).collect();
    let (_folder, index) = indexed(&base(rows));
    let count = |limit| {
        let query = Query { limit, ..Query::new("停暖", Visibility::Public) };
        names(&index.search_handle(), &query).len()
    };
    assert_eq!((count(0), count(3), count(1_000)), (0, 3, Query::HITS_MAX));
}

#[test]
fn gap_is_not_indexed() {
    let mut base = Knowledge::new(Zone::CHINA);
    let wanted = KnowledgeEvent::Wanted { question: "停暖".into(), topic: None, ticket: None };
    base.apply(NOW, &Actor::Engine, &"K1".into(), &wanted);
    let (_folder, index) = indexed(&base);
    assert!(index.search_handle().is_empty());
}
