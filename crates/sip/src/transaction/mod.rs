//! Requests and their answers, sent again until they arrive (RFC 3261 17).
//!
//! Each file beside this one is a machine as the RFC draws it; it knows codes
//! and moments, and no bytes. [`Transactions`] owns them all: it finds the
//! machine a message belongs to, and sends again what was lost. What is left
//! over, new requests and first answers, is for the legs.

mod cancel_and_ack;
mod invite_client;
mod invite_server;
mod key;
mod non_invite_client;
mod non_invite_server;
mod retransmission;
mod table;

use primitives::LegId;

pub(crate) use self::{
    cancel_and_ack::cancel_of, retransmission::Retransmission, table::Transactions,
};

/// What a machine asks of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Nothing.
    Nothing,
    /// Send the request, or the latest answer, again.
    Send,
    /// The answer is news: hand it up.
    Deliver,
    /// Acknowledge a refusal that came again.
    Ack,
    /// Acknowledge the refusal and hand it up.
    DeliverAndAck,
    /// Given up.
    Fail,
}

/// A transaction, either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TxId(u64);

impl TxId {
    /// No transaction: those begin at 1.
    pub(crate) const NONE: TxId = TxId(0);
}

/// One INVITE we sent, with everything that may come back; see `leg::invite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct InviteId(pub(crate) u64);

/// Who waits for the answer of a request of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransactionUser {
    /// A dialled or modified leg.
    Invite(InviteId),
    /// An UPDATE that keeps a leg's session timer going.
    Refresh(LegId),
    /// OPTIONS that asks whether a leg's far end is still there.
    Probe(LegId),
    /// A registration elsewhere, by its place.
    Register(usize),
    /// Nobody: BYE and CANCEL are sent and forgotten.
    None,
}

/// What the clock or the network did to a request of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransactionOutcome {
    /// Nobody answered in time: as good as 408.
    TimedOut,
    /// The stream broke, or nobody is there: as good as 503.
    Unreachable,
    /// Nothing about it can come any more.
    Terminated,
}

/// Whose a request from the network is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RequestMatch {
    /// Seen before, and dealt with.
    Retransmission,
    /// A CANCEL for an INVITE we know.
    Cancel(TxId),
    /// The same request came another way already (8.2.2.2).
    Merged,
    /// News.
    New,
}

/// RFC 3261 8.1.1.6.
pub(crate) const MAX_FORWARDS: &str = "70";
