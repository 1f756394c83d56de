//! The examples of the RFCs, and attacks.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use primitives::Timestamp;

use super::{respond::Challenge, *};
use crate::{
    Credentials,
    message::{Message, Method, Name},
    uri::Uri,
};

const LIFETIME: Duration = Duration::from_secs(300);

fn at(s: u64) -> Timestamp {
    Timestamp::from_micros(1_795_334_592_000_000) + Duration::from_secs(s)
}

const OFFICE: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));

fn challenger() -> Challenger {
    Challenger::new("heartline", [7; 32], LIFETIME)
}

fn phone() -> Credentials {
    Credentials { user: "1001".into(), password: "secret".into() }
}

fn register() -> Message {
    Message::request(Method::Register, Uri::parse("sip:heartline").expect("a URI"))
}

fn challenged(challenges: &[String]) -> Message {
    let mut response = Message::response(401);
    for challenge in challenges {
        response.headers.push(Name::WwwAuthenticate, challenge);
    }
    response
}

/// The request a phone sends after these challenges.
fn answered(challenges: &[String], credentials: &Credentials) -> Message {
    let mut request = register();
    let (name, value) = respond(&request, &challenged(challenges), credentials, "0a4f113b")
        .expect("an answer to the challenge");
    request.headers.push(name, value);
    request
}

fn verify(challenger: &mut Challenger, now: Timestamp, request: &Message) -> Verdict {
    let known = hash_password("1001", "heartline", "secret");
    challenger.verify(now, request, |user| (user == "1001").then_some(&known), |_, _| true)
}

