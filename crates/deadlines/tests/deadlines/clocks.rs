//! Clocks in the situations of the domain's scenarios.

use deadlines::calendar::Calendar;
use deadlines::clock::{
    Allowance, Clock, ClockEvent, ClockKind, ClockReading, ClockStatus, ClockTerms, DayEnd,
    EscalationStep, Extension, ExtensionApprover, ExtensionRefusal, ExtensionRequest, LevelColor,
    OverdueLevel, PauseCause, Policy, QUICK_KINDS, TimeAmount, WorkingTime, child_due_latest,
    color, earliest_unmet, escalation_steps_between, quick_kind,
};
use model::{DayKind, DaySource, SpecialDay, Timestamp, Zone, desk::OrderLevel};

use crate::common::{at, calendar, day, local, table};

fn terms(kind: ClockKind) -> ClockTerms {
    Policy::shipped().terms(kind).expect("a shipped clock")
}

fn days(n: u16) -> ClockTerms {
    ClockTerms { allowance: Allowance::Days(n), ..terms(ClockKind::HandleB) }
}

fn midnight(calendar: &Calendar) -> WorkingTime<'_> {
    WorkingTime { calendar, day_end: DayEnd::Midnight }
}

fn due(clock: &Clock) -> Option<String> {
    clock.due(midnight(&calendar())).map(local)
}

fn reading(clock: &Clock, now: &str) -> ClockReading {
    clock.reading(at(now), midnight(&calendar()), &Policy::shipped(), false)
}

fn extension(days: u16, asked: &str) -> ClockEvent {
    ClockEvent::Extended(Extension {
        days,
        asked_at: at(asked),
        by: ExtensionApprover::SupervisionGroup,
    })
}

#[test]
fn levels_rise_across_spring_festival_in_wage_scenario() {
    let clock = Clock::started(terms(ClockKind::HandleB), at("2013-02-01T10:05:00"));
    let level = |now: &str| reading(&clock, now).level;
    assert_eq!(level("2013-02-08T12:00:00"), OverdueLevel::O0);
    assert_eq!(level("2013-02-15T23:59:59"), OverdueLevel::O0);
    assert_eq!(level("2013-02-16T00:00:00"), OverdueLevel::O1);
    assert_eq!(level("2013-02-17T23:59:59"), OverdueLevel::O1);
    assert_eq!(level("2013-02-18T00:00:00"), OverdueLevel::O2);
    // Three, five and ten working days after the due date have passed.
    assert_eq!(level("2013-02-20T23:59:59"), OverdueLevel::O2);
    assert_eq!(level("2013-02-21T00:00:00"), OverdueLevel::O3);
    assert_eq!(level("2013-02-23T00:00:00"), OverdueLevel::O4);
    assert_eq!(level("2013-03-02T00:00:00"), OverdueLevel::O5);
}

#[test]
fn next_level_time_is_when_level_changes() {
    let calendar = calendar();
    let (working_time, policy) = (midnight(&calendar), Policy::shipped());
    let clock = Clock::started(terms(ClockKind::HandleB), at("2013-02-01T10:05:00"));
    let mut now = at("2013-02-01T10:05:00");
    let mut seen = Vec::new();
    while let Some(next) = clock.next_level_at(now, working_time, &policy) {
        let before = clock.reading(now, working_time, &policy, false).level;
        let just_before = next - std::time::Duration::from_micros(1);
        assert_eq!(clock.reading(just_before, working_time, &policy, false).level, before);
        now = next;
        seen.push((local(next), clock.reading(now, working_time, &policy, false).level));
    }
    let seen: Vec<(&str, OverdueLevel)> =
        seen.iter().map(|(at, level)| (at.as_str(), *level)).collect();
    assert_eq!(
        seen,
        [
            ("2013-02-16T00:00:00", OverdueLevel::O1),
            ("2013-02-18T00:00:00", OverdueLevel::O2),
            ("2013-02-21T00:00:00", OverdueLevel::O3),
            ("2013-02-23T00:00:00", OverdueLevel::O4),
            ("2013-03-02T00:00:00", OverdueLevel::O5),
        ]
    );
}

