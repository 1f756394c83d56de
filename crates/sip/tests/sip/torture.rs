//! The 49 messages of RFC 4475, and the cases of RFC 5118, against a whole endpoint: how a trunk is
//! answered, and that the same messages from a stranger reveal and change nothing.

use std::{fs, path::Path};

use primitives::{IpNetwork, Timestamp};
use sip::{Config, Endpoint, Flow, Input, Output, Transport, Trunk};

const NOW: Timestamp = Timestamp::from_micros(1_795_334_592_000_000);

fn endpoint() -> Endpoint {
    let mut config = Config::new("example.com");
    let sources = vec![IpNetwork { address: "192.0.2.0".parse().expect("a network"), prefix: 24 }];
    config.trunks = vec![Trunk { id: "telecom".into(), sources }];
    Endpoint::new(config, [7; 32])
}

/// The status codes with which an endpoint answers a datagram at once.
fn answers(endpoint: &mut Endpoint, remote: &str, bytes: &[u8]) -> Vec<u16> {
    let flow = Flow {
        transport: Transport::Udp,
        local: "192.0.2.1:5060".parse().expect("an address"),
        remote: remote.parse().expect("an address"),
    };
    endpoint.handle_input(NOW, Input::Received { flow, bytes });
    let mut codes = Vec::new();
    while let Some(output) = endpoint.poll_output() {
        if let Output::Send { bytes, .. } = output {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            codes.extend(
                text.strip_prefix("SIP/2.0 ").and_then(|t| t.get(..3)?.parse::<u16>().ok()),
            );
        }
    }
    codes
}

fn message(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rfc4475");
    fs::read(folder.join(format!("{name}.dat"))).expect("a torture message")
}

/// Name, and the answer a trunk gets; empty for responses and for requests to unknown targets.
const ANSWERS: [(&str, &[u16]); 49] = [
    // It has a To tag, and we know no such dialog.
    ("wsinv", &[481]),
    ("intmeth", &[501]),
    ("esc01", &[100]),
    // REGISTER is for phones, so a trunk that sends one is challenged too.
    ("escnull", &[401]),
    ("esc02", &[501]),
    ("lwsdisp", &[200]),
    ("longreq", &[100]),
    ("dblreq", &[401]),
    ("semiuri", &[200]),
    ("transports", &[200]),
    ("mpart01", &[405]),
    ("unreason", &[]),
    ("noreason", &[]),
    ("badinv01", &[400]),
    ("clerr", &[400]),
    ("ncl", &[400]),
    ("scalar02", &[400]),
    ("scalarlg", &[]),
    ("quotbal", &[400]),
    ("ltgtruri", &[100]),
    ("lwsruri", &[400]),
    ("lwsstart", &[100]),
    ("trws", &[200]),
    ("escruri", &[100]),
    ("baddate", &[100]),
    ("regbadct", &[400]),
    ("badaspec", &[200]),
    ("baddn", &[200]),
    ("badvers", &[505]),
    ("mismatch01", &[400]),
    ("mismatch02", &[400]),
    ("bigcode", &[]),
    ("badbranch", &[200]),
    ("insuf", &[]),
    ("unkscm", &[416]),
    ("novelsc", &[416]),
    ("unksm2", &[401]),
    ("bext01", &[420]),
    ("invut", &[415]),
    ("regaut01", &[401]),
    ("multi01", &[400]),
    ("mcl01", &[400]),
    ("bcast", &[]),
    // With Max-Forwards 0 it is answered by this endpoint.
    ("zeromf", &[200]),
    ("cparam01", &[401]),
    ("cparam02", &[401]),
    ("regescrt", &[401]),
    ("sdp01", &[100]),
    // RFC 2543 required no Contact: the sender's source address is used.
    ("inv2543", &[100]),
];

#[test]
fn trunk_gets_the_answer_the_rfc_requires() {
    let answer = |name| answers(&mut endpoint(), "192.0.2.9:5060", &message(name));
    let wrong: Vec<_> = (ANSWERS.iter())
        .map(|(name, want)| (name, want, answer(name)))
        .filter(|(_, want, got)| got != *want)
        .collect();
    assert!(wrong.is_empty(), "name, wanted, got: {wrong:?}");
}

