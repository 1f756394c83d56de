//! Reports: made on the machine and over the API, released, kept unchanged.

mod support;

use serde_json::{Value, json};
use support::{Api, Installation};

/// A hotline whose log has a complete acceptance story.
fn with_story(code: &str) -> Installation {
    let installation = Installation::with_seats(1);
    let days = settings::calendar::embedded().unwrap();
    let records = sim::story::Story::by_code(code).unwrap().records(&days).unwrap();
    let folder = installation.path("data").join("journal");
    let (mut journal, _) = journal::Journal::open(&folder, journal::Options::default()).unwrap();
    // Appended behind the records of the seats' passwords.
    let behind = journal.last();
    let moved =
        records.into_iter().map(|record| model::Record { seq: record.seq + behind, ..record });
    journal.append(&moved.collect::<Vec<_>>()).unwrap();
    journal.sync().unwrap();
    installation
}

/// A figure's fraction, as the command line prints it.
fn fraction(installation: &Installation, period: &str, code: &str) -> String {
    let output = installation.ok(&["report", "figures", "--period", period]);
    let line = output.lines().find(|line| line.split('\t').next() == Some(code));
    line.and_then(|line| line.split('\t').nth(3)).unwrap_or("none").to_owned()
}

/// Story S1: fifteen callers with one matter, April to June 2013.
#[test]
fn power_cuts_of_2013_give_the_published_figures() {
    let installation = with_story("S1");
    // The first caller in April; fourteen followers in May, and one call that belongs to the first.
    assert_eq!(fraction(&installation, "2013-04", "F2"), "1/1");
    assert_eq!(fraction(&installation, "2013-05", "F2"), "14/14");
    // Due on 16 May, extended to the 30th, passed on the 29th.
    assert_eq!(fraction(&installation, "2013-05", "F6"), "1/1");
    assert_eq!(fraction(&installation, "2013-04", "F16"), "1/1");
    // Nine very satisfied, four fairly, two not: 9 + 4 × 0.9.
    assert_eq!(fraction(&installation, "2013-06", "F9"), "12.6/15");

    let bulletin = installation.ok(&["report", "R3", "--period", "2013-05", "--format", "csv"]);
    let unit = bulletin.lines().find(|line| line.contains("410105-000")).unwrap();
    assert!(unit.starts_with("—,410105-000,0,1,1,100.00%,1/1,100.00%,1/1,"), "{unit}");
    let path = installation.path("bulletin.xlsx");
    installation.ok(&[
        "report",
        "R3",
        "--period",
        "2013-05",
        "--format",
        "xlsx",
        "--out",
        path.to_str().unwrap(),
    ]);
    assert!(std::fs::read(&path).unwrap().starts_with(b"PK"));
    // The export is on record from the next start on.
    let engine = installation.start();
    let taken = engine.events.wait("the bulletin on the record", |record| {
        record["of"]["what"] == "report R3 2013-05 as xlsx"
    });
    assert!(taken["of"]["by"].as_str().unwrap().starts_with("os:"), "{taken}");
    engine.stop();
    let wrong = installation.run(&["report", "R3", "--period", "2013"]);
    assert_eq!(wrong.status.code(), Some(64));
    assert!(
        String::from_utf8_lossy(&wrong.stderr).contains("2026-11"),
        "it says what would be right"
    );
}

