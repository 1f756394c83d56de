//! Sources of voice by rank: which is accepted for a leg, which displaces which, and where our
//! voice is sent.

use std::time::Duration;

use crate::lab::*;
use media::{Command, Config, Event};
use primitives::{IpNetwork, RemoteMedia, SignalledSource, SymmetricRtp};
use proptest::prelude::*;

/// An open call whose caller and seat hear each other; the caller's leg is under test.
fn bridged(caller: &Phone) -> Lab {
    let mut lab = Lab::open(caller);
    lab.add_seat();
    lab.bridge(&Phone::seat());
    lab
}

/// A phone behind an address translation: its SDP is private.
fn behind_nat(from: &str, signalled: SignalledSource) -> Phone {
    let mut phone = Phone::caller();
    phone.said = addr("10.1.2.3:5000");
    phone.from = addr(from);
    let (behind_nat, sdp_unreachable) = (true, true);
    phone.signalled = SignalledSource { behind_nat, sdp_unreachable, ..signalled };
    phone
}

fn named(host: &str) -> SignalledSource {
    SignalledSource { hosts: vec![host.parse().unwrap()], ..SignalledSource::default() }
}

fn network(address: &str, prefix: u8) -> SignalledSource {
    let network = IpNetwork { address: address.parse().unwrap(), prefix };
    SignalledSource { networks: [network].into(), ..SignalledSource::default() }
}

fn stranger() -> Phone {
    Phone::new("203.0.113.66:7000", CALLER_PORT, 2_500.0, 0xbad)
}

/// Packets that reached the seat.
fn heard_by_seat(lab: &Lab) -> usize {
    lab.heard_at(SEAT_PORT).len()
}

fn last_target(lab: &Lab) -> Option<std::net::SocketAddr> {
    lab.heard_at(CALLER_PORT).last().map(|sent| sent.to)
}

fn assumed(lab: &Lab) -> usize {
    lab.out.events.iter().filter(|e| matches!(e, Event::SourceAssumed { .. })).count()
}

// ---- rank 2: the SDP's address ------------------------------------------------

#[test]
fn sdp_address_takes_a_sprayed_port_with_its_first_packet() {
    let mut caller = Phone::caller();
    let mut lab = bridged(&caller);
    let mut stranger = stranger();
    lab.speak(&mut stranger, 0, 2_000);
    lab.speak(&mut caller, 1_000, 2_000);
    lab.run_to(2_000);
    lab.close();
    assert_eq!(heard_by_seat(&lab), 50);
    assert!(lab.heard_at(CALLER_PORT).iter().all(|sent| sent.to == caller.said));
    assert!(sounds(&lab.left()[8_800..15_000], CALLER_HZ));
    assert!(!sounds(&lab.left(), 2_500.0));
    assert_eq!(lab.relays.strangers(), 100);
}

#[test]
fn stranger_while_the_seat_rings_is_not_replayed_after_its_answer() {
    let caller = Phone::caller();
    let mut seat = Phone::seat();
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    let mut stranger = Phone::new("203.0.113.66:7000", SEAT_PORT, 2_500.0, 0xbad);
    lab.speak(&mut stranger, 0, 1_000);
    // Its voice overtakes its 200 OK.
    lab.speak(&mut seat, 460, 700);
    lab.run_to(500);
    lab.bridge(&seat);
    lab.run_to(1_000);
    lab.close();
    assert_eq!(lab.out.closing.as_ref().unwrap().quality.seat.packets, 12);
    assert!(sounds(&lab.right()[4_000..5_600], SEAT_HZ));
    assert!(!sounds(&lab.right(), 2_500.0));
}

#[test]
fn flood_of_strangers_does_not_push_out_what_the_seat_said_before_its_answer() {
    let caller = Phone::caller();
    let mut seat = Phone::seat();
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.speak(&mut seat, 0, 100);
    for n in 0..1_000u16 {
        let from = addr(&format!("203.0.113.{}:{}", n % 250, 7_000 + n));
        lab.deliver(f64::from(n) / 10.0, SEAT_PORT, from, rtp(8, n, 0, 1, &[0; 160]));
    }
    lab.run_to(101);
    lab.bridge(&seat);
    lab.close();
    assert_eq!(lab.out.closing.as_ref().unwrap().quality.seat.packets, 5);
}

