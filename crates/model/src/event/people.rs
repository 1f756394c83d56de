//! Who came in, who was given what: the audit's own subject.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AccountName, CallId, Number, Staff, TicketId};

/// An account exists from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountAdded {
    /// The account.
    pub account: AccountName,
    /// Its role.
    pub role: Role,
    /// Whose it is, and from when to when.
    #[serde(default)]
    pub staff: Staff,
    /// Who added it, `os:NAME` at the machine itself; nobody in records of old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountName>,
    /// Nobody comes in by it until a second person has confirmed its role.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unconfirmed: bool,
}

/// Something about an account is different from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountChanged {
    /// The account.
    pub account: AccountName,
    /// Its role, as it is now.
    pub role: Role,
    /// All that is known of it, as it is now.
    pub staff: Staff,
    /// Who changed it, `os:NAME` at the machine itself; nobody in records of old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountName>,
    /// The role it has once a second person has confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_asked: Option<Role>,
}

/// Somebody other than who gave a role has confirmed it (三员分立).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleConfirmed {
    /// Whose role.
    pub account: AccountName,
    /// Which, and from now on it holds.
    pub role: Role,
    /// Who confirmed it; nobody for roles that were given before they had to be confirmed, which
    /// count as confirmed as of this record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountName>,
}

/// An account lets nobody in any more, and its tokens are void.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountEnded {
    /// The account.
    pub account: AccountName,
    /// Why.
    pub why: AccountEnd,
    /// Who ended it; nobody when its last day has passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountName>,
}

crate::desk::words!(
    /// Why an account ended.
    AccountEnd {
        /// Its last day has passed (SEAT-09, OPS-03).
        Expired,
        /// Somebody ended it.
        Ended,
    }
);

/// An account has another password, and whoever was logged in with the old one is out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// The account.
    pub account: AccountName,
    /// Who set it: the person, or whoever gave them a new one; nobody by name at the machine itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountName>,
    /// Nobody comes in by the account until a second person has confirmed its role again, since
    /// somebody else set the password.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unconfirmed: bool,
}

/// A token was issued. The token is nowhere in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenIssued {
    /// For whom.
    pub account: AccountName,
    /// What for, in its owner's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// Tokens of an account are void.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenRevoked {
    /// Whose.
    pub account: AccountName,
    /// Those with this label.
    pub label: String,
    /// How many.
    pub tokens: u32,
}

/// Somebody logged in to the console.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonLoggedIn {
    /// Who.
    pub account: AccountName,
    /// From which address.
    pub from: String,
}

/// Somebody logged out of the console.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonLoggedOut {
    /// Who.
    pub account: AccountName,
    /// Of every browser at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub everywhere: bool,
}

/// A log-in was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonRefused {
    /// The name tried.
    pub account: AccountName,
    /// From which address.
    pub from: String,
    /// Why.
    #[serde(default)]
    pub why: LoginRefusal,
}

crate::desk::words!(
    /// Why somebody is not let in. Only who knows the password learns more than `wrong_password`.
    LoginRefusal {
        /// The name or the password is wrong.
        WrongPassword,
        /// The account's first day is still to come.
        NotYet,
        /// Its last day has passed.
        Ended,
        /// It was switched off.
        Disabled,
        /// Its role waits for a second person.
        Unconfirmed,
    }
);

/// Before there were other reasons, there was this one.
impl Default for LoginRefusal {
    fn default() -> LoginRefusal {
        LoginRefusal::WrongPassword
    }
}

/// Somebody looked at a ticket: once a person, ticket and hour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketSeen {
    /// Which.
    pub ticket: TicketId,
    /// Who.
    pub by: AccountName,
    /// With the caller's name, number and address; masked otherwise.
    pub whole: bool,
}

/// Somebody sent a scan, a photograph, a paper: it is on the disk under its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentKept {
    /// Its name: SHA-256 in hex.
    pub sha256: String,
    /// How long it is.
    pub bytes: u64,
    /// What it is.
    pub media_type: String,
    /// What the sender calls it, with an ending that fits; empty when they did not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Who sent it.
    pub by: AccountName,
}

/// Somebody took out what hangs on a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentTaken {
    /// Which ticket.
    pub ticket: TicketId,
    /// What: its SHA-256 in hex.
    pub sha256: String,
    /// Who.
    pub by: AccountName,
}

