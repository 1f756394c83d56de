//! Errors in the form of the GeoReport specification: 404 for what does not exist, 403 for the key,
//! 400 for everything else.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::Value;

use super::{Format, Node, render};
use crate::problem::Problem;

/// Everything that is wrong with a request, under one HTTP status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Open311Error {
    status: StatusCode,
    descriptions: Vec<String>,
    retry_after_s: Option<u64>,
}

impl Open311Error {
    fn with_all(status: StatusCode, descriptions: Vec<String>) -> Open311Error {
        Open311Error { status, descriptions, retry_after_s: None }
    }

    /// One error with an HTTP status.
    pub(super) fn new(status: StatusCode, description: impl Into<String>) -> Open311Error {
        Open311Error::with_all(status, vec![description.into()])
    }

    /// 404: what the request names does not exist.
    pub(super) fn not_found(description: &str) -> Open311Error {
        Open311Error::new(StatusCode::NOT_FOUND, description)
    }

    /// 403: the key or query code is missing or wrong.
    pub(super) fn forbidden(description: &str) -> Open311Error {
        Open311Error::new(StatusCode::FORBIDDEN, description)
    }

    /// 400: the request is not valid, with everything that is wrong.
    pub(super) fn invalid(descriptions: Vec<String>) -> Open311Error {
        Open311Error::with_all(StatusCode::BAD_REQUEST, descriptions)
    }

    /// 429: too many requests; `seconds` until the next one is accepted.
    pub(super) fn too_many(seconds: u64) -> Open311Error {
        let error =
            Open311Error::new(StatusCode::TOO_MANY_REQUESTS, "too many requests in a minute");
        Open311Error { retry_after_s: Some(seconds), ..error }
    }

    /// 503: the request cannot be answered now.
    pub(super) fn unavailable(description: impl Into<String>) -> Open311Error {
        Open311Error::new(StatusCode::SERVICE_UNAVAILABLE, description)
    }

    pub(super) fn response(&self, format: Format) -> Response {
        let error = |description: &String| {
            let code = Node::Leaf(Value::from(self.status.as_u16()));
            Node::Fields(vec![("code", code), ("description", Node::text(description.clone()))])
        };
        let node = Node::answer("errors", "error", self.descriptions.iter().map(error).collect());
        let mut response = render(self.status, format, &node);
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A read or a write of the console failed.
impl From<Problem> for Open311Error {
    fn from(_: Problem) -> Open311Error {
        Open311Error::unavailable("the records cannot be read now")
    }
}
