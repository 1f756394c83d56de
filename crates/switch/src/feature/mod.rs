//! The features of a call, one file for each.

pub(crate) mod codes;
mod guests;
mod hold;
mod outside;
mod refer;
mod supervise;
mod transfer;

use model::{CallId, Timestamp};

use crate::{CallAction, CallCommand, CallRejected, Switch, audibility};

impl Switch {
    /// Handles a person's command about a call. The caller then drains `poll_output`.
    ///
    /// # Errors
    /// The call's state, or that of a phone, does not allow the command; nothing was changed.
    pub fn handle_call_command(
        &mut self,
        now: Timestamp,
        command: CallCommand,
    ) -> Result<(), CallRejected> {
        let CallCommand { call, by, action } = command;
        if !self.calls.get(&call).is_some_and(|held| held.is_up()) {
            return Err(CallRejected::NoSuchCall);
        }
        let result = match action {
            CallAction::Hold => self.hold(call),
            CallAction::Resume => self.resume(call),
            CallAction::Invite { whom } => self.invite(now, call, whom.into(), by),
            CallAction::Remove { whom } => self.remove_guest(now, call, &whom),
            CallAction::CompleteTransfer => self.complete_transfer(now, call, by),
            CallAction::Transfer { to } => self.transfer(now, call, to, by),
            CallAction::Monitor { seat, mode } => self.monitor(now, call, seat, mode, by),
            CallAction::StopMonitoring { seat } => self.stop_monitoring(now, call, seat),
            CallAction::TakeOver { seat } => self.take_over(now, call, seat, by),
        };
        self.handle_dispatcher_outputs(now);
        self.follow_ports(now);
        result
    }

    /// Tells the voice thread who hears whom from now on.
    pub(crate) fn route(&mut self, call: CallId) {
        if let Some(held) = self.calls.get(&call) {
            let routes = audibility::routes(held);
            self.media(media::Command::Route { call, routes });
        }
    }
}
