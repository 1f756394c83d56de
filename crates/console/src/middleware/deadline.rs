//! A deadline for the answer of each request.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::Instant;

use super::body_progress::BodyProgress;
use crate::problem::{Code, Problem};

/// Answers 503 when the handler takes longer than 15 s after the end of the body. Live streams and
/// recordings have no such deadline.
pub(crate) async fn answer_in_time(request: Request, next: Next) -> Response {
    answer_within(ANSWER, request, next).await
}

/// The same with 50 s, for routes that verify a password: at the start of a shift they wait in the
/// queue for hashing.
pub(crate) async fn log_in_in_time(request: Request, next: Next) -> Response {
    answer_within(LOG_IN, request, next).await
}

async fn answer_within(limit: Duration, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let progress = request.extensions().get::<Arc<BodyProgress>>().cloned();
    let mut answer = std::pin::pin!(next.run(request));
    loop {
        let due = match &progress {
            // While the body comes it has a deadline of its own; check again later.
            Some(progress) => progress.answer_due(limit).unwrap_or(Instant::now() + CHECK_AGAIN),
            None => began + limit,
        };
        if let Ok(response) = tokio::time::timeout_at(due, &mut answer).await {
            return response;
        }
        let is_late = |progress: &BodyProgress| {
            progress.answer_due(limit).is_some_and(|due| due <= Instant::now())
        };
        if progress.as_deref().is_none_or(is_late) {
            let detail = "no answer in time; check the state before you try again";
            return Problem::with_detail(Code::Timeout, detail).into_response();
        }
    }
}

/// Longer than a slow disk's sync, shorter than a person's patience.
const ANSWER: Duration = Duration::from_secs(15);
/// The whole queue for hashing is served much sooner; proxies give up after 60 s.
const LOG_IN: Duration = Duration::from_secs(50);
const CHECK_AGAIN: Duration = Duration::from_secs(1);
