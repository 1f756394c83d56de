//! One destination's task: the log goes through its outbox to the far end.

use std::{collections::VecDeque, future::Future, pin::Pin, sync::Arc, time::Duration};

use hyper::{Uri, body::Bytes};
use messaging::{
    Answer, Cursor, Day, Letter, Outbox, OutboxInput as Input, OutboxOutput as Output, Pace,
    Statement, Verdict, sign,
};
use model::{Record, Seq, desk::MessagingEvent};
use tokio::sync::mpsc;

use crate::{
    clerk::Order,
    client::{self, Reply},
    far_end::{Destination, Reconcile},
    letter::Envelope,
    statement,
    task::{Ground, seed_of},
};

/// Carry this destination's records until the engine goes.
pub(crate) async fn run(
    ground: Ground,
    destination: Destination,
    cursor: Option<Cursor>,
    seen: Seq,
    mut orders: mpsc::UnboundedReceiver<Order>,
    seed: [u8; 32],
) {
    let mut cursor = match cursor {
        Some(cursor) => cursor,
        None => open(&ground, &destination, seen).await,
    };
    if destination.reconcile.is_some() && cursor.stated.is_none() {
        let (destination, after) = (destination.name.clone(), cursor.done);
        ground.append(MessagingEvent::StatementsOpened { destination, after }).await;
        cursor.stated = Some(after);
    }
    // The client's own patience ends first, so that its reason is the one on record.
    let pace = Pace {
        answer_within: destination.timeout + Duration::from_secs(1),
        first_wait: destination.first_wait,
    };
    let mut outbox = Outbox::new(destination.name.clone(), &cursor, pace, seed);
    if let Some(Reconcile { zone, .. }) = destination.reconcile {
        outbox = outbox.stating(zone, &cursor, seed_of(seed, STATEMENTS));
    }
    let ordered = cursor.dead.iter().filter(|(_, dead)| dead.again).map(|(seq, _)| *seq);
    let mut task = Task {
        route: Route { ground, destination: Arc::new(destination) },
        outbox,
        read: VecDeque::new(),
        again: cursor.missing.iter().copied().chain(ordered).collect(),
        flight: None,
    };
    if let (Some(_), Some(stated)) = (&task.route.destination.reconcile, cursor.stated) {
        task.remember_days(stated, cursor.done).await;
    }
    let mut durable = task.route.ground.source.watch();
    loop {
        let is_unsure = task.feed_again().await;
        let is_behind = task.feed().await || is_unsure;
        task.act().await;
        tokio::select! {
            landed = landing(&mut task.flight) => {
                task.flight = None;
                task.tell(landed);
            }
            order = orders.recv() => match order {
                Some(Order::Again(seq)) => task.again.push_back(seq),
                Some(Order::Settled(seq)) => {
                    task.again.retain(|waiting| *waiting != seq);
                    task.tell(Input::Settled(seq));
                }
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
    ground.append(MessagingEvent::DestinationOpened { destination: name, after }).await;
    Cursor::opened(after)
}

/// The way from the log to one far end.
#[derive(Clone)]
struct Route {
    ground: Ground,
    destination: Arc<Destination>,
}

struct Task {
    route: Route,
    outbox: Outbox,
    /// Read from the log, and not yet wanted.
    read: VecDeque<Record>,
    /// What is to be sent again.
    again: VecDeque<Seq>,
    flight: Option<Flight>,
}

/// A letter or a statement on its way, and what comes of it.
type Flight = Pin<Box<dyn Future<Output = Input> + Send>>;

/// When what is on its way is answered; never when nothing is.
async fn landing(flight: &mut Option<Flight>) -> Input {
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
            self.tell(Input::Rested);
            return false;
        }
        while self.outbox.wants().is_some()
            && let Some(record) = self.read.pop_front()
        {
            match self.route.letter(&record, true).await {
                Ok(Some(letter)) => self.tell(Input::Letter(letter)),
                Ok(None) => self.tell(Input::Skipped(record.seq, record.at)),
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
                Output::State { day, after, left_out, resent } => {
                    let name = self.route.destination.name.clone();
                    let blank = Statement::new(name, day.date, left_out).and_again(resent);
                    self.flight = self.route.state(day, after, blank);
                }
                Output::Append(event) => {
                    tell_operator(&event);
                    let lacks = match &event {
                        MessagingEvent::Reconciled { missing, .. } => missing.clone(),
                        _ => Vec::new(),
                    };
                    self.route.ground.append(event).await;
                    // It said so, on record: from here on no death of ours forgets it.
                    self.again.extend(lacks);
                }
            }
        }
    }

    /// Give the outbox what goes again, as far as it has room; whether there may be more at once.
    async fn feed_again(&mut self) -> bool {
        while self.outbox.wants_again()
            && let Some(seq) = self.again.pop_front()
        {
            let record = self.route.ground.record(seq).await;
            let letter = match record {
                Some(record) => self.route.letter(&record, false).await,
                None => Err("it cannot be read".to_owned()),
            };
            match letter {
                Ok(Some(letter)) => self.tell(Input::Again(letter)),
                Ok(None) => {
                    tracing::warn!("record {seq} is nothing a partner is told of");
                    self.tell(Input::Settled(seq));
                }
                Err(why) => {
                    tracing::warn!("record {seq} cannot be sent again now: {why}");
                    self.again.push_front(seq);
                    tokio::time::sleep(UNSURE).await;
                    return true;
                }
            }
        }
        false
    }

    /// Where days ended among the records it had in earlier lives and was told of by no statement.
    async fn remember_days(&mut self, stated: Seq, done: Seq) {
        let mut next = stated + 1;
        while next <= done && !self.route.ground.is_stopped() {
            for record in self.route.ground.records(next).await {
                next = record.seq + 1;
                if record.seq <= done {
                    self.tell(Input::Had(record.seq, record.at));
                }
            }
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
        Ok(Some(Letter { seq: record.seq, at: record.at, body: body.into() }))
    }

    /// What this destination was sent after a record, up to the end of a day.
    async fn fill(&self, mut statement: Statement, day: Day, after: Seq) -> Option<Statement> {
        let mut next = after + 1;
        while next <= day.through {
            let records = self.ground.records(next).await;
            next = records.last()?.seq + 1;
            for record in records.iter().filter(|record| record.seq <= day.through) {
                let kind = Envelope::of(record, &self.destination.name);
                if kind.is_some_and(|letter| self.destination.events.contains(letter.kind())) {
                    statement.add(record.seq);
                }
            }
            // It may be a long day, and this thread has others to carry for.
            tokio::task::yield_now().await;
        }
        Some(statement)
    }

    fn state(&self, day: Day, after: Seq, blank: Statement) -> Option<Flight> {
        let url = self.destination.reconcile.as_ref()?.url.clone();
        let route = self.clone();
        Some(Box::pin(async move {
            let Some(statement) = route.fill(blank, day, after).await else {
                let why = "the log cannot be read".to_owned();
                return Input::Stated(day.through, Verdict::Later { why, after: None });
            };
            let body = statement::body(&statement);
            let key = route.destination.name.statement(day.date);
            let verdict = match route.post(&url, key, body.into()).await {
                Ok(said) => {
                    statement::verdict(&statement, said.status, &said.body, said.retry_after)
                }
                Err(why) => Verdict::Later { why, after: None },
            };
            Input::Stated(day.through, verdict)
        }))
    }

    fn send(&self, key: String, letter: Letter) -> Flight {
        let route = self.clone();
        Box::pin(async move {
            let body = Bytes::copy_from_slice(&letter.body);
            let answer = match route.post(&route.destination.url, key, body).await {
                Ok(reply) => {
                    let said = client::text_of(&reply.body);
                    Answer::of_status(reply.status, said, reply.retry_after)
                }
                Err(why) => Answer::nothing(why),
            };
            Input::Answered(letter.seq, answer)
        })
    }

    /// POST this under this key, signed.
    async fn post(&self, url: &Uri, key: String, body: Bytes) -> Result<Reply, String> {
        let (to, at) = (&self.destination, self.ground.now());
        let mut headers = to.headers.0.clone();
        let mut add = |name: &str, text: String| headers.push((name.to_owned(), text));
        add("content-type", "application/json".to_owned());
        add("webhook-timestamp", sign::seconds(at).to_string());
        add("webhook-signature", to.key.sign(&key, at, &body));
        add("webhook-key", to.key.id().to_owned());
        add("idempotency-key", key.clone());
        add("webhook-id", key);
        self.ground.client.post(url, &headers, body, to.timeout).await
    }
}

/// What an operator should read in the journal of the machine, too.
pub(crate) fn tell_operator(event: &MessagingEvent) {
    match event {
        MessagingEvent::Stuck { destination, seq, why } => {
            tracing::error!(
                "{destination} takes nothing, record {seq} and all after it wait: {why}"
            );
        }
        MessagingEvent::Resumed { destination } => tracing::info!("{destination} takes again"),
        MessagingEvent::DeadLettered { destination, seq, status, why } => tracing::error!(
            "{destination} refuses record {seq} for good ({status} {why}); it is kept as a dead letter"
        ),
        MessagingEvent::Reconciled { destination, date, missing, unknown, .. }
            if !missing.is_empty() || !unknown.is_empty() =>
        {
            tracing::error!(
                "{destination} lacks {} records of {date}, which are sent again, and has {} we did not name",
                missing.len(),
                unknown.len()
            );
        }
        MessagingEvent::StatementFailed { destination, date, why, .. } => {
            tracing::error!("{destination} does not take the statement of {date}: {why}");
        }
        _ => {}
    }
}

/// Before a ticket is looked up again that could not be.
const UNSURE: Duration = Duration::from_secs(1);
/// Chance for the second tries of statements is another than that for letters.
const STATEMENTS: usize = 1 << 20;
