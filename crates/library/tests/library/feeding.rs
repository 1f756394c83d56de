//! Items that are added, replaced, retired and removed.

use std::sync::atomic::{AtomicBool, Ordering};

use library::{IndexState, KnowledgeIndex, Query};
use model::desk::{KnowledgeEvent, Visibility};

use crate::common::{base, feed, found, indexed, row, shown, then};

#[test]
fn item_is_found_by_question_and_answer_with_matches_marked() {
    let base = base(vec![
        row("K1", "家里停暖了找谁", "先看入户阀门，再拨供热热线。"),
        row("K2", "停水了怎么办", "先看表前阀门。"),
    ]);
    let (_folder, index) = indexed(&base);
    let hits =
        index.search_handle().search(&Query::new("我家停暖了", Visibility::Internal)).unwrap();
    assert_eq!((hits[0].id.as_str(), hits[0].version), ("K1", 1));
    assert_eq!(shown(&hits[0].question), "家里[停暖]了找谁");
    assert_eq!(found(&index.search_handle(), "供热热线"), ["K1"]);
    assert_eq!(found(&index.search_handle(), "阀门").len(), 2);
    assert_eq!(found(&index.search_handle(), "护照"), Vec::<String>::new());
    assert_eq!(found(&index.search_handle(), " ，。"), Vec::<String>::new());
}

#[test]
fn word_that_jieba_cuts_differently_is_found_by_its_characters() {
    // jieba cuts the sentence into 上海 and 港口; a caller says only 海港.
    let base = base(vec![row("K1", "从上海港出发", "到港口办理。"), row("K2", "停水", "看阀门。")]);
    let (_folder, index) = indexed(&base);
    assert_eq!(found(&index.search_handle(), "海港"), ["K1"]);
    assert_eq!(found(&index.search_handle(), "水"), ["K2"]);
}

#[test]
fn letters_and_digits_are_found_in_any_width_and_case() {
    let base = base(vec![row("K1", "办理ＥＴＣ", "拨１２３４５。"), row("K2", "停水", "看阀门。")]);
    let (_folder, index) = indexed(&base);
    assert_eq!(found(&index.search_handle(), "etc"), ["K1"]);
    assert_eq!(found(&index.search_handle(), "12345"), ["K1"]);
}

#[test]
fn replaced_item_is_found_by_its_new_text_only() {
    let mut base = base(vec![row("K1", "停暖找谁", "看阀门。")]);
    let (_folder, mut index) = indexed(&base);
    let text = Box::new(row("K1", "宽带断网找谁", "拨客服。").text);
    then(&mut base, "K1", &KnowledgeEvent::Revised { version: 2, text });
    feed(&mut index, &base, 2);
    // The draft is not visible yet: the published version is found.
    assert_eq!(found(&index.search_handle(), "停暖"), ["K1"]);
    let visibility = Visibility::Internal;
    then(&mut base, "K1", &KnowledgeEvent::Published { version: 2, visibility });
    feed(&mut index, &base, 3);
    assert_eq!(found(&index.search_handle(), "停暖"), Vec::<String>::new());
    assert_eq!(found(&index.search_handle(), "宽带"), ["K1"]);
    assert_eq!(index.search_handle().len(), 1);
}

#[test]
fn retired_and_removed_items_are_not_found() {
    let mut base = base(vec![row("K1", "停暖", "看阀门。"), row("K2", "停水", "看阀门。")]);
    let (_folder, mut index) = indexed(&base);
    then(&mut base, "K1", &KnowledgeEvent::Retired { reason: "并入 K2".into() });
    feed(&mut index, &base, 2);
    assert_eq!(found(&index.search_handle(), "阀门"), ["K2"]);
    index.remove(&"K2".into());
    index.commit(3).unwrap();
    assert!(index.search_handle().is_empty());
}

#[test]
fn reopened_index_knows_the_last_record_applied() {
    let base = base(vec![row("K1", "停暖", "看阀门。")]);
    let (folder, index) = indexed(&base);
    drop(index);
    let (mut index, opened) = KnowledgeIndex::open(folder.path()).unwrap();
    assert_eq!(opened, IndexState::Existing { applied: 1 });
    assert_eq!(found(&index.search_handle(), "停暖"), ["K1"]);
    // Changes that were not committed are lost in a crash, and the log is read again.
    index.put(&"K2".into(), base.item(&"K1".into()).unwrap()).unwrap();
    drop(index);
    let (index, opened) = KnowledgeIndex::open(folder.path()).unwrap();
    assert_eq!((opened, index.search_handle().len()), (IndexState::Existing { applied: 1 }, 1));
}

#[test]
fn searches_run_during_writes() {
    let base = base((0..200).map(|n| row(&format!("K{n}"), "停暖找谁", "看阀门。")).collect());
    let (_folder, mut index) = indexed(&base);
    let (search, done) = (index.search_handle(), AtomicBool::new(false));
    let searches = std::thread::scope(|scope| {
        let searcher = scope.spawn(|| {
            let mut searches = 0;
            loop {
                let last = done.load(Ordering::Acquire);
                // Each commit replaces every item: a search sees the state before or after it, not a mix.
                assert_eq!(search.len(), 200);
                assert_eq!(found(&search, "停暖").len(), 10);
                searches += 1;
                if last {
                    return searches;
                }
            }
        });
        for round in 2..10 {
            feed(&mut index, &base, round);
        }
        done.store(true, Ordering::Release);
        searcher.join().unwrap()
    });
    assert!(searches > 0);
}
