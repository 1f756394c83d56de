//! `desk.toml` as the rest of the house reads it: what a city decides for its desk.

use std::time::Duration;

use model::{
    Date,
    desk::{Allowance, ClockKind, UnitId},
};

/// The rules of the desk.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The hotline's own unit.
    pub hub: UnitId,
    /// When offices are open: seconds since midnight, in order, none overlapping.
    pub office_hours: Vec<(u32, u32)>,
    /// Handlings at most; 0 until the caller is satisfied.
    pub rounds: u16,
    /// Who tells the caller.
    pub reply_by: ReplyBy,
    /// What a leader signs first.
    pub sign_before_dispatch: Presign,
    /// Posts that sign a result after the unit's head, in order.
    pub further_signatures: Vec<String>,
    /// How long a ticket taken from the pool may be left alone.
    pub claim: Duration,
    /// Days a filing holds.
    pub filing_days: u16,
    /// Days in which a citizen may open a ticket again.
    pub reopen_days: u16,
    /// Days after which a closed ticket is put away.
    pub archive_days: u16,
    /// `[wording]`
    pub wording: Wording,
    /// `[callback]`
    pub callback: Callback,
    /// `[policy]`
    pub policy: Policy,
}

/// Who tells the caller the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyBy {
    /// The hotline.
    Hub,
    /// The unit.
    Unit,
    /// Either.
    Both,
}

/// What a leader signs before units get it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presign {
    /// What is marked for the leader.
    None,
    /// What is important too.
    Important,
    /// Everything.
    All,
}

/// Words in a result its reviewer is pointed at.
#[derive(Clone, Debug)]
pub struct Wording {
    /// That promise.
    pub promise: Vec<String>,
    /// That say nothing.
    pub vague: Vec<String>,
    /// That send the caller to somebody else.
    pub passing_on: Vec<String>,
}

/// How the caller is asked whether it helped.
#[derive(Clone, Copy, Debug)]
pub struct Callback {
    /// By SMS before a person calls.
    pub sms_first: bool,
    /// Unsatisfied answers by SMS before a ticket may be closed as unsatisfied.
    pub unsatisfied_sms: u16,
    /// The same of answers to a person.
    pub unsatisfied_calls: u16,
    /// Calls in vain before somebody counts as not to be reached.
    pub tries: u16,
    /// On how many days.
    pub tries_days: u16,
    /// Nobody is asked from this hour on.
    pub quiet_from: u8,
    /// Nor before this one.
    pub quiet_to: u8,
}

/// How much time there is for everything.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Counts up; promises name it.
    pub version: u32,
    /// The rule's title and number.
    pub document: String,
    /// The first day it holds.
    pub effective_from: Date,
    /// Whether the last day ends when offices close, and not at midnight.
    pub ends_at_office_close: bool,
    /// The most working days one extension may add.
    pub extension_days: u16,
    /// Working days late at which O3, O4 and O5 begin; they grow.
    pub overdue_days: [u16; 3],
    /// Working days to answer an order of level 1, 2 and 3.
    pub order_reply_days: [u16; 3],
    /// What the levels are called.
    pub order_names: [String; 3],
    /// How much each clock has.
    pub clocks: Vec<(ClockKind, Allowance)>,
}
