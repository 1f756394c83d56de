//! Calls that arrive: admitted to their line and queue, or refused.

use std::{collections::BTreeSet, time::Duration};

use model::{
    Event, LegId, Timestamp,
    event::{CallAccepted, CallArrived, CallRefused, RefusalCause},
};
use sip::{Incoming, Origin};

use crate::{
    Switch,
    call::{Call, Owner, Stage},
    keys::Keys,
    refusal_code,
};

impl Switch {
    pub(crate) fn arrive(&mut self, now: Timestamp, incoming: Incoming) {
        match &incoming.origin {
            Origin::Seat(seat) => {
                let seat = *seat;
                self.arrive_from_seat(now, seat, &incoming);
            }
            Origin::Trunk(_) => {
                if let Err(refusal) = self.admit(now, &incoming) {
                    self.reject(incoming.leg, refusal);
                    self.turn_away(now, &incoming, refusal);
                }
            }
        }
    }

    pub(crate) fn admit(
        &mut self,
        now: Timestamp,
        incoming: &Incoming,
    ) -> Result<(), RefusalCause> {
        let Origin::Trunk(trunk) = &incoming.origin else { return Err(RefusalCause::NoSuchLine) };
        if self.draining {
            return Err(RefusalCause::Draining);
        }
        if self.plan.is_blocked(&incoming.caller, now) {
            return Err(RefusalCause::Blacklisted);
        }
        if !self.plan.trunks.contains_key(trunk) {
            // Signalling keeps a removed trunk until its calls have ended.
            return Err(RefusalCause::Draining);
        }
        let (line_id, line) = self.plan.route(trunk, &incoming.dialled)?;
        let limit = self.plan.trunks.get(trunk).and_then(|t| t.channels).unwrap_or(u32::MAX);
        if self.trunk_calls.get(trunk).copied().unwrap_or(0) >= limit {
            return Err(RefusalCause::TrunkFull);
        }
        // A menu may lead elsewhere.
        if line.menu.is_none() && self.dispatcher.is_full(&line.queue) {
            return Err(RefusalCause::QueueFull);
        }
        if !self.has_port_for_caller(now) {
            self.shortage.port_missing(now);
            return Err(RefusalCause::NoPorts);
        }
        let rtp_port = self.ports.take(now).ok_or(RefusalCause::NoPorts)?;

        let (line_id, line) = (line_id.clone(), line.clone());
        let line_name = line_id.clone();
        let call = self.next_call(now);
        self.emit(Event::CallArrived(CallArrived {
            call,
            caller: incoming.caller.clone(),
            dialled: incoming.dialled.clone(),
            line: line_id.clone(),
            trunk: trunk.clone(),
        }));
        self.legs.insert(incoming.leg, Owner::Caller(call));
        *self.trunk_calls.entry(trunk.clone()).or_default() += 1;
        self.calls.insert(
            call,
            Call {
                id: call,
                line: line_id,
                trunk: trunk.clone(),
                caller: incoming.caller.clone(),
                queue: line.queue.clone(),
                leg: incoming.leg,
                arrived: now,
                queued: now,
                wait: Duration::ZERO,
                talk: Duration::ZERO,
                talked_with: None,
                guests: Vec::new(),
                second: None,
                holding: BTreeSet::new(),
                hold: None,
                secret_until: now,
                keys: Keys::default(),
                announced: false,
                menu: None,
                stage: Stage::Waiting,
            },
        );
        self.media(media::Command::Open {
            call,
            leg: incoming.leg,
            rtp_port,
            remote: incoming.remote.clone(),
            prompts: if line.menu.is_none() { line.greeting.clone() } else { Vec::new() },
            music: line.music,
            record: true,
        });
        self.expect_caller(call, incoming);
        self.sip(sip::Command::Accept { leg: incoming.leg, rtp_port });
        self.emit(Event::CallAccepted(CallAccepted { call }));
        if let Some(menu) = line.menu {
            self.enter_menu(now, call, menu, line.greeting);
            return Ok(());
        }
        self.announce_later(now, call, &line_name);
        self.dispatcher.handle_input(
            now,
            acd::Input::Enqueue {
                call,
                queue: line.queue,
                skills: line.skills,
                priority: line.priority,
                since: now,
                transferred: false,
            },
        );
        Ok(())
    }

    pub(crate) fn turn_away(&mut self, now: Timestamp, incoming: &Incoming, cause: RefusalCause) {
        let trunk = match &incoming.origin {
            Origin::Trunk(trunk) => Some(trunk.clone()),
            Origin::Seat(_) => None,
        };
        let call = self.next_call(now);
        self.emit(Event::CallRefused(CallRefused {
            call,
            caller: incoming.caller.clone(),
            dialled: incoming.dialled.clone(),
            trunk,
            code: refusal_code(cause),
            cause,
        }));
    }

    pub(crate) fn reject(&mut self, leg: LegId, refusal: RefusalCause) {
        let code = refusal_code(refusal);
        let retry_after_s = (code == 503 || code == 486).then_some(self.plan.retry_after_s);
        self.sip(sip::Command::Reject { leg, code, retry_after_s });
    }

    /// Whether another caller may take a port. One port is kept for each seat that might have to be
    /// rung, so that a free seat can always answer waiting callers.
    pub(crate) fn has_port_for_caller(&self, now: Timestamp) -> bool {
        self.ports.rested(now) > self.dispatcher.ringable_with(1)
    }

    /// Rings seats again once a port is free, and updates the alarm of missing ports.
    pub(crate) fn follow_ports(&mut self, now: Timestamp) {
        if self.dispatcher.is_without_ports() && self.ports.rested(now) > 0 {
            self.dispatcher.handle_input(now, acd::Input::PortsFree);
            self.handle_dispatcher_outputs(now);
        }
        let (dispatcher, free) = (&self.dispatcher, self.ports.rested(now));
        let has_room = || !dispatcher.is_without_ports() && free > dispatcher.ringable_with(1);
        if let Some(event) = self.shortage.settle(now, has_room) {
            self.emit(event);
        }
    }
}
