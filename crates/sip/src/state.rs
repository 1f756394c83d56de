//! State that outlives the process: contacts of phones, dialogs that must be ended with BYE, and
//! ringing INVITEs that must be cancelled.
//!
//! The endpoint emits each change by [`Output::Save`](crate::Output). The driver keeps the newest
//! value of each key on disk and returns all of them by [`Input::Restore`](crate::Input) before any
//! other input of the next start. The content of a saved contact, dialog or INVITE is private to
//! this crate.

use primitives::{LegId, SeatId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Flow,
    peer::{FarEnd, Peer},
};

/// A change of the saved state.
#[derive(Clone, Debug, PartialEq)]
pub enum StateUpdate {
    /// All contacts of a seat that can be called after a restart; they replace the earlier ones.
    Contacts {
        /// The seat.
        seat: SeatId,
        /// Empty when the seat has no such contact any more.
        contacts: Vec<SavedContact>,
    },
    /// The dialog of an answered leg.
    Dialog {
        /// The leg's id in this run.
        leg: LegId,
        /// Its dialog.
        dialog: Box<SavedDialog>,
    },
    /// A leg ended, and its far end knows.
    DialogEnded {
        /// The leg.
        leg: LegId,
    },
    /// An INVITE got a provisional response, so that it may be cancelled.
    Invite {
        /// The INVITE's number in this run.
        id: u64,
        /// The data from which a CANCEL is built.
        invite: Box<SavedInvite>,
    },
    /// An INVITE was answered or timed out.
    InviteEnded {
        /// The INVITE.
        id: u64,
    },
}

/// The whole saved state: the newest value of each key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SavedState {
    /// The contacts of all seats.
    pub contacts: Vec<SavedContact>,
    /// The dialogs of all answered legs.
    pub dialogs: Vec<SavedDialog>,
    /// The INVITEs without a final response.
    pub invites: Vec<SavedInvite>,
}

/// A phone's registration over UDP, or through a proxy that its Path names. Another registration
/// over TCP ends with the process, because its connection does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedContact {
    pub(crate) seat: SeatId,
    /// The Contact header's value, `+sip.instance` included.
    pub(crate) contact: String,
    /// The sender of its REGISTER.
    pub(crate) peer: Peer,
    /// The flow of requests to it.
    #[serde(rename = "way")]
    pub(crate) request_peer: Peer,
    /// The proxies through which it is called.
    pub(crate) path: Vec<String>,
    /// Call-ID of the REGISTER, so that an older one that arrives late is recognised.
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
    pub(crate) expires_at: Timestamp,
    /// A fingerprint of the seat's password: with another password the registration is void.
    #[serde(rename = "password_mark")]
    pub(crate) password_fingerprint: String,
}

/// The data that a BYE inside a dialog needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedDialog {
    pub(crate) call_id: String,
    /// From of our requests, with our tag.
    pub(crate) local: String,
    /// To of our requests, with their tag.
    pub(crate) remote: String,
    pub(crate) target: String,
    pub(crate) routes: Vec<String>,
    /// The last CSeq we used.
    pub(crate) cseq: u32,
    pub(crate) peer: Peer,
    #[serde(rename = "party")]
    pub(crate) far_end: FarEnd,
    /// When the session expires at the far end, unless it is refreshed (RFC 4028).
    pub(crate) expires_at: Timestamp,
}

/// An INVITE of ours that is ringing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedInvite {
    /// The request as sent last, without its body.
    pub(crate) request: String,
    pub(crate) flow: Flow,
    /// When the far end has ended it by itself.
    pub(crate) expires_at: Timestamp,
}
