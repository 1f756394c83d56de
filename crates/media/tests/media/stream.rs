//! Each side receives one RTP stream without a jump, whatever its source.

use crate::lab::*;
use media::{Command, Event};
use primitives::{Codec, Direction};

/// No jump in SSRC, sequence or time, and at most `slack_ms` off the clock.
fn assert_continuous(stream: &[Sent], slack_ms: i64) {
    let first = &stream[0];
    for pair in stream.windows(2) {
        assert_eq!(pair[1].seq(), pair[0].seq().wrapping_add(1), "at {}", pair[1].at);
    }
    for packet in stream {
        assert_eq!(packet.ssrc(), first.ssrc());
        let by_clock = packet.at.ms_since(first.at) as i64;
        let by_stamp = i64::from(packet.ts().wrapping_sub(first.ts())) / 8;
        assert!((by_clock - by_stamp).abs() <= slack_ms, "{by_clock} {by_stamp}");
    }
}

fn frequency_at(stream: &[Sent], from_ms: u64, to_ms: u64, hertz: f64) -> bool {
    let samples: Vec<i16> = stream
        .iter()
        .filter(|s| s.at >= at(from_ms) && s.at < at(to_ms))
        .flat_map(|s| decode(Codec::Pcma, s.payload()))
        .collect();
    sounds(&samples, hertz)
}

#[test]
fn greeting_music_and_talk_are_one_stream_to_the_caller() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.speak(&mut caller, 0, 9_000);
    lab.run_to(3_000);
    assert!(lab.out.events.contains(&Event::PromptsEnded { call: lab.call, leg: CALLER }));
    lab.add_seat();
    lab.run_to(4_000);
    lab.bridge(&seat);
    lab.speak(&mut seat, 4_007, 6_000);
    lab.run_to(6_000);
    lab.direct(SEAT, &seat, Direction::RecvOnly);
    lab.run_to(7_500);
    lab.direct(SEAT, &seat, Direction::SendRecv);
    seat.ts = seat.ts.wrapping_add(12_000);
    lab.speak(&mut seat, 7_511, 9_000);
    lab.run_to(9_000);

    let stream = lab.heard_at(CALLER_PORT);
    assert_continuous(&stream, 45);
    assert!(frequency_at(&stream, 0, 1_000, GREETING_HZ));
    assert!(frequency_at(&stream, 1_100, 4_000, MUSIC_HZ));
    assert!(frequency_at(&stream, 4_000, 6_000, SEAT_HZ));
    assert!(frequency_at(&stream, 6_000, 7_500, MUSIC_HZ));
    assert!(frequency_at(&stream, 7_500, 9_000, SEAT_HZ));
    let spurts: Vec<u64> =
        stream.iter().filter(|s| s.marker()).map(|s| s.at.ms_since(at(0))).collect();
    assert_eq!(spurts.len(), 4, "greeting with music, talk, hold, talk: {spurts:?}");

    let stream = lab.heard_at(SEAT_PORT);
    assert!(frequency_at(&stream, 4_000, 6_000, CALLER_HZ));
    assert!(
        stream.iter().all(|s| s.at <= at(6_000) || s.at > at(7_500)),
        "a seat on hold is left alone"
    );
    assert_continuous(&stream, 45);
}

#[test]
fn seat_hears_music_while_the_caller_holds() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut caller, 0, 3_000);
    lab.speak(&mut seat, 0, 3_000);
    lab.run_to(1_000);
    lab.direct(CALLER, &caller, Direction::Inactive);
    lab.run_to(2_000);
    let to_seat = lab.heard_at(SEAT_PORT);
    assert!(frequency_at(&to_seat, 0, 1_000, CALLER_HZ));
    assert!(frequency_at(&to_seat, 1_020, 2_000, MUSIC_HZ));
    assert!(!frequency_at(&to_seat, 1_020, 2_000, CALLER_HZ));
    assert!(lab.heard_at(CALLER_PORT).iter().all(|s| s.at <= at(1_000)));
}

