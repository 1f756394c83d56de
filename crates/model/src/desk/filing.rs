//! Filings of difficult matters (疑难备案): once approved, they answer the matter directly.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{KnowledgeId, UnitId, form::word_enum};
use crate::{AccountName, Timestamp};

word_enum!(
    /// The state of a filing.
    FilingState {
        /// 起草
        Drafted,
        /// 待审核
        Submitted,
        /// 已备案
        Approved,
        /// 不予备案
        Rejected,
        /// 到期
        Expired,
        /// 撤销
        Revoked,
    }
);

/// An event of a filing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum FilingEvent {
    /// The unit writes it.
    Drafted(Box<FilingForm>),
    /// F1: with report and seal.
    Submitted {
        /// The signed and sealed report, SHA-256 in hex (UNS-02).
        report: String,
        /// The seal's picture, SHA-256 in hex.
        seal: String,
    },
    /// F2: approved by two persons of the hub.
    Approved {
        /// The second person.
        second: AccountName,
        /// The end of its validity.
        valid_to: Timestamp,
        /// The item of the knowledge base with its answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        knowledge: Option<KnowledgeId>,
    },
    /// F3: not approved.
    Rejected {
        /// The reason.
        reason: String,
    },
    /// F4: its time is over.
    Expired,
    /// F5: law or facts have changed.
    Revoked {
        /// The change of law or facts.
        reason: String,
    },
}

/// The form a unit fills in: four tests, each with its evidence (UNS-01).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FilingForm {
    /// The unit that can do nothing more.
    pub unit: UnitId,
    /// Repeated or concentrated: how often, by how many.
    pub repeated: String,
    /// Complex: how.
    pub complex: String,
    /// All done within policy, or long: what.
    pub exhausted: String,
    /// The citizen cannot be satisfied: why.
    pub unsatisfiable: String,
    /// The answer that callers get from then on (UNS-05).
    pub answer: String,
}
