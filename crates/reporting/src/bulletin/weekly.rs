//! R2 周综述: the week's topics, areas, channels and units.

use super::{Source, common};
use crate::{
    Period,
    figure::Figures,
    sheet::{Cell, Sheet, SheetPart, Table},
};

pub(super) fn sheet(source: &Source<'_>, period: &Period) -> Sheet {
    let cuts = &source.rules.cuts;
    let (week, before) = (source.scope(period), source.scope(&period.before(cuts)));
    let classes = common::most(common::accepted(&week).map(|t| common::topic_to(&week, t, 1)));
    let all: u64 = classes.iter().map(|(_, n)| n).sum();
    let named = classes.iter().filter(|(code, _)| !code.is_empty()).count();
    let then = common::most(common::accepted(&before).map(|t| common::topic_to(&before, t, 1)));
    let mut topics = Table::new("一、类别分析", &["类别", "件数", "占比", "环比", "主要内容"]);
    topics.note = format!("本周有效受理 {all} 件，涉及 {named} 类。");
    for (code, n) in &classes {
        let of = common::accepted(&week).filter(|t| common::topic_to(&week, t, 1) == *code);
        let contents = common::most(of.map(|t| common::topic_to(&week, t, 3)));
        let contents: Vec<String> = contents
            .into_iter()
            .filter(|(topic, _)| !topic.is_empty())
            .take(5)
            .map(|(topic, n)| format!("{} {n}", source.topic_name(topic, week.days.1)))
            .collect();
        let last = then.iter().find(|(known, _)| known == code).map_or(0, |(_, n)| *n);
        topics.push(vec![
            Cell::text(source.topic_name(code, week.days.1)),
            Cell::Count(*n),
            common::share(*n, all),
            Cell::text(format!("{:+}", i128::from(*n) - i128::from(last))),
            Cell::text(contents.join("、")),
        ]);
    }
    let mut areas = Table::new("二、区域分布", &["区域", "件数", "占比"]);
    for (area, n) in common::most(common::accepted(&week).map(|t| t.area)) {
        let name = Cell::text(source.area_name(area, week.days.1));
        areas.push(vec![name, Cell::Count(n), common::share(n, all)]);
    }
    let columns = ["单位", "转办", "应办结", "已办", "按时", "超期", "退单", "催办", "重办"];
    let mut units = Table::new("三、单位分布", &columns);
    for unit in common::units(source, &week) {
        let codes = ["issued", "F5", "F6", "F13", "F15-count", "F14-rounds"];
        let figures = Figures::of(&week.of(unit), codes);
        let (due, done) = (figures.denominator("F5"), figures.numerator("F5"));
        let on_time = figures.numerator("F6");
        units.push(vec![
            Cell::text(source.unit_name(unit, week.days.1)),
            Cell::Count(figures.denominator("issued")),
            Cell::Count(due),
            Cell::Count(done),
            Cell::Count(on_time),
            Cell::Count(due.saturating_sub(on_time)),
            Cell::Count(figures.numerator("F13")),
            Cell::Count(figures.numerator("F15-count")),
            Cell::Count(figures.numerator("F14-rounds")),
        ]);
    }
    units.note =
        "超期含按时以外的全部应办结件；一件可有多个单位，各单位之和可大于全热线数。".to_owned();
    Sheet {
        title: format!("{}热线周综述 {}", source.hotline, period.chinese()),
        subtitle: period.stretch(cuts),
        parts: vec![
            SheetPart::Table(topics),
            SheetPart::Table(areas),
            SheetPart::Table(units),
            SheetPart::Table(common::channels(&week)),
            SheetPart::Table(common::classes(&week)),
            SheetPart::Table(common::hot_topics(source, &week, &before, "四、热点分析", 10)),
            blanks("五、典型案例", &["事由", "过程", "结果", "评价", "启示"]),
            blanks("六、下周提示", &["天气、供暖、节日"]),
            SheetPart::Table(common::reconciliation(
                &week,
                &[
                    "F1",
                    "F1b",
                    "F2",
                    "F2b-direct",
                    "F2b-dispatched",
                    "F3",
                    "F4",
                    "F5",
                    "F6",
                    "F9",
                    "F10",
                    "F13",
                    "F14",
                    "F15",
                    "F23",
                ],
            )),
        ],
        ..Sheet::default()
    }
}

/// Space for a person to write in.
pub(super) fn blanks(heading: &str, slots: &[&str]) -> SheetPart {
    let lines = slots.iter().map(|slot| format!("{slot}：")).collect();
    SheetPart::Text { heading: heading.to_owned(), lines }
}
