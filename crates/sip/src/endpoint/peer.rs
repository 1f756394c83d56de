//! Where a message comes from: the far end of its flow or, through a proxy of ours, what the
//! proxy saw.
//!
//! A proxy of ours is transparent. What it received from stands in the Via below its own
//! (`received` and `rport`, RFC 3261 18.2.1, RFC 3581 4), and everything that is decided by
//! address is decided by that one: the shield, the trunk, the seat, the far end of a dialog.
//! From anybody else these headers are not believed.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::Endpoint;
use crate::{
    Flow,
    config::holds,
    message::{Message, Name, Via},
};

/// The sender of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Peer {
    /// The flow it came over, by which answers go back.
    pub(crate) flow: Flow,
    /// Where its sender is: the flow's far end, or what a proxy of ours saw.
    pub(crate) source: SocketAddr,
}

impl Peer {
    /// A sender without a proxy between.
    pub(crate) fn direct(flow: Flow) -> Peer {
        Peer { flow, source: flow.remote }
    }

    /// Whether a proxy of ours stands between.
    pub(crate) fn is_behind_proxy(self) -> bool {
        self.source != self.flow.remote
    }
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
}

const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
