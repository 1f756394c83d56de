//! XLSX: a worksheet per table, numbers as numbers, rates with their fraction as a note on the cell.

use std::collections::BTreeSet;

use reporting::sheet::{Cell, Sheet, SheetPart, Table};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Note, Workbook, Worksheet,
    XlsxError,
};

use crate::ReleaseMark;

/// The cell formats.
struct Formats {
    title: Format,
    head: Format,
    text: Format,
    count: Format,
    points: Format,
    rate: Format,
    small: Format,
}

pub(crate) fn print(sheet: &Sheet, mark: &ReleaseMark) -> Result<Vec<u8>, XlsxError> {
    let boxed = || Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Top);
    let formats = Formats {
        title: Format::new().set_bold().set_font_size(14),
        head: boxed().set_bold().set_background_color("#F4EFE9").set_text_wrap(),
        text: boxed().set_text_wrap(),
        count: boxed().set_num_format("0"),
        points: boxed().set_num_format("0.00"),
        rate: boxed().set_num_format("0.00%"),
        small: Format::new().set_font_color("#666666"),
    };
    let mut book = Workbook::new();
    // A fixed time, so that the same sheet makes the same file.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(&sheet.title).set_creation_datetime(&made));
    let mut names = BTreeSet::new();
    let cover = book.add_worksheet();
    cover.set_name(unique("说明", &mut names))?;
    cover.set_column_width(0, 100)?;
    cover.write_with_format(0, 0, &sheet.title, &formats.title)?;
    cover.write(1, 0, &sheet.subtitle)?;
    let issue = if mark.issue.is_empty() { "草稿，未发布" } else { mark.issue.as_str() };
    cover.write(2, 0, issue)?;
    let mut line = 3;
    if !mark.sha256.is_empty() {
        cover.write_with_format(line, 0, format!("SHA-256 {}", mark.sha256), &formats.small)?;
        line += 1;
    }
    for note in &sheet.notes {
        cover.write(line, 0, note)?;
        line += 1;
    }
    for part in &sheet.parts {
        let page = book.add_worksheet();
        match part {
            SheetPart::Table(table) => {
                page.set_name(unique(&table.heading, &mut names))?;
                write_table(page, table, &formats)?;
            }
            SheetPart::Text { heading, lines } => {
                page.set_name(unique(heading, &mut names))?;
                page.set_column_width(0, 100)?;
                page.write_with_format(0, 0, heading, &formats.title)?;
                for (row, line) in (1..).zip(lines) {
                    page.write(row, 0, line)?;
                }
            }
        }
    }
    book.save_to_buffer()
}

fn write_table(page: &mut Worksheet, table: &Table, formats: &Formats) -> Result<(), XlsxError> {
    page.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    page.write_with_format(0, 0, &table.heading, &formats.title)?;
    for (column, name) in (0u16..).zip(&table.columns) {
        page.write_with_format(1, column, name, &formats.head)?;
        let cells = table.rows.iter().filter_map(|row| row.get(usize::from(column)));
        let widest = cells.map(|cell| width(&cell.shown())).chain([width(name)]).max().unwrap_or(8);
        page.set_column_width(column, widest.clamp(6, 60) as f64 + 2.0)?;
    }
    page.set_freeze_panes(2, 0)?;
    page.set_repeat_rows(1, 1)?;
    let mut next = 2;
    for row in &table.rows {
        for (column, cell) in (0u16..).zip(row) {
            write_cell(page, next, column, cell, formats)?;
        }
        next += 1;
    }
    if !table.note.is_empty() {
        page.write_with_format(next + 1, 0, &table.note, &formats.small)?;
    }
    Ok(())
}

fn write_cell(
    page: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) => page.write_with_format(row, column, text, &formats.text)?,
        Cell::Count(n) => page.write_with_format(row, column, *n as f64, &formats.count)?,
        Cell::Points(points) => {
            page.write_with_format(row, column, *points as f64 / 100.0, &formats.points)?
        }
        Cell::Rate { shown, from, value } => {
            match (value, shown.parse::<f64>()) {
                (Some(value), _) => {
                    page.write_with_format(row, column, *value as f64 / 10_000.0, &formats.rate)?
                }
                (None, Ok(number)) => {
                    page.write_with_format(row, column, number, &formats.points)?
                }
                (None, Err(_)) => page.write_with_format(row, column, shown, &formats.text)?,
            };
            page.insert_note(row, column, &Note::new(from).add_author_prefix(false))?
        }
    };
    Ok(())
}

/// The display width: a Chinese character takes two columns.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// A unique worksheet name of at most 31 characters without `[]:*?/\`.
fn unique(heading: &str, names: &mut BTreeSet<String>) -> String {
    let plain: String = heading
        .chars()
        .map(|c| if "[]:*?/\\'".contains(c) { ' ' } else { c })
        .take(NAME_MAX)
        .collect();
    let plain = plain.trim();
    let plain = if plain.is_empty() { "表" } else { plain };
    let mut name = plain.to_owned();
    let mut n = 2;
    while !names.insert(name.to_lowercase()) {
        name = format!("{plain} {n}");
        n += 1;
    }
    name
}

/// Leaves room for a number: a worksheet name has at most 31 characters.
const NAME_MAX: usize = 26;