#[test]
fn sdp_address_takes_the_leg_back_with_three_packets_and_none_is_lost() {
    let mut caller = Phone::caller();
    let mut lab = bridged(&caller);
    // Another port of its host spoke first, and still does.
    let mut other = Phone::new("192.0.2.10:5998", CALLER_PORT, 1_300.0, 7);
    lab.speak(&mut other, 0, 2_000);
    lab.speak(&mut caller, 1_005, 2_005);
    lab.run_to(2_010);
    // 52 packets of the other port until three of the caller's had come, and all of the caller's.
    assert_eq!(heard_by_seat(&lab), 53 + 50);
    assert_eq!(lab.relays.strangers(), 100 - 53);
}

#[test]
fn two_stray_packets_from_the_sdp_address_take_nothing_back() {
    let mut caller = Phone::caller();
    let mut lab = bridged(&caller);
    let mut other = Phone::new("192.0.2.10:5998", CALLER_PORT, 1_300.0, 7);
    lab.speak(&mut other, 0, 400);
    lab.speak(&mut caller, 205, 235);
    lab.run_to(400);
    assert_eq!(heard_by_seat(&lab), 20);
}

#[test]
fn new_sdp_address_in_mid_call_replaces_the_old_one() {
    let mut caller = Phone::caller();
    let mut lab = bridged(&caller);
    lab.speak(&mut caller, 0, 400);
    lab.run_to(400);
    let moved = addr("192.0.2.99:5000");
    lab.change(CALLER, RemoteMedia { rtp: moved, ..caller.remote() });
    lab.run_to(440);
    assert_eq!(last_target(&lab), None, "the seat is silent");
    lab.speak(&mut caller, 440, 600);
    let mut there = Phone::new("192.0.2.99:5000", CALLER_PORT, 1_300.0, 9);
    lab.speak(&mut there, 600, 800);
    lab.run_to(800);
    assert_eq!(heard_by_seat(&lab), 20 + 10);
    assert_eq!(lab.relays.strangers(), 8);
}

#[test]
fn early_dialog_left_behind_is_not_heard_after_the_answer() {
    let caller = Phone::caller();
    let mut seat = Phone::seat();
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    // Two early dialogs through one SBC: the ringback of the first goes on into the answer of the second.
    let mut ringback = Phone::new("198.51.100.7:6100", SEAT_PORT, 2_500.0, 3);
    lab.speak(&mut ringback, 0, 1_000);
    lab.run_to(300);
    seat.signalled = named("198.51.100.7");
    seat.signalled.superseded = vec![ringback.from];
    lab.bridge(&seat);
    lab.speak(&mut seat, 600, 1_000);
    lab.run_to(1_000);
    lab.close();
    assert_eq!(lab.heard_at(CALLER_PORT).iter().filter(|s| s.at > at(300)).count(), 20);
    assert!(!sounds(&lab.right()[2_400..8_000], 2_500.0));
}

// ---- ranks 3 and 4: hosts that are named --------------------------------------

#[test]
fn far_end_that_sends_from_another_port_is_heard_and_hears_at_its_sdp_port() {
    let mut caller = Phone::caller();
    caller.from = addr("192.0.2.10:61234");
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    let mut seat = Phone::seat();
    lab.bridge(&seat);
    lab.speak(&mut caller, 0, 400);
    lab.speak(&mut seat, 0, 400);
    lab.run_to(400);
    assert_eq!(heard_by_seat(&lab), 20);
    assert_eq!(lab.heard_at(CALLER_PORT).len(), 20);
    assert!(lab.heard_at(CALLER_PORT).iter().all(|sent| sent.to == caller.said));
}

#[test]
fn source_with_new_port_and_ssrc_after_a_pause_is_accepted() {
    let mut caller = Phone::caller();
    let mut lab = bridged(&caller);
    lab.speak(&mut caller, 0, 1_000);
    let mut again = Phone::new("192.0.2.10:5998", CALLER_PORT, 1_300.0, 7);
    lab.speak(&mut again, 2_000, 3_000);
    lab.run_to(3_000);
    assert_eq!(heard_by_seat(&lab), 100);
}

