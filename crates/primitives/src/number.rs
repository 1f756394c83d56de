//! A person's telephone number: in one form however it was written, and redacted when it is printed.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, de};

/// A telephone number, or the handle of a person who writes without one; empty when withheld.
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
    /// - An extension is kept behind 转, since a person has to dial it: `0371-67178888 转 8001`,
    ///   `67178888-8001` and `67178888 ext. 8001` end in `67178888转8001`. Comparisons of
    ///   numbers ignore it ([`Number::subscriber`]).
    /// - A text with other letters is a handle, and stays as it is.
    ///
    /// A landline number without its area code stays so: which area is meant only the hotline knows
    /// ([`Number::spellings`]).
    pub fn new(text: &str) -> Number {
        let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
        if let Some(number) = with_extension(&visible) {
            return number;
        }
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

    /// The whole number. Only code that has checked the reader's rights may show it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The number for readers who may not see it whole: `138****5678`; of six to ten digits only
    /// the last two; of a handle the first character. Up to five digits are services and seats (12345,
    /// 110, 1001) and stay whole. Empty for the withheld number.
    pub fn masked(&self) -> String {
        masked(&self.0)
    }

    /// The number without its extension: the subscriber is the same.
    pub fn subscriber(&self) -> Number {
        match before_extension(&self.0) {
            Some(subscriber) => Number(subscriber.into()),
            None => self.clone(),
        }
    }

    /// Whether the number matches a pattern, which may have a `*` at its start or its end for any
    /// digits.
    pub fn is_covered_by(&self, pattern: &str) -> bool {
        match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
            (Some(""), _) => true,
            (Some(tail), _) => self.0.ends_with(tail),
            (None, Some(head)) => self.0.starts_with(head),
            (None, None) => pattern == &*self.0,
        }
    }

    /// The forms under which this number may be on record, itself first, without its extension: a
    /// landline number of the hotline's own area comes with the area code from one carrier and
    /// without it from another.
    pub fn spellings(&self, home: &AreaCode) -> Vec<Number> {
        let number = self.subscriber();
        let other = home.other_spelling(&number.0);
        std::iter::once(number).chain(other.map(|text| Number(text.into()))).collect()
    }

    /// Whether both are the same telephone. A withheld number equals no number, not even itself.
    pub fn is_same(&self, other: &Number, home: &AreaCode) -> bool {
        !self.is_withheld() && self.spellings(home).contains(&other.subscriber())
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
    // Without the extension, which would identify one person of an organisation.
    let whole = before_extension(whole).unwrap_or(whole);
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

/// The part before the extension of a normalized number; `None` when there is no extension.
fn before_extension(whole: &str) -> Option<&str> {
    let (subscriber, extension) = whole.split_once(EXTENSION)?;
    let is_number = |text: &str| !text.is_empty() && is_digits(text);
    (is_number(subscriber) && is_number(extension)).then_some(subscriber)
}

/// A landline number and the extension behind it; `None` when there is none.
fn with_extension(visible: &str) -> Option<Number> {
    let lower = visible.to_lowercase();
    let marked = EXTENSION_MARKS.iter().find_map(|mark| lower.split_once(mark));
    // A dash parts a number as well, so it counts only behind a number that is whole.
    let (before, behind) = match marked {
        Some(parts) => parts,
        None => lower.rsplit_once(['-', '－', '—', '–'])?,
    };
    let subscriber = in_one_form(telephone(before)?);
    let extension = telephone(behind.trim_start_matches(['.', ':', '：']))?;
    let fits = (1..=EXTENSION_DIGITS_MAX).contains(&extension.len()) && is_digits(&extension);
    let is_landline =
        is_local(&subscriber) || subscriber.strip_prefix('0').is_some_and(is_with_area);
    (fits && is_landline).then(|| Number(format!("{subscriber}{EXTENSION}{extension}").into()))
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

/// A landline number as it is dialled within its area: seven or eight digits from 2 to 9 on. 400 and
/// 800 are numbers of the whole country.
fn is_local(digits: &str) -> bool {
    matches!(digits.len(), 7 | 8)
        && is_digits(digits)
        && matches!(digits.as_bytes(), [b'2'..=b'9', ..])
        && !digits.starts_with("400")
        && !digits.starts_with("800")
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// The area of a hotline, by which a landline number without an area code is the same as one with it;
/// the default is none, and then the two are two numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaCode(Option<Arc<str>>);

/// A text that is not an area code of mainland China.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadAreaCode;

impl fmt::Display for BadAreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an area code is 010, 02x or four digits from 03 to 09")
    }
}

impl std::error::Error for BadAreaCode {}

impl FromStr for AreaCode {
    type Err = BadAreaCode;

    /// Empty for none.
    fn from_str(text: &str) -> Result<AreaCode, BadAreaCode> {
        if text.is_empty() {
            return Ok(AreaCode::default());
        }
        let is_code =
            matches!(text.as_bytes(), b"010" | [b'0', b'2', _] | [b'0', b'3'..=b'9', _, _])
                && is_digits(text);
        is_code.then(|| AreaCode(Some(text.into()))).ok_or(BadAreaCode)
    }
}

impl TryFrom<String> for AreaCode {
    type Error = BadAreaCode;

    fn try_from(text: String) -> Result<AreaCode, BadAreaCode> {
        text.parse()
    }
}

impl From<AreaCode> for String {
    fn from(code: AreaCode) -> String {
        code.0.as_deref().unwrap_or_default().to_owned()
    }
}

impl AreaCode {
    /// A landline number of this area with the area code when it has none, and without it when it has
    /// one.
    fn other_spelling(&self, digits: &str) -> Option<String> {
        let code = self.0.as_deref()?;
        if is_local(digits) {
            return Some(format!("{code}{digits}"));
        }
        digits.strip_prefix(code).filter(|rest| is_local(rest)).map(str::to_owned)
    }
}

fn is_withheld_word(text: &str) -> bool {
    WITHHELD.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// The words that networks and people use for a withheld number.
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
/// The mark before an extension in the normalized form.
const EXTENSION: char = '转';
/// The marks people write before an extension; longer ones first.
const EXTENSION_MARKS: [&str; 8] =
    ["转分机", "分机", "转接", "转", "轉", ";ext=", "extension", "ext"];
/// An internal extension has up to six digits.
const EXTENSION_DIGITS_MAX: usize = 6;
/// Signs in a number beside its digits.
const TELEPHONE: &[char] = &['+', '*', '#'];
/// The shortest number abroad, its country's code included.
const ABROAD_MIN: usize = 7;
/// `17951`, `17909`, `17911`: the carrier for a long-distance call.
const CARRIER_DIGITS: usize = 5;
