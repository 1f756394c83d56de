//! Who came in, who was given what: the audit's own subject.

use serde::{Deserialize, Serialize};

use crate::AccountName;

/// An account exists from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountAdded {
    /// The account.
    pub account: AccountName,
    /// Its role.
    pub role: Role,
}

/// A token was issued. The token is nowhere in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenIssued {
    /// For whom.
    pub account: AccountName,
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
}

/// A log-in was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonRefused {
    /// The name tried.
    pub account: AccountName,
    /// From which address.
    pub from: String,
}

crate::desk::words!(
    /// What an account may do: one role an account, so that front and back of the house stay apart (SEAT-06).
    Role {
        /// Everything of the machine, accounts included: system admin.
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
