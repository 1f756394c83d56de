//! Normalization of characters for comparison.
//!
//! Full-width letters, the radicals that a PDF has in place of characters (`⼾` for `户`) and
//! traditional characters (`戶`) become one form, character by character, so that positions in a text
//! stay valid. Queries and items are normalized alike, so it does not matter that some traditional
//! characters are valid simplified ones too (`乾`).

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// The normalized text, with the same number of characters.
pub(crate) fn normalize(text: &str) -> Vec<char> {
    text.chars().map(normalize_char).collect()
}

fn normalize_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let compatible = only(std::iter::once(c).nfkc()).unwrap_or(c);
    let lower = only(compatible.to_lowercase()).unwrap_or(compatible);
    let found = SIMPLIFIED.binary_search_by_key(&lower, |(traditional, _)| *traditional);
    found.ok().and_then(|at| SIMPLIFIED.get(at)).map_or(lower, |(_, simplified)| *simplified)
}

/// The only character of an iterator, if there is exactly one.
fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

/// Traditional characters with their simplified forms, sorted.
static SIMPLIFIED: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let chars: Vec<char> = TABLE.chars().filter(|c| !c.is_whitespace()).collect();
    chars.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
});

/// Pairs of characters sorted by the first, 32 pairs a line: the single characters of the table
/// `TSCharacters` of OpenCC (Apache-2.0), each with its first simplified form.
const TABLE: &str = include_str!("simplified.txt");

#[cfg(test)]
mod tests {
    use super::*;

    fn text(of: &str) -> String {
        normalize(of).into_iter().collect()
    }

    #[test]
    fn variants_of_a_character_have_one_form() {
        assert_eq!(text("戶口"), "户口");
        assert_eq!(text("⼾⼝"), "户口", "Kangxi radicals, as PDFs give them");
        assert_eq!(text("醫保，暖氣不熱"), "医保,暖气不热");
        assert_eq!(text("ＷｉＦｉ　１２３４５"), "wifi 12345");
        assert_eq!(text("豈"), text("豈"), "compatibility ideographs");
    }

    #[test]
    fn positions_are_preserved() {
        for of in ["㈱ﬁ ½ İ", "房屋產權證", "𠮷野家"] {
            assert_eq!(normalize(of).len(), of.chars().count(), "{of}");
        }
    }

    #[test]
    fn table_is_sorted_and_idempotent() {
        assert!(SIMPLIFIED.len() > 4_000);
        assert!(SIMPLIFIED.is_sorted_by(|(a, _), (b, _)| a < b));
        assert!(
            SIMPLIFIED.iter().all(|(_, simplified)| normalize_char(*simplified) == *simplified)
        );
    }
}
