//! Urges (催办) of a matter: how often each source has urged, and how many of its urges count.

use std::{collections::BTreeMap, fmt};

use deadlines::clock::OverdueLevel;
pub use model::desk::{Urge, UrgeChannel, UrgeSource};
use model::{Timestamp, Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The urges of one source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UrgeCount {
    /// All urges.
    pub made: u32,
    /// Urges that count: those of a citizen count at most once a day.
    pub counted: u32,
    last: Option<Timestamp>,
}

/// The urges of one ticket or one assignment, by source: a fold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Urges {
    of: BTreeMap<UrgeSource, UrgeCount>,
    /// The highest level at which the engine has urged, so that it urges once at each level.
    system_level: OverdueLevel,
}

/// Why an urge is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrgeRefusal {
    /// The hub has urged this assignment today already (hotline.md 2.5d).
    OnceADay,
}

impl Urges {
    /// Whether this source may urge this assignment now. Only the hub is limited.
    pub fn check_urge(
        &self,
        source: UrgeSource,
        now: Timestamp,
        zone: Zone,
    ) -> Result<(), UrgeRefusal> {
        if source == UrgeSource::Hub && self.urged_on(source, now, zone) {
            return Err(UrgeRefusal::OnceADay);
        }
        Ok(())
    }

    /// Whether an urge of this source counts now; a citizen's counts once a day.
    pub fn counts(&self, source: UrgeSource, now: Timestamp, zone: Zone) -> bool {
        source != UrgeSource::Citizen || !self.urged_on(source, now, zone)
    }

    fn urged_on(&self, source: UrgeSource, now: Timestamp, zone: Zone) -> bool {
        self.count_of(source).last.is_some_and(|last| zone.date(last) == zone.date(now))
    }

    /// Applies an urge.
    pub fn apply(&mut self, at: Timestamp, urge: &Urge) {
        let tally = self.of.entry(urge.source).or_default();
        tally.made = tally.made.saturating_add(1);
        tally.counted = tally.counted.saturating_add(u32::from(urge.counts));
        tally.last = Some(at);
        if urge.source == UrgeSource::System {
            self.system_level = self.system_level.max(urge.level);
        }
    }

    /// The highest level at which the engine has urged.
    pub fn system_level(&self) -> OverdueLevel {
        self.system_level
    }

    /// The urges of one source.
    pub fn count_of(&self, source: UrgeSource) -> UrgeCount {
        self.of.get(&source).copied().unwrap_or_default()
    }

    /// The urges of all sources together: the number of events (hotline.md 2.8, invariant 4).
    pub fn total(&self) -> u32 {
        self.of.values().fold(0, |sum, tally| sum.saturating_add(tally.made))
    }
}

impl fmt::Display for UrgeRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UrgeRefusal::OnceADay => f.write_str("this assignment has been urged today"),
        }
    }
}

impl std::error::Error for UrgeRefusal {}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u64, hour: u64) -> Timestamp {
        // 2026-11-23T00:00+08:00 and later.
        Timestamp::from_micros((1_795_363_200 + day * 86_400 + hour * 3_600) * 1_000_000)
    }

    fn urge(urges: &mut Urges, at: Timestamp, source: UrgeSource) {
        let counts = urges.counts(source, at, Zone::CHINA);
        let (channel, level, text) = (UrgeChannel::Phone, OverdueLevel::O0, String::new());
        urges.apply(at, &Urge { source, channel, level, text, counts });
    }

    #[test]
    fn citizens_urges_count_once_a_day() {
        let mut urges = Urges::default();
        for hour in 8..18 {
            assert_eq!(urges.check_urge(UrgeSource::Citizen, at(0, hour), Zone::CHINA), Ok(()));
            urge(&mut urges, at(0, hour), UrgeSource::Citizen);
        }
        urge(&mut urges, at(1, 8), UrgeSource::Citizen);
        let tally = urges.count_of(UrgeSource::Citizen);
        assert_eq!((tally.made, tally.counted), (11, 2));
    }

    #[test]
    fn hub_urges_once_a_day() {
        let mut urges = Urges::default();
        urge(&mut urges, at(0, 9), UrgeSource::Hub);
        let again = urges.check_urge(UrgeSource::Hub, at(0, 23), Zone::CHINA);
        assert_eq!(again, Err(UrgeRefusal::OnceADay));
        assert_eq!(urges.check_urge(UrgeSource::Leader, at(0, 23), Zone::CHINA), Ok(()));
        assert_eq!(urges.check_urge(UrgeSource::Hub, at(1, 0), Zone::CHINA), Ok(()));
    }

    #[test]
    fn sources_are_counted_apart_and_together() {
        let mut urges = Urges::default();
        for source in UrgeSource::ALL {
            urge(&mut urges, at(0, 9), source);
            urge(&mut urges, at(0, 10), source);
        }
        assert_eq!(urges.total(), 10);
        assert_eq!(urges.count_of(UrgeSource::Citizen).counted, 1);
        assert_eq!(urges.count_of(UrgeSource::System).counted, 2);
    }
}
