//! Reports that wait for their release: the period is over, the draft is there, nobody has signed it (RPT-01).
//!
//! A draft is made whenever somebody asks for it, out of what is known by then.
//! What the clock adds is the list of those that are due, so that no day, week
//! or month goes without its report because nobody thought of it.

use model::{Timestamp, Zone};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Backdrop, Cuts, Issue, Period, PeriodKind, bulletin::Report};

/// A report that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Due {
    /// Which layout: `R1`.
    pub report: String,
    /// Of which period: `2026-11-22`.
    pub period: String,
    /// Since when.
    pub since: Timestamp,
}

/// How a city cuts its days, and when its drafts are to be there.
#[derive(Clone, Copy, Debug)]
pub struct Timetable {
    /// Where periods are cut.
    pub cuts: Cuts,
    /// The hotline's clock.
    pub zone: Zone,
    /// Drafts are due at this second of the day.
    pub draft_at_s: u32,
}

impl Backdrop {
    /// Reports of the whole hotline that wait at `now`, the longest first. `from` says when one
    /// can be released at the earliest. What is longer ago than is asked for was let go, and what
    /// ended before the log began was somebody else's to report.
    pub fn due(
        &self,
        now: Timestamp,
        of: &Timetable,
        from: impl Fn(Report, &Period) -> Timestamp,
    ) -> Vec<Due> {
        let mut due = Vec::new();
        for (report, kind, back) in LOOKED_BACK {
            for period in Period::ended(kind, now, &of.cuts, of.zone).take(back) {
                let (_, end) = period.times(&of.cuts, of.zone);
                let since = of.next_drafts(from(report, &period));
                let issue = Issue {
                    report: report.code().to_owned(),
                    period: period.to_string(),
                    unit: None,
                };
                let ours = self.begun().is_some_and(|begun| begun < end);
                if ours && since <= now && self.released(&issue).is_empty() {
                    due.push(Due { report: issue.report, period: issue.period, since });
                }
            }
        }
        due.sort_by(|a, b| (a.since, &a.report).cmp(&(b.since, &b.report)));
        due
    }
}

impl Timetable {
    /// The first hour of drafts at or after a moment.
    fn next_drafts(&self, at: Timestamp) -> Timestamp {
        let date = self.zone.date(at);
        let today = self.zone.moment(date, self.draft_at_s);
        if today < at { self.zone.moment(date.plus(1), self.draft_at_s) } else { today }
    }
}

/// What is released as a rule, and how many periods back it is asked for. The special report is
/// written when there is cause, the agents' day and the wall are looked at.
const LOOKED_BACK: [(Report, PeriodKind, usize); 5] = [
    (Report::R1, PeriodKind::Day, 7),
    (Report::R2, PeriodKind::Week, 4),
    (Report::R3, PeriodKind::Month, 3),
    (Report::R4, PeriodKind::Quarter, 2),
    (Report::R5, PeriodKind::Year, 1),
];

#[cfg(test)]
mod tests {
    use directory::Network;
    use model::{
        Date, Event, Record, Weekday,
        event::{EngineStarted, ReportReleased},
    };

    use super::*;

    const SHIPPED: Timetable =
        Timetable { cuts: DEFAULT, zone: Zone::CHINA, draft_at_s: 7 * 3_600 + 1_800 };
    const DEFAULT: Cuts =
        Cuts { day_end_s: 86_400, week_from: Weekday::Monday, month_last: 0, year_last: 12 };

    fn at(date: &str, hour: u32, minute: u32) -> Timestamp {
        Zone::CHINA.moment(date.parse::<Date>().unwrap(), hour * 3_600 + minute * 60)
    }

    /// A hotline whose log begins then.
    fn since(begun: Timestamp) -> Backdrop {
        let mut backdrop = Backdrop::new(Zone::CHINA, Network::default());
        let event = Event::EngineStarted(EngineStarted { version: "1".into() });
        backdrop.apply(&Record { seq: 1, at: begun, event });
        backdrop
    }

    fn release(backdrop: &mut Backdrop, report: &str, period: &str) {
        let what = ReportReleased {
            report: report.into(),
            period: period.into(),
            unit: None,
            number: 1,
            facts_sha256: String::new(),
            why: None,
            by: None,
        };
        let event = Event::ReportReleased(what);
        backdrop.apply(&Record { seq: 2, at: at("2026-11-30", 8, 0), event });
    }

    fn due(backdrop: &Backdrop, now: Timestamp, of: &Timetable) -> Vec<String> {
        let end = |_: Report, period: &Period| period.times(&of.cuts, of.zone).1;
        let due = backdrop.due(now, of, end);
        due.into_iter().map(|due| format!("{} {}", due.report, due.period)).collect()
    }

    #[test]
    fn yesterday_s_report_is_due_at_half_past_seven_and_until_it_is_released() {
        let mut backdrop = since(at("2026-11-26", 15, 0));
        let before = due(&backdrop, at("2026-11-29", 7, 29), &SHIPPED);
        assert_eq!(before, ["R1 2026-11-26", "R1 2026-11-27"]);
        let then = due(&backdrop, at("2026-11-29", 7, 30), &SHIPPED);
        assert_eq!(then, ["R1 2026-11-26", "R1 2026-11-27", "R1 2026-11-28"]);
        release(&mut backdrop, "R1", "2026-11-27");
        assert_eq!(
            due(&backdrop, at("2026-11-30", 9, 0), &SHIPPED),
            ["R1 2026-11-26", "R1 2026-11-28", "R1 2026-11-29", "R2 2026-W48"]
        );
    }

    #[test]
    fn what_was_let_go_long_ago_is_not_asked_for_for_ever() {
        let backdrop = since(at("2013-03-18", 8, 0));
        let all = due(&backdrop, at("2027-01-10", 8, 0), &SHIPPED);
        let of = |report: &str| all.iter().filter(|due| due.starts_with(report)).count();
        assert_eq!(
            [of("R1"), of("R2"), of("R3"), of("R4"), of("R5"), of("R6")],
            [7, 4, 3, 2, 1, 0]
        );
        assert_eq!(all[0], "R4 2026-Q3");
        assert!(all.contains(&"R5 2026".to_owned()) && all.contains(&"R2 2026-W53".to_owned()));
    }

    #[test]
    fn a_day_that_ends_at_noon_is_told_of_the_next_morning() {
        let noon = Timetable { cuts: Cuts { day_end_s: 43_200, ..DEFAULT }, ..SHIPPED };
        let backdrop = since(at("2026-11-28", 13, 0));
        assert_eq!(due(&backdrop, at("2026-11-29", 23, 0), &noon), Vec::<String>::new());
        let monday = due(&backdrop, at("2026-11-30", 7, 30), &noon);
        assert_eq!(monday, ["R1 2026-11-29", "R2 2026-W48"]);
    }
}
