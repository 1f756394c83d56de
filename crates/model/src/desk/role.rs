//! The roles of accounts.

use super::form::word_enum;

word_enum!(
    /// The role of an account, one each, so that front and back office stay separate (SEAT-06).
    Role {
        /// System admin: runs the machine, makes accounts, and sees no citizen's data.
        Admin,
        /// 督导席: sees all live, controls seats and queues, confirms nuisance calls. Floor lead.
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

    /// Whether it sees persons' data, decides about them, or reads the audit; a second person then
    /// confirms that an account has it (三员分立).
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
