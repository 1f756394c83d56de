//! The 26 computed deadlines of the domain, with their explanations.

use crate::common::{at, calendar, local};
use deadlines::clock::{
    Allowance, Clock, ClockEvent, ClockKind, ClockTerms, DayEnd, Extension, ExtensionApprover,
    MANDARIN, PauseCause, WorkingTime,
};

const VECTORS: &str = include_str!("../data/calendar-test-vectors.csv");

struct Vector {
    id: String,
    clock: Clock,
    due: String,
}

fn vectors() -> Vec<Vector> {
    VECTORS.lines().skip(1).filter(|line| !line.is_empty()).map(vector).collect()
}

fn vector(line: &str) -> Vector {
    let fields: Vec<&str> = line.splitn(8, ',').collect();
    let [id, unit, start, n, ext, pauses, due, _why] = fields[..] else {
        panic!("eight fields: {line}");
    };
    let amount: f64 = n.parse().expect("a number");
    let allowance = match unit {
        "wd" => Allowance::Days(amount as u16),
        "h" => Allowance::Natural((amount * 3_600.0) as u32),
        _ => panic!("no such unit: {line}"),
    };
    let mut clock =
        Clock::started(ClockTerms { kind: ClockKind::HandleB, allowance, policy: 1 }, at(start));
    for pause in pauses.split(';').filter(|pause| !pause.is_empty()) {
        let (from, to) = pause.split_once('/').expect("from/to");
        clock.apply(at(from), &ClockEvent::Paused(PauseCause::AwaitInfo));
        clock.apply(at(to), &ClockEvent::Resumed(PauseCause::AwaitInfo));
    }
    let days: u16 = ext.parse().expect("days");
    if days > 0 {
        let by = ExtensionApprover::SupervisionGroup;
        clock.apply(at(start), &ClockEvent::Extended(Extension { days, asked_at: at(start), by }));
    }
    Vector { id: id.into(), clock, due: due.into() }
}

#[test]
fn all_26_vectors_have_the_expected_due_date() {
    let calendar = calendar();
    let working_time = WorkingTime { calendar: &calendar, day_end: DayEnd::Midnight };
    let vectors = vectors();
    assert_eq!(vectors.len(), 26);
    for Vector { id, clock, due } in &vectors {
        let found = clock.deadline(working_time).expect("started");
        assert_eq!(found.due.map(local).as_deref(), Some(due.as_str()), "{id}");
        assert!(!found.provisional, "{id}: every notice is there");
    }
}

#[test]
fn explanation_ends_with_due_date_and_counts_every_day() {
    let calendar = calendar();
    let working_time = WorkingTime { calendar: &calendar, day_end: DayEnd::Midnight };
    for Vector { id, clock, due } in vectors() {
        let why = clock.explain(working_time).expect("started");
        let lines = why.render(&MANDARIN);
        let (date, time) = due.split_once('T').expect("a moment");
        let last = lines.last().expect("lines");
        assert!(last.starts_with(date) && last.ends_with(&format!("期限 {time}")), "{id}: {last}");
        if let Allowance::Days(days) = clock.terms().allowance {
            let counted = lines.iter().filter(|line| line.contains(" 第")).count();
            assert_eq!(counted, usize::from(days) + clock.extended_days() as usize, "{id}");
        }
    }
}
