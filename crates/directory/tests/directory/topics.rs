//! Topics with successors, and the table of grades.

use directory::{GradeSource, RouteReason};
use model::desk::{Difficulty, DirectoryChange, Grade, Purpose, Revision, Scope, TopicId};

use crate::common::{day, faults, lawful, query, shipped, unit};

#[test]
fn topic_inherits_from_topics_above() {
    let (directory, date) = (shipped(), day("2013-04-25"));
    let topic = directory.resolve_topic(&TopicId::from("010101"), date).expect("a topic");
    assert_eq!(topic.path, ["城市管理", "市容环境", "占道经营"]);
    assert_eq!((topic.lead.as_str(), topic.grade), ("城管局", Some(Grade::B)));
    assert!(directory.allows_purpose(&TopicId::from("010101"), Purpose::Complaint, date));
    assert!(directory.allows_purpose(&TopicId::from("200201"), Purpose::Praise, date));
    assert!(!directory.allows_purpose(&TopicId::from("200201"), Purpose::Complaint, date));
    assert!(!directory.allows_purpose(&TopicId::from("999999"), Purpose::Complaint, date));
}

#[test]
fn ended_topic_is_routed_as_its_successor() {
    let end = Revision::Ended {
        last: day("2019-12-31"),
        successors: vec![TopicId::from("060101")],
        basis: String::new(),
    };
    let directory = lawful(shipped(), &[DirectoryChange::Topic(TopicId::from("130302"), end)]);
    let lead = |date| directory.route(&query("130302", "410103"), day(date)).expect("a route");
    assert_eq!(lead("2019-12-31").lead, unit("410100-113"));
    let after = lead("2020-01-01");
    assert_eq!(after.lead, unit("410100-108"));
    let moved =
        RouteReason::TopicMoved { from: TopicId::from("130302"), to: TopicId::from("060101") };
    assert_eq!(after.reasons[0], moved);
    assert_eq!(after.quick_kind.as_deref(), Some("Q12"));
}

#[test]
fn topic_with_topics_below_cannot_end() {
    let end = Revision::Ended { last: day("2019-12-31"), successors: vec![], basis: "".into() };
    let told = faults(&shipped(), &[DirectoryChange::Topic(TopicId::from("1105"), end)]);
    let right = "write the topic above it, too";
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(
        told[0],
        format!("topics.csv (110501): code: there is no topic 1105 on 2020-01-01; {right}")
    );
}

#[test]
fn closest_rule_determines_grade() {
    let (directory, date) = (shipped(), day("2013-04-25"));
    let grade = |topic: &str, difficulty, scope, row| {
        let graded = directory.grade(&TopicId::from(topic), difficulty, scope, row, date);
        (graded.grade, matches!(graded.by, GradeSource::Rule(_)))
    };
    let (complex, simple) = (Some(Difficulty::Complex), Some(Difficulty::Simple));
    assert_eq!(grade("010101", None, None, None), (Grade::B, false));
    assert_eq!(grade("010101", simple, Some(Scope::Person), None), (Grade::B, false));
    assert_eq!(grade("010101", complex, None, None), (Grade::C, true));
    assert_eq!(grade("010101", None, Some(Scope::Area), Some(Grade::B)), (Grade::C, true));
    // A power cut in a whole village is as simple as one in a single home.
    assert_eq!(grade("020201", None, Some(Scope::Village), None), (Grade::A, true));
    assert_eq!(grade("020201", complex, Some(Scope::Area), None), (Grade::A, true));
    assert_eq!(grade("020201", complex, None, None), (Grade::C, true));
    assert_eq!(grade("010101", None, None, Some(Grade::A)), (Grade::A, false), "the directory");
    let nobody = directory.grade(&TopicId::from("99"), None, None, None, date);
    assert_eq!((nobody.grade, nobody.by), (Grade::B, GradeSource::Default));
}
