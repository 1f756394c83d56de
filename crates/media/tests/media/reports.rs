//! RTCP as the far ends receive it, and the statistics at the close.

use std::time::Duration;

use crate::lab::*;
use media::{Command, Config, Event};
use rtcp_types::{
    Compound, Packet, ReceiverReport, ReportBlock, RtcpPacketWriterExt, SenderReport,
};

fn reports(lab: &Lab, rtp_port: u16) -> Vec<Sent> {
    lab.out.sent.iter().filter(|s| s.rtcp && s.rtp_port == rtp_port).cloned().collect()
}

#[test]
fn each_leg_gets_periodic_reports_and_a_goodbye() {
    let (mut caller, mut seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::with(Config::default());
    lab.command(lab.open_command(Some(caller.remote())));
    lab.add_seat();
    lab.bridge(&seat);
    lab.speak(&mut caller, 0, 60_000);
    for n in 0..3_000 {
        let packet = seat.packet();
        if n % 10 != 5 {
            lab.deliver(f64::from(n) * 20.0, SEAT_PORT, seat.from, packet);
        }
    }
    lab.run_to(60_000);
    lab.close();
    for (port, phone, lost) in [(CALLER_PORT, &caller, 0), (SEAT_PORT, &seat, 300)] {
        let sent = reports(&lab, port);
        assert!((9..=25).contains(&sent.len()), "{}", sent.len());
        assert!(sent.iter().all(|s| s.to.ip() == phone.from.ip()));
        assert!(sent.iter().all(|s| s.to.port() == phone.from.port() + 1));
        let last = sent.last().unwrap();
        let parts: Vec<_> = Compound::parse(&last.bytes).unwrap().flatten().collect();
        let [Packet::Sr(report), Packet::Sdes(_), Packet::Bye(_)] = &parts[..] else {
            panic!("{parts:?}")
        };
        let stream = lab.heard_at(port);
        assert_eq!(report.ssrc(), stream[0].ssrc());
        assert_eq!(report.packet_count() as usize, stream.len());
        let block = report.report_blocks().next().unwrap();
        assert_eq!((block.ssrc(), block.cumulative_lost()), (phone.ssrc, lost));
        let last_voice = stream.last().unwrap();
        let ahead = report.rtp_timestamp().wrapping_sub(last_voice.ts()) as i32;
        assert!(ahead.abs() < 800, "{ahead}");
    }
    let quality = lab.out.events.iter().find_map(|e| match e {
        Event::Closed { quality, .. } => Some(*quality),
        _ => None,
    });
    let quality = quality.unwrap();
    assert_eq!((quality.seat.packets, quality.seat.lost), (2_700, 300));
    assert_eq!((quality.caller.packets, quality.caller.lost), (3_000, 0));
}

#[test]
fn reports_are_sent_to_the_rtcp_source_and_strangers_reports_dropped() {
    let mut caller = Phone::caller();
    let mut lab = Lab::with(Config { rtcp_every: Duration::from_secs(1), ..Config::default() });
    lab.command(lab.open_command(Some(caller.remote())));
    lab.speak(&mut caller, 0, 100);
    let mut report = [0; 64];
    let len = SenderReport::builder(caller.ssrc).write_into(&mut report).unwrap();
    lab.deliver_rtcp(50.0, CALLER_PORT, addr("192.0.2.10:5055"), report[..len].to_vec());
    lab.deliver_rtcp(60.0, CALLER_PORT, addr("203.0.113.66:5055"), report[..len].to_vec());
    lab.run_to(3_000);
    let sent = reports(&lab, CALLER_PORT);
    assert!(!sent.is_empty());
    assert!(sent.iter().all(|s| s.to == addr("192.0.2.10:5055")));
    assert_eq!(lab.relays.strangers(), 1);
}

#[test]
fn commands_for_an_ended_call_are_ignored() {
    let (caller, seat) = (Phone::caller(), Phone::seat());
    let mut lab = Lab::open(&caller);
    lab.run_to(100);
    lab.close();
    lab.out.events.clear();
    lab.bridge(&seat);
    lab.change(CALLER, caller.remote());
    lab.command(Command::Play { call: lab.call, leg: CALLER, prompts: vec![GREETING] });
    lab.drop_seat();
    lab.close();
    assert_eq!(lab.out.events, []);
    lab.add_seat();
    assert_eq!(lab.out.events, [Event::PortFreed { rtp_port: SEAT_PORT }]);
    assert!(lab.relays.is_empty());
}

#[test]
fn statistics_of_all_seats_are_summed_and_each_port_is_freed_once() {
    let (caller, mut first) = (Phone::caller(), Phone::seat());
    let mut second = Phone::new("198.51.100.8:6000", 40_004, SEAT_HZ, 5);
    let mut lab = Lab::open(&caller);
    lab.add_seat();
    lab.bridge(&first);
    lab.speak(&mut first, 0, 1_000);
    lab.run_to(1_000);
    lab.drop_seat();
    lab.command(Command::AddLeg { call: lab.call, leg: SEAT, rtp_port: 40_004 });
    lab.bridge(&second);
    lab.speak(&mut second, 1_000, 2_000);
    lab.run_to(2_000);
    lab.close();
    let freed = Event::PortFreed { rtp_port: SEAT_PORT };
    assert_eq!(lab.out.events.iter().filter(|e| **e == freed).count(), 1);
    let Some(Event::Closed { quality, ports, .. }) = lab.out.events.last() else {
        panic!("{:?}", lab.out.events)
    };
    assert_eq!((quality.seat.packets, &ports[..]), (100, &[CALLER_PORT, 40_004][..]));
}

#[test]
fn far_end_reception_report_is_in_the_close_event() {
    let caller = Phone::caller();
    let mut lab = Lab::open(&caller);
    lab.run_to(1_000);
    let sent = lab.heard_at(CALLER_PORT);
    let block = ReportBlock::builder(sent[0].ssrc()).cumulative_lost(9).interarrival_jitter(80);
    let mut report = [0; 64];
    let builder = ReceiverReport::builder(caller.ssrc).add_report_block(block);
    let len = builder.write_into(&mut report).unwrap();
    let reports_from = addr("192.0.2.10:5001");
    lab.deliver_rtcp(1_000.0, CALLER_PORT, reports_from, report[..len].to_vec());
    lab.run_to(2_000);
    lab.close();
    let Some(Event::Closed { quality, .. }) = lab.out.events.last() else {
        panic!("{:?}", lab.out.events)
    };
    let packets = lab.heard_at(CALLER_PORT).len() as u64 - 9;
    let told = media::Reception { packets, lost: 9, jitter_ms: 10.0 };
    assert_eq!((quality.to_caller, quality.to_seat), (Some(told), None));
}