#[test]
fn skipped_levels_require_their_steps_too() {
    let steps: Vec<EscalationStep> =
        escalation_steps_between(OverdueLevel::O1, OverdueLevel::O3).collect();
    assert_eq!(
        steps,
        [
            EscalationStep::UrgeUnitHead,
            EscalationStep::AskReason,
            EscalationStep::WrittenUrge,
            EscalationStep::ProposeOrder(OrderLevel::Remind)
        ]
    );
    assert_eq!(escalation_steps_between(OverdueLevel::O3, OverdueLevel::O1).count(), 0);
    assert_eq!(OverdueLevel::ALL.map(color)[..2], [LevelColor::Green, LevelColor::Yellow]);
    assert_eq!(color(OverdueLevel::O5), LevelColor::Black);
}

#[test]
fn clock_of_one_day_warns_on_its_workday() {
    let clock = Clock::started(terms(ClockKind::Sign), at("2026-11-20T16:00:00"));
    assert_eq!(due(&clock).as_deref(), Some("2026-11-23T23:59:59"));
    assert_eq!(reading(&clock, "2026-11-22T12:00:00").level, OverdueLevel::O0);
    assert_eq!(reading(&clock, "2026-11-23T00:00:00").level, OverdueLevel::O1);
}

#[test]
fn clock_of_hours_warns_when_a_quarter_is_left() {
    let clock = Clock::started(terms(ClockKind::QuickRespond), at("2009-09-26T16:00:00"));
    assert_eq!(reading(&clock, "2009-09-27T09:59:59").level, OverdueLevel::O0);
    assert_eq!(reading(&clock, "2009-09-27T10:00:00").level, OverdueLevel::O1);
    assert_eq!(reading(&clock, "2009-09-27T16:00:00").level, OverdueLevel::O1);
    assert_eq!(reading(&clock, "2009-09-27T16:00:01").level, OverdueLevel::O2);
    // Three working days after the due date: 28, 29 and 30 September.
    assert_eq!(reading(&clock, "2009-09-30T23:59:59").level, OverdueLevel::O2);
    assert_eq!(reading(&clock, "2009-10-01T00:00:00").level, OverdueLevel::O3);
}

#[test]
fn arbitration_pause_delays_due_date_to_working_sunday() {
    // Scenario S7, the boundary dispute.
    let mut clock = Clock::started(terms(ClockKind::HandleC), at("2013-04-07T11:00:00"));
    assert_eq!(due(&clock).as_deref(), Some("2013-04-26T23:59:59"));
    clock.apply(at("2013-04-08T15:00:00"), &ClockEvent::Paused(PauseCause::Arbitrating));
    assert_eq!(due(&clock), None);
    let held = reading(&clock, "2013-04-09T09:00:00");
    assert_eq!(held.status, ClockStatus::Paused(PauseCause::Arbitrating));
    assert_eq!((held.consumed, held.remaining), (TimeAmount::Days(0), TimeAmount::Days(15)));
    clock.apply(at("2013-04-10T10:00:00"), &ClockEvent::Resumed(PauseCause::Arbitrating));
    assert_eq!(due(&clock).as_deref(), Some("2013-04-28T23:59:59"));
}

#[test]
fn extension_needs_request_in_time_and_approver() {
    // Scenario S1: fifteen days, and ten more that were asked for two days before the end.
    let calendar = calendar();
    let working_time = midnight(&calendar);
    let policy = Policy::shipped();
    let mut clock = Clock::started(terms(ClockKind::HandleC), at("2013-04-24T09:30:00"));
    assert_eq!(due(&clock).as_deref(), Some("2013-05-16T23:59:59"));
    let ask = |days, asked: &str, by, citizen_told| ExtensionRequest {
        days,
        asked_at: at(asked),
        by,
        citizen_told,
    };
    let group = ExtensionApprover::SupervisionGroup;
    let extension = clock
        .check_extension(working_time, &policy, ask(10, "2013-05-14T10:00:00", group, true))
        .expect("in time");
    clock.apply(at("2013-05-14T16:00:00"), &ClockEvent::Extended(extension));
    assert_eq!(due(&clock).as_deref(), Some("2013-05-30T23:59:59"));

    let again =
        clock.check_extension(working_time, &policy, ask(3, "2013-05-20T10:00:00", group, true));
    assert_eq!(again, Err(vec![ExtensionRefusal::NeedsDirector]));
    let late = ask(11, "2013-05-31T00:00:00", ExtensionApprover::Director, false);
    assert_eq!(
        clock.check_extension(working_time, &policy, late),
        Err(vec![
            ExtensionRefusal::TooMany { days_max: 10 },
            ExtensionRefusal::AfterDue,
            ExtensionRefusal::CitizenNotTold,
        ])
    );
    let second = ask(3, "2013-05-20T10:00:00", ExtensionApprover::Director, true);
    let second = clock.check_extension(working_time, &policy, second).expect("the director may");
    clock.apply(at("2013-05-20T11:00:00"), &ClockEvent::Extended(second));
    let third = ask(3, "2013-05-21T10:00:00", ExtensionApprover::Director, true);
    assert_eq!(
        clock.check_extension(working_time, &policy, third),
        Err(vec![ExtensionRefusal::UsedUp])
    );

    let quick = Clock::started(terms(ClockKind::QuickRespond), at("2013-05-21T10:00:00"));
    let nothing = ask(0, "2013-05-21T10:00:00", group, true);
    assert_eq!(
        quick.check_extension(working_time, &policy, nothing),
        Err(vec![ExtensionRefusal::NotDays, ExtensionRefusal::NoDays])
    );
    let armed = Clock::armed(days(7));
    let early = ask(3, "2013-05-21T10:00:00", group, true);
    assert_eq!(
        armed.check_extension(working_time, &policy, early),
        Err(vec![ExtensionRefusal::NotStarted])
    );
}

