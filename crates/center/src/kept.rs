//! What the center remembers, written down: a start goes on from there and reads the log from there on.
//!
//! The log stays the truth. What is written here is a fold of it at one
//! record, and whoever doubts it throws it away and reads the log from the
//! first record. What the config says (rules, calendar, configured queues and
//! seats, the words of SMS) is not in it: a start has it from the config.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, Read, Write},
    sync::Arc,
};

use model::{CallId, EmergencyId, OfferId, Seq, TicketId, Timestamp, Zone};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use stats::{Cdr, WallboardSnapshot};
use ticketing::{CallToFile, channels, desk};

use crate::{Memory, OpenOffer, memory::Imported};

/// What the folds mean. Another number, and the log is read from the first record: it goes up
/// whenever a fold learns to remember something else.
pub const SCHEMA: u32 = 5;

/// Everything a [`Memory`] holds; borrowed when it is written, owned when it is read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept<'a> {
    zone: Zone,
    seq: Seq,
    at: Timestamp,
    written: Timestamp,
    emergency: Option<EmergencyId>,
    imported: Cow<'a, Imported>,
    wallboard: WallboardSnapshot<'a>,
    open_calls: Cow<'a, BTreeMap<CallId, Cdr>>,
    open_offers: Cow<'a, BTreeMap<OfferId, OpenOffer>>,
    owed: Cow<'a, BTreeMap<CallId, CallToFile>>,
    open_recordings: Cow<'a, BTreeMap<CallId, String>>,
    last_call: CallId,
    last_offer: OfferId,
    last_ticket: TicketId,
    taken_over: Cow<'a, BTreeMap<u64, u32>>,
    desk: desk::Kept<'a>,
    channels: channels::Kept<'a>,
}

impl Kept<'_> {
    /// Where local days begin in it. In another zone other days were counted.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// The last record in it.
    pub fn seq(&self) -> Seq {
        self.seq
    }
}

impl Memory {
    /// What is to be written down.
    pub fn keep(&self) -> Kept<'_> {
        Kept {
            zone: self.zone,
            seq: self.seq,
            at: self.at,
            written: self.written,
            emergency: self.emergency,
            imported: Cow::Borrowed(&self.imported),
            wallboard: self.wallboard.snapshot(),
            open_calls: Cow::Borrowed(&self.open_calls),
            open_offers: Cow::Borrowed(&self.open_offers),
            owed: Cow::Borrowed(&self.owed),
            open_recordings: Cow::Borrowed(&self.open_recordings),
            last_call: self.last_call,
            last_offer: self.last_offer,
            last_ticket: self.last_ticket,
            taken_over: Cow::Borrowed(&self.taken_over),
            desk: self.desk.keep(),
            channels: self.channels.keep(),
        }
    }

    /// The queues, seats, rules and words of this memory, which has seen no record, with what was
    /// kept in the same zone: what a replay up to [`Kept::seq`] would have made of it.
    #[must_use]
    pub fn go_on_from(self, kept: Kept<'_>) -> Memory {
        Memory {
            zone: self.zone,
            seq: kept.seq,
            at: kept.at,
            written: kept.written,
            emergency: kept.emergency,
            imported: kept.imported.into_owned(),
            wallboard: Arc::new(Arc::unwrap_or_clone(self.wallboard).restore(kept.wallboard)),
            open_calls: kept.open_calls.into_owned(),
            open_offers: kept.open_offers.into_owned(),
            owed: kept.owed.into_owned(),
            open_recordings: kept.open_recordings.into_owned(),
            last_call: kept.last_call,
            last_offer: kept.last_offer,
            desk: self.desk.go_on_from(kept.desk),
            channels: self.channels.go_on_from(kept.channels),
            last_ticket: kept.last_ticket,
            taken_over: kept.taken_over.into_owned(),
        }
    }
}

/// Write something down as CBOR (RFC 8949), which says what its fields are called.
///
/// # Errors
/// What `out` says.
pub fn write(out: impl Write, what: &impl Serialize) -> io::Result<()> {
    ciborium::into_writer(what, out).map_err(|error| match error {
        ciborium::ser::Error::Io(error) => error,
        ciborium::ser::Error::Value(what) => io::Error::new(io::ErrorKind::InvalidData, what),
    })
}

/// Read what was written.
///
/// # Errors
/// What `from` says, or that it makes no sense.
pub fn read<T: DeserializeOwned>(from: impl Read) -> io::Result<T> {
    ciborium::from_reader(from).map_err(|error| match error {
        ciborium::de::Error::Io(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    })
}
