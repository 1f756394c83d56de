//! From when to when figures by quarter hours are asked for.

use model::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Span {
    /// In microseconds since 1970; the quarters that begin from here on. Default: local midnight.
    from: Option<u64>,
    /// Up to here. Default: now.
    to: Option<u64>,
    /// Whether to tell the quarters, too.
    #[serde(default)]
    pub(super) quarters: bool,
}

impl Span {
    /// `None`: local midnight.
    pub(super) fn from(&self) -> Option<Timestamp> {
        self.from.map(Timestamp::from_micros)
    }

    /// Not after now.
    pub(super) fn to(&self, now: Timestamp) -> Timestamp {
        self.to.map_or(now, Timestamp::from_micros).min(now)
    }
}
