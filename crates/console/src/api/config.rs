//! The config in force: its reload while calls go on, and the configs on record.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use model::{QueueId, event::AdoptionCause};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ticketing::rights::Right;
use workflow::Fault;

use crate::{
    auth::User,
    backend::{ConfigEntry, Configuration, NotReloaded, ReloadRequest, Reloaded},
    blocking::read,
    decode,
    extract::RawBody,
    openapi::{Api, RouteDoc},
    problem::Problem,
};

pub(super) fn routes() -> Api {
    Api::default()
        .get(
            "/api/v1/config",
            history,
            RouteDoc::with_right(Right::Configure, "The config in force and those before")
                .returns::<ConfigHistory>(),
        )
        .post(
            "/api/v1/config/reload",
            reload,
            RouteDoc::with_right(
                Right::Configure,
                "Read the config folder and put it in force while calls go on",
            )
            .notes(
                "All faults are told at once, and with a fault, or a change that needs a restart, \
                 nothing is taken. Waiting callers keep their places, seats their states. The reload \
                 is on record with who asked for it.",
            )
            .body::<Reload>()
            .returns::<Reloaded>(),
        )
}

/// The configs on record.
#[derive(Serialize, JsonSchema)]
struct ConfigHistory {
    /// The files of the config folder that were changed and not reloaded.
    changed_files: Vec<String>,
    /// The newest configs, the newest first; the first one is in force.
    configs: Vec<ConfigEntry>,
}

/// How to reload.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Reload {
    /// For each removed queue in which callers wait, the queue that takes them over.
    #[serde(default)]
    move_to: BTreeMap<QueueId, QueueId>,
    /// Only tell what would change.
    #[serde(default)]
    dry_run: bool,
}

async fn history(
    user: User,
    State(config): State<Arc<dyn Configuration>>,
) -> Result<Json<ConfigHistory>, Problem> {
    user.require(Right::Configure)?;
    let found = read(&config, |config| {
        let changed_files = config.changed_files()?;
        Ok(ConfigHistory { changed_files, configs: config.configs()? })
    });
    Ok(Json(found.await?))
}

async fn reload(
    user: User,
    State(config): State<Arc<dyn Configuration>>,
    RawBody(body): RawBody,
) -> Result<Json<Reloaded>, Problem> {
    user.require(Right::Configure)?;
    let Reload { move_to, dry_run } =
        decode::typed(&body).map_err(|error| Problem::invalid(error.to_string()))?;
    let by = Some(user.account.name.clone());
    let request = ReloadRequest { cause: AdoptionCause::Api, by, move_to, dry_run };
    config.reload(request).await.map(Json).map_err(|refused| match refused {
        NotReloaded::Faults(faults) => Problem::faults(faults.into_iter().map(fault).collect()),
        NotReloaded::Restart(_) | NotReloaded::Calls(_) => {
            Problem::conflict(refused.reasons().join("\n"))
        }
        NotReloaded::Unavailable(why) => Problem::unavailable(why),
    })
}

/// A fault of the folder: its place, and what is wrong there.
fn fault(text: String) -> Fault {
    match text.split_once(": ") {
        Some((place, what)) => Fault::new(place, what),
        None => Fault::new("", text),
    }
}
