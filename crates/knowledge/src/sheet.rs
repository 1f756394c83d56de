//! Items as CSV, for units that keep them in a spreadsheet.
//!
//! The first line has the column names, in any order, in English or Chinese. Several questions,
//! documents or topics in one cell are separated by `|`. A written table reads back unchanged.

use std::fmt;

use model::{
    Date, LineId,
    desk::{KnowledgeId, KnowledgeText, TopicId, UnitId, Visibility},
};

use serde::{Deserialize, Serialize};
use spreadsheet::{CsvStyle, Reader, Writer};

use super::check;

/// The maximum number of items in one table.
pub const ROWS_MAX: usize = 100_000;
/// The maximum number of faults reported at once.
pub const FAULTS_MAX: usize = 1_000;

/// One item in a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The id.
    pub id: KnowledgeId,
    /// The text.
    pub text: KnowledgeText,
    /// The visibility.
    pub visibility: Visibility,
    /// The next review date.
    pub review_by: Option<Date>,
}

/// A fault of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowFault {
    /// The line its row begins on, from 1.
    pub line: u64,
    /// The column; empty for a fault of the whole row.
    pub column: String,
    /// The fault and the correction.
    pub what: String,
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RowFault { line, column, what } = self;
        if column.is_empty() {
            write!(f, "line {line}: {what}")
        } else {
            write!(f, "line {line}, {column}: {what}")
        }
    }
}

/// The columns: the name, the Chinese name, and whether it is required.
const COLUMNS: [(&str, &str, bool); 11] = [
    ("id", "编号", true),
    ("questions", "问题", true),
    ("answer", "答案", true),
    ("basis", "依据", false),
    ("owner", "责任单位", true),
    ("topics", "分类", true),
    ("line", "专线", false),
    ("valid_from", "生效日期", false),
    ("valid_to", "失效日期", false),
    ("visibility", "可见范围", false),
    ("review_by", "复核日期", false),
];

