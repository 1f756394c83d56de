//! Checks of the topics: three levels, each below a topic that exists.

use model::desk::TopicId;

use super::{
    Found, Network, Table, days, row, row_on, when,
    words::{BASIS_CHARS_MAX, NAME_CHARS_MAX},
};

const T: Table = Table::Topics;

pub(super) fn check(network: &Network, found: &mut Found) {
    found.check_size(T, network.topics.len(), TOPICS_MAX);
    for (id, topic) in &network.topics {
        let is_there = |id: &_, date| network.topic_on(id, date).is_some();
        found.check_dates(T, id, topic, is_there);
        let code = id.as_str();
        let is_code = matches!(code.len(), 2 | 4 | 6) && code.bytes().all(|b| b.is_ascii_digit());
        for (from, version) in topic.versions() {
            let row = row(id, from);
            if !is_code {
                let what = format!("{code:?} is no code of a topic");
                found.add(T, &row, "code", what, "write two, four or six digits");
            }
            found.name((T, &row, "name"), &version.now.name);
            found.text((T, &row, "english"), &version.now.english, NAME_CHARS_MAX);
            found.text((T, &row, "lead"), &version.now.lead, NAME_CHARS_MAX);
            found.text((T, &row, "basis"), &version.basis, BASIS_CHARS_MAX);
        }
        let above = code.len().checked_sub(2).and_then(|length| code.get(..length));
        let Some(above) = above.filter(|above| is_code && !above.is_empty()) else { continue };
        let above = TopicId::from(above);
        let turns = network.topics.get(&above).into_iter().flat_map(|topic| topic.turns());
        for date in days(topic, turns) {
            if network.topic_on(&above, date).is_none() {
                let what = format!("there is no topic {above} {}", when(date));
                let row = row_on(id, topic, date);
                found.add(T, &row, "code", what, "write the topic above it too");
            }
        }
    }
}

/// The shipped table has 20 + 104 + 239 topics.
const TOPICS_MAX: usize = 5_000;
