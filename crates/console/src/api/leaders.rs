//! Leaders' turns and sessions to be read (LDR-02, LDR-04, LDR-05); commands are in `desk.rs`.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use directory::leader::{Gap, Outcome, Report, Session};
use model::{
    TicketId,
    desk::{LeaderSessionId, SigningTurn, TenDays, TicketState},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    asked::Id,
    described::{Api, Said},
};
use crate::{desk::Desk, problem::Problem, rights::Right, who::Who};

pub(super) fn routes() -> Api {
    let house = |what| Said::with(Right::Tickets, what);
    Api::default()
        .get(
            "/api/v1/leaders",
            all,
            house("Whose turn it is to sign, days nobody signs, and sessions").gives::<All>(),
        )
        .get(
            "/api/v1/leaders/sessions/{session}",
            one,
            house("A session, and what it came to").gives::<Whole>(),
        )
}

/// All of it.
#[derive(Default, Serialize, JsonSchema)]
#[schemars(rename = "Leaders")]
struct All {
    /// Turns, in order.
    turns: Vec<Named>,
    /// Who signs today; absent when nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    signs: Option<directory::leader::Signer>,
    /// Days of the next month on which nobody signs.
    gaps: Vec<Gap>,
    sessions: Vec<Held>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LeaderTurn")]
struct Named {
    days: TenDays,
    turn: SigningTurn,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LeaderSession")]
struct Held {
    id: LeaderSessionId,
    #[serde(flatten)]
    session: Session,
}

/// A session with its report.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LeaderSessionReport")]
struct Whole {
    #[serde(flatten)]
    held: Held,
    /// What it came to by now.
    report: Report,
}

async fn all(State(desk): State<Arc<Desk>>, who: Who) -> Result<Json<All>, Problem> {
    who.must(Right::Tickets)?;
    let today = desk.today();
    let look = move |backend: &dyn crate::Backend| {
        let mut found = All::default();
        backend.with_reference_data(&mut |reference| {
            let leaders = reference.leaders();
            let turns = leaders.turns();
            let sessions = leaders.sessions();
            found = All {
                turns: turns.map(|(days, turn)| Named { days, turn: turn.clone() }).collect(),
                signs: leaders.signer(today),
                gaps: leaders.gaps(today, today.plus(GAP_DAYS)),
                sessions: sessions
                    .map(|(id, session)| Held { id, session: session.clone() })
                    .collect(),
            };
        });
        Ok(found)
    };
    desk.read(look).await.map(Json)
}

async fn one(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(id): Id<u32>,
) -> Result<Json<Whole>, Problem> {
    who.must(Right::Tickets)?;
    let id = LeaderSessionId(id);
    let look = move |backend: &dyn crate::Backend| {
        let mut session = None;
        backend.with_reference_data(&mut |reference| {
            session = reference.leaders().session(id).cloned()
        });
        let Some(session) = session else { return Ok(None) };
        let mut outcomes: BTreeMap<TicketId, Outcome> = BTreeMap::new();
        for taken in &session.taken {
            let Some(ticket) = backend.ticket(taken.ticket)? else { continue };
            let closed = matches!(ticket.state, TicketState::Closed | TicketState::Archived);
            let satisfied = ticket.eval_final.map(|said| said.grade.is_satisfied());
            outcomes.insert(taken.ticket, Outcome { closed, satisfied });
        }
        let report = session.report(|ticket| outcomes.get(&ticket).copied().unwrap_or_default());
        Ok(Some(Whole { held: Held { id, session }, report }))
    };
    let found = desk.read(look).await?;
    found.map(Json).ok_or_else(|| Problem::not_found("there is no such session"))
}

/// A turn and its neighbours.
const GAP_DAYS: i64 = 31;
