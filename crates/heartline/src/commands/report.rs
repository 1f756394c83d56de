//! `heartline report`: prints, lists and releases reports.
//!
//! While an engine is running, the log is read, otherwise the view. Both are folds over the same
//! records and give the same figures.

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::Mutex,
};

use console::{ReleaseRequest, ReportRequest};
use engine::{
    clock::Clock,
    fault::{EX_DATAERR, EX_USAGE, Fault},
    machine,
    reports::{
        Reports, Rows,
        log::{LogView, read},
    },
    tables, view,
};
use model::{Event, Record, Timestamp};
use reporting::ReferenceData;
use settings::Settings;
use stats::AgentIntervals;

use crate::{
    cli::{self, Place, ReportVerb},
    output::{print_line, print_list},
};

/// Runs the command.
pub(crate) fn run(asked: cli::Report) -> Result<(), Fault> {
    match asked.verb {
        Some(ReportVerb::Release { report, of, why, place }) => {
            let request = ReleaseRequest { report, period: of.period, unit: of.unit, why };
            release(&request, &place)
        }
        Some(ReportVerb::List { json, place }) => list(json, &place),
        Some(ReportVerb::Due { json, place }) => due(json, &place),
        Some(ReportVerb::Figures { of, json, place }) => figures(&of, json, &place),
        None => {
            let (Some(report), Some(period)) = (asked.report, asked.period) else {
                return Err(Fault::new(EX_USAGE, "name a report and its period"));
            };
            let request = ReportRequest {
                report,
                period,
                unit: asked.unit,
                format: asked.format,
                issue: asked.issue,
            };
            print(&request, asked.out.as_deref(), &asked.place)
        }
    }
}

fn print(request: &ReportRequest, out: Option<&Path>, place: &Place) -> Result<(), Fault> {
    let context = ReportContext::open(place)?;
    let paper =
        context.reports.document(context.rows.as_ref(), &context.agents, context.now, request);
    let paper = paper.map_err(|no| Fault::new(EX_USAGE, no.to_string()))?;
    let issue = request.issue.map(|n| format!(" issue {n}")).unwrap_or_default();
    let whose = request.unit.as_ref().map(|unit| format!(" of {unit}")).unwrap_or_default();
    let what =
        format!("report {} {}{whose}{issue} as {}", request.report, request.period, request.format);
    machine::note_export(&context.data, what, paper.rows, false)?;
    let Some(out) = out else {
        // An error means that the reader of our output has closed it, as `head` does.
        let _gone = std::io::stdout().lock().write_all(&paper.bytes);
        return Ok(());
    };
    let path = if out.is_dir() { out.join(&paper.file) } else { out.to_owned() };
    let failed = |e| format!("cannot write {}: {e}", path.display());
    std::fs::write(&path, &paper.bytes).map_err(failed)?;
    print_line(&format!("{}: {} rows", path.display(), paper.rows));
    Ok(())
}

fn figures(of: &cli::Of, json: bool, place: &Place) -> Result<(), Fault> {
    let context = ReportContext::open(place)?;
    let counted =
        context.reports.figures(context.rows.as_ref(), context.now, &of.period, of.unit.as_deref());
    let counted = counted.map_err(|no| Fault::new(EX_USAGE, no.to_string()))?;
    let whose = of.unit.as_ref().map(|unit| format!(" of {unit}")).unwrap_or_default();
    let what = format!("figures {}{whose}", of.period);
    machine::note_export(&context.data, what, counted.figures.len() as u64, false)?;
    if json {
        print_line(&serde_json::to_string_pretty(&counted).map_err(|e| e.to_string())?);
        return Ok(());
    }
    let rows = counted.figures.iter().map(|figure| {
        let left_out = match figure.unmeasured {
            Some(why) => why.to_owned(),
            None => figure.left_out(),
        };
        vec![
            figure.code.to_string(),
            figure.chinese.to_string(),
            figure.shown.clone(),
            figure.fraction(),
            left_out,
        ]
    });
    print_list(false, &["figure", "name", "value", "fraction", "left_out"], rows);
    Ok(())
}

