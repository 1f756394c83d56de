//! A moment as senders write it: seconds, milliseconds or microseconds since 1970, RFC 3339,
//! or `2026-11-22 16:03:12` by the wall.

use model::{Date, Timestamp, Zone};
use serde_json::Value;

/// The moment; `None` when it cannot be read or is none.
pub(super) fn read(value: &Value, zone: Zone) -> Option<Timestamp> {
    match value {
        Value::Number(number) => number.as_u64().and_then(since_1970),
        Value::String(text) => match text.trim().parse::<u64>() {
            Ok(number) => since_1970(number),
            Err(_) => written(text.trim(), zone),
        },
        _ => None,
    }
}

/// The size of the number says its unit, for any moment between 1973 and the year 5000.
fn since_1970(number: u64) -> Option<Timestamp> {
    let micros = match number {
        0..100_000_000 => return None,
        100_000_000..100_000_000_000 => number * 1_000_000,
        100_000_000_000..100_000_000_000_000 => number * 1_000,
        _ => number,
    };
    Some(Timestamp::from_micros(micros))
}

fn written(text: &str, zone: Zone) -> Option<Timestamp> {
    let (date, rest) = (text.get(..10)?, text.get(10..)?);
    let [year, month, day] = numbers::<3>(date, '-')?;
    let date =
        Date::new(i32::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let [hour, minute, second] = numbers::<3>(rest.get(..8)?, ':')?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let fraction = rest.get(8..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let zone = offset(fraction, zone)?;
    Some(zone.moment(date, hour * 3_600 + minute * 60 + second))
}

/// `Z`, `+08:00`, or nothing: the hotline's own.
fn offset(text: &str, ours: Zone) -> Option<Zone> {
    if text.is_empty() {
        return Some(ours);
    }
    if matches!(text, "Z" | "z") {
        return Some(Zone { east_s: 0 });
    }
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let [hours, minutes] = numbers::<2>(rest, ':')?;
    let seconds = i32::try_from(hours * 3_600 + minutes * 60).ok()?;
    (hours < 24 && minutes < 60).then_some(Zone { east_s: sign * seconds })
}

/// So many numbers with this between them.
fn numbers<const N: usize>(text: &str, between: char) -> Option<[u32; N]> {
    let read: Option<Vec<u32>> = text.split(between).map(|part| part.parse().ok()).collect();
    read?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moment_is_written_in_many_ways() {
        let moment = Some(Timestamp::from_micros(1_795_334_592_000_000));
        for value in [
            Value::from(1_795_334_592u64),
            Value::from(1_795_334_592_000u64),
            Value::from(1_795_334_592_000_000u64),
            Value::from("1795334592"),
            Value::from("2026-11-22T08:03:12Z"),
            Value::from("2026-11-22T16:03:12.345+08:00"),
            Value::from("2026-11-22 16:03:12"),
        ] {
            assert_eq!(read(&value, Zone::CHINA), moment, "{value}");
        }
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in
            ["", "now", "2026-02-30 00:00:00", "2026-11-22", "2026-11-22T25:00:00Z", "七", "12"]
        {
            assert_eq!(read(&Value::from(text), Zone::CHINA), None, "{text}");
        }
    }
}
