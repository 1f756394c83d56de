//! The start of the engine, with every thread and channel.
//!
//! ```text
//!            arrivals (lock-free, bounded: full is 503)
//!   sip ─────────────────────────────►┐
//!     ◄──── commands ─────────────────┤
//!                                     center ── records ──► log ── batches ──► view (sled)
//!     ┌──── commands ─────────────────┤                     │
//!   media ────────── events ─────────►┘ ◄──── durable ──────┘
//!     └── pieces ──► recorder ── outcomes ──► center
//!
//!   sip ── contacts, dialogs ──► sip state (a file for the next start)
//!
//!   console (tokio) ── commands ──► center ── answers, wallboard ──► console
//!   courier (tokio) ◄── log; what partners took ──► center
//! ```
//!
//! A full channel is handled as follows. Arrivals: 503 with Retry-After. Mailboxes: the writer
//! keeps what it could not hand over and reads no more sockets. Pieces of recordings: dropped,
//! counted, and filled with silence. Records: calls are refused long before. Batches for the view:
//! dropped; the view reads the log instead. Contacts and dialogs: only the newest state waits.

mod center;
mod console;
mod shared;
mod sockets;
mod storage;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
};

use ::center::Memory;
use crossbeam_channel::Receiver;
use media::Relays;
use model::{Record, Timestamp, event::Alarm};
use recorder::{Recorder, RecorderEvent};
use settings::Settings;
use sip::Endpoint;
use tokio::sync::watch;

use self::{
    center::Notes,
    shared::{Folds, Shared},
    sockets::Sockets,
    storage::Storage,
};
use crate::{
    Fault,
    clock::Clock,
    emergency, entropy,
    known_sources::{self, KnownSources},
    plan,
    progress::Progress,
    recall::{self, Past, State},
    running::Running,
    sip_state,
    tables::Tables,
    threads::signalling,
    threads::{self, center as center_thread, knowledge, log, media as media_thread, outcomes},
};

/// Why the engine did not start: the cause and a remedy.
#[derive(Debug)]
pub enum NotStarted {
    /// The log, or the disk of the log or the recordings, cannot be used.
    Storage(String),
    /// A cause that another folder does not remove.
    Other(String),
}

impl NotStarted {
    /// The text.
    pub fn text(self) -> String {
        match self {
            NotStarted::Storage(why) | NotStarted::Other(why) => why,
        }
    }
}

impl From<NotStarted> for Fault {
    fn from(no: NotStarted) -> Fault {
        Fault::from(no.text())
    }
}

impl From<String> for NotStarted {
    fn from(why: String) -> NotStarted {
        NotStarted::Other(why)
    }
}

/// Starts the engine.
///
/// `tables` are written to an empty log; they name units in reports until the log has them.
pub async fn start(settings: &Settings, tables: Tables) -> Result<Running, NotStarted> {
    let standby = settings.start.emergency.as_deref();
    let others = emergency::folders(&settings.data.folder, standby);
    bring_up(settings, tables, None, &others).await
}

/// Starts the engine in `folder` without the hotline's log, for this reason: calls are taken, and
/// there is no desk.
pub async fn start_emergency(
    usual: &Settings,
    tables: Tables,
    folder: &Path,
    why: &str,
) -> Result<Running, NotStarted> {
    let settings = emergency::settings(usual, folder);
    std::fs::create_dir_all(folder)
        .map_err(|e| format!("cannot create the emergency's folder {}: {e}", folder.display()))?;
    if let Err(no_keys) = emergency::fetch_keys(&usual.data.folder, folder) {
        tracing::error!("{no_keys}");
    }
    let others = [usual.data.folder.clone()];
    let running = bring_up(&settings, tables, Some(why), &others).await?;
    emergency::write_emergency_note(&usual.data.folder, folder);
    tracing::error!("EMERGENCY: {}", emergency::alarm(why, folder));
    Ok(running)
}

