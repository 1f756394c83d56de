//! Tables that several layouts share: how figures were counted, counts by name, lists of assignments.

use std::collections::BTreeMap;

use model::Date;

use super::Source;
use crate::{
    Period,
    facts::{AssignmentFact, HandlingClock, HandlingRound, NameId, TicketClass, TicketFact},
    figure::{EMPTY, Figure, FigureScope, Figures, Shape, formula, measure, measure_tickets},
    rank::{RankedUnit, rank},
    score::{UnitScore, score},
    sheet::{Cell, Table},
};

/// A figure by a code of [`FORMULAS`](crate::figure::FORMULAS).
pub(super) fn figure(scope: &FigureScope<'_>, code: &str) -> Option<Figure> {
    formula(code).map(|formula| measure(formula, scope))
}

/// The cell of a figure by its code.
pub(super) fn cell(scope: &FigureScope<'_>, code: &str) -> Cell {
    cell_of(figure(scope, code).as_ref())
}

/// The cell of a measured figure; `—` for none.
pub(super) fn cell_of(figure: Option<&Figure>) -> Cell {
    figure.map_or_else(|| Cell::text(EMPTY), Cell::figure)
}

/// 口径与对账: the fraction behind each figure (hotline.md 4.1, rule 1).
pub(super) fn reconciliation(scope: &FigureScope<'_>, codes: &[&str]) -> Table {
    let columns = ["编号", "指标", "数值", "分子/分母", "未计入", "口径", "计算"];
    let mut table = Table::new("口径与对账", &columns);
    for figure in Figures::of(scope, codes.iter().copied()) {
        let mut shown = figure.shown.clone();
        if let (Shape::Days, Some(spread)) = (figure.shape, figure.spread) {
            shown = format!("{shown}（中位 {}，九成 {}）", spread.median, spread.p90);
        }
        let left_out = match figure.unmeasured {
            Some(why) => format!("未统计：{why}"),
            None => figure.left_out(),
        };
        table.push(vec![
            Cell::text(figure.code),
            Cell::text(figure.chinese),
            Cell::text(shown),
            Cell::text(figure.fraction()),
            Cell::text(left_out),
            Cell::text(figure.basis.chinese()),
            Cell::text(figure.how),
        ]);
    }
    table
}

/// The notes under every report: the rules it was made by.
pub(super) fn notes(source: &Source<'_>, period: &Period) -> Vec<String> {
    let rules = source.rules;
    let percent = |hundredths: u8| format!("{}.{:02}", hundredths / 100, hundredths % 100);
    let opening = &rules.opening;
    let opened = (opening.accepted > 0).then(|| {
        let from = if opening.source.is_empty() { "旧系统" } else { &opening.source };
        let (accepted, closed) = (opening.accepted, opening.closed);
        format!(
            "累计数含系统启用前期初：受理 {accepted} 件、办结 {closed} 件（{from}），不可下钻。"
        )
    });
    let notes = vec![
        format!(
            "统计区间：{}；统计时点：{}。",
            period.stretch(&rules.cuts),
            source.clock(source.now)
        ),
        format!(
            "比率保留两位小数、四舍五入，分母为零记“—”。基本满意按 {} 计，部分解决按 {} 计。",
            percent(rules.fairly_satisfied),
            percent(rules.partly_solved)
        ),
        "全热线数按件计，下转件只计一次；单位数按主办单位计，各单位之和可大于全热线数。".to_owned(),
    ];
    notes.into_iter().chain(opened).collect()
}

/// How often each key occurs, the most frequent first; equal counts are ordered by key.
pub(super) fn most<K: Ord + Clone>(of: impl Iterator<Item = K>) -> Vec<(K, u64)> {
    let mut counts: BTreeMap<K, u64> = BTreeMap::new();
    for key in of {
        *counts.entry(key).or_default() += 1;
    }
    let mut counts: Vec<(K, u64)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// The valid tickets accepted in a period.
pub(super) fn accepted<'a>(
    scope: &FigureScope<'a>,
) -> impl Iterator<Item = &'a TicketFact> + Clone + use<'a> {
    let (facts, span) = (scope.facts, scope.span);
    facts.tickets_in(span).filter(move |t| t.class.is_valid() && span.has(t.accepted))
}

/// A topic code cut to `levels` levels.
pub(super) fn topic_to<'a>(scope: &FigureScope<'a>, ticket: &TicketFact, levels: usize) -> &'a str {
    let code = scope.facts.topics.text(ticket.topic);
    code.get(..levels * 2).unwrap_or(code)
}