#[test]
fn stranger_gets_challenges_or_no_answer() {
    for (name, _) in ANSWERS {
        let heard = answers(&mut endpoint(), "198.51.100.9:5060", &message(name));
        assert!(heard.iter().all(|code| *code == 401), "{name}: {heard:?}");
    }
}

#[test]
fn endpoint_still_works_after_all_torture_messages() {
    let mut endpoint = endpoint();
    for _ in 0..3 {
        for (name, _) in ANSWERS {
            let whole = message(name);
            answers(&mut endpoint, "192.0.2.9:5060", &whole);
            answers(
                &mut endpoint,
                "192.0.2.9:5060",
                whole.get(..whole.len() / 2).unwrap_or(&whole),
            );
        }
    }
    assert_eq!(answers(&mut endpoint, "192.0.2.10:5060", &message("semiuri")), [200]);
}

/// RFC 5118: addresses of IPv6 in every place, in the RFC's order.
#[test]
fn ipv6_addresses_are_read_in_every_field() {
    let request = |method: &str, uri: &str, via: &str, contact: &str, sdp: &str| {
        let kind = if sdp.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} {uri} SIP/2.0\r\nTo: sip:user@example.com\r\n\
             From: sip:user@example.com;tag=81x2\r\nVia: SIP/2.0/UDP {via}\r\n\
             Call-ID: SSG9559905523997077@hlau_4100\r\nMax-Forwards: 70\r\n\
             Contact: \"Caller\" <{contact}>\r\nCSeq: 98176 {method}\r\n{kind}\
             Content-Length: {}\r\n\r\n{sdp}",
            sdp.len()
        )
    };
    let via = "[2001:db8::9:1];branch=z9hG4bKas3-111";
    let register = |uri, via| request("REGISTER", uri, via, "sip:caller@[2001:db8::1]", "");
    let invite =
        |via, contact, sdp: &str| request("INVITE", "sip:user@[2001:db8::10]", via, contact, sdp);
    let sdp = |lines: &str| format!("v=0\r\no=- 1 1 IN IP6 2001:db8::20\r\ns=-\r\n{lines}");
    let at = "sip:user@[2001:db8::1]";
    let plain = "c=IN IP6 2001:db8::20\r\nt=0 0\r\nm=audio 42000 RTP/AVP 0 8\r\n";
    let two = "t=0 0\r\nm=audio 22334 RTP/AVP 0 8\r\nc=IN IP4 192.0.2.1\r\n\
               m=video 6024 RTP/AVP 107\r\nc=IN IP6 2001:db8::1\r\n";
    let mapped = "c=IN IP6 ::ffff:192.0.2.10\r\nt=0 0\r\nm=audio 42000 RTP/AVP 0 8\r\n";
    for (section, message, want) in [
        ("4.1", register("sip:[2001:db8::10]", via), 401),
        ("4.2", register("sip:2001:db8::10", via), 400),
        ("4.3", register("sip:[2001:db8::10:5070]", via), 401),
        ("4.4", register("sip:[2001:db8::10]:5070", via), 401),
        ("4.5", register("sip:[2001:db8::10]", &format!("{via};received=[2001:db8::9:255]")), 401),
        ("4.5", register("sip:[2001:db8::10]", &format!("{via};received=2001:db8::9:255")), 401),
        ("4.6", invite(via, at, &sdp(plain)), 100),
        ("4.7", invite(&format!("{via}, SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"), at, ""), 100),
        ("4.8", invite(via, at, &sdp(two)), 100),
        ("4.9", invite(via, "sip:user@[::ffff:192.0.2.10]", &sdp(mapped)), 100),
        ("4.10", invite("[2001:db8:::192.0.2.1];branch=z9hG4bK2", at, ""), 100),
        ("4.10", invite(via, "sip:user@[2001:db8:::192.0.2.1]", ""), 100),
    ] {
        let heard = answers(&mut endpoint(), "192.0.2.9:5060", message.as_bytes());
        assert_eq!(heard, [want], "{section}: {message}");
    }
}
