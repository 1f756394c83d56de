//! Characters as they are compared: one form for every way a character is written.
//!
//! Full-width letters, the radicals that a PDF gives in place of characters (`⼾` for `户`) and
//! traditional characters (`戶`) are brought to one form, character for character, so that places in a
//! text stay what they are. Questions and items go through the same, so it does not matter that some
//! traditional characters are good simplified ones too (`乾`).

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// A text in the form in which it is compared; as many characters as before.
pub(crate) fn plain(text: &str) -> Vec<char> {
    text.chars().map(plain_char).collect()
}

fn plain_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let compatible = only(std::iter::once(c).nfkc()).unwrap_or(c);
    let lower = only(compatible.to_lowercase()).unwrap_or(compatible);
    let found = SIMPLIFIED.binary_search_by_key(&lower, |(traditional, _)| *traditional);
    found.ok().and_then(|at| SIMPLIFIED.get(at)).map_or(lower, |(_, simplified)| *simplified)
}

/// The only character of several, when it is.
fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

/// Traditional characters and the simplified ones for them, in order.
static SIMPLIFIED: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let chars: Vec<char> = TABLE.chars().filter(|c| !c.is_whitespace()).collect();
    chars.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
});

/// Pairs of characters in the order of the first ones, 32 pairs a line: the single characters of
/// OpenCC's table `TSCharacters` (Apache-2.0), each with its first simplified form.
const TABLE: &str = include_str!("simplified.txt");

#[cfg(test)]
mod tests {
    use super::*;

    fn text(of: &str) -> String {
        plain(of).into_iter().collect()
    }

    #[test]
    fn every_way_to_write_a_character_has_one_form() {
        assert_eq!(text("戶口"), "户口");
        assert_eq!(text("⼾⼝"), "户口", "Kangxi radicals, as PDFs give them");
        assert_eq!(text("醫保，暖氣不熱"), "医保,暖气不热");
        assert_eq!(text("ＷｉＦｉ　１２３４５"), "wifi 12345");
        assert_eq!(text("豈"), text("豈"), "compatibility ideographs");
    }

    #[test]
    fn places_stay_what_they_are() {
        for of in ["㈱ﬁ ½ İ", "房屋產權證", "𠮷野家"] {
            assert_eq!(plain(of).len(), of.chars().count(), "{of}");
        }
    }

    #[test]
    fn table_is_in_order_and_changes_nothing_twice() {
        assert!(SIMPLIFIED.len() > 4_000);
        assert!(SIMPLIFIED.is_sorted_by(|(a, _), (b, _)| a < b));
        assert!(SIMPLIFIED.iter().all(|(_, simplified)| plain_char(*simplified) == *simplified));
    }
}
