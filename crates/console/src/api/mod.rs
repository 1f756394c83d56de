//! The routes, one file a subject.

mod asked;
mod audio;
mod calls;
mod events;
mod health;
mod live;
mod page_of;
mod people;
mod seats;
mod tickets;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware,
    routing::{get, post},
};

use crate::{desk::Desk, guard, problem::Problem};

pub(crate) use audio::Listenings;
pub(crate) use live::Picture;

/// The whole API and the health routes.
pub(crate) fn routes() -> Router<Arc<Desk>> {
    let asked = Router::new()
        .route("/api/v1/hotline", get(health::hotline))
        .route("/api/v1/login", post(people::log_in))
        .route("/api/v1/logout", post(people::log_out))
        .route("/api/v1/me", get(people::me))
        .route("/api/v1/wallboard", get(live::wallboard))
        .route("/api/v1/queues", get(live::queues))
        .route("/api/v1/seats", get(live::seats))
        .route("/api/v1/seats/{seat}", get(live::seat))
        .route("/api/v1/seats/{seat}/{wish}", post(seats::wish))
        .route("/api/v1/calls", get(calls::list))
        .route("/api/v1/calls/{call}", get(calls::one))
        .route("/api/v1/calls/{call}/hang-up", post(calls::hang_up))
        .route("/api/v1/recordings", get(calls::recordings))
        .route("/api/v1/tickets", get(tickets::list))
        .route("/api/v1/tickets/{ticket}", get(tickets::one))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .layer(middleware::from_fn(guard::in_time));
    let streamed = Router::new()
        .route("/api/v1/recordings/{call}/audio", get(audio::audio))
        .route("/api/v1/wallboard/live", get(live::stream))
        .route("/api/v1/events", get(events::stream));
    asked
        .merge(streamed)
        .route("/api/{*rest}", axum::routing::any(no_such_route))
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(BODY_MAX))
}

async fn no_such_route() -> Problem {
    Problem::not_found("no such route; see the API's description")
}

async fn no_such_method() -> Problem {
    Problem::status(StatusCode::METHOD_NOT_ALLOWED, "this route takes another method")
}

/// Bodies are names, passwords and reasons.
const BODY_MAX: usize = 16 * 1024;
