//! The unit that handles a demand, and the reasons.

use directory::{Directory, Route, RouteQuery, RouteReason};
use model::desk::{AreaId, Grade, RouteKey, TopicId};

use crate::common::{changed, day, ended, lawful, query, shipped, unit};

fn route(directory: &Directory, topic: &str, area: &str) -> Route {
    directory.route(&query(topic, area), day("2013-04-25")).expect("a route")
}

#[test]
fn area_handles_school_fees_and_price_bureau_supervises() {
    let directory = shipped();
    let route = route(&directory, "110201", "410105");
    assert_eq!(directory.unit_name(&route.lead, day("2013-04-25")), "金水区人民政府");
    let supervise = route.supervise.as_ref().expect("a supervisor");
    assert_eq!(directory.unit_name(supervise, day("2013-04-25")), "市物价局");
    assert_eq!((route.grade, route.quick_kind), (Grade::B, None));
    assert_eq!(route.fallback, Some(unit("410105-000")));
    let key = RouteKey { topic: TopicId::from("110201"), area: None };
    assert_eq!(route.reasons, [RouteReason::Row { key, from: None, basis: String::new() }]);
    assert_eq!(
        route.reasons[0].to_string(),
        "the table of routes has a row for topic 110201 in any area"
    );
}

#[test]
fn district_governs_its_communities() {
    let directory = shipped();
    let community = route(&directory, "110201", "410102010001");
    assert_eq!(community.lead, unit("410102-000"), "a township's office is no government");
}

#[test]
fn longest_topic_is_preferred_then_smallest_area() {
    let directory = shipped();
    // 020201 in any area is a longer topic than 0202 in 金水区.
    let outage = route(&directory, "020201", "410105");
    assert_eq!((outage.lead, outage.quick_kind), (unit("410100-201"), Some("Q02".into())));
    // 0202 in 金水区 is a smaller area than 0202 in any area.
    let voltage = route(&directory, "020202", "410105");
    assert_eq!(voltage.lead, unit("410105-000"));
    assert_eq!(voltage.assists, [unit("410100-201")]);
    assert_eq!(voltage.supervise, Some(unit("410100-000")));
    assert_eq!(voltage.grade, Grade::B);
    let elsewhere = route(&directory, "020202", "410103");
    assert_eq!(elsewhere.lead, unit("410100-201"));
    assert_eq!(elsewhere.grade, Grade::A, "the row says nothing, the topic does");
    assert_eq!(elsewhere.supervise, Some(unit("410103-000")), "the area's government by default");
}

#[test]
fn civil_affairs_bureau_handles_boundary_disputes() {
    let directory = shipped();
    let dispute = route(&directory, "090501", "410102");
    assert_eq!(dispute.lead, unit("410100-102"));
    assert_eq!(dispute.supervise, Some(unit("410100-000")));
    assert_eq!(dispute.grade, Grade::C);
}

#[test]
fn topic_without_row_goes_to_its_closest_usual_unit() {
    let directory = shipped();
    let district = route(&directory, "110101", "410105");
    assert_eq!(district.lead, unit("410105-011"), "金水区 has a bureau of its own");
    assert_eq!(district.supervise, Some(unit("410105-000")));
    let city = route(&directory, "110101", "410103");
    assert_eq!(city.lead, unit("410100-110"));
    let lead = RouteReason::TopicLead { short: "教育局".into(), unit: unit("410100-110") };
    assert_eq!(city.reasons[0], lead);
    let nowhere = RouteQuery { topic: Some(TopicId::from("110101")), ..RouteQuery::default() };
    let nowhere = directory.route(&nowhere, day("2013-04-25")).expect("a route");
    assert_eq!(nowhere.lead, unit("410100-110"), "no area known: the city's");
    assert_eq!(nowhere.supervise, Some(unit("410100-000")));
}

#[test]
fn unclear_matter_goes_to_area_government_or_hub() {
    let directory = shipped();
    let unclear = RouteQuery { area: Some(AreaId::from("410102")), ..RouteQuery::default() };
    let taken = directory.route(&unclear, day("2013-04-25")).expect("a route");
    assert_eq!(taken.lead, unit("410102-000"));
    assert_eq!(taken.reasons[0], RouteReason::AreaGovernment(unit("410102-000")));
    let lost = directory.route(&RouteQuery::default(), day("2013-04-25")).expect("a route");
    assert_eq!((lost.lead, lost.supervise), (unit("410100-000"), None));
    assert_eq!(Directory::default().route(&RouteQuery::default(), day("2013-04-25")), None);
}

