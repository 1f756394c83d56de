//! A copy of the wallboard that is told only what changes equals the wallboard.

use std::time::Duration;

use model::{
    AccountName, CallId, Event, LegId, NotReadyReason, Number, OfferId, QueueId, Record,
    RoutingProfile, SeatId, Timestamp, Zone,
    event::{
        AgentProfileChanged, AgentProfileRestored, Alarm, AlarmCleared, AlarmRaised, CallConnected,
        CallEnd, CallEnded, CallHeld, CallLeftQueue, CallQueued, CallResumed, CallTransferred,
        ClockStepped, LegDialled, LegJoined, LegLeft, LegLeftReason, LegRole, MissedReason,
        MonitorMode, MonitorModeSet, OfferMade, OfferMissed, OfferWithdrawn, Party, ProfileEnd,
        QueueExit, SeatActor, SeatLoggedIn, SeatLoggedOut, SeatNotReady, SeatReached, SeatReady,
        SeatWrapUpStarted, TransferTarget, WithdrawalReason,
    },
};
use stats::{BoardChanges, Wallboard};

/// A generator of numbers that repeats itself with the same seed (Knuth's MMIX).
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Any event that changes a wallboard, about one of few seats and queues, and one of the last calls.
/// A call joins a queue once.
fn any_event(chance: &mut Chance, last_call: &mut u64, at: Timestamp) -> Event {
    let call = CallId::from(last_call.saturating_sub(chance.below(12)));
    let seat = SeatId(chance.below(5) as u32);
    let queue = QueueId::from(["a", "b", "c"][chance.below(3) as usize]);
    let agent = AccountName::from(["li", "wang"][chance.below(2) as usize]);
    let (offer, ring_ms, by) = (OfferId(call.as_u64()), 1_000, SeatActor::Engine);
    let until = at + Duration::from_secs(20);
    match chance.below(24) {
        0..=4 => {
            *last_call += 1;
            Event::CallQueued(CallQueued {
                transferred: false,
                waited_ms: 0,
                call: CallId::from(*last_call),
                queue,
                skills: Vec::new(),
                requirement: Default::default(),
                priority: chance.below(3) as u8,
                position: 1,
                expected_ms: None,
            })
        }
        5 => Event::CallConnected(CallConnected { call, queue, seat, wait_ms: 9_000, ring_ms }),
        6 => Event::CallLeftQueue(CallLeftQueue {
            call,
            queue,
            exit: QueueExit::Timeout,
            wait_ms: 9_000,
        }),
        7 => Event::CallEnded(CallEnded {
            call,
            end: CallEnd::Abandoned,
            seat: None,
            total_ms: 0,
            wait_ms: 0,
            talk_ms: 0,
        }),
        8 => {
            let (why, decision) = (String::new(), None);
            Event::OfferMade(OfferMade { offer, call, seat, until, why, decision })
        }
        9 => {
            let reason = MissedReason::Busy;
            let (outcome, reason, code) = (reason.outcome(), Some(reason), None);
            Event::OfferMissed(OfferMissed { offer, call, seat, outcome, reason, code, ring_ms })
        }
        10 => {
            let why = WithdrawalReason::SeatGone;
            Event::OfferWithdrawn(OfferWithdrawn { offer, call, seat, why, ring_ms })
        }
        11 => Event::SeatReached(SeatReached { seat }),
        12 => Event::SeatLoggedIn(SeatLoggedIn { seat, agent: Some(agent), by }),
        13 => Event::SeatLoggedOut(SeatLoggedOut { seat, by }),
        14 => Event::SeatReady(SeatReady { seat, by }),
        15 => {
            let (reason, back) = (NotReadyReason::Meal, Some(until));
            Event::SeatNotReady(SeatNotReady { seat, reason, by, back })
        }
        16 => Event::SeatWrapUpStarted(SeatWrapUpStarted { seat, call, until }),
        17 => match chance.below(2) {
            0 => {
                let (profile, until) = (RoutingProfile::default(), Some(until));
                Event::AgentProfileChanged(AgentProfileChanged { agent, profile, until, by })
            }
            _ => {
                let cause = ProfileEnd::Expired;
                Event::AgentProfileRestored(AgentProfileRestored { agent, cause, by })
            }
        },
        18 => match chance.below(2) {
            0 => {
                let text = format!("{at:?}");
                Event::AlarmRaised(AlarmRaised { alarm: Alarm::LogFailed, text })
            }
            _ => Event::AlarmCleared(AlarmCleared { alarm: Alarm::LogFailed }),
        },
        19 => {
            let by = [Party::Seat, Party::Caller, Party::Guest][chance.below(3) as usize];
            match chance.below(3) {
                0 => Event::CallHeld(CallHeld { call, by }),
                1 => transferred(call, seat),
                _ => Event::CallResumed(CallResumed { call, by }),
            }
        }
        20..=22 => leg_event(chance, call),
        _ => Event::ClockStepped(ClockStepped { by_us: 0, jump_us: chance.below(5_000_000) }),
    }
}

