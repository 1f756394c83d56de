//! One record as bytes: length, checksum, sequence number, version, JSON.
//!
//! | bytes | what                                                      |
//! |-------|-----------------------------------------------------------|
//! | 0..4  | length of the payload, little endian                      |
//! | 4..8  | CRC-32 (IEEE) of bytes 0..4, 8..16 and the payload        |
//! | 8..16 | sequence number, little endian                            |
//! | 16..  | payload: one version byte, then the record                |
//!
//! Version 1 is `model::Record` as JSON. A new version gets a new arm in
//! [`decode`]; the old arms stay for ever.

use model::{Record, Seq};

use crate::JournalError;

/// Append `record` to `into` as a frame.
pub(crate) fn encode(record: &Record, into: &mut Vec<u8>) -> Result<(), JournalError> {
    let unwritable = |why: String| JournalError::Unwritable { record: record.seq, why };
    let start = into.len();
    into.extend_from_slice(&[0; HEADER_BYTES]);
    into.push(VERSION_JSON);
    serde_json::to_writer(&mut *into, record).map_err(|e| unwritable(e.to_string()))?;
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
    *header = Header { length: payload.len() as u32, crc: 0, seq: record.seq }.sealed(payload);
    Ok(())
}

/// The record of a payload whose checksum was right.
pub(crate) fn decode(seq: Seq, payload: &[u8]) -> Result<Record, String> {
    match payload.split_first() {
        Some((&VERSION_JSON, json)) => {
            let record: Record = serde_json::from_slice(json)
                .map_err(|e| format!("a record this program cannot read ({e})"))?;
            match record.seq == seq {
                true => Ok(record),
                false => Err(format!("a record that calls itself {}", record.seq)),
            }
        }
        Some((version, _)) => {
            Err(format!("a record of version {version}, written by a newer program"))
        }
        None => Err("an empty record".into()),
    }
}

/// A checksum of a payload alone.
pub(crate) fn sum(payload: &[u8]) -> u32 {
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

    /// Whether a frame can be this long at all.
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

    fn sealed(&self, payload: &[u8]) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..4].copy_from_slice(&self.length.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.checksum(payload).to_le_bytes());
        bytes[8..].copy_from_slice(&self.seq.to_le_bytes());
        bytes
    }
}

/// Where in `bytes` the first whole frame of record `from` or a later one begins.
///
/// Tells a torn tail from damage: a crash leaves nothing whole behind the tear.
/// A chance match needs a plausible length, a near number and a right CRC.
pub(crate) fn find(bytes: &[u8], from: Seq) -> Option<(usize, Seq)> {
    let near = from..from.saturating_add(SEARCH_RECORDS);
    (0..bytes.len()).find_map(|at| {
        let (header, rest) = bytes.get(at..)?.split_first_chunk::<HEADER_BYTES>()?;
        let header = Header::read(header);
        if !header.is_plausible() || !near.contains(&header.seq) {
            return None;
        }
        let payload = rest.get(..header.length as usize)?;
        header.matches(payload).then_some((at, header.seq))
    })
}

pub(crate) const HEADER_BYTES: usize = 16;
/// A record is some hundred bytes; more than this is a fault, not a record.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 1 << 20;
const VERSION_JSON: u8 = 1;
/// No segment holds this many records.
const SEARCH_RECORDS: Seq = 1 << 32;
