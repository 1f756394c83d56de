//! The time range of figures by quarter hours.

use model::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

/// A time range in a query.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimeRange {
    /// The first moment, in microseconds since 1970. Default: local midnight.
    from: Option<u64>,
    /// The first moment after the range, in microseconds since 1970. Default: now.
    to: Option<u64>,
    /// Whether the answer contains the quarter hours beside their sums.
    #[serde(default)]
    pub(crate) quarters: bool,
}

impl TimeRange {
    /// The first moment; `None`: local midnight.
    pub(crate) fn from(&self) -> Option<Timestamp> {
        self.from.map(Timestamp::from_micros)
    }

    /// The first moment after the range, at most now.
    pub(crate) fn to(&self, now: Timestamp) -> Timestamp {
        self.to.map_or(now, Timestamp::from_micros).min(now)
    }
}
