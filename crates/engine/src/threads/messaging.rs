//! The courier's thread, which sends records to partners and SMS to a gateway.
//!
//! It is started only when `courier.toml` names a destination. It has a thread of its own, so that
//! a slow partner slows no call.

use std::{collections::BTreeMap, io, sync::Arc, thread::JoinHandle, time::Duration};

use center::Command;
use console::{EventLog, Tickets};
use courier::{
    BodyFormat, BoxFuture, Courier, Destination, EventSink, Gateway, Headers, Reconcile,
    RecordSource, Secret,
};
use messaging::{Backoff, MessagingState, QuietHours, SmsLimits, sign::Key};
use model::{
    Record, Seq, TicketId, Timestamp,
    desk::{MessagingEvent, Purpose},
    event::SeatActor,
};
use settings::Settings;
use tokio::sync::watch;

use crate::{backend::Engine, destination_status::entry, entropy, keys::Keys};

/// A running courier.
pub(crate) struct RunningCourier {
    stop: watch::Sender<bool>,
    thread: JoinHandle<()>,
}

impl RunningCourier {
    /// Ends the courier once its progress is in the log. Blocks.
    pub(crate) fn stop(self) {
        self.stop.send_replace(true);
        if self.thread.join().is_err() {
            tracing::error!("the courier thread had panicked");
        }
    }
}

/// Starts the courier when there is a destination. `messaging` has applied the log up to `seen`.
pub(crate) fn start(
    settings: &Settings,
    keys: &Keys,
    engine: &Arc<Engine>,
    messaging: MessagingState,
    seen: Seq,
) -> Result<Option<RunningCourier>, String> {
    let destinations: Vec<Destination> = settings
        .courier
        .destinations
        .iter()
        .filter_map(|to| destination(to, settings, keys))
        .collect();
    let gateway = settings.courier.sms.as_ref().and_then(|sms| gateway(sms, settings, keys));
    if destinations.is_empty() && gateway.is_none() {
        return Ok(None);
    }
    let courier = Courier {
        source: Arc::new(CourierPorts(Arc::clone(engine))),
        sink: Arc::new(CourierPorts(Arc::clone(engine))),
        destinations,
        gateway,
        state: messaging,
        seen,
        seed: entropy::seed(),
    };
    let (stop, stopped) = watch::channel(false);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .thread_name("courier-io")
        .max_blocking_threads(BLOCKING_THREADS)
        .build()
        .map_err(|e| format!("cannot start the courier: {e}"))?;
    let thread = crate::threads::spawn("courier", move || {
        runtime.block_on(courier.run(stopped));
        // A name look-up in progress does not delay the end.
        runtime.shutdown_timeout(STOP_PATIENCE);
    })?;
    Ok(Some(RunningCourier { stop, thread }))
}

/// Whether SMS are sent: a gateway is configured, and its secrets are known.
pub(crate) fn has_gateway(settings: &Settings, keys: &Keys) -> bool {
    let sms = settings.courier.sms.as_ref();
    sms.is_some_and(|sms| sms.secret.as_ref().is_none_or(|name| keys.shared(name).is_some()))
}

/// The webhooks of the config, with their secrets.
pub(crate) fn hooks(settings: &Settings, keys: &Keys) -> BTreeMap<String, console::Hook> {
    let hooks = settings.courier.hooks.iter().map(|hook| {
        let what = format!("the webhook {}", hook.name);
        let secrets =
            hook.secrets.iter().filter_map(|name| Some((name, secret(keys, name, &what)?)));
        let auth = match hook.proof {
            settings::Proof::Signature => {
                console::HookAuth::Signature(secrets.map(|(name, s)| Key::new(name, &s)).collect())
            }
            settings::Proof::Token => {
                console::HookAuth::Token(secrets.map(|(name, s)| Key::token(name, &s)).collect())
            }
        };
        let content = match hook.carries {
            settings::Carries::Messages => console::HookContent::Messages,
            settings::Carries::Receipts => console::HookContent::Receipts,
        };
        let read = console::Hook {
            content,
            channel: hook.channel,
            auth,
            items: hook.items.clone(),
            fields: hook.fields.clone(),
            delivered: hook.delivered.clone(),
            answer: hook.answer.clone(),
        };
        (hook.name.clone(), read)
    });
    hooks.collect()
}

