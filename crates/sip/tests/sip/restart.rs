//! The state that an endpoint restores after its process died: where the phones are, and which
//! dialogs it must end with BYE.

use crate::lab::*;
use primitives::{LegId, SeatId};
use sip::{Command, Event, LegEnd, SavedDialog, Transport};

const PHONE: &str = "192.168.1.5:6000";

/// A center and a phone that registered at seat 1001 for five minutes.
fn registered(transport: Transport) -> (Lab, usize, usize) {
    let mut lab = Lab::new(70);
    let center = lab.host(CENTER, center_config());
    let phone = lab.host(PHONE, phone_config());
    let Command::Register(mut register) = register(1001, 300) else { unreachable!() };
    register.transport = transport;
    lab.tell(phone, Command::Register(register));
    lab.run_s(1);
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(1001) }]);
    (lab, center, phone)
}

#[test]
fn phone_registered_over_udp_is_called_after_restart() {
    let (mut lab, center, phone) = registered(Transport::Udp);
    lab.restart(center, |_| {});
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(1001) }]);
    lab.tell(center, dial_seat(2, 1001));
    lab.run_s(1);
    assert_eq!(lab.incoming(phone).dialled.reveal(), "1001");
    // It is saved again for the next run.
    lab.restart(center, |_| {});
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(1001) }]);
}

#[test]
fn restored_registration_keeps_its_expiry() {
    let (mut lab, center, _) = registered(Transport::Udp);
    lab.run_s(100);
    lab.restart(center, |_| {});
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(1001) }]);
    // The phone would refresh it at 150 s.
    lab.lose_if(|_, _| true);
    lab.run_s(198);
    assert_eq!(lab.events(center), []);
    lab.run_s(2);
    assert_eq!(lab.events(center), [Event::SeatUnreached { seat: SeatId(1001) }]);
}

#[test]
fn refresh_after_restart_replaces_the_restored_contact() {
    let (mut lab, center, phone) = registered(Transport::Udp);
    lab.restart(center, |_| {});
    lab.tell(phone, register(1001, 300));
    lab.run_s(1);
    let accepted = lab.last_sent(center, "SIP/2.0 200");
    assert_eq!(accepted.matches("\r\nContact: ").count(), 1, "{accepted}");
}

#[test]
fn tcp_phone_is_unreachable_after_restart_until_it_reconnects() {
    let (mut lab, center, phone) = registered(Transport::Tcp);
    lab.restart(center, |_| {});
    assert_eq!(lab.events(center), []);
    lab.tell(center, dial_seat(2, 1001));
    assert_eq!(lab.events(center), [Event::Failed { leg: LegId(2), code: 480 }]);
    lab.tell(phone, register(1001, 300));
    lab.run_s(1);
    assert_eq!(lab.events(center), [Event::SeatReached { seat: SeatId(1001) }]);
}

#[test]
fn registrations_expired_unknown_or_with_changed_password_are_not_restored() {
    let (mut lab, center, _) = registered(Transport::Udp);
    lab.restart(center, |config| config.seats.retain(|seat| seat.seat != SeatId(1001)));
    assert_eq!(lab.events(center), []);

    let (mut lab, center, _) = registered(Transport::Udp);
    let other = secret("1001", "another password");
    lab.restart(center, |config| config.seats[0].secret = Some(other));
    assert_eq!(lab.events(center), []);

    let (mut lab, center, _) = registered(Transport::Udp);
    lab.lose_if(|_, _| true);
    lab.now += std::time::Duration::from_secs(300);
    lab.restart(center, |_| {});
    assert_eq!(lab.events(center), []);
}

#[test]
fn registration_at_a_port_no_longer_listened_on_is_not_restored() {
    let (mut lab, center, _) = registered(Transport::Udp);
    lab.restart(center, |config| config.locals.iter_mut().for_each(|(_, at)| at.set_port(5_070)));
    assert_eq!(lab.events(center), []);
}

/// A center in a call with a caller and a phone.
fn two_talks() -> (Lab, usize, usize, usize) {
    let (mut lab, center, phone) = registered(Transport::Udp);
    let trunk = lab.host(TRUNK, phone_config());
    talking(&mut lab, center, trunk);
    lab.tell(center, dial_seat(4, 1001));
    lab.run_s(1);
    let leg = lab.incoming(phone).leg;
    lab.tell(phone, accept(leg));
    lab.run_s(1);
    assert!(matches!(lab.events(center).last(), Some(Event::Answered { .. })));
    lab.events(phone);
    (lab, center, trunk, phone)
}

