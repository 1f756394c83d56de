//! The files of the page, compiled into the program.

use axum::{
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::Problem;

/// The output of `build.rs`: the built page, or a small one that states the reason why it is
/// missing.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/page"]
struct Page;

/// The file with this path; the page itself for `/` and for the addresses of its views, such as
/// `/tickets/2026112200017`.
pub(crate) async fn file(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let path = if path.is_empty() || is_view(&method, path, &headers) { INDEX } else { path };
    match Page::get(path) {
        Some(file) => send(path, file, &headers),
        None => Problem::not_found("no such file").into_response(),
    }
}

/// Whether a browser opens a view of the page by its address. A file has an extension, and what asks
/// for one does not prefer HTML.
fn is_view(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let wants_html = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    matches!(*method, Method::GET | Method::HEAD)
        && wants_html
        && !NOT_VIEWS.iter().any(|folder| path.starts_with(folder))
        && !path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

fn send(path: &str, file: EmbeddedFile, request: &HeaderMap) -> Response {
    let hash: String = file.metadata.sha256_hash().iter().map(|b| format!("{b:02x}")).collect();
    let etag = format!("\"{hash}\"");
    // Files below assets/ carry their hash in their name and never change.
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let is_same = request.get(header::IF_NONE_MATCH).is_some_and(|known| known == etag.as_str());
    let headers = [(header::ETAG, etag), (header::CACHE_CONTROL, cache.to_owned())];
    if is_same {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let kind = [(header::CONTENT_TYPE, content_type(path))];
    (headers, kind, file.data).into_response()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json" | "webmanifest") => "application/json",
        _ => "application/octet-stream",
    }
}

const INDEX: &str = "index.html";
/// The folders of what is not the page.
const NOT_VIEWS: [&str; 4] = ["api/", "assets/", "hooks/", "open311/"];