/// 热点: the most frequent topics with their areas and units.
pub(super) fn hot_topics(
    source: &Source<'_>,
    scope: &FigureScope<'_>,
    before: &FigureScope<'_>,
    heading: &str,
    rows: usize,
) -> Table {
    let mut table =
        Table::new(heading, &["热点", "件数", "占比", "比上期", "集中区域", "涉及单位"]);
    let now = most(accepted(scope).map(|t| topic_to(scope, t, 2)));
    let then: BTreeMap<&str, u64> =
        most(accepted(before).map(|t| topic_to(before, t, 2))).into_iter().collect();
    let all: u64 = now.iter().map(|(_, n)| n).sum();
    for (topic, n) in now.into_iter().take(rows) {
        let of = || accepted(scope).filter(|t| topic_to(scope, t, 2) == topic);
        let named = |names: Vec<(NameId, u64)>, text: &dyn Fn(NameId) -> String| {
            let known = names.into_iter().filter(|(name, _)| *name != NameId::NONE).take(2);
            known.map(|(name, n)| format!("{} {n}", text(name))).collect::<Vec<_>>().join("、")
        };
        let areas = named(most(of().map(|t| t.area)), &|a| source.area_name(a, scope.days.1));
        let units = named(most(of().map(|t| t.lead)), &|u| source.unit_name(u, scope.days.1));
        let change = i128::from(n) - i128::from(then.get(topic).copied().unwrap_or(0));
        table.push(vec![
            Cell::text(source.topic_name(topic, scope.days.1)),
            Cell::Count(n),
            share(n, all),
            Cell::text(format!("{change:+}")),
            Cell::text(areas),
            Cell::text(units),
        ]);
    }
    table
}

/// A share in percent.
pub(super) fn share(n: u64, all: u64) -> Cell {
    let value = (all > 0).then(|| (2 * n * 10_000 + all) / (2 * all));
    let shown = value.map_or_else(|| "—".to_owned(), |v| format!("{}.{:02}%", v / 100, v % 100));
    Cell::Rate { shown, from: format!("{n}/{all}"), value }
}

/// The units that are printed for a period: those in a group on its last day, or with assignments in it.
pub(super) fn units(source: &Source<'_>, scope: &FigureScope<'_>) -> Vec<NameId> {
    let has = |unit: NameId| {
        let scope = scope.of(unit);
        !source.group_of(unit, scope.days.1).is_empty() || {
            let figures = Figures::of(&scope, ["F5", "issued"]);
            figures.denominator("F5") > 0 || figures.denominator("issued") > 0
        }
    };
    let mut units: Vec<NameId> =
        source.facts.units.all().map(|(unit, _)| unit).filter(|unit| has(*unit)).collect();
    units.sort_by_key(|unit| source.facts.units.text(*unit));
    units
}

/// The score of every unit in a period, ranked within groups.
pub(super) fn ranking(
    source: &Source<'_>,
    scope: &FigureScope<'_>,
) -> BTreeMap<String, Vec<RankedUnit>> {
    let scored = units(source, scope).into_iter().map(|unit| UnitScore {
        unit,
        group: source.group_of(unit, scope.days.1),
        score: score(&scope.of(unit)),
    });
    rank(scored.collect(), source.rules)
}

/// The printed name of a group.
pub(super) fn group_heading(group: &str) -> String {
    if group.is_empty() { "未分组（不排名）".to_owned() } else { group.to_owned() }
}

/// 超期清单: every assignment that is overdue at [`FigureScope::as_of`], the longest overdue first.
pub(super) fn overdue(source: &Source<'_>, scope: &FigureScope<'_>, heading: &str) -> Table {
    let columns = ["编号", "单位", "应办结", "逾期天数", "催办次数", "为什么不报/不办", "接听人"];
    let mut table = Table::new(heading, &columns);
    let as_of = scope.as_of();
    let mut late: Vec<(u32, &AssignmentFact)> = open_assignments(scope)
        .filter_map(|(assignment, due)| (due < as_of).then_some((as_of.since(due), assignment)))
        .collect();
    late.sort_by_key(|(by, assignment)| (std::cmp::Reverse(*by), assignment.ticket, assignment.n));
    let all = late.len();
    for (by, assignment) in late.into_iter().take(LISTED_MAX) {
        let Some(ticket) = scope.facts.tickets.get(assignment.ticket as usize) else { continue };
        let due = as_of.time() - std::time::Duration::from_secs(u64::from(by));
        table.push(vec![
            super::number(ticket.ticket),
            Cell::text(source.unit_name(assignment.unit, scope.days.1)),
            Cell::text(source.clock(due)),
            Cell::Count(u64::from(by.div_ceil(86_400))),
            Cell::Count(assignment.urges.all() + ticket.urges.all()),
            Cell::text(assignment.overdue.map_or("未说明", reason)),
            Cell::text(scope.facts.people.text(ticket.agent)),
        ]);
    }
    table.note = cut_note(all);
    table
}

