//! A live stream as it leaves: at once, and past proxies that would gather it.

use std::convert::Infallible;

use axum::{
    http::HeaderName,
    response::{
        IntoResponse,
        sse::{Event, Sse},
    },
};
use futures_util::{Stream, StreamExt, stream};

/// Events as `text/event-stream`. A comment comes first, so that a proxy passes the head on before
/// anything happens, and nginx is told not to buffer (its `proxy_buffering`).
pub(super) fn streamed(
    events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
) -> impl IntoResponse {
    let opening = stream::iter([Ok(Event::default().comment("open"))]);
    ([(X_ACCEL_BUFFERING, "no")], Sse::new(opening.chain(events)))
}

const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
