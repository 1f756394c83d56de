//! What happens around leaders: whose ten days it is to sign, and when they answer calls (LDR-01 to LDR-05).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{UnitId, form::words};
use crate::{AccountName, CallId, Date, SeatId, TicketId, Timestamp};

words!(
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

/// The ten days one leader signs for (LDR-01).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct TenDays {
    /// The year.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// Which third.
    pub third: MonthThird,
}

impl TenDays {
    /// Those a date lies in.
    pub fn of(date: Date) -> TenDays {
        let third = match date.day {
            ..=10 => MonthThird::Early,
            11..=20 => MonthThird::Middle,
            21.. => MonthThird::Late,
        };
        TenDays { year: date.year, month: date.month, third }
    }

    /// Their first day.
    pub fn first(self) -> Date {
        let day = match self.third {
            MonthThird::Early => 1,
            MonthThird::Middle => 11,
            MonthThird::Late => 21,
        };
        Date { year: self.year, month: self.month, day }
    }

    /// Their last day: the 10th, the 20th, or the end of the month.
    pub fn last(self) -> Date {
        self.next().first().plus(-1)
    }

    /// Those that follow.
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

/// `2013-08 early`
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

/// Who signs in ten days, and who does when they cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SigningTurn {
    /// Whose turn it is.
    pub leader: AccountName,
    /// Who signs for them while they are away, first things first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deputies: Vec<AccountName>,
}

/// What happened to the leaders' roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum RosterEvent {
    /// Somebody's turn was written down, or changed.
    TurnWritten {
        /// Which ten days.
        days: TenDays,
        /// Who.
        turn: SigningTurn,
    },
    /// A turn was taken off the roster.
    TurnCleared {
        /// Which ten days.
        days: TenDays,
    },
    /// A leader is away; what was written for that first day is replaced.
    AwayWritten {
        /// Who.
        leader: AccountName,
        /// The first day.
        from: Date,
        /// The last day.
        last: Date,
        /// Why.
        reason: String,
    },
    /// They are not, after all.
    AwayCleared {
        /// Who.
        leader: AccountName,
        /// The first day of what was written.
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

/// What is planned for a session (LDR-04).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaderSessionPlan {
    /// Who answers.
    pub leader: AccountName,
    /// The units whose people sit beside them.
    pub units: Vec<UnitId>,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// The guest seat.
    pub seat: SeatId,
    /// The agent who registers what the leader hears.
    pub agent: AccountName,
    /// What the public is told beforehand; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub announcement: String,
}

/// What happened to a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum LeaderSessionEvent {
    /// It was planned, or planned anew.
    Planned(Box<LeaderSessionPlan>),
    /// It will not be.
    Cancelled {
        /// Why.
        reason: String,
    },
    /// The leader sat down.
    Opened,
    /// A call was taken, and what came of it.
    Taken {
        /// The call.
        call: CallId,
        /// Its ticket.
        ticket: TicketId,
        /// The leader decided on the spot: the instruction is on the ticket (LDR-11).
        decided: bool,
    },
    /// The leader left.
    Closed,
}

/// What happened around leaders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum LeaderEvent {
    /// To the roster.
    Roster(RosterEvent),
    /// To a session.
    Session(LeaderSessionId, LeaderSessionEvent),
}
