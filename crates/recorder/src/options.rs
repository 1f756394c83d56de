//! How the recorder works: folder, limits and periods, with their defaults.

use std::{path::PathBuf, time::Duration};

use primitives::Zone;

use crate::recording::ROTATE_BYTES_MAX;

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

/// 8,192 pieces of 250 ms: two seconds of a thousand calls, 64 MB when full.
const CAPACITY: usize = 8_192;
/// 10 GB: half a day of a hundred calls.
const LOW_WATER_BYTES: u64 = 10_000_000_000;
/// 1 GB: room for the open recordings to end.
const FULL_WATER_BYTES: u64 = 1_000_000_000;
/// The relay sends pieces four times a second, silence included.
const IDLE: Duration = Duration::from_secs(60);
/// A recording has its name this much later at most; a busy hour then costs a few syncs a second.
const GATHER: Duration = Duration::from_millis(250);
/// DiskSpace is made by people and by nightly chores; a try costs a read of the file.
const RETRY: Duration = Duration::from_secs(5);
/// The center describes a call as it ends; the voice ends a moment before or after.
const DETAILS_WAIT: Duration = Duration::from_secs(2);
