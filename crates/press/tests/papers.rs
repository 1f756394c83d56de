//! Every report in every format, made from the same few tickets and read back by other libraries.

#[path = "../../reporting/tests/reporting/common.rs"]
mod common;

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use common::{Hotline, at, call, of_year};
use press::{Format, ReleaseMark, print};
use quick_xml::events::Event as XmlEvent;
use reporting::{
    bulletin::Report,
    sheet::{Cell, Sheet, SheetPart, Table},
};
use zip::ZipArchive;

fn sheets() -> Vec<Sheet> {
    let hotline =
        Hotline::new(at("2026-07-01", 8, 0), &[("u00", "县区"), ("u01", "县区"), ("u02", "公用")]);
    let rows: Vec<_> = (0..900)
        .map(|i| of_year(i * 5, 9_000, 2026))
        .filter(|row| row.assignments.iter().all(|a| a.unit.as_str() < "u03"))
        .collect();
    let calls: Vec<_> = (0..60)
        .map(|n| call(at("2026-05-20", 8, n), (n % 7 != 0).then_some(u64::from(n % 20))))
        .collect();
    let facts = hotline.facts(&calls, &rows);
    let source = hotline.source(&facts);
    let periods = [
        "2026-05-20",
        "2026-W21",
        "2026-05",
        "2026-Q2",
        "2026",
        "2026-05",
        "2026-05-20",
        "2026-05-20",
    ];
    let made = Report::ALL.into_iter().zip(periods);
    made.map(|(report, period)| source.sheet(report, &hotline.period(period), None).unwrap())
        .collect()
}

#[test]
fn every_report_in_html_and_csv_matches_its_snapshot() {
    for sheet in sheets() {
        for (format, name) in [(Format::Html, "html"), (Format::Csv, "csv")] {
            let paper =
                String::from_utf8(print(&sheet, &ReleaseMark::default(), format).unwrap()).unwrap();
            insta::assert_snapshot!(format!("{}_{name}", sheet.report.to_lowercase()), paper);
        }
    }
}

#[test]
fn workbook_has_the_values_of_the_sheet() {
    for sheet in sheets() {
        let bytes = print(&sheet, &ReleaseMark::default(), Format::Xlsx).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let names = book.sheet_names();
        assert_eq!(names.len(), sheet.parts.len() + 1, "{names:?}");
        for (part, name) in sheet.parts.iter().zip(names.iter().skip(1)) {
            let SheetPart::Table(table) = part else { continue };
            let page = book.worksheet_range(name).unwrap();
            for (r, row) in table.rows.iter().enumerate() {
                for (c, cell) in row.iter().enumerate() {
                    let place = (u32::try_from(r + 2).unwrap(), u32::try_from(c).unwrap());
                    let found = page.get_value(place).cloned().unwrap_or(Data::Empty);
                    assert!(says(&found, cell), "{name} {place:?}: {found:?} is not {cell:?}");
                }
            }
        }
    }
}

#[test]
fn document_has_the_texts_of_the_sheet_and_repeats_table_heads() {
    for sheet in sheets() {
        let bytes = print(&sheet, &ReleaseMark::default(), Format::Docx).unwrap();
        let mut files = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut document = String::new();
        files.by_name("word/document.xml").unwrap().read_to_string(&mut document).unwrap();
        let found = texts(&document);
        let mut found = found.iter();
        let wanted = [&sheet.title, &sheet.subtitle].into_iter().cloned();
        let wanted = wanted.chain(sheet.parts.iter().flat_map(words)).chain(sheet.notes.clone());
        for text in wanted.filter(|text| !text.is_empty()) {
            assert!(
                found.any(|found| *found == text),
                "{}: {text} is not in its place",
                sheet.report
            );
        }
        let tables = sheet.parts.iter().filter(|part| match part {
            SheetPart::Table(table) => !table.rows.is_empty(),
            SheetPart::Text { .. } => false,
        });
        assert_eq!(document.matches("<w:tblHeader />").count(), tables.count(), "{}", sheet.report);
    }
}

/// The texts of a part in reading order.
fn words(part: &SheetPart) -> Vec<String> {
    match part {
        SheetPart::Text { heading, lines } => {
            [heading].into_iter().chain(lines).map(String::clone).collect()
        }
        SheetPart::Table(table) => {
            let mut words = vec![table.heading.clone()];
            if !table.rows.is_empty() {
                words.extend(table.columns.iter().cloned());
            }
            for cell in table.rows.iter().flatten() {
                words.push(cell.shown());
                if let Cell::Rate { from, .. } = cell {
                    words.push(from.clone());
                }
            }
            words.push(table.note.clone());
            words
        }
    }
}

