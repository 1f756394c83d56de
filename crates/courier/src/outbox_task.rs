//! The task of one destination: it drives the outbox with records of the log and HTTP requests.

use std::{collections::VecDeque, future::Future, pin::Pin, sync::Arc, time::Duration};

use hyper::{Uri, body::Bytes};
use messaging::{
    ClosedDay, Cursor, Delivery, DeliveryOutcome, Outbox, OutboxInput as Input,
    OutboxOutput as Output, OutboxTimeouts, Statement, StatementOutcome, sign,
};
use model::{Record, Seq, desk::MessagingEvent};
use tokio::sync::mpsc;

use crate::{
    client::{self, Reply},
    commands::OutboxCommand,
    context::{TaskContext, seed_of},
    destination::{Destination, Reconcile},
    envelope::Envelope,
    statement,
};

/// Sends the records of a destination until the engine stops.
pub(crate) async fn run(
    context: TaskContext,
    destination: Destination,
    cursor: Option<Cursor>,
    seen: Seq,
    mut commands: mpsc::UnboundedReceiver<OutboxCommand>,
    seed: [u8; 32],
) {
    let mut cursor = match cursor {
        Some(cursor) => cursor,
        None => open(&context, &destination, seen).await,
    };
    if destination.reconcile.is_some() && cursor.stated.is_none() {
        let (destination, after) = (destination.name.clone(), cursor.done);
        context.append(MessagingEvent::StatementsOpened { destination, after }).await;
        cursor.stated = Some(after);
    }
    // The client's timeout is shorter, so that its error is the one that is logged.
    let timeouts = OutboxTimeouts {
        answer_within: destination.timeout + Duration::from_secs(1),
        first_wait: destination.first_wait,
    };
    let mut outbox = Outbox::new(destination.name.clone(), &cursor, timeouts, seed);
    if let Some(Reconcile { zone, .. }) = destination.reconcile {
        outbox = outbox.with_statements(zone, &cursor, seed_of(seed, STATEMENTS));
    }
    let ordered = cursor.dead.iter().filter(|(_, dead)| dead.again).map(|(seq, _)| *seq);
    let mut task = Task {
        route: Route { context, destination: Arc::new(destination) },
        outbox,
        read: VecDeque::new(),
        again: cursor.missing.iter().copied().chain(ordered).collect(),
        pending: None,
    };
    if let (Some(_), Some(stated)) = (&task.route.destination.reconcile, cursor.stated) {
        task.remember_days(stated, cursor.done).await;
    }
    let mut durable = task.route.context.source.watch();
    loop {
        let is_unsure = task.feed_again().await;
        let is_behind = task.feed().await || is_unsure;
        task.act().await;
        tokio::select! {
            landed = response(&mut task.pending) => {
                task.pending = None;
                task.tell(landed);
            }
            order = commands.recv() => match order {
                Some(OutboxCommand::Resend(seq)) => task.again.push_back(seq),
                Some(OutboxCommand::Drop(seq)) => {
                    task.again.retain(|waiting| *waiting != seq);
                    task.tell(Input::Dropped(seq));
                }
                None => break,
            },
            () = task.route.context.sleep_until(task.outbox.poll_timeout()) => task.tell(Input::Timeout),
            changed = durable.changed(), if !is_behind => if changed.is_err() { break },
            () = std::future::ready(()), if is_behind => {}
            () = task.route.context.stopped() => break,
        }
    }
    task.pending = None;
    task.tell(Input::Stop);
    task.act().await;
}

/// Opens a new destination: its first record is logged before anything is sent.
async fn open(context: &TaskContext, destination: &Destination, seen: Seq) -> Cursor {
    let after = if destination.from_first { 0 } else { seen };
    let name = destination.name.clone();
    context.append(MessagingEvent::DestinationOpened { destination: name, after }).await;
    Cursor::opened(after)
}

/// Everything that sending a record to the destination needs.
#[derive(Clone)]
struct Route {
    context: TaskContext,
    destination: Arc<Destination>,
}

struct Task {
    route: Route,
    outbox: Outbox,
    /// Records read ahead.
    read: VecDeque<Record>,
    /// Records to be sent again.
    again: VecDeque<Seq>,
    pending: Option<PendingRequest>,
}

