//! Reports in the engine: facts from the view, sheets from facts, documents from sheets, and
//! releases.
//!
//! One report is made at a time, because a year of a large city takes half a gigabyte while it is
//! counted. Requests are served in the order they came.

pub mod log;
mod released;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use console::{
    DrillDown, PeriodFigures, ReleaseRequest, RenderedReport, ReportError, ReportRequest,
};
use deadlines::{calendar::Calendar, clock::WorkingTime};
use model::{AccountName, Timestamp, Zone};
use reporting::{
    DraftSchedule, DueReport, Period, ReferenceData, ReportIssue,
    bulletin::{Report, Source},
    facts::{CallRow, Facts, FactsBuilder, TicketRow},
    figure::{self, FORMULAS},
    sheet::Sheet,
};
use settings::Settings;
use stats::{AgentIntervals, AgentStats};
use ticketing::Rules;

use crate::plan;

pub(crate) use released::{copy_released, fault_of_released};

/// A source of tickets and calls for reports.
pub trait Rows {
    /// Every ticket, by number.
    fn rows(&self, see: &mut dyn FnMut(&TicketRow)) -> Result<(), String>;
    /// The calls that arrived in a time span, by arrival.
    fn calls(
        &self,
        from: Timestamp,
        to: Timestamp,
        see: &mut dyn FnMut(&CallRow),
    ) -> Result<(), String>;
}

/// The view as a source.
impl Rows for store::Reader {
    fn rows(&self, see: &mut dyn FnMut(&TicketRow)) -> Result<(), String> {
        self.each_row(see).map_err(|e| e.to_string())
    }

    fn calls(
        &self,
        from: Timestamp,
        to: Timestamp,
        see: &mut dyn FnMut(&CallRow),
    ) -> Result<(), String> {
        self.each_call(from, to, see).map_err(|e| e.to_string())
    }
}

/// Everything that reports are made from.
pub struct Reports {
    hotline: String,
    zone: Zone,
    calendar: Calendar,
    desk: Rules,
    rules: reporting::ReportRules,
    /// The second of the day at which drafts are due.
    draft_at_s: u32,
    /// The folder of released reports.
    folder: PathBuf,
    reference: Mutex<ReferenceData>,
    /// The last facts, for further requests soon after; kept when they are few.
    last: Mutex<Option<Cached>>,
}

struct Cached {
    made: Instant,
    calls: Vec<(Timestamp, Timestamp)>,
    facts: Arc<Facts>,
}

impl Reports {
    /// From the settings and the reference data of the log so far.
    pub fn new(settings: &Settings, reference: ReferenceData) -> Reports {
        let desk = plan::desk(settings, [0; 32], false);
        Reports {
            hotline: settings.hotline.name.clone(),
            zone: settings.hotline.zone,
            calendar: desk.working_time().calendar.clone(),
            desk: desk.rules().clone(),
            rules: settings.reports.rules.clone(),
            draft_at_s: settings.reports.draft_at_s,
            folder: settings.data.folder.join(released::FOLDER),
            reference: Mutex::new(reference),
            last: Mutex::new(None),
        }
    }

    /// Applies records.
    pub(crate) fn apply(&self, records: &[model::Record]) {
        let mut reference = lock(&self.reference);
        records.iter().for_each(|record| reference.apply(record));
    }

    /// Calls `look` with the reference data; the log's thread waits meanwhile.
    pub(crate) fn with_reference_data(&self, look: &mut dyn FnMut(&ReferenceData)) {
        look(&lock(&self.reference));
    }

    /// A copy of the reference data so far.
    pub(crate) fn reference(&self) -> ReferenceData {
        lock(&self.reference).clone()
    }

    /// The released reports, newest first.
    pub fn all_released(&self) -> Vec<reporting::Release> {
        let mut all: Vec<_> = lock(&self.reference).all_released().cloned().collect();
        all.sort_by_key(|found| std::cmp::Reverse(found.at));
        all
    }

    /// The reports that are due for release, the oldest first.
    pub fn due(&self, now: Timestamp) -> Vec<DueReport> {
        let Reports { zone, draft_at_s, .. } = *self;
        let timetable = DraftSchedule { cuts: self.rules.cuts, zone, draft_at_s };
        let from = |report, period: &Period| self.may_release_from(report, period);
        lock(&self.reference).due(now, &timetable, from)
    }

    /// The last moment for an appeal about an assignment.
    pub(crate) fn appeal_until(&self, ticket: &ticketing::Ticket, n: u16) -> Option<Timestamp> {
        let (cuts, policy) = (&self.rules.cuts, &self.desk.clocks);
        reporting::appeal::until(ticket, n, cuts, self.zone, self.working_time(), policy)
    }

