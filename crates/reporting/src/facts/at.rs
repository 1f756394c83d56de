//! Moments in four bytes: a year of a large city is a million tickets, and each has a dozen of them.

use model::Timestamp;

/// A second since 1970, or never. Good until 2106.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct At(u32);

impl At {
    /// It has not happened.
    pub const NEVER: At = At(0);

    /// Whether it has happened.
    pub fn happened(self) -> bool {
        self != At::NEVER
    }

    /// The moment; 1970 when it never happened.
    pub fn time(self) -> Timestamp {
        Timestamp::from_micros(u64::from(self.0) * 1_000_000)
    }

    /// Seconds from `earlier` to here; 0 when that is later.
    pub fn since(self, earlier: At) -> u32 {
        self.0.saturating_sub(earlier.0)
    }
}

impl From<Timestamp> for At {
    fn from(at: Timestamp) -> At {
        // Only 1970's first second would be taken for never.
        At(u32::try_from(at.micros() / 1_000_000).unwrap_or(u32::MAX).max(1))
    }
}

impl From<Option<Timestamp>> for At {
    fn from(at: Option<Timestamp>) -> At {
        at.map_or(At::NEVER, At::from)
    }
}

/// A stretch of time, its end not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first second.
    pub from: At,
    /// The first second after it.
    pub to: At,
}

impl Span {
    /// The shortest stretch that has all of these moments; of none, one that has nothing.
    pub fn around(moments: impl IntoIterator<Item = At>) -> Span {
        let none = Span { from: At(u32::MAX), to: At::NEVER };
        moments.into_iter().filter(|at| at.happened()).fold(none, |span, at| Span {
            from: span.from.min(at),
            to: span.to.max(At(at.0.saturating_add(1))),
        })
    }

    /// The last second in it.
    pub fn last(&self) -> At {
        At(self.to.0.saturating_sub(1))
    }

    /// Whether a second is in both.
    pub fn meets(&self, other: Span) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// Whether something happened in it.
    pub fn has(&self, at: At) -> bool {
        at.happened() && self.from <= at && at < self.to
    }
}
