//! The far end's media as a leg reports it: early dialogs, and sources that signalling names.

use std::net::{IpAddr, SocketAddr};

use crate::lab::*;
use primitives::{IpNetwork, LegId, SignalledSource, SymmetricRtp};
use sip::{Event, VoicePolicy};

const PHONE: &str = "10.0.7.7:5070";

fn sdp(host: &str, port: u16) -> String {
    format!(
        "v=0\no=- 1 1 IN IP4 {host}\ns=-\nc=IN IP4 {host}\nt=0 0\n\
         m=audio {port} RTP/AVP 8\na=rtpmap:8 PCMA/8000\n"
    )
}

/// An answer to the center's last INVITE, from a phone of these tests.
fn answer(lab: &mut Lab, center: usize, status: &str, tag: &str, body: &str) {
    let invite = lab.last_sent(center, "INVITE");
    let copied = |name: &str| {
        invite.lines().find(|line| line.starts_with(name)).unwrap_or_default().trim().to_owned()
    };
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\n" };
    let body = body.replace('\n', "\r\n");
    let text = format!(
        "SIP/2.0 {status}\n{}\n{}\n{};tag={tag}\n{}\n{}\nContact: <sip:1001@{PHONE}>\n\
         {kind}Content-Length: {}\n\n{body}",
        copied("Via:"),
        copied("From:"),
        copied("To:"),
        copied("Call-ID:"),
        copied("CSeq:"),
        body.len()
    );
    lab.inject(PHONE, center, &text);
}

/// A center that has called the phone.
fn dialling() -> (Lab, usize) {
    let mut lab = Lab::new(1);
    let center = lab.host(CENTER, center_config());
    lab.tell(center, dial_uri(2, &format!("sip:1001@{PHONE}")));
    (lab, center)
}