#[test]
fn changed_grade_keeps_pauses_and_extensions() {
    let history = [
        (at("2026-11-23T09:00:00"), ClockEvent::Started),
        (at("2026-11-24T09:00:00"), ClockEvent::Paused(PauseCause::AwaitInfo)),
        (at("2026-11-26T09:00:00"), ClockEvent::Resumed(PauseCause::AwaitInfo)),
        (at("2026-11-26T10:00:00"), extension(2, "2026-11-26T10:00:00")),
    ];
    let replay = |n| Clock::replay(days(n), history.iter().map(|(at, event)| (*at, event)));
    let mut changed = replay(5);
    changed.apply(at("2026-11-27T09:00:00"), &ClockEvent::Changed(days(15)));
    assert_eq!(due(&changed), due(&replay(15)), "as if it had been grade C all along");
    assert_ne!(due(&changed), due(&replay(5)));
}

#[test]
fn leader_clock_is_armed_by_signature_and_started_by_dispatch() {
    let mut clock = Clock::armed(terms(ClockKind::LeaderSigned));
    clock.apply(at("2013-08-02T09:00:00"), &ClockEvent::Paused(PauseCause::AwaitLeader));
    assert_eq!(reading(&clock, "2013-08-03T09:00:00").status, ClockStatus::Armed);
    clock.apply(at("2013-08-05T09:00:00"), &ClockEvent::Resumed(PauseCause::AwaitLeader));
    clock.apply(at("2013-08-05T10:00:00"), &ClockEvent::Started);
    clock.apply(at("2013-08-06T10:00:00"), &ClockEvent::Started);
    assert_eq!(due(&clock).as_deref(), Some("2013-08-14T23:59:59"));
}

#[test]
fn earliest_unmet_clock_is_shown_and_each_has_its_own_verdict() {
    let calendar = calendar();
    let working_time = midnight(&calendar);
    let mut handle = Clock::started(terms(ClockKind::HandleA), at("2013-08-05T10:00:00"));
    let leader = Clock::started(terms(ClockKind::LeaderSigned), at("2013-08-05T10:00:00"));
    let mut held = Clock::started(terms(ClockKind::HubReply), at("2013-08-05T10:00:00"));
    held.apply(at("2013-08-05T11:00:00"), &ClockEvent::Paused(PauseCause::AwaitInfo));
    let shown =
        earliest_unmet([&leader, &held, &handle], working_time).map(|(c, _)| c.terms().kind);
    assert_eq!(shown, Some(ClockKind::HandleA));
    handle.apply(at("2013-08-13T00:00:00"), &ClockEvent::Met);
    let shown =
        earliest_unmet([&leader, &held, &handle], working_time).map(|(c, _)| c.terms().kind);
    assert_eq!(shown, Some(ClockKind::LeaderSigned));
    let verdict = handle.result(working_time, &Policy::shipped()).expect("ended");
    assert!(!verdict.on_time);
    assert_eq!(verdict.level, OverdueLevel::O2);
    assert_eq!(verdict.due.map(local).as_deref(), Some("2013-08-12T23:59:59"));
}

