//! How a request's id, query and body are read; what cannot be read is answered
//! in the API's one shape of refusal.

use std::str::FromStr;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// An id in the path; one that cannot be names nothing: 404.
pub(crate) struct Id<T>(pub(crate) T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Id<T>, Problem> {
        let nothing = || Problem::not_found("nothing has this id");
        let Path(text) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|_| nothing())?;
        text.parse().map(Id).map_err(|_| nothing())
    }
}

/// The query of a request; an unreadable one is answered with what is wrong.
pub(crate) struct Asked<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked<T>, Problem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Asked(asked)),
            Err(error) => Err(Problem::unclear(error.body_text())),
        }
    }
}

/// The body of a request, which has a bound.
pub(crate) struct Sent(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Sent, Problem> {
        let read = Bytes::from_request(request, state).await;
        read.map(Sent).map_err(|error| Problem::status(error.status(), error.body_text()))
    }
}
