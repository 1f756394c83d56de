//! Full-text search in the knowledge base, fast enough during a call (KB-03 search by question).
//!
//! An index over the knowledge items, stored with tantivy. The index is a view of the log: it has the
//! number of the last record applied, and an index that is missing, of another format or damaged is
//! wiped and must be filled again. One [`KnowledgeIndex`] writes; any number of
//! [`KnowledgeSearch`] handles search at the same time.
//!
//! Text is cut into words by jieba. In addition, every one and two characters of Chinese are indexed,
//! since jieba may cut the same characters differently in another sentence, and does not know every
//! word. A query is a sum of single terms, never a phrase.
//!
//! Simplified Chinese, Latin letters and digits are supported in full and half width; traditional
//! characters match simplified ones. Pinyin does not match Chinese. The crate does not know where the
//! log is or who searches.

mod error;
mod highlight;
mod index;
mod normalize;
mod schema;
mod search;
mod tokens;

pub use error::IndexError;
pub use highlight::Fragment;
pub use index::{IndexState, KnowledgeIndex};
pub use search::{Hit, KnowledgeSearch, Query};
