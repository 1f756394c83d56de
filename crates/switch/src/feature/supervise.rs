//! Supervisors listen, whisper and speak in a call, and take it over.

use model::{
    CallId, Event, SeatId, Timestamp,
    event::{LegLeftReason, LegRole, MonitorMode, MonitorModeSet, SeatActor},
};

use crate::{CallRejected, Switch};

impl Switch {
    /// Connects a supervisor's phone, or changes the mode of one who is in the call.
    pub(super) fn monitor(
        &mut self,
        now: Timestamp,
        call: CallId,
        seat: SeatId,
        mode: MonitorMode,
        by: SeatActor,
    ) -> Result<(), CallRejected> {
        let held = self.calls.get_mut(&call).ok_or(CallRejected::NoSuchCall)?;
        let Some(leg) = held.supervisor_at(seat).map(|guest| guest.leg) else {
            if !held.is_talking() {
                return Err(CallRejected::NotTalking);
            }
            let role = LegRole::Supervisor { seat, mode };
            return self.add_guest(now, call, role, by).map(|_| ());
        };
        let role = LegRole::Supervisor { seat, mode };
        let Some(guest) = held.guests.iter_mut().find(|guest| guest.leg == leg) else {
            return Err(CallRejected::NotInCall);
        };
        if guest.role == role {
            return Ok(());
        }
        guest.role = role;
        self.emit(Event::MonitorModeSet(MonitorModeSet { call, leg, seat, mode, by }));
        self.route(call);
        Ok(())
    }

    /// Disconnects a supervisor's phone.
    pub(super) fn stop_monitoring(
        &mut self,
        now: Timestamp,
        call: CallId,
        seat: SeatId,
    ) -> Result<(), CallRejected> {
        let held = self.calls.get(&call).ok_or(CallRejected::NoSuchCall)?;
        let leg = held.supervisor_at(seat).ok_or(CallRejected::NotInCall)?.leg;
        self.sip(sip::Command::HangUp { leg, reason: None });
        self.guest_left(now, call, leg, LegLeftReason::Removed);
        Ok(())
    }

    /// The supervisor who is in the call becomes its agent.
    pub(super) fn take_over(
        &mut self,
        now: Timestamp,
        call: CallId,
        seat: SeatId,
        by: SeatActor,
    ) -> Result<(), CallRejected> {
        let held = self.calls.get(&call).ok_or(CallRejected::NoSuchCall)?;
        if !held.is_talking() {
            return Err(CallRejected::NotTalking);
        }
        let guest = held.supervisor_at(seat).filter(|guest| guest.is_joined());
        let leg = guest.ok_or(CallRejected::NotInCall)?.leg;
        self.hand_over(now, call, leg, by);
        Ok(())
    }
}
