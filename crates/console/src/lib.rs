//! The web interface: the HTTP API, live streams and the page, with their access control.
//!
//! It reads everything from a [`Backend`] and sends all commands to it. It knows nothing of SIP
//! messages, voice packets, the store's files or how passwords are stored, and makes no decisions
//! about calls.
//!
//! Inside the crate, `api`, `hooks` and `open311` hold the handlers; they use `state`, `audit` and
//! `auth`, which use `backend`, `options` and `problem`.

mod api;
mod assets;
mod attachments;
mod audit;
mod auth;
mod backend;
mod blocking;
mod client;
mod clock;
mod decode;
mod extract;
mod failed_attempts;
mod file_kind;
mod file_response;
mod hooks;
mod login_backoff;
mod middleware;
mod open311;
mod openapi;
mod options;
mod paging;
mod passwords;
mod problem;
mod quota;
mod rate_limit;
mod redact;
mod schema_check;
mod serve;
mod sessions;
mod sound_response;
mod sse;
mod state;
mod streams;
mod time_range;
mod timestamps;
mod wallboard_cache;

use std::sync::Arc;

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
};

use middleware::{
    RequestLimits, limit_requests, resolve_client, same_origin, security_headers, watch_body,
};
use problem::{Code, Problem};
use state::AppState;

pub use api::description;
pub use backend::{
    Account, AccountCommand, AccountError, Accounts, AgentQuarterHours, Attachments, Backend,
    BoxFuture, Calls, ChangedAccount, Clock, Commands, ConfigChange, ConfigEntry, Configuration,
    DeadLetter, Destination, DrillDown, DrillDownRequest, EventLog, Health, Inbound,
    InboundOutcome, KnowledgeBase, KnowledgeQuery, Messaging, NotReloaded, OpenWork,
    PendingDeliveries, PeriodFigures, QueueQuarterHours, RecordingForm, ReferenceDataReader,
    ReleaseRequest, ReleasedReport, ReloadRequest, Reloaded, RenderedReport, ReportError,
    ReportRequest, Reports, SearchHit, Sound, Statistics, Stuck, TextPart, Tickets, WorklistIndex,
};
pub use client::{ForwardedBy, Proxies};
pub use options::{DirectorySource, Hook, HookAuth, HookContent, Limits, Open311, Options};
pub use serve::serve;

/// All routes of the console over this engine.
pub fn router(backend: Backend, options: Options) -> Router {
    let state = AppState::new(backend, options);
    let limits = Arc::new(RequestLimits::new(state.options.limits));
    let limits = (limits, state.authenticator.clone());
    // The last layer sees a request first.
    api::router()
        .merge(hooks::routes())
        .method_not_allowed_fallback(method_not_allowed)
        .merge(open311::routes())
        .fallback(assets::file)
        .layer(from_fn(same_origin))
        .layer(from_fn(watch_body))
        .layer(from_fn_with_state(limits, limit_requests))
        .layer(from_fn_with_state(Arc::clone(&state.options), resolve_client))
        .layer(from_fn(security_headers))
        .with_state(state)
}

async fn method_not_allowed() -> Problem {
    Problem::with_detail(Code::MethodNotAllowed, "this route does not accept this method")
}