fn list(json: bool, place: &Place) -> Result<(), Fault> {
    let context = ReportContext::open(place)?;
    let columns = ["report", "period", "unit", "number", "released", "facts_sha256", "why"];
    let rows = context.reports.all_released().into_iter().map(|released| {
        let what = released.what;
        let unit = what.unit.map(|unit| unit.to_string()).unwrap_or_default();
        vec![
            what.report,
            what.period,
            unit,
            what.number.to_string(),
            released.at.to_string(),
            what.facts_sha256,
            what.why.unwrap_or_default(),
        ]
    });
    print_list(json, &columns, rows);
    Ok(())
}

fn due(json: bool, place: &Place) -> Result<(), Fault> {
    let context = ReportContext::open(place)?;
    let rows = context
        .reports
        .due(context.now)
        .into_iter()
        .map(|due| vec![due.report.to_string(), due.period.to_string(), due.since.to_string()]);
    print_list(json, &["report", "period", "since"], rows);
    Ok(())
}

fn release(request: &ReleaseRequest, place: &Place) -> Result<(), Fault> {
    let mut context = ReportContext::open(place)?;
    let Some(journal) = context.journal.as_mut() else {
        let code = request.report.code();
        return Err(Fault::new(
            EX_USAGE,
            format!(
                "an engine is running here; release the report through it: \
                 POST /api/v1/reports/{code}/releases"
            ),
        ));
    };
    let prepared =
        context.reports.prepare(context.rows.as_ref(), &context.agents, context.now, request, None);
    let released = prepared.map_err(|no| Fault::new(EX_USAGE, no.to_string()))?;
    let record = Record {
        seq: journal.last() + 1,
        at: context.now,
        event: Event::ReportReleased(released.clone()),
    };
    journal.append(&[record]).and_then(|()| journal.sync().map(drop)).map_err(|e| e.to_string())?;
    print_line(&format!(
        "released {} {} as number {}; SHA-256 of its facts: {}",
        released.report, released.period, released.number, released.facts_sha256
    ));
    Ok(())
}

/// The data from which a report is made.
struct ReportContext {
    reports: Reports,
    agents: Mutex<AgentIntervals>,
    rows: Box<dyn Rows>,
    now: Timestamp,
    data: PathBuf,
    /// The log, locked for writing; `None` while an engine is running.
    journal: Option<journal::Journal>,
    /// Kept open while `rows` reads it.
    _store: Option<store::Store>,
}

impl ReportContext {
    fn open(place: &Place) -> Result<ReportContext, Fault> {
        let mut settings =
            Settings::load(&place.config).map_err(|faults| Fault::of_config(&faults))?;
        if let Some(data) = &place.data {
            settings.data.folder.clone_from(data);
        }
        let data = settings.data.folder.clone();
        let folder: PathBuf = data.join("journal");
        if !folder.is_dir() {
            return Err(Fault::new(EX_USAGE, format!("there is no log in {}", data.display())));
        }
        let directory = tables::shipped(&place.config)?.directory;
        let mut reference = ReferenceData::new(settings.hotline.zone, directory);
        let mut agents = AgentIntervals::new(settings.hotline.zone);
        // With the lock of the log, nobody else has the view open.
        let opened = journal::Journal::open(&folder, journal::Options::default());
        let (journal, store, rows): (_, _, Box<dyn Rows>) = match opened {
            Ok((journal, opening)) => {
                let (last, cache) = (opening.last.unwrap_or(0), settings.data.cache_bytes);
                let store = view::open_store(&data, &folder, last, cache)?.store;
                read(&folder, &mut reference, &mut agents, None)
                    .map_err(|e| Fault::new(EX_DATAERR, e))?;
                let reader = store.reader();
                (Some(journal), Some(store), Box::new(reader))
            }
            Err(_) => {
                let mut view = LogView::default();
                read(&folder, &mut reference, &mut agents, Some(&mut view))
                    .map_err(|e| Fault::new(EX_DATAERR, e))?;
                (None, None, Box::new(view))
            }
        };
        let now = Clock::start().now();
        let reports = Reports::new(&settings, reference);
        let agents = Mutex::new(agents);
        Ok(ReportContext { reports, agents, rows, now, data, journal, _store: store })
    }
}
