//! Reports on paper: a [`Sheet`] as HTML, XLSX, DOCX or CSV.
//!
//! Every rate carries what it was divided from: in HTML under the pointer and
//! in small print, in DOCX in small print, in XLSX as a note on the cell, in CSV as a
//! column of its own (hotline.md 4.1, rule 1). No PDF: the HTML is made to be
//! printed, and every browser makes a PDF of it, with the fonts of its machine.
//!
//! It will never know where a figure comes from.

mod csv;
mod docx;
mod html;
mod printable;
mod xlsx;

use std::fmt;

use printable::printable;
use reporting::sheet::Sheet;

/// On what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// To look at and to print.
    Html,
    /// To calculate with.
    Xlsx,
    /// To write on in.
    Docx,
    /// For programs: with a byte order mark, since spreadsheets take UTF-8 for something else without.
    Csv,
    /// The document itself.
    Json,
}

impl Format {
    /// All of them, by word.
    pub const WORDS: [(&str, Format); 5] = [
        ("html", Format::Html),
        ("xlsx", Format::Xlsx),
        ("docx", Format::Docx),
        ("csv", Format::Csv),
        ("json", Format::Json),
    ];

    /// By its word.
    pub fn by_word(word: &str) -> Option<Format> {
        Format::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, format)| format)
    }

    /// Its word, which is the ending of its files too.
    pub fn word(self) -> &'static str {
        match self {
            Format::Html => "html",
            Format::Xlsx => "xlsx",
            Format::Docx => "docx",
            Format::Csv => "csv",
            Format::Json => "json",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Html => "text/html; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Docx => {
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            }
            Format::Csv => "text/csv; charset=utf-8",
            Format::Json => "application/json",
        }
    }
}

/// What is printed on a sheet beside what it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// `第 2 号（更正）`, of a released one; empty of a draft.
    pub issue: String,
    /// The hash of what it says, of a released one.
    pub sha256: String,
}

/// Why a sheet cannot be printed.
#[derive(Debug)]
pub struct Jam(String);

impl fmt::Display for Jam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the report cannot be printed: {}", self.0)
    }
}

impl std::error::Error for Jam {}

/// Print it.
pub fn print(sheet: &Sheet, stamp: &Stamp, format: Format) -> Result<Vec<u8>, Jam> {
    let printable = &printable(sheet);
    match format {
        Format::Html => Ok(html::print(printable, stamp).into_bytes()),
        Format::Xlsx => xlsx::print(printable, stamp).map_err(|e| Jam(e.to_string())),
        Format::Docx => docx::print(printable, stamp).map_err(|e| Jam(e.to_string())),
        Format::Csv => Ok(csv::print(printable, stamp)),
        Format::Json => Ok(sheet.to_json().into_bytes()),
    }
}
