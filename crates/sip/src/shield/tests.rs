//! Floods, scanners, password guessing, and unaffected senders beside them.

use super::*;
use crate::Flow;

const OFFICE_AT: &str = "203.0.113.9";

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn ms(ms: u64) -> Timestamp {
    Timestamp::from_micros(1_795_334_592_000_000) + Duration::from_millis(ms)
}

fn shield() -> Shield {
    Shield::new(Limits::default(), &[])
}

fn address(text: &str) -> BucketKey {
    BucketKey::Address(Transport::Udp, network(ip(text)))
}

fn phone(port: u16) -> BucketKey {
    let remote = SocketAddr::new(ip(OFFICE_AT), port);
    let local = SocketAddr::new(ip("10.0.0.1"), 5_060);
    BucketKey::Phone(Peer::direct(Flow { transport: Transport::Udp, local, remote }))
}

/// Returns how many of `count` messages at one moment are accepted.
fn paid(shield: &mut Shield, now: Timestamp, bucket: BucketKey, count: usize) -> usize {
    (0..count).filter(|_| shield.take(now, bucket)).count()
}

fn attempt(user: &str, source_hash: u64) -> Attempt {
    Attempt { user: hash(user), source_hash }
}

#[test]
fn unknown_sender_has_a_burst_and_then_a_rate() {
    let mut shield = shield();
    assert_eq!(paid(&mut shield, ms(0), address(OFFICE_AT), 250), 200);
    assert_eq!(paid(&mut shield, ms(1_000), address(OFFICE_AT), 100), 50);
    assert_eq!(paid(&mut shield, ms(1_000), address("203.0.113.10"), 100), 100, "a neighbour");
}

#[test]
fn sender_recovers_after_a_flood() {
    let mut shield = shield();
    for _ in 0..1_000_000 {
        shield.take(ms(0), address(OFFICE_AT));
    }
    assert!(shield.take(ms(20), address(OFFICE_AT)), "one fiftieth of a second later");
}

#[test]
fn flooding_neighbour_does_not_use_a_registered_phones_bucket() {
    let mut shield = shield();
    paid(&mut shield, ms(0), address(OFFICE_AT), 10_000);
    paid(&mut shield, ms(0), phone(6_000), 10_000);
    assert_eq!(paid(&mut shield, ms(0), phone(6_001), 250), 200);
}

#[test]
fn datagrams_with_a_forged_source_do_not_use_the_tcp_bucket() {
    let mut shield = shield();
    paid(&mut shield, ms(0), address(OFFICE_AT), 10_000);
    let over_tcp = BucketKey::Address(Transport::Tcp, ip(OFFICE_AT));
    assert_eq!(paid(&mut shield, ms(0), over_tcp, 250), 200);
}

#[test]
fn trunk_is_limited_at_its_own_rate() {
    let mut shield = shield();
    let trunk = BucketKey::Trunk(ip(OFFICE_AT));
    assert_eq!(paid(&mut shield, ms(0), trunk, 100_000), 40_000);
    assert_eq!(paid(&mut shield, ms(100), trunk, 4_000), 2_000);
}

#[test]
fn rate_above_a_million_per_second_is_kept() {
    let fast = Rate { per_s: 10_000_000, burst: 10 };
    let mut shield = Shield::new(Limits { trusted: fast, ..Limits::default() }, &[]);
    assert_eq!(paid(&mut shield, ms(0), BucketKey::Trunk(ip(OFFICE_AT)), 100), 10);
}

#[test]
fn address_of_a_registered_phone_has_a_larger_bucket() {
    let mut shield = shield();
    shield.succeeded(ms(0), ip(OFFICE_AT));
    assert_eq!(paid(&mut shield, ms(1), address(OFFICE_AT), 3_000), 2_000);
}

#[test]
fn known_addresses_survive_a_restart() {
    let mut before = shield();
    before.succeeded(ms(0), ip(OFFICE_AT));
    before.succeeded(ms(0), ip("2001:db8::7"));
    let kept: Vec<KnownSource> = before.known().collect();
    let mut after = Shield::new(Limits::default(), &kept);
    assert!(after.is_known(ms(1), ip(OFFICE_AT)) && after.is_known(ms(1), ip("2001:db8::99")));
    assert_eq!(paid(&mut after, ms(1), address(OFFICE_AT), 3_000), 2_000);
    let in_two_months = ms(60 * 86_400_000);
    assert!(!after.is_known(in_two_months, ip(OFFICE_AT)), "an address may change hands");
}

#[test]
fn list_of_known_addresses_changes_at_most_once_an_hour() {
    let mut shield = shield();
    for minute in 0..60 {
        shield.succeeded(ms(minute * 60_000), ip(OFFICE_AT));
    }
    assert_eq!(shield.known_version(), 1);
    shield.succeeded(ms(3_600_000), ip(OFFICE_AT));
    assert_eq!(shield.known_version(), 2);
}

