//! Legs: one dialog of ours each, from its first INVITE to its BYE.
//!
//! - `uas`: they call us.
//! - `uac`: we call them, perhaps at several destinations at once.
//! - `invite`: one INVITE of ours and all that may come back, whether or not its leg still lives.
//! - `talk`: between 200 and BYE; requests inside the dialog.
//! - `probe`: whether a silent far end is still there.
//! - `modify`: voice changed by re-INVITE and UPDATE, theirs and ours.
//! - `session_timer`: far ends that vanished (RFC 4028).
//! - `source`: where a far end's voice may come from.
//!
//! Each leg tells the switch of its end exactly once; see [`Endpoint::end`].

mod established;
mod incoming;
pub(crate) mod invite;
mod modify;
mod outgoing;
mod probe;
mod session_refresh;
pub(crate) mod session_timer;
mod voice_source;

use primitives::{LegId, Timestamp};

pub(crate) use self::outgoing::Destination;
use self::{established::EstablishedLeg, incoming::IncomingLeg, outgoing::OutgoingLeg};
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

/// A leg, by what it is doing.
#[derive(Debug)]
pub(crate) enum Leg {
    /// They called us and wait for our answer.
    Incoming(Box<IncomingLeg>),
    /// We called and wait for theirs.
    Outgoing(Box<OutgoingLeg>),
    /// Somebody answered.
    Established(Box<EstablishedLeg>),
}

impl Leg {
    fn deadline(&self) -> Option<Timestamp> {
        match self {
            Leg::Incoming(incoming) => Some(incoming.deadline()),
            // Its invites have deadlines of their own.
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
    /// Ends a leg whatever its state.
    pub(crate) fn hang_up(&mut self, now: Timestamp, id: LegId, reason: Option<&'static str>) {
        match self.legs.remove(&id) {
            // Crossed with its end: the switch has heard, or will.
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
                    // Told already; only the BYE still waits for its ACK.
                    self.legs.insert(id, Leg::Established(established));
                    return;
                }
                if established.is_unconfirmed() {
                    // RFC 3261 15: no BYE before the ACK of the 2xx, or before it is given up.
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

    /// A leg's deadline came.
    pub(crate) fn leg_timeout(&mut self, now: Timestamp, id: LegId) {
        match self.legs.get(&id) {
            Some(Leg::Incoming(_)) => self.incoming_timeout(now, id),
            Some(Leg::Established(_)) => self.established_timeout(now, id),
            Some(Leg::Outgoing(_)) | None => {}
        }
        self.update_timer(id);
    }

    /// A stream closed. Talks go on, and what we ask in them next takes another way.
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

    /// A stream closed: who was waiting for our answer on it can no longer hear it.
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

    /// The leg is over: the one place where `Ended` is said of a leg that the tables forget.
    fn end(&mut self, id: LegId, dialog: Option<&str>, end: LegEnd) {
        self.forget(id, dialog);
        self.out.event(Event::Ended { leg: id, end });
    }

    /// The dialled leg was not answered.
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
    }

    /// Moves a leg's alarm to its next deadline, and has its dialog saved where it changed: what
    /// follows every input about a leg.
    fn update_timer(&mut self, id: LegId) {
        self.save_dialog(id);
        let deadline = self.legs.get(&id).and_then(Leg::deadline);
        self.timers.set(TimerKey::Leg(id), deadline);
    }

    /// Sends BYE. Whatever comes back, the leg is over.
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
        bye.headers.push(Name::UserAgent, self.config.product.clone());
        self.transactions.request(now, bye, flow, TransactionUser::None, &mut self.out);
    }

    /// What every answer of ours that makes or changes a dialog says.
    fn add_dialog_headers(&self, message: &mut Message, contact: String) {
        message.headers.push(Name::Contact, contact);
        message.headers.push(Name::Allow, ALLOW.to_owned());
        message.headers.push(Name::Supported, SUPPORTED.to_owned());
        let product = if message.is_request() { Name::UserAgent } else { Name::Server };
        message.headers.push(product, self.config.product.clone());
    }
}

/// A Reason header (RFC 3326). A call taken elsewhere is a success of somebody's: that text
/// and its cause 200 are the RFC's own example, which phones know not to count as missed.
pub(crate) fn reason_value(text: &str) -> String {
    match text {
        ELSEWHERE => format!("SIP;cause=200;text=\"{text}\""),
        // Q.850 41: temporary failure.
        RESTARTED => format!("Q.850;cause=41;text=\"{text}\""),
        // Q.850 16: normal call clearing.
        _ => format!("Q.850;cause=16;text={}", crate::text::quote(text)),
    }
}

/// Why the losers of a race are cancelled.
const ELSEWHERE: &str = "Call completed elsewhere";
/// Why the far ends of a process that died are hung up.
pub(crate) const RESTARTED: &str = "Restarted after a failure";
