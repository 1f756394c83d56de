//! A report as a document without a layout: titles, tables, notes.
//!
//! It is what is frozen and hashed when a report is released; HTML, XLSX and
//! CSV are made from it, then and ever after.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::figure::Figure;

/// A report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// `R3`
    pub report: String,
    /// `2026-11`
    pub period: String,
    /// `市长热线月通报 2026年11月`
    pub title: String,
    /// From when to when, and of whom.
    pub subtitle: String,
    /// What it says, in order.
    pub parts: Vec<Part>,
    /// How it counts: read under every report.
    pub notes: Vec<String>,
}

/// A part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A table.
    Table(Table),
    /// A few lines.
    Text {
        /// Over them.
        heading: String,
        /// Each a paragraph; an empty one is room to write in.
        lines: Vec<String>,
    },
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Over it.
    pub heading: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its rows, each as long as the columns are many.
    pub rows: Vec<Vec<Cell>>,
    /// What to know about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Words.
    Text(String),
    /// A whole number.
    Count(u64),
    /// Hundredths: points of a score.
    Points(i64),
    /// A figure with what it was divided from.
    Rate {
        /// `96.16%`
        shown: String,
        /// `23974/24932`, and what was left out.
        from: String,
        /// Its value in ten-thousandths, when it has one.
        value: Option<u64>,
    },
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    /// A figure.
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

    /// As it is printed.
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

    /// One more row; cut or filled to the columns.
    pub fn push(&mut self, mut row: Vec<Cell>) {
        row.resize_with(self.columns.len(), || Cell::text(""));
        self.rows.push(row);
    }
}

impl Sheet {
    /// The document as it is hashed and kept.
    pub fn to_json(&self) -> String {
        // Strings and numbers only: nothing in it can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Read what was kept.
    pub fn from_json(text: &str) -> Result<Sheet, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The hash of all it says, SHA-256 in hex.
    pub fn sha256(&self) -> String {
        sha256(self.to_json().as_bytes())
    }

    /// How many rows its tables have together.
    pub fn rows(&self) -> u64 {
        let tables = self.parts.iter().map(|part| match part {
            Part::Table(table) => table.rows.len() as u64,
            Part::Text { .. } => 0,
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
