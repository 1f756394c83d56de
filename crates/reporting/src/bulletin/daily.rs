//! R1 日报: the report on yesterday, for the leaders in the morning.

use model::desk::{Disposition, Importance};

use super::{Source, common};
use crate::{
    Period,
    facts::{CompactTime, HandlingClock, TicketClass},
    figure::{Figure, FigureScope, Figures},
    sheet::{Cell, Sheet, SheetPart, Table},
};

pub(super) fn sheet(source: &Source<'_>, period: &Period) -> Sheet {
    let cuts = &source.rules.cuts;
    let (day, before) = (source.scope(period), source.scope(&period.before(cuts)));
    let year_before = source.scope(&period.year_before(cuts));
    // The issue is dated the next morning; its number is the day of that year.
    let issued = period.last.plus(1);
    let first = model::Date { month: 1, day: 1, ..issued };
    let number = issued.days() - first.days() + 1;
    Sheet {
        title: format!("{}热线日报 第 {number} 期", source.hotline),
        subtitle: format!(
            "{}年{}月{}日（统计：{}）",
            issued.year,
            issued.month,
            issued.day,
            period.stretch(cuts)
        ),
        parts: vec![
            SheetPart::Table(overall(source, &day, &before, &year_before)),
            SheetPart::Table(common::hot_topics(source, &day, &before, "二、热点前十", 10)),
            SheetPart::Table(important(source, &day)),
            SheetPart::Table(outbreaks(source, &day)),
            SheetPart::Table(common::overdue(source, &day, "五、超期清单")),
            SheetPart::Table(instructions(source, &day, "六、领导批示办理进展")),
            SheetPart::Table(common::reconciliation(
                &day,
                &[
                    "F1",
                    "F1-24h",
                    "F1b",
                    "F1b-offered",
                    "F1c-abandoned",
                    "F1c-asa",
                    "F1c-wait",
                    "F1c-back",
                    "F2",
                    "F2b-direct",
                    "F2b-dispatched",
                    "F4",
                    "F5",
                    "F6",
                    "F9",
                    "F21",
                    "F24",
                ],
            )),
        ],
        ..Sheet::default()
    }
}

/// A value of the first table.
enum Value {
    Count(u64),
    Figure(Box<Figure>),
}

fn overall(
    source: &Source<'_>,
    day: &FigureScope<'_>,
    before: &FigureScope<'_>,
    year: &FigureScope<'_>,
) -> Table {
    let columns = ["一、总体", "当日", "前日", "环比", "上年同日", "同比"];
    let mut table = Table::new("一、总体", &columns);
    let values = [day, before, year].map(|scope| values(source, scope));
    let [day, before, year] = &values;
    for (((label, now), (_, then)), (_, last)) in day.iter().zip(before).zip(year) {
        table.push(vec![
            Cell::text(*label),
            cell(now),
            cell(then),
            Cell::text(change(now, then)),
            cell(last),
            Cell::text(change(now, last)),
        ]);
    }
    table
}

