//! The indexed view of the log: calls and tickets with indexes to find them.
//!
//! The view is a fold over the log, stored in sled with the number of the last record applied. A
//! view that is missing, behind, of an old schema or damaged is wiped and built again from the log,
//! without loss. One [`Store`] writes, any number of [`Reader`]s read.
//!
//! Beside it lies one file with a snapshot of the engine's state: see [`snapshot`].
//!
//! sled may panic on a damaged file. Every access is wrapped, and a panic becomes
//! [`StoreError::Damaged`]. The crate does not know where the log is.

mod call_index;
mod codec;
mod error;
mod reader;
pub mod snapshot;
mod ticket_index;
mod view;
mod writer;

pub use call_index::CallIndex;
pub use error::StoreError;
pub use reader::Reader;
pub use ticket_index::TicketIndex;
pub use writer::{CACHE_BYTES, Store};
