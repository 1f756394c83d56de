//! Extractors for the parts of a request. A part that cannot be read is refused with a problem
//! document, not with the framework's plain text.

use std::str::FromStr;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{StatusCode, request::Parts},
};
use serde::de::DeserializeOwned;

use crate::problem::{Code, Problem};

/// An id in the path; 404 when the text cannot be an id.
pub(crate) struct PathId<T>(pub(crate) T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<PathId<T>, Problem> {
        let PathParams(text) = PathParams::<String>::from_request_parts(parts, state).await?;
        text.parse().map(PathId).map_err(|_| no_such_id())
    }
}

/// All parameters of the path; 404 when they cannot be read.
pub(crate) struct PathParams<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<PathParams<T>, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(params)) => Ok(PathParams(params)),
            Err(_) => Err(no_such_id()),
        }
    }
}

/// The parameters of the query; 422 when they cannot be read.
pub(crate) struct QueryParams<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<QueryParams<T>, Problem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(QueryParams(params)),
            Err(error) => Err(Problem::invalid(error.body_text())),
        }
    }
}

/// The bytes of the body; 413 when it is larger than the route takes.
pub(crate) struct RawBody(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<RawBody, Problem> {
        Bytes::from_request(request, state).await.map(RawBody).map_err(|error| {
            let code = match error.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Code::TooLarge,
                _ => Code::Unclear,
            };
            Problem::with_detail(code, error.body_text())
        })
    }
}

fn no_such_id() -> Problem {
    Problem::not_found("there is no item with this id")
}
