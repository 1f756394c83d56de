//! What happens to an item that was closed unsatisfied (不满意事项), until it is struck off (销号).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Callback, form::words};

words!(
    /// Where the item stands.
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

/// What happened to it. Opening is the ticket's own `ClosedUnsatisfied`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub enum DissatisfactionEvent {
    /// D1: the unit works on it again.
    ReworkStarted,
    /// D2: the unit asks for a callback.
    Claimed {
        /// What has changed.
        changed: String,
    },
    /// D3, D4: the hub called; satisfied verifies, unsatisfied opens it again.
    CalledBack(Callback),
    /// D5: struck off.
    StruckOff,
}
