//! Keys: heard once, passed on with the other side's number.

mod lab;

use lab::*;
use media::Party;

/// A press as phones send it: every 20 ms, then the end three times.
fn press(lab: &mut Lab, phone: &mut Phone, at_ms: f64, event: u8) {
    for n in 1..=5u16 {
        let bytes = phone.event_packet(event, n >= 3, n.min(3) * 160);
        lab.deliver(at_ms + f64::from(n) * 20.0, phone.rtp_port, phone.from, bytes);
    }
    phone.ts = phone.ts.wrapping_add(1_600);
}

#[test]
fn a_press_is_one_key_and_goes_on_under_the_other_sides_number() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    seat.event = Some(96);
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut caller, 0, 100);
    press(&mut lab, &mut caller, 100.0, 5);
    press(&mut lab, &mut caller, 300.0, 11);
    press(&mut lab, &mut caller, 500.0, 5);
    lab.speak(&mut caller, 700, 800);
    lab.speak(&mut seat, 0, 800);
    lab.run_to(800);
    assert_eq!(lab.keys(), [(Party::Caller, '5'), (Party::Caller, '#'), (Party::Caller, '5')]);
    let events: Vec<_> = lab.heard_at(SEAT_PORT).into_iter().filter(|s| s.pt() == 96).collect();
    assert_eq!(events.len(), 15);
    assert!(events[..5].iter().all(|s| s.ts() == events[0].ts()));
    assert_eq!(events[0].payload(), [5, 0x0a, 0, 160]);
}

#[test]
fn a_side_that_takes_no_events_sees_no_hole_where_they_were() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    seat.event = None;
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut caller, 0, 100);
    press(&mut lab, &mut caller, 100.0, 9);
    lab.speak(&mut caller, 300, 400);
    lab.run_to(400);
    assert_eq!(lab.keys(), [(Party::Caller, '9')]);
    let stream = lab.heard_at(SEAT_PORT);
    assert_eq!(stream.len(), 10);
    assert!(stream.windows(2).all(|w| w[1].seq() == w[0].seq().wrapping_add(1)));
}

#[test]
fn a_press_of_which_only_the_start_or_only_the_end_came_is_a_key() {
    let mut caller = Phone::caller();
    let mut lab = Lab::open(&caller);
    let start = caller.event_packet(1, false, 160);
    lab.deliver(10.0, CALLER_PORT, caller.from, start);
    (caller.ts, caller.seq) = (caller.ts.wrapping_add(4_000), caller.seq.wrapping_add(4));
    let end = caller.event_packet(2, true, 800);
    lab.deliver(600.0, CALLER_PORT, caller.from, end);
    lab.run_to(700);
    assert_eq!(lab.keys(), [(Party::Caller, '1'), (Party::Caller, '2')]);
}

#[test]
fn a_stranger_presses_nothing() {
    let caller = Phone::caller();
    let mut lab = Lab::open(&caller);
    let mut stranger = Phone::new("203.0.113.66:7000", CALLER_PORT, 0.0, 0xbad);
    press(&mut lab, &mut stranger, 10.0, 1);
    lab.run_to(700);
    assert_eq!(lab.keys(), []);
}
