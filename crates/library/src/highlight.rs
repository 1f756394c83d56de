//! Highlighting: the text of a hit in fragments, with the parts that match the query marked.

use std::collections::BTreeSet;

use crate::tokens::{Tokens, is_han};

/// A fragment of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The text.
    pub text: String,
    /// Whether it matches the query.
    pub hit: bool,
}

/// The question with the largest matching part, the first of equals.
pub(crate) fn best_question(questions: &[String], asked: &Tokens) -> Vec<Fragment> {
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
    best.map(|(_, question, marks)| fragments(&question.chars().collect::<Vec<_>>(), &marks))
        .unwrap_or_default()
}

/// The part of a text with most matches, at most `most` characters.
pub(crate) fn snippet(text: &str, asked: &Tokens, most: usize) -> Vec<Fragment> {
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
    // Begins at the start of a sentence when no match is lost by that.
    let first_hit = (from..from + window).find(|at| marks[*at]).unwrap_or(from);
    let begins =
        |at: &usize| *at == 0 || matches!(chars[*at - 1], '。' | '！' | '？' | '；' | '\n');
    let start = (from.saturating_sub(window / 3)..=first_hit).rev().find(begins);
    let last_hit = (from..from + window).rev().find(|at| marks[*at]).unwrap_or(from);
    let from = start.filter(|start| last_hit < start + window).unwrap_or(from);
    let to = (from + window).min(chars.len());
    let mut fragments = fragments(&chars[from..to], &marks[from..to]);
    let dots = || Fragment { text: "…".into(), hit: false };
    if from > 0 {
        fragments.insert(0, dots());
    }
    if to < chars.len() {
        fragments.push(dots());
    }
    fragments
}

/// Whether a match is more than chance: it contains a term longer than one character, or most single
/// characters of the query, as 停止供暖 has those of 停暖.
pub(crate) fn is_relevant<'a>(texts: impl Iterator<Item = &'a String>, asked: &Tokens) -> bool {
    let singles: BTreeSet<char> =
        asked.grams.iter().filter_map(|gram| single(&gram.text)).collect();
    let mut seen = BTreeSet::new();
    for text in texts {
        if marks(text, asked).contains(&true) {
            return true;
        }
        seen.extend(crate::normalize::normalize(text).into_iter().filter(|c| singles.contains(c)));
    }
    seen.len() >= 2 && seen.len() * 2 > singles.len()
}

/// Which characters match. Single Chinese characters do not count unless the query has nothing else.
fn marks(text: &str, asked: &Tokens) -> Vec<bool> {
    let all = asked.words.iter().chain(&asked.grams).map(|token| token.text.as_str());
    let longer: BTreeSet<&str> = all.clone().filter(|text| single(text).is_none()).collect();
    let terms = if longer.is_empty() { all.collect() } else { longer };
    let plain = crate::normalize::normalize(text);
    let mut marks = vec![false; plain.len()];
    for term in terms {
        let term: Vec<char> = term.chars().collect();
        for from in 0..plain.len().saturating_sub(term.len() - 1) {
            if plain[from..].starts_with(&term) && is_whole_word(&plain, from, term.len()) {
                marks[from..from + term.len()].fill(true);
            }
        }
    }
    marks
}

/// The character of a text that is a single Chinese character.
fn single(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|c| is_han(*c) && chars.next().is_none())
}

/// Letters and digits match whole words only: `110` is not in `12110`.
fn is_whole_word(chars: &[char], from: usize, len: usize) -> bool {
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

fn fragments(chars: &[char], marks: &[bool]) -> Vec<Fragment> {
    let mut fragments: Vec<Fragment> = Vec::new();
    for (c, hit) in chars.iter().zip(marks) {
        match fragments.last_mut().filter(|fragment| fragment.hit == *hit) {
            Some(fragment) => fragment.text.push(*c),
            None => fragments.push(Fragment { text: c.to_string(), hit: *hit }),
        }
    }
    fragments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens;

    fn shown(fragments: &[Fragment]) -> String {
        let show = |fragment: &Fragment| {
            if fragment.hit { format!("[{}]", fragment.text) } else { fragment.text.clone() }
        };
        fragments.iter().map(show).collect()
    }

    fn snippet_of(text: &str, asked: &str, most: usize) -> String {
        shown(&snippet(text, &tokens::tokenize_query(asked), most))
    }

    #[test]
    fn only_matches_are_marked() {
        let text = "停暖先看阀门，再报热力公司。";
        assert_eq!(snippet_of(text, "停暖", 90), "[停暖]先看阀门，再报热力公司。");
        assert_eq!(snippet_of(text, "热力公司的阀门", 90), "停暖先看[阀门]，再报[热力公司]。");
        assert_eq!(snippet_of(text, "社保", 90), text);
    }

    #[test]
    fn snippet_is_the_best_part_of_a_long_answer() {
        let text = format!("{}。缴费要带身份证。{}", "甲乙丙丁".repeat(20), "戊己庚辛".repeat(20));
        assert_eq!(snippet_of(&text, "身份证", 20), "…缴费要带[身份证]。戊己庚辛戊己庚辛戊己庚辛…");
    }

    #[test]
    fn best_question_is_shown() {
        let questions = ["宽带断网找谁".to_owned(), "孩子怎么上户口".to_owned(), "户口".to_owned()];
        let asked = tokens::tokenize_query("孩子上户口");
        assert_eq!(shown(&best_question(&questions, &asked)), "[户口]");
        assert_eq!(shown(&best_question(&questions[..2], &asked)), "[孩子]怎么[上户口]");
        assert_eq!(best_question(&[], &asked), vec![]);
    }

    #[test]
    fn numbers_match_whole_and_in_any_width() {
        assert_eq!(snippet_of("拨１１０，不拨12110。", "110", 90), "拨[１１０]，不拨12110。");
        assert_eq!(snippet_of("办理ETC", "etc", 90), "办理[ETC]");
    }

    #[test]
    fn single_character_query_is_marked() {
        assert_eq!(snippet_of("停水了。", "水", 90), "停[水]了。");
        assert_eq!(snippet_of("", "水", 90), "");
    }
}