#[test]
fn events_after_end_do_not_change_met_clock() {
    let mut clock = Clock::started(days(1), at("2026-11-23T09:00:00"));
    clock.apply(at("2026-11-24T23:59:59"), &ClockEvent::Met);
    let met = clock.clone();
    for event in [
        ClockEvent::Paused(PauseCause::ForceMajeure),
        extension(5, "2026-11-25"),
        ClockEvent::Changed(days(9)),
        ClockEvent::Stopped,
        ClockEvent::DueAnnounced(at("2027-01-01")),
    ] {
        clock.apply(at("2026-11-25T09:00:00"), &event);
    }
    assert_eq!(clock, met);
    let shown = reading(&clock, "2027-05-01");
    assert_eq!(shown.status, ClockStatus::Met { at: at("2026-11-24T23:59:59"), on_time: true });
    assert_eq!(shown.level, OverdueLevel::O1, "frozen at the end");
    assert_eq!(reading(&clock, "2026-11-24T10:00:00").status, ClockStatus::Running);
}

#[test]
fn stopped_clock_keeps_consumed_time() {
    let mut clock = Clock::started(days(5), at("2026-11-23T09:00:00"));
    clock.apply(at("2026-11-24T09:00:00"), &ClockEvent::Stopped);
    let shown = reading(&clock, "2026-12-24T09:00:00");
    assert_eq!(shown.status, ClockStatus::Stopped(at("2026-11-24T09:00:00")));
    assert_eq!((shown.level, shown.consumed), (OverdueLevel::O0, TimeAmount::Days(1)));
}

#[test]
fn pause_after_due_date_keeps_clock_late() {
    let mut clock = Clock::started(days(1), at("2026-11-23T09:00:00"));
    clock.apply(at("2026-11-25T09:00:00"), &ClockEvent::Paused(PauseCause::AwaitInfo));
    assert_eq!(due(&clock).as_deref(), Some("2026-11-24T23:59:59"));
    assert_eq!(reading(&clock, "2026-11-25T10:00:00").level, OverdueLevel::O2);
    // While the clock is held, its level does not rise.
    assert_eq!(reading(&clock, "2026-12-25T10:00:00").level, OverdueLevel::O2);
}

#[test]
fn unanswered_order_of_level_two_raises_clock_to_o5() {
    let clock = Clock::started(days(7), at("2026-11-23T09:00:00"));
    let calendar = calendar();
    let shown = clock.reading(at("2026-11-24"), midnight(&calendar), &Policy::shipped(), true);
    assert_eq!(shown.level, OverdueLevel::O5);
}

#[test]
fn policy_may_end_day_at_office_close() {
    let calendar = calendar();
    let working_time = WorkingTime { calendar: &calendar, day_end: DayEnd::OfficeClose };
    let mut clock = Clock::started(days(5), at("2026-11-23T09:00:00"));
    assert_eq!(clock.due(working_time).map(local).as_deref(), Some("2026-11-30T18:00:00"));
    // A pause that begins after the office has closed no longer excludes the day.
    clock.apply(at("2026-11-30T19:00:00"), &ClockEvent::Paused(PauseCause::AwaitInfo));
    assert_eq!(clock.due(working_time).map(local).as_deref(), Some("2026-11-30T18:00:00"));
    assert_eq!(due(&clock), None, "with midnight it does");
}

#[test]
fn missed_call_is_due_after_two_office_hours() {
    let clock = Clock::started(terms(ClockKind::LostCall), at("2026-11-20T17:30:00"));
    assert_eq!(due(&clock).as_deref(), Some("2026-11-23T10:00:00"));
    let night = Clock::started(terms(ClockKind::LostCall), at("2026-09-30T22:00:00"));
    // National Day; the office opens again on Thursday 8 October.
    assert_eq!(due(&night).as_deref(), Some("2026-10-08T10:30:00"));
    let mut noon = Clock::started(terms(ClockKind::LostCall), at("2026-11-20T11:00:00"));
    assert_eq!(due(&noon).as_deref(), Some("2026-11-20T15:00:00"), "lunch does not count");
    noon.apply(at("2026-11-20T14:30:00"), &ClockEvent::Paused(PauseCause::AwaitInfo));
    assert_eq!(due(&noon), None);
    noon.apply(at("2026-11-21T14:30:00"), &ClockEvent::Resumed(PauseCause::AwaitInfo));
    assert_eq!(due(&noon).as_deref(), Some("2026-11-23T09:00:00"));
    let shown = reading(&noon, "2026-11-23T08:45:00");
    assert_eq!(
        (shown.consumed, shown.remaining),
        (TimeAmount::Seconds(6_300), TimeAmount::Seconds(900))
    );
}

