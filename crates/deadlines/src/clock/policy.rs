//! The policy: a versioned table of the time that each clock has (hotline.md 2.5a).

use std::{collections::BTreeMap, fmt};

use model::{
    Date,
    desk::{Grade, Purpose},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Allowance, ClockKind, ClockTerms};

/// The time at which the last day of a clock ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayEnd {
    /// 23:59:59.
    #[default]
    Midnight,
    /// The time at which offices close.
    OfficeClose,
}

/// The rules in force from a day on. A ticket keeps the version under which its clocks were set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Policy {
    /// The version, counted up. Tickets refer to it.
    pub version: u32,
    /// The document's title and number (SUP-12).
    pub document: String,
    /// The first day on which it is in force.
    pub effective_from: Date,
    /// The time at which the last day of a clock ends.
    pub day_end: DayEnd,
    /// The time that each clock has.
    pub allowances: BTreeMap<ClockKind, Allowance>,
    /// The most working days one extension may add.
    pub extension_days_max: u16,
    /// Working days after the due date at which O3, O4 and O5 begin.
    pub overdue_days: [u16; 3],
    /// Working days to answer a supervision order of level 1, 2 and 3.
    pub order_reply_days: [u16; 3],
    /// The printed names of levels 1, 2 and 3. Some places number them in the opposite order.
    pub order_names: [String; 3],
}

/// A fault of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyFault {
    /// A clock has more days than [`Policy::DAYS_MAX`].
    TooLong(ClockKind),
    /// An allowance is a moment; only an upper hotline sets those.
    Moment(ClockKind),
    /// The overdue days do not increase.
    OverdueOrder,
}

impl Policy {
    /// More than a year of working days; a larger number is a misprint.
    pub const DAYS_MAX: u16 = 366;

    /// The shipped policy: the defaults of hotline.md 2.5a and 2.5d.
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

    /// The terms of a clock under this policy; `None` when the policy does not name it.
    pub fn terms(&self, kind: ClockKind) -> Option<ClockTerms> {
        let allowance = *self.allowances.get(&kind)?;
        Some(ClockTerms { kind, allowance, policy: self.version })
    }

    /// The terms of the handling clock for a purpose and a grade.
    pub fn handling_terms(&self, purpose: Option<Purpose>, grade: Grade) -> Option<ClockTerms> {
        let kind = match (purpose, grade) {
            (Some(Purpose::Consult), _) => ClockKind::HandleConsult,
            (_, Grade::A) => ClockKind::HandleA,
            (_, Grade::B) => ClockKind::HandleB,
            (_, Grade::C) => ClockKind::HandleC,
        };
        self.terms(kind)
    }

    /// Checks the policy.
    ///
    /// # Errors
    /// All its faults.
    pub fn check(&self) -> Result<(), Vec<PolicyFault>> {
        let mut wrong = Vec::new();
        for (kind, allowance) in &self.allowances {
            match allowance {
                Allowance::Days(days) if *days > Policy::DAYS_MAX => {
                    wrong.push(PolicyFault::TooLong(*kind));
                }
                Allowance::Until(_) => wrong.push(PolicyFault::Moment(*kind)),
                Allowance::Days(_) | Allowance::Natural(_) | Allowance::Working(_) => {}
            }
        }
        if !self.overdue_days.is_sorted_by(|a, b| a < b) {
            wrong.push(PolicyFault::OverdueOrder);
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

impl fmt::Display for PolicyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PolicyFault::TooLong(kind) => {
                write!(f, "{} has more than {} days", kind.code(), Policy::DAYS_MAX)
            }
            PolicyFault::Moment(kind) => {
                write!(f, "{} is a date and time, not a length of time", kind.code())
            }
            PolicyFault::OverdueOrder => f.write_str("O3, O4 and O5 must follow each other"),
        }
    }
}

impl std::error::Error for PolicyFault {}

const MINUTE: u32 = 60;
const HOUR: u32 = 3_600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_policy_is_valid() {
        let policy = Policy::shipped();
        assert_eq!(policy.check(), Ok(()));
        let terms = policy.terms(ClockKind::HandleB);
        assert_eq!(terms.map(|p| p.allowance), Some(Allowance::Days(7)));
        assert_eq!(policy.terms(ClockKind::Upper), None, "an upper hotline sets its own");
    }

    #[test]
    fn invalid_policy_reports_all_faults() {
        let mut policy = Policy::shipped();
        policy.allowances.insert(ClockKind::HandleC, Allowance::Days(367));
        policy.allowances.insert(ClockKind::Upper, Allowance::Until(Default::default()));
        policy.overdue_days = [3, 3, 10];
        assert_eq!(
            policy.check(),
            Err(vec![
                PolicyFault::TooLong(ClockKind::HandleC),
                PolicyFault::Moment(ClockKind::Upper),
                PolicyFault::OverdueOrder,
            ])
        );
    }

    #[test]
    fn halved_allowance_is_rounded_up() {
        assert_eq!(Allowance::Days(7).halved(), Allowance::Days(4));
        assert_eq!(Allowance::Natural(3).halved(), Allowance::Natural(2));
    }
}
