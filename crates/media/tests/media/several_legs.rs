//! More than two legs: who hears whom, mixes, and changes between a mix and a single voice.

use crate::lab::*;
use media::{Command, Event, LegRoute};
use primitives::{Codec, LegId};

const THIRD: LegId = LegId(4);
const THIRD_PORT: u16 = 40_004;
const THIRD_HZ: f64 = 2_600.0;

fn third() -> Phone {
    Phone::new("203.0.113.5:7000", THIRD_PORT, THIRD_HZ, 0x0bad_5eed)
}

/// A talk between caller and seat to which a third leg was added, with these routes.
fn three(
    caller: &mut Phone,
    seat: &mut Phone,
    third: &mut Phone,
    routes: &[(LegId, &[LegId])],
) -> Lab {
    let mut lab = Lab::open(caller);
    lab.add_seat();
    lab.bridge(seat);
    lab.speak(caller, 0, 4_000);
    lab.speak(seat, 0, 4_000);
    lab.run_to(1_000);
    lab.command(Command::AddLeg { call: lab.call, leg: THIRD, rtp_port: THIRD_PORT });
    let (call, remote, routes) = (lab.call, third.remote(), table(routes));
    lab.command(Command::Connect { call, leg: THIRD, remote, routes });
    lab.speak(third, 1_000, 4_000);
    lab
}

fn table(routes: &[(LegId, &[LegId])]) -> Vec<LegRoute> {
    routes.iter().map(|(leg, hears)| route(*leg, hears)).collect()
}

/// The samples that a leg heard from `from_ms` on.
fn heard(lab: &Lab, phone: &Phone, from_ms: u64) -> Vec<i16> {
    let sent = lab.heard_at(phone.rtp_port).into_iter().filter(|sent| sent.at >= at(from_ms));
    sent.flat_map(|sent| decode(phone.codec, sent.payload())).collect()
}

/// The tones in what a leg heard, of caller, seat and third.
fn tones(samples: &[i16]) -> [bool; 3] {
    [CALLER_HZ, SEAT_HZ, THIRD_HZ].map(|hertz| sounds(samples, hertz))
}

#[test]
fn conference_hears_each_other_and_nobody_hears_themselves() {
    let (mut caller, mut seat, mut other) = (Phone::caller(), Phone::seat(), third());
    // Laws are converted in a mix too.
    other.codec = Codec::Pcmu;
    let routes: [(LegId, &[LegId]); 3] =
        [(CALLER, &[SEAT, THIRD]), (SEAT, &[CALLER, THIRD]), (THIRD, &[CALLER, SEAT])];
    let mut lab = three(&mut caller, &mut seat, &mut other, &routes);
    lab.run_to(4_000);
    assert_eq!(tones(&heard(&lab, &caller, 1_200)), [false, true, true]);
    assert_eq!(tones(&heard(&lab, &seat, 1_200)), [true, false, true]);
    assert_eq!(tones(&heard(&lab, &other, 1_200)), [true, true, false]);
}

#[test]
fn recording_has_the_caller_left_and_all_whom_the_caller_hears_right() {
    let (mut caller, mut seat, mut other) = (Phone::caller(), Phone::seat(), third());
    let routes: [(LegId, &[LegId]); 3] =
        [(CALLER, &[SEAT, THIRD]), (SEAT, &[CALLER, THIRD]), (THIRD, &[CALLER, SEAT])];
    let mut lab = three(&mut caller, &mut seat, &mut other, &routes);
    lab.run_to(4_000);
    lab.close();
    let (left, right) = (lab.left(), lab.right());
    assert_eq!(tones(&left[9_000..31_000]), [true, false, false]);
    assert_eq!(tones(&right[..7_000]), [false, true, false]);
    assert_eq!(tones(&right[9_000..31_000]), [false, true, true]);
    // The voices were recorded before the buffer of the mix: nothing is missing or twice.
    let closing = lab.out.closing.clone().unwrap_or_default();
    assert_eq!((closing.hotline.total_ms, closing.hotline.count), (0, 0), "{closing:?}");
}

#[test]
fn listener_changes_nothing_for_those_who_talk() {
    let (mut caller, mut seat, mut other) = (Phone::caller(), Phone::seat(), third());
    let routes: [(LegId, &[LegId]); 3] =
        [(CALLER, &[SEAT]), (SEAT, &[CALLER]), (THIRD, &[CALLER, SEAT])];
    let mut lab = three(&mut caller, &mut seat, &mut other, &routes);
    lab.run_to(4_000);
    lab.close();
    let mut alone = Lab::open(&Phone::caller());
    let (mut caller_alone, mut seat_alone) = (Phone::caller(), Phone::seat());
    alone.add_seat();
    alone.bridge(&seat_alone);
    alone.speak(&mut caller_alone, 0, 4_000);
    alone.speak(&mut seat_alone, 0, 4_000);
    alone.run_to(4_000);
    alone.close();
    for port in [CALLER_PORT, SEAT_PORT] {
        let payloads = |lab: &Lab| -> Vec<Vec<u8>> {
            lab.heard_at(port).iter().map(|sent| sent.payload().to_vec()).collect()
        };
        assert_eq!(payloads(&lab), payloads(&alone), "{port}");
    }
    assert_eq!(lab.out.stereo, alone.out.stereo);
    assert_eq!(tones(&heard(&lab, &other, 1_200)), [true, true, false]);
}

