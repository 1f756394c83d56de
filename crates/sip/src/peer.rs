//! The sender of a message and the far end of a dialog.
//!
//! A proxy of ours is transparent: the address it received from is in the Via below its own
//! (`received` and `rport`, RFC 3261 18.2.1, RFC 3581 4), and every decision by address (rate
//! limits, trunk, seat, far end) uses that address. These headers are not trusted from other
//! senders.

use std::net::SocketAddr;

use primitives::{SeatId, TrunkId};
use serde::{Deserialize, Serialize};

use crate::Flow;

/// The sender of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Peer {
    /// The flow it came over, used for responses.
    pub(crate) flow: Flow,
    /// The sender's address: the flow's remote address, or what a proxy of ours saw.
    pub(crate) source: SocketAddr,
}

impl Peer {
    /// A sender without a proxy in between.
    pub(crate) fn direct(flow: Flow) -> Peer {
        Peer { flow, source: flow.remote }
    }

    /// Returns whether a proxy of ours is in between.
    pub(crate) fn is_behind_proxy(self) -> bool {
        self.source != self.flow.remote
    }
}

/// The far end of a dialog, and how its messages are recognised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FarEnd {
    /// A phone of this seat, recognised by its flow. Requests must use the same flow, because it
    /// may be behind NAT; it moves by registering anew or by its password.
    Phone(SeatId),
    /// A trunk, whose gateways send from any of its addresses.
    Trunk(TrunkId),
    /// A host we called by address: a fixed contact or a URI, recognised by that address.
    Host,
}

impl FarEnd {
    pub(crate) fn is_phone(&self) -> bool {
        matches!(self, FarEnd::Phone(_))
    }
}
