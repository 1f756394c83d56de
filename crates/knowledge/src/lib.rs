//! The knowledge base (知识库): what callers are answered with, who keeps it right, what is missing (KB-01 to KB-04).
//!
//! An item has an owner, who writes and revises it; the hub reviews and
//! publishes; whoever answers uses it, and says what is wrong or missing. A
//! gap is an item that nobody has written yet. [`Knowledge`] is the fold,
//! [`KnowledgeCommand`] what people ask for, [`sheet`] the items as CSV.
//!
//! Finding an item by what a caller says is the crate `library`'s.

mod check;
mod command;
mod decide;
mod import;
mod item;
mod rights;
pub mod sheet;
mod upkeep;

use std::collections::BTreeMap;

pub use command::{KnowledgeCommand, ReviewAnswer};
pub use item::{Due, Item, Report, Shown, Uses, Version, Want};
use model::{
    TicketId, Timestamp, Zone,
    desk::{Actor, KnowledgeEvent, KnowledgeId},
};
pub use rights::reads;
use serde::{Deserialize, Serialize};
pub use upkeep::UpdateRate;

/// Every item, retired ones and gaps included: a fold over the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knowledge {
    zone: Zone,
    items: BTreeMap<KnowledgeId, Item>,
    /// The last number given to an item that came without a name.
    last_number: u64,
}

impl Knowledge {
    /// Items, gaps and retired ones together. A full base takes no new item; the rest goes on.
    pub const ITEMS_MAX: usize = 200_000;

    /// Nothing known yet. Days turn in this zone.
    pub fn new(zone: Zone) -> Knowledge {
        Knowledge { zone, items: BTreeMap::new(), last_number: 0 }
    }

    /// Something happened to an item. What cannot have happened changes nothing.
    pub fn apply(&mut self, at: Timestamp, by: &Actor, id: &KnowledgeId, event: &KnowledgeEvent) {
        if !self.items.contains_key(id) {
            let Some(item) = Item::begin(at, by, event) else { return };
            self.last_number = self.last_number.max(number(id).unwrap_or(0));
            self.items.insert(id.clone(), item);
        } else if let Some(item) = self.items.get_mut(id) {
            item.apply(at, self.zone.date(at), by, event);
        }
    }

    /// An answer on a ticket named the item. Counts like [`KnowledgeEvent::Used`], and once a ticket.
    pub fn cited(&mut self, at: Timestamp, id: &KnowledgeId, ticket: TicketId) {
        if let Some(item) = self.items.get_mut(id) {
            item.uses.count(self.zone.date(at), ticket);
        }
    }

    /// One item.
    pub fn item(&self, id: &KnowledgeId) -> Option<&Item> {
        self.items.get(id)
    }

    /// All of them, by name.
    pub fn items(&self) -> impl Iterator<Item = (&KnowledgeId, &Item)> {
        self.items.iter()
    }

    /// The name of the next item that comes without one: `K000001`.
    fn next_id(&self) -> KnowledgeId {
        KnowledgeId::from(format!("K{:06}", self.last_number.saturating_add(1)).as_str())
    }
}

/// The number of an item that was named here.
fn number(id: &KnowledgeId) -> Option<u64> {
    id.as_str().strip_prefix('K')?.parse().ok()
}
