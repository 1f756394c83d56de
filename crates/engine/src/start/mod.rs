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
//!   console (tokio) ── commands ──► center ── answers ──► console
//!                                   center ── changes ──► wallboard ── pictures ──► console
//!   courier (tokio) ◄── log; what partners took ──► center
//! ```
//!
//! A full channel is handled as follows. Arrivals: 503 with Retry-After. Mailboxes: the writer
//! keeps what it could not hand over and reads no more sockets. Pieces of recordings: dropped,
//! counted, and filled with silence. Records: calls are refused long before. Batches for the view:
//! dropped; the view reads the log instead. Contacts and dialogs: only the newest state waits.
//! Changes for the wallboard: they stay in the center.

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

use ::center::{Center, Memory, PicturePart};
use crossbeam_channel::{Receiver, Sender};
use media::{PortHistory, Relays};
use model::{Record, Timestamp, event::Alarm};
use recorder::{Encoding, Recorder, RecorderEvent};
use settings::{Config, ConfigFiles, Settings};
use sip::Endpoint;
use store::{Reader, Store};
use tokio::sync::watch;

use self::{
    center::Findings,
    shared::{Folds, Shared},
    sockets::Sockets,
    storage::Storage,
};
use crate::{
    Fault,
    clock::Clock,
    control, emergency, entropy,
    in_force::{Copies, InForce, Source},
    keys::Keys,
    known_sources::{self, KnownSources},
    live::LiveState,
    plan,
    progress::Progress,
    reload,
    running::Running,
    sip_state,
    snapshots::{self, FinalSnapshot, Snapshots, State},
    tables::Tables,
    threads::{
        self, center as center_thread,
        knowledge::{self, KnowledgeReader},
        log, media as media_thread, outcomes, signalling, sip_sockets,
        voice_ports::{self, SharedPorts},
        wallboard,
    },
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
    fn from(not_started: NotStarted) -> Fault {
        Fault::from(not_started.text())
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
/// `source` is the config folder with its config, on which `settings` are based; without one the
/// engine cannot reload.
pub async fn start(
    settings: &Settings,
    tables: Tables,
    source: Option<Source>,
) -> Result<Running, NotStarted> {
    let standby = settings.start.emergency.as_deref();
    let others = emergency::folders(&settings.data.folder, standby);
    bring_up(settings, tables, source, None, &others).await
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
    if let Err(no_keys) = emergency::copy_newest_keys(&usual.data.folder, folder) {
        tracing::error!("{no_keys}");
    }
    let others = [usual.data.folder.clone()];
    let running = bring_up(&settings, tables, None, Some(why), &others).await?;
    emergency::write_emergency_note(&usual.data.folder, folder);
    tracing::error!("EMERGENCY: {}", emergency::alarm(why, folder));
    Ok(running)
}

/// Starts the engine. `emergency` is the reason when it starts without the hotline's log. `others`
/// are the data folders in which the hotline may have run before, beside this one.
async fn bring_up(
    settings: &Settings,
    tables: Tables,
    source: Option<Source>,
    emergency: Option<&str>,
    others: &[PathBuf],
) -> Result<Running, NotStarted> {
    let clock = Clock::start();
    let storage = Storage::open(settings, &tables, clock, emergency)?;
    let is_new = storage.state.memory.desk.is_new();
    let earlier = EarlierRuns::load(&settings.data.folder, others);
    // Nothing is written before sockets and folders are available.
    let sockets = Sockets::bind(settings, clock).await?;
    let findings = Findings {
        ports: sockets.ports.shuffled(entropy::seed()),
        damage: storage.damage,
        pending_import: storage.pending_import,
        salvaged: recorder::salvage(&settings.recording.folder, encoding(settings))
            .map_err(|e| NotStarted::Storage(format!("cannot search the recordings: {e}")))?,
        emergency: emergency.map(|why| (storage.emergency_id, why)),
    };

    let Storage {
        journal, journal_folder, keys, store, state, blank, snapshot_seq, snapshots, ..
    } = storage;
    let State { memory, agents, quarters, reference } = state;
    let (messaging, last) = (memory.channels.messaging.clone(), memory.seq);
    let folds = Folds::new(settings, &keys, &memory, agents, quarters, reference, clock.wall());
    let shared = Shared::new(settings, &memory, sockets.ports.len())?;
    let (knowledge, feed, changed_items) = knowledge::open(&memory);

    let mut background_threads = Vec::new();
    let recorder = start_recorder(settings, &shared, &mut background_threads)?;
    let log = start_log(journal, last, &folds, feed, &shared, &mut background_threads)?;
    start_index(settings, &knowledge, changed_items, &mut background_threads)?;
    let (reader, view_progress) = start_view(
        store,
        &folds,
        journal_folder.clone(),
        log.batches,
        &shared,
        &mut background_threads,
    )?;

    let center = center::build(settings, clock.now(), memory, findings);
    let damage = center.memory().wallboard.alarms.get(&Alarm::LogDamaged).cloned();
    let recorder_tap = recorder.tap();
    let for_center = |pictures| shared.for_center(log.records, recorder_tap, pictures);
    let live = Arc::clone(&shared.live);
    let center = start_center(center, clock, for_center, live, &mut background_threads)?;
    let final_snapshot = start_snapshots(
        SnapshotParts { snapshots, blank, snapshot_seq },
        center.memory,
        damage,
        &log.durable,
        &shared,
    )?;

    // Voice starts before signalling, because a call needs its relay.
    let Sockets { signalling, ports, bound_at, listener, http } = sockets;
    let sip = signalling.locals();
    let known = Arc::new(KnownSources::default());
    let has_folder = source.is_some();
    let (folder, config) = match source {
        Some(Source { folder, config }) => (Some(folder), config),
        None => (None, Config { settings: settings.clone(), files: ConfigFiles::default() }),
    };
    let (config, reloads) = InForce::new(folder, config, Copies::of(&settings.data.folder));
    let config = Arc::new(config);
    let mut call_threads =
        start_voice(settings, ports, (bound_at, clock), &recorder, (&shared, &config)).await?;
    call_threads.push(start_signalling(
        settings,
        signalling,
        clock,
        &keys,
        earlier,
        (&shared, &known),
        &mut background_threads,
    )?);

    let parts = console::Parts {
        clock,
        durable: log.durable,
        journal: journal_folder,
        reader,
        view_progress,
        keys: Arc::clone(&keys),
        config,
        is_emergency: emergency.is_some(),
    };
    let engine = console::engine(settings, parts, &shared, folds);
    if is_new && emergency.is_none() {
        tables.write_to_log(&engine).await?;
    }
    if has_folder {
        engine.record_config_of_start().await;
        if let Err(e) = engine.config.copies.note_running() {
            tracing::warn!("a start after a crash will use the config folder as it is: {e}");
        }
        control::listen(&engine, &settings.data.folder);
    }
    tokio::spawn(reload::serve(Arc::clone(&engine), reloads));
    let courier = threads::messaging::start(settings, &keys, &engine, messaging, last)?;
    let (close_console, closed) = watch::channel(false);
    let console = console::serve(settings, listener, &engine, knowledge, closed);
    console::watch(settings, &engine, &shared, &known);

    Ok(Running {
        sip,
        http,
        engine,
        stop_front: shared.stop_front,
        stop_center: shared.stop_center,
        call_threads,
        center: center.thread,
        background_threads,
        recorder,
        console,
        close_console,
        courier,
        final_snapshot,
        known,
        data: settings.data.folder.clone(),
    })
}

/// The state of phones that earlier runs of the hotline saved, in any of its data folders.
struct EarlierRuns {
    /// Registrations and dialogs.
    phones: sip::SavedState,
    /// Addresses from which phones gave the right password.
    known_sources: Vec<sip::shield::KnownSource>,
}

impl EarlierRuns {
    fn load(folder: &Path, others: &[PathBuf]) -> EarlierRuns {
        let folders = std::iter::once(folder).chain(others.iter().map(PathBuf::as_path));
        EarlierRuns {
            phones: sip_state::load(folder, others),
            known_sources: known_sources::load(folders),
        }
    }
}

/// Starts the recorder, and the thread that passes its reports to the center.
fn start_recorder(
    settings: &Settings,
    shared: &Shared,
    background_threads: &mut Vec<JoinHandle<()>>,
) -> Result<Recorder, NotStarted> {
    let (tell, heard) = crossbeam_channel::unbounded::<RecorderEvent>();
    let options = recorder::Options {
        folder: settings.recording.folder.clone(),
        zone: settings.hotline.zone,
        encoding: encoding(settings),
        threads: settings.recording.threads as usize,
        low_water_bytes: settings.recording.low_water_bytes,
        full_water_bytes: settings.recording.full_water_bytes,
        ..recorder::Options::default()
    };
    let recorder = Recorder::start(options, tell)
        .map_err(|e| NotStarted::Storage(format!("cannot start the recorder: {e}")))?;
    let inbox = Arc::clone(&shared.inbox);
    background_threads.push(threads::spawn("outcomes", move || outcomes::follow(&heard, &inbox))?);
    Ok(recorder)
}

/// How new recordings are stored.
fn encoding(settings: &Settings) -> Encoding {
    settings.recording.encoding.map_or(Encoding::Pcm16, Encoding::G711)
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
    knowledge: knowledge::KnowledgeFeed,
    shared: &Shared,
    background_threads: &mut Vec<JoinHandle<()>>,
) -> Result<Log, NotStarted> {
    let (records, log_inbox) = crossbeam_channel::bounded::<Record>(RECORDS);
    let (to_view, batches) = crossbeam_channel::bounded::<Vec<Record>>(BATCHES);
    let (tell_durable, durable) = watch::channel(durable);
    background_threads.push(threads::spawn("log", {
        let (inbox, folds) = (Arc::clone(&shared.inbox), folds.clone());
        move || {
            let followers = log::Followers {
                recent: &folds.recent,
                agents: &folds.agents,
                quarters: &folds.quarters,
                reports: &folds.reports,
                knowledge: &knowledge,
                courier: &folds.destinations,
                metrics: &folds.metrics,
            };
            log::write(journal, &log_inbox, &inbox, &to_view, &tell_durable, &followers);
        }
    })?);
    Ok(Log { records, batches, durable })
}

/// Starts the thread of the knowledge base's search index.
fn start_index(
    settings: &Settings,
    knowledge: &Arc<KnowledgeReader>,
    changed_items: Receiver<()>,
    background_threads: &mut Vec<JoinHandle<()>>,
) -> Result<(), NotStarted> {
    let (knowledge, folder) = (Arc::clone(knowledge), settings.data.folder.join("library"));
    background_threads
        .push(threads::spawn("index", move || knowledge.index(&folder, &changed_items))?);
    Ok(())
}

/// Starts the thread that applies the log to the view. Returns the view's reader and how far the
/// view has come.
fn start_view(
    store: Store,
    folds: &Folds,
    journal: PathBuf,
    batches: Receiver<Vec<Record>>,
    shared: &Shared,
    background_threads: &mut Vec<JoinHandle<()>>,
) -> Result<(Reader, Arc<Progress>), NotStarted> {
    let (reader, view_progress) = (store.reader(), Arc::new(Progress::default()));
    let (inbox, progress) = (Arc::clone(&shared.inbox), Arc::clone(&view_progress));
    let worklists = Arc::clone(&folds.worklists);
    background_threads.push(threads::spawn("view", move || {
        log::follow(&store, &worklists, &journal, &batches, &inbox, &progress);
    })?);
    Ok((reader, view_progress))
}

/// The thread of the center.
struct CenterThread {
    thread: JoinHandle<()>,
    /// Receives the center's memory when the thread ends.
    memory: Receiver<Memory>,
}

/// Starts the center's thread, and the thread that makes the wallboard's pictures.
fn start_center(
    mut center: Center,
    clock: Clock,
    shared: impl FnOnce(Sender<PicturePart>) -> center_thread::Shared,
    live: Arc<LiveState>,
    background_threads: &mut Vec<JoinHandle<()>>,
) -> Result<CenterThread, NotStarted> {
    let picture = center.start_pictures();
    let (pictures, parts) = crossbeam_channel::bounded(wallboard::PARTS_MAX);
    background_threads
        .push(threads::spawn("wallboard", move || wallboard::run(picture, &parts, &live))?);
    let shared = shared(pictures);
    let (leave, memory) = crossbeam_channel::bounded(1);
    let thread = threads::spawn("center", move || {
        // Only a stop ends this thread, and it takes the memory.
        let _left = leave.send(center_thread::run(center, clock, &shared));
    })?;
    Ok(CenterThread { thread, memory })
}

/// The state that the snapshot thread starts from.
struct SnapshotParts {
    snapshots: Snapshots,
    /// The state before the first record.
    blank: State,
    /// The last record of the newest snapshot.
    snapshot_seq: model::Seq,
}

/// Starts the thread that writes snapshots. `damage` is the alarm about a damaged log that is up
/// already.
fn start_snapshots(
    storage: SnapshotParts,
    final_memory: Receiver<Memory>,
    damage: Option<String>,
    durable: &watch::Receiver<model::Seq>,
    shared: &Shared,
) -> Result<FinalSnapshot, NotStarted> {
    let SnapshotParts { snapshots, blank, snapshot_seq } = storage;
    let (stop, stopped) = crossbeam_channel::bounded(0);
    let thread = threads::spawn("snapshots", {
        let (snapshots, inbox) = (snapshots.clone(), Arc::clone(&shared.inbox));
        let durable = durable.clone();
        move || {
            let damage = damage.as_ref();
            snapshots::write_periodically(
                &snapshots,
                &blank,
                snapshot_seq,
                &durable,
                &inbox,
                damage,
                &stopped,
            );
        }
    })?;
    Ok(FinalSnapshot { snapshots, final_memory, thread, stop })
}

/// Starts the signalling thread, and the thread that saves registrations and dialogs.
fn start_signalling(
    settings: &Settings,
    sockets: sip_sockets::Sockets,
    clock: Clock,
    keys: &Keys,
    earlier: EarlierRuns,
    (shared, known): (&Shared, &Arc<KnownSources>),
    background_threads: &mut Vec<JoinHandle<()>>,
) -> Result<JoinHandle<()>, NotStarted> {
    let EarlierRuns { phones, known_sources } = earlier;
    let config = plan::sip(settings, sockets.locals(), &keys.secrets(), known_sources);
    let endpoint = Endpoint::new(config, entropy::seed());
    let (state_sender, state_writer) = sip_state::channel(&settings.data.folder);
    background_threads.push(threads::spawn("sip state", || state_writer.run())?);
    let shared = shared.for_signalling(known);
    let thread = threads::spawn("sip", move || {
        let run = signalling::run(sockets, endpoint, clock, &shared, state_sender, phones);
        if let Err(e) = run {
            panic!("epoll fails under the signalling thread: {e}");
        }
    })?;
    Ok(thread)
}

/// Starts the voice threads once their ports have been read for long enough. A sender that continues
/// from before the start has sent by then; one heard first after signalling has begun may belong to
/// a new call.
async fn start_voice(
    settings: &Settings,
    ports: voice_ports::Ports,
    (bound_at, clock): (Timestamp, Clock),
    recorder: &Recorder,
    (shared, config): (&Shared, &InForce),
) -> Result<Vec<JoinHandle<()>>, NotStarted> {
    let history = PortHistory::default();
    let listened = clock.now().since(bound_at);
    tokio::time::sleep(voice_ports::LISTEN_FIRST.saturating_sub(listened)).await;
    ports.note_leftovers(clock.now(), &history);
    let parts = shared.for_media(recorder, config);
    let ports = SharedPorts::new(ports, parts.len())
        .map_err(|e| format!("cannot watch the voice ports: {e}"))?;
    let ports = Arc::new(ports);
    let mut voice = Vec::new();
    for (thread, shared) in parts.into_iter().enumerate() {
        let relays =
            Relays::new(settings.media.relays, Vec::new(), entropy::seed(), history.clone());
        let ports = Arc::clone(&ports);
        voice.push(threads::spawn("voice", move || {
            if let Err(e) = media_thread::run(&ports, thread, relays, clock, shared) {
                panic!("epoll fails under a voice thread: {e}");
            }
        })?);
    }
    Ok(voice)
}

/// The capacity for records on their way to the log.
const RECORDS: usize = 131_072;
/// The capacity for batches on their way to the view.
const BATCHES: usize = 256;
