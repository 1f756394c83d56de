//! Where a message comes from: the far end of its flow or, through a proxy of ours, what the
//! proxy saw.
//!
//! A proxy of ours is transparent. What it received from stands in the Via below its own
//! (`received` and `rport`, RFC 3261 18.2.1, RFC 3581 4), and everything that is decided by
//! address is decided by that one: the shield, the trunk, the seat, the far end of a dialog.
//! From anybody else these headers are not believed.

use std::net::SocketAddr;

use primitives::{SeatId, TrunkId};
use serde::{Deserialize, Serialize};

use crate::Flow;

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

/// Who is at the far end of a dialog, and so what a message of theirs is known by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FarEnd {
    /// A phone of this seat, known by its flow. Requests must go that same way, for it may sit
    /// behind NAT; it moves by registering anew, or by its password.
    Phone(SeatId),
    /// A trunk, whose gateways speak from any of its addresses.
    Trunk(TrunkId),
    /// Somebody we called by address: a fixed contact, a URI. Known by that address.
    Host,
}

impl FarEnd {
    pub(crate) fn is_phone(&self) -> bool {
        matches!(self, FarEnd::Phone(_))
    }
}
