//! The calendar as one table (CSV, RFC 4180) for people who keep it in a spreadsheet: export from
//! the files of `config/calendar`, and import into them.
//!
//! | column | meaning |
//! | --- | --- |
//! | `year` | the notice's year; empty for one of the hotline's own days |
//! | `notice` | the notice's number, in any of its rows |
//! | `date` | the day, `2027-01-01`; empty in a row that only names a notice |
//! | `work` | `true` or `false` |
//! | `name` | the name of the holiday or of the day |

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    path::Path,
};

use model::{CalendarTable, Date, DayKind, DaySource, SpecialDay};

use spreadsheet::{CsvError, CsvStyle, Reader, Row, Writer};

use crate::{Fault, calendar, folder::texts, page::Faults};

/// The table of these days. `read` gives the same days back.
pub fn write(table: &CalendarTable) -> String {
    let noticed: BTreeMap<i32, &str> =
        table.years.iter().map(|year| (year.year, year.notice.as_str())).collect();
    let mut days: Vec<(Option<i32>, &SpecialDay)> =
        table.days.iter().map(|day| (year_of(day, &noticed), day)).collect();
    days.sort_by_key(|(year, day)| (*year, day.date));
    let mut writer = Writer::new(CsvStyle::ForFiles);
    writer.text(COLUMNS);
    let named: BTreeSet<i32> = days.iter().filter_map(|(year, _)| *year).collect();
    for (year, notice) in noticed.iter().filter(|(year, _)| !named.contains(*year)) {
        writer.text([&year.to_string(), *notice, "", "", ""]);
    }
    for (year, day) in days {
        let notice = year.and_then(|year| noticed.get(&year)).copied().unwrap_or_default();
        let year = year.map(|year| year.to_string()).unwrap_or_default();
        let work = if day.kind == DayKind::Work { "true" } else { "false" };
        writer.text([&year, notice, &day.date.to_string(), work, &day.name]);
    }
    writer.finish()
}

/// The year of the notice that names a day: the day's own year, or the next year for the last days
/// of December.
fn year_of(day: &SpecialDay, noticed: &BTreeMap<i32, &str>) -> Option<i32> {
    match day.source {
        DaySource::Local => None,
        DaySource::Notice if noticed.contains_key(&day.date.year) => Some(day.date.year),
        DaySource::Notice => Some(day.date.year + 1),
    }
}

/// The files of `config/calendar` that a table describes, by name. Years that are not in the table
/// keep their files.
///
/// # Errors
/// All faults of the table, and of the calendar that this folder would have with it.
pub fn read(folder: &Path, shown: &str, text: &str) -> Result<Vec<(String, String)>, Vec<Fault>> {
    let (files, faults) = files(shown, text);
    if !faults.is_empty() {
        return Err(faults);
    }
    let found = Faults::default();
    let mut all: BTreeMap<String, Cow<'static, str>> =
        if folder.exists() { texts(folder, "toml", &found) } else { BTreeMap::new() };
    let faults = found.sorted();
    if !faults.is_empty() {
        return Err(faults);
    }
    all.extend(files.iter().map(|(name, text)| (name.clone(), text.clone().into())));
    calendar::read(&folder.display().to_string(), &all, Faults::default())?;
    Ok(files)
}

/// The content of one file, collected from its rows.
#[derive(Default)]
struct File {
    notice: String,
    /// By name, in the order of their first days.
    holidays: Vec<(String, Vec<Date>, Vec<Date>)>,
}

impl File {
    fn add(&mut self, name: &str, date: Date, is_work: bool) {
        let at =
            self.holidays.iter().position(|(known, _, _)| known == name).unwrap_or_else(|| {
                self.holidays.push((name.to_owned(), Vec::new(), Vec::new()));
                self.holidays.len() - 1
            });
        let (_, off, work) = &mut self.holidays[at];
        if is_work { work.push(date) } else { off.push(date) }
    }
}

fn files(shown: &str, text: &str) -> (Vec<(String, String)>, Vec<Fault>) {
    let mut sheet =
        SheetReader { shown, columns: Vec::new(), files: BTreeMap::new(), faults: Vec::new() };
    match Reader::new(text) {
        Ok(rows) => sheet.read(rows),
        Err(broken) => sheet.unreadable(&broken),
    }
    let files = sheet.files.into_iter().map(|(year, file)| match year {
        Some(year) => (format!("{year}.toml"), noticed(year, file)),
        None => (calendar::LOCAL.to_owned(), local(file)),
    });
    (files.collect(), sheet.faults)
}

