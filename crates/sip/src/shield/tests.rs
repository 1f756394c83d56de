//! Floods, scanners, guessers, and the people beside them.

use super::*;

const OFFICE: &str = "203.0.113.9";

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn ms(ms: u64) -> Timestamp {
    Timestamp::from_micros(1_795_334_592_000_000) + Duration::from_millis(ms)
}

fn shield() -> Shield {
    Shield::new(Limits::default())
}

/// How many of `count` messages at one moment come in.
fn passed(shield: &mut Shield, now: Timestamp, source: &str, trunk: bool, count: usize) -> usize {
    (0..count).filter(|_| shield.admit(now, ip(source), trunk) == Admit::Pass).count()
}

#[test]
fn a_stranger_has_a_burst_and_then_a_rate() {
    let mut shield = shield();
    assert_eq!(passed(&mut shield, ms(0), OFFICE, false, 150), 100);
    assert_eq!(passed(&mut shield, ms(1_000), OFFICE, false, 50), 20);
    assert_eq!(passed(&mut shield, ms(1_000), "203.0.113.10", false, 50), 50, "a neighbour");
}

#[test]
fn a_flood_is_shut_out_and_comes_back_slower() {
    let mut shield = shield();
    let answers: Vec<Admit> = (0..1_200).map(|_| shield.admit(ms(0), ip(OFFICE), false)).collect();
    let outs: Vec<_> = answers.iter().filter(|a| matches!(a, Admit::ShutOut(_))).collect();
    assert_eq!(outs, [&Admit::ShutOut(PERIOD)], "told once");
    assert_eq!(passed(&mut shield, ms(599_999), OFFICE, false, 1), 0);
    assert_eq!(passed(&mut shield, ms(600_000), OFFICE, false, 1), 1);
    let again = (0..2_000)
        .map(|_| shield.admit(ms(600_000), ip(OFFICE), false))
        .max_by_key(|a| matches!(a, Admit::ShutOut(_)));
    assert_eq!(again, Some(Admit::ShutOut(PERIOD * 2)));
}

#[test]
fn a_trunk_is_slowed_and_never_shut_out() {
    let mut shield = shield();
    assert_eq!(passed(&mut shield, ms(0), OFFICE, true, 1_000_000), 20_000);
    assert_eq!(passed(&mut shield, ms(100), OFFICE, true, 2_000), 1_000);
    for _ in 0..1_000 {
        assert_eq!(shield.failed(ms(100), ip(OFFICE), Failure::Malformed), None);
    }
    assert_eq!(shield.recognise(ms(100), ip(OFFICE), "sipsak 0.9"), None);
    assert_eq!(passed(&mut shield, ms(2_100), OFFICE, true, 1), 1);
}

#[test]
fn a_guesser_of_passwords_is_shut_out_after_ten() {
    let mut shield = shield();
    let fates: Vec<_> =
        (0..11).map(|_| shield.failed(ms(0), ip(OFFICE), Failure::Password)).collect();
    assert_eq!(fates.iter().filter(|fate| fate.is_some()).count(), 1);
    assert_eq!(fates.last(), Some(&Some(PERIOD)));
    assert_eq!(shield.admit(ms(1), ip(OFFICE), false), Admit::Drop);
    assert_eq!(shield.failed(ms(1), ip(OFFICE), Failure::Password), None, "told once");
}

#[test]
fn dialling_through_the_numbers_counts_double() {
    let mut shield = shield();
    let shut = |shield: &mut Shield| shield.failed(ms(0), ip(OFFICE), Failure::UnknownNumber);
    assert_eq!((0..6).filter_map(|_| shut(&mut shield)).count(), 1);
}

#[test]
fn a_phone_with_an_old_password_is_never_shut_out() {
    let mut shield = shield();
    for minute in 0..10_000 {
        assert_eq!(shield.failed(ms(minute * 60_000), ip(OFFICE), Failure::Password), None);
    }
}

#[test]
fn an_office_of_phones_has_more_room_and_more_patience() {
    let mut shield = shield();
    shield.succeeded(ms(0), ip(OFFICE));
    assert_eq!(passed(&mut shield, ms(1), OFFICE, false, 1_500), 1_500);
    let shut_at = (1..).find(|_| shield.failed(ms(1), ip(OFFICE), Failure::Password).is_some());
    assert_eq!(shut_at, Some(101));
    assert_eq!(shield.recognise(ms(2), ip("203.0.113.10"), "friendly-scanner"), Some(PERIOD));
}

#[test]
fn scanners_are_known_by_name() {
    for (agent, known) in [
        ("friendly-scanner", true),
        ("SIPVicious v0.3", true),
        ("pplsip", true),
        ("sipcli/v1.8", true),
        ("Yealink SIP-T46S 66.85.0.5", false),
        ("", false),
    ] {
        assert_eq!(shield().recognise(ms(0), ip(OFFICE), agent).is_some(), known, "{agent}");
    }
}

#[test]
fn an_ipv6_host_is_its_whole_network() {
    let mut shield = shield();
    assert_eq!(passed(&mut shield, ms(0), "2001:db8::1", false, 100), 100);
    assert_eq!(passed(&mut shield, ms(0), "2001:db8::2", false, 1), 0);
    assert_eq!(passed(&mut shield, ms(0), "2001:db8:0:1::1", false, 1), 1);
    assert_eq!(passed(&mut shield, ms(0), "::ffff:203.0.113.9", false, 100), 100);
    assert_eq!(passed(&mut shield, ms(0), OFFICE, false, 1), 0);
}

#[test]
fn a_million_forged_sources_neither_fill_the_memory_nor_free_the_scanner() {
    let mut shield = shield();
    assert!(shield.recognise(ms(0), ip(OFFICE), "sipvicious").is_some());
    shield.succeeded(ms(0), ip("203.0.113.10"));
    for n in 0..300_000u32 {
        let _ = shield.admit(ms(1), IpAddr::V4(n.into()), false);
    }
    assert!(shield.page.len() + shield.page_before.len() <= 2 * PAGE_MAX);
    assert_eq!(shield.admit(ms(2), ip(OFFICE), false), Admit::Drop);
    assert_eq!(passed(&mut shield, ms(2), "203.0.113.10", false, 1_000), 1_000);
}
