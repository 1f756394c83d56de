//! The name-addr of From, To, Contact, Route and similar headers: display name, URI and parameters
//! (RFC 3261 20.10).

use std::fmt;

use super::{EXPIRES_UNREADABLE_S, number};
use crate::{
    text::{Params, find_outside, is_balanced, quote, unquote},
    uri::Uri,
};

/// `"Zhang San" <sip:1001@host>;tag=x`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameAddr {
    /// The display name, unquoted; empty when there is none.
    pub(crate) display: String,
    /// The URI.
    pub(crate) uri: Uri,
    /// The header parameters after it.
    pub(crate) params: Params,
}

impl NameAddr {
    /// Creates one without display name and parameters.
    pub(crate) fn new(uri: Uri) -> NameAddr {
        NameAddr { display: String::new(), uri, params: Params::default() }
    }

    /// Parses a name-addr. Accepted, because gateways send it: a comma or a period in an unquoted
    /// display name, spaces within the angle brackets. Refused: an open quote, an open bracket, URI
    /// headers without brackets (RFC 4475 3.1.2.12).
    pub(crate) fn parse(text: &str) -> Option<NameAddr> {
        NameAddr::parse_with(text, Uri::parse)
    }

    /// Parses From or To. A malformed URI is kept as written, because it only names a party and
    /// nothing is sent to it.
    pub(crate) fn parse_from_to(text: &str) -> Option<NameAddr> {
        NameAddr::parse_with(text, |uri| Uri::parse(uri).or_else(|| Uri::opaque(uri)))
    }

    fn parse_with(text: &str, read: impl FnOnce(&str) -> Option<Uri>) -> Option<NameAddr> {
        if !is_balanced(text) {
            return None;
        }
        let (display, uri, params) = match find_angle(text) {
            Some(at) => {
                let (display, rest) = text.split_at_checked(at)?;
                let (uri, after) = rest.strip_prefix('<')?.split_once('>')?;
                let params = match after.trim_start() {
                    "" => "",
                    after => after.strip_prefix(';')?,
                };
                (unquote(display), uri.trim(), params)
            }
            None => {
                let (uri, params) = text.split_once(';').unwrap_or((text, ""));
                if uri.contains(['?', ',', '>']) {
                    return None;
                }
                (String::new(), uri.trim(), params)
            }
        };
        Some(NameAddr { display, uri: read(uri)?, params: Params::parse(params)? })
    }

    /// The dialog's tag.
    pub(crate) fn tag(&self) -> Option<&str> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }

    /// A contact's `expires` in seconds; a malformed one counts as an hour.
    pub(crate) fn expires(&self) -> Option<u32> {
        self.params.get("expires").map(|value| number(value).unwrap_or(EXPIRES_UNREADABLE_S))
    }

    /// A contact's preference in thousandths, 1000 when it has none (RFC 3261 20.10).
    pub(crate) fn q(&self) -> u16 {
        let Some(text) = self.params.get("q") else { return Q_DEFAULT };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
        match (number(whole), number(&digits)) {
            (Some(0), Some(thousandths)) => thousandths as u16,
            _ => Q_DEFAULT,
        }
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.display.is_empty() {
            write!(f, "{} ", quote(&self.display))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

/// The position of the URI's `<`, outside quotes.
fn find_angle(text: &str) -> Option<usize> {
    find_outside(text, '<')
}

const Q_DEFAULT: u16 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> NameAddr {
        NameAddr::parse(text).unwrap_or_else(|| panic!("{text} should be a name-addr"))
    }

    #[test]
    fn quoted_bare_and_missing_display_names_are_parsed() {
        assert_eq!(read(r#""J \"R\" <x>" <sip:a@b>;tag=1"#).display, r#"J "R" <x>"#);
        assert_eq!(read("Bell, Alexander <sip:a@b>").display, "Bell, Alexander");
        assert_eq!(read("张三 <sip:a@b>").display, "张三");
        assert_eq!(read("<sip:a@b>").display, "");
        assert_eq!(read(r#""" <sip:a@b>"#).display, "");
    }

    #[test]
    fn without_brackets_parameters_belong_to_the_header() {
        let from = read("sip:a@b;tag=7");
        assert_eq!((from.tag(), from.uri.params.iter().count()), (Some("7"), 0));
        let to = read("<sip:a@b;lr>;tag=7");
        assert_eq!((to.tag(), to.uri.lr()), (Some("7"), true));
        assert_eq!(NameAddr::parse("sip:a@b?Route=%3Csip:c%3E"), None);
    }

    #[test]
    fn open_quotes_and_brackets_are_refused() {
        for text in [r#""Mr. J. User <sip:a@b>"#, "<sip:a@b", "a sip:a@b", "<sip:a@b> x", "", "*"] {
            assert_eq!(NameAddr::parse(text), None, "{text}");
        }
    }

    #[test]
    fn preferences_order_contacts() {
        assert_eq!(read("<sip:a@b>;q=0.7").q(), 700);
        assert_eq!(read("<sip:a@b>;q=0.25").q(), 250);
        assert_eq!(read("<sip:a@b>;q=1.0").q(), 1000);
        assert_eq!(read("<sip:a@b>").q(), 1000);
        assert_eq!(read("<sip:a@b>;q=high").q(), 1000);
        assert_eq!(read("<sip:a@b>;expires=280297596632815").expires(), Some(3600));
    }

    #[test]
    fn name_addr_round_trips() {
        let text = r#""Zhang \"San\"" <sip:1001@[::1]:5060;ob>;expires=60;+sip.instance="<urn:x>""#;
        assert_eq!(read(text).to_string(), text);
    }
}
