//! Dialled numbers as the files write them: whole, or with a `*` at one end for any digits.

/// The number and the aliases of a line.
pub(super) fn line_numbers(line: &crate::Line) -> impl Iterator<Item = &str> {
    std::iter::once(line.number.as_str()).chain(line.aliases.iter().map(String::as_str))
}

/// Whether some dialled number matches both patterns.
pub(super) fn overlap(a: &str, b: &str) -> bool {
    match (Pattern::of(a), Pattern::of(b)) {
        (Pattern::Whole(a), Pattern::Whole(b)) => a == b,
        (Pattern::Whole(whole), Pattern::Head(head))
        | (Pattern::Head(head), Pattern::Whole(whole)) => whole.starts_with(head),
        (Pattern::Whole(whole), Pattern::Tail(tail))
        | (Pattern::Tail(tail), Pattern::Whole(whole)) => whole.ends_with(tail),
        (Pattern::Head(a), Pattern::Head(b)) => a.starts_with(b) || b.starts_with(a),
        (Pattern::Tail(a), Pattern::Tail(b)) => a.ends_with(b) || b.ends_with(a),
        (Pattern::Head(_), Pattern::Tail(_)) | (Pattern::Tail(_), Pattern::Head(_)) => true,
    }
}

/// A number as written, with the end that is open.
enum Pattern<'a> {
    Whole(&'a str),
    /// `891*`
    Head(&'a str),
    /// `*12345`
    Tail(&'a str),
}

impl Pattern<'_> {
    fn of(text: &str) -> Pattern<'_> {
        match (text.strip_prefix('*'), text.strip_suffix('*')) {
            (Some(tail), _) => Pattern::Tail(tail),
            (None, Some(head)) => Pattern::Head(head),
            (None, None) => Pattern::Whole(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_overlap_when_a_number_matches_both() {
        for (a, b) in [("12345", "*12345"), ("891*", "8912*"), ("*345", "*12345"), ("8*", "*5")] {
            assert!(overlap(a, b) && overlap(b, a), "{a} {b}");
        }
        for (a, b) in [("12345", "1234"), ("891*", "892*"), ("*12345", "99999"), ("*1", "*2")] {
            assert!(!overlap(a, b) && !overlap(b, a), "{a} {b}");
        }
    }
}
