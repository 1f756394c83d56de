//! The state that the threads of an engine share: mailboxes, counters and folds beside the log.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU64, AtomicUsize},
};

use ::center::{Memory, PicturePart};
use arc_swap::ArcSwap;
use crossbeam_channel::Sender;
use model::{Record, Timestamp};
use recorder::{Recorder, RecorderHandle};
use reporting::ReferenceData;
use settings::Settings;
use stats::{AgentIntervals, QueueIntervals};

use super::NotStarted;
use crate::{
    destination_status::DestinationStatus,
    in_force::InForce,
    keys::Keys,
    known_sources::KnownSources,
    live::{LiveState, LoopCounters},
    mailbox::Mailbox,
    metrics::Metrics,
    plan,
    recent::Recent,
    reports::Reports,
    threads::{
        center::{self, PendingRequests},
        media, signalling,
    },
    worklists::Worklists,
};

/// The mailboxes between the threads, and the live state.
pub(super) struct Shared {
    /// Calls, from signalling to the center.
    pub(super) arrivals: Arc<Mailbox<sip::Incoming>>,
    /// All other inputs of the center.
    pub(super) inbox: Arc<Mailbox<::center::Input>>,
    pub(super) to_sip: Arc<Mailbox<sip::Command>>,
    /// One mailbox for each voice thread.
    pub(super) to_media: Vec<Arc<Mailbox<::media::Command>>>,
    /// Requests that wait for the center's answers.
    pub(super) requests: Arc<PendingRequests>,
    /// The live state that the console shows.
    pub(super) live: Arc<LiveState>,
    pub(super) sip_counts: Arc<Mutex<sip::Counts>>,
    /// Ends signalling and voice.
    pub(super) stop_front: Arc<AtomicBool>,
    /// Ends the center.
    pub(super) stop_center: Arc<AtomicBool>,
}

impl Shared {
    /// Empty mailboxes, and a live state from the center's memory.
    pub(super) fn new(
        settings: &Settings,
        memory: &Memory,
        ports: usize,
    ) -> Result<Shared, NotStarted> {
        let fail = |e: std::io::Error| format!("cannot create an eventfd: {e}");
        let voice_threads = plan::voice_threads(settings);
        let to_media = (0..voice_threads)
            .map(|_| Mailbox::polled(MAILBOX).map(Arc::new).map_err(fail))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Shared {
            arrivals: Arc::new(Mailbox::parking(settings.intake.capacity)),
            inbox: Arc::new(Mailbox::parking(MAILBOX)),
            to_sip: Arc::new(Mailbox::polled(MAILBOX).map_err(fail)?),
            to_media,
            requests: Arc::default(),
            live: Arc::new(LiveState {
                wallboard: ArcSwap::from_pointee(memory.wallboard.clone()),
                calls: AtomicUsize::new(0),
                ports_free: AtomicUsize::new(ports),
                strangers: AtomicU64::new(0),
                loops: LoopCounters::new(voice_threads),
                draining: AtomicBool::new(false),
            }),
            sip_counts: Arc::default(),
            stop_front: Arc::default(),
            stop_center: Arc::default(),
        })
    }

    /// The center thread's part.
    pub(super) fn for_center(
        &self,
        log: Sender<Record>,
        recorder: RecorderHandle,
        pictures: Sender<PicturePart>,
    ) -> center::Shared {
        center::Shared {
            arrivals: Arc::clone(&self.arrivals),
            inbox: Arc::clone(&self.inbox),
            sip: Arc::clone(&self.to_sip),
            media: self.to_media.clone(),
            log,
            recorder,
            requests: Arc::clone(&self.requests),
            live: Arc::clone(&self.live),
            pictures,
            stop: Arc::clone(&self.stop_center),
        }
    }

    /// The parts of the voice threads.
    pub(super) fn for_media(&self, recorder: &Recorder, config: &InForce) -> Vec<media::Shared> {
        let threads = self.to_media.iter();
        threads.map(|commands| self.for_voice_thread(commands, recorder, config)).collect()
    }

    fn for_voice_thread(
        &self,
        commands: &Arc<Mailbox<::media::Command>>,
        recorder: &Recorder,
        config: &InForce,
    ) -> media::Shared {
        media::Shared {
            commands: Arc::clone(commands),
            center: Arc::clone(&self.inbox),
            tap: recorder.tap(),
            spare_buffers: recorder.spare_buffers(),
            live: Arc::clone(&self.live),
            prompts: Arc::clone(&config.prompts),
            stop: Arc::clone(&self.stop_front),
        }
    }

    /// The signalling thread's part.
    pub(super) fn for_signalling(&self, known: &Arc<KnownSources>) -> signalling::Shared {
        signalling::Shared {
            arrivals: Arc::clone(&self.arrivals),
            center: Arc::clone(&self.inbox),
            commands: Arc::clone(&self.to_sip),
            counts: Arc::clone(&self.sip_counts),
            known: Arc::clone(known),
            live: Arc::clone(&self.live),
            stop: Arc::clone(&self.stop_front),
        }
    }
}

/// Folds beside the log, which the log's thread writes and the console reads.
#[derive(Clone)]
pub(super) struct Folds {
    pub(super) recent: Arc<Recent>,
    pub(super) agents: Arc<Mutex<AgentIntervals>>,
    pub(super) quarters: Arc<Mutex<QueueIntervals>>,
    pub(super) reports: Arc<Reports>,
    /// The work lists, which the view's thread writes.
    pub(super) worklists: Arc<Worklists>,
    /// The status of the courier's destinations.
    pub(super) destinations: Arc<DestinationStatus>,
    pub(super) metrics: Arc<Metrics>,
}

impl Folds {
    /// The folds after the last record of the log.
    pub(super) fn new(
        settings: &Settings,
        keys: &Keys,
        memory: &Memory,
        agents: AgentIntervals,
        quarters: QueueIntervals,
        reference: ReferenceData,
        now: Timestamp,
    ) -> Folds {
        let reports = Arc::new(Reports::new(settings, reference));
        Folds {
            recent: Arc::default(),
            agents: Arc::new(Mutex::new(agents)),
            quarters: Arc::new(Mutex::new(quarters)),
            worklists: Arc::new(Worklists::new(&memory.desk, Arc::clone(&reports), now)),
            reports,
            destinations: Arc::new(DestinationStatus::new(
                settings,
                keys,
                &memory.channels.messaging,
            )),
            metrics: Arc::new(Metrics::new(env!("CARGO_PKG_VERSION"))),
        }
    }
}

/// The capacity between threads: some seconds of a province's worst hour.
const MAILBOX: usize = 65_536;
