//! The log as lines of JSON, for a house that keeps records for ever, and back.
//!
//! | line       | what                                                             |
//! |------------|------------------------------------------------------------------|
//! | the first  | a header: format, version, engine, zone, first and last record   |
//! | the middle | one record a line, as [`model::Record`] is written, without hole |
//! | the last   | a trailer: how many records, SHA-256 of every line before it     |
//!
//! Lines end with a line feed, the last one too. A file that was cut has no
//! trailer, and one that was changed has another hash. What an export holds is
//! whole: persons' numbers among it. Keys and passwords are in no record.

mod export;
mod import;

pub use export::{ExportSummary, export};
pub use import::{ImportError, ImportSummary, LineFault, import};

use model::{Seq, Zone};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Who wrote an export, and whose days its records count by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportInfo {
    /// The engine's version.
    pub engine: String,
    /// The hotline's zone: the same records make other days in another one.
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

/// The hash of every line so far, in lower-case hex.
fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

const FORMAT: &str = "heartline-log";
/// Raised when an older program could not read what a newer one wrote; older ones are read for ever.
const VERSION: u32 = 1;
