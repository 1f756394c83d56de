//! Scarce voice ports: which calls get one, which are refused, and which seats ring.

use crate::common::Setup;
use model::event::{Alarm, MissedReason, RefusalCause, WithdrawalReason};
use model::{Event, NotReadyReason, WorkState};

#[test]
fn port_is_kept_for_each_seat_that_could_be_rung() {
    let mut setup = Setup::new(2, 5);
    setup.sit_down(1001);
    setup.not_ready(1001);
    setup.sit_down(1002);
    setup.not_ready(1002);
    // Two seats, five ports: with three callers both seats can be rung.
    for n in 1..=3 {
        assert_eq!(setup.call(n), Ok(()), "caller {n}");
    }
    assert_eq!(setup.call(4), Err(RefusalCause::NoPorts));
    setup.ready(1001);
    setup.ready(1002);
    assert_eq!(setup.ringing().len(), 2, "both seats are rung");
}

#[test]
fn signed_out_seats_reserve_no_port() {
    let mut setup = Setup::new(2, 3);
    for n in 1..=3 {
        assert_eq!(setup.call(n), Ok(()), "caller {n}");
    }
    assert_eq!(setup.call(4), Err(RefusalCause::NoPorts));
}

#[test]
fn fewer_callers_than_seats_keep_one_port_a_caller() {
    let mut setup = Setup::new(4, 4);
    for seat in 1001..=1004 {
        setup.sit_down(seat);
        setup.not_ready(seat);
    }
    assert_eq!(setup.call(1), Ok(()));
    assert_eq!(setup.call(2), Ok(()), "two callers, and two ports to ring two seats with");
    assert_eq!(setup.call(3), Err(RefusalCause::NoPorts));
}

#[test]
fn seat_without_a_port_gets_no_back_off() {
    // No seat was signed in when the callers took all ports.
    let mut setup = Setup::new(1, 2);
    assert_eq!(setup.call(1), Ok(()));
    assert_eq!(setup.call(2), Ok(()));
    setup.sit_down(1001);
    assert_eq!(setup.work(1001), Some(WorkState::Ready), "ready, and waiting for a port");
    assert!(setup.ringing().is_empty());
    assert_eq!(setup.count(|e| matches!(e, Event::OfferMissed(_))), 0);
    let no_ports =
        |e: &Event| matches!(e, Event::OfferWithdrawn(w) if w.why == WithdrawalReason::NoPorts);
    assert_eq!(setup.count(no_ports), 1, "said once, not in a circle");
    setup.pass_s(30);
    assert_eq!(setup.count(no_ports), 1);

    // A caller hangs up: once the port has rested, it rings the seat for the other caller.
    setup.caller_hangs_up(2);
    assert!(setup.ringing().is_empty());
    assert_eq!(setup.count(no_ports), 1);
    setup.pass_s(2);
    assert_eq!(setup.ringing(), [(1, 1001)]);
}

#[test]
fn freed_port_rings_a_seat_before_it_takes_a_new_caller() {
    let mut setup = Setup::new(1, 2);
    assert_eq!(setup.call(1), Ok(()));
    assert_eq!(setup.call(2), Ok(()));
    setup.sit_down(1001);
    setup.caller_hangs_up(1);
    setup.pass_s(2);
    assert_eq!(setup.ringing(), [(2, 1001)]);
    assert_eq!(setup.call(3), Err(RefusalCause::NoPorts));
}

#[test]
fn missing_ports_raise_one_alarm_that_clears_by_itself() {
    let mut setup = Setup::new(1, 1);
    assert_eq!(setup.call(1), Ok(()));
    for n in 2..50 {
        assert_eq!(setup.call(n), Err(RefusalCause::NoPorts));
    }
    let raised =
        |e: &Event| matches!(e, Event::AlarmRaised(a) if a.alarm == Alarm::VoicePortsShort);
    let cleared =
        |e: &Event| matches!(e, Event::AlarmCleared(a) if a.alarm == Alarm::VoicePortsShort);
    assert_eq!((setup.count(raised), setup.count(cleared)), (1, 0));
    // There is no free port yet, so the alarm stays.
    setup.pass_s(300);
    assert_eq!((setup.count(raised), setup.count(cleared)), (1, 0));
    setup.caller_hangs_up(1);
    setup.pass_s(61);
    assert_eq!((setup.count(raised), setup.count(cleared)), (1, 1));
    assert_eq!(switch::refusal_code(RefusalCause::NoPorts), 503);
}

