//! Changes of the directory of units and routes.

use model::{
    Date,
    desk::{DirectoryChange, DirectoryEvent, Revision, RouteKey, TopicId, UnitId},
};

#[test]
fn directory_change_round_trips_through_json_and_has_a_schema() {
    let ended = DirectoryChange::Unit(
        UnitId::from("410100-103"),
        Revision::Ended {
            last: Date { year: 2018, month: 12, day: 31 },
            successors: vec![UnitId::from("410100-113")],
            basis: "机构改革".into(),
        },
    );
    let row = DirectoryChange::Route(
        RouteKey { topic: TopicId::from("01"), area: None },
        Revision::EndRevoked,
    );
    for change in [ended, row] {
        let text = serde_json::to_string(&change).unwrap();
        assert_eq!(serde_json::from_str::<DirectoryChange>(&text).unwrap(), change, "{text}");
    }
    let schema = serde_json::to_string(&schemars::schema_for!(DirectoryEvent)).unwrap();
    assert!(schema.contains("EndRevoked"));
}
