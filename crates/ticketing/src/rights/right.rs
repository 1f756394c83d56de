//! The rights, and which of them contractors never have.

use std::fmt;

use model::desk::OrderLevel;
use schemars::JsonSchema;
use serde::Serialize;

/// Something that only some roles may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// See the wallboard: queues, seats, alarms.
    Wallboard,
    /// Follow the log of calls and seats as it is written.
    Events,
    /// Also see in the log what people did beside calls.
    People,
    /// See every call, not only those they answered.
    AllCalls,
    /// Hear recordings; each playback is recorded in the audit.
    Recordings,
    /// See the figures of every agent, not only their own.
    AllAgents,
    /// Command the seat they are signed in at, and hang up its call.
    OwnSeat,
    /// Command every seat, and hang up every call.
    AllSeats,
    /// See callers' numbers and names unmasked, as [`crate::masking`] defines it.
    WholeNumbers,
    /// See all tickets.
    Tickets,
    /// See the tickets of their own unit.
    UnitTickets,
    /// See the work of units below their own, and the contacts of their own unit.
    UnitsBelow,
    /// Export tickets as a table.
    Export,
    /// See the directory: units with their contacts, areas, topics and routes.
    Network,
    /// See, add, change and end accounts.
    Accounts,
    /// Put a changed config in force, and see the configs on record.
    Configure,
    /// Confirm, as a second person, roles that an admin has given.
    Confirm,
    /// Read the audit of who saw what, and follow it in the log as it is written.
    Audit,
    /// See figures and the items they count, and reports before their release.
    Figures,
    /// Read released reports.
    Released,
    /// Read the released daily report, which lists single cases.
    DailyReport,
    /// See the deliveries of records to partners, and decide about those that were refused.
    Courier,
    /// Write the form and register the demand (T01, T02).
    Register,
    /// Answer on the spot (T03).
    AnswerDirectly,
    /// Propose to count a call as nuisance.
    MarkNuisance,
    /// Confirm a proposed nuisance (T06).
    ConfirmNuisance,
    /// Propose not to accept a demand.
    ProposeNotAccepted,
    /// Not accept a demand (T05).
    NotAccept,
    /// Dispatch a ticket to units, add a unit, recall the ticket (T14 to T16).
    Dispatch,
    /// Work for a unit: sign for an assignment, contact the citizen, hand in the result, ask for a
    /// return or for more time.
    Handle,
    /// Sign a unit's result.
    SignResult,
    /// Accept a result or send it back, for the hotline (T18, T19).
    ReviewAsHub,
    /// Pass or reject a result, for the supervising unit.
    ReviewAsUnit,
    /// Call the citizen and ask about the result (T21).
    CallBack,
    /// Ask the citizen a second time, for another body.
    CallBackSecond,
    /// Grant or refuse a return.
    DecideReturn,
    /// Decide a dispute about which unit is responsible.
    Arbitrate,
    /// Propose a filing, a verdict of unreasonable, or an exclusion.
    ProposeException,
    /// Approve a filing of a difficult matter.
    ApproveFiling,
    /// Decide that a demand is not reasonable.
    ApproveUnreasonable,
    /// Exclude an item from the assessment.
    ApproveExclusion,
    /// Appeal, for a unit, against the assessment of its assignment (考核申诉).
    Appeal,
    /// Ask to strike off an item (销号).
    AskStrikeOff,
    /// Strike off an item (销号).
    StrikeOff,
    /// Draft a supervision order.
    DraftOrder,
    /// Approve a supervision order of level 1.
    #[serde(rename = "approve_order_1")]
    ApproveOrder1,
    /// Approve a supervision order of level 2.
    #[serde(rename = "approve_order_2")]
    ApproveOrder2,
    /// Approve a supervision order of level 3.
    #[serde(rename = "approve_order_3")]
    ApproveOrder3,
    /// Sign and instruct (批示).
    Instruct,
    /// Listen in on a call; a leader as the guest of a session.
    Listen,
    /// Speak in a call.
    Barge,
    /// Have a masked identity shown, for a reason that goes on the record.
    RevealIdentity,
    /// Draft a report.
    DraftReport,
    /// Release a report.
    ReleaseReport,
    /// Draft policy, calendar and the tree of units.
    DraftPolicy,
    /// Approve drafts of policy, calendar and units.
    ApprovePolicy,
    /// Take over tickets that were closed at another hotline (CALL-31, cut-over).
    TakeOver,
    /// See what was referred to the discipline office.
    SeeDiscipline,
}

