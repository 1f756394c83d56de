//! The waiting calls of one queue.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use model::{CallId, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::WaitingCall;

/// Waiting calls, the longest waiting first; written as a list. Any of them may leave, so that they
/// are in a tree: with ten thousand calls, a list would move a megabyte for each that is answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WaitingList {
    calls: BTreeMap<(Timestamp, CallId), WaitingCall>,
}

impl WaitingList {
    /// The number of waiting calls.
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Whether no call waits.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// The call that has waited longest.
    pub fn first(&self) -> Option<&WaitingCall> {
        self.calls.values().next()
    }

    /// All calls, the longest waiting first.
    pub fn iter(&self) -> impl Iterator<Item = &WaitingCall> {
        self.calls.values()
    }

    /// Adds a call.
    pub(super) fn insert(&mut self, call: WaitingCall) {
        self.calls.insert((call.since, call.call), call);
    }

    /// Removes a call that waits since then.
    pub(super) fn remove(&mut self, since: Timestamp, call: CallId) -> Option<WaitingCall> {
        self.calls.remove(&(since, call))
    }

    pub(super) fn get(&self, since: Timestamp, call: CallId) -> Option<&WaitingCall> {
        self.calls.get(&(since, call))
    }

    /// Changes a call; its `since` stays.
    pub(super) fn get_mut(&mut self, since: Timestamp, call: CallId) -> Option<&mut WaitingCall> {
        self.calls.get_mut(&(since, call))
    }

    /// Changes all calls; their `since` stays.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut WaitingCall> {
        self.calls.values_mut()
    }

    /// Moves the start of every wait.
    pub(super) fn shift(&mut self, by: Duration) {
        let calls = std::mem::take(&mut self.calls).into_values();
        self.calls = calls
            .map(|call| {
                let since = call.since + by;
                ((since, call.call), WaitingCall { since, ..call })
            })
            .collect();
    }
}

impl FromIterator<WaitingCall> for WaitingList {
    fn from_iter<T: IntoIterator<Item = WaitingCall>>(calls: T) -> WaitingList {
        let calls = calls.into_iter().map(|call| ((call.since, call.call), call));
        WaitingList { calls: calls.collect() }
    }
}

impl Serialize for WaitingList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for WaitingList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<WaitingList, D::Error> {
        Ok(Vec::<WaitingCall>::deserialize(deserializer)?.into_iter().collect())
    }
}

impl JsonSchema for WaitingList {
    fn inline_schema() -> bool {
        Vec::<WaitingCall>::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        Vec::<WaitingCall>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<WaitingCall>::json_schema(generator)
    }
}
