//! Leaders' answering sessions (领导接听): planned, held, and reported.

use model::{
    CallId, TicketId, Timestamp,
    desk::{LeaderSessionEvent, LeaderSessionId, LeaderSessionPlan},
};
use serde::{Deserialize, Serialize};

use super::Leaders;

/// A session: a fold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Session {
    /// What is planned.
    pub plan: LeaderSessionPlan,
    /// Where it stands.
    pub state: SessionState,
    /// The calls that were taken, in order.
    pub taken: Vec<SessionCall>,
}

/// Where a session stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// To come.
    Planned,
    /// It will not be.
    Cancelled {
        /// Why.
        reason: String,
    },
    /// The leader is there.
    Open {
        /// Since when.
        since: Timestamp,
    },
    /// Over.
    Closed {
        /// Since when it was open.
        since: Timestamp,
        /// When the leader left.
        at: Timestamp,
    },
}

impl SessionState {
    /// By its word.
    pub fn word(&self) -> &'static str {
        match self {
            SessionState::Planned => "planned",
            SessionState::Cancelled { .. } => "cancelled",
            SessionState::Open { .. } => "open",
            SessionState::Closed { .. } => "closed",
        }
    }
}

/// A call a leader took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SessionCall {
    /// The call.
    pub call: CallId,
    /// Its ticket.
    pub ticket: TicketId,
    /// Decided on the spot.
    pub decided: bool,
}

/// What became of a ticket, as its own fold says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// It is closed.
    pub closed: bool,
    /// The caller is satisfied, when they said so.
    pub satisfied: Option<bool>,
}

/// What a session came to (LDR-05).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SessionTotals {
    /// Calls taken.
    pub calls: usize,
    /// Tickets they belong to, each once.
    pub pieces: usize,
    /// Decided on the spot.
    pub decided: usize,
    /// Closed by now.
    pub closed: usize,
    /// Callers who said how satisfied they are.
    pub asked: usize,
    /// Those of them who are satisfied.
    pub satisfied: usize,
    /// The tickets that are not closed: to be followed up.
    pub open: Vec<TicketId>,
}

impl Leaders {
    pub(super) fn apply_session(
        &mut self,
        at: Timestamp,
        id: LeaderSessionId,
        event: &LeaderSessionEvent,
    ) {
        if let LeaderSessionEvent::Planned(plan) = event {
            let new = Session {
                plan: LeaderSessionPlan::clone(plan),
                state: SessionState::Planned,
                taken: Vec::new(),
            };
            let session = self.sessions.entry(id).or_insert_with(|| new);
            if session.state == SessionState::Planned {
                session.plan = LeaderSessionPlan::clone(plan);
            }
            return;
        }
        let Some(session) = self.sessions.get_mut(&id) else { return };
        match (&session.state, event) {
            (SessionState::Planned, LeaderSessionEvent::Cancelled { reason }) => {
                session.state = SessionState::Cancelled { reason: reason.clone() };
            }
            (SessionState::Planned, LeaderSessionEvent::Opened) => {
                session.state = SessionState::Open { since: at };
            }
            (SessionState::Open { .. }, LeaderSessionEvent::Taken { call, ticket, decided }) => {
                let taken = SessionCall { call: *call, ticket: *ticket, decided: *decided };
                session.taken.push(taken);
            }
            (SessionState::Open { since }, LeaderSessionEvent::Closed) => {
                session.state = SessionState::Closed { since: *since, at };
            }
            // Nothing happens to what is over, or has not begun.
            _ => {}
        }
    }

    /// A session.
    pub fn session(&self, id: LeaderSessionId) -> Option<&Session> {
        self.sessions.get(&id)
    }

    /// All sessions, in the order they were planned.
    pub fn sessions(&self) -> impl Iterator<Item = (LeaderSessionId, &Session)> {
        self.sessions.iter().map(|(id, session)| (*id, session))
    }

    /// The number of the next one.
    pub(super) fn next_session(&self) -> LeaderSessionId {
        LeaderSessionId(self.sessions.keys().next_back().map_or(1, |last| last.0.saturating_add(1)))
    }
}

impl Session {
    /// What it came to, with what became of its tickets by now.
    pub fn report(&self, outcome: impl Fn(TicketId) -> Outcome) -> SessionTotals {
        let mut pieces: Vec<TicketId> = self.taken.iter().map(|taken| taken.ticket).collect();
        pieces.sort_unstable();
        pieces.dedup();
        let outcomes: Vec<(TicketId, Outcome)> =
            pieces.iter().map(|ticket| (*ticket, outcome(*ticket))).collect();
        let count = |what: fn(&Outcome) -> bool| outcomes.iter().filter(|(_, o)| what(o)).count();
        let open = outcomes.iter().filter(|(_, o)| !o.closed).map(|(ticket, _)| *ticket);
        SessionTotals {
            calls: self.taken.len(),
            pieces: pieces.len(),
            decided: self.taken.iter().filter(|taken| taken.decided).count(),
            closed: count(|outcome| outcome.closed),
            asked: count(|outcome| outcome.satisfied.is_some()),
            satisfied: count(|outcome| outcome.satisfied == Some(true)),
            open: open.collect(),
        }
    }
}
