//! Deliveries of our records to partners, and commands about those they refused (INT-01: reporting to
//! other systems).

use std::sync::Arc;

use axum::{Json, extract::State, http::HeaderMap};
use center::{ChannelsRequest, Command};
use messaging::{DestinationCommand, MessagingCommand};
use model::{Seq, desk::DestinationId};
use schemars::JsonSchema;
use serde::Deserialize;
use ticketing::{CommandReceipt, channels::ChannelsCommand, rights::Right};

use super::commands::{idempotency_key, read_command};
use crate::{
    auth::User,
    backend::{Commands, DeadLetter, Destination, Messaging},
    blocking::read,
    extract::{PathId, QueryParams, RawBody},
    openapi::{Api, RouteDoc},
    paging::{Page, limit},
    problem::Problem,
};

pub(super) fn routes() -> Api {
    let route = |summary| RouteDoc::with_right(Right::Courier, summary);
    Api::default()
        .get(
            "/api/v1/courier",
            destinations,
            route("The destinations of our records, with their progress")
                .returns::<Vec<Destination>>(),
        )
        .get(
            "/api/v1/courier/{destination}/dead",
            dead_letters,
            route("The dead letters of a destination: records it refused for good")
                .notes("In the order of the log; the next page has the query `after`.")
                .query::<DeadLettersQuery>()
                .returns::<Page<DeadLetter, Seq>>(),
        )
        .post(
            "/api/v1/courier/{destination}/events",
            command,
            route("A command about dead letters and differences of a destination")
                .notes("Dead letters are sent again or dropped with a reason; differences are settled with one.")
                .command::<DestinationCommand>()
                .returns::<CommandReceipt>(),
        )
}

/// The page of dead letters.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeadLettersQuery {
    after: Option<Seq>,
    limit: Option<usize>,
}

async fn destinations(
    State(messaging): State<Arc<dyn Messaging>>,
    user: User,
) -> Result<Json<Vec<Destination>>, Problem> {
    user.require(Right::Courier)?;
    Ok(Json(read(&messaging, |messaging| messaging.destinations()).await?))
}

async fn dead_letters(
    State(messaging): State<Arc<dyn Messaging>>,
    user: User,
    PathId(destination): PathId<String>,
    QueryParams(query): QueryParams<DeadLettersQuery>,
) -> Result<Json<Page<DeadLetter, Seq>>, Problem> {
    user.require(Right::Courier)?;
    let destination = DestinationId::from(destination.as_str());
    let (after, limit) = (query.after.unwrap_or(0), limit(query.limit));
    let found = read(&messaging, move |m| m.dead_letters(&destination, after, limit)).await?;
    let items = found.ok_or_else(|| Problem::not_found("no such destination"))?;
    let next = items.last().filter(|_| items.len() == limit).map(|dead| dead.seq);
    Ok(Json(Page { items, next }))
}

async fn command(
    State(commands): State<Arc<dyn Commands>>,
    user: User,
    PathId(destination): PathId<String>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Json<CommandReceipt>, Problem> {
    user.require(Right::Courier)?;
    let (command, expected): (DestinationCommand, _) = read_command(&body)?;
    let command = MessagingCommand::Destination(DestinationId::from(destination.as_str()), command);
    let command = ChannelsCommand::Messaging(command);
    let key = idempotency_key(&headers)?;
    let request = ChannelsRequest { by: user.actor(), command, expected, key };
    let command = Command::Channels(Box::new(request));
    Ok(Json(commands.execute(user.seat_actor(), command).await?))
}
