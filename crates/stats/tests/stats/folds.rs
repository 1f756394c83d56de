//! The records of one day, applied to every fold: wallboard, quarter hours, queue_log, CDR.

use std::collections::BTreeMap;

use model::{
    CallId, Event, LineId, Login, NotReadyReason, Number, OfferId, QueueId, Record, SeatId,
    Timestamp, TrunkId, WorkState, Zone,
    event::{
        AdoptionCause, AfterTalk, Alarm, AlarmRaised, AlarmSettled, CallArrived, CallConnected,
        CallEnd, CallEnded, CallLeftQueue, CallMoved, CallQueued, CallRefused, ConfigAdopted,
        EngineStarted, MeasuredBy, MissedOutcome, OfferAccepted, OfferMade, OfferMissed,
        OfferWithdrawn, Party, QueueExit, RefusalCause, SeatActor, SeatLoggedIn, SeatLoggedOut,
        SeatNextSet, SeatNotReady, SeatReached, SeatReady, SeatWrapUpStarted, VoiceSourceAssumed,
        WithdrawalReason,
    },
};
use stats::{Cdr, QueueIntervals, QueueLog, Wallboard};

/// 2026-11-22 09:00 in China.
const NINE_S: u64 = 1_795_309_200;
const SEAT: SeatId = SeatId(1001);

struct Day {
    records: Vec<Record>,
}

fn main_queue() -> QueueId {
    QueueId::from("main")
}

fn at(s: u64) -> Timestamp {
    Timestamp::from_micros((NINE_S + s) * 1_000_000)
}

impl Day {
    fn new() -> Day {
        Day { records: Vec::new() }
    }

    /// Adds an event `s` seconds after nine.
    fn tell(&mut self, s: u64, event: Event) {
        let seq = self.records.len() as u64 + 1;
        self.records.push(Record { seq, at: at(s), event });
    }

    fn arrives(&mut self, s: u64, call: u64) {
        let call = CallId::from(call);
        self.tell(
            s,
            Event::CallArrived(CallArrived {
                call,
                caller: Number::new("13812345678"),
                dialled: Number::new("12345"),
                line: LineId::from("12345"),
                trunk: TrunkId::from("telecom"),
            }),
        );
        let (queue, skills, priority, position) = (main_queue(), Vec::new(), 0, 1);
        let expected_ms = Some(20_000);
        let queued = CallQueued {
            transferred: false,
            waited_ms: 0,
            call,
            queue,
            skills,
            requirement: Default::default(),
            priority,
            position,
            expected_ms,
        };
        self.tell(s, Event::CallQueued(queued));
    }

    fn rings(&mut self, s: u64, call: u64) {
        let (offer, call, seat) = (OfferId(call), CallId::from(call), SEAT);
        let made =
            OfferMade { offer, call, seat, until: at(s + 20), why: String::new(), decision: None };
        self.tell(s, Event::OfferMade(made));
    }

    fn answered(&mut self, s: u64, call: u64, wait_s: u64) {
        let (offer, id, seat, ring_ms) = (OfferId(call), CallId::from(call), SEAT, 2_000);
        self.tell(s, Event::OfferAccepted(OfferAccepted { offer, call: id, seat, ring_ms }));
        let (queue, wait_ms) = (main_queue(), wait_s * 1_000);
        let connected = CallConnected { call: id, queue, seat, wait_ms, ring_ms };
        self.tell(s, Event::CallConnected(connected));
    }

    fn ends(&mut self, s: u64, call: u64, end: CallEnd, talk_s: u64) {
        let (call, seat, talk_ms) = (CallId::from(call), None, talk_s * 1_000);
        let ended = CallEnded { call, end, seat, total_ms: 0, wait_ms: 0, talk_ms };
        self.tell(s, Event::CallEnded(ended));
    }

