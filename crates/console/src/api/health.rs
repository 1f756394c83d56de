//! For those who watch over the engine: alive, ready, measured.

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

use crate::{client::Client, desk::Desk, problem::Problem, who::Who};

/// What the page may show before anybody logged in.
#[derive(Serialize, JsonSchema)]
pub(super) struct Hotline {
    hotline: String,
    version: &'static str,
    /// What people call each queue, by its name.
    queues: BTreeMap<QueueId, String>,
    /// The queues' names in the order of `queues.toml`: so they are shown.
    queue_order: Vec<QueueId>,
    /// `+08:00`
    zone: String,
}

pub(super) async fn hotline(State(desk): State<Arc<Desk>>) -> Json<Hotline> {
    let east = desk.options.zone.east_s / 60;
    let sign = if east < 0 { '-' } else { '+' };
    let zone = format!("{sign}{:02}:{:02}", east.abs() / 60, east.abs() % 60);
    let hotline = desk.options.hotline.clone();
    let queue_order = desk.options.queues.iter().map(|(queue, _)| queue.clone()).collect();
    let queues = desk.options.queues.iter().cloned().collect();
    Json(Hotline { hotline, version: env!("CARGO_PKG_VERSION"), queues, queue_order, zone })
}

/// The process answers.
pub(super) async fn healthz() -> &'static str {
    "alive\n"
}

/// What is served, for programs and those who write them.
pub(super) async fn description(_: Who) -> Response {
    static WRITTEN: LazyLock<String> = LazyLock::new(|| super::description().to_string());
    ([(header::CONTENT_TYPE, "application/json")], WRITTEN.as_str()).into_response()
}

/// Calls can be taken.
pub(super) async fn readyz(State(desk): State<Arc<Desk>>) -> Result<&'static str, Problem> {
    desk.backend.ready().map(|()| "ready\n").map_err(Problem::unavailable)
}

/// OpenMetrics 1.0, which Prometheus reads, for a scraper on this machine or one with a token.
pub(super) async fn metrics(
    State(desk): State<Arc<Desk>>,
    client: Client,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // Behind a proxy on this machine everybody comes from loopback: one that says for whom it asks
    // is no scraper, whether the config names it or not.
    let proxied = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    let near = client.address.is_loopback() && !proxied;
    if !near && Who::of(&desk, &headers).is_none() {
        return Err(Problem::unknown_person());
    }
    let kind =
        [(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")];
    Ok((kind, desk.backend.metrics()).into_response())
}
