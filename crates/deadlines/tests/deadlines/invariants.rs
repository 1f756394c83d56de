//! Properties of every clock: the invariants of hotline.md 2.8 that are about time.

use std::time::Duration;

use deadlines::calendar::Calendar;
use deadlines::clock::{
    Allowance, Clock, ClockEvent, ClockKind, ClockStatus, ClockTerms, DayEnd, ExplanationFact,
    Extension, ExtensionApprover, OverdueLevel, PauseCause, Policy, TimeAmount, WorkingTime,
    is_late,
};
use model::{Timestamp, Zone};
use proptest::prelude::*;

use crate::common::{at, calendar};

const CAUSES: [PauseCause; 5] = [
    PauseCause::AwaitInfo,
    PauseCause::Arbitrating,
    PauseCause::AwaitLeader,
    PauseCause::LegalCase,
    PauseCause::ForceMajeure,
];

fn calendar_once() -> &'static Calendar {
    static ONCE: std::sync::OnceLock<Calendar> = std::sync::OnceLock::new();
    ONCE.get_or_init(calendar)
}

fn working_time(day_end: DayEnd) -> WorkingTime<'static> {
    WorkingTime { calendar: calendar_once(), day_end }
}

fn moment(seconds: u64) -> Timestamp {
    at("2009-01-01") + Duration::from_secs(seconds)
}

/// Seventeen years, in seconds.
const SPAN_S: u64 = 17 * 366 * 86_400;

fn starts() -> impl Strategy<Value = u64> {
    0..SPAN_S
}

fn allowances() -> impl Strategy<Value = Allowance> {
    prop_oneof![
        (0..40_u16).prop_map(Allowance::Days),
        (0..400_000_u32).prop_map(Allowance::Natural),
        (0..400_000_u32).prop_map(Allowance::Working),
    ]
}

fn day_ends() -> impl Strategy<Value = DayEnd> {
    prop_oneof![Just(DayEnd::Midnight), Just(DayEnd::OfficeClose)]
}

/// Pauses, each as seconds after the start, length in seconds, and index of the cause.
fn pauses() -> impl Strategy<Value = Vec<(u64, u64, usize)>> {
    prop::collection::vec((0..3_000_000_u64, 0..900_000_u64, 0..CAUSES.len()), 0..5)
}

fn terms(allowance: Allowance) -> ClockTerms {
    ClockTerms { kind: ClockKind::HandleB, allowance, policy: 1 }
}

/// A clock with these pauses, its events in the order of time.
fn clock(allowance: Allowance, start: u64, pauses: &[(u64, u64, usize)]) -> Clock {
    Clock::replay(terms(allowance), history(start, pauses).iter().map(|(at, e)| (*at, e)))
}

fn history(start: u64, pauses: &[(u64, u64, usize)]) -> Vec<(Timestamp, ClockEvent)> {
    let mut events = vec![(moment(start), 0, ClockEvent::Started)];
    for &(after, long, cause) in pauses {
        let (from, to) = (moment(start + after), moment(start + after + long));
        events.push((from, 1, ClockEvent::Paused(CAUSES[cause])));
        events.push((to, 2, ClockEvent::Resumed(CAUSES[cause])));
    }
    events.sort_by_key(|(at, order, _)| (*at, *order));
    events.into_iter().map(|(at, _, event)| (at, event)).collect()
}

