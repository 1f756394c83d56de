//! Topics: three levels by code, with successors. A topic inherits from the one above it what it
//! does not say itself.

use std::collections::BTreeSet;

use model::{
    Date,
    desk::{Grade, Purpose, Topic, TopicId},
};

use super::Directory;

/// A topic on a day, with the values that it inherits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedTopic {
    /// Its names, from the first level down: `城市管理`, `市容环境`, `占道经营`.
    pub path: Vec<String>,
    /// The short name of the unit that usually handles it; empty when none is given.
    pub lead: String,
    /// Its usual grade.
    pub grade: Option<Grade>,
    /// The purposes that are allowed; empty when all are.
    pub purposes: Vec<Purpose>,
}

impl Directory {
    /// A topic and those above it, closest first: `110201`, `1102`, `11`.
    pub(super) fn topic_and_above(topic: &TopicId) -> impl Iterator<Item = TopicId> {
        let code = topic.as_str();
        let lengths = [6, 4, 2].into_iter();
        lengths.filter_map(|length| code.get(..length)).map(TopicId::from)
    }

    /// A topic on a day; `None` when it is not in use then.
    pub fn topic_on(&self, id: &TopicId, date: Date) -> Option<&Topic> {
        self.topics.get(id)?.on(date)
    }

    /// The topic itself while it is in use, or its successor. An unknown topic, or one with several
    /// successors, is returned as it is.
    pub fn current_topic(&self, id: &TopicId, date: Date) -> TopicId {
        let (mut at, mut seen) = (id.clone(), BTreeSet::new());
        while let Some(end) =
            self.topics.get(&at).filter(|t| t.has_ended(date)).and_then(|t| t.end())
        {
            match &end.successors[..] {
                [next] if seen.insert(at.clone()) => at = next.clone(),
                _ => break,
            }
        }
        at
    }

    /// A topic on a day, with the values that it inherits.
    pub fn resolve_topic(&self, id: &TopicId, date: Date) -> Option<ResolvedTopic> {
        self.topic_on(id, date)?;
        let chain: Vec<&Topic> = Directory::topic_and_above(id)
            .filter_map(|id| self.topics.get(&id)?.nearest(date))
            .collect();
        let lead = chain.iter().find(|topic| !topic.lead.is_empty());
        let purposes = chain.iter().find(|topic| !topic.purposes.is_empty());
        Some(ResolvedTopic {
            path: chain.iter().rev().map(|topic| topic.name.clone()).collect(),
            lead: lead.map(|topic| topic.lead.clone()).unwrap_or_default(),
            grade: chain.iter().find_map(|topic| topic.grade),
            purposes: purposes.map(|topic| topic.purposes.clone()).unwrap_or_default(),
        })
    }

    /// Whether a topic allows a purpose.
    pub fn allows_purpose(&self, topic: &TopicId, purpose: Purpose, date: Date) -> bool {
        let resolved = self.resolve_topic(topic, date);
        resolved.is_some_and(|topic| topic.purposes.is_empty() || topic.purposes.contains(&purpose))
    }
}
