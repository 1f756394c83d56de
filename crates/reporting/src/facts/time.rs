//! Times in four bytes: a year of a large city has a million tickets with a dozen times each.

use model::Timestamp;

/// A second since 1970, or never. Valid until 2106.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CompactTime(u32);

impl CompactTime {
    /// The event has not happened.
    pub const NEVER: CompactTime = CompactTime(0);

    /// Whether the event has happened.
    pub fn happened(self) -> bool {
        self != CompactTime::NEVER
    }

    /// The time; 1970-01-01 for never.
    pub fn time(self) -> Timestamp {
        Timestamp::from_micros(u64::from(self.0) * 1_000_000)
    }

    /// Seconds since `earlier`; 0 when that is later.
    pub fn since(self, earlier: CompactTime) -> u32 {
        self.0.saturating_sub(earlier.0)
    }
}

impl From<Timestamp> for CompactTime {
    fn from(at: Timestamp) -> CompactTime {
        // 0 means never, so the first second of 1970 becomes the next one.
        CompactTime(u32::try_from(at.micros() / 1_000_000).unwrap_or(u32::MAX).max(1))
    }
}

impl From<Option<Timestamp>> for CompactTime {
    fn from(at: Option<Timestamp>) -> CompactTime {
        at.map_or(CompactTime::NEVER, CompactTime::from)
    }
}

/// A time span; its end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeSpan {
    /// The first second.
    pub from: CompactTime,
    /// The first second after it.
    pub to: CompactTime,
}

impl TimeSpan {
    /// The shortest span that contains all these times; an empty span for none.
    pub fn around(moments: impl IntoIterator<Item = CompactTime>) -> TimeSpan {
        let none = TimeSpan { from: CompactTime(u32::MAX), to: CompactTime::NEVER };
        moments.into_iter().filter(|at| at.happened()).fold(none, |span, at| TimeSpan {
            from: span.from.min(at),
            to: span.to.max(CompactTime(at.0.saturating_add(1))),
        })
    }

    /// The last second of the span.
    pub fn last(&self) -> CompactTime {
        CompactTime(self.to.0.saturating_sub(1))
    }

    /// Whether the spans overlap.
    pub fn meets(&self, other: TimeSpan) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// Whether an event happened in the span.
    pub fn has(&self, at: CompactTime) -> bool {
        at.happened() && self.from <= at && at < self.to
    }
}
