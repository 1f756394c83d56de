//! Leaders: the roster of signing turns, and the sessions in which they answer calls (LDR-01 to
//! LDR-05).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{UnitId, form::word_enum};
use crate::{AccountName, CallId, Date, SeatId, TicketId, Timestamp};

word_enum!(
    /// A third of a month (旬).
    MonthThird {
        /// 上旬: the 1st to the 10th.
        Early,
        /// 中旬: the 11th to the 20th.
        Middle,
        /// 下旬: the 21st to the end.
        Late,
    }
);

/// A period of ten days (旬) in which one leader signs (LDR-01).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct TenDays {
    /// The year.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// The third of the month.
    pub third: MonthThird,
}

impl TenDays {
    /// The period a date lies in.
    pub fn of(date: Date) -> TenDays {
        let third = match date.day {
            ..=10 => MonthThird::Early,
            11..=20 => MonthThird::Middle,
            21.. => MonthThird::Late,
        };
        TenDays { year: date.year, month: date.month, third }
    }

    /// The first day.
    pub fn first(self) -> Date {
        let day = match self.third {
            MonthThird::Early => 1,
            MonthThird::Middle => 11,
            MonthThird::Late => 21,
        };
        Date { year: self.year, month: self.month, day }
    }

    /// The last day: the 10th, the 20th, or the end of the month.
    pub fn last(self) -> Date {
        self.next().first().plus(-1)
    }

    /// The following period.
    #[must_use]
    pub fn next(self) -> TenDays {
        let (third, ends) = match self.third {
            MonthThird::Early => (MonthThird::Middle, false),
            MonthThird::Middle => (MonthThird::Late, false),
            MonthThird::Late => (MonthThird::Early, true),
        };
        match (ends, self.month) {
            (false, _) => TenDays { third, ..self },
            (true, 12) => TenDays { year: self.year + 1, month: 1, third },
            (true, month) => TenDays { month: month + 1, third, ..self },
        }
    }
}

/// Displays the period as `2013-08 early`.
impl fmt::Display for TenDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let third = match self.third {
            MonthThird::Early => "early",
            MonthThird::Middle => "middle",
            MonthThird::Late => "late",
        };
        write!(f, "{:04}-{:02} {third}", self.year, self.month)
    }
}

/// The leader who signs in a period of ten days, and the deputies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SigningTurn {
    /// The leader.
    pub leader: AccountName,
    /// The deputies who sign while the leader is away, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deputies: Vec<AccountName>,
}

/// An event of the leaders' roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum RosterEvent {
    /// A turn was entered or changed.
    TurnWritten {
        /// The period.
        days: TenDays,
        /// The leader and the deputies.
        turn: SigningTurn,
    },
    /// A turn was taken off the roster.
    TurnCleared {
        /// The period.
        days: TenDays,
    },
    /// An absence of a leader was entered; it replaces one with the same first day.
    AwayWritten {
        /// The leader.
        leader: AccountName,
        /// The first day.
        from: Date,
        /// The last day.
        last: Date,
        /// The reason.
        reason: String,
    },
    /// The absence was cancelled.
    AwayCleared {
        /// The leader.
        leader: AccountName,
        /// The first day of the absence.
        from: Date,
    },
}

/// A leaders' answering session (领导接听), by its number.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct LeaderSessionId(pub u32);

impl fmt::Display for LeaderSessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The plan of a session (LDR-04).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaderSessionPlan {
    /// The leader who answers.
    pub leader: AccountName,
    /// The units whose people are present in the session.
    pub units: Vec<UnitId>,
    /// The beginning.
    pub from: Timestamp,
    /// The end.
    pub to: Timestamp,
    /// The guest seat.
    pub seat: SeatId,
    /// The agent who registers what the leader hears.
    pub agent: AccountName,
    /// The announcement to the public; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub announcement: String,
}

/// An event of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum LeaderSessionEvent {
    /// It was planned or replanned.
    Planned(Box<LeaderSessionPlan>),
    /// It was cancelled.
    Cancelled {
        /// The reason.
        reason: String,
    },
    /// The session was opened: the leader is at the seat.
    Opened,
    /// A call was taken.
    Taken {
        /// The call.
        call: CallId,
        /// Its ticket.
        ticket: TicketId,
        /// Whether the leader decided on the spot; the instruction is on the ticket (LDR-11).
        decided: bool,
    },
    /// The session was closed: the leader left.
    Closed,
}

/// An event about leaders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum LeaderEvent {
    /// An event of the roster.
    Roster(RosterEvent),
    /// An event of a session.
    Session(LeaderSessionId, LeaderSessionEvent),
}
