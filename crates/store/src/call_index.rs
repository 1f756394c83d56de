//! The indexes of calls: every filter of the list of calls is a range of one tree.
//!
//! A key is a tag, a value with its length before it, and the id of the call, so that the calls of
//! one index lie together, ordered by arrival.

use std::collections::BTreeSet;

use model::{AccountName, Number, QueueId, SeatId, event::CallEnd};
use stats::Cdr;

use crate::codec;

/// An index of calls, with the value to look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallIndex {
    /// Calls from this number. A withheld number has no calls.
    Caller(Number),
    /// Calls answered last by this seat.
    Seat(SeatId),
    /// Calls answered last by this agent.
    Agent(AccountName),
    /// Calls that waited last in this queue.
    Queue(QueueId),
    /// Calls that ended in this way.
    End(CallEnd),
    /// Calls that a seat answered, or that none did.
    Answered(bool),
    /// Calls with a finished recording.
    Recorded,
}

impl CallIndex {
    /// Whether a call is in this index.
    pub fn contains(&self, cdr: &Cdr) -> bool {
        keys(cdr).contains(&codec::under(&self.prefix(), codec::call(cdr.call)))
    }

    pub(crate) fn prefix(&self) -> Vec<u8> {
        match self {
            CallIndex::Caller(number) => codec::prefix(b'c', number.reveal().as_bytes()),
            CallIndex::Seat(seat) => codec::prefix(b's', &codec::seat(*seat)),
            CallIndex::Agent(agent) => codec::prefix(b'a', agent.as_str().as_bytes()),
            CallIndex::Queue(queue) => codec::prefix(b'q', queue.as_str().as_bytes()),
            CallIndex::End(end) => codec::prefix(b'e', &[*end as u8]),
            CallIndex::Answered(is_answered) => codec::prefix(b'y', &[u8::from(*is_answered)]),
            CallIndex::Recorded => codec::prefix(b'r', &[]),
        }
    }
}

/// The keys of a call in all indexes.
pub(crate) fn keys(cdr: &Cdr) -> BTreeSet<Vec<u8>> {
    let mut indexes = vec![CallIndex::Answered(cdr.connected.is_some())];
    indexes.extend((!cdr.caller.is_withheld()).then(|| CallIndex::Caller(cdr.caller.clone())));
    indexes.extend(cdr.seat.map(CallIndex::Seat));
    indexes.extend(cdr.agent.clone().map(CallIndex::Agent));
    indexes.extend(cdr.queue.clone().map(CallIndex::Queue));
    indexes.extend(cdr.end.map(CallIndex::End));
    indexes.extend(cdr.recording_sha256.is_some().then_some(CallIndex::Recorded));
    let call = codec::call(cdr.call);
    indexes.iter().map(|index| codec::under(&index.prefix(), call)).collect()
}
