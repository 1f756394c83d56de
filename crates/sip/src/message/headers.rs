//! The headers of a message in order, one value per entry.

use std::{
    fmt::{Display, Write as _},
    ops::Range,
};

use super::Name;

/// Names and values in order of appearance. Comma-separated lists are already split.
///
/// All values are in one text, so that a message with twenty headers needs two blocks of memory
/// and not twenty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Headers {
    /// The values, and what is left of replaced ones.
    text: String,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    name: Name,
    /// The place of the value in the text.
    value: Range<usize>,
}

impl Headers {
    /// No headers, with room for values of so many bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Headers {
        Headers { text: String::with_capacity(bytes), entries: Vec::with_capacity(HEADERS_USUAL) }
    }

    /// Adds one at the end.
    pub(crate) fn push(&mut self, name: Name, value: impl Display) {
        let value = self.append(value);
        self.entries.push(Entry { name, value });
    }

    /// The first value of a name.
    pub(crate) fn get(&self, name: &Name) -> Option<&str> {
        self.iter().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// All values of a name, topmost first.
    pub(crate) fn all<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(n, _)| *n == name).map(|(_, value)| value)
    }

    /// All, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Name, &str)> {
        self.entries.iter().map(|entry| (&entry.name, self.value(entry)))
    }

    /// The number of headers.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Replaces all values of a name by this one, at the place of the first.
    pub(crate) fn set(&mut self, name: Name, value: impl Display) {
        let Some(at) = self.entries.iter().position(|entry| entry.name == name) else {
            return self.push(name, value);
        };
        let mut index = 0;
        self.entries.retain(|entry| {
            index += 1;
            index == at + 1 || entry.name != name
        });
        self.replace_first(&name, value);
    }

    /// Replaces the first value of a name, if there is one.
    pub(crate) fn replace_first(&mut self, name: &Name, value: impl Display) {
        let value = self.append(value);
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.name == *name) {
            entry.value = value;
        }
        self.compact();
    }

    /// Removes all values of a name.
    pub(crate) fn remove(&mut self, name: &Name) {
        self.entries.retain(|entry| entry.name != *name);
    }

    /// Removes and returns the first value of a name.
    pub(crate) fn remove_first(&mut self, name: &Name) -> Option<String> {
        let at = self.entries.iter().position(|entry| entry.name == *name)?;
        let entry = self.entries.remove(at);
        Some(self.value(&entry).to_owned())
    }

    fn value(&self, entry: &Entry) -> &str {
        self.text.get(entry.value.clone()).unwrap_or_default()
    }

    fn append(&mut self, value: impl Display) -> Range<usize> {
        let start = self.text.len();
        // Writing to a string does not fail.
        let _ = write!(self.text, "{value}");
        start..self.text.len()
    }

    /// Drops replaced values once they are most of the text: a registration of ours is changed and
    /// sent again for months.
    fn compact(&mut self) {
        let used: usize = self.entries.iter().map(|entry| entry.value.len()).sum();
        if self.text.len() < 2 * used + SLACK_BYTES {
            return;
        }
        let mut text = String::with_capacity(used);
        for entry in &mut self.entries {
            let start = text.len();
            text.push_str(self.text.get(entry.value.clone()).unwrap_or_default());
            entry.value = start..text.len();
        }
        self.text = text;
    }
}

impl PartialEq for Headers {
    fn eq(&self, other: &Headers) -> bool {
        self.iter().eq(other.iter())
    }
}

/// An INVITE of a carrier has twenty.
const HEADERS_USUAL: usize = 24;
/// Replaced values that are not worth a copy.
const SLACK_BYTES: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_replaces_all_values_at_the_first_position() {
        let mut headers = Headers::default();
        headers.push(Name::Via, "1");
        headers.push(Name::To, "t");
        headers.push(Name::Via, "2");
        headers.set(Name::Via, "3");
        let all: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v)).collect();
        assert_eq!(all, [("Via", "3"), ("To", "t")]);
        headers.push(Name::Via, "4");
        assert_eq!(headers.remove_first(&Name::Via).as_deref(), Some("3"));
        assert_eq!(headers.all(&Name::Via).collect::<Vec<_>>(), ["4"]);
        headers.set(Name::Expires, "1");
        assert_eq!(headers.get(&Name::Expires), Some("1"));
    }

    #[test]
    fn headers_with_equal_values_are_equal_whatever_was_replaced() {
        let mut one = Headers::default();
        one.push(Name::CSeq, "1 REGISTER");
        one.push(Name::To, "t");
        let mut other = Headers::default();
        other.push(Name::CSeq, "2 REGISTER");
        other.push(Name::To, "t");
        assert_ne!(one, other);
        one.set(Name::CSeq, "2 REGISTER");
        assert_eq!(one, other);
    }

    #[test]
    fn headers_that_are_replaced_for_ever_do_not_grow() {
        let mut headers = Headers::default();
        headers.push(Name::To, "t");
        headers.push(Name::Via, "");
        for n in 0..10_000 {
            headers.set(Name::Via, format_args!("SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK{n}"));
        }
        assert_eq!(headers.get(&Name::Via), Some("SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK9999"));
        assert_eq!(headers.get(&Name::To), Some("t"));
        assert!(headers.text.len() < 2_000, "{}", headers.text.len());
    }
}
