//! Which packets a leg accepts.

use crate::lab::*;
use media::Config;
use primitives::RemoteMedia;

fn talking() -> (Lab, Phone, Phone) {
    let (mut caller, seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut caller, 0, 200);
    lab.run_to(200);
    assert_eq!(lab.heard_at(SEAT_PORT).len(), 10);
    (lab, caller, seat)
}

#[test]
fn packets_of_strangers_are_not_relayed() {
    let (mut lab, mut caller, _) = talking();
    let mut stranger = Phone::new("203.0.113.66:7000", CALLER_PORT, 2_500.0, 0xbad);
    lab.speak(&mut stranger, 200, 400);
    // Neither a neighbour on the caller's host nor a sender that guessed the SSRC is relayed.
    let mut neighbour = Phone::new("192.0.2.10:5001", CALLER_PORT, 2_500.0, caller.ssrc);
    lab.speak(&mut neighbour, 200, 400);
    lab.speak(&mut caller, 200, 400);
    lab.run_to(400);
    assert_eq!(lab.heard_at(SEAT_PORT).len(), 20);
    assert_eq!(lab.relays.strangers(), 20);
}

#[test]
fn single_packets_and_wrong_codecs_are_not_latched() {
    let (mut caller, seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    for n in 0..50u16 {
        let from = addr(&format!("203.0.113.{}:7000", n + 1));
        lab.deliver(f64::from(n), CALLER_PORT, from, rtp(8, n, 0, 1, &[0; 160]));
        let same = addr("203.0.113.200:9");
        lab.deliver(f64::from(n), CALLER_PORT, same, rtp(18, n, 0, 1, &[0; 20]));
    }
    lab.speak(&mut caller, 60, 100);
    lab.run_to(100);
    assert_eq!(lab.heard_at(SEAT_PORT).len(), 2);
    assert_eq!(lab.heard_at(CALLER_PORT).len(), 0);
}

#[test]
fn changed_sdp_releases_the_latched_source() {
    let (mut lab, mut caller, _) = talking();
    let moved = addr("192.0.2.99:5000");
    lab.change(CALLER, RemoteMedia { rtp: moved, ..caller.remote() });
    // Packets from the old address now count as those of a stranger.
    lab.speak(&mut caller, 200, 240);
    lab.run_to(245);
    assert_eq!(lab.heard_at(SEAT_PORT).len(), 10);
    caller.from = moved;
    lab.speak(&mut caller, 250, 350);
    lab.run_to(350);
    assert_eq!(lab.heard_at(SEAT_PORT).len(), 15);
}

#[test]
fn sender_to_a_held_leg_is_not_latched() {
    let (mut lab, mut caller, _) = talking();
    lab.direct(CALLER, &caller, primitives::Direction::SendOnly);
    lab.run_to(240);
    lab.direct(CALLER, &caller, primitives::Direction::SendRecv);
    let before = lab.heard_at(SEAT_PORT).len();
    // The caller has not sent again yet.
    let mut stranger = Phone::new("203.0.113.66:7000", CALLER_PORT, 2_500.0, 0xbad);
    lab.speak(&mut stranger, 260, 360);
    lab.run_to(365);
    assert_eq!(lab.heard_at(SEAT_PORT).len(), before);
    // It may have taken another port meanwhile.
    caller.from = addr("192.0.2.10:5998");
    lab.speak(&mut caller, 380, 480);
    lab.run_to(480);
    assert_eq!(lab.heard_at(SEAT_PORT).len(), before + 5);
}

#[test]
fn moved_nat_binding_with_the_same_stream_is_followed() {
    let (mut lab, mut caller, _) = talking();
    caller.from = addr("192.0.2.10:5999");
    lab.speak(&mut caller, 1_000, 1_200);
    let mut stranger = Phone::new("203.0.113.66:7000", CALLER_PORT, 2_500.0, 0xbad);
    lab.speak(&mut stranger, 1_000, 1_200);
    lab.run_to(1_200);
    assert_eq!(lab.heard_at(SEAT_PORT).len(), 20);
    assert!(lab.relays.strangers() >= 10);
}

#[test]
fn lost_voice_is_reported_once_until_it_returns() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let config =
        Config { voice_lost_after: std::time::Duration::from_secs(2), ..Config::default() };
    let mut lab = Lab::with(config);
    lab.command(lab.open_command(Some(caller.remote())));
    lab.add_seat();
    lab.run_to(1_000);
    lab.bridge(&seat);
    lab.speak(&mut caller, 0, 20_000);
    lab.speak(&mut seat, 1_000, 2_000);
    lab.run_to(9_000);
    let lost = |lab: &Lab| {
        let lost = |e: &&media::Event| matches!(e, media::Event::VoiceLost { .. });
        lab.out.events.iter().filter(lost).cloned().collect::<Vec<_>>()
    };
    assert_eq!(lost(&lab), [media::Event::VoiceLost { call: lab.call, leg: SEAT }]);
    lab.speak(&mut seat, 9_000, 10_000);
    lab.run_to(15_000);
    assert_eq!(lost(&lab).len(), 2);
}

#[test]
fn returned_voice_and_changed_sdp_end_a_reported_silence() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let config =
        Config { voice_lost_after: std::time::Duration::from_secs(2), ..Config::default() };
    let mut lab = Lab::with(config);
    lab.command(lab.open_command(Some(caller.remote())));
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut caller, 0, 20_000);
    let silences = |lab: &Lab| {
        let name = |event: &media::Event| match event {
            media::Event::VoiceLost { leg: SEAT, .. } => Some("lost"),
            media::Event::VoiceReturned { leg: SEAT, .. } => Some("returned"),
            _ => None,
        };
        lab.out.events.iter().filter_map(name).collect::<Vec<_>>()
    };
    lab.run_to(3_000);
    assert_eq!(silences(&lab), ["lost"]);
    lab.speak(&mut seat, 3_000, 3_100);
    lab.run_to(4_000);
    assert_eq!(silences(&lab), ["lost", "returned"]);
    lab.run_to(6_000);
    assert_eq!(silences(&lab), ["lost", "returned", "lost"]);
    // It holds without music: no packets are expected of it.
    lab.direct(SEAT, &seat, primitives::Direction::Inactive);
    lab.run_to(12_000);
    assert_eq!(silences(&lab), ["lost", "returned", "lost", "returned"]);
}

#[test]
fn silence_is_not_reported_when_it_is_switched_off() {
    let caller = Phone::caller();
    let config = Config { voice_lost_after: std::time::Duration::ZERO, ..Config::default() };
    let mut lab = Lab::with(config);
    lab.command(lab.open_command(Some(caller.remote())));
    lab.run_to(700_000);
    assert!(!lab.out.events.iter().any(|e| matches!(e, media::Event::VoiceLost { .. })));
}

#[test]
fn lost_voice_is_not_reported_on_hold() {
    let (mut caller, seat) = (Phone::caller(), Phone::seat());
    let config =
        Config { voice_lost_after: std::time::Duration::from_secs(2), ..Config::default() };
    let mut lab = Lab::with(config);
    lab.command(lab.open_command(Some(caller.remote())));
    lab.add_seat();
    lab.bridge(&seat);
    lab.direct(SEAT, &seat, primitives::Direction::Inactive);
    lab.speak(&mut caller, 0, 10_000);
    lab.run_to(10_000);
    lab.direct(SEAT, &seat, primitives::Direction::SendRecv);
    lab.run_to(11_500);
    assert!(!lab.out.events.iter().any(|e| matches!(e, media::Event::VoiceLost { .. })));
}
