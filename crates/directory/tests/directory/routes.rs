//! The unit that handles a demand, and the reasons.

use directory::{Asked, Network, Route, RouteReason};
use model::desk::{AreaId, Grade, RouteKey, TopicId};

use crate::common::{asked, changed, day, ended, lawful, shipped, unit};

fn route(network: &Network, topic: &str, area: &str) -> Route {
    network.route(&asked(topic, area), day("2013-04-25")).expect("a route")
}

#[test]
fn area_handles_school_fees_and_price_bureau_supervises() {
    let network = shipped();
    let route = route(&network, "110201", "410105");
    assert_eq!(network.name_of(&route.lead, day("2013-04-25")), "金水区人民政府");
    let supervise = route.supervise.as_ref().expect("a supervisor");
    assert_eq!(network.name_of(supervise, day("2013-04-25")), "市物价局");
    assert_eq!((route.grade, route.quick_kind), (Grade::B, None));
    assert_eq!(route.fallback, Some(unit("410105-000")));
    let key = RouteKey { topic: TopicId::from("110201"), area: None };
    assert_eq!(route.why, [RouteReason::Row { key, from: None, basis: String::new() }]);
    assert_eq!(route.why[0].to_string(), "the directory says so for topic 110201 in any area");
}

#[test]
fn district_governs_its_communities() {
    let network = shipped();
    let community = route(&network, "110201", "410102010001");
    assert_eq!(community.lead, unit("410102-000"), "a township's office is no government");
}

#[test]
fn longest_topic_is_preferred_then_smallest_area() {
    let network = shipped();
    // 020201 in any area is a longer topic than 0202 in 金水区.
    let outage = route(&network, "020201", "410105");
    assert_eq!((outage.lead, outage.quick_kind), (unit("410100-201"), Some("Q02".into())));
    // 0202 in 金水区 is a smaller area than 0202 in any area.
    let voltage = route(&network, "020202", "410105");
    assert_eq!(voltage.lead, unit("410105-000"));
    assert_eq!(voltage.assists, [unit("410100-201")]);
    assert_eq!(voltage.supervise, Some(unit("410100-000")));
    assert_eq!(voltage.grade, Grade::B);
    let elsewhere = route(&network, "020202", "410103");
    assert_eq!(elsewhere.lead, unit("410100-201"));
    assert_eq!(elsewhere.grade, Grade::A, "the row says nothing, the topic does");
    assert_eq!(elsewhere.supervise, Some(unit("410103-000")), "the area's government by default");
}

#[test]
fn civil_affairs_bureau_handles_boundary_disputes() {
    let network = shipped();
    let dispute = route(&network, "090501", "410102");
    assert_eq!(dispute.lead, unit("410100-102"));
    assert_eq!(dispute.supervise, Some(unit("410100-000")));
    assert_eq!(dispute.grade, Grade::C);
}

#[test]
fn topic_without_row_goes_to_its_closest_usual_unit() {
    let network = shipped();
    let district = route(&network, "110101", "410105");
    assert_eq!(district.lead, unit("410105-011"), "金水区 has a bureau of its own");
    assert_eq!(district.supervise, Some(unit("410105-000")));
    let city = route(&network, "110101", "410103");
    assert_eq!(city.lead, unit("410100-110"));
    let lead = RouteReason::TopicLead { short: "教育局".into(), unit: unit("410100-110") };
    assert_eq!(city.why[0], lead);
    let nowhere = Asked { topic: Some(TopicId::from("110101")), ..Asked::default() };
    let nowhere = network.route(&nowhere, day("2013-04-25")).expect("a route");
    assert_eq!(nowhere.lead, unit("410100-110"), "no area known: the city's");
    assert_eq!(nowhere.supervise, Some(unit("410100-000")));
}

#[test]
fn unclear_matter_goes_to_area_government_or_hub() {
    let network = shipped();
    let unclear = Asked { area: Some(AreaId::from("410102")), ..Asked::default() };
    let taken = network.route(&unclear, day("2013-04-25")).expect("a route");
    assert_eq!(taken.lead, unit("410102-000"));
    assert_eq!(taken.why[0], RouteReason::AreaGovernment(unit("410102-000")));
    let lost = network.route(&Asked::default(), day("2013-04-25")).expect("a route");
    assert_eq!((lost.lead, lost.supervise), (unit("410100-000"), None));
    assert_eq!(Network::default().route(&Asked::default(), day("2013-04-25")), None);
}

#[test]
fn every_shipped_topic_has_lead_and_other_supervisor_in_every_area() {
    let network = shipped();
    let mut asked_for = 0;
    for (topic, _) in network.topics() {
        for (area, _) in network.areas() {
            let asked =
                Asked { topic: Some(topic.clone()), area: Some(area.clone()), against: None };
            let route = network.route(&asked, day("2026-11-24")).expect("a route");
            let by_default = |why: &RouteReason| matches!(why, RouteReason::NobodyCalled { .. });
            // 02, 18 and 19 have no lead as a whole: the topics of their second level name it.
            let whole = matches!(topic.as_str(), "02" | "18" | "19");
            assert_eq!(route.why.iter().any(by_default), whole, "{topic} {area}: {route:?}");
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
    let network = shipped();
    let against = |topic: &str, code: &str| {
        let asked = Asked { against: Some(unit(code)), ..asked(topic, "410102010") };
        network.route(&asked, day("2013-02-01")).expect("a route")
    };
    // 桐柏路分局 is below 中原区 in its area, and below the city's police in its trade.
    let police = against("120201", "410100-101");
    let conflict =
        RouteReason::Conflict { unit: unit("410100-101"), instead: Some(unit("410100-000")) };
    assert!(police.why.contains(&conflict), "{:?}", police.why);
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
    let network = shipped();
    let above = network.above_complaint(&unit("410102-010-01"), day("2013-02-01"));
    assert_eq!(above, Some(unit("410102-000")), "not to the township it hangs below");
}

#[test]
fn decision_of_authority_becomes_row_valid_from_its_day() {
    let network = shipped();
    let key = RouteKey { topic: TopicId::from("090501"), area: Some(AreaId::from("410102")) };
    let decided =
        network.arbitrated(key, unit("410102-000"), "郑政函〔2013〕5号", day("2013-05-20"));
    let network = lawful(network, &[decided]);
    let dispute = |date| network.route(&asked("090501", "410102"), day(date)).expect("a route");
    assert_eq!(dispute("2013-05-19").lead, unit("410100-102"));
    let after = dispute("2013-05-20");
    assert_eq!(after.lead, unit("410102-000"));
    assert_eq!((after.grade, after.supervise), (Grade::C, Some(unit("410100-000"))));
    assert!(after.why[0].to_string().ends_with("since 2013-05-20, by 郑政函〔2013〕5号"));
}

#[test]
fn fallback_handles_when_lead_has_ended_without_successor() {
    // The checks would refuse this end without a new row; a route is found all the same.
    let network = changed(shipped(), &[ended("410100-201", "2013-12-31", &[])]);
    let asked = asked("020201", "410103");
    let route = network.route(&asked, day("2014-01-01")).expect("a route");
    assert_eq!(route.lead, unit("410103-000"));
    let gone = RouteReason::Gone { unit: unit("410100-201"), candidates: Vec::new() };
    assert_eq!(route.why[1], gone);
    assert_eq!(route.supervise, Some(unit("410100-000")), "never the lead itself");
}
