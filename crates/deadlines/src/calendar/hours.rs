//! The office hours in which clocks of working hours run.

use std::fmt;

/// The spans of a working day, in seconds since local midnight, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeHours(Vec<(u32, u32)>);

/// Why spans are not valid office hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfficeHoursFault {
    /// The number of spans is zero or greater than [`OfficeHours::SPANS_MAX`].
    Count(usize),
    /// A span ends before it begins, or after midnight.
    Backward(u32, u32),
    /// A span begins before the previous one ends.
    Overlap(u32),
}

impl OfficeHours {
    /// The most spans of a day, enough for a day with breaks.
    pub const SPANS_MAX: usize = 8;

    /// Office hours from spans in order.
    ///
    /// # Errors
    /// The number of spans is out of range, or a span is backward or overlaps.
    pub fn new(spans: Vec<(u32, u32)>) -> Result<OfficeHours, OfficeHoursFault> {
        if spans.is_empty() || spans.len() > OfficeHours::SPANS_MAX {
            return Err(OfficeHoursFault::Count(spans.len()));
        }
        let mut free_from = 0;
        for &(open, close) in &spans {
            if open >= close || close > DAY_S {
                return Err(OfficeHoursFault::Backward(open, close));
            }
            if open < free_from {
                return Err(OfficeHoursFault::Overlap(open));
            }
            free_from = close;
        }
        Ok(OfficeHours(spans))
    }

    /// The spans in which offices are open, in seconds since midnight.
    pub fn spans(&self) -> &[(u32, u32)] {
        &self.0
    }

    /// The time at which offices close for the day, in seconds since midnight.
    pub fn close(&self) -> u32 {
        self.0.last().map_or(DAY_S, |span| span.1)
    }
}

/// 08:30 to 12:00 and 14:00 to 18:00. The closing time is that of hotline.md 2.5b; the others are
/// our choice.
impl Default for OfficeHours {
    fn default() -> OfficeHours {
        OfficeHours(vec![(8 * HOUR + HOUR / 2, 12 * HOUR), (14 * HOUR, 18 * HOUR)])
    }
}

impl fmt::Display for OfficeHoursFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OfficeHoursFault::Count(n) => {
                write!(f, "{n} spans in a day; write 1 to {}", OfficeHours::SPANS_MAX)
            }
            OfficeHoursFault::Backward(open, close) => {
                write!(f, "{open} s to {close} s is not a span within a day")
            }
            OfficeHoursFault::Overlap(open) => {
                write!(f, "the span from {open} s begins before the previous span ends")
            }
        }
    }
}

impl std::error::Error for OfficeHoursFault {}

const HOUR: u32 = 3_600;
const DAY_S: u32 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_office_hours_are_refused() {
        assert_eq!(OfficeHours::new(vec![]), Err(OfficeHoursFault::Count(0)));
        assert_eq!(OfficeHours::new(vec![(0, 1); 9]), Err(OfficeHoursFault::Count(9)));
        assert_eq!(OfficeHours::new(vec![(9, 9)]), Err(OfficeHoursFault::Backward(9, 9)));
        assert_eq!(
            OfficeHours::new(vec![(0, DAY_S + 1)]),
            Err(OfficeHoursFault::Backward(0, DAY_S + 1))
        );
        assert_eq!(OfficeHours::new(vec![(0, 9), (8, 10)]), Err(OfficeHoursFault::Overlap(8)));
        assert!(OfficeHours::new(vec![(0, 9), (9, DAY_S)]).is_ok());
        assert!(OfficeHours::new(OfficeHours::default().spans().to_vec()).is_ok());
    }
}