/// The part of the engine that the courier may reach.
struct CourierPorts(Arc<Engine>);

impl RecordSource for CourierPorts {
    fn records(&self, from: Seq, limit: usize) -> io::Result<Vec<Record>> {
        self.0.records(from, limit)
    }

    fn watch(&self) -> watch::Receiver<Seq> {
        self.0.watch()
    }

    /// A ticket that is not found, or whose form does not say, counts as anonymous.
    fn is_anonymous(&self, ticket: TicketId) -> io::Result<bool> {
        let form = self.0.ticket(ticket)?.map(|ticket| ticket.form);
        Ok(form.is_none_or(|form| {
            form.confidential != Some(false) || form.purpose == Some(Purpose::Report)
        }))
    }
}

impl EventSink for CourierPorts {
    fn append(&self, event: MessagingEvent) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move {
            let note = Command::Note(entry(event));
            let done = self.0.ask(SeatActor::Engine, note).await;
            done.map(drop).map_err(|refusal| refusal.to_string())
        })
    }

    fn now(&self) -> Timestamp {
        self.0.clock.wall()
    }
}

fn destination(
    to: &settings::Destination,
    settings: &Settings,
    keys: &Keys,
) -> Option<Destination> {
    let what = format!("the destination {}", to.name);
    let shared = secret(keys, &to.secret, &what)?;
    let fill = |text: &String| text.replace("{secret}", &shared);
    let zone = settings.hotline.zone;
    let reconcile = match &to.reconcile {
        Some(url) => Some(Reconcile { url: address(url, &what)?, zone }),
        None => None,
    };
    Some(Destination {
        name: to.name.clone(),
        url: address(&to.url, &what)?,
        key: Key::new(&to.secret, &shared),
        events: to.events.iter().cloned().collect(),
        from_first: to.from == settings::Beginning::First,
        whole_persons: to.persons == settings::Persons::Whole,
        timeout: to.timeout,
        first_wait: Backoff::USUAL_FIRST,
        headers: Headers(to.headers.iter().map(|(n, text)| (n.clone(), fill(text))).collect()),
        reconcile,
    })
}

fn gateway(sms: &settings::SmsGateway, settings: &Settings, keys: &Keys) -> Option<Gateway> {
    let what = "the SMS gateway";
    let shared = match &sms.secret {
        Some(name) => secret(keys, name, what)?,
        None => String::new(),
    };
    Some(Gateway {
        url: address(&sms.url, what)?,
        secret: Secret(shared),
        shape: match sms.content {
            settings::Content::Json => BodyFormat::Json,
            settings::Content::Form => BodyFormat::Form,
        },
        body: sms.body.clone(),
        headers: Headers(sms.headers.clone().into_iter().collect()),
        result: sms.result.clone(),
        taken: sms.taken.clone(),
        later: sms.later.clone(),
        id: sms.id.clone(),
        limits: SmsLimits {
            quiet: QuietHours { from_s: sms.quiet_from_s, until_s: sms.quiet_until_s },
            zone: settings.hotline.zone,
            answer_within: sms.timeout,
            first_wait: Backoff::USUAL_FIRST,
        },
    })
}

/// A missing secret disables only the function that needs it; calls are taken all the same.
fn secret(keys: &Keys, name: &str, what: &str) -> Option<String> {
    let found = keys.shared(name);
    if found.is_none() {
        tracing::error!(
            "{what} is off: there is no secret \"{name}\"; run `heartline secret make {name}` or \
             `heartline secret set {name}`, and restart the engine"
        );
    }
    found
}

fn address<T: std::str::FromStr<Err: std::fmt::Display>>(url: &str, what: &str) -> Option<T> {
    let parsed = url.parse::<T>();
    parsed.inspect_err(|e| tracing::error!("{what} is off: {url} cannot be used: {e}")).ok()
}

/// Threads for reads of the log and look-ups of names.
const BLOCKING_THREADS: usize = 4;
const STOP_PATIENCE: Duration = Duration::from_secs(1);
