//! Every seed that ever failed, and some that never did: whole days of the hotline under the
//! auditor's eyes.
//!
//! A seed that breaks a law is added here, by its number and storm, with one sentence on what it
//! taught; it stays for ever.

use sim::{Floor, Report, Storm, World};

/// A day and a calm; what the auditor found.
fn play(seed: u64, floor: Floor, storm: Storm) -> Report {
    let mut world = World::new(seed, floor, storm);
    world.play_day();
    world.calm();
    world.report()
}

fn check(seed: u64, floor: Floor, storm: Storm) {
    let report = play(seed, floor, storm);
    assert!(report.is_clean(), "{}", report.summary());
    assert!(report.connected > 0, "nobody was ever answered: {}", report.line());
}

#[test]
fn ordinary_days_of_the_hotline_break_no_law() {
    for seed in 1..=20 {
        check(seed, Floor::hotline(), Storm::usual());
    }
}

#[test]
fn wild_days_of_the_hotline_break_no_law() {
    for seed in 1..=10 {
        check(seed, Floor::hotline(), Storm::wild());
    }
}

#[test]
fn wild_days_of_a_floor_with_too_few_seats_break_no_law() {
    for seed in 1..=20 {
        check(seed, Floor::cramped(), Storm::wild());
    }
}

#[test]
fn the_same_seed_is_the_same_day_to_the_last_record() {
    let once = play(7, Floor::hotline(), Storm::usual());
    let again = play(7, Floor::hotline(), Storm::usual());
    assert_eq!(once, again);
}

/// A seat freed by a caller who hung up while it rang was offered to the next caller on the
/// record before the first call's end was: the log told of a caller passed over.
#[test]
fn a_calls_end_is_on_record_before_its_seat_is_offered_on() {
    check(1, Floor::cramped(), Storm::wild());
}

/// The engine died between closing a recording's file and syncing the record of it: the file was
/// whole on disk and the log never said so.
#[test]
fn a_recording_closed_just_before_a_crash_is_found_again() {
    check(11, Floor::hotline(), Storm::wild());
}
