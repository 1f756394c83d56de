//! A TOML file whose values know their key, line and column.

use std::{cell::RefCell, ops::Range};

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use crate::{
    Fault,
    keys::{Default, Key, REMOVED, Section},
};

/// The faults found so far. Readers add a fault and continue, so that all faults are reported.
#[derive(Debug, Default)]
pub(crate) struct Faults(RefCell<Vec<Fault>>);

impl Faults {
    /// Adds a fault.
    pub(crate) fn add(&self, fault: Fault) {
        self.0.borrow_mut().push(fault);
    }

    /// All faults, sorted by file and line, without duplicates.
    pub(crate) fn sorted(self) -> Vec<Fault> {
        let mut faults = self.0.into_inner();
        faults.sort();
        faults.dedup();
        faults
    }
}

/// A file's name and text.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    /// The file's path as the operator knows it.
    pub(crate) file: String,
    text: &'a str,
    faults: &'a Faults,
}

impl<'a> Page<'a> {
    /// A file that is not parsed yet.
    pub(crate) fn new(file: String, text: &'a str, faults: &'a Faults) -> Page<'a> {
        Page { file, text, faults }
    }

    /// Parses the TOML; `None` when the grammar is broken. All grammar faults are reported.
    pub(crate) fn parse(&self) -> Option<Spanned<DeTable<'a>>> {
        let (table, broken) = DeTable::parse_recoverable(self.text);
        for error in &broken {
            let right = "correct the TOML syntax here (https://toml.io)";
            self.fault(error.span(), "", error.message().replace('\n', ", "), right);
        }
        broken.is_empty().then_some(table)
    }

    /// Reports a fault at `at`.
    pub(crate) fn fault(
        &self,
        at: Option<Range<usize>>,
        key: &str,
        what: impl Into<String>,
        right: impl Into<String>,
    ) {
        let (line, column) = at.map_or((0, None), |at| self.place(at.start));
        self.faults.add(Fault {
            file: self.file.clone(),
            line,
            column,
            key: key.into(),
            what: what.into(),
            right: right.into(),
        });
    }

    /// The line and column of a byte, both from 1. Columns count characters.
    fn place(&self, byte: usize) -> (usize, Option<usize>) {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        (line, Some(column))
    }

    /// The line of a value, from 1.
    fn line(&self, at: &Range<usize>) -> usize {
        self.place(at.start).0
    }
}

/// A value with its place.
#[derive(Clone, Debug)]
pub(crate) struct Value<'a> {
    /// The file.
    pub(crate) page: &'a Page<'a>,
    /// The key, such as `seats[3].number`.
    pub(crate) key: String,
    /// The byte range in the file.
    pub(crate) at: Range<usize>,
    /// The parsed value.
    pub(crate) value: &'a DeValue<'a>,
}

impl<'a> Value<'a> {
    /// Reports that the value is wrong, and returns `None`.
    pub(crate) fn wrong<T>(&self, what: impl Into<String>, right: impl Into<String>) -> Option<T> {
        self.page.fault(Some(self.at.clone()), &self.key, what, right);
        None
    }

    /// Reports that the value has the wrong type, and returns `None`.
    pub(crate) fn not_a<T>(&self, kind: &str, example: &str) -> Option<T> {
        let what = format!("expected {kind}, found {}", article(self.value.type_str()));
        self.wrong(what, format!("write {example}"))
    }

    /// The item at index `i` of a list.
    pub(crate) fn item(&self, i: usize, item: &'a Spanned<DeValue<'a>>) -> Value<'a> {
        self.inside(format!("{}[{i}]", self.key), item)
    }

    /// The entries of a table whose keys are names; `None` when the value is not a table.
    pub(crate) fn entries(&self) -> Option<Vec<(&'a str, Value<'a>)>> {
        let table = self.value.as_table()?;
        let entry = |(name, value): (&'a Spanned<DeString<'a>>, &'a Spanned<DeValue<'a>>)| {
            let name = name.get_ref().as_ref();
            (name, self.inside(format!("{}.{name}", self.key), value))
        };
        Some(table.iter().map(entry).collect())
    }

    fn inside(&self, key: String, value: &'a Spanned<DeValue<'a>>) -> Value<'a> {
        Value { page: self.page, key, at: value.span(), value: value.get_ref() }
    }

    /// The value as a table. Keys that are not in `section` are reported.
    pub(crate) fn table(&self, section: &'static Section) -> Option<Table<'a>> {
        let Some(table) = self.value.as_table() else {
            let key = section.names().next().unwrap_or("key");
            return self.not_a("a table", &format!("{{ {key} = … }}"));
        };
        let open = Table {
            page: self.page,
            key: self.key.clone(),
            at: self.at.clone(),
            table: Some(table),
        };
        open.report_unknown(section.names());
        Some(open)
    }
}

