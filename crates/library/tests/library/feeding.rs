//! What is put in is found, what is replaced is not, what is retired is gone.

use std::sync::atomic::{AtomicBool, Ordering};

use library::{Library, Opened, Query};
use model::desk::{KnowledgeEvent, Visibility};

use crate::common::{base, feed, found, indexed, row, shown, then};

#[test]
fn an_item_is_found_by_its_question_and_by_its_answer_and_shows_why() {
    let base = base(vec![
        row("K1", "家里停暖了找谁", "先看入户阀门，再拨供热热线。"),
        row("K2", "停水了怎么办", "先看表前阀门。"),
    ]);
    let (_folder, library) = indexed(&base);
    let hits = library.catalog().search(&Query::new("我家停暖了", Visibility::Internal)).unwrap();
    assert_eq!((hits[0].id.as_str(), hits[0].version), ("K1", 1));
    assert_eq!(shown(&hits[0].question), "家里[停暖]了找谁");
    assert_eq!(found(&library.catalog(), "供热热线"), ["K1"]);
    assert_eq!(found(&library.catalog(), "阀门").len(), 2);
    assert_eq!(found(&library.catalog(), "护照"), Vec::<String>::new());
    assert_eq!(found(&library.catalog(), " ，。"), Vec::<String>::new());
}

#[test]
fn a_word_that_jieba_parts_otherwise_is_found_by_its_characters() {
    // In the sentence jieba reads 上海 and 港口; a caller says only 海港.
    let base = base(vec![row("K1", "从上海港出发", "到港口办理。"), row("K2", "停水", "看阀门。")]);
    let (_folder, library) = indexed(&base);
    assert_eq!(found(&library.catalog(), "海港"), ["K1"]);
    assert_eq!(found(&library.catalog(), "水"), ["K2"]);
}

#[test]
fn letters_and_digits_are_found_in_whatever_width_and_case() {
    let base = base(vec![row("K1", "办理ＥＴＣ", "拨１２３４５。"), row("K2", "停水", "看阀门。")]);
    let (_folder, library) = indexed(&base);
    assert_eq!(found(&library.catalog(), "etc"), ["K1"]);
    assert_eq!(found(&library.catalog(), "12345"), ["K1"]);
}

#[test]
fn what_is_replaced_is_found_by_its_new_text_alone() {
    let mut base = base(vec![row("K1", "停暖找谁", "看阀门。")]);
    let (_folder, mut library) = indexed(&base);
    let text = Box::new(row("K1", "宽带断网找谁", "拨客服。").text);
    then(&mut base, "K1", &KnowledgeEvent::Revised { version: 2, text });
    feed(&mut library, &base, 2);
    // The draft is not shown yet: people read the published version.
    assert_eq!(found(&library.catalog(), "停暖"), ["K1"]);
    let visibility = Visibility::Internal;
    then(&mut base, "K1", &KnowledgeEvent::Published { version: 2, visibility });
    feed(&mut library, &base, 3);
    assert_eq!(found(&library.catalog(), "停暖"), Vec::<String>::new());
    assert_eq!(found(&library.catalog(), "宽带"), ["K1"]);
    assert_eq!(library.catalog().len(), 1);
}

#[test]
fn what_is_retired_or_removed_is_gone() {
    let mut base = base(vec![row("K1", "停暖", "看阀门。"), row("K2", "停水", "看阀门。")]);
    let (_folder, mut library) = indexed(&base);
    then(&mut base, "K1", &KnowledgeEvent::Retired { reason: "并入 K2".into() });
    feed(&mut library, &base, 2);
    assert_eq!(found(&library.catalog(), "阀门"), ["K2"]);
    library.remove(&"K2".into());
    library.commit(3).unwrap();
    assert!(library.catalog().is_empty());
}

#[test]
fn a_closed_index_knows_when_it_is_opened_what_it_has_seen() {
    let base = base(vec![row("K1", "停暖", "看阀门。")]);
    let (folder, library) = indexed(&base);
    drop(library);
    let (mut library, opened) = Library::open(folder.path()).unwrap();
    assert_eq!(opened, Opened::Kept { applied: 1 });
    assert_eq!(found(&library.catalog(), "停暖"), ["K1"]);
    // What was put in and not committed is not there after a crash, and the log is read again.
    library.put(&"K2".into(), base.item(&"K1".into()).unwrap()).unwrap();
    drop(library);
    let (library, opened) = Library::open(folder.path()).unwrap();
    assert_eq!((opened, library.catalog().len()), (Opened::Kept { applied: 1 }, 1));
}

#[test]
fn searching_goes_on_while_items_come_in() {
    let base = base((0..200).map(|n| row(&format!("K{n}"), "停暖找谁", "看阀门。")).collect());
    let (_folder, mut library) = indexed(&base);
    let (catalog, done) = (library.catalog(), AtomicBool::new(false));
    let searches = std::thread::scope(|scope| {
        let searcher = scope.spawn(|| {
            let mut searches = 0;
            loop {
                let last = done.load(Ordering::Acquire);
                // Each commit replaces every item: a search sees all of before or all of after.
                assert_eq!(catalog.len(), 200);
                assert_eq!(found(&catalog, "停暖").len(), 10);
                searches += 1;
                if last {
                    return searches;
                }
            }
        });
        for round in 2..10 {
            feed(&mut library, &base, round);
        }
        done.store(true, Ordering::Release);
        searcher.join().unwrap()
    });
    assert!(searches > 0);
}
