//! Whose turn it is to sign, who signs for them, and the days nobody does.

use std::fmt;

use model::{
    AccountName, Date,
    desk::{SigningTurn, TenDays},
};
use serde::Serialize;

use super::Leaders;

/// Who signs on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Signer {
    /// Who.
    pub account: AccountName,
    /// Whose turn it is, when they sign for somebody.
    pub for_leader: Option<AccountName>,
    /// Why the other does not: `出国考察`.
    pub away: Option<String>,
}

/// Days on which nobody signs (LDR-02).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Gap {
    /// The first.
    pub first: Date,
    /// The last.
    pub last: Date,
    /// Why.
    pub why: GapReason,
}

/// Why nobody signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// The ten days are nobody's turn.
    NoTurn,
    /// It is this leader's turn, who is away, and so are all deputies.
    AllAway(AccountName),
}

impl Leaders {
    /// The turn a day lies in.
    pub fn turn(&self, date: Date) -> Option<&SigningTurn> {
        self.turns.get(&TenDays::of(date))
    }

    /// The turns that are written down, in order.
    pub fn turns(&self) -> impl Iterator<Item = (TenDays, &SigningTurn)> {
        self.turns.iter().map(|(days, turn)| (*days, turn))
    }

    /// Who signs on a day: whose turn it is, or the first of their deputies who is not away too.
    pub fn signer(&self, date: Date) -> Option<Signer> {
        let turn = self.turn(date)?;
        let Some(away) = self.away(&turn.leader, date) else {
            return Some(Signer { account: turn.leader.clone(), for_leader: None, away: None });
        };
        let deputy = turn.deputies.iter().find(|deputy| self.away(deputy, date).is_none())?;
        let for_leader = Some(turn.leader.clone());
        Some(Signer { account: deputy.clone(), for_leader, away: Some(away.to_string()) })
    }

    /// Why somebody is away on a day; `None` when they are not.
    pub fn away(&self, leader: &AccountName, date: Date) -> Option<&str> {
        let theirs = self.away.range((leader.clone(), FIRST)..=(leader.clone(), date));
        theirs.rev().find(|(_, away)| away.last >= date).map(|(_, away)| away.reason.as_str())
    }

    /// The days from one to another on which nobody signs; of the first ten years.
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

    /// The days ahead that need somebody: what the alarm is raised for.
    pub fn alarm(&self, today: Date) -> Vec<Gap> {
        self.gaps(today, today.plus(ALARM_DAYS))
    }
}

/// `nobody signs from 2013-08-11 to 2013-08-20: it is nobody's turn`
impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nobody signs from {} to {}: ", self.first, self.last)?;
        match &self.why {
            GapReason::NoTurn => f.write_str("it is nobody's turn"),
            GapReason::AllAway(leader) => {
                write!(f, "it is {leader}'s turn, who is away, and so are all deputies")
            }
        }
    }
}

/// Before all that is written.
const FIRST: Date = Date { year: i32::MIN, month: 1, day: 1 };
/// A month: long enough to ask somebody.
const ALARM_DAYS: i64 = 30;
/// Ten years.
const GAP_DAYS_MAX: i64 = 3_653;
