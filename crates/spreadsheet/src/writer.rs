//! Writing rows as CSV.

use crate::{encoding::BYTE_ORDER_MARK, escape_cell};

/// The line ends and the byte order mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvStyle {
    /// CRLF after a byte order mark, by which spreadsheet programs recognize UTF-8.
    ForSpreadsheets,
    /// LF without a mark, for files under version control.
    ForFiles,
}

/// Writes a table into memory.
pub struct Writer {
    csv: csv::Writer<Vec<u8>>,
    lines: CsvStyle,
}

impl Writer {
    /// An empty table. Rows may differ in length.
    pub fn new(lines: CsvStyle) -> Writer {
        let terminator = match lines {
            CsvStyle::ForSpreadsheets => csv::Terminator::CRLF,
            CsvStyle::ForFiles => csv::Terminator::Any(b'\n'),
        };
        let mut builder = csv::WriterBuilder::new();
        let csv = builder.flexible(true).terminator(terminator).from_writer(Vec::new());
        Writer { csv, lines }
    }

    /// Writes a row of text; each cell is escaped.
    pub fn text<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let cells: Vec<String> =
            cells.into_iter().map(|cell| escape_cell(cell.as_ref()).into_owned()).collect();
        self.plain(cells);
    }

    /// Writes a row as it is: numbers for calculations, and cells that are escaped already.
    pub fn plain<C: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = C>) {
        // Writing into memory cannot fail.
        let _ = self.csv.write_record(cells);
    }

    /// The finished text.
    pub fn finish(self) -> String {
        let mark = match self.lines {
            CsvStyle::ForSpreadsheets => BYTE_ORDER_MARK.to_string(),
            CsvStyle::ForFiles => String::new(),
        };
        let bytes = self.csv.into_inner().unwrap_or_default();
        mark + &String::from_utf8_lossy(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reader;

    #[test]
    fn written_table_reads_back() {
        let cells = ["010402", "=1+1", "两行\n一格", "带\"引号\",逗号", "13812345678", ""];
        for lines in [CsvStyle::ForSpreadsheets, CsvStyle::ForFiles] {
            let mut writer = Writer::new(lines);
            writer.text(["a", "b", "c", "d", "e", "f"]);
            writer.text(cells);
            let text = writer.finish();
            assert_eq!(text.starts_with('\u{feff}'), lines == CsvStyle::ForSpreadsheets);
            let row = Reader::new(&text).unwrap().next().unwrap().unwrap();
            assert_eq!(row.cells().collect::<Vec<_>>(), cells, "{text}");
        }
    }
}
