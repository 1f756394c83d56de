//! The log as a stream that can be taken up where it broke off.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, sse::Event},
};
use futures_util::stream;
use model::{Record, Seq};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::{
    sync::watch,
    time::{Interval, MissedTickBehavior},
};

use super::{asked::Asked, streamed::streamed};
use crate::{
    desk::{Desk, StreamPlace},
    problem::Problem,
    redact,
    rights::Right,
    who::Who,
};

/// Where to begin.
#[derive(Deserialize, JsonSchema)]
pub(super) struct After {
    /// The last record already seen; without it and without `Last-Event-ID`, only
    /// what happens from now on is sent.
    after: Option<Seq>,
}

/// Durable records in order, each with its place as the event's id. A reader
/// that comes back with `Last-Event-ID` misses nothing. One that has seen more than there is, since
/// a backup was put in place, is told by a `reset` event and goes on from the last record.
///
/// A slow reader is waited for: the log keeps, the stream holds no more than
/// one bunch.
pub(super) async fn stream(
    State(desk): State<Arc<Desk>>,
    who: Who,
    headers: HeaderMap,
    Asked(After { after }): Asked<After>,
) -> Result<impl IntoResponse, Problem> {
    who.must(Right::Events)?;
    let seen = headers.get("last-event-id").map(|id| id.to_str().unwrap_or("").parse::<Seq>());
    // The places of an emergency's records are not those of the hotline's log: a reader keeps the
    // place it has there, and goes on from it when the log is back.
    let seen = seen.filter(|_| !desk.backend.is_emergency());
    let after = match seen {
        // A browser that reconnects knows better than the address it first used.
        Some(Ok(seen)) => seen,
        Some(Err(_)) => return Err(Problem::unclear("Last-Event-ID is no number")),
        None => after.unwrap_or_else(|| desk.backend.last_seq()),
    };
    let place = desk.stream_place(&who.account.name)?;
    let durable = desk.backend.watch();
    let last = *durable.borrow();
    let reset = (after > last).then(|| reset(after, last));
    let after = after.min(last);
    let mut paces = tokio::time::interval(PACE);
    paces.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (next, bunch) = (after.saturating_add(1), VecDeque::new());
    let reader = Reader { desk, who, durable, reset, next, bunch, paces, _place: place };
    Ok(streamed(stream::unfold(reader, Reader::next)))
}

/// Told to a reader who has seen records that are not in the log.
fn reset(seen: Seq, last: Seq) -> Event {
    let data = serde_json::json!({ "seen": seen, "last": last }).to_string();
    Event::default().id(last.to_string()).event("reset").data(data)
}

struct Reader {
    desk: Arc<Desk>,
    who: Who,
    durable: watch::Receiver<Seq>,
    /// Sent first.
    reset: Option<Event>,
    /// The place of the next record to read.
    next: Seq,
    /// Read and not yet sent.
    bunch: VecDeque<Record>,
    paces: Interval,
    _place: StreamPlace,
}

impl Reader {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Reader)> {
        if let Some(reset) = self.reset.take() {
            return Some((Ok(reset), self));
        }
        loop {
            while let Some(record) = self.bunch.pop_front() {
                let seq = record.seq;
                let Some(seen) = redact::record(record, &self.who.account) else { continue };
                let event = match self.desk.backend.is_emergency() {
                    true => Event::default(),
                    false => Event::default().id(seq.to_string()),
                };
                let event = event.event("record").json_data(&seen);
                // Events are made to be written as JSON; one that cannot be is passed over.
                let Ok(event) = event else { continue };
                return Some((Ok(event), self));
            }
            // Logged out, or no longer who they were: the stream ends here.
            if !self.who.still(&self.desk) {
                return None;
            }
            if *self.durable.borrow_and_update() >= self.next {
                // A busy hour appends hundreds of records a second; a reader who has
                // caught up takes them in bunches, not one by one.
                self.paces.tick().await;
                if self.read().await? {
                    continue;
                }
            }
            match tokio::time::timeout(BEAT, self.durable.changed()).await {
                Ok(Ok(())) => {}
                // The engine is gone.
                Ok(Err(_)) => return None,
                Err(_) => return Some((Ok(Event::default().comment("calm")), self)),
            }
        }
    }

    /// Whether there was something to read; `None` ends the stream: the reader
    /// comes back by itself and begins where it was.
    async fn read(&mut self) -> Option<bool> {
        let (from, durable) = (self.next, *self.durable.borrow());
        let read = self.desk.read(move |backend| backend.records(from, BUNCH)).await;
        let records = read.ok()?;
        self.bunch.extend(records.into_iter().filter(|r| r.seq >= from && r.seq <= durable));
        let Some(last) = self.bunch.back() else { return Some(false) };
        self.next = last.seq.saturating_add(1);
        Some(true)
    }
}

/// Records read at once.
const BUNCH: usize = 256;
/// At most twenty reads of the log a second for each stream: 5,000 records.
const PACE: Duration = Duration::from_millis(50);
/// How long a stream may be silent; proxies cut at 60 s.
const BEAT: Duration = Duration::from_secs(15);
