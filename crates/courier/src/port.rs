//! What the courier needs of the rest of the house.

use std::{future::Future, io, pin::Pin};

use model::{Record, Seq, TicketId, Timestamp, desk::MessagingEvent};
use tokio::sync::watch;

/// A future on the heap, so that the traits can be used behind `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where records come from. Methods that answer `io::Result` may touch the disk:
/// they are called off the async threads.
pub trait Source: Send + Sync + 'static {
    /// Durable records in order, the first being `from`, at most `limit` of them. Empty when
    /// there are none yet.
    fn records(&self, from: Seq, limit: usize) -> io::Result<Vec<Record>>;

    /// The last durable record, and when it changes.
    fn watch(&self) -> watch::Receiver<Seq>;

    /// Whether the caller of this ticket asked to stay unknown, or the law makes them so (REC-06).
    fn stays_unknown(&self, ticket: TicketId) -> io::Result<bool>;
}

/// Where events go.
pub trait Ask: Send + Sync + 'static {
    /// Put this on record. The answer comes once it is durable; an error says why it is not.
    fn append(&self, event: MessagingEvent) -> BoxFuture<'_, Result<(), String>>;

    /// The engine's clock.
    fn now(&self) -> Timestamp;
}