/// A request in flight, which returns the input for the outbox.
type PendingRequest = Pin<Box<dyn Future<Output = Input> + Send>>;

/// The result of the request in flight; never without one.
async fn response(pending: &mut Option<PendingRequest>) -> Input {
    match pending {
        Some(pending) => pending.as_mut().await,
        None => std::future::pending().await,
    }
}

impl Task {
    fn tell(&mut self, input: Input) {
        self.outbox.handle_input(self.route.context.now(), input);
    }

    /// Gives the outbox the records it has room for; returns whether there may be more.
    async fn feed(&mut self) -> bool {
        let Some(wanted) = self.outbox.next_wanted() else { return false };
        if self.read.front().is_none_or(|record| record.seq != wanted) {
            self.read = self.route.context.records(wanted).await.into();
        }
        if self.read.is_empty() {
            self.tell(Input::LogEnd);
            return false;
        }
        while self.outbox.next_wanted().is_some()
            && let Some(record) = self.read.pop_front()
        {
            match self.route.delivery(&record, true).await {
                Ok(Some(delivery)) => self.tell(Input::Next(delivery)),
                Ok(None) => self.tell(Input::Skipped(record.seq, record.at)),
                Err(why) => {
                    // Without knowing whether the caller is anonymous, personal data could be sent.
                    tracing::warn!("the courier cannot send record {} yet: {why}", record.seq);
                    self.read.clear();
                    tokio::time::sleep(UNSURE).await;
                    return true;
                }
            }
        }
        self.outbox.next_wanted().is_some()
    }

    /// Carries out the outputs of the outbox.
    async fn act(&mut self) {
        while let Some(output) = self.outbox.poll_output() {
            match output {
                Output::Send { key, delivery } => {
                    // The previous request was given up; its result is not needed.
                    self.pending = Some(self.route.send(key, delivery));
                }
                Output::SendStatement { day, after, left_out, resent } => {
                    let name = self.route.destination.name.clone();
                    let blank = Statement::new(name, day.date, left_out).with_resent(resent);
                    self.pending = self.route.state(day, after, blank);
                }
                Output::Append(event) => {
                    tell_operator(&event);
                    let lacks = match &event {
                        MessagingEvent::Reconciled { missing, .. } => missing.clone(),
                        _ => Vec::new(),
                    };
                    self.route.context.append(event).await;
                    // The difference is logged, so that a restart resends these records.
                    self.again.extend(lacks);
                }
            }
        }
    }

