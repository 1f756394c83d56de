//! `reports.toml`: the numbers of the specification by default, and every fault is reported.

use std::{error::Error, fs, path::Path};

use model::Weekday;
use reporting::{OpeningBalance, ScoreWeights};
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
fn messages(reports: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let dir = folder(reports)?;
    let faults = Settings::load(dir.path()).err().unwrap_or_default();
    Ok(faults.iter().map(|f| format!("{}: {}: {}", f.line, f.key, f.what)).collect())
}

#[test]
fn shipped_reports_follow_the_specification() -> Outcome {
    let shipped = Settings::load(Path::new("../../config")).map_err(|f| format!("{f:?}"))?.reports;
    let rules = &shipped.rules;
    let cuts = &rules.cuts;
    assert_eq!((cuts.day_end_s, cuts.month_last, cuts.year_last), (86_400, 0, 12));
    assert_eq!((rules.fairly_satisfied, rules.partly_solved), (90, 0));
    assert_eq!(
        (rules.due_min, rules.best, rules.best_from, rules.worst, rules.worst_below),
        (10, 10, 80, 3, 90)
    );
    let weights = ScoreWeights {
        sign: 5,
        on_time: 25,
        satisfied: 25,
        solved: 15,
        at_once: 10,
        returns: 5,
        contact: 5,
        urging: 5,
        knowledge: 5,
    };
    assert_eq!(rules.weights, weights);
    let extras = &rules.extras;
    assert_eq!((extras.unsatisfied, extras.orders), (50, [50, 100, 200]));
    assert_eq!((extras.given_back, extras.vague, extras.false_result), (0, 20, 200));
    assert_eq!(rules.opening, OpeningBalance::default());
    let empty = read("")?;
    assert_eq!((empty.rules, empty.draft_at_s), (shipped.rules, shipped.draft_at_s));
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
    let rules = read.rules;
    assert_eq!((rules.cuts.day_end_s, rules.cuts.week_from), (43_200, Weekday::Saturday));
    assert_eq!((rules.cuts.month_last, rules.cuts.year_last), (18, 10));
    assert_eq!((rules.fairly_satisfied, rules.partly_solved), (100, 50));
    assert_eq!((rules.opening.accepted, rules.opening.closed), (350_000, 336_000));
    let extras = rules.extras;
    assert_eq!((extras.given_back, extras.vague, extras.false_result), (50, 30, 500));
    Ok(())
}

#[test]
fn all_faults_of_reports_are_reported_together() -> Outcome {
    let faults = messages(
        "[periods]\nday_ends = \"00:00\"\nmonth_ends = 31\n\
         [counting]\nfairly_satisfied = 0.955\n\
         [ranking]\nbands = [60, 80, 90]\nbestt = 3\n\
         [score]\nsign = 6\n\
         [extras]\norders = [1, 2]\n\
         [opening]\naccepted = 5\nclosed = 6\n",
    )?;
    let reported = |part: &str| faults.iter().any(|fault| fault.contains(part));
    for part in [
        "2: periods.day_ends: the day would end when it begins",
        "3: periods.month_ends: 31 is out of range",
        "5: counting.fairly_satisfied: 0.955 is out of range or has more than two decimals",
        "7: ranking.bands: the bands do not decrease",
        "8: ranking.bestt: there is no key \"bestt\" here",
        "score: the sum of the nine items is 101",
        "12: extras.orders: the list has 2 items",
        "15: opening.closed: 6 closed is more than 5 accepted",
    ] {
        assert!(reported(part), "{part} is not reported:\n{faults:#?}");
    }
    assert_eq!(faults.len(), 8, "{faults:#?}");
    Ok(())
}