/// Reads the rows of a table.
///
/// # Errors
/// Every fault, at most [`FAULTS_MAX`], by line.
pub fn read(text: &str) -> Result<Vec<Row>, Vec<RowFault>> {
    let reader = Reader::new(text).map_err(|broken| vec![unreadable(broken)])?;
    let columns = reader.columns().len();
    let places = header_places(reader.columns())?;
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    let mut seen = std::collections::BTreeMap::new();
    for row in reader {
        let row = match row {
            Ok(row) => row,
            Err(broken) => {
                faults.push(unreadable(broken));
                break;
            }
        };
        let line = row.line;
        if rows.len() >= ROWS_MAX {
            let what = format!("more than {ROWS_MAX} items; split the table");
            faults.push(RowFault { line, column: String::new(), what });
            break;
        }
        if faults.len() >= FAULTS_MAX {
            break;
        }
        if row.len() != columns {
            let what = format!("{} cells, {columns} columns", row.len());
            faults.push(RowFault { line, column: String::new(), what });
            continue;
        }
        let mut cells = Cells { cells: &row, places: &places, line, faults: &mut faults };
        let row = cells.item();
        if let Some(first) = seen.insert(row.id.clone(), line) {
            let what = format!("{} is on line {first} as well; remove one", row.id);
            faults.push(RowFault { line, column: "id".into(), what });
        }
        rows.push(row);
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// Writes rows as a table that begins with a byte order mark, by which Excel recognizes UTF-8.
pub fn write(rows: &[Row]) -> String {
    let mut writer = Writer::new(CsvStyle::ForSpreadsheets);
    writer.text(COLUMNS.map(|(name, _, _)| name));
    for row in rows {
        let text = &row.text;
        let topics: Vec<&str> = text.topics.iter().map(TopicId::as_str).collect();
        let date = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        let cells = [
            row.id.to_string(),
            text.questions.join("|"),
            text.answer.clone(),
            text.basis.join("|"),
            text.owner.to_string(),
            topics.join("|"),
            text.line.as_ref().map(ToString::to_string).unwrap_or_default(),
            date(text.valid_from),
            date(text.valid_to),
            visibility_word(row.visibility).to_owned(),
            date(row.review_by),
        ];
        writer.text(cells);
    }
    writer.finish()
}

/// The index of each column; `None` for a missing one.
fn header_places(header: &[String]) -> Result<[Option<usize>; 11], Vec<RowFault>> {
    let mut places = [None; 11];
    let mut faults = Vec::new();
    let mut fault = |column: &str, what: String| {
        faults.push(RowFault { line: 1, column: column.to_owned(), what });
    };
    for (at, name) in header.iter().enumerate() {
        let name = name.as_str();
        let known =
            COLUMNS.iter().position(|(english, chinese, _)| name == *english || name == *chinese);
        match known {
            Some(n) if places[n].is_some() => fault(name, "occurs twice; remove one".into()),
            Some(n) => places[n] = Some(at),
            None => {
                let names = COLUMNS.map(|(name, _, _)| name).join(", ");
                fault(name, format!("this column is unknown; known columns: {names}"));
            }
        }
    }
    for ((name, chinese, needed), place) in COLUMNS.iter().zip(&places) {
        if *needed && place.is_none() {
            fault(name, format!("this column is missing; add {name} or {chinese}"));
        }
    }
    if faults.is_empty() { Ok(places) } else { Err(faults) }
}

/// Parses one row.
struct Cells<'a> {
    cells: &'a spreadsheet::Row,
    places: &'a [Option<usize>; 11],
    line: u64,
    faults: &'a mut Vec<RowFault>,
}

impl Cells<'_> {
    fn item(&mut self) -> Row {
        let id = KnowledgeId::from(self.cell(0).trim());
        let line = Some(self.cell(6)).filter(|line| !line.trim().is_empty());
        let text = KnowledgeText {
            questions: self.list(1),
            // Spreadsheet programs write line breaks as CRLF or LF.
            answer: self.cell(2).replace("\r\n", "\n"),
            basis: self.list(3),
            owner: UnitId::from(self.cell(4).trim()),
            topics: self.list(5).iter().map(|topic| TopicId::from(topic.as_str())).collect(),
            line: line.map(|line| LineId::from(line.trim())),
            valid_from: self.date(7),
            valid_to: self.date(8),
        };
        let visibility = self.visibility(9);
        let review_by = self.date(10);
        for fault in check::text(&text).into_iter().chain(check::id(&id)) {
            self.fault(&fault.field, fault.what);
        }
        Row { id, text, visibility, review_by }
    }

    fn cell(&self, column: usize) -> String {
        self.places[column].map_or("", |place| self.cells.cell(place)).to_owned()
    }

    fn list(&self, column: usize) -> Vec<String> {
        let cell = self.cell(column);
        let parts = cell.split('|').map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    }

    fn date(&mut self, column: usize) -> Option<Date> {
        let cell = self.cell(column);
        let cell = cell.trim();
        if cell.is_empty() {
            return None;
        }
        let date = spreadsheet::date(cell).and_then(|(y, m, d)| Date::new(y, m, d));
        if date.is_none() {
            let what = format!("`{cell}` is not a date; write 2026-11-22");
            self.fault(COLUMNS[column].0, what);
        }
        date
    }

    fn visibility(&mut self, column: usize) -> Visibility {
        let cell = self.cell(column);
        match cell.trim() {
            "" | "draft" | "草稿" => Visibility::Draft,
            "internal" | "内部" => Visibility::Internal,
            "public" | "公开" => Visibility::Public,
            other => {
                let what =
                    format!("`{other}` is not a visibility; write draft, internal or public");
                self.fault(COLUMNS[column].0, what);
                Visibility::Draft
            }
        }
    }

    fn fault(&mut self, column: &str, what: String) {
        self.faults.push(RowFault { line: self.line, column: column.to_owned(), what });
    }
}

fn visibility_word(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Draft => "draft",
        Visibility::Internal => "internal",
        Visibility::Public => "public",
    }
}

fn unreadable(broken: spreadsheet::CsvError) -> RowFault {
    let what = format!("it cannot be read as CSV: {}", broken.what);
    RowFault { line: broken.line, column: String::new(), what }
}
