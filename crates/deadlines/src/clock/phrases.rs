//! The words of an explanation, as data: a language is added by adding a table.

use model::Weekday;

use super::PauseCause;

/// The templates of one language. `{name}` is replaced by a value of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrases {
    /// Takes `{time}`.
    pub started: &'static str,
    /// Takes `{nth}` and `{of}`.
    pub counted: &'static str,
    /// Takes `{nth}`, `{of}` and `{name}`, the holiday.
    pub counted_make_up: &'static str,
    /// Takes `{nth}`, `{of}` and `{name}`, the reason.
    pub counted_local: &'static str,
    /// Takes no value.
    pub weekend: &'static str,
    /// Takes `{name}`.
    pub holiday: &'static str,
    /// Takes `{name}`.
    pub local_off: &'static str,
    /// Takes `{cause}`.
    pub paused: &'static str,
    /// Takes `{long}`, the duration.
    pub ran: &'static str,
    /// Takes `{long}`, the duration.
    pub ran_on: &'static str,
    /// Takes `{cause}`.
    pub held: &'static str,
    /// Takes no value.
    pub kept_as_announced: &'static str,
    /// Takes no value.
    pub set: &'static str,
    /// Takes `{time}`.
    pub due: &'static str,
    /// Takes `{time}`.
    pub due_provisional: &'static str,
    /// Takes no value.
    pub too_far: &'static str,
    /// The days of the week, Monday first.
    pub weekdays: [&'static str; 7],
    /// The causes of pauses, in the order of [`PauseCause`].
    pub causes: [&'static str; 5],
    /// The unit after a number of hours.
    pub hours: &'static str,
    /// The unit after a number of minutes.
    pub minutes: &'static str,
    /// The unit after a number of seconds.
    pub seconds: &'static str,
    /// The separator between hours and minutes.
    pub between: &'static str,
}

/// Mandarin (普通话).
pub const MANDARIN: Phrases = Phrases {
    started: "{time} 起算,当日不计",
    counted: "第{nth}天,共{of}天",
    counted_make_up: "第{nth}天,共{of}天({name}调休上班)",
    counted_local: "第{nth}天,共{of}天(本地上班:{name})",
    weekend: "不计:周末",
    holiday: "不计:{name}放假",
    local_off: "不计:本地停工({name})",
    paused: "不计:暂停中({cause})",
    ran: "计{long}",
    ran_on: "连续计{long}",
    held: "暂停中({cause}),恢复后才能算出期限",
    kept_as_announced: "已告知的期限不提前",
    set: "上级规定的期限",
    due: "期限 {time}",
    due_provisional: "期限 {time}(暂定:节假日安排尚未公布)",
    too_far: "超出可计算的范围",
    weekdays: ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"],
    causes: ["待补充信息", "争议裁定", "呈批", "法定程序", "不可抗力"],
    hours: "小时",
    minutes: "分",
    seconds: "秒",
    between: "",
};

/// English.
pub const ENGLISH: Phrases = Phrases {
    started: "starts at {time}; this day is day 0",
    counted: "day {nth} of {of}",
    counted_make_up: "day {nth} of {of}, worked for {name}",
    counted_local: "day {nth} of {of}, worked here: {name}",
    weekend: "not counted: weekend",
    holiday: "not counted: {name}",
    local_off: "not counted, not worked here: {name}",
    paused: "not counted: paused, {cause}",
    ran: "{long} counted",
    ran_on: "{long} counted without a break",
    held: "paused, {cause}: no due date until it runs again",
    kept_as_announced: "the due date that was announced is kept",
    set: "set by the upper hotline",
    due: "due at {time}",
    due_provisional: "due at {time}, provisional: the holidays are not published yet",
    too_far: "too far away to be computed",
    weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    causes: [
        "waiting for the caller's information",
        "arbitration",
        "waiting for a leader's signature",
        "statutory procedure",
        "force majeure",
    ],
    hours: " h",
    minutes: " min",
    seconds: " s",
    between: " ",
};

impl Phrases {
    /// A day of the week.
    pub fn weekday(&self, day: Weekday) -> &'static str {
        let [mon, tue, wed, thu, fri, sat, sun] = self.weekdays;
        match day {
            Weekday::Monday => mon,
            Weekday::Tuesday => tue,
            Weekday::Wednesday => wed,
            Weekday::Thursday => thu,
            Weekday::Friday => fri,
            Weekday::Saturday => sat,
            Weekday::Sunday => sun,
        }
    }

    /// The words for the cause of a pause.
    pub fn cause(&self, cause: PauseCause) -> &'static str {
        let [info, arbitration, leader, legal, force] = self.causes;
        match cause {
            PauseCause::AwaitInfo => info,
            PauseCause::Arbitrating => arbitration,
            PauseCause::AwaitLeader => leader,
            PauseCause::LegalCase => legal,
            PauseCause::ForceMajeure => force,
        }
    }
}

/// Fills the names into a template. Values are not read as templates.
pub(super) fn fill(template: &str, names: &[(&str, &str)]) -> String {
    let mut sentence = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        sentence.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        sentence.push_str(names.iter().find(|(known, _)| *known == name).map_or("", |(_, is)| is));
        rest = after;
    }
    sentence.push_str(rest);
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_read_as_templates() {
        assert_eq!(fill("a {x} b {y}{z}", &[("x", "{y}"), ("y", "2")]), "a {y} b 2");
        assert_eq!(fill("open {x", &[("x", "1")]), "open 1");
    }
}
