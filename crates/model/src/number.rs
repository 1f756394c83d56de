//! A person's telephone number: in one form however it was written, and redacted when it is printed.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, de};

/// A telephone number, or the handle of somebody who writes without one; empty when withheld.
///
/// One number has one form, so that it is found, matched, sent to, blocked and masked however a
/// carrier, a form or a person has written it: see [`Number::new`]. Reading one from a file or from
/// the log brings it to that form as well.
///
/// `Debug` and `Display` redact ([`Number::masked`]). Serialising keeps it whole,
/// because the log must; showing it whole to a person is [`Number::reveal`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Number(Arc<str>);

impl Number {
    /// A number from what a network, a form or a person gave.
    ///
    /// - Full-width and Chinese digits become digits; blanks, invisible characters and the visual
    ///   separators of RFC 3966 3 go.
    /// - A Chinese mobile number is its eleven digits, a landline number with an area code begins
    ///   with 0: `+86 138-1234-5678` is `13812345678`, `+86 371 6717 8888` is `037167178888`. A
    ///   prefix that chose a carrier (179xx) goes. A number of another country begins with `+`.
    /// - "anonymous" and its like, 匿名 and a number of zeros alone are the withheld number.
    /// - What has other letters is a handle, and stays as it is.
    pub fn new(text: &str) -> Number {
        let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
        match telephone(&visible) {
            Some(digits) if digits.bytes().all(|b| b == b'0') => Number::default(),
            Some(digits) => Number(in_one_form(digits).into()),
            None if is_withheld_word(visible.trim()) => Number::default(),
            None => Number(visible.trim().into()),
        }
    }

    /// Whether the caller withheld the number.
    pub fn is_withheld(&self) -> bool {
        self.0.is_empty()
    }

    /// The whole number. Whoever shows it to a person answers for it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The number as people see it who may not see it whole: `138****5678`; of six to ten digits only
    /// the last two; of a handle the first character. Up to five digits are services and seats (12345,
    /// 110, 1001) and stay whole. Empty for the withheld number.
    pub fn masked(&self) -> String {
        masked(&self.0)
    }

    /// Whether it is a mobile number of mainland China.
    pub fn is_chinese_mobile(&self) -> bool {
        is_mobile(&self.0)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_withheld() { f.write_str("withheld") } else { f.write_str(&self.masked()) }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Number, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a telephone number as text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
                Ok(Number::new(text))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// A digit in ASCII, full width or Chinese; 幺 is how people say one in a number.
pub fn digit(c: char) -> Option<char> {
    let place = match c {
        '0'..='9' => return Some(c),
        '０'..='９' => u32::from(c) - u32::from('０'),
        '〇' | '○' => 0,
        '幺' => 1,
        _ => "零一二三四五六七八九".chars().position(|known| known == c)? as u32,
    };
    char::from_digit(place, 10)
}

/// A character that shows nothing: blanks of any width, controls, marks of direction, and what is
/// put between words to join or part them.
pub fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}' | '\u{fffe}' | '\u{ffff}')
}

/// See [`Number::masked`].
pub fn masked(whole: &str) -> String {
    let chars: Vec<char> = whole.chars().collect();
    let part = |range: std::ops::Range<usize>| -> String {
        chars.get(range).unwrap_or_default().iter().collect()
    };
    let is_telephone = chars.iter().all(|c| c.is_ascii_digit() || TELEPHONE.contains(c));
    match chars.len() {
        0 => String::new(),
        _ if !is_telephone => format!("{}***", part(0..1)),
        1..=5 => whole.to_owned(),
        n @ 6..=10 => format!("****{}", part(n - 2..n)),
        n => format!("{}****{}", part(0..3), part(n - 4..n)),
    }
}

/// The digits and signs of a telephone number without what is only between them; `None` for a text
/// that is none.
fn telephone(visible: &str) -> Option<String> {
    let mut digits = String::with_capacity(visible.len());
    for c in visible.chars() {
        match c {
            _ if digit(c).is_some() => digits.extend(digit(c)),
            '+' | '＋' => digits.push('+'),
            '*' | '#' => digits.push(c),
            _ if SEPARATORS.contains(&c) => {}
            _ => return None,
        }
    }
    Some(digits)
}

fn in_one_form(digits: String) -> String {
    let abroad = digits.strip_prefix('+').or_else(|| digits.strip_prefix("00"));
    let of_china = match abroad {
        Some(rest) => rest.strip_prefix("86"),
        None => digits.strip_prefix("86"),
    };
    if let Some(national) = of_china.and_then(national) {
        return national;
    }
    match (abroad, digits.starts_with('+')) {
        (Some(rest), false) if rest.len() >= ABROAD_MIN && is_digits(rest) => format!("+{rest}"),
        (Some(_), _) => digits,
        (None, _) => without_prefix(&digits).map_or_else(|| digits.clone(), str::to_owned),
    }
}

/// A number behind the country's code 86, with or without the 0 of its area.
fn national(rest: &str) -> Option<String> {
    let bare = rest.strip_prefix('0').unwrap_or(rest);
    if is_mobile(bare) {
        return Some(bare.to_owned());
    }
    is_with_area(bare).then(|| format!("0{bare}"))
}

/// A mobile number behind the 0 that is dialled from elsewhere, or behind the choice of a carrier.
fn without_prefix(digits: &str) -> Option<&str> {
    let bare = digits.strip_prefix('0').or_else(|| {
        let carrier = digits.get(..CARRIER_DIGITS)?;
        carrier.starts_with("179").then(|| digits.get(CARRIER_DIGITS..))?
    })?;
    is_mobile(bare).then_some(bare)
}

fn is_mobile(digits: &str) -> bool {
    matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..]) && digits.len() == 11 && is_digits(digits)
}

/// An area code without its 0 (10, 2x, or three digits from 3 to 9), and seven or eight digits.
fn is_with_area(digits: &str) -> bool {
    let area = match digits.as_bytes() {
        [b'1', b'0', ..] | [b'2', ..] => 2,
        [b'3'..=b'9', ..] => 3,
        _ => return false,
    };
    matches!(digits.len().checked_sub(area), Some(7 | 8)) && is_digits(digits)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn is_withheld_word(text: &str) -> bool {
    WITHHELD.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// What networks and people write for a number that is not shown.
const WITHHELD: [&str; 11] = [
    "anonymous",
    "unavailable",
    "restricted",
    "unknown",
    "private",
    "withheld",
    "匿名",
    "未知",
    "隐藏",
    "不详",
    "无",
];
/// Visual separators (RFC 3966 3), and what Chinese input methods write for them.
const SEPARATORS: &[char] =
    &['-', '.', '(', ')', '/', '－', '—', '–', '‐', '‑', '．', '·', '（', '）'];
/// Signs in a number beside its digits.
const TELEPHONE: &[char] = &['+', '*', '#'];
/// The shortest number abroad, its country's code included.
const ABROAD_MIN: usize = 7;
/// `17951`, `17909`, `17911`: the carrier for a long-distance call.
const CARRIER_DIGITS: usize = 5;
