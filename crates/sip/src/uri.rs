//! SIP, SIPS and tel URIs, parsed completely: nothing in a phone's Contact may get lost.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use primitives::Number;

use crate::{Transport, text::Params, wire::charset};

/// A URI (RFC 3261 19.1, RFC 3966).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Uri {
    /// The scheme.
    pub(crate) scheme: Scheme,
    /// The user part, unescaped; for `tel:` the number. `sip:@host` has an empty one, `sip:host`
    /// has none.
    pub(crate) user: Option<String>,
    /// The password after the user, as written. RFC 3261 advises against it; it is only passed on.
    pub(crate) password: Option<String>,
    /// Name or address; IPv6 without brackets. Empty for `tel:`; for other schemes everything
    /// after the colon.
    pub(crate) host: String,
    /// The port, when it was written.
    pub(crate) port: Option<u16>,
    /// `;transport=tcp;lr`
    pub(crate) params: Params,
    /// The headers after `?`, as written.
    pub(crate) headers: String,
}

/// A URI's scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// `sip:`
    Sip,
    /// `sips:`
    Sips,
    /// `tel:` (RFC 3966)
    Tel,
    /// Anything else; a Request-URI with it is answered 416.
    Other(String),
}

impl Uri {
    /// Creates `sip:user@host:port` for an address.
    pub(crate) fn sip(user: Option<&str>, addr: SocketAddr) -> Uri {
        Uri {
            scheme: Scheme::Sip,
            user: user.map(str::to_owned),
            password: None,
            host: addr.ip().to_string(),
            port: Some(addr.port()),
            params: Params::default(),
            headers: String::new(),
        }
    }

