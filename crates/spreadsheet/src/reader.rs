//! The rows of a table, each with the line it begins on.

use std::fmt;

use crate::{encoding::BYTE_ORDER_MARK, unguarded};

/// Reads a table whose first row names the columns. A cell comes without blanks around it and
/// without the guard of [`crate::guarded`].
///
/// A row may have fewer or more cells than there are columns: compare [`Row::len`] with
/// [`Reader::columns`].
pub struct Reader<'t> {
    text: &'t str,
    records: csv::StringRecordsIntoIter<&'t [u8]>,
    columns: Vec<String>,
    /// Up to where lines are counted, in bytes, and the line there.
    counted: (usize, u64),
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line it begins on, from 1, as an editor counts them.
    pub line: u64,
    cells: Vec<String>,
}

/// A table that cannot be read as CSV from some line on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The line.
    pub line: u64,
    /// What is wrong, by the CSV library.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: it cannot be read as CSV: {}", self.line, self.what)
    }
}

impl std::error::Error for Broken {}

impl<'t> Reader<'t> {
    /// Reads the columns.
    ///
    /// # Errors
    /// When the first row cannot be read.
    pub fn new(text: &'t str) -> Result<Reader<'t>, Broken> {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let first = reader.headers();
        let first = first.map_err(|error| Broken { line: 1, what: error.to_string() })?;
        let columns = first.iter().map(|name| name.trim().to_owned()).collect();
        Ok(Reader { text, records: reader.into_records(), columns, counted: (0, 1) })
    }

    /// The columns, in their order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The line of the row that begins at a byte. The CSV library counts before it has passed the
    /// line feed of a CRLF and the empty lines in front of a row.
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
    type Item = Result<Row, Broken>;

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
                let cells = record.iter().map(|cell| unguarded(cell.trim_matches(' ')).to_owned());
                Ok(Row { line, cells: cells.collect() })
            }
            Err(error) => Err(Broken { line, what: error.to_string() }),
        })
    }
}

impl Row {
    /// A cell by its place among the columns; empty where the row has none.
    pub fn cell(&self, place: usize) -> &str {
        self.cells.get(place).map_or("", String::as_str)
    }

    /// The cells, in the order of the columns.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(String::as_str)
    }

    /// How many cells it has.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether it has no cell. The CSV library passes over empty lines, so that no row is.
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
