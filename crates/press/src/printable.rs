//! Removes control characters. XML 1.0 (2.2) does not allow them in any form, and one of them makes
//! a whole document unreadable.

use reporting::sheet::{Cell, Sheet, SheetPart};

/// The sheet without control characters: tabs and line ends become spaces, others are removed.
pub(crate) fn printable(sheet: &Sheet) -> Sheet {
    let mut sheet = sheet.clone();
    clean(&mut sheet.title);
    clean(&mut sheet.subtitle);
    sheet.notes.iter_mut().for_each(clean);
    for part in &mut sheet.parts {
        match part {
            SheetPart::Table(table) => {
                clean(&mut table.heading);
                table.columns.iter_mut().for_each(clean);
                table.rows.iter_mut().flatten().for_each(clean_cell);
                clean(&mut table.note);
            }
            SheetPart::Text { heading, lines } => {
                clean(heading);
                lines.iter_mut().for_each(clean);
            }
        }
    }
    sheet
}

fn clean_cell(cell: &mut Cell) {
    match cell {
        Cell::Text(text) => clean(text),
        Cell::Rate { shown, from, .. } => {
            clean(shown);
            clean(from);
        }
        Cell::Count(_) | Cell::Points(_) => {}
    }
}

fn clean(text: &mut String) {
    if text.contains(is_unprintable) {
        *text = text.replace(['\t', '\n', '\r'], " ").replace(is_unprintable, "");
    }
}

/// Control characters, and the two other code points that XML forbids.
fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')
}
