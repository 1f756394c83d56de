//! R6 专报: the data panel of a numbered issue; a person writes the text beside it.

use super::{Source, common, weekly::room};
use crate::{
    Period,
    sheet::{Part, Sheet},
};

pub(super) fn sheet(source: &Source<'_>, period: &Period) -> Sheet {
    let cuts = &source.rules.cuts;
    let (lens, before) = (source.lens(period), source.lens(&period.before(cuts)));
    Sheet {
        title: format!("{}热线专报 {}", source.hotline, period.chinese()),
        subtitle: period.stretch(cuts),
        parts: vec![
            room("领导批示", &["批示"]),
            room("正文", &["事由", "分析", "建议"]),
            Part::Table(common::hot_topics(source, &lens, &before, "数据：热点", 20)),
            Part::Table(common::channels(&lens)),
            Part::Table(common::classes(&lens)),
            Part::Table(super::daily::instructions(source, &lens, "领导批示办理进展")),
            Part::Table(common::reconciliation(
                &lens,
                &["F1", "F2", "F2b-direct", "F5", "F6", "F9", "F10", "F12b", "F19", "F23", "F27"],
            )),
        ],
        ..Sheet::default()
    }
}
