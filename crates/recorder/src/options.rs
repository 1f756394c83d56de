//! How the recorder works: folder, limits and periods, with their defaults.

use std::{path::PathBuf, time::Duration};

use primitives::Zone;

use crate::{Encoding, recording::ROTATE_BYTES_MAX};

/// The options of the recorder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The recordings folder; created when missing.
    pub folder: PathBuf,
    /// The time zone of the day folders.
    pub zone: Zone,
    /// How new recordings store their samples.
    pub encoding: Encoding,
    /// Writing threads, at least one. Each has a second thread that closes recordings.
    pub threads: usize,
    /// Chunks that may wait for one thread. A quarter of it is reserved for openings and ends.
    pub capacity: usize,
    /// Free space below which an alarm is raised, in bytes.
    pub low_water_bytes: u64,
    /// Free space below which new calls are not recorded, in bytes.
    pub full_water_bytes: u64,
    /// A file longer than this is continued in another one, in bytes as PCM16; at most 2 GiB.
    pub rotate_bytes: u64,
    /// A recording without chunks for this long is closed as it is.
    pub idle: Duration,
    /// How long an ended recording waits for the details of its call.
    pub details_wait: Duration,
    /// Recordings that end within this time are closed together and share the sync of their folder;
    /// the first after a pause is closed at once.
    pub gather: Duration,
    /// The pause before a recording that could not be closed for lack of space is retried.
    pub retry: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            folder: PathBuf::from("recordings"),
            zone: Zone::CHINA,
            encoding: Encoding::default(),
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

/// 8,192 chunks of 250 ms: two seconds of a thousand calls, 64 MB when full.
const CAPACITY: usize = 8_192;
/// 10 GB: half a day of a hundred calls.
const LOW_WATER_BYTES: u64 = 10_000_000_000;
/// 1 GB: room for the open recordings to end.
const FULL_WATER_BYTES: u64 = 1_000_000_000;
/// The relay sends chunks four times a second, silence included.
const IDLE: Duration = Duration::from_secs(60);
/// A recording gets its name at most this much later; a busy hour then costs a few syncs per
/// second.
const GATHER: Duration = Duration::from_millis(250);
/// Space is freed by people and nightly jobs; a retry costs reading the file.
const RETRY: Duration = Duration::from_secs(5);
/// The center describes a call at its end; its media ends slightly before or after.
const DETAILS_WAIT: Duration = Duration::from_secs(2);
