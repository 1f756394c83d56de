//! How hard a demand is: A, B or C, by topic, difficulty and scope (REC-09, REC-10, REC-13).

use model::{
    Date,
    desk::{Difficulty, Grade, GradeKey, Scope, TopicId},
};
use serde::Serialize;

use super::Network;

/// A grade, and what gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct GradeDecision {
    /// Which.
    pub grade: Grade,
    /// What gave it.
    pub by: GradeSource,
}

/// What gave a grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GradeSource {
    /// A rule of the table.
    Rule(GradeKey),
    /// The row of the directory.
    Directory,
    /// The topic.
    Topic,
    /// Nobody said: an ordinary matter.
    Nobody,
}

impl Network {
    /// How hard it is. The rule with the closest topic wins, among those one that names the
    /// difficulty, then one that names the scope; without a rule what the directory's row says
    /// (`row`), then the topic, then B.
    pub fn grade(
        &self,
        topic: &TopicId,
        difficulty: Option<Difficulty>,
        scope: Option<Scope>,
        row: Option<Grade>,
        date: Date,
    ) -> GradeDecision {
        let topic = self.topic_now(topic, date);
        let topics = Network::topic_chain(&topic).map(Some).chain([None]);
        for topic in topics {
            for (difficulty, scope) in [(difficulty, scope), (difficulty, None), (None, scope)] {
                let key = GradeKey { topic: topic.clone(), difficulty, scope };
                if let Some(rule) = self.grades.get(&key).and_then(|rule| rule.on(date)) {
                    return GradeDecision { grade: rule.grade, by: GradeSource::Rule(key) };
                }
            }
        }
        let settled = || self.settle(&topic, date)?.grade;
        match (row, settled()) {
            (Some(grade), _) => GradeDecision { grade, by: GradeSource::Directory },
            (None, Some(grade)) => GradeDecision { grade, by: GradeSource::Topic },
            (None, None) => GradeDecision { grade: Grade::B, by: GradeSource::Nobody },
        }
    }
}
