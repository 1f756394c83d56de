//! R3 月通报: every unit in its group with its figures, score and band.

use std::collections::BTreeMap;

use super::{Source, common};
use crate::{
    Period,
    facts::NameId,
    figure::{FigureScope, Figures},
    rank::RankedUnit,
    score::NO_DATA,
    sheet::{Cell, Sheet, SheetPart, Table},
};

/// The rates of the layout, in order, between the counts and the score.
const RATES: [(&str, &str); 9] = [
    ("办结率", "F5"),
    ("按时办结率", "F6"),
    ("签收率", "F3"),
    ("先行联系率", "F12a-log"),
    ("解决率", "F12b"),
    ("满意率", "F9"),
    ("首次满意率", "F10"),
    ("有效回访", "F8-valid"),
    ("知识库", "F26"),
];

/// The counts beside the rates.
const COUNTS: [&str; 8] =
    ["issued", "F13", "F13b", "F14-rounds", "F15-count", "F16", "F19-opened", "orders"];

/// The figures explained at the end.
const EXPLAINED: [&str; 33] = [
    "F2",
    "F2b-direct",
    "F2b-dispatched",
    "F3",
    "F4",
    "F5",
    "F6",
    "F7",
    "F8",
    "F8-valid",
    "F9",
    "F10",
    "F11",
    "F12a",
    "F12a-log",
    "F12b",
    "F12c",
    "F13",
    "F13b",
    "F14",
    "F14b",
    "F15",
    "F15-citizen",
    "F15-hub",
    "F15-supervisor",
    "F15-leader",
    "F15-system",
    "vague",
    "false",
    "F16",
    "F19-struck",
    "F19",
    "F26",
];

pub(super) fn sheet(source: &Source<'_>, period: &Period, unit: Option<NameId>) -> Sheet {
    let cuts = &source.rules.cuts;
    let (month, before) = (source.scope(period), source.scope(&period.before(cuts)));
    let groups = common::ranking(source, &month);
    let mut parts = Vec::new();
    // A unit's report has the whole ranking of its group: a rank alone says little.
    let shown: BTreeMap<String, Vec<RankedUnit>> = match unit {
        None => groups,
        Some(unit) => {
            let has_unit =
                |units: &[RankedUnit]| units.iter().any(|ranked| ranked.scored.unit == unit);
            groups.into_iter().filter(|(_, units)| has_unit(units)).collect()
        }
    };
    for (group, units) in &shown {
        parts.push(SheetPart::Table(group_table(source, &month, group, units)));
    }
    parts.push(SheetPart::Table(praised(source, &month, &shown)));
    let scope = unit.map_or(month, |unit| month.of(unit));
    parts.push(SheetPart::Table(urges(source, &scope, unit)));
    parts.push(SheetPart::Table(written(source, &scope, unit)));
    parts.push(SheetPart::Table(filings(source, &scope)));
    parts.push(SheetPart::Table(common::items(source, &month, unit)));
    if unit.is_none() {
        parts.push(SheetPart::Table(common::hot_topics(source, &month, &before, "热点难点", 10)));
        parts.push(SheetPart::Table(common::channels(&month)));
        parts.push(SheetPart::Table(common::classes(&month)));
    }
    let detail: BTreeMap<String, Vec<RankedUnit>> = match unit {
        None => shown,
        Some(unit) => {
            let own = |units: Vec<RankedUnit>| {
                units.into_iter().filter(|ranked| ranked.scored.unit == unit).collect()
            };
            shown.into_iter().map(|(group, units)| (group, own(units))).collect()
        }
    };
    parts.push(SheetPart::Table(common::score_lines(source, month.days.1, &detail)));
    parts.push(SheetPart::Table(common::reconciliation(&scope, &EXPLAINED)));
    let whose = unit.map(|unit| format!(" {}", source.unit_name(unit, month.days.1)));
    Sheet {
        title: format!(
            "{}热线月通报 {}{}",
            source.hotline,
            period.chinese(),
            whose.unwrap_or_default()
        ),
        subtitle: period.stretch(cuts),
        parts,
        notes: vec![format!(
            "排名只在组内进行；应办结少于 {} 件的单位样本不足，只列等次不排名。申诉期内可对计分件提出申诉。",
            source.rules.due_min
        )],
        ..Sheet::default()
    }
}

fn group_table(
    source: &Source<'_>,
    month: &FigureScope<'_>,
    group: &str,
    units: &[RankedUnit],
) -> Table {
    let mut columns = vec!["排名", "单位", "交办", "应办结", "办结"];
    columns.extend(RATES.iter().take(8).map(|(name, _)| *name));
    columns.extend([
        "退单（无效）",
        "重办",
        "催办",
        "延期",
        "不满意结案",
        "督查令",
        "知识库",
        "得分",
        "等次",
    ]);
    let mut table = Table::new(common::group_heading(group), &columns);
    for ranked in units {
        let rates = || RATES.iter().map(|(_, code)| *code);
        let figures = Figures::of(&month.of(ranked.scored.unit), rates().chain(COUNTS));
        let score = &ranked.scored.score;
        let rank = match ranked.rank {
            Some(rank) => rank.to_string(),
            None if group.is_empty() => "—".to_owned(),
            None => "样本不足".to_owned(),
        };
        let mut row = vec![
            Cell::text(rank),
            Cell::text(source.unit_name(ranked.scored.unit, month.days.1)),
            Cell::Count(figures.denominator("issued")),
            Cell::Count(figures.denominator("F5")),
            Cell::Count(figures.numerator("F5")),
        ];
        row.extend(rates().take(8).map(|code| common::cell_of(figures.get(code))));
        let (right, wrong) = (figures.numerator("F13"), figures.numerator("F13b"));
        row.extend([
            Cell::text(format!("{}（{wrong}）", right + wrong)),
            Cell::Count(figures.numerator("F14-rounds")),
            Cell::Count(figures.numerator("F15-count")),
            Cell::Count(figures.numerator("F16")),
            Cell::Count(figures.numerator("F19-opened")),
            Cell::Count(figures.numerator("orders")),
            common::cell_of(figures.get("F26")),
            score.points.map_or_else(|| Cell::text("—"), |p| Cell::Points(i64::from(p))),
            Cell::text(score.band(source.rules)),
        ]);
        table.push(row);
    }
    table
}