/// RFC 7616 3.9.1.
#[test]
fn examples_of_rfc7616_are_reproduced() {
    let credentials = Credentials { user: "Mufasa".into(), password: "Circle of Life".into() };
    for (algorithm, response) in [
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
    ] {
        let challenge = format!(
            "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
             nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
             opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
        );
        let challenge = Challenge::parse(&challenge).expect("a challenge");
        let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        let answer = challenge.answer(&credentials, "GET", "/dir/index.html", cnonce);
        assert!(answer.contains(&format!("response=\"{response}\"")), "{answer}");
        assert!(answer.contains("opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""));
    }
}

/// RFC 2069 2.4 as corrected by its erratum, and RFC 2617 3.5 without qop's fields.
#[test]
fn response_without_a_count_follows_rfc2069() {
    let ha1 = hash_password("Mufasa", "testrealm@host.com", "CircleOfLife").md5;
    let nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
    let response = Algorithm::Md5.response(&ha1, nonce, None, "GET", "/dir/index.html");
    assert_eq!(response, "1949323746fe6a43ef61f9606e7febea");
}

#[test]
fn right_password_is_accepted_with_either_algorithm() {
    let mut ours = challenger();
    let both = ours.challenge(at(0), OFFICE, false);
    assert!(both[0].contains("algorithm=SHA-256") && both[1].contains("algorithm=MD5"));
    for offered in [&both[..], &both[1..]] {
        let again = ours.challenge(at(0), OFFICE, false);
        let offered = &again[again.len() - offered.len()..];
        let verdict = verify(&mut ours, at(1), &answered(offered, &phone()));
        assert_eq!(verdict, Verdict::Good("1001".into()));
    }
    assert_eq!(verify(&mut ours, at(1), &register()), Verdict::Absent);
}

#[test]
fn answer_without_qop_is_accepted_once_per_nonce() {
    let mut ours = challenger();
    let old = ours.challenge(at(0), OFFICE, false).map(|c| c.replace(", qop=\"auth\"", ""));
    let request = answered(&old, &phone());
    assert!(!request.headers.get(&Name::Authorization).unwrap_or_default().contains("nc="));
    assert_eq!(verify(&mut ours, at(1), &request), Verdict::Good("1001".into()));
    assert_eq!(verify(&mut ours, at(1), &request), Verdict::Stale);
}

#[test]
fn wrong_password_and_unknown_user_give_the_same_verdict() {
    let mut ours = challenger();
    let challenges = ours.challenge(at(0), OFFICE, false);
    for (user, password) in [("1001", "wrong"), ("9999", "secret"), ("9999", ""), ("", "")] {
        let stranger = Credentials { user: user.into(), password: password.into() };
        let verdict = verify(&mut ours, at(1), &answered(&challenges, &stranger));
        assert!(matches!(verdict, Verdict::Bad(_)), "{user}: {verdict:?}");
    }
}

#[test]
fn nonce_count_is_accepted_once() {
    let mut ours = challenger();
    let request = answered(&ours.challenge(at(0), OFFICE, false), &phone());
    assert_eq!(verify(&mut ours, at(1), &request), Verdict::Good("1001".into()));
    assert_eq!(verify(&mut ours, at(2), &request), Verdict::Stale, "replayed");
}

/// A phone that goes on with the same nonce counts in hex: 9, 0a, 0b.
#[test]
fn phone_may_reuse_a_nonce_with_growing_counts() {
    let mut ours = challenger();
    let challenges = ours.challenge(at(0), OFFICE, false);
    let nonce = Fields::parse(&challenges[0]).and_then(|f| f.get("nonce").map(str::to_owned));
    let nonce = nonce.expect("a nonce");
    let ha1 = hash_password("1001", "heartline", "secret").sha256;
    let mut used = |nc: &str| {
        let uri = "sip:heartline";
        let response = Algorithm::Sha256.response(&ha1, &nonce, Some((nc, "c")), "REGISTER", uri);
        let mut request = register();
        let value = format!(
            "Digest username=\"1001\",realm=\"heartline\",nonce=\"{nonce}\",uri=\"{uri}\",\
             response=\"{}\",algorithm=SHA-256,qop=auth,nc={nc},cnonce=\"c\"",
            response.to_uppercase()
        );
        request.headers.push(Name::Authorization, value);
        verify(&mut ours, at(1), &request)
    };
    let good = Verdict::Good("1001".into());
    assert_eq!(
        [used("00000009"), used("0000000a"), used("0000012c")],
        [good.clone(), good.clone(), good]
    );
    assert_eq!(used("0000000b"), Verdict::Stale);
    assert_eq!(used("1"), Verdict::Absent, "a count has eight digits");
}

use super::fields::Fields;

#[test]
fn expired_or_forged_nonce_is_stale() {
    let mut ours = challenger();
    let late = answered(&ours.challenge(at(0), OFFICE, false), &phone());
    assert_eq!(verify(&mut ours, at(301), &late), Verdict::Stale);
    // Of another endpoint, or of ours before a restart: the phone is challenged again.
    let other = Challenger::new("heartline", [8; 32], LIFETIME).challenge(at(0), OFFICE, true);
    assert!(other[0].contains("stale=true"));
    assert_eq!(verify(&mut ours, at(1), &answered(&other, &phone())), Verdict::Stale);
    let short = ["Digest realm=\"heartline\", nonce=\"abc\", qop=\"auth\"".to_owned()];
    assert_eq!(verify(&mut ours, at(1), &answered(&short, &phone())), Verdict::Stale);
}

#[test]
fn answer_for_another_request_is_rejected() {
    let mut ours = challenger();
    let signed = answered(&ours.challenge(at(0), OFFICE, false), &phone());
    let mut other = Message::request(Method::Invite, Uri::parse("sip:heartline").expect("a URI"));
    other.headers = signed.headers.clone();
    let verdict = verify(&mut ours, at(1), &other);
    assert!(matches!(verdict, Verdict::Bad(_)), "another method: {verdict:?}");
    let mut other =
        Message::request(Method::Register, Uri::parse("sip:0900@heartline").expect("a URI"));
    other.headers = signed.headers;
    let verdict = verify(&mut ours, at(1), &other);
    assert!(matches!(verdict, Verdict::Bad(_)), "another number: {verdict:?}");
}

#[test]
fn other_schemes_and_realms_are_ignored() {
    let mut ours = challenger();
    for value in ["NoOneKnowsThisScheme opaque-data=here", "Basic abc", "Digest", "", "Digest x"] {
        let mut request = register();
        request.headers.push(Name::Authorization, value);
        assert_eq!(verify(&mut ours, at(1), &request), Verdict::Absent, "{value}");
    }
    let elsewhere = Challenger::new("other", [7; 32], LIFETIME).challenge(at(0), OFFICE, false);
    assert_eq!(verify(&mut ours, at(1), &answered(&elsewhere, &phone())), Verdict::Absent);
}

#[test]
fn strongest_supported_challenge_is_answered() {
    let challenges = [
        "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256, qop=\"auth\"".to_owned(),
        "Digest realm=\"r\", nonce=\"n\", algorithm=MD5".to_owned(),
        "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256, qop=\"auth-int\"".to_owned(),
    ];
    let answer = answered(&challenges, &phone());
    let value = answer.headers.get(&Name::Authorization).unwrap_or_default();
    assert!(value.contains("algorithm=MD5"), "{value}");
    assert_eq!(respond(&register(), &challenged(&challenges[..1]), &phone(), "c"), None);
    assert_eq!(respond(&register(), &Message::response(200), &phone(), "c"), None);
}

#[test]
fn table_of_nonce_counts_is_bounded() {
    let mut ours = challenger();
    let first = answered(&ours.challenge(at(0), OFFICE, false), &phone());
    assert_eq!(verify(&mut ours, at(0), &first), Verdict::Good("1001".into()));
    for _ in 0..16_500 {
        let request = answered(&ours.challenge(at(1), OFFICE, false), &phone());
        assert_eq!(verify(&mut ours, at(1), &request), Verdict::Good("1001".into()));
    }
    assert_eq!(format!("{ours:?}"), "Challenger(heartline, 16384 nonces, ****)");
    assert_eq!(verify(&mut ours, at(2), &first), Verdict::Stale, "a forgotten nonce is stale");
}

#[test]
fn wrong_passwords_are_counted_by_user_and_challenged_address() {
    let elsewhere = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 10));
    let mut ours = challenger();
    let mut attempt = |user: &str, source| {
        let challenges = ours.challenge(at(0), source, false);
        let guess = Credentials { user: user.into(), password: "wrong".into() };
        match verify(&mut ours, at(1), &answered(&challenges, &guess)) {
            Verdict::Bad(attempt) => attempt,
            other => panic!("{other:?}"),
        }
    };
    let first = attempt("1001", OFFICE);
    assert_eq!(attempt("1001", OFFICE), first);
    assert_ne!(attempt("1001", elsewhere), first);
    assert_ne!(attempt("1002", OFFICE), first);
}

