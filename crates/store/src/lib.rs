//! The indexed view of the log: calls and tickets, found in a moment.
//!
//! The log is the truth and this is a fold over it, kept in sled with the
//! number of the last record it has seen. A view that is missing, behind, too
//! old or damaged is wiped and made anew from the log; nothing is lost by that.
//! One [`Store`] writes, any number of [`Reader`]s look.
//!
//! Beside it lies one file, a state written down whole: see [`kept`].
//!
//! sled may panic on a damaged file; every touch of it is caught here and
//! becomes [`StoreError::Damaged`]. It will never know where the log is.

mod codec;
mod error;
mod filed;
mod fold;
pub mod kept;
mod reader;
mod view;

pub use error::StoreError;
pub use filed::Filed;
pub use fold::Store;
pub use reader::{CallFilter, Page, Reader};
