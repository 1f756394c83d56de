//! The layouts R1 to R8 of hotline.md 4.3, each made from facts of one period.
//!
//! Every report ends with how it counts: each figure it prints with numerator,
//! denominator, what was left out and which time decides (hotline.md 4.1).

mod common;
mod daily;
mod monthly;
mod seats;
mod special;
mod wall;
mod weekly;
mod yearly;

use std::{collections::BTreeMap, fmt};

use deadlines::clock::{Ground, Policy};
use model::{AccountName, Date, TicketId, Timestamp, Zone, desk::UnitId};
use serde::Serialize;

use crate::{
    AgentStats, Backdrop, OrderFact, Period, PeriodKind, Rules,
    facts::{Facts, Name},
    figure::{Lens, Scope},
    sheet::Sheet,
};

/// A layout.
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
    /// All of them.
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

    /// By its code.
    pub fn by_code(code: &str) -> Option<Report> {
        Report::ALL.into_iter().find(|report| report.code().eq_ignore_ascii_case(code))
    }

    /// `R3`
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

    /// Its name.
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

    /// The periods it is made of.
    pub fn periods(self) -> &'static [PeriodKind] {
        match self {
            Report::R1 | Report::R7 | Report::R8 => &[PeriodKind::Day],
            Report::R2 => &[PeriodKind::Week],
            Report::R3 => &[PeriodKind::Month],
            Report::R4 => &[PeriodKind::Quarter],
            Report::R5 => &[PeriodKind::Year],
            // 每日专报 or of anything longer.
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
pub enum Unfit {
    /// It is made of other periods.
    Period(Report),
    /// Nobody knows this unit.
    NoSuchUnit(String),
    /// It is of the whole hotline.
    WholeOnly(Report),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Period(report) => {
                let example = |kind: &PeriodKind| match kind {
                    PeriodKind::Day => "a day: 2026-11-22",
                    PeriodKind::Week => "a week: 2026-W47",
                    PeriodKind::Month => "a month: 2026-11",
                    PeriodKind::Quarter => "a quarter: 2026-Q4",
                    PeriodKind::Year => "a year: 2026",
                };
                let examples: Vec<&str> = report.periods().iter().map(example).collect();
                write!(f, "{report} is made of {}", examples.join(", or "))
            }
            Unfit::NoSuchUnit(unit) => write!(f, "there is no unit {unit}"),
            Unfit::WholeOnly(report) => {
                write!(f, "{report} is of the whole hotline; R3, R4 and R5 can be of one unit")
            }
        }
    }
}

impl std::error::Error for Unfit {}

/// What reports are made from.
pub struct Source<'a> {
    /// The hotline's name.
    pub hotline: &'a str,
    /// Its wall clock.
    pub zone: Zone,
    /// The report's time.
    pub now: Timestamp,
    /// The facts as of then.
    pub facts: &'a Facts,
    /// What stands behind them.
    pub backdrop: &'a Backdrop,
    /// What due dates stand on.
    pub ground: Ground<'a>,
    /// Every order that was sent.
    pub orders: Vec<OrderFact<'a>>,
    /// What the city has decided.
    pub rules: &'a Rules,
    /// How people at seats worked in the period: for R7.
    pub agents: BTreeMap<AccountName, AgentStats>,
}

impl<'a> Source<'a> {
    /// Over facts; orders are judged by `policy`.
    #[allow(clippy::too_many_arguments, reason = "each is a thing of its own")]
    pub fn new(
        hotline: &'a str,
        zone: Zone,
        facts: &'a Facts,
        backdrop: &'a Backdrop,
        ground: Ground<'a>,
        policy: &Policy,
        rules: &'a Rules,
        agents: BTreeMap<AccountName, AgentStats>,
    ) -> Source<'a> {
        let orders = backdrop.orders(ground, policy);
        let now = facts.now.time();
        Source { hotline, zone, now, facts, backdrop, ground, orders, rules, agents }
    }

    /// A period of the whole hotline.
    pub fn lens(&self, period: &Period) -> Lens<'_> {
        Lens {
            facts: self.facts,
            backdrop: self.backdrop,
            orders: &self.orders,
            rules: self.rules,
            span: period.span(&self.rules.cuts, self.zone),
            days: (period.first, period.last),
            today: self.today(),
            scope: Scope::House,
        }
    }

    /// A period of one unit.
    pub fn lens_of(&self, period: &Period, unit: &str) -> Result<Lens<'_>, Unfit> {
        let name = self.unit(unit)?;
        Ok(self.lens(period).of(name))
    }

    /// The report of a period; of one unit, where that can be.
    pub fn sheet(
        &self,
        report: Report,
        period: &Period,
        unit: Option<&str>,
    ) -> Result<Sheet, Unfit> {
        if !report.periods().contains(&period.kind) {
            return Err(Unfit::Period(report));
        }
        let unit = unit.map(|unit| self.unit(unit)).transpose()?;
        if unit.is_some() && !matches!(report, Report::R3 | Report::R4 | Report::R5) {
            return Err(Unfit::WholeOnly(report));
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

    fn unit(&self, code: &str) -> Result<Name, Unfit> {
        self.facts.units.find(code).ok_or_else(|| Unfit::NoSuchUnit(code.to_owned()))
    }

    /// The date of the report's time.
    pub fn today(&self) -> Date {
        self.zone.date(self.now)
    }

    /// A unit's name on a day.
    fn unit_name(&self, unit: Name, date: Date) -> String {
        let id = UnitId::from(self.facts.units.text(unit));
        let name = self.backdrop.network().name_of(&id, date).to_owned();
        if name.is_empty() { "—".to_owned() } else { name }
    }

    /// With whom a unit is compared on a day.
    fn group_of(&self, unit: Name, date: Date) -> String {
        let id = UnitId::from(self.facts.units.text(unit));
        let unit = self.backdrop.network().unit(&id).and_then(|unit| unit.around(date));
        unit.map(|unit| unit.group.clone()).unwrap_or_default()
    }

    /// A topic's name on a day, by its code or the first digits of it.
    fn topic_name(&self, code: &str, date: Date) -> String {
        let id = model::desk::TopicId::from(code);
        let topic = self.backdrop.network().topic(&id).and_then(|topic| topic.around(date));
        match topic {
            Some(topic) => topic.name.clone(),
            None if code.is_empty() => "未分类".to_owned(),
            None => code.to_owned(),
        }
    }

    /// An area's name on a day.
    fn area_name(&self, area: Name, date: Date) -> String {
        let code = self.facts.areas.text(area);
        let id = model::desk::AreaId::from(code);
        let known = self.backdrop.network().area(&id).and_then(|area| area.around(date));
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

/// A ticket's number, as it is printed.
fn number(ticket: TicketId) -> crate::sheet::Cell {
    crate::sheet::Cell::text(ticket.to_string())
}
