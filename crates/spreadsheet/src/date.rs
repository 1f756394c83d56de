//! Dates as people and spreadsheet programs write them.

/// Year, month and day of `2026-11-02`, `2026/11/2` or `2026年11月2日`; `None` for anything else.
/// The caller checks whether the day exists.
pub fn date(text: &str) -> Option<(i32, u8, u8)> {
    let text = text.trim();
    let chinese = text.strip_suffix('日');
    let parts: Vec<&str> = match chinese {
        Some(rest) => {
            let (year, rest) = rest.split_once('年')?;
            let (month, day) = rest.split_once('月')?;
            vec![year, month, day]
        }
        None => {
            let between = if text.contains('/') { '/' } else { '-' };
            text.split(between).collect()
        }
    };
    let [year, month, day] = parts[..] else { return None };
    let number = |part: &str, digits: std::ops::RangeInclusive<usize>| {
        let fits = digits.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| part.parse::<u16>().ok()).flatten()
    };
    let (month, day) = (number(month, 1..=2)?, number(day, 1..=2)?);
    Some((i32::from(number(year, 4..=4)?), u8::try_from(month).ok()?, u8::try_from(day).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_formats_are_recognized() {
        for text in ["2026-11-02", "2026/11/2", " 2026/11/02 ", "2026年11月2日", "2026-11-2"] {
            assert_eq!(date(text), Some((2026, 11, 2)), "{text}");
        }
        for text in ["", "2026-11", "26/11/02", "2026-11-02-1", "2026/11-02", "2026-011-2", "x/1/2"]
        {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
