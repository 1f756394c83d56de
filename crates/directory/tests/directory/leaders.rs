//! Leaders sign in turns of ten days, and answer calls in planned sessions.

use directory::leader::{Gap, GapReason, LeaderCommand, Leaders, SessionState, TicketOutcome};
use model::{
    AccountName, CallId, Date, SeatId, TicketId, Timestamp, Zone,
    desk::{
        Actor, LeaderEvent, LeaderSessionId, LeaderSessionPlan, MonthThird, SigningTurn, TenDays,
    },
    event::Role,
};
use workflow::Refusal;

fn day(month: u8, day: u8) -> Date {
    Date { year: 2013, month, day }
}

fn at(date: Date, hour: u32) -> Timestamp {
    Zone::CHINA.moment(date, hour * 3_600)
}

fn account(name: &str) -> AccountName {
    AccountName::from(name)
}

fn person(name: &str, role: Role) -> Actor {
    Actor::Person { account: account(name), role, unit: None, outsourced: false }
}

fn turn(leader: &str, deputies: &[&str]) -> SigningTurn {
    SigningTurn { leader: account(leader), deputies: deputies.iter().map(|d| account(d)).collect() }
}

/// The leaders' fold with its log.
#[derive(Default)]
struct Office {
    leaders: Leaders,
    log: Vec<(Timestamp, LeaderEvent)>,
}

impl Office {
    fn tell(&mut self, now: Timestamp, by: &Actor, command: LeaderCommand) -> Result<(), Refusal> {
        for event in self.leaders.decide(now, by, command)? {
            self.leaders.apply(now, &event);
            self.log.push((now, event));
        }
        let mut replayed = Leaders::default();
        for (at, event) in &self.log {
            replayed.apply(*at, event);
        }
        assert_eq!(replayed, self.leaders, "live is replayed");
        Ok(())
    }

    fn turn(&mut self, month: u8, third: MonthThird, turn: SigningTurn) {
        let days = TenDays { year: 2013, month, third };
        let command = LeaderCommand::WriteTurn { days, turn };
        self.tell(at(day(7, 1), 9), &person("director", Role::Director), command).unwrap();
    }
}

/// August 2013, with no turn for the middle third.
fn office() -> Office {
    let mut office = Office::default();
    office.turn(8, MonthThird::Early, turn("zhang", &["li", "wang"]));
    office.turn(8, MonthThird::Late, turn("li", &[]));
    office
}

fn away(leader: &str, from: Date, last: Date) -> LeaderCommand {
    let reason = "出国考察".to_string();
    LeaderCommand::WriteAway { leader: account(leader), from, last, reason }
}

#[test]
fn signer_changes_with_each_ten_days() {
    let office = office();
    let signer = |date| office.leaders.signer(date).map(|signer| signer.account);
    assert_eq!(signer(day(8, 1)), Some(account("zhang")));
    assert_eq!(signer(day(8, 10)), Some(account("zhang")));
    assert_eq!(signer(day(8, 11)), None);
    assert_eq!(signer(day(8, 31)), Some(account("li")));
}

#[test]
fn first_present_deputy_signs_for_absent_leader() {
    let mut office = office();
    let now = at(day(8, 1), 9);
    // A leader may write an own absence, and not another leader's.
    let zhang = person("zhang", Role::Leader);
    office.tell(now, &zhang, away("zhang", day(8, 3), day(8, 5))).unwrap();
    let refused = office.tell(now, &zhang, away("li", day(8, 4), day(8, 4)));
    assert!(matches!(refused, Err(Refusal::Forbidden { .. })));
    office
        .tell(now, &person("director", Role::Director), away("li", day(8, 4), day(8, 4)))
        .unwrap();

    let signer = |date| office.leaders.signer(date).expect("somebody signs");
    assert_eq!(signer(day(8, 2)).for_leader, None);
    let third = signer(day(8, 3));
    assert_eq!((third.account, third.for_leader), (account("li"), Some(account("zhang"))));
    assert_eq!(third.away.as_deref(), Some("出国考察"));
    assert_eq!(signer(day(8, 4)).account, account("wang"));
    assert_eq!(signer(day(8, 6)).account, account("zhang"));
}

