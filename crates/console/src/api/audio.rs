//! A recording as sound, with ranges so that a player can seek. Each playback is recorded in the
//! audit.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::Method,
    response::Response,
};
use model::CallId;
use schemars::JsonSchema;
use serde::Deserialize;
use ticketing::rights::Right;

use crate::{
    audit::Audit,
    auth::User,
    backend::{Calls, RecordingForm},
    blocking::read,
    extract::{PathId, QueryParams},
    file_response::Disposition,
    problem::Problem,
    sound_response::serve_sound,
};

/// The form of a recording.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AudioQuery {
    /// Whether the file is sent as it is stored, for comparison with `recording_sha256`. Otherwise a
    /// recording that is stored as G.711 is sent as PCM, which every browser plays.
    #[serde(default)]
    stored: bool,
}

pub(super) async fn audio(
    State(calls): State<Arc<dyn Calls>>,
    State(audit): State<Audit>,
    user: User,
    PathId(call): PathId<CallId>,
    QueryParams(query): QueryParams<AudioQuery>,
    request: Request,
) -> Result<Response, Problem> {
    user.require(Right::Recordings)?;
    let form = if query.stored { RecordingForm::Stored } else { RecordingForm::Pcm };
    let found = read(&calls, move |calls| calls.recording(call, form)).await?;
    let sound = found.ok_or_else(|| Problem::not_found("no recording of this call"))?;
    if request.method() == Method::GET {
        audit.playback(&user, call).await?;
    }
    let name = format!("{call}.wav");
    Ok(serve_sound(sound, Disposition::Inline, &name, request).await)
}
