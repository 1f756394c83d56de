//! Messages as real networks write them, and attacks.

use proptest::prelude::*;

use super::*;
use crate::uri::Uri;

fn invite(extra: &str) -> Vec<u8> {
    invite_bytes(extra.as_bytes())
}

fn invite_bytes(extra: &[u8]) -> Vec<u8> {
    let mut bytes =
        b"INVITE sip:12345@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK1\r\n\
        To: <sip:12345@10.0.0.1>\r\nCall-ID: x@y\r\nCSeq: 1 INVITE\r\n"
            .to_vec();
    bytes.extend_from_slice(extra);
    bytes
}

fn accepted(bytes: &[u8]) -> Message {
    parse(bytes).unwrap_or_else(|error| panic!("{}", error.what))
}

fn refused(bytes: &[u8]) -> (&'static str, Option<u16>) {
    match parse(bytes) {
        Ok(message) => panic!("accepted: {message:?}"),
        Err(error) => (error.what, error.answer.and_then(|answer| answer.code())),
    }
}

#[test]
fn gbk_display_name_is_decoded() {
    let message = accepted(&invite_bytes(b"f: \"\xD5\xC5\xC8\xFD\" <sip:138@gw>;tag=1\r\n\r\n"));
    assert_eq!(message.from().map(|from| from.display), Some("张三".into()));
}

#[test]
fn compact_folded_and_listed_headers_are_normalised() {
    let message = accepted(&invite(
        "f: a\r\n\t <sip:a@b>\r\n ;tag=1\r\nm: <sip:a@b>,\r\n <sip:c@d>\r\nk: timer, 100rel\r\n\
         v: SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK0, SIP/2.0/TCP c\r\nl: 0\r\n\r\n",
    ));
    assert_eq!(message.from().map(|from| from.display), Some("a".into()));
    assert_eq!(message.contacts().len(), 2);
    assert!(message.lists(&Name::Supported, "100rel"));
    assert_eq!(message.headers.all(&Name::Via).count(), 3);
}

#[test]
fn tel_uri_is_a_valid_request_uri() {
    let bytes =
        String::from_utf8(invite("From: <tel:+8613812345678>;tag=1\r\n\r\n")).expect("text");
    let message = accepted(bytes.replace("sip:12345@10.0.0.1 SIP", "tel:12345 SIP").as_bytes());
    assert_eq!(message.uri().map(|uri| uri.number().reveal().to_owned()), Some("12345".into()));
    let from = message.from().map(|from| from.uri.number().reveal().to_owned());
    assert_eq!(from, Some("13812345678".into()));
}

#[test]
fn lone_line_feed_is_a_line_end() {
    let text = String::from_utf8(invite("From: <sip:a@b>;tag=1\r\nl: 2\r\n\r\nhi")).expect("text");
    assert_eq!(accepted(text.replace('\r', "").as_bytes()).body, b"hi");
}

#[test]
fn unknown_method_is_parsed() {
    let text = String::from_utf8(invite("From: <sip:a@b>;tag=1\r\n\r\n")).expect("text");
    let message = accepted(text.replace("INVITE", "FETCH").as_bytes());
    assert_eq!(message.method(), Some(&crate::message::Method::Other("FETCH".into())));
}

#[test]
fn bytes_after_the_body_are_dropped() {
    assert_eq!(accepted(&invite("From: <sip:a@b>;tag=1\r\nl: 2\r\n\r\nhi there")).body, b"hi");
    assert_eq!(accepted(&invite("From: <sip:a@b>;tag=1\r\n\r\nhi there")).body, b"hi there");
}

#[test]
fn smuggled_headers_are_refused() {
    let from = "From: <sip:a@b>;tag=1\r\n";
    let twice = refused(&invite(&format!("{from}From: <sip:c@d>;tag=1\r\n\r\n")));
    assert_eq!(twice, ("a single header occurs twice with different values", Some(400)));
    let lengths = refused(&invite(&format!("{from}l: 1\r\nContent-Length: 2\r\n\r\nab")));
    assert_eq!(lengths, ("Content-Length is not a number", Some(400)));
    let short = refused(&invite(&format!("{from}l: 9\r\n\r\nab")));
    assert_eq!(short, ("the body is shorter than Content-Length says", Some(400)));
    let bare_cr = refused(&invite(&format!("{from}X: a\rVia: b\r\n\r\n")));
    assert_eq!(bare_cr, ("a header line contains a line end", Some(400)));
}