    /// Gives the outbox records to be sent again, as far as it has room; returns whether there may be more.
    async fn feed_again(&mut self) -> bool {
        while self.outbox.has_room_for_resend()
            && let Some(seq) = self.again.pop_front()
        {
            let record = self.route.context.record(seq).await;
            let delivery = match record {
                Some(record) => self.route.delivery(&record, false).await,
                None => Err("it cannot be read".to_owned()),
            };
            match delivery {
                Ok(Some(delivery)) => self.tell(Input::Resend(delivery)),
                Ok(None) => {
                    tracing::warn!("record {seq} is of a kind that partners do not receive");
                    self.tell(Input::Dropped(seq));
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

    /// Finds the ends of days among records sent before this start that no statement covered.
    async fn remember_days(&mut self, stated: Seq, done: Seq) {
        let mut next = stated + 1;
        while next <= done && !self.route.context.is_stopped() {
            for record in self.route.context.records(next).await {
                next = record.seq + 1;
                if record.seq <= done {
                    self.tell(Input::AlreadyDelivered(record.seq, record.at));
                }
            }
        }
    }
}

impl Route {
    /// The delivery of a record; `None` when it is not for this destination.
    async fn delivery(&self, record: &Record, if_chosen: bool) -> Result<Option<Delivery>, String> {
        let Some(envelope) = Envelope::of(record, &self.destination.name) else { return Ok(None) };
        if if_chosen && !self.destination.events.contains(envelope.kind()) {
            return Ok(None);
        }
        let mut is_masked = !self.destination.whole_persons;
        if let (false, Some(ticket)) = (is_masked, envelope.ticket()) {
            let source = Arc::clone(&self.context.source);
            let read = tokio::task::spawn_blocking(move || source.is_anonymous(ticket)).await;
            is_masked = read.map_err(|e| e.to_string())?.map_err(|e| e.to_string())?;
        }
        let body = envelope.into_body(is_masked);
        Ok(Some(Delivery { seq: record.seq, at: record.at, body: body.into() }))
    }

    /// Adds the records sent after `after`, up to the end of the day, to a statement.
    async fn fill(
        &self,
        mut statement: Statement,
        day: ClosedDay,
        after: Seq,
    ) -> Option<Statement> {
        let mut next = after + 1;
        while next <= day.through {
            let records = self.context.records(next).await;
            next = records.last()?.seq + 1;
            for record in records.iter().filter(|record| record.seq <= day.through) {
                let kind = Envelope::of(record, &self.destination.name);
                if kind.is_some_and(|delivery| self.destination.events.contains(delivery.kind())) {
                    statement.add(record.seq);
                }
            }
            // The day may be long, and the thread is shared.
            tokio::task::yield_now().await;
        }
        Some(statement)
    }

    fn state(&self, day: ClosedDay, after: Seq, blank: Statement) -> Option<PendingRequest> {
        let url = self.destination.reconcile.as_ref()?.url.clone();
        let route = self.clone();
        Some(Box::pin(async move {
            let Some(statement) = route.fill(blank, day, after).await else {
                let why = "the log cannot be read".to_owned();
                return Input::StatementSent(
                    day.through,
                    StatementOutcome::Retry { why, after: None },
                );
            };
            let body = statement::body(&statement);
            let key = route.destination.name.statement(day.date);
            let verdict = match route.post(&url, key, body.into()).await {
                Ok(answer) => {
                    statement::verdict(&statement, answer.status, &answer.body, answer.retry_after)
                }
                Err(why) => StatementOutcome::Retry { why, after: None },
            };
            Input::StatementSent(day.through, verdict)
        }))
    }

    fn send(&self, key: String, delivery: Delivery) -> PendingRequest {
        let route = self.clone();
        Box::pin(async move {
            let body = Bytes::copy_from_slice(&delivery.body);
            let answer = match route.post(&route.destination.url, key, body).await {
                Ok(reply) => {
                    let answer = client::text_of(&reply.body);
                    DeliveryOutcome::of_status(reply.status, answer, reply.retry_after)
                }
                Err(why) => DeliveryOutcome::unreachable(why),
            };
            Input::Answered(delivery.seq, answer)
        })
    }

    /// Posts a signed message.
    async fn post(&self, url: &Uri, key: String, body: Bytes) -> Result<Reply, String> {
        let (to, at) = (&self.destination, self.context.now());
        let mut headers = to.headers.0.clone();
        let mut add = |name: &str, text: String| headers.push((name.to_owned(), text));
        add("content-type", "application/json".to_owned());
        add("webhook-timestamp", sign::seconds(at).to_string());
        add("webhook-signature", to.key.sign(&key, at, &body));
        add("webhook-key", to.key.id().to_owned());
        add("idempotency-key", key.clone());
        add("webhook-id", key);
        self.context.client.post(url, &headers, body, to.timeout).await
    }
}

/// Logs events that an operator should read.
pub(crate) fn tell_operator(event: &MessagingEvent) {
    match event {
        MessagingEvent::Stuck { destination, seq, why } => {
            tracing::error!(
                "{destination} accepts no records; record {seq} and all later ones wait: {why}"
            );
        }
        MessagingEvent::Resumed { destination } => tracing::info!("{destination} takes again"),
        MessagingEvent::DeadLettered { destination, seq, status, why } => tracing::error!(
            "{destination} rejected record {seq} ({status} {why}); it is now a dead letter"
        ),
        MessagingEvent::Reconciled { destination, date, missing, unknown, .. }
            if !missing.is_empty() || !unknown.is_empty() =>
        {
            tracing::error!(
                "{destination} lacks {} records of {date}, which are resent; {} keys are unknown",
                missing.len(),
                unknown.len()
            );
        }
        MessagingEvent::StatementFailed { destination, date, why, .. } => {
            tracing::error!("{destination} does not accept the statement of {date}: {why}");
        }
        _ => {}
    }
}

/// The pause before a failed lookup of a ticket is repeated.
const UNSURE: Duration = Duration::from_secs(1);
/// The seed for statements differs from that for records.
const STATEMENTS: usize = 1 << 20;
