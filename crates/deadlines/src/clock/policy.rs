//! How much time the rules give: one versioned table (hotline.md 2.5a).

use std::{collections::BTreeMap, fmt};

use model::{
    Date,
    desk::{Grade, Purpose},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Allowance, ClockKind, ClockTerms};

/// When the last day of a clock ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayEnd {
    /// 23:59:59.
    #[default]
    Midnight,
    /// When offices close.
    OfficeClose,
}

/// The rules in force from a day on. A ticket keeps the version it was promised by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Policy {
    /// Counts up; a ticket names it.
    pub version: u32,
    /// The rule's title and number (SUP-12).
    pub document: String,
    /// The first day it holds.
    pub effective_from: Date,
    /// When the last day ends.
    pub day_end: DayEnd,
    /// How much time each clock has.
    pub allowances: BTreeMap<ClockKind, Allowance>,
    /// The most working days one extension may add.
    pub extension_days_max: u16,
    /// Working days after the due date at which O3, O4 and O5 begin.
    pub overdue_days: [u16; 3],
    /// Working days to answer a supervision order of level 1, 2 and 3.
    pub order_reply_days: [u16; 3],
    /// What level 1, 2 and 3 are called on paper: some places number them the other way round.
    pub order_names: [String; 3],
}

/// A policy nobody can keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadPolicy {
    /// A clock of more days than [`Policy::DAYS_MAX`].
    TooLong(ClockKind),
    /// An allowance that is a moment: only an upper hotline sets those.
    Moment(ClockKind),
    /// The overdue days do not grow.
    OverdueOrder,
}

impl Policy {
    /// A year of working days and more; longer is a misprint.
    pub const DAYS_MAX: u16 = 366;

    /// What we ship: the defaults of hotline.md 2.5a and 2.5d.
    pub fn shipped() -> Policy {
        use Allowance::{Days, Natural, Working};
        let allowances = [
            (ClockKind::Answer, Natural(15)),
            (ClockKind::Sign, Days(1)),
            (ClockKind::ReturnWindow, Days(1)),
            (ClockKind::FirstContact, Days(1)),
            (ClockKind::QuickRespond, Natural(24 * HOUR)),
            (ClockKind::QuickDanger, Natural(2 * HOUR)),
            (ClockKind::HandleA, Days(5)),
            (ClockKind::HandleB, Days(7)),
            (ClockKind::HandleC, Days(15)),
            (ClockKind::HandleConsult, Days(1)),
            (ClockKind::SuperviseReview, Days(1)),
            (ClockKind::LeaderSigned, Days(7)),
            (ClockKind::HubAccept, Days(1)),
            (ClockKind::HubReply, Days(1)),
            (ClockKind::CallbackStart, Days(1)),
            (ClockKind::FilingReview, Days(3)),
            (ClockKind::Arbitrate, Days(1)),
            (ClockKind::Appeal, Days(3)),
            (ClockKind::LostCall, Working(2 * HOUR)),
            (ClockKind::MessageAck, Natural(3 * MINUTE)),
            (ClockKind::MessageHuman, Natural(120 * MINUTE)),
            (ClockKind::Review, Working(2 * HOUR)),
        ];
        Policy {
            version: 1,
            document: "Heartline".into(),
            effective_from: Date { year: 2007, month: 1, day: 1 },
            day_end: DayEnd::Midnight,
            allowances: allowances.into(),
            extension_days_max: 10,
            overdue_days: [3, 5, 10],
            order_reply_days: [3, 2, 1],
            order_names: ["一级督查令(提醒)", "二级督查令(警示)", "三级督查令(问责)"]
                .map(String::from),
        }
    }

    /// A promise by this policy; `None` for a clock it does not name.
    pub fn promise(&self, kind: ClockKind) -> Option<ClockTerms> {
        let allowance = *self.allowances.get(&kind)?;
        Some(ClockTerms { kind, allowance, policy: self.version })
    }

    /// The handling time a purpose and a grade give.
    pub fn handling(&self, purpose: Option<Purpose>, grade: Grade) -> Option<ClockTerms> {
        let kind = match (purpose, grade) {
            (Some(Purpose::Consult), _) => ClockKind::HandleConsult,
            (_, Grade::A) => ClockKind::HandleA,
            (_, Grade::B) => ClockKind::HandleB,
            (_, Grade::C) => ClockKind::HandleC,
        };
        self.promise(kind)
    }

    /// Everything that is wrong with it at once.
    pub fn check(&self) -> Result<(), Vec<BadPolicy>> {
        let mut wrong = Vec::new();
        for (kind, allowance) in &self.allowances {
            match allowance {
                Allowance::Days(days) if *days > Policy::DAYS_MAX => {
                    wrong.push(BadPolicy::TooLong(*kind));
                }
                Allowance::Until(_) => wrong.push(BadPolicy::Moment(*kind)),
                Allowance::Days(_) | Allowance::Natural(_) | Allowance::Working(_) => {}
            }
        }
        if !self.overdue_days.is_sorted_by(|a, b| a < b) {
            wrong.push(BadPolicy::OverdueOrder);
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

impl fmt::Display for BadPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadPolicy::TooLong(kind) => {
                write!(f, "{} has more than {} days", kind.code(), Policy::DAYS_MAX)
            }
            BadPolicy::Moment(kind) => write!(f, "{} is a moment, not a time", kind.code()),
            BadPolicy::OverdueOrder => f.write_str("O3, O4 and O5 must follow each other"),
        }
    }
}

impl std::error::Error for BadPolicy {}

const MINUTE: u32 = 60;
const HOUR: u32 = 3_600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_ship_can_be_kept() {
        let policy = Policy::shipped();
        assert_eq!(policy.check(), Ok(()));
        let promise = policy.promise(ClockKind::HandleB);
        assert_eq!(promise.map(|p| p.allowance), Some(Allowance::Days(7)));
        assert_eq!(policy.promise(ClockKind::Upper), None, "an upper hotline sets its own");
    }

    #[test]
    fn a_policy_nobody_can_keep_is_told_whole() {
        let mut policy = Policy::shipped();
        policy.allowances.insert(ClockKind::HandleC, Allowance::Days(367));
        policy.allowances.insert(ClockKind::Upper, Allowance::Until(Default::default()));
        policy.overdue_days = [3, 3, 10];
        assert_eq!(
            policy.check(),
            Err(vec![
                BadPolicy::TooLong(ClockKind::HandleC),
                BadPolicy::Moment(ClockKind::Upper),
                BadPolicy::OverdueOrder,
            ])
        );
    }

    #[test]
    fn a_second_round_gets_half_rounded_up() {
        assert_eq!(Allowance::Days(7).halved(), Allowance::Days(4));
        assert_eq!(Allowance::Natural(3).halved(), Allowance::Natural(2));
    }
}