/// Collects the files from the rows of a table, with the faults of all rows.
struct SheetReader<'a> {
    /// The table's path as the operator knows it.
    shown: &'a str,
    columns: Vec<String>,
    /// By the year of the notice; `None` is the file of the hotline's own days.
    files: BTreeMap<Option<i32>, File>,
    faults: Vec<Fault>,
}

impl SheetReader<'_> {
    fn read(&mut self, rows: Reader<'_>) {
        self.columns = rows.columns().to_vec();
        for column in COLUMNS {
            if !self.columns.iter().any(|known| known == column) {
                let right = "the columns are year, notice, date, work, name";
                self.fault(1, column, "the column is missing".into(), right);
            }
        }
        for row in rows {
            match row {
                Ok(row) => {
                    self.row(&row);
                }
                Err(broken) => {
                    self.unreadable(&broken);
                    return;
                }
            }
        }
    }

    /// Adds the day of a row to its file. Returns `None` when the row has a fault or no day.
    fn row(&mut self, row: &Row) -> Option<()> {
        let line = row.line;
        if row.len() != self.columns.len() {
            let what = format!("{} cells, and there are {} columns", row.len(), self.columns.len());
            self.fault(line, "", what, "write as many cells as there are columns");
            return None;
        }
        let cell = |column: &str| {
            let at = self.columns.iter().position(|known| known == column);
            at.map_or("", |at| row.cell(at))
        };
        let [year, notice, date, work, name] = COLUMNS.map(cell);
        let year = self.year(line, year)?;
        self.notice(line, year, notice);
        if date.is_empty() && year.is_some() {
            return None;
        }
        let date = self.date(line, date)?;
        let is_work = self.is_work(line, work)?;
        if name.is_empty() {
            self.fault(line, "name", "the name is empty".into(), "write what the day is for");
            return None;
        }
        self.files.entry(year).or_default().add(name, date, is_work);
        Some(())
    }

    /// The year of the notice; `Some(None)` for one of the hotline's own days.
    fn year(&mut self, line: u64, text: &str) -> Option<Option<i32>> {
        match text.parse::<i32>() {
            _ if text.is_empty() => Some(None),
            Ok(year) => Some(Some(year)),
            Err(_) => {
                let what = format!("{text:?} is not a year");
                self.fault(line, "year", what, "write 2027, or nothing");
                None
            }
        }
    }

    /// Stores the notice of a year. A second, different one is a fault.
    fn notice(&mut self, line: u64, year: Option<i32>, notice: &str) {
        let file = self.files.entry(year).or_default();
        if notice.is_empty() || file.notice == notice {
            return;
        }
        if file.notice.is_empty() {
            notice.clone_into(&mut file.notice);
            return;
        }
        let what = format!("{notice:?}, and {:?} in an earlier row", file.notice);
        self.fault(line, "notice", what, "a year has one notice");
    }

    fn date(&mut self, line: u64, text: &str) -> Option<Date> {
        let date = spreadsheet::date(text).and_then(|(y, m, d)| Date::new(y, m, d));
        if date.is_none() {
            self.fault(line, "date", format!("{text:?} is not a date"), "write 2027-01-01");
        }
        date
    }

    fn is_work(&mut self, line: u64, text: &str) -> Option<bool> {
        match text {
            "true" | "TRUE" => Some(true),
            "false" | "FALSE" => Some(false),
            other => {
                let what = format!("{other:?} is not true or false");
                self.fault(line, "work", what, "write true or false");
                None
            }
        }
    }

    fn unreadable(&mut self, broken: &CsvError) {
        let what = format!("it cannot be read as CSV: {}", broken.what);
        self.fault(broken.line, "", what, "save it as CSV UTF-8");
    }

    fn fault(&mut self, line: u64, key: &str, what: String, right: &str) {
        self.faults.push(Fault {
            file: self.shown.to_owned(),
            line: usize::try_from(line).unwrap_or(0),
            column: None,
            key: key.to_owned(),
            what,
            right: right.to_owned(),
        });
    }
}

