//! `reports.toml`: the numbers of the specification by default, and every fault is reported.

use std::{error::Error, fs, path::Path};

use model::Weekday;
use settings::{Reports, Settings};
use tempfile::TempDir;

type Outcome = Result<(), Box<dyn Error>>;

/// The shipped folder with this `reports.toml`.
fn folder(reports: &str) -> Result<TempDir, Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    for entry in fs::read_dir("../../config")? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "toml") {
            fs::copy(&path, dir.path().join(path.file_name().unwrap_or_default()))?;
        }
    }
    let prompts = dir.path().join("prompts");
    fs::create_dir(&prompts)?;
    for entry in fs::read_dir("../../config/prompts")? {
        let path = entry?.path();
        fs::copy(&path, prompts.join(path.file_name().unwrap_or_default()))?;
    }
    fs::write(dir.path().join("reports.toml"), reports)?;
    Ok(dir)
}

fn read(reports: &str) -> Result<Reports, Box<dyn Error>> {
    let dir = folder(reports)?;
    let read = Settings::load(dir.path()).map_err(|faults| format!("{faults:#?}"))?;
    Ok(read.reports)
}

/// The faults as `line: key: what`.
fn told(reports: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let dir = folder(reports)?;
    let faults = Settings::load(dir.path()).err().unwrap_or_default();
    Ok(faults.iter().map(|f| format!("{}: {}: {}", f.line, f.key, f.what)).collect())
}

#[test]
fn shipped_reports_follow_the_specification() -> Outcome {
    let shipped = Settings::load(Path::new("../../config")).map_err(|f| format!("{f:?}"))?.reports;
    assert_eq!((shipped.day_end_s, shipped.month_last, shipped.year_last), (86_400, 0, 12));
    assert_eq!((shipped.fairly_satisfied, shipped.partly_solved), (90, 0));
    assert_eq!(
        (shipped.due_min, shipped.best, shipped.best_from, shipped.worst, shipped.worst_below),
        (10, 10, 80, 3, 90)
    );
    assert_eq!(shipped.weights, [5, 25, 25, 15, 10, 5, 5, 5, 5]);
    assert_eq!((shipped.unsatisfied, shipped.orders), (50, [50, 100, 200]));
    assert_eq!((shipped.opening_accepted, shipped.opening_source.as_str()), (0, ""));
    assert_eq!((shipped.given_back, shipped.vague, shipped.false_result), (0, 20, 200));
    assert_eq!(read("")?, shipped);
    Ok(())
}

#[test]
fn periods_of_reports_are_configurable() -> Outcome {
    let read = read(
        "[periods]\nday_ends = \"12:00\"\nweek_begins = \"saturday\"\nmonth_ends = 18\nyear_ends = 10\n\
         [counting]\nfairly_satisfied = 1\npartly_solved = 0.5\n\
         [extras]\ngiven_back = 0.5\nvague = 0.3\nfalse_result = 5\n\
         [opening]\naccepted = 350000\nclosed = 336000\nsource = \"旧系统\"\n",
    )?;
    assert_eq!((read.day_end_s, read.week_from), (43_200, Weekday::Saturday));
    assert_eq!((read.month_last, read.year_last), (18, 10));
    assert_eq!((read.fairly_satisfied, read.partly_solved), (100, 50));
    assert_eq!((read.opening_accepted, read.opening_closed), (350_000, 336_000));
    assert_eq!((read.given_back, read.vague, read.false_result), (50, 30, 500));
    Ok(())
}

#[test]
fn all_faults_of_reports_are_reported_together() -> Outcome {
    let faults = told(
        "[periods]\nday_ends = \"00:00\"\nmonth_ends = 31\n\
         [counting]\nfairly_satisfied = 0.955\n\
         [ranking]\nbands = [60, 80, 90]\nbestt = 3\n\
         [score]\nsign = 6\n\
         [extras]\norders = [1, 2]\n\
         [opening]\naccepted = 5\nclosed = 6\n",
    )?;
    let said = |part: &str| faults.iter().any(|fault| fault.contains(part));
    for part in [
        "2: periods.day_ends: a day that ends as it begins",
        "3: periods.month_ends: 31 is out of range",
        "5: counting.fairly_satisfied: 0.955 is out of range or too fine",
        "7: ranking.bands: the bands do not fall",
        "8: ranking.bestt: there is no key \"bestt\" here",
        "score: the nine items together make 101",
        "12: extras.orders: there are 2 of three",
        "15: opening.closed: 6 are closed of 5 taken on",
    ] {
        assert!(said(part), "{part} is not told:\n{faults:#?}");
    }
    assert_eq!(faults.len(), 8, "{faults:#?}");
    Ok(())
}