fn values(source: &Source<'_>, scope: &FigureScope<'_>) -> Vec<(&'static str, Value)> {
    let figures = Figures::of(
        scope,
        ["F1", "F1b", "F1b-offered", "F1c-asa", "F1c-wait", "F2", "F5", "F6", "F9"],
    );
    let figure = |code: &str| {
        let found = figures.get(code).cloned();
        found.map_or(Value::Count(0), |figure| Value::Figure(Box::new(figure)))
    };
    let class = |wanted: TicketClass| {
        Value::Count(common::accepted(scope).filter(|t| t.class == wanted).count() as u64)
    };
    let invalid = |wanted: fn(Disposition) -> bool| {
        let of = scope.facts.tickets_in(scope.span).filter(|t| {
            t.class == TicketClass::Invalid && scope.span.has(t.accepted) && wanted(t.disposition)
        });
        Value::Count(of.count() as u64)
    };
    let stock = stock(source, scope);
    let below = |code: &str| Value::Count(figures.denominator(code));
    let above = |code: &str| Value::Count(figures.numerator(code));
    vec![
        ("呼入", below("F1")),
        ("接听", above("F1")),
        ("接通率", figure("F1")),
        ("15秒接听率", figure("F1b")),
        ("15秒接通率", figure("F1b-offered")),
        ("平均应答（秒）", figure("F1c-asa")),
        ("平均等待（秒）", figure("F1c-wait")),
        ("受理件（有效）", above("F2")),
        ("其中：当场答复", class(TicketClass::Direct)),
        ("其中：转办", class(TicketClass::Dispatched)),
        ("其中：合并随办", class(TicketClass::Following)),
        ("其中：转出", class(TicketClass::Diverted)),
        ("应办结", below("F5")),
        ("办结", above("F5")),
        ("按时办结", above("F6")),
        ("按时办结率", figure("F6")),
        ("满意率", figure("F9")),
        ("在办", Value::Count(stock.open)),
        ("临期（黄）", Value::Count(stock.due_soon)),
        ("超期（红）", Value::Count(stock.overdue)),
        ("无效", invalid(|_| true)),
        ("其中：骚扰", invalid(Disposition::is_nuisance)),
        ("其中：误拨", invalid(|d| d == Disposition::Misdial)),
        ("其中：试拨", invalid(|d| d == Disposition::TestCall)),
    ]
}

/// Leading assignments of the whole hotline that are open at [`FigureScope::as_of`].
pub(super) struct Stock {
    /// All of them.
    pub(super) open: u64,
    /// Due within one working day.
    pub(super) due_soon: u64,
    /// Overdue.
    pub(super) overdue: u64,
}

pub(super) fn stock(source: &Source<'_>, scope: &FigureScope<'_>) -> Stock {
    let as_of = scope.as_of();
    let next = source.working_time.calendar.workday_after(common::last_day(source, scope));
    let soon = CompactTime::from(next.map(|day| source.working_time.close(day)));
    let mut stock = Stock { open: 0, due_soon: 0, overdue: 0 };
    for (_, due) in common::open_assignments(scope) {
        stock.open += 1;
        if due < as_of {
            stock.overdue += 1;
        } else if due <= soon {
            stock.due_soon += 1;
        }
    }
    stock
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Count(n) => Cell::Count(*n),
        Value::Figure(figure) => Cell::figure(figure),
    }
}

/// The change in percent; for rates, in percentage points.
fn change(now: &Value, before: &Value) -> String {
    let points = |of: i128| {
        let sign = if of < 0 { "-" } else { "+" };
        format!("{sign}{}.{:02}", of.unsigned_abs() / 100, of.unsigned_abs() % 100)
    };
    match (now, before) {
        (Value::Count(now), Value::Count(before)) if *before > 0 => {
            let (now, before) = (i128::from(*now), i128::from(*before));
            let (by, half) = ((now - before) * 10_000, before / 2);
            let rounded = if by < 0 { (by - half) / before } else { (by + half) / before };
            format!("{}%", points(rounded))
        }
        (Value::Figure(now), Value::Figure(before)) => {
            match (now.basis_points(), before.basis_points()) {
                (Some(now), Some(before)) => {
                    format!("{} 个百分点", points(i128::from(now) - i128::from(before)))
                }
                _ => "—".to_owned(),
            }
        }
        _ => "—".to_owned(),
    }
}

/// 三、重点件
fn important(source: &Source<'_>, scope: &FigureScope<'_>) -> Table {
    let columns =
        ["编号", "受理", "接听人", "摘要", "区域", "影响人数", "承办单位", "状态", "拟请批示"];
    let mut table = Table::new("三、重点件", &columns);
    let facts = scope.facts;
    for printed in &facts.listed {
        let Some(ticket) = facts.tickets.get(printed.ticket as usize) else { continue };
        if ticket.importance == Importance::Normal || !scope.span.has(ticket.accepted) {
            continue;
        }
        table.push(vec![
            super::number(ticket.ticket),
            Cell::text(source.clock(ticket.accepted.time())),
            Cell::text(facts.people.text(ticket.agent)),
            Cell::text(printed.title.clone()),
            Cell::text(source.area_name(ticket.area, scope.days.1)),
            printed.affected.map_or_else(|| Cell::text("—"), |n| Cell::Count(u64::from(n))),
            Cell::text(source.unit_name(ticket.lead, scope.days.1)),
            Cell::text(if ticket.open { "在办" } else { "已办结" }),
            Cell::text(""),
        ]);
    }
    table
}

