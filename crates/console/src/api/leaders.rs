//! Leaders' duty turns and sessions (LDR-02, signing roster; LDR-04 and LDR-05, leaders who answer
//! calls). Commands about them are in `commands.rs`.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use directory::leader::{Gap, Session, SessionTotals, Signer, TicketOutcome};
use model::{
    TicketId,
    desk::{LeaderSessionId, SigningTurn, TenDays, TicketState},
};
use schemars::JsonSchema;
use serde::Serialize;
use ticketing::rights::Right;

use crate::{
    auth::User,
    backend::{ReferenceDataReader, Tickets},
    blocking::read,
    clock::HotlineClock,
    extract::PathId,
    openapi::{Api, RouteDoc},
    problem::Problem,
};

pub(super) fn routes() -> Api {
    let route = |summary| RouteDoc::with_right(Right::Tickets, summary);
    Api::default()
        .get(
            "/api/v1/leaders",
            all,
            route("The roster of leaders who sign, days without one, and sessions")
                .returns::<Leaders>(),
        )
        .get(
            "/api/v1/leaders/sessions/{session}",
            one,
            route("A session with its report").returns::<SessionReport>(),
        )
}

/// The roster and the sessions.
#[derive(Default, Serialize, JsonSchema)]
struct Leaders {
    /// The turns in order.
    turns: Vec<TurnDocument>,
    /// The leader who signs today; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    signs: Option<Signer>,
    /// Days of the next month on which no leader signs.
    gaps: Vec<Gap>,
    sessions: Vec<SessionDocument>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LeaderTurn")]
struct TurnDocument {
    days: TenDays,
    turn: SigningTurn,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LeaderSession")]
struct SessionDocument {
    id: LeaderSessionId,
    #[serde(flatten)]
    session: Session,
}

/// A session with its report.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LeaderSessionReport")]
struct SessionReport {
    #[serde(flatten)]
    held: SessionDocument,
    /// The results so far.
    report: SessionTotals,
}

async fn all(
    State(reference_data): State<Arc<dyn ReferenceDataReader>>,
    State(clock): State<HotlineClock>,
    user: User,
) -> Result<Json<Leaders>, Problem> {
    user.require(Right::Tickets)?;
    let today = clock.today();
    let leaders = read(&reference_data, move |reference_data| {
        Ok(reference_data.get(|data| {
            let leaders = data.leaders();
            let turns = leaders.turns();
            let sessions = leaders.sessions();
            Leaders {
                turns: turns
                    .map(|(days, turn)| TurnDocument { days, turn: turn.clone() })
                    .collect(),
                signs: leaders.signer(today),
                gaps: leaders.gaps(today, today.plus(GAP_DAYS)),
                sessions: sessions
                    .map(|(id, session)| SessionDocument { id, session: session.clone() })
                    .collect(),
            }
        }))
    });
    leaders.await.map(Json)
}

async fn one(
    State(reference_data): State<Arc<dyn ReferenceDataReader>>,
    State(tickets): State<Arc<dyn Tickets>>,
    user: User,
    PathId(id): PathId<u32>,
) -> Result<Json<SessionReport>, Problem> {
    user.require(Right::Tickets)?;
    let id = LeaderSessionId(id);
    let session = reference_data.get(|data| data.leaders().session(id).cloned());
    let session = session.ok_or_else(|| Problem::not_found("no such session"))?;
    let outcomes = read(&tickets, move |tickets| {
        let mut outcomes: BTreeMap<TicketId, TicketOutcome> = BTreeMap::new();
        for taken in &session.taken {
            let Some(ticket) = tickets.ticket(taken.ticket)? else { continue };
            let closed = matches!(ticket.state, TicketState::Closed | TicketState::Archived);
            let satisfied = ticket.eval_final.map(|callback| callback.grade.is_satisfied());
            outcomes.insert(taken.ticket, TicketOutcome { closed, satisfied });
        }
        Ok((session, outcomes))
    });
    let (session, outcomes) = outcomes.await?;
    let report = session.report(|ticket| outcomes.get(&ticket).copied().unwrap_or_default());
    Ok(Json(SessionReport { held: SessionDocument { id, session }, report }))
}

/// A turn and its neighbours.
const GAP_DAYS: i64 = 31;
