//! One destination's task: the log goes through its outbox to the far end.

use std::{collections::VecDeque, future::Future, pin::Pin, sync::Arc, time::Duration};

use backoffice::courier::{
    Answer, Cursor, Letter, Outbox, OutboxInput as Input, OutboxOutput as Output, Pace, sign,
};
use hyper::body::Bytes;
use model::{Record, Seq, desk::CourierDeed};
use tokio::sync::mpsc;

use crate::{clerk::Order, far_end::Destination, letter::Envelope, task::Ground};

/// Carry this destination's records until the engine goes.
pub(crate) async fn run(
    ground: Ground,
    destination: Destination,
    cursor: Option<Cursor>,
    seen: Seq,
    mut orders: mpsc::UnboundedReceiver<Order>,
    seed: [u8; 32],
) {
    let cursor = match cursor {
        Some(cursor) => cursor,
        None => open(&ground, &destination, seen).await,
    };
    // The client's own patience ends first, so that its reason is the one on record.
    let pace = Pace {
        answer_within: destination.timeout + Duration::from_secs(1),
        first_wait: destination.first_wait,
    };
    let outbox = Outbox::new(destination.name.clone(), &cursor, pace, seed);
    let mut task = Task {
        route: Route { ground, destination: Arc::new(destination) },
        outbox,
        read: VecDeque::new(),
        flight: None,
    };
    for (seq, _) in cursor.dead.iter().filter(|(_, dead)| dead.again) {
        task.send_again(*seq).await;
    }
    let mut durable = task.route.ground.source.watch();
    loop {
        let is_behind = task.feed().await;
        task.act().await;
        tokio::select! {
            (seq, answer) = landing(&mut task.flight) => {
                task.flight = None;
                task.tell(Input::Answered(seq, answer));
            }
            order = orders.recv() => match order {
                Some(Order::Again(seq)) => task.send_again(seq).await,
                Some(Order::Settled(seq)) => task.tell(Input::Settled(seq)),
                None => break,
            },
            () = task.route.ground.sleep_until(task.outbox.poll_timeout()) => task.tell(Input::Timeout),
            changed = durable.changed(), if !is_behind => if changed.is_err() { break },
            () = std::future::ready(()), if is_behind => {}
            () = task.route.ground.stopped() => break,
        }
    }
    task.flight = None;
    task.tell(Input::Stop);
    task.act().await;
}

/// The first time: from where on it gets records goes on record before anything is sent.
async fn open(ground: &Ground, destination: &Destination, seen: Seq) -> Cursor {
    let after = if destination.from_first { 0 } else { seen };
    let name = destination.name.clone();
    ground.append(CourierDeed::DestinationOpened { destination: name, after }).await;
    Cursor::opened(after)
}

/// The way from the log to one far end.
struct Route {
    ground: Ground,
    destination: Arc<Destination>,
}

struct Task {
    route: Route,
    outbox: Outbox,
    /// Read from the log, and not yet wanted.
    read: VecDeque<Record>,
    flight: Option<Flight>,
}

/// A letter on its way, and what comes of it.
type Flight = Pin<Box<dyn Future<Output = (Seq, Answer)> + Send>>;

/// When the letter on its way is answered; never when there is none.
async fn landing(flight: &mut Option<Flight>) -> (Seq, Answer) {
    match flight {
        Some(flight) => flight.as_mut().await,
        None => std::future::pending().await,
    }
}

impl Task {
    fn tell(&mut self, input: Input) {
        self.outbox.handle_input(self.route.ground.now(), input);
    }

    /// Give the outbox what it has room for; whether there may be more at once.
    async fn feed(&mut self) -> bool {
        let Some(wanted) = self.outbox.wants() else { return false };
        if self.read.front().is_none_or(|record| record.seq != wanted) {
            self.read = self.route.ground.records(wanted).await.into();
        }
        if self.read.is_empty() {
            return false;
        }
        while self.outbox.wants().is_some()
            && let Some(record) = self.read.pop_front()
        {
            match self.route.letter(&record, true).await {
                Ok(Some(letter)) => self.tell(Input::Letter(letter)),
                Ok(None) => self.tell(Input::Skipped(record.seq)),
                Err(why) => {
                    // To send without knowing who stays unknown would tell what must not be told.
                    tracing::warn!("the courier waits with record {}: {why}", record.seq);
                    self.read.clear();
                    tokio::time::sleep(UNSURE).await;
                    return true;
                }
            }
        }
        self.outbox.wants().is_some()
    }

