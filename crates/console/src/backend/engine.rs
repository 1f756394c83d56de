//! The engine's clock, its commands and its health.

use center::{Command, Reply};
use model::{Timestamp, event::SeatActor};

use super::BoxFuture;

/// The clock that the log is stamped with.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Commands to the center.
pub trait Commands: Send + Sync + 'static {
    /// Gives the center a command. The answer comes once its records are durable.
    fn execute(&self, by: SeatActor, command: Command) -> BoxFuture<'_, Reply>;
}

/// Whether the engine works, and its measurements.
pub trait Health: Send + Sync + 'static {
    /// Whether calls can be taken.
    ///
    /// # Errors
    /// The reason they cannot, in one sentence.
    fn ready(&self) -> Result<(), String>;

    /// Whether the engine runs in an emergency, without the hotline's log.
    fn is_emergency(&self) -> bool;

    /// All measurements as OpenMetrics 1.0.
    fn metrics(&self) -> String;
}
