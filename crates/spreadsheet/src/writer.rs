//! Rows into CSV.

use crate::{encoding::BYTE_ORDER_MARK, guarded};

/// How lines end and whether a byte order mark begins the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// CRLF after a byte order mark: for spreadsheet programs, which know UTF-8 by the mark.
    ForSpreadsheets,
    /// LF and no mark: for files kept under version control.
    ForFiles,
}

/// Writes a table into memory.
pub struct Writer {
    csv: csv::Writer<Vec<u8>>,
    lines: Lines,
}

impl Writer {
    /// An empty table. Rows may have different lengths.
    pub fn new(lines: Lines) -> Writer {
        let terminator = match lines {
            Lines::ForSpreadsheets => csv::Terminator::CRLF,
            Lines::ForFiles => csv::Terminator::Any(b'\n'),
        };
        let mut builder = csv::WriterBuilder::new();
        let csv = builder.flexible(true).terminator(terminator).from_writer(Vec::new());
        Writer { csv, lines }
    }

    /// A row of text: each cell is [`guarded`].
    pub fn text<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) {
        let cells: Vec<String> =
            cells.into_iter().map(|cell| guarded(cell.as_ref()).into_owned()).collect();
        self.plain(cells);
    }

    /// A row whose cells stand as they are: numbers to calculate with, and cells guarded already.
    pub fn plain<C: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = C>) {
        // Writing into memory does not fail.
        let _ = self.csv.write_record(cells);
    }

    /// The text.
    pub fn finish(self) -> String {
        let mark = match self.lines {
            Lines::ForSpreadsheets => BYTE_ORDER_MARK.to_string(),
            Lines::ForFiles => String::new(),
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
    fn what_is_written_reads_back() {
        let cells = ["010402", "=1+1", "两行\n一格", "带\"引号\",逗号", "13812345678", ""];
        for lines in [Lines::ForSpreadsheets, Lines::ForFiles] {
            let mut writer = Writer::new(lines);
            writer.text(["a", "b", "c", "d", "e", "f"]);
            writer.text(cells);
            let text = writer.finish();
            assert_eq!(text.starts_with('\u{feff}'), lines == Lines::ForSpreadsheets);
            let row = Reader::new(&text).unwrap().next().unwrap().unwrap();
            assert_eq!(row.cells().collect::<Vec<_>>(), cells, "{text}");
        }
    }
}
