//! The kinds of work, and the right that each needs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rights::Right;

/// The next work to be done.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// Write the form, then register the ticket, answer it or send it to review (T02, T03, T09).
    Register,
    /// Decide whether it was nuisance, as an agent proposes (T06).
    ConfirmNuisance,
    /// Call back a caller who reached nobody.
    MissedCall,
    /// Find out what is missing (T08).
    Inquire,
    /// Check the ticket and dispatch it to a unit (T10 to T14).
    Dispatch,
    /// Sign or instruct (T13).
    LeaderSign,
    /// See that what a leader signed is done (SUP-04, government supervision).
    Watch,
    /// Sign for the assignment (A01).
    Sign,
    /// Handle it and hand in a result (A10).
    Handle,
    /// Sign the result (A11), and see that the further signatories do.
    HeadSign,
    /// Sign the result after the unit's head (RPL-07).
    FurtherSign,
    /// Pass or reject the result as supervising unit (A13, A14).
    Review,
    /// Grant or refuse a return (A03, A04).
    DecideReturn,
    /// Decide a dispute about which unit is responsible (A06).
    Arbitrate,
    /// Grant or refuse an extension.
    DecideExtension,
    /// Accept the result or send it back (T18, T19).
    CheckResult,
    /// Tell the caller (T20).
    Reply,
    /// Tell the caller, as the unit that handled it (RPL-05).
    UnitReply,
    /// Ask the caller (T21).
    CallBack,
    /// Check a follow-up that is due.
    FollowUp,
    /// Work on an item closed as unsatisfied (D1, D2).
    Rework,
    /// Ask the caller whether the item is solved now (D3).
    VerifyRework,
    /// Strike the item off (D5).
    StrikeOff,
    /// Hand in a filing with report and seal (F1).
    SubmitFiling,
    /// Approve or reject a filing (F2, F3).
    ApproveFiling,
    /// Draft the order that the lateness asks for (SUP-02, supervision orders).
    DraftOrder,
    /// Approve an order.
    ApproveOrder,
    /// Send an order.
    IssueOrder,
    /// Confirm receipt of an order and answer it.
    AnswerOrder,
    /// Check the answer to an order, decide on a requested return, close the order or escalate it.
    CheckOrder,
    /// Approve or refuse changes to units, topics or the directory.
    ApproveNetwork,
}

impl WorkKind {
    /// All kinds of work.
    pub const ALL: [WorkKind; 31] = [
        WorkKind::Register,
        WorkKind::ConfirmNuisance,
        WorkKind::MissedCall,
        WorkKind::Inquire,
        WorkKind::Dispatch,
        WorkKind::LeaderSign,
        WorkKind::Watch,
        WorkKind::Sign,
        WorkKind::Handle,
        WorkKind::HeadSign,
        WorkKind::FurtherSign,
        WorkKind::Review,
        WorkKind::DecideReturn,
        WorkKind::Arbitrate,
        WorkKind::DecideExtension,
        WorkKind::CheckResult,
        WorkKind::Reply,
        WorkKind::UnitReply,
        WorkKind::CallBack,
        WorkKind::FollowUp,
        WorkKind::Rework,
        WorkKind::VerifyRework,
        WorkKind::StrikeOff,
        WorkKind::SubmitFiling,
        WorkKind::ApproveFiling,
        WorkKind::DraftOrder,
        WorkKind::ApproveOrder,
        WorkKind::IssueOrder,
        WorkKind::AnswerOrder,
        WorkKind::CheckOrder,
        WorkKind::ApproveNetwork,
    ];

    /// The right it needs; for [`WorkKind::ApproveOrder`] the one for the lowest level.
    pub fn right(self) -> Right {
        match self {
            WorkKind::Register | WorkKind::MissedCall | WorkKind::Inquire => Right::Register,
            WorkKind::ConfirmNuisance => Right::ConfirmNuisance,
            WorkKind::Dispatch => Right::Dispatch,
            WorkKind::LeaderSign | WorkKind::FurtherSign => Right::Instruct,
            WorkKind::Watch => Right::ApproveOrder2,
            WorkKind::Sign | WorkKind::Handle | WorkKind::Rework | WorkKind::UnitReply => {
                Right::Handle
            }
            WorkKind::HeadSign | WorkKind::SubmitFiling => Right::SignResult,
            WorkKind::Review | WorkKind::AnswerOrder => Right::ReviewAsUnit,
            WorkKind::DecideReturn => Right::DecideReturn,
            WorkKind::Arbitrate => Right::Arbitrate,
            WorkKind::DecideExtension
            | WorkKind::CheckResult
            | WorkKind::Reply
            | WorkKind::FollowUp => Right::ReviewAsHub,
            WorkKind::CallBack | WorkKind::VerifyRework => Right::CallBack,
            WorkKind::StrikeOff => Right::StrikeOff,
            WorkKind::ApproveFiling => Right::ApproveFiling,
            WorkKind::ApproveOrder => Right::ApproveOrder1,
            WorkKind::DraftOrder | WorkKind::IssueOrder | WorkKind::CheckOrder => Right::DraftOrder,
            WorkKind::ApproveNetwork => Right::ApprovePolicy,
        }
    }

    /// Whether it is done in a unit, by the unit's own people.
    pub fn is_of_unit(self) -> bool {
        matches!(self.right(), Right::Handle | Right::SignResult | Right::ReviewAsUnit)
    }
}
