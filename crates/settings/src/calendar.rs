//! `config/calendar/`: which days are worked, in one file for each year's notice.
//!
//! `2013.toml` holds the days that the State Council's notice for 2013 names, including days of the
//! December before. `local.toml` is optional; it holds the hotline's own days, which take
//! precedence over the notices. `config/calendar/README.md` describes every key.

use std::{borrow::Cow, collections::BTreeMap, path::Path};

use model::{CalendarTable, Date, DayKind, DaySource, HolidayNotice, SpecialDay};

use crate::{
    Fault,
    folder::texts,
    keys::{Default, Key, Section},
    kinds,
    page::{Faults, Page, Table, Value},
};

/// Reads a calendar folder. All faults are reported together, by file and line.
pub fn load(dir: &Path) -> Result<CalendarTable, Vec<Fault>> {
    let faults = Faults::default();
    let texts = texts(dir, "toml", &faults);
    read(&dir.display().to_string(), &texts, faults)
}

/// The shipped calendar, built into the program.
///
/// A test checks that it is valid; the `Result` avoids a panic in this crate.
pub fn embedded() -> Result<CalendarTable, Vec<Fault>> {
    read("(built in)/calendar", &built_in(), Faults::default())
}

/// The files of the shipped calendar.
pub(crate) fn built_in() -> BTreeMap<String, Cow<'static, str>> {
    BUILT_IN.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect()
}

pub(crate) fn read(
    shown: &str,
    texts: &BTreeMap<String, Cow<'_, str>>,
    faults: Faults,
) -> Result<CalendarTable, Vec<Fault>> {
    let mut table = Reading::default();
    for (name, text) in texts {
        let page = Page::new(format!("{}/{name}", shown.trim_end_matches('/')), text, &faults);
        let Some(tables) = page.parse() else { continue };
        let root = Table::root(&page, &tables);
        if name == LOCAL {
            local(&root, &mut table);
        } else {
            year(&root, name, &mut table);
        }
    }
    let found = faults.sorted();
    if found.is_empty() { Ok(table.table) } else { Err(found) }
}

/// The calendar read so far, with the file that named each day.
#[derive(Default)]
struct Reading {
    table: CalendarTable,
    places: BTreeMap<(DaySource, Date), String>,
}

impl Reading {
    fn add(&mut self, at: &Value<'_>, day: SpecialDay) {
        let place = (day.source, day.date);
        if let Some(other) = self.places.get(&place) {
            at.wrong::<()>(format!("{} is already listed in {other}", day.date), "list it once");
            return;
        }
        self.places.insert(place, at.page.file.clone());
        self.table.days.push(day);
    }
}

/// Reads a year's file, such as `2013.toml`.
fn year(root: &Table<'_>, file: &str, into: &mut Reading) {
    root.report_unknown(YEAR_SECTION.names());
    let year = root.read(&YEAR, kinds::count(FIRST_YEAR..=LAST_YEAR));
    let notice = root.read(&NOTICE, kinds::some_text);
    let holidays = root.tables("holiday", &HOLIDAY_SECTION);
    let (Some(year), Some(notice)) = (year, notice) else { return };
    if file != format!("{year}.toml") {
        root.wrong(
            "year",
            format!("{file} has the year {year}"),
            format!("rename it to {year}.toml"),
        );
        return;
    }
    let year = i32::try_from(year).unwrap_or_default();
    into.table.years.push(HolidayNotice { year, notice });
    for holiday in &holidays {
        let Some(name) = holiday.read(&NAME, kinds::some_text) else { continue };
        for (key, kind) in [(&OFF, DayKind::Off), (&WORK, DayKind::Work)] {
            let Some(value) = holiday.value(key.name) else { continue };
            let Some(items) = value.value.as_array() else {
                value.not_a::<()>("a list", "[\"2013-10-01/2013-10-07\"]");
                continue;
            };
            for (i, item) in items.iter().enumerate() {
                let at = value.item(i, item);
                for date in days(&at, year).unwrap_or_default() {
                    if kind == DayKind::Work && !date.weekday().is_weekend() {
                        let what =
                            format!("{date} is a {:?}, a working day anyway", date.weekday());
                        at.wrong::<()>(what, "list only Saturdays and Sundays");
                        continue;
                    }
                    let name = name.clone();
                    into.add(&at, SpecialDay { date, kind, name, source: DaySource::Notice });
                }
            }
        }
    }
}