    /// Do what the outbox wants done.
    async fn act(&mut self) {
        while let Some(output) = self.outbox.poll_output() {
            match output {
                Output::Send { key, letter } => {
                    // The one before was given up: it is sent again, so it need not land.
                    self.flight = Some(self.route.send(key, letter));
                }
                Output::Append(deed) => {
                    tell_operator(&deed);
                    self.route.ground.append(deed).await;
                }
            }
        }
    }

    async fn send_again(&mut self, seq: Seq) {
        let record = self.route.ground.records(seq).await.into_iter().next();
        let Some(record) = record.filter(|record| record.seq == seq) else {
            tracing::warn!("record {seq} is no longer there to be sent again");
            return;
        };
        match self.route.letter(&record, false).await {
            Ok(Some(letter)) => self.tell(Input::Again(letter)),
            Ok(None) => tracing::warn!("record {seq} is nothing a partner is told of"),
            Err(why) => tracing::warn!("record {seq} cannot be sent again: {why}"),
        }
    }
}

impl Route {
    /// A record as this destination gets it; `None` when it is not for it.
    async fn letter(&self, record: &Record, if_chosen: bool) -> Result<Option<Letter>, String> {
        let Some(envelope) = Envelope::of(record, &self.destination.name) else { return Ok(None) };
        if if_chosen && !self.destination.events.contains(envelope.kind()) {
            return Ok(None);
        }
        let mut is_masked = !self.destination.whole_persons;
        if let (false, Some(ticket)) = (is_masked, envelope.ticket()) {
            let source = Arc::clone(&self.ground.source);
            let read = tokio::task::spawn_blocking(move || source.stays_unknown(ticket)).await;
            is_masked = read.map_err(|e| e.to_string())?.map_err(|e| e.to_string())?;
        }
        let body = envelope.into_body(is_masked);
        Ok(Some(Letter { seq: record.seq, body: body.into() }))
    }

    fn send(&self, key: String, letter: Letter) -> Flight {
        let (ground, to) = (self.ground.clone(), Arc::clone(&self.destination));
        Box::pin(async move {
            let at = ground.now();
            let mut headers = to.headers.0.clone();
            let mut add = |name: &str, text: String| headers.push((name.to_owned(), text));
            add("content-type", "application/json".to_owned());
            add("webhook-timestamp", sign::seconds(at).to_string());
            add("webhook-signature", to.key.sign(&key, at, &letter.body));
            add("webhook-key", to.key.id().to_owned());
            add("idempotency-key", key.clone());
            add("webhook-id", key);
            let body = Bytes::copy_from_slice(&letter.body);
            let answer = match ground.client.post(&to.url, &headers, body, to.timeout).await {
                Ok(reply) => {
                    let said = String::from_utf8_lossy(&reply.body).into_owned();
                    Answer::of_status(reply.status, said, reply.retry_after)
                }
                Err(why) => Answer::nothing(why),
            };
            (letter.seq, answer)
        })
    }
}

/// What an operator should read in the journal of the machine, too.
pub(crate) fn tell_operator(deed: &CourierDeed) {
    match deed {
        CourierDeed::Stuck { destination, seq, why } => {
            tracing::error!(
                "{destination} takes nothing, record {seq} and all after it wait: {why}"
            );
        }
        CourierDeed::Resumed { destination } => tracing::info!("{destination} takes again"),
        CourierDeed::DeadLettered { destination, seq, status, why } => tracing::error!(
            "{destination} refuses record {seq} for good ({status} {why}); it is kept as a dead letter"
        ),
        _ => {}
    }
}

/// Before a ticket is looked up again that could not be.
const UNSURE: Duration = Duration::from_secs(1);
