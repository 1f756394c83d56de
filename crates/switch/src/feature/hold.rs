//! Hold from the console: the caller hears music, and the agent silence.
//!
//! A phone may hold too, by re-INVITE (RFC 3264 8.4); that is a matter of its leg and of
//! `signalling`.

use model::{
    CallId, Event,
    event::{CallHeld, CallResumed, Party},
};

use crate::{CallRejected, Switch, call::Hold};

impl Switch {
    pub(super) fn hold(&mut self, call: CallId) -> Result<(), CallRejected> {
        let held = self.calls.get_mut(&call).ok_or(CallRejected::NoSuchCall)?;
        if !held.is_talking() {
            return Err(CallRejected::NotTalking);
        }
        if held.hold.is_some() {
            return Err(CallRejected::HeldAlready);
        }
        self.set_hold(call, Some(Hold::ByAgent));
        Ok(())
    }

    pub(super) fn resume(&mut self, call: CallId) -> Result<(), CallRejected> {
        let held = self.calls.get_mut(&call).ok_or(CallRejected::NoSuchCall)?;
        if !held.is_talking() {
            return Err(CallRejected::NotTalking);
        }
        if held.hold.is_none() {
            let holds = held.seat_leg().is_some_and(|leg| held.holding.contains(&leg));
            return Err(if holds { CallRejected::HeldByPhone } else { CallRejected::NotHeld });
        }
        self.set_hold(call, None);
        Ok(())
    }

    /// Holds the caller or ends the hold, with its event.
    pub(crate) fn set_hold(&mut self, call: CallId, hold: Option<Hold>) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        let before = std::mem::replace(&mut held.hold, hold);
        let by = Party::Seat;
        match (before, hold) {
            (None, Some(_)) => self.emit(Event::CallHeld(CallHeld { call, by })),
            (Some(_), None) => self.emit(Event::CallResumed(CallResumed { call, by })),
            // Only the reason changed.
            (Some(_), Some(_)) | (None, None) => {}
        }
        self.route(call);
        self.update_silence_alarm(call);
    }
}
