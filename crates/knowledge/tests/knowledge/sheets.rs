//! Items as CSV: export and import agree, and each fault is reported with its line.

use knowledge::sheet::{self, Row};
use model::{
    Date,
    desk::{KnowledgeText, Visibility},
};
use proptest::prelude::*;

fn read_faults(text: &str) -> Vec<String> {
    sheet::read(text).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn table_with_chinese_columns_is_read() {
    let text = "\u{feff}编号,责任单位,分类,问题,答案,可见范围,失效日期\r\n\
                A-1,000000-02,0204|020401,停暖找谁|暖气不热,\"先看阀门。\r\n再拨热线。\",内部,2027/3/15\r\n";
    let rows = sheet::read(text).unwrap();
    assert_eq!(rows.len(), 1);
    let Row { id, text, visibility, review_by } = &rows[0];
    assert_eq!((id.as_str(), *visibility, *review_by), ("A-1", Visibility::Internal, None));
    assert_eq!(text.questions, ["停暖找谁", "暖气不热"]);
    assert_eq!(text.answer, "先看阀门。\n再拨热线。");
    assert_eq!(text.topics.len(), 2);
    assert_eq!(text.valid_to, Some(Date { year: 2027, month: 3, day: 15 }));
}

#[test]
fn every_fault_has_its_line_and_column() {
    let text = "id,questions,answer,owner,topics,visibility,valid_from\n\
                A,停暖找谁,看阀门。,000000-02,0204,public,2026-02-30\n\
                A,停,,单位,供暖,everybody,\n\
                B,停水找谁,看阀门。,000000-02\n\
                C,停电找谁,\"两\n行\",000000-02,0202,,\n\
                D,停气找谁,看阀门。,000000-02,02,nobody,\n";
    assert_eq!(
        read_faults(text),
        [
            "line 2, valid_from: `2026-02-30` is not a date; write 2026-11-22",
            "line 3, visibility: `everybody` is not a visibility; write draft, internal or public",
            "line 3, questions[0]: 1 characters; write 2 to 200",
            "line 3, answer: 0 characters; write 1 to 4000",
            "line 3, owner: `单位` is not a unit code such as 410102-010",
            "line 3, topics[0]: `供暖` is not a topic code such as 0204",
            "line 3, id: A is on line 2 as well; remove one",
            "line 4: 4 cells, 7 columns",
            "line 7, visibility: `nobody` is not a visibility; write draft, internal or public",
        ]
    );
}

#[test]
fn unknown_and_missing_columns_are_named() {
    let faults = read_faults("id,question,id,answer,owner\n");
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert!(
        faults[0]
            .starts_with("line 1, question: this column is unknown; known columns: id, questions,")
    );
    assert_eq!(faults[1], "line 1, id: occurs twice; remove one");
    assert_eq!(faults[2], "line 1, questions: this column is missing; add questions or 问题");
    assert_eq!(faults[3], "line 1, topics: this column is missing; add topics or 分类");
    assert!(!read_faults("").is_empty());
}

#[test]
fn cell_like_a_formula_is_text() {
    let mut text = KnowledgeText {
        questions: vec!["停暖找谁".into()],
        answer: "=1+1".into(),
        basis: vec![],
        owner: "000000-02".into(),
        topics: vec!["0204".into()],
        line: None,
        valid_from: None,
        valid_to: None,
    };
    for answer in ["=1+1", "-先看阀门", "'@某人", "'普通", "+86"] {
        text.answer = answer.into();
        let (id, text) = ("A".into(), text.clone());
        let rows = vec![Row { id, text, visibility: Visibility::Draft, review_by: None }];
        let csv = sheet::write(&rows);
        assert!(!csv.contains(",=") && !csv.contains(",-") && !csv.contains(",+"), "{csv}");
        assert_eq!(sheet::read(&csv), Ok(rows));
    }
}

fn line() -> impl Strategy<Value = String> {
    "[\\u{4e00}-\\u{4fff}A-Za-z0-9,\"'=+@-][\\u{4e00}-\\u{4fff}A-Za-z0-9 ,\"'“”。]{0,20}[\\u{4e00}-\\u{4fff}A-Z\"']"
}

prop_compose! {
    fn row()(
        id in "[A-Z]{1,3}-[0-9]{1,4}",
        questions in prop::collection::btree_set(line(), 1..5),
        // Blanks around the text of a cell are ignored.
        answer in "[\\u{4e00}-\\u{4fff}a-z=+@'\",|-][\\u{4e00}-\\u{4fff}a-z=+@'\", \\n|-]{0,40}[\\u{4e00}-\\u{4fff}]",
        basis in prop::collection::vec(line(), 0..3),
        topics in prop::collection::btree_set("(0[1-9]|1[0-9]){1,3}", 1..4),
        numbered in any::<bool>(),
        days in prop::option::of(0i64..900),
        visibility in prop::sample::select(Visibility::ALL.to_vec()),
    ) -> Row {
        let start = Date { year: 2026, month: 1, day: 1 };
        let text = KnowledgeText {
            questions: questions.into_iter().collect(),
            answer,
            basis,
            owner: "410102-010".into(),
            topics: topics.iter().map(|topic| topic.as_str().into()).collect(),
            line: numbered.then(|| "12333".into()),
            valid_from: days.map(|_| start),
            valid_to: days.map(|days| start.plus(days)),
        };
        let review_by = days.map(|days| start.plus(days));
        Row { id: id.as_str().into(), text, visibility, review_by }
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back_as_it_was(row in row()) {
        let csv = sheet::write(std::slice::from_ref(&row));
        match sheet::read(&csv) {
            Ok(rows) => prop_assert_eq!(rows, vec![row]),
            // Questions that differ in punctuation only are duplicates; no other fault may occur.
            Err(faults) => {
                let same = faults.iter().all(|fault| fault.what.contains("the same question"));
                prop_assert!(same, "{:?}\n{}", faults, csv);
            }
        }
    }

    #[test]
    fn no_text_at_all_is_too_strange_to_be_told_what_is_wrong(text in "\\PC{0,200}") {
        let _ = sheet::read(&text);
    }
}