#[test]
fn both_legs_of_a_call_get_bye_after_a_crash() {
    let (mut lab, center, trunk, phone) = two_talks();
    assert_eq!(lab.hosts[center].dialogs.len(), 2);
    let invite = lab.last_sent(center, "INVITE");
    lab.restart(center, |_| {});
    lab.run_s(1);
    assert_eq!(lab.events(trunk), [ended(LegId(2), LegEnd::ByeReceived)]);
    assert_eq!(lab.events(phone), [ended(LegId(1), LegEnd::ByeReceived)]);
    assert_eq!(lab.count_sent(center, "BYE"), 2);
    let seat_bye = lab.last_sent(center, &format!("BYE sip:1001@{PHONE}"));
    assert_eq!(cseq(&seat_bye), cseq(&invite) + 1_000);
    assert!(seat_bye.contains("\r\nReason: Q.850;cause=41;"), "{seat_bye}");
    // The saved state is empty: another crash sends nothing.
    assert!(lab.hosts[center].dialogs.is_empty());
    lab.restart(center, |_| {});
    lab.run_s(40);
    assert_eq!(lab.count_sent(center, "BYE"), 2);
}

#[test]
fn ended_calls_get_no_bye_after_a_crash() {
    let (mut lab, center, trunk, phone) = two_talks();
    lab.tell(trunk, hang_up(LegId(2)));
    lab.tell(center, hang_up(LegId(4)));
    lab.run_s(1);
    assert!(lab.hosts[center].dialogs.is_empty());
    let before = lab.count_sent(center, "BYE");
    lab.restart(center, |_| {});
    lab.run_s(40);
    assert_eq!(lab.count_sent(center, "BYE"), before);
    assert_eq!(lab.events(phone), [ended(LegId(1), LegEnd::ByeReceived)]);
}

#[test]
fn call_whose_session_expired_during_the_outage_gets_no_bye() {
    let (mut lab, center, _, _) = two_talks();
    lab.lose_if(|_, _| true);
    lab.now += std::time::Duration::from_secs(1_801);
    lab.restart(center, |_| {});
    assert_eq!(lab.count_sent(center, "BYE"), 0);
}

#[test]
fn saved_session_expiry_counts_from_the_last_refresh() {
    let (mut lab, center, trunk, _) = two_talks();
    // Refreshes come at 900 s; the sessions now end at 2,700 s.
    lab.run_s(1_000);
    lab.lose_if(|_, _| true);
    lab.now += std::time::Duration::from_secs(1_000);
    lab.lose_nothing();
    lab.restart(center, |_| {});
    lab.run_s(1);
    assert_eq!(lab.count_sent(center, "BYE"), 2);
    assert_eq!(lab.events(trunk).last(), Some(&ended(LegId(2), LegEnd::ByeReceived)));
}

#[test]
fn bye_after_restart_is_sent_from_the_newly_configured_port() {
    let (mut lab, center, _, _) = two_talks();
    lab.restart(center, |config| config.locals.iter_mut().for_each(|(_, at)| at.set_port(5_070)));
    let byes = lab.sent.iter().filter(|sent| sent.text.starts_with("BYE"));
    let from: Vec<String> = byes.map(|sent| sent.flow.local.to_string()).collect();
    assert_eq!(from, ["10.0.0.1:5070", "10.0.0.1:5070"]);
}

