//! The clocks, C1 to C13 (hotline.md 2.5a).

use serde::{Deserialize, Serialize};

/// Which clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// Answering a call.
    Answer,
    /// Signing for an assignment (签收).
    Sign,
    /// In which a unit may say that it is not theirs.
    ReturnWindow,
    /// First contact with the caller (先行联系).
    FirstContact,
    /// Being there or calling, for the twelve kinds of [`super::QUICK_KINDS`].
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
    /// Calling back who reached nobody, or who left a message.
    LostCall,
    /// Acknowledging a web message.
    MessageAck,
    /// A person's answer to a web message.
    MessageHuman,
    /// Review before dispatch (2.3 T09).
    Review,
    /// What an upper hotline has set (CHAN-08).
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
