//! The traits that connect the courier to the engine.

use std::{future::Future, io, pin::Pin};

use model::{Record, Seq, TicketId, Timestamp, desk::MessagingEvent};
use tokio::sync::watch;

/// A boxed future, so that the traits can be used behind `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The source of records. Methods that return `io::Result` may read the disk and are called on
/// blocking threads.
pub trait RecordSource: Send + Sync + 'static {
    /// Durable records in order, beginning with `from`, at most `limit` of them. Empty when there are none
    /// yet.
    fn records(&self, from: Seq, limit: usize) -> io::Result<Vec<Record>>;

    /// The number of the last durable record.
    fn watch(&self) -> watch::Receiver<Seq>;

    /// Whether the caller of this ticket is anonymous, by request or by law (REC-06 anonymity).
    fn is_anonymous(&self, ticket: TicketId) -> io::Result<bool>;
}

/// Where events are appended to the log.
pub trait EventSink: Send + Sync + 'static {
    /// Appends an event. Returns once it is durable, or an error text.
    fn append(&self, event: MessagingEvent) -> BoxFuture<'_, Result<(), String>>;

    /// The engine's clock.
    fn now(&self) -> Timestamp;
}