#[test]
fn another_port_of_the_host_does_not_displace_one_that_speaks() {
    let mut caller = Phone::caller();
    let mut lab = bridged(&caller);
    let mut neighbour = Phone::new("192.0.2.10:5998", CALLER_PORT, 2_500.0, 7);
    lab.speak(&mut caller, 0, 1_000);
    lab.speak(&mut neighbour, 100, 1_000);
    lab.run_to(1_000);
    assert_eq!(heard_by_seat(&lab), 50);
    assert_eq!(lab.relays.strangers(), 45);
}

#[test]
fn voice_of_an_sbc_beside_its_sdp_is_taken_from_the_trunks_networks_only() {
    let mut caller = Phone::caller();
    caller.signalled = network("203.0.113.0", 27);
    caller.from = addr("203.0.113.20:40000");
    let mut lab = bridged(&caller);
    let mut stranger = stranger();
    lab.speak(&mut stranger, 0, 400);
    lab.speak(&mut caller, 100, 400);
    let mut seat = Phone::seat();
    lab.speak(&mut seat, 100, 400);
    lab.run_to(400);
    assert_eq!(heard_by_seat(&lab), 15);
    // It receives voice at the address in its SDP.
    assert_eq!(last_target(&lab), Some(caller.said));
}

#[test]
fn phone_behind_nat_is_heard_and_answered_where_signalling_saw_it() {
    let mut caller = behind_nat("198.51.100.20:34567", named("198.51.100.20"));
    let mut lab = bridged(&caller);
    let mut seat = Phone::seat();
    lab.speak(&mut caller, 0, 300);
    lab.speak(&mut seat, 0, 300);
    lab.run_to(300);
    let payloads: Vec<_> = lab.heard_at(SEAT_PORT).iter().map(|s| s.payload().to_vec()).collect();
    let mut again = Phone::caller();
    let spoken: Vec<_> = (0..15).map(|_| again.packet()[12..].to_vec()).collect();
    assert_eq!(payloads, spoken, "none of its words is lost");
    assert_eq!(last_target(&lab), Some(caller.from));
    assert_eq!(assumed(&lab), 0);
}

#[test]
fn symmetric_always_and_never_overrule_what_signalling_shows() {
    let target = |symmetric: SymmetricRtp, behind_nat: bool| {
        let mut caller = Phone::caller();
        caller.from = addr("192.0.2.10:61234");
        caller.signalled = SignalledSource { symmetric, behind_nat, ..SignalledSource::default() };
        let mut lab = bridged(&caller);
        lab.speak(&mut caller, 0, 100);
        lab.speak(&mut Phone::seat(), 100, 200);
        lab.run_to(200);
        last_target(&lab).map(|to| to.port())
    };
    assert_eq!(target(SymmetricRtp::Auto, false), Some(5_000));
    assert_eq!(target(SymmetricRtp::Auto, true), Some(61_234));
    assert_eq!(target(SymmetricRtp::Always, false), Some(61_234));
    assert_eq!(target(SymmetricRtp::Never, true), Some(5_000));
}

#[test]
fn hold_and_resume_keep_the_address_of_a_phone_behind_nat() {
    let mut caller = behind_nat("198.51.100.20:34567", named("198.51.100.20"));
    let mut lab = Lab::open(&caller);
    lab.speak(&mut caller, 0, 200);
    lab.run_to(200);
    lab.direct(CALLER, &caller, primitives::Direction::SendRecv);
    lab.run_to(300);
    assert_eq!(last_target(&lab), Some(caller.from));
}

