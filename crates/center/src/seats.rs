//! Carries out commands about seats and calls.

use model::{
    CallId, Timestamp,
    event::{CallEnd, SeatActor},
};

use crate::{Center, ControlCommand, Refusal};

impl Center {
    /// Carries out a command about a seat or a call.
    pub(crate) fn control(
        &mut self,
        now: Timestamp,
        by: SeatActor,
        command: ControlCommand,
    ) -> Result<(), Refusal> {
        let command = match command {
            ControlCommand::LogIn { seat, agent } => acd::AgentCommand::LogIn { seat, agent, by },
            ControlCommand::LogOut { seat } => acd::AgentCommand::LogOut { seat, by },
            ControlCommand::Ready { seat } => acd::AgentCommand::Ready { seat, by },
            ControlCommand::NotReady { seat, reason } => {
                acd::AgentCommand::NotReady { seat, reason, by }
            }
            ControlCommand::ExtendWrapUp { seat, by: by_how_much } => {
                acd::AgentCommand::ExtendWrapUp { seat, by_how_much, by }
            }
            ControlCommand::SetProfile { agent, profile, until } => {
                let until = until.map(|until| until.shifted(-self.ahead_us));
                let set = acd::ProfileCommand::Set { agent, profile, until, by };
                return self.profile_command(now, set);
            }
            ControlCommand::WithdrawProfile { agent } => {
                return self.profile_command(now, acd::ProfileCommand::Withdraw { agent, by });
            }
            ControlCommand::Call { call, action } => {
                let command = switch::CallCommand { call, by, action };
                let done = self.switch.handle_call_command(now, command);
                return done.map_err(Refusal::Call);
            }
            ControlCommand::HangUp { call } => {
                let end = self.end_by(call, &by);
                let found = self.switch.release(now, call, end);
                return if found { Ok(()) } else { Err(Refusal::NoSuchCall) };
            }
        };
        self.agent_command(now, command)
    }

    pub(crate) fn agent_command(
        &mut self,
        now: Timestamp,
        command: acd::AgentCommand,
    ) -> Result<(), Refusal> {
        self.switch.handle_command(now, command).map_err(|rejected| match rejected {
            acd::Rejected::NoSuchSeat => Refusal::NoSuchSeat,
            acd::Rejected::NotNow { reason, state, allowed } => {
                Refusal::NotNow { reason, state, allowed }
            }
        })
    }

    pub(crate) fn profile_command(
        &mut self,
        now: Timestamp,
        command: acd::ProfileCommand,
    ) -> Result<(), Refusal> {
        self.switch.handle_profile_command(now, command).map_err(Refusal::Profile)
    }

    /// The end of a call that a person ends at the console: `SeatHungUp` when the person is the
    /// agent who talks, otherwise `SupervisorHungUp`.
    pub(crate) fn end_by(&self, call: CallId, by: &SeatActor) -> CallEnd {
        let seat = self.switch.talks_with(call);
        let agent = seat.and_then(|seat| self.memory.wallboard.seats.get(&seat)?.agent());
        match (by, agent) {
            (SeatActor::Person(who), Some(agent)) if who == agent => CallEnd::SeatHungUp,
            _ => CallEnd::SupervisorHungUp,
        }
    }
}
