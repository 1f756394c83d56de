//! A report as a document without a layout: titles, tables and notes.
//!
//! The document is frozen and hashed when a report is released. HTML, XLSX, DOCX and CSV are made
//! from it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::figure::Figure;

/// A report document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The code of the layout: `R3`
    pub report: String,
    /// The period: `2026-11`
    pub period: String,
    /// The title: `市长热线月通报 2026年11月`
    pub title: String,
    /// The dates, and the unit if it is of one.
    pub subtitle: String,
    /// The parts, in order.
    pub parts: Vec<SheetPart>,
    /// Notes on how the figures are counted, printed at the end.
    pub notes: Vec<String>,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetPart {
    /// A table.
    Table(Table),
    /// Text.
    Text {
        /// The heading.
        heading: String,
        /// The paragraphs; an empty one is space for handwriting.
        lines: Vec<String>,
    },
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The heading.
    pub heading: String,
    /// The column names.
    pub columns: Vec<String>,
    /// The rows; each has one cell per column.
    pub rows: Vec<Vec<Cell>>,
    /// A note below the table.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Text.
    Text(String),
    /// A whole number.
    Count(u64),
    /// Points of a score, in hundredths.
    Points(i64),
    /// A figure with its fraction.
    Rate {
        /// The printed value: `96.16%`
        shown: String,
        /// `23974/24932`, and what was excluded.
        from: String,
        /// The value in ten-thousandths; `None` for a figure that is not a rate.
        value: Option<u64>,
    },
}

impl Cell {
    /// A cell with text.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    /// A cell with a figure.
    pub fn figure(figure: &Figure) -> Cell {
        let mut from = figure.fraction();
        if let Some(why) = figure.unmeasured {
            from = why.to_owned();
        }
        let left_out = figure.left_out();
        if !left_out.is_empty() {
            from = format!("{from}；未计 {left_out}");
        }
        Cell::Rate { shown: figure.shown.clone(), from, value: figure.basis_points() }
    }

    /// The printed form.
    pub fn shown(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Count(n) => n.to_string(),
            Cell::Points(points) => {
                let sign = if *points < 0 { "-" } else { "" };
                let points = points.unsigned_abs();
                format!("{sign}{}.{:02}", points / 100, points % 100)
            }
            Cell::Rate { shown, .. } => shown.clone(),
        }
    }
}

impl Table {
    /// A table without rows.
    pub fn new(heading: impl Into<String>, columns: &[&str]) -> Table {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        Table { heading: heading.into(), columns, rows: Vec::new(), note: String::new() }
    }

    /// Adds a row, cut or filled to the number of columns.
    pub fn push(&mut self, mut row: Vec<Cell>) {
        row.resize_with(self.columns.len(), || Cell::text(""));
        self.rows.push(row);
    }
}

impl Sheet {
    /// The JSON that is hashed and stored.
    pub fn to_json(&self) -> String {
        // The type has only strings and numbers, so serialization cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Parses the stored JSON.
    pub fn from_json(text: &str) -> Result<Sheet, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The SHA-256 of the document in hex.
    pub fn sha256(&self) -> String {
        sha256(self.to_json().as_bytes())
    }

    /// The number of rows of all tables.
    pub fn rows(&self) -> u64 {
        let tables = self.parts.iter().map(|part| match part {
            SheetPart::Table(table) => table.rows.len() as u64,
            SheetPart::Text { .. } => 0,
        });
        tables.sum()
    }
}

/// SHA-256 in hex.
pub fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
