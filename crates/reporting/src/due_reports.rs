//! Reports that wait to be released: the period has ended and no one has released the report (RPT-01).
//!
//! A draft is made from the present data whenever it is asked for. This list reminds the editor of
//! every day, week or month whose report is not released yet.

use model::{Timestamp, Zone};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Period, PeriodCuts, PeriodKind, ReferenceData, ReportIssue, bulletin::Report};

/// A report that waits to be released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DueReport {
    /// The code of the layout: `R1`.
    pub report: String,
    /// The period: `2026-11-22`.
    pub period: String,
    /// Since when it waits.
    pub since: Timestamp,
}

/// When drafts are due.
#[derive(Clone, Copy, Debug)]
pub struct DraftSchedule {
    /// The boundaries of periods.
    pub cuts: PeriodCuts,
    /// The time zone of the hotline.
    pub zone: Zone,
    /// The second of the day at which drafts are due.
    pub draft_at_s: u32,
}

impl ReferenceData {
    /// Reports of the whole hotline that wait at `now`, the longest waiting first. `from` returns the
    /// earliest time at which a report can be released. Periods that ended before the log began are not
    /// listed, nor those further back than `LOOKED_BACK`.
    pub fn due(
        &self,
        now: Timestamp,
        of: &DraftSchedule,
        from: impl Fn(Report, &Period) -> Timestamp,
    ) -> Vec<DueReport> {
        let mut due = Vec::new();
        for (report, kind, back) in LOOKED_BACK {
            for period in Period::ended(kind, now, &of.cuts, of.zone).take(back) {
                let (_, end) = period.times(&of.cuts, of.zone);
                let since = of.next_drafts(from(report, &period));
                let issue = ReportIssue {
                    report: report.code().to_owned(),
                    period: period.to_string(),
                    unit: None,
                };
                let ours = self.begun().is_some_and(|begun| begun < end);
                if ours && since <= now && self.released(&issue).is_empty() {
                    due.push(DueReport { report: issue.report, period: issue.period, since });
                }
            }
        }
        due.sort_by(|a, b| (a.since, &a.report).cmp(&(b.since, &b.report)));
        due
    }
}

impl DraftSchedule {
    /// The first draft time at or after a moment.
    fn next_drafts(&self, at: Timestamp) -> Timestamp {
        let date = self.zone.date(at);
        let today = self.zone.moment(date, self.draft_at_s);
        if today < at { self.zone.moment(date.plus(1), self.draft_at_s) } else { today }
    }
}

/// The reports that are released regularly, with the number of past periods that are checked. The
/// special report is written when there is cause; the agents' report and the wallboard are not released.
const LOOKED_BACK: [(Report, PeriodKind, usize); 5] = [
    (Report::R1, PeriodKind::Day, 7),
    (Report::R2, PeriodKind::Week, 4),
    (Report::R3, PeriodKind::Month, 3),
    (Report::R4, PeriodKind::Quarter, 2),
    (Report::R5, PeriodKind::Year, 1),
];

#[cfg(test)]
mod tests {
    use directory::Directory;
    use model::{
        Date, Event, Record, Weekday,
        event::{EngineStarted, ReportReleased},
    };

    use super::*;

    const SHIPPED: DraftSchedule =
        DraftSchedule { cuts: DEFAULT, zone: Zone::CHINA, draft_at_s: 7 * 3_600 + 1_800 };
    const DEFAULT: PeriodCuts =
        PeriodCuts { day_end_s: 86_400, week_from: Weekday::Monday, month_last: 0, year_last: 12 };

    fn at(date: &str, hour: u32, minute: u32) -> Timestamp {
        Zone::CHINA.moment(date.parse::<Date>().unwrap(), hour * 3_600 + minute * 60)
    }

    /// A hotline whose log begins at `begun`.
    fn since(begun: Timestamp) -> ReferenceData {
        let mut reference = ReferenceData::new(Zone::CHINA, Directory::default());
        let event = Event::EngineStarted(EngineStarted { version: "1".into() });
        reference.apply(&Record { seq: 1, at: begun, event });
        reference
    }

    fn release(reference: &mut ReferenceData, report: &str, period: &str) {
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
        reference.apply(&Record { seq: 2, at: at("2026-11-30", 8, 0), event });
    }

    fn due(reference: &ReferenceData, now: Timestamp, of: &DraftSchedule) -> Vec<String> {
        let end = |_: Report, period: &Period| period.times(&of.cuts, of.zone).1;
        let due = reference.due(now, of, end);
        due.into_iter().map(|due| format!("{} {}", due.report, due.period)).collect()
    }

    #[test]
    fn daily_report_is_due_from_the_draft_time_until_its_release() {
        let mut reference = since(at("2026-11-26", 15, 0));
        let before = due(&reference, at("2026-11-29", 7, 29), &SHIPPED);
        assert_eq!(before, ["R1 2026-11-26", "R1 2026-11-27"]);
        let then = due(&reference, at("2026-11-29", 7, 30), &SHIPPED);
        assert_eq!(then, ["R1 2026-11-26", "R1 2026-11-27", "R1 2026-11-28"]);
        release(&mut reference, "R1", "2026-11-27");
        assert_eq!(
            due(&reference, at("2026-11-30", 9, 0), &SHIPPED),
            ["R1 2026-11-26", "R1 2026-11-28", "R1 2026-11-29", "R2 2026-W48"]
        );
    }

    #[test]
    fn only_the_latest_unreleased_periods_are_due() {
        let reference = since(at("2013-03-18", 8, 0));
        let all = due(&reference, at("2027-01-10", 8, 0), &SHIPPED);
        let of = |report: &str| all.iter().filter(|due| due.starts_with(report)).count();
        assert_eq!(
            [of("R1"), of("R2"), of("R3"), of("R4"), of("R5"), of("R6")],
            [7, 4, 3, 2, 1, 0]
        );
        assert_eq!(all[0], "R4 2026-Q3");
        assert!(all.contains(&"R5 2026".to_owned()) && all.contains(&"R2 2026-W53".to_owned()));
    }

    #[test]
    fn report_of_a_day_that_ends_at_noon_is_due_the_next_morning() {
        let noon = DraftSchedule { cuts: PeriodCuts { day_end_s: 43_200, ..DEFAULT }, ..SHIPPED };
        let reference = since(at("2026-11-28", 13, 0));
        assert_eq!(due(&reference, at("2026-11-29", 23, 0), &noon), Vec::<String>::new());
        let monday = due(&reference, at("2026-11-30", 7, 30), &noon);
        assert_eq!(monday, ["R1 2026-11-29", "R2 2026-W48"]);
    }
}
