//! A signature for each day of the log, so that a later change is found (OPS-01: everything is on
//! record and signed daily).
//!
//! When a day is over, its records are hashed as they are on disk, and the hash is signed with an
//! Ed25519 key (RFC 8032). Each signature contains the hash of the one before it, so that none can be
//! left out. They are lines of JSON in `signatures.jsonl` beside the segments, and a backup takes
//! them along.
//!
//! A person who has the disk has the key as well and could sign another log. Against that the public
//! key and the daily lines are kept in another place, such as the archive or a letter:
//! [`verify_days`] takes the keys that are trusted.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use model::{Date, Seq, Timestamp, Zone};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{JournalError, Records, folder, read_from};

/// One day's signature: a line of `signatures.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaySignature {
    /// The day by the hotline's zone: `2026-11-30`.
    pub day: String,
    /// The zone at that time, in seconds east of Greenwich.
    pub zone_east_s: i32,
    /// The day's first record.
    pub first: Seq,
    /// The day's last record.
    pub last: Seq,
    /// SHA-256 in hex over the JSON of each record as it is on disk, each followed by a line feed.
    pub sha256: String,
    /// SHA-256 in hex of the line before this one, without its line feed; empty in the first line.
    pub previous: String,
    /// When it was signed, in microseconds since 1970.
    pub signed_at: u64,
    /// The public key, in hex.
    pub key: String,
    /// Ed25519 in hex over this line with an empty `signature`.
    pub signature: String,
}

impl DaySignature {
    fn signed_bytes(&self) -> Vec<u8> {
        let unsigned = DaySignature { signature: String::new(), ..self.clone() };
        // Text and numbers only: this cannot fail.
        serde_json::to_vec(&unsigned).unwrap_or_default()
    }

    fn is_genuine(&self) -> bool {
        let (Some(key), Some(signature)) = (from_hex(&self.key), from_hex(&self.signature)) else {
            return false;
        };
        UnparsedPublicKey::new(&ED25519, key).verify(&self.signed_bytes(), &signature).is_ok()
    }
}

/// Signs days with one key.
#[derive(Debug)]
pub struct DaySigner {
    pair: Ed25519KeyPair,
}

impl DaySigner {
    /// The signer of a secret key: 32 random bytes.
    pub fn new(seed: &[u8; 32]) -> Option<DaySigner> {
        Ed25519KeyPair::from_seed_unchecked(seed).ok().map(|pair| DaySigner { pair })
    }

    /// The public key, in hex.
    pub fn public_key(&self) -> String {
        hex(self.pair.public_key().as_ref())
    }

    /// Signs days of the log in `folder` that have no signature yet and were over ten minutes before
    /// `now`, the oldest first and [`DAYS_AT_ONCE`] at most. Returns the new signatures. A writer may
    /// be running.
    ///
    /// # Errors
    ///
    /// When the log or the file of signatures cannot be read or written.
    pub fn sign_days(
        &self,
        folder: &Path,
        zone: Zone,
        now: Timestamp,
    ) -> Result<Vec<DaySignature>, JournalError> {
        let mut lines = Lines::read(folder)?;
        let before = lines.signatures.len();
        let mut records = read_from(folder, lines.next_record())?;
        let today = zone.date(now - GRACE);
        let mut day: Option<OpenDay> = None;
        while let Some((seq, at, json)) = records.next_raw()? {
            let date = zone.date(at);
            if let Some(over) = day.take_if(|day| day.date != date) {
                lines.push(over.sign(self, zone, now, &lines));
            }
            if date >= today || lines.signatures.len() == before + DAYS_AT_ONCE {
                break;
            }
            day.get_or_insert_with(|| OpenDay::new(date, seq)).add(seq, &json);
        }
        if let Some(over) = day {
            lines.push(over.sign(self, zone, now, &lines));
        }
        let new = lines.signatures.get(before..).unwrap_or_default().to_vec();
        if !new.is_empty() {
            lines.write(folder)?;
        }
        Ok(new)
    }
}

/// A day whose records are being hashed.
struct OpenDay {
    date: Date,
    first: Seq,
    last: Seq,
    hash: Sha256,
}

impl OpenDay {
    fn new(date: Date, first: Seq) -> OpenDay {
        OpenDay { date, first, last: first, hash: Sha256::new() }
    }

    fn add(&mut self, seq: Seq, json: &[u8]) {
        self.last = seq;
        self.hash.update(json);
        self.hash.update(b"\n");
    }

    fn sign(self, signer: &DaySigner, zone: Zone, now: Timestamp, lines: &Lines) -> DaySignature {
        let mut day = DaySignature {
            day: self.date.to_string(),
            zone_east_s: zone.east_s,
            first: self.first,
            last: self.last,
            sha256: hex(&self.hash.finalize()),
            previous: lines.last_hash(),
            signed_at: now.micros(),
            key: signer.public_key(),
            signature: String::new(),
        };
        day.signature = hex(signer.pair.sign(&day.signed_bytes()).as_ref());
        day
    }
}

/// The result of [`verify_days`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedDays {
    /// Days whose signature is right and whose records are those that were signed.
    pub days: u64,
    /// The last such day.
    pub last: Option<String>,
    /// The public keys in use, in the order of their first day.
    pub keys: Vec<String>,
    /// Every fault, each with its day or line.
    pub faults: Vec<String>,
}

