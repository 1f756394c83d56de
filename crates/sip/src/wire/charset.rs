//! Text from networks that do not agree on a character set: UTF-8, GB18030 or Latin-1.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, GB18030, mem::decode_latin1};

/// Decodes bytes that should be UTF-8 (RFC 3261 7.3.1) and often are not.
///
/// What is valid UTF-8 is UTF-8. The rest is GB18030 when it reads as such and at least one
/// character is written with two high bytes, as nearly all Chinese is; a lone high byte
/// between letters, as in `Müller`, is Latin-1.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => match bytes.windows(2).any(|pair| pair.iter().all(|b| *b >= 0x80)) {
            true => gb18030(bytes).map_or_else(|| decode_latin1(bytes), Cow::Owned),
            false => decode_latin1(bytes),
        },
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_network_is_read_in_its_own_letters() {
        assert_eq!(decode("张三".as_bytes()), "张三");
        assert_eq!(decode(b"\xD5\xC5\xC8\xFD"), "张三");
        // The second byte of the middle character is an ASCII letter: GBK, not GB2312.
        assert_eq!(decode(b"\xD6\xEC\xE9F\xBB\xF9"), "朱镕基");
        assert_eq!(decode(b"M\xFCller"), "Müller");
        assert_eq!(decode(b"Jos\xE9 P\xE9rez"), "José Pérez");
    }

    #[test]
    fn what_is_nobodys_text_still_has_letters() {
        assert_eq!(decode(b"\xFF\xFF"), "ÿÿ");
    }
}
