//! Another plan and policy while calls wait, ring and talk.

use model::{
    SeatId, WorkState,
    event::{CallEnd, RefusalCause},
};

use crate::common::Setup;

#[test]
fn removed_trunk_takes_no_new_calls_and_its_talk_goes_on() {
    let mut setup = Setup::new(1, 20);
    setup.sit_down(1001);
    assert_eq!(setup.call(1), Ok(()));
    setup.seat_picks_up(1001);
    setup.adopt(|plan, _| plan.trunks.clear());
    assert_eq!(setup.call(2), Err(RefusalCause::Draining));
    assert!(matches!(setup.work(1001), Some(WorkState::Talking { .. })));
    setup.caller_hangs_up(1);
    assert_eq!(setup.end_of(1), Some(CallEnd::CallerHungUp));
}

#[test]
fn fewer_channels_end_no_call() {
    let mut setup = Setup::new(1, 20);
    assert_eq!((setup.call(1), setup.call(2)), (Ok(()), Ok(())));
    setup.adopt(|plan, _| {
        for trunk in plan.trunks.values_mut() {
            trunk.channels = Some(1);
        }
    });
    assert_eq!(setup.call(3), Err(RefusalCause::TrunkFull));
    setup.caller_hangs_up(1);
    assert_eq!(setup.call(4), Err(RefusalCause::TrunkFull));
    setup.caller_hangs_up(2);
    assert_eq!(setup.call(5), Ok(()));
}

#[test]
fn phone_of_a_removed_seat_is_unregistered_after_its_talk() {
    let mut setup = Setup::new(2, 20);
    setup.sit_down(1001);
    assert_eq!(setup.call(1), Ok(()));
    setup.seat_picks_up(1001);
    setup.adopt(|_, policy| policy.seats.retain(|seat, _| *seat != SeatId(1001)));
    assert_eq!(setup.removed, [0; 0]);
    setup.caller_hangs_up(1);
    assert_eq!(setup.removed, [1001]);
    // Other seats go at once.
    setup.adopt(|_, policy| policy.seats.clear());
    assert_eq!(setup.removed, [1001, 1002]);
}

#[test]
fn seat_removed_while_it_rings_is_hung_up_and_the_next_seat_is_rung() {
    let mut setup = Setup::new(2, 20);
    setup.sit_down(1001);
    assert_eq!(setup.call(1), Ok(()));
    setup.phone_rings(1001);
    setup.sit_down(1002);
    setup.adopt(|_, policy| policy.seats.retain(|seat, _| *seat != SeatId(1001)));
    assert_eq!(setup.ringing(), [(1, 1002)]);
    setup.seat_picks_up(1002);
    assert!(matches!(setup.work(1002), Some(WorkState::Talking { .. })));
}

#[test]
fn removed_line_refuses_new_calls_and_its_callers_are_answered() {
    let mut setup = Setup::new(1, 20);
    assert_eq!(setup.call(1), Ok(()));
    setup.adopt(|plan, _| plan.lines.clear());
    assert_eq!(setup.call(2), Err(RefusalCause::NoSuchLine));
    setup.sit_down(1001);
    assert_eq!(setup.ringing(), [(1, 1001)]);
}
