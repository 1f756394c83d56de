//! Outside numbers: an agent calls them into a call, or transfers to them.
//!
//! The number plan allows each number, and the emergency numbers always. A trunk that calls out has
//! channels of its own for it, so that calls to outside numbers do not take those of callers.

use model::{
    CallId, Event, LegId, Number, SeatId, Timestamp, TrunkId,
    event::{CallEnd, LegLeftReason, TransferFailed},
};
use sip::{Dial, Target};

use crate::{CallRejected, OutboundPlan, Switch};

impl Switch {
    /// Calls an outside number for a call.
    pub(super) fn dial_number(
        &mut self,
        now: Timestamp,
        call: CallId,
        number: &Number,
    ) -> Result<LegId, CallRejected> {
        if !self.plan.may_call(number) {
            return Err(CallRejected::NumberNotAllowed);
        }
        let held = self.calls.get(&call).ok_or(CallRejected::NoSuchCall)?;
        let is_emergency = self.plan.is_emergency(number);
        let (trunk, plan) = self.outbound_trunk(is_emergency).ok_or(CallRejected::NoTrunk)?;
        let caller = plan.caller_id.unwrap_or_else(|| Number::new(held.line.as_str()));
        let rtp_port = self.ports.take(now).ok_or(CallRejected::NoPort)?;
        let leg = self.next_leg();
        self.outbound.insert(leg, trunk);
        self.sip(sip::Command::Dial(Dial {
            leg,
            to: Target::Uri(format!("sip:{}@{}", number.reveal(), plan.address)),
            caller,
            display: String::new(),
            rtp_port,
            headers: Vec::new(),
            credentials: None,
        }));
        self.media(media::Command::AddLeg { call, leg, rtp_port });
        Ok(leg)
    }

    /// The trunk with the most free outbound channels. An emergency call is placed even when none is
    /// free: the carrier decides.
    fn outbound_trunk(&self, is_emergency: bool) -> Option<(TrunkId, OutboundPlan)> {
        let used = |trunk: &TrunkId| self.outbound.values().filter(|used| *used == trunk).count();
        let free = self.plan.trunks.iter().filter_map(|(trunk, plan)| {
            let plan = plan.outbound.clone()?;
            let free = i64::from(plan.channels) - i64::try_from(used(trunk)).ok()?;
            (free > 0 || is_emergency).then_some((free, trunk.clone(), plan))
        });
        let (_, trunk, plan) = free.max_by_key(|(free, ..)| *free)?;
        Some((trunk, plan))
    }

    /// The outside number that had the call left, or did not answer. `from` is the seat that
    /// transferred the call to a number that has not answered.
    pub(super) fn outside_left(
        &mut self,
        now: Timestamp,
        call: CallId,
        from: Option<SeatId>,
        end: LegLeftReason,
    ) {
        if end != LegLeftReason::Unanswered {
            return self.end(now, call, CallEnd::OutsideHungUp);
        }
        self.emit(Event::TransferFailed(TransferFailed { call, seat: None, code: None }));
        self.return_call(now, call, from);
    }
}
