//! The 49 torture messages of RFC 4475, each accepted or refused, with the reason.
//!
//! Where the RFC leaves a choice, a message is accepted when all readers take it for the same:
//! `badaspec` (spaces within the brackets), `baddn` (a comma in a bare display name), `baddate`
//! (a zone other than GMT), `lwsstart` and `trws` (blanks in the first line), `ltgtruri` (a
//! Request-URI in angle brackets), `escruri` (its headers are ignored), `badbranch` (known the
//! RFC 2543 way). Which answer an accepted message gets (420, 415, 483, 404, 401) is
//! for the machines above.

use super::*;
use crate::{message::Method, uri::Uri};

/// The expected result of a message.
#[derive(Debug, PartialEq)]
pub(super) enum Want {
    /// It is accepted.
    Accept,
    /// It is refused with this code.
    Answer(&'static str, u16),
    /// It is refused without an answer.
    Silence(&'static str),
}

use Want::{Accept, Answer, Silence};

macro_rules! file {
    ($name:literal, $want:expr) => {
        ($name, include_bytes!(concat!("../../tests/data/rfc4475/", $name, ".dat")), $want)
    };
}

/// Name, bytes, expected result.
pub(super) const FILES: &[(&str, &[u8], Want)] = &[
    // 3.1.1 Valid messages
    file!("wsinv", Accept),
    file!("intmeth", Accept),
    file!("esc01", Accept),
    file!("escnull", Accept),
    file!("esc02", Accept),
    file!("lwsdisp", Accept),
    file!("longreq", Accept),
    file!("dblreq", Accept),
    file!("semiuri", Accept),
    file!("transports", Accept),
    file!("mpart01", Accept),
    file!("unreason", Accept),
    file!("noreason", Accept),
    // 3.1.2 Invalid messages
    file!("badinv01", Answer("a Via is malformed", 400)),
    file!("clerr", Answer("the body is shorter than Content-Length says", 400)),
    file!("ncl", Answer("Content-Length is not a number", 400)),
    file!("scalar02", Answer("CSeq is missing, malformed or too large", 400)),
    file!("scalarlg", Silence("CSeq is missing, malformed or too large")),
    file!("quotbal", Answer("To is missing or malformed", 400)),
    file!("ltgtruri", Accept),
    file!("lwsruri", Answer("the Request-URI is malformed", 400)),
    file!("lwsstart", Accept),
    file!("trws", Accept),
    file!("escruri", Accept),
    file!("baddate", Accept),
    file!("regbadct", Answer("a Contact is malformed", 400)),
    file!("badaspec", Accept),
    file!("baddn", Accept),
    file!("badvers", Answer("a SIP version other than 2.0", 505)),
    file!("mismatch01", Answer("CSeq names another method", 400)),
    file!("mismatch02", Answer("CSeq names another method", 400)),
    file!("bigcode", Silence("a response with an invalid status code")),
    // 3.2 Transaction layer
    file!("badbranch", Accept),
    // 3.3 Application layer
    file!("insuf", Silence("From is missing or malformed")),
    file!("unkscm", Answer("an unknown URI scheme", 416)),
    file!("novelsc", Answer("an unknown URI scheme", 416)),
    file!("unksm2", Accept),
    file!("bext01", Accept),
    file!("invut", Accept),
    file!("regaut01", Accept),
    file!("multi01", Answer("a single header occurs twice with different values", 400)),
    file!("mcl01", Answer("Content-Length is not a number", 400)),
    file!("bcast", Accept),
    file!("zeromf", Accept),
    file!("cparam01", Accept),
    file!("cparam02", Accept),
    file!("regescrt", Accept),
    file!("sdp01", Accept),
    // 3.4 Backward compatibility
    file!("inv2543", Accept),
];

#[test]
fn every_torture_message_has_its_expected_result() {
    assert_eq!(FILES.len(), 49);
    for (name, bytes, want) in FILES {
        let got = match parse(bytes) {
            Ok(_) => Accept,
            Err(ParseError { what, answer: None, .. }) => Silence(what),
            Err(ParseError { what, answer: Some(answer), .. }) => {
                Answer(what, answer.code().unwrap_or_default())
            }
        };
        assert_eq!(got, *want, "{name}");
    }
}

#[test]
fn accepted_message_survives_writing() {
    for (name, bytes, _) in FILES.iter().filter(|(_, _, want)| *want == Accept) {
        let message = read(name);
        assert_eq!(parse(&write(&message)), Ok(message), "{name} of {} bytes", bytes.len());
    }
}

fn read(name: &str) -> Message {
    let (_, bytes, _) = FILES.iter().find(|(n, _, _)| *n == name).expect("a torture message");
    parse(bytes).unwrap_or_else(|error| panic!("{name}: {}", error.what))
}

#[test]
fn wsinv_is_unfolded_completely() {
    let message = read("wsinv");
    let to = message.to().expect("To");
    assert_eq!((to.uri.user.as_deref(), to.tag()), (Some("vivekg"), Some("1918181833n")));
    let from = message.from().expect("From");
    assert_eq!((from.display.as_str(), from.tag()), ("J Rosenberg \\\"", Some("98asjd8")));
    assert_eq!(message.headers.get(&Name::MaxForwards), Some("0068"));
    assert_eq!(message.cseq(), Some((9, Method::Invite)));
    let vias: Vec<_> = message
        .headers
        .all(&Name::Via)
        .filter_map(crate::message::Via::parse)
        .map(|via| (via.transport.clone(), via.host.clone(), via.branch().map(str::to_owned)))
        .collect();
    let via = |t: &str, h: &str, b: &str| (t.to_owned(), h.to_owned(), Some(b.to_owned()));
    assert_eq!(
        vias,
        [
            via("UDP", "192.0.2.2", "390skdjuw"),
            via("TCP", "spindle.example.com", "z9hG4bK9ikj8"),
            via("UDP", "192.168.255.111", "z9hG4bK30239"),
        ]
    );
    let contacts = message.contacts();
    let contact = contacts.first().expect("a contact");
    assert_eq!((contact.display.as_str(), contact.q()), ("Quoted string \"\"", 330));
    assert_eq!(contact.params.get("newparam"), Some("newvalue"));
    assert!(message.routes().first().is_some_and(|route| route.uri.lr()));
    let odd = Name::Other("UnknownHeaderWithUnusualValue".into());
    assert_eq!(message.headers.get(&odd), Some(";;,,;;,;"));
    assert_eq!(message.headers.get(&Name::Subject), Some(""));
    let fangled = Name::Other("NewFangledHeader".into());
    assert_eq!(message.headers.get(&fangled), Some("newfangled value continued newfangled value"));
    assert_eq!(message.body.len(), 150);
}

#[test]
fn intmeth_keeps_every_odd_character() {
    let message = read("intmeth");
    let word = "!interesting-Method0123456789_*+`.%indeed'~";
    assert_eq!(message.method(), Some(&Method::Other(word.into())));
    let uri = message.uri().expect("a URI");
    assert_eq!(uri.user.as_deref(), Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"));
    assert_eq!(uri.password.as_deref(), Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"));
    assert_eq!(uri.host, "example.com");
    assert_eq!(message.to().expect("To").display, "BEL:\x07 NUL:\0 DEL:\x7f");
    let from = message.from().expect("From");
    assert_eq!(from.params.get("fromParam''~+*_!.-%"), Some("\"работающий\""));
    assert_eq!(from.tag(), Some("_token~1'+`*%!-."));
    let extension = Name::Other("extensionHeader-!.%*+_`'~".into());
    assert_eq!(message.headers.get(&extension), Some("\u{feff}大停電"));
}

#[test]
fn escapes_are_undone_once_and_in_users_only() {
    let message = read("esc01");
    assert_eq!(message.uri().and_then(|u| u.user.clone()), Some("sips:user@example.com".into()));
    assert_eq!(
        message.uri().map(Uri::to_string),
        Some("sip:sips%3Auser%40example.com@example.net".into())
    );
    assert!(
        message.to().expect("To").uri.same(&Uri::parse("sip:user@example.com").expect("a URI"))
    );
    assert_eq!(read("escnull").contacts().len(), 2);
    let users: Vec<_> = read("escnull").contacts().into_iter().map(|c| c.uri.user).collect();
    assert_eq!(users, [Some("\0".into()), Some("\0\0".into())]);
    // A percent sign in a method or a header name is a character like any other.
    assert_eq!(read("esc02").method(), Some(&Method::Other("RE%47IST%45R".into())));
    assert_eq!(read("esc02").contacts().len(), 2);
    assert_eq!(
        read("semiuri").uri().and_then(|u| u.user.clone()),
        Some("user;par=u@example.net".into())
    );
}

#[test]
fn long_lists_and_second_requests_are_cut() {
    assert_eq!(read("longreq").headers.all(&Name::Via).count(), 34);
    assert_eq!(read("dblreq").method(), Some(&Method::Register));
    assert_eq!(read("dblreq").body, b"");
    assert_eq!(read("transports").headers.all(&Name::Via).count(), 5);
    assert_eq!(read("mpart01").body.len(), 553);
    assert_eq!(
        read("regescrt").contacts().first().map(|c| c.uri.headers.clone()),
        Some("Route=%3Csip:sip.example.com%3E".into())
    );
    assert_eq!(read("inv2543").body.len(), 105);
}

#[test]
fn reason_phrase_may_be_russian_or_missing() {
    let reason = |name| match read(name).start {
        StartLine::Response { code, reason } => (code, reason),
        StartLine::Request { .. } => panic!("a response"),
    };
    assert_eq!(reason("unreason"), (200, "= 2**3 * 5**2 но сто девяносто девять - простое".into()));
    assert_eq!(reason("noreason"), (100, String::new()));
}

#[test]
fn answer_repeats_only_parsable_headers() {
    let Err(ParseError { answer: Some(answer), .. }) =
        parse(FILES.iter().find(|(n, _, _)| *n == "multi01").expect("multi01").1)
    else {
        panic!("an answer");
    };
    for name in [Name::From, Name::To, Name::CallId, Name::CSeq] {
        assert_eq!(answer.headers.all(&name).count(), 1, "{name}");
    }
    let bytes = write(&answer);
    assert!(parse(&bytes).is_ok());
}