#[test]
fn every_shipped_topic_has_lead_and_other_supervisor_in_every_area() {
    let directory = shipped();
    let mut asked_for = 0;
    for (topic, _) in directory.topics() {
        for (area, _) in directory.areas() {
            let query =
                RouteQuery { topic: Some(topic.clone()), area: Some(area.clone()), against: None };
            let route = directory.route(&query, day("2026-11-24")).expect("a route");
            let by_default =
                |why: &RouteReason| matches!(why, RouteReason::UnknownShortName { .. });
            // 02, 18 and 19 have no lead as a whole: the topics of their second level name it.
            let whole = matches!(topic.as_str(), "02" | "18" | "19");
            assert_eq!(route.reasons.iter().any(by_default), whole, "{topic} {area}: {route:?}");
            // A person names the supervisor of what the hub keeps for the city itself.
            let supervised = route.supervise.is_some_and(|unit| unit != route.lead);
            let hub_s_own = route.lead == unit("410100-000") && area.as_str() == "410100";
            assert!(supervised || hub_s_own, "{topic} {area}");
            asked_for += 1;
        }
    }
    assert_eq!(asked_for, 363 * 6);
}

#[test]
fn unit_complained_about_and_units_below_do_not_handle_complaint() {
    let directory = shipped();
    let against = |topic: &str, code: &str| {
        let query = RouteQuery { against: Some(unit(code)), ..query(topic, "410102010") };
        directory.route(&query, day("2013-02-01")).expect("a route")
    };
    // 桐柏路分局 is below 中原区 in its area, and below the city's police in its trade.
    let police = against("120201", "410100-101");
    let conflict =
        RouteReason::Conflict { unit: unit("410100-101"), instead: Some(unit("410100-000")) };
    assert!(police.reasons.contains(&conflict), "{:?}", police.reasons);
    assert_eq!(police.lead, unit("410100-000"));
    assert_eq!(police.supervise, Some(unit("410102-000")));

    // The district is complained about: it neither handles nor supervises.
    let district = against("110201", "410102-000");
    assert_eq!(district.lead, unit("410100-000"));
    assert_eq!(district.supervise, Some(unit("410100-103")));
    assert_eq!(district.fallback, None);
}

#[test]
fn complaint_about_township_office_goes_to_district() {
    let directory = shipped();
    let above = directory.complaint_handler(&unit("410102-010-01"), day("2013-02-01"));
    assert_eq!(above, Some(unit("410102-000")), "not to the township it hangs below");
}

#[test]
fn decision_of_authority_becomes_row_valid_from_its_day() {
    let directory = shipped();
    let key = RouteKey { topic: TopicId::from("090501"), area: Some(AreaId::from("410102")) };
    let decided =
        directory.arbitrated(key, unit("410102-000"), "郑政函〔2013〕5号", day("2013-05-20"));
    let directory = lawful(directory, &[decided]);
    let dispute = |date| directory.route(&query("090501", "410102"), day(date)).expect("a route");
    assert_eq!(dispute("2013-05-19").lead, unit("410100-102"));
    let after = dispute("2013-05-20");
    assert_eq!(after.lead, unit("410102-000"));
    assert_eq!((after.grade, after.supervise), (Grade::C, Some(unit("410100-000"))));
    assert!(after.reasons[0].to_string().ends_with("since 2013-05-20, by 郑政函〔2013〕5号"));
}

#[test]
fn fallback_handles_when_lead_has_ended_without_successor() {
    // The checks would refuse this end without a new row; a route is found all the same.
    let directory = changed(shipped(), &[ended("410100-201", "2013-12-31", &[])]);
    let query = query("020201", "410103");
    let route = directory.route(&query, day("2014-01-01")).expect("a route");
    assert_eq!(route.lead, unit("410103-000"));
    let gone = RouteReason::UnitEnded { unit: unit("410100-201"), candidates: Vec::new() };
    assert_eq!(route.reasons[1], gone);
    assert_eq!(route.supervise, Some(unit("410100-000")), "never the lead itself");
}
