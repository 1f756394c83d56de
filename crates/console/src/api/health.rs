//! Health and measurements of the engine, for monitoring, and the hotline's name.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use model::QueueId;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    auth::{Authenticator, User},
    backend::{Configuration, Health},
    client::Client,
    options::Options,
    problem::Problem,
};

/// The data that the page shows before log-in.
#[derive(Serialize, JsonSchema)]
pub(super) struct Hotline {
    hotline: String,
    version: &'static str,
    /// The title of each queue, by its name.
    queues: BTreeMap<QueueId, String>,
    /// The names of the queues in the order of `queues.toml`, in which they are shown.
    queue_order: Vec<QueueId>,
    /// `+08:00`
    zone: String,
}

pub(super) async fn hotline(
    State(options): State<Arc<Options>>,
    State(config): State<Arc<dyn Configuration>>,
) -> Json<Hotline> {
    let east = options.zone.east_s / 60;
    let sign = if east < 0 { '-' } else { '+' };
    let zone = format!("{sign}{:02}:{:02}", east.abs() / 60, east.abs() % 60);
    let hotline = options.hotline.clone();
    let queues = options.queues(&*config);
    let queue_order = queues.iter().map(|(queue, _)| queue.clone()).collect();
    let queues = queues.into_iter().collect();
    Json(Hotline { hotline, version: env!("CARGO_PKG_VERSION"), queues, queue_order, zone })
}

/// The process answers.
pub(super) async fn healthz() -> &'static str {
    "alive\n"
}

/// The OpenAPI description.
pub(super) async fn description(_: User) -> Response {
    static WRITTEN: LazyLock<String> = LazyLock::new(|| super::description().to_string());
    ([(header::CONTENT_TYPE, "application/json")], WRITTEN.as_str()).into_response()
}

/// Whether calls can be taken.
pub(super) async fn readyz(State(health): State<Arc<dyn Health>>) -> Result<&'static str, Problem> {
    health.ready().map(|()| "ready\n").map_err(Problem::unavailable)
}

/// OpenMetrics 1.0, which Prometheus reads, for a scraper on this machine or one with a token.
pub(super) async fn metrics(
    State(health): State<Arc<dyn Health>>,
    State(authenticator): State<Authenticator>,
    client: Client,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // Behind a proxy on this machine every request comes from loopback. A request that names another
    // client is not a scraper's, whether the config knows the proxy or not.
    let proxied = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    let is_local = client.address.is_loopback() && !proxied;
    if !is_local && authenticator.user(&headers).is_none() {
        return Err(Problem::not_logged_in());
    }
    let content_type =
        [(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")];
    Ok((content_type, health.metrics()).into_response())
}
