//! DTMF: each press is reported once, and forwarded with the other side's payload type.

use crate::lab::*;
use media::Command;
use primitives::{PayloadTypes, RemoteMedia};

/// A press as phones send it: an update every 20 ms, then the end three times.
fn press(lab: &mut Lab, phone: &mut Phone, at_ms: f64, event: u8) {
    for n in 1..=5u16 {
        let bytes = phone.event_packet(event, n >= 3, n.min(3) * 160);
        lab.deliver(at_ms + f64::from(n) * 20.0, phone.rtp_port, phone.from, bytes);
    }
    phone.ts = phone.ts.wrapping_add(1_600);
}

#[test]
fn press_is_one_key_and_is_forwarded_with_the_other_sides_payload_type() {
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
    assert_eq!(lab.keys(), [(CALLER, '5'), (CALLER, '#'), (CALLER, '5')]);
    let events: Vec<_> = lab.heard_at(SEAT_PORT).into_iter().filter(|s| s.pt() == 96).collect();
    assert_eq!(events.len(), 15);
    assert!(events[..5].iter().all(|s| s.ts() == events[0].ts()));
    assert_eq!(events[0].payload(), [5, 0x0a, 0, 160]);
}

#[test]
fn side_without_events_gets_a_gapless_stream() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    seat.event = None;
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut caller, 0, 100);
    press(&mut lab, &mut caller, 100.0, 9);
    lab.speak(&mut caller, 300, 400);
    lab.run_to(400);
    assert_eq!(lab.keys(), [(CALLER, '9')]);
    let stream = lab.heard_at(SEAT_PORT);
    assert_eq!(stream.len(), 10);
    assert!(stream.windows(2).all(|w| w[1].seq() == w[0].seq().wrapping_add(1)));
}

#[test]
fn press_with_only_its_start_or_only_its_end_is_one_key() {
    let mut caller = Phone::caller();
    let mut lab = Lab::open(&caller);
    let start = caller.event_packet(1, false, 160);
    lab.deliver(10.0, CALLER_PORT, caller.from, start);
    (caller.ts, caller.seq) = (caller.ts.wrapping_add(4_000), caller.seq.wrapping_add(4));
    let end = caller.event_packet(2, true, 800);
    lab.deliver(600.0, CALLER_PORT, caller.from, end);
    lab.run_to(700);
    assert_eq!(lab.keys(), [(CALLER, '1'), (CALLER, '2')]);
}

#[test]
fn events_of_strangers_are_ignored() {
    let caller = Phone::caller();
    let mut lab = Lab::open(&caller);
    let mut stranger = Phone::new("203.0.113.66:7000", CALLER_PORT, 0.0, 0xbad);
    press(&mut lab, &mut stranger, 10.0, 1);
    lab.run_to(700);
    assert_eq!(lab.keys(), []);
}

#[test]
fn payload_types_may_differ_by_direction() {
    let (mut caller, seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    // The seat receives events as 97 and voice as 98, and sends with our payload types (RFC 3264
    // 5.1).
    let send = PayloadTypes { codec: 98, telephone_event: Some(97) };
    let remote = RemoteMedia { send, ..seat.remote() };
    lab.command(Command::Connect { call: lab.call, leg: SEAT, remote, routes: talk() });
    lab.speak(&mut caller, 0, 100);
    press(&mut lab, &mut caller, 100.0, 7);
    let mut by_ours = Phone::seat();
    lab.speak(&mut by_ours, 0, 100);
    press(&mut lab, &mut by_ours, 300.0, 5);
    // Some phones send with their own payload type all the same.
    by_ours.event = Some(97);
    press(&mut lab, &mut by_ours, 500.0, 6);
    lab.run_to(700);
    let keys = [(CALLER, '7'), (SEAT, '5'), (SEAT, '6')];
    assert_eq!(lab.keys(), keys);
    let to_seat = lab.heard_at(SEAT_PORT);
    assert_eq!(to_seat.iter().filter(|sent| sent.pt() == 97).count(), 5);
    assert!(to_seat.iter().all(|sent| matches!(sent.pt(), 97 | 98)));
    let to_caller = lab.heard_at(CALLER_PORT);
    assert_eq!(to_caller.iter().filter(|sent| sent.pt() == 101).count(), 10);
}

#[test]
fn voice_with_dynamic_payload_type_is_relayed_and_recorded() {
    let (mut caller, seat) = (Phone::caller(), Phone::seat());
    let types = PayloadTypes { codec: 97, telephone_event: Some(101) };
    let mut lab = Lab::new();
    let remote = RemoteMedia { send: types, receive: types, ..caller.remote() };
    lab.command(lab.open_command(Some(remote)));
    lab.add_seat();
    lab.bridge(&seat);
    for n in 0..50 {
        let mut packet = caller.packet();
        packet[1] = 97;
        lab.deliver(f64::from(n) * 20.0, CALLER_PORT, caller.from, packet);
    }
    lab.run_to(1_000);
    lab.close();
    assert_eq!(lab.heard_at(SEAT_PORT).len(), 50);
    assert!(lab.heard_at(SEAT_PORT).iter().all(|sent| sent.pt() == 8));
    assert!(sounds(&lab.left(), CALLER_HZ));
}

#[test]
fn press_with_rising_timestamps_is_one_key_and_is_forwarded_unchanged() {
    let (mut caller, seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut caller, 0, 100);
    for n in 1..=6u16 {
        let bytes = caller.event_packet(2, n == 6, n.min(5) * 160);
        lab.deliver(100.0 + f64::from(n) * 20.0, CALLER_PORT, caller.from, bytes);
        caller.ts = caller.ts.wrapping_add(160);
    }
    lab.run_to(300);
    assert_eq!(lab.keys(), [(CALLER, '2')]);
    assert_eq!(lab.heard_at(SEAT_PORT).iter().filter(|sent| sent.pt() == 101).count(), 6);
}
