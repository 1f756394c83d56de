//! Stories of what people do in a call: hold, consultation, conference, transfer, supervision, and what
//! crosses.

use model::{
    Event, LegId, Number, QueueId, SeatId, WorkState,
    event::{CallEnd, LegLeftReason, LegRole, MonitorMode, TransferTarget},
};
use switch::{CallAction, CallRejected, Guest, GuestRef};

use crate::common::Setup;

const CALLER: u32 = 0;
const AGENT: u32 = 1001;
const COLLEAGUE: u32 = 1002;
const SUPERVISOR: u32 = 1003;

/// Caller 1 talks with the agent; the others are signed in and not ready.
fn talk() -> Setup {
    let mut setup = Setup::new(4, 20);
    setup.sit_down(AGENT);
    for seat in [COLLEAGUE, SUPERVISOR, 1004] {
        setup.sit_down(seat);
        setup.not_ready(seat);
    }
    setup.call(1).expect("admitted");
    setup.phone_rings(AGENT);
    setup.seat_picks_up(AGENT);
    assert_eq!((setup.hears(1, CALLER), setup.hears(1, AGENT)), (vec![AGENT], vec![CALLER]));
    setup
}

fn invite(seat: u32) -> CallAction {
    CallAction::Invite { whom: Guest::Seat(SeatId(seat)) }
}

fn monitor(seat: u32, mode: MonitorMode) -> CallAction {
    CallAction::Monitor { seat: SeatId(seat), mode }
}

fn to_seat(seat: u32) -> CallAction {
    CallAction::Transfer { to: TransferTarget::Seat(SeatId(seat)) }
}

fn left(setup: &Setup) -> Vec<LegLeftReason> {
    let left = setup.log().iter().filter_map(|event| match event {
        Event::LegLeft(left) => Some(left.end),
        _ => None,
    });
    left.collect()
}

/// Every dialled leg left once, and no call is up.
fn assert_all_over(setup: &mut Setup) {
    let dialled = setup.count(|event| matches!(event, Event::LegDialled(_)));
    assert_eq!(left(setup).len(), dialled);
    let arrived = setup.count(|event| matches!(event, Event::CallArrived(_)));
    assert_eq!(setup.count(|event| matches!(event, Event::CallEnded(_))), arrived);
    assert!(setup.in_call().is_empty() && setup.ringing().is_empty());
}

#[test]
fn hold_by_the_phone_is_resumed_at_the_phone() {
    let mut setup = talk();
    setup.phone_holds(AGENT, true);
    assert_eq!(setup.act(1, CallAction::Resume), Err(CallRejected::HeldByPhone));
    setup.phone_holds(AGENT, false);
    assert_eq!(setup.act(1, CallAction::Resume), Err(CallRejected::NotHeld));
}

#[test]
fn held_caller_hears_nobody_until_resumed() {
    let mut setup = talk();
    assert_eq!(setup.act(1, CallAction::Resume), Err(CallRejected::NotHeld));
    setup.act(1, CallAction::Hold).unwrap();
    assert_eq!(setup.act(1, CallAction::Hold), Err(CallRejected::HeldAlready));
    assert!(setup.hears(1, CALLER).is_empty() && setup.hears(1, AGENT).is_empty());
    setup.act(1, CallAction::Resume).unwrap();
    assert_eq!(setup.hears(1, CALLER), [AGENT]);
    let holds = |event: &Event| matches!(event, Event::CallHeld(_) | Event::CallResumed(_));
    assert_eq!(setup.count(holds), 2);
}

#[test]
fn consultation_becomes_a_conference_and_a_talk_again() {
    let mut setup = talk();
    setup.act(1, invite(COLLEAGUE)).unwrap();
    assert!(setup.hears(1, CALLER).is_empty(), "the caller hears music while the phone rings");
    setup.seat_picks_up(COLLEAGUE);
    assert!(setup.hears(1, CALLER).is_empty());
    assert_eq!(setup.hears(1, AGENT), [COLLEAGUE]);
    assert_eq!(setup.hears(1, COLLEAGUE), [AGENT]);
    setup.act(1, CallAction::Resume).unwrap();
    assert_eq!(setup.hears(1, CALLER), [AGENT, COLLEAGUE]);
    assert_eq!(setup.hears(1, COLLEAGUE), [CALLER, AGENT]);
    setup.seat_hangs_up(COLLEAGUE);
    assert_eq!(setup.hears(1, CALLER), [AGENT]);
    assert_eq!(left(&setup), [LegLeftReason::HungUp]);
    setup.caller_hangs_up(1);
    assert_all_over(&mut setup);
}