/// Parses `"2013-10-01"` or `"2013-10-01/2013-10-07"`, of the year or of the December before it.
fn days(v: &Value<'_>, year: i32) -> Option<Vec<Date>> {
    let text = kinds::some_text(v)?;
    let (first, last) = text.split_once('/').unwrap_or((&text, &text));
    let right = "write a day, \"2013-10-01\", or days, \"2013-10-01/2013-10-07\"";
    let (Some(first), Some(last)) = (date(first), date(last)) else {
        return v.wrong(format!("\"{text}\" is not a date"), right);
    };
    if last < first || last.days() - first.days() >= HOLIDAY_DAYS_MAX {
        let what = format!("{first} to {last} is reversed or too long");
        return v.wrong(what, format!("write at most {HOLIDAY_DAYS_MAX} days, the earliest first"));
    }
    let december = Date { year: year - 1, month: 12, day: 1 };
    if first < december || last.year > year {
        let what = format!("{text} is neither in {year} nor in the December before");
        return v.wrong(what, format!("write it into the file of its year, not into {year}.toml"));
    }
    Some((first.days()..=last.days()).map(Date::from_days).collect())
}

/// Reads `local.toml`.
fn local(root: &Table<'_>, into: &mut Reading) {
    root.report_unknown(["day"].into_iter());
    for day in root.tables("day", &LOCAL_SECTION) {
        let date = day.read(&DATE, kinds::date);
        let worked = day.read(&WORKED, kinds::flag);
        let name = day.read(&REASON, kinds::some_text);
        let (Some(date), Some(worked), Some(name)) = (date, worked, name) else { continue };
        let kind = if worked { DayKind::Work } else { DayKind::Off };
        if let Some(at) = day.value(DATE.name) {
            into.add(&at, SpecialDay { date, kind, name, source: DaySource::Local });
        }
    }
}

pub(crate) fn date(text: &str) -> Option<Date> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let (month, day) = (u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
    Date::new(i32::from(date.year()), month, day)
}

/// The file of the hotline's own days.
pub(crate) const LOCAL: &str = "local.toml";

/// Before 1995 Saturdays were working days in China; no calculation goes back that far.
const FIRST_YEAR: u32 = 1996;
const LAST_YEAR: u32 = 2199;

/// The longest holiday of any notice had ten days; a month is a misprint.
const HOLIDAY_DAYS_MAX: i64 = 20;

const fn key(name: &'static str, unit: &'static str, reason: &'static str) -> Key {
    Key { name, unit, default: Default::Required, reason }
}

const YEAR: Key = key("year", "year", "The year of the notice; the file is named after it.");
const NOTICE: Key = key("notice", "text", "Its number or title, shown beside every due date.");
const NAME: Key = key("name", "text", "The name of the holiday, as in the notice.");
const OFF: Key = key("off", "list of days", "Days that are not worked.");
const WORK: Key = key("work", "list of days", "Saturdays and Sundays that are worked instead.");
const DATE: Key = key("date", "date", "A day of the hotline's own.");
const WORKED: Key = key("work", "true or false", "Whether it is a working day.");
const REASON: Key = key("name", "text", "The reason, shown beside every due date that it moves.");

const YEAR_SECTION: Section =
    Section { file: "2013.toml", heading: "", keys: &[YEAR, NOTICE], tables: &["holiday"] };
const HOLIDAY_SECTION: Section =
    Section { file: "2013.toml", heading: "[[holiday]]", keys: &[NAME, OFF, WORK], tables: &[] };
const LOCAL_SECTION: Section =
    Section { file: LOCAL, heading: "[[day]]", keys: &[DATE, WORKED, REASON], tables: &[] };

macro_rules! built_in {
    ($($year:literal),* $(,)?) => {
        &[$((
            concat!($year, ".toml"),
            include_str!(concat!("../../../config/calendar/", $year, ".toml")),
        )),*]
    };
}

const BUILT_IN: &[(&str, &str)] = built_in![
    "2007", "2008", "2009", "2010", "2011", "2012", "2013", "2014", "2015", "2016", "2017", "2018",
    "2019", "2020", "2021", "2022", "2023", "2024", "2025", "2026",
];