/// Any event of a further leg of a call.
fn leg_event(chance: &mut Chance, call: CallId) -> Event {
    let (leg, seat, ring_ms) = (LegId(chance.below(3)), SeatId(chance.below(5) as u32), 1_000);
    let mode = [MonitorMode::Listen, MonitorMode::Barge][chance.below(2) as usize];
    let role = match chance.below(3) {
        0 => LegRole::Colleague { seat },
        1 => LegRole::Supervisor { seat, mode },
        _ => LegRole::External { number: Number::new("13800005678") },
    };
    let by = SeatActor::Engine;
    match chance.below(4) {
        0 => Event::LegDialled(LegDialled { call, leg, role, by }),
        1 => Event::LegJoined(LegJoined { call, leg, role, ring_ms }),
        2 => Event::MonitorModeSet(MonitorModeSet { call, leg, seat, mode, by }),
        _ => {
            let (end, joined_ms) = (LegLeftReason::HungUp, None);
            Event::LegLeft(LegLeft { call, leg, role, end, joined_ms })
        }
    }
}

/// The whole state, with what the page does not show.
fn shown(board: &Wallboard) -> serde_json::Value {
    serde_json::to_value((board, &board.calls)).expect("a wallboard is written as JSON")
}

#[test]
fn copy_that_follows_the_changes_equals_the_wallboard() {
    for seed in 1..=20 {
        let (mut chance, mut last_call) = (Chance(seed), 0);
        let queues = ["a", "b"].map(QueueId::from);
        let mut board = Wallboard::new(Zone::CHINA, queues, (0..4).map(SeatId));
        let (mut copy, mut changes) = (board.clone(), BoardChanges::default());
        let mut at = Timestamp::from_micros(1_795_309_200_000_000);
        for seq in 1..=3_000 {
            // Some hours pass now and then, so that days begin with calls waiting.
            at += Duration::from_secs(if chance.below(100) == 0 { 20_000 } else { 3 });
            let record = Record { seq, at, event: any_event(&mut chance, &mut last_call, at) };
            changes.note(&board, &record);
            board.apply(&record);
            // Some changes are taken at once, and others after many records.
            for _ in 0..chance.below(3) {
                changes.take(&board).into_iter().for_each(|change| copy.follow(change));
            }
            if chance.below(20) == 0 {
                while let Some(change) = changes.take(&board) {
                    copy.follow(change);
                }
                assert!(changes.is_empty());
                copy.seq = seq;
                assert_eq!(shown(&copy), shown(&board), "seed {seed}, record {seq}");
                assert_eq!(copy.temporary_profiles, board.temporary_profiles);
                assert_eq!(copy.has_waiting(), board.has_waiting());
            }
        }
    }
}

