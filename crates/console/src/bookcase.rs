//! What the console needs of the knowledge base: its items, and what finds them.

use std::io;

use model::{
    Date, LineId,
    desk::{KnowledgeId, TopicId, Visibility},
};
use schemars::JsonSchema;
use serde::Serialize;
use ticketing::channels::Shelf;

/// The knowledge base behind the page.
pub trait KnowledgeBase: Send + Sync + 'static {
    /// Look at the items. Answers from memory; whoever looks holds up the log, so looks are short.
    fn with(&self, look: &mut dyn FnMut(&Shelf));

    /// The items that answer this, best first. May touch the disk: called off the async threads.
    ///
    /// # Errors
    /// The index is being made, or is damaged and will be.
    fn search(&self, wanted: &Wanted) -> io::Result<Vec<Finding>>;
}

/// Options that hold one can be printed; what it holds is not.
impl std::fmt::Debug for dyn KnowledgeBase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KnowledgeBase")
    }
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What was said or typed.
    pub text: String,
    /// Of this topic or one below it.
    pub topic: Option<TopicId>,
    /// Of this merged line.
    pub line: Option<LineId>,
    /// What this reader may see.
    pub reader: Visibility,
    /// What holds on this day.
    pub on: Date,
    /// How many.
    pub limit: usize,
}

/// An item that was found.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Finding {
    /// Which item.
    pub id: KnowledgeId,
    /// Which version of it was searched.
    pub version: u32,
    /// How well it fits; only good to compare findings of one search.
    pub score: f32,
    /// The question of it that fits best.
    pub question: Vec<Piece>,
    /// The part of its answer that fits best.
    pub snippet: Vec<Piece>,
}

/// A piece of a text, and whether it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it was asked for.
    pub hit: bool,
}
