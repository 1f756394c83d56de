//! Extensions: the conditions on which working days are added (hotline.md 2.4, C10).

use std::fmt;

use super::{Allowance, Clock, Extension, ExtensionApprover, Policy, WorkingTime, is_late};
use model::Timestamp;

/// A unit's request for an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtensionRequest {
    /// The working days.
    pub days: u16,
    /// The time at which the unit asked. It decides whether the request is in time, however long
    /// the decision takes.
    pub asked_at: Timestamp,
    /// The role that would approve it.
    pub by: ExtensionApprover,
    /// Whether the citizen was told.
    pub citizen_told: bool,
}

/// Why a request for an extension is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtensionRefusal {
    /// The clock has not started.
    NotStarted,
    /// The clock has ended.
    Ended,
    /// The clock does not count working days; only those are extended.
    NotDays,
    /// The request is for zero days.
    NoDays,
    /// The request is for more days than the policy allows at once.
    TooMany {
        /// The most days that the policy allows.
        days_max: u16,
    },
    /// The unit asked after the due date.
    AfterDue,
    /// A second extension needs the director.
    NeedsDirector,
    /// There is no third extension.
    UsedUp,
    /// The citizen was not told.
    CitizenNotTold,
}

impl Clock {
    /// Checks a request for an extension.
    ///
    /// # Errors
    /// All reasons against it.
    pub fn check_extension(
        &self,
        working_time: WorkingTime<'_>,
        policy: &Policy,
        ask: ExtensionRequest,
    ) -> Result<Extension, Vec<ExtensionRefusal>> {
        let given = self.extensions().len();
        let after_due = self.due(working_time).is_some_and(|due| is_late(ask.asked_at, due));
        let days_max = policy.extension_days_max;
        let against = [
            (self.running_since().is_none(), ExtensionRefusal::NotStarted),
            (self.end().is_some(), ExtensionRefusal::Ended),
            (!matches!(self.terms().allowance, Allowance::Days(_)), ExtensionRefusal::NotDays),
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

/// One extension, and a second one by the director (hotline.md 2.4).
const EXTENSIONS_MAX: usize = 2;

impl fmt::Display for ExtensionRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExtensionRefusal::NotStarted => f.write_str("the clock has not started"),
            ExtensionRefusal::Ended => f.write_str("the clock has ended"),
            ExtensionRefusal::NotDays => f.write_str("only clocks of working days are extended"),
            ExtensionRefusal::NoDays => f.write_str("the request is for zero days"),
            ExtensionRefusal::TooMany { days_max } => {
                write!(f, "more than {days_max} working days at once")
            }
            ExtensionRefusal::AfterDue => f.write_str("the request came after the due date"),
            ExtensionRefusal::NeedsDirector => f.write_str("a second extension needs the director"),
            ExtensionRefusal::UsedUp => f.write_str("the clock has been extended twice already"),
            ExtensionRefusal::CitizenNotTold => f.write_str("the citizen has not been told"),
        }
    }
}

impl std::error::Error for ExtensionRefusal {}
