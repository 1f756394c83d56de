//! No input from the network causes a panic or affects the next call.

use crate::lab::*;
use media::Command;
use primitives::{CallId, Direction};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Packet { port: u16, rtcp: bool, from: u8, bytes: Vec<u8> },
    Rtp { seat: bool, pt: u8, seq: u16, ts: u32, ssrc: u32, len: usize },
    Wait { ms: u64 },
    AddSeat { port: u16 },
    DropSeat,
    Bridge,
    Direct { seat: bool, direction: Direction },
    Play { id: u16 },
    Close,
    Open,
}

fn step() -> impl Strategy<Value = Step> {
    use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
    let direction = prop_oneof![Just(Inactive), Just(RecvOnly), Just(SendOnly), Just(SendRecv)];
    let bytes = proptest::collection::vec(any::<u8>(), 0..300);
    prop_oneof![
        4 => (39_999u16..40_005, any::<bool>(), any::<u8>(), bytes)
            .prop_map(|(port, rtcp, from, bytes)| Step::Packet { port, rtcp, from, bytes }),
        12 => (any::<bool>(), prop_oneof![Just(8u8), Just(0), Just(101), Just(13), any::<u8>()],
            any::<u16>(), any::<u32>(), 0u32..3, 0usize..1_400)
            .prop_map(|(seat, pt, seq, ts, ssrc, len)| Step::Rtp { seat, pt, seq, ts, ssrc, len }),
        3 => (0u64..3_000).prop_map(|ms| Step::Wait { ms }),
        1 => (40_000u16..40_004).prop_map(|port| Step::AddSeat { port }),
        1 => Just(Step::DropSeat),
        2 => Just(Step::Bridge),
        1 => (any::<bool>(), direction).prop_map(|(seat, direction)| Step::Direct { seat, direction }),
        1 => (0u16..4).prop_map(|id| Step::Play { id }),
        1 => Just(Step::Close),
        1 => Just(Step::Open),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_packets_and_commands_breaks_anything(steps in proptest::collection::vec(step(), 1..80)) {
        let (caller, seat) = (Phone::caller(), Phone::seat());
        let mut lab = Lab::open(&caller);
        let mut ms = 0;
        for step in steps {
            let call = lab.call;
            match step {
                Step::Packet { port, rtcp, from, mut bytes } => {
                    if let Some(first) = bytes.first_mut() {
                        *first = 0x80 | *first & 0x3f;
                    }
                    let from = if from < 128 { caller.from } else { seat.from };
                    lab.relays.handle_packet(lab.now, port, rtcp, from, &mut bytes, &mut lab.out);
                }
                Step::Rtp { seat: by_seat, pt, seq, ts, ssrc, len } => {
                    let phone = if by_seat { &seat } else { &caller };
                    let mut bytes = rtp(pt, seq, ts, ssrc, &vec![0x55; len]);
                    lab.relays.handle_packet(lab.now, phone.rtp_port, false, phone.from, &mut bytes, &mut lab.out);
                }
                Step::Wait { ms: more } => {
                    ms += more;
                    lab.run_to(ms);
                }
                Step::AddSeat { port } => {
                    lab.command(Command::AddLeg { call, leg: SEAT, rtp_port: port });
                },
                Step::DropSeat => lab.drop_seat(),
                Step::Bridge => lab.bridge(&seat),
                Step::Direct { seat: true, direction } => lab.direct(SEAT, &seat, direction),
                Step::Direct { direction, .. } => lab.direct(CALLER, &caller, direction),
                Step::Play { id } => lab.command(Command::Play { call, leg: CALLER, prompts: vec![media::PromptId(id)] }),
                Step::Close => {
                    lab.close();
                    if let Some(closing) = lab.out.closing.take() {
                        prop_assert_eq!(closing.frames * 2, lab.out.stereo.len() as u64);
                    }
                    lab.out.stereo.clear();
                }
                Step::Open => {
                    // Opening an open call does nothing; otherwise a new call on the old ports.
                    let open = lab.open_command(Some(caller.remote()));
                    lab.command(open);
                }
            }
        }
        lab.close();
        prop_assert!(lab.relays.is_empty());
        prop_assert_eq!(lab.relays.poll_timeout(), None);
    }

    #[test]
    fn random_packets_of_one_call_do_not_touch_another(noise in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..50)) {
        let mut caller = Phone::caller();
        let mut lab = Lab::open(&caller);
        let other = CallId::from(7);
        lab.command(Command::Open {
            call: other,
            leg: primitives::LegId(9),
            rtp_port: 41_000,
            remote: None,
            prompts: vec![],
            music: MUSIC,
            record: false,
        });
        lab.speak(&mut caller, 0, 1_000);
        for (n, mut bytes) in noise.into_iter().enumerate() {
            if let Some(first) = bytes.first_mut() {
                *first = 0x80;
            }
            lab.deliver(n as f64 * 20.0, 41_000, caller.from, bytes);
        }
        lab.run_to(1_000);
        lab.close();
        let closing = lab.out.closing.take();
        prop_assert_eq!(closing.map(|c| c.quality.caller.packets), Some(50));
        prop_assert_eq!(lab.relays.len(), 1);
    }
}
