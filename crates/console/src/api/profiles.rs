//! The skills and queues of agents: what the config says, and what a supervisor changed for a time.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{Json, extract::State, http::StatusCode};
use center::{Command, ControlCommand, ControlRequest};
use model::{
    AccountName, QueueId, RoutingProfile, SeatId, Skill, TemporaryProfile, Timestamp,
    event::SeatActor,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stats::Wallboard;
use ticketing::rights::Right;

use crate::{
    auth::User,
    backend::{Accounts, Commands, Statistics},
    decode,
    extract::{PathParams, RawBody},
    openapi::{Api, RouteDoc},
    problem::Problem,
};

pub(super) fn routes() -> Api {
    Api::default()
        .get(
            "/api/v1/agents/profiles",
            list,
            RouteDoc::with_right(Right::Wallboard, "The skills and queues of agents")
                .notes(
                    "Every agent of `agents.toml`, everybody with a changed profile, and everybody \
                     signed in.",
                )
                .returns::<Vec<Profile>>(),
        )
        .post(
            "/api/v1/agents/{agent}/profile",
            set,
            RouteDoc::with_right(Right::AllSeats, "Change an agent's skills and queues for a time")
                .notes("The change survives a restart. Without `until` it ends when they sign out.")
                .body::<Change>(),
        )
        .post(
            "/api/v1/agents/{agent}/profile/withdraw",
            withdraw,
            RouteDoc::with_right(
                Right::AllSeats,
                "Let an agent serve again what `agents.toml` says",
            ),
        )
}

/// An agent with their skills and queues.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AgentProfileShown")]
struct Profile {
    /// The account.
    agent: AccountName,
    /// The team in `agents.toml`; empty for none.
    team: String,
    /// The seat where they are signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    seat: Option<SeatId>,
    /// The profile in `agents.toml`; absent when it does not name them: then the seat's own profile
    /// applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    configured: Option<RoutingProfile>,
    /// The own profile of the seat where they are signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    of_seat: Option<RoutingProfile>,
    /// The change that a supervisor made.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<Changed>,
}

/// A changed profile.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AgentProfileChanged")]
struct Changed {
    /// The skills and queues that hold now.
    #[serde(flatten)]
    profile: RoutingProfile,
    /// Whether they differ from `agents.toml`.
    differs: bool,
    /// The end of the change; absent: when the agent signs out.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    /// The time it was made.
    since: Timestamp,
    /// The person who made it; absent for the engine.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<AccountName>,
}

/// All skills and queues of an agent from now on.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AgentProfileChange")]
struct Change {
    /// Level by skill, 1 to 10.
    #[serde(default)]
    skills: BTreeMap<Skill, u8>,
    /// Tier by queue, 1 to 10.
    queues: BTreeMap<QueueId, u8>,
    /// The end of the change; absent: when the agent signs out.
    until: Option<Timestamp>,
}

async fn list(
    State(statistics): State<Arc<dyn Statistics>>,
    user: User,
) -> Result<Json<Vec<Profile>>, Problem> {
    user.require(Right::Wallboard)?;
    Ok(Json(profiles(&statistics.wallboard())))
}

async fn set(
    State(commands): State<Arc<dyn Commands>>,
    State(accounts): State<Arc<dyn Accounts>>,
    user: User,
    PathParams(agent): PathParams<String>,
    RawBody(body): RawBody,
) -> Result<StatusCode, Problem> {
    user.require(Right::AllSeats)?;
    let Change { skills, queues, until } =
        decode::typed::<Change>(&body).map_err(|error| Problem::invalid(error.to_string()))?;
    let agent = AccountName::from(agent.as_str());
    if accounts.account(&agent).is_none() {
        return Err(Problem::not_found("no such account"));
    }
    let profile = RoutingProfile { skills, queues };
    give(&*commands, &user, ControlCommand::SetProfile { agent, profile, until }).await
}

async fn withdraw(
    State(commands): State<Arc<dyn Commands>>,
    user: User,
    PathParams(agent): PathParams<String>,
) -> Result<StatusCode, Problem> {
    user.require(Right::AllSeats)?;
    let agent = AccountName::from(agent.as_str());
    give(&*commands, &user, ControlCommand::WithdrawProfile { agent }).await
}

async fn give(
    commands: &dyn Commands,
    user: &User,
    command: ControlCommand,
) -> Result<StatusCode, Problem> {
    let request = ControlRequest { by: user.actor(), command };
    commands.execute(user.seat_actor(), Command::Control(request)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn profiles(board: &Wallboard) -> Vec<Profile> {
    let signed_in = board.seats.values().filter_map(|seat| seat.agent());
    let agents: BTreeSet<&AccountName> =
        board.agents.keys().chain(board.temporary_profiles.keys()).chain(signed_in).collect();
    agents.into_iter().map(|agent| profile(board, agent)).collect()
}

fn profile(board: &Wallboard, agent: &AccountName) -> Profile {
    let configured = board.agents.get(agent);
    let routing = configured.map(|configured| &configured.routing);
    let changed = board.temporary_profiles.get(agent).map(|temporary: &TemporaryProfile| Changed {
        profile: temporary.routing.clone(),
        differs: routing != Some(&temporary.routing),
        until: temporary.until,
        since: temporary.since,
        by: match &temporary.by {
            SeatActor::Person(person) => Some(person.clone()),
            SeatActor::Phone | SeatActor::Engine => None,
        },
    });
    let mut seats = board.seats.iter();
    let seat = seats.find(|(_, seat)| seat.agent() == Some(agent)).map(|(seat, _)| *seat);
    Profile {
        agent: agent.clone(),
        team: configured.map(|configured| configured.team.clone()).unwrap_or_default(),
        seat,
        configured: routing.cloned(),
        of_seat: seat.and_then(|seat| board.seat_profiles.get(&seat).cloned()),
        changed,
    }
}