#[test]
fn seat_that_changes_many_times_is_taken_once() {
    let mut board = Wallboard::new(Zone::CHINA, [], [SeatId(1)]);
    let mut changes = BoardChanges::default();
    for seq in 1..=1_000 {
        let (seat, by) = (SeatId(1), SeatActor::Engine);
        let at = Timestamp::from_micros(1_795_309_200_000_000 + seq);
        let record = Record { seq, at, event: Event::SeatReady(SeatReady { seat, by }) };
        changes.note(&board, &record);
        board.apply(&record);
    }
    let taken = std::iter::from_fn(|| changes.take(&board))
        .filter(|change| matches!(change, stats::BoardChange::Seat(..)));
    assert_eq!(taken.count(), 1);
}

fn transferred(call: CallId, seat: SeatId) -> Event {
    let (to, by) = (TransferTarget::Seat(SeatId(9)), SeatActor::Engine);
    Event::CallTransferred(CallTransferred { call, seat, to, attended: true, by, talk_ms: 1_000 })
}

#[test]
fn hold_of_a_phone_ends_with_its_part_in_the_call() {
    let mut board = Wallboard::default();
    let call = CallId::from(1);
    let held = |by| Event::CallHeld(CallHeld { call, by });
    let events = [held(Party::Guest), held(Party::Seat), transferred(call, SeatId(1))];
    for (seq, event) in (1..).zip(events) {
        board.apply(&Record { seq, at: Timestamp::from_micros(seq * 1_000_000), event });
        assert_eq!(board.calls.get(call).is_some(), seq == 2, "record {seq}");
    }
}

fn board_with_guests() -> Wallboard {
    let mut board = Wallboard::default();
    let (call, by, ring_ms) = (CallId::from(1), SeatActor::Engine, 1_000);
    let mode = MonitorMode::Listen;
    let number = LegRole::External { number: Number::new("13800005678") };
    let listens = LegRole::Supervisor { seat: SeatId(3), mode };
    let dialled = |leg, role| Event::LegDialled(LegDialled { call, leg, role, by: by.clone() });
    let events = [
        Event::CallHeld(CallHeld { call, by: Party::Seat }),
        dialled(LegId(5), number),
        dialled(LegId(6), listens.clone()),
        Event::LegJoined(LegJoined { call, leg: LegId(6), role: listens, ring_ms }),
    ];
    for (seq, event) in (1..).zip(events) {
        board.apply(&Record { seq, at: Timestamp::from_micros(seq * 1_000_000), event });
    }
    board
}

#[test]
fn numbers_are_masked_and_only_those_who_may_listen_see_who_listens() {
    let mut board = board_with_guests();
    let json = |sees| serde_json::to_value(board.calls.shown(sees)).expect("calls are JSON");
    let external = serde_json::json!({
        "role": "external", "number": "138****5678", "since": 2_000_000, "joined": false
    });
    let listens = serde_json::json!({
        "role": "supervisor", "seat": 3, "mode": "listen", "since": 4_000_000, "joined": true
    });
    let call = CallId::from(1).to_string();
    let of = |legs: serde_json::Value| {
        let board = serde_json::json!({ "holds": { "seat": 1_000_000 }, "legs": legs });
        serde_json::Value::from_iter([(call.clone(), board)])
    };
    assert_eq!(json(false), of(serde_json::json!({ "5": external })));
    assert_eq!(json(true), of(serde_json::json!({ "5": external, "6": listens })));

    // A supervisor who speaks is heard, and so seen, by all.
    let (call, by, mode) = (CallId::from(1), SeatActor::Engine, MonitorMode::Barge);
    let (leg, seat) = (LegId(6), SeatId(3));
    let event = Event::MonitorModeSet(MonitorModeSet { call, leg, seat, mode, by });
    board.apply(&Record { seq: 5, at: Timestamp::from_micros(5_000_000), event });
    assert_eq!(board.calls.shown(false), board.calls.shown(true));
}

#[test]
fn saved_wallboard_has_the_holds_and_legs_of_calls() {
    let board = board_with_guests();
    let text = serde_json::to_string(&board.snapshot()).expect("a snapshot is JSON");
    let saved = serde_json::from_str(&text).expect("a snapshot is read again");
    assert_eq!(Wallboard::default().restore(saved).calls, board.calls);
}
