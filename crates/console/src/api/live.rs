//! The live wallboard: once, in parts, and as a stream of which only the newest state matters.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Json,
    extract::{FromRef, State},
    http::header,
    response::{IntoResponse, Response, sse::Event},
};
use futures_util::stream;
use model::{QueueId, SeatId};
use schemars::JsonSchema;
use serde::Serialize;
use stats::{QueueBoard, SeatBoard, Wallboard};
use ticketing::rights::Right;
use tokio::time::{Interval, MissedTickBehavior};

use crate::{
    auth::{Authenticator, User},
    backend::{Configuration, Statistics},
    clock::HotlineClock,
    extract::PathId,
    options::{Options, queue_order},
    problem::{Code, Problem},
    sse::event_stream,
    state::AppState,
    streams::{StreamLimits, StreamPermit},
    wallboard_cache::{COALESCE, ViewerClass, WallboardCache, is_same},
};

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "QueueNow")]
pub(super) struct QueueDocument<'a> {
    queue: &'a QueueId,
    #[serde(flatten)]
    board: &'a QueueBoard,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SeatNow")]
pub(super) struct SeatDocument<'a> {
    seat: SeatId,
    #[serde(flatten)]
    board: &'a SeatBoard,
}

pub(super) async fn wallboard(
    State(cache): State<Arc<WallboardCache>>,
    user: User,
) -> Result<Response, Problem> {
    user.require(Right::Wallboard)?;
    let json = [(header::CONTENT_TYPE, "application/json")];
    Ok((json, cache.json(ViewerClass::of(&user)).to_string()).into_response())
}

pub(super) async fn queues(
    State(statistics): State<Arc<dyn Statistics>>,
    State(options): State<Arc<Options>>,
    State(config): State<Arc<dyn Configuration>>,
    user: User,
) -> Result<Response, Problem> {
    user.require(Right::Wallboard)?;
    let wallboard = statistics.wallboard();
    let all = wallboard.queues.iter().map(|(queue, board)| QueueDocument { queue, board });
    let mut all: Vec<_> = all.collect();
    let order = options.queues(&*config);
    all.sort_by_key(|document| queue_order(&order, document.queue));
    Ok(Json(all).into_response())
}

pub(super) async fn seats(
    State(statistics): State<Arc<dyn Statistics>>,
    user: User,
) -> Result<Response, Problem> {
    user.require(Right::Wallboard)?;
    let wallboard = statistics.wallboard();
    let all = wallboard.seats.iter().map(|(seat, board)| SeatDocument { seat: *seat, board });
    Ok(Json(all.collect::<Vec<_>>()).into_response())
}

pub(super) async fn seat(
    State(statistics): State<Arc<dyn Statistics>>,
    user: User,
    PathId(seat): PathId<SeatId>,
) -> Result<Response, Problem> {
    user.require(Right::Wallboard)?;
    let wallboard = statistics.wallboard();
    let board = wallboard.seats.get(&seat);
    let board = board.ok_or_else(|| Problem::new(Code::SeatNotFound))?;
    Ok(Json(SeatDocument { seat, board }).into_response())
}

/// The state of a stream of the wallboard.
#[derive(Clone)]
pub(super) struct WallboardStreams {
    cache: Arc<WallboardCache>,
    clock: HotlineClock,
    authenticator: Authenticator,
    limits: Arc<StreamLimits>,
}

impl FromRef<AppState> for WallboardStreams {
    fn from_ref(state: &AppState) -> WallboardStreams {
        WallboardStreams {
            cache: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
            authenticator: FromRef::from_ref(state),
            limits: FromRef::from_ref(state),
        }
    }
}

/// `wallboard` events, at most four a second. While nothing changes, `beat` events with the time
/// show the page that the connection is alive.
pub(super) async fn stream(
    State(streams): State<WallboardStreams>,
    user: User,
) -> Result<impl IntoResponse, Problem> {
    user.require(Right::Wallboard)?;
    let permit = streams.limits.open(&user.account.name)?;
    let mut ticks = tokio::time::interval(COALESCE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let viewer = Viewer { streams, user, ticks, shown: None, silent_ticks: 0, _permit: permit };
    Ok(event_stream(stream::unfold(viewer, Viewer::next)))
}

struct Viewer {
    streams: WallboardStreams,
    user: User,
    ticks: Interval,
    shown: Option<Arc<Wallboard>>,
    /// Ticks since the last event.
    silent_ticks: u32,
    _permit: StreamPermit,
}

impl Viewer {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Viewer)> {
        loop {
            self.ticks.tick().await;
            let board = self.streams.cache.board();
            let is_new = self.shown.as_ref().is_none_or(|shown| !is_same(shown, &board));
            if !is_new && self.silent_ticks < BEAT_TICKS {
                self.silent_ticks += 1;
                continue;
            }
            // The stream ends when the person logs out or their account changes.
            if !self.streams.authenticator.is_still_valid(&self.user) {
                return None;
            }
            self.silent_ticks = 0;
            let event = if is_new {
                self.shown = Some(board);
                Event::default()
                    .event("wallboard")
                    .data(self.streams.cache.json(ViewerClass::of(&self.user)))
            } else {
                let now = self.streams.clock.now().micros();
                Event::default().event("beat").data(format!("{{\"now\":{now}}}"))
            };
            return Some((Ok(event), self));
        }
    }
}

/// 2 s.
const BEAT_TICKS: u32 = 8;