/// The note that a list is cut.
pub(super) fn cut_note(all: usize) -> String {
    if all > LISTED_MAX {
        format!("共 {all} 件，列出前 {LISTED_MAX} 件。")
    } else {
        String::new()
    }
}

/// The date of [`FigureScope::as_of`].
pub(super) fn last_day(source: &Source<'_>, scope: &FigureScope<'_>) -> Date {
    if scope.span.to <= scope.facts.now { scope.days.1 } else { source.today() }
}

/// Leading assignments of the whole hotline that are open at [`FigureScope::as_of`], each with the
/// due date of the round that ran then. A later extension has moved that date.
pub(super) fn open_assignments<'a>(
    scope: &FigureScope<'a>,
) -> impl Iterator<Item = (&'a AssignmentFact, crate::facts::CompactTime)> + use<'a> {
    let (facts, as_of) = (scope.facts, scope.as_of());
    let leading = facts.assignments.iter().filter(|p| p.lead && !p.below);
    leading.filter_map(move |assignment| {
        let mut rounds = facts.rounds_of(assignment).iter().rev();
        let open =
            |round: &&HandlingRound| round.clock == HandlingClock::Grade && round.is_open_at(as_of);
        rounds.find(open).map(|round| (assignment, round.judged.due))
    })
}

fn reason(of: model::desk::OverdueReason) -> &'static str {
    use model::desk::OverdueReason::{
        CallerUnreachable, Complex, NoMeans, Other, Overlooked, Understaffed, WaitsForOthers,
    };
    match of {
        Complex => "案情复杂",
        WaitsForOthers => "需多部门配合",
        CallerUnreachable => "联系不上来电人",
        NoMeans => "资金或物资不到位",
        Understaffed => "人手不足",
        Overlooked => "疏忽",
        Other => "其他",
    }
}

/// 来源渠道: tickets registered and valid, by channel. They add up (2.8, invariant 7).
pub(super) fn channels(scope: &FigureScope<'_>) -> Table {
    let mut table = Table::new("来源渠道", &["渠道", "登记", "有效", "占比"]);
    let in_period =
        scope.facts.tickets_in(scope.span).filter(|ticket| scope.span.has(ticket.accepted));
    let is_judged = |t: &&TicketFact| {
        !matches!(t.class, TicketClass::Missed | TicketClass::Aside | TicketClass::Draft)
    };
    let drafts = in_period.clone().filter(|t| t.class == TicketClass::Draft).count();
    let taken = in_period.filter(is_judged);
    let mut by: BTreeMap<model::desk::Channel, (u64, u64)> = BTreeMap::new();
    for ticket in taken {
        let (all, valid) = by.entry(ticket.channel).or_default();
        *all += 1;
        *valid += u64::from(ticket.class.is_valid());
    }
    let all: u64 = by.values().map(|(all, _)| all).sum();
    let valid: u64 = by.values().map(|(_, valid)| valid).sum();
    for (channel, (n, of_them)) in by {
        let row = vec![Cell::text(channel_name(channel)), Cell::Count(n), Cell::Count(of_them)];
        table.push(row.into_iter().chain([share(n, all)]).collect());
    }
    table.push(vec![Cell::text("合计"), Cell::Count(all), Cell::Count(valid), share(all, all)]);
    if drafts > 0 {
        table.note = format!("另有待登记 {drafts} 件，登记后计入。");
    }
    table
}

fn channel_name(channel: model::desk::Channel) -> &'static str {
    use model::desk::Channel::{
        App, Forum, Found, Grid, Mailbox, Outreach, Phone, Platform, Police, Sms, Upper, Visit,
        Voicemail, Wechat, Weibo,
    };
    match channel {
        Phone => "电话",
        Voicemail => "语音留言",
        Mailbox => "市长信箱",
        Sms => "短信",
        Weibo => "微博",
        Wechat => "微信",
        Forum => "网贴",
        App => "手机APP",
        Visit => "来访",
        Outreach => "进社区",
        Upper => "上级交办",
        Police => "110非警务",
        Grid => "网格",
        Platform => "托管平台",
        Found => "发现件",
    }
}

/// 有效件分流: valid demands by class. They add up to all valid demands (2.8, invariant 7).
pub(super) fn classes(scope: &FigureScope<'_>) -> Table {
    let mut table = Table::new("有效件分流", &["去向", "件数", "占比"]);
    let by: BTreeMap<TicketClass, u64> =
        most(accepted(scope).map(|t| t.class)).into_iter().collect();
    let all: u64 = by.values().sum();
    for class in TicketClass::VALID {
        let n = by.get(&class).copied().unwrap_or(0);
        table.push(vec![Cell::text(class.chinese()), Cell::Count(n), share(n, all)]);
    }
    table.push(vec![Cell::text("有效合计"), Cell::Count(all), share(all, all)]);
    table
}