impl Right {
    /// All rights, in the table's order.
    pub const ALL: [Right; 58] = [
        Right::Wallboard,
        Right::Events,
        Right::People,
        Right::AllCalls,
        Right::Recordings,
        Right::AllAgents,
        Right::OwnSeat,
        Right::AllSeats,
        Right::WholeNumbers,
        Right::Tickets,
        Right::UnitTickets,
        Right::UnitsBelow,
        Right::Export,
        Right::Network,
        Right::Accounts,
        Right::Configure,
        Right::Confirm,
        Right::Audit,
        Right::Figures,
        Right::Released,
        Right::DailyReport,
        Right::Courier,
        Right::Register,
        Right::AnswerDirectly,
        Right::MarkNuisance,
        Right::ConfirmNuisance,
        Right::ProposeNotAccepted,
        Right::NotAccept,
        Right::Dispatch,
        Right::Handle,
        Right::SignResult,
        Right::ReviewAsHub,
        Right::ReviewAsUnit,
        Right::CallBack,
        Right::CallBackSecond,
        Right::DecideReturn,
        Right::Arbitrate,
        Right::ProposeException,
        Right::ApproveFiling,
        Right::ApproveUnreasonable,
        Right::ApproveExclusion,
        Right::Appeal,
        Right::AskStrikeOff,
        Right::StrikeOff,
        Right::DraftOrder,
        Right::ApproveOrder1,
        Right::ApproveOrder2,
        Right::ApproveOrder3,
        Right::Instruct,
        Right::Listen,
        Right::Barge,
        Right::RevealIdentity,
        Right::DraftReport,
        Right::ReleaseReport,
        Right::DraftPolicy,
        Right::ApprovePolicy,
        Right::TakeOver,
        Right::SeeDiscipline,
    ];

    /// The right to approve an order of this level.
    pub fn approve_order(level: OrderLevel) -> Right {
        match level {
            OrderLevel::Remind => Right::ApproveOrder1,
            OrderLevel::Warn => Right::ApproveOrder2,
            OrderLevel::Account => Right::ApproveOrder3,
        }
    }

    /// Whether a contractor's people never have it (SEAT-07, contractors): rights to dispatch, to
    /// decide, to export persons' data and to see the discipline list. Confirming nuisance is work
    /// of the call floor, so contractors may do it.
    pub fn is_for_government(self) -> bool {
        match self {
            Right::Export
            | Right::NotAccept
            | Right::Dispatch
            | Right::Handle
            | Right::SignResult
            | Right::ReviewAsHub
            | Right::ReviewAsUnit
            | Right::CallBackSecond
            | Right::DecideReturn
            | Right::Arbitrate
            | Right::ProposeException
            | Right::ApproveFiling
            | Right::ApproveUnreasonable
            | Right::ApproveExclusion
            | Right::Appeal
            | Right::StrikeOff
            | Right::DraftOrder
            | Right::ApproveOrder1
            | Right::ApproveOrder2
            | Right::ApproveOrder3
            | Right::Instruct
            | Right::ReleaseReport
            | Right::ApprovePolicy
            | Right::TakeOver
            | Right::SeeDiscipline => true,
            Right::Wallboard
            | Right::Events
            | Right::People
            | Right::AllCalls
            | Right::Recordings
            | Right::AllAgents
            | Right::OwnSeat
            | Right::AllSeats
            | Right::WholeNumbers
            | Right::Tickets
            | Right::UnitTickets
            | Right::UnitsBelow
            | Right::Network
            | Right::Accounts
            | Right::Configure
            | Right::Confirm
            | Right::Audit
            | Right::Figures
            | Right::Released
            | Right::DailyReport
            | Right::Courier
            | Right::Register
            | Right::AnswerDirectly
            | Right::MarkNuisance
            | Right::ConfirmNuisance
            | Right::ProposeNotAccepted
            | Right::CallBack
            | Right::AskStrikeOff
            | Right::Listen
            | Right::Barge
            | Right::RevealIdentity
            | Right::DraftReport
            | Right::DraftPolicy => false,
        }
    }
}
/// `approve_order_2`, as in the table.
impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut word = String::new();
        for (at, c) in format!("{self:?}").chars().enumerate() {
            if at > 0 && (c.is_ascii_uppercase() || c.is_ascii_digit()) {
                word.push('_');
            }
            word.push(c.to_ascii_lowercase());
        }
        f.write_str(&word)
    }
}
