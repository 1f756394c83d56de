//! Finding the item of the knowledge base that answers a caller, while the caller is still talking (KB-03).
//!
//! An index over the items of `knowledge`, in tantivy and nowhere
//! else. The log is the truth and this is a view: it keeps the number of the
//! last record it has seen, and an index that is missing, of another format or
//! damaged is wiped and has to be fed again. One [`Library`] writes; any
//! number of [`Catalog`]s search meanwhile.
//!
//! Words come from jieba. Beside them every one and two characters of Chinese
//! are indexed, since jieba parts the same characters differently in different
//! sentences, and a word it does not know would never be found. A query is a
//! sum of single terms and never a phrase.
//!
//! It knows simplified Chinese, Latin letters and digits, in full or half
//! width, and traditional characters like simplified ones. Pinyin is not read as
//! Chinese. It will never know where the log is, nor who asks.

mod catalog;
mod error;
mod fields;
mod highlight;
mod index;
mod plain;
mod words;

pub use catalog::{Catalog, Hit, Query};
pub use error::LibraryError;
pub use highlight::Piece;
pub use index::{Library, Opened};
