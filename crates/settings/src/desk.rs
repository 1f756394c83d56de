//! `desk.toml` as the other crates read it: the rules that a city chooses for its desk.

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
    /// The opening hours of offices in seconds since midnight, in order and without overlap.
    pub office_hours: Vec<(u32, u32)>,
    /// The most handlings of a demand; 0: until the caller is satisfied.
    pub rounds: u16,
    /// The side that tells the caller the result.
    pub reply_by: ReplyBy,
    /// The tickets that a leader signs before units get them.
    pub sign_before_dispatch: Presign,
    /// The posts that sign a result after the unit's head, in order.
    pub further_signatures: Vec<String>,
    /// The time after which an untouched ticket goes back to the pool that it was taken from.
    pub claim: Duration,
    /// The days for which a filing is valid.
    pub filing_days: u16,
    /// The days in which a citizen may open a closed ticket again.
    pub reopen_days: u16,
    /// The days after which a closed ticket is archived.
    pub archive_days: u16,
    /// `[wording]`
    pub wording: Wording,
    /// `[callback]`
    pub callback: Callback,
    /// `[policy]`
    pub policy: Policy,
}

/// The side that tells the caller the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyBy {
    /// The hotline.
    Hub,
    /// The unit.
    Unit,
    /// Either.
    Both,
}

/// The tickets that a leader signs before units get them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presign {
    /// Only tickets that are marked for the leader.
    None,
    /// Important tickets, too.
    Important,
    /// All tickets.
    All,
}

/// Words in a result that are pointed out to its reviewer.
#[derive(Clone, Debug)]
pub struct Wording {
    /// Words that promise without a day.
    pub promise: Vec<String>,
    /// Words that say nothing concrete.
    pub vague: Vec<String>,
    /// Words that send the caller to somebody else.
    pub passing_on: Vec<String>,
}

/// How callers are asked whether the result helped.
#[derive(Clone, Copy, Debug)]
pub struct Callback {
    /// Whether an SMS is sent before a person calls.
    pub sms_first: bool,
    /// The unsatisfied answers by SMS before a ticket may be closed as unsatisfied.
    pub unsatisfied_sms: u16,
    /// The unsatisfied answers to a person before a ticket may be closed as unsatisfied.
    pub unsatisfied_calls: u16,
    /// The failed calls after which a caller counts as unreachable.
    pub tries: u16,
    /// The number of days on which those calls are made.
    pub tries_days: u16,
    /// The hour of the day from which on no caller is asked.
    pub quiet_from: u8,
    /// The hour of the day before which no caller is asked.
    pub quiet_to: u8,
}

/// The times allowed for each step of the work.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The version, which increases; every deadline names it.
    pub version: u32,
    /// The rule's title and number.
    pub document: String,
    /// The first day on which it is valid.
    pub effective_from: Date,
    /// Whether the last day ends when offices close; otherwise at midnight.
    pub ends_at_office_close: bool,
    /// The most working days that one extension may add.
    pub extension_days: u16,
    /// The working days after the due date at which O3, O4 and O5 begin; they increase.
    pub overdue_days: [u16; 3],
    /// The working days to answer an order of level 1, 2 and 3.
    pub order_reply_days: [u16; 3],
    /// The names of the three levels.
    pub order_names: [String; 3],
    /// The time allowed on each clock.
    pub clocks: Vec<(ClockKind, Allowance)>,
}
