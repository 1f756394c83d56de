//! Leaders: who signs on which day, all year round, and when leaders answer calls themselves
//! (LDR-01, LDR-02, LDR-04, LDR-05).
//!
//! What a leader writes is on its ticket (`TicketEvent::LeaderSigned`); this
//! says whose turn it was. It will never know a ticket's course: what became
//! of a session's tickets is handed in.

mod command;
mod roster;
mod session;
mod sheet;

use std::collections::BTreeMap;

use model::{
    AccountName, Date, Timestamp,
    desk::{LeaderEvent, LeaderSessionId, RosterEvent, SigningTurn, TenDays},
};
use serde::{Deserialize, Serialize};

pub use command::LeaderCommand;
pub use roster::{Gap, GapReason, Signer};
pub use session::{Outcome, Session, SessionCall, SessionState, SessionTotals};

/// The leaders' roster and sessions: a fold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaders {
    turns: BTreeMap<TenDays, SigningTurn>,
    away: BTreeMap<(AccountName, Date), Away>,
    sessions: BTreeMap<LeaderSessionId, Session>,
}

/// Days on which somebody cannot sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Away {
    last: Date,
    reason: String,
}

impl Leaders {
    /// It happened.
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
