//! The report layouts R1 to R8 of hotline.md 4.3, each made from the facts of one period.
//!
//! Every report ends with a table of its figures: numerator, denominator, exclusions, and the time
//! that decides (hotline.md 4.1).

mod common;
mod daily;
mod monthly;
mod seats;
mod special;
mod wall;
mod weekly;
mod yearly;

use std::{collections::BTreeMap, fmt};

use deadlines::clock::{Policy, WorkingTime};
use model::{AccountName, Date, TicketId, Timestamp, Zone, desk::UnitId};
use serde::Serialize;

use crate::{
    OrderFact, Period, PeriodKind, ReferenceData, ReportRules,
    facts::{Facts, NameId},
    figure::{FigureScope, Subject},
    sheet::Sheet,
};
use stats::AgentStats;

/// A report layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Report {
    /// 日报
    R1,
    /// 周综述
    R2,
    /// 月通报
    R3,
    /// 季度讲评
    R4,
    /// 年终考核
    R5,
    /// 专报
    R6,
    /// 坐席日报
    R7,
    /// 大屏
    R8,
}

impl Report {
    /// Every layout.
    pub const ALL: [Report; 8] = [
        Report::R1,
        Report::R2,
        Report::R3,
        Report::R4,
        Report::R5,
        Report::R6,
        Report::R7,
        Report::R8,
    ];

    /// The layout of a code, in upper or lower case.
    pub fn by_code(code: &str) -> Option<Report> {
        Report::ALL.into_iter().find(|report| report.code().eq_ignore_ascii_case(code))
    }

    /// The code: `R3`
    pub fn code(self) -> &'static str {
        match self {
            Report::R1 => "R1",
            Report::R2 => "R2",
            Report::R3 => "R3",
            Report::R4 => "R4",
            Report::R5 => "R5",
            Report::R6 => "R6",
            Report::R7 => "R7",
            Report::R8 => "R8",
        }
    }

    /// The printed name.
    pub fn chinese(self) -> &'static str {
        match self {
            Report::R1 => "日报",
            Report::R2 => "周综述",
            Report::R3 => "月通报",
            Report::R4 => "季度讲评",
            Report::R5 => "年终考核",
            Report::R6 => "专报",
            Report::R7 => "坐席日报",
            Report::R8 => "大屏数据",
        }
    }

    /// The kinds of period it can be made for.
    pub fn periods(self) -> &'static [PeriodKind] {
        match self {
            Report::R1 | Report::R7 | Report::R8 => &[PeriodKind::Day],
            Report::R2 => &[PeriodKind::Week],
            Report::R3 => &[PeriodKind::Month],
            Report::R4 => &[PeriodKind::Quarter],
            Report::R5 => &[PeriodKind::Year],
            // 每日专报, or of any longer period.
            Report::R6 => &[
                PeriodKind::Day,
                PeriodKind::Week,
                PeriodKind::Month,
                PeriodKind::Quarter,
                PeriodKind::Year,
            ],
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why a report cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportError {
    /// The layout is not made for this kind of period.
    Period(Report),
    /// The unit is unknown.
    NoSuchUnit(String),
    /// The layout is of the whole hotline only.
    WholeOnly(Report),
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReportError::Period(report) => {
                let example = |kind: &PeriodKind| match kind {
                    PeriodKind::Day => "a day: 2026-11-22",
                    PeriodKind::Week => "a week: 2026-W47",
                    PeriodKind::Month => "a month: 2026-11",
                    PeriodKind::Quarter => "a quarter: 2026-Q4",
                    PeriodKind::Year => "a year: 2026",
                };
                let examples: Vec<&str> = report.periods().iter().map(example).collect();
                write!(f, "{report} can only be made of {}", examples.join(", or "))
            }
            ReportError::NoSuchUnit(unit) => write!(f, "there is no unit {unit}"),
            ReportError::WholeOnly(report) => {
                write!(f, "{report} is only of the whole hotline; R3, R4 and R5 can be of one unit")
            }
        }
    }
}

impl std::error::Error for ReportError {}

/// Everything that reports are made from.
pub struct Source<'a> {
    /// The hotline's name.
    pub hotline: &'a str,
    /// The time zone.
    pub zone: Zone,
    /// The report's time.
    pub now: Timestamp,
    /// The facts as of then.
    pub facts: &'a Facts,
    /// The reference data.
    pub reference: &'a ReferenceData,
    /// The calendar and office hours that due dates are computed with.
    pub working_time: WorkingTime<'a>,
    /// Every order that was sent.
    pub orders: Vec<OrderFact<'a>>,
    /// The rules of the city.
    pub rules: &'a ReportRules,
    /// The agents' statistics in the period, for R7.
    pub agents: BTreeMap<AccountName, AgentStats>,
}

