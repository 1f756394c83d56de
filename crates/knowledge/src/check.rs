//! Checks of an item's text, which return every fault at once.

use std::collections::BTreeSet;

use model::{
    Date,
    desk::{KnowledgeId, KnowledgeText, TopicId},
};

use workflow::Fault;

/// The maximum length of a reason or a report, in characters.
pub(super) const REASON_MAX: usize = 500;

/// The faults of a text.
pub(super) fn text(text: &KnowledgeText) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |field: String, what: String| faults.push(Fault::new(field, what));
    let most = KnowledgeText::QUESTIONS_MAX;
    if text.questions.is_empty() || text.questions.len() > most {
        fault("questions".into(), format!("there are {}; give 1 to {most}", text.questions.len()));
    }
    let mut seen = BTreeSet::new();
    for (n, question) in text.questions.iter().enumerate() {
        let field = format!("questions[{n}]");
        if let Some(what) = line_fault(question, 2, KnowledgeText::QUESTION_MAX) {
            fault(field, what);
        } else if !seen.insert(plain(question)) {
            fault(field, "the same question occurs twice; remove one".into());
        }
    }
    let chars = text.answer.chars().count();
    if text.answer.trim().is_empty() || chars > KnowledgeText::ANSWER_MAX {
        let most = KnowledgeText::ANSWER_MAX;
        fault("answer".into(), format!("{chars} characters; write 1 to {most}"));
    }
    if text.answer.chars().any(|c| c.is_control() && c != '\n') {
        fault("answer".into(), "it has control characters; only line breaks are allowed".into());
    }
    if text.basis.len() > KnowledgeText::BASIS_MAX {
        let most = KnowledgeText::BASIS_MAX;
        fault("basis".into(), format!("there are {}; name at most {most}", text.basis.len()));
    }
    for (n, basis) in text.basis.iter().enumerate() {
        if let Some(what) = line_fault(basis, 2, KnowledgeText::BASIS_TEXT_MAX) {
            fault(format!("basis[{n}]"), what);
        }
    }
    if !is_code(text.owner.as_str()) {
        fault("owner".into(), format!("`{}` is not a unit code such as 410102-010", text.owner));
    }
    let most = KnowledgeText::TOPICS_MAX;
    if text.topics.is_empty() || text.topics.len() > most {
        fault("topics".into(), format!("there are {}; name 1 to {most}", text.topics.len()));
    }
    for (n, topic) in text.topics.iter().enumerate() {
        if !is_topic(topic) {
            fault(format!("topics[{n}]"), format!("`{topic}` is not a topic code such as 0204"));
        } else if text.topics.iter().take(n).any(|other| other == topic) {
            fault(format!("topics[{n}]"), format!("{topic} occurs twice; remove one"));
        }
    }
    if let Some(line) = text.line.as_ref().filter(|line| !is_code(line.as_str())) {
        fault("line".into(), format!("`{line}` is not a line number such as 12333"));
    }
    for (field, date) in [("valid_from", text.valid_from), ("valid_to", text.valid_to)] {
        if let Some(date) = date.filter(|date| !is_date(*date)) {
            fault(field.into(), format!("the date {date} does not exist"));
        }
    }
    if let (Some(from), Some(to)) = (text.valid_from, text.valid_to)
        && from > to
    {
        fault("valid_to".into(), format!("it ends on {to}, before it begins on {from}"));
    }
    faults
}

/// The fault of an id.
pub(super) fn id(id: &KnowledgeId) -> Option<Fault> {
    let what =
        || format!("`{id}` is not an id; use letters, digits, `-` and `_`, at most {CODE_MAX}");
    (!is_code(id.as_str())).then(|| Fault::new("id", what()))
}

/// The fault of a reason, a question or a report.
pub(super) fn required_text(field: &str, text: &str) -> Option<Fault> {
    let chars = text.chars().count();
    let wrong = text.trim().is_empty() || chars > REASON_MAX;
    wrong.then(|| Fault::new(field, format!("{chars} characters; write 1 to {REASON_MAX}")))
}

/// A question without spaces and punctuation, in lower case, for comparison.
pub(super) fn plain(question: &str) -> String {
    question.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a topic code has two, four or six digits.
pub(super) fn is_topic(topic: &TopicId) -> bool {
    let code = topic.as_str();
    matches!(code.len(), 2 | 4 | 6) && code.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a date exists.
pub(super) fn is_date(date: Date) -> bool {
    Date::new(date.year, date.month, date.day).is_some()
}

fn line_fault(text: &str, least: usize, most: usize) -> Option<String> {
    let chars = text.trim().chars().count();
    if chars < least || chars > most {
        return Some(format!("{chars} characters; write {least} to {most}"));
    }
    if text.trim() != text {
        return Some("it begins or ends with a space; remove that space".into());
    }
    // `|` separates values in a table.
    let bad = text.chars().find(|c| c.is_control() || *c == '|');
    bad.map(|c| format!("it contains {c:?}; write it in one line, without `|`"))
}

fn is_code(code: &str) -> bool {
    let sound = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    !code.is_empty() && code.len() <= CODE_MAX && code.bytes().all(sound)
}

const CODE_MAX: usize = 40;