    /// The report of a request, as a document.
    pub fn document(
        &self,
        rows: &dyn Rows,
        agents: &Mutex<AgentIntervals>,
        now: Timestamp,
        request: &ReportRequest,
    ) -> Result<RenderedReport, ReportError> {
        let format = press::Format::by_word(&request.format).ok_or_else(|| {
            let known = press::Format::WORDS.map(|(word, _)| word).join(", ");
            ReportError::Invalid(format!(
                "there is no format {}; the formats are {known}",
                request.format
            ))
        })?;
        let period = self.period(&request.period)?;
        let (sheet, mark) = match request.issue {
            Some(number) => self.released(request, &period, number)?,
            None => {
                (self.sheet(rows, agents, now, request, &period)?, press::ReleaseMark::default())
            }
        };
        let bytes = press::print(&sheet, &mark, format).map_err(failed)?;
        let whose = request.unit.as_ref().map(|unit| format!("-{unit}")).unwrap_or_default();
        let issue = request.issue.map(|n| format!("-{n}")).unwrap_or_default();
        Ok(RenderedReport {
            media_type: format.media_type(),
            file: format!("{}-{period}{whose}{issue}.{}", request.report, format.word()),
            rows: sheet.rows(),
            bytes,
        })
    }

    /// Every figure of a period.
    pub fn figures(
        &self,
        rows: &dyn Rows,
        now: Timestamp,
        period: &str,
        unit: Option<&str>,
    ) -> Result<PeriodFigures, ReportError> {
        let period = self.period(period)?;
        let facts = self.facts(rows, now, &[&period])?;
        let reference = lock(&self.reference).clone();
        let source = self.source(&facts, &reference, BTreeMap::new());
        let scope = match unit {
            Some(unit) => source.scope_of(&period, unit).map_err(refused)?,
            None => source.scope(&period),
        };
        let (from, to) = period.times(&self.rules.cuts, self.zone);
        Ok(PeriodFigures {
            period: period.to_string(),
            from,
            to,
            as_of: source.now,
            unit: unit.map(str::to_owned),
            figures: figure::measure_all(FORMULAS, &scope).into_iter().collect(),
        })
    }

    /// One page of the items that a figure counts, ordered by name.
    pub(crate) fn drill_down(
        &self,
        rows: &dyn Rows,
        now: Timestamp,
        request: &console::DrillDownRequest,
    ) -> Result<DrillDown, ReportError> {
        let period = self.period(&request.period)?;
        let Some(formula) = figure::formula(&request.figure) else {
            return Err(ReportError::NotFound(format!("there is no figure {}", request.figure)));
        };
        let facts = self.facts(rows, now, &[&period])?;
        let reference = lock(&self.reference).clone();
        let source = self.source(&facts, &reference, BTreeMap::new());
        let scope = match &request.unit {
            Some(unit) => source.scope_of(&period, unit).map_err(refused)?,
            None => source.scope(&period),
        };
        let figure = figure::measure(formula, &scope);
        let mut named = figure::drill_down(formula, &scope, request.part);
        // Ordered by name, so that the next page continues correctly whatever has happened since.
        named.sort_unstable();
        let from = match &request.after {
            Some(after) => named.partition_point(|id| id <= after),
            None => 0,
        };
        let all = named.len();
        let items: Vec<String> = named.drain(from..).take(request.limit).collect();
        let next = (from + items.len() < all).then(|| items.last().cloned()).flatten();
        Ok(DrillDown { figure, total: all as u64, items, next })
    }

    /// The sheet of a period as of now.
    fn sheet(
        &self,
        rows: &dyn Rows,
        agents: &Mutex<AgentIntervals>,
        now: Timestamp,
        request: &ReportRequest,
        period: &Period,
    ) -> Result<Sheet, ReportError> {
        let cuts = &self.rules.cuts;
        let mut periods = vec![*period, period.before(cuts)];
        match request.report {
            Report::R1 => periods.push(period.year_before(cuts)),
            Report::R5 => {
                let years = std::iter::successors(Some(*period), |year| Some(year.before(cuts)));
                periods.extend(years.skip(2).take(8));
            }
            Report::R8 => {
                periods.extend(Period::month(period.first.year, period.first.month, cuts))
            }
            _ => {}
        }
        let worked = self.worked(agents, request.report, period);
        let facts = self.facts(rows, now, &periods.iter().collect::<Vec<_>>())?;
        let reference = lock(&self.reference).clone();
        let source = self.source(&facts, &reference, worked);
        source.sheet(request.report, period, request.unit.as_deref()).map_err(refused)
    }