#[test]
fn whisper_is_heard_by_the_agent_and_is_not_on_the_callers_recording() {
    let (mut caller, mut seat, mut other) = (Phone::caller(), Phone::seat(), third());
    let routes: [(LegId, &[LegId]); 3] =
        [(CALLER, &[SEAT]), (SEAT, &[CALLER, THIRD]), (THIRD, &[CALLER, SEAT])];
    let mut lab = three(&mut caller, &mut seat, &mut other, &routes);
    lab.run_to(4_000);
    lab.close();
    assert_eq!(tones(&heard(&lab, &seat, 1_200)), [true, false, true]);
    assert_eq!(tones(&heard(&lab, &caller, 1_200)), [false, true, false]);
    assert_eq!(tones(&lab.right()), [false, true, false]);
}

#[test]
fn held_caller_hears_music_while_the_others_consult() {
    let (mut caller, mut seat, mut other) = (Phone::caller(), Phone::seat(), third());
    let routes: [(LegId, &[LegId]); 2] = [(SEAT, &[THIRD]), (THIRD, &[SEAT])];
    let mut lab = three(&mut caller, &mut seat, &mut other, &routes);
    lab.run_to(4_000);
    lab.close();
    let music = heard(&lab, &caller, 1_200);
    assert!(sounds(&music, MUSIC_HZ) && tones(&music) == [false; 3]);
    assert!(sounds(&lab.right()[9_000..31_000], MUSIC_HZ));
    assert_eq!(tones(&heard(&lab, &seat, 1_200)), [false, false, true]);
}

#[test]
fn silent_route_plays_silence_and_no_music() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut caller, 0, 2_000);
    lab.speak(&mut seat, 0, 2_000);
    lab.run_to(1_000);
    let silent = LegRoute { leg: SEAT, hears: Vec::new(), is_silent: true };
    lab.command(Command::Route { call: lab.call, routes: vec![silent] });
    lab.run_to(2_000);
    let after = heard(&lab, &seat, 1_040);
    assert!(after.len() > 7_000 && after.iter().all(|sample| sample.abs() <= 8), "{after:?}");
}

#[test]
fn stream_runs_on_without_a_jump_or_a_click_into_a_mix_and_out_of_it() {
    let (mut caller, mut seat, mut other) = (Phone::caller(), Phone::seat(), third());
    // Only the seat's slow tone is heard by the caller, so that a click stands out.
    seat.hertz = 200.0;
    other.hertz = 200.0;
    let mixed: [(LegId, &[LegId]); 3] =
        [(CALLER, &[SEAT, THIRD]), (SEAT, &[CALLER]), (THIRD, &[CALLER])];
    let mut lab = three(&mut caller, &mut seat, &mut other, &mixed);
    lab.run_to(2_510);
    let alone: [(LegId, &[LegId]); 2] = [(CALLER, &[SEAT]), (SEAT, &[CALLER])];
    lab.command(Command::Route { call: lab.call, routes: table(&alone) });
    lab.run_to(4_000);
    let sent: Vec<Sent> =
        lab.heard_at(CALLER_PORT).into_iter().filter(|sent| sent.at >= at(500)).collect();
    assert!(sent.iter().all(|packet| packet.ssrc() == sent[0].ssrc()));
    for pair in sent.windows(2) {
        assert_eq!(pair[1].seq().wrapping_sub(pair[0].seq()), 1);
        let step = pair[1].ts().wrapping_sub(pair[0].ts());
        // A change may leave out up to the depth of the buffer.
        assert!((160..=160 + 480).contains(&step), "{step}");
    }
    let samples: Vec<i16> =
        sent.iter().flat_map(|packet| decode(Codec::Pcma, packet.payload())).collect();
    // One tone of 200 Hz has steps of at most 1,900, two of them 3,800.
    let largest = samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs());
    assert!(largest.clone().max() < Some(4_400), "{:?}", largest.max());
}

#[test]
fn leg_that_leaves_is_heard_no_more_and_its_port_is_freed() {
    let (mut caller, mut seat, mut other) = (Phone::caller(), Phone::seat(), third());
    let routes: [(LegId, &[LegId]); 3] =
        [(CALLER, &[SEAT, THIRD]), (SEAT, &[CALLER, THIRD]), (THIRD, &[CALLER, SEAT])];
    let mut lab = three(&mut caller, &mut seat, &mut other, &routes);
    lab.run_to(2_000);
    lab.command(Command::DropLeg { call: lab.call, leg: THIRD });
    lab.run_to(4_000);
    assert!(lab.out.events.contains(&Event::PortFreed { rtp_port: THIRD_PORT }));
    assert_eq!(tones(&heard(&lab, &caller, 2_200)), [false, true, false]);
    // Its packets are those of a stranger now.
    assert!(lab.heard_at(THIRD_PORT).iter().all(|sent| sent.at <= at(2_040)));
}

#[test]
fn seventeenth_leg_is_refused_and_its_port_is_freed() {
    let mut lab = Lab::open(&Phone::caller());
    for n in 1..=16u16 {
        let (leg, rtp_port) = (LegId(u64::from(n) * 2), 41_000 + n * 2);
        lab.command(Command::AddLeg { call: lab.call, leg, rtp_port });
    }
    let freed: Vec<&Event> = lab.out.events.iter().collect();
    assert_eq!(freed, [&Event::PortFreed { rtp_port: 41_032 }]);
}