#[test]
fn stream_of_an_ended_call_is_not_taken_by_the_next_on_its_port() {
    let mut before = Phone::caller();
    let mut lab = Lab::open(&before);
    lab.speak(&mut before, 0, 90_000);
    lab.run_to(90_000);
    lab.close();
    // The same gateway, another port; the old call's sender goes on.
    let mut caller = Phone::new("192.0.2.10:5500", CALLER_PORT, 1_300.0, 0xfee1);
    lab.call = lab.call.next();
    lab.speak(&mut before, 90_000, 99_000);
    lab.run_to(95_000);
    lab.out.stereo.clear();
    lab.command(lab.open_command(Some(caller.remote())));
    lab.run_to(97_000);
    lab.speak(&mut caller, 97_000, 99_000);
    lab.run_to(99_000);
    lab.close();
    assert_eq!(lab.out.closing.as_ref().unwrap().quality.caller.packets, 100);
    assert!(!sounds(&lab.left(), CALLER_HZ));
    let music = lab.heard_at(CALLER_PORT);
    assert!(music.iter().filter(|s| s.at > at(95_000)).all(|s| s.to == caller.said));
}

/// The process that had its call was killed: this one knows only a sender without a call.
#[test]
fn stream_that_came_before_any_call_is_not_taken_by_the_first_on_its_port() {
    let mut before = Phone::caller();
    let mut lab = Lab::new();
    lab.speak(&mut before, 0, 4_000);
    lab.run_to(1_000);
    // The caller is at the same gateway, and sends no voice at first.
    let mut caller = Phone::new("192.0.2.10:5500", CALLER_PORT, 1_300.0, 0xfee1);
    caller.said = addr("192.0.2.10:5502");
    lab.command(lab.open_command(Some(caller.remote())));
    lab.run_to(2_000);
    lab.speak(&mut caller, 2_000, 4_000);
    lab.run_to(4_000);
    lab.close();
    // Its own voice, from a port that its SDP does not name, is accepted as well.
    assert_eq!(lab.out.closing.as_ref().unwrap().quality.caller.packets, 100);
    assert!(!sounds(&lab.left(), CALLER_HZ));
}

#[test]
fn stream_that_came_before_the_start_is_not_taken_by_a_call_in_the_same_moment() {
    let mut before = Phone::caller();
    let mut lab = Lab::new();
    lab.leave_over(CALLER_PORT, &before.packet());
    let caller = Phone::new("192.0.2.10:5500", CALLER_PORT, 1_300.0, 0xfee1);
    lab.command(lab.open_command(Some(caller.remote())));
    lab.speak(&mut before, 10, 1_000);
    lab.run_to(1_000);
    lab.close();
    assert_eq!(lab.out.closing.as_ref().unwrap().quality.caller.packets, 0);
}

#[test]
fn packets_that_arrive_before_the_call_opens_belong_to_it() {
    let mut caller = Phone::new("192.0.2.10:5500", CALLER_PORT, 1_300.0, 0xfee1);
    caller.said = addr("192.0.2.10:5502");
    let mut lab = Lab::new();
    lab.speak(&mut caller, 0, 1_000);
    lab.run_to(50);
    lab.command(lab.open_command(Some(caller.remote())));
    lab.run_to(1_000);
    lab.close();
    assert_eq!(lab.out.closing.as_ref().unwrap().quality.caller.packets, 47);
}

#[test]
fn sdp_address_is_taken_even_with_the_ssrc_of_the_call_before() {
    let mut caller = Phone::caller();
    let mut lab = Lab::open(&caller);
    lab.speak(&mut caller, 0, 500);
    lab.run_to(500);
    lab.close();
    lab.call = lab.call.next();
    lab.out.stereo.clear();
    lab.command(lab.open_command(Some(caller.remote())));
    lab.speak(&mut caller, 3_000, 4_000);
    lab.run_to(4_000);
    lab.close();
    assert_eq!(lab.out.closing.as_ref().unwrap().quality.caller.packets, 50);
}

// ---- rank 5: the same stream from elsewhere -----------------------------------

#[test]
fn stream_that_goes_on_elsewhere_after_silence_is_followed_and_answered_there() {
    let mut caller = Phone::caller();
    let (mut lab, mut seat) = (bridged(&caller), Phone::seat());
    lab.speak(&mut caller, 0, 1_000);
    caller.from = addr("198.51.100.99:5999");
    lab.speak(&mut caller, 1_600, 2_000);
    lab.speak(&mut seat, 1_800, 2_000);
    lab.run_to(2_000);
    assert_eq!(heard_by_seat(&lab), 70);
    assert_eq!(last_target(&lab), Some(caller.from));
    // The SDP's address takes the leg back at any time.
    let mut home = Phone::caller();
    lab.speak(&mut home, 2_005, 2_200);
    lab.speak(&mut seat, 2_100, 2_200);
    lab.run_to(2_200);
    assert_eq!(last_target(&lab), Some(home.said));
}