#[test]
fn hold_by_unspecified_address_is_understood() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut caller, 0, 2_000);
    lab.speak(&mut seat, 0, 1_000);
    lab.run_to(1_000);
    let mut held = seat.remote();
    held.rtp.set_ip(std::net::Ipv4Addr::UNSPECIFIED.into());
    lab.change(SEAT, held);
    lab.run_to(2_000);
    assert!(frequency_at(&lab.heard_at(CALLER_PORT), 1_020, 2_000, MUSIC_HZ));
    assert!(lab.heard_at(SEAT_PORT).iter().all(|s| s.at <= at(1_000)));
    lab.direct(SEAT, &seat, Direction::SendRecv);
    lab.speak(&mut seat, 2_000, 3_000);
    lab.run_to(3_000);
    assert!(frequency_at(&lab.heard_at(CALLER_PORT), 2_020, 3_000, SEAT_HZ));
}

#[test]
fn seat_voice_from_before_the_bridge_is_relayed() {
    let (caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.run_to(500);
    lab.speak(&mut seat, 500, 640);
    lab.run_to(610);
    let spoken: Vec<Vec<u8>> = {
        let mut again = Phone::seat();
        (0..7).map(|_| again.packet()[12..].to_vec()).collect()
    };
    lab.bridge(&seat);
    lab.run_to(700);
    let heard: Vec<Vec<u8>> = lab
        .heard_at(CALLER_PORT)
        .iter()
        .filter(|s| s.at >= at(610))
        .map(|s| s.payload().to_vec())
        .collect();
    assert_eq!(heard, spoken);
    assert_continuous(&lab.heard_at(CALLER_PORT), 130);
}

#[test]
fn unanswered_seat_is_not_relayed_and_its_port_is_freed() {
    let (caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.speak(&mut seat, 0, 1_000);
    lab.run_to(1_000);
    lab.drop_seat();
    lab.run_to(1_500);
    assert!(lab.out.events.contains(&Event::PortFreed { rtp_port: SEAT_PORT }));
    assert!(!frequency_at(&lab.heard_at(CALLER_PORT), 0, 1_500, SEAT_HZ));
}

#[test]
fn loss_and_reordering_are_forwarded_unchanged() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    let packets: Vec<_> = (0..8).map(|_| seat.packet()).collect();
    for (ms, n) in [(0, 0), (20, 1), (60, 3), (80, 5), (81, 4), (140, 7), (141, 7)] {
        lab.deliver(100.0 + f64::from(ms), SEAT_PORT, seat.from, packets[n as usize].clone());
    }
    lab.speak(&mut caller, 0, 300);
    lab.run_to(300);
    let stream = lab.heard_at(CALLER_PORT);
    let talk: Vec<_> = stream.iter().filter(|s| s.at >= at(100)).collect();
    let seqs: Vec<_> = talk.iter().map(|s| s.seq().wrapping_sub(talk[0].seq())).collect();
    let times: Vec<_> = talk.iter().map(|s| s.ts().wrapping_sub(talk[0].ts()) / 160).collect();
    assert_eq!(seqs, [0, 1, 3, 5, 4, 7]);
    assert_eq!(times, [0, 1, 3, 5, 4, 7]);
}

#[test]
fn comfort_noise_leaves_no_gap() {
    let (caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut seat, 0, 100);
    lab.run_to(100);
    let noise = rtp(13, seat.seq, seat.ts, seat.ssrc, &[40]);
    lab.deliver(105.0, SEAT_PORT, seat.from, noise);
    (seat.seq, seat.ts) = (seat.seq.wrapping_add(1), seat.ts.wrapping_add(1_600));
    lab.speak(&mut seat, 305, 400);
    lab.run_to(400);
    let stream = lab.heard_at(CALLER_PORT);
    assert_eq!(stream.len(), 10);
    assert_continuous(&stream, 25);
}

#[test]
fn a_law_and_mu_law_legs_with_different_packet_times_are_bridged() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    (seat.codec, seat.event, caller.ptime_ms) = (Codec::Pcmu, Some(96), 60);
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut caller, 0, 1_200);
    lab.speak(&mut seat, 0, 1_200);
    lab.run_to(1_200);
    let to_seat = lab.heard_at(SEAT_PORT);
    assert!(to_seat.iter().all(|s| s.pt() == 0 && s.payload().len() == 480));
    let heard: Vec<i16> = to_seat.iter().flat_map(|s| decode(Codec::Pcmu, s.payload())).collect();
    assert!(sounds(&heard, CALLER_HZ));
    let to_caller = lab.heard_at(CALLER_PORT);
    assert!(to_caller.iter().all(|s| s.pt() == 8));
    assert!(frequency_at(&to_caller, 20, 1_200, SEAT_HZ));
}

