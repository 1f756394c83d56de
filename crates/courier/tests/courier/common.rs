//! A log in memory, and couriers that are started and killed on it.

use std::{
    io,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use courier::{
    BodyFormat, BoxFuture, Courier, Destination, EventSink, Gateway, Headers, RecordSource, Secret,
};
use messaging::{MessagingState, QuietHours, SmsLimits, sign::Key};
use model::{
    Event, Record, Seq, TicketId, Timestamp, Zone,
    desk::{Actor, DeskEntry, DeskEvent, Form, MessagingEvent, Private, TicketEvent},
};
use tokio::{sync::watch, task::JoinHandle};

/// The log. Its records are durable.
pub(crate) struct Log {
    records: Mutex<Vec<Record>>,
    durable: watch::Sender<Seq>,
    /// The number of writes that fail.
    pub(crate) broken: Mutex<u32>,
}

pub(crate) const TICKET: TicketId = TicketId(2_026_112_200_017);

impl Log {
    pub(crate) fn new() -> Arc<Log> {
        Arc::new(Log {
            records: Mutex::default(),
            durable: watch::Sender::new(0),
            broken: Mutex::new(0),
        })
    }

    pub(crate) fn write(&self, event: DeskEvent) -> Seq {
        self.write_at(clock(), event)
    }

    fn write_at(&self, at: Timestamp, event: DeskEvent) -> Seq {
        let entry = DeskEntry { by: Actor::Engine, key: None, event };
        let mut records = self.records.lock().unwrap();
        let seq = records.len() as Seq + 1;
        records.push(Record { seq, at, event: Event::Desk(Box::new(entry)) });
        drop(records);
        self.durable.send_replace(seq);
        seq
    }

    /// Adds `n` events of a ticket.
    pub(crate) fn write_notes(&self, count: usize) -> Vec<Seq> {
        self.write_notes_at(clock(), count)
    }

    /// Adds `n` events of a ticket at a time.
    pub(crate) fn write_notes_at(&self, at: Timestamp, count: usize) -> Vec<Seq> {
        let note = |n| TicketEvent::Noted { text: format!("{n}") };
        (0..count).map(|n| self.write_at(at, DeskEvent::Ticket(TICKET, note(n)))).collect()
    }

    pub(crate) fn write_form(&self, name: &str) -> Seq {
        let form = Form { name: Some(Private::new(name)), ..Form::default() };
        self.write(DeskEvent::Ticket(TICKET, TicketEvent::Written(Box::new(form))))
    }

    pub(crate) fn events(&self) -> Vec<MessagingEvent> {
        let event = |record: &Record| match &record.event {
            Event::Desk(entry) => match &entry.event {
                DeskEvent::Messaging(event) => Some(event.clone()),
                _ => None,
            },
            _ => None,
        };
        self.records.lock().unwrap().iter().filter_map(event).collect()
    }

    /// The events, once one of them matches.
    pub(crate) async fn wait_for(
        &self,
        is: impl Fn(&MessagingEvent) -> bool,
    ) -> Vec<MessagingEvent> {
        let mut durable = self.durable.subscribe();
        loop {
            durable.borrow_and_update();
            let events = self.events();
            if events.iter().any(&is) {
                return events;
            }
            durable.changed().await.unwrap();
        }
    }

    pub(crate) fn state(&self) -> MessagingState {
        let mut state = MessagingState::default();
        self.records.lock().unwrap().iter().for_each(|record| state.apply(record));
        state
    }

    fn last(&self) -> Seq {
        *self.durable.borrow()
    }
}

impl RecordSource for Log {
    fn records(&self, from: Seq, limit: usize) -> io::Result<Vec<Record>> {
        let records = self.records.lock().unwrap();
        Ok(records.iter().filter(|record| record.seq >= from).take(limit).cloned().collect())
    }

    fn watch(&self) -> watch::Receiver<Seq> {
        self.durable.subscribe()
    }

    fn is_anonymous(&self, _: TicketId) -> io::Result<bool> {
        Ok(false)
    }
}

/// Appends to the log.
struct LogSink(Arc<Log>);

impl EventSink for LogSink {
    fn append(&self, event: MessagingEvent) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move {
            let mut broken = self.0.broken.lock().unwrap();
            if *broken > 0 {
                *broken -= 1;
                return Err("no room on the disk".to_owned());
            }
            self.0.write(DeskEvent::Messaging(event));
            Ok(())
        })
    }

    fn now(&self) -> Timestamp {
        clock()
    }
}

pub(crate) fn clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_micros(u64::try_from(since.as_micros()).unwrap())
}

/// A running courier.
pub(crate) struct RunningCourier {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl RunningCourier {
    pub(crate) fn with_destination(log: &Arc<Log>, destination: Destination) -> RunningCourier {
        RunningCourier::start(log, vec![destination], None)
    }

    pub(crate) fn with_gateway(log: &Arc<Log>, gateway: Gateway) -> RunningCourier {
        RunningCourier::start(log, Vec::new(), Some(gateway))
    }

    fn start(
        log: &Arc<Log>,
        destinations: Vec<Destination>,
        gateway: Option<Gateway>,
    ) -> RunningCourier {
        let (stop, stopped) = watch::channel(false);
        let courier = Courier {
            source: log.clone(),
            sink: Arc::new(LogSink(log.clone())),
            destinations,
            gateway,
            state: log.state(),
            seen: log.last(),
            seed: [7; 32],
        };
        RunningCourier { task: tokio::spawn(courier.run(stopped)), stop }
    }

    /// A power failure: nothing more is done or written.
    pub(crate) async fn kill(self) {
        self.task.abort();
        let ended = self.task.await;
        assert!(ended.is_err_and(|error| error.is_cancelled()));
    }

    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.unwrap();
    }
}

pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub(crate) fn province(url: &str) -> Destination {
    Destination {
        name: "province".into(),
        url: url.parse().unwrap(),
        key: Key::new("province", SECRET),
        events: model::desk::event_kinds().into_iter().collect(),
        from_first: true,
        whole_persons: true,
        timeout: Duration::from_secs(1),
        first_wait: Duration::from_millis(5),
        headers: Headers(vec![("x-office".to_owned(), "12345".to_owned())]),
        reconcile: None,
    }
}

pub(crate) fn gateway(url: &str) -> Gateway {
    Gateway {
        url: url.parse().unwrap(),
        secret: Secret("p\"w".to_owned()),
        shape: BodyFormat::Json,
        body: r#"{"phone":"{to}","msg":"{text}","uid":"{key}","pw":"{secret}"}"#.to_owned(),
        headers: Headers::default(),
        result: Some("code".to_owned()),
        taken: vec!["0".to_owned()],
        later: vec!["9".to_owned()],
        id: Some("data.id".to_owned()),
        limits: SmsLimits {
            quiet: QuietHours { from_s: 0, until_s: 0 },
            zone: Zone::CHINA,
            answer_within: Duration::from_secs(1),
            first_wait: Duration::from_millis(5),
        },
    }
}
