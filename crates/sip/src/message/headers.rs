//! The headers of a message in order, one value per entry.

use super::Name;

/// Names and values in order of appearance. Comma-separated lists are already split.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Headers(Vec<(Name, String)>);

impl Headers {
    /// Adds one at the end.
    pub(crate) fn push(&mut self, name: Name, value: String) {
        self.0.push((name, value));
    }

    /// The first value of a name.
    pub(crate) fn get(&self, name: &Name) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// All values of a name, topmost first.
    pub(crate) fn all<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// All, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Name, String)> {
        self.0.iter()
    }

    /// Replaces all values of a name by this one, at the place of the first.
    pub(crate) fn set(&mut self, name: Name, value: String) {
        let Some(at) = self.0.iter().position(|(n, _)| *n == name) else {
            return self.push(name, value);
        };
        let mut index = 0;
        self.0.retain(|(n, _)| {
            index += 1;
            index == at + 1 || *n != name
        });
        self.replace_first(&name, value);
    }

    /// Replaces the first value of a name, if there is one.
    pub(crate) fn replace_first(&mut self, name: &Name, value: String) {
        if let Some(slot) = self.0.iter_mut().find(|(n, _)| n == name) {
            slot.1 = value;
        }
    }

    /// Removes all values of a name.
    pub(crate) fn remove(&mut self, name: &Name) {
        self.0.retain(|(n, _)| n != name);
    }

    /// Removes and returns the first value of a name.
    pub(crate) fn remove_first(&mut self, name: &Name) -> Option<String> {
        let at = self.0.iter().position(|(n, _)| n == name)?;
        Some(self.0.remove(at).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_replaces_all_values_at_the_first_position() {
        let mut headers = Headers::default();
        headers.push(Name::Via, "1".into());
        headers.push(Name::To, "t".into());
        headers.push(Name::Via, "2".into());
        headers.set(Name::Via, "3".into());
        let all: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(all, [("Via", "3"), ("To", "t")]);
        headers.push(Name::Via, "4".into());
        assert_eq!(headers.remove_first(&Name::Via).as_deref(), Some("3"));
        assert_eq!(headers.all(&Name::Via).collect::<Vec<_>>(), ["4"]);
        headers.set(Name::Expires, "1".into());
        assert_eq!(headers.get(&Name::Expires), Some("1"));
    }
}