/// Starts the engine. `emergency` is the reason when it starts without the hotline's log. `others`
/// are the data folders in which the hotline may have run before, beside this one.
async fn bring_up(
    settings: &Settings,
    tables: Tables,
    emergency: Option<&str>,
    others: &[PathBuf],
) -> Result<Running, NotStarted> {
    let clock = Clock::start();
    let folder = &settings.data.folder;
    let storage = Storage::open(settings, &tables, clock, emergency)?;
    let is_new = storage.state.memory.desk.is_new();
    let phones = sip_state::load(folder, others);
    let earlier = std::iter::once(folder.as_path()).chain(others.iter().map(PathBuf::as_path));
    let offices = known_sources::load(earlier);
    // Nothing is written before sockets and folders are available.
    let sockets = Sockets::bind(settings, clock).await?;
    let salvaged = recorder::salvage(&settings.recording.folder)
        .map_err(|e| NotStarted::Storage(format!("cannot search the recordings: {e}")))?;

    let Storage { journal, journal_folder, keys, store, state, blank, written, place, .. } =
        storage;
    let State { memory, agents, quarters, reference } = state;
    let (mailroom, read_up_to) = (memory.channels.messaging.clone(), memory.seq);
    let folds = Folds::new(settings, &keys, &mailroom, agents, quarters, reference);
    let shared = Shared::new(settings, &memory, sockets.ports.len())?;
    let (bookcase, shelf, news_of_items) = knowledge::open(&memory);

    // The recorder, the log, and the threads that follow the log.
    let mut backs = Vec::new();
    let recorder = start_recorder(settings, &shared, &mut backs)?;
    let log = start_log(journal, read_up_to, &folds, shelf, &shared, &mut backs)?;
    backs.push(threads::spawn("index", {
        let (bookcase, folder) = (Arc::clone(&bookcase), folder.join("library"));
        move || bookcase.index(&folder, &news_of_items)
    })?);
    let (reader, viewed) = (store.reader(), Arc::new(Progress::default()));
    backs.push(threads::spawn("view", {
        let (inbox, viewed) = (Arc::clone(&shared.inbox), Arc::clone(&viewed));
        let folder = journal_folder.clone();
        move || log::follow(&store, &folder, &log.batches, &inbox, &viewed)
    })?);

    // The center.
    let notes = Notes {
        ports: sockets.ports.shuffled(entropy::seed()),
        damage: storage.damage,
        waiting: storage.waiting,
        salvaged,
        emergency: emergency.map(|why| (storage.emergency_id, why)),
    };
    let center = center::build(settings, clock.now(), memory, notes);
    let shown = center.memory().wallboard.alarms.get(&Alarm::LogDamaged).cloned();
    let center_shared = shared.for_center(log.records, recorder.tap());
    let (leave, legacy) = crossbeam_channel::bounded::<Memory>(1);
    let center = threads::spawn("center", move || {
        // A stop takes the memory; nothing else ends this thread.
        let _left = leave.send(center_thread::run(center, clock, &center_shared));
    })?;
    let (stop_keeper, stopped) = crossbeam_channel::bounded(0);
    let keeper = threads::spawn("keeper", {
        let (place, inbox) = (place.clone(), Arc::clone(&shared.inbox));
        let durable = log.durable.clone();
        move || {
            let shown = shown.as_ref();
            recall::keep_snapshots(&place, &blank, written, &durable, &inbox, shown, &stopped);
        }
    })?;

    // Voice starts before signalling, because a call needs its relay.
    let Sockets { signalling: sip_sockets, ports, bound_at, listener, http } = sockets;
    let locals = sip_sockets.locals();
    let voice = start_voice(settings, ports, (bound_at, clock), &recorder, &shared).await?;
    let mut fronts = vec![voice];
    let known = Arc::new(KnownSources::default());
    let config = plan::sip(settings, locals.clone(), &keys.secrets(), offices);
    let endpoint = Endpoint::new(config, entropy::seed());
    let (state_keeper, state_writer) = sip_state::keep(folder);
    backs.push(threads::spawn("sip state", || state_writer.run())?);
    let sip_shared = shared.for_signalling(&known);
    fronts.push(threads::spawn("sip", move || {
        let run = signalling::run(sip_sockets, endpoint, clock, &sip_shared, state_keeper, phones);
        if let Err(e) = run {
            panic!("epoll fails under the signalling thread: {e}");
        }
    })?);

    // The console, and the courier.
    let parts = console::Parts {
        clock,
        durable: log.durable,
        journal: journal_folder,
        reader,
        viewed,
        keys: Arc::clone(&keys),
        is_emergency: emergency.is_some(),
    };
    let engine = console::engine(settings, parts, &shared, folds);
    if is_new && emergency.is_none() {
        tables.write_to_log(&engine).await?;
    }
    let courier = threads::messaging::start(settings, &keys, &engine, mailroom, read_up_to)?;
    let (close_console, closed) = watch::channel(false);
    let console = console::serve(settings, listener, &engine, bookcase, closed);
    console::watch(settings, &engine, &shared, &known);

    Ok(Running {
        sip: locals,
        http,
        engine,
        stop_front: shared.stop_front,
        stop_center: shared.stop_center,
        fronts,
        center,
        backs,
        recorder,
        console,
        close_console,
        courier,
        past: Past { place, legacy, keeper, stop: stop_keeper },
        known,
        data: folder.clone(),
        sorry: plan::sorry_lasts(settings),
    })
}

