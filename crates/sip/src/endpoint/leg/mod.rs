//! Legs: each is one dialog, from its first INVITE to its BYE.
//!
//! - `incoming`: calls to us, until the answer.
//! - `outgoing`: calls we place, until the answer; several contacts may ring at once.
//! - `invite`: an INVITE we sent, with all responses that may still come.
//! - `established`: answered legs and the requests inside their dialogs.
//! - `probe`: checks whether a silent far end is still there.
//! - `modify`: media changes by re-INVITE and UPDATE, from both sides.
//! - `refer`: a phone transfers by REFER.
//! - `recent_byes`: phones that are still busy with the call before.
//! - `session_timer`, `session_refresh`: the session timer (RFC 4028).
//! - `voice_source`: where a far end's RTP may come from.
//!
//! The switch is told the end of each leg exactly once; see [`Endpoint::end`].

mod established;
mod incoming;
pub(crate) mod invite;
mod modify;
mod outgoing;
mod probe;
mod recent_byes;
mod refer;
mod session_refresh;
pub(crate) mod session_timer;
mod voice_source;

use primitives::{LegId, Timestamp};

use self::{established::EstablishedLeg, incoming::IncomingLeg, outgoing::OutgoingLeg};
pub(crate) use self::{outgoing::Destination, recent_byes::RecentByes};
use crate::{
    Endpoint, Event, Flow, LegEnd, StateUpdate, Transport,
    device::Device,
    endpoint::{
        TimerKey,
        capabilities::{ALLOW, SUPPORTED},
    },
    message::{Message, Method, Name},
    peer::Peer,
    transaction::TransactionUser,
};

/// A leg, by its state.
#[derive(Debug)]
pub(crate) enum Leg {
    /// The far end called us and waits for the answer.
    Incoming(Box<IncomingLeg>),
    /// We called and wait for the answer.
    Outgoing(Box<OutgoingLeg>),
    /// The call was answered.
    Established(Box<EstablishedLeg>),
}

impl Leg {
    fn deadline(&self) -> Option<Timestamp> {
        match self {
            Leg::Incoming(incoming) => Some(incoming.deadline()),
            // Its INVITEs have their own deadlines.
            Leg::Outgoing(_) => None,
            Leg::Established(established) => established.deadline(),
        }
    }

    /// See [`Dialog::follow_device`](crate::dialog::Dialog::follow_device).
    pub(crate) fn follow_device(&mut self, device: &Device, way: Peer) {
        match self {
            Leg::Incoming(incoming) => incoming.dialog.follow_device(device, way),
            Leg::Outgoing(_) => {}
            Leg::Established(established) => established.follow_device(device, way),
        }
    }
}

impl Endpoint {
    /// Ends a leg in any state.
    pub(crate) fn hang_up(&mut self, now: Timestamp, id: LegId, reason: Option<&'static str>) {
        match self.legs.remove(&id) {
            // The command crossed the leg's end, which is reported separately.
            None => {}
            Some(Leg::Incoming(incoming)) => {
                self.refuse(now, &incoming, 487, None, reason);
                self.end(id, Some(&incoming.dialog.key()), LegEnd::HungUp);
            }
            Some(Leg::Outgoing(outgoing)) => {
                self.cancel_all(now, &outgoing.forks, reason);
                self.fail(id, 487);
            }
            Some(Leg::Established(mut established)) => {
                if established.is_over {
                    // Its end was reported; only the BYE still waits for the ACK.
                    self.legs.insert(id, Leg::Established(established));
                    return;
                }
                if established.is_unconfirmed() {
                    // RFC 3261 15: no BYE before the 2xx was acknowledged or has timed out.
                    established.is_over = true;
                    established.reason = reason;
                    self.legs.insert(id, Leg::Established(established));
                    self.out.event(Event::Ended { leg: id, end: LegEnd::HungUp });
                    self.update_timer(id);
                    return;
                }
                self.bye(now, &mut established.dialog, reason);
                self.end(id, Some(&established.dialog.key()), LegEnd::HungUp);
            }
        }
    }

    /// Handles a leg's deadline.
    pub(crate) fn leg_timeout(&mut self, now: Timestamp, id: LegId) {
        match self.legs.get(&id) {
            Some(Leg::Incoming(_)) => self.incoming_timeout(now, id),
            Some(Leg::Established(_)) => self.established_timeout(now, id),
            Some(Leg::Outgoing(_)) | None => {}
        }
        self.update_timer(id);
    }

