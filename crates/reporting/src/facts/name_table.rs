//! A table of names, so that a fact holds an id of four bytes instead of a string.

use std::collections::BTreeMap;

/// The id of a name in a [`NameTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameId(u32);

impl NameId {
    /// No name.
    pub const NONE: NameId = NameId(u32::MAX);

    /// The index in the table.
    pub fn place(self) -> usize {
        self.0 as usize
    }

    /// The id of an index.
    pub fn at(place: usize) -> NameId {
        NameId(u32::try_from(place).unwrap_or(u32::MAX))
    }
}

/// Names by id.
#[derive(Clone, Debug, Default)]
pub struct NameTable {
    texts: Vec<String>,
    places: BTreeMap<String, u32>,
}

impl NameTable {
    /// The id of a name; a new name is added.
    pub fn number(&mut self, text: &str) -> NameId {
        if let Some(place) = self.places.get(text) {
            return NameId(*place);
        }
        let place = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        NameId(place)
    }

    /// The id of a name that is in the table.
    pub fn find(&self, text: &str) -> Option<NameId> {
        self.places.get(text).copied().map(NameId)
    }

    /// The name of an id; empty for [`NameId::NONE`].
    pub fn text(&self, name: NameId) -> &str {
        self.texts.get(name.place()).map_or("", String::as_str)
    }

    /// The number of names.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether the table is empty.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// All names with their ids.
    pub fn all(&self) -> impl Iterator<Item = (NameId, &str)> {
        self.texts.iter().enumerate().map(|(place, text)| (NameId::at(place), text.as_str()))
    }
}
