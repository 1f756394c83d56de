//! Saves and restores state across a restart. At the start, contacts become reachable, dialogs of
//! the previous run get BYE and its ringing INVITEs get CANCEL. During the run, changes are emitted
//! as [`StateUpdate`].

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
    /// Restores the state of the previous run. Expired entries are ignored.
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

    /// Emits the dialog of a leg when it changed since the last time.
    pub(crate) fn save_dialog(&mut self, id: LegId) {
        let Some(Leg::Established(established)) = self.legs.get_mut(&id) else { return };
        if established.dialog.take_changed() {
            // A superfluous BYE is answered 481; a missing one leaves the caller in a dead call.
            let expires_at = established
                .session
                .map_or(established.answered_at + INTERVAL_MAX, |session| session.expires_at());
            let dialog = Box::new(established.dialog.saved(expires_at));
            self.out.save(StateUpdate::Dialog { leg: id, dialog });
        }
    }

    /// Emits every dialog that changed.
    pub(crate) fn save_dialogs(&mut self) {
        let legs: Vec<LegId> = self.legs.keys().copied().collect();
        for leg in legs {
            self.save_dialog(leg);
        }
    }

    /// Emits the contacts of each seat where they changed.
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
            // The connection ended with the process.
            Transport::Tcp => {
                dialog.stream_closed(|transport, remote| self.local_for(transport, remote));
            }
            // The configured port may have changed.
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
        // The connection ended with the process, and a CANCEL must take the INVITE's path (RFC 3261
        // 9.1).
        if saved.flow.transport == Transport::Tcp || self.transactions.is_full() {
            return;
        }
        let Ok(invite) = wire::parse(saved.request.as_bytes()) else { return };
        let Some(cancel) = cancel_of(&invite, Some(reason_value(RESTARTED))) else { return };
        self.transactions.request(now, cancel, saved.flow, TransactionUser::None, &mut self.out);
    }

    /// Returns whether we still listen at the flow's local address: a phone behind NAT accepts
    /// requests from no other. Only the port is compared, since the listener may be bound to the
    /// unspecified address.
    fn listens_at(&self, flow: Flow) -> bool {
        self.config
            .locals
            .iter()
            .any(|(transport, at)| *transport == flow.transport && at.port() == flow.local.port())
    }
}
