//! The bytes of a table as text.

use std::{borrow::Cow, fmt};

use encoding_rs::{DecoderResult, GB18030};

/// A table's text, without a byte order mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// What it was written in.
    pub encoding: Encoding,
}

/// What a table's text was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// GB18030, of which GBK and GB2312 are parts: what Excel in Chinese saves as "CSV".
    Gb18030,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Gb18030 => "GB18030",
        })
    }
}

/// Why bytes are not the text of a table. The sentence says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotText {
    /// UTF-16: what Excel saves as "Unicode text".
    Utf16,
    /// A workbook (a ZIP archive, or the older binary format).
    Workbook,
    /// Neither UTF-8 nor GB18030.
    Unknown,
}

impl fmt::Display for NotText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = match self {
            NotText::Utf16 => "the table is written in UTF-16 (\"Unicode text\")",
            NotText::Workbook => "this is a workbook, not a CSV table",
            NotText::Unknown => "the table is neither UTF-8 nor GBK",
        };
        write!(f, "{found}; save it as \"CSV UTF-8 (comma delimited)\" and send that")
    }
}

impl std::error::Error for NotText {}

/// The text of a table. What is valid UTF-8 is UTF-8, the rest is GB18030.
///
/// # Errors
/// When the bytes are neither.
pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, NotText> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(NotText::Utf16);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(NotText::Workbook);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let text = Cow::Borrowed(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text));
        return Ok(Decoded { text, encoding: Encoding::Utf8 });
    }
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(room.ok_or(NotText::Unknown)?);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => {
            Ok(Decoded { text: Cow::Owned(text), encoding: Encoding::Gb18030 })
        }
        _ => Err(NotText::Unknown),
    }
}

pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_and_gbk_are_read_and_told_apart() {
        let read = |bytes: &[u8]| decode(bytes).map(|d| (d.text.into_owned(), d.encoding));
        let text = "渠道,标题\r\nvisit,路灯不亮\r\n";
        assert_eq!(read(text.as_bytes()), Ok((text.to_owned(), Encoding::Utf8)));
        let with_mark = format!("\u{feff}{text}");
        assert_eq!(read(with_mark.as_bytes()), Ok((text.to_owned(), Encoding::Utf8)));
        let (gbk, _, _) = GB18030.encode(text);
        assert_eq!(read(&gbk), Ok((text.to_owned(), Encoding::Gb18030)));
    }

    #[test]
    fn what_is_no_table_is_refused_with_what_to_do() {
        for (bytes, why) in [
            (&b"\xFF\xFEa\0"[..], NotText::Utf16),
            (b"PK\x03\x04...", NotText::Workbook),
            (b"\xD0\xCF\x11\xE0..", NotText::Workbook),
            (b"a\xFF\xFFb", NotText::Unknown),
        ] {
            assert_eq!(decode(bytes), Err(why));
            assert!(why.to_string().contains("CSV UTF-8"));
        }
    }
}
