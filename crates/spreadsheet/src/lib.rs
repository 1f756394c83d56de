//! Tables as spreadsheet programs write and read them: CSV (RFC 4180) with the habits of Excel.
//!
//! Chinese Excel saves "CSV" in GBK with CRLF, shortens a number of twelve digits to `2.02612E+12`,
//! removes the leading zero of `010402`, and runs a cell that begins with `=`. This crate reads such
//! tables, reports what is lost, and writes cells that survive. It does not know the columns of any
//! table, or files.

mod cell;
mod date;
mod encoding;
mod reader;
mod writer;

pub use cell::{escape_cell, is_truncated_number, unescape_cell};
pub use date::date;
pub use encoding::{DecodeError, Decoded, Encoding, decode};
pub use reader::{CsvError, Reader, Row};
pub use writer::{CsvStyle, Writer};
