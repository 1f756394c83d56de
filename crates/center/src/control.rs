//! Commands about seats and calls, and the check of the sender's rights.
//!
//! The rights are checked when a command is carried out, so that an agent who was signed out a
//! moment ago no longer commands the seat.

use std::time::Duration;

use model::{
    AccountName, CallId, NotReadyReason, RoutingProfile, SeatId, Timestamp, WorkState, desk::Actor,
    event::MonitorMode,
};
use stats::Wallboard;
use switch::CallAction;
use ticketing::rights::{self, Right};

/// A command about a seat or a call, with the person who gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct ControlRequest {
    /// The person, with their role. The engine itself may give every command.
    pub by: Actor,
    /// The command.
    pub command: ControlCommand,
}

/// A command about a seat or a call.
#[derive(Clone, Debug, PartialEq)]
pub enum ControlCommand {
    /// Sign in at a seat.
    LogIn {
        /// The seat.
        seat: SeatId,
        /// The account that signs in. An agent signs in with their own; a supervisor may name one,
        /// or sign the seat in without a name.
        agent: Option<AccountName>,
    },
    /// Sign out; during a call it takes effect when the call ends.
    LogOut {
        /// The seat.
        seat: SeatId,
    },
    /// Take calls; ends wrap-up early.
    Ready {
        /// The seat.
        seat: SeatId,
    },
    /// Take no calls; during a call it takes effect when the call ends.
    NotReady {
        /// The seat.
        seat: SeatId,
        /// The reason.
        reason: NotReadyReason,
    },
    /// Extend wrap-up.
    ExtendWrapUp {
        /// The seat.
        seat: SeatId,
        /// By how much.
        by: Duration,
    },
    /// Change an agent's skills and queues for a time.
    SetProfile {
        /// The agent, signed in or not.
        agent: AccountName,
        /// All skills and queues from now on.
        profile: RoutingProfile,
        /// The time of day when the change ends; `None`: when the agent signs out.
        until: Option<Timestamp>,
    },
    /// Use an agent's configured skills and queues again.
    WithdrawProfile {
        /// The agent.
        agent: AccountName,
    },
    /// End a call in any state.
    HangUp {
        /// The call.
        call: CallId,
    },
    /// Hold, ask a colleague, transfer, or listen in.
    Call {
        /// The call.
        call: CallId,
        /// The action.
        action: CallAction,
    },
}

/// The person may not give this command, for this reason (a sentence).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forbidden(pub String);

impl ControlRequest {
    /// Returns the command when the person may give it in this state of the seats. An agent who
    /// signs in is entered as the account of the sign-in.
    ///
    /// # Errors
    /// The seat or call is not the person's own, and they do not have the right to all seats.
    pub fn authorize(self, board: &Wallboard) -> Result<ControlCommand, Forbidden> {
        let ControlRequest { by, command } = self;
        if let ControlCommand::Call { action, .. } = &command
            && let Some(right) = monitoring_right(action)
        {
            // An admin may command every seat, and may not listen to citizens.
            return match by == Actor::Engine || rights::check(&by, right).is_ok() {
                true => Ok(command),
                false => Err(Forbidden("this account may not join calls".to_owned())),
            };
        }
        if by == Actor::Engine || rights::check(&by, Right::AllSeats).is_ok() {
            return Ok(command);
        }
        let agent = by.account().filter(|_| rights::check(&by, Right::OwnSeat).is_ok());
        let Some(agent) = agent else {
            return Err(Forbidden("this account may not command seats".to_owned()));
        };
        let agent_at = |seat: &SeatId| board.seats.get(seat).and_then(|seat| seat.agent());
        let is_permitted = match &command {
            ControlCommand::SetProfile { .. } | ControlCommand::WithdrawProfile { .. } => false,
            ControlCommand::LogIn { agent: Some(other), .. } if other != agent => false,
            // A phone may have signed the seat in without a name; the agent there may add theirs.
            ControlCommand::LogIn { seat, .. } => {
                board.seats.contains_key(seat) && agent_at(seat).is_none_or(|at| at == agent)
            }
            ControlCommand::LogOut { seat }
            | ControlCommand::Ready { seat }
            | ControlCommand::NotReady { seat, .. }
            | ControlCommand::ExtendWrapUp { seat, .. } => agent_at(seat) == Some(agent),
            ControlCommand::HangUp { call } | ControlCommand::Call { call, .. } => {
                board.seats.values().any(|seat| {
                    seat.agent() == Some(agent)
                        && seat.work == Some(WorkState::Talking { call: *call })
                })
            }
        };
        match command {
            _ if !is_permitted => {
                let why = "agents may command only the seat they are signed in at, and sign in only \
                     with their own account";
                Err(Forbidden(why.to_owned()))
            }
            ControlCommand::LogIn { seat, .. } => {
                Ok(ControlCommand::LogIn { seat, agent: Some(agent.clone()) })
            }
            command => Ok(command),
        }
    }
}

/// The right that an action of a supervisor needs; `None` for those of agents. Listening needs
/// another right than being heard.
fn monitoring_right(action: &CallAction) -> Option<Right> {
    match action {
        CallAction::Monitor { mode: MonitorMode::Listen, .. }
        | CallAction::StopMonitoring { .. } => Some(Right::Listen),
        CallAction::Monitor { mode: MonitorMode::Whisper | MonitorMode::Barge, .. }
        | CallAction::TakeOver { .. } => Some(Right::Barge),
        CallAction::Hold
        | CallAction::Resume
        | CallAction::Invite { .. }
        | CallAction::Remove { .. }
        | CallAction::CompleteTransfer
        | CallAction::Transfer { .. } => None,
    }
}
