//! Reading the rows of a table with their line numbers.

use std::fmt;

use crate::{encoding::BYTE_ORDER_MARK, unescape_cell};

/// Reads a table whose first row has the column names. Cells are trimmed and unescaped
/// ([`crate::unescape_cell`]).
///
/// A row may have fewer or more cells than columns: compare [`Row::len`] with [`Reader::columns`].
pub struct Reader<'t> {
    text: &'t str,
    records: csv::StringRecordsIntoIter<&'t [u8]>,
    columns: Vec<String>,
    /// The position up to which lines were counted, in bytes, and the line there.
    counted: (usize, u64),
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line it begins on, from 1.
    pub line: u64,
    cells: Vec<String>,
}

/// The table is not valid CSV from a line on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvError {
    /// The line.
    pub line: u64,
    /// The message of the CSV library.
    pub what: String,
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: it cannot be read as CSV: {}", self.line, self.what)
    }
}

impl std::error::Error for CsvError {}

impl<'t> Reader<'t> {
    /// Reads the column names.
    ///
    /// # Errors
    /// The first row cannot be read.
    pub fn new(text: &'t str) -> Result<Reader<'t>, CsvError> {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let first = reader.headers();
        let first = first.map_err(|error| CsvError { line: 1, what: error.to_string() })?;
        let columns = first.iter().map(|name| name.trim().to_owned()).collect();
        Ok(Reader { text, records: reader.into_records(), columns, counted: (0, 1) })
    }

    /// The column names.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The line of the row that begins at a byte. The CSV library counts before it has skipped the line
    /// feed of a CRLF and empty lines.
    fn line_at(&mut self, byte: usize) -> u64 {
        let rest = self.text.get(byte..).unwrap_or_default();
        let begins = byte + rest.len() - rest.trim_start_matches(['\r', '\n']).len();
        let (from, mut line) = self.counted;
        let mut bytes = self.text.get(from..begins).unwrap_or_default().bytes().peekable();
        while let Some(byte) = bytes.next() {
            let ends_line = byte == b'\n' || (byte == b'\r' && bytes.peek() != Some(&b'\n'));
            line += u64::from(ends_line);
        }
        self.counted = (begins, line);
        line
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Row, CsvError>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.records.next()?;
        let position = match &record {
            Ok(record) => record.position().cloned(),
            Err(error) => error.position().cloned(),
        };
        let byte = position.and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or(0);
        let line = self.line_at(byte);
        Some(match record {
            Ok(record) => {
                let cells =
                    record.iter().map(|cell| unescape_cell(cell.trim_matches(' ')).to_owned());
                Ok(Row { line, cells: cells.collect() })
            }
            Err(error) => Err(CsvError { line, what: error.to_string() }),
        })
    }
}

impl Row {
    /// A cell by its index; empty when the row has none.
    pub fn cell(&self, place: usize) -> &str {
        self.cells.get(place).map_or("", String::as_str)
    }

    /// The cells, in the order of the columns.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(String::as_str)
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether the row has no cells, which does not happen: the CSV library skips empty lines.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<u64> {
        Reader::new(text).unwrap().map(|row| row.unwrap().line).collect()
    }

    #[test]
    fn line_numbers_are_those_of_an_editor_whatever_ends_a_line() {
        for end in ["\n", "\r\n", "\r"] {
            let rows = ["a,b", "1,2", "3,\"4", "still 4\"", "", "", "5,6", "7,8"];
            let text = rows.join(end);
            assert_eq!(lines(&text), [2, 3, 7, 8], "{end:?}");
            assert_eq!(lines(&format!("\u{feff}{text}{end}")), [2, 3, 7, 8], "{end:?}");
        }
    }

    #[test]
    fn cells_come_without_blanks_and_guards() {
        let mut reader = Reader::new("topic , title\r\n'010402, '=1+1 \r\nonly\r\n").unwrap();
        assert_eq!(reader.columns(), ["topic", "title"]);
        let row = reader.next().unwrap().unwrap();
        assert_eq!(row.cells().collect::<Vec<_>>(), ["010402", "=1+1"]);
        let short = reader.next().unwrap().unwrap();
        assert_eq!((short.len(), short.cell(1)), (1, ""));
    }
}
