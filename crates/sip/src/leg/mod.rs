//! Legs: one dialog of ours each, from its first INVITE to its BYE.
//!
//! - `uas`: they call us.
//! - `uac`: we call them, perhaps at several places at once.
//! - `invite`: one INVITE of ours and all that may come back, whether or not its leg still lives.
//! - `talk`: between 200 and BYE; requests inside the dialog.
//! - `probe`: whether a silent far end is still there.
//! - `modify`: voice changed by re-INVITE and UPDATE, theirs and ours.
//! - `session_timer`: far ends that vanished (RFC 4028).
//! - `source`: where a far end's voice may come from.
//!
//! Each leg tells the switch of its end exactly once; see [`Endpoint::end`].

pub(crate) mod invite;
mod modify;
mod probe;
pub(crate) mod session_timer;
mod source;
mod talk;
mod uac;
mod uas;

use model::{LegId, Timestamp};

pub(crate) use self::uac::Place;
use self::{talk::Talking, uac::Dialling, uas::Arriving};
use crate::{
    Endpoint, Event, Flow, LegEnd, StateUpdate, Transport,
    dialog::Device,
    endpoint::{Alarm, Peer},
    message::{Message, Method, Name},
    saved::RESTARTED,
    transaction::User,
};

/// A leg, by what it is doing.
#[derive(Debug)]
pub(crate) enum Leg {
    /// They called and wait for our answer.
    Arriving(Box<Arriving>),
    /// We called and wait for theirs.
    Dialling(Box<Dialling>),
    /// Somebody answered.
    Talking(Box<Talking>),
}

impl Leg {
    fn deadline(&self) -> Option<Timestamp> {
        match self {
            Leg::Arriving(arriving) => Some(arriving.deadline()),
            // Its invites have deadlines of their own.
            Leg::Dialling(_) => None,
            Leg::Talking(talking) => talking.deadline(),
        }
    }

    /// See [`Dialog::follow_device`](crate::dialog::Dialog::follow_device).
    pub(crate) fn follow_device(&mut self, device: &Device, way: Peer) {
        match self {
            Leg::Arriving(arriving) => arriving.dialog.follow_device(device, way),
            Leg::Dialling(_) => {}
            Leg::Talking(talking) => talking.follow_device(device, way),
        }
    }
}

impl Endpoint {
    /// Ends a leg whatever its state.
    pub(crate) fn hang_up(&mut self, now: Timestamp, id: LegId, reason: Option<&'static str>) {
        match self.legs.remove(&id) {
            // Crossed with its end: the switch has heard, or will.
            None => {}
            Some(Leg::Arriving(arriving)) => {
                self.refuse(now, &arriving, 487, None, reason);
                self.end(id, Some(&arriving.dialog.key()), LegEnd::HungUp);
            }
            Some(Leg::Dialling(dialling)) => {
                self.cancel_all(now, &dialling.forks, reason);
                self.fail(id, 487);
            }
            Some(Leg::Talking(mut talking)) => {
                if talking.is_over {
                    // Told already; only the BYE still waits for its ACK.
                    self.legs.insert(id, Leg::Talking(talking));
                    return;
                }
                if talking.is_unconfirmed() {
                    // RFC 3261 15: no BYE before the ACK of the 2xx, or before it is given up.
                    talking.is_over = true;
                    talking.reason = reason;
                    self.legs.insert(id, Leg::Talking(talking));
                    self.out.event(Event::Ended { leg: id, end: LegEnd::HungUp });
                    self.arm(id);
                    return;
                }
                self.bye(now, &mut talking.dialog, reason);
                self.end(id, Some(&talking.dialog.key()), LegEnd::HungUp);
            }
        }
    }

    /// A leg's deadline came.
    pub(crate) fn leg_timeout(&mut self, now: Timestamp, id: LegId) {
        match self.legs.get(&id) {
            Some(Leg::Arriving(_)) => self.arriving_timeout(now, id),
            Some(Leg::Talking(_)) => self.talk_timeout(now, id),
            Some(Leg::Dialling(_)) | None => {}
        }
        self.arm(id);
    }

    /// A stream closed. Talks go on, and what we ask in them next takes another way.
    pub(crate) fn leave_stream(&mut self, flow: Flow) {
        if flow.transport != Transport::Tcp {
            return;
        }
        let over_it = |leg: &Leg| matches!(leg, Leg::Talking(t) if t.dialog.flow() == flow);
        let legs = self.legs.iter().filter(|(_, leg)| over_it(leg)).map(|(id, _)| *id);
        for id in legs.collect::<Vec<_>>() {
            let Some(mut talking) = self.take_talking(id) else { continue };
            talking.stream_closed(|transport, remote| self.local_for(transport, remote));
            self.legs.insert(id, Leg::Talking(talking));
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
            .filter(|(_, leg)| matches!(leg, Leg::Arriving(a) if a.dialog.flow() == flow))
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
        self.agenda.set(Alarm::Leg(id), None);
        if let Some(key) = dialog {
            self.dialogs.remove(key);
            self.out.save(StateUpdate::DialogEnded { leg: id });
        }
    }

    /// Moves a leg's alarm to its next deadline, and has its dialog saved where it changed: what
    /// follows every input about a leg.
    fn arm(&mut self, id: LegId) {
        self.save_dialog(id);
        let deadline = self.legs.get(&id).and_then(Leg::deadline);
        self.agenda.set(Alarm::Leg(id), deadline);
    }

    /// Sends BYE. Whatever comes back, the leg is over.
    pub(crate) fn bye(
        &mut self,
        now: Timestamp,
        dialog: &mut crate::dialog::Dialog,
        reason: Option<&'static str>,
    ) {
        let (mut bye, flow) = dialog.request(Method::Bye, &mut self.ident);
        if let Some(reason) = reason {
            bye.headers.push(Name::Reason, reason_value(reason));
        }
        bye.headers.push(Name::UserAgent, self.config.product.clone());
        self.transactions.request(now, bye, flow, User::Nobody, &mut self.out);
    }

    /// What every answer of ours that makes or changes a dialog says.
    fn dress(&self, message: &mut Message, contact: String) {
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
/// The methods we know what to do with.
pub(crate) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, REGISTER";
/// The extension we speak in calls (RFC 4028).
pub(crate) const SUPPORTED: &str = "timer";
