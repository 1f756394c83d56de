//! The client behind a request that came through reverse proxies: its address, and the scheme and
//! host that its browser used.
//!
//! Only headers of proxies named in the config are trusted. A list is read from the right, because
//! any client may have written the entries to the left of a trusted one (RFC 7239 8.1).

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, request::Parts},
};
use model::IpNetwork;

use crate::problem::Problem;

/// The reverse proxies in front of the console.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Their addresses.
    pub networks: Vec<IpNetwork>,
    /// The header they write the client's address into.
    pub header: ForwardedBy,
}

/// The header by which proxies name the client. Only this one is read, because a proxy passes on the
/// other one as the client wrote it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedBy {
    /// `X-Forwarded-For`, with `X-Forwarded-Proto` and `X-Forwarded-Host`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl Proxies {
    /// Whether one of our proxies has this address.
    pub fn hold(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }
}

/// The client that sent a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// Its address, in canonical form.
    pub(crate) address: IpAddr,
    /// Whether the client reached the proxy by https.
    pub(crate) is_https: bool,
    /// Whether the request came through one of our proxies.
    pub(crate) is_proxied: bool,
    /// The host that the client asked the proxy for, when the proxy passes it on.
    pub(crate) host: Option<String>,
}

impl Client {
    /// The client, from the peer of the connection and the headers of the request.
    pub(crate) fn new(proxies: &Proxies, peer: IpAddr, headers: &HeaderMap) -> Client {
        let peer = peer.to_canonical();
        if !proxies.hold(peer) {
            return Client { address: peer, is_https: false, is_proxied: false, host: None };
        }
        match proxies.header {
            ForwardedBy::XForwardedFor => Client::x_forwarded(proxies, peer, headers),
            ForwardedBy::Forwarded => Client::forwarded(proxies, peer, headers),
        }
    }

    fn x_forwarded(proxies: &Proxies, peer: IpAddr, headers: &HeaderMap) -> Client {
        let last = |name| items_from_right(headers, name).next();
        let mut address = peer;
        for hop in items_from_right(headers, &X_FORWARDED_FOR) {
            // Entries to the left of one that is not an address cannot be trusted.
            let Some(hop) = node(hop) else { break };
            address = hop;
            if !proxies.hold(address) {
                break;
            }
        }
        Client {
            address,
            is_https: last(&X_FORWARDED_PROTO).is_some_and(is_https),
            is_proxied: true,
            host: last(&X_FORWARDED_HOST).map(str::to_owned),
        }
    }

    fn forwarded(proxies: &Proxies, peer: IpAddr, headers: &HeaderMap) -> Client {
        let mut client = Client { address: peer, is_https: false, is_proxied: true, host: None };
        let lines = headers.get_all(&FORWARDED).iter().rev();
        let lines = lines.map(|line| line.to_str().unwrap_or_default());
        for element in lines.flat_map(elements_from_right) {
            let value = |name: &str| value_of(element, name);
            client.is_https = value("proto").is_some_and(is_https);
            client.host = value("host").map(str::to_owned);
            // Entries left of `unknown` or an obfuscated name (RFC 7239 6.2, 6.3) are not trusted.
            let Some(hop) = value("for").and_then(node) else { break };
            client.address = hop;
            if !proxies.hold(hop) {
                break;
            }
        }
        client
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Client, Problem> {
        let client = parts.extensions.get::<Client>().cloned();
        client.ok_or_else(|| Problem::unavailable("the address of the request is not known"))
    }
}

/// The addresses that count as one client: one IPv4 address, or the /64 that an IPv6 host owns.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

/// The items of a comma-separated header, the last first.
fn items_from_right<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let values = headers.get_all(name).iter().rev();
    // Split as bytes: what a client wrote further left need not be text.
    let items = values.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','));
    items.map(|item| std::str::from_utf8(item).unwrap_or_default().trim())
}

