//! The engine as the console's backend, the console's server, and the tasks beside it.

use std::{path::PathBuf, sync::Arc};

use model::Seq;
use settings::Settings;
use store::Reader;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use super::shared::{Folds, Shared};
use crate::{
    backend::Engine,
    clock::Clock,
    day_signatures, descriptors,
    in_force::InForce,
    key_watch,
    keys::Keys,
    known_sources::{self, KnownSources},
    open311, plan,
    progress::Progress,
    threads::{knowledge::KnowledgeReader, messaging},
};

/// The parts that the console needs in addition to the shared state and the folds.
pub(super) struct Parts {
    pub(super) clock: Clock,
    pub(super) durable: watch::Receiver<Seq>,
    pub(super) journal: PathBuf,
    pub(super) reader: Reader,
    pub(super) view_progress: Arc<Progress>,
    pub(super) keys: Arc<Keys>,
    pub(super) config: Arc<InForce>,
    pub(super) is_emergency: bool,
}

/// The engine as the console sees it.
pub(super) fn engine(
    settings: &Settings,
    parts: Parts,
    shared: &Shared,
    folds: Folds,
) -> Arc<Engine> {
    let Parts { clock, durable, journal, reader, view_progress, keys, config, is_emergency } =
        parts;
    let Folds { recent, agents, quarters, reports, worklists, destinations, metrics } = folds;
    Arc::new(Engine {
        clock,
        center: Arc::clone(&shared.inbox),
        requests: Arc::clone(&shared.requests),
        live: Arc::clone(&shared.live),
        durable,
        recent,
        agents,
        quarters,
        reports,
        worklists,
        releasing: tokio::sync::Mutex::new(()),
        journal,
        reader,
        view_progress,
        recordings: settings.recording.folder.clone(),
        attachments: settings.data.folder.join("attachments"),
        home: settings.hotline.area_code.clone(),
        keys,
        courier: destinations,
        config,
        recording_changes: tokio::sync::Mutex::new(()),
        sip_counts: Arc::clone(&shared.sip_counts),
        metrics,
        is_emergency,
    })
}

/// Serves the console until `closed` is true.
pub(super) fn serve(
    settings: &Settings,
    listener: TcpListener,
    engine: &Arc<Engine>,
    knowledge: Arc<KnowledgeReader>,
    closed: watch::Receiver<bool>,
) -> JoinHandle<()> {
    // Lists and the API need the desk's rules; this desk never holds a ticket.
    let rules = plan::desk(settings, [0; 32], false);
    let (limits, proxies) = (plan::limits(&settings.http), plan::proxies(&settings.http));
    let router = console::router(
        console::Backend::from_one(Arc::clone(engine)).with_knowledge(Arc::clone(&knowledge) as _),
        console::Options {
            hotline: settings.hotline.name.clone(),
            queues: settings.queues.iter().map(|q| (q.name.clone(), q.title.clone())).collect(),
            zone: settings.hotline.zone,
            session: settings.http.login_lasts,
            hooks: messaging::hooks(settings, &engine.keys),
            open311: open311::server(settings, knowledge),
            calendar: rules.working_time().calendar.clone(),
            desk: rules.rules().clone(),
            idle: settings.http.login_idle,
            proxies: proxies.clone(),
            limits,
            ..console::Options::default()
        },
    );
    tokio::spawn(async move {
        let mut closed = closed;
        let shutdown = async move {
            // An error means that the engine is gone, so the server closes as well.
            let _ = closed.wait_for(|closed| *closed).await;
        };
        if let Err(e) = console::serve(listener, router, limits, proxies, shutdown).await {
            tracing::error!("the console ended: {e}");
        }
    })
}

/// Starts the tasks that watch descriptors, keys, known sources and the days of the log.
pub(super) fn watch(
    settings: &Settings,
    engine: &Arc<Engine>,
    shared: &Shared,
    known: &Arc<KnownSources>,
) {
    let folder = &settings.data.folder;
    tokio::spawn(descriptors::watch(Arc::clone(engine)));
    tokio::spawn(key_watch::watch(
        Arc::clone(engine),
        settings.start.emergency.clone(),
        Arc::clone(&shared.to_sip),
    ));
    tokio::spawn(known_sources::save_periodically(Arc::clone(known), folder.clone()));
    if !engine.is_emergency {
        let (log, zone) = (engine.journal.clone(), settings.hotline.zone);
        tokio::spawn(day_signatures::sign_periodically(folder.clone(), log, zone, engine.clock));
    }
}