#[test]
fn child_is_due_a_workday_before_its_parent() {
    let calendar = calendar();
    let working_time = midnight(&calendar);
    let latest = |start: &str, parent: &str| child_due_latest(working_time, at(start), at(parent));
    let child = latest("2013-04-11T09:00:00", "2013-04-28T23:59:59").map(local);
    assert_eq!(child.as_deref(), Some("2013-04-27T23:59:59"), "a Saturday that is worked");
    assert_eq!(latest("2013-04-28T09:00:00", "2013-04-28T23:59:59"), None);
}

#[test]
fn new_notice_never_makes_told_due_date_earlier() {
    let with = |days: &[(&str, DayKind)]| {
        let mut table = table();
        for (text, kind) in days {
            let (name, source) = ("x".to_string(), DaySource::Notice);
            table.days.push(SpecialDay { date: day(text), kind: *kind, name, source });
        }
        Calendar::new(Zone::CHINA, Default::default(), &table)
    };
    let before = with(&[]);
    let mut clock = Clock::started(days(3), at("2026-12-29T09:00:00"));
    let deadline = clock.deadline(midnight(&before)).expect("started");
    assert!(deadline.provisional);
    let told = deadline.due.expect("not held");
    assert_eq!(local(told), "2027-01-01T23:59:59");
    clock.apply(at("2026-12-29T09:00:00"), &ClockEvent::DueAnnounced(told));
    let holiday = with(&[("2027-01-01", DayKind::Off)]);
    assert_eq!(
        clock.due(midnight(&holiday)).map(local).as_deref(),
        Some("2027-01-04T23:59:59"),
        "longer"
    );
    let shorter = with(&[("2026-12-27", DayKind::Work), ("2027-01-02", DayKind::Work)]);
    assert_eq!(clock.due(midnight(&shorter)), Some(told), "not shorter");
    clock.apply(at("2026-12-30T09:00:00"), &ClockEvent::Changed(days(1)));
    assert_eq!(
        clock.due(midnight(&before)).map(local).as_deref(),
        Some("2026-12-30T23:59:59"),
        "another promise is told anew"
    );
}

#[test]
fn twelve_quick_kinds_are_due_within_24_hours() {
    assert_eq!(QUICK_KINDS.len(), 12);
    for (i, kind) in QUICK_KINDS.iter().enumerate() {
        assert_eq!(kind.code, format!("Q{:02}", i + 1));
        assert!((1_800..=24 * 3_600).contains(&kind.respond_s), "{kind:?}");
    }
    let infant = quick_kind("Q09").expect("Q09");
    let allowance = Allowance::Natural(infant.respond_s);
    let clock = Clock::started(
        ClockTerms { allowance, ..terms(ClockKind::QuickRespond) },
        at("2009-09-26T16:00:00"),
    );
    assert_eq!(due(&clock).as_deref(), Some("2009-09-26T17:00:00"), "S3");
    assert_eq!(quick_kind("Q13"), None);
}

#[test]
fn clock_beyond_computable_range_has_no_due_date() {
    let calendar = calendar();
    let mut clock = Clock::started(days(u16::MAX), at("2026-11-23T09:00:00"));
    assert_eq!(clock.due(midnight(&calendar)), None);
    clock.apply(Timestamp::default(), &extension(u16::MAX, "2026-11-23"));
    assert_eq!(clock.due(midnight(&calendar)), None);
    let none = Clock::started(days(0), at("2026-11-23T09:00:00"));
    assert_eq!(due(&none).as_deref(), Some("2026-11-23T23:59:59"));
}

/// Found by a seed: the clock was due in the middle of its own pause.
#[test]
fn clock_of_zero_days_held_at_end_of_day_has_no_due_date() {
    let mut clock = Clock::started(days(0), at("2026-11-20T09:00:00"));
    clock.apply(at("2026-11-20T10:00:00"), &ClockEvent::Paused(PauseCause::AwaitInfo));
    assert_eq!(due(&clock), None);
    clock.apply(at("2026-11-21T10:00:00"), &ClockEvent::Resumed(PauseCause::AwaitInfo));
    assert_eq!(due(&clock).as_deref(), Some("2026-11-23T23:59:59"));
}
