//! The snapshot of the center's memory: a start restores it and reads only the later records.
//!
//! The log remains the source: a snapshot is the fold of the log up to one record, and may be
//! deleted at any time; the next start then reads the log from the first record. A snapshot does
//! not hold the rules, calendar, queues, seats and SMS templates, which a start takes from the
//! config.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, Read, Write},
};

use model::{CallId, EmergencyId, LegId, OfferId, Seq, TicketId, Timestamp, Zone};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use stats::{Cdr, WallboardSnapshot};
use ticketing::{CallToFile, channels, desk};

use crate::{Memory, OpenGuest, OpenOffer, memory::Imported};

/// The version of the snapshot. It rises whenever a fold changes what it holds; a start that finds
/// another version reads the log from the first record.
pub const SCHEMA: u32 = 6;

/// The contents of a [`Memory`]: borrowed for writing, owned after reading.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemorySnapshot<'a> {
    zone: Zone,
    seq: Seq,
    at: Timestamp,
    written: Timestamp,
    emergency: Option<EmergencyId>,
    imported: Cow<'a, Imported>,
    wallboard: WallboardSnapshot<'a>,
    open_calls: Cow<'a, BTreeMap<CallId, Cdr>>,
    open_offers: Cow<'a, BTreeMap<OfferId, OpenOffer>>,
    open_guests: Cow<'a, BTreeMap<(CallId, LegId), OpenGuest>>,
    #[serde(rename = "owed")]
    unfiled_calls: Cow<'a, BTreeMap<CallId, CallToFile>>,
    open_recordings: Cow<'a, BTreeMap<CallId, String>>,
    last_call: CallId,
    last_offer: OfferId,
    last_ticket: TicketId,
    taken_over: Cow<'a, BTreeMap<u64, u32>>,
    desk: desk::DeskSnapshot<'a>,
    channels: channels::ChannelsSnapshot<'a>,
}

impl MemorySnapshot<'_> {
    /// The time zone of its local days. A snapshot of another zone cannot be restored, because its
    /// days began at other times.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// The last record that it includes.
    pub fn seq(&self) -> Seq {
        self.seq
    }
}

impl Memory {
    /// The snapshot of this memory.
    pub fn snapshot(&self) -> MemorySnapshot<'_> {
        MemorySnapshot {
            zone: self.zone,
            seq: self.seq,
            at: self.at,
            written: self.written,
            emergency: self.emergency,
            imported: Cow::Borrowed(&self.imported),
            wallboard: self.wallboard.snapshot(),
            open_calls: Cow::Borrowed(&self.open_calls),
            open_offers: Cow::Borrowed(&self.open_offers),
            open_guests: Cow::Borrowed(&self.open_guests),
            unfiled_calls: Cow::Borrowed(&self.unfiled_calls),
            open_recordings: Cow::Borrowed(&self.open_recordings),
            last_call: self.last_call,
            last_offer: self.last_offer,
            last_ticket: self.last_ticket,
            taken_over: Cow::Borrowed(&self.taken_over),
            desk: self.desk.snapshot(),
            channels: self.channels.snapshot(),
        }
    }

    /// Restores a snapshot of the same zone into this memory, which has the config and has seen no
    /// record. The result equals a replay of the log up to [`MemorySnapshot::seq`].
    #[must_use]
    pub fn restore(self, snapshot: MemorySnapshot<'_>) -> Memory {
        Memory {
            zone: self.zone,
            seq: snapshot.seq,
            at: snapshot.at,
            written: snapshot.written,
            emergency: snapshot.emergency,
            imported: snapshot.imported.into_owned(),
            wallboard: self.wallboard.restore(snapshot.wallboard),
            open_calls: snapshot.open_calls.into_owned(),
            open_offers: snapshot.open_offers.into_owned(),
            open_guests: snapshot.open_guests.into_owned(),
            unfiled_calls: snapshot.unfiled_calls.into_owned(),
            open_recordings: snapshot.open_recordings.into_owned(),
            last_call: snapshot.last_call,
            last_offer: snapshot.last_offer,
            desk: self.desk.restore_from(snapshot.desk),
            channels: self.channels.restore_from(snapshot.channels),
            last_ticket: snapshot.last_ticket,
            taken_over: snapshot.taken_over.into_owned(),
        }
    }
}

/// Writes a value as CBOR (RFC 8949) with the names of its fields.
///
/// # Errors
/// `out` failed, or the value cannot be serialized.
pub fn write(out: impl Write, what: &impl Serialize) -> io::Result<()> {
    ciborium::into_writer(what, out).map_err(|error| match error {
        ciborium::ser::Error::Io(error) => error,
        ciborium::ser::Error::Value(what) => io::Error::new(io::ErrorKind::InvalidData, what),
    })
}

/// Reads a value that `write` wrote.
///
/// # Errors
/// `from` failed, or its bytes are not such a value.
pub fn read<T: DeserializeOwned>(from: impl Read) -> io::Result<T> {
    ciborium::from_reader(from).map_err(|error| match error {
        ciborium::de::Error::Io(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    })
}