    /// Parses a URI without angle brackets.
    pub(crate) fn parse(text: &str) -> Option<Uri> {
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"".contains(c)) {
            return None;
        }
        let (scheme, rest) = text.split_once(':')?;
        let is = |known: &str| scheme.eq_ignore_ascii_case(known);
        match scheme {
            _ if is("sip") => Uri::parse_sip(Scheme::Sip, rest),
            _ if is("sips") => Uri::parse_sip(Scheme::Sips, rest),
            _ if is("tel") => Uri::parse_tel(rest),
            other => {
                let other = other.to_ascii_lowercase();
                let is_scheme = other.starts_with(|c: char| c.is_ascii_alphabetic())
                    && other.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
                (is_scheme && !rest.is_empty())
                    .then(|| Uri { host: rest.to_owned(), ..Uri::bare(Scheme::Other(other)) })
            }
        }
    }

    fn parse_sip(scheme: Scheme, rest: &str) -> Option<Uri> {
        let (userinfo, rest) = match rest.split_once('@') {
            Some((userinfo, rest)) => (Some(userinfo), rest),
            None => (None, rest),
        };
        let (rest, headers) = rest.split_once('?').unwrap_or((rest, ""));
        let (hostport, params) = rest.split_once(';').unwrap_or((rest, ""));
        let (host, port) = host_port(hostport)?;
        let (user, password) = match userinfo.map(|u| u.split_once(':').unwrap_or((u, ""))) {
            // Gateways write `sip:@host` for a withheld number.
            Some(("", password)) if !password.is_empty() => return None,
            Some((user, password)) => {
                (Some(unescape(user)), (!password.is_empty()).then(|| password.to_owned()))
            }
            None => (None, None),
        };
        let params = Params::parse(params)?;
        let headers = headers.to_owned();
        // A second `@` can make two parsers see different hosts.
        if rest.contains('@') || headers.contains('@') {
            return None;
        }
        Some(Uri { scheme, user, password, host, port, params, headers })
    }

    fn parse_tel(rest: &str) -> Option<Uri> {
        let (number, params) = rest.split_once(';').unwrap_or((rest, ""));
        let is_number = !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_hexdigit() || b"+-.()*#".contains(&b));
        if !is_number {
            return None;
        }
        let params = Params::parse(params)?;
        Some(Uri { user: Some(number.to_owned()), params, ..Uri::bare(Scheme::Tel) })
    }

    fn bare(scheme: Scheme) -> Uri {
        Uri {
            scheme,
            user: None,
            password: None,
            host: String::new(),
            port: None,
            params: Params::default(),
            headers: String::new(),
        }
    }

    /// Keeps a SIP, SIPS or tel URI that [`Uri::parse`] refuses as written: it can be repeated and
    /// has a number, but nothing is sent to it.
    pub(crate) fn opaque(text: &str) -> Option<Uri> {
        let (scheme, rest) = text.split_once(':')?;
        let scheme = scheme.to_ascii_lowercase();
        let is_safe = !text.contains(|c: char| c.is_control() || "<>\"".contains(c));
        (is_safe && TELEPHONE_SCHEMES.contains(&scheme.as_str()))
            .then(|| Uri { host: rest.to_owned(), ..Uri::bare(Scheme::Other(scheme)) })
    }

    /// Returns the number: the user part without its `;` parameters, also of `tel:`.
    pub(crate) fn number(&self) -> Number {
        let user = self.user.as_deref().or_else(|| self.opaque_user()).unwrap_or_default();
        let number = user.split(';').next().unwrap_or_default();
        match number.contains(char::is_whitespace) {
            true => Number::new(&number.split_whitespace().collect::<String>()),
            false => Number::new(number),
        }
    }

    /// Returns the user part in a URI of [`Uri::opaque`].
    fn opaque_user(&self) -> Option<&str> {
        match &self.scheme {
            Scheme::Other(scheme) if scheme == "tel" => Some(&self.host),
            Scheme::Other(scheme) if TELEPHONE_SCHEMES.contains(&scheme.as_str()) => {
                Some(self.host.split_once('@')?.0)
            }
            Scheme::Sip | Scheme::Sips | Scheme::Tel | Scheme::Other(_) => None,
        }
    }

    /// Returns the address when the host is a literal; the scheme's port when none is written.
    /// `None` for port 0, the unspecified address and multicast.
    pub(crate) fn addr(&self) -> Option<SocketAddr> {
        // RFC 5118 4.9: an IPv4 address may be written in IPv6.
        let ip = self.host.parse::<IpAddr>().ok()?.to_canonical();
        let port = self.port.unwrap_or(self.default_port());
        let is_host = !ip.is_unspecified()
            && !ip.is_multicast()
            && ip != IpAddr::V4(Ipv4Addr::BROADCAST)
            && port != 0;
        is_host.then(|| SocketAddr::new(ip, port))
    }

    /// Returns the transport to this URI; `None` for an unsupported one (tls, ws, sctp) and for
    /// `sips`, which must not be sent unencrypted (RFC 3261 26.2.2).
    pub(crate) fn transport(&self) -> Option<Transport> {
        if self.scheme == Scheme::Sips {
            return None;
        }
        match self.params.get("transport").unwrap_or("udp").to_ascii_lowercase().as_str() {
            "udp" => Some(Transport::Udp),
            "tcp" => Some(Transport::Tcp),
            _ => None,
        }
    }

    /// Returns whether it is a loose route (RFC 3261 16.12).
    pub(crate) fn lr(&self) -> bool {
        self.params.has("lr")
    }

    /// Returns whether both URIs are equal by RFC 3261 19.1.4.
    pub(crate) fn same(&self, other: &Uri) -> bool {
        let must_agree = ["user", "ttl", "method", "maddr", "transport"];
        let param = |uri: &Uri, name: &str| uri.params.get(name).map(str::to_ascii_lowercase);
        self.scheme == other.scheme
            && self.user == other.user
            && self.password == other.password
            && self.host.eq_ignore_ascii_case(&other.host)
            && self.port == other.port
            && must_agree.iter().all(|name| param(self, name) == param(other, name))
            && self
                .params
                .iter()
                .all(|(name, _)| !other.params.has(name) || param(self, name) == param(other, name))
            && self.headers == other.headers
    }

    fn default_port(&self) -> u16 {
        match self.scheme {
            Scheme::Sips => 5061,
            _ => 5060,
        }
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.scheme {
            Scheme::Other(scheme) => return write!(f, "{scheme}:{}", self.host),
            Scheme::Tel => {
                return write!(
                    f,
                    "tel:{}{}",
                    self.user.as_deref().unwrap_or_default(),
                    self.params
                );
            }
            Scheme::Sip => f.write_str("sip:")?,
            Scheme::Sips => f.write_str("sips:")?,
        }
        if let Some(user) = &self.user {
            escape(user, f)?;
            if let Some(password) = &self.password {
                write!(f, ":{password}")?;
            }
            f.write_str("@")?;
        }
        write_host(&self.host, self.port, f)?;
        write!(f, "{}", self.params)?;
        if !self.headers.is_empty() {
            write!(f, "?{}", self.headers)?;
        }
        Ok(())
    }
}

/// Parses `host`, `host:5060` or `[2001:db8::1]:5060`; IPv6 is returned without brackets.
pub(crate) fn host_port(text: &str) -> Option<(String, Option<u16>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        // RFC 5118 4.10: because of RFC 3261's grammar some implementations write a third colon.
        let host = host.replacen(":::", "::", 1);
        let _: Ipv6Addr = host.parse().ok()?;
        return Some((host, port_after(rest)?));
    }
    let at = text.find(':').unwrap_or(text.len());
    let (host, rest) = text.split_at(at);
    let host = host.trim_end();
    let is_host =
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    is_host.then(|| Some((host.to_owned(), port_after(rest)?)))?
}

/// Writes the host and port, IPv6 in brackets.
pub(crate) fn write_host(host: &str, port: Option<u16>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match host.contains(':') {
        true => write!(f, "[{host}]")?,
        false => f.write_str(host)?,
    }
    match port {
        Some(port) => write!(f, ":{port}"),
        None => Ok(()),
    }
}