#[test]
fn caller_is_resumed_when_the_colleague_does_not_answer() {
    for refuses in [true, false] {
        let mut setup = talk();
        setup.act(1, invite(COLLEAGUE)).unwrap();
        match refuses {
            true => setup.phone_answers(COLLEAGUE, 486),
            false => setup.pass_s(31),
        }
        assert_eq!(setup.hears(1, CALLER), [AGENT], "{refuses}");
        assert_eq!(left(&setup), [LegLeftReason::Unanswered]);
        assert!(setup.ringing().is_empty());
        assert!(matches!(setup.work(COLLEAGUE), Some(WorkState::NotReady { .. })));
    }
}

#[test]
fn hold_of_the_agent_outlasts_the_consultation() {
    let mut setup = talk();
    setup.act(1, CallAction::Hold).unwrap();
    setup.act(1, invite(COLLEAGUE)).unwrap();
    setup.phone_answers(COLLEAGUE, 603);
    assert!(setup.hears(1, CALLER).is_empty());
    setup.act(1, CallAction::Resume).unwrap();
    assert_eq!(setup.hears(1, CALLER), [AGENT]);
}

#[test]
fn attended_transfer_leaves_the_call_to_the_colleague() {
    let mut setup = talk();
    assert_eq!(setup.act(1, CallAction::CompleteTransfer), Err(CallRejected::NobodyAsked));
    setup.act(1, invite(COLLEAGUE)).unwrap();
    setup.seat_picks_up(COLLEAGUE);
    let before = setup.log().len();
    setup.act(1, CallAction::CompleteTransfer).unwrap();
    assert_eq!(
        setup.names_since(before),
        [
            "LegLeft",
            "CallResumed",
            "CallTransferred",
            "SeatWrapUpStarted",
            "TalkTaken",
            "SeatNextSet"
        ]
    );
    assert_eq!(setup.talks_with(1), Some(COLLEAGUE));
    assert_eq!(setup.hears(1, CALLER), [COLLEAGUE]);
    assert_eq!(setup.in_call(), [COLLEAGUE]);
    assert!(matches!(setup.work(AGENT), Some(WorkState::WrapUp { .. })));
    assert!(matches!(setup.work(COLLEAGUE), Some(WorkState::Talking { .. })));
    setup.seat_hangs_up(COLLEAGUE);
    assert_eq!(setup.end_of(1), Some(CallEnd::SeatHungUp));
    // The colleague was at a break before, and is again.
    assert!(matches!(setup.work(COLLEAGUE), Some(WorkState::NotReady { .. })));
    assert_all_over(&mut setup);
}

#[test]
fn agent_who_hangs_up_leaves_the_call_to_the_colleague() {
    let mut setup = talk();
    setup.act(1, invite(COLLEAGUE)).unwrap();
    setup.seat_picks_up(COLLEAGUE);
    setup.seat_hangs_up(AGENT);
    assert_eq!((setup.talks_with(1), setup.end_of(1)), (Some(COLLEAGUE), None));
    assert_eq!(setup.hears(1, CALLER), [COLLEAGUE]);
    setup.caller_hangs_up(1);
    assert_eq!(setup.end_of(1), Some(CallEnd::CallerHungUp));
    assert_all_over(&mut setup);
}

#[test]
fn agent_who_hangs_up_while_the_colleague_rings_has_transferred() {
    let mut setup = talk();
    setup.act(1, invite(COLLEAGUE)).unwrap();
    setup.seat_hangs_up(AGENT);
    assert_eq!((setup.talks_with(1), setup.end_of(1)), (None, None));
    setup.seat_picks_up(COLLEAGUE);
    assert_eq!(setup.talks_with(1), Some(COLLEAGUE));
    setup.caller_hangs_up(1);
    assert_all_over(&mut setup);
}