#[test]
fn copied_ssrc_is_rejected_without_silence_or_sequence() {
    let mut caller = Phone::caller();
    let mut lab = bridged(&caller);
    lab.speak(&mut caller, 0, 1_000);
    let mut copy = stranger();
    copy.ssrc = caller.ssrc;
    // The copy is sent while the caller speaks, with sequence numbers that go on.
    (copy.seq, copy.ts) = (caller.seq.wrapping_add(1), caller.ts);
    lab.speak(&mut copy, 1_000, 1_300);
    // The copy is sent after a silence, but with other sequence numbers.
    (copy.seq, copy.ts) = (caller.seq.wrapping_add(2_000), caller.ts);
    lab.speak(&mut copy, 2_000, 2_500);
    (copy.seq, copy.ts) = (caller.seq, caller.ts.wrapping_add(800_000));
    lab.speak(&mut copy, 2_500, 3_000);
    lab.run_to(3_000);
    assert_eq!(heard_by_seat(&lab), 50);
}

// ---- rank 6: no evidence for the source -----------------------------------------

#[test]
fn only_source_behind_split_cgnat_is_assumed_and_reported() {
    // Signalling and voice leave the carrier's NAT at two addresses.
    let mut caller = behind_nat("198.51.100.30:34567", named("198.51.100.20"));
    let (mut lab, mut seat) = (bridged(&caller), Phone::seat());
    lab.speak(&mut caller, 0, 480);
    lab.run_to(480);
    assert_eq!((heard_by_seat(&lab), assumed(&lab)), (0, 0));
    lab.speak(&mut caller, 480, 1_000);
    lab.speak(&mut seat, 480, 1_000);
    lab.run_to(1_000);
    assert_eq!((heard_by_seat(&lab), assumed(&lab)), (26, 1));
    assert_eq!(last_target(&lab), Some(caller.from));
    // A named host displaces it.
    let mut named = Phone::new("198.51.100.20:4000", CALLER_PORT, 1_300.0, 8);
    lab.speak(&mut named, 1_000, 1_200);
    lab.speak(&mut caller, 1_005, 1_200);
    lab.speak(&mut seat, 1_100, 1_200);
    lab.run_to(1_200);
    assert_eq!(last_target(&lab), Some(named.from));
}

#[test]
fn two_unvouched_sources_are_reported_once_and_neither_is_accepted() {
    let mut caller = behind_nat("198.51.100.30:34567", named("198.51.100.20"));
    let mut lab = bridged(&caller);
    lab.speak(&mut caller, 0, 3_000);
    lab.speak(&mut stranger(), 200, 1_000);
    lab.run_to(3_000);
    assert_eq!((heard_by_seat(&lab), assumed(&lab)), (0, 0));
    let rivals = Event::SourcesConflict { call: lab.call, leg: CALLER };
    assert_eq!(lab.out.events.iter().filter(|e| **e == rivals).count(), 1);
    // A host that signalling names is still accepted.
    let mut named = Phone::new("198.51.100.20:4000", CALLER_PORT, 1_300.0, 8);
    lab.speak(&mut named, 3_000, 3_200);
    lab.run_to(3_200);
    assert_eq!(heard_by_seat(&lab), 10);
}

#[test]
fn single_packets_of_scanners_cause_no_conflict() {
    let mut caller = behind_nat("198.51.100.30:34567", named("198.51.100.20"));
    let mut lab = bridged(&caller);
    for n in 0..20u16 {
        let from = addr(&format!("203.0.113.{}:7000", n + 1));
        lab.deliver(f64::from(n) * 50.0 + 5.0, CALLER_PORT, from, rtp(8, n, 0, 1, &[0; 160]));
    }
    lab.speak(&mut caller, 0, 1_000);
    lab.run_to(1_000);
    assert_eq!((heard_by_seat(&lab), assumed(&lab)), (26, 1));
}

