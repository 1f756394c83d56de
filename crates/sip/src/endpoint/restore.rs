//! After a restart: contacts are restored, dialogs of the previous run get BYE, its ringing INVITEs
//! get CANCEL. Also says what changed of this state, as [`StateUpdate`].

use primitives::{LegId, Timestamp};

use super::{
    Endpoint,
    leg::{Leg, RESTARTED, reason_value, session_timer::INTERVAL_MAX},
};
use crate::{
    Flow, SavedDialog, SavedInvite, SavedState, StateUpdate, Transport,
    dialog::Dialog,
    transaction::{TransactionUser, cancel_of},
    wire,
};

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
        let Some(Leg::Established(established)) = self.legs.get_mut(&id) else { return };
        if established.dialog.take_changed() {
            // A BYE too many is answered 481, one too few leaves somebody in dead air.
            let expires_at = established
                .session
                .map_or(established.answered_at + INTERVAL_MAX, |session| session.expires_at());
            let dialog = Box::new(established.dialog.saved(expires_at));
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
        self.transactions.request(now, cancel, saved.flow, TransactionUser::None, &mut self.out);
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
