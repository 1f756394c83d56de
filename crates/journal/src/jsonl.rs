//! Exports the log as JSON Lines, and imports it.
//!
//! | line       | what                                                             |
//! |------------|------------------------------------------------------------------|
//! | the first  | a header: format, version, engine, zone, first and last record   |
//! | the middle | one record a line, as [`model::Record`] is written, without hole |
//! | the last   | a trailer: how many records, SHA-256 of every line before it     |
//!
//! Lines end with a line feed, the last one too. A truncated file has no trailer, and a changed one
//! has another hash. An export has complete records, with personal numbers. Keys and passwords are
//! in no record.

mod export;
mod import;

pub use export::{ExportSummary, export};
pub use import::{ImportError, ImportSummary, LineFault, import};

use model::{Seq, Zone};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The origin of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportInfo {
    /// The engine's version.
    pub engine: String,
    /// The hotline's time zone, by which its days are counted.
    pub zone: Zone,
}

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    version: u32,
    engine: String,
    zone: Zone,
    first: Seq,
    last: Seq,
}

/// The last line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trailer {
    end: String,
    records: u64,
    sha256: String,
}

/// Returns a hash in lower-case hex.
fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

const FORMAT: &str = "heartline-log";
/// The version, raised when an older program could not read a newer export; older exports can
/// always be read.
const VERSION: u32 = 1;