#[test]
fn bye_after_a_crash_takes_the_saved_routes() {
    let mut lab = Lab::new(71);
    let center = lab.host(CENTER, center_config());
    let invite = "INVITE sip:12345@10.0.0.1 SIP/2.0\r\n\
                  Via: SIP/2.0/UDP 10.9.0.1:5060;branch=z9hG4bKr;rport\r\n\
                  Max-Forwards: 70\r\n\
                  Record-Route: <sip:10.9.0.2;lr>\r\nRecord-Route: <sip:10.9.0.3;lr>\r\n\
                  From: \"a \\\"b\\\"\" <sip:138@10.9.0.1>;tag=t;x=y\r\nTo: <sip:12345@10.0.0.1>\r\n\
                  Call-ID: r\r\nCSeq: 1 INVITE\r\nContact: <sip:138@10.9.0.4;x=1>\r\n\
                  Content-Type: application/sdp\r\n\r\n\
                  v=0\r\no=- 1 1 IN IP4 10.9.0.1\r\ns=-\r\nc=IN IP4 10.9.0.1\r\nt=0 0\r\n\
                  m=audio 4000 RTP/AVP 8\r\n";
    lab.inject("10.9.0.1:5060", center, invite);
    let leg = lab.incoming(center).leg;
    lab.tell(center, accept(leg));
    lab.restart(center, |_| {});
    let bye = lab.last_sent(center, "BYE");
    assert!(bye.starts_with("BYE sip:138@10.9.0.4;x=1 SIP/2.0\r\n"), "{bye}");
    assert!(bye.contains("\r\nRoute: <sip:10.9.0.2;lr>\r\nRoute: <sip:10.9.0.3;lr>\r\n"), "{bye}");
    assert!(bye.contains("\r\nTo: \"a \\\"b\\\"\" <sip:138@10.9.0.1>;tag=t;x=y\r\n"), "{bye}");
    assert_eq!(cseq(&bye), 1_000);
    assert!(lab.heard_by("10.9.0.2:5060").iter().any(|line| line.starts_with("BYE")));
}

#[test]
fn ringing_phone_is_cancelled_after_a_crash() {
    let (mut lab, center, phone) = registered(Transport::Udp);
    lab.tell(center, dial_seat(4, 1001));
    lab.run_s(1);
    let leg = lab.incoming(phone).leg;
    lab.tell(phone, ring(leg));
    lab.run_s(1);
    lab.restart(center, |_| {});
    lab.run_s(1);
    assert_eq!(lab.events(phone), [ended(leg, LegEnd::Cancelled)]);
    let invite = lab.last_sent(center, "INVITE");
    let cancel = lab.last_sent(center, "CANCEL");
    let branch =
        |text: &str| text.lines().find(|line| line.starts_with("Via:")).unwrap().to_owned();
    assert_eq!(branch(&invite), branch(&cancel));
    assert!(lab.hosts[center].invites.is_empty());
}

#[test]
fn answer_to_an_invite_from_before_the_crash_gets_ack_and_bye() {
    let (mut lab, center, phone) = registered(Transport::Udp);
    lab.tell(center, dial_seat(4, 1001));
    lab.run_s(1);
    let leg = lab.incoming(phone).leg;
    lab.tell(phone, ring(leg));
    lab.run_s(1);
    // The CANCEL is lost every time.
    lab.lose_if(|_, text| text.starts_with("CANCEL"));
    lab.restart(center, |_| {});
    lab.tell(phone, accept(leg));
    lab.run_s(1);
    let confirmed = Event::Confirmed { leg, remote: None };
    assert_eq!(lab.events(phone), [confirmed, ended(leg, LegEnd::ByeReceived)]);
    assert_eq!((lab.count_sent(center, "ACK"), lab.count_sent(center, "BYE")), (1, 1));
}

#[test]
fn stray_200_of_stranger_is_ignored() {
    let (mut lab, center, _) = registered(Transport::Udp);
    let stray = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKs;rport\r\n\
                 From: <sip:a@10.0.0.1>;tag=x\r\nTo: <sip:b@172.16.0.9>;tag=y\r\nCall-ID: s\r\n\
                 CSeq: 1 INVITE\r\nContact: <sip:b@172.16.0.9>\r\nContent-Length: 0\r\n\r\n";
    let before = lab.sent.len();
    lab.inject("172.16.0.9:5060", center, stray);
    lab.run_s(40);
    let said: Vec<&str> = lab.sent[before..]
        .iter()
        .filter(|sent| sent.flow.remote.ip().to_string() == "172.16.0.9")
        .map(|sent| sent.text.as_str())
        .collect();
    assert_eq!(said, [""; 0]);
}

#[test]
fn unreadable_saved_dialog_is_skipped() {
    let (mut lab, center, _, _) = two_talks();
    for dialog in lab.hosts[center].dialogs.values_mut() {
        let text = serde_json::to_string(dialog).unwrap();
        let broken = text.replace("\"target\":\"sip:", "\"target\":\"sip:@@");
        assert_ne!(text, broken);
        let broken: SavedDialog = serde_json::from_str(&broken).unwrap();
        *dialog = broken;
    }
    lab.restart(center, |_| {});
    assert_eq!(lab.count_sent(center, "BYE"), 0);
}

fn cseq(message: &str) -> u32 {
    let line = message.lines().find_map(|line| line.strip_prefix("CSeq: ")).unwrap();
    line.split(' ').next().unwrap().parse().unwrap()
}
