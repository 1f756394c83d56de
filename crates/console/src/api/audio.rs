//! A recording as sound, with ranges so that a player can seek. Each playback is recorded in the
//! audit.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::Method,
    response::Response,
};
use model::CallId;
use ticketing::rights::Right;

use crate::{
    audit::Audit,
    auth::User,
    backend::Calls,
    blocking::read,
    extract::PathId,
    file_response::{Disposition, serve_file},
    problem::Problem,
};

pub(super) async fn audio(
    State(calls): State<Arc<dyn Calls>>,
    State(audit): State<Audit>,
    user: User,
    PathId(call): PathId<CallId>,
    request: Request,
) -> Result<Response, Problem> {
    user.require(Right::Recordings)?;
    let found = read(&calls, move |calls| calls.recording(call)).await?;
    let file = found.ok_or_else(|| Problem::not_found("no recording of this call"))?;
    if request.method() == Method::GET {
        audit.playback(&user, call).await?;
    }
    let name = format!("{call}.wav");
    Ok(serve_file(&file, "audio/wav", Disposition::Inline, &name, request).await)
}