/// A table with its place. One that was omitted has only defaults.
#[derive(Clone, Debug)]
pub(crate) struct Table<'a> {
    /// The file.
    pub(crate) page: &'a Page<'a>,
    key: String,
    at: Range<usize>,
    table: Option<&'a DeTable<'a>>,
}

impl<'a> Table<'a> {
    /// The top-level table of the file.
    pub(crate) fn root(page: &'a Page<'a>, root: &'a Spanned<DeTable<'a>>) -> Table<'a> {
        Table { page, key: String::new(), at: 0..0, table: Some(root.get_ref()) }
    }

    /// Reports every key that is not in `known`, with the nearest known key or the replacement of a
    /// key that older versions had.
    pub(crate) fn report_unknown(&self, known: impl Iterator<Item = &'static str> + Clone) {
        for key in self.table.into_iter().flat_map(|table| table.keys()) {
            let name = key.get_ref().as_ref();
            if known.clone().any(|k| k == name) {
                continue;
            }
            let path = self.child(name);
            if let Some((_, what, right)) = REMOVED.iter().find(|(removed, ..)| *removed == path) {
                self.page.fault(Some(key.span()), &path, *what, *right);
                continue;
            }
            let right = nearest(name, known.clone()).map_or_else(
                || format!("known here: {}", known.clone().collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean \"{near}\"?"),
            );
            let what = format!("there is no key \"{name}\" here");
            self.page.fault(Some(key.span()), &path, what, right);
        }
    }

    /// A table in this table; an empty one when it is omitted.
    pub(crate) fn table(&self, name: &str, section: &'static Section) -> Option<Table<'a>> {
        match self.value(name) {
            Some(value) => value.table(section),
            None => Some(Table {
                page: self.page,
                key: self.child(name),
                at: self.at.clone(),
                table: None,
            }),
        }
    }

    /// The tables of `[[name]]`. Items that are not tables are reported and left out.
    pub(crate) fn tables(&self, name: &str, section: &'static Section) -> Vec<Table<'a>> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let Some(items) = value.value.as_array() else {
            value.not_a::<()>("a list of tables", &format!("[[{name}]]"));
            return Vec::new();
        };
        (items.iter().enumerate())
            .filter_map(|(i, item)| value.item(i, item).table(section))
            .collect()
    }

    /// The value of a key, when it is present.
    pub(crate) fn value(&self, name: &str) -> Option<Value<'a>> {
        let value = self.table?.get(name)?;
        Some(Value {
            page: self.page,
            key: self.child(name),
            at: value.span(),
            value: value.get_ref(),
        })
    }

    /// Reads a key that is required or has a default.
    pub(crate) fn read<T>(
        &self,
        key: &Key,
        read: impl FnOnce(&Value<'_>) -> Option<T>,
    ) -> Option<T> {
        if let Some(value) = self.value(key.name) {
            return read(&value);
        }
        let Default::Value(text) = key.default else {
            let what = format!("\"{}\" is missing", key.name);
            let right = format!("add {} = … ({})", key.name, key.unit);
            self.page.fault(Some(self.at.clone()), &self.child(key.name), what, right);
            return None;
        };
        let value = DeValue::parse(text).ok()?;
        read(&Value {
            page: self.page,
            key: self.child(key.name),
            at: self.at.clone(),
            value: value.get_ref(),
        })
    }

    /// Reads an optional key: `Some(None)` when it is omitted, `None` when it is wrong.
    pub(crate) fn optional<T>(
        &self,
        key: &Key,
        read: impl FnOnce(&Value<'_>) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.value(key.name) {
            Some(value) => read(&value).map(Some),
            None => Some(None),
        }
    }

    /// Reports that the table, or one of its keys, is wrong.
    pub(crate) fn wrong(&self, name: &str, what: impl Into<String>, right: impl Into<String>) {
        let at = self.value(name).map_or(self.at.clone(), |value| value.at);
        let key = if name.is_empty() { self.key.clone() } else { self.child(name) };
        self.page.fault(Some(at), &key, what, right);
    }

    /// The place for other messages, such as `config/queues.toml:7`.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.page.file, self.page.line(&self.at))
    }

    fn child(&self, name: &str) -> String {
        if self.key.is_empty() { name.into() } else { format!("{}.{name}", self.key) }
    }
}

/// The known word that is most similar to a misspelt one, when one is similar enough.
pub(crate) fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known
        .map(|k| (strsim::damerau_levenshtein(name, k), k))
        .min()
        .filter(|(far, k)| *far <= (k.chars().count() / 3).max(MISSPELT_AT_LEAST))
        .map(|(_, k)| k)
}

fn article(kind: &str) -> String {
    let an = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if an { "an" } else { "a" })
}

/// The number of wrong letters that is tolerated in the shortest word.
const MISSPELT_AT_LEAST: usize = 2;