    /// Moves answered legs off a closed connection. They continue; the next request takes another
    /// flow.
    pub(crate) fn leave_stream(&mut self, flow: Flow) {
        if flow.transport != Transport::Tcp {
            return;
        }
        let over_it = |leg: &Leg| matches!(leg, Leg::Established(t) if t.dialog.flow() == flow);
        let legs = self.legs.iter().filter(|(_, leg)| over_it(leg)).map(|(id, _)| *id);
        for id in legs.collect::<Vec<_>>() {
            let Some(mut established) = self.take_established(id) else { continue };
            established.stream_closed(|transport, remote| self.local_for(transport, remote));
            self.legs.insert(id, Leg::Established(established));
            self.save_dialog(id);
        }
    }

    /// Ends unanswered incoming legs of a closed connection, whose callers can no longer get an
    /// answer.
    pub(crate) fn stream_lost(&mut self, now: Timestamp, flow: Flow) {
        if flow.transport != Transport::Tcp {
            return;
        }
        let lost: Vec<LegId> = self
            .legs
            .iter()
            .filter(|(_, leg)| matches!(leg, Leg::Incoming(a) if a.dialog.flow() == flow))
            .map(|(id, _)| *id)
            .collect();
        for id in lost {
            self.cancelled(now, id);
        }
    }

    /// Ends a leg and reports it. No other function reports `Ended` of a leg that leaves the
    /// tables.
    fn end(&mut self, id: LegId, dialog: Option<&str>, end: LegEnd) {
        self.forget(id, dialog);
        self.out.event(Event::Ended { leg: id, end });
    }

    /// Ends a dialled leg that was not answered.
    fn fail(&mut self, id: LegId, code: u16) {
        self.forget(id, None);
        self.out.event(Event::Failed { leg: id, code });
    }

    fn forget(&mut self, id: LegId, dialog: Option<&str>) {
        self.legs.remove(&id);
        self.timers.set(TimerKey::Leg(id), None);
        if let Some(key) = dialog {
            self.dialogs.remove(key);
            self.out.save(StateUpdate::DialogEnded { leg: id });
        }
        self.forget_drained_trunks();
    }

    /// Sets a leg's timer to its next deadline and emits its dialog when it changed. Every input
    /// about a leg ends with this.
    fn update_timer(&mut self, id: LegId) {
        self.save_dialog(id);
        let deadline = self.legs.get(&id).and_then(Leg::deadline);
        self.timers.set(TimerKey::Leg(id), deadline);
    }

    /// Sends BYE. The leg is over whatever the response is.
    pub(crate) fn bye(
        &mut self,
        now: Timestamp,
        dialog: &mut crate::dialog::Dialog,
        reason: Option<&'static str>,
    ) {
        let (mut bye, flow) = dialog.request(Method::Bye, &mut self.ids);
        if let Some(reason) = reason {
            bye.headers.push(Name::Reason, reason_value(reason));
        }
        bye.headers.push(Name::UserAgent, &self.config.product);
        self.recent_byes.note(now, flow);
        self.transactions.request(now, bye, flow, TransactionUser::None, &mut self.out);
    }

    /// Adds the headers of every message that creates or changes a dialog.
    fn add_dialog_headers(&self, message: &mut Message, contact: String) {
        message.headers.push(Name::Contact, contact);
        message.headers.push(Name::Allow, ALLOW);
        message.headers.push(Name::Supported, SUPPORTED);
        let product = if message.is_request() { Name::UserAgent } else { Name::Server };
        message.headers.push(product, &self.config.product);
    }
}

/// Builds a Reason header (RFC 3326). For a call completed elsewhere, text and cause 200 are the
/// RFC's example; phones do not count such a call as missed.
pub(crate) fn reason_value(text: &str) -> String {
    match text {
        ELSEWHERE => format!("SIP;cause=200;text=\"{text}\""),
        // Q.850 41: temporary failure.
        RESTARTED => format!("Q.850;cause=41;text=\"{text}\""),
        // Q.850 16: normal call clearing.
        _ => format!("Q.850;cause=16;text={}", crate::text::quote(text)),
    }
}

/// The reason for cancelling the other forks.
const ELSEWHERE: &str = "Call completed elsewhere";
/// The reason for hanging up calls of the previous run.
pub(crate) const RESTARTED: &str = "Restarted after a failure";
