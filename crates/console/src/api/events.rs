//! The log as a stream that continues where a client's connection broke.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{FromRef, State},
    http::HeaderMap,
    response::{IntoResponse, sse::Event},
};
use futures_util::stream;
use model::{Record, Seq};
use schemars::JsonSchema;
use serde::Deserialize;
use ticketing::rights::Right;
use tokio::{
    sync::watch,
    time::{Interval, MissedTickBehavior},
};

use crate::{
    auth::{Authenticator, User},
    backend::{EventLog, Health},
    blocking::read,
    extract::QueryParams,
    problem::Problem,
    redact,
    sse::event_stream,
    state::AppState,
    streams::{StreamLimits, StreamPermit},
};

/// The state of a stream of the log.
#[derive(Clone)]
pub(super) struct LogStreams {
    log: Arc<dyn EventLog>,
    health: Arc<dyn Health>,
    authenticator: Authenticator,
    limits: Arc<StreamLimits>,
}

impl FromRef<AppState> for LogStreams {
    fn from_ref(state: &AppState) -> LogStreams {
        LogStreams {
            log: FromRef::from_ref(state),
            health: FromRef::from_ref(state),
            authenticator: FromRef::from_ref(state),
            limits: FromRef::from_ref(state),
        }
    }
}

/// The position at which the stream begins.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "After")]
pub(super) struct EventsQuery {
    /// The last record already seen. Without it and without `Last-Event-ID` the stream begins with
    /// the next record.
    after: Option<Seq>,
}

/// Durable records in order, each with its number as the event's id, so that a client which
/// reconnects with `Last-Event-ID` misses nothing. A client that has seen more records than the log
/// has, because a backup was restored, gets a `reset` event and continues from the last record.
///
/// A slow client is waited for: the stream holds at most one batch in memory.
pub(super) async fn stream(
    State(streams): State<LogStreams>,
    user: User,
    headers: HeaderMap,
    QueryParams(EventsQuery { after }): QueryParams<EventsQuery>,
) -> Result<impl IntoResponse, Problem> {
    user.require(Right::Events)?;
    let seen = headers.get("last-event-id").map(|id| id.to_str().unwrap_or("").parse::<Seq>());
    // Records of an emergency have numbers of their own. A client keeps the number it has from the
    // hotline's log and continues there when that is back.
    let seen = seen.filter(|_| !streams.health.is_emergency());
    let after = match seen {
        // A browser that reconnects has seen more than the address it first used says.
        Some(Ok(seen)) => seen,
        Some(Err(_)) => return Err(Problem::invalid("Last-Event-ID is not a number")),
        None => after.unwrap_or_else(|| streams.log.last_seq()),
    };
    let permit = streams.limits.open(&user.account.name)?;
    let durable = streams.log.watch();
    let last = *durable.borrow();
    let reset = (after > last).then(|| reset(after, last));
    let after = after.min(last);
    let mut pace = tokio::time::interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (next, batch) = (after.saturating_add(1), VecDeque::new());
    let reader = Reader { streams, user, durable, reset, next, batch, pace, _permit: permit };
    Ok(event_stream(stream::unfold(reader, Reader::next)))
}

/// The event for a client that has seen records which are not in the log.
fn reset(seen: Seq, last: Seq) -> Event {
    let data = serde_json::json!({ "seen": seen, "last": last }).to_string();
    Event::default().id(last.to_string()).event("reset").data(data)
}

struct Reader {
    streams: LogStreams,
    user: User,
    durable: watch::Receiver<Seq>,
    /// The event that comes first.
    reset: Option<Event>,
    /// The number of the next record to read.
    next: Seq,
    /// Records that were read and not sent yet.
    batch: VecDeque<Record>,
    pace: Interval,
    _permit: StreamPermit,
}

impl Reader {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Reader)> {
        if let Some(reset) = self.reset.take() {
            return Some((Ok(reset), self));
        }
        loop {
            while let Some(record) = self.batch.pop_front() {
                let seq = record.seq;
                let Some(shown) = redact::record(record, &self.user.account) else { continue };
                let event = match self.streams.health.is_emergency() {
                    true => Event::default(),
                    false => Event::default().id(seq.to_string()),
                };
                // Every event can be written as JSON; one that could not would be skipped.
                let Ok(event) = event.event("record").json_data(&shown) else { continue };
                return Some((Ok(event), self));
            }
            // The stream ends when the person logs out or their account changes.
            if !self.streams.authenticator.is_still_valid(&self.user) {
                return None;
            }
            if *self.durable.borrow_and_update() >= self.next {
                // A busy engine appends hundreds of records a second; a client that keeps up gets
                // them in batches, not one by one.
                self.pace.tick().await;
                if self.read().await? {
                    continue;
                }
            }
            match tokio::time::timeout(HEARTBEAT, self.durable.changed()).await {
                Ok(Ok(())) => {}
                // The engine has stopped.
                Ok(Err(_)) => return None,
                Err(_) => return Some((Ok(Event::default().comment("calm")), self)),
            }
        }
    }

    /// Reads the next batch; `false` when there was nothing. `None` ends the stream, and the client
    /// reconnects and continues.
    async fn read(&mut self) -> Option<bool> {
        let (from, durable) = (self.next, *self.durable.borrow());
        let records = read(&self.streams.log, move |log| log.records(from, BATCH)).await.ok()?;
        self.batch.extend(records.into_iter().filter(|r| r.seq >= from && r.seq <= durable));
        let Some(last) = self.batch.back() else { return Some(false) };
        self.next = last.seq.saturating_add(1);
        Some(true)
    }
}

/// Records in one read.
const BATCH: usize = 256;
/// At most twenty reads of the log a second for each stream: 5,000 records.
const PACE: Duration = Duration::from_millis(50);
/// The longest silence of a stream; proxies cut it after 60 s.
const HEARTBEAT: Duration = Duration::from_secs(15);
