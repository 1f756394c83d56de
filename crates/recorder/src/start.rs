//! The interface of the recorder: start, offer chunks, finish.

use std::{
    collections::BTreeMap,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use crossbeam_channel::{Receiver, Sender, TrySendError};
use media::{Chunk, ChunkBody};
use primitives::CallId;

use crate::{
    CallDetails, Options, RecorderEvent,
    close::Closer,
    disk_space::DiskSpace,
    disk_syncs::{DiskSyncs, SyncCount},
    health::Health,
    paths,
    shard::{DiskWatch, Message, Shard},
};

/// The threads of the recorder. Dropped without [`finish`](Recorder::finish) they run until the
/// last handle is gone.
#[derive(Debug)]
pub struct Recorder {
    tap: RecorderHandle,
    spare_buffers: Receiver<Vec<i16>>,
    syncs: Arc<DiskSyncs>,
    threads: Vec<JoinHandle<()>>,
}

/// Offers chunks to the recorder. Cheap to clone; never waits.
#[derive(Clone, Debug)]
pub struct RecorderHandle {
    shards: Arc<[Sender<Message>]>,
    reserve: usize,
    dropped: Arc<AtomicU64>,
}

impl Recorder {
    /// Starts the threads. Events about the recordings are sent on `events`.
    pub fn start(options: Options, events: Sender<RecorderEvent>) -> io::Result<Recorder> {
        paths::make(&options.folder)?;
        let mut space = DiskSpace::new(options.low_water_bytes, options.full_water_bytes);
        for event in space.observe(fs4::available_space(&options.folder)?) {
            // A missing receiver is the caller's choice.
            let _ = events.send(event);
        }
        let (health, syncs) = (Arc::new(Health::default()), Arc::new(DiskSyncs::default()));
        let disk_full = Arc::new(AtomicBool::new(space.is_full()));
        let (folder, looked) = (options.folder.clone(), Instant::now());
        let mut watch = Some(DiskWatch { folder, space, looked });
        let options = Arc::new(Options { threads: options.threads.max(1), ..options });
        let (give_back, spare_buffers) = crossbeam_channel::bounded(SPARE_BUFFERS);
        let (mut shards, mut threads) = (Vec::new(), Vec::new());
        for n in 0..options.threads {
            let (tell, messages) = crossbeam_channel::bounded(options.capacity.max(1));
            let (closer, ended) = crossbeam_channel::bounded(CLOSING);
            let shard = Shard {
                options: Arc::clone(&options),
                messages,
                events: events.clone(),
                closer,
                spare_buffers: give_back.clone(),
                disk_full: Arc::clone(&disk_full),
                health: Arc::clone(&health),
                watch: watch.take(),
                calls: BTreeMap::new(),
            };
            let named = |what: &str| thread::Builder::new().name(format!("{what}-{n}"));
            threads.push(named("recorder").spawn(move || behind(|| shard.run()))?);
            let closer = Closer {
                ended,
                events: events.clone(),
                health: Arc::clone(&health),
                syncs: Arc::clone(&syncs),
                gather: options.gather,
                retry: options.retry,
            };
            threads.push(named("closer").spawn(move || behind(|| closer.run()))?);
            shards.push(tell);
        }
        let reserve = options.capacity / 4;
        let tap = RecorderHandle { shards: shards.into(), reserve, dropped: Arc::default() };
        Ok(Recorder { tap, spare_buffers, syncs, threads })
    }

    /// Returns a handle for offering chunks.
    pub fn tap(&self) -> RecorderHandle {
        self.tap.clone()
    }

    /// Returns the channel of written sample buffers, for reuse.
    pub fn spare_buffers(&self) -> Receiver<Vec<i16>> {
        self.spare_buffers.clone()
    }

    /// The syncs of files and folders since the start.
    pub fn syncs(&self) -> SyncCount {
        self.syncs.count()
    }

    /// Writes what was offered, closes every recording, and waits for that.
    ///
    /// Chunks offered from now on are refused.
    pub fn finish(self) {
        for shard in self.tap.shards.iter() {
            // A thread that has ended is finished.
            let _ = shard.send(Message::Finish);
        }
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!(
                    "a recorder thread had panicked; its files are repaired at the next start"
                );
            }
        }
    }
}

impl RecorderHandle {
    /// Hands a chunk over, or returns it at once when there is no space.
    ///
    /// A refused chunk becomes silence in the file. All chunks of a call go to one thread, in
    /// order.
    pub fn offer(&self, chunk: Chunk) -> Result<(), Chunk> {
        let Some(shard) = self.shard(chunk.call) else { return Err(chunk) };
        let is_voice = matches!(chunk.body, ChunkBody::Samples(_));
        let left = shard.capacity().map_or(usize::MAX, |all| all.saturating_sub(shard.len()));
        if is_voice && left <= self.reserve {
            return Err(self.drop_count(chunk));
        }
        match shard.try_send(Message::Piece(chunk)) {
            Err(TrySendError::Full(Message::Piece(chunk))) => Err(self.drop_count(chunk)),
            Err(TrySendError::Disconnected(Message::Piece(chunk))) => Err(chunk),
            _ => Ok(()),
        }
    }

    /// Sets the details in the sidecar of the recording of `call`. Without them the sidecar
    /// describes only the media.
    pub fn describe(&self, call: CallId, details: CallDetails) {
        if let Some(shard) = self.shard(call)
            && shard.try_send(Message::Describe(call, details)).is_err()
        {
            tracing::warn!(
                "the recorder's queue is full: the sidecar of call {call} will lack details"
            );
        }
    }

    /// Chunks refused since the start because the queue was full.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn shard(&self, call: CallId) -> Option<&Sender<Message>> {
        // Fibonacci hashing, because ids are times and come in steps.
        let spread = call.as_u64().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        self.shards.get(spread as usize % self.shards.len().max(1))
    }

    fn drop_count(&self, chunk: Chunk) -> Chunk {
        self.dropped.fetch_add(1, Ordering::Relaxed);
        chunk
    }
}

/// Runs work at a lower priority than signalling and media.
fn behind(work: impl FnOnce()) {
    // Lowering the priority is always allowed; if it fails, the work runs all the same.
    let _rank = rustix::process::nice(10);
    work();
}

/// Buffers waiting for reuse.
const SPARE_BUFFERS: usize = 4_096;
/// Recordings waiting for one closing thread.
const CLOSING: usize = 1_024;
