//! Identifies the sender of a message: a seat's phone, a trunk, a proxy of ours or an unknown
//! sender.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use primitives::{SeatId, TrunkId};

use super::Endpoint;
use crate::{
    Flow,
    message::{Message, Name, Via},
    peer::{FarEnd, Peer},
};

/// The identified sender of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    Trunk(TrunkId),
    /// A sender at the address of this seat's registered phone. Its INVITE still needs the
    /// password.
    Seat(SeatId),
    /// A proxy of ours acting for itself, for example probing with OPTIONS.
    Proxy,
    Stranger,
}

impl Endpoint {
    /// Returns the sender of a request that came over `flow`. Several of our proxies may be
    /// chained. A proxy acting for itself (CANCEL, a BYE after its timer, OPTIONS) writes one Via.
    pub(super) fn peer_of(&self, flow: Flow, request: &Message) -> Peer {
        let mut source = flow.remote;
        let mut below = request.headers.all(&Name::Via).skip(1);
        while self.is_proxy(source.ip())
            && let Some(via) = below.next()
        {
            // The proxy did not record the address, so the sender is unknown.
            source = Via::parse(via).and_then(|via| via.seen_from()).unwrap_or(NOWHERE);
        }
        Peer { flow, source }
    }

    /// Returns whether a proxy of ours has this address.
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        self.config.proxies.iter().any(|network| network.contains(address))
    }

    /// Returns whether the sender is known.
    pub(super) fn is_known(&self, peer: Peer) -> bool {
        self.sender_of(peer) != Sender::Stranger
    }

    /// Identifies a sender. A registered phone takes precedence over a trunk, since both may share
    /// an address.
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

    /// Returns the sender as the far end of a dialog; `None` when it is unknown.
    pub(crate) fn far_end_at(&self, peer: Peer) -> Option<FarEnd> {
        match self.sender_of(peer) {
            Sender::Seat(seat) => Some(FarEnd::Phone(seat)),
            Sender::Trunk(trunk) => Some(FarEnd::Trunk(trunk)),
            // The proxy acts for a far end behind it.
            Sender::Proxy => Some(FarEnd::Host),
            Sender::Stranger => None,
        }
    }

    /// Returns the trunk with the sender's address.
    pub(crate) fn trunk_at(&self, peer: Peer) -> Option<TrunkId> {
        let source = peer.source.ip();
        self.trunks().find(|trunk| trunk.contains(source)).map(|trunk| trunk.id.clone())
    }

    /// Returns the sender's trunk, unless the sender is a seat.
    pub(super) fn trunk_only_at(&self, peer: Peer) -> Option<TrunkId> {
        match self.sender_of(peer) {
            Sender::Trunk(trunk) => Some(trunk),
            Sender::Seat(_) | Sender::Proxy | Sender::Stranger => None,
        }
    }
}

const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
