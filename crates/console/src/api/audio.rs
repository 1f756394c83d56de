//! A recording as sound, with ranges so that a player can seek, and with an
//! audit of every listening.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::Method,
    response::Response,
};
use model::{CallId, Event, event::RecordingHeard};

use super::{
    asked::Id,
    file::{Disposition, served},
};
use crate::{desk::Desk, problem::Problem, rights::Right, who::Who};

pub(super) async fn audio(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(call): Id<CallId>,
    request: Request,
) -> Result<Response, Problem> {
    who.must(Right::Recordings)?;
    let found = desk.read(move |backend| backend.recording(call)).await?;
    let file = found.ok_or_else(|| Problem::not_found("no recording of this call"))?;
    if request.method() == Method::GET {
        let by = who.account.name.clone();
        let heard = RecordingHeard { call, by: by.clone() };
        let note = || Event::RecordingHeard(heard);
        desk.listenings.note(&desk, &who, (by, call), note).await?;
    }
    let name = format!("{call}.wav");
    Ok(served(&file, "audio/wav", Disposition::Inline, &name, request).await)
}
