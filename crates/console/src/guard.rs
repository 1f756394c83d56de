//! What holds for every answer and every request, whatever its route.

use std::time::Duration;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{problem::Problem, who};

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
    if harmless || who::token(headers).is_some() || from_our_page(headers) {
        return next.run(request).await;
    }
    Problem::forbidden("this came from another site's page").into_response()
}

fn from_our_page(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    if let Some(site) = text(&SEC_FETCH_SITE) {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(&header::ORIGIN) else { return true };
    let ours = origin.split_once("://").map(|(_, host)| host);
    ours.is_some() && ours == text(&header::HOST)
}

/// An answer in time, or an honest 503. Live streams and recordings are not under this.
pub(crate) async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(ANSWER, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            Problem::unavailable("no answer in time; look before you try again").into_response()
        }
    }
}

/// Longer than a slow disk's sync, shorter than a person's patience.
const ANSWER: Duration = Duration::from_secs(15);

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