#[test]
fn header_repeated_with_the_same_value_is_kept_once() {
    let repeated = "From: <sip:a@b>;tag=1\r\nMax-Forwards: 70\r\nMin-SE: 90\r\nx: 1800\r\n\
        Min-SE:90\r\nMax-Forwards:  70 \r\nSession-Expires: 1800\r\nf: <sip:a@b>;tag=1\r\n\r\n";
    let message = accepted(&invite(repeated));
    for name in [Name::From, Name::MaxForwards, Name::MinSe, Name::SessionExpires] {
        assert_eq!(message.headers.all(&name).count(), 1, "{name}");
    }
    let differing = "From: <sip:a@b>;tag=1\r\nMax-Forwards: 70\r\nMax-Forwards: 69\r\n\r\n";
    let error = ("a single header occurs twice with different values", Some(400));
    assert_eq!(refused(&invite(differing)), error);
}

/// RFC 3261 8.2.2: what is not needed to serve a request is ignored when it is malformed.
#[test]
fn malformed_unneeded_headers_are_ignored() {
    let message = accepted(&invite(
        "From: <sip:a@b>;tag=1\r\nno header\r\nX Y: 1\r\nÜ: 2\r\nMax-Forwards: many\r\n\
         Session-Expires: soon\r\nTimestamp: ?\r\n\r\n",
    ));
    assert_eq!(message.headers.get(&Name::parse("X Y")), None);
    assert_eq!(message.headers.get(&Name::MaxForwards), Some("many"));
}

#[test]
fn empty_list_items_are_skipped() {
    let message = accepted(&invite(
        "From: <sip:a@b>;tag=1\r\nRequire:\r\nAllow: INVITE, ,ACK,\r\nRoute: \r\n\
         Contact: ,<sip:a@b>\r\n\r\n",
    ));
    assert_eq!(message.headers.get(&Name::Require), None);
    assert_eq!(message.headers.all(&Name::Allow).collect::<Vec<_>>(), ["INVITE", "ACK"]);
    assert_eq!((message.routes().len(), message.contacts().len()), (0, 1));
}

#[test]
fn blanks_and_brackets_around_the_request_uri_are_ignored() {
    let text = String::from_utf8(invite("From: <sip:a@b>;tag=1\r\n\r\n")).expect("text");
    for line in [
        "INVITE   sip:12345@10.0.0.1   SIP/2.0",
        "INVITE sip:12345@10.0.0.1 SIP/2.0  ",
        "INVITE <sip:12345@10.0.0.1> SIP/2.0",
        "INVITE sip:12345@10.0.0.1?Route=%3Csip:evil.example%3E SIP/2.0",
    ] {
        let message = accepted(text.replace("INVITE sip:12345@10.0.0.1 SIP/2.0", line).as_bytes());
        let uri = message.uri().map(Uri::to_string);
        assert_eq!(uri.as_deref(), Some("sip:12345@10.0.0.1"), "{line}");
        assert_eq!(message.routes().len(), 0, "{line}");
    }
    let inner = text.replace("sip:12345@10.0.0.1 SIP/2.0", "sip:12345@10.0.0.1; lr SIP/2.0");
    assert_eq!(refused(inner.as_bytes()), ("the Request-URI is malformed", Some(400)));
}

#[test]
fn call_with_a_malformed_contact_is_accepted() {
    let contact = "From: <sip:a@b>;tag=1\r\nContact: <sip:not a uri>\r\n\r\n";
    let message = accepted(&invite(contact));
    assert_eq!(message.contacts().len(), 0);
    let register = String::from_utf8(invite(contact)).expect("text").replace("INVITE", "REGISTER");
    assert_eq!(refused(register.as_bytes()), ("a Contact is malformed", Some(400)));
}

#[test]
fn from_without_a_valid_uri_still_names_the_caller() {
    let from = "\"A\" <sip:0371 67178888@10.0.0.2>;tag=1";
    let caller = accepted(&invite(&format!("From: {from}\r\n\r\n"))).from().expect("From");
    assert_eq!((caller.uri.number().reveal(), caller.tag()), ("037167178888", Some("1")));
    assert_eq!(caller.to_string(), from);
    // With an open quote the name and the address cannot be told apart.
    let open = refused(&invite("From: \"A <sip:1@10.0.0.2>;tag=1\r\n\r\n"));
    assert_eq!(open, ("From is missing or malformed", Some(400)));
}

