//! The time of day follows the machine's clock, and the log's time never runs backwards.

use center::{Center, Input, Memory, Output};
use deadlines::calendar::{Calendar, OfficeHours};
use model::{
    CalendarTable, Event, Record, Timestamp, Zone,
    event::{ClockStepped, PersonLoggedOut},
};
use stats::Wallboard;
use ticketing::{Desk, Rules};

/// 2026-11-22 09:00 in China.
const NINE_S: u64 = 1_795_309_200;

fn at(s: u64) -> Timestamp {
    Timestamp::from_micros((NINE_S + s) * 1_000_000)
}

fn start(now: Timestamp, memory: Memory) -> Center {
    Center::start(now, memory, switch::Plan::default(), acd::Policy::default(), "1")
}

fn blank() -> Memory {
    let calendar = Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
    let desk = Desk::new(Rules::shipped(), calendar, [7; 32]);
    Memory::new(Wallboard::new(Zone::CHINA, [], []), desk)
}

fn something() -> Input {
    let out = PersonLoggedOut { account: "li".into(), everywhere: false };
    Input::Note(Event::PersonLoggedOut(out))
}

/// Handles an input and returns the time of the last record it appends.
fn recorded(center: &mut Center, now: Timestamp, input: Input) -> Timestamp {
    center.handle_input(now, input);
    let mut last = None;
    while let Some(output) = center.poll_output() {
        if let Output::Append(Record { at, .. }) = output {
            last = Some(at);
        }
    }
    last.expect("a record")
}

fn clock(center: &mut Center, now: Timestamp, ahead_s: i64) {
    center.handle_input(now, Input::Clock { ahead_us: ahead_s * 1_000_000 });
}

#[test]
fn clock_set_forward_moves_record_times_and_no_deadline() {
    let mut center = start(at(0), blank());
    assert_eq!(recorded(&mut center, at(10), something()), at(10));
    let due = center.poll_timeout();
    clock(&mut center, at(11), 7_200);
    let stepped = ClockStepped { by_us: 7_200_000_000, jump_us: 7_200_000_000 };
    let note = Input::Note(Event::ClockStepped(stepped));
    assert_eq!(recorded(&mut center, at(11), note), at(7_211));
    assert_eq!(center.poll_timeout(), due);
    assert_eq!(recorded(&mut center, at(20), something()), at(7_220));
}

#[test]
fn clock_set_back_keeps_log_time_from_running_backwards() {
    let mut center = start(at(0), blank());
    assert_eq!(recorded(&mut center, at(10), something()), at(10));
    clock(&mut center, at(11), -7_200);
    assert_eq!(recorded(&mut center, at(11), something()), at(10));
}

#[test]
fn log_that_ends_ahead_of_the_clock_goes_on_from_its_end() {
    let mut center = start(at(7_200), blank());
    recorded(&mut center, at(7_200), something());
    let memory = center.into_memory();
    assert_eq!(memory.ahead_of(at(0)), 7_200_000_000);
    let mut center = start(at(0), memory);
    // The log's time goes on, although the clock is two hours behind.
    assert_eq!(recorded(&mut center, at(30), something()), at(7_230));
}
