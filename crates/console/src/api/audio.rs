//! A recording as sound, with ranges so that a player can seek, and with an
//! audit of every listening.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use center::Command;
use model::{AccountName, CallId, Event, Timestamp, event::RecordingHeard};
use tokio::sync::Mutex;
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::asked::Id;
use crate::{desk::Desk, problem::Problem, rights::Right, who::Who};

/// Who listens to what at the moment, so that a player's many ranges are one listening.
#[derive(Default)]
pub(crate) struct Listenings {
    last_asked: Mutex<BTreeMap<(AccountName, CallId), Timestamp>>,
}

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
        desk.listenings.note(&desk, &who, call).await?;
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

impl Listenings {
    /// Put a listening on the record before its first byte leaves, once.
    ///
    /// The lock is held until the record is safe: a second range of the same
    /// listening must not overtake it. Full: the listening asked for longest ago
    /// is forgotten, and noted again if it goes on; too many notes, never too few.
    async fn note(&self, desk: &Desk, who: &Who, call: CallId) -> Result<(), Problem> {
        let now = desk.now();
        let key = (who.account.name.clone(), call);
        let mut last_asked = self.last_asked.lock().await;
        let goes_on = last_asked.get(&key).is_some_and(|at| now.since(*at) < PAUSE);
        if !goes_on {
            let heard = RecordingHeard { call, by: who.account.name.clone() };
            let note = Command::Note(Event::RecordingHeard(heard));
            desk.backend.command(who.actor(), note).await?;
            if last_asked.len() >= LISTENINGS_MAX {
                last_asked.retain(|_, at| now.since(*at) < PAUSE);
            }
            if last_asked.len() >= LISTENINGS_MAX {
                let oldest = last_asked.iter().min_by_key(|(_, at)| **at).map(|(k, _)| k.clone());
                oldest.map(|key| last_asked.remove(&key));
            }
        }
        last_asked.insert(key, now);
        Ok(())
    }
}

/// Asked for again after this long, it is a new listening.
const PAUSE: Duration = Duration::from_secs(10 * 60);
const LISTENINGS_MAX: usize = 4_096;