#[test]
fn slowed_password_is_not_checked() {
    let mut ours = challenger();
    let known = hash_password("1001", "heartline", "secret");
    let request = answered(&ours.challenge(at(0), OFFICE, false), &phone());
    let lookup = |_: &str| -> Option<&Secret> { panic!("looked at") };
    assert_eq!(ours.verify(at(1), &request, lookup, |_, _| false), Verdict::Slowed);
    // The nonce can still be used.
    let verdict = ours.verify(at(2), &request, |_| Some(&known), |_, _| true);
    assert_eq!(verdict, Verdict::Good("1001".into()));
}

#[test]
fn nonce_proves_the_address_it_was_sent_to() {
    let mut ours = challenger();
    let challenge = ours.challenge(at(0), OFFICE, false);
    let nonce = nonce_of(&challenge[0]).expect("a nonce");
    let elsewhere = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 10));
    assert!(ours.was_sent_to(at(300), OFFICE, nonce));
    assert!(!ours.was_sent_to(at(301), OFFICE, nonce), "too old");
    assert!(!ours.was_sent_to(at(1), elsewhere, nonce));
    assert!(!ours.was_sent_to(at(1), OFFICE, &nonce.replace('0', "1")));
    assert!(!ours.was_sent_to(at(1), OFFICE, ""));
}
