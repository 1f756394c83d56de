//! Supervision orders (督查令): three levels, each with its approver and the post that answers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The level of a supervision order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum OrderLevel {
    /// Level 1: the unit is reminded.
    Remind,
    /// Level 2: it is warned, and a deputy head must answer.
    Warn,
    /// Level 3: its chief must account for it in person; discipline has a copy.
    Account,
}

impl OrderLevel {
    /// The next heavier one.
    pub fn next(self) -> Option<OrderLevel> {
        match self {
            OrderLevel::Remind => Some(OrderLevel::Warn),
            OrderLevel::Warn => Some(OrderLevel::Account),
            OrderLevel::Account => None,
        }
    }

    /// The office that approves it (hotline.md 2.7).
    pub fn approver(self) -> Approver {
        match self {
            OrderLevel::Remind => Approver::Director,
            OrderLevel::Warn => Approver::GovernmentSupervision,
            OrderLevel::Account => Approver::Leader,
        }
    }

    /// The lowest post that may answer it.
    pub fn answered_by(self) -> Post {
        match self {
            OrderLevel::Remind => Post::Handler,
            OrderLevel::Warn => Post::DeputyHead,
            OrderLevel::Account => Post::Chief,
        }
    }

    /// Its place in tables of three, from 0.
    pub fn place(self) -> usize {
        match self {
            OrderLevel::Remind => 0,
            OrderLevel::Warn => 1,
            OrderLevel::Account => 2,
        }
    }
}

/// The office that approves an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Approver {
    /// The hotline's director, or a county's supervision bureau head.
    Director,
    /// The government office's supervision.
    GovernmentSupervision,
    /// The mayor or county head.
    Leader,
}

/// The post that answers for a unit.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Post {
    /// The person who handles it.
    Handler,
    /// The deputy head in charge.
    DeputyHead,
    /// The chief.
    Chief,
}

/// A step of an order; its time is that of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStep {
    /// Approved by this office.
    Approved(Approver),
    /// Sent: the time to answer runs.
    Issued,
    /// Signed for.
    Receipted,
    /// The unit asks to return it.
    ReturnAsked,
    /// The return is refused; the order stays.
    ReturnRefused,
    /// The return is granted; the order is closed.
    ReturnGranted,
    /// Answered by this post.
    Answered(Post),
    /// The answer was checked.
    Checked {
        /// Whether the answer is sufficient.
        enough: bool,
    },
    /// The order is closed.
    Closed,
    /// An order of a higher level follows.
    Escalated,
}

/// An event of a supervision order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum OrderEvent {
    /// Written by the supervision group.
    Drafted {
        /// The level.
        level: OrderLevel,
        /// The issuers; several for a joint order (SUP-05).
        issuers: Vec<String>,
        /// The unit it goes to.
        unit: super::UnitId,
        /// The demand.
        text: String,
        /// Whether it began at this level because the matter is urgent or a leader's.
        direct: bool,
    },
    /// A later step.
    Moved {
        /// The step.
        event: OrderStep,
        /// Free text: the answer or the reason.
        #[serde(default)]
        text: String,
    },
}
