//! The kinds of work, and the right that each needs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rights::Right;

/// The next work to be done.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Work {
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

impl Work {
    /// All kinds of work.
    pub const ALL: [Work; 31] = [
        Work::Register,
        Work::ConfirmNuisance,
        Work::MissedCall,
        Work::Inquire,
        Work::Dispatch,
        Work::LeaderSign,
        Work::Watch,
        Work::Sign,
        Work::Handle,
        Work::HeadSign,
        Work::FurtherSign,
        Work::Review,
        Work::DecideReturn,
        Work::Arbitrate,
        Work::DecideExtension,
        Work::CheckResult,
        Work::Reply,
        Work::UnitReply,
        Work::CallBack,
        Work::FollowUp,
        Work::Rework,
        Work::VerifyRework,
        Work::StrikeOff,
        Work::SubmitFiling,
        Work::ApproveFiling,
        Work::DraftOrder,
        Work::ApproveOrder,
        Work::IssueOrder,
        Work::AnswerOrder,
        Work::CheckOrder,
        Work::ApproveNetwork,
    ];

    /// The right it needs; for [`Work::ApproveOrder`] the one for the lowest level.
    pub fn right(self) -> Right {
        match self {
            Work::Register | Work::MissedCall | Work::Inquire => Right::Register,
            Work::ConfirmNuisance => Right::ConfirmNuisance,
            Work::Dispatch => Right::Dispatch,
            Work::LeaderSign | Work::FurtherSign => Right::Instruct,
            Work::Watch => Right::ApproveOrder2,
            Work::Sign | Work::Handle | Work::Rework | Work::UnitReply => Right::Handle,
            Work::HeadSign | Work::SubmitFiling => Right::SignResult,
            Work::Review | Work::AnswerOrder => Right::ReviewAsUnit,
            Work::DecideReturn => Right::DecideReturn,
            Work::Arbitrate => Right::Arbitrate,
            Work::DecideExtension | Work::CheckResult | Work::Reply | Work::FollowUp => {
                Right::ReviewAsHub
            }
            Work::CallBack | Work::VerifyRework => Right::CallBack,
            Work::StrikeOff => Right::StrikeOff,
            Work::ApproveFiling => Right::ApproveFiling,
            Work::ApproveOrder => Right::ApproveOrder1,
            Work::DraftOrder | Work::IssueOrder | Work::CheckOrder => Right::DraftOrder,
            Work::ApproveNetwork => Right::ApprovePolicy,
        }
    }

    /// Whether it is done in a unit, by the unit's own people.
    pub fn is_of_unit(self) -> bool {
        matches!(self.right(), Right::Handle | Right::SignResult | Right::ReviewAsUnit)
    }
}