/// Starts the recorder, and the thread that passes its reports to the center.
fn start_recorder(
    settings: &Settings,
    shared: &Shared,
    backs: &mut Vec<JoinHandle<()>>,
) -> Result<Recorder, NotStarted> {
    let (tell, heard) = crossbeam_channel::unbounded::<RecorderEvent>();
    let options = recorder::Options {
        folder: settings.recording.folder.clone(),
        zone: settings.hotline.zone,
        threads: settings.recording.threads as usize,
        low_water_bytes: settings.recording.low_water_bytes,
        full_water_bytes: settings.recording.full_water_bytes,
        ..recorder::Options::default()
    };
    let recorder = Recorder::start(options, tell)
        .map_err(|e| NotStarted::Storage(format!("cannot start the recorder: {e}")))?;
    let inbox = Arc::clone(&shared.inbox);
    backs.push(threads::spawn("outcomes", move || outcomes::follow(&heard, &inbox))?);
    Ok(recorder)
}

/// The channels of the log's thread: records go in; batches for the view and the last durable
/// record come out.
struct Log {
    records: crossbeam_channel::Sender<Record>,
    batches: Receiver<Vec<Record>>,
    durable: watch::Receiver<model::Seq>,
}

/// Starts the log's thread.
fn start_log(
    journal: journal::Journal,
    durable: model::Seq,
    folds: &Folds,
    shelf: knowledge::KnowledgeFeed,
    shared: &Shared,
    backs: &mut Vec<JoinHandle<()>>,
) -> Result<Log, NotStarted> {
    let (records, log_inbox) = crossbeam_channel::bounded::<Record>(RECORDS);
    let (to_view, batches) = crossbeam_channel::bounded::<Vec<Record>>(BATCHES);
    let (tell_durable, durable) = watch::channel(durable);
    backs.push(threads::spawn("log", {
        let (inbox, folds) = (Arc::clone(&shared.inbox), folds.clone());
        move || {
            let followers = log::Followers {
                recent: &folds.recent,
                agents: &folds.agents,
                quarters: &folds.quarters,
                reports: &folds.reports,
                shelf: &shelf,
                courier: &folds.standing,
                metrics: &folds.metrics,
            };
            log::write(journal, &log_inbox, &inbox, &to_view, &tell_durable, &followers);
        }
    })?);
    Ok(Log { records, batches, durable })
}

/// Starts the voice thread once its ports have been read for long enough. A sender that continues
/// from before the start has sent by then; one heard first after signalling has begun may belong to
/// a new call.
async fn start_voice(
    settings: &Settings,
    ports: media_thread::Ports,
    (bound_at, clock): (Timestamp, Clock),
    recorder: &Recorder,
    shared: &Shared,
) -> Result<JoinHandle<()>, NotStarted> {
    let mut relays = Relays::new(settings.media.relays, plan::prompts(settings), entropy::seed());
    let shared = shared.for_media(recorder);
    let listened = clock.now().since(bound_at);
    tokio::time::sleep(media_thread::LISTEN_FIRST.saturating_sub(listened)).await;
    ports.read_leftovers(clock.now(), &mut relays);
    let voice = threads::spawn("voice", move || {
        if let Err(e) = media_thread::run(ports, relays, clock, shared) {
            panic!("epoll fails under the voice thread: {e}");
        }
    })?;
    Ok(voice)
}

/// The capacity for records on their way to the log.
const RECORDS: usize = 131_072;
/// The capacity for batches on their way to the view.
const BATCHES: usize = 256;
