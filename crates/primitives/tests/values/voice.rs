//! The addresses that signalling and configuration name as sources of voice.

use std::net::IpAddr;

use primitives::{IpNetwork, SignalledSource, is_private};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn network(address: &str, prefix: u8) -> IpNetwork {
    IpNetwork { address: ip(address), prefix }
}

#[test]
fn network_holds_the_addresses_with_its_leading_bits() {
    let contains = |network: IpNetwork, host: &str| network.contains(ip(host));
    assert!(contains(network("203.0.113.64", 27), "203.0.113.95"));
    assert!(!contains(network("203.0.113.64", 27), "203.0.113.96"));
    assert!(contains(network("203.0.113.7", 32), "::ffff:203.0.113.7"));
    assert!(
        contains(network("0.0.0.0", 0), "8.8.8.8")
            && !contains(network("0.0.0.0", 0), "2001:db8::1")
    );
    assert!(contains(network("2001:db8::", 32), "2001:db8:ffff::1"));
    assert!(!contains(network("2001:db8::", 32), "2001:db9::1"));
    // A prefix longer than the address counts as its full length.
    assert!(contains(network("203.0.113.7", 99), "203.0.113.7"));
    assert!(!contains(network("203.0.113.7", 99), "203.0.113.6"));
}

#[test]
fn first_address_has_no_bits_after_the_prefix() {
    let first = |address: &str, prefix| network(address, prefix).first();
    assert_eq!(first("203.0.113.77", 27), ip("203.0.113.64"));
    assert_eq!(first("203.0.113.77", 32), ip("203.0.113.77"));
    assert_eq!(first("203.0.113.77", 0), ip("0.0.0.0"));
    assert_eq!(first("2001:db8:1::1", 32), ip("2001:db8::"));
    assert_eq!(network("203.0.113.64", 27).to_string(), "203.0.113.64/27");
}

#[test]
fn networks_overlap_when_one_contains_the_other() {
    let overlap = |a: IpNetwork, b: IpNetwork| (a.overlaps(b), b.overlaps(a));
    let host = IpNetwork::host(ip("203.0.113.7"));
    assert_eq!(overlap(network("203.0.113.0", 24), host), (true, true));
    assert_eq!(overlap(network("203.0.114.0", 24), host), (false, false));
    assert_eq!(overlap(network("0.0.0.0", 0), network("::", 0)), (false, false));
}

#[test]
fn host_is_named_by_signalling_or_by_a_network() {
    let signalled = SignalledSource {
        hosts: vec![ip("192.0.2.1")],
        networks: [network("203.0.113.0", 24)].into(),
        ..SignalledSource::default()
    };
    assert!(
        ["192.0.2.1", "::ffff:192.0.2.1", "203.0.113.9"].iter().all(|h| signalled.names(ip(h)))
    );
    assert!(
        !signalled.names(ip("192.0.2.2")) && !SignalledSource::default().names(ip("192.0.2.1"))
    );
}

#[test]
fn private_addresses_are_not_publicly_routable() {
    let private = [
        "10.1.2.3",
        "172.31.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "169.254.1.1",
        "::1",
        "fd00::1",
        "fe80::1",
        "::ffff:10.0.0.1",
    ];
    assert_eq!(private.map(|host| is_private(ip(host))), [true; 11]);
    let public = ["8.8.8.8", "172.32.0.1", "100.128.0.1", "203.0.113.1", "2001:db8::1"];
    assert_eq!(public.map(|host| is_private(ip(host))), [false; 5]);
}