/// 四、突发与苗头: many tickets of one topic in one area within an hour.
fn outbreaks(source: &Source<'_>, scope: &FigureScope<'_>) -> Table {
    let heading = format!("四、突发与苗头（同地同题 1 小时内 {} 件以上）", source.rules.outbreak);
    let mut table = Table::new(heading, &["主题", "区域", "首件时间", "最密1小时", "累计", "状态"]);
    let mut by: std::collections::BTreeMap<_, Vec<_>> = std::collections::BTreeMap::new();
    for ticket in common::accepted(scope) {
        let key = (common::topic_to(scope, ticket, 3), ticket.area);
        by.entry(key).or_default().push(ticket);
    }
    for ((topic, area), mut tickets) in by {
        tickets.sort_by_key(|ticket| ticket.accepted);
        let (mut first, mut densest) = (0, 0);
        for (place, ticket) in tickets.iter().enumerate() {
            while tickets.get(first).is_some_and(|t| ticket.accepted.since(t.accepted) >= 3_600) {
                first += 1;
            }
            densest = densest.max(place + 1 - first);
        }
        let Some(earliest) = tickets.first() else { continue };
        if densest < source.rules.outbreak as usize {
            continue;
        }
        let open = tickets.iter().filter(|ticket| ticket.open).count();
        let status = if open == 0 { "全部办结".to_owned() } else { format!("在办 {open}") };
        table.push(vec![
            Cell::text(source.topic_name(topic, scope.days.1)),
            Cell::text(source.area_name(area, scope.days.1)),
            Cell::text(source.clock(earliest.accepted.time())),
            Cell::Count(densest as u64),
            Cell::Count(tickets.len() as u64),
            Cell::text(status),
        ]);
    }
    table
}

/// 六、领导批示办理进展: tickets with a leader's instruction that are open or were closed in the period.
pub(super) fn instructions(source: &Source<'_>, scope: &FigureScope<'_>, heading: &str) -> Table {
    let columns = ["编号", "批示人", "承办单位", "到期日", "进展"];
    let mut table = Table::new(heading, &columns);
    let facts = scope.facts;
    for printed in facts.listed.iter().filter(|printed| !printed.leaders.is_empty()) {
        let Some(ticket) = facts.tickets.get(printed.ticket as usize) else { continue };
        let assignment = facts
            .assignments_of(ticket)
            .iter()
            .rev()
            .find(|assignment| assignment.lead && !assignment.gone);
        let round = assignment.and_then(|assignment| {
            facts
                .rounds_of(assignment)
                .iter()
                .rev()
                .find(|round| round.clock == HandlingClock::Leader)
        });
        let as_of = scope.as_of();
        let before = |at: CompactTime| at.happened() && at <= as_of;
        let open = !before(ticket.closed) && (ticket.open || ticket.closed.happened());
        let shown = before(ticket.accepted) && (open || scope.span.has(ticket.closed));
        if !shown {
            continue;
        }
        let progress = match round.map(|round| round.judged) {
            None if open => "待转办",
            None => "已办结",
            Some(judged) if before(judged.met) && judged.in_time => "按时办结",
            Some(judged) if before(judged.met) => "超期办结",
            Some(judged) if judged.due < as_of => "超期未办结",
            Some(_) => "在办",
        };
        table.push(vec![
            super::number(ticket.ticket),
            Cell::text(printed.leaders.join("、")),
            Cell::text(source.unit_name(ticket.lead, scope.days.1)),
            Cell::text(round.map_or_else(|| "—".into(), |o| source.clock(o.judged.due.time()))),
            Cell::text(progress),
        ]);
    }
    table
}
