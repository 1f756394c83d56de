//! Reads a moment as other programs write it: seconds, milliseconds or microseconds since 1970,
//! RFC 3339, or `2026-11-22 16:03:12` in the hotline's time zone.

use model::{Date, Timestamp, Zone};
use serde_json::Value;

/// The moment in a JSON value; `None` when the value is not a moment.
pub(crate) fn from_json(value: &Value, zone: Zone) -> Option<Timestamp> {
    match value {
        Value::Number(number) => number.as_u64().and_then(since_1970),
        Value::String(text) => from_text(text, zone),
        _ => None,
    }
}

/// The moment in a text; `None` when the text is not a moment.
pub(crate) fn from_text(text: &str, zone: Zone) -> Option<Timestamp> {
    match text.trim().parse::<u64>() {
        Ok(number) => since_1970(number),
        Err(_) => from_date_time(text.trim(), zone),
    }
}

/// The size of the number tells its unit, for any moment between 1973 and the year 5000.
fn since_1970(number: u64) -> Option<Timestamp> {
    let micros = match number {
        0..100_000_000 => return None,
        100_000_000..100_000_000_000 => number * 1_000_000,
        100_000_000_000..100_000_000_000_000 => number * 1_000,
        _ => number,
    };
    Some(Timestamp::from_micros(micros))
}

/// A date, a space or `T`, and a time of day, with or without seconds.
fn from_date_time(text: &str, zone: Zone) -> Option<Timestamp> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let (year, month, day) = spreadsheet::date(date)?;
    let date = Date::new(year, month, day)?;
    let digits = |c: char| c.is_ascii_digit() || c == ':';
    let time = rest.find(|c| !digits(c)).map_or(rest, |end| rest.split_at(end).0);
    let after = rest.get(time.len()..)?;
    let parts: Vec<&str> = time.split(':').collect();
    let (hour, minute, second) = match parts[..] {
        [hour, minute] => (hour, minute, "00"),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let number = |text: &str| (1..=2).contains(&text.len()).then(|| text.parse().ok()).flatten();
    let (hour, minute, second): (u32, u32, u32) = (number(hour)?, number(minute)?, number(second)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let fraction =
        after.strip_prefix('.').map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let zone = offset(fraction.unwrap_or(after), zone)?;
    Some(zone.moment(date, hour * 3_600 + minute * 60 + second))
}

/// The zone of `Z`, `+08:00` or `+0800`; the hotline's own when the text is empty. A plus sign that
/// was not escaped in a URL arrives as a space.
fn offset(text: &str, ours: Zone) -> Option<Zone> {
    if text.is_empty() {
        return Some(ours);
    }
    if matches!(text, "Z" | "z") {
        return Some(Zone { east_s: 0 });
    }
    let (sign, rest) = match text.strip_prefix(['+', ' ']) {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None => (rest.get(..2)?, rest.get(2..)?),
    };
    let number = |text: &str| (text.len() == 2).then(|| text.parse::<u32>().ok()).flatten();
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let seconds = i32::try_from(hours * 3_600 + minutes * 60).ok()?;
    (hours < 24 && minutes < 60).then_some(Zone { east_s: sign * seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moment_is_read_in_every_supported_form() {
        let moment = Some(Timestamp::from_micros(1_795_334_592_000_000));
        for value in [
            Value::from(1_795_334_592u64),
            Value::from(1_795_334_592_000u64),
            Value::from(1_795_334_592_000_000u64),
            Value::from("1795334592"),
            Value::from("2026-11-22T08:03:12Z"),
            Value::from("2026-11-22T16:03:12.345+08:00"),
            Value::from("2026-11-22 16:03:12"),
            Value::from("2026/11/22 16:03:12"),
            Value::from("2026-11-22T16:03:12+0800"),
            Value::from("2026-11-22T16:03:12 08:00"),
        ] {
            assert_eq!(from_json(&value, Zone::CHINA), moment, "{value}");
        }
    }

    #[test]
    fn moment_without_seconds_is_read() {
        let moment = Zone::CHINA.moment(Date { year: 2026, month: 1, day: 5 }, 9 * 3_600);
        for text in ["2026/1/5 9:00", "2026-01-05 09:00", "2026-01-05T09:00:00"] {
            assert_eq!(from_json(&Value::from(text), Zone::CHINA), Some(moment), "{text}");
        }
    }

    #[test]
    fn other_text_is_not_a_moment() {
        for text in [
            "",
            "now",
            "2026/1/5 9",
            "2026-01-05 9:00:00 x",
            "2026-01-05 9:00+8",
            "2026-02-30 00:00:00",
            "2026-11-22",
            "2026-11-22T25:00:00Z",
            "七",
            "12",
        ] {
            assert_eq!(from_json(&Value::from(text), Zone::CHINA), None, "{text}");
        }
    }
}
