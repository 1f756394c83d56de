//! Header names, normalised from any spelling.

use std::fmt;

/// The allowed values of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Comma-separated values, which `wire` splits.
    List,
    /// One value; a second one is an error, because it is used in smuggling attacks (RFC 4475
    /// 3.3.8, 3.3.9).
    Single,
    /// Any value, any number of times.
    Free,
}

macro_rules! names {
    ($($name:ident $text:literal $(/ $compact:literal)? $shape:ident,)*) => {
        /// A header's name.
        #[derive(Clone, Debug)]
        pub(crate) enum Name {
            $($name,)*
            /// An unused header, as written.
            Other(String),
        }

        impl Name {
            /// Parses a name in any case and expands compact forms.
            pub(crate) fn parse(text: &str) -> Name {
                if let [letter] = text.as_bytes() {
                    return match letter.to_ascii_lowercase() {
                        $($($compact => Name::$name,)?)*
                        _ => Name::Other(text.to_owned()),
                    };
                }
                $(if text.eq_ignore_ascii_case($text) {
                    return Name::$name;
                })*
                Name::Other(text.to_owned())
            }

            /// The spelling of the RFC.
            pub(crate) fn as_str(&self) -> &str {
                match self {
                    $(Name::$name => $text,)*
                    Name::Other(text) => text,
                }
            }

            /// Its allowed values.
            pub(crate) fn shape(&self) -> Shape {
                match self {
                    $(Name::$name => Shape::$shape,)*
                    Name::Other(_) => Shape::Free,
                }
            }
        }
    };
}

names! {
    Via "Via" / b'v' List,
    From "From" / b'f' Single,
    To "To" / b't' Single,
    CallId "Call-ID" / b'i' Single,
    CSeq "CSeq" Single,
    Contact "Contact" / b'm' List,
    MaxForwards "Max-Forwards" Single,
    Route "Route" List,
    RecordRoute "Record-Route" List,
    Expires "Expires" Single,
    MinExpires "Min-Expires" Single,
    Allow "Allow" List,
    Supported "Supported" / b'k' List,
    Require "Require" List,
    ProxyRequire "Proxy-Require" List,
    Unsupported "Unsupported" List,
    WwwAuthenticate "WWW-Authenticate" Free,
    Authorization "Authorization" Free,
    ProxyAuthenticate "Proxy-Authenticate" Free,
    ProxyAuthorization "Proxy-Authorization" Free,
    AuthenticationInfo "Authentication-Info" Free,
    ContentType "Content-Type" / b'c' Single,
    ContentLength "Content-Length" / b'l' Single,
    ContentEncoding "Content-Encoding" / b'e' List,
    ContentDisposition "Content-Disposition" Single,
    ContentLanguage "Content-Language" List,
    Accept "Accept" List,
    AcceptEncoding "Accept-Encoding" List,
    AcceptLanguage "Accept-Language" List,
    AlertInfo "Alert-Info" Free,
    CallInfo "Call-Info" Free,
    ErrorInfo "Error-Info" Free,
    InReplyTo "In-Reply-To" List,
    MimeVersion "MIME-Version" Single,
    Date "Date" Free,
    Organization "Organization" Free,
    Priority "Priority" Free,
    ReplyTo "Reply-To" Free,
    RetryAfter "Retry-After" Single,
    Server "Server" Free,
    Subject "Subject" / b's' Free,
    Timestamp "Timestamp" Free,
    UserAgent "User-Agent" Free,
    Warning "Warning" Free,
    Event "Event" / b'o' Single,
    AllowEvents "Allow-Events" / b'u' List,
    SubscriptionState "Subscription-State" Single,
    ReferTo "Refer-To" / b'r' Single,
    ReferredBy "Referred-By" / b'b' Single,
    Replaces "Replaces" Single,
    RAck "RAck" Single,
    RSeq "RSeq" Single,
    Reason "Reason" List,
    SessionExpires "Session-Expires" / b'x' Single,
    MinSe "Min-SE" Single,
    PAssertedIdentity "P-Asserted-Identity" List,
    PPreferredIdentity "P-Preferred-Identity" List,
    RemotePartyId "Remote-Party-ID" List,
    Privacy "Privacy" Free,
    Diversion "Diversion" List,
    HistoryInfo "History-Info" List,
    Path "Path" List,
    ServiceRoute "Service-Route" List,
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        match (self, other) {
            (Name::Other(a), Name::Other(b)) => a.eq_ignore_ascii_case(b),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl Eq for Name {}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compact_and_odd_spellings_are_the_same_name() {
        for (text, name) in [
            ("v", Name::Via),
            ("I", Name::CallId),
            ("k", Name::Supported),
            ("x", Name::SessionExpires),
            ("cALL-id", Name::CallId),
            ("www-authenticate", Name::WwwAuthenticate),
            ("X-Call", Name::Other("x-call".into())),
        ] {
            assert_eq!(Name::parse(text), name);
        }
        assert_eq!(Name::parse("mime-version").to_string(), "MIME-Version");
        assert_eq!(Name::parse("Q"), Name::Other("q".into()));
    }
}
