//! R4 季度讲评 and R5 年终考核: the scores of units over months and quarters.

use std::collections::BTreeMap;

use super::{Source, common, weekly::blanks};
use crate::{
    Period,
    facts::NameId,
    figure::{EMPTY, Figures},
    rank::RankedUnit,
    score::score,
    sheet::{Cell, Sheet, SheetPart, Table},
};

pub(super) fn quarter(source: &Source<'_>, period: &Period, unit: Option<NameId>) -> Sheet {
    let cuts = &source.rules.cuts;
    let scope = source.scope(period);
    let months = period.months(cuts);
    let groups = ours(common::ranking(source, &scope), unit);
    let earlier = common::ranking(source, &source.scope(&period.before(cuts)));
    let before: BTreeMap<NameId, &RankedUnit> =
        earlier.values().flatten().map(|ranked| (ranked.scored.unit, ranked)).collect();
    let mut parts = Vec::new();
    for (group, units) in &groups {
        let mut columns = vec!["单位".to_owned()];
        columns.extend(months.iter().map(Period::chinese));
        columns.extend(["季度分", "位次", "等次", "上季位次", "变化"].map(str::to_owned));
        let named: Vec<&str> = columns.iter().map(String::as_str).collect();
        let mut table = Table::new(common::group_heading(group), &named);
        for ranked in units {
            let unit = ranked.scored.unit;
            let mut row = vec![Cell::text(source.unit_name(unit, scope.days.1))];
            let of_month =
                |month: &Period| Cell::text(score(&source.scope(month).of(unit)).shown());
            row.extend(months.iter().map(of_month));
            let then = before.get(&unit).and_then(|ranked| ranked.rank);
            row.extend([
                Cell::text(ranked.scored.score.shown()),
                Cell::text(place(ranked.rank)),
                Cell::text(ranked.scored.score.band(source.rules)),
                Cell::text(place(then)),
                Cell::text(match (ranked.rank, then) {
                    (Some(now), Some(then)) => format!("{:+}", i64::from(then) - i64::from(now)),
                    _ => EMPTY.to_owned(),
                }),
            ]);
            table.push(row);
        }
        parts.push(SheetPart::Table(table));
    }
    parts.push(SheetPart::Table(common::items(source, &scope, unit)));
    parts.push(SheetPart::Table(orders(source, &scope, unit)));
    let scope = unit.map_or(scope, |unit| scope.of(unit));
    parts.push(SheetPart::Table(common::methods(source, &scope)));
    parts.push(blanks("原因分析与建议", &["深层次原因", "建议"]));
    parts.push(blanks("下季度专项", &["安排"]));
    parts.push(SheetPart::Table(common::score_lines(source, scope.days.1, &own(groups, unit))));
    parts.push(SheetPart::Table(common::reconciliation(
        &scope,
        &[
            "F1",
            "F2",
            "F3",
            "F5",
            "F6",
            "F7",
            "F8-valid",
            "F9",
            "F10",
            "F11",
            "F12b",
            "F14b",
            "F15",
            "vague",
            "false",
            "methods",
            "F16",
            "F17",
            "F17-1",
            "F17-2",
            "F17-3",
            "F18",
            "F19-struck",
            "F19",
            "F20",
            "F22",
            "F25",
            "F26",
            "F27",
        ],
    )));
    Sheet {
        title: format!("{}热线季度讲评 {}", source.hotline, period.chinese()),
        subtitle: period.stretch(cuts),
        parts,
        ..Sheet::default()
    }
}

