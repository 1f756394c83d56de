//! Prints reports: a [`Sheet`] as HTML, XLSX, DOCX or CSV.
//!
//! Every rate has its fraction beside it: in HTML and DOCX in small print, in XLSX as a note on the
//! cell, in CSV as a separate column (hotline.md 4.1, rule 1). There is no PDF: every browser makes
//! one of the HTML, with the fonts of its machine.
//!
//! The crate does not know how a figure is counted.

mod csv;
mod docx;
mod html;
mod printable;
mod xlsx;

use std::fmt;

use printable::printable;
use reporting::sheet::Sheet;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// To be read and printed.
    Html,
    /// For calculations.
    Xlsx,
    /// To be edited.
    Docx,
    /// For programs. It has a byte order mark, without which spreadsheet programs misread UTF-8.
    Csv,
    /// The document as it is stored.
    Json,
}

impl Format {
    /// Every format with its word.
    pub const WORDS: [(&str, Format); 5] = [
        ("html", Format::Html),
        ("xlsx", Format::Xlsx),
        ("docx", Format::Docx),
        ("csv", Format::Csv),
        ("json", Format::Json),
    ];

    /// The format of a word.
    pub fn by_word(word: &str) -> Option<Format> {
        Format::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, format)| format)
    }

    /// The word, which is also the file extension.
    pub fn word(self) -> &'static str {
        match self {
            Format::Html => "html",
            Format::Xlsx => "xlsx",
            Format::Docx => "docx",
            Format::Csv => "csv",
            Format::Json => "json",
        }
    }

    /// The media type.
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

/// The number and the hash of a released sheet; empty for a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReleaseMark {
    /// The number of the release: `第 2 号（更正）`
    pub issue: String,
    /// The SHA-256 of the stored document, in hex.
    pub sha256: String,
}

/// A file could not be made.
#[derive(Debug)]
pub struct PrintError(String);

impl fmt::Display for PrintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the report cannot be printed: {}", self.0)
    }
}

impl std::error::Error for PrintError {}

/// Makes the file of a sheet.
///
/// # Errors
/// When the library of the format fails.
pub fn print(sheet: &Sheet, mark: &ReleaseMark, format: Format) -> Result<Vec<u8>, PrintError> {
    let printable = &printable(sheet);
    match format {
        Format::Html => Ok(html::print(printable, mark).into_bytes()),
        Format::Xlsx => xlsx::print(printable, mark).map_err(|e| PrintError(e.to_string())),
        Format::Docx => docx::print(printable, mark).map_err(|e| PrintError(e.to_string())),
        Format::Csv => Ok(csv::print(printable, mark)),
        Format::Json => Ok(sheet.to_json().into_bytes()),
    }
}