#[test]
fn days_without_signer_raise_alarm_with_reason() {
    let mut office = office();
    let now = at(day(8, 1), 9);
    let director = person("director", Role::Director);
    office.tell(now, &director, away("li", day(8, 25), day(8, 26))).unwrap();
    let gaps = office.leaders.gaps(day(8, 1), day(8, 31));
    let expected = [
        Gap { first: day(8, 11), last: day(8, 20), why: GapReason::NoTurn },
        Gap { first: day(8, 25), last: day(8, 26), why: GapReason::AllAway(account("li")) },
    ];
    assert_eq!(gaps, expected);
    let text =
        "no leader signs from 2013-08-11 to 2013-08-20: the roster has no turn for these days";
    assert_eq!(gaps[0].to_string(), text);
    assert_eq!(office.leaders.upcoming_gaps(day(8, 1)), gaps, "a month ahead");
    let clear = LeaderCommand::ClearAway { leader: account("li"), from: day(8, 25) };
    office.tell(now, &director, clear.clone()).unwrap();
    assert_eq!(office.leaders.gaps(day(8, 21), day(8, 31)), []);
    assert!(matches!(office.tell(now, &director, clear), Err(Refusal::NotFound { .. })));
    assert_eq!(office.leaders.gaps(day(8, 31), day(8, 1)), [], "no days, no gaps");
}

#[test]
fn turn_and_absence_report_all_faults_at_once() {
    let office = Office::default();
    let days = TenDays { year: 2013, month: 13, third: MonthThird::Early };
    let command = LeaderCommand::WriteTurn { days, turn: turn("", &["li", "li"]) };
    let director = person("director", Role::Director);
    let refused = office.leaders.decide(at(day(7, 1), 9), &director, command);
    let Err(Refusal::Faults { faults }) = refused else { panic!("{refused:?}") };
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["days", "turn.leader", "turn.deputies[1]"]);
    let absence = LeaderCommand::WriteAway {
        leader: account("li"),
        from: Date { year: 2013, month: 2, day: 30 },
        last: day(1, 1),
        reason: String::new(),
    };
    let refused = office.leaders.decide(at(day(7, 1), 9), &director, absence);
    let Err(Refusal::Faults { faults }) = refused else { panic!("{refused:?}") };
    assert_eq!(faults.len(), 3, "{faults:?}");
}

#[test]
fn exported_roster_is_imported_unchanged() {
    let office = office();
    let text = "year,month,third,leader,deputies\n2013,8,early,zhang,li;wang\n2013,8,late,li,\n";
    assert_eq!(office.leaders.export(), text);
    assert_eq!(office.leaders.import(text), Ok(Vec::new()));
    let events = Leaders::default().import(text).expect("two turns");
    let mut again = Leaders::default();
    for event in events {
        again.apply(at(day(7, 1), 9), &LeaderEvent::Roster(event));
    }
    assert_eq!(again, office.leaders);
    let wrong = "year,month,third,leader,deputies\n2013,0,soon,zhang,zhang\n2013,8,late,,\n\
                 2013,8,late,li,\n";
    let faults = Leaders::default().import(wrong).expect_err("faults");
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for start in [
        "roster.csv:2: deputies: ",
        "roster.csv:2: month: ",
        "roster.csv:2: third: ",
        "roster.csv:3: leader: ",
        "roster.csv:4: third: line 3 already has 2013-08 late",
    ] {
        assert!(told.iter().any(|line| line.starts_with(start)), "{start}: {told:#?}");
    }
    assert_eq!(told.len(), 5, "{told:#?}");
}

fn plan(seat: u32, from: u32, to: u32) -> Box<LeaderSessionPlan> {
    Box::new(LeaderSessionPlan {
        leader: account("zhang"),
        units: vec!["410100-101".into()],
        from: at(day(8, 6), from),
        to: at(day(8, 6), to),
        seat: SeatId(seat),
        agent: account("agent7"),
        announcement: "8月6日上午9时至11时，市长接听来电。".into(),
    })
}