fn extended(clock: &Clock, days: u16) -> Clock {
    let mut clock = clock.clone();
    let by = ExtensionApprover::SupervisionGroup;
    let asked_at = Timestamp::default();
    clock.apply(asked_at, &ClockEvent::Extended(Extension { days, asked_at, by }));
    clock
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Invariant 5: a pause never makes a due date earlier.
    #[test]
    fn pause_never_makes_due_date_earlier(
        allowance in allowances(), start in starts(), day_end in day_ends(),
        pauses in pauses(), more in (0..3_000_000_u64, 0..900_000_u64),
    ) {
        let working_time = working_time(day_end);
        let before = clock(allowance, start, &pauses).due(working_time);
        // The new pause has a cause of its own, so that it cannot end another.
        let mut longer: Vec<_> = pauses.iter().map(|&(a, l, c)| (a, l, c % 4)).collect();
        let same = clock(allowance, start, &longer).due(working_time);
        longer.push((more.0, more.1, 4));
        let after = clock(allowance, start, &longer).due(working_time);
        prop_assert!(before.is_some() && same.is_some() && after.is_some());
        prop_assert!(after >= same, "{same:?} {after:?}");
    }

    /// Invariant 5: an extension makes a due date later, and a longer one no earlier.
    #[test]
    fn extension_adds_working_days(
        days in 1..40_u16, start in starts(), pauses in pauses(), more in 1..11_u16,
    ) {
        let working_time = working_time(DayEnd::Midnight);
        let plain = clock(Allowance::Days(days), start, &pauses);
        let longer = extended(&plain, more);
        prop_assert!(longer.due(working_time) > plain.due(working_time));
        // An extension by some days has the same effect as terms with as many more days.
        let promised = clock(Allowance::Days(days + more), start, &pauses);
        prop_assert_eq!(longer.due(working_time), promised.due(working_time));
    }

    /// Two extensions have the effect of one with their sum.
    #[test]
    fn extensions_add_up(
        days in 0..40_u16, start in starts(), pauses in pauses(), a in 1..11_u16, b in 1..11_u16,
    ) {
        let working_time = working_time(DayEnd::Midnight);
        let plain = clock(Allowance::Days(days), start, &pauses);
        let both = extended(&extended(&plain, a), b).due(working_time);
        prop_assert_eq!(both, extended(&plain, a + b).due(working_time));
        prop_assert_eq!(both, extended(&extended(&plain, b), a).due(working_time));
    }

    /// A larger allowance is not due earlier.
    #[test]
    fn larger_allowance_is_not_due_earlier(
        start in starts(), pauses in pauses(), day_end in day_ends(),
        less in 0..200_000_u32, more in 0..200_000_u32,
    ) {
        let working_time = working_time(day_end);
        for allowance in [Allowance::Natural, Allowance::Working] {
            let short = clock(allowance(less), start, &pauses).due(working_time);
            let long = clock(allowance(less + more), start, &pauses).due(working_time);
            prop_assert!(long >= short);
        }
    }

    /// A later start is not due earlier.
    #[test]
    fn later_start_is_never_due_earlier(
        allowance in allowances(), start in starts(), later in 0..1_000_000_u64,
    ) {
        let working_time = working_time(DayEnd::Midnight);
        let early = clock(allowance, start, &[]).due(working_time);
        prop_assert!(clock(allowance, start + later, &[]).due(working_time) >= early);
    }

    /// A pause that ends on the day it began has no effect on a clock of days.
    #[test]
    fn pause_within_a_day_does_not_delay_clock_of_days(
        days in 0..40_u16, start in starts(), on in 0..60_u64, from in 0..86_399_u64, long in 0..86_399_u64,
    ) {
        let working_time = working_time(DayEnd::Midnight);
        let plain = clock(Allowance::Days(days), start, &[]);
        let mut paused = plain.clone();
        let day = Zone::CHINA.date(moment(start)).plus(on as i64);
        let to = (from + long).min(86_399);
        let second = |s: u64| Zone::CHINA.moment(day, s as u32);
        paused.apply(second(from), &ClockEvent::Paused(PauseCause::AwaitInfo));
        paused.apply(second(to), &ClockEvent::Resumed(PauseCause::AwaitInfo));
        prop_assert_eq!(paused.due(working_time), plain.due(working_time));
    }

    /// A pause delays a clock of natural hours by exactly its length.
    #[test]
    fn pause_delays_natural_hours_by_its_length(
        seconds in 2..400_000_u32, start in starts(), after in 0..400_000_u64, long in 0..900_000_u64,
    ) {
        let working_time = working_time(DayEnd::Midnight);
        let after = after % u64::from(seconds);
        let plain = clock(Allowance::Natural(seconds), start, &[]).due(working_time);
        let paused = clock(Allowance::Natural(seconds), start, &[(after, long, 0)]).due(working_time);
        prop_assert_eq!(paused, plain.map(|due| due + Duration::from_secs(long)));
    }

    /// Invariant 3: a change of terms has the effect of terms that applied from the start.
    #[test]
    fn changed_terms_apply_from_start_with_all_pauses(
        allowance in allowances(), other in allowances(), start in starts(), pauses in pauses(),
        day_end in day_ends(),
    ) {
        let working_time = working_time(day_end);
        let mut changed = clock(other, start, &pauses);
        changed.apply(moment(start + 4_000_000), &ClockEvent::Changed(terms(allowance)));
        prop_assert_eq!(changed.due(working_time), clock(allowance, start, &pauses).due(working_time));
    }

    /// The due date and the consumed time computed alone equal those of the reading.
    #[test]
    fn due_date_computed_alone_equals_reading(
        allowance in allowances(), start in starts(), pauses in pauses(), day_end in day_ends(),
        told in 0..5_000_000_u64, after in 0..5_000_000_u64, held in any::<bool>(),
    ) {
        let working_time = working_time(day_end);
        let mut clock = clock(allowance, start, &pauses);
        clock.apply(moment(start), &ClockEvent::DueAnnounced(moment(start + told)));
        if held {
            clock.apply(moment(start + after), &ClockEvent::Paused(PauseCause::LegalCase));
        }
        let now = moment(start + after);
        let shown = clock.reading(now, working_time, &Policy::shipped(), false);
        prop_assert_eq!(clock.due(working_time), shown.due);
        prop_assert_eq!(clock.consumed(now, working_time), shown.consumed);
    }

    /// The consumed time never falls, the remaining time is the rest, and a late clock has none
    /// left.
    #[test]
    fn consumed_time_and_level_never_fall(
        allowance in allowances(), start in starts(), pauses in pauses(),
        a in 0..4_000_000_u64, b in 0..4_000_000_u64,
    ) {
        let working_time = working_time(DayEnd::Midnight);
        let policy = Policy::shipped();
        let clock = clock(allowance, start, &pauses);
        let (a, b) = (a.min(b), a.max(b));
        let early = clock.reading(moment(start + a), working_time, &policy, false);
        let late = clock.reading(moment(start + b), working_time, &policy, false);
        prop_assert!(early.consumed <= late.consumed);
        prop_assert!(early.level <= late.level, "{early:?} {late:?}");
        for reading in [early, late] {
            let (all, gone, left) = match (reading.allowed, reading.consumed, reading.remaining) {
                (TimeAmount::Days(a), TimeAmount::Days(c), TimeAmount::Days(r)) => (a.into(), c.into(), r.into()),
                (TimeAmount::Seconds(a), TimeAmount::Seconds(c), TimeAmount::Seconds(r)) => (a, c, r),
                mixed => return Err(TestCaseError::fail(format!("{mixed:?}"))),
            };
            prop_assert_eq!(gone + left, all);
        }
        if let Some(due) = late.due {
            prop_assert_eq!(late.level >= OverdueLevel::O2, is_late(moment(start + b), due));
            if is_late(moment(start + b), due) {
                prop_assert!(matches!(late.remaining, TimeAmount::Days(0) | TimeAmount::Seconds(0)));
            }
        }
    }

    /// The working days in sequence are those for which each day is a working day.
    #[test]
    fn workdays_in_sequence_equal_days_that_are_workdays(start in starts(), of in 0..400_u32) {
        let date = Zone::CHINA.date(moment(start));
        let each = (1..=i64::from(of)).map(|on| date.plus(on));
        let worked: Vec<_> = each.filter(|date| calendar_once().is_workday(*date)).collect();
        prop_assert_eq!(calendar_once().workdays_after(date, of).collect::<Vec<_>>(), worked);
    }

    /// A clock of days is due on a working day.
    #[test]
    fn clock_of_days_is_due_on_workday(
        days in 1..40_u16, start in starts(), pauses in pauses(), day_end in day_ends(),
    ) {
        let working_time = working_time(day_end);
        let due = clock(Allowance::Days(days), start, &pauses).due(working_time);
        let date = due.map(|due| Zone::CHINA.date(due));
        prop_assert!(date.is_some_and(|date| calendar_once().is_workday(date)));
    }

    /// A clock of working hours is due within office hours.
    #[test]
    fn clock_of_working_hours_is_due_in_office_hours(
        seconds in 1..400_000_u32, start in starts(), pauses in pauses(),
    ) {
        let due = clock(Allowance::Working(seconds), start, &pauses).due(working_time(DayEnd::Midnight));
        let due = due.expect("no open pause");
        let second = Zone::CHINA.second_of_day(due);
        let spans = calendar_once().hours().spans();
        prop_assert!(calendar_once().is_workday(Zone::CHINA.date(due)));
        prop_assert!(spans.iter().any(|(open, close)| second > *open && second <= *close));
    }

    /// The explanation counts exactly the time that is allowed and ends with the due date.
    #[test]
    fn explanation_agrees_with_due_date(
        allowance in allowances(), start in starts(), pauses in pauses(),
    ) {
        let working_time = working_time(DayEnd::Midnight);
        let clock = clock(allowance, start, &pauses);
        let why = clock.explain(working_time).expect("started");
        let last = why.lines.last().expect("lines");
        let due = clock.due(working_time).expect("no open pause");
        prop_assert_eq!(last.date, Zone::CHINA.date(due));
        let at_due = matches!(last.fact, ExplanationFact::Due { second, .. } if second == Zone::CHINA.second_of_day(due));
        prop_assert!(at_due);
        let ran: u64 = why.lines.iter().map(|line| match line.fact {
            ExplanationFact::Counted { .. } => 1,
            ExplanationFact::Ran(seconds) | ExplanationFact::RanOn { seconds } => seconds,
            _ => 0,
        }).sum();
        let all = match allowance {
            Allowance::Days(days) => u64::from(days),
            Allowance::Natural(seconds) | Allowance::Working(seconds) => u64::from(seconds),
            Allowance::Until(_) => 0,
        };
        // A clock of zero days that is held at the end of its day counts one.
        prop_assert!(ran == all || (allowance == Allowance::Days(0) && ran == 1));
        prop_assert!(why.lines.is_sorted_by_key(|line| line.date));
    }

    /// An open pause leaves no due date unless the clock was due before.
    #[test]
    fn open_pause_leaves_no_due_date(
        allowance in allowances(), start in starts(), after in 0..4_000_000_u64,
    ) {
        let working_time = working_time(DayEnd::Midnight);
        let plain = clock(allowance, start, &[]);
        let due = plain.due(working_time).expect("not held");
        let mut held = plain.clone();
        let from = moment(start + after);
        held.apply(from, &ClockEvent::Paused(PauseCause::LegalCase));
        match held.due(working_time) {
            Some(still) => prop_assert!(still == due && due <= from),
            None => {
                prop_assert!(from <= due);
                let now = from + Duration::from_secs(100 * 86_400);
                let shown = held.reading(now, working_time, &Policy::shipped(), false);
                prop_assert_eq!(shown.status, ClockStatus::Paused(PauseCause::LegalCase));
                prop_assert!(shown.level <= OverdueLevel::O1);
            }
        }
    }
}
