//! Other trunks and seats are adopted while calls go on.

use crate::lab::{raw_messages::*, *};
use primitives::{IpNetwork, LegId, SeatId};
use sip::{Command, Event, LegEnd, Peers, Seat, Trunk};

fn peers(trunks: Vec<Trunk>) -> Command {
    Command::Adopt(Box::new(Peers {
        trunks,
        proxies: Vec::new(),
        seats: Vec::new(),
        trunk_voice: Default::default(),
        seat_voice: Default::default(),
    }))
}

fn telecom_at(address: &str) -> Trunk {
    let address = address.parse().unwrap();
    Trunk { id: "telecom".into(), sources: vec![IpNetwork { address, prefix: 16 }] }
}

/// Places a second call from the trunk. Returns whether the center took it in.
fn is_taken(lab: &mut Lab, center: usize, trunk: usize, leg: u64) -> bool {
    lab.tell(trunk, dial_uri(leg, "sip:12345@10.0.0.1:5060"));
    lab.run_s(1);
    let taken = lab.events(center).iter().any(|event| matches!(event, Event::Incoming(_)));
    lab.tell(trunk, hang_up(LegId(leg)));
    // Longer than any transaction; another call may be up.
    lab.run_s(40);
    lab.events(center);
    lab.events(trunk);
    taken
}

#[test]
fn call_of_a_removed_trunk_is_ended_by_its_far_end_and_the_trunk_is_unknown_after_it() {
    let (mut lab, center, trunk) = pair(1);
    let (_, leg) = talking(&mut lab, center, trunk);
    lab.tell(center, peers(Vec::new()));
    // New calls still arrive as the trunk's, so that the switch can refuse them as draining.
    assert!(is_taken(&mut lab, center, trunk, 4));
    lab.tell(trunk, hang_up(LegId(2)));
    lab.rest();
    assert_eq!(lab.events(center), [ended(leg, LegEnd::ByeReceived)]);
    assert!(!is_taken(&mut lab, center, trunk, 6));
}

#[test]
fn call_of_a_trunk_that_moved_goes_on_at_its_old_address() {
    let (mut lab, center, trunk) = pair(2);
    let (_, leg) = talking(&mut lab, center, trunk);
    lab.tell(center, peers(vec![telecom_at("10.8.0.0")]));
    // A second reload does not forget what the first one kept.
    lab.tell(center, peers(vec![telecom_at("10.8.0.0")]));
    lab.tell(trunk, hang_up(LegId(2)));
    lab.rest();
    assert_eq!(lab.events(center), [ended(leg, LegEnd::ByeReceived)]);
    assert!(!is_taken(&mut lab, center, trunk, 4));
}

#[test]
fn removed_trunk_without_calls_is_unknown_at_once_and_an_added_one_is_known() {
    let (mut lab, center, trunk) = pair(3);
    assert!(is_taken(&mut lab, center, trunk, 2));
    lab.tell(center, peers(vec![telecom_at("10.8.0.0")]));
    assert!(!is_taken(&mut lab, center, trunk, 4));
    lab.tell(center, peers(vec![telecom_at("10.9.0.0")]));
    assert!(is_taken(&mut lab, center, trunk, 6));
}

#[test]
fn registered_phone_stays_registered_and_an_added_seat_with_a_fixed_contact_is_reached() {
    let (mut lab, center, _) = pair(4);
    registered(&mut lab, center, 1001, "192.168.1.1:6001");
    let fixed = Some("sip:1009@10.3.3.3:5060".to_owned());
    let added = Seat { seat: SeatId(1009), secret: None, fixed };
    let Command::Adopt(mut adopted) = peers(Vec::new()) else { unreachable!() };
    adopted.seats = vec![added, seat(1001)];
    lab.tell(center, Command::Adopt(adopted));
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(1009) }]);
}
