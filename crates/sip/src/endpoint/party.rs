//! A message for a leg, or for a request of ours: is it from its far end?
//!
//! Tags and branches are no secrets: they cross the network in the clear, and gateways print
//! them. Who has learned them must not end a call of others, nor turn its voice to himself.
//! So a message must come from where the far end is: the flow of a phone, any address of a
//! trunk, the host we called. A phone moves by registering anew, or it answers a challenge.
//! For everybody else the dialog does not exist: 481 to those we know, as for any dialog that
//! does not exist (RFC 3261 12.2.2), and silence to strangers. A 403 would tell a guesser
//! that he guessed right.

use model::{LegId, Timestamp};

use super::{Endpoint, Peer};
use crate::{
    Flow,
    dialog::{Dialog, Party},
    leg::Leg,
    message::{Message, Method},
    wire,
};

impl Endpoint {
    /// Whether a request inside the dialog of `leg` is from its far end. Who is not has been
    /// dealt with.
    pub(super) fn admits(
        &mut self,
        now: Timestamp,
        leg: LegId,
        peer: Peer,
        back: Flow,
        request: &Message,
    ) -> bool {
        if self.is_party(leg, peer) {
            return true;
        }
        let seat = match self.dialog_of(leg).map(Dialog::party) {
            Some(Party::Phone(seat)) => Some(*seat),
            Some(Party::Trunk(_) | Party::Host) | None => None,
        };
        // 22.1: an ACK cannot be challenged. It will come again, for the 200 does.
        let is_ack = request.method() == Some(&Method::Ack);
        let Some(seat) = seat.filter(|_| !is_ack) else {
            self.turn_away(peer, back, request);
            return false;
        };
        match self.identify(now, peer, request) {
            Ok(proven) if proven == seat => true,
            Ok(_) => {
                self.turn_away(peer, back, request);
                false
            }
            Err(challenge) => {
                self.out.counts.impostors += 1;
                self.deny(back, challenge);
                false
            }
        }
    }

    /// For who is not the far end there is no such dialog. It takes no transaction: under the
    /// far end's own branch that would swallow the CANCEL that is yet to come.
    pub(super) fn turn_away(&mut self, peer: Peer, back: Flow, request: &Message) {
        self.out.counts.impostors += 1;
        if request.method() != Some(&Method::Ack) && self.knows(peer) {
            let mut answer = request.reply(481, Some(wire::STATELESS_TAG));
            self.explain(request, &mut answer);
            self.out.send(back, wire::write(&answer));
        }
    }

    /// Whether `peer` is the far end of `leg`, or a proxy of ours on the way to it that speaks for
    /// itself: it cancels hop by hop (RFC 3261 9.1), and may end a dialog it keeps watch over.
    pub(super) fn is_party(&self, leg: LegId, peer: Peer) -> bool {
        self.dialog_of(leg).is_some_and(|dialog| {
            dialog.is_with(peer)
                || self.is_proxy(peer.source.ip())
                    && dialog.flow().remote.ip() == peer.flow.remote.ip()
                || match dialog.party() {
                    Party::Phone(seat) => self.is_seat_at(*seat, peer),
                    Party::Trunk(trunk) => self.trunk_at(peer).as_ref() == Some(trunk),
                    Party::Host => false,
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
            Leg::Arriving(arriving) => Some(&arriving.dialog),
            Leg::Talking(talking) => Some(talking.dialog()),
            Leg::Dialling(_) => None,
        }
    }
}