#[test]
fn blind_transfer_rings_the_new_seat_while_the_caller_hears_music() {
    let mut setup = talk();
    setup.act(1, to_seat(COLLEAGUE)).unwrap();
    assert_eq!(setup.ringing(), [(1, COLLEAGUE)]);
    assert!(setup.in_call().is_empty() && setup.hears(1, CALLER).is_empty());
    assert!(matches!(setup.work(AGENT), Some(WorkState::WrapUp { .. })));
    setup.pass_s(3);
    setup.seat_picks_up(COLLEAGUE);
    assert_eq!(setup.hears(1, CALLER), [COLLEAGUE]);
    let rang = setup.log().iter().find_map(|event| match event {
        Event::TalkTaken(taken) => Some(taken.ring_ms),
        _ => None,
    });
    assert_eq!(rang, Some(3_000));
    setup.caller_hangs_up(1);
    assert_all_over(&mut setup);
}

#[test]
fn failed_transfer_returns_to_the_agent_and_then_to_the_queue() {
    let mut setup = talk();
    setup.act(1, to_seat(COLLEAGUE)).unwrap();
    setup.phone_answers(COLLEAGUE, 486);
    assert_eq!(setup.ringing(), [(1, AGENT)], "the agent gets the call back");
    setup.pass_s(21);
    // The agent does not answer either; the queue offers the call to whoever is ready.
    let failed = |event: &Event| matches!(event, Event::TransferFailed(_));
    assert_eq!(setup.count(failed), 2);
    let queued: Vec<bool> = setup
        .log()
        .iter()
        .filter_map(|event| match event {
            Event::CallQueued(queued) => Some(queued.transferred),
            _ => None,
        })
        .collect();
    assert_eq!(queued, [false, true]);
    // The agent's wrap-up is over, so the call is offered there.
    assert_eq!(setup.ringing(), [(1, AGENT)]);
    setup.seat_picks_up(AGENT);
    assert_eq!(setup.talks_with(1), Some(AGENT));
    setup.caller_hangs_up(1);
    assert_all_over(&mut setup);
}

#[test]
fn agent_who_gets_the_call_back_talks_again() {
    let mut setup = talk();
    setup.act(1, to_seat(COLLEAGUE)).unwrap();
    setup.phone_answers(COLLEAGUE, 603);
    setup.seat_picks_up(AGENT);
    assert_eq!(setup.talks_with(1), Some(AGENT));
    assert!(matches!(setup.work(AGENT), Some(WorkState::Talking { .. })));
    setup.caller_hangs_up(1);
    assert!(matches!(setup.work(AGENT), Some(WorkState::WrapUp { .. })));
    assert_all_over(&mut setup);
}

#[test]
fn transfer_to_a_queue_waits_there_and_is_offered() {
    let mut setup = talk();
    let unknown = TransferTarget::Queue(QueueId::from("nowhere"));
    let unknown = CallAction::Transfer { to: unknown };
    assert_eq!(setup.act(1, unknown), Err(CallRejected::NoSuchQueue));
    let to = TransferTarget::Queue(QueueId::from("main"));
    setup.act(1, CallAction::Transfer { to }).unwrap();
    assert!(setup.hears(1, CALLER).is_empty());
    setup.ready(COLLEAGUE);
    assert_eq!(setup.ringing(), [(1, COLLEAGUE)]);
    setup.seat_picks_up(COLLEAGUE);
    assert_eq!(setup.hears(1, CALLER), [COLLEAGUE]);
    setup.caller_hangs_up(1);
    assert_all_over(&mut setup);
}

