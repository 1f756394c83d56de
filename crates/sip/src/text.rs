//! Scanners that the parsers share: split outside quotes, unquote, parse parameters.

use std::{collections::BTreeMap, fmt, ops::Bound};

/// Splits at `sep` outside quoted strings and, for commas, outside `<…>`.
///
/// A backslash inside quotes escapes the next character (RFC 3261 25.1).
pub(crate) fn split(text: &str, sep: char) -> Split<'_> {
    Split { rest: Some(text), sep }
}

/// See [`split`].
pub(crate) struct Split<'a> {
    rest: Option<&'a str>,
    sep: char,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest?;
        match find_outside(rest, self.sep) {
            Some(at) => {
                let (head, tail) = rest.split_at(at);
                self.rest = tail.get(self.sep.len_utf8()..);
                Some(head.trim())
            }
            None => {
                self.rest = None;
                Some(rest.trim())
            }
        }
    }
}

/// Returns the first position of `wanted` outside quotes and angle brackets.
pub(crate) fn find_outside(text: &str, wanted: char) -> Option<usize> {
    let (mut quoted, mut escaped, mut angle) = (false, false, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if quoted {
            match c {
                '\\' => escaped = true,
                '"' => quoted = false,
                _ => {}
            }
        } else if c == wanted && !angle {
            return Some(at);
        } else {
            match c {
                '"' => quoted = true,
                '<' => angle = true,
                '>' => angle = false,
                _ => {}
            }
        }
    }
    None
}

/// Returns whether every quoted string is closed.
pub(crate) fn is_balanced(text: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    !quoted
}

/// Returns the content of a quoted string with its escapes resolved; a bare word is unchanged.
pub(crate) fn unquote(text: &str) -> String {
    let text = text.trim();
    let Some(inner) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) else {
        return text.to_owned();
    };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            c => out.push(c),
        }
    }
    out
}

/// Returns the text as a quoted string. Line ends are not allowed in it and become spaces.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\r' | '\n' | '\0' => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Returns whether a map, whose keys are words separated by spaces, has a key that begins with this
/// word. It costs one search and no memory.
pub(crate) fn has_key_starting_with_word<V>(map: &BTreeMap<String, V>, word: &str) -> bool {
    // A space sorts before everything else that may follow the word.
    let mut from = map.range::<str, _>((Bound::Excluded(word), Bound::Unbounded));
    let key = from.next().and_then(|(key, _)| key.strip_prefix(word));
    key.is_some_and(|rest| rest.starts_with(' '))
}

/// Returns whether this is a token (RFC 3261 25.1).
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&b))
}

/// The `;name=value` parameters of a URI, a Via or a name-addr, in order. Values are kept as
/// written, quotes included.
///
/// They are one text, as they are written to a message: a message has dozens of parameters, of
/// which two or three are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params(String);

impl Params {
    /// Parses what follows the first `;`. Empty parameters are accepted; a malformed name or an
    /// open quote is not.
    pub(crate) fn parse(text: &str) -> Option<Params> {
        if text.is_empty() {
            return Some(Params::default());
        }
        if !is_balanced(text) {
            return None;
        }
        let mut params = Params(String::with_capacity(text.len() + 1));
        for piece in split(text, ';').filter(|piece| !piece.is_empty()) {
            let (name, value) = name_and_value(piece);
            let (name, value) = (name.trim_end(), value.map(str::trim_start));
            let is_name = !name.is_empty()
                && !name.contains(|c: char| {
                    c.is_whitespace() || c.is_control() || "\"<>,?@".contains(c)
                });
            if !is_name {
                return None;
            }
            params.push(name, value);
        }
        Some(params)
    }

    /// All of them, each with its value as written.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        split(&self.0, ';').skip(1).map(name_and_value)
    }

    /// The value as written; `Some("")` for a parameter without one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        Some(value.unwrap_or_default())
    }

    /// Returns whether the parameter is present, with or without a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets or replaces a parameter.
    pub(crate) fn set(&mut self, name: &str, value: Option<&str>) {
        if !self.has(name) {
            return self.push(name, value);
        }
        let before = std::mem::take(self);
        let mut new = Some(value);
        for (n, old) in before.iter() {
            let is_it = n.eq_ignore_ascii_case(name);
            self.push(n, new.take_if(|_| is_it).unwrap_or(old));
        }
    }

    /// Removes a parameter.
    pub(crate) fn remove(&mut self, name: &str) {
        if !self.has(name) {
            return;
        }
        let before = std::mem::take(self);
        for (n, value) in before.iter().filter(|(n, _)| !n.eq_ignore_ascii_case(name)) {
            self.push(n, value);
        }
    }

    fn push(&mut self, name: &str, value: Option<&str>) {
        self.0.push(';');
        self.0.push_str(name);
        if let Some(value) = value {
            self.0.push('=');
            self.0.push_str(value);
        }
    }
}

fn name_and_value(piece: &str) -> (&str, Option<&str>) {
    match piece.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (piece, None),
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_split_outside_quotes_and_angles() {
        let text = r#""A, \"B" <sip:a,b@c>;x=1 , sip:d"#;
        let parts: Vec<_> = split(text, ',').collect();
        assert_eq!(parts, [r#""A, \"B" <sip:a,b@c>;x=1"#, "sip:d"]);
    }

    #[test]
    fn key_is_found_by_its_first_word() {
        let keys = ["ab INVITE", "abc BYE", "abc!d BYE", "b"];
        let map: BTreeMap<String, ()> = keys.iter().map(|key| ((*key).to_owned(), ())).collect();
        for (word, is_there) in [("ab", true), ("abc", true), ("abc!d", true), ("a", false)] {
            assert_eq!(has_key_starting_with_word(&map, word), is_there, "{word}");
        }
        assert!(!has_key_starting_with_word(&map, "b") && !has_key_starting_with_word(&map, ""));
    }

    #[test]
    fn quoting_round_trips() {
        let name = r#"a "b" \c"#;
        assert_eq!(unquote(&quote(name)), name);
        assert_eq!(quote("a\r\nVia: x"), "\"a  Via: x\"");
        assert!(!is_balanced(r#""a\""#));
    }

    #[test]
    fn params_accept_gaps_and_spaces() {
        let params = Params::parse(" tag = 1 ;; lr ; q=\"a;b\"");
        let params = params.unwrap_or_default();
        assert_eq!((params.get("TAG"), params.get("lr")), (Some("1"), Some("")));
        assert_eq!(params.to_string(), ";tag=1;lr;q=\"a;b\"");
        assert_eq!(Params::parse("a b=1"), None);
        assert_eq!(Params::parse("a=\"1"), None);
    }

    #[test]
    fn parameters_are_replaced_and_removed_in_place() {
        let mut params = Params::parse("a=\"x;y\";b;c=<1;2>").unwrap_or_default();
        params.set("B", Some("2"));
        params.set("d", None);
        assert_eq!(params.to_string(), ";a=\"x;y\";b=2;c=<1;2>;d");
        params.set("a", None);
        params.remove("C");
        let all: Vec<_> = params.iter().collect();
        assert_eq!(all, [("a", None), ("b", Some("2")), ("d", None)]);
        for name in ["a", "b", "d", "e"] {
            params.remove(name);
        }
        assert_eq!(params, Params::default());
        assert_eq!(params.iter().count(), 0);
    }
}