#[test]
fn full_list_of_known_addresses_drops_the_oldest() {
    let mut shield = shield();
    for n in 0..10_000u32 {
        shield.succeeded(ms(n.into()), IpAddr::V4(n.into()));
    }
    assert_eq!(shield.known().count(), KNOWN_MAX);
    assert!(!shield.is_known(ms(10_000), ip("0.0.0.0")));
    assert!(shield.is_known(ms(10_000), IpAddr::V4(9_999.into())));
}

#[test]
fn password_guessing_is_slowed_after_ten_attempts() {
    let mut shield = shield();
    let guess = attempt("1001", 1);
    let mut looked_at = |now: Timestamp| {
        let may = shield.may_try(now, guess);
        if may {
            shield.wrong_password(now, guess);
        }
        may
    };
    assert_eq!((0..1_000).filter(|_| looked_at(ms(0))).count(), 10);
    // An hour of ten guesses per second: one in twenty seconds is checked.
    let in_an_hour = (0..36_000).filter(|n| looked_at(ms(n * 100))).count();
    assert!((179..=181).contains(&in_an_hour), "{in_an_hour}");
}

#[test]
fn password_guessing_slows_no_other_sender() {
    let mut shield = shield();
    for _ in 0..100 {
        shield.wrong_password(ms(0), attempt("1001", 1));
    }
    assert!(!shield.may_try(ms(0), attempt("1001", 1)));
    assert!(shield.may_try(ms(0), attempt("1001", 2)), "the seat's phone elsewhere");
    assert!(shield.may_try(ms(0), attempt("1002", 1)), "a colleague behind the same address");
}

#[test]
fn slowed_passwords_are_reported_when_they_begin() {
    let mut shield = shield();
    let news: Vec<bool> =
        (0..12).map(|_| shield.wrong_password(ms(0), attempt("1001", 1))).collect();
    assert_eq!(news.iter().position(|is_news| *is_news), Some(9));
    assert_eq!(news.iter().filter(|is_news| **is_news).count(), 1);
    let ten_minutes = (1..30).filter(|n| shield.wrong_password(ms(n * 20_000), attempt("1001", 1)));
    assert_eq!(ten_minutes.count(), 0);
}

#[test]
fn phone_with_an_old_password_is_never_slowed() {
    let mut shield = shield();
    for minute in 0..10_000 {
        let now = ms(minute * 60_000);
        assert!(shield.may_try(now, attempt("1001", 1)), "minute {minute}");
        shield.wrong_password(now, attempt("1001", 1));
    }
}

#[test]
fn dropped_messages_are_reported_once_in_ten_minutes() {
    let mut shield = shield();
    let news = |shield: &mut Shield, at| shield.is_news(ms(at), address(OFFICE_AT));
    assert!(news(&mut shield, 0) && !news(&mut shield, 599_999) && news(&mut shield, 600_000));
}

#[test]
fn scanners_are_recognised_by_user_agent() {
    for (agent, known) in [
        ("friendly-scanner", true),
        ("SIPVicious v0.3", true),
        ("pplsip", true),
        ("sipcli/v1.8", true),
        ("Yealink SIP-T46S 66.85.0.5", false),
        ("", false),
    ] {
        assert_eq!(is_scanner(agent), known, "{agent}");
    }
}

#[test]
fn ipv6_host_counts_as_its_network() {
    let mut shield = shield();
    assert_eq!(paid(&mut shield, ms(0), address("2001:db8::1"), 200), 200);
    assert_eq!(paid(&mut shield, ms(0), address("2001:db8::2"), 1), 0);
    assert_eq!(paid(&mut shield, ms(0), address("2001:db8:0:1::1"), 1), 1);
    assert_eq!(paid(&mut shield, ms(0), address("::ffff:203.0.113.9"), 200), 200);
    assert_eq!(paid(&mut shield, ms(0), address(OFFICE_AT), 1), 0);
}

#[test]
fn million_forged_sources_do_not_fill_memory() {
    let mut shield = shield();
    shield.succeeded(ms(0), ip("203.0.113.10"));
    for n in 0..300_000u32 {
        shield.take(ms(1), BucketKey::Address(Transport::Udp, IpAddr::V4(n.into())));
        shield.wrong_password(ms(1), attempt(&n.to_string(), 1));
    }
    assert!(shield.messages.page.len() + shield.messages.page_before.len() <= 2 * PAGE_MAX);
    assert!(shield.passwords.page.len() + shield.passwords.page_before.len() <= 2 * PAGE_MAX);
    assert_eq!(paid(&mut shield, ms(2), address("203.0.113.10"), 1_000), 1_000);
}