impl<'a> Source<'a> {
    /// A source for reports; the due dates of orders are computed with `policy`.
    #[allow(clippy::too_many_arguments, reason = "each argument has a different meaning")]
    pub fn new(
        hotline: &'a str,
        zone: Zone,
        facts: &'a Facts,
        reference: &'a ReferenceData,
        working_time: WorkingTime<'a>,
        policy: &Policy,
        rules: &'a ReportRules,
        agents: BTreeMap<AccountName, AgentStats>,
    ) -> Source<'a> {
        let orders = reference.orders(working_time, policy);
        let now = facts.now.time();
        Source { hotline, zone, now, facts, reference, working_time, orders, rules, agents }
    }

    /// The scope of a period for the whole hotline.
    pub fn scope(&self, period: &Period) -> FigureScope<'_> {
        FigureScope {
            facts: self.facts,
            reference: self.reference,
            orders: &self.orders,
            rules: self.rules,
            span: period.span(&self.rules.cuts, self.zone),
            days: (period.first, period.last),
            today: self.today(),
            subject: Subject::Hotline,
        }
    }

    /// The scope of a period for one unit.
    pub fn scope_of(&self, period: &Period, unit: &str) -> Result<FigureScope<'_>, ReportError> {
        let name = self.unit(unit)?;
        Ok(self.scope(period).of(name))
    }

    /// The report of a period, of the whole hotline or of one unit.
    pub fn sheet(
        &self,
        report: Report,
        period: &Period,
        unit: Option<&str>,
    ) -> Result<Sheet, ReportError> {
        if !report.periods().contains(&period.kind) {
            return Err(ReportError::Period(report));
        }
        let unit = unit.map(|unit| self.unit(unit)).transpose()?;
        if unit.is_some() && !matches!(report, Report::R3 | Report::R4 | Report::R5) {
            return Err(ReportError::WholeOnly(report));
        }
        let mut sheet = match report {
            Report::R1 => daily::sheet(self, period),
            Report::R2 => weekly::sheet(self, period),
            Report::R3 => monthly::sheet(self, period, unit),
            Report::R4 => yearly::quarter(self, period, unit),
            Report::R5 => yearly::year(self, period, unit),
            Report::R6 => special::sheet(self, period),
            Report::R7 => seats::sheet(self, period),
            Report::R8 => wall::sheet(self, period),
        };
        report.code().clone_into(&mut sheet.report);
        sheet.period = period.to_string();
        sheet.notes.extend(common::notes(self, period));
        Ok(sheet)
    }

    fn unit(&self, code: &str) -> Result<NameId, ReportError> {
        self.facts.units.find(code).ok_or_else(|| ReportError::NoSuchUnit(code.to_owned()))
    }

    /// The date of the report's time.
    pub fn today(&self) -> Date {
        self.zone.date(self.now)
    }

    /// The name of a unit on a day.
    fn unit_name(&self, unit: NameId, date: Date) -> String {
        let id = UnitId::from(self.facts.units.text(unit));
        let name = self.reference.directory().unit_name(&id, date).to_owned();
        if name.is_empty() { "—".to_owned() } else { name }
    }

    /// The group that a unit is compared in on a day.
    fn group_of(&self, unit: NameId, date: Date) -> String {
        let id = UnitId::from(self.facts.units.text(unit));
        let unit = self.reference.directory().unit(&id).and_then(|unit| unit.nearest(date));
        unit.map(|unit| unit.group.clone()).unwrap_or_default()
    }

    /// The name of a topic on a day, by its code or the first digits of it.
    fn topic_name(&self, code: &str, date: Date) -> String {
        let id = model::desk::TopicId::from(code);
        let topic = self.reference.directory().topic(&id).and_then(|topic| topic.nearest(date));
        match topic {
            Some(topic) => topic.name.clone(),
            None if code.is_empty() => "未分类".to_owned(),
            None => code.to_owned(),
        }
    }

    /// The name of an area on a day.
    fn area_name(&self, area: NameId, date: Date) -> String {
        let code = self.facts.areas.text(area);
        let id = model::desk::AreaId::from(code);
        let known = self.reference.directory().area(&id).and_then(|area| area.nearest(date));
        match known {
            Some(area) => area.name.clone(),
            None if code.is_empty() => "—".to_owned(),
            None => code.to_owned(),
        }
    }

    fn clock(&self, at: Timestamp) -> String {
        let (date, second) = (self.zone.date(at), self.zone.second_of_day(at));
        format!("{date} {:02}:{:02}", second / 3_600, second / 60 % 60)
    }
}

/// The printed number of a ticket.
fn number(ticket: TicketId) -> crate::sheet::Cell {
    crate::sheet::Cell::text(ticket.to_string())
}