/// 十佳三差 (ten best, three worst) with reasons.
fn praised(
    source: &Source<'_>,
    month: &FigureScope<'_>,
    groups: &BTreeMap<String, Vec<RankedUnit>>,
) -> Table {
    let mut table = Table::new("十佳三差", &["评定", "组别", "单位", "得分", "理由"]);
    let all = || groups.iter().flat_map(|(group, units)| units.iter().map(move |u| (group, u)));
    let best = all().filter(|(_, unit)| unit.best).map(|found| ("佳", found));
    let worst = all().filter(|(_, unit)| unit.worst).map(|found| ("差", found));
    for (verdict, (group, unit)) in best.chain(worst) {
        let score = &unit.scored.score;
        // The items that cost or earned most.
        let mut lines: Vec<_> = score
            .lines
            .iter()
            .filter(|line| !line.figure.is_empty() && line.why != NO_DATA)
            .collect();
        lines.sort_by_key(|line| line.points - i32::try_from(line.weight).unwrap_or(0));
        if verdict == "佳" {
            lines.retain(|line| line.weight > 0);
            lines.reverse();
        }
        let why = lines.iter().take(3).map(|line| format!("{} {}", line.figure, line.shown));
        table.push(vec![
            Cell::text(verdict),
            Cell::text(group.clone()),
            Cell::text(source.unit_name(unit.scored.unit, month.days.1)),
            Cell::text(score.shown()),
            Cell::text(why.collect::<Vec<_>>().join("，")),
        ]);
    }
    table.note = format!(
        "低于 {} 分、有未销号不满意事项或二级以上督查令的单位不评佳；{} 分以上不评差。",
        source.rules.best_from, source.rules.worst_below
    );
    table
}

/// 催办来源 (SUP-01 urges): urges by source and unit. They add up to the column of R3.
fn urges(source: &Source<'_>, scope: &FigureScope<'_>, unit: Option<NameId>) -> Table {
    let columns = ["单位", "催办", "来电人", "热线", "督办单位", "领导", "系统"];
    let codes =
        ["F15-count", "F15-citizen", "F15-hub", "F15-supervisor", "F15-leader", "F15-system"];
    let mut table = Table::new("催办来源", &columns);
    let units = match unit {
        Some(unit) => vec![unit],
        None => common::units(source, scope),
    };
    for unit in units {
        let figures = Figures::of(&scope.of(unit), codes);
        let counts = codes.map(|code| figures.numerator(code));
        if counts.first() == Some(&0) {
            continue;
        }
        let mut row = vec![Cell::text(source.unit_name(unit, scope.days.1))];
        row.extend(counts.map(Cell::Count));
        table.push(row);
    }
    table.note = "件与所属工单的催办合计；来电人同日多次只计一次。".to_owned();
    table
}

/// 书面交办件情况 (RPT-04 written assignments), by unit.
fn written(source: &Source<'_>, scope: &FigureScope<'_>, unit: Option<NameId>) -> Table {
    let columns = ["单位", "应办结", "办结", "办结率", "按时办结率"];
    let mut table = Table::new("书面交办件情况", &columns);
    let units = match unit {
        Some(unit) => vec![unit],
        None => common::units(source, scope),
    };
    for unit in units {
        let figures = Figures::of(&scope.of(unit), ["F5-written", "F6-written"]);
        if figures.denominator("F5-written") == 0 {
            continue;
        }
        table.push(vec![
            Cell::text(source.unit_name(unit, scope.days.1)),
            Cell::Count(figures.denominator("F5-written")),
            Cell::Count(figures.numerator("F5-written")),
            common::cell_of(figures.get("F5-written")),
            common::cell_of(figures.get("F6-written")),
        ]);
    }
    table
}

/// 疑难备案: filings approved in the month, and those that expire in it.
fn filings(source: &Source<'_>, scope: &FigureScope<'_>) -> Table {
    let mut table = Table::new("疑难备案新增与到期", &["备案", "单位", "批准", "有效期至", "变动"]);
    let own_unit = match scope.subject {
        crate::figure::Subject::Hotline => None,
        crate::figure::Subject::Unit(unit) => Some(scope.facts.units.text(unit)),
    };
    for (id, filing) in source.reference.filings() {
        if own_unit.is_some_and(|unit| filing.form.unit.as_str() != unit) {
            continue;
        }
        let (approved, until) = (filing.approved.into(), filing.valid_to.into());
        let change = match (scope.span.has(approved), scope.span.has(until)) {
            (true, _) => "新增",
            (false, true) => "到期",
            (false, false) => continue,
        };
        let time = |at: crate::facts::CompactTime| {
            if at.happened() { source.clock(at.time()) } else { "—".to_owned() }
        };
        let unit = source.reference.directory().unit_name(&filing.form.unit, scope.days.1);
        table.push(vec![
            Cell::text(id.to_string()),
            Cell::text(unit),
            Cell::text(time(approved)),
            Cell::text(time(until)),
            Cell::text(change),
        ]);
    }
    table
}