pub(super) fn year(source: &Source<'_>, period: &Period, unit: Option<NameId>) -> Sheet {
    let cuts = &source.rules.cuts;
    let scope = source.scope(period);
    let quarters = period.quarters(cuts);
    let groups = ours(common::ranking(source, &scope), unit);
    let mut parts = Vec::new();
    for (group, units) in &groups {
        let columns = [
            "单位",
            "四季均分",
            "领导重视",
            "制度队伍",
            "知识库",
            "加分",
            "扣分",
            "总分",
            "等次",
            "备注",
        ];
        let mut table = Table::new(common::group_heading(group), &columns);
        table.note =
            "四季均分为有分季度的平均；领导重视、制度队伍由考评组填写，不计入总分。".to_owned();
        for ranked in units {
            table.push(year_row(source, &quarters, &scope, ranked));
        }
        parts.push(SheetPart::Table(table));
    }
    if unit.is_none() {
        parts.push(SheetPart::Table(volumes(source, period)));
        parts.push(SheetPart::Table(common::channels(&scope)));
        parts.push(SheetPart::Table(lines(&scope)));
        parts.push(SheetPart::Table(common::classes(&scope)));
        parts.push(SheetPart::Table(trend(source, period)));
    }
    parts.push(SheetPart::Table(common::items(source, &scope, unit)));
    parts.push(SheetPart::Table(common::score_lines(source, scope.days.1, &own(groups, unit))));
    let scope = unit.map_or(scope, |unit| scope.of(unit));
    let codes: Vec<&str> = crate::figure::FORMULAS.iter().map(|formula| formula.code).collect();
    parts.push(SheetPart::Table(common::reconciliation(&scope, &codes)));
    Sheet {
        title: format!("{}热线年终考核 {}", source.hotline, period.chinese()),
        subtitle: period.stretch(cuts),
        parts,
        ..Sheet::default()
    }
}

fn year_row(
    source: &Source<'_>,
    quarters: &[Period],
    scope: &crate::figure::FigureScope<'_>,
    ranked: &RankedUnit,
) -> Vec<Cell> {
    let unit = ranked.scored.unit;
    let of_quarters: Vec<u32> = quarters
        .iter()
        .filter_map(|quarter| score(&source.scope(quarter).of(unit)).points)
        .collect();
    let n = u64::try_from(of_quarters.len()).unwrap_or(0);
    let sum: u64 = of_quarters.iter().map(|points| u64::from(*points)).sum();
    let mean = (n > 0).then(|| (2 * sum + n) / (2 * n));
    let lines = &ranked.scored.score.lines;
    let extra = |above: bool| {
        let fits = |line: &&crate::score::ScoreLine| line.weight == 0 && !line.code.is_empty();
        let of = lines.iter().filter(fits).map(|line| i64::from(line.points));
        of.filter(|points| (*points > 0) == above).sum::<i64>()
    };
    // Each quarter's score includes its own additions and deductions.
    let total = mean.map(|mean| i64::try_from(mean).unwrap_or(0));
    let of_total = crate::score::Score {
        points: total.and_then(|total| u32::try_from(total).ok()),
        lines: Vec::new(),
        due: 0,
        barred: false,
    };
    let points = |of: Option<i64>| of.map_or_else(|| Cell::text(EMPTY), Cell::Points);
    vec![
        Cell::text(source.unit_name(unit, scope.days.1)),
        points(total),
        Cell::text(""),
        Cell::text(""),
        common::cell(&scope.of(unit), "F26"),
        Cell::Points(extra(true)),
        Cell::Points(extra(false)),
        points(total),
        Cell::text(of_total.band(source.rules)),
        Cell::text(if ranked.scored.score.barred { "有未销号事项或督查令" } else { "" }),
    ]
}

/// 全年话务: calls month by month.
fn volumes(source: &Source<'_>, period: &Period) -> Table {
    let columns = ["月份", "呼入", "接听", "接通率", "有效", "办结率", "首次办理满意率"];
    let mut table = Table::new("全年数据", &columns);
    let months = period.months(&source.rules.cuts);
    for (name, scope) in months.iter().chain([period]).map(|p| (p.chinese(), source.scope(p))) {
        let figures = Figures::of(&scope, ["F1", "F2", "F5", "F10"]);
        let cell = |code| common::cell_of(figures.get(code));
        table.push(vec![
            Cell::text(name),
            Cell::Count(figures.denominator("F1")),
            Cell::Count(figures.numerator("F1")),
            cell("F1"),
            Cell::Count(figures.numerator("F2")),
            cell("F5"),
            cell("F10"),
        ]);
    }
    table
}

