//! Checks that a message for a leg, or a response to our request, comes from the leg's far end.
//!
//! Tags and branches are not secret: they cross the network in clear text and gateways log them.
//! Someone who learned them must not end a call or redirect its media. Therefore a message must
//! come from the far end: from the flow of a phone, any address of a trunk, or the host we called.
//! A phone moves by registering anew or by answering a challenge. Every other sender is answered as
//! if the dialog did not exist: 481 for known senders (RFC 3261 12.2.2), nothing for unknown ones.
//! A 403 would confirm a guess.

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
    /// Returns whether a request inside the dialog of `leg` is from its far end. When it is not, it
    /// has been answered or dropped.
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
        // RFC 3261 22.1: an ACK cannot be challenged. It comes again, because the 200 is
        // retransmitted.
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

    /// Answers 481 to a sender that is not the far end. It opens no transaction: under the far
    /// end's own branch that would absorb the CANCEL still to come.
    pub(super) fn refuse_stranger_to_dialog(&mut self, peer: Peer, back: Flow, request: &Message) {
        self.out.counts.impostors += 1;
        if request.method() != Some(&Method::Ack) && self.is_known(peer) {
            let mut answer = request.reply(481, Some(wire::STATELESS_TAG));
            self.add_code_headers(request, &mut answer);
            self.out.send(back, wire::write(&answer));
        }
    }

    /// Returns whether `peer` is the far end of `leg`, or a proxy of ours on the way to it: a proxy
    /// cancels hop by hop (RFC 3261 9.1) and may end a dialog that it supervises.
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

    /// Returns whether a response over `flow` may answer a request sent over `asked`: it must come
    /// from the same host (not every phone answers from the port it was asked at), the same trunk,
    /// or another proxy of ours.
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
