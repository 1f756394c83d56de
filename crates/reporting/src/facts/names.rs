//! Names kept once: a fact holds a number of four bytes.

use std::collections::BTreeMap;

/// A name's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(u32);

impl Name {
    /// Nobody, nothing.
    pub const NONE: Name = Name(u32::MAX);

    /// Where it stands in a list of all.
    pub fn place(self) -> usize {
        self.0 as usize
    }

    /// The name at this place.
    pub fn at(place: usize) -> Name {
        Name(u32::try_from(place).unwrap_or(u32::MAX))
    }
}

/// Names by number.
#[derive(Clone, Debug, Default)]
pub struct Names {
    texts: Vec<String>,
    places: BTreeMap<String, u32>,
}

impl Names {
    /// The number of a name, a new one if need be.
    pub fn number(&mut self, text: &str) -> Name {
        if let Some(place) = self.places.get(text) {
            return Name(*place);
        }
        let place = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        Name(place)
    }

    /// The number of a name that was seen.
    pub fn find(&self, text: &str) -> Option<Name> {
        self.places.get(text).copied().map(Name)
    }

    /// The name of a number; empty for [`Name::NONE`].
    pub fn text(&self, name: Name) -> &str {
        self.texts.get(name.place()).map_or("", String::as_str)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// None at all.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = (Name, &str)> {
        self.texts.iter().enumerate().map(|(place, text)| (Name::at(place), text.as_str()))
    }
}
