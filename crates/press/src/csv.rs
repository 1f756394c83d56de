//! CSV (RFC 4180), UTF-8 with a byte order mark: every table under its heading, an empty line between.
//!
//! A rate takes two columns: its value, and what it was divided from.

use std::borrow::Cow;

use reporting::sheet::{Cell, Part, Sheet, Table};
use spreadsheet::{Lines, Writer, guarded};

use crate::Stamp;

pub(crate) fn print(sheet: &Sheet, stamp: &Stamp) -> Vec<u8> {
    let mut writer = Writer::new(Lines::ForSpreadsheets);
    writer.text([&sheet.title, &sheet.subtitle, &stamp.issue, &stamp.sha256]);
    for part in &sheet.parts {
        writer.plain([""]);
        match part {
            Part::Table(table) => write_table(&mut writer, table),
            Part::Text { heading, lines } => {
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

/// A cell: changes such as `-12.50%` stay numbers that people calculate with, everything else is
/// guarded as text.
fn shown(text: &str) -> Cow<'_, str> {
    let amount = text.strip_prefix(['+', '-']).unwrap_or(text).trim_end_matches('%');
    let is_amount = guarded(amount) == amount && amount.parse::<f64>().is_ok();
    if is_amount { Cow::Borrowed(text) } else { guarded(text) }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_a_spreadsheet_would_run_is_text_and_numbers_stay_numbers() {
        for guarded in ["=1+1", "-cmd", "2026112400002", "+3 个百分点", "--1"] {
            assert_eq!(shown(guarded), format!("'{guarded}"));
        }
        for kept in ["-12.50", "+3", "0.5", "96.16%", "—", "市公安局"] {
            assert_eq!(shown(kept), kept);
        }
    }
}