/// 归并热线: tickets by line.
fn lines(scope: &crate::figure::FigureScope<'_>) -> Table {
    let mut table = Table::new("各线路受理", &["线路", "有效件", "占比"]);
    let counts = common::most(common::accepted(scope).map(|ticket| ticket.line));
    let all: u64 = counts.iter().map(|(_, n)| n).sum();
    for (line, n) in counts {
        let name = scope.facts.lines.text(line);
        let name = if name.is_empty() { "其他渠道" } else { name };
        table.push(vec![Cell::text(name), Cell::Count(n), common::share(n, all)]);
    }
    table
}

/// The last ten years that have facts.
fn trend(source: &Source<'_>, period: &Period) -> Table {
    let columns = ["年度", "呼入", "有效", "办结率", "满意率"];
    let mut table = Table::new("十年趋势与累计", &columns);
    let cuts = &source.rules.cuts;
    let years = std::iter::successors(Some(*period), |year| Some(year.before(cuts))).take(10);
    for year in years {
        let scope = source.scope(&year);
        let figures = Figures::of(&scope, ["F1", "F2", "F5", "F9"]);
        let (calls, valid) = (figures.denominator("F1"), figures.numerator("F2"));
        if calls + valid > 0 {
            table.push(vec![
                Cell::text(year.chinese()),
                Cell::Count(calls),
                Cell::Count(valid),
                common::cell_of(figures.get("F5")),
                common::cell_of(figures.get("F9")),
            ]);
        }
    }
    let since = common::figure(&source.scope(period), "F5-cumulative");
    if let Some(since) = since {
        table.push(vec![
            Cell::text("开通以来累计"),
            Cell::text(""),
            Cell::Count(since.denominator),
            Cell::figure(&since),
            Cell::text(""),
        ]);
    }
    table
}

/// 督查令: the orders of the period.
fn orders(
    source: &Source<'_>,
    scope: &crate::figure::FigureScope<'_>,
    unit: Option<NameId>,
) -> Table {
    let columns = ["编号", "单位", "级别", "发出", "答复期限", "答复"];
    let mut table = Table::new("督查令", &columns);
    let code = unit.map(|unit| scope.facts.units.text(unit));
    for order in scope.orders.iter().filter(|order| scope.span.has(order.issued)) {
        if code.is_some_and(|code| order.unit.as_str() != code) {
            continue;
        }
        let answered = if order.answered.happened() {
            source.clock(order.answered.time())
        } else {
            "未答复".to_owned()
        };
        table.push(vec![
            Cell::text(order.id.to_string()),
            Cell::text(source.reference.directory().unit_name(order.unit, scope.days.1)),
            Cell::Count(order.order.level.place() as u64 + 1),
            Cell::text(source.clock(order.issued.time())),
            Cell::text(source.clock(order.due.time())),
            Cell::text(answered),
        ]);
    }
    table
}

/// The groups that contain a unit; all groups without a unit.
fn ours(
    groups: BTreeMap<String, Vec<RankedUnit>>,
    unit: Option<NameId>,
) -> BTreeMap<String, Vec<RankedUnit>> {
    let Some(unit) = unit else { return groups };
    let has = |units: &[RankedUnit]| units.iter().any(|ranked| ranked.scored.unit == unit);
    groups.into_iter().filter(|(_, units)| has(units)).collect()
}

/// The rows of one unit; all rows without a unit.
fn own(
    groups: BTreeMap<String, Vec<RankedUnit>>,
    unit: Option<NameId>,
) -> BTreeMap<String, Vec<RankedUnit>> {
    let Some(unit) = unit else { return groups };
    let own =
        |units: Vec<RankedUnit>| units.into_iter().filter(|r| r.scored.unit == unit).collect();
    groups.into_iter().map(|(group, units)| (group, own(units))).collect()
}

fn place(rank: Option<u32>) -> String {
    rank.map_or_else(|| EMPTY.to_owned(), |rank| rank.to_string())
}