    fn wall(&self) -> Wallboard {
        let mut wall = Wallboard::new(Zone::CHINA, [main_queue()], [SEAT]);
        self.records.iter().for_each(|record| wall.apply(record));
        wall
    }

    fn quarters(&self) -> QueueIntervals {
        let mut quarters = QueueIntervals::new(Zone::CHINA, BTreeMap::new());
        self.records.iter().for_each(|record| quarters.apply(record));
        quarters
    }

    fn lines(&self) -> Vec<String> {
        let mut log = QueueLog::new();
        self.records.iter().filter_map(|record| log.line(record)).collect()
    }
}

/// A seat signs in at nine; four calls: answered, abandoned, timed out, still waiting.
fn morning() -> Day {
    let mut day = Day::new();
    let by = SeatActor::Phone;
    day.tell(0, Event::EngineStarted(EngineStarted { version: String::new() }));
    day.tell(0, Event::SeatReached(SeatReached { seat: SEAT }));
    let agent = Some("li".into());
    day.tell(1, Event::SeatLoggedIn(SeatLoggedIn { seat: SEAT, agent, by: by.clone() }));
    day.tell(2, Event::SeatReady(SeatReady { seat: SEAT, by }));
    day.arrives(10, 1);
    day.rings(10, 1);
    day.arrives(12, 2);
    day.arrives(13, 3);
    day.answered(14, 1, 4);
    day.ends(34, 2, CallEnd::Abandoned, 0);
    day.ends(74, 1, CallEnd::CallerHungUp, 60);
    let wrap_up = SeatWrapUpStarted { seat: SEAT, call: CallId::from(1), until: at(94) };
    day.tell(74, Event::SeatWrapUpStarted(wrap_up));
    let (queue, exit, wait_ms) = (main_queue(), QueueExit::Timeout, 90_000);
    let left = CallLeftQueue { call: CallId::from(3), queue, exit, wait_ms };
    day.tell(103, Event::CallLeftQueue(left));
    day.ends(110, 3, CallEnd::QueueExit, 0);
    day.arrives(120, 4);
    day
}

#[test]
fn wallboard_counts_calls_of_today() {
    let wall = morning().wall();
    let main = &wall.queues[&main_queue()];
    assert_eq!((main.offered, main.answered, main.abandoned, main.flowed_out), (4, 1, 1, 1));
    assert_eq!((main.answered_in_15s, main.answered_wait_ms), (1, 4_000));
    // The estimate was 20 s, the answer came after 4 s; abandoned calls are not compared.
    assert_eq!((main.forecast.compared, main.forecast.mean_error_ms), (1, Some(16_000)));
    assert_eq!(main.forecast.mean_bias_ms, Some(-16_000));
    assert_eq!(main.waiting.iter().map(|w| w.call.as_u64()).collect::<Vec<_>>(), [4]);
    let seat = &wall.seats[&SEAT];
    assert!(seat.reachable);
    assert_eq!((seat.answered, seat.missed, seat.talk_ms), (1, 0, 60_000));
    assert!(matches!(seat.work, Some(WorkState::WrapUp { .. })));
    assert_eq!(seat.since, at(74));
    assert_eq!(seat.agent().map(|agent| agent.as_str()), Some("li"));
    assert_eq!(wall.seq, morning().records.len() as u64);
}

#[test]
fn wallboard_shows_the_ringing_seat_until_the_offer_is_missed() {
    let mut day = Day::new();
    day.arrives(0, 1);
    day.rings(1, 1);
    let wall = day.wall();
    assert_eq!(wall.queues[&main_queue()].waiting.first().and_then(|w| w.ringing), Some(SEAT));
    let (offer, call, seat) = (OfferId(1), CallId::from(1), SEAT);
    let (outcome, ring_ms) = (MissedOutcome::NoAnswer, 20_000);
    day.tell(
        21,
        Event::OfferMissed(OfferMissed {
            offer,
            call,
            seat,
            outcome,
            reason: None,
            code: None,
            ring_ms,
        }),
    );
    let (reason, by) = (NotReadyReason::Rona, SeatActor::Engine);
    day.tell(21, Event::SeatNotReady(SeatNotReady { seat, reason, by, back: None }));
    let wall = day.wall();
    assert_eq!(wall.queues[&main_queue()].waiting.first().map(|w| w.ringing), Some(None));
    assert_eq!(wall.queues[&main_queue()].waiting.first().map(|w| w.since), Some(at(0)));
    assert_eq!(wall.seats[&SEAT].missed, 1);
    let rona = WorkState::NotReady { reason: NotReadyReason::Rona };
    assert_eq!(wall.seats[&SEAT].work, Some(rona));
}

