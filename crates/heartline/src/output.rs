//! Output of the command line: lines for people, and lists as columns or JSON lines.

use std::io::{BufWriter, Write};

/// Prints a line. Errors are ignored: the reader may have closed our output, as `head` does.
pub(crate) fn print_line(line: &str) {
    let _gone = writeln!(std::io::stdout(), "{line}");
}

/// Prints rows: separated by tabs below a line of names, or with `json` one object per line. It
/// stops when the reader has closed our output.
pub(crate) fn print_list(json: bool, columns: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let mut out = BufWriter::new(std::io::stdout().lock());
    if !json && writeln!(out, "{}", columns.join("\t").to_uppercase()).is_err() {
        return;
    }
    for row in rows {
        let line = if json { object(columns, row) } else { line(&row) };
        if writeln!(out, "{line}").is_err() {
            return;
        }
    }
}

/// A row with tabs. An empty cell is `-`, so that tools like `cut` find the columns.
fn line(row: &[String]) -> String {
    let cells = row.iter().map(|cell| match cell.as_str() {
        "" => "-".to_owned(),
        text => text.replace(['\t', '\n', '\r'], " "),
    });
    cells.collect::<Vec<_>>().join("\t")
}

/// A row as a JSON object. An empty cell is null.
fn object(columns: &[&str], row: Vec<String>) -> String {
    let cells = columns.iter().zip(row).map(|(column, cell)| {
        let value = match cell.is_empty() {
            true => serde_json::Value::Null,
            false => cell.into(),
        };
        ((*column).to_owned(), value)
    });
    serde_json::Value::Object(cells.collect()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stay_in_their_columns() {
        let row = vec!["li".to_owned(), String::new(), "a\tb".to_owned()];
        assert_eq!(line(&row), "li\t-\ta b");
        assert_eq!(
            object(&["name", "unit", "label"], row),
            r#"{"label":"a\tb","name":"li","unit":null}"#
        );
    }
}
