//! The callers, and what agents decide to do.

use std::time::Duration;

use center::{CallAction, Command, ControlCommand, ControlRequest, Guest, GuestRef, Input};
use model::{
    AccountName, Login, NotReadyReason, QueueId, SeatId, WorkState, Zone,
    desk::Actor,
    event::{MonitorMode, Role, SeatActor, TransferTarget},
};

use super::{DAY, World, WorldEvent};

impl World {
    /// A citizen dials, and the next call is planned.
    pub(super) fn call(&mut self) {
        if !self.stormy {
            return;
        }
        let english = self.chance.one_in(12);
        let wrong = self.chance.one_in(200);
        let dialled = if wrong {
            "99999"
        } else if english {
            "12346"
        } else {
            "12345"
        };
        let caller = format!("1390000{:04}", self.chance.below(10_000));
        if self.center.is_some() {
            self.lines.call(self.now, &caller, dialled);
            self.follow();
        }
        let mean = DAY.div_f64(f64::from(self.hotline.calls_a_day.max(1)) * self.rush());
        let next = self.chance.about(mean);
        self.plan(next, WorldEvent::Call);
    }

    /// The load now, relative to the average: quiet nights, two peaks a day.
    fn rush(&self) -> f64 {
        let hour = f64::from(Zone::CHINA.second_of_day(self.now)) / 3_600.0;
        let peak = |at: f64| (-(hour - at).powi(2) / 4.0).exp();
        0.25 + 2.2 * peak(9.5) + 2.0 * peak(15.5)
    }

    pub(super) fn act_at_seat(&mut self, seat: SeatId) {
        let board = self.center.as_ref().and_then(|c| c.memory().wallboard.seats.get(&seat));
        let signed_in = board.is_some_and(|b| b.login != Login::LoggedOut);
        let talks = board.and_then(|board| match board.work {
            Some(WorkState::Talking { call }) => Some(call),
            _ => None,
        });
        if let Some(call) = talks.filter(|_| self.chance.one_in(2)) {
            let action = self.some_action(seat);
            self.ask(ControlCommand::Call { call, action });
        }
        let extend = ControlCommand::ExtendWrapUp { seat, by: Duration::from_secs(30) };
        let (code, command) = match (signed_in, self.stormy, self.chance.below(10)) {
            (false, true, _) => ("*10", ControlCommand::LogIn { seat, agent: None }),
            (false, false, _) => return,
            (true, _, 0) => ("*11", ControlCommand::LogOut { seat }),
            (true, _, 1) => {
                ("*13", ControlCommand::NotReady { seat, reason: NotReadyReason::Break })
            }
            (true, _, 2) => ("*14", extend),
            (true, _, 3) => {
                self.lines.lose_phone(self.now, seat);
                ("*12", ControlCommand::Ready { seat })
            }
            (true, ..) => ("*12", ControlCommand::Ready { seat }),
        };
        let by_phone = self.chance.one_in(4) && self.lines.dial_code(self.now, seat, code);
        if by_phone {
            self.follow();
        } else {
            self.ask(command);
        }
        if !signed_in {
            let soon = self.chance.about(Duration::from_secs(5));
            self.plan(soon.max(Duration::from_millis(1)), WorldEvent::SeatActs(seat));
        } else if self.stormy {
            let later = self.chance.about(self.storm.between_acts);
            self.plan(later, WorldEvent::SeatActs(seat));
        }
    }

    /// Something that an agent or a supervisor does in a call.
    fn some_action(&mut self, own: SeatId) -> CallAction {
        let seats: Vec<SeatId> =
            self.hotline.policy.seats.keys().copied().filter(|seat| *seat != own).collect();
        let queues: Vec<QueueId> = self.hotline.policy.queues.keys().cloned().collect();
        let seat = seats.get(self.chance.below(seats.len() as u64) as usize).copied();
        let seat = seat.unwrap_or(own);
        let queue = queues.get(self.chance.below(queues.len() as u64) as usize).cloned();
        match self.chance.below(14) {
            0 => CallAction::Hold,
            1 | 2 => CallAction::Resume,
            3..=5 => CallAction::Invite { whom: Guest::Seat(seat) },
            6 => CallAction::Remove { whom: GuestRef::Party(Guest::Seat(seat)) },
            7 => CallAction::CompleteTransfer,
            8 => CallAction::Transfer { to: TransferTarget::Seat(seat) },
            9 => match queue {
                Some(queue) => CallAction::Transfer { to: TransferTarget::Queue(queue) },
                None => CallAction::Hold,
            },
            10 => CallAction::Monitor { seat, mode: MonitorMode::Listen },
            11 => CallAction::Monitor { seat, mode: MonitorMode::Whisper },
            12 => CallAction::Monitor { seat, mode: MonitorMode::Barge },
            _ => CallAction::TakeOver { seat },
        }
    }

    /// A supervisor gives a command about a seat.
    fn ask(&mut self, command: ControlCommand) {
        self.asked += 1;
        let (account, role) = (AccountName::from("somebody"), Role::Supervisor);
        let (reply_to, by) = (self.asked, SeatActor::Person(account.clone()));
        let person = Actor::Person { account, role, unit: None, outsourced: false };
        let command = Command::Control(ControlRequest { by: person, command });
        self.feed(Input::Command { reply_to, by, command });
    }
}
