//! Parses CSV (RFC 4180) into lines of named cells.

use std::collections::BTreeMap;

use model::Date;
use serde::Serialize;
use spreadsheet::{Reader, is_truncated_number};

use crate::{Table, TableFault, row_name::EnumName};

/// One line of a file, its cells by column.
pub(crate) struct Line<'a> {
    table: Table,
    /// Its number in the file, from 1.
    pub(crate) number: u64,
    cells: BTreeMap<&'static str, String>,
    faults: &'a mut Vec<TableFault>,
}

/// Reads a file whose first line names these columns in any order, and calls `each` for every line.
pub(crate) fn read(
    table: Table,
    columns: &[&'static str],
    text: &str,
    faults: &mut Vec<TableFault>,
    mut each: impl FnMut(&mut Line<'_>),
) {
    let reader = match Reader::new(text) {
        Ok(reader) => reader,
        Err(broken) => return faults.push(unreadable(table, broken)),
    };
    let heads = reader.columns().to_vec();
    let before = faults.len();
    let places: Vec<Option<&'static str>> =
        heads.iter().map(|head| columns.iter().find(|column| **column == *head).copied()).collect();
    for (head, known) in heads.iter().zip(&places) {
        if known.is_none() {
            let what = format!("there is no column {head:?}");
            faults.push(fault(
                table,
                1,
                "",
                what,
                format!("the columns are {}", columns.join(",")),
            ));
        }
    }
    for column in columns {
        match places.iter().flatten().filter(|known| *known == column).count() {
            0 => faults.push(fault(table, 1, column, "the column is missing", "add it")),
            1 => {}
            _ => faults.push(fault(table, 1, column, "the column appears twice", "keep one")),
        }
    }
    if faults.len() > before {
        return;
    }
    for row in reader {
        let row = match row {
            Ok(row) => row,
            Err(broken) => return faults.push(unreadable(table, broken)),
        };
        let number = row.line;
        if row.len() != heads.len() {
            let what = format!("{} cells, and there are {} columns", row.len(), heads.len());
            let right = "write a cell for each, and quotes around cells with a comma";
            faults.push(fault(table, number, "", what, right));
            continue;
        }
        let cells = places.iter().zip(row.cells());
        let cells: BTreeMap<&'static str, String> =
            cells.filter_map(|(column, cell)| Some(((*column)?, cell.to_string()))).collect();
        for (column, cell) in cells.iter().filter(|(_, cell)| is_truncated_number(cell)) {
            let what = format!("the spreadsheet has cut this number to {cell}");
            faults.push(fault(table, number, column, what, "format the column as text"));
        }
        each(&mut Line { table, number, cells, faults });
    }
}

impl Line<'_> {
    /// The text of a cell; empty when the cell is empty.
    pub(crate) fn text(&self, column: &'static str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// The value of a cell that may be empty.
    pub(crate) fn optional<'b, T: From<&'b str>>(&'b self, column: &'static str) -> Option<T> {
        Some(self.text(column)).filter(|text| !text.is_empty()).map(T::from)
    }

    /// The value of a cell in which `*` means any.
    pub(crate) fn unless_any<'b, T: From<&'b str>>(
        &'b mut self,
        column: &'static str,
    ) -> Option<T> {
        if self.text(column).is_empty() {
            self.fault(column, "it is empty", "write a code, or * for any");
        }
        Some(self.text(column)).filter(|text| !matches!(*text, "*" | "")).map(T::from)
    }

    /// The text of a cell that must not be empty; an empty one is a fault.
    pub(crate) fn required(&mut self, column: &'static str) -> &str {
        if self.text(column).is_empty() {
            self.fault(column, "it is empty", "fill in this cell");
        }
        self.text(column)
    }

    /// The parts of a cell that semicolons separate.
    pub(crate) fn list<T: for<'b> From<&'b str>>(&self, column: &'static str) -> Vec<T> {
        self.parts(column).map(T::from).collect()
    }

    /// The parts of a cell that semicolons separate, each split in two at its slash.
    pub(crate) fn pairs(&mut self, column: &'static str) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut lone = false;
        for part in self.parts(column) {
            match part.split_once('/') {
                Some((left, right)) => {
                    pairs.push((left.trim().to_string(), right.trim().to_string()));
                }
                None => lone = true,
            }
        }
        if lone {
            self.fault(
                column,
                "a part has no slash",
                "write two values as one/two, and ; between pairs",
            );
        }
        pairs
    }

    fn parts(&self, column: &'static str) -> impl Iterator<Item = &str> {
        self.text(column).split(';').map(str::trim).filter(|part| !part.is_empty())
    }

    /// One of the values in `all`; `None` when the cell is empty or faulty.
    pub(crate) fn enum_value<T: Copy + Serialize>(
        &mut self,
        column: &'static str,
        all: &[T],
    ) -> Option<T> {
        let text = self.text(column).to_string();
        if text.is_empty() {
            return None;
        }
        self.one_of(column, &text, all)
    }

    /// Values in `all`, separated by semicolons.
    pub(crate) fn enum_list<T: Copy + Serialize>(
        &mut self,
        column: &'static str,
        all: &[T],
    ) -> Vec<T> {
        let parts: Vec<String> = self.list(column);
        parts.iter().filter_map(|text| self.one_of(column, text, all)).collect()
    }

    fn one_of<T: Copy + Serialize>(
        &mut self,
        column: &'static str,
        text: &str,
        all: &[T],
    ) -> Option<T> {
        let found = all.iter().find(|value| EnumName(*value).to_string() == text);
        if found.is_none() {
            let names: Vec<String> = all.iter().map(|value| EnumName(value).to_string()).collect();
            let right = format!("write one of {}", names.join(", "));
            self.fault(column, format!("{text:?} is not an allowed value"), right);
        }
        found.copied()
    }

    /// A date; `None` when the cell is empty or faulty.
    pub(crate) fn date(&mut self, column: &'static str) -> Option<Date> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let date = spreadsheet::date(text).and_then(|(y, m, d)| Date::new(y, m, d));
        if date.is_none() {
            let what = format!("{text:?} is not a date");
            self.fault(column, what, "write it like 2026-11-22");
        }
        date
    }

    /// A number up to 255; 0 when the cell is faulty.
    pub(crate) fn number(&mut self, column: &'static str) -> u8 {
        let text = self.text(column).to_string();
        text.parse().unwrap_or_else(|_| {
            self.fault(
                column,
                format!("{text:?} is not a number from 0 to 255"),
                "write digits only",
            );
            0
        })
    }

    /// Reports a fault of a cell.
    pub(crate) fn fault(
        &mut self,
        column: &'static str,
        what: impl Into<String>,
        right: impl Into<String>,
    ) {
        self.faults.push(fault(self.table, self.number, column, what, right));
    }
}

fn fault(
    table: Table,
    line: u64,
    column: &'static str,
    what: impl Into<String>,
    right: impl Into<String>,
) -> TableFault {
    TableFault { line, ..TableFault::new(table, "", column, what, right) }
}

fn unreadable(table: Table, broken: spreadsheet::CsvError) -> TableFault {
    let what = format!("it cannot be read as CSV: {}", broken.what);
    fault(table, broken.line, "", what, "save it as CSV UTF-8")
}
