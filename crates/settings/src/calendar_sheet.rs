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

use spreadsheet::{CsvError, CsvStyle, Reader, Writer};

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

fn files(shown: &str, text: &str) -> (Vec<(String, String)>, Vec<Fault>) {
    let fault = |line: u64, key: &str, what: String, right: &str| Fault {
        file: shown.to_owned(),
        line: usize::try_from(line).unwrap_or(0),
        column: None,
        key: key.to_owned(),
        what,
        right: right.to_owned(),
    };
    let unreadable = |broken: CsvError| {
        let what = format!("it cannot be read as CSV: {}", broken.what);
        fault(broken.line, "", what, "save it as CSV UTF-8")
    };
    let mut faults = Vec::new();
    let reader = match Reader::new(text) {
        Ok(reader) => reader,
        Err(broken) => return (Vec::new(), vec![unreadable(broken)]),
    };
    let heads = reader.columns().to_vec();
    let place = |column: &str| heads.iter().position(|head| head == column);
    for column in COLUMNS.iter().filter(|column| place(column).is_none()) {
        let right = "the columns are year, notice, date, work, name";
        faults.push(fault(1, column, "the column is missing".into(), right));
    }
    let mut made: BTreeMap<Option<i32>, File> = BTreeMap::new();
    for row in reader {
        let row = match row {
            Ok(row) => row,
            Err(broken) => {
                faults.push(unreadable(broken));
                break;
            }
        };
        let line = row.line;
        if row.len() != heads.len() {
            let what = format!("{} cells, and there are {} columns", row.len(), heads.len());
            faults.push(fault(line, "", what, "write as many cells as there are columns"));
            continue;
        }
        let cell = |column: &str| place(column).map_or("", |at| row.cell(at));
        let year = match (cell("year"), cell("year").parse::<i32>()) {
            ("", _) => None,
            (_, Ok(year)) => Some(year),
            (text, Err(_)) => {
                faults.push(fault(
                    line,
                    "year",
                    format!("{text:?} is not a year"),
                    "write 2027, or nothing",
                ));
                continue;
            }
        };
        let file = made.entry(year).or_default();
        match cell("notice") {
            "" => {}
            notice if file.notice.is_empty() => notice.clone_into(&mut file.notice),
            notice if file.notice == notice => {}
            notice => {
                let what = format!("{notice:?}, and {:?} in an earlier row", file.notice);
                faults.push(fault(line, "notice", what, "a year has one notice"));
            }
        }
        if cell("date").is_empty() && year.is_some() {
            continue;
        }
        let date = spreadsheet::date(cell("date")).and_then(|(y, m, d)| Date::new(y, m, d));
        let Some(date) = date else {
            let what = format!("{:?} is not a date", cell("date"));
            faults.push(fault(line, "date", what, "write 2027-01-01"));
            continue;
        };
        let work = match cell("work") {
            "true" | "TRUE" => true,
            "false" | "FALSE" => false,
            other => {
                faults.push(fault(line, "work", format!("{other:?}"), "write true or false"));
                continue;
            }
        };
        if cell("name").is_empty() {
            faults.push(fault(
                line,
                "name",
                "the name is empty".into(),
                "write what the day is for",
            ));
            continue;
        }
        let at = match file.holidays.iter().position(|(name, _, _)| name == cell("name")) {
            Some(at) => at,
            None => {
                file.holidays.push((cell("name").to_owned(), Vec::new(), Vec::new()));
                file.holidays.len() - 1
            }
        };
        let (_, off, worked) = &mut file.holidays[at];
        if work { worked.push(date) } else { off.push(date) }
    }
    let files = made.into_iter().map(|(year, file)| match year {
        Some(year) => (format!("{year}.toml"), noticed(year, file)),
        None => (calendar::LOCAL.to_owned(), local(file)),
    });
    (files.collect(), faults)
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
        let told: Vec<(usize, &str)> =
            faults.iter().map(|fault| (fault.line, fault.key.as_str())).collect();
        assert_eq!(told, [(2, "date"), (3, "notice"), (3, "work"), (4, "year"), (5, "name")]);
        // The table is well formed, but the calendar is not: a Friday is a working day anyway.
        let table = "year,notice,date,work,name\n2027,a,2027-01-01,true,元旦\n";
        let faults = read(folder.path(), "days.csv", table).unwrap_err();
        assert!(faults[0].what.contains("a working day anyway"), "{faults:?}");
    }
}
