//! Server-sent events that proxies do not hold back.

use std::convert::Infallible;

use axum::{
    http::HeaderName,
    response::{
        IntoResponse,
        sse::{Event, Sse},
    },
};
use futures_util::{Stream, StreamExt, stream};

/// Events as `text/event-stream`. A comment comes first, so that a proxy sends the headers before the
/// first event, and a header tells nginx not to buffer (`proxy_buffering`).
pub(crate) fn event_stream(
    events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
) -> impl IntoResponse {
    let first = stream::iter([Ok(Event::default().comment("open"))]);
    ([(X_ACCEL_BUFFERING, "no")], Sse::new(first.chain(events)))
}

const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
