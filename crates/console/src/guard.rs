//! What holds for every answer and every request, whatever its route.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::Instant;

use crate::{client::Client, problem::Problem, progress::Progress, who};

/// Headers that keep the page to itself: nothing from other sites, in no other
/// site's frame, no address of ours told to other sites.
pub(crate) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // A report, which carries its own style, carries its own policy.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // What the API says is of the moment and of the person.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A browser's cookie only works from our own page.
///
/// `SameSite=Strict` already says so; this is the second lock. Browsers send
/// `Sec-Fetch-Site`, older ones `Origin`; a request with neither comes from no
/// browser, and a token is never sent by itself.
pub(crate) async fn same_origin(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD);
    let client = request.extensions().get::<Client>();
    if harmless || who::token(headers).is_some() || from_our_page(headers, client) {
        return next.run(request).await;
    }
    Problem::forbidden(
        "this came from another site's page; if it did not, the proxy in front has to pass on Host",
    )
    .into_response()
}

fn from_our_page(headers: &HeaderMap, client: Option<&Client>) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    if let Some(site) = text(&SEC_FETCH_SITE) {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(&header::ORIGIN) else { return true };
    let Some((_, ours)) = origin.split_once("://") else { return false };
    if Some(ours) == text(&header::HOST) {
        return true;
    }
    match client {
        Some(Client { host: Some(asked), .. }) => ours == asked,
        // The proxy has put its own name for us into Host and does not say what was asked for.
        // Another site's page still cannot send this type without asking us first (Fetch
        // standard, "CORS-preflight fetch"), and we allow nobody.
        Some(client) if client.is_proxied => text(&header::CONTENT_TYPE).is_some_and(is_json),
        _ => false,
    }
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// An answer in time, or an honest 503; the time counts from the end of the body. Live streams and
/// recordings are not under this.
pub(crate) async fn in_time(request: Request, next: Next) -> Response {
    within(ANSWER, request, next).await
}

/// The same where a password is verified: a shift's start stands in line for it.
pub(crate) async fn in_time_to_log_in(request: Request, next: Next) -> Response {
    within(LOG_IN, request, next).await
}

async fn within(answer_in: Duration, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let progress = request.extensions().get::<Arc<Progress>>().cloned();
    let mut answer = std::pin::pin!(next.run(request));
    loop {
        let due = match &progress {
            // While the body comes it has a limit of its own; look again.
            Some(progress) => progress.answer_due(answer_in).unwrap_or(Instant::now() + LOOK_AGAIN),
            None => began + answer_in,
        };
        if let Ok(response) = tokio::time::timeout_at(due, &mut answer).await {
            return response;
        }
        let is_late = |progress: &Progress| {
            progress.answer_due(answer_in).is_some_and(|due| due <= Instant::now())
        };
        if progress.as_deref().is_none_or(is_late) {
            let late = "no answer in time; look before you try again";
            return Problem::unavailable(late).into_response();
        }
    }
}

/// Longer than a slow disk's sync, shorter than a person's patience.
const ANSWER: Duration = Duration::from_secs(15);
/// Every place in the line for passwords is served long before; proxies cut at 60 s.
const LOG_IN: Duration = Duration::from_secs(50);
const LOOK_AGAIN: Duration = Duration::from_secs(1);

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
         object-src 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];
