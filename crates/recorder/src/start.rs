//! The recorder as others see it: start, tap, finish.

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, TrySendError};
use media::{Chunk, ChunkBody};
use model::{CallId, Zone};

use crate::{
    CallDetails, RecorderEvent,
    close::close_all,
    disk::Room,
    health::Health,
    place,
    recording::ROTATE_BYTES_MAX,
    shard::{Message, Shard, Watch},
};

/// How to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The recordings folder; made when missing.
    pub folder: PathBuf,
    /// Whose midnight parts the days.
    pub zone: Zone,
    /// Writing threads, at least one. Each has a second one that closes.
    pub threads: usize,
    /// Pieces that may wait for one thread. A quarter of it is kept for openings and ends.
    pub capacity: usize,
    /// Below this much free space an alarm is raised, in bytes.
    pub low_water_bytes: u64,
    /// Below this much free space new calls are not recorded, in bytes.
    pub full_water_bytes: u64,
    /// A file longer than this is continued in another; at most 2 GiB.
    pub rotate_bytes: u64,
    /// A recording that hears neither voice nor end for this long is closed as it is.
    pub idle: Duration,
    /// How long an ended recording waits for its description.
    pub details_wait: Duration,
    /// Recordings that end within this time are closed together, sharing syncs; the first after a
    /// rest is closed at once.
    pub gather: Duration,
    /// How soon a recording that could not be closed for want of room is tried again.
    pub retry: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            folder: PathBuf::from("recordings"),
            zone: Zone::CHINA,
            threads: 1,
            capacity: CAPACITY,
            low_water_bytes: LOW_WATER_BYTES,
            full_water_bytes: FULL_WATER_BYTES,
            rotate_bytes: ROTATE_BYTES_MAX,
            idle: IDLE,
            details_wait: DETAILS_WAIT,
            gather: GATHER,
            retry: RETRY,
        }
    }
}

/// The recorder's threads. Dropped without [`finish`](Recorder::finish) they go on until the last tap is gone.
#[derive(Debug)]
pub struct Recorder {
    tap: RecorderHandle,
    spare_buffers: Receiver<Vec<i16>>,
    threads: Vec<JoinHandle<()>>,
}

/// Where pieces go in. Cheap to clone; never waits.
#[derive(Clone, Debug)]
pub struct RecorderHandle {
    shards: Arc<[Sender<Message>]>,
    reserve: usize,
    dropped: Arc<AtomicU64>,
}

impl Recorder {
    /// Start the threads. What becomes of the recordings is told on `outcomes`.
    pub fn start(options: Options, outcomes: Sender<RecorderEvent>) -> io::Result<Recorder> {
        place::make(&options.folder)?;
        let mut room = Room::new(options.low_water_bytes, options.full_water_bytes);
        for outcome in room.observe(fs4::available_space(&options.folder)?) {
            // Nobody listening is the caller's own choice.
            let _ = outcomes.send(outcome);
        }
        let health = Arc::new(Health::default());
        let disk_full = Arc::new(AtomicBool::new(room.is_full()));
        let (folder, looked) = (options.folder.clone(), Instant::now());
        let mut watch = Some(Watch { folder, room, looked });
        let options = Arc::new(Options { threads: options.threads.max(1), ..options });
        let (give_back, spare_buffers) = crossbeam_channel::bounded(SPARE_BUFFERS);
        let (mut shards, mut threads) = (Vec::new(), Vec::new());
        for n in 0..options.threads {
            let (tell, messages) = crossbeam_channel::bounded(options.capacity.max(1));
            let (closer, ended) = crossbeam_channel::bounded(CLOSING);
            let shard = Shard {
                options: Arc::clone(&options),
                messages,
                outcomes: outcomes.clone(),
                closer,
                spare_buffers: give_back.clone(),
                disk_full: Arc::clone(&disk_full),
                health: Arc::clone(&health),
                watch: watch.take(),
                lanes: BTreeMap::new(),
            };
            let named = |what: &str| thread::Builder::new().name(format!("{what}-{n}"));
            threads.push(named("recorder").spawn(move || behind(|| shard.run()))?);
            let (outcomes, health) = (outcomes.clone(), Arc::clone(&health));
            let (gather, retry) = (options.gather, options.retry);
            threads.push(
                named("closer").spawn(move || {
                    behind(|| close_all(&ended, &outcomes, &health, gather, retry))
                })?,
            );
            shards.push(tell);
        }
        let reserve = options.capacity / 4;
        let tap = RecorderHandle { shards: shards.into(), reserve, dropped: Arc::default() };
        Ok(Recorder { tap, spare_buffers, threads })
    }

    /// Another way in.
    pub fn tap(&self) -> RecorderHandle {
        self.tap.clone()
    }

    /// Sample buffers that were written and may be used again.
    pub fn spare_buffers(&self) -> Receiver<Vec<i16>> {
        self.spare_buffers.clone()
    }

    /// Write what was offered, close every recording, and wait for that.
    ///
    /// Pieces offered from now on are refused.
    pub fn finish(self) {
        for shard in self.tap.shards.iter() {
            // A thread that is gone has finished.
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
    /// Hand a piece over, or get it back at once when there is no room.
    ///
    /// A stretch that is not taken becomes silence in the file. All pieces of a
    /// call go to one thread, in order.
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

    /// What to write beside the recording of `call`. Without it the sidecar only knows the voice.
    pub fn describe(&self, call: CallId, about: CallDetails) {
        if let Some(shard) = self.shard(call)
            && shard.try_send(Message::Describe(call, about)).is_err()
        {
            tracing::warn!("the recorder is full: the sidecar of call {call} will not describe it");
        }
    }

    /// Pieces refused since the start because there was no room.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn shard(&self, call: CallId) -> Option<&Sender<Message>> {
        // Fibonacci hashing: ids are times, and times come in steps.
        let spread = call.as_u64().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        self.shards.get(spread as usize % self.shards.len().max(1))
    }

    fn drop_count(&self, chunk: Chunk) -> Chunk {
        self.dropped.fetch_add(1, Ordering::Relaxed);
        chunk
    }
}

/// Work that goes behind calls and voices when all want the same core.
fn behind(work: impl FnOnce()) {
    // Every thread may give way; should the system refuse, it does not, and works all the same.
    let _rank = rustix::process::nice(10);
    work();
}

/// 8,192 pieces of 250 ms: two seconds of a thousand calls, 64 MB when full.
const CAPACITY: usize = 8_192;
/// Buffers waiting to be used again.
const SPARE_BUFFERS: usize = 4_096;
/// Recordings waiting to be closed by one thread.
const CLOSING: usize = 1_024;
/// 10 GB: half a day of a hundred calls.
const LOW_WATER_BYTES: u64 = 10_000_000_000;
/// 1 GB: room for the open recordings to end.
const FULL_WATER_BYTES: u64 = 1_000_000_000;
/// The relay sends pieces four times a second, silence included.
const IDLE: Duration = Duration::from_secs(60);
/// A recording has its name this much later at most; a busy hour then costs a few syncs a second.
const GATHER: Duration = Duration::from_millis(250);
/// Room is made by people and by nightly chores; a try costs a read of the file.
const RETRY: Duration = Duration::from_secs(5);
/// The center describes a call as it ends; the voice ends a moment before or after.
const DETAILS_WAIT: Duration = Duration::from_secs(2);
