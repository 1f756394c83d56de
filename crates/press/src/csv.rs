//! CSV (RFC 4180), UTF-8 with a byte order mark: every table under its heading, an empty line between.
//!
//! A rate takes two columns: its value, and what it was divided from.

use std::error::Error;

use reporting::sheet::{Cell, Part, Sheet, Table};

use crate::Stamp;

pub(crate) fn print(sheet: &Sheet, stamp: &Stamp) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(BOM.to_vec());
    writer.write_record([&sheet.title, &sheet.subtitle, &stamp.issue, &stamp.sha256])?;
    for part in &sheet.parts {
        writer.write_record([""])?;
        match part {
            Part::Table(table) => write_table(&mut writer, table)?,
            Part::Text { heading, lines } => {
                writer.write_record([heading])?;
                for line in lines {
                    writer.write_record([safe(line)])?;
                }
            }
        }
    }
    writer.write_record([""])?;
    for note in &sheet.notes {
        writer.write_record([note])?;
    }
    writer.into_inner().map_err(|error| error.to_string().into())
}

fn write_table(writer: &mut csv::Writer<Vec<u8>>, table: &Table) -> Result<(), csv::Error> {
    let is_rate = |column: usize| {
        table.rows.iter().any(|row| matches!(row.get(column), Some(Cell::Rate { .. })))
    };
    let rates: Vec<bool> = (0..table.columns.len()).map(is_rate).collect();
    writer.write_record([&table.heading])?;
    let mut head = Vec::new();
    for (column, rate) in table.columns.iter().zip(&rates) {
        head.push(column.clone());
        if *rate {
            head.push(format!("{column}（分子/分母）"));
        }
    }
    writer.write_record(&head)?;
    for row in &table.rows {
        let mut cells = Vec::with_capacity(head.len());
        for (cell, rate) in row.iter().zip(&rates) {
            cells.push(safe(&cell.shown()));
            if *rate {
                cells.push(match cell {
                    Cell::Rate { from, .. } => from.clone(),
                    _ => String::new(),
                });
            }
        }
        writer.write_record(&cells)?;
    }
    Ok(())
}

/// A spreadsheet takes what begins so for a formula, and runs it.
fn safe(text: &str) -> String {
    let number = text.trim_end_matches('%').parse::<f64>().is_ok();
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if runs && !number { format!("'{text}") } else { text.to_owned() }
}

const BOM: &[u8] = "\u{feff}".as_bytes();

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn what_a_spreadsheet_would_run_is_text_and_numbers_stay_numbers() {
        assert_eq!(safe("=1+1"), "'=1+1");
        assert_eq!(safe("-cmd"), "'-cmd");
        for kept in ["-12.50", "+3", "96.16%", "—", "市公安局"] {
            assert_eq!(safe(kept), kept);
        }
    }
}