#[test]
fn unvouched_source_is_rejected_by_setting_or_public_sdp() {
    let spoken = |signalled: SignalledSource, assume_source: bool, pace_ms: u64| {
        let mut caller = behind_nat("198.51.100.30:34567", SignalledSource::default());
        caller.signalled = signalled;
        let mut lab = Lab::with(Config { assume_source, ..Config::default() });
        lab.command(lab.open_command(Some(caller.remote())));
        lab.add_seat();
        lab.bridge(&Phone::seat());
        for n in 0..100 {
            let packet = caller.packet();
            lab.deliver((n * pace_ms) as f64, CALLER_PORT, caller.from, packet);
        }
        lab.run_to(100 * pace_ms);
        heard_by_seat(&lab)
    };
    let unreachable = SignalledSource { sdp_unreachable: true, ..SignalledSource::default() };
    assert_eq!(spoken(unreachable.clone(), true, 20), 76);
    assert_eq!(spoken(unreachable.clone(), false, 20), 0);
    assert_eq!(spoken(SignalledSource::default(), true, 20), 0);
    // A burst is not accepted as a phone.
    assert_eq!(spoken(unreachable, true, 1), 0);
}

#[test]
fn ipv4_voice_beside_ipv6_signalling_is_taken_at_its_sdp_or_assumed_behind_nat() {
    let mut open = Phone::caller();
    open.signalled = SignalledSource { sdp_unreachable: true, ..named("2001:db8::7") };
    let mut lab = bridged(&open);
    lab.speak(&mut open, 0, 200);
    lab.run_to(200);
    assert_eq!((heard_by_seat(&lab), assumed(&lab)), (10, 0));
    let mut hidden = behind_nat("198.51.100.30:34567", named("2001:db8::7"));
    let mut lab = bridged(&hidden);
    lab.speak(&mut hidden, 0, 600);
    lab.run_to(600);
    assert_eq!((heard_by_seat(&lab), assumed(&lab)), (6, 1));
}

#[test]
fn assumed_source_goes_on_from_another_port_of_its_host_after_silence() {
    let mut caller = behind_nat("198.51.100.30:34567", named("198.51.100.20"));
    let mut lab = bridged(&caller);
    lab.speak(&mut caller, 0, 1_000);
    let mut again = Phone::new("198.51.100.30:40000", CALLER_PORT, 1_300.0, 12);
    lab.speak(&mut again, 2_000, 3_000);
    lab.speak(&mut stranger(), 4_000, 6_000);
    lab.run_to(6_000);
    assert_eq!((heard_by_seat(&lab), assumed(&lab)), (52, 2));
}

// ---- RTCP ----------------------------------------------------------------------

#[test]
fn rtcp_of_strangers_neither_keeps_a_leg_alive_nor_redirects_ours() {
    let caller = Phone::caller();
    let lost = Duration::from_secs(2);
    let every = Duration::from_secs(1);
    let config = Config { voice_lost_after: lost, rtcp_every: every, ..Config::default() };
    let mut lab = Lab::with(config);
    lab.command(lab.open_command(Some(caller.remote())));
    // A receiver report without blocks (RFC 3550 6.4.2).
    let report = [0x80, 201, 0, 1, 0, 0, 0, 9];
    for n in 0..50 {
        lab.deliver_rtcp(
            f64::from(n) * 100.0,
            CALLER_PORT,
            addr("203.0.113.66:7001"),
            report.into(),
        );
    }
    lab.run_to(5_000);
    assert!(lab.out.events.contains(&Event::VoiceLost { call: lab.call, leg: CALLER }));
    let sent = lab.out.sent.iter().filter(|s| s.rtcp);
    assert!(sent.clone().count() > 0 && sent.clone().all(|s| s.to == addr("192.0.2.10:5001")));
}

