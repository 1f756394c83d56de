//! Headers that isolate the page from other sites, and the check that a request came from our own
//! page.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    auth::bearer_token,
    client::Client,
    problem::{Code, Problem},
};

/// Adds headers by which a browser loads nothing from other sites, shows the page in no other
/// site's frame and tells other sites no address of ours.
pub(crate) async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // A report has its own style and so its own policy.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // Answers of the API depend on the moment and on the person.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Refuses a request that changes something and that a browser sent from another site's page.
///
/// The cookie is `SameSite=Strict`; this check is the second defence. Browsers send
/// `Sec-Fetch-Site`, older ones `Origin`. A request with neither does not come from a browser, and
/// browsers never send a token by themselves.
pub(crate) async fn same_origin(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let client = request.extensions().get::<Client>();
    if is_read || bearer_token(headers).is_some() || is_from_our_page(headers, client) {
        return next.run(request).await;
    }
    let detail = "the request came from another site's page; if it did not, the proxy in front \
                  must pass on the Host header";
    Problem::with_detail(Code::CrossSite, detail).into_response()
}

fn is_from_our_page(headers: &HeaderMap, client: Option<&Client>) -> bool {
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
        // The proxy has put its own name for us into Host and does not say which host the browser
        // asked for. Another site's page still cannot send this type without a preflight (Fetch
        // standard, "CORS-preflight fetch"), and no site passes ours.
        Some(client) if client.is_proxied => text(&header::CONTENT_TYPE).is_some_and(is_json),
        _ => false,
    }
}

fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; worker-src 'self'; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];
