//! Commands about seats and calls: the rights are checked when a command is carried out.

use std::time::Duration;

use center::{
    Center, Command, ControlCommand, ControlRequest, Input, Memory, Output, Refusal, Reply,
};
use deadlines::calendar::{Calendar, OfficeHours};
use model::{
    CalendarTable, CallId, NotReadyReason, QueueId, SeatId, Timestamp, Zone,
    desk::Actor,
    event::{Role, SeatActor},
};
use stats::Wallboard;
use ticketing::{Desk, Rules};

const FIRST: SeatId = SeatId(1001);
const SECOND: SeatId = SeatId(1002);
const UNKNOWN: SeatId = SeatId(9999);

/// A center with two seats whose phones are registered.
struct Engine {
    center: Center,
    now: Timestamp,
}

impl Engine {
    fn start() -> Engine {
        let calendar =
            Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default());
        let wallboard = Wallboard::new(Zone::CHINA, [], []);
        let memory = Memory::new(wallboard, Desk::new(Rules::shipped(), calendar, [7; 32]));
        let queue = QueueId::from("main");
        let seat =
            acd::SeatPolicy { queues: [(queue.clone(), 1)].into(), ..acd::SeatPolicy::default() };
        let policy = acd::Policy {
            queues: [(queue, acd::QueuePolicy::default())].into(),
            seats: [(FIRST, seat.clone()), (SECOND, seat)].into(),
            ..acd::Policy::default()
        };
        let now = Timestamp::from_micros(1_795_334_400_000_000);
        let center = Center::start(now, memory, switch::Plan::default(), policy, "test");
        let mut engine = Engine { center, now };
        for seat in [FIRST, SECOND] {
            engine.input(Input::Sip(sip::Event::SeatReached { seat }));
        }
        engine
    }

    /// Handles an input; returns the reply to a command once it is durable.
    fn input(&mut self, input: Input) -> Option<Reply> {
        self.now += Duration::from_micros(1);
        self.center.handle_input(self.now, input);
        let seq = self.center.memory().seq;
        self.center.handle_input(self.now, Input::Durable(seq));
        let mut reply = None;
        while let Some(output) = self.center.poll_output() {
            if let Output::Reply { reply: given, .. } = output {
                reply = Some(given);
            }
        }
        reply
    }

    fn give(&mut self, account: &str, role: Role, command: ControlCommand) -> Result<(), Refusal> {
        let by = Actor::Person { account: account.into(), role, unit: None, outsourced: false };
        let command = Command::Control(ControlRequest { by, command });
        let by = SeatActor::Person(account.into());
        let reply = self.input(Input::Command { reply_to: 1, by, command });
        reply.expect("each command gets a reply").map(|_| ())
    }

    fn agent(&mut self, account: &str, command: ControlCommand) -> Result<(), Refusal> {
        self.give(account, Role::Agent, command)
    }

    fn agent_at(&self, seat: SeatId) -> Option<&str> {
        let board = self.center.memory().wallboard.seats.get(&seat)?;
        board.agent().map(|agent| agent.as_str())
    }
}

fn log_in(seat: SeatId) -> ControlCommand {
    ControlCommand::LogIn { seat, agent: None }
}

fn is_forbidden(reply: Result<(), Refusal>) -> bool {
    matches!(reply, Err(Refusal::Forbidden(_)))
}

