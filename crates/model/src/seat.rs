//! The states of a seat: login, work and device are three separate fields.

use serde::{Deserialize, Serialize};

use crate::{AccountName, CallId, Timestamp};

/// The login state of a seat. 签入/签出
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Login {
    /// Signed out. 签出
    LoggedOut,
    /// Signed in; with an account, or without one when the phone signed in.
    LoggedIn {
        /// The account, when one is known.
        agent: Option<AccountName>,
    },
}

/// The work state of a seat, when signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkState {
    /// Can take a call. 示闲
    Ready,
    /// Signed in, takes no calls. 示忙
    NotReady {
        /// The reason.
        reason: NotReadyReason,
    },
    /// The phone alerts for an offer. 振铃
    Alerting {
        /// The call offered.
        call: CallId,
        /// The time the offer expires.
        until: Timestamp,
    },
    /// In a call. 通话
    Talking {
        /// The call.
        call: CallId,
    },
    /// After-call work, until the deadline. 话后处理
    WrapUp {
        /// The call it follows.
        call: CallId,
        /// The end of wrap-up.
        until: Timestamp,
    },
}

/// The reason a seat takes no calls. The names are the reason codes of acd.md.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NotReadyReason {
    /// 小休
    Break,
    /// 用餐
    Meal,
    /// 培训
    Training,
    /// 会议
    Meeting,
    /// 辅导
    Coaching,
    /// Working tickets. 处理工单
    Admin,
    /// Calling citizens back. 外呼回访
    Outbound,
    /// A leader uses the seat. 领导接听
    Leader,
    /// Did not pick up an offered call (redirect on no answer).
    Rona,
    /// Rejected an offered call.
    Rejected,
    /// The phone was busy with something else.
    Busy,
    /// The phone cannot be reached.
    Unreachable,
    /// The engine set it: restart, fault, an admin's release.
    System,
}

impl NotReadyReason {
    /// The word in the config, the API and the log.
    pub fn as_str(&self) -> &'static str {
        match self {
            NotReadyReason::Break => "break",
            NotReadyReason::Meal => "meal",
            NotReadyReason::Training => "training",
            NotReadyReason::Meeting => "meeting",
            NotReadyReason::Coaching => "coaching",
            NotReadyReason::Admin => "admin",
            NotReadyReason::Outbound => "outbound",
            NotReadyReason::Leader => "leader",
            NotReadyReason::Rona => "rona",
            NotReadyReason::Rejected => "rejected",
            NotReadyReason::Busy => "busy",
            NotReadyReason::Unreachable => "unreachable",
            NotReadyReason::System => "system",
        }
    }

    /// The reason for a word, among those a person may choose; the last five are the engine's own.
    pub fn by_person(word: &str) -> Option<NotReadyReason> {
        Some(match word {
            "break" => NotReadyReason::Break,
            "meal" => NotReadyReason::Meal,
            "training" => NotReadyReason::Training,
            "meeting" => NotReadyReason::Meeting,
            "coaching" => NotReadyReason::Coaching,
            "admin" => NotReadyReason::Admin,
            "outbound" => NotReadyReason::Outbound,
            "leader" => NotReadyReason::Leader,
            _ => return None,
        })
    }
}