fn noticed(year: i32, file: File) -> String {
    let mut text = format!("year = {year}\nnotice = {}\n", quoted(&file.notice));
    for (name, off, work) in file.holidays {
        // Writing to a `String` does not fail.
        let _ = write!(text, "\n[[holiday]]\nname = {}\n", quoted(&name));
        for (key, days) in [("off", off), ("work", work)] {
            let runs: Vec<String> = runs(days).iter().map(|run| quoted(run)).collect();
            if !runs.is_empty() {
                let _ = writeln!(text, "{key} = [{}]", runs.join(", "));
            }
        }
    }
    text
}

fn local(file: File) -> String {
    let mut days: Vec<(Date, bool, String)> = Vec::new();
    for (name, off, work) in file.holidays {
        days.extend(off.into_iter().map(|day| (day, false, name.clone())));
        days.extend(work.into_iter().map(|day| (day, true, name.clone())));
    }
    days.sort();
    let day = |(date, work, name): (Date, bool, String)| {
        format!("[[day]]\ndate = \"{date}\"\nwork = {work}\nname = {}\n", quoted(&name))
    };
    days.into_iter().map(day).collect::<Vec<_>>().join("\n")
}

/// Consecutive days as `first/last`. A holiday of the year before with the same name is a run of
/// its own.
fn runs(mut days: Vec<Date>) -> Vec<String> {
    days.sort_unstable();
    let mut runs: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if last.plus(1) == day => *last = day,
            _ => runs.push((day, day)),
        }
    }
    let shown = |(first, last): (Date, Date)| match first == last {
        true => first.to_string(),
        false => format!("{first}/{last}"),
    };
    runs.into_iter().map(shown).collect()
}

/// Quotes a TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

const COLUMNS: [&str; 5] = ["year", "notice", "date", "work", "name"];

#[cfg(test)]
mod tests {
    use super::*;

    fn known(table: &CalendarTable) -> CalendarTable {
        let mut table = table.clone();
        table.days.sort();
        table.years.sort();
        table
    }

    #[test]
    fn twenty_years_survive_export_and_import() {
        let shipped = calendar::embedded().unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join(calendar::LOCAL),
            "[[day]]\ndate = \"2027-01-14\"\nwork = false\nname = \"大雪\\\"停工\\\"\"\n",
        )
        .unwrap();
        let own = calendar::load(folder.path()).unwrap();
        let all = CalendarTable {
            years: shipped.years.clone(),
            days: shipped.days.iter().chain(&own.days).cloned().collect(),
        };
        let text = write(&all);
        for (name, text) in read(folder.path(), "days.csv", &text).unwrap() {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let again = calendar::load(folder.path()).unwrap();
        assert_eq!(known(&again), known(&all));
        assert_eq!(write(&again), text);
    }

    #[test]
    fn importing_a_year_keeps_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let table = "year,notice,date,work,name\n2027,国办发明电〔2026〕9号,2027-01-01,false,元旦\n\
                     2027,,2027-01-02,false,元旦\n2027,,2027-01-03,true,元旦\n";
        let files = read(folder.path(), "days.csv", table).unwrap();
        assert_eq!(files.len(), 1);
        let (name, text) = &files[0];
        assert_eq!(name, "2027.toml");
        assert!(
            text.contains("off = [\"2027-01-01/2027-01-02\"]\nwork = [\"2027-01-03\"]"),
            "{text}"
        );
    }

    #[test]
    fn all_faults_of_a_sheet_are_reported_with_their_lines() {
        let folder = tempfile::tempdir().unwrap();
        let table = "year,notice,date,work,name\n2027,a,2027-02-30,false,元旦\n2027,b,2027-01-02,maybe,元旦\n\
                     soon,,2027-01-03,true,\n,,2027-01-04,true,\n";
        let faults = read(folder.path(), "days.csv", table).unwrap_err();
        let found: Vec<(usize, &str)> =
            faults.iter().map(|fault| (fault.line, fault.key.as_str())).collect();
        assert_eq!(found, [(2, "date"), (3, "notice"), (3, "work"), (4, "year"), (5, "name")]);
        // The table is well formed, but the calendar is not: a Friday is a working day anyway.
        let table = "year,notice,date,work,name\n2027,a,2027-01-01,true,元旦\n";
        let faults = read(folder.path(), "days.csv", table).unwrap_err();
        assert!(faults[0].what.contains("a working day anyway"), "{faults:?}");
    }
}