/// Checks every signature of the log in `folder` and the records it stands for. With `trusted` keys
/// (hex), a signature of another key is a fault.
///
/// # Errors
///
/// When the signatures or the log cannot be read. A log that is damaged is a fault, not an error.
pub fn verify_days(folder: &Path, trusted: &[String]) -> Result<SignedDays, JournalError> {
    let lines = Lines::read(folder)?;
    let mut found = SignedDays { faults: lines.faults.clone(), ..SignedDays::default() };
    let Some(first) = lines.signatures.first() else { return Ok(found) };
    let mut records = read_from(folder, first.first)?;
    let mut next = crate::Reader::open(folder)?.ends()?.map_or(1, |(oldest, _)| oldest);
    let mut previous = String::new();
    for day in &lines.signatures {
        let name = &day.day;
        if !found.keys.contains(&day.key) {
            found.keys.push(day.key.clone());
        }
        let fault = if !day.is_genuine() {
            Some(format!("{name}: the signature is wrong"))
        } else if !trusted.is_empty() && !trusted.contains(&day.key) {
            Some(format!("{name}: it is signed with another key, {}", day.key))
        } else if day.previous != previous {
            Some(format!("{name}: a signature before it is missing or was changed"))
        } else if day.first != next {
            Some(format!("{name}: it begins with record {} instead of {next}", day.first))
        } else {
            records_differ(&mut records, day).map(|what| format!("{name}: {what}"))
        };
        previous = line_hash(day);
        next = day.last + 1;
        match fault {
            None => {
                found.days += 1;
                found.last = Some(day.day.clone());
            }
            Some(fault) => {
                found.faults.push(fault);
                records = read_from(folder, next)?;
            }
        }
    }
    Ok(found)
}

/// How the records of a day differ from what was signed.
fn records_differ(records: &mut Records, day: &DaySignature) -> Option<String> {
    let zone = Zone { east_s: day.zone_east_s };
    let mut hash = Sha256::new();
    for expected in day.first..=day.last {
        match records.next_raw() {
            Ok(Some((seq, at, json))) if seq == expected => {
                if zone.date(at).to_string() != day.day {
                    return Some(format!("record {seq} is of another day"));
                }
                hash.update(&json);
                hash.update(b"\n");
            }
            Ok(_) => return Some(format!("record {expected} is missing")),
            Err(error) => return Some(error.to_string()),
        }
    }
    let same = hex(&hash.finalize()) == day.sha256;
    (!same).then(|| format!("records {} to {} are not those that were signed", day.first, day.last))
}

/// Copies the signatures of days up to the record `last` beside a copy of the log.
pub(crate) fn copy(from: &Path, to: &Path, last: Option<Seq>) -> Result<(), JournalError> {
    let mut lines = Lines::read(from)?;
    lines.signatures.retain(|day| Some(day.last) <= last);
    match lines.signatures.is_empty() {
        true => Ok(()),
        false => lines.write(to),
    }
}

/// The file of signatures.
#[derive(Default)]
struct Lines {
    signatures: Vec<DaySignature>,
    faults: Vec<String>,
}

impl Lines {
    /// Reads the file. A crash may leave a last line without its line feed; it is ignored.
    fn read(folder: &Path) -> Result<Lines, JournalError> {
        let path = path(folder);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Lines::default()),
            read => read.map_err(|e| JournalError::io("read", &path, e))?,
        };
        let mut lines = Lines::default();
        let whole = text.rfind('\n').and_then(|end| text.get(..end)).unwrap_or_default();
        for (n, line) in whole.lines().enumerate() {
            match serde_json::from_str(line) {
                Ok(day) => lines.push(day),
                Err(error) => lines.faults.push(format!("{}:{}: {error}", path.display(), n + 1)),
            }
        }
        Ok(lines)
    }

    /// Replaces the file as a whole, so that a crash leaves the old one or the new one. A year is
    /// 365 lines of half a KiB.
    fn write(&self, folder: &Path) -> Result<(), JournalError> {
        let path = path(folder);
        let part = path.with_extension("part");
        let mut text = String::new();
        for day in &self.signatures {
            text.push_str(&serde_json::to_string(day).unwrap_or_default());
            text.push('\n');
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&part).map_err(|e| JournalError::io("make", &part, e))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|e| JournalError::io("write", &part, e))?;
        fs::rename(&part, &path).map_err(|e| JournalError::io("name", &path, e))?;
        folder::sync(folder)
    }

    fn push(&mut self, day: DaySignature) {
        self.signatures.push(day);
    }

    /// The first record that no signature covers; 0, the oldest there is, without signatures.
    fn next_record(&self) -> Seq {
        self.signatures.last().map_or(0, |day| day.last + 1)
    }

    fn last_hash(&self) -> String {
        self.signatures.last().map(line_hash).unwrap_or_default()
    }
}

fn line_hash(day: &DaySignature) -> String {
    hex(&Sha256::digest(serde_json::to_vec(day).unwrap_or_default()))
}

fn path(folder: &Path) -> PathBuf {
    folder.join("signatures.jsonl")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// How many days one call signs: a few seconds of reading.
pub const DAYS_AT_ONCE: usize = 10;
/// After this the last records of a day are surely on disk.
const GRACE: Duration = Duration::from_mins(10);
