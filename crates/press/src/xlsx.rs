//! XLSX: a worksheet a table, numbers as numbers, rates with a note of what they were divided from.

use std::collections::BTreeSet;

use reporting::sheet::{Cell, Part, Sheet, Table};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Note, Workbook, Worksheet,
    XlsxError,
};

use crate::Stamp;

/// What every page is written with.
struct Pens {
    title: Format,
    head: Format,
    text: Format,
    count: Format,
    points: Format,
    rate: Format,
    small: Format,
}

pub(crate) fn print(sheet: &Sheet, stamp: &Stamp) -> Result<Vec<u8>, XlsxError> {
    let boxed = || Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Top);
    let pens = Pens {
        title: Format::new().set_bold().set_font_size(14),
        head: boxed().set_bold().set_background_color("#F4EFE9").set_text_wrap(),
        text: boxed().set_text_wrap(),
        count: boxed().set_num_format("0"),
        points: boxed().set_num_format("0.00"),
        rate: boxed().set_num_format("0.00%"),
        small: Format::new().set_font_color("#666666"),
    };
    let mut book = Workbook::new();
    // The same sheet is the same file: no moment of writing in it.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(&sheet.title).set_creation_datetime(&made));
    let mut names = BTreeSet::new();
    let cover = book.add_worksheet();
    cover.set_name(unique("说明", &mut names))?;
    cover.set_column_width(0, 100)?;
    cover.write_with_format(0, 0, &sheet.title, &pens.title)?;
    cover.write(1, 0, &sheet.subtitle)?;
    let issue = if stamp.issue.is_empty() { "草稿，未发布" } else { stamp.issue.as_str() };
    cover.write(2, 0, issue)?;
    let mut line = 3;
    if !stamp.sha256.is_empty() {
        cover.write_with_format(line, 0, format!("SHA-256 {}", stamp.sha256), &pens.small)?;
        line += 1;
    }
    for note in &sheet.notes {
        cover.write(line, 0, note)?;
        line += 1;
    }
    for part in &sheet.parts {
        let page = book.add_worksheet();
        match part {
            Part::Table(table) => {
                page.set_name(unique(&table.heading, &mut names))?;
                write_table(page, table, &pens)?;
            }
            Part::Text { heading, lines } => {
                page.set_name(unique(heading, &mut names))?;
                page.set_column_width(0, 100)?;
                page.write_with_format(0, 0, heading, &pens.title)?;
                for (row, line) in (1..).zip(lines) {
                    page.write(row, 0, line)?;
                }
            }
        }
    }
    book.save_to_buffer()
}

fn write_table(page: &mut Worksheet, table: &Table, pens: &Pens) -> Result<(), XlsxError> {
    page.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    page.write_with_format(0, 0, &table.heading, &pens.title)?;
    for (column, name) in (0u16..).zip(&table.columns) {
        page.write_with_format(1, column, name, &pens.head)?;
        let cells = table.rows.iter().filter_map(|row| row.get(usize::from(column)));
        let widest = cells.map(|cell| width(&cell.shown())).chain([width(name)]).max().unwrap_or(8);
        page.set_column_width(column, widest.clamp(6, 60) as f64 + 2.0)?;
    }
    page.set_freeze_panes(2, 0)?;
    page.set_repeat_rows(1, 1)?;
    let mut next = 2;
    for row in &table.rows {
        for (column, cell) in (0u16..).zip(row) {
            write_cell(page, next, column, cell, pens)?;
        }
        next += 1;
    }
    if !table.note.is_empty() {
        page.write_with_format(next + 1, 0, &table.note, &pens.small)?;
    }
    Ok(())
}

fn write_cell(
    page: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    pens: &Pens,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) => page.write_with_format(row, column, text, &pens.text)?,
        Cell::Count(n) => page.write_with_format(row, column, *n as f64, &pens.count)?,
        Cell::Points(points) => {
            page.write_with_format(row, column, *points as f64 / 100.0, &pens.points)?
        }
        Cell::Rate { shown, from, value } => {
            match (value, shown.parse::<f64>()) {
                (Some(value), _) => {
                    page.write_with_format(row, column, *value as f64 / 10_000.0, &pens.rate)?
                }
                (None, Ok(number)) => page.write_with_format(row, column, number, &pens.points)?,
                (None, Err(_)) => page.write_with_format(row, column, shown, &pens.text)?,
            };
            page.insert_note(row, column, &Note::new(from).add_author_prefix(false))?
        }
    };
    Ok(())
}

/// As wide as it is drawn: a Chinese character takes two columns.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// A worksheet's name: at most 31 characters, none of `[]:*?/\`, each once.
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

/// Room for a number behind it: a worksheet's name has at most 31 characters.
const NAME_MAX: usize = 26;
