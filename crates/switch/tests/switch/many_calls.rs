//! One input about many calls does a bounded part of its work; the rest follows in the next turns.

use model::{Event, event::CallEnd};

use crate::common::Setup;

const TALKS: u32 = 300;

/// A switch in which callers 1 to [`TALKS`] talk with the seats from 1001 on.
fn talks() -> Setup {
    let mut setup = Setup::new(TALKS, 2 * TALKS as u16 + 20);
    for seat in 1001..1001 + TALKS {
        setup.sit_down(seat);
        assert_eq!(setup.call(u64::from(seat - 1000)), Ok(()));
        setup.seat_picks_up(seat);
    }
    setup
}

fn ended(setup: &Setup) -> usize {
    setup.count(|event| matches!(event, Event::CallEnded(_)))
}

#[test]
fn talks_are_ended_in_slices_and_a_call_in_between_is_taken() {
    let mut setup = talks();
    setup.end_talks();
    let first = ended(&setup);
    assert!((1..=64).contains(&first), "{first} calls ended in the first turn");
    assert_eq!(setup.call(1_000), Ok(()), "its turn comes before the rest");
    assert!(ended(&setup) < TALKS as usize);
    setup.pass_s(0);
    assert_eq!(ended(&setup), TALKS as usize);
    assert_eq!(setup.end_of(1), Some(CallEnd::Drained));
    assert_eq!(setup.end_of(u64::from(TALKS)), Some(CallEnd::Drained));
    assert_eq!(setup.end_of(1_000), None, "it came later");
}

#[test]
fn talks_end_and_waiting_calls_go_on_until_all_are_ended() {
    let mut setup = talks();
    assert_eq!(setup.call(500), Ok(()));
    setup.end_talks();
    setup.pass_s(0);
    assert_eq!((ended(&setup), setup.end_of(500)), (TALKS as usize, None));
    setup.end_all();
    setup.pass_s(0);
    assert_eq!(setup.end_of(500), Some(CallEnd::Drained));
}

#[test]
fn ending_of_all_calls_is_not_cut_short_by_the_end_of_talks() {
    let mut setup = talks();
    assert_eq!(setup.call(500), Ok(()));
    setup.end_all();
    setup.end_talks();
    setup.pass_s(0);
    assert_eq!(setup.end_of(500), Some(CallEnd::Drained));
    assert_eq!(ended(&setup), TALKS as usize + 1);
}

#[test]
fn alarm_of_many_silent_callers_names_five_and_counts_the_others() {
    let mut setup = talks();
    for caller in 1..=u64::from(TALKS) {
        setup.voice_of_caller(caller, false);
    }
    let text = setup.voice_alarm();
    assert_eq!(text.matches("the caller of call").count(), 5, "{text}");
    assert!(text.contains("and 295 more"), "{text}");
    for caller in 1..=290 {
        setup.voice_of_caller(caller, true);
    }
    assert!(setup.voice_alarm().contains("and 5 more"), "{}", setup.voice_alarm());
    for caller in 291..=295 {
        setup.caller_hangs_up(caller);
    }
    let text = setup.voice_alarm();
    assert_eq!((text.matches("the caller of call").count(), text.contains("more")), (5, false));
    setup.end_talks();
    setup.pass_s(0);
    assert_eq!(setup.voice_alarm(), "");
}
