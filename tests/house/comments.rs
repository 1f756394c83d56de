//! Comments are plain English: a paragraph begins with a sentence that has a subject and a verb, and
//! expressions that readers with another first language may not know are not used.

use crate::source::{Comment, comments, rust_files};

/// Words that begin a clause without a main verb, such as "Who has signed" or "What is left".
const HEADLESS: [&str; 18] = [
    "Who",
    "What",
    "Whose",
    "Whom",
    "Whoever",
    "Whatever",
    "By whom",
    "From whom",
    "To whom",
    "Of whom",
    "For whom",
    "Of which",
    "By which",
    "In which",
    "From which",
    "To which",
    "At which",
    "Without which",
];

/// Banned expressions, and what to write instead.
const BANNED: [(&str, &str); 5] = [
    ("nobody's", "\"of no …\" with the thing it belongs to"),
    ("of itself", "\"by itself\", or the name of the thing"),
    ("lets go", "\"releases\""),
    ("hangs on", "\"depends on\" or \"waits for\""),
    ("for who", "\"for a person who\""),
];

/// A paragraph of a comment: its lines, each with its number.
type Paragraph<'a> = Vec<(usize, &'a str)>;

#[test]
fn comments_are_plain_english() {
    let mut all = Vec::new();
    for (path, text) in rust_files(&["crates", "tests", "benches", "fuzz"]) {
        all.extend(faults(&text).into_iter().map(|(line, what)| format!("{path}:{line}: {what}")));
    }
    assert!(all.is_empty(), "{} comments are not plain:\n{}", all.len(), all.join("\n"));
}

/// The faults of all comments in a source, each with its line.
fn faults(text: &str) -> Vec<(usize, String)> {
    let comments = comments(text);
    let mut faults = Vec::new();
    for paragraph in paragraphs(&comments) {
        faults.extend(headless(&paragraph));
        faults.extend(banned(&paragraph));
    }
    faults
}

/// Splits comments at empty lines, list items, examples and code.
fn paragraphs<'a>(comments: &[Comment<'a>]) -> Vec<Paragraph<'a>> {
    let mut paragraphs: Vec<Paragraph<'_>> = Vec::new();
    let (mut previous, mut in_example) = (None, false);
    for comment in comments {
        let marker = comment.marker();
        for (n, line) in comment.lines().enumerate() {
            let here = comment.line + n;
            let follows = previous == Some((here - 1, marker)) && comment.stands_alone;
            in_example &= follows;
            let is_fence = line.starts_with("```");
            let is_text = !line.is_empty() && !is_fence && !in_example;
            in_example ^= is_fence;
            let is_item = ["- ", "* ", "| ", "# "].iter().any(|mark| line.starts_with(mark));
            match paragraphs.last_mut() {
                Some(last) if is_text && follows && !is_item => last.push((here, line)),
                _ if is_text => paragraphs.push(vec![(here, line)]),
                _ => {}
            }
            // An empty line or an example ends the paragraph, not the comment.
            if !is_text {
                paragraphs.push(Vec::new());
            }
            previous = Some((here, marker));
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// The fault of a paragraph that begins without a subject.
fn headless(paragraph: &Paragraph<'_>) -> Option<(usize, String)> {
    let (line, text) = paragraph.first()?;
    let start = text.trim_start_matches(['-', '*', '|', '#', ' ']);
    let word = HEADLESS.iter().find(|word| start.strip_prefix(*word).is_some_and(ends_a_word))?;
    Some((*line, format!("\"{word}\" begins a clause; begin with a subject and a verb: {text}")))
}

/// The banned expressions of a paragraph, also where they wrap.
fn banned(paragraph: &Paragraph<'_>) -> Vec<(usize, String)> {
    let mut text = String::new();
    // The position in `text` at which each line begins.
    let mut starts = Vec::new();
    for (line, words) in paragraph {
        starts.push((text.len(), *line));
        text.push_str(&words.to_ascii_lowercase());
        text.push(' ');
    }
    let line_at =
        |at| starts.iter().rev().find(|(start, _)| *start <= at).map_or(0, |(_, line)| *line);
    let mut found = Vec::new();
    for (word, instead) in BANNED {
        for (at, _) in text.match_indices(word) {
            let begins = !text[..at].ends_with(char::is_alphanumeric);
            if begins && ends_a_word(&text[at + word.len()..]) {
                found.push((line_at(at), format!("\"{word}\" is not plain; write {instead}")));
            }
        }
    }
    found
}

/// Whether a word ends before this text.
fn ends_a_word(after: &str) -> bool {
    !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

#[test]
fn headless_paragraphs_and_banned_words_are_found_with_their_lines() {
    let text = "\
//! Whose turn it is.
//!
//! - What is left.
fn a() {} // Whoever calls.
fn b() {} // By whom it is called.
/// A leg that
/// lets go of its port, for
/// Who called. For whom it rings is known.
///
/// What they said.
/* Whatever else. */
";
    let lines: Vec<usize> = faults(text).iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 3, 4, 5, 7, 7, 10, 11]);
}

#[test]
fn wrapped_sentences_examples_and_strings_are_no_faults() {
    let text = "\
/// The state tells
/// What is next. It shows who asked, and for whom.
///
/// ```
/// // What is left.
/// ```
/// Whether it rings.
fn a() -> &'static str {
    \"// Who\"
}
";
    assert_eq!(faults(text), []);
}
