//! The courier's thread, and what it is lent: the log, the center, the partners' secrets.
//!
//! It is started only when `courier.toml` names somebody to carry to. It has a
//! thread of its own, behind all others: a partner that is slow slows no call.

use std::{collections::BTreeMap, io, sync::Arc, thread::JoinHandle, time::Duration};

use backoffice::courier::{Backoff, Mailroom, QuietHours, SmsLimits, sign::Key};
use center::Command;
use console::Backend;
use courier::{Ask, BoxFuture, Courier, Destination, Gateway, Headers, Secret, Shape, Source};
use model::{
    Event, Record, Seq, TicketId, Timestamp,
    desk::{CourierDeed, Deed, Doer, Entry, Purpose},
    event::Actor,
};
use settings::Settings;
use tokio::sync::watch;

use crate::{backend::Engine, entropy, keys::Keys};

/// A courier that carries.
pub(crate) struct Carrying {
    stop: watch::Sender<bool>,
    thread: JoinHandle<()>,
}

impl Carrying {
    /// Let it put on record what it knows, and end. Takes as long as the log does.
    pub(crate) fn stop(self) {
        self.stop.send_replace(true);
        if self.thread.join().is_err() {
            tracing::error!("the courier thread had panicked");
        }
    }
}

/// Start it, when there is somebody to carry to. `mailroom` has seen the log up to `seen`.
pub(crate) fn start(
    settings: &Settings,
    keys: &Keys,
    engine: &Arc<Engine>,
    mailroom: Mailroom,
    seen: Seq,
) -> Result<Option<Carrying>, String> {
    let destinations: Vec<Destination> =
        settings.courier.destinations.iter().filter_map(|to| destination(to, keys)).collect();
    let gateway = settings.courier.sms.as_ref().and_then(|sms| gateway(sms, settings, keys));
    if destinations.is_empty() && gateway.is_none() {
        return Ok(None);
    }
    let courier = Courier {
        source: Arc::new(Lent(Arc::clone(engine))),
        ask: Arc::new(Lent(Arc::clone(engine))),
        destinations,
        gateway,
        mailroom,
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
    let thread = crate::run::spawn("courier", move || {
        runtime.block_on(courier.run(stopped));
        // A name that is being looked up holds nobody up.
        runtime.shutdown_timeout(FAREWELL);
    })?;
    Ok(Some(Carrying { stop, thread }))
}

/// Whether SMS go out: a gateway is configured, and we have what it asks for.
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
        let proof = match hook.proof {
            settings::Proof::Signature => {
                console::Proof::Signature(secrets.map(|(name, s)| Key::new(name, &s)).collect())
            }
            settings::Proof::Token => {
                console::Proof::Token(secrets.map(|(name, s)| Key::token(name, &s)).collect())
            }
        };
        let carries = match hook.carries {
            settings::Carries::Messages => console::Carries::Messages,
            settings::Carries::Receipts => console::Carries::Receipts,
        };
        let read = console::Hook {
            carries,
            channel: hook.channel,
            proof,
            items: hook.items.clone(),
            fields: hook.fields.clone(),
            delivered: hook.delivered.clone(),
            answer: hook.answer.clone(),
        };
        (hook.name.clone(), read)
    });
    hooks.collect()
}

/// A deed of the engine's as the log has it.
pub(crate) fn entry(deed: CourierDeed) -> Event {
    let deed = Deed::Courier(deed);
    Event::Desk(Box::new(Entry { by: Doer::Engine, key: None, deed }))
}

/// The engine, as much of it as the courier may reach.
struct Lent(Arc<Engine>);

impl Source for Lent {
    fn records(&self, from: Seq, limit: usize) -> io::Result<Vec<Record>> {
        self.0.records(from, limit)
    }

    fn watch(&self) -> watch::Receiver<Seq> {
        self.0.watch()
    }

    /// Who was not asked, and whom nobody finds, stays unknown as well.
    fn stays_unknown(&self, ticket: TicketId) -> io::Result<bool> {
        let form = self.0.ticket(ticket)?.map(|ticket| ticket.form);
        Ok(form.is_none_or(|form| {
            form.confidential != Some(false) || form.purpose == Some(Purpose::Report)
        }))
    }
}

impl Ask for Lent {
    fn append(&self, deed: CourierDeed) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move {
            let note = Command::Note(entry(deed));
            let done = self.0.ask(Actor::Engine, note).await;
            done.map(drop).map_err(|refusal| refusal.to_string())
        })
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }
}

fn destination(to: &settings::Destination, keys: &Keys) -> Option<Destination> {
    let what = format!("the destination {}", to.name);
    let shared = secret(keys, &to.secret, &what)?;
    let fill = |text: &String| text.replace("{secret}", &shared);
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
            settings::Content::Json => Shape::Json,
            settings::Content::Form => Shape::Form,
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

/// A missing secret switches off what needs it and nothing else: calls are taken all the same.
fn secret(keys: &Keys, name: &str, what: &str) -> Option<String> {
    let found = keys.shared(name);
    if found.is_none() {
        tracing::error!(
            "{what} is off: there is no secret \"{name}\"; say heartline secret make {name} \
             or secret set {name}, and start again"
        );
    }
    found
}

fn address<T: std::str::FromStr<Err: std::fmt::Display>>(url: &str, what: &str) -> Option<T> {
    let parsed = url.parse::<T>();
    parsed.inspect_err(|e| tracing::error!("{what} is off: {url} cannot be asked for: {e}")).ok()
}

/// Reads of the log and look-ups of names at once.
const BLOCKING_THREADS: usize = 4;
const FAREWELL: Duration = Duration::from_secs(1);