#[test]
fn caller_may_leave_at_every_stage() {
    type Stage = (&'static str, fn(&mut Setup));
    let stages: [Stage; 5] = [
        ("consultation rings", |setup| setup.act(1, invite(COLLEAGUE)).unwrap()),
        ("consultation", |setup| {
            setup.act(1, invite(COLLEAGUE)).unwrap();
            setup.seat_picks_up(COLLEAGUE);
        }),
        ("blind transfer rings", |setup| setup.act(1, to_seat(COLLEAGUE)).unwrap()),
        ("supervisor listens", |setup| {
            setup.act(1, monitor(SUPERVISOR, MonitorMode::Listen)).unwrap();
            setup.seat_picks_up(SUPERVISOR);
        }),
        ("waits again", |setup| {
            let to = TransferTarget::Queue(QueueId::from("main"));
            setup.act(1, CallAction::Transfer { to }).unwrap();
        }),
    ];
    for (stage, reach) in stages {
        let mut setup = talk();
        reach(&mut setup);
        setup.caller_hangs_up(1);
        assert_eq!(setup.end_of(1), Some(CallEnd::CallerHungUp), "{stage}");
        // Phones that rang say that they were cancelled.
        setup.pass_s(60);
        assert_all_over(&mut setup);
    }
}

#[test]
fn supervisor_listens_whispers_and_speaks() {
    let mut setup = talk();
    setup.act(1, monitor(SUPERVISOR, MonitorMode::Listen)).unwrap();
    setup.seat_picks_up(SUPERVISOR);
    assert_eq!(setup.hears(1, SUPERVISOR), [CALLER, AGENT]);
    assert_eq!((setup.hears(1, CALLER), setup.hears(1, AGENT)), (vec![AGENT], vec![CALLER]));
    setup.act(1, monitor(SUPERVISOR, MonitorMode::Whisper)).unwrap();
    assert_eq!(setup.hears(1, CALLER), [AGENT]);
    assert_eq!(setup.hears(1, AGENT), [CALLER, SUPERVISOR]);
    setup.act(1, monitor(SUPERVISOR, MonitorMode::Barge)).unwrap();
    assert_eq!(setup.hears(1, CALLER), [AGENT, SUPERVISOR]);
    assert_eq!(setup.count(|event| matches!(event, Event::MonitorModeSet(_))), 2);
    let stop = CallAction::StopMonitoring { seat: SeatId(SUPERVISOR) };
    setup.act(1, stop.clone()).unwrap();
    assert_eq!(setup.hears(1, CALLER), [AGENT]);
    assert_eq!(setup.act(1, stop), Err(CallRejected::NotInCall));
    setup.act(1, monitor(SUPERVISOR, MonitorMode::Barge)).unwrap();
    setup.seat_picks_up(SUPERVISOR);
    // The agent hangs up: the call ends although the supervisor is there.
    setup.seat_hangs_up(AGENT);
    assert_eq!(setup.end_of(1), Some(CallEnd::SeatHungUp));
    assert_all_over(&mut setup);
}

#[test]
fn supervisor_takes_the_call_over() {
    let mut setup = talk();
    let take_over = CallAction::TakeOver { seat: SeatId(SUPERVISOR) };
    assert_eq!(setup.act(1, take_over.clone()), Err(CallRejected::NotInCall));
    setup.act(1, monitor(SUPERVISOR, MonitorMode::Listen)).unwrap();
    assert_eq!(setup.act(1, take_over.clone()), Err(CallRejected::NotInCall));
    setup.seat_picks_up(SUPERVISOR);
    setup.act(1, take_over).unwrap();
    assert_eq!(setup.talks_with(1), Some(SUPERVISOR));
    assert_eq!((setup.hears(1, CALLER), setup.in_call()), (vec![SUPERVISOR], vec![SUPERVISOR]));
    setup.caller_hangs_up(1);
    assert_all_over(&mut setup);
}

#[test]
fn removed_colleague_hears_no_more() {
    let mut setup = talk();
    let remove = CallAction::Remove { whom: GuestRef::Party(Guest::Seat(SeatId(COLLEAGUE))) };
    assert_eq!(setup.act(1, remove.clone()), Err(CallRejected::NobodyAsked));
    setup.act(1, invite(COLLEAGUE)).unwrap();
    setup.seat_picks_up(COLLEAGUE);
    setup.act(1, remove).unwrap();
    assert_eq!((setup.in_call(), left(&setup)), (vec![AGENT], vec![LegLeftReason::Removed]));
    assert_eq!(setup.hears(1, CALLER), [AGENT]);
}

#[test]
fn guest_is_removed_by_its_leg_and_a_supervisor_is_not() {
    let mut setup = talk();
    setup.act(1, invite(COLLEAGUE)).unwrap();
    setup.seat_picks_up(COLLEAGUE);
    setup.act(1, monitor(SUPERVISOR, MonitorMode::Listen)).unwrap();
    let dialled: Vec<LegId> = setup.log().iter().filter_map(dialled_leg).collect();
    let [colleague, supervisor] = dialled[..] else { panic!("two legs were dialled: {dialled:?}") };
    let remove = |leg| CallAction::Remove { whom: GuestRef::Leg(leg) };
    assert_eq!(setup.act(1, remove(supervisor)), Err(CallRejected::NobodyAsked));
    setup.act(1, remove(colleague)).unwrap();
    assert_eq!(left(&setup), [LegLeftReason::Removed]);
}

fn dialled_leg(event: &Event) -> Option<LegId> {
    match event {
        Event::LegDialled(e) => Some(e.leg),
        _ => None,
    }
}

#[test]
fn busy_or_unknown_phone_is_not_asked_and_nothing_changes() {
    let mut setup = talk();
    let before = setup.log().len();
    assert_eq!(setup.act(1, invite(AGENT)), Err(CallRejected::SeatBusy));
    assert_eq!(setup.act(1, invite(4711)), Err(CallRejected::NoSuchSeat));
    assert_eq!(setup.act(1, to_seat(AGENT)), Err(CallRejected::SeatBusy));
    assert_eq!(setup.log().len(), before);
    assert_eq!(setup.hears(1, CALLER), [AGENT]);
}

#[test]
fn asked_colleague_is_not_offered_another_call() {
    let mut setup = talk();
    setup.ready(COLLEAGUE);
    setup.act(1, invite(COLLEAGUE)).unwrap();
    setup.call(2).expect("admitted");
    assert_eq!(setup.ringing(), [(1, COLLEAGUE)]);
    setup.phone_answers(COLLEAGUE, 486);
    assert_eq!(setup.ringing(), [(2, COLLEAGUE)], "the phone is free again");
}

#[test]
fn waiting_call_cannot_be_held_or_transferred() {
    let mut setup = Setup::new(1, 8);
    setup.call(1).expect("admitted");
    let actions = [CallAction::Hold, to_seat(AGENT), monitor(AGENT, MonitorMode::Listen)];
    for action in actions {
        assert_eq!(setup.act(1, action), Err(CallRejected::NotTalking));
    }
}

#[test]
fn ninth_guest_is_refused() {
    let mut setup = Setup::new(12, 40);
    setup.sit_down(AGENT);
    for seat in COLLEAGUE..AGENT + 12 {
        setup.registers(seat);
    }
    setup.call(1).expect("admitted");
    setup.seat_picks_up(AGENT);
    for seat in COLLEAGUE..COLLEAGUE + 8 {
        setup.act(1, invite(seat)).unwrap();
    }
    assert_eq!(setup.act(1, invite(AGENT + 10)), Err(CallRejected::TooManyParties));
    let roles = setup.log().iter().filter(|event| {
        matches!(event, Event::LegDialled(dialled)
            if matches!(dialled.role, LegRole::Colleague { .. }))
    });
    assert_eq!(roles.count(), 8);
}

#[test]
fn phone_transfers_blind_by_refer() {
    let mut setup = talk();
    assert_eq!(setup.refers(AGENT, "4711", None), 404);
    assert_eq!(setup.refers(AGENT, "1001", None), 486);
    assert_eq!(setup.talks_with(1), Some(AGENT));
    assert_eq!(setup.refers(AGENT, "1002", None), 200);
    assert_eq!(setup.ringing(), [(1, COLLEAGUE)]);
    setup.seat_picks_up(COLLEAGUE);
    assert_eq!(setup.talks_with(1), Some(COLLEAGUE));
    // A line's number leads to its queue.
    assert_eq!(setup.refers(COLLEAGUE, "12345", None), 200);
    assert_eq!((setup.talks_with(1), setup.end_of(1)), (None, None));
    setup.caller_hangs_up(1);
    setup.pass_s(60);
    assert_all_over(&mut setup);
}

#[test]
fn phone_consults_beside_its_talk_and_transfers() {
    let mut setup = talk();
    let first = setup.answered_leg(AGENT);
    let second = setup.dials(AGENT, "1002");
    assert!(setup.fate_of(second).is_empty(), "it rings until the colleague answers");
    setup.seat_picks_up(COLLEAGUE);
    assert_eq!(setup.fate_of(second), ["accepted"]);
    let colleague = setup.answered_leg(COLLEAGUE);
    assert_eq!(setup.leg_hears(1, colleague), [second]);
    assert_eq!(setup.leg_hears(1, second), [colleague]);
    // The caller is a matter of the phone's first leg, which holds by itself.
    assert_eq!(setup.leg_hears(1, LegId(3)), [first]);
    assert_eq!(setup.refers(AGENT, "1002", Some(LegId(77))), 404);
    assert_eq!(setup.refers(AGENT, "1002", Some(second)), 200);
    assert_eq!(setup.talks_with(1), Some(COLLEAGUE));
    assert_eq!(setup.hears(1, CALLER), [COLLEAGUE]);
    assert_eq!(setup.fate_of(second), ["accepted", "hung up"]);
    assert_eq!(setup.fate_of(first), ["hung up"]);
    setup.caller_hangs_up(1);
    assert_all_over(&mut setup);
}

#[test]
fn consultation_of_a_phone_ends_with_its_second_leg_or_the_colleague() {
    for colleague_hangs_up in [false, true] {
        let mut setup = talk();
        let second = setup.dials(AGENT, "1002");
        setup.seat_picks_up(COLLEAGUE);
        match colleague_hangs_up {
            true => setup.seat_hangs_up(COLLEAGUE),
            false => setup.leg_ends(second),
        }
        assert_eq!(setup.in_call(), [AGENT]);
        assert_eq!(setup.hears(1, CALLER), [AGENT]);
        assert_eq!(setup.talks_with(1), Some(AGENT));
        setup.caller_hangs_up(1);
        assert_all_over(&mut setup);
    }
}

#[test]
fn phone_that_dials_a_busy_or_silent_colleague_is_refused() {
    let mut setup = talk();
    let busy = setup.dials(AGENT, "1001");
    assert_eq!(setup.fate_of(busy), ["486"]);
    let silent = setup.dials(AGENT, "1002");
    setup.phone_answers(COLLEAGUE, 603);
    assert_eq!(setup.fate_of(silent), ["480"]);
    let unknown = setup.dials(AGENT, "4711");
    assert_eq!(setup.fate_of(unknown), ["404"]);
    assert_eq!(setup.hears(1, CALLER), [AGENT]);
}

#[test]
fn phone_that_hangs_up_its_talk_beside_a_consultation_leaves_the_call() {
    let mut setup = talk();
    let second = setup.dials(AGENT, "1002");
    setup.seat_picks_up(COLLEAGUE);
    setup.seat_hangs_up(AGENT);
    assert_eq!(setup.talks_with(1), Some(COLLEAGUE));
    assert_eq!(setup.fate_of(second), ["accepted", "hung up"]);
    setup.caller_hangs_up(1);
    assert_all_over(&mut setup);
}

/// Outside numbers are named in the tests as this seat.
const OUTSIDE: u32 = 110;

fn call_out() -> CallAction {
    CallAction::Invite { whom: Guest::Number(Number::new("110")) }
}

fn to_number(number: &str) -> CallAction {
    CallAction::Transfer { to: TransferTarget::Number(Number::new(number)) }
}

#[test]
fn outside_number_is_called_into_the_call_and_has_it_at_last() {
    let mut setup = talk();
    setup.act(1, call_out()).unwrap();
    assert!(setup.hears(1, CALLER).is_empty());
    setup.seat_picks_up(OUTSIDE);
    assert_eq!(setup.hears(1, AGENT), [OUTSIDE]);
    setup.act(1, CallAction::Resume).unwrap();
    assert_eq!(setup.hears(1, OUTSIDE), [CALLER, AGENT]);
    setup.act(1, CallAction::CompleteTransfer).unwrap();
    assert_eq!((setup.talks_with(1), setup.in_call()), (None, vec![OUTSIDE]));
    assert_eq!(setup.hears(1, CALLER), [OUTSIDE]);
    assert!(matches!(setup.work(AGENT), Some(WorkState::WrapUp { .. })));
    setup.seat_hangs_up(OUTSIDE);
    assert_eq!(setup.end_of(1), Some(CallEnd::OutsideHungUp));
    assert_all_over(&mut setup);
}

#[test]
fn outside_number_that_does_not_answer_returns_the_call_to_the_agent() {
    let mut setup = talk();
    setup.act(1, to_number("037112345678")).unwrap();
    assert_eq!(setup.ringing(), [(1, OUTSIDE)]);
    assert!(matches!(setup.work(AGENT), Some(WorkState::WrapUp { .. })));
    setup.pass_s(61);
    assert_eq!(setup.ringing(), [(1, AGENT)]);
    setup.seat_picks_up(AGENT);
    assert_eq!((setup.talks_with(1), setup.hears(1, CALLER)), (Some(AGENT), vec![AGENT]));
    setup.caller_hangs_up(1);
    assert_all_over(&mut setup);
}

#[test]
fn number_outside_of_the_plan_is_not_called() {
    let mut setup = talk();
    for number in ["0086371", "1900", "+1", "110@evil", ""] {
        let whom = Guest::Number(Number::new(number));
        let invited = setup.act(1, CallAction::Invite { whom });
        assert_eq!(invited, Err(CallRejected::NumberNotAllowed), "{number}");
        assert_eq!(setup.act(1, to_number(number)), Err(CallRejected::NumberNotAllowed));
    }
    assert_eq!(setup.hears(1, CALLER), [AGENT]);
}

#[test]
fn outbound_channels_are_bounded_except_for_emergency_numbers() {
    let mut setup = talk();
    let other = || CallAction::Invite { whom: Guest::Number(Number::new("037100000000")) };
    setup.act(1, other()).unwrap();
    setup.act(1, other()).unwrap();
    assert_eq!(setup.act(1, other()), Err(CallRejected::NoTrunk));
    setup.act(1, call_out()).unwrap();
    setup.caller_hangs_up(1);
    // The channels are free again.
    setup.pass_s(60);
    setup.call(2).expect("admitted");
    setup.seat_picks_up(AGENT);
    setup.act(2, other()).unwrap();
}

#[test]
fn waiting_caller_chooses_to_leave_a_message_by_key() {
    let mut setup = Setup::new(1, 8);
    setup.call(1).expect("admitted");
    setup.presses(1, '7');
    setup.presses(1, '2');
    setup.prompts_end(1);
    setup.pass_s(30);
    setup.presses(1, '#');
    assert_eq!(setup.end_of(1), Some(CallEnd::MessageLeft));
    let message = setup.log().iter().find_map(|event| match event {
        Event::VoicemailLeft(left) => Some((left.from_ms, left.length_ms)),
        _ => None,
    });
    assert_eq!(message, Some((0, 30_000)));
    assert_all_over(&mut setup);
}

#[test]
fn ringing_seat_is_freed_when_the_caller_chooses_to_leave_a_message() {
    let mut setup = Setup::new(1, 8);
    setup.sit_down(AGENT);
    setup.call(1).expect("admitted");
    assert_eq!(setup.ringing(), [(1, AGENT)]);
    setup.presses(1, '2');
    assert!(setup.ringing().is_empty());
    assert_eq!(setup.work(AGENT), Some(WorkState::Ready));
}

#[test]
fn message_ends_at_its_greatest_length() {
    let mut setup = Setup::new(1, 8);
    setup.call(1).expect("admitted");
    setup.presses(1, '2');
    // A phone that holds hears no prompt; the message begins all the same.
    setup.pass_s(200);
    assert_eq!(setup.end_of(1), Some(CallEnd::MessageLeft));
    assert_all_over(&mut setup);
}

#[test]
fn caller_who_hangs_up_at_the_tone_left_no_message() {
    let mut setup = Setup::new(1, 8);
    setup.call(1).expect("admitted");
    setup.presses(1, '2');
    setup.prompts_end(1);
    setup.pass_s(1);
    setup.caller_hangs_up(1);
    assert_eq!(setup.end_of(1), Some(CallEnd::Abandoned));
    assert_eq!(setup.count(|event| matches!(event, Event::VoicemailLeft(_))), 0);
}
