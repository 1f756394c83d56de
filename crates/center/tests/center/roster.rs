//! Days without a signing leader raise an alarm, which the engine also clears (LDR-02, a leader
//! signs on every day of the year).

use std::time::Duration;

use center::{Center, Command, DeskRequest, Input, Memory, Output};
use deadlines::calendar::{Calendar, OfficeHours};
use directory::leader::LeaderCommand;
use model::{
    AccountName, CalendarTable, Date, Event, HolidayNotice, Timestamp, Zone,
    desk::{Actor, SigningTurn, TenDays},
    event::{Alarm, Role, SeatActor},
};
use stats::Wallboard;
use ticketing::{Desk, DeskCommand, Rules};

/// A running center with its clock.
struct Engine {
    center: Center,
    now: Timestamp,
    replies: u64,
}

impl Engine {
    fn started(date: Date) -> Engine {
        Engine::with_calendar(date, &CalendarTable::default())
    }

    fn with_calendar(date: Date, table: &CalendarTable) -> Engine {
        let calendar = Calendar::new(Zone::CHINA, OfficeHours::default(), table);
        let wall = Wallboard::new(Zone::CHINA, [], []);
        let memory = Memory::new(wall, Desk::new(Rules::shipped(), calendar, [7; 32]));
        let now = Zone::CHINA.moment(date, 9 * 3_600);
        Engine { center: start(now, memory), now, replies: 0 }
    }

    fn restarted(self) -> Engine {
        let memory = self.center.into_memory();
        Engine { center: start(self.now, memory), ..self }
    }

    /// Lets time pass as a driver does, and returns the number of alarm records on the way.
    fn wait(&mut self, days: u64) -> usize {
        let then = self.now + Duration::from_secs(days * 86_400);
        let mut told = self.drain_alarms();
        while let Some(due) = self.center.poll_timeout().filter(|due| *due <= then) {
            self.now = self.now.max(due);
            self.center.handle_input(self.now, Input::Timeout);
            told += self.drain_alarms();
        }
        self.now = then;
        told
    }

    fn drain_alarms(&mut self) -> usize {
        let mut told = 0;
        while let Some(output) = self.center.poll_output() {
            if let Output::Append(record) = output {
                told += usize::from(matches!(
                    record.event,
                    Event::AlarmRaised(_) | Event::AlarmCleared(_)
                ));
            }
        }
        told
    }

    fn leaders(&mut self, command: LeaderCommand) {
        let (account, role) = (AccountName::from("director"), Role::Director);
        let by = Actor::Person { account: account.clone(), role, unit: None, outsourced: false };
        let command = DeskCommand::Leader(command);
        let order = DeskRequest { by, command, expected: None, key: None };
        self.replies += 1;
        let input = Input::Command {
            reply_to: self.replies,
            by: SeatActor::Person(account),
            command: Command::Desk(Box::new(order)),
        };
        let before = self.center.memory().seq;
        self.center.handle_input(self.now, input);
        assert!(self.center.memory().seq > before, "it is taken");
    }

    fn turn(&mut self, days: TenDays) {
        let turn = SigningTurn { leader: AccountName::from("wang"), deputies: Vec::new() };
        self.leaders(LeaderCommand::WriteTurn { days, turn });
    }

    fn alarm(&self) -> Option<&str> {
        self.center.memory().wallboard.alarms.get(&Alarm::NobodySigns).map(String::as_str)
    }
}

fn start(now: Timestamp, memory: Memory) -> Center {
    Center::start(now, memory, switch::Plan::default(), acd::Policy::default(), "test")
}

const FIRST: Date = Date { year: 2013, month: 8, day: 1 };

#[test]
fn days_without_a_signing_leader_are_an_alarm_until_each_has_one() {
    let mut engine = Engine::started(FIRST);
    assert_eq!(engine.alarm(), None, "without a roster there is none to watch");
    assert_eq!(engine.wait(3), 0);
    let mut days = TenDays::of(FIRST);
    engine.turn(days);
    let text = engine.alarm().expect("raised with the first turn").to_owned();
    assert!(text.contains("from 2013-08-11") && text.contains("no turn for these days"), "{text}");
    for _ in 0..3 {
        days = days.next();
        engine.turn(days);
    }
    assert_eq!(engine.alarm(), None, "a month ahead has its leaders");
    // The leader is away, and there is no deputy.
    let (from, last) = (FIRST.plus(14), FIRST.plus(15));
    let leader = AccountName::from("wang");
    let reason = "出国考察".to_owned();
    engine.leaders(LeaderCommand::WriteAway { leader: leader.clone(), from, last, reason });
    let text = engine.alarm().expect("raised").to_owned();
    assert!(text.contains("from 2013-08-15 to 2013-08-16: wang, whose turn it is"), "{text}");
    // A restart raises the same alarm once.
    engine = engine.restarted();
    assert_eq!((engine.drain_alarms(), engine.alarm()), (1, Some(text.as_str())));
    engine.leaders(LeaderCommand::ClearAway { leader, from });
    assert_eq!(engine.alarm(), None);
}

#[test]
fn roster_end_raises_an_alarm_as_days_pass() {
    let mut engine = Engine::started(FIRST);
    let mut days = TenDays::of(FIRST);
    for _ in 0..4 {
        engine.turn(days);
        days = days.next();
    }
    engine.drain_alarms();
    assert_eq!(engine.alarm(), None, "written to the tenth of September");
    assert_eq!(engine.wait(9), 0);
    assert_eq!(engine.alarm(), None, "thirty days ahead are the ninth");
    assert!(engine.wait(3) >= 1, "nobody did anything: a day has come into sight");
    assert!(engine.alarm().is_some_and(|text| text.contains("from 2013-09-11")));
}

#[test]
fn missing_notice_of_holidays_is_an_alarm_from_november_on() {
    let year = HolidayNotice { year: 2013, notice: String::new() };
    let table = CalendarTable { years: vec![year], ..CalendarTable::default() };
    let at = |date| {
        let engine = Engine::with_calendar(date, &table);
        let alarms = &engine.center.memory().wallboard.alarms;
        alarms.get(&Alarm::HolidaysUnknown).cloned()
    };
    assert_eq!(at(Date { year: 2013, month: 10, day: 31 }), None);
    let text = at(Date { year: 2013, month: 11, day: 1 }).expect("the next year is near");
    assert!(text.contains("2014.toml"), "{text}");
}
