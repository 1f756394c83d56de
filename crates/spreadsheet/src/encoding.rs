//! Decoding the bytes of a table.

use std::{borrow::Cow, fmt};

use encoding_rs::{DecoderResult, GB18030};

/// The text of a table without a byte order mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// The encoding it had.
    pub encoding: Encoding,
}

/// The encoding of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// GB18030, which includes GBK and GB2312: what Chinese Excel saves as "CSV".
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

/// The bytes are not the text of a table. The message says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// UTF-16: what Excel saves as "Unicode text".
    Utf16,
    /// A workbook (a ZIP archive, or the older binary format).
    Workbook,
    /// Neither UTF-8 nor GB18030.
    Unknown,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = match self {
            DecodeError::Utf16 => "the table is written in UTF-16 (\"Unicode text\")",
            DecodeError::Workbook => "this is a workbook, not a CSV table",
            DecodeError::Unknown => "the table is neither UTF-8 nor GBK",
        };
        write!(f, "{found}; save it as \"CSV UTF-8 (comma delimited)\" and send that")
    }
}

impl std::error::Error for DecodeError {}

/// Decodes a table: UTF-8 if it is valid, otherwise GB18030.
///
/// # Errors
/// The bytes are in neither encoding, or are a workbook.
pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, DecodeError> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(DecodeError::Utf16);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(DecodeError::Workbook);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let text = Cow::Borrowed(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text));
        return Ok(Decoded { text, encoding: Encoding::Utf8 });
    }
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(room.ok_or(DecodeError::Unknown)?);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => {
            Ok(Decoded { text: Cow::Owned(text), encoding: Encoding::Gb18030 })
        }
        _ => Err(DecodeError::Unknown),
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
    fn bytes_that_are_not_a_table_are_refused_with_advice() {
        for (bytes, why) in [
            (&b"\xFF\xFEa\0"[..], DecodeError::Utf16),
            (b"PK\x03\x04...", DecodeError::Workbook),
            (b"\xD0\xCF\x11\xE0..", DecodeError::Workbook),
            (b"a\xFF\xFFb", DecodeError::Unknown),
        ] {
            assert_eq!(decode(bytes), Err(why));
            assert!(why.to_string().contains("CSV UTF-8"));
        }
    }
}
