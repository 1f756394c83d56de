//! Checks of the topics: three levels, each below a topic that exists.

use model::desk::TopicId;

use super::{
    Directory, FaultCollector, Table, date_text, dates_to_check, row_name_on,
    texts::{BASIS_CHARS_MAX, NAME_CHARS_MAX},
};
use crate::row_name::row_name;

const TABLE: Table = Table::Topics;

pub(super) fn check(directory: &Directory, faults: &mut FaultCollector) {
    faults.check_size(TABLE, directory.topics.len(), TOPICS_MAX);
    for (id, topic) in &directory.topics {
        let exists_on = |id: &_, date| directory.topic_on(id, date).is_some();
        faults.check_dates(TABLE, id, topic, exists_on);
        let code = id.as_str();
        let is_code = matches!(code.len(), 2 | 4 | 6) && code.bytes().all(|b| b.is_ascii_digit());
        for (from, version) in topic.versions() {
            let row = row_name(id, from);
            if !is_code {
                let what = format!("{code:?} is not the code of a topic");
                faults.add(TABLE, &row, "code", what, "write two, four or six digits");
            }
            faults.name((TABLE, &row, "name"), &version.now.name);
            faults.text((TABLE, &row, "english"), &version.now.english, NAME_CHARS_MAX);
            faults.text((TABLE, &row, "lead"), &version.now.lead, NAME_CHARS_MAX);
            faults.text((TABLE, &row, "basis"), &version.basis, BASIS_CHARS_MAX);
        }
        let above = code.len().checked_sub(2).and_then(|length| code.get(..length));
        let Some(above) = above.filter(|above| is_code && !above.is_empty()) else { continue };
        let above = TopicId::from(above);
        let change_dates =
            directory.topics.get(&above).into_iter().flat_map(|topic| topic.change_dates());
        for date in dates_to_check(topic, change_dates) {
            if directory.topic_on(&above, date).is_none() {
                let what = format!("there is no topic {above} {}", date_text(date));
                let row = row_name_on(id, topic, date);
                faults.add(TABLE, &row, "code", what, "write the topic above it, too");
            }
        }
    }
}

/// The shipped table has 20 + 104 + 239 topics.
const TOPICS_MAX: usize = 5_000;
