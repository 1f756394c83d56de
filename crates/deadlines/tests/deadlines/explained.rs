//! The explanation of a due date in words.

use crate::common::{at, calendar};
use deadlines::clock::{
    Allowance, Clock, ClockEvent, ClockKind, ClockTerms, DayEnd, ENGLISH, MANDARIN, PauseCause,
    WorkingTime,
};

fn clock(allowance: Allowance, start: &str) -> Clock {
    Clock::started(ClockTerms { kind: ClockKind::HandleB, allowance, policy: 1 }, at(start))
}

fn english(clock: &Clock) -> Vec<String> {
    let calendar = calendar();
    let working_time = WorkingTime { calendar: &calendar, day_end: DayEnd::Midnight };
    clock.explain(working_time).map(|why| why.render(&ENGLISH)).unwrap_or_default()
}

#[test]
fn explanation_lists_each_day_of_spring_festival() {
    let calendar = calendar();
    let working_time = WorkingTime { calendar: &calendar, day_end: DayEnd::Midnight };
    let clock = clock(Allowance::Days(7), "2013-02-01T10:00:00");
    let why = clock.explain(working_time).expect("started");
    assert_eq!(why.code, "C6-B");
    assert_eq!(
        why.render(&MANDARIN),
        [
            "2013-02-01 星期五 10:00:00 起算,当日不计",
            "2013-02-02 星期六 不计:周末",
            "2013-02-03 星期日 不计:周末",
            "2013-02-04 星期一 第1天,共7天",
            "2013-02-05 星期二 第2天,共7天",
            "2013-02-06 星期三 第3天,共7天",
            "2013-02-07 星期四 第4天,共7天",
            "2013-02-08 星期五 第5天,共7天",
            "2013-02-09 星期六 不计:春节放假",
            "2013-02-10 星期日 不计:春节放假",
            "2013-02-11 星期一 不计:春节放假",
            "2013-02-12 星期二 不计:春节放假",
            "2013-02-13 星期三 不计:春节放假",
            "2013-02-14 星期四 不计:春节放假",
            "2013-02-15 星期五 不计:春节放假",
            "2013-02-16 星期六 第6天,共7天(春节调休上班)",
            "2013-02-17 星期日 第7天,共7天(春节调休上班)",
            "2013-02-17 星期日 期限 23:59:59",
        ]
    );
}

#[test]
fn open_pause_is_explained_without_due_date() {
    let mut clock = clock(Allowance::Days(3), "2026-11-23T09:00:00");
    clock.apply(at("2026-11-24T15:00:00"), &ClockEvent::Paused(PauseCause::Arbitrating));
    assert_eq!(
        english(&clock),
        [
            "2026-11-23 Mon starts at 09:00:00; this day is day 0",
            "2026-11-24 Tue paused, arbitration: no due date until it runs again",
        ]
    );
    clock.apply(at("2026-11-25T10:00:00"), &ClockEvent::Resumed(PauseCause::Arbitrating));
    assert_eq!(
        english(&clock),
        [
            "2026-11-23 Mon starts at 09:00:00; this day is day 0",
            "2026-11-24 Tue not counted: paused, arbitration",
            "2026-11-25 Wed day 1 of 3",
            "2026-11-26 Thu day 2 of 3",
            "2026-11-27 Fri day 3 of 3",
            "2026-11-27 Fri due at 23:59:59",
        ]
    );
}

#[test]
fn hours_are_explained_as_spans() {
    let mut natural = clock(Allowance::Natural(7_200), "2026-11-23T09:00:00");
    natural.apply(at("2026-11-23T09:30:00"), &ClockEvent::Paused(PauseCause::AwaitInfo));
    natural.apply(at("2026-11-23T10:10:00"), &ClockEvent::Resumed(PauseCause::AwaitInfo));
    assert_eq!(
        english(&natural),
        [
            "2026-11-23 Mon starts at 09:00:00; this day is day 0",
            "2026-11-23 Mon 30 min counted without a break",
            "2026-11-23 Mon not counted: paused, waiting for the caller's information",
            "2026-11-23 Mon 1 h 30 min counted without a break",
            "2026-11-23 Mon due at 11:40:00",
        ]
    );
    assert_eq!(
        english(&clock(Allowance::Working(7_200), "2026-11-20T17:00:00")),
        [
            "2026-11-20 Fri starts at 17:00:00; this day is day 0",
            "2026-11-20 Fri 1 h counted",
            "2026-11-23 Mon 1 h counted",
            "2026-11-23 Mon due at 09:30:00",
        ]
    );
}

#[test]
fn due_date_in_year_without_notice_is_explained_as_provisional() {
    let lines = english(&clock(Allowance::Days(2), "2026-12-30T09:00:00"));
    assert_eq!(
        lines.last().map(String::as_str),
        Some("2027-01-01 Fri due at 23:59:59, provisional: the holidays are not published yet")
    );
}

#[test]
fn told_and_set_due_dates_are_explained() {
    let mut told = clock(Allowance::Days(1), "2026-11-23T09:00:00");
    told.apply(at("2026-11-23T09:00:00"), &ClockEvent::DueAnnounced(at("2026-11-26T23:59:59")));
    assert_eq!(
        english(&told)[1..],
        [
            "2026-11-24 Tue day 1 of 1",
            "2026-11-26 Thu the due date that was announced is kept",
            "2026-11-26 Thu due at 23:59:59",
        ]
    );
    let upper = clock(Allowance::Until(at("2026-11-28T12:00:00")), "2026-11-23T09:00:00");
    assert_eq!(
        english(&upper)[1..],
        ["2026-11-28 Sat set by the upper hotline", "2026-11-28 Sat due at 12:00:00"]
    );
}