#[test]
fn released_report_does_not_change() {
    let installation = with_story("S1");
    let release = ["report", "release", "R3", "--period", "2013-05"];
    let said = installation.ok(&release);
    assert!(said.contains("number 1"), "{said}");
    let first = installation.ok(&["report", "R3", "--period", "2013-05", "--issue", "1"]);
    assert!(first.contains("第 1 号") && !first.contains("草稿"));

    // A second release needs a reason and a difference.
    let refused = |arguments: &[&str]| {
        let output = installation.run(arguments);
        assert_eq!(output.status.code(), Some(64));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refused(&release).contains("give the reason"));
    let again = [&release[..], &["--why", "补录"]].concat();
    assert!(refused(&again).contains("released already"));

    // Reports that are due wait on a list until they are released.
    let waits = installation.ok(&["report", "due"]);
    let day = waits.lines().rev().find_map(|line| line.strip_prefix("R1\t")).unwrap();
    let day = day.split('\t').next().unwrap();
    installation.ok(&["report", "release", "R1", "--period", day]);
    assert!(!installation.ok(&["report", "due"]).contains(&format!("R1\t{day}\t")), "{waits}");

    // A change on the disk is detected.
    let kept = installation.path("data/reports/R3-2013-05-1.json");
    let text = std::fs::read_to_string(&kept).unwrap();
    std::fs::write(&kept, text.replace("100.00%", "100.01%")).unwrap();
    assert!(refused(&["report", "R3", "--period", "2013-05", "--issue", "1"]).contains("changed"));
    std::fs::write(&kept, text).unwrap();
    assert_eq!(installation.ok(&["report", "R3", "--period", "2013-05", "--issue", "1"]), first);
    assert!(installation.ok(&["log", "cat"]).contains("ReportReleased"));
}

#[test]
fn figures_and_report_release_work_over_the_api() {
    let installation = with_story("S1");
    let beside = fraction(&installation, "2013-05", "F2");
    installation.add_person("zhang", "director");
    installation.add_person("bao", "media");
    let (zhang, bao) = (installation.token("zhang"), installation.token("bao"));
    let engine = installation.start();
    // While the engine runs the command reads the log instead of the view, with the same result.
    assert_eq!(fraction(&installation, "2013-05", "F2"), beside);

    let counted = engine.api.json("/api/v1/figures?period=2013-05");
    let figure = |code: &str| -> Value {
        let all = counted["figures"].as_array().unwrap();
        all.iter().find(|figure| figure["code"] == code).cloned().unwrap()
    };
    assert_eq!(
        (&figure("F6")["shown"], &figure("F6")["denominator"]),
        (&"100.00%".into(), &1.into())
    );
    assert_eq!(figure("F2")["excluded"], json!([{ "reason": "aside", "n": 1 }]));
    assert!(figure("F25")["unmeasured"].is_string());

    let path = "/api/v1/figures/F2/tickets?period=2013-05&part=numerator&limit=10";
    let page = engine.api.json(path);
    let next = page["next"].as_str().unwrap();
    let rest = engine.api.json(&format!("{path}&after={next}"));
    let items = |page: &Value| page["items"].as_array().unwrap().len();
    assert_eq!((items(&page), items(&rest), &page["total"]), (10, 4, &14.into()));
    assert!(rest.get("next").is_none());

    let waiting = engine.api.json("/api/v1/reports/due");
    assert!(waiting.as_array().unwrap().iter().any(|due| due["report"] == "R1"), "{waiting}");

    // An account that may read a draft may not release it; a reporter reads only released reports.
    let body = json!({ "period": "2013-Q2" });
    assert_eq!(engine.api.post("/api/v1/reports/R4/releases", &body).status, 403);
    let bao = Api::new(engine.http, Some(&bao));
    assert_eq!(bao.get("/api/v1/reports/R4?period=2013-Q2").status, 403);
    let zhang = Api::new(engine.http, Some(&zhang));
    let released = zhang.post("/api/v1/reports/R4/releases", &body);
    assert_eq!(released.status, 201, "{}", released.text());
    assert_eq!((&released.json()["number"], &released.json()["by"]), (&1.into(), &"zhang".into()));
    let read = bao.get("/api/v1/reports/R4?period=2013-Q2&issue=1&format=html");
    assert_eq!(read.status, 200, "{}", read.text());
    assert!(read.text().contains("季度讲评"));
    assert_eq!(bao.json("/api/v1/reports")[0]["report"], "R4");
    let to_come = zhang.post("/api/v1/reports/R3/releases", &json!({ "period": "2105-12" }));
    assert_eq!(to_come.status, 409, "a month that is not over: {}", to_come.text());

    // Each export is on record.
    let audit = engine.auditor.json("/api/v1/audit?person=bao&what=exported");
    let taken = audit["items"][0]["detail"].as_str().unwrap();
    assert!(taken.contains("report R4 2013-Q2 issue 1 as html"), "{taken}");
}
