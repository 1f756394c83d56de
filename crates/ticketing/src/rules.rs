//! The rules that a city sets for its desk, with a version (hotline.md 1.y, 2.3 to 2.5).
//!
//! Folds do not read them: an event has the values it needs in it, so that a log means the same
//! after the rules have changed.

pub use model::desk::ReplyRule;
use model::{
    AreaCode,
    desk::{Importance, UnitId},
};
use serde::{Deserialize, Serialize};

use crate::wording::Wording;
use deadlines::clock::Policy;

/// The rules in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// The time that each clock gives. A clock that was started by an earlier version keeps its own
    /// time.
    pub clocks: Policy,
    /// The hotline's own unit, which supervises where no other unit does.
    pub hub: UnitId,
    /// The most rounds of handling: 1 allows no redo, 2 allows one, 0 means no limit (hotline.md
    /// 1.y).
    pub rounds_max: u16,
    /// Whether the hub or the unit tells the caller the result.
    pub reply_by: ReplyRule,
    /// Which tickets a leader signs before dispatch.
    pub presign: Presign,
    /// Posts that sign a result after the unit's head, in order (RPL-07).
    pub further_signatures: Vec<String>,
    /// The words that a reviewer is shown in a result (RPL-02, two qualities reviewed).
    pub wording: Wording,
    /// Unsatisfied answers by SMS that T24 (close as unsatisfied) requires.
    pub unsatisfied_sms: u16,
    /// Unsatisfied answers to a person that T24 requires.
    pub unsatisfied_calls: u16,
    /// Failed tries after which a caller counts as unreachable.
    pub tries_min: u16,
    /// The number of different days on which these tries must be.
    pub tries_days_min: u16,
    /// Days in which a citizen may reopen a ticket.
    pub reopen_days: u16,
    /// Days for which a filing holds.
    pub filing_days: u16,
    /// Days after which a closed ticket is archived.
    pub archive_days: u16,
    /// Minutes after which a ticket that was claimed from the pool is released.
    pub claim_minutes: u16,
    /// Whether the caller is asked by SMS first, when a gateway is configured.
    pub ask_by_sms: bool,
    /// The hour (0 to 23) from which no SMS is sent.
    pub quiet_from: u8,
    /// The hour (0 to 23) before which no SMS is sent.
    pub quiet_to: u8,
    /// The hotline's area: a landline number of it is the same with and without the code.
    #[serde(default)]
    pub area_code: AreaCode,
}

/// Which tickets a leader signs before dispatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presign {
    /// All tickets (RPL-08, the head reads first).
    All,
    /// Important tickets.
    Important,
    /// Only tickets marked for the leader.
    None,
}

impl Rules {
    /// The shipped rules.
    pub fn shipped() -> Rules {
        Rules {
            clocks: Policy::shipped(),
            hub: UnitId::from("hub"),
            rounds_max: 2,
            reply_by: ReplyRule::Hub,
            presign: Presign::None,
            further_signatures: Vec::new(),
            wording: Wording::shipped(),
            unsatisfied_sms: 2,
            unsatisfied_calls: 1,
            tries_min: 3,
            tries_days_min: 2,
            reopen_days: 30,
            filing_days: 365,
            archive_days: 30,
            claim_minutes: 30,
            ask_by_sms: true,
            quiet_from: 21,
            quiet_to: 8,
            area_code: AreaCode::default(),
        }
    }

    /// Whether a leader must have signed before dispatch.
    pub fn needs_leader(&self, importance: Importance) -> bool {
        match self.presign {
            Presign::All => true,
            Presign::Important => importance >= Importance::Important,
            Presign::None => importance == Importance::Leader,
        }
    }

    /// Whether another handling is possible after this round.
    pub fn another_round(&self, round: u16) -> bool {
        self.rounds_max == 0 || round < self.rounds_max
    }
}
