//! The engine's log on disk: every record, in order, checksummed and synced.
//!
//! A log is a folder of append-only segments named by their first record
//! (`00000000000000000001.log`). One [`Journal`] writes; any number of [`Reader`]s read along.
//! Records confirmed by [`Journal::sync`] survive a crash. An incomplete tail that a crash left is
//! cut at the next open, saved in a file and reported. Damage to confirmed records is never cut by
//! the program.
//!
//! The crate does not interpret records, and has no clock and no thread.

mod append;
mod backup;
mod days;
mod disk;
mod error;
mod folder;
mod frame;
pub mod jsonl;
mod read;
mod recovery;
mod segment_scanner;
mod verify;

pub use append::{Journal, Options};
pub use backup::{BackupSummary, backup};
pub use days::{DAYS_AT_ONCE, DaySignature, DaySigner, SignedDays, verify_days};
pub use disk::{Disk, FileDisk};
pub use error::{Finding, JournalError};
pub use folder::{FolderLock, is_locked};
pub use read::{Reader, Records, read_from, record_checksum};
pub use recovery::OpenReport;
pub use verify::{VerifyReport, verify, verify_closed_segments};