/// The runs of text of a document. Parsing them proves that it is well-formed.
fn texts(document: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(document);
    let (mut texts, mut within) = (Vec::new(), None::<String>);
    loop {
        match reader.read_event().unwrap() {
            XmlEvent::Start(tag) if tag.name().as_ref() == "w:t" => within = Some(String::new()),
            XmlEvent::End(tag) if tag.name().as_ref() == "w:t" => texts.extend(within.take()),
            XmlEvent::Text(text) => {
                if let Some(within) = &mut within {
                    within.push_str(&text);
                }
            }
            XmlEvent::GeneralRef(name) => {
                if let Some(within) = &mut within {
                    let entity = format!("&{};", &*name);
                    within.push_str(&quick_xml::escape::unescape(&entity).unwrap());
                }
            }
            XmlEvent::Eof => return texts,
            _ => {}
        }
    }
}

fn says(found: &Data, cell: &Cell) -> bool {
    let number = |wanted: f64| match found {
        Data::Float(n) => (n - wanted).abs() < 1e-9,
        _ => false,
    };
    match cell {
        Cell::Count(n) => number(*n as f64),
        Cell::Points(n) => number(*n as f64 / 100.0),
        Cell::Rate { value: Some(value), .. } => number(*value as f64 / 10_000.0),
        Cell::Rate { shown, value: None, .. } => {
            shown.parse().map_or(*found == Data::String(shown.clone()), number)
        }
        Cell::Text(text) if text.is_empty() => matches!(found, Data::Empty | Data::String(_)),
        Cell::Text(text) => *found == Data::String(text.clone()),
    }
}

#[test]
fn same_sheet_makes_the_same_file() {
    let sheet = &sheets()[2];
    for (_, format) in Format::WORDS {
        let once = print(sheet, &ReleaseMark::default(), format).unwrap();
        assert_eq!(once, print(sheet, &ReleaseMark::default(), format).unwrap(), "{format:?}");
    }
}

#[test]
fn markup_in_a_title_is_escaped_and_a_released_sheet_has_its_hash() {
    let mut table = Table::new("表", &["摘要"]);
    table.push(vec![Cell::text("<script>alert(1)</script>")]);
    let sheet =
        Sheet { title: "a & b".into(), parts: vec![SheetPart::Table(table)], ..Sheet::default() };
    let mark = ReleaseMark { issue: "第 1 号".into(), sha256: sheet.sha256() };
    let page = String::from_utf8(print(&sheet, &mark, Format::Html).unwrap()).unwrap();
    assert!(page.contains("&lt;script&gt;") && page.contains("a &amp; b"));
    assert!(!page.contains("<script"));
    assert!(page.contains(&sheet.sha256()) && page.contains("第 1 号") && !page.contains("草稿"));
    let mut files =
        ZipArchive::new(Cursor::new(print(&sheet, &mark, Format::Docx).unwrap())).unwrap();
    let mut document = String::new();
    files.by_name("word/document.xml").unwrap().read_to_string(&mut document).unwrap();
    let said = texts(&document);
    for text in ["a & b", "第 1 号", "<script>alert(1)</script>"] {
        assert!(said.iter().any(|said| said == text), "{text}: {said:?}");
    }
}

#[test]
fn control_characters_are_removed_from_every_format() {
    let mut table = Table::new("表\u{b}", &["摘要"]);
    table.push(vec![Cell::text("没\u{1}水\t三天\n了\u{ffff}")]);
    let sheet = Sheet { parts: vec![SheetPart::Table(table)], ..Sheet::default() };
    let document = print(&sheet, &ReleaseMark::default(), Format::Docx).unwrap();
    let mut files = ZipArchive::new(Cursor::new(document)).unwrap();
    let mut document = String::new();
    files.by_name("word/document.xml").unwrap().read_to_string(&mut document).unwrap();
    let said = texts(&document);
    assert!(said.iter().any(|said| said == "没水 三天 了"), "{said:?}");
    for format in [Format::Html, Format::Csv] {
        let paper =
            String::from_utf8(print(&sheet, &ReleaseMark::default(), format).unwrap()).unwrap();
        assert!(paper.contains("没水 三天 了") && !paper.contains(['\u{1}', '\u{b}']), "{paper}");
    }
}
