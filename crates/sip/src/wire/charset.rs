//! Decodes text of unknown character set: UTF-8, GB18030 or Latin-1.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, GB18030, mem::decode_latin1};

use crate::text::is_balanced;

/// Decodes bytes that should be UTF-8 (RFC 3261 7.3.1) but often are not.
///
/// Valid UTF-8 is UTF-8, also where a gateway cut the last character of a Chinese name in two.
/// Anything else is GB18030 when it can be read as such and looks like
/// Chinese (see [`looks_chinese`]), or when only so every quoted string is closed: the second
/// byte of a GBK character may be a backslash, which as Latin-1 escapes the quote behind it.
/// Everything else is Latin-1, as in `Müller`.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    if let Some(text) = cut_utf8(bytes) {
        return Cow::Owned(text);
    }
    let latin = decode_latin1(bytes);
    match gb18030(bytes) {
        Some(chinese)
            if looks_chinese(bytes) || (is_balanced(&chinese) && !is_balanced(&latin)) =>
        {
            Cow::Owned(chinese)
        }
        Some(_) | None => latin,
    }
}

/// Decodes UTF-8 with Chinese in which one character is truncated; that character is dropped.
fn cut_utf8(bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len());
    let mut cuts = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        match chunk.invalid() {
            [] => {}
            [0xC2..=0xF4, ..] => cuts += 1,
            _ => return None,
        }
    }
    (cuts == 1 && text.contains(|c| c >= CJK_MIN)).then_some(text)
}

/// Returns whether at least one character has two high bytes, as nearly all Chinese has, or at
/// least one word consists of GBK characters whose second byte is ASCII, as `镕` is 0xE9 `F`. A
/// Latin word with accents has further letters: `José`, `Müller`.
fn looks_chinese(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair.iter().all(|b| *b >= 0x80))
        || bytes.split(|b| *b < GBK_SECOND_MIN).any(is_gbk_word)
}

/// Returns whether these bytes consist of GBK characters only.
fn is_gbk_word(word: &[u8]) -> bool {
    let is_character =
        |pair: &[u8]| matches!(pair, [0x81..=0xFE, second] if *second >= GBK_SECOND_MIN);
    !word.is_empty() && word.chunks(2).all(is_character)
}

fn gb18030(bytes: &[u8]) -> Option<String> {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len())?;
    let mut text = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Some(text),
        _ => None,
    }
}

/// The first Chinese character of Unicode: CJK radicals.
const CJK_MIN: char = '\u{2E80}';
/// The lowest second byte of a GBK character; blanks, quotes, digits and `<` are lower.
const GBK_SECOND_MIN: u8 = 0x40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_gb18030_and_latin1_are_recognised() {
        assert_eq!(decode("张三".as_bytes()), "张三");
        assert_eq!(decode(b"\xD5\xC5\xC8\xFD"), "张三");
        // The second byte of the middle character is an ASCII letter: GBK, not GB2312.
        assert_eq!(decode(b"\xD6\xEC\xE9F\xBB\xF9"), "朱镕基");
        assert_eq!(decode(b"M\xFCller"), "Müller");
        assert_eq!(decode(b"Jos\xE9 P\xE9rez"), "José Pérez");
    }

    #[test]
    fn gbk_characters_with_an_ascii_second_byte_are_chinese() {
        assert_eq!(decode(b"\xE9F"), "镕");
        assert_eq!(decode(b"From: \xE9F <sip:139@gw>;tag=1"), "From: 镕 <sip:139@gw>;tag=1");
        // Both second bytes are backslashes.
        assert_eq!(decode(b"From: \"\x91\\\x82\\\" <sip:139@gw>"), "From: \"慭俓\" <sip:139@gw>");
        // A letter beside it makes the word ambiguous; the open quote decides.
        assert_eq!(decode(b"\"A\x82\\\" <sip:139@gw>"), "\"A俓\" <sip:139@gw>");
        // 0x81 0x39 0xEE 0x39 is one character of GB18030.
        assert_eq!(decode(b"\x819\xEE9\xD5\xC5"), "㐀张");
    }

    #[test]
    fn utf8_name_truncated_within_a_character_keeps_the_others() {
        let mut name = b"\"".to_vec();
        name.extend(&"市民李".as_bytes()[..8]);
        name.extend(b"\" <sip:a@b>");
        assert_eq!(decode(&name), "\"市民\" <sip:a@b>");
    }

    #[test]
    fn latin_names_stay_latin() {
        let from = b"From: \"Andr\xE9 M\xFCller\" <sip:a@b>;tag=1";
        assert_eq!(decode(from), "From: \"André Müller\" <sip:a@b>;tag=1");
        assert_eq!(decode(b"\"\xC9mile\" <sip:a@b>"), "\"Émile\" <sip:a@b>");
    }

    #[test]
    fn undecodable_bytes_become_latin1() {
        assert_eq!(decode(b"\xFF\xFF"), "ÿÿ");
    }
}
