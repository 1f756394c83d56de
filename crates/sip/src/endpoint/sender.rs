//! Who sent a message: a seat's phone, a trunk, a proxy of ours or a stranger.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use primitives::{SeatId, TrunkId};

use super::Endpoint;
use crate::{
    Flow,
    config::holds,
    message::{Message, Name, Via},
    peer::{FarEnd, Peer},
};

/// Sender is at the other end of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    Trunk(TrunkId),
    /// Somebody at the address this seat's phone registered from; their INVITE still needs
    /// the password.
    Seat(SeatId),
    /// A proxy of ours that speaks for itself: it asks whether we are there.
    Proxy,
    Stranger,
}

impl Endpoint {
    /// The sender of a request that came over `flow`. Proxies of ours may stand in a row. A proxy
    /// that speaks for itself (CANCEL, a BYE when its timer ran out, OPTIONS) writes one Via.
    pub(super) fn peer_of(&self, flow: Flow, request: &Message) -> Peer {
        let mut source = flow.remote;
        let mut below = request.headers.all(&Name::Via).skip(1);
        while self.is_proxy(source.ip())
            && let Some(via) = below.next()
        {
            // The proxy did not note the address, so the sender is a stranger.
            source = Via::parse(via).and_then(|via| via.seen_from()).unwrap_or(NOWHERE);
        }
        Peer { flow, source }
    }

    /// Whether a proxy of ours has this address.
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        holds(&self.config.proxies, address)
    }

    /// Whether somebody known is at the other end.
    pub(super) fn is_known(&self, peer: Peer) -> bool {
        self.sender_of(peer) != Sender::Stranger
    }

    /// A registered phone comes before a trunk: both may sit at one address.
    pub(super) fn sender_of(&self, peer: Peer) -> Sender {
        if let Some(seat) = self.seat_at(peer) {
            return Sender::Seat(seat);
        }
        match self.trunk_at(peer) {
            Some(trunk) => Sender::Trunk(trunk),
            None if self.is_proxy(peer.source.ip()) => Sender::Proxy,
            None => Sender::Stranger,
        }
    }

    /// The sender, as a dialog names its far end; `None`: a stranger.
    pub(crate) fn far_end_at(&self, peer: Peer) -> Option<FarEnd> {
        match self.sender_of(peer) {
            Sender::Seat(seat) => Some(FarEnd::Phone(seat)),
            Sender::Trunk(trunk) => Some(FarEnd::Trunk(trunk)),
            // The proxy speaks for a far end behind it.
            Sender::Proxy => Some(FarEnd::Host),
            Sender::Stranger => None,
        }
    }

    /// The trunk whose address the sender has.
    pub(crate) fn trunk_at(&self, peer: Peer) -> Option<TrunkId> {
        let source = peer.source.ip();
        self.config.trunks.iter().find(|trunk| trunk.holds(source)).map(|trunk| trunk.id.clone())
    }

    /// The trunk at the other end, when it is one and no seat.
    pub(super) fn trunk_only_at(&self, peer: Peer) -> Option<TrunkId> {
        match self.sender_of(peer) {
            Sender::Trunk(trunk) => Some(trunk),
            Sender::Seat(_) | Sender::Proxy | Sender::Stranger => None,
        }
    }
}

const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
