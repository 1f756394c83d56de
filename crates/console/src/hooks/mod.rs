//! Webhooks: messages of partners and receipts of an SMS gateway, at `POST /hooks/{name}` (CHAN-04,
//! messages of platforms; INT-04, inbound webhooks).
//!
//! A sender is authenticated by a shared secret. Its fields, whatever their names, are mapped to an
//! [`InboundMessage`] or [`SmsReceipt`]. A message with the same id is recorded once. A 2xx answer
//! means that the request is in the log. A request is recorded as a whole or, when a part of it
//! cannot be read, not at all; the answer then lists all faults.
//!
//! [`InboundMessage`]: model::desk::InboundMessage
//! [`SmsReceipt`]: model::desk::SmsReceipt

mod auth;
mod read;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef, RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::post,
};

use crate::{
    backend::{InboundOutcome, Messaging},
    client::Client,
    clock::HotlineClock,
    extract::{PathParams, RawBody},
    failed_attempts::FailedAttempts,
    options::{Hook, Options},
    problem::{Code, Problem},
    state::AppState,
};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/hooks/{name}", post(receive)).layer(DefaultBodyLimit::max(BODY_MAX))
}

/// The state that a webhook needs.
#[derive(Clone)]
struct Receiver {
    messaging: Arc<dyn Messaging>,
    failed_attempts: Arc<FailedAttempts>,
    options: Arc<Options>,
    clock: HotlineClock,
}

impl FromRef<AppState> for Receiver {
    fn from_ref(state: &AppState) -> Receiver {
        Receiver {
            messaging: FromRef::from_ref(state),
            failed_attempts: FromRef::from_ref(state),
            options: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
        }
    }
}

async fn receive(
    State(receiver): State<Receiver>,
    PathParams(name): PathParams<String>,
    RawQuery(query): RawQuery,
    Client { address: from, .. }: Client,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Response, Problem> {
    let hook = receiver.options.hooks.get(&name);
    let hook = hook.ok_or_else(|| Problem::not_found("there is no such webhook"))?;
    let now = receiver.clock.now();
    if let Err(reason) = hook.auth.check(now, &headers, query.as_deref(), &body) {
        // Ten failures a minute are logged; more would only fill the journal.
        if let Err(seconds) = receiver.failed_attempts.failed(now, from) {
            let detail = "too many requests with a wrong signature or token";
            let problem = Problem::with_detail(Code::TooManyAttempts, detail);
            return Err(problem.retry_after(seconds));
        }
        tracing::warn!(hook = name, %from, reason, "a webhook message is not authenticated");
        return Err(Problem::with_detail(Code::Unproven, reason));
    }
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default();
    let request = read::Request { hook: &name, id, content_type, now };
    let inbound = hook.read(&request, receiver.options.zone, &body).map_err(|faults| {
        let detail = faults.join("; ");
        tracing::warn!(hook = name, %from, "a webhook message cannot be read: {detail}");
        Problem::invalid(detail)
    })?;
    for message in inbound {
        match receiver.messaging.receive(message).await {
            InboundOutcome::Recorded => {}
            // The messages before it are on record and will be recognised when they are sent again.
            InboundOutcome::Unavailable(reason) => {
                return Err(Problem::unavailable(reason).retry_after(RETRY_S));
            }
        }
    }
    Ok(answer(hook))
}

/// The configured answer when everything was recorded.
fn answer(hook: &Hook) -> Response {
    let is_json = serde_json::from_str::<serde_json::Value>(&hook.answer).is_ok();
    let content_type = if is_json { "application/json" } else { "text/plain; charset=utf-8" };
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))];
    (headers, hook.answer.clone()).into_response()
}

/// The longest body, in bytes. A message has some thousand characters; a batch of two hundred
/// receipts fits as well.
const BODY_MAX: usize = 64 * 1024;
const RETRY_S: u64 = 5;