#[test]
fn leader_session_is_planned_held_and_reported() {
    let mut office = office();
    let director = person("director", Role::Director);
    let morning = |hour| at(day(8, 6), hour);
    let planned = at(day(8, 1), 9);
    let new = LeaderCommand::PlanSession { session: None, plan: plan(1080, 9, 11) };
    office.tell(planned, &director, new).unwrap();
    let session = LeaderSessionId(1);
    let clash = LeaderCommand::PlanSession { session: None, plan: plan(1080, 10, 12) };
    assert!(matches!(office.tell(planned, &director, clash), Err(Refusal::Faults { .. })));
    let later = LeaderCommand::PlanSession { session: Some(session), plan: plan(1080, 9, 12) };
    office.tell(planned, &director, later).unwrap();

    let open = LeaderCommand::OpenSession { session };
    let zhang = person("zhang", Role::Leader);
    assert!(matches!(office.tell(morning(7), &zhang, open.clone()), Err(Refusal::Faults { .. })));
    let take = |call: u64, ticket: u64, decided| LeaderCommand::TakeCall {
        session,
        call: CallId::from(call),
        ticket: TicketId(ticket),
        decided,
    };
    let agent = person("agent7", Role::Agent);
    let early = office.tell(morning(9), &agent, take(1, 1, false));
    let allowed = vec!["plan_session", "cancel_session", "open_session"];
    assert_eq!(early, Err(Refusal::NotNow { state: "planned".into(), allowed }));
    office.tell(morning(9), &zhang, open).unwrap();
    // The second caller calls twice; the third matter is decided on the spot (LDR-11).
    for (call, ticket, decided) in [(1, 1, false), (2, 2, false), (3, 2, false), (4, 3, true)] {
        office.tell(morning(9), &agent, take(call, ticket, decided)).unwrap();
    }
    let again = office.tell(morning(9), &agent, take(4, 3, true));
    assert!(matches!(again, Err(Refusal::Faults { .. })), "each call once");
    let other = person("agent8", Role::Agent);
    let refused = office.tell(morning(9), &other, take(5, 4, false));
    assert!(matches!(refused, Err(Refusal::Forbidden { .. })));
    office.tell(morning(11), &zhang, LeaderCommand::CloseSession { session }).unwrap();

    let held = office.leaders.session(session).expect("the session");
    let closed = SessionState::Closed { since: morning(9), at: morning(11) };
    assert_eq!(held.state, closed);
    let report = held.report(|ticket| match ticket.0 {
        1 => TicketOutcome { closed: true, satisfied: Some(true) },
        2 => TicketOutcome { closed: true, satisfied: Some(false) },
        _ => TicketOutcome::default(),
    });
    assert_eq!((report.calls, report.tickets, report.decided), (4, 3, 1));
    assert_eq!((report.closed, report.asked, report.satisfied), (2, 2, 1));
    assert_eq!(report.open, [TicketId(3)]);
}

#[test]
fn cancelled_session_frees_seat_and_leader() {
    let mut office = office();
    let (director, now) = (person("director", Role::Director), at(day(8, 1), 9));
    let new = || LeaderCommand::PlanSession { session: None, plan: plan(1080, 9, 11) };
    office.tell(now, &director, new()).unwrap();
    let off = LeaderCommand::CancelSession { session: LeaderSessionId(1), reason: "防汛".into() };
    office.tell(now, &director, off).unwrap();
    office.tell(now, &director, new()).unwrap();
    assert_eq!(office.leaders.sessions().count(), 2);
    let open = LeaderCommand::OpenSession { session: LeaderSessionId(1) };
    let refused = office.tell(at(day(8, 6), 9), &director, open);
    assert_eq!(refused, Err(Refusal::NotNow { state: "cancelled".into(), allowed: vec![] }));
    let agent = office.tell(now, &person("agent7", Role::Agent), new());
    assert!(matches!(agent, Err(Refusal::Forbidden { .. })));
}