#[test]
fn agent_commands_only_the_seat_they_are_signed_in_at() {
    let mut engine = Engine::start();
    assert_eq!(engine.agent("li", log_in(FIRST)), Ok(()));
    assert_eq!(engine.agent_at(FIRST), Some("li"), "the center fills in the agent's own name");
    assert_eq!(engine.agent("zhao", log_in(SECOND)), Ok(()));
    let reason = NotReadyReason::Meal;
    for seat in [SECOND, UNKNOWN] {
        for command in [
            log_in(seat),
            ControlCommand::LogOut { seat },
            ControlCommand::Ready { seat },
            ControlCommand::NotReady { seat, reason: reason.clone() },
            ControlCommand::ExtendWrapUp { seat, by: Duration::from_secs(60) },
        ] {
            assert!(is_forbidden(engine.agent("li", command.clone())), "{command:?}");
        }
    }
    assert_eq!(engine.agent("li", ControlCommand::Ready { seat: FIRST }), Ok(()));
    assert_eq!(engine.agent("li", ControlCommand::NotReady { seat: FIRST, reason }), Ok(()));
    assert_eq!(engine.agent("li", ControlCommand::LogOut { seat: FIRST }), Ok(()));
}

/// The wallboard that people see may be 250 ms old; the center decides by its present state.
#[test]
fn command_after_the_seat_has_changed_hands_is_refused() {
    let mut engine = Engine::start();
    assert_eq!(engine.agent("li", log_in(FIRST)), Ok(()));
    let log_out = ControlCommand::LogOut { seat: FIRST };
    assert_eq!(engine.give("wang", Role::Supervisor, log_out.clone()), Ok(()));
    assert_eq!(engine.agent("zhao", log_in(FIRST)), Ok(()));
    assert!(is_forbidden(engine.agent("li", ControlCommand::Ready { seat: FIRST })));
    assert!(is_forbidden(engine.agent("li", log_out)));
    assert!(is_forbidden(engine.agent("li", log_in(FIRST))), "another agent is signed in");
    assert_eq!(engine.agent_at(FIRST), Some("zhao"));
}

#[test]
fn agent_signs_in_only_as_themselves() {
    let mut engine = Engine::start();
    let as_zhao = ControlCommand::LogIn { seat: FIRST, agent: Some("zhao".into()) };
    assert!(is_forbidden(engine.agent("li", as_zhao.clone())));
    assert_eq!(engine.give("wang", Role::Supervisor, as_zhao), Ok(()));
    assert_eq!(engine.agent_at(FIRST), Some("zhao"));
}

#[test]
fn agent_adds_their_name_to_a_seat_that_is_signed_in_without_one() {
    let mut engine = Engine::start();
    assert_eq!(engine.give("wang", Role::Supervisor, log_in(FIRST)), Ok(()));
    assert_eq!(engine.agent_at(FIRST), None);
    assert!(is_forbidden(engine.agent("li", ControlCommand::Ready { seat: FIRST })));
    assert_eq!(engine.agent("li", log_in(FIRST)), Ok(()));
    assert_eq!(engine.agent_at(FIRST), Some("li"));
}

#[test]
fn role_without_a_right_to_seats_commands_none() {
    let mut engine = Engine::start();
    assert_eq!(engine.agent("li", log_in(FIRST)), Ok(()));
    for role in Role::ALL {
        if matches!(role, Role::Agent | Role::Supervisor | Role::Admin) {
            continue;
        }
        let ready = ControlCommand::Ready { seat: FIRST };
        // The account `li` is signed in at the seat, but this role may not command seats.
        assert!(is_forbidden(engine.give("li", *role, ready)), "{role:?}");
        let hang_up = ControlCommand::HangUp { call: CallId::from(7) };
        assert!(is_forbidden(engine.give("li", *role, hang_up)), "{role:?}");
    }
}

#[test]
fn supervisor_gets_the_reason_why_a_seat_or_call_is_unknown() {
    let mut engine = Engine::start();
    let ready = ControlCommand::Ready { seat: UNKNOWN };
    assert_eq!(engine.give("wang", Role::Supervisor, ready), Err(Refusal::NoSuchSeat));
    let hang_up = ControlCommand::HangUp { call: CallId::from(7) };
    assert_eq!(engine.give("wang", Role::Supervisor, hang_up.clone()), Err(Refusal::NoSuchCall));
    assert!(is_forbidden(engine.agent("li", hang_up)), "an agent learns nothing of other calls");
}
