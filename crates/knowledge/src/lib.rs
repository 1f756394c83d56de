//! The knowledge base (知识库): answers for callers with owners, reviews and gaps (KB-01 to KB-04).
//!
//! An item has an owner, who writes and revises it. The hub reviews and publishes it. Agents answer
//! callers with it and report wrong or missing items. A gap is an item that is wanted and not
//! written yet. [`Knowledge`] is the fold, [`KnowledgeCommand`] a command, [`sheet`] the items as CSV.
//!
//! Full-text search is in the crate `library`.

mod check;
mod command;
mod decide;
mod import;
mod item;
mod maintenance;
mod rights;
pub mod sheet;

use std::collections::BTreeMap;

pub use command::{KnowledgeCommand, ReviewAnswer};
pub use item::{Item, Report, ReviewDate, Uses, Version, VisibleVersion, Want};
pub use maintenance::UpdateRate;
use model::{
    TicketId, Timestamp, Zone,
    desk::{Actor, KnowledgeEvent, KnowledgeId},
};
pub use rights::readable_visibility;
use serde::{Deserialize, Serialize};

/// All items, including gaps and retired items: a fold over the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knowledge {
    zone: Zone,
    items: BTreeMap<KnowledgeId, Item>,
    /// The last number given to an item without an id.
    last_number: u64,
}

impl Knowledge {
    /// The maximum number of items, gaps and retired items included. A full base refuses new items.
    pub const ITEMS_MAX: usize = 200_000;

    /// An empty knowledge base; days are of this zone.
    pub fn new(zone: Zone) -> Knowledge {
        Knowledge { zone, items: BTreeMap::new(), last_number: 0 }
    }

    /// Applies an event of an item. An impossible event changes nothing.
    pub fn apply(&mut self, at: Timestamp, by: &Actor, id: &KnowledgeId, event: &KnowledgeEvent) {
        if !self.items.contains_key(id) {
            let Some(item) = Item::begin(at, by, event) else { return };
            self.last_number = self.last_number.max(number(id).unwrap_or(0));
            self.items.insert(id.clone(), item);
        } else if let Some(item) = self.items.get_mut(id) {
            item.apply(at, self.zone.date(at), by, event);
        }
    }

    /// Counts a use by an answer on a ticket that cites the item, once per ticket.
    pub fn cited(&mut self, at: Timestamp, id: &KnowledgeId, ticket: TicketId) {
        if let Some(item) = self.items.get_mut(id) {
            item.uses.count(self.zone.date(at), ticket);
        }
    }

    /// One item.
    pub fn item(&self, id: &KnowledgeId) -> Option<&Item> {
        self.items.get(id)
    }

    /// All items, by id.
    pub fn items(&self) -> impl Iterator<Item = (&KnowledgeId, &Item)> {
        self.items.iter()
    }

    /// The id of the next item without one: `K000001`.
    fn next_id(&self) -> KnowledgeId {
        KnowledgeId::from(format!("K{:06}", self.last_number.saturating_add(1)).as_str())
    }
}

/// The number in an id that was generated here.
fn number(id: &KnowledgeId) -> Option<u64> {
    id.as_str().strip_prefix('K')?.parse().ok()
}
