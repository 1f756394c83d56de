//! What must outlive the process: where phones are, which dialogs owe their far ends a BYE, and
//! which phones ring and would be owed a CANCEL.
//!
//! The endpoint says each change as [`Output::Save`](crate::Output); its driver keeps the newest
//! of each key on disk and gives all of them back by [`Input::Restore`](crate::Input), before any
//! other input of the next start. The content of a saved contact or dialog is the endpoint's own
//! matter; a driver only writes and reads it.

use model::{LegId, SeatId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Endpoint, Flow, Transport,
    dialog::{Dialog, Party},
    endpoint::Peer,
    leg::{Leg, reason_value, session_timer::INTERVAL_MAX},
    transaction::{User, cancel_of},
    wire,
};

/// A change of what must outlive the process.
#[derive(Clone, Debug, PartialEq)]
pub enum StateUpdate {
    /// All contacts of a seat that can be called after a start, in place of those before.
    Contacts {
        /// The seat.
        seat: SeatId,
        /// None: it has no such contact any more.
        contacts: Vec<SavedContact>,
    },
    /// A leg was answered, or its dialog changed.
    Dialog {
        /// The leg, as it is called in this run.
        leg: LegId,
        /// Its dialog.
        dialog: Box<SavedDialog>,
    },
    /// A leg is over: its far end knows, and nothing is owed to it.
    DialogEnded {
        /// The leg.
        leg: LegId,
    },
    /// A far end we called has said something, so that it may be cancelled.
    Invite {
        /// The INVITE, as it is called in this run.
        id: u64,
        /// What a CANCEL is made from.
        invite: Box<SavedInvite>,
    },
    /// An INVITE was answered or given up.
    InviteEnded {
        /// The INVITE.
        id: u64,
    },
}

/// All that is given back to the next endpoint: the newest of each key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SavedState {
    /// Of all seats.
    pub contacts: Vec<SavedContact>,
    /// Of all legs that were up.
    pub dialogs: Vec<SavedDialog>,
    /// Of all INVITEs that were not answered.
    pub invites: Vec<SavedInvite>,
}

/// A phone's registration over UDP, or through a proxy that its Path names. Any other over TCP ends
/// with the process, for so does its stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedContact {
    pub(crate) seat: SeatId,
    /// The Contact header's value, `+sip.instance` included.
    pub(crate) contact: String,
    /// Where its REGISTER came from.
    pub(crate) peer: Peer,
    /// Where requests to it go.
    pub(crate) way: Peer,
    /// The proxies of ours it is called through.
    pub(crate) path: Vec<String>,
    /// Of the REGISTER, so that an older one that comes late is still known as older.
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
    pub(crate) expires_at: Timestamp,
    /// What the seat's password was, without giving it away: with another password the
    /// registration is void.
    pub(crate) password_mark: String,
}

/// What a BYE inside a dialog needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedDialog {
    pub(crate) call_id: String,
    /// From of our requests, with our tag.
    pub(crate) local: String,
    /// To of our requests, with their tag.
    pub(crate) remote: String,
    pub(crate) target: String,
    pub(crate) routes: Vec<String>,
    /// The last CSeq we used.
    pub(crate) cseq: u32,
    pub(crate) peer: Peer,
    pub(crate) party: Party,
    /// When the session expires at the far end, unless it is refreshed (RFC 4028).
    pub(crate) expires_at: Timestamp,
}

/// An INVITE of ours that rings somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedInvite {
    /// As sent last, without its body.
    pub(crate) request: String,
    pub(crate) flow: Flow,
    /// When the far end has given it up by itself in any case.
    pub(crate) expires_at: Timestamp,
}

impl Endpoint {
    /// Goes on after a start: phones are reached where they were, the far ends of dialogs that
    /// died with the process are hung up, and phones that still ring for it are cancelled. What
    /// has expired meanwhile is passed over.
    pub(crate) fn restore(&mut self, now: Timestamp, saved: SavedState) {
        let SavedState { contacts, dialogs, invites } = saved;
        for contact in contacts.into_iter().filter(|contact| contact.expires_at > now) {
            if self.listens_at(contact.peer.flow) {
                self.restore_contact(contact);
            }
        }
        for dialog in dialogs.into_iter().filter(|dialog| dialog.expires_at > now) {
            self.hang_up_after_restart(now, dialog);
        }
        for invite in invites.iter().filter(|invite| invite.expires_at > now) {
            self.cancel_after_restart(now, invite);
        }
    }

    /// Says what changed of a leg's dialog since it was last said.
    pub(crate) fn save_dialog(&mut self, id: LegId) {
        let Some(Leg::Talking(talking)) = self.legs.get_mut(&id) else { return };
        if talking.dialog.take_changed() {
            // A BYE too many is answered 481, one too few leaves somebody in dead air.
            let expires_at = talking
                .session
                .map_or(talking.answered_at + INTERVAL_MAX, |session| session.expires_at());
            let dialog = Box::new(talking.dialog.saved(expires_at));
            self.out.save(StateUpdate::Dialog { leg: id, dialog });
        }
    }

    /// The same of every leg, after something that may have moved many.
    pub(crate) fn save_dialogs(&mut self) {
        let legs: Vec<LegId> = self.legs.keys().copied().collect();
        for leg in legs {
            self.save_dialog(leg);
        }
    }

    /// Says which seats' contacts changed since it was last said.
    pub(crate) fn save_contacts(&mut self) {
        while let Some((seat, contacts)) = self.registrar.next_changed() {
            self.out.save(StateUpdate::Contacts { seat, contacts });
        }
    }

    fn hang_up_after_restart(&mut self, now: Timestamp, saved: SavedDialog) {
        if self.transactions.is_full() {
            self.out.counts.full += 1;
            return;
        }
        let Some(mut dialog) = Dialog::restored(saved) else { return };
        let flow = dialog.flow();
        match flow.transport {
            // Its stream ended with the process.
            Transport::Tcp => {
                dialog.stream_closed(|transport, remote| self.local_for(transport, remote));
            }
            // The config may have given us another port meanwhile.
            Transport::Udp if !self.listens_at(flow) => {
                if let Some(local) = self.local_for(Transport::Udp, flow.remote) {
                    dialog.set_flow(Flow { local, ..flow });
                }
            }
            Transport::Udp => {}
        }
        self.bye(now, &mut dialog, Some(RESTARTED));
    }

    fn cancel_after_restart(&mut self, now: Timestamp, saved: &SavedInvite) {
        // Its stream ended with the process, and 9.1 wants the CANCEL to go where the INVITE went.
        if saved.flow.transport == Transport::Tcp || self.transactions.is_full() {
            return;
        }
        let Ok(invite) = wire::parse(saved.request.as_bytes()) else { return };
        let Some(cancel) = cancel_of(&invite, Some(reason_value(RESTARTED))) else { return };
        self.transactions.request(now, cancel, saved.flow, User::Nobody, &mut self.out);
    }

    /// Whether we still have the address a flow ended at: a phone behind a translation takes
    /// requests from no other. The port decides, for an address may be any of the machine's.
    fn listens_at(&self, flow: Flow) -> bool {
        self.config
            .locals
            .iter()
            .any(|(transport, at)| *transport == flow.transport && at.port() == flow.local.port())
    }
}

/// Why the far ends of a process that died are hung up.
pub(crate) const RESTARTED: &str = "Restarted after a failure";
