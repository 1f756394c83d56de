//! CSV (RFC 4180), UTF-8 with a byte order mark: every table under its heading, with an empty line
//! between parts.
//!
//! A rate has two columns: its value, and its fraction.

use std::borrow::Cow;

use reporting::sheet::{Cell, Sheet, SheetPart, Table};
use spreadsheet::{CsvStyle, Writer, escape_cell};

use crate::ReleaseMark;

pub(crate) fn print(sheet: &Sheet, mark: &ReleaseMark) -> Vec<u8> {
    let mut writer = Writer::new(CsvStyle::ForSpreadsheets);
    writer.text([&sheet.title, &sheet.subtitle, &mark.issue, &mark.sha256]);
    for part in &sheet.parts {
        writer.plain([""]);
        match part {
            SheetPart::Table(table) => write_table(&mut writer, table),
            SheetPart::Text { heading, lines } => {
                writer.text([heading]);
                lines.iter().for_each(|line| writer.plain([shown(line).as_ref()]));
            }
        }
    }
    writer.plain([""]);
    sheet.notes.iter().for_each(|note| writer.text([note]));
    writer.finish().into_bytes()
}

fn write_table(writer: &mut Writer, table: &Table) {
    let is_rate = |column: usize| {
        table.rows.iter().any(|row| matches!(row.get(column), Some(Cell::Rate { .. })))
    };
    let rates: Vec<bool> = (0..table.columns.len()).map(is_rate).collect();
    writer.text([&table.heading]);
    let mut head = Vec::new();
    for (column, rate) in table.columns.iter().zip(&rates) {
        head.push(column.clone());
        if *rate {
            head.push(format!("{column}（分子/分母）"));
        }
    }
    writer.text(&head);
    for row in &table.rows {
        let mut cells = Vec::with_capacity(head.len());
        for (cell, rate) in row.iter().zip(&rates) {
            cells.push(shown(&cell.shown()).into_owned());
            if *rate {
                cells.push(match cell {
                    Cell::Rate { from, .. } => from.clone(),
                    _ => String::new(),
                });
            }
        }
        writer.plain(&cells);
    }
}

/// A cell as text. Changes such as `-12.50%` stay numbers; everything else that a spreadsheet
/// program would run or shorten is escaped.
fn shown(text: &str) -> Cow<'_, str> {
    let amount = text.strip_prefix(['+', '-']).unwrap_or(text).trim_end_matches('%');
    let is_amount = escape_cell(amount) == amount && amount.parse::<f64>().is_ok();
    if is_amount { Cow::Borrowed(text) } else { escape_cell(text) }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn formulas_are_escaped_and_numbers_stay_numbers() {
        for guarded in ["=1+1", "-cmd", "2026112400002", "+3 个百分点", "--1"] {
            assert_eq!(shown(guarded), format!("'{guarded}"));
        }
        for kept in ["-12.50", "+3", "0.5", "96.16%", "—", "市公安局"] {
            assert_eq!(shown(kept), kept);
        }
    }
}
