//! One TOML file, opened so that every value knows where it stands.

use std::{cell::RefCell, ops::Range};

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use crate::{
    Fault,
    keys::{Default, Key, REMOVED, Section},
};

/// The faults found so far. Readers add and go on; nobody stops at the first.
#[derive(Debug, Default)]
pub(crate) struct Faults(RefCell<Vec<Fault>>);

impl Faults {
    /// One more.
    pub(crate) fn add(&self, fault: Fault) {
        self.0.borrow_mut().push(fault);
    }

    /// All of them, by file and line, each once.
    pub(crate) fn sorted(self) -> Vec<Fault> {
        let mut faults = self.0.into_inner();
        faults.sort();
        faults.dedup();
        faults
    }
}

/// A file's text and its name.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    /// As the operator knows it.
    pub(crate) file: String,
    text: &'a str,
    faults: &'a Faults,
}

impl<'a> Page<'a> {
    /// A file, not yet read.
    pub(crate) fn new(file: String, text: &'a str, faults: &'a Faults) -> Page<'a> {
        Page { file, text, faults }
    }

    /// Its tables; `None` when its grammar is broken, every break reported.
    pub(crate) fn parse(&self) -> Option<Spanned<DeTable<'a>>> {
        let (table, broken) = DeTable::parse_recoverable(self.text);
        for error in &broken {
            let right = "mend the TOML grammar here (https://toml.io)";
            self.fault(error.span(), "", error.message().replace('\n', ", "), right);
        }
        broken.is_empty().then_some(table)
    }

    /// Something is wrong at `at`.
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

    /// Line and column of a byte, both from 1; columns count characters.
    fn place(&self, byte: usize) -> (usize, Option<usize>) {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        (line, Some(column))
    }

    /// Which line a value stands on, from 1.
    fn line(&self, at: &Range<usize>) -> usize {
        self.place(at.start).0
    }
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Value<'a> {
    /// Its page.
    pub(crate) page: &'a Page<'a>,
    /// `seats[3].number`.
    pub(crate) key: String,
    /// Its bytes.
    pub(crate) at: Range<usize>,
    /// What it is.
    pub(crate) value: &'a DeValue<'a>,
}

impl<'a> Value<'a> {
    /// It is wrong: says so and gives nothing.
    pub(crate) fn wrong<T>(&self, what: impl Into<String>, right: impl Into<String>) -> Option<T> {
        self.page.fault(Some(self.at.clone()), &self.key, what, right);
        None
    }

    /// It has the wrong type.
    pub(crate) fn not_a<T>(&self, kind: &str, example: &str) -> Option<T> {
        let what = format!("expected {kind}, found {}", article(self.value.type_str()));
        self.wrong(what, format!("write {example}"))
    }

    /// The `i`th of a list.
    pub(crate) fn item(&self, i: usize, item: &'a Spanned<DeValue<'a>>) -> Value<'a> {
        self.inside(format!("{}[{i}]", self.key), item)
    }

    /// A table whose keys are names: each with its value. `None` when it is no table.
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

    /// The table it should be, its unknown keys reported.
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

/// A table and where it stands; one that was left out has only defaults.
#[derive(Clone, Debug)]
pub(crate) struct Table<'a> {
    /// Its page.
    pub(crate) page: &'a Page<'a>,
    key: String,
    at: Range<usize>,
    table: Option<&'a DeTable<'a>>,
}

impl<'a> Table<'a> {
    /// The whole file.
    pub(crate) fn root(page: &'a Page<'a>, root: &'a Spanned<DeTable<'a>>) -> Table<'a> {
        Table { page, key: String::new(), at: 0..0, table: Some(root.get_ref()) }
    }

    /// Reports every key that is none of these, with what was likely meant, or what has taken the
    /// place of a key that older versions knew.
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

    /// A table inside; one left out is an empty one.
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

    /// The tables of `[[name]]`, those that are tables.
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

    /// A value, when it is there.
    pub(crate) fn value(&self, name: &str) -> Option<Value<'a>> {
        let value = self.table?.get(name)?;
        Some(Value {
            page: self.page,
            key: self.child(name),
            at: value.span(),
            value: value.get_ref(),
        })
    }

    /// A key that must be there or has a default, read by `read`.
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

    /// A key that may be left out: `Some(None)` then, `None` when it is wrong.
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

    /// Something is wrong with the table as a whole, or with one of its keys.
    pub(crate) fn wrong(&self, name: &str, what: impl Into<String>, right: impl Into<String>) {
        let at = self.value(name).map_or(self.at.clone(), |value| value.at);
        let key = if name.is_empty() { self.key.clone() } else { self.child(name) };
        self.page.fault(Some(at), &key, what, right);
    }

    /// `config/queues.toml:7`, to point at from elsewhere.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.page.file, self.page.line(&self.at))
    }

    fn child(&self, name: &str) -> String {
        if self.key.is_empty() { name.into() } else { format!("{}.{name}", self.key) }
    }
}

/// The known word nearest to a misspelt one, when one is near.
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

/// Letters that may be wrong in the shortest word before we stop guessing.
const MISSPELT_AT_LEAST: usize = 2;
