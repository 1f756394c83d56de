//! Leaders' answering sessions (领导接听): plan, calls and results.

use model::{
    CallId, TicketId, Timestamp,
    desk::{LeaderSessionEvent, LeaderSessionId, LeaderSessionPlan},
};
use serde::{Deserialize, Serialize};

use super::Leaders;

/// A session, as a fold over the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Session {
    /// The plan.
    pub plan: LeaderSessionPlan,
    /// The state.
    pub state: SessionState,
    /// The calls that were taken, in order.
    pub taken: Vec<SessionCall>,
}

/// The state of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// It has not begun.
    Planned,
    /// It was cancelled.
    Cancelled {
        /// The reason.
        reason: String,
    },
    /// It is open: the leader is at the seat.
    Open {
        /// The time it was opened.
        since: Timestamp,
    },
    /// It is over.
    Closed {
        /// The time it was opened.
        since: Timestamp,
        /// The time it was closed.
        at: Timestamp,
    },
}

impl SessionState {
    /// The name of the state in refusals.
    pub fn name(&self) -> &'static str {
        match self {
            SessionState::Planned => "planned",
            SessionState::Cancelled { .. } => "cancelled",
            SessionState::Open { .. } => "open",
            SessionState::Closed { .. } => "closed",
        }
    }
}

/// A call that a leader took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SessionCall {
    /// The call.
    pub call: CallId,
    /// Its ticket.
    pub ticket: TicketId,
    /// Whether the matter was decided on the spot.
    pub decided: bool,
}

/// The outcome of a ticket, given by the caller of [`Session::report`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TicketOutcome {
    /// Whether the ticket is closed.
    pub closed: bool,
    /// Whether the caller is satisfied; `None` when they did not say.
    pub satisfied: Option<bool>,
}

/// The results of a session (LDR-05).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SessionTotals {
    /// The number of calls taken.
    pub calls: usize,
    /// The number of tickets they belong to.
    #[serde(rename = "pieces")]
    pub tickets: usize,
    /// The number of calls decided on the spot.
    pub decided: usize,
    /// The number of tickets that are closed.
    pub closed: usize,
    /// The number of callers who said whether they are satisfied.
    pub asked: usize,
    /// The number of callers who are satisfied.
    pub satisfied: usize,
    /// The tickets that are not closed and must be followed up.
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
            // An event that the state does not allow changes nothing.
            _ => {}
        }
    }

    /// A session.
    pub fn session(&self, id: LeaderSessionId) -> Option<&Session> {
        self.sessions.get(&id)
    }

    /// All sessions, in the order in which they were first planned.
    pub fn sessions(&self) -> impl Iterator<Item = (LeaderSessionId, &Session)> {
        self.sessions.iter().map(|(id, session)| (*id, session))
    }

    /// The number of the next session.
    pub(super) fn next_session(&self) -> LeaderSessionId {
        LeaderSessionId(self.sessions.keys().next_back().map_or(1, |last| last.0.saturating_add(1)))
    }
}

impl Session {
    /// The results of the session, with the outcome of each ticket at present.
    pub fn report(&self, outcome: impl Fn(TicketId) -> TicketOutcome) -> SessionTotals {
        let mut tickets: Vec<TicketId> = self.taken.iter().map(|taken| taken.ticket).collect();
        tickets.sort_unstable();
        tickets.dedup();
        let outcomes: Vec<(TicketId, TicketOutcome)> =
            tickets.iter().map(|ticket| (*ticket, outcome(*ticket))).collect();
        let count =
            |what: fn(&TicketOutcome) -> bool| outcomes.iter().filter(|(_, o)| what(o)).count();
        let open = outcomes.iter().filter(|(_, o)| !o.closed).map(|(ticket, _)| *ticket);
        SessionTotals {
            calls: self.taken.len(),
            tickets: tickets.len(),
            decided: self.taken.iter().filter(|taken| taken.decided).count(),
            closed: count(|outcome| outcome.closed),
            asked: count(|outcome| outcome.satisfied.is_some()),
            satisfied: count(|outcome| outcome.satisfied == Some(true)),
            open: open.collect(),
        }
    }
}
