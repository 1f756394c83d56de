//! R7 坐席日报: how each agent worked.

use std::collections::BTreeMap;

use super::{Source, common};
use crate::{
    Period,
    facts::{NameId, TicketClass, TicketFact, weight},
    figure::{EMPTY, ONE},
    sheet::{Cell, Sheet, SheetPart, Table},
};
use stats::AgentStats;

pub(super) fn sheet(source: &Source<'_>, period: &Period) -> Sheet {
    let scope = source.scope(period);
    let columns = [
        "坐席",
        "登录",
        "示闲",
        "接听",
        "平均处理时长（秒）",
        "话后",
        "保持",
        "休息",
        "登记",
        "直接答复率",
        "评价满意率",
        "骚扰件",
    ];
    let mut table = Table::new("坐席", &columns);
    let facts = source.facts;
    let asked = |t: &TicketFact| t.last.is_some_and(|eval| scope.span.has(eval.at));
    let of_day: Vec<&TicketFact> =
        facts.tickets_in(scope.span).filter(|t| scope.span.has(t.accepted) || asked(t)).collect();
    let mut people: BTreeMap<&str, (NameId, Option<&AgentStats>)> = BTreeMap::new();
    for (account, stats) in &source.agents {
        let name = facts.people.find(account.as_str()).unwrap_or(NameId::NONE);
        people.insert(account.as_str(), (name, Some(stats)));
    }
    for ticket in of_day.iter().filter(|t| scope.span.has(t.accepted)) {
        let text = facts.people.text(ticket.agent);
        if !text.is_empty() {
            people.entry(text).or_insert((ticket.agent, None));
        }
    }
    for (text, (name, stats)) in people {
        let wrote = |wanted: fn(TicketClass) -> bool| {
            let own = of_day.iter().filter(|t| t.agent == name && name != NameId::NONE);
            own.filter(|t| scope.span.has(t.accepted) && wanted(t.class)).count() as u64
        };
        let valid = wrote(TicketClass::is_valid);
        let nuisance = of_day.iter().filter(|t| {
            t.agent == name
                && name != NameId::NONE
                && t.class == TicketClass::Invalid
                && scope.span.has(t.accepted)
                && t.disposition.is_nuisance()
        });
        let fairly = u64::from(source.rules.fairly_satisfied) * ONE / 100;
        let evals = of_day.iter().filter(|t| t.agent == name && name != NameId::NONE);
        let evals = evals.filter_map(|t| t.last.filter(|eval| scope.span.has(eval.at)));
        let (good, asked) = evals
            .fold((0, 0u64), |(good, asked), eval| (good + weight(eval.grade, fairly), asked + 1));
        let minutes = |ms: u64| Cell::text(format!("{}:{:02}", ms / 3_600_000, ms / 60_000 % 60));
        let unknown = || Cell::text(EMPTY);
        let time = |of: fn(&AgentStats) -> u64| stats.map_or_else(unknown, |s| minutes(of(s)));
        let breaks = |s: &AgentStats| s.not_ready_ms.values().sum::<u64>();
        let spoken = |s: &AgentStats| s.talk_ms + s.hold_ms + s.wrap_up_ms;
        table.push(vec![
            Cell::text(text),
            stats.map_or_else(unknown, |s| {
                minutes(spoken(s) + s.ready_ms + s.alerting_ms + breaks(s))
            }),
            time(|s| s.ready_ms),
            stats.map_or_else(unknown, |s| Cell::Count(s.answered)),
            stats.map_or_else(unknown, |s| match spoken(s).checked_div(s.handled) {
                Some(ms) => Cell::Count(ms / 1_000),
                None => unknown(),
            }),
            time(|s| s.wrap_up_ms),
            time(|s| s.hold_ms),
            time(|s| s.not_ready_ms.values().sum()),
            Cell::Count(wrote(|class| class != TicketClass::Missed && class != TicketClass::Aside)),
            common::share(wrote(|class| class == TicketClass::Direct), valid),
            satisfaction(good, asked),
            Cell::Count(nuisance.count() as u64),
        ]);
    }
    table.note = "时长为 时:分。质检得分尚未统计。".to_owned();
    Sheet {
        title: format!("{}热线坐席日报 {}", source.hotline, period.chinese()),
        subtitle: period.stretch(&source.rules.cuts),
        parts: vec![
            SheetPart::Table(table),
            SheetPart::Table(common::reconciliation(
                &scope,
                &["F1", "F1b", "F2b-direct", "F9", "F24", "F25"],
            )),
        ],
        ..Sheet::default()
    }
}

/// A satisfaction in percent with its fraction.
fn satisfaction(good: u64, asked: u64) -> Cell {
    let value = (asked > 0).then(|| (2 * good + asked) / (2 * asked));
    let shown = value.map_or_else(|| EMPTY.to_owned(), |v| format!("{}.{:02}%", v / 100, v % 100));
    let from = format!("{}.{:04}/{asked}", good / ONE, good % ONE);
    Cell::Rate { shown, from, value }
}
