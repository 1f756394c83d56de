//! A recording as sound, with ranges so that a player can seek, and with an
//! audit of every listening.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use model::{CallId, Event, event::RecordingHeard};
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::asked::Id;
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
    // RFC 9110 14 (ranges) and 13 (conditions) are tower-http's.
    let Ok(response) = ServeFile::new(file).oneshot(request).await;
    let mut response = response.map(Body::new).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/wav"));
    // A copy in the browser's cache would be heard without us knowing.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&format!("inline; filename=\"{call}.wav\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
