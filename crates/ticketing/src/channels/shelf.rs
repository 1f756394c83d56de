//! The knowledge base as a fold over the whole log: items, citations, and which record changed each item.

use std::collections::BTreeMap;

use model::{
    Event, Record, Seq, Zone,
    desk::{DeskEvent, KnowledgeEvent, KnowledgeId, TicketEvent},
};

use serde::{Deserialize, Serialize};

use knowledge::{Knowledge, KnowledgeCommand};
use workflow::{Fault, Refusal};

/// The knowledge base, for everybody who follows the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    knowledge: Knowledge,
    /// The last record that changed an item, uses aside.
    changed: BTreeMap<KnowledgeId, Seq>,
    seq: Seq,
}

impl Shelf {
    /// Nothing on it.
    pub fn new(zone: Zone) -> Shelf {
        Shelf { knowledge: Knowledge::new(zone), changed: BTreeMap::new(), seq: 0 }
    }

    /// Follow one record, whatever it is about.
    pub fn apply(&mut self, record: &Record) {
        self.seq = record.seq;
        let Event::Desk(entry) = &record.event else { return };
        match &entry.event {
            DeskEvent::Knowledge(id, event) => {
                self.knowledge.apply(record.at, &entry.by, id, event);
                // A use is no change: who has read the item has still read it.
                if !matches!(event, KnowledgeEvent::Used { .. }) {
                    self.changed.insert(id.clone(), record.seq);
                }
            }
            // An answer that names an item is a use of it (REC-17, KB-03).
            DeskEvent::Ticket(ticket, TicketEvent::Answered { knowledge: Some(id), .. }) => {
                self.knowledge.cited(record.at, id, *ticket);
            }
            _ => {}
        }
    }

    /// The items.
    pub fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    /// The last record it has seen.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// The last record that changed an item, uses aside; 0 when there is no such item.
    pub fn seq_of(&self, id: &KnowledgeId) -> Seq {
        self.changed.get(id).copied().unwrap_or(0)
    }

    /// Items changed after this record.
    pub fn changed_after(&self, seq: Seq) -> impl Iterator<Item = &KnowledgeId> {
        self.changed.iter().filter(move |(_, at)| **at > seq).map(|(id, _)| id)
    }

    /// The item a record changed, while nothing has changed it since.
    pub fn changed_by(&self, seq: Seq) -> Option<&KnowledgeId> {
        self.changed.iter().find(|(_, at)| **at == seq).map(|(id, _)| id)
    }

    /// What is wrong with answering from this item. A base with nothing in it takes names as they come.
    pub fn cannot_cite(&self, id: &KnowledgeId) -> Option<Fault> {
        if self.changed.is_empty() {
            return None;
        }
        let published = self.knowledge.item(id).is_some_and(|item| item.published.is_some());
        let what = || format!("{id} is no published item of the knowledge base");
        (!published).then(|| Fault::new("knowledge", what()))
    }

    /// Whether the sender of a command has seen the item as it is.
    pub(super) fn check_seen(
        &self,
        command: &KnowledgeCommand,
        expected: Option<Seq>,
    ) -> Result<(), Refusal> {
        let (Some(expected), Some(id)) = (expected, command.item()) else { return Ok(()) };
        let found = self.seq_of(id);
        if expected == found { Ok(()) } else { Err(Refusal::Stale { expected, found }) }
    }
}
