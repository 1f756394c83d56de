//! What has to be done, and what one must be allowed to do it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rights::Right;

/// What has to be done next.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Write it down and take it on, answer it, or send it to review (T02, T03, T09).
    Register,
    /// Say whether it was nuisance, as an agent proposes (T06).
    ConfirmNuisance,
    /// Call back who reached nobody.
    MissedCall,
    /// Learn what is missing (T08).
    Inquire,
    /// Check it and give it to a unit (T10 to T14).
    Dispatch,
    /// Sign or instruct (T13).
    LeaderSign,
    /// See that what a leader signed is done (SUP-04).
    Watch,
    /// Sign for it (A01).
    Sign,
    /// Handle it and hand in a result (A10).
    Handle,
    /// Sign the result (A11), and see that those who sign after the head do.
    HeadSign,
    /// Sign the result after the unit's head (RPL-07).
    FurtherSign,
    /// Pass or reject the result as supervising unit (A13, A14).
    Review,
    /// Grant or refuse a return (A03, A04).
    DecideReturn,
    /// Settle whose it is (A06).
    Arbitrate,
    /// Grant or refuse more days.
    DecideExtension,
    /// Accept the result or send it back (T18, T19).
    CheckResult,
    /// Tell the caller (T20).
    Reply,
    /// Tell the caller, as the unit that handled it (RPL-05).
    UnitReply,
    /// Ask the caller (T21).
    CallBack,
    /// Look at it again, as was set down.
    FollowUp,
    /// Work on an item closed unsatisfied (D1, D2).
    Rework,
    /// Ask whether it is well now (D3).
    VerifyRework,
    /// Strike it off (D5).
    StrikeOff,
    /// Hand in a filing with report and seal (F1).
    SubmitFiling,
    /// Approve or reject it (F2, F3).
    ApproveFiling,
    /// Draft the order its lateness asks for (SUP-02).
    DraftOrder,
    /// Approve an order.
    ApproveOrder,
    /// Send it.
    IssueOrder,
    /// Receipt it and answer.
    AnswerOrder,
    /// Check the answer, decide what the unit asked for, close it or go on.
    CheckOrder,
    /// Approve or refuse changes to units, topics or the directory.
    ApproveNetwork,
}

impl Work {
    /// All of it.
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

    /// Done in a unit, by its own people.
    pub fn is_of_unit(self) -> bool {
        matches!(self.right(), Right::Handle | Right::SignResult | Right::ReviewAsUnit)
    }
}
