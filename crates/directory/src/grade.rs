//! The grade of a demand, A, B or C, by topic, difficulty and scope (REC-09 grades, REC-10 grade by
//! kind and difficulty, REC-13 impact scope).

use model::{
    Date,
    desk::{Difficulty, Grade, GradeKey, Scope, TopicId},
};
use serde::Serialize;

use super::Directory;

/// A grade and its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct GradeDecision {
    /// The grade.
    pub grade: Grade,
    /// Its source.
    pub by: GradeSource,
}

/// The source of a grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GradeSource {
    /// A rule of the table of grades.
    Rule(GradeKey),
    /// The row of the table of routes.
    #[serde(rename = "directory")]
    Route,
    /// The topic.
    Topic,
    /// None of these: the grade is B, an ordinary matter.
    #[serde(rename = "nobody")]
    Default,
}

impl Directory {
    /// The grade of a demand. The rule with the closest topic is used; among those, one that names
    /// the difficulty comes before one that names only the scope. Without a rule, the grade is that
    /// of the directory's row (`row`), else the topic's, else B.
    pub fn grade(
        &self,
        topic: &TopicId,
        difficulty: Option<Difficulty>,
        scope: Option<Scope>,
        row: Option<Grade>,
        date: Date,
    ) -> GradeDecision {
        let topic = self.current_topic(topic, date);
        let topics = Directory::topic_and_above(&topic).map(Some).chain([None]);
        for topic in topics {
            for (difficulty, scope) in [(difficulty, scope), (difficulty, None), (None, scope)] {
                let key = GradeKey { topic: topic.clone(), difficulty, scope };
                if let Some(rule) = self.grades.get(&key).and_then(|rule| rule.on(date)) {
                    return GradeDecision { grade: rule.grade, by: GradeSource::Rule(key) };
                }
            }
        }
        let resolved = || self.resolve_topic(&topic, date)?.grade;
        match (row, resolved()) {
            (Some(grade), _) => GradeDecision { grade, by: GradeSource::Route },
            (None, Some(grade)) => GradeDecision { grade, by: GradeSource::Topic },
            (None, None) => GradeDecision { grade: Grade::B, by: GradeSource::Default },
        }
    }
}
