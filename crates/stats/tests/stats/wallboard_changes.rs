//! A copy of the wallboard that is told only what changes equals the wallboard.

use std::time::Duration;

use model::{
    AccountName, CallId, Event, NotReadyReason, OfferId, QueueId, Record, RoutingProfile, SeatId,
    Timestamp, Zone,
    event::{
        AgentProfileChanged, AgentProfileRestored, Alarm, AlarmCleared, AlarmRaised, CallConnected,
        CallEnd, CallEnded, CallLeftQueue, CallQueued, ClockStepped, MissedReason, OfferMade,
        OfferMissed, OfferWithdrawn, ProfileEnd, QueueExit, SeatActor, SeatLoggedIn, SeatLoggedOut,
        SeatNotReady, SeatReached, SeatReady, SeatWrapUpStarted, WithdrawalReason,
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
    match chance.below(20) {
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
        _ => Event::ClockStepped(ClockStepped { by_us: 0, jump_us: chance.below(5_000_000) }),
    }
}

fn shown(board: &Wallboard) -> serde_json::Value {
    serde_json::to_value(board).expect("a wallboard is written as JSON")
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
