//! Clocks: their kinds, the time they allow, the causes of pauses, and the levels of lateness.
//!
//! `deadlines::clock` defines how they count.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// The kinds of clocks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// Answering a call.
    Answer,
    /// Signing for an assignment (签收).
    Sign,
    /// The window in which a unit may return an assignment as not its own.
    ReturnWindow,
    /// First contact with the caller (先行联系).
    FirstContact,
    /// Going there or calling, for the twelve kinds of `deadlines::clock::QUICK_KINDS`.
    QuickRespond,
    /// The same where life or property is in danger.
    QuickDanger,
    /// Handling a simple matter, grade A.
    HandleA,
    /// Handling an ordinary matter, grade B.
    HandleB,
    /// Handling a complex matter, grade C.
    HandleC,
    /// Answering a consultation that was dispatched.
    HandleConsult,
    /// The supervising unit's review.
    SuperviseReview,
    /// Handling what a leader signed.
    LeaderSigned,
    /// The hub's check of a result.
    HubAccept,
    /// The reply to the citizen.
    HubReply,
    /// The first callback.
    CallbackStart,
    /// Review of a difficult-matter filing.
    FilingReview,
    /// Arbitration between units.
    Arbitrate,
    /// An appeal against an assessment.
    Appeal,
    /// The call back to a caller who was not connected or left a message.
    LostCall,
    /// Acknowledging a web message.
    MessageAck,
    /// A person's answer to a web message.
    MessageHuman,
    /// Review before dispatch (2.3 T09).
    Review,
    /// A due time set by an upper hotline (CHAN-08: cases from above).
    Upper,
}

impl ClockKind {
    /// Its code in hotline.md.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// Its name, in Chinese.
    pub fn chinese(self) -> &'static str {
        self.row().1
    }

    /// Its name, in English.
    pub fn english(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            ClockKind::Answer => ("C1", "接听", "answer"),
            ClockKind::Sign => ("C2", "签收", "sign"),
            ClockKind::ReturnWindow => ("C3", "退单期限", "return window"),
            ClockKind::FirstContact => ("C4", "先行联系", "first contact"),
            ClockKind::QuickRespond => ("C5", "快速响应", "quick response"),
            ClockKind::QuickDanger => ("C5", "险情响应", "response to danger"),
            ClockKind::HandleA => ("C6-A", "A类办理", "handle, grade A"),
            ClockKind::HandleB => ("C6-B", "B类办理", "handle, grade B"),
            ClockKind::HandleC => ("C6-C", "C类办理", "handle, grade C"),
            ClockKind::HandleConsult => ("C6-consult", "咨询办理", "handle, consultation"),
            ClockKind::SuperviseReview => ("C7", "督办审核", "supervising unit's review"),
            ClockKind::LeaderSigned => ("C8", "领导签批件办理", "leader-signed"),
            ClockKind::HubAccept => ("C9", "验收", "hub's check"),
            ClockKind::HubReply => ("C9", "反馈", "reply"),
            ClockKind::CallbackStart => ("C9", "回访", "callback"),
            ClockKind::FilingReview => ("C11", "疑难备案审核", "filing review"),
            ClockKind::Arbitrate => ("C11", "争议裁定", "arbitration"),
            ClockKind::Appeal => ("C11", "考核申诉", "appeal"),
            ClockKind::LostCall => ("C12", "未接来电回拨", "lost call"),
            ClockKind::MessageAck => ("C13", "留言确认", "message acknowledged"),
            ClockKind::MessageHuman => ("C13", "留言答复", "message answered"),
            ClockKind::Review => ("T09", "审核派单", "review"),
            ClockKind::Upper => ("CHAN-08", "上级时限", "upper hotline's due"),
        }
    }
}

/// An amount of time, with the way it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Allowance {
    /// Working days; the day it starts is day 0 whatever the hour.
    Days(u16),
    /// Natural time in seconds: nights, weekends and holidays count.
    Natural(u32),
    /// Working time in seconds: only office hours count.
    Working(u32),
    /// A due time set by another party, for example an upper hotline (CHAN-08).
    /// Nothing moves it.
    Until(Timestamp),
}

impl Allowance {
    /// The allowance of a second round: half, rounded up (hotline.md 2.3 T18, our own rule).
    #[must_use]
    pub fn halved(self) -> Allowance {
        match self {
            Allowance::Days(days) => Allowance::Days(days.div_ceil(2)),
            Allowance::Natural(seconds) => Allowance::Natural(seconds.div_ceil(2)),
            Allowance::Working(seconds) => Allowance::Working(seconds.div_ceil(2)),
            Allowance::Until(at) => Allowance::Until(at),
        }
    }
}

/// The terms a clock is started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClockTerms {
    /// The kind of clock.
    pub kind: ClockKind,
    /// The time allowed.
    pub allowance: Allowance,
    /// The version of the policy it was taken from.
    pub policy: u32,
}

/// The cause that pauses a clock (hotline.md 2.5b). A return request, a delegation, a weekend and
/// the unit's own signature do not pause it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PauseCause {
    /// Information is missing from the caller (待补充).
    AwaitInfo,
    /// Two units dispute whose it is (争议裁定).
    Arbitrating,
    /// A leader has yet to sign (呈批中).
    AwaitLeader,
    /// A procedure with a time of its own by law (法定程序).
    LegalCase,
    /// Declared by the director (不可抗力).
    ForceMajeure,
}

/// How late something is, in six levels.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum OverdueLevel {
    /// Not late.
    #[default]
    O0,
    /// At most one working day left, a quarter of the hours.
    O1,
    /// Late, from the first second on.
    O2,
    /// Three working days late.
    O3,
    /// Five working days late.
    O4,
    /// Ten working days late, or an order of level 2 not answered in time.
    O5,
}

impl OverdueLevel {
    /// All levels, in order.
    pub const ALL: [OverdueLevel; 6] = [
        OverdueLevel::O0,
        OverdueLevel::O1,
        OverdueLevel::O2,
        OverdueLevel::O3,
        OverdueLevel::O4,
        OverdueLevel::O5,
    ];
}
