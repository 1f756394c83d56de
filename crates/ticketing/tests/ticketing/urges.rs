//! The counts of urges by source.

use std::{collections::BTreeMap, time::Duration};

use deadlines::clock::OverdueLevel;
use model::{Timestamp, Zone};
use proptest::prelude::*;
use ticketing::urge::{Urge, UrgeChannel, UrgeSource, Urges};

use crate::common::at;

fn moment(seconds: u64) -> Timestamp {
    at("2009-01-01") + Duration::from_secs(seconds)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The count of urges is the number of events, by source and in total (invariant 4). Urges of
    /// citizens count once a day.
    #[test]
    fn urges_are_counted_one_by_one(events in prop::collection::vec((0..5_usize, 0..500_000_u64), 0..60)) {
        let mut events = events;
        events.sort_by_key(|(_, at)| *at);
        let mut urges = Urges::default();
        let mut days: BTreeMap<UrgeSource, Vec<_>> = BTreeMap::new();
        for (source, after) in &events {
            let source = UrgeSource::ALL[*source];
            let counts = urges.counts(source, moment(*after), Zone::CHINA);
            let (channel, level, text) = (UrgeChannel::Sms, OverdueLevel::O0, String::new());
            urges.apply(moment(*after), &Urge { source, channel, level, text, counts });
            days.entry(source).or_default().push(Zone::CHINA.date(moment(*after)));
        }
        prop_assert_eq!(urges.total() as usize, events.len());
        for source in UrgeSource::ALL {
            let mut of = days.remove(&source).unwrap_or_default();
            prop_assert_eq!(urges.count_of(source).made as usize, of.len());
            if source == UrgeSource::Citizen {
                of.dedup();
            }
            prop_assert_eq!(urges.count_of(source).counted as usize, of.len());
        }
    }
}
