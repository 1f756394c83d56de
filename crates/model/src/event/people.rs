//! Accounts, log-ins and access to persons' data: the events of the audit.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::desk::Role;
use crate::{AccountName, CallId, Number, TicketId, desk::Staff};

/// An account was added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountAdded {
    /// The account.
    pub account: AccountName,
    /// Its role.
    pub role: Role,
    /// The person it belongs to, and the days it is valid.
    #[serde(default)]
    pub staff: Staff,
    /// The account that added it, `os:NAME` at the machine itself; `None` in old records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountName>,
    /// Whether it is locked until a second person has confirmed its role.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unconfirmed: bool,
}

/// An account was changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountChanged {
    /// The account.
    pub account: AccountName,
    /// Its role from now on.
    pub role: Role,
    /// Its details from now on.
    pub staff: Staff,
    /// The account that changed it, `os:NAME` at the machine itself; `None` in old records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountName>,
    /// The role it has once a second person has confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_asked: Option<Role>,
}

/// A second person has confirmed a role (三员分立, separated duties).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleConfirmed {
    /// The account whose role it is.
    pub account: AccountName,
    /// The role, which holds from now on.
    pub role: Role,
    /// The account that confirmed it; `None` for roles that were given before confirmation was
    /// required, which count as confirmed from this record on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountName>,
}

/// An account was ended, and its tokens are void.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountEnded {
    /// The account.
    pub account: AccountName,
    /// The reason.
    pub why: AccountEnd,
    /// The account that ended it; `None` when its last day has passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountName>,
}

crate::desk::word_enum!(
    /// The reason an account ended.
    AccountEnd {
        /// Its last day has passed (SEAT-09, OPS-03).
        Expired,
        /// A person ended it.
        Ended,
    }
);

/// The password of an account was changed, and its sessions were ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// The account.
    pub account: AccountName,
    /// The account that set it: the person's own, or that of an admin; `None` at the machine
    /// itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountName>,
    /// Whether the account is locked until a second person has confirmed its role again, because
    /// another person set the password.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unconfirmed: bool,
}

/// A token was issued. The token itself is not in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenIssued {
    /// The account it is for.
    pub account: AccountName,
    /// Its label, chosen by its owner.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// Tokens of an account were revoked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenRevoked {
    /// The account.
    pub account: AccountName,
    /// Those with this label.
    pub label: String,
    /// The number of tokens.
    pub tokens: u32,
}

/// A person logged in to the console.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonLoggedIn {
    /// The account.
    pub account: AccountName,
    /// The address it came from.
    pub from: String,
}

/// A person logged out of the console.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonLoggedOut {
    /// The account.
    pub account: AccountName,
    /// Whether every browser was logged out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub everywhere: bool,
}

/// A log-in was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonRefused {
    /// The name tried.
    pub account: AccountName,
    /// The address it came from.
    pub from: String,
    /// The reason.
    #[serde(default)]
    pub why: LoginRefusal,
}

crate::desk::word_enum!(
    /// The reason a log-in is refused. A caller without the right password learns only
    /// `wrong_password`.
    LoginRefusal {
        /// The name or the password is wrong.
        WrongPassword,
        /// The account's first day is still to come.
        NotYet,
        /// Its last day has passed.
        Ended,
        /// It is disabled.
        Disabled,
        /// Its role waits for a second person.
        Unconfirmed,
    }
);

/// The only reason in old records.
impl Default for LoginRefusal {
    fn default() -> LoginRefusal {
        LoginRefusal::WrongPassword
    }
}

/// A person viewed a ticket; recorded once per person, ticket and hour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketSeen {
    /// The ticket.
    pub ticket: TicketId,
    /// The account that did it.
    pub by: AccountName,
    /// Whether the caller's name, number and address were shown unmasked.
    pub whole: bool,
}

/// A file was attached; it is on the disk under its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentKept {
    /// Its name: SHA-256 in hex.
    pub sha256: String,
    /// The length in bytes.
    pub bytes: u64,
    /// The media type.
    pub media_type: String,
    /// The sender's file name, with a fitting extension; empty when none was given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The account that sent it.
    pub by: AccountName,
}

/// A person downloaded an attachment of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentTaken {
    /// The ticket.
    pub ticket: TicketId,
    /// The attachment's SHA-256, in hex.
    pub sha256: String,
    /// The account that did it.
    pub by: AccountName,
}

/// A person exported a list: tickets, calls, figures, or the log itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exported {
    /// The account; `os:NAME` for the operating-system user NAME at the machine itself.
    pub by: AccountName,
    /// The list and its filter.
    pub what: String,
    /// The number of lines.
    pub rows: u64,
    /// Whether persons' names or numbers are unmasked in it.
    pub whole: bool,
    /// The tickets or calls in it; `None` where the list names none, and in old records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ids: Option<RowIds>,
}

/// An export of a list of persons' data was refused for lack of the right; recorded once per
/// person, list and hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportRefused {
    /// The account that did it.
    pub by: AccountName,
    /// The list and its filter.
    pub what: String,
}

/// A person viewed a list of persons' data: tickets, calls, work.
///
/// There is one record a list, on the disk before the first byte is sent. A refresh or the next
/// page of the same list within an hour names only rows that are not yet on record for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListSeen {
    /// The account that did it.
    pub by: AccountName,
    /// The list and its filter: `tickets?state=registered`.
    pub list: String,
    /// The caller it was filtered by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Number>,
    /// The number of rows that show the caller unmasked; they come first among the ids.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub whole: u64,
    /// The rows.
    pub ids: RowIds,
}

/// The tickets or calls in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowIds {
    /// These tickets.
    Tickets(Vec<TicketId>),
    /// These calls.
    Calls(Vec<CallId>),
    /// More than are named one by one ([`RowIds::NAMED_MAX`]).
    Many(RowDigest),
}

/// A digest of many row ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RowDigest {
    /// The number of rows.
    pub rows: u64,
    /// The smallest id.
    pub first: String,
    /// The largest id.
    pub last: String,
    /// SHA-256, in hex, of the ids in ascending order, each followed by a line feed. It identifies
    /// a table that is found elsewhere.
    pub sha256: String,
}

impl RowIds {
    /// The most rows that are named one by one.
    pub const NAMED_MAX: usize = 200;

    /// The number of rows.
    pub fn rows(&self) -> u64 {
        match self {
            RowIds::Tickets(ids) => ids.len() as u64,
            RowIds::Calls(ids) => ids.len() as u64,
            RowIds::Many(many) => many.rows,
        }
    }

    /// Whether this ticket is among them; of many, whether it may be.
    pub fn may_have_ticket(&self, ticket: TicketId) -> bool {
        match self {
            RowIds::Tickets(ids) => ids.contains(&ticket),
            RowIds::Calls(_) => false,
            RowIds::Many(many) => many.may_have(&ticket.to_string()),
        }
    }

    /// Whether this call is among them; of many, whether it may be.
    pub fn may_have_call(&self, call: CallId) -> bool {
        match self {
            RowIds::Tickets(_) => false,
            RowIds::Calls(ids) => ids.contains(&call),
            RowIds::Many(many) => many.may_have(&call.to_string()),
        }
    }
}

impl RowDigest {
    /// Ids of one kind are equally long, and in the order of their text.
    fn may_have(&self, id: &str) -> bool {
        id.len() == self.first.len() && (self.first.as_str()..=self.last.as_str()).contains(&id)
    }
}
