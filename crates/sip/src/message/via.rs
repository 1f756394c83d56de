//! Via: the path of a request, and so of its responses (RFC 3261 18.2, RFC 3581).

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use crate::{
    text::Params,
    uri::{host_port, write_host},
};

/// `SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK…;rport`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Via {
    /// `UDP`, `TCP`, …, upper case.
    pub(crate) transport: String,
    /// The sender's host as written by itself; IPv6 without brackets.
    pub(crate) host: String,
    /// The sender's port, when written.
    pub(crate) port: Option<u16>,
    /// branch, received, rport and the rest.
    pub(crate) params: Params,
}

impl Via {
    /// Parses a Via; spaces around the slashes are allowed (RFC 4475 3.1.1.1).
    pub(crate) fn parse(text: &str) -> Option<Via> {
        Via::of_any_version(text).filter(|(_, version)| *version == "2.0").map(|(via, _)| via)
    }

    /// Parses a Via of any SIP version, so that its sender can be answered 505.
    pub(crate) fn of_any_version(text: &str) -> Option<(Via, &str)> {
        let mut parts = text.splitn(3, '/');
        let (sip, version, rest) = (parts.next()?.trim(), parts.next()?.trim(), parts.next()?);
        if !sip.eq_ignore_ascii_case("SIP") {
            return None;
        }
        let (transport, rest) = rest.trim_start().split_once(char::is_whitespace)?;
        let (sent_by, params) = rest.split_once(';').unwrap_or((rest, ""));
        let (host, port) = host_port(sent_by.trim())?;
        let transport = transport.to_ascii_uppercase();
        let is_token = crate::text::is_token(&transport);
        if !is_token {
            return None;
        }
        let params = Params::parse(params)?;
        Some((Via { transport, host, port, params }, version))
    }

    /// The branch, when there is one.
    pub(crate) fn branch(&self) -> Option<&str> {
        self.params.get("branch").filter(|branch| !branch.is_empty())
    }

    /// Returns whether the branch follows RFC 3261: the magic cookie and something after it.
    pub(crate) fn is_rfc3261(&self) -> bool {
        self.branch().and_then(|b| b.strip_prefix(COOKIE)).is_some_and(|rest| !rest.is_empty())
    }

    /// `Some(None)` when the sender asks for `rport`, `Some(Some(_))` when it was filled in.
    pub(crate) fn rport(&self) -> Option<Option<u16>> {
        self.params.get("rport").map(|port| port.parse().ok())
    }

    /// Returns where the next hop saw the sender: `received` and `rport`, otherwise the sent-by
    /// that the next hop confirmed (RFC 3261 18.2.1, RFC 3581 4). `None` for a host name, or when a
    /// parameter occurs twice, because one of them is the sender's.
    pub(crate) fn seen_from(&self) -> Option<SocketAddr> {
        let count =
            |name: &str| self.params.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).count();
        if count("received") > 1 || count("rport") > 1 {
            return None;
        }
        let host = self.params.get("received").unwrap_or(&self.host);
        let ip: IpAddr = host.trim_matches(['[', ']']).parse().ok()?;
        let port = self.rport().flatten().or(self.port).unwrap_or(DEFAULT_PORT);
        Some(SocketAddr::new(ip.to_canonical(), port))
    }

    /// Records the real source (RFC 3261 18.2.1, RFC 3581 4).
    pub(crate) fn record_source(&mut self, source: SocketAddr) {
        let asks_for_port = self.params.has("rport");
        let says_so = self.host.parse() == Ok(source.ip());
        self.params.remove("received");
        if asks_for_port {
            self.params.set("rport", Some(&source.port().to_string()));
        }
        if asks_for_port || !says_so {
            self.params.set("received", Some(&source.ip().to_string()));
        }
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} ", self.transport)?;
        write_host(&self.host, self.port, f)?;
        write!(f, "{}", self.params)
    }
}

/// The default port (RFC 3261 19.1.2).
const DEFAULT_PORT: u16 = 5_060;
/// The magic cookie (RFC 3261 8.1.1.7).
const COOKIE: &str = "z9hG4bK";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Via {
        Via::parse(text).unwrap_or_else(|| panic!("{text} should be a Via"))
    }

    #[test]
    fn unusual_valid_vias_are_parsed() {
        let via = read("SIP  / 2.0 / UDP    192.0.2.2;branch=390skdjuw");
        assert_eq!(
            (via.transport.as_str(), via.host.as_str(), via.port),
            ("UDP", "192.0.2.2", None)
        );
        assert!(!via.is_rfc3261());
        let via = read("SIP/2.0/TCP [2001:db8::9:1]:5061;branch=z9hG4bKx;rport");
        assert_eq!(
            (via.host.as_str(), via.port, via.rport()),
            ("2001:db8::9:1", Some(5061), Some(None))
        );
        assert_eq!(via.to_string(), "SIP/2.0/TCP [2001:db8::9:1]:5061;branch=z9hG4bKx;rport");
    }

    #[test]
    fn malformed_via_is_refused() {
        for text in ["", "SIP/2.0/UDP", "SIP/1.0/UDP a", "HTTP/2.0/UDP a", "SIP/2.0/UDP a:b", ";"] {
            assert_eq!(Via::parse(text), None, "{text}");
        }
    }

    #[test]
    fn source_is_recorded_when_it_differs_or_rport_is_present() {
        let source: SocketAddr = "203.0.113.9:40000".parse().expect("an address");
        let mut via = read("SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx;rport");
        via.record_source(source);
        let want = "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx;rport=40000;received=203.0.113.9";
        assert_eq!(via.to_string(), want);
        let mut via = read("SIP/2.0/UDP 203.0.113.9:40000;branch=z9hG4bKx;received=1.1.1.1");
        via.record_source(source);
        assert_eq!(via.to_string(), "SIP/2.0/UDP 203.0.113.9:40000;branch=z9hG4bKx");
    }

    #[test]
    fn received_and_rport_take_precedence_over_sent_by() {
        for (via, seen) in [
            ("UDP 10.0.0.1:5062;branch=z9hG4bKx", Some("10.0.0.1:5062")),
            ("UDP 10.0.0.1;branch=z9hG4bKx", Some("10.0.0.1:5060")),
            ("UDP a.example:5062;received=203.0.113.9", Some("203.0.113.9:5062")),
            ("UDP 10.0.0.1;rport=40000;received=203.0.113.9", Some("203.0.113.9:40000")),
            ("UDP 10.0.0.1;rport;received=203.0.113.9", Some("203.0.113.9:5060")),
            ("UDP [2001:db8::1];received=[2001:db8::2]", Some("[2001:db8::2]:5060")),
            ("UDP a.example", None),
            ("UDP 10.0.0.1;received=203.0.113.9;received=10.9.0.1", None),
            ("UDP 10.0.0.1;rport=1;rport=2", None),
            ("UDP a.example;received=b.example", None),
        ] {
            let seen_from = read(&format!("SIP/2.0/{via}")).seen_from();
            assert_eq!(seen_from, seen.and_then(|seen| seen.parse().ok()), "{via}");
        }
    }
}