#[test]
fn wallboard_shows_the_next_state_of_a_seat_until_it_begins() {
    let mut day = Day::new();
    let (seat, by) = (SEAT, SeatActor::Person("li".into()));
    day.arrives(0, 1);
    day.rings(1, 1);
    day.answered(5, 1, 5);
    let next = Some(AfterTalk::LogOut);
    day.tell(9, Event::SeatNextSet(SeatNextSet { seat, next: next.clone(), by: by.clone() }));
    let shown = day.wall().seats[&SEAT].clone();
    assert_eq!((shown.next, shown.next_by), (next, Some(by)));
    let (reason, by, back) = (NotReadyReason::Rona, SeatActor::Engine, Some(at(60)));
    day.tell(20, Event::SeatNotReady(SeatNotReady { seat, reason, by: by.clone(), back }));
    let shown = day.wall().seats[&SEAT].clone();
    assert_eq!((shown.next, shown.next_by, shown.back), (None, None, back));
    day.tell(60, Event::SeatReady(SeatReady { seat, by }));
    assert_eq!(day.wall().seats[&SEAT].back, None);
}

#[test]
fn counters_begin_anew_at_local_midnight_with_the_waiting_calls() {
    let mut day = morning();
    day.tell(15 * 3_600, Event::SeatReached(SeatReached { seat: SEAT }));
    let wall = day.wall();
    let main = &wall.queues[&main_queue()];
    assert_eq!((main.offered, main.answered, main.waiting.len()), (1, 0, 1));
    assert_eq!(wall.seats[&SEAT].answered, 0);
    assert!(wall.seats[&SEAT].login != Login::LoggedOut, "states do not end at midnight");
}

#[test]
fn extended_wrap_up_keeps_its_start() {
    let mut day = morning();
    let wrap_up = SeatWrapUpStarted { seat: SEAT, call: CallId::from(1), until: at(200) };
    day.tell(90, Event::SeatWrapUpStarted(wrap_up));
    assert_eq!(day.wall().seats[&SEAT].since, at(74));
}

#[test]
fn engine_start_clears_registrations_and_alarms() {
    let mut day = morning();
    let (alarm, text) = (Alarm::LogFailed, String::new());
    day.tell(150, Event::AlarmRaised(AlarmRaised { alarm, text }));
    assert_eq!(day.wall().alarms.len(), 1);
    day.tell(200, Event::EngineStarted(EngineStarted { version: String::new() }));
    assert!(!day.wall().seats[&SEAT].reachable);
    // The engine raises alarms again that still hold.
    assert!(day.wall().alarms.is_empty());
}

#[test]
fn damaged_log_alarm_stays_until_it_is_settled() {
    let mut day = morning();
    let (alarm, text) = (Alarm::LogDamaged, "record 7 is lost".to_owned());
    day.tell(150, Event::AlarmRaised(AlarmRaised { alarm, text }));
    for second in [200, 300] {
        day.tell(second, Event::EngineStarted(EngineStarted { version: String::new() }));
        assert_eq!(day.wall().alarms[&alarm], "record 7 is lost");
    }
    let settled = AlarmSettled { alarm, by: "os:li".into(), why: "the paper says".into() };
    day.tell(350, Event::AlarmSettled(settled));
    assert!(day.wall().alarms.is_empty());
}