/// Parses an optional port: `Some(None)` without one, `None` when it is malformed.
fn port_after(rest: &str) -> Option<Option<u16>> {
    let rest = rest.trim();
    if rest.is_empty() {
        return Some(None);
    }
    let digits = rest.strip_prefix(':')?.trim_start();
    let is_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_digits.then(|| digits.parse().ok())?.map(Some)
}

/// Resolves `%41`. A percent sign that begins no escape is kept.
pub(crate) fn unescape(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = |at: usize| tail.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(first);
                rest = tail;
            }
        }
    }
    charset::decode(&out).into_owned()
}

/// RFC 3261 25.1: `user` is unreserved, escaped or user-unreserved.
fn escape(user: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for byte in user.bytes() {
        match byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte) {
            true => write!(f, "{}", char::from(byte))?,
            false => write!(f, "%{byte:02X}")?,
        }
    }
    Ok(())
}

/// The schemes of calling and called parties.
const TELEPHONE_SCHEMES: [&str; 3] = ["sip", "sips", "tel"];

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        Uri::parse(text).unwrap_or_else(|| panic!("{text} should be a URI"))
    }

    #[test]
    fn uri_round_trips() {
        for text in [
            "sip:john.doe@host",
            "sip:+8613812345678;phone-context=cn@gw.example.cn:5080;user=phone",
            "sips:alice:secret@example.com;transport=tcp?subject=a%20b&priority=urgent",
            "sip:1001@[2001:db8::1]:5060;lr",
            "sip:[::1]",
            "sip:@host",
            "tel:+86-10-12345;phone-context=example.com",
            "sip:a%40b@c.d",
            "isbn:2983792873",
        ] {
            assert_eq!(uri(text).to_string(), text);
        }
    }

    #[test]
    fn malformed_uri_is_refused() {
        for text in [
            "",
            "sip",
            "sip:",
            "sip::secret@host",
            "sip:a@b@c",
            "sip:a@host:",
            "sip:a@host:99999",
            "sip:a@[::1",
            "sip:a@[zz]",
            "sip:a b@c",
            "<sip:a@b>",
            "tel:",
            "tel:alice",
            "1x:abc",
            "sip:a@host:+80",
        ] {
            assert_eq!(Uri::parse(text), None, "{text}");
        }
    }

    #[test]
    fn number_is_taken_from_sip_and_tel() {
        assert_eq!(uri("tel:+86-10-12345").number().reveal(), "+861012345");
        assert_eq!(uri("sip:12345;cic=1@h").number().reveal(), "12345");
        assert!(uri("sip:anonymous@anonymous.invalid").number().is_withheld());
        assert!(uri("sip:host").number().is_withheld());
        assert!(uri("sip:@host").number().is_withheld());
    }

    #[test]
    fn malformed_uri_is_kept_as_written_with_its_number() {
        for (text, number) in [
            ("sip:0371 6717 8888@10.0.0.2", "037167178888"),
            ("sip:13912345678@", "13912345678"),
            ("sip:139@a@b", "139"),
            ("tel:anonymous caller", "anonymouscaller"),
            ("sip:", ""),
        ] {
            assert_eq!(Uri::parse(text), None, "{text}");
            let uri = Uri::opaque(text).unwrap_or_else(|| panic!("{text} should be kept"));
            assert_eq!((uri.to_string().as_str(), uri.number().reveal()), (text, number));
            assert_eq!((uri.addr(), uri.user), (None, None), "{text}");
        }
        for text in ["13912345678", "http://a b", "sip:a<b", "sip:a\rb"] {
            assert_eq!(Uri::opaque(text), None, "{text}");
        }
    }

    #[test]
    fn address_has_the_default_port_of_its_scheme() {
        assert_eq!(uri("sip:a@10.0.0.1").addr(), "10.0.0.1:5060".parse().ok());
        assert_eq!(uri("sips:a@[::1]").addr(), "[::1]:5061".parse().ok());
        assert_eq!(uri("sip:a@[::ffff:192.0.2.1]").addr(), "192.0.2.1:5060".parse().ok());
        for nowhere in [
            "sip:a@pbx.local",
            "sip:a@10.0.0.1:0",
            "sip:a@0.0.0.0",
            "sip:a@[::]",
            "sip:a@224.0.1.75",
            "sip:a@255.255.255.255",
        ] {
            assert_eq!(uri(nowhere).addr(), None, "{nowhere}");
        }
        assert_eq!(uri("sip:a@b;transport=TCP").transport(), Some(Transport::Tcp));
        assert_eq!(uri("sip:a@b;transport=tls").transport(), None);
        assert_eq!(uri("sips:a@b").transport(), None);
    }

    #[test]
    fn uris_compare_by_rfc3261() {
        let same = |a: &str, b: &str| uri(a).same(&uri(b));
        assert!(same(
            "sip:%61lice@AtlanTa.CoM;Transport=TCP",
            "SIP:alice@atlanta.com;transport=tcp"
        ));
        assert!(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
        assert!(!same("sip:ALICE@a.com", "sip:alice@a.com"));
        assert!(!same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
        assert!(!same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
    }
}
