//! The live picture: once, in parts, and as a stream that keeps only the newest.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response, sse::Event},
};
use futures_util::stream;
use model::{QueueId, SeatId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use stats::{QueueBoard, SeatBoard, Wallboard};
use tokio::time::{Interval, MissedTickBehavior};

use super::{asked::Id, streamed::streamed};
use crate::{
    desk::{Desk, StreamPlace},
    problem::Problem,
    rights::Right,
    who::Who,
};

/// The newest picture as JSON text, written once for all who look.
#[derive(Default)]
pub(crate) struct Picture {
    newest: Mutex<Option<Written>>,
}

#[derive(Clone)]
struct Written {
    board: Arc<Wallboard>,
    at: Timestamp,
    text: Arc<str>,
}

/// The wallboard with the engine's clock, so that the page's timers are right
/// whatever the viewer's clock says.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Wallboard")]
pub(super) struct Shown<'a> {
    now: Timestamp,
    #[serde(flatten)]
    board: &'a Wallboard,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "QueueNow")]
pub(super) struct Queue<'a> {
    queue: &'a QueueId,
    #[serde(flatten)]
    board: &'a QueueBoard,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SeatNow")]
pub(super) struct Seat<'a> {
    seat: SeatId,
    #[serde(flatten)]
    board: &'a SeatBoard,
}

pub(super) async fn wallboard(
    State(desk): State<Arc<Desk>>,
    who: Who,
) -> Result<Response, Problem> {
    who.must(Right::Wallboard)?;
    let json = [(header::CONTENT_TYPE, "application/json")];
    Ok((json, desk.picture.text(&desk).to_string()).into_response())
}

pub(super) async fn queues(State(desk): State<Arc<Desk>>, who: Who) -> Result<Response, Problem> {
    who.must(Right::Wallboard)?;
    let wallboard = desk.backend.wallboard();
    let all = wallboard.queues.iter().map(|(queue, board)| Queue { queue, board });
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|shown| desk.options.place_of(shown.queue));
    Ok(Json(all).into_response())
}

pub(super) async fn seats(State(desk): State<Arc<Desk>>, who: Who) -> Result<Response, Problem> {
    who.must(Right::Wallboard)?;
    let wallboard = desk.backend.wallboard();
    let all = wallboard.seats.iter().map(|(seat, board)| Seat { seat: *seat, board });
    Ok(Json(all.collect::<Vec<_>>()).into_response())
}

pub(super) async fn seat(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(seat): Id<SeatId>,
) -> Result<Response, Problem> {
    who.must(Right::Wallboard)?;
    let wallboard = desk.backend.wallboard();
    let board = wallboard.seats.get(&seat).ok_or_else(|| Problem::not_found("no such seat"))?;
    Ok(Json(Seat { seat, board }).into_response())
}

/// `wallboard` events, at most four a second, and a `beat` with the time when
/// nothing changes, so that the page knows the difference between calm and dead.
pub(super) async fn stream(
    State(desk): State<Arc<Desk>>,
    who: Who,
) -> Result<impl IntoResponse, Problem> {
    who.must(Right::Wallboard)?;
    let place = desk.stream_place(&who.account.name)?;
    let mut ticks = tokio::time::interval(COALESCE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let viewer = Viewer { desk, who, ticks, shown: None, calm: 0, _place: place };
    Ok(streamed(stream::unfold(viewer, Viewer::next)))
}

struct Viewer {
    desk: Arc<Desk>,
    who: Who,
    ticks: Interval,
    shown: Option<Arc<Wallboard>>,
    /// Ticks since something was sent.
    calm: u32,
    _place: StreamPlace,
}

impl Viewer {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Viewer)> {
        loop {
            self.ticks.tick().await;
            let board = self.desk.backend.wallboard();
            let is_new = self.shown.as_ref().is_none_or(|shown| !same(shown, &board));
            if !is_new && self.calm < BEAT_TICKS {
                self.calm += 1;
                continue;
            }
            // Logged out, or no longer who they were: the stream ends here.
            if !self.who.still(&self.desk) {
                return None;
            }
            self.calm = 0;
            let event = if is_new {
                self.shown = Some(board);
                Event::default().event("wallboard").data(self.desk.picture.text(&self.desk))
            } else {
                let now = self.desk.now().micros();
                Event::default().event("beat").data(format!("{{\"now\":{now}}}"))
            };
            return Some((Ok(event), self));
        }
    }
}

impl Picture {
    /// The newest picture. Within a tick all viewers get the same text.
    fn text(&self, desk: &Desk) -> Arc<str> {
        let board = desk.backend.wallboard();
        let now = desk.now();
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(written) = newest.as_ref()
            && same(&written.board, &board)
            && now.since(written.at) < COALESCE
        {
            return written.text.clone();
        }
        let shown = Shown { now, board: &board };
        // A wallboard has only names and numbers as keys: it can always be written.
        let text: Arc<str> = serde_json::to_string(&shown).unwrap_or_default().into();
        *newest = Some(Written { board, at: now, text: text.clone() });
        text
    }
}

/// By content: the engine may hand out a new copy of an unchanged picture.
fn same(a: &Arc<Wallboard>, b: &Arc<Wallboard>) -> bool {
    Arc::ptr_eq(a, b) || a == b
}

/// Four pictures a second are more than an eye follows.
const COALESCE: Duration = Duration::from_millis(250);
/// 2 s.
const BEAT_TICKS: u32 = 8;
