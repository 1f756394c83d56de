//! Leaders: the roster of who signs on which day, all year round, and the sessions in which leaders
//! answer calls themselves (LDR-01 rotating sign-off, LDR-02 all year round, LDR-04 leaders answer
//! in person, LDR-05 session results).
//!
//! A leader's instruction is part of its ticket (`TicketEvent::LeaderSigned`); the roster tells
//! whose turn it was. The crate does not follow tickets: the outcome of a session's tickets is an
//! argument.

mod command;
mod roster;
mod roster_csv;
mod session;

use std::collections::BTreeMap;

use model::{
    AccountName, Date, Timestamp,
    desk::{LeaderEvent, LeaderSessionId, RosterEvent, SigningTurn, TenDays},
};
use serde::{Deserialize, Serialize};

pub use command::LeaderCommand;
pub use roster::{Gap, GapReason, Signer};
pub use session::{Session, SessionCall, SessionState, SessionTotals, TicketOutcome};

/// The leaders' roster and sessions, as a fold over the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaders {
    turns: BTreeMap<TenDays, SigningTurn>,
    away: BTreeMap<(AccountName, Date), Away>,
    sessions: BTreeMap<LeaderSessionId, Session>,
}

/// Days on which a leader cannot sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Away {
    last: Date,
    reason: String,
}

impl Leaders {
    /// Applies an event.
    pub fn apply(&mut self, at: Timestamp, event: &LeaderEvent) {
        match event {
            LeaderEvent::Roster(event) => self.apply_roster(event),
            LeaderEvent::Session(id, event) => self.apply_session(at, *id, event),
        }
    }

    fn apply_roster(&mut self, event: &RosterEvent) {
        match event {
            RosterEvent::TurnWritten { days, turn } => {
                self.turns.insert(*days, turn.clone());
            }
            RosterEvent::TurnCleared { days } => {
                self.turns.remove(days);
            }
            RosterEvent::AwayWritten { leader, from, last, reason } => {
                let away = Away { last: *last, reason: reason.clone() };
                self.away.insert((leader.clone(), *from), away);
            }
            RosterEvent::AwayCleared { leader, from } => {
                self.away.remove(&(leader.clone(), *from));
            }
        }
    }
}
