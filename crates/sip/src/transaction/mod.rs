//! Transactions: requests and responses, retransmitted until they arrive (RFC 3261 17).
//!
//! Each of the four machines follows the RFC's diagram; it knows status codes and times, no bytes.
//! [`Transactions`] owns them: it finds the machine a message belongs to and retransmits. New
//! requests and first responses are passed to the legs.

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

/// An action that a machine asks of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Nothing.
    Nothing,
    /// Retransmit the request or the latest response.
    Send,
    /// Deliver the response to the transaction user.
    Deliver,
    /// Acknowledge a retransmitted refusal.
    Ack,
    /// Acknowledge the refusal and deliver it.
    DeliverAndAck,
    /// The transaction timed out.
    Fail,
}

/// A transaction, client or server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TxId(u64);

impl TxId {
    /// No transaction; ids begin at 1.
    pub(crate) const NONE: TxId = TxId(0);
}

/// An INVITE that we sent, with all its responses; see `leg::invite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct InviteId(pub(crate) u64);

/// The transaction user that waits for a response (RFC 3261 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransactionUser {
    /// A leg that is dialled or changed.
    Invite(InviteId),
    /// A leg's session refresh by UPDATE.
    Refresh(LegId),
    /// OPTIONS that checks whether a leg's far end is still there.
    Probe(LegId),
    /// A registration of ours, by its number.
    Register(usize),
    /// No user: the responses to BYE and CANCEL are not needed.
    None,
}

/// The end of our transaction without a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransactionOutcome {
    /// No response in time; treated like 408.
    TimedOut,
    /// The connection broke or the destination is unreachable; treated like 503.
    Unreachable,
    /// The transaction terminated after its response.
    Terminated,
}

/// The place where a received request belongs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RequestMatch {
    /// A retransmission, already handled.
    Retransmission,
    /// A CANCEL for a known INVITE.
    Cancel(TxId),
    /// The same request came over another path before (RFC 3261 8.2.2.2).
    Merged,
    /// A new request.
    New,
}

/// The initial Max-Forwards (RFC 3261 8.1.1.6).
pub(crate) const MAX_FORWARDS: &str = "70";
