//! What partners have of our records, and what becomes of those they refused (INT-01).

use std::sync::Arc;

use axum::{Json, extract::State, http::HeaderMap};
use center::{AtTheChannels, Command};
use messaging::{DestinationCommand, MessagingCommand};
use model::{Seq, desk::DestinationId};
use schemars::JsonSchema;
use serde::Deserialize;
use ticketing::{Done, channels::ChannelsCommand};

use super::{
    asked::{Asked, Id, Sent},
    described::{Api, Said},
    desk::{key, read},
    page_of::{PageOf, limit},
};
use crate::{
    desk::Desk,
    far_end::{DeadLetter, FarEnd},
    problem::Problem,
    rights::Right,
    who::Who,
};

pub(super) fn routes() -> Api {
    let keepers = |what| Said::with(Right::Courier, what);
    Api::default()
        .get(
            "/api/v1/courier",
            far_ends,
            keepers("Who gets our records, and how far each has got").gives::<Vec<FarEnd>>(),
        )
        .get(
            "/api/v1/courier/{destination}/dead",
            dead,
            keepers("What a destination refused for good")
                .more("In the order of the log; `after` goes on behind a record.")
                .query::<After>()
                .gives::<PageOf<DeadLetter, Seq>>(),
        )
        .post(
            "/api/v1/courier/{destination}/events",
            command,
            keepers("A command about what a destination did not take")
                .more("Dead letters are tried again, one or all, or settled with a reason; so are differences.")
                .command::<DestinationCommand>()
                .gives::<Done>(),
        )
}

/// Where in the list.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct After {
    after: Option<Seq>,
    limit: Option<usize>,
}

async fn far_ends(State(desk): State<Arc<Desk>>, who: Who) -> Result<Json<Vec<FarEnd>>, Problem> {
    who.must(Right::Courier)?;
    Ok(Json(desk.read(|backend| backend.far_ends()).await?))
}

async fn dead(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(destination): Id<String>,
    Asked(asked): Asked<After>,
) -> Result<Json<PageOf<DeadLetter, Seq>>, Problem> {
    who.must(Right::Courier)?;
    let destination = DestinationId::from(destination.as_str());
    let (after, limit) = (asked.after.unwrap_or(0), limit(asked.limit));
    let found = desk.read(move |backend| backend.dead_letters(&destination, after, limit)).await?;
    let items = found.ok_or_else(|| Problem::not_found("no destination is called so"))?;
    let next = items.last().filter(|_| items.len() == limit).map(|dead| dead.seq);
    Ok(Json(PageOf { items, next }))
}

async fn command(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(destination): Id<String>,
    headers: HeaderMap,
    Sent(body): Sent,
) -> Result<Json<Done>, Problem> {
    who.must(Right::Courier)?;
    let (command, expected): (DestinationCommand, _) = read(&body)?;
    let command = MessagingCommand::Keep(DestinationId::from(destination.as_str()), command);
    let command = ChannelsCommand::Courier(command);
    let order = AtTheChannels { by: who.doer(), command, expected, key: key(&headers)? };
    Ok(Json(desk.backend.command(who.actor(), Command::Channels(Box::new(order))).await?))
}
