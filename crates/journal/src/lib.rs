//! The one log on disk: every record of the engine, in order, checked and synced.
//!
//! A log is a folder of append-only segments named by their first record
//! (`00000000000000000001.log`). One [`Journal`] writes; any number of
//! [`Reader`]s read along. Whatever [`Journal::sync`] has confirmed survives a
//! crash; what a crash left of the rest is cut at the next open, saved aside and
//! told; damage to what was confirmed, with records behind it, is never cut by
//! the program.
//!
//! It will never know what a record means, and it keeps no clock and no thread.

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
