//! More days: who may ask for them, when, and how many (hotline.md 2.4, C10).

use std::fmt;

use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Allowance, Clock, Policy, WorkingTime, is_late};

/// Who allows more days.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ExtensionApprover {
    /// The supervision group: the first time.
    SupervisionGroup,
    /// The director: also a second time.
    Director,
}

/// Days that were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Extension {
    /// Working days.
    pub days: u16,
    /// When the unit asked.
    pub asked_at: Timestamp,
    /// Who allowed it.
    pub by: ExtensionApprover,
}

/// A unit asks for more days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtensionRequest {
    /// Working days.
    pub days: u16,
    /// When the unit asked; what counts, however long the decision takes.
    pub asked_at: Timestamp,
    /// Who would allow it.
    pub by: ExtensionApprover,
    /// The citizen was told.
    pub citizen_told: bool,
}

/// Why there are no more days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtensionRefusal {
    /// It has not started.
    NotStarted,
    /// It has ended.
    Ended,
    /// Only clocks of working days are extended.
    NotDays,
    /// No days were asked for.
    NoDays,
    /// More than the policy allows at once.
    TooMany {
        /// What it allows.
        days_max: u16,
    },
    /// It was asked after the due date.
    AfterDue,
    /// A second time needs the director.
    NeedsDirector,
    /// There is no third time.
    UsedUp,
    /// The citizen has not been told.
    CitizenNotTold,
}

impl Clock {
    /// The extension, or everything that speaks against it at once.
    pub fn may_extend(
        &self,
        ground: WorkingTime<'_>,
        policy: &Policy,
        ask: ExtensionRequest,
    ) -> Result<Extension, Vec<ExtensionRefusal>> {
        let given = self.extensions().len();
        let after_due = self.due(ground).is_some_and(|due| is_late(ask.asked_at, due));
        let days_max = policy.extension_days_max;
        let against = [
            (self.running_since().is_none(), ExtensionRefusal::NotStarted),
            (self.end().is_some(), ExtensionRefusal::Ended),
            (!matches!(self.promise().allowance, Allowance::Days(_)), ExtensionRefusal::NotDays),
            (ask.days == 0, ExtensionRefusal::NoDays),
            (ask.days > days_max, ExtensionRefusal::TooMany { days_max }),
            (after_due, ExtensionRefusal::AfterDue),
            (given == 1 && ask.by != ExtensionApprover::Director, ExtensionRefusal::NeedsDirector),
            (given >= EXTENSIONS_MAX, ExtensionRefusal::UsedUp),
            (!ask.citizen_told, ExtensionRefusal::CitizenNotTold),
        ];
        let against: Vec<ExtensionRefusal> =
            against.into_iter().filter_map(|(holds, why)| holds.then_some(why)).collect();
        if against.is_empty() {
            Ok(Extension { days: ask.days, asked_at: ask.asked_at, by: ask.by })
        } else {
            Err(against)
        }
    }
}

/// Once, and a second time by the director (2.4).
const EXTENSIONS_MAX: usize = 2;

impl fmt::Display for ExtensionRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExtensionRefusal::NotStarted => f.write_str("the clock has not started"),
            ExtensionRefusal::Ended => f.write_str("the clock has ended"),
            ExtensionRefusal::NotDays => f.write_str("only clocks of working days are extended"),
            ExtensionRefusal::NoDays => f.write_str("no days were asked for"),
            ExtensionRefusal::TooMany { days_max } => {
                write!(f, "more than {days_max} working days at once")
            }
            ExtensionRefusal::AfterDue => f.write_str("it was asked for after the due date"),
            ExtensionRefusal::NeedsDirector => f.write_str("a second time needs the director"),
            ExtensionRefusal::UsedUp => f.write_str("it has been extended twice"),
            ExtensionRefusal::CitizenNotTold => f.write_str("the citizen has not been told"),
        }
    }
}

impl std::error::Error for ExtensionRefusal {}
