//! Assignments (承办): their states and events, A01 to A17 of hotline.md 2.4.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ClockTerms, ContactMade, OverdueReason, RedoReason, ReturnGround, Signature, UnitId, Verdict,
    form::word_enum,
};
use crate::Timestamp;

word_enum!(
    /// The state of an assignment.
    AssignmentState {
        /// 待签收
        Issued,
        /// 办理中
        Accepted,
        /// 申请退单
        ReturnAsked,
        /// 争议裁定中
        Arbitrating,
        /// 已下转
        Delegated,
        /// 待负责人签字
        UnitSign,
        /// 待督办审核
        Submitted,
        /// 督办通过
        SupPassed,
        /// 已完成
        Done,
        /// 已退单
        Returned,
        /// 已撤回
        Withdrawn,
    }
);

/// An event of an assignment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum AssignmentEvent {
    /// A01: the unit signed for it.
    Signed {
        /// The person who handles it (SEAT-16: the name is known).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handler: Option<String>,
    },
    /// A person of the unit was named to handle it.
    HandlerNamed {
        /// The handler's name.
        handler: String,
    },
    /// A02: the unit asks to return it as not its own. The handling clock goes on.
    ReturnAsked {
        /// The ground.
        ground: ReturnGround,
        /// The law or document it rests on.
        basis: String,
        /// The unit that is responsible instead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposed: Option<UnitId>,
        /// Whether it is outside the return window.
        late: bool,
    },
    /// A03: the return is approved.
    ReturnApproved {
        /// The reason.
        reason: String,
    },
    /// A04: the return is rejected; the time is not given back.
    ReturnRejected {
        /// The reason.
        reason: String,
    },
    /// A05: an authority is asked to decide; the clock stands still.
    Disputed {
        /// The authority that is asked.
        authority: String,
        /// The statements of the units.
        text: String,
        /// The clock of the decision.
        clock: Option<ClockTerms>,
    },
    /// A06, A07: the authority's binding decision.
    DisputeDecided {
        /// Whether it stays with the unit.
        stays: bool,
        /// The authority's document.
        document: String,
        /// The unit that is responsible.
        unit: UnitId,
    },
    /// A08: delegated to a lower unit with an assignment of its own; this one stays accountable.
    Delegated {
        /// The lower unit.
        unit: UnitId,
        /// The unit's due time, before this assignment is due.
        due: Timestamp,
        /// The note to the unit.
        note: String,
    },
    /// A09: the lower unit is done or gave it back.
    ChildBack,
    /// An extension is requested.
    ExtensionAsked {
        /// Working days.
        days: u16,
        /// The reason.
        reason: String,
        /// The plan until the new due date.
        plan: String,
        /// Whether the caller was told.
        citizen_told: bool,
    },
    /// An extension is decided.
    ExtensionDecided {
        /// Working days given; 0 refuses.
        days: u16,
        /// Given by the director rather than by the supervision group.
        by_director: bool,
        /// The reason.
        reason: String,
    },
    /// The unit contacted the caller; the first time is the first contact (先行联系).
    Contacted(ContactMade),
    /// A person of the unit is on site (CLK-09: quick response).
    OnSite {
        /// The person's name.
        by: String,
        /// The finding.
        finding: String,
        /// Photos and papers, by SHA-256 in hex (DSP-16).
        #[serde(default)]
        evidence: Vec<String>,
    },
    /// Handling is obstructed; neither a return nor a pause follows (S3).
    Obstructed {
        /// The text.
        text: String,
    },
    /// A10: the result is written.
    ResultDrafted(Box<HandlingResult>),
    /// A11: the head signs it.
    HeadSigned(Signature),
    /// The rules started a clock on it: the supervising unit's review, or that of a leader who
    /// signed after the dispatch.
    ClockStarted(ClockTerms),
    /// The rules found wording in its result that the reviewer should check (RPL-02).
    WordingRemarked(Vec<WordingRemark>),
    /// A12: the head refuses to sign it.
    HeadRejected {
        /// The reason.
        reason: String,
    },
    /// A further signature of the chain (RPL-07).
    FurtherSigned(Signature),
    /// A13: the supervising unit passes it.
    SupPassed {
        /// 办理质量, 1 to 5.
        substance: u8,
        /// 文字质量, 1 to 5.
        wording: u8,
        /// Free text.
        #[serde(default)]
        text: String,
    },
    /// A14: the supervising unit rejects it.
    SupRejected {
        /// The kind of reason.
        reason: RedoReason,
        /// The missing part.
        text: String,
    },
    /// A15: another round for this unit.
    HubSentBack {
        /// The kind of reason.
        reason: RedoReason,
        /// The new time.
        clock: Option<ClockTerms>,
    },
    /// A16: it is finished.
    Finished,
    /// A17: it is withdrawn.
    Withdrawn {
        /// The reason.
        reason: String,
    },
    /// The unit explained why it is late (CLK-07: a reason for every overdue item).
    OverdueExplained {
        /// The kind of reason.
        reason: OverdueReason,
        /// Free text.
        text: String,
    },
    /// It was urged.
    Urged(super::Urge),
    /// The rules ask for signatures after the head's (RPL-07).
    SignaturesAsked {
        /// The posts, in signing order.
        post: Vec<String>,
    },
}

/// The result of handling (办理结果, RPL-01): finding and action are two things (RPL-25).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HandlingResult {
    /// The verdict.
    pub verdict: Verdict,
    /// The finding (调查核实).
    pub finding: String,
    /// The action taken (查实处理).
    pub action: String,
    /// The outcome.
    pub outcome: HandlingOutcome,
    /// The rules it rests on.
    #[serde(default)]
    pub basis: Vec<String>,
    /// The text that may be published; it has no names.
    #[serde(default)]
    pub public_text: String,
    /// Files, by SHA-256 in hex.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// Evidence that it is not true; required with [`Verdict::Untrue`].
    #[serde(default)]
    pub evidence: Vec<String>,
}

word_enum!(
    /// A fault in the wording of a result (文字质量, RPL-02: wording is reviewed).
    WordingFault {
        /// 空头承诺: a promise without content or date.
        Promise,
        /// 含糊其辞: it does not say what was done.
        Vague,
        /// 推诿: it sends the caller to another office.
        PassingOn,
        /// 泄露隐私: it has a person's number.
        Privacy,
    }
);

/// Wording in a result that its reviewer should check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WordingRemark {
    /// The suspected fault.
    pub fault: WordingFault,
    /// The field it is in: `finding`, `action` or `public_text`.
    pub field: String,
    /// The wording; for a person's number, only its length.
    pub words: String,
}

/// The outcome of handling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandlingOutcome {
    /// 已解决
    Solved,
    /// 部分解决
    Partly,
    /// 计划解决, by then.
    Planned {
        /// The due time.
        until: Timestamp,
    },
    /// 已解释: needs a rule it rests on.
    Explained,
    /// 政策所限: needs a rule it rests on.
    PolicyLimit,
    /// 超职责
    NotOurs,
    /// 立案查处: the law's own time runs.
    LegalCase {
        /// The case's number.
        number: String,
    },
    /// 撤诉
    Withdrawn,
}
