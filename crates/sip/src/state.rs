//! What must outlive the process: where phones are, which dialogs owe their far ends a BYE, and
//! which phones ring and would be owed a CANCEL.
//!
//! The endpoint says each change as [`Output::Save`](crate::Output); its driver keeps the newest
//! of each key on disk and gives all of them back by [`Input::Restore`](crate::Input), before any
//! other input of the next start. The content of a saved contact or dialog is the endpoint's own
//! matter; a driver only writes and reads it.

use primitives::{LegId, SeatId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Flow,
    peer::{FarEnd, Peer},
};

/// A change of what must outlive the process.
#[derive(Clone, Debug, PartialEq)]
pub enum StateUpdate {
    /// All contacts of a seat that can be called after a start, in place of those before.
    Contacts {
        /// The seat.
        seat: SeatId,
        /// None: it has no such contact any more.
        contacts: Vec<SavedContact>,
    },
    /// A leg was answered, or its dialog changed.
    Dialog {
        /// The leg, as it is called in this run.
        leg: LegId,
        /// Its dialog.
        dialog: Box<SavedDialog>,
    },
    /// A leg is over: its far end knows, and nothing is owed to it.
    DialogEnded {
        /// The leg.
        leg: LegId,
    },
    /// A far end we called has said something, so that it may be cancelled.
    Invite {
        /// The INVITE, as it is called in this run.
        id: u64,
        /// What a CANCEL is made from.
        invite: Box<SavedInvite>,
    },
    /// An INVITE was answered or given up.
    InviteEnded {
        /// The INVITE.
        id: u64,
    },
}

/// All that is given back to the next endpoint: the newest of each key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SavedState {
    /// Of all seats.
    pub contacts: Vec<SavedContact>,
    /// Of all legs that were up.
    pub dialogs: Vec<SavedDialog>,
    /// Of all INVITEs that were not answered.
    pub invites: Vec<SavedInvite>,
}

/// A phone's registration over UDP, or through a proxy that its Path names. Any other over TCP ends
/// with the process, for so does its stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedContact {
    pub(crate) seat: SeatId,
    /// The Contact header's value, `+sip.instance` included.
    pub(crate) contact: String,
    /// Where its REGISTER came from.
    pub(crate) peer: Peer,
    /// Where requests to it go.
    #[serde(rename = "way")]
    pub(crate) request_peer: Peer,
    /// The proxies of ours it is called through.
    pub(crate) path: Vec<String>,
    /// Of the REGISTER, so that an older one that comes late is still known as older.
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
    pub(crate) expires_at: Timestamp,
    /// What the seat's password was, without giving it away: with another password the
    /// registration is void.
    #[serde(rename = "password_mark")]
    pub(crate) password_fingerprint: String,
}

/// What a BYE inside a dialog needs.
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

/// An INVITE of ours that rings somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedInvite {
    /// As sent last, without its body.
    pub(crate) request: String,
    pub(crate) flow: Flow,
    /// When the far end has given it up by itself in any case.
    pub(crate) expires_at: Timestamp,
}