fn addr(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

#[test]
fn sdp_only_in_the_183_is_the_answer_of_that_dialog() {
    let (mut lab, center) = dialling();
    answer(&mut lab, center, "183 Session Progress", "a", &sdp("10.0.7.7", 4_000));
    answer(&mut lab, center, "200 OK", "a", "");
    match lab.events(center).as_slice() {
        [Event::Ringing { .. }, Event::Answered { leg: LegId(2), remote }] => {
            assert_eq!(remote.rtp, addr("10.0.7.7:4000"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!((lab.count_sent(center, "ACK"), lab.count_sent(center, "BYE")), (1, 0));
}

#[test]
fn sdp_of_another_early_dialog_is_not_the_answer() {
    let (mut lab, center) = dialling();
    answer(&mut lab, center, "183 Session Progress", "a", &sdp("10.0.7.7", 4_000));
    answer(&mut lab, center, "200 OK", "b", "");
    let failed = Event::Failed { leg: LegId(2), code: 488 };
    assert_eq!(lab.events(center), [Event::Ringing { leg: LegId(2) }, failed]);
    assert_eq!((lab.count_sent(center, "ACK"), lab.count_sent(center, "BYE")), (1, 1));
}

#[test]
fn sdp_of_the_200_replaces_all_early_sdp() {
    let (mut lab, center) = dialling();
    answer(&mut lab, center, "183 Session Progress", "a", &sdp("10.0.7.8", 4_000));
    answer(&mut lab, center, "183 Session Progress", "b", &sdp("10.0.7.9", 4_100));
    answer(&mut lab, center, "200 OK", "b", &sdp("10.0.7.9", 4_200));
    let events = lab.events(center);
    let Some(Event::Answered { remote, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!(remote.rtp, addr("10.0.7.9:4200"));
    let left = [addr("10.0.7.8:4000"), addr("10.0.7.9:4100")];
    assert_eq!(remote.signalled.superseded, left);
    assert_eq!(remote.signalled.hosts, [ip("10.0.7.7")]);
}

#[test]
fn expected_hosts_are_reported_at_dial_and_with_each_early_sdp() {
    let (mut lab, center) = dialling();
    answer(&mut lab, center, "183 Session Progress", "a", &sdp("10.0.7.9", 4_100));
    answer(&mut lab, center, "183 Session Progress", "a", &sdp("10.0.7.9", 4_100));
    let hosts: Vec<Vec<IpAddr>> = lab.expected(center).into_iter().map(|s| s.hosts).collect();
    assert_eq!(hosts, [vec![ip("10.0.7.7")], vec![ip("10.0.7.7"), ip("10.0.7.9")]]);
}

#[test]
fn early_dialogs_beyond_the_limit_are_ignored() {
    let (mut lab, center) = dialling();
    for n in 0..50 {
        let sdp = sdp("10.0.7.7", 4_000 + 2 * n);
        answer(&mut lab, center, "183 Session Progress", &format!("t{n}"), &sdp);
    }
    answer(&mut lab, center, "200 OK", "t49", &sdp("10.0.7.7", 6_000));
    let events = lab.events(center);
    let Some(Event::Answered { remote, .. }) = events.last() else { panic!("{events:?}") };
    assert_eq!(remote.rtp, addr("10.0.7.7:6000"));
    assert_eq!(remote.signalled.superseded.len(), 8);
}

fn invite(via: &str, contact: &str, body: &str) -> String {
    let body = body.replace('\n', "\r\n");
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\n" };
    format!(
        "INVITE sip:12345@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP {via};branch=z9hG4bKv1;rport\n\
         Max-Forwards: 70\nFrom: <sip:138@{via}>;tag=f\nTo: <sip:12345@10.0.0.1>\n\
         Call-ID: voice\nCSeq: 1 INVITE\nContact: <sip:138@{contact}>\n\
         {kind}Content-Length: {}\n\n{body}",
        body.len()
    )
}

/// The source that the center reports for a trunk's caller at a public address.
fn learned(via: &str, contact: &str, body: &str) -> (Option<SignalledSource>, SignalledSource) {
    let mut lab = Lab::new(2);
    let mut config = center_config();
    config.trunks[0].sources.push(IpNetwork { address: ip("198.51.100.0"), prefix: 24 });
    let network = IpNetwork { address: ip("203.0.113.0"), prefix: 27 };
    let policy = VoicePolicy { networks: [network].into(), symmetric: SymmetricRtp::Auto };
    config.trunk_voice.insert("telecom".into(), policy);
    let center = lab.host(CENTER, config);
    lab.inject("198.51.100.7:5060", center, &invite(via, contact, body));
    let incoming = lab.incoming(center);
    (incoming.remote.map(|remote| remote.signalled), incoming.signalled)
}

#[test]
fn caller_event_carries_hosts_networks_and_nat() {
    let seen = "198.51.100.7:5060";
    let (voice, _) = learned(seen, seen, &sdp("198.51.100.7", 4_000));
    let voice = voice.expect("an SDP");
    assert_eq!(voice.hosts, [ip("198.51.100.7")]);
    assert!(voice.names(ip("203.0.113.30")) && !voice.names(ip("203.0.113.40")));
    assert!(!voice.behind_nat && !voice.sdp_unreachable);

    let (voice, _) = learned("10.1.2.3:5060", "10.1.2.3:5060", &sdp("10.1.2.3", 4_000));
    let voice = voice.expect("an SDP");
    assert!(voice.behind_nat && voice.sdp_unreachable);

    // A late offer: the SDP is in the ACK, and the hosts are known before.
    let (voice, before) = learned(seen, seen, "");
    assert!(before.names(ip("203.0.113.30")));
    assert_eq!((voice, before.hosts), (None, vec![ip("198.51.100.7")]));
}

#[test]
fn re_invite_from_another_address_reports_the_new_host() {
    let (mut lab, center, trunk) = pair(3);
    let (_, leg) = talking(&mut lab, center, trunk);
    // A second gateway of the trunk continues the call.
    let accepted = lab.last_sent(center, "SIP/2.0 200");
    let copied = |name: &str| {
        accepted.lines().find(|line| line.starts_with(name)).unwrap_or_default().trim().to_owned()
    };
    let body = sdp("10.9.0.2", 4_000).replace('\n', "\r\n");
    let text = format!(
        "INVITE sip:12345@10.0.0.1 SIP/2.0\n\
         Via: SIP/2.0/UDP 10.9.0.2:5060;branch=z9hG4bKv2;rport\nMax-Forwards: 70\n\
         {}\n{}\n{}\nCSeq: 99999999 INVITE\nContact: <sip:138@10.9.0.2>\n\
         Content-Type: application/sdp\nContent-Length: {}\n\n{body}",
        copied("From:"),
        copied("To:"),
        copied("Call-ID:"),
        body.len()
    );
    lab.inject("10.9.0.2:5060", center, &text);
    match lab.events(center).as_slice() {
        [Event::RemoteChanged { leg: changed, remote }] => {
            assert_eq!((*changed, remote.rtp), (leg, addr("10.9.0.2:4000")));
            assert_eq!(remote.signalled.hosts, [ip("10.9.0.2")]);
            assert!(!remote.signalled.behind_nat);
        }
        other => panic!("{other:?}"),
    }
}
