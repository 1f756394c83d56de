//! The frame of a record: length, checksum, sequence number, version, last durable record, JSON.
//!
//! | bytes | what                                                      |
//! |-------|-----------------------------------------------------------|
//! | 0..4  | length of the payload, little endian                      |
//! | 4..8  | CRC-32 (IEEE) of bytes 0..4, 8..16 and the payload        |
//! | 8..16 | sequence number, little endian                            |
//! | 16..  | payload: one version byte, then the record                |
//!
//! Version 1 is the record as JSON. Version 2 is the last record that was durable when this one was
//! written, eight bytes, little endian, and then the same JSON. A new version gets a new arm in
//! [`decode`]; the old arms stay.

use model::{Record, Seq};

use crate::JournalError;

/// Appends `record` to `into` as a frame; records up to `safe` are durable.
pub(crate) fn encode(record: &Record, safe: Seq, into: &mut Vec<u8>) -> Result<(), JournalError> {
    let unwritable = |why: String| JournalError::Unwritable { record: record.seq, why };
    let start = into.len();
    into.extend_from_slice(&[0; HEADER_BYTES]);
    into.push(VERSION_SAFE);
    into.extend_from_slice(&safe.to_le_bytes());
    record.write_json(into).map_err(|e| unwritable(e.to_string()))?;
    let frame = into.get_mut(start..).unwrap_or_default();
    let Some((header, payload)) = frame.split_first_chunk_mut::<HEADER_BYTES>() else {
        return Err(unwritable("it has no header".into()));
    };
    if payload.len() > PAYLOAD_BYTES_MAX {
        return Err(unwritable(format!(
            "it is {} bytes long and {PAYLOAD_BYTES_MAX} is the most",
            payload.len()
        )));
    }
    *header = Header { length: payload.len() as u32, crc: 0, seq: record.seq }.to_bytes(payload);
    Ok(())
}

/// Decodes the record of a payload with a valid checksum.
pub(crate) fn decode(seq: Seq, payload: &[u8]) -> Result<Record, String> {
    let record = Record::from_json(json(payload)?)
        .map_err(|e| format!("a record this program cannot read ({e})"))?;
    match record.seq == seq {
        true => Ok(record),
        false => Err(format!("a record whose JSON has the number {}", record.seq)),
    }
}

/// The JSON in a payload, as it was written.
pub(crate) fn json(payload: &[u8]) -> Result<&[u8], String> {
    match payload.split_first() {
        Some((&VERSION_JSON, json)) => Ok(json),
        Some((&VERSION_SAFE, rest)) => {
            rest.get(SAFE_BYTES..).ok_or_else(|| "a record that ends too early".into())
        }
        Some((version, _)) => {
            Err(format!("a record of version {version}, written by a newer program"))
        }
        None => Err("an empty record".into()),
    }
}

/// Returns the checksum of a payload alone.
pub(crate) fn checksum(payload: &[u8]) -> u32 {
    crc32fast::hash(payload)
}

/// The first sixteen bytes of a frame.
#[derive(Clone, Copy)]
pub(crate) struct Header {
    pub(crate) length: u32,
    crc: u32,
    pub(crate) seq: Seq,
}

impl Header {
    pub(crate) fn read(bytes: &[u8; HEADER_BYTES]) -> Header {
        let [a, b, c, d, e, f, g, h, seq @ ..] = *bytes;
        Header {
            length: u32::from_le_bytes([a, b, c, d]),
            crc: u32::from_le_bytes([e, f, g, h]),
            seq: Seq::from_le_bytes(seq),
        }
    }

    /// Returns whether a frame can have this length.
    pub(crate) fn is_plausible(&self) -> bool {
        (1..=PAYLOAD_BYTES_MAX).contains(&(self.length as usize))
    }

    pub(crate) fn matches(&self, payload: &[u8]) -> bool {
        self.checksum(payload) == self.crc
    }

    fn checksum(&self, payload: &[u8]) -> u32 {
        let mut crc = crc32fast::Hasher::new();
        crc.update(&self.length.to_le_bytes());
        crc.update(&self.seq.to_le_bytes());
        crc.update(payload);
        crc.finalize()
    }

    fn to_bytes(self, payload: &[u8]) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..4].copy_from_slice(&self.length.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.checksum(payload).to_le_bytes());
        bytes[8..].copy_from_slice(&self.seq.to_le_bytes());
        bytes
    }
}

/// Finds the first complete frame in `bytes` after a fault at record `from`, if a frame proves that
/// `from` had been durable: the fault is then damage, not the effect of a crash.
///
/// A power cut may leave any part of what was written since the last sync, because a disk writes in
/// its own order. A complete frame after a fault therefore proves nothing alone; one that was
/// written when `from` was durable does. A chance match needs a plausible length, a near number and
/// a valid CRC.
pub(crate) fn find_whole_frame(bytes: &[u8], from: Seq) -> Option<(usize, Seq)> {
    let near = from..from.saturating_add(SEARCH_RECORDS);
    let (mut at, mut first) = (0, None);
    while let Some((header, rest)) =
        bytes.get(at..).and_then(|ahead| ahead.split_first_chunk::<HEADER_BYTES>())
    {
        let header = Header::read(header);
        let is_near = header.is_plausible() && near.contains(&header.seq);
        let payload = rest.get(..header.length as usize).filter(|_| is_near);
        let Some(payload) = payload.filter(|payload| header.matches(payload)) else {
            at += 1;
            continue;
        };
        let first = *first.get_or_insert((at, header.seq));
        if safe_when_written(payload) >= from {
            return Some(first);
        }
        at += HEADER_BYTES + payload.len();
    }
    None
}

/// Returns the last record that was durable when this payload was written. Version 1 does not tell;
/// earlier records count as durable there.
fn safe_when_written(payload: &[u8]) -> Seq {
    match payload.split_first() {
        Some((&VERSION_SAFE, rest)) => {
            rest.first_chunk().map_or(Seq::MAX, |safe| Seq::from_le_bytes(*safe))
        }
        _ => Seq::MAX,
    }
}

pub(crate) const HEADER_BYTES: usize = 16;
/// A record has some hundred bytes; more than this is a fault.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 1 << 20;
const VERSION_JSON: u8 = 1;
const VERSION_SAFE: u8 = 2;
const SAFE_BYTES: usize = 8;
/// No segment holds this many records.
const SEARCH_RECORDS: Seq = 1 << 32;