#[test]
fn uri_without_user_is_a_withheld_caller() {
    let from = "From: \"Anonymous\" <sip:@10.0.0.2>;tag=1\r\n\r\n";
    let caller = accepted(&invite(from)).from().expect("From");
    assert!(caller.uri.number().is_withheld());
    assert_eq!(caller.to_string(), "\"Anonymous\" <sip:@10.0.0.2>;tag=1");
}

#[test]
fn message_with_too_many_headers_is_dropped() {
    let from = "From: <sip:a@b>;tag=1\r\n";
    let lines = refused(&invite(&format!("{from}{}\r\n", "X: y\r\n".repeat(300))));
    let list = refused(&invite(&format!("{from}Supported: {}\r\n\r\n", "a,".repeat(9_000))));
    assert_eq!([lines, list], [("too many headers", None); 2]);
}

#[test]
fn malformed_ack_or_response_is_not_answered() {
    let text = String::from_utf8(invite("l: 9\r\nFrom: <sip:a@b>;tag=1\r\n\r\n")).expect("text");
    assert_eq!(refused(text.replace("INVITE", "ACK").as_bytes()).1, None);
    let response = text.replace("INVITE sip:12345@10.0.0.1 SIP/2.0", "SIP/2.0 200 OK");
    assert_eq!(refused(response.as_bytes()).1, None);
    assert_eq!(refused(&invite("\r\n")).1, None, "nobody to answer without From");
}

#[test]
fn other_protocols_are_not_answered() {
    for bytes in
        [&b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..], b"\x16\x03\x01\r\n\r\n", b"\r\n\r\n", b"", b"x"]
    {
        assert_eq!(refused(bytes).1, None);
    }
}

#[test]
fn line_ends_in_values_are_not_written() {
    let mut message = accepted(&invite("From: <sip:a@b>;tag=1\r\n\r\n"));
    message.headers.push(Name::Subject, "x\r\nVia: evil\r\n\r\nbody");
    message.body = b"real".to_vec();
    let again = accepted(&write(&message));
    assert_eq!(again.headers.get(&Name::Subject), Some("x  Via: evil    body"));
    assert_eq!(again.body, b"real");
}

/// Pieces that bring the fuzzer near to real messages.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let words: &[&str] = &[
        "INVITE sip:a@b SIP/2.0\r\n",
        "SIP/2.0 200 OK\r\n",
        "REGISTER tel:1 SIP/2.0\r\n",
        "Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK1\r\n",
        "v: SIP/2.0/TCP [::1]:5060;rport,SIP/2.0/UDP x\r\n",
        "From: \"a\\\"b\" <sip:a@b;lr>;tag=1\r\n",
        "To: sip:x\r\n",
        "Call-ID: x\r\n",
        "CSeq: 1 INVITE\r\n",
        "CSeq: 2 REGISTER\r\n",
        "m: *\r\n",
        "Contact: <sip:a@[::1]>;q=0.5;expires=9,<tel:+1>\r\n",
        "Content-Length: 3\r\n",
        "l: 99999999999999999999\r\n",
        "\r\n",
        "\n",
        "abc",
        " fold\r\n",
        "\"",
        "<",
        ";",
        ",",
        "Route: <sip:a;lr>\r\n",
        "Max-Forwards: 70\r\n",
        "Expires: 60\r\n",
    ];
    prop_oneof![
        6 => proptest::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..12),
    ]
}

fn read_all(message: &Message) {
    let _ = (message.via(), message.from(), message.to(), message.cseq(), message.contacts());
    let _ = (message.routes(), message.expires(), message.uri().map(Uri::addr));
    let _ = message.reply(200, Some("t"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_on_the_wire_makes_the_reader_panic(pieces in proptest::collection::vec(piece(), 0..16)) {
        let bytes = pieces.concat();
        if let Ok(message) = parse(&bytes) {
            read_all(&message);
            prop_assert_eq!(parse(&write(&message)), Ok(message));
        }
        let mut framer = Framer::default();
        for half in bytes.chunks(bytes.len() / 2 + 1) {
            framer.push(half);
            while framer.next().is_some() {}
        }
    }

    #[test]
    fn a_flipped_byte_in_a_good_message_is_a_message_or_a_fault(
        at in 0usize..2_000, flip in 1u8.., file in 0usize..torture::FILES.len()
    ) {
        let mut bytes = torture::FILES[file].1.to_vec();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        if let Ok(message) = parse(&bytes) {
            read_all(&message);
            prop_assert_eq!(parse(&write(&message)), Ok(message));
        }
    }
}
