//! The knowledge base: its items, and the search in them.

use std::io;

use model::{
    Date, LineId,
    desk::{KnowledgeId, TopicId, Visibility},
};
use schemars::JsonSchema;
use serde::Serialize;
use ticketing::channels::TrackedKnowledge;

/// The knowledge base of the hotline.
pub trait KnowledgeBase: Send + Sync + 'static {
    /// Calls `read` once with the items, from memory. It holds a lock that the log's thread waits
    /// for, so `read` must be short.
    fn with(&self, read: &mut dyn FnMut(&TrackedKnowledge));

    /// The items that answer a query, best first. It may touch the disk.
    ///
    /// # Errors
    /// The index is being built, or is damaged and will be rebuilt.
    fn search(&self, query: &KnowledgeQuery) -> io::Result<Vec<SearchHit>>;
}

impl dyn KnowledgeBase {
    /// The result of `read`.
    pub(crate) fn get<T: Default>(&self, read: impl FnOnce(&TrackedKnowledge) -> T) -> T {
        let (mut read, mut found) = (Some(read), T::default());
        self.with(&mut |store| {
            if let Some(read) = read.take() {
                found = read(store);
            }
        });
        found
    }
}

/// A query to the knowledge base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnowledgeQuery {
    /// The words that were said or typed.
    pub text: String,
    /// Only items of this topic or one below it.
    pub topic: Option<TopicId>,
    /// Only items of this merged line.
    pub line: Option<LineId>,
    /// The visibility that the reader has.
    pub reader: Visibility,
    /// Only items valid on this day.
    pub on: Date,
    /// The most items.
    pub limit: usize,
}

/// An item that was found.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SearchHit {
    /// The item.
    pub id: KnowledgeId,
    /// The version of it that was searched.
    pub version: u32,
    /// The score of the match, only comparable within one search.
    pub score: f32,
    /// The question of it that fits best.
    pub question: Vec<TextPart>,
    /// The part of its answer that fits best.
    pub snippet: Vec<TextPart>,
}

/// A part of a text, for highlighting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TextPart {
    /// The text.
    pub text: String,
    /// Whether it matches the query.
    pub hit: bool,
}
