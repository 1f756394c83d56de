//! Decodes bodies into text: the only place where bytes of a request become text.
//!
//! Every text is cleaned of control characters ([`model::text::clean`]).

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8};
use model::text::clean;
use percent_encoding::percent_decode;
use serde::de::DeserializeOwned;
use serde_json::Value;
use spreadsheet::{DecodeError, Decoded};

/// A JSON body.
///
/// # Errors
/// The body is not JSON in UTF-8 (RFC 8259 8.1).
pub(crate) fn json(body: &[u8]) -> serde_json::Result<Value> {
    let mut value = serde_json::from_slice(body)?;
    clean_all(&mut value);
    Ok(value)
}

/// A JSON body as a type. It is not for passwords, which are taken as they were typed.
///
/// # Errors
/// The body is not JSON, or does not fit the type.
pub(crate) fn typed<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    serde_json::from_value(json(body)?)
}

/// The fields of a form or a query (WHATWG URL 5.1) in their order.
///
/// # Errors
/// The text is in none of the encodings that [`texts`] reads.
pub(crate) fn form(
    body: &[u8],
    content_type: &str,
) -> Result<Vec<(String, String)>, UnknownEncoding> {
    let pairs = body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    let parts = pairs.flat_map(|pair| {
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        [parts.next(), parts.next()].map(|part| percent_decoded(part.unwrap_or_default()))
    });
    let mut texts = texts(parts.collect(), content_type)?.into_iter();
    Ok(std::iter::from_fn(|| Some((texts.next()?, texts.next()?))).collect())
}

/// The texts of one form, in the encoding that the content type names. Without one they are UTF-8
/// when all of them are valid UTF-8, else GB18030, which includes GBK and GB2312: older Chinese
/// gateways send it and do not say so.
///
/// All texts of a form have one encoding: `%C2%B7` is `路` in GBK and valid UTF-8 as well.
///
/// # Errors
/// The texts are in neither encoding, or not in the one that is named.
pub(crate) fn texts(
    parts: Vec<Vec<u8>>,
    content_type: &str,
) -> Result<Vec<String>, UnknownEncoding> {
    let named = charset(content_type);
    [named.unwrap_or(UTF_8), named.unwrap_or(GB18030)]
        .into_iter()
        .find_map(|encoding| {
            let text = |part: &Vec<u8>| {
                let text = encoding.decode_without_bom_handling_and_without_replacement(part)?;
                Some(clean(&text).into_owned())
            };
            parts.iter().map(text).collect()
        })
        .ok_or(UnknownEncoding)
}

/// The error of a form in an unknown encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnknownEncoding;

impl std::fmt::Display for UnknownEncoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the form is neither in UTF-8 nor in GBK, or not in the charset it names")
    }
}

/// The text of a CSV file.
///
/// # Errors
/// The bytes are not text.
pub(crate) fn table(body: &[u8]) -> Result<Decoded<'_>, DecodeError> {
    let Decoded { text, encoding } = spreadsheet::decode(body)?;
    Ok(Decoded { text: Cow::Owned(clean(&text).into_owned()), encoding })
}

fn clean_all(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(cleaned) = clean(text) {
                *text = cleaned;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(clean_all),
        Value::Object(fields) => fields.values_mut().for_each(clean_all),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn percent_decoded(part: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> =
        part.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).collect()
}

/// The `charset` of a content type, when it is a label of the WHATWG Encoding standard.
fn charset(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, label) = parameter.split_once('=')?;
        let label = label.trim().trim_matches('"');
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| Encoding::for_label(label.as_bytes()))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(body: &str, content_type: &str) -> Result<Vec<(String, String)>, UnknownEncoding> {
        form(body.as_bytes(), content_type)
    }

    fn pair(name: &str, text: &str) -> (String, String) {
        (name.to_owned(), text.to_owned())
    }

    #[test]
    fn form_is_read_in_utf8_and_in_gbk() {
        let plain = "application/x-www-form-urlencoded";
        let utf8 = "text=%E8%B7%AF%E7%81%AF+a%2Bb&from=&&x";
        let wanted = vec![pair("text", "路灯 a+b"), pair("from", ""), pair("x", "")];
        assert_eq!(fields(utf8, plain), Ok(wanted));
        // 路 alone is valid UTF-8 as well, so all fields of a form share one encoding.
        let gbk = "road=%C2%B7&text=%C2%B7%B5%C6%B2%BB%C1%C1";
        assert_eq!(fields(gbk, plain), Ok(vec![pair("road", "路"), pair("text", "路灯不亮")]));
    }

    #[test]
    fn charset_of_the_content_type_is_used() {
        let named = "application/x-www-form-urlencoded; charset=\"GBK\"";
        assert_eq!(fields("text=%C2%B7", named), Ok(vec![pair("text", "路")]));
        let named = "application/x-www-form-urlencoded;charset=utf-8";
        assert_eq!(fields("text=%C2%B7%B5%C6", named), Err(UnknownEncoding));
    }

    #[test]
    fn form_in_an_unknown_encoding_is_refused() {
        assert_eq!(fields("text=%FF%FF", ""), Err(UnknownEncoding));
    }

    #[test]
    fn every_text_of_a_body_is_cleaned() {
        let body = br#"{"a":"x\u0000y","b":[{"c":"\r\n\u202e"}],"d":7}"#;
        assert_eq!(json(body).unwrap(), serde_json::json!({"a":"xy","b":[{"c":"\n"}],"d":7}));
        assert_eq!(fields("a=x%00y%0D%0A", ""), Ok(vec![pair("a", "xy\n")]));
        let read = table("a,b\r\n\"1\u{b}2\",\u{7}\r\n".as_bytes()).unwrap();
        assert_eq!(read.text, "a,b\n\"1 2\",\n");
    }
}