#[test]
fn announcement_interrupts_music() {
    let caller = Phone::caller();
    let mut lab = Lab::open(&caller);
    lab.run_to(3_000);
    lab.command(Command::Play { call: lab.call, leg: CALLER, prompts: vec![GREETING] });
    lab.run_to(6_000);
    let stream = lab.heard_at(CALLER_PORT);
    assert!(frequency_at(&stream, 3_020, 4_000, GREETING_HZ));
    assert!(frequency_at(&stream, 4_100, 6_000, MUSIC_HZ));
    assert_continuous(&stream, 1);
    let ended = lab.out.events.iter().filter(|e| matches!(e, Event::PromptsEnded { .. }));
    assert_eq!(ended.count(), 2);
}

#[test]
fn announcement_interrupts_the_bridge() {
    let (caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut seat, 0, 4_000);
    lab.run_to(1_000);
    lab.command(Command::Play { call: lab.call, leg: CALLER, prompts: vec![GREETING] });
    lab.run_to(4_000);
    lab.close();
    let stream = lab.heard_at(CALLER_PORT);
    assert!(frequency_at(&stream, 1_020, 2_000, GREETING_HZ));
    assert!(!frequency_at(&stream, 1_020, 2_000, SEAT_HZ));
    assert!(frequency_at(&stream, 2_040, 4_000, SEAT_HZ));
    assert!(sounds(&lab.right()[8_200..16_000], GREETING_HZ));
    assert_continuous(&stream, 45);
}

#[test]
fn bridge_stops_the_greeting_at_once() {
    let (caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.run_to(300);
    lab.bridge(&seat);
    lab.speak(&mut seat, 305, 1_300);
    lab.run_to(1_300);
    let stream = lab.heard_at(CALLER_PORT);
    assert!(!frequency_at(&stream, 301, 1_300, GREETING_HZ));
    assert!(frequency_at(&stream, 301, 1_300, SEAT_HZ));
    assert!(!lab.out.events.contains(&Event::PromptsEnded { call: lab.call, leg: CALLER }));
}

#[test]
fn greeting_starts_at_its_beginning_after_a_late_offer() {
    let caller = Phone::caller();
    let mut lab = Lab::new();
    lab.command(lab.open_command(None));
    lab.run_to(700);
    assert!(lab.out.sent.is_empty());
    lab.change(CALLER, caller.remote());
    lab.run_to(3_000);
    let stream = lab.heard_at(CALLER_PORT);
    assert!(frequency_at(&stream, 700, 1_700, GREETING_HZ));
    assert!(frequency_at(&stream, 1_800, 3_000, MUSIC_HZ));
}

#[test]
fn music_stays_on_the_clock_for_an_hour() {
    let caller = Phone::caller();
    let mut lab = Lab::open(&caller);
    lab.run_to(3_600_000);
    let stream = lab.heard_at(CALLER_PORT);
    assert_eq!(stream.len(), 180_000);
    assert_continuous(&stream, 1);
}

#[path = "../../examples/relay.rs"]
mod relay_example;

#[test]
fn example_relay_runs() {
    relay_example::main();
}