#[test]
fn silent_phone_is_unreachable_until_its_back_off_ends() {
    let mut setup = Setup::new(1, 10);
    setup.sit_down(1001);
    assert_eq!(setup.call(1), Ok(()));
    assert_eq!(setup.ringing(), [(1, 1001)]);
    setup.pass_s(20);
    let missed = setup.last_missed();
    assert_eq!((missed.reason, missed.code), (Some(MissedReason::Silent), None));
    assert_eq!(setup.work(1001), Some(not_ready(NotReadyReason::Unreachable)));
    setup.caller_hangs_up(1);
    // The phone restarts and registers again; the seat is ready without a command.
    setup.registers(1001);
    assert_eq!(setup.work(1001), Some(WorkState::Ready));
}

#[test]
fn phone_that_rang_to_the_deadline_stays_until_settled() {
    let mut setup = Setup::new(1, 10);
    setup.sit_down(1001);
    assert_eq!(setup.call(1), Ok(()));
    setup.phone_rings(1001);
    setup.pass_s(20);
    assert_eq!(setup.last_missed().reason, Some(MissedReason::Unanswered));
    assert_eq!(setup.work(1001), Some(not_ready(NotReadyReason::Rona)));
    setup.caller_hangs_up(1);
    setup.registers(1001);
    setup.pass_s(3_600);
    assert_eq!(setup.work(1001), Some(not_ready(NotReadyReason::Rona)));
}

#[test]
fn missed_offer_logs_the_phones_final_answer_and_reason() {
    for (code, reason, not_ready_for) in [
        (302, MissedReason::Redirected, NotReadyReason::Unreachable),
        (404, MissedReason::NotFound, NotReadyReason::Unreachable),
        (408, MissedReason::Silent, NotReadyReason::Unreachable),
        (480, MissedReason::Unavailable, NotReadyReason::Unreachable),
        (486, MissedReason::Busy, NotReadyReason::Busy),
        (488, MissedReason::NotAcceptable, NotReadyReason::System),
        (403, MissedReason::Forbidden, NotReadyReason::Rejected),
        (500, MissedReason::ServerError, NotReadyReason::System),
        (503, MissedReason::NoService, NotReadyReason::Unreachable),
        (603, MissedReason::Declined, NotReadyReason::Rejected),
    ] {
        let mut setup = Setup::new(1, 10);
        setup.sit_down(1001);
        assert_eq!(setup.call(1), Ok(()));
        setup.phone_answers(1001, code);
        let missed = setup.last_missed();
        assert_eq!((missed.reason, missed.code), (Some(reason), Some(code)));
        assert_eq!(missed.outcome, reason.outcome());
        assert_eq!(setup.work(1001), Some(not_ready(not_ready_for)), "{code}");
    }
}

#[test]
fn drained_callers_hear_the_prompt_and_end_as_drained() {
    let mut setup = Setup::new(1, 10);
    setup.sit_down(1001);
    assert_eq!(setup.call(1), Ok(()));
    setup.seat_picks_up(1001);
    assert_eq!(setup.call(2), Ok(()));
    setup.drain_in_s(5);
    setup.pass_s(5);
    assert_eq!(setup.prompts_played(2), 1, "why they are let go");
    // The end of all talks does not stop the prompt.
    setup.end_talks();
    assert_eq!(setup.end_of(1), Some(model::event::CallEnd::Drained));
    assert_eq!(setup.end_of(2), None);
    setup.prompts_end(2);
    assert_eq!(setup.end_of(2), Some(model::event::CallEnd::Drained));
}

fn not_ready(reason: NotReadyReason) -> WorkState {
    WorkState::NotReady { reason }
}