#[test]
fn wallboard_json_has_the_fields_of_the_page() {
    let json = serde_json::to_value(morning().wall()).unwrap();
    assert_eq!(json["queues"]["main"]["offered"], 4);
    assert_eq!(json["seats"]["1001"]["reachable"], true);
    assert!(json.get("waiting_calls").is_none());
}

#[test]
fn every_quarter_hour_is_in_balance() {
    let mut day = morning();
    // Call 4 is answered two quarter hours later; one call is refused; call 5 ends with the engine.
    day.answered(1_900, 4, 1_780);
    day.tell(
        1_901,
        Event::CallRefused(CallRefused {
            call: CallId::from(9),
            caller: Number::default(),
            dialled: Number::new("12345"),
            trunk: None,
            code: 486,
            cause: RefusalCause::QueueFull,
        }),
    );
    day.arrives(1_902, 5);
    day.ends(2_750, 5, CallEnd::NodeFailed, 0);
    day.ends(2_760, 4, CallEnd::SeatHungUp, 860);
    let quarters = day.quarters();
    let rows: Vec<_> = quarters.rows().collect();
    assert_eq!(
        rows.iter().map(|(start, _)| *start).collect::<Vec<_>>(),
        [at(0), at(1_800), at(2_700)]
    );
    for (start, row) in &rows {
        assert!(row.is_balanced(), "{start}: {row:?}");
    }
    let main = |n: usize| rows[n].1.queues[&main_queue()];
    assert_eq!((main(0).offered, main(0).waiting), (4, 1));
    assert_eq!((main(1).carried, main(1).offered, main(1).answered, main(1).waiting), (1, 1, 1, 1));
    assert_eq!((main(2).carried, main(2).flowed_out, main(2).talk_ms), (1, 1, 860_000));
    assert_eq!(rows[1].1.refused[&RefusalCause::QueueFull], 1);
    let all = quarters.between(&main_queue(), at(0), at(3_600));
    assert!(all.is_balanced());
    assert_eq!((all.offered, all.answered, all.waiting), (5, 2, 0));
}

#[test]
fn longest_wait_is_measured_at_the_moment_asked_for() {
    let quarters = morning().quarters();
    assert_eq!(quarters.longest_wait_ms(&main_queue(), at(150)), Some(30_000));
    assert_eq!(quarters.longest_wait_ms(&QueueId::from("other"), at(150)), None);
}

#[test]
fn signed_out_is_kept_until_somebody_signs_in() {
    let mut day = Day::new();
    let (seat, by) = (SEAT, SeatActor::Phone);
    let signed_out = |day: &Day| day.wall().seats[&SEAT].signed_out;
    day.tell(1, Event::SeatReached(SeatReached { seat }));
    assert!(!signed_out(&day));
    day.tell(2, Event::SeatLoggedOut(SeatLoggedOut { seat, by: by.clone() }));
    assert!(signed_out(&day));
    day.tell(3, Event::SeatLoggedIn(SeatLoggedIn { seat, agent: None, by }));
    assert!(!signed_out(&day));
}