/// An address as proxies write it: with or without a port, IPv6 with or without brackets.
fn node(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

fn is_https(proto: &str) -> bool {
    proto.eq_ignore_ascii_case("https")
}

/// The elements of a `Forwarded` header (RFC 7239 4), the last first. Quotes are paired from the
/// right too, so that a quote which a client left open does not hide what a proxy added.
fn elements_from_right(text: &str) -> Vec<&str> {
    let (mut elements, mut end, mut is_quoted) = (Vec::new(), text.len(), false);
    for (at, c) in text.char_indices().rev() {
        match c {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => {
                elements.push(text.get(at + 1..end).unwrap_or_default());
                end = at;
            }
            _ => {}
        }
    }
    elements.push(text.get(..end).unwrap_or_default());
    elements
}

/// The value of a name in an element, without quotes. Values with escapes are ignored; proxies do
/// not need them.
fn value_of<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) =
        pairs.into_iter().find(|(known, _)| known.trim().eq_ignore_ascii_case(name))?;
    let value = value.trim();
    let bare = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    (!bare.contains(['"', '\\'])).then_some(bare)
}

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED: HeaderName = HeaderName::from_static("forwarded");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn proxies(header: ForwardedBy) -> Proxies {
        let network =
            |address: &str, prefix| IpNetwork { address: address.parse().unwrap(), prefix };
        Proxies { networks: vec![network("10.0.0.0", 8), network("::1", 128)], header }
    }

    fn client(header: ForwardedBy, peer: &str, headers: &[(&'static str, &str)]) -> Client {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Client::new(&proxies(header), peer.parse().unwrap(), &map)
    }

    fn address(header: ForwardedBy, peer: &str, headers: &[(&'static str, &str)]) -> String {
        client(header, peer, headers).address.to_string()
    }

    #[test]
    fn headers_of_an_unknown_peer_are_ignored() {
        let headers = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-proto", "https")];
        let seen = client(ForwardedBy::XForwardedFor, "192.0.2.7", &headers);
        let direct = Client {
            address: "192.0.2.7".parse().unwrap(),
            is_https: false,
            is_proxied: false,
            host: None,
        };
        assert_eq!(seen, direct);
    }

    #[test]
    fn list_is_read_from_the_right_up_to_the_first_unknown_address() {
        let of =
            |list| address(ForwardedBy::XForwardedFor, "10.0.0.1", &[("x-forwarded-for", list)]);
        assert_eq!(of("198.51.100.1"), "198.51.100.1");
        // The client wrote the first entry itself.
        assert_eq!(of("203.0.113.9, 198.51.100.1"), "198.51.100.1");
        assert_eq!(of("203.0.113.9, 198.51.100.1, 10.0.0.2"), "198.51.100.1");
        assert_eq!(of("198.51.100.1, what, 10.0.0.2"), "10.0.0.2");
        assert_eq!(of("unknown"), "10.0.0.1");
        assert_eq!(of(""), "10.0.0.1");
        assert_eq!(of("198.51.100.1:4711"), "198.51.100.1");
        assert_eq!(of("[2001:db8::7]:4711"), "2001:db8::7");
        assert_eq!(of("2001:db8::7"), "2001:db8::7");
        assert_eq!(of("::ffff:198.51.100.1"), "198.51.100.1");
    }

    #[test]
    fn part_written_by_a_client_may_be_invalid_text() {
        let mut map = HeaderMap::new();
        let value = axum::http::HeaderValue::from_bytes(b"\xff\x80, 198.51.100.1").unwrap();
        map.insert("x-forwarded-for", value);
        let proxies = proxies(ForwardedBy::XForwardedFor);
        let seen = Client::new(&proxies, "10.0.0.1".parse().unwrap(), &map);
        assert_eq!(seen.address.to_string(), "198.51.100.1");
    }

    #[test]
    fn several_lines_are_one_list() {
        let lines = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "198.51.100.1")];
        assert_eq!(address(ForwardedBy::XForwardedFor, "10.0.0.1", &lines), "198.51.100.1");
    }

    #[test]
    fn only_the_configured_header_is_read() {
        let both = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=203.0.113.9")];
        assert_eq!(address(ForwardedBy::XForwardedFor, "10.0.0.1", &both), "198.51.100.1");
        assert_eq!(address(ForwardedBy::Forwarded, "10.0.0.1", &both), "203.0.113.9");
    }

    #[test]
    fn forwarded_header_is_read_as_rfc_7239_defines_it() {
        let of = |value| client(ForwardedBy::Forwarded, "::1", &[("forwarded", value)]);
        let seen = of("for=203.0.113.9, For=\"[2001:db8:cafe::17]:4711\";proto=https;host=\"a,b\"");
        assert_eq!(seen.address.to_string(), "2001:db8:cafe::17");
        assert!(seen.is_https && seen.host.as_deref() == Some("a,b"));
        assert_eq!(
            of("for=198.51.100.1;by=10.0.0.1, for=10.0.0.2").address.to_string(),
            "198.51.100.1"
        );
        assert_eq!(of("for=198.51.100.1, for=_hidden").address.to_string(), "::1");
        assert_eq!(
            of("for=198.51.100.1, for=unknown, for=10.0.0.2").address.to_string(),
            "10.0.0.2"
        );
        for odd in ["", "for", "=", ";;,,", "for=\"", "for=\"\\", "for==1.2.3.4"] {
            assert_eq!(of(odd).address.to_string(), "::1", "{odd}");
        }
    }

    proptest! {
        /// A proxy of ours adds the address it saw, also when the client wrote the header.
        #[test]
        fn client_cannot_choose_its_address(written in "[ -~]{0,40}", by in 0..2_u8, peer in 0..2_u8) {
            let seen = match by {
                0 => format!("{written}, 198.51.100.1"),
                _ => format!("{written}, for=\"198.51.100.1:80\";proto=http"),
            };
            let (name, header) = match by {
                0 => ("x-forwarded-for", ForwardedBy::XForwardedFor),
                _ => ("forwarded", ForwardedBy::Forwarded),
            };
            let peer = if peer == 0 { "10.0.0.1" } else { "192.0.2.7" };
            let expected = if peer == "10.0.0.1" { "198.51.100.1" } else { peer };
            prop_assert_eq!(address(header, peer, &[(name, &seen)]), expected);
        }
    }

    #[test]
    fn quote_left_open_by_a_client_hides_nothing() {
        let forged = "for=203.0.113.9;x=\", for=198.51.100.1";
        assert_eq!(
            address(ForwardedBy::Forwarded, "::1", &[("forwarded", forged)]),
            "198.51.100.1"
        );
    }

    #[test]
    fn ipv6_host_counts_as_its_network() {
        let host = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(host("2001:db8:0:1:9:9:9:9"), "2001:db8:0:1::");
        assert_eq!(host("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
