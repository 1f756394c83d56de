//! The roster: whose turn it is to sign, which deputy signs instead, and the days without a signer.

use std::fmt;

use model::{
    AccountName, Date,
    desk::{SigningTurn, TenDays},
};
use serde::Serialize;

use super::Leaders;

/// The person who signs on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Signer {
    /// The account of that person.
    pub account: AccountName,
    /// The leader whose turn it is, when a deputy signs.
    pub for_leader: Option<AccountName>,
    /// Why that leader does not sign: `出国考察`.
    pub away: Option<String>,
}

/// Days on which no one signs (LDR-02, the roster covers the whole year).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Gap {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// The reason.
    pub why: GapReason,
}

/// Why no one signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// The roster has no turn for these days.
    NoTurn,
    /// This leader has the turn and is away, as are all deputies.
    AllAway(AccountName),
}

impl Leaders {
    /// The turn that contains a day.
    pub fn turn(&self, date: Date) -> Option<&SigningTurn> {
        self.turns.get(&TenDays::of(date))
    }

    /// The turns of the roster, in order.
    pub fn turns(&self) -> impl Iterator<Item = (TenDays, &SigningTurn)> {
        self.turns.iter().map(|(days, turn)| (*days, turn))
    }

    /// The person who signs on a day: the leader whose turn it is, or the first deputy who is not
    /// away.
    pub fn signer(&self, date: Date) -> Option<Signer> {
        let turn = self.turn(date)?;
        let Some(away) = self.away(&turn.leader, date) else {
            return Some(Signer { account: turn.leader.clone(), for_leader: None, away: None });
        };
        let deputy = turn.deputies.iter().find(|deputy| self.away(deputy, date).is_none())?;
        let for_leader = Some(turn.leader.clone());
        Some(Signer { account: deputy.clone(), for_leader, away: Some(away.to_string()) })
    }

    /// Why a leader is away on a day; `None` when the leader is not away.
    pub fn away(&self, leader: &AccountName, date: Date) -> Option<&str> {
        let theirs = self.away.range((leader.clone(), FIRST)..=(leader.clone(), date));
        theirs.rev().find(|(_, away)| away.last >= date).map(|(_, away)| away.reason.as_str())
    }

    /// The days in a period on which no one signs. At most ten years are searched.
    pub fn gaps(&self, from: Date, to: Date) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = Vec::new();
        let days = to.days().saturating_sub(from.days()).clamp(-1, GAP_DAYS_MAX);
        for date in (0..=days).map(|on| from.plus(on)) {
            if self.signer(date).is_some() {
                continue;
            }
            let why = match self.turn(date) {
                Some(turn) => GapReason::AllAway(turn.leader.clone()),
                None => GapReason::NoTurn,
            };
            match gaps.last_mut() {
                Some(gap) if gap.last.plus(1) == date && gap.why == why => gap.last = date,
                _ => gaps.push(Gap { first: date, last: date, why }),
            }
        }
        gaps
    }

    /// The days of the next month on which no one signs; an alarm is raised for them.
    pub fn upcoming_gaps(&self, today: Date) -> Vec<Gap> {
        self.gaps(today, today.plus(ALARM_DAYS))
    }
}

/// Displays the period and the reason: `nobody signs from 2013-08-11 to 2013-08-20: …`.
impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no leader signs from {} to {}: ", self.first, self.last)?;
        match &self.why {
            GapReason::NoTurn => f.write_str("the roster has no turn for these days"),
            GapReason::AllAway(leader) => {
                write!(f, "{leader}, whose turn it is, and all deputies are away")
            }
        }
    }
}

/// A day before every absence.
const FIRST: Date = Date { year: i32::MIN, month: 1, day: 1 };
/// A month, which is long enough to find a signer.
const ALARM_DAYS: i64 = 30;
/// Ten years.
const GAP_DAYS_MAX: i64 = 3_653;