/// Somebody took a list out of the house: a file of tickets, of calls, of figures, the log itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exported {
    /// Who; `os:NAME` for who is called NAME at the machine itself.
    pub by: AccountName,
    /// What: the list, and how it was narrowed.
    pub what: String,
    /// How many lines.
    pub rows: u64,
    /// With persons' names or numbers whole.
    pub whole: bool,
    /// Of which tickets or calls; absent where the list names none, and in old records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ids: Option<RowIds>,
}

/// Somebody wanted to take out a list of persons' data and has not the right to: once a person,
/// list and hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportRefused {
    /// Who.
    pub by: AccountName,
    /// What: the list, and how it was narrowed.
    pub what: String,
}

/// Somebody saw a list of persons' data: tickets, calls, work.
///
/// One record a list, on the disk before the first byte leaves. A refresh and the next page of the
/// same list within an hour name only rows that are not on record of it yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListSeen {
    /// Who.
    pub by: AccountName,
    /// Which list, and how it was narrowed: `tickets?state=registered`.
    pub list: String,
    /// The caller it was narrowed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Number>,
    /// How many of the rows show their caller whole: those come first among the ids.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub whole: u64,
    /// Which rows.
    pub ids: RowIds,
}

/// Which tickets or calls a list has.
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

/// Many rows: what is kept of their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RowDigest {
    /// How many.
    pub rows: u64,
    /// The smallest id.
    pub first: String,
    /// The largest id.
    pub last: String,
    /// SHA-256, in hex, of the ids in ascending order, each followed by a line feed. A table that
    /// turns up is known by it.
    pub sha256: String,
}

impl RowIds {
    /// The most rows that are named one by one.
    pub const NAMED_MAX: usize = 200;

    /// How many rows.
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

fn is_zero(n: &u64) -> bool {
    *n == 0
}

crate::desk::words!(
    /// What an account may do: one role an account, so that front and back of the house stay apart (SEAT-06).
    Role {
        /// System admin: runs the machine, makes accounts, and sees no citizen.
        Admin,
        /// 督导席: sees all live, steers seats and queues, confirms nuisance. Floor lead.
        Supervisor,
        /// 受理席: own seat, own calls, registers and answers.
        Agent,
        /// 质检席: replays and scores recordings.
        Qa,
        /// 回访席: asks citizens.
        Callback,
        /// 审核派单: checks, dispatches, decides returns.
        Dispatcher,
        /// 督办组: checks results, drafts orders.
        SupGroup,
        /// 热线办主任
        Director,
        /// 承办单位联络员、经办人: handles, and reviews what the unit supervises.
        Liaison,
        /// 单位负责人: signs.
        UnitHead,
        /// 领导: signs and instructs.
        Leader,
        /// 政府督查室
        GovSupervision,
        /// 值班记者: sees what was released, without names.
        Media,
        /// 纪检监察: sees what was referred.
        Discipline,
        /// 网格办
        Grid,
        /// 外包方管理员: sees figures of its own people.
        Vendor,
        /// 审计: sees the audit.
        Auditor,
        /// 档案
        Archivist,
        /// 省平台: another system.
        Platform,
    }
);

impl Role {
    /// The role by its word.
    pub fn by_word(word: &str) -> Option<Role> {
        Role::ALL.iter().copied().find(|role| role.as_str() == word)
    }

    /// Whether it sees persons, decides about them, or reads the audit: a second person confirms
    /// that somebody has it (三员分立).
    pub fn needs_second_person(self) -> bool {
        match self {
            Role::Admin | Role::Media | Role::Grid | Role::Vendor | Role::Platform => false,
            Role::Supervisor
            | Role::Agent
            | Role::Qa
            | Role::Callback
            | Role::Dispatcher
            | Role::SupGroup
            | Role::Director
            | Role::Liaison
            | Role::UnitHead
            | Role::Leader
            | Role::GovSupervision
            | Role::Discipline
            | Role::Auditor
            | Role::Archivist => true,
        }
    }

    /// The word on the command line, in the API and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Supervisor => "supervisor",
            Role::Agent => "agent",
            Role::Qa => "qa",
            Role::Callback => "callback",
            Role::Dispatcher => "dispatcher",
            Role::SupGroup => "sup_group",
            Role::Director => "director",
            Role::Liaison => "liaison",
            Role::UnitHead => "unit_head",
            Role::Leader => "leader",
            Role::GovSupervision => "gov_supervision",
            Role::Media => "media",
            Role::Discipline => "discipline",
            Role::Grid => "grid",
            Role::Vendor => "vendor",
            Role::Auditor => "auditor",
            Role::Archivist => "archivist",
            Role::Platform => "platform",
        }
    }
}
