//! What a city decides for its desk: one versioned page (hotline.md 1.y, 2.3 to 2.5).
//!
//! Folds do not read it: what an event needs of it is written into the event, so
//! that a log means the same after the rules have changed.

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
    /// How much time each clock gives. What was promised by an earlier version stays as it was:
    /// a promise has its time in it.
    pub clocks: Policy,
    /// The hotline's own unit: supervises where nobody else does.
    pub hub: UnitId,
    /// Handlings at most: 1 is none again, 2 one redo, 0 until the caller is satisfied (1.y).
    pub rounds_max: u16,
    /// Who tells the caller.
    pub reply_by: ReplyRule,
    /// What a leader signs before it is dispatched.
    pub presign: Presign,
    /// Posts that sign a result after the unit's head, in order (RPL-07).
    pub further_signatures: Vec<String>,
    /// What a reviewer's eye is drawn to in a result (RPL-02).
    pub wording: Wording,
    /// Unsatisfied answers by SMS before T24.
    pub unsatisfied_sms: u16,
    /// Unsatisfied answers to a person before T24.
    pub unsatisfied_calls: u16,
    /// Tries before somebody counts as unreachable.
    pub tries_min: u16,
    /// On so many days.
    pub tries_days_min: u16,
    /// Days in which a citizen may open a ticket again.
    pub reopen_days: u16,
    /// Days a filing holds.
    pub filing_days: u16,
    /// Days after which a closed ticket is put away.
    pub archive_days: u16,
    /// Minutes after which a ticket taken from the pool goes back.
    pub claim_minutes: u16,
    /// Ask by SMS first, when a gateway is configured.
    pub ask_by_sms: bool,
    /// Nobody is written to from this hour on.
    pub quiet_from: u8,
    /// Nor before this one.
    pub quiet_to: u8,
    /// The hotline's area: a landline number of it is the same with and without the code.
    #[serde(default)]
    pub area_code: AreaCode,
}

/// What a leader signs before it is dispatched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presign {
    /// Everything (RPL-08).
    All,
    /// What is important.
    Important,
    /// Only what is marked for the leader.
    None,
}

impl Rules {
    /// What we ship.
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
