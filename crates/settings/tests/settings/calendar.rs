//! The shipped calendar is valid, and the faults of a broken one are reported by file.

use std::{error::Error, fs, path::Path};

use model::{CalendarTable, Date, DayKind, DaySource};
use settings::calendar;

type Outcome = Result<(), Box<dyn Error>>;

const SHIPPED: &str = "../../config/calendar";

fn shipped() -> Result<CalendarTable, String> {
    calendar::load(Path::new(SHIPPED))
        .map_err(|faults| faults.iter().map(|f| format!("{f}\n")).collect())
}

fn kind(table: &CalendarTable, year: i32, month: u8, day: u8) -> Option<DayKind> {
    let date = Date { year, month, day };
    table.days.iter().find(|day| day.date == date).map(|day| day.kind)
}

#[test]
fn shipped_calendar_has_twenty_years() -> Outcome {
    let table = shipped()?;
    let years: Vec<i32> = table.years.iter().map(|year| year.year).collect();
    assert_eq!(years, (2007..=2026).collect::<Vec<_>>());
    let worked = table.days.iter().filter(|day| day.kind == DayKind::Work).count();
    assert_eq!((table.days.len() - worked, worked), (545, 132));
    assert!(table.days.iter().all(|day| day.source == DaySource::Notice));
    // Days that other calendars had wrong.
    assert_eq!(kind(&table, 2007, 2, 17), Some(DayKind::Work), "the notice for 2007 says so");
    assert_eq!(kind(&table, 2009, 1, 24), Some(DayKind::Work));
    assert_eq!(kind(&table, 2007, 12, 29), Some(DayKind::Work), "by the notice for 2008");
    assert_eq!(kind(&table, 2015, 9, 4), Some(DayKind::Off), "a notice of its own");
    assert_eq!(kind(&table, 2019, 5, 2), Some(DayKind::Off), "a second notice");
    assert_eq!(kind(&table, 2020, 2, 1), Some(DayKind::Off), "the lengthened festival");
    Ok(())
}

#[test]
fn built_in_calendar_equals_the_shipped_one() -> Outcome {
    let built_in = calendar::embedded().map_err(|faults| format!("{faults:?}"))?;
    assert_eq!(built_in, shipped()?);
    Ok(())
}

#[test]
fn every_key_is_in_the_readme() -> Outcome {
    let readme = fs::read_to_string(Path::new(SHIPPED).join("README.md"))?;
    for key in ["year", "notice", "[[holiday]]", "name", "off", "work", "[[day]]", "date"] {
        assert!(readme.contains(&format!("`{key}`")), "{key}");
    }
    Ok(())
}

#[test]
fn own_days_are_added_to_the_notices() -> Outcome {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("2027.toml"), "year = 2027\nnotice = \"x\"\n")?;
    let snow = "[[day]]\ndate = 2027-01-14\nwork = false\nname = \"snow\"\n";
    fs::write(folder.path().join("local.toml"), snow)?;
    let table = calendar::load(folder.path()).map_err(|faults| format!("{faults:?}"))?;
    assert_eq!(table.days.len(), 1);
    assert_eq!(table.days[0].source, DaySource::Local);
    assert_eq!((table.days[0].kind, table.days[0].name.as_str()), (DayKind::Off, "snow"));
    Ok(())
}

/// Writes one file of a calendar, and returns the faults.
fn faults(name: &str, text: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join(name), text)?;
    let Err(faults) = calendar::load(folder.path()) else { return Ok(Vec::new()) };
    let shown = format!("{}/", folder.path().display());
    Ok(faults.iter().map(|fault| fault.to_string().replace(&shown, "")).collect())
}

#[test]
fn all_calendar_faults_are_reported_with_their_lines() -> Outcome {
    let text = "\
year = 2013
notice = \"x\"
[[holiday]]
name = \"a\"
off = [\"2013-02-30\", \"2013-10-07/2013-10-01\", \"2012-11-30\", \"2014-01-01\", 7]
work = [\"2013-10-08\"]
[[holiday]]
name = \"b\"
off = [\"2013-06-10\"]
of = []
[[holiday]]
name = \"c\"
off = [\"2013-06-10\"]
";
    let found = faults("2013.toml", text)?.join("\n");
    for part in [
        "2013.toml:5:8: holiday[0].off[0]: \"2013-02-30\" is not a date",
        "2013-10-07 to 2013-10-01 is reversed or too long",
        "2012-11-30 is neither in 2013 nor in the December before",
        "2014-01-01 is neither in 2013 nor in the December before",
        "holiday[0].off[4]: expected text, found an integer",
        "2013.toml:6:9: holiday[0].work[0]: 2013-10-08 is a Tuesday, a working day anyway",
        "2013.toml:10:1: holiday[1].of: there is no key \"of\" here; did you mean \"off\"?",
        "2013.toml:13:8: holiday[2].off[0]: 2013-06-10 is already listed in",
    ] {
        assert!(found.contains(part), "not reported: {part}\n{found}");
    }
    Ok(())
}

#[test]
fn misnamed_or_empty_calendar_file_is_a_fault() -> Outcome {
    let found = faults("2014.toml", "year = 2013\nnotice = \"x\"\n")?;
    assert_eq!(found, ["2014.toml:1:8: year: 2014.toml has the year 2013; rename it to 2013.toml"]);
    let found = faults("2013.toml", "")?.join("\n");
    assert!(
        found.contains("\"year\" is missing") && found.contains("\"notice\" is missing"),
        "{found}"
    );
    let found = faults("local.toml", "[[day]]\ndate = 2013-01-01\n")?.join("\n");
    assert!(
        found.contains("\"work\" is missing") && found.contains("\"name\" is missing"),
        "{found}"
    );
    let found = faults("2013.toml", "year = = 2013")?;
    assert!(found.first().is_some_and(|found| found.starts_with("2013.toml:1:")), "{found:?}");
    assert!(calendar::load(Path::new("no/such/folder")).is_err());
    Ok(())
}