/// 不满意事项: items open at the end of the period, and items struck off in it.
pub(super) fn items(source: &Source<'_>, scope: &FigureScope<'_>, unit: Option<NameId>) -> Table {
    let columns = ["编号", "单位", "开立", "当前状态", "销号"];
    let mut table = Table::new("不满意事项", &columns);
    let tickets = scope.facts.dissatisfaction_items.iter();
    let mut listed = 0;
    for place in tickets {
        let Some(ticket) = scope.facts.tickets.get(*place as usize) else { continue };
        let ours = unit.is_none_or(|unit| ticket.item_unit == unit);
        let before = ticket.item_closed.happened() && ticket.item_closed < scope.span.from;
        if !ours || ticket.item_opened >= scope.span.to || before {
            continue;
        }
        listed += 1;
        if listed > LISTED_MAX {
            continue;
        }
        let struck = ticket.item_closed.happened() && ticket.item_closed < scope.span.to;
        table.push(vec![
            super::number(ticket.ticket),
            Cell::text(source.unit_name(ticket.item_unit, scope.days.1)),
            Cell::text(source.clock(ticket.item_opened.time())),
            Cell::text(if struck { "已销号" } else { "未销号" }),
            Cell::text(if struck { source.clock(ticket.item_closed.time()) } else { "—".into() }),
        ]);
    }
    table.note = cut_note(listed);
    table
}

/// 工作方法比较 (SUP-08 working methods): what each method moved, and how often callers say it is solved.
pub(super) fn methods(source: &Source<'_>, scope: &FigureScope<'_>) -> Table {
    let columns = ["方法", "办结件", "有效评价", "解决", "解决率", "满意率", "用于何事"];
    let mut table = Table::new("工作方法比较", &columns);
    let mut by: BTreeMap<&str, Vec<&TicketFact>> = BTreeMap::new();
    for (place, method) in &scope.facts.tickets_by_method {
        let ticket = scope.facts.tickets.get(*place as usize);
        let ours = |ticket: &&TicketFact| {
            scope.span.has(ticket.closed)
                && match scope.subject {
                    crate::figure::Subject::Hotline => true,
                    crate::figure::Subject::Unit(unit) => ticket.lead == unit,
                }
        };
        if let Some(ticket) = ticket.filter(ours) {
            by.entry(scope.facts.methods.text(*method)).or_default().push(ticket);
        }
    }
    let mut by: Vec<_> = by.into_iter().collect();
    by.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(b.0)));
    for (method, tickets) in by {
        let solved = tally(scope, "methods", &tickets);
        let satisfied = tally(scope, "F11", &tickets);
        let topics = most(tickets.iter().map(|ticket| topic_to(scope, ticket, 2)));
        let topics = topics.into_iter().take(3);
        let topics = topics.map(|(t, n)| format!("{} {n}", source.topic_name(t, scope.days.1)));
        table.push(vec![
            Cell::text(method),
            Cell::Count(tickets.len() as u64),
            Cell::Count(solved.as_ref().map_or(0, |figure| figure.denominator)),
            Cell::Count(solved.as_ref().map_or(0, |f| f.numerator / crate::figure::ONE)),
            solved.as_ref().map_or_else(|| Cell::text("—"), Cell::figure),
            satisfied.as_ref().map_or_else(|| Cell::text("—"), Cell::figure),
            Cell::text(topics.collect::<Vec<_>>().join("、")),
        ]);
    }
    table.note = "一件可用多种方法，各计一次。".to_owned();
    table
}

/// A figure over these tickets only.
fn tally(scope: &FigureScope<'_>, code: &str, tickets: &[&TicketFact]) -> Option<Figure> {
    formula(code).map(|formula| measure_tickets(formula, scope, tickets))
}

/// 得分明细: every line of every score.
pub(super) fn score_lines(
    source: &Source<'_>,
    date: Date,
    groups: &BTreeMap<String, Vec<RankedUnit>>,
) -> Table {
    let columns = ["单位", "项目", "编号", "指标", "数值", "分子/分母", "满分", "得分", "说明"];
    let mut table = Table::new("得分明细", &columns);
    for ranked in groups.values().flatten() {
        let unit = source.unit_name(ranked.scored.unit, date);
        if ranked.scored.score.points.is_none() {
            continue;
        }
        for line in &ranked.scored.score.lines {
            table.push(vec![
                Cell::text(unit.clone()),
                Cell::text(line.item),
                Cell::text(line.code),
                Cell::text(line.figure),
                Cell::text(line.shown.clone()),
                Cell::text(line.fraction.clone()),
                Cell::Points(i64::from(line.weight)),
                Cell::Points(i64::from(line.points)),
                Cell::text(line.why.clone()),
            ]);
        }
    }
    table
}

/// The maximum length of a list of single assignments.
pub(super) const LISTED_MAX: usize = 500;
