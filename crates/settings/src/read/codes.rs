//! `[feature_codes]`: the codes that a seat's phone dials to change its state.

use std::{collections::BTreeMap, time::Duration};

use model::NotReadyReason;
use switch::Features;

use crate::{
    keys::{
        Key,
        feature_codes::{
            LOGIN, LOGOUT, NOT_READY, READY, REASONS, WRAP_UP_EXTEND, WRAP_UP_EXTEND_BY,
        },
    },
    kinds,
    page::{Table, Value, nearest},
};

pub(super) fn read(t: &Table<'_>) -> Option<Features> {
    let codes = CODES.map(|key| t.read(&key, code));
    let by = t.read(&WRAP_UP_EXTEND_BY, kinds::duration(Duration::from_secs(5)..=HOUR));
    let reasons = t.read(&REASONS, reasons);
    for (i, (key, code)) in CODES.iter().zip(&codes).enumerate() {
        // A code is complete when its last key is pressed, so no code may be the start of another.
        let longer = CODES.iter().zip(&codes).enumerate().find(|(j, (_, longer))| {
            let (Some(code), Some(longer)) = (code, longer) else { return false };
            // Two equal codes are reported once.
            let counts = if code == longer { *j > i } else { longer.starts_with(code.as_str()) };
            !code.is_empty() && counts
        });
        if let Some((_, (other, _))) = longer {
            let what = format!("the code of {} begins with this one", other.name);
            t.wrong(key.name, what, "choose codes of which none begins with another");
        }
    }
    let [login, logout, ready, not_ready, wrap_up_extend] = codes;
    Some(Features {
        log_in: login?,
        log_out: logout?,
        ready: ready?,
        not_ready: not_ready?,
        reasons: reasons?,
        extend: wrap_up_extend?,
        extend_by: by?,
    })
}

fn code(v: &Value<'_>) -> Option<String> {
    let text = kinds::text(v)?;
    let keys = text.bytes().all(|b| b.is_ascii_digit() || b == b'*' || b == b'#');
    // Numbers without a mark are those of seats and lines.
    let marked = text.is_empty() || text.starts_with(['*', '#']) && text.len() > 1;
    if keys && marked && text.len() <= CODE_KEYS_MAX {
        return Some(text);
    }
    v.wrong(
        format!("\"{text}\" is not a feature code"),
        "write * or #, then digits: \"*71\"; \"\" switches it off",
    )
}

fn reasons(v: &Value<'_>) -> Option<BTreeMap<char, NotReadyReason>> {
    let Some(entries) = v.entries() else { return v.not_a("a table", "{ 1 = \"break\" }") };
    let read: Vec<Option<(char, NotReadyReason)>> = entries
        .iter()
        .map(|(digit, at)| {
            let (digit, reason) = (one_digit(at, digit), reason(at));
            digit.zip(reason)
        })
        .collect();
    read.into_iter().collect()
}

fn one_digit(v: &Value<'_>, text: &str) -> Option<char> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(digit), None) if digit.is_ascii_digit() => Some(digit),
        _ => v.wrong(format!("\"{text}\" is not one digit"), "write 0 to 9"),
    }
}

fn reason(v: &Value<'_>) -> Option<NotReadyReason> {
    let word = kinds::text(v)?;
    NotReadyReason::by_person(&word).or_else(|| {
        let right = match nearest(&word, REASON_WORDS.into_iter()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("known: {}", REASON_WORDS.join(", ")),
        };
        v.wrong(format!("there is no reason \"{word}\""), right)
    })
}

const CODES: [Key; 5] = [LOGIN, LOGOUT, READY, NOT_READY, WRAP_UP_EXTEND];
const HOUR: Duration = Duration::from_secs(3_600);
/// The longest code, in keys.
const CODE_KEYS_MAX: usize = 8;
/// The words that [`NotReadyReason::by_person`] knows.
const REASON_WORDS: [&str; 8] =
    ["break", "meal", "training", "meeting", "coaching", "admin", "outbound", "leader"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offered_reason_is_known() {
        assert!(REASON_WORDS.iter().all(|word| NotReadyReason::by_person(word).is_some()));
    }
}