#[test]
fn rtp_at_the_rtcp_port_does_not_redirect_our_reports() {
    let caller = Phone::caller();
    let mut astray = Phone::new("192.0.2.10:7000", CALLER_PORT, 2_500.0, 0xbad);
    let config = Config { rtcp_every: Duration::from_secs(1), ..Config::default() };
    let mut lab = Lab::with(config);
    lab.command(lab.open_command(Some(caller.remote())));
    for n in 0..150 {
        lab.deliver_rtcp(f64::from(n) * 20.0, CALLER_PORT, astray.from, astray.packet());
    }
    lab.run_to(3_000);
    let reports = lab.out.sent.iter().filter(|s| s.rtcp);
    assert!(
        reports.clone().count() > 0 && reports.clone().all(|s| s.to == addr("192.0.2.10:5001"))
    );
}

// ---- random packets of strangers -----------------------------------------------

#[derive(Clone, Debug)]
enum Action {
    /// A burst of a stranger's packets.
    Spray { host: u8, port: u16, ssrc: u32, seq: u16, ts: u32, count: u8, every_ms: u8, pt: u8 },
    /// The far end sends nothing for this long.
    Pause { ms: u16 },
    /// The far end is described again, as by a session refresh or a hold.
    Again,
}

fn action() -> impl Strategy<Value = Action> {
    let spray = (1u8..5, 1_024u16..1_030, 0u32..3, any::<u16>(), any::<u32>(), 1u8..60, 1u8..40)
        .prop_map(|(host, port, ssrc, seq, ts, count, every_ms)| {
            let pt = if ssrc == 2 { 101 } else { 8 };
            Action::Spray { host, port, ssrc, seq, ts, count, every_ms, pt }
        });
    prop_oneof![6 => spray, 1 => (0u16..2_000).prop_map(|ms| Action::Pause { ms }), 1 => Just(Action::Again)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// No sequence of packets of strangers is relayed, recorded or answered, and none displaces
    /// the SDP's address.
    #[test]
    fn strangers_are_never_relayed_recorded_or_answered(
        actions in proptest::collection::vec(action(), 1..20),
        late in any::<bool>(),
    ) {
        let (mut caller, seat) = (Phone::caller(), Phone::seat());
        caller.signalled = named("192.0.2.10");
        let mut lab = Lab::new();
        let call = lab.call;
        lab.command(lab.open_command((!late).then(|| caller.remote())));
        if late {
            let signalled = caller.signalled.clone();
            lab.command(Command::ExpectSource { call, leg: CALLER, signalled });
        }
        lab.add_seat();
        lab.bridge(&seat);
        let (mut ms, mut spoken) = (0u64, 0usize);
        for (n, action) in actions.into_iter().enumerate() {
            let end = match action {
                Action::Spray { host, port, ssrc, seq, ts, count, every_ms, pt } => {
                    let from = addr(&format!("203.0.113.{host}:{port}"));
                    // Some strangers have learned the caller's SSRC.
                    let ssrc = if ssrc == 1 { caller.ssrc } else { ssrc };
                    for k in 0..count {
                        let at = ms as f64 + f64::from(k) * f64::from(every_ms);
                        let seq = seq.wrapping_add(u16::from(k));
                        // Out of sequence with the caller: an eavesdropper on the path could forge
                        // anything.
                        let ts = (ts | 1 << 30).wrapping_add(160 * u32::from(k));
                        lab.deliver(at, CALLER_PORT, from, rtp(pt, seq, ts, ssrc, &[0xaa; 160]));
                        lab.deliver_rtcp(at, CALLER_PORT, from, vec![0x80, 201, 0, 1, 0, 0, 0, 9]);
                    }
                    ms + u64::from(count) * u64::from(every_ms)
                }
                Action::Pause { ms: pause } => ms + u64::from(pause),
                Action::Again => {
                    lab.change(CALLER, caller.remote());
                    ms
                }
            };
            if late && n == 2 {
                lab.change(CALLER, caller.remote());
            }
            let described = !late || n >= 2;
            lab.run_to(end);
            if described {
                lab.speak(&mut caller, end, end + 40);
                spoken += 2;
            }
            lab.run_to(end + 40);
            ms = end + 40;
        }
        prop_assert_eq!(heard_by_seat(&lab), spoken);
        prop_assert!(!lab.out.sent.iter().any(|s| s.to.ip().to_string().starts_with("203.0.113.")));
        lab.close();
        prop_assert_eq!(lab.out.closing.as_ref().unwrap().quality.caller.packets, spoken as u64);
    }
}
