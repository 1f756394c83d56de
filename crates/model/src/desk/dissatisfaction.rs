//! Items that were closed as unsatisfied (不满意事项), until they are struck off (销号).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Callback, form::word_enum};

word_enum!(
    /// The state of the item.
    DissatisfactionState {
        /// Open: named in the quarter.
        Open,
        /// The unit works on it again.
        Rework,
        /// The unit says it is better and asks for a callback.
        Claimed,
        /// The caller says so too.
        Verified,
        /// 已销号
        Cancelled,
    }
);

/// An event of a dissatisfaction item. The ticket's `ClosedUnsatisfied` opens it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum DissatisfactionEvent {
    /// D1: the unit works on it again.
    ReworkStarted,
    /// D2: the unit asks for a callback.
    Claimed {
        /// The change since then.
        changed: String,
    },
    /// D3, D4: the hub called; satisfied verifies, unsatisfied opens it again.
    CalledBack(Callback),
    /// D5: struck off.
    StruckOff,
}
