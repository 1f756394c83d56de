//! R8 大屏: numbers for the wallboard in the hall, and those that the public may see.

use super::{Source, common};
use crate::{
    Period, PeriodKind,
    facts::CompactTime,
    figure::Figures,
    sheet::{Cell, Sheet, SheetPart, Table},
};

pub(super) fn sheet(source: &Source<'_>, period: &Period) -> Sheet {
    let day = source.scope(period);
    let cuts = &source.rules.cuts;
    let month = Period::month(period.first.year, period.first.month, cuts).unwrap_or(*period);
    let month = source.scope(&month);
    debug_assert_eq!(period.kind, PeriodKind::Day);
    let stock = super::daily::stock(source, &day);
    let as_of = day.as_of();
    let mut hall = Table::new("大厅", &["项目", "数值"]);
    let quarter = crate::facts::TimeSpan { from: before(as_of, 900), to: as_of };
    let arrivals = day.facts.calls.iter().filter(|call| quarter.has(call.arrived)).count();
    let figures = Figures::of(&day, ["F1", "F1-24h", "F2"]);
    for (name, cell) in [
        ("今日接通率", common::cell_of(figures.get("F1"))),
        ("滚动24小时最低接通率", common::cell_of(figures.get("F1-24h"))),
        ("最近15分钟呼入", Cell::Count(arrivals as u64)),
        ("在办", Cell::Count(stock.open)),
        ("临期（黄）", Cell::Count(stock.due_soon)),
        ("超期（红）", Cell::Count(stock.overdue)),
    ] {
        hall.push(vec![Cell::text(name), cell]);
    }
    hall.note = "排队与坐席状态见实时大屏。".to_owned();
    let mut public = Table::new("对外显示", &["项目", "数值"]);
    let closed =
        day.facts.tickets_in(day.span).filter(|t| day.span.has(t.closed) && t.class.is_valid());
    for (name, cell) in [
        ("热线号码", Cell::text(source.hotline)),
        ("今日受理", Cell::Count(figures.numerator("F2"))),
        ("今日办结", Cell::Count(closed.count() as u64)),
        ("本月满意率", common::cell(&month, "F9")),
    ] {
        public.push(vec![Cell::text(name), cell]);
    }
    Sheet {
        title: format!("{}热线大屏数据 {}", source.hotline, period.chinese()),
        subtitle: period.stretch(cuts),
        parts: vec![
            SheetPart::Table(hall),
            SheetPart::Table(public),
            SheetPart::Table(common::reconciliation(&day, &["F1", "F1-24h", "F2"])),
        ],
        ..Sheet::default()
    }
}

fn before(at: CompactTime, seconds: u64) -> CompactTime {
    CompactTime::from(at.time() - std::time::Duration::from_secs(seconds))
}
