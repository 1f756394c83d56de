//! Cleans text before it is stored: removes characters that are invisible and harmful.

use std::borrow::Cow;

/// The text without characters that people do not type and that break files or screens.
///
/// - Line ends (CRLF, CR) become LF. Other characters that break a line or a page (vertical tab,
///   which Word writes for Shift+Enter, form feed, next line) become a blank, so that words stay
///   apart and a table keeps its rows.
/// - Other control characters (C0 but TAB and LF, DEL, C1) and the noncharacters U+FFFE and U+FFFF
///   are left out: XML 1.0 (2.2) has no place for them, however they are written.
/// - Embeddings, overrides and isolates of direction (UAX 9, 2.1 to 2.4) are left out: one that is
///   not closed turns around what stands behind it on a screen or in a list, and no keyboard writes
///   them. Uyghur and Arabic text is laid out by its letters; the marks U+200E, U+200F and U+061C,
///   which turn nothing around, stay.
///
/// It is applied where text enters. Text stored before stays as it is, so printing cleans it again.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| is_removed(c) || is_break(c)) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => cleaned.push('\n'),
            _ if is_break(c) => cleaned.push(' '),
            _ if is_removed(c) => {}
            _ => cleaned.push(c),
        }
    }
    Cow::Owned(cleaned)
}

/// Whether [`clean`] leaves a character out.
pub fn is_removed(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n') && !is_break(c))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// Line and page ends beside LF.
fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\u{b}' | '\u{c}' | '\u{85}')
}
