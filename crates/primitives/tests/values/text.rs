//! Cleaning of received text.

use std::borrow::Cow;

use primitives::text::clean;

#[test]
fn harmless_text_is_borrowed_unchanged() {
    for text in ["", "路灯不亮\n\t第二行", "👨‍👩‍👧 \u{200f}سالام", "e\u{301}", "\u{feff}x"]
    {
        assert!(matches!(clean(text), Cow::Borrowed(same) if same == text), "{text:?}");
    }
}

#[test]
fn control_characters_are_removed_and_line_ends_unified() {
    for (sent, kept) in [
        ("a\r\nb\rc\n\rd", "a\nb\nc\n\nd"),
        ("Word\u{b}的换行\u{c}换页\u{85}", "Word 的换行 换页 "),
        ("\0a\u{1b}[31mb\u{7f}c\u{9b}", "a[31mbc"),
        ("a\u{fffe}b\u{ffff}", "ab"),
    ] {
        assert_eq!(clean(sent), kept, "{sent:?}");
    }
}

#[test]
fn direction_overrides_are_removed() {
    assert_eq!(clean("退款\u{202e}fdp.exe\u{202c}"), "退款fdp.exe");
    assert_eq!(clean("\u{2066}a\u{2069}\u{2067}b\u{2068}c"), "abc");
}

#[test]
fn cleaning_is_idempotent_for_every_character() {
    for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
        let text = format!("甲{c}乙");
        let once = clean(&text).into_owned();
        assert_eq!(clean(&once), once, "{c:?}");
        let is_xml = |c: char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        assert!(once.chars().all(|c| is_xml(c) && !('\u{7f}'..='\u{9f}').contains(&c)), "{c:?}");
    }
}
