//! The engine: every thread and every channel on one page.
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
//! Full? Arrivals: 503 with Retry-After. Mailboxes: the writer keeps what it
//! could not hand over and reads no more sockets. Pieces of recordings: dropped,
//! counted, filled with silence. Records: calls are refused long before.
//! Batches for the view: dropped; the view reads the log instead. Contacts and dialogs: the newest
//! picture waits, older ones are never kept.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use center::Center;
use journal::{Journal, JournalError};
use media::Relays;
use model::{
    EmergencyId, Event, Record,
    event::{Alarm, AlarmRaised, EmergencyStarted, RecordingFailed, RecordingSalvaged},
};
use recorder::{Recorder, RecorderEvent};
use reporting::ReferenceData;
use settings::{Ports, Settings};
use sip::Endpoint;
use stats::AgentIntervals;
use tokio::{net::TcpListener, sync::watch};

use crate::{
    Fault,
    backend::Engine,
    clock::Clock,
    damage, day_signatures, emergency, entropy,
    keys::Keys,
    known_sources::{self, KnownSources},
    mailbox::Mailbox,
    metrics::Metrics,
    open311, plan,
    progress::Progress,
    recall::{self, Past, Place, Recalled, State},
    reports::Reports,
    restore, sip_state,
    supervisor::{self, Turns},
    tables::Tables,
    threads::{
        self, center as center_thread,
        center::{Callers, View},
        knowledge,
        log::{self, Recent},
        media as media_thread,
        messaging::{self, Carrying, Standing},
        outcomes, signalling,
    },
    view::{self, Viewed},
};

/// A running engine.
pub struct Running {
    /// Where signalling listens.
    pub sip: Vec<(sip::Transport, SocketAddr)>,
    /// Where the console listens.
    pub http: SocketAddr,
    /// What others may ask.
    pub engine: Arc<Engine>,
    stop_front: Arc<AtomicBool>,
    stop_center: Arc<AtomicBool>,
    fronts: Vec<JoinHandle<()>>,
    center: JoinHandle<()>,
    backs: Vec<JoinHandle<()>>,
    recorder: Recorder,
    console: tokio::task::JoinHandle<()>,
    close_console: watch::Sender<bool>,
    courier: Option<Carrying>,
    past: Past,
    known: Arc<KnownSources>,
    data: PathBuf,
    /// How long a caller may need to hear why they are let go.
    sorry: Duration,
}

/// Why the engine did not start: what is in the way and what would help.
#[derive(Debug)]
pub enum NotStarted {
    /// The log, or the disk it or the recordings are on, cannot be used.
    Storage(String),
    /// Something that another folder does not help against.
    Other(String),
}

