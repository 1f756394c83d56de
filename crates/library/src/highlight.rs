//! Why a hit is one: its text in pieces, those that were asked marked.

use std::collections::BTreeSet;

use crate::words::{Cut, is_han};

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it was asked for.
    pub hit: bool,
}

/// The question that fits best, the first of equals.
pub(crate) fn best(questions: &[String], asked: &Cut) -> Vec<Piece> {
    let marked = questions.iter().map(|question| (question, marks(question, asked)));
    let part = |question: &str, marks: &[bool]| {
        let hits = marks.iter().filter(|hit| **hit).count();
        (hits * 1_000) / question.chars().count().max(1)
    };
    let mut best: Option<(usize, &String, Vec<bool>)> = None;
    for (question, marks) in marked {
        let part = part(question, &marks);
        if best.as_ref().is_none_or(|(most, ..)| part > *most) {
            best = Some((part, question, marks));
        }
    }
    best.map(|(_, question, marks)| pieces(&question.chars().collect::<Vec<_>>(), &marks))
        .unwrap_or_default()
}

/// The part of a text that fits best, at most `most` characters.
pub(crate) fn snippet(text: &str, asked: &Cut, most: usize) -> Vec<Piece> {
    let chars: Vec<char> = text.chars().collect();
    let marks = marks(text, asked);
    let window = most.min(chars.len());
    let mut hits: usize = marks.iter().take(window).filter(|hit| **hit).count();
    let (mut most_hits, mut from) = (hits, 0);
    for to in window..chars.len() {
        hits += usize::from(marks[to]);
        hits -= usize::from(marks[to - window]);
        if hits > most_hits {
            (most_hits, from) = (hits, to + 1 - window);
        }
    }
    // Begin where a sentence does, when that loses nothing that was found.
    let first_hit = (from..from + window).find(|at| marks[*at]).unwrap_or(from);
    let begins =
        |at: &usize| *at == 0 || matches!(chars[*at - 1], '。' | '！' | '？' | '；' | '\n');
    let start = (from.saturating_sub(window / 3)..=first_hit).rev().find(begins);
    let last_hit = (from..from + window).rev().find(|at| marks[*at]).unwrap_or(from);
    let from = start.filter(|start| last_hit < start + window).unwrap_or(from);
    let to = (from + window).min(chars.len());
    let mut pieces = pieces(&chars[from..to], &marks[from..to]);
    let dots = || Piece { text: "…".into(), hit: false };
    if from > 0 {
        pieces.insert(0, dots());
    }
    if to < chars.len() {
        pieces.push(dots());
    }
    pieces
}

/// Whether what was found is more than chance: something longer than a character that was asked,
/// or most of its characters, as 停止供暖 has those of 停暖.
pub(crate) fn tells<'a>(texts: impl Iterator<Item = &'a String>, asked: &Cut) -> bool {
    let singles: BTreeSet<char> =
        asked.grams.iter().filter_map(|gram| single(&gram.text)).collect();
    let mut seen = BTreeSet::new();
    for text in texts {
        if marks(text, asked).contains(&true) {
            return true;
        }
        seen.extend(crate::plain::plain(text).into_iter().filter(|c| singles.contains(c)));
    }
    seen.len() >= 2 && seen.len() * 2 > singles.len()
}

/// Which characters were asked for. Single Chinese characters are no sign, unless they were all that was asked.
fn marks(text: &str, asked: &Cut) -> Vec<bool> {
    let all = asked.words.iter().chain(&asked.grams).map(|token| token.text.as_str());
    let longer: BTreeSet<&str> = all.clone().filter(|text| single(text).is_none()).collect();
    let terms = if longer.is_empty() { all.collect() } else { longer };
    let plain = crate::plain::plain(text);
    let mut marks = vec![false; plain.len()];
    for term in terms {
        let term: Vec<char> = term.chars().collect();
        for from in 0..plain.len().saturating_sub(term.len() - 1) {
            if plain[from..].starts_with(&term) && stands_alone(&plain, from, term.len()) {
                marks[from..from + term.len()].fill(true);
            }
        }
    }
    marks
}

/// The one Chinese character that it is.
fn single(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|c| is_han(*c) && chars.next().is_none())
}

/// Letters and digits are found as a whole: `110` is not in `12110`.
fn stands_alone(chars: &[char], from: usize, len: usize) -> bool {
    let joins = |a: Option<&char>, b: Option<&char>| match (a, b) {
        (Some(a), Some(b)) => {
            let latin = |c: &char| c.is_alphanumeric() && !is_han(*c);
            latin(a) && latin(b)
        }
        _ => false,
    };
    let before = from.checked_sub(1).and_then(|at| chars.get(at));
    let last = chars.get(from + len - 1);
    !joins(before, chars.get(from)) && !joins(last, chars.get(from + len))
}

fn pieces(chars: &[char], marks: &[bool]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (c, hit) in chars.iter().zip(marks) {
        match pieces.last_mut().filter(|piece| piece.hit == *hit) {
            Some(piece) => piece.text.push(*c),
            None => pieces.push(Piece { text: c.to_string(), hit: *hit }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;

    fn shown(pieces: &[Piece]) -> String {
        let show = |piece: &Piece| {
            if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() }
        };
        pieces.iter().map(show).collect()
    }

    fn snippet_of(text: &str, asked: &str, most: usize) -> String {
        shown(&snippet(text, &words::cut_question(asked), most))
    }

    #[test]
    fn what_was_asked_is_marked_and_nothing_else() {
        let text = "停暖先看阀门，再报热力公司。";
        assert_eq!(snippet_of(text, "停暖", 90), "[停暖]先看阀门，再报热力公司。");
        assert_eq!(snippet_of(text, "热力公司的阀门", 90), "停暖先看[阀门]，再报[热力公司]。");
        assert_eq!(snippet_of(text, "社保", 90), text);
    }

    #[test]
    fn a_long_answer_is_shown_where_it_fits() {
        let text = format!("{}。缴费要带身份证。{}", "甲乙丙丁".repeat(20), "戊己庚辛".repeat(20));
        assert_eq!(snippet_of(&text, "身份证", 20), "…缴费要带[身份证]。戊己庚辛戊己庚辛戊己庚辛…");
    }

    #[test]
    fn the_best_of_its_questions_is_shown() {
        let questions = ["宽带断网找谁".to_owned(), "孩子怎么上户口".to_owned(), "户口".to_owned()];
        let asked = words::cut_question("孩子上户口");
        assert_eq!(shown(&best(&questions, &asked)), "[户口]");
        assert_eq!(shown(&best(&questions[..2], &asked)), "[孩子]怎么[上户口]");
        assert_eq!(best(&[], &asked), vec![]);
    }

    #[test]
    fn numbers_are_found_whole_and_in_any_width() {
        assert_eq!(snippet_of("拨１１０，不拨12110。", "110", 90), "拨[１１０]，不拨12110。");
        assert_eq!(snippet_of("办理ETC", "etc", 90), "办理[ETC]");
    }

    #[test]
    fn one_character_asked_alone_is_marked() {
        assert_eq!(snippet_of("停水了。", "水", 90), "停[水]了。");
        assert_eq!(snippet_of("", "水", 90), "");
    }
}
