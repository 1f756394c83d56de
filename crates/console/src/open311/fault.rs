//! Errors as the specification has them: 404 for what is not there, 403 for the key, 400 for the rest.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::Value;

use super::{Format, Node, shown};
use crate::problem::Problem;

/// Everything that is wrong with a request, under one status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    status: StatusCode,
    what: Vec<String>,
    retry_after_s: Option<u64>,
}

impl Fault {
    fn new(status: StatusCode, what: Vec<String>) -> Fault {
        Fault { status, what, retry_after_s: None }
    }

    /// One thing that is wrong, under a status of HTTP's.
    pub(super) fn of(status: StatusCode, what: impl Into<String>) -> Fault {
        Fault::new(status, vec![what.into()])
    }

    pub(super) fn not_found(what: &str) -> Fault {
        Fault::new(StatusCode::NOT_FOUND, vec![what.to_owned()])
    }

    pub(super) fn key(what: &str) -> Fault {
        Fault::new(StatusCode::FORBIDDEN, vec![what.to_owned()])
    }

    pub(super) fn wrong(what: Vec<String>) -> Fault {
        Fault::new(StatusCode::BAD_REQUEST, what)
    }

    pub(super) fn too_many(seconds: u64) -> Fault {
        let what = vec!["too many requests in a minute".to_owned()];
        let retry_after_s = Some(seconds);
        Fault { retry_after_s, ..Fault::new(StatusCode::TOO_MANY_REQUESTS, what) }
    }

    /// Not now.
    pub(super) fn later(what: impl Into<String>) -> Fault {
        Fault::new(StatusCode::SERVICE_UNAVAILABLE, vec![what.into()])
    }

    pub(super) fn response(&self, format: Format) -> Response {
        let error = |what: &String| {
            let code = Node::Leaf(Value::from(self.status.as_u16()));
            Node::Fields(vec![("code", code), ("description", Node::text(what.clone()))])
        };
        let node = Node::answer("errors", "error", self.what.iter().map(error).collect());
        let mut response = shown(self.status, format, &node);
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The records cannot be read now.
impl From<Problem> for Fault {
    fn from(_: Problem) -> Fault {
        Fault::later("the records cannot be read now")
    }
}
