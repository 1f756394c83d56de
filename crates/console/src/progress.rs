//! Bodies of requests are judged by their progress: one that goes on may take its time, one that
//! stands still is given up.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::problem::Problem;

/// How far the body of a request has come.
pub(crate) struct Progress {
    state: Mutex<State>,
}

#[derive(Clone, Copy)]
struct State {
    /// When the request came, or the body last went on as it should.
    last: Instant,
    body: Reading,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Nobody reads the body now: it is not asked for yet, or over.
    Idle,
    /// We wait for the client.
    Waits,
    /// The client was given up.
    Stalled,
}

impl Progress {
    fn new() -> Arc<Progress> {
        let state = State { last: Instant::now(), body: Reading::Idle };
        Arc::new(Progress { state: Mutex::new(state) })
    }

    /// Until when an answer is due that may take `answer` once the body is there; `None` while
    /// the client is waited for, which has a limit of its own.
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

/// Gives each request a body that fails when it stands still, and answers such a request 408.
pub(crate) async fn watch(mut request: Request, next: Next) -> Response {
    let progress = Progress::new();
    request.extensions_mut().insert(Arc::clone(&progress));
    let watched = Arc::clone(&progress);
    let request = request.map(|body| Body::new(Watched::new(body, watched)));
    let response = next.run(request).await;
    if !progress.is_stalled() {
        return response;
    }
    let what = format!("the body stood still for {} s", STALL.as_secs());
    let mut response = Problem::status(StatusCode::REQUEST_TIMEOUT, what).into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A body whose sender must go on.
struct Watched {
    body: Body,
    progress: Arc<Progress>,
    /// When the sender is given up; made when the body is first asked for.
    limit: Option<Pin<Box<Sleep>>>,
    /// Bytes since `limit` was set.
    bytes: usize,
}

impl Watched {
    fn new(body: Body, progress: Arc<Progress>) -> Watched {
        Watched { body, progress, limit: None, bytes: 0 }
    }

    /// Whether too little came for too long.
    fn has_stalled(&mut self, cx: &mut Context<'_>) -> bool {
        let limit = self.limit.get_or_insert_with(|| Box::pin(tokio::time::sleep(STALL)));
        limit.as_mut().poll(cx).is_ready()
    }

    fn came(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
        let goes_on = self.bytes >= STEP;
        if goes_on {
            self.bytes = 0;
            self.limit = None;
        }
        self.progress.set(Reading::Idle, goes_on);
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.came(bytes);
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
        f.write_str("the body stood still")
    }
}

impl std::error::Error for Stalled {}

/// A body must go on by [`STEP`], or end, within this time.
pub(crate) const STALL: Duration = Duration::from_secs(15);
/// About 1 KiB/s, so that a sender of single bytes is no better than one of none. A form or a
/// message of 64 KiB takes a minute at most.
const STEP: usize = 16 * 1024;
