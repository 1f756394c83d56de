//! R6 专报: the data of a numbered special report, whose text a person writes.

use super::{Source, common, weekly::blanks};
use crate::{
    Period, ReportIssue,
    figure::SPECIAL,
    sheet::{Cell, Sheet, SheetPart, Table},
};

pub(super) fn sheet(source: &Source<'_>, period: &Period) -> Sheet {
    let cuts = &source.rules.cuts;
    let (scope, before) = (source.scope(period), source.scope(&period.before(cuts)));
    let issue = ReportIssue { report: SPECIAL.to_owned(), period: period.to_string(), unit: None };
    let (year, n) = source.reference.running_number(&issue, source.now, source.zone);
    Sheet {
        title: format!("{}热线专报 {year}年第 {n} 期 {}", source.hotline, period.chinese()),
        subtitle: period.stretch(cuts),
        parts: vec![
            blanks("领导批示", &["批示"]),
            blanks("正文", &["事由", "分析", "建议"]),
            SheetPart::Table(common::hot_topics(source, &scope, &before, "数据：热点", 20)),
            SheetPart::Table(common::channels(&scope)),
            SheetPart::Table(common::classes(&scope)),
            SheetPart::Table(super::daily::instructions(source, &scope, "领导批示办理进展")),
            SheetPart::Table(tracker(source, year)),
            SheetPart::Table(common::reconciliation(
                &scope,
                &["F1", "F2", "F2b-direct", "F5", "F6", "F9", "F10", "F12b", "F19", "F23", "F27"],
            )),
        ],
        ..Sheet::default()
    }
}

/// 专报批示跟踪 (LDR-07 special reports): leaders' instructions on the issues of the year, and their progress.
fn tracker(source: &Source<'_>, year: i32) -> Table {
    let columns = ["期号", "批示人", "日期", "批示", "单位", "期限", "工单", "进展"];
    let mut table = Table::new("专报批示跟踪", &columns);
    let of_year = source.reference.series(SPECIAL).into_iter();
    let of_year = of_year.filter(|(_, at)| source.zone.date(*at).year == year);
    let mut issues = 0;
    for (n, (issue, _)) in (1..).zip(of_year) {
        issues = n;
        for found in source.reference.instructed(issue) {
            let what = &found.what;
            let unit = what.unit.as_ref().map(|unit| {
                source.reference.directory().unit_name(unit, source.zone.date(found.at)).to_owned()
            });
            let ticket = what.ticket.and_then(|ticket| {
                let tickets = &source.facts.tickets;
                let place = tickets.binary_search_by_key(&ticket, |known| known.ticket).ok()?;
                tickets.get(place)
            });
            let progress = match ticket {
                None => "—",
                Some(ticket) if ticket.open => "在办",
                Some(_) => "已办结",
            };
            let or_none = |text: Option<String>| Cell::text(text.unwrap_or_else(|| "—".into()));
            table.push(vec![
                Cell::text(format!("第 {n} 期")),
                Cell::text(what.leader.to_string()),
                Cell::text(source.zone.date(found.at).to_string()),
                Cell::text(what.text.clone()),
                or_none(unit),
                or_none(what.due.map(|due| due.to_string())),
                or_none(what.ticket.map(|ticket| ticket.to_string())),
                Cell::text(progress),
            ]);
        }
    }
    table.note = format!("{year}年已发布专报 {issues} 期，领导批示 {} 件次。", table.rows.len());
    table
}