#[test]
fn queue_log_lines_are_those_of_asterisk() {
    let mut day = morning();
    let (call, seat) = (CallId::from(4), SEAT);
    day.rings(121, 4);
    let (offer, why, ring_ms) = (OfferId(4), WithdrawalReason::SeatGone, 1_500);
    day.tell(122, Event::OfferWithdrawn(OfferWithdrawn { offer, call, seat, why, ring_ms }));
    let (reason, by) = (NotReadyReason::Meal, SeatActor::Phone);
    day.tell(123, Event::SeatNotReady(SeatNotReady { seat, reason, by: by.clone(), back: None }));
    day.tell(124, Event::SeatReady(SeatReady { seat, by: by.clone() }));
    day.tell(125, Event::SeatLoggedOut(SeatLoggedOut { seat, by }));
    let id = |n: u64| CallId::from(n).to_string();
    let line = |s: u64, rest: String| format!("{}|{rest}", NINE_S + s);
    assert_eq!(
        day.lines(),
        [
            line(0, "NONE|NONE|NONE|QUEUESTART".into()),
            line(1, "NONE|NONE|li|AGENTLOGIN|SIP/1001".into()),
            line(10, format!("{}|main|NONE|ENTERQUEUE||138****5678|1", id(1))),
            line(12, format!("{}|main|NONE|ENTERQUEUE||138****5678|1", id(2))),
            line(13, format!("{}|main|NONE|ENTERQUEUE||138****5678|1", id(3))),
            line(14, format!("{}|main|li|CONNECT|4|{}|2", id(1), id(1))),
            line(34, format!("{}|main|NONE|ABANDON|1|1|22", id(2))),
            line(74, format!("{}|main|li|COMPLETECALLER|4|60|1", id(1))),
            line(103, format!("{}|main|NONE|EXITWITHTIMEOUT|1|1|90", id(3))),
            line(120, format!("{}|main|NONE|ENTERQUEUE||138****5678|1", id(4))),
            line(122, format!("{}|main|li|RINGCANCELED|1500", id(4))),
            line(123, "NONE|NONE|li|PAUSEALL|meal".into()),
            line(124, "NONE|NONE|li|UNPAUSEALL".into()),
            line(125, "NONE|NONE|li|AGENTLOGOFF|SIP/1001|124".into()),
        ]
    );
}

#[test]
fn cdr_has_the_course_of_its_call() {
    let day = morning();
    let mut cdr = day.records.iter().find_map(|r| Cdr::begin(r.at, &r.event)).unwrap();
    let about = day.records.iter().filter(|r| Cdr::subject(&r.event) == Some(CallId::from(1)));
    about.for_each(|record| cdr.apply(record.at, &record.event, |_| Some("li".into())));
    assert_eq!(cdr.agent, Some("li".into()));
    assert_eq!((cdr.arrived, cdr.queued, cdr.connected), (at(10), Some(at(10)), Some(at(14))));
    assert_eq!((cdr.seat, cdr.offers, cdr.talk_ms), (Some(SEAT), 1, 60_000));
    assert_eq!((cdr.ended, cdr.end), (Some(at(74)), Some(CallEnd::CallerHungUp)));
}

#[test]
fn assumed_voice_source_is_marked_on_the_cdr() {
    let day = morning();
    let mut cdr = day.records.iter().find_map(|r| Cdr::begin(r.at, &r.event)).unwrap();
    assert!(!cdr.voice_source_assumed);
    let (call, by) = (CallId::from(1), Party::Caller);
    let assumed = Event::VoiceSourceAssumed(VoiceSourceAssumed { call, by });
    assert_eq!(Cdr::subject(&assumed), Some(call));
    cdr.apply(at(20), &assumed, |_| None);
    assert!(cdr.voice_source_assumed);
    // A CDR written before this field existed is read as one without the mark.
    let mut json = serde_json::to_value(&cdr).unwrap();
    json.as_object_mut().unwrap().remove("voice_source_assumed");
    let old: Cdr = serde_json::from_value(json).unwrap();
    assert!(!old.voice_source_assumed);
}

/// The config of seat 1001 and queue `other`, where an answer within a second is in time.
fn other_config() -> ConfigAdopted {
    let measured_by = MeasuredBy { answer_ms: 1_000, short_abandon_ms: 5_000 };
    ConfigAdopted {
        cause: AdoptionCause::Command,
        by: Some("os:li".into()),
        version: "1".to_owned(),
        files: BTreeMap::new(),
        prompts: BTreeMap::new(),
        seats: vec![(SEAT, SEAT)],
        queues: [(QueueId::from("other"), measured_by)].into(),
        moved: [(main_queue(), QueueId::from("other"))].into(),
        changes: Vec::new(),
        changes_in_all: 0,
    }
}

