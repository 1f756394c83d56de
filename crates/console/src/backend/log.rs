//! The event log, as far as it is durable.

use std::io;

use model::{Record, Seq};
use tokio::sync::watch;

/// The durable records of the log.
pub trait EventLog: Send + Sync + 'static {
    /// The number of the last durable record (0 before the first), and a signal when it changes.
    fn watch(&self) -> watch::Receiver<Seq>;

    /// The number of the last durable record; 0 before the first.
    fn last_seq(&self) -> Seq {
        *self.watch().borrow()
    }

    /// Durable records in order, from number `from` (or from the oldest kept after it) on, at most
    /// `limit` of them.
    fn records(&self, from: Seq, limit: usize) -> io::Result<Vec<Record>>;
}