    fn worked(
        &self,
        agents: &Mutex<AgentIntervals>,
        report: Report,
        period: &Period,
    ) -> BTreeMap<AccountName, AgentStats> {
        if report != Report::R7 {
            return BTreeMap::new();
        }
        let (from, to) = period.times(&self.rules.cuts, self.zone);
        let quarters = lock(agents).between(from, to);
        let sum = |rows: BTreeMap<Timestamp, AgentStats>| {
            rows.values().fold(AgentStats::default(), |mut sum, row| {
                sum.add(row);
                sum
            })
        };
        quarters.into_iter().map(|(agent, rows)| (agent, sum(rows))).collect()
    }

    fn source<'a>(
        &'a self,
        facts: &'a Facts,
        reference: &'a ReferenceData,
        worked: BTreeMap<AccountName, AgentStats>,
    ) -> Source<'a> {
        let working_time = self.working_time();
        Source::new(
            &self.hotline,
            self.zone,
            facts,
            reference,
            working_time,
            &self.desk.clocks,
            &self.rules,
            worked,
        )
    }

    /// The calendar and rules behind due dates.
    pub(crate) fn working_time(&self) -> WorkingTime<'_> {
        WorkingTime { calendar: &self.calendar, day_end: self.desk.clocks.day_end }
    }

    fn period(&self, text: &str) -> Result<Period, ReportError> {
        let read = Period::parse(text, &self.rules.cuts);
        read.map_err(|e| ReportError::Invalid(format!("there is no period \"{text}\": {e}")))
    }

    /// The facts as of now, with the calls of these periods and of the day before each.
    fn facts(
        &self,
        rows: &dyn Rows,
        now: Timestamp,
        periods: &[&Period],
    ) -> Result<Arc<Facts>, ReportError> {
        let calls = call_spans(periods, &self.rules.cuts, self.zone);
        // Held while the facts are made: one request at a time.
        let mut last = lock(&self.last);
        let fresh = |known: &&mut Cached| known.made.elapsed() < CACHED_FOR && known.calls == calls;
        if let Some(known) = last.as_mut().filter(fresh) {
            return Ok(Arc::clone(&known.facts));
        }
        *last = None;
        let (excluded, units) = {
            let reference = lock(&self.reference);
            let units = reference.directory().units().map(|(id, _)| id.clone());
            (reference.excluded().clone(), units.collect::<Vec<_>>())
        };
        let mut builder =
            FactsBuilder::new(self.working_time(), now, self.rules.repeat_days, &excluded);
        builder.add_units(units.iter().map(|unit| unit.as_str()));
        for (from, to) in &calls {
            rows.calls(*from, *to, &mut |row| builder.add_call(row)).map_err(failed)?;
        }
        rows.rows(&mut |row| builder.add_ticket(row)).map_err(failed)?;
        let facts = Arc::new(builder.build());
        if facts.tickets.len() <= CACHED_TICKETS_MAX {
            *last = Some(Cached { made: Instant::now(), calls, facts: Arc::clone(&facts) });
        }
        Ok(facts)
    }
}

/// The time spans of calls that periods need, in order and without overlap: each period and the day
/// before it.
fn call_spans(
    periods: &[&Period],
    cuts: &reporting::PeriodCuts,
    zone: Zone,
) -> Vec<(Timestamp, Timestamp)> {
    let mut wanted: Vec<(Timestamp, Timestamp)> = periods
        .iter()
        .map(|period| period.times(cuts, zone))
        .map(|(from, to)| (from - Duration::from_secs(86_400), to))
        .collect();
    wanted.sort_unstable();
    let mut merged: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (from, to) in wanted {
        match merged.last_mut().filter(|last| from <= last.1) {
            Some(last) => last.1 = last.1.max(to),
            None => merged.push((from, to)),
        }
    }
    merged
}

fn refused(why: reporting::bulletin::ReportError) -> ReportError {
    match why {
        reporting::bulletin::ReportError::NoSuchUnit(_) => ReportError::NotFound(why.to_string()),
        other => ReportError::Invalid(other.to_string()),
    }
}

fn failed(why: impl ToString) -> ReportError {
    ReportError::Unavailable(why.to_string())
}

// A panic while the lock is held cannot leave a partly changed value.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A person who opens a figure asks again soon; later requests get new facts.
const CACHED_FOR: Duration = Duration::from_secs(10);
/// This many tickets need about a hundred megabytes.
const CACHED_TICKETS_MAX: usize = 200_000;
