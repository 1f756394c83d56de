//! DOCX: a document to write in, A4 landscape, in the typefaces of official documents (GB/T 9704).

use docx_rs::{
    AlignmentType, Docx, Footer, LineSpacing, PageMargin, PageNum, PageOrientationType, Paragraph,
    Run, RunFonts, Shading, Style, StyleType, Table as Grid, TableCell, TableRow, WidthType,
};
use reporting::sheet::{Cell, Sheet, SheetPart, Table};

use crate::ReleaseMark;

pub(crate) fn print(sheet: &Sheet, mark: &ReleaseMark) -> std::io::Result<Vec<u8>> {
    let issue = if mark.issue.is_empty() { "草稿，未发布" } else { mark.issue.as_str() };
    let mut paper = paper()
        .add_paragraph(line(&sheet.title).style(TITLE))
        .add_paragraph(line(&sheet.subtitle).style(UNDER))
        .add_paragraph(line(issue).style(UNDER));
    for part in &sheet.parts {
        paper = section(paper, part);
    }
    for note in &sheet.notes {
        paper = paper.add_paragraph(line(note).style(SMALL));
    }
    if !mark.sha256.is_empty() {
        paper = paper.add_paragraph(line(&format!("SHA-256 {}", mark.sha256)).style(SMALL));
    }
    let mut files = paper.build();
    repeat_heads(&mut files.document);
    let mut bytes = std::io::Cursor::new(Vec::new());
    files.pack(&mut bytes)?;
    Ok(bytes.into_inner())
}

fn section(paper: Docx, part: &SheetPart) -> Docx {
    match part {
        SheetPart::Table(of) => {
            let paper = paper.add_paragraph(line(&of.heading).style(HEADING).keep_next(true));
            let paper = if of.rows.is_empty() {
                paper.add_paragraph(line("无").style(SMALL))
            } else {
                paper.add_table(grid(of))
            };
            // Word joins two tables that have no paragraph between them.
            paper.add_paragraph(line(&of.note).style(SMALL))
        }
        SheetPart::Text { heading, lines } => {
            let paper = paper.add_paragraph(line(heading).style(HEADING).keep_next(true));
            lines.iter().fold(paper, |paper, text| paper.add_paragraph(line(text)))
        }
    }
}

fn grid(of: &Table) -> Grid {
    let columns = of.columns.len().max(1);
    let head = of.columns.iter().map(|name| {
        let name = Run::new().add_text(name).bold();
        cell(Paragraph::new().add_run(name)).shading(Shading::new().fill("F4EFE9"))
    });
    // Only the head has `cantSplit`: `repeat_heads` relies on it.
    let head = TableRow::new(head.collect()).cant_split();
    let rows = of.rows.iter().map(|row| TableRow::new(row.iter().map(written).collect()));
    Grid::new(std::iter::once(head).chain(rows).collect())
        .set_grid(vec![TEXT_WIDTH / columns; columns])
        .width(WHOLE, WidthType::Pct)
}

fn written(of: &Cell) -> TableCell {
    let shown = line(&of.shown()).style(CELL);
    match of {
        Cell::Text(_) => cell(shown),
        Cell::Count(_) | Cell::Points(_) => cell(shown.align(AlignmentType::Right)),
        Cell::Rate { from, .. } => {
            let from = Run::new().add_text(from).size(FRACTION).color("767676");
            let from = Paragraph::new().add_run(from).style(CELL).align(AlignmentType::Right);
            cell(shown.align(AlignmentType::Right)).add_paragraph(from)
        }
    }
}

fn cell(paragraph: Paragraph) -> TableCell {
    TableCell::new().add_paragraph(paragraph.style(CELL))
}

fn line(text: &str) -> Paragraph {
    Paragraph::new().add_run(Run::new().add_text(text))
}

/// An empty document with styles, margins and page numbers.
fn paper() -> Docx {
    let face = |chinese: &str| RunFonts::new().ascii(LATIN).hi_ansi(LATIN).east_asia(chinese);
    let style = |id: &str| Style::new(id, StyleType::Paragraph).name(id);
    let tight = || LineSpacing::new().line(240);
    let page = Paragraph::new().add_page_num(PageNum::new()).align(AlignmentType::Center);
    Docx::new()
        .page_size(A4.1, A4.0)
        .page_orient(PageOrientationType::Landscape)
        .page_margin(PageMargin {
            top: MARGIN,
            left: MARGIN,
            bottom: MARGIN,
            right: MARGIN,
            ..PageMargin::default()
        })
        .default_fonts(face("仿宋"))
        .default_size(BODY)
        .footer(Footer::new().add_paragraph(page))
        .add_style(
            style(TITLE).size(44).color("B3261E").fonts(face("宋体")).align(AlignmentType::Center),
        )
        .add_style(style(UNDER).align(AlignmentType::Center))
        .add_style(style(HEADING).fonts(face("黑体")).outline_lvl(0))
        .add_style(style(CELL).size(18).line_spacing(tight()))
        .add_style(style(SMALL).size(18).color("555555").line_spacing(tight()))
}

/// Repeats the head of a table on every page (`tblHeader`, ECMA-376 17.4.78). The library cannot
/// write this element, so it is added beside `cantSplit`, which only heads have.
fn repeat_heads(document: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(document);
    *document = text.replace("<w:cantSplit />", "<w:cantSplit /><w:tblHeader />").into_bytes();
}

const TITLE: &str = "Title";
const HEADING: &str = "Heading1";
const UNDER: &str = "Under";
const CELL: &str = "Cell";
const SMALL: &str = "Small";
const LATIN: &str = "Times New Roman";
/// In half points: 四号, a compromise between official documents and wide tables.
const BODY: usize = 28;
/// In half points: the fraction below a rate.
const FRACTION: usize = 14;
/// In twentieths of a point, portrait.
const A4: (u32, u32) = (11_906, 16_838);
const MARGIN: i32 = 1_134;
/// The width of a landscape page without its margins.
const TEXT_WIDTH: usize = 16_838 - 2 * 1_134;
/// The full width, in fiftieths of a percent.
const WHOLE: usize = 5_000;
