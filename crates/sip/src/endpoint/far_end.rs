//! A message for a leg, or for a request of ours: is it from its far end?
//!
//! Tags and branches are no secrets: they cross the network in the clear, and gateways print
//! them. Sender has learned them must not end a call of others, nor turn its voice to himself.
//! So a message must come from where the far end is: the flow of a phone, any address of a
//! trunk, the host we called. A phone moves by registering anew, or it answers a challenge.
//! For everybody else the dialog does not exist: 481 to those we know, as for any dialog that
//! does not exist (RFC 3261 12.2.2), and silence to strangers. A 403 would tell a guesser
//! that he guessed right.

use primitives::{LegId, Timestamp};

use super::{Endpoint, leg::Leg};
use crate::{
    Flow,
    dialog::Dialog,
    message::{Message, Method},
    peer::{FarEnd, Peer},
    wire,
};

impl Endpoint {
    /// Whether a request inside the dialog of `leg` is from its far end. Sender is not has been
    /// dealt with.
    pub(super) fn is_allowed_in_dialog(
        &mut self,
        now: Timestamp,
        leg: LegId,
        peer: Peer,
        back: Flow,
        request: &Message,
    ) -> bool {
        if self.is_from_far_end(leg, peer) {
            return true;
        }
        let seat = match self.dialog_of(leg).map(Dialog::far_end) {
            Some(FarEnd::Phone(seat)) => Some(*seat),
            Some(FarEnd::Trunk(_) | FarEnd::Host) | None => None,
        };
        // 22.1: an ACK cannot be challenged. It will come again, for the 200 does.
        let is_ack = request.method() == Some(&Method::Ack);
        let Some(seat) = seat.filter(|_| !is_ack) else {
            self.refuse_stranger_to_dialog(peer, back, request);
            return false;
        };
        match self.authenticate(now, peer, request) {
            Ok(proven) if proven == seat => true,
            Ok(_) => {
                self.refuse_stranger_to_dialog(peer, back, request);
                false
            }
            Err(challenge) => {
                self.out.counts.impostors += 1;
                self.send_refusal(back, challenge);
                false
            }
        }
    }

    /// For who is not the far end there is no such dialog. It takes no transaction: under the
    /// far end's own branch that would swallow the CANCEL that is yet to come.
    pub(super) fn refuse_stranger_to_dialog(&mut self, peer: Peer, back: Flow, request: &Message) {
        self.out.counts.impostors += 1;
        if request.method() != Some(&Method::Ack) && self.is_known(peer) {
            let mut answer = request.reply(481, Some(wire::STATELESS_TAG));
            self.add_code_headers(request, &mut answer);
            self.out.send(back, wire::write(&answer));
        }
    }

    /// Whether `peer` is the far end of `leg`, or a proxy of ours on the way to it that speaks for
    /// itself: it cancels hop by hop (RFC 3261 9.1), and may end a dialog it keeps watch over.
    pub(super) fn is_from_far_end(&self, leg: LegId, peer: Peer) -> bool {
        self.dialog_of(leg).is_some_and(|dialog| {
            dialog.is_with(peer)
                || self.is_proxy(peer.source.ip())
                    && dialog.flow().remote.ip() == peer.flow.remote.ip()
                || match dialog.far_end() {
                    FarEnd::Phone(seat) => self.is_seat_at(*seat, peer),
                    FarEnd::Trunk(trunk) => self.trunk_at(peer).as_ref() == Some(trunk),
                    FarEnd::Host => false,
                }
        })
    }

    /// Whether who speaks over `flow` may answer a request we sent over `asked`: the same host,
    /// for not every phone answers from the port it was asked at, or the same trunk, or another
    /// proxy of ours.
    pub(super) fn may_answer(&self, asked: Flow, flow: Flow) -> bool {
        let [asked, flow] = [asked, flow].map(Peer::direct);
        let [asked_ip, ip] = [asked, flow].map(|peer| peer.source.ip());
        let trunk = self.trunk_at(asked);
        asked_ip == ip
            || trunk.is_some() && trunk == self.trunk_at(flow)
            || self.is_proxy(asked_ip) && self.is_proxy(ip)
    }

    pub(super) fn dialog_of(&self, leg: LegId) -> Option<&Dialog> {
        match self.legs.get(&leg)? {
            Leg::Incoming(incoming) => Some(&incoming.dialog),
            Leg::Established(established) => Some(established.dialog()),
            Leg::Outgoing(_) => None,
        }
    }
}