impl NotStarted {
    /// The sentence.
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

/// Start everything.
///
/// `tables` are what an empty log begins with; they name units in reports until it has them.
pub async fn start(settings: &Settings, tables: Tables) -> Result<Running, NotStarted> {
    let standby = settings.start.emergency.as_deref();
    let others = emergency::folders(&settings.data.folder, standby);
    bring_up(settings, tables, None, &others).await
}

/// Start everything in `folder`, without the hotline's log and for this reason: calls are taken,
/// and there is no desk.
pub async fn start_emergency(
    usual: &Settings,
    tables: Tables,
    folder: &Path,
    why: &str,
) -> Result<Running, NotStarted> {
    let settings = emergency::settings(usual, folder);
    std::fs::create_dir_all(folder)
        .map_err(|e| format!("cannot make the emergency's folder {}: {e}", folder.display()))?;
    if let Err(no_keys) = emergency::fetch_keys(&usual.data.folder, folder) {
        tracing::error!("{no_keys}");
    }
    let others = [usual.data.folder.clone()];
    let running = bring_up(&settings, tables, Some(why), &others).await?;
    emergency::leave_word(&usual.data.folder, folder);
    tracing::error!("EMERGENCY: {}", emergency::alarm(why, folder));
    Ok(running)
}

/// `emergency` is why the engine starts without the hotline's log. `others` are the data folders in
/// which the hotline may have run before, beside this one.
async fn bring_up(
    settings: &Settings,
    tables: Tables,
    emergency: Option<&str>,
    others: &[PathBuf],
) -> Result<Running, NotStarted> {
    let clock = Clock::start();
    let storage = NotStarted::Storage;
    let folder = &settings.data.folder;
    std::fs::create_dir_all(folder)
        .map_err(|e| storage(format!("cannot make the data folder {}: {e}", folder.display())))?;

    restore::must_be_done(folder).map_err(storage)?;
    for misfit in settings.misfits() {
        tracing::info!("the config: {misfit}");
    }

    // What happened before.
    let journal_folder = folder.join("journal");
    let (journal, opening) =
        Journal::open(&journal_folder, journal::Options::default()).map_err(cannot_open)?;
    if settings.start.emergency.is_some() {
        emergency::probe(&journal_folder).map_err(storage)?;
    }
    let keys =
        Keys::open(folder, settings.hotline.zone, settings.duties, clock).map_err(storage)?;
    let keys = Arc::new(keys);
    let has_gateway = messaging::has_gateway(settings, &keys);
    let blank = State {
        memory: plan::memory(settings, entropy::seed(), has_gateway),
        agents: AgentIntervals::new(settings.hotline.zone),
        quarters: plan::quarters(settings),
        reference: ReferenceData::new(settings.hotline.zone, tables.network.clone()),
    };
    let place = Place { store: folder.join("store"), journal: journal_folder.clone() };
    let Recalled { state, written } = place.begin(&blank, journal.last()).map_err(storage)?;
    let State { memory, agents, quarters, reference } = state;
    let read_up_to = memory.seq;
    let is_new = memory.desk.is_new();
    if let Some(why) = emergency::wrong_log(&memory, emergency.is_some(), folder) {
        return Err(NotStarted::Other(why));
    }
    // Where the log ends ahead of the clock, the time of day begins there.
    clock.set_ahead(memory.ahead_of(clock.now()));
    let series = memory.emergency.unwrap_or(EmergencyId(clock.wall().micros()));
    let standby = settings.start.emergency.as_deref();
    let waiting = match emergency {
        None => emergency::waiting(folder, standby, &memory.imported.series),
        Some(_) => None,
    };
    let mailroom = memory.channels.mailroom.clone();
    let standing = Arc::new(Standing::new(settings, &keys, &mailroom));
    let (bookcase, shelf, news_of_items) = knowledge::open(&memory);
    let Viewed { store, ahead } =
        view::open_store(folder, &journal_folder, memory.seq).map_err(storage)?;
    let damage = damage::alarm(&opening, ahead, memory.wallboard.alarms.get(&Alarm::LogDamaged));

    let phones = sip_state::load(folder, others);
    let earlier = std::iter::once(folder.as_path()).chain(others.iter().map(PathBuf::as_path));
    let offices = known_sources::load(earlier);

    // What must be had before anything is promised: sockets, folders.
    let sockets =
        signalling::Sockets::bind(&settings.sip.udp, &settings.sip.tcp, settings.sip.advertise)?;
    let locals = sockets.locals();
    let ip = settings.media.bind;
    let ports = match settings.media.ports {
        Ports::Range { first, last } => media_thread::Ports::bind_range(ip, first, last)?,
        Ports::Auto { pairs } => media_thread::Ports::bind_any(ip, pairs)?,
    };
    let bound_at = clock.now();
    let listener = TcpListener::bind(settings.http.listen).await.map_err(|e| {
        format!(
            "cannot serve the console at {}: {e}; is another program there?",
            settings.http.listen
        )
    })?;
    let http = listener.local_addr().map_err(|e| e.to_string())?;
    let salvaged = recorder::salvage(&settings.recording.folder)
        .map_err(|e| storage(format!("cannot look through the recordings: {e}")))?;

    // The seams.
    let fail = |e: std::io::Error| format!("cannot make a wake-up: {e}");
    let arrivals = Arc::new(Mailbox::parking(settings.intake.capacity));
    let inbox = Arc::new(Mailbox::parking(MAILBOX));
    let to_sip = Arc::new(Mailbox::polled(MAILBOX).map_err(fail)?);
    let to_media = Arc::new(Mailbox::polled(MAILBOX).map_err(fail)?);
    let (to_log, log_inbox) = crossbeam_channel::bounded::<Record>(RECORDS);
    let (to_view, view_inbox) = crossbeam_channel::bounded::<Vec<Record>>(BATCHES);
    let (tell_outcome, heard) = crossbeam_channel::unbounded::<RecorderEvent>();
    let (tell_durable, durable) = watch::channel(memory.seq);
    let callers = Arc::new(Callers::default());
    let recent = Arc::new(Recent::default());
    let agents = Arc::new(Mutex::new(agents));
    let quarters = Arc::new(Mutex::new(quarters));
    let reports = Arc::new(Reports::new(settings, reference));
    let sip_counts = Arc::new(Mutex::new(sip::Counts::default()));
    let metrics = Arc::new(Metrics::new(env!("CARGO_PKG_VERSION")));
    let stop_front = Arc::new(AtomicBool::new(false));
    let stop_center = Arc::new(AtomicBool::new(false));

    // The recorder, and what it says.
    let recorder = Recorder::start(
        recorder::Options {
            folder: settings.recording.folder.clone(),
            zone: settings.hotline.zone,
            threads: settings.recording.threads as usize,
            low_water_bytes: settings.recording.low_water_bytes,
            full_water_bytes: settings.recording.full_water_bytes,
            ..recorder::Options::default()
        },
        tell_outcome,
    )
    .map_err(|e| storage(format!("cannot record: {e}")))?;
    let mut backs = Vec::new();
    backs.push(threads::spawn("outcomes", {
        let inbox = Arc::clone(&inbox);
        move || outcomes::follow(&heard, &inbox)
    })?);

    // The log and the view.
    backs.push(threads::spawn("log", {
        let inbox = Arc::clone(&inbox);
        let recent = Arc::clone(&recent);
        let (agents, quarters) = (Arc::clone(&agents), Arc::clone(&quarters));
        let reports = Arc::clone(&reports);
        let standing = Arc::clone(&standing);
        let metrics = Arc::clone(&metrics);
        move || {
            let (view, durable) = (&to_view, &tell_durable);
            let followers = log::Followers {
                recent: &recent,
                agents: &agents,
                quarters: &quarters,
                reports: &reports,
                shelf: &shelf,
                courier: &standing,
                metrics: &metrics,
            };
            log::write(journal, &log_inbox, &inbox, view, durable, &followers);
        }
    })?);
    backs.push(threads::spawn("index", {
        let (bookcase, folder) = (Arc::clone(&bookcase), folder.join("library"));
        move || bookcase.index(&folder, &news_of_items)
    })?);
    let reader = store.reader();
    let viewed = Arc::new(Progress::default());
    backs.push(threads::spawn("view", {
        let inbox = Arc::clone(&inbox);
        let folder = journal_folder.clone();
        let viewed = Arc::clone(&viewed);
        move || log::follow(&store, &folder, &view_inbox, &inbox, &viewed)
    })?);

    // The center.
    let now = clock.now();
    let view = Arc::new(View {
        wallboard: ArcSwap::new(Arc::clone(&memory.wallboard)),
        calls: AtomicUsize::new(0),
        ports_free: AtomicUsize::new(ports.len()),
        strangers: AtomicU64::new(0),
        turns: Turns::default(),
        draining: AtomicBool::new(false),
    });
    let (plan, policy) = (plan::plan(settings), plan::policy(settings));
    let version = env!("CARGO_PKG_VERSION");
    let mut center = match emergency {
        None => Center::start(now, memory, plan, policy, version),
        Some(why) => {
            let started = EmergencyStarted { series, why: why.to_owned() };
            Center::start_emergency(now, memory, plan, policy, version, started)
        }
    };
    let mut raise = |alarm: Alarm, text: String| {
        tracing::error!("{text}");
        let raised = Event::AlarmRaised(AlarmRaised { alarm, text });
        center.handle_input(now, center::Input::Note(raised));
    };
    if let Some(why) = emergency {
        raise(Alarm::Emergency, emergency::alarm(why, folder));
    }
    if let Some(text) = waiting {
        raise(Alarm::EmergencyNotImported, text);
    }
    for port in ports.shuffled(entropy::seed()) {
        center.handle_input(now, center::Input::Port(port));
    }
    if let Some(alarm) = damage {
        tracing::error!("the log: {}", alarm.text);
        center.handle_input(now, center::Input::Note(Event::AlarmRaised(alarm)));
    }
    let hangs = center.memory().wallboard.alarms.get(&Alarm::LogDamaged).cloned();
    for found in salvaged {
        let event = Event::RecordingSalvaged(RecordingSalvaged {
            call: found.call,
            file: found.file,
            length_ms: found.length_ms,
            sha256: found.sha256,
        });
        center.handle_input(now, center::Input::Note(event));
    }
    // Closed in the moment the engine died, before the log could hear of it.
    let unclosed: Vec<_> = center.memory().open_recordings.clone().into_iter().collect();
    for (call, file) in unclosed {
        let event = match recorder::read_sidecar(&settings.recording.folder, &file) {
            Some(found) => Event::RecordingSalvaged(RecordingSalvaged {
                call,
                file,
                length_ms: found.length_ms,
                sha256: found.sha256,
            }),
            None => {
                let why = format!("{file} is not there after a restart");
                Event::RecordingFailed(RecordingFailed { call, why })
            }
        };
        center.handle_input(now, center::Input::Note(event));
    }
    let center_shared = center_thread::Shared {
        arrivals: Arc::clone(&arrivals),
        inbox: Arc::clone(&inbox),
        sip: Arc::clone(&to_sip),
        media: Arc::clone(&to_media),
        log: to_log,
        recorder: recorder.tap(),
        callers: Arc::clone(&callers),
        view: Arc::clone(&view),
        stop: Arc::clone(&stop_center),
    };
    let (leave, legacy) = crossbeam_channel::bounded(1);
    let center = threads::spawn("center", move || {
        // A stop takes it up; nobody else ends this thread.
        let _left = leave.send(center_thread::run(center, clock, &center_shared));
    })?;
    let (stop_keeper, stopped) = crossbeam_channel::bounded(0);
    let keeper = threads::spawn("keeper", {
        let (place, inbox, durable) = (place.clone(), Arc::clone(&inbox), durable.clone());
        move || {
            let hangs = hangs.as_ref();
            recall::look_after(&place, &blank, written, &durable, &inbox, hangs, &stopped);
        }
    })?;

    // Voice, then signalling: a call must find its relay.
    let mut relays = Relays::new(plan::relays(settings), plan::prompts(settings), entropy::seed());
    let media_shared = media_thread::Shared {
        commands: Arc::clone(&to_media),
        center: Arc::clone(&inbox),
        tap: recorder.tap(),
        spare_buffers: recorder.spare_buffers(),
        view: Arc::clone(&view),
        stop: Arc::clone(&stop_front),
    };
    let mut fronts = Vec::new();
    // A sender that goes on from before the start has sent by then; one heard first after signalling
    // has begun may be a new call's.
    let listened = clock.now().since(bound_at);
    tokio::time::sleep(media_thread::LISTEN_FIRST.saturating_sub(listened)).await;
    ports.read_leftovers(clock.now(), &mut relays);
    fronts.push(threads::spawn("voice", move || {
        if let Err(e) = media_thread::run(ports, relays, clock, media_shared) {
            panic!("epoll fails under the voice thread: {e}");
        }
    })?);
    let known = Arc::new(KnownSources::default());
    let config = plan::sip(settings, locals.clone(), &keys.secrets(), offices);
    let endpoint = Endpoint::new(config, entropy::seed());
    let (state_keeper, state_writer) = sip_state::keep(folder);
    backs.push(threads::spawn("sip state", || state_writer.run())?);
    let sip_shared = signalling::Shared {
        arrivals,
        center: Arc::clone(&inbox),
        commands: Arc::clone(&to_sip),
        counts: Arc::clone(&sip_counts),
        known: Arc::clone(&known),
        view: Arc::clone(&view),
        stop: Arc::clone(&stop_front),
    };
    fronts.push(threads::spawn("sip", move || {
        let run = signalling::run(sockets, endpoint, clock, &sip_shared, state_keeper, phones);
        if let Err(e) = run {
            panic!("epoll fails under the signalling thread: {e}");
        }
    })?);

    // The console.
    let engine = Arc::new(Engine {
        clock,
        center: Arc::clone(&inbox),
        callers,
        view,
        durable,
        recent,
        agents,
        quarters,
        reports,
        releasing: tokio::sync::Mutex::new(()),
        journal: journal_folder,
        reader,
        viewed,
        recordings: settings.recording.folder.clone(),
        attachments: folder.join("attachments"),
        home: settings.hotline.area_code.clone(),
        keys: Arc::clone(&keys),
        courier: standing,
        recording_changes: tokio::sync::Mutex::new(()),
        sip_counts,
        metrics,
        is_emergency: emergency.is_some(),
    });
    if is_new && emergency.is_none() {
        tables.take_in(&engine).await?;
    }
    let courier = messaging::start(settings, &keys, &engine, mailroom, read_up_to)?;
    let (close_console, closed) = watch::channel(false);
    // What lists and the API count with; nothing is ever on this desk.
    let rules = plan::desk(settings, [0; 32], false);
    let (limits, proxies) = (plan::limits(&settings.http), plan::proxies(&settings.http));
    let router = console::router(
        Arc::clone(&engine) as Arc<dyn console::Backend>,
        console::Options {
            hotline: settings.hotline.name.clone(),
            queues: settings.queues.iter().map(|q| (q.name.clone(), q.title.clone())).collect(),
            zone: settings.hotline.zone,
            session: settings.http.login_lasts,
            hooks: messaging::hooks(settings, &keys),
            open311: open311::server(settings, Arc::clone(&bookcase) as _),
            knowledge: Some(bookcase as Arc<dyn console::KnowledgeBase>),
            calendar: rules.ground().calendar.clone(),
            desk: rules.rules().clone(),
            idle: settings.http.login_idle,
            proxies: proxies.clone(),
            limits,
            ..console::Options::default()
        },
    );
    let console = tokio::spawn(async move {
        let mut closed = closed;
        let shutdown = async move {
            // An error means the engine is gone: close all the same.
            let _ = closed.wait_for(|closed| *closed).await;
        };
        if let Err(e) = console::serve(listener, router, limits, proxies, shutdown).await {
            tracing::error!("the console ended: {e}");
        }
    });
    tokio::spawn(crate::descriptors::watch(Arc::clone(&engine)));
    tokio::spawn(crate::keys::watch(Arc::clone(&engine), settings.clone(), to_sip));
    tokio::spawn(known_sources::keep(Arc::clone(&known), folder.clone()));
    if emergency.is_none() {
        let log = engine.journal.clone();
        tokio::spawn(day_signatures::keep(folder.clone(), log, settings.hotline.zone, clock));
    }

    Ok(Running {
        sip: locals,
        http,
        engine,
        stop_front,
        stop_center,
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

/// Another engine that holds the log is no fault of the disk.
fn cannot_open(error: JournalError) -> NotStarted {
    let why = format!("cannot open the log: {error}");
    match error {
        JournalError::Locked { .. } => NotStarted::Other(why),
        _ => NotStarted::Storage(why),
    }
}

impl Running {
    /// Tell systemd's watchdog that the engine works, until the runtime ends.
    pub fn tell_watchdog(&self) {
        tokio::spawn(supervisor::watch(Arc::clone(&self.engine.view)));
    }

    /// The password of the first admin, who is made at the first start; nobody in an emergency.
    pub fn first_admin(&self) -> Result<Option<String>, String> {
        if self.engine.is_emergency { Ok(None) } else { self.engine.keys.first_admin() }
    }

    /// Take no new calls, let talks go on for `patience`, then end them. Who waited that long hears
    /// the sorry prompt to its end; then end what is left and go.
    pub async fn stop(self, patience: Duration) {
        self.engine.view.draining.store(true, Ordering::Relaxed);
        let until = self.engine.clock.now() + patience;
        let deadline = Instant::now() + patience;
        self.tell(center::Input::Drain { until }).await;
        self.wait_for_silence(deadline).await;
        self.tell(center::Input::EndTalks).await;
        self.wait_for_silence(Instant::now() + self.sorry).await;
        self.tell(center::Input::HangUpAll).await;
        self.wait_for_silence(Instant::now() + FAREWELL).await;

        let Running {
            close_console,
            console,
            stop_front,
            stop_center,
            fronts,
            center,
            backs,
            recorder,
            engine,
            courier,
            past,
            known,
            data,
            ..
        } = self;
        // The console may have ended by itself.
        let _ended = close_console.send(true);
        let _late = tokio::time::timeout(FAREWELL, console).await;
        let rest = tokio::task::spawn_blocking(move || {
            // While the center still writes down what it says.
            if let Some(courier) = courier {
                courier.stop();
            }
            // Signalling and voice first: nothing new happens then. The recorder
            // closes its files and says so; the center writes that down and goes;
            // the log and the view end when nobody writes to them any more.
            std::thread::sleep(LAST_PACKETS);
            stop_front.store(true, Ordering::Release);
            threads::join(fronts);
            known.write_down(&data);
            recorder.finish();
            std::thread::sleep(LAST_PACKETS);
            stop_center.store(true, Ordering::Release);
            engine.center.wake();
            threads::join(vec![center]);
            threads::join(backs);
            let durable = *engine.durable.borrow();
            past.write_down(&engine.agents, &engine.quarters, &engine.reports, durable);
        });
        let _ended = rest.await;
    }

    async fn tell(&self, input: center::Input) {
        if self.engine.center.send(input, FAREWELL).await.is_err() {
            tracing::error!("the center's mailbox stays full: it is not told to let calls end");
        }
    }

    async fn wait_for_silence(&self, deadline: Instant) {
        // The count is renewed four times a second; let it catch up once.
        tokio::time::sleep(Duration::from_millis(300)).await;
        while self.engine.view.calls.load(Ordering::Relaxed) > 0 && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Between threads: some seconds of a province's worst hour.
const MAILBOX: usize = 65_536;
/// Records on their way to the log.
const RECORDS: usize = 131_072;
/// Batches on their way to the view.
const BATCHES: usize = 256;
/// For the last BYEs and their answers.
const FAREWELL: Duration = Duration::from_secs(3);
/// For what is still on its way between threads.
const LAST_PACKETS: Duration = Duration::from_millis(300);
