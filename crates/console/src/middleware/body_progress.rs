//! Gives up a request whose body makes no progress. A body that makes progress may take minutes.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::problem::{Code, Problem};

/// The progress of reading a request's body.
pub(crate) struct BodyProgress {
    state: Mutex<State>,
}

#[derive(Clone, Copy)]
struct State {
    /// The time the request came, or the body last made progress.
    last: Instant,
    body: Reading,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// The handler does not read the body now: it has not begun, or has read all of it.
    Idle,
    /// The handler waits for the client.
    Waits,
    /// The client was given up.
    Stalled,
}

impl BodyProgress {
    fn new() -> Arc<BodyProgress> {
        let state = State { last: Instant::now(), body: Reading::Idle };
        Arc::new(BodyProgress { state: Mutex::new(state) })
    }

    /// The time the answer is due, if it may take `answer` after the body has been read; `None`
    /// while the handler waits for the client, which has a deadline of its own.
    pub(crate) fn answer_due(&self, answer: Duration) -> Option<Instant> {
        let state = self.state();
        (state.body != Reading::Waits).then(|| state.last + answer)
    }

    fn is_stalled(&self) -> bool {
        self.state().body == Reading::Stalled
    }

    fn state(&self) -> State {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, body: Reading, has_moved: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.body = body;
        if has_moved {
            state.last = Instant::now();
        }
    }
}

/// Gives each request a body that fails when it makes no progress, and answers such a request 408.
pub(crate) async fn watch_body(mut request: Request, next: Next) -> Response {
    let progress = BodyProgress::new();
    request.extensions_mut().insert(Arc::clone(&progress));
    let watched = Arc::clone(&progress);
    let request = request.map(|body| Body::new(WatchedBody::new(body, watched)));
    let response = next.run(request).await;
    if !progress.is_stalled() {
        return response;
    }
    let detail = format!("too little of the body arrived within {} s", STALL.as_secs());
    let mut response = Problem::with_detail(Code::BodyStalled, detail).into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A body that fails when its sender makes no progress.
struct WatchedBody {
    body: Body,
    progress: Arc<BodyProgress>,
    /// The time at which the sender is given up; set when the body is first read.
    limit: Option<Pin<Box<Sleep>>>,
    /// Bytes that came since `limit` was set.
    bytes: usize,
}

impl WatchedBody {
    fn new(body: Body, progress: Arc<BodyProgress>) -> WatchedBody {
        WatchedBody { body, progress, limit: None, bytes: 0 }
    }

    /// Whether too few bytes came for too long.
    fn has_stalled(&mut self, cx: &mut Context<'_>) -> bool {
        let limit = self.limit.get_or_insert_with(|| Box::pin(tokio::time::sleep(STALL)));
        limit.as_mut().poll(cx).is_ready()
    }

    fn received(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
        let has_moved = self.bytes >= STEP;
        if has_moved {
            self.bytes = 0;
            self.limit = None;
        }
        self.progress.set(Reading::Idle, has_moved);
    }
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.received(bytes);
                if self.has_stalled(cx) {
                    self.progress.set(Reading::Stalled, false);
                    return Poll::Ready(Some(Err(axum::Error::new(Stalled))));
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(end) => {
                self.progress.set(Reading::Idle, true);
                Poll::Ready(end)
            }
            Poll::Pending if self.has_stalled(cx) => {
                self.progress.set(Reading::Stalled, false);
                Poll::Ready(Some(Err(axum::Error::new(Stalled))))
            }
            Poll::Pending => {
                self.progress.set(Reading::Waits, false);
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[derive(Debug)]
struct Stalled;

impl std::fmt::Display for Stalled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the body arrived too slowly")
    }
}

impl std::error::Error for Stalled {}

/// A body must bring [`STEP`] bytes, or end, within this time.
const STALL: Duration = Duration::from_secs(15);
/// The bytes of one step; about 1 KiB/s, so that a sender of single bytes is given up too. A form
/// or a message of 64 KiB takes a minute at most.
const STEP: usize = 16 * 1024;
