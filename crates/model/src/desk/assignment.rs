//! What happens to an assignment (承办), A01 to A17 of hotline.md 2.4.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ClockTerms, ContactMade, OverdueReason, RedoReason, ReturnGround, Signature, UnitId, Verdict,
    form::words,
};
use crate::Timestamp;

words!(
    /// Where an assignment stands.
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

/// What happened to an assignment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum AssignmentEvent {
    /// A01: signed for.
    Signed {
        /// Who handles it (SEAT-16).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handler: Option<String>,
    },
    /// Somebody handles it.
    HandlerNamed {
        /// Who.
        handler: String,
    },
    /// A02: not ours, says the unit. The time to handle it runs on.
    ReturnAsked {
        /// On what ground.
        ground: ReturnGround,
        /// By which law or document.
        basis: String,
        /// Whose it is instead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposed: Option<UnitId>,
        /// Outside the window.
        late: bool,
    },
    /// A03: it is not theirs.
    ReturnApproved {
        /// Why.
        reason: String,
    },
    /// A04: it is; the time is not given back.
    ReturnRejected {
        /// Why.
        reason: String,
    },
    /// A05: an authority is asked; the time stands still.
    Disputed {
        /// Who is asked.
        authority: String,
        /// What the units say.
        text: String,
        /// The time the decision has.
        clock: Option<ClockTerms>,
    },
    /// A06, A07: decided, and binding.
    DisputeDecided {
        /// It stays with the unit.
        stays: bool,
        /// The authority's document.
        document: String,
        /// Whose it is.
        unit: UnitId,
    },
    /// A08: given to a lower unit, which has its own assignment; this one stays accountable.
    Delegated {
        /// To whom.
        unit: UnitId,
        /// By when they must be done: before this one is due.
        due: Timestamp,
        /// What they are told.
        note: String,
    },
    /// A09: they are done, or gave it back.
    ChildBack,
    /// More days are asked for.
    ExtensionAsked {
        /// Working days.
        days: u16,
        /// Why.
        reason: String,
        /// What will be done until then.
        plan: String,
        /// The caller knows.
        citizen_told: bool,
    },
    /// More days, or not.
    ExtensionDecided {
        /// Working days given; 0 refuses.
        days: u16,
        /// Given by the director rather than by the supervision group.
        by_director: bool,
        /// Why.
        reason: String,
    },
    /// Spoken with the caller; the first time is the first contact (先行联系).
    Contacted(ContactMade),
    /// Somebody is there (CLK-09).
    OnSite {
        /// Who.
        by: String,
        /// What was found.
        finding: String,
        /// Photos and papers, by SHA-256 in hex (DSP-16).
        #[serde(default)]
        evidence: Vec<String>,
    },
    /// Something is in the way: no return, no pause (S3).
    Obstructed {
        /// What.
        text: String,
    },
    /// A10: the result is written.
    ResultDrafted(Box<HandlingResult>),
    /// A11: the head signs it.
    HeadSigned(Signature),
    /// The rules start a clock on it: the supervising unit's review, or a leader's who signed after
    /// the dispatch.
    ClockStarted(ClockTerms),
    /// The rules found places in its result whose words the reviewer should look at (RPL-02).
    WordingRemarked(Vec<WordingRemark>),
    /// A12: the head does not.
    HeadRejected {
        /// Why.
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
        /// In words.
        #[serde(default)]
        text: String,
    },
    /// A14: it does not.
    SupRejected {
        /// In which way.
        reason: RedoReason,
        /// What is missing.
        text: String,
    },
    /// A15: another round for this unit.
    HubSentBack {
        /// In which way.
        reason: RedoReason,
        /// The new time.
        clock: Option<ClockTerms>,
    },
    /// A16: nothing more to do.
    Finished,
    /// A17: taken back.
    Withdrawn {
        /// Why.
        reason: String,
    },
    /// Why it is late (CLK-07).
    OverdueExplained {
        /// In which way.
        reason: OverdueReason,
        /// In words.
        text: String,
    },
    /// Chased.
    Urged(super::Urge),
    /// The rules ask for signatures after the head's (RPL-07).
    SignaturesAsked {
        /// Which, one after the other.
        post: Vec<String>,
    },
}

/// The result of handling (办理结果, RPL-01): finding and action are two things (RPL-25).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HandlingResult {
    /// True or not.
    pub verdict: Verdict,
    /// What was found (调查核实).
    pub finding: String,
    /// What was done (查实处理).
    pub action: String,
    /// What came of it.
    pub outcome: HandlingOutcome,
    /// The rules it rests on.
    #[serde(default)]
    pub basis: Vec<String>,
    /// What may be published, without names.
    #[serde(default)]
    pub public_text: String,
    /// Files, by SHA-256 in hex.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// What evidence there is that it is not true; needed with [`Verdict::Untrue`].
    #[serde(default)]
    pub evidence: Vec<String>,
}

words!(
    /// What may be wrong with the words of a result (文字质量, RPL-02).
    WordingFault {
        /// 空头承诺: it promises, and says neither what nor when.
        Promise,
        /// 含糊其辞: it says that something was done and not what.
        Vague,
        /// 推诿: it sends the caller to somebody else.
        PassingOn,
        /// 泄露隐私: a person's number stands in it.
        Privacy,
    }
);

/// A place in a result its reviewer should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WordingRemark {
    /// What may be wrong.
    pub fault: WordingFault,
    /// Where: `finding`, `action` or `public_text`.
    pub field: String,
    /// The words; of a person's number only how long it is.
    pub words: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandlingOutcome {
    /// 已解决
    Solved,
    /// 部分解决
    Partly,
    /// 计划解决, by then.
    Planned {
        /// By when.
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