#[test]
fn moved_call_keeps_its_wait_and_counts_in_both_queues() {
    let other = QueueId::from("other");
    let mut day = Day::new();
    day.arrives(0, 1);
    day.tell(10, Event::ConfigAdopted(other_config()));
    let (call, from, to) = (CallId::from(1), main_queue(), other.clone());
    day.tell(10, Event::CallMoved(CallMoved { call, from, to, position: 1 }));
    let mut board = Wallboard::new(Zone::CHINA, [main_queue()], [SEAT, SeatId(1002)]);
    let mut quarters = QueueIntervals::new(Zone::CHINA, BTreeMap::new());
    let mut lines = QueueLog::new();
    let mut written = Vec::new();
    let mut cdr = Cdr::begin(day.records[0].at, &day.records[0].event).expect("a call");
    for record in &day.records {
        board.apply(record);
        quarters.apply(record);
        written.extend(lines.line(record));
        cdr.apply(record.at, &record.event, |_| None);
    }
    assert_eq!(cdr.queue, Some(other.clone()));
    let waiting = board.queues[&other].waiting.first().expect("it waits there");
    assert_eq!(waiting.since, at(0));
    let counts = |queue: &QueueId| {
        let board = &board.queues[queue];
        (board.offered, board.flowed_out, board.waiting.len())
    };
    assert_eq!((counts(&main_queue()), counts(&other)), ((1, 1, 0), (1, 0, 1)));
    // Seat 1002 is not in the config any more.
    assert_eq!(board.seats.keys().copied().collect::<Vec<_>>(), [SEAT]);
    assert_eq!(quarters.longest_wait_ms(&other, at(20)), Some(20_000));
    let (from, to) = (at(0), at(900));
    let row = |queue: &QueueId| quarters.between(queue, from, to);
    assert_eq!((row(&main_queue()).flowed_out, row(&other).offered), (1, 1));
    assert_eq!(quarters.thresholds(&other).answer_ms, 1_000);
    let words = written.join("\n");
    for expected in [
        "|NONE|NONE|NONE|CONFIGRELOAD",
        "|main|NONE|EXITWITHTIMEOUT|1|1|10\n",
        "|other|NONE|ENTERQUEUE||",
    ] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    // The empty queue is dropped with its day; the caller still waits.
    let tomorrow =
        Record { seq: 9, at: at(86_400), event: Event::SeatReached(SeatReached { seat: SEAT }) };
    board.apply(&tomorrow);
    assert_eq!(board.queues.keys().collect::<Vec<_>>(), [&other]);
}

#[test]
fn removed_seat_is_shown_until_it_is_signed_out() {
    let mut day = Day::new();
    let by = SeatActor::Phone;
    let gone = SeatId(1002);
    day.tell(0, Event::SeatReached(SeatReached { seat: gone }));
    day.tell(0, Event::SeatLoggedIn(SeatLoggedIn { seat: gone, agent: None, by: by.clone() }));
    day.tell(1, Event::ConfigAdopted(other_config()));
    let mut board = Wallboard::new(Zone::CHINA, [main_queue()], [SEAT, gone]);
    day.records.iter().for_each(|record| board.apply(record));
    assert!(board.seats.contains_key(&gone));
    let logged_out = Event::SeatLoggedOut(SeatLoggedOut { seat: gone, by });
    board.apply(&Record { seq: 4, at: at(2), event: logged_out });
    assert!(!board.seats.contains_key(&gone));
    // The state survives a snapshot.
    let saved = board.snapshot();
    let json = serde_json::to_string(&saved).unwrap();
    let blank = Wallboard::new(Zone::CHINA, [], [SEAT]);
    let restored = blank.restore(serde_json::from_str(&json).unwrap());
    assert_eq!(restored.seats, board.seats);
}
