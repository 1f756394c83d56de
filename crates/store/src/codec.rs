//! Keys that sort in the order of their ids, and values with a version byte.

use model::{CallId, Record, SeatId, TicketId, desk::FilingId};
use serde::{Serialize, de::DeserializeOwned};

use crate::StoreError;

/// The version of the trees. A view with another version is rebuilt.
pub(crate) const SCHEMA: u32 = 12;

/// A value as a version byte and JSON.
pub(crate) fn value<T: Serialize>(of: &T) -> Result<Vec<u8>, StoreError> {
    let mut bytes = vec![VERSION_JSON];
    serde_json::to_writer(&mut bytes, of).map_err(|e| StoreError::Damaged(e.to_string()))?;
    Ok(bytes)
}

/// A record as a version byte and JSON.
pub(crate) fn record(of: &Record) -> Result<Vec<u8>, StoreError> {
    let mut bytes = vec![VERSION_JSON];
    of.write_json(&mut bytes).map_err(|e| StoreError::Damaged(e.to_string()))?;
    Ok(bytes)
}

pub(crate) fn read_record(bytes: &[u8]) -> Result<Record, StoreError> {
    match bytes.split_first() {
        Some((&VERSION_JSON, json)) => Record::from_json(json)
            .map_err(|e| StoreError::Damaged(format!("a record cannot be read: {e}"))),
        _ => Err(StoreError::Damaged("a record has an unknown version".into())),
    }
}

pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    match bytes.split_first() {
        Some((&VERSION_JSON, json)) => serde_json::from_slice(json)
            .map_err(|e| StoreError::Damaged(format!("a value cannot be read: {e}"))),
        _ => Err(StoreError::Damaged("a value has an unknown version".into())),
    }
}

/// A row of facts without field names, since a report reads a million of them.
pub(crate) fn compact<T: Serialize>(of: &T) -> Result<Vec<u8>, StoreError> {
    postcard::to_stdvec(of).map_err(|e| StoreError::Damaged(e.to_string()))
}

pub(crate) fn read_compact<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    postcard::from_bytes(bytes)
        .map_err(|e| StoreError::Damaged(format!("a row of facts cannot be read: {e}")))
}

pub(crate) fn call(call: CallId) -> [u8; 8] {
    call.as_u64().to_be_bytes()
}

pub(crate) fn ticket(ticket: TicketId) -> [u8; 8] {
    ticket.0.to_be_bytes()
}

/// The prefix of the keys of an index: a tag and the value. The length keeps 138 apart from 1381.
pub(crate) fn prefix(tag: u8, value: &[u8]) -> Vec<u8> {
    let len = u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&[tag], len.as_slice(), value].concat()
}

pub(crate) fn filing(filing: FilingId) -> Vec<u8> {
    [ticket(filing.matter.0).as_slice(), &filing.n.to_be_bytes()].concat()
}

/// A seat.
pub(crate) fn seat(seat: SeatId) -> [u8; 4] {
    seat.0.to_be_bytes()
}

/// The key of a seat in an imported emergency.
pub(crate) fn seat_of_emergency(seat: SeatId) -> [u8; 5] {
    let [a, b, c, d] = seat.0.to_be_bytes();
    [EMERGENCY, a, b, c, d]
}

/// A key: a prefix and an id.
pub(crate) fn under(prefix: &[u8], id: [u8; 8]) -> Vec<u8> {
    [prefix, &id].concat()
}

/// The id at the end of a key.
pub(crate) fn id(key: &[u8]) -> Result<u64, StoreError> {
    key.last_chunk::<8>()
        .map(|id| u64::from_be_bytes(*id))
        .ok_or_else(|| StoreError::Damaged("a key has no id".into()))
}

const VERSION_JSON: u8 = 1;
/// Makes the key one byte longer than that of a seat of the engine.
const EMERGENCY: u8 = b'e';
