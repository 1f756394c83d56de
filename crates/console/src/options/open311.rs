//! The Open311 server.

use std::{collections::BTreeMap, sync::Arc};

use deadlines::{calendar::Calendar, clock::Policy};
use directory::Directory;
use model::desk::Channel;

/// The options of the Open311 server.
#[derive(Clone, Debug)]
pub struct Open311 {
    /// The one jurisdiction served; when it is empty, any `jurisdiction_id` is accepted.
    pub jurisdiction: String,
    /// The apps that may report: a name, and the SHA-256 of its key in hex.
    pub keys: BTreeMap<String, String>,
    /// The place where keys are given out, named in discovery.
    pub key_service: String,
    /// The contact for other questions, named in discovery.
    pub contact: String,
    /// The channel that requests are counted under.
    pub channel: Channel,
    /// Whether every ticket that may be public is published, and not only those reported here.
    pub publishes_all: bool,
    /// Requests of one address or key in a minute.
    pub per_minute: u32,
    /// The server's own address, for discovery: `https://12345.example`.
    pub base: String,
    /// Working days, for due dates.
    pub calendar: Calendar,
    /// The allowed times, for due dates.
    pub policy: Policy,
    /// Units, areas and topics.
    pub directory: Arc<dyn DirectorySource>,
}

/// Access to the directory of units, areas and topics.
pub trait DirectorySource: Send + Sync + 'static {
    /// Calls `read` once with the directory. It holds a lock that the log's thread waits for, so
    /// `read` must be short.
    fn with_directory(&self, read: &mut dyn FnMut(&Directory));
}

/// Options that hold a directory can be printed; the directory itself is not.
impl std::fmt::Debug for dyn DirectorySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Directory")
    }
}

impl dyn DirectorySource {
    /// The result of `read`.
    pub(crate) fn get<T: Default>(&self, read: impl FnOnce(&Directory) -> T) -> T {
        let (mut read, mut found) = (Some(read), T::default());
        self.with_directory(&mut |directory| {
            if let Some(read) = read.take() {
                found = read(directory);
            }
        });
        found
    }
}
