//! The knowledge base as a fold over the whole log: items, citations, and the last record that
//! changed each item.

use std::collections::BTreeMap;

use model::{
    Event, Record, Seq, Zone,
    desk::{DeskEvent, KnowledgeEvent, KnowledgeId, TicketEvent},
};

use serde::{Deserialize, Serialize};

use knowledge::{Knowledge, KnowledgeCommand};
use workflow::{Fault, Refusal};

/// The knowledge base, for every reader of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackedKnowledge {
    knowledge: Knowledge,
    /// The last record that changed an item; uses do not count.
    changed: BTreeMap<KnowledgeId, Seq>,
    seq: Seq,
}

impl TrackedKnowledge {
    /// An empty knowledge base.
    pub fn new(zone: Zone) -> TrackedKnowledge {
        TrackedKnowledge { knowledge: Knowledge::new(zone), changed: BTreeMap::new(), seq: 0 }
    }

    /// Follows one record of any kind.
    pub fn apply(&mut self, record: &Record) {
        self.seq = record.seq;
        let Event::Desk(entry) = &record.event else { return };
        match &entry.event {
            DeskEvent::Knowledge(id, event) => {
                self.knowledge.apply(record.at, &entry.by, id, event);
                // A use does not change an item: a person who has read it has read its present
                // text.
                if !matches!(event, KnowledgeEvent::Used { .. }) {
                    self.changed.insert(id.clone(), record.seq);
                }
            }
            // An answer that names an item is a use of it (REC-17, direct answers; KB-03, knowledge
            // support).
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

    /// The last record read.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// The last record that changed an item, without uses; 0 when the item does not exist.
    pub fn seq_of(&self, id: &KnowledgeId) -> Seq {
        self.changed.get(id).copied().unwrap_or(0)
    }

    /// Items changed after this record.
    pub fn changed_after(&self, seq: Seq) -> impl Iterator<Item = &KnowledgeId> {
        self.changed.iter().filter(move |(_, at)| **at > seq).map(|(id, _)| id)
    }

    /// The item that a record changed, if no later record has changed it.
    pub fn changed_by(&self, seq: Seq) -> Option<&KnowledgeId> {
        self.changed.iter().find(|(_, at)| **at == seq).map(|(id, _)| id)
    }

    /// Why an answer cannot cite this item; `None` when it can. An empty knowledge base accepts any
    /// name.
    pub fn citation_fault(&self, id: &KnowledgeId) -> Option<Fault> {
        if self.changed.is_empty() {
            return None;
        }
        let published = self.knowledge.item(id).is_some_and(|item| item.published.is_some());
        let what = || format!("{id} is not a published item of the knowledge base");
        (!published).then(|| Fault::new("knowledge", what()))
    }

    /// Checks that the sender of a command has seen the item in its present state.
    pub(super) fn check_expected(
        &self,
        command: &KnowledgeCommand,
        expected: Option<Seq>,
    ) -> Result<(), Refusal> {
        let (Some(expected), Some(id)) = (expected, command.item()) else { return Ok(()) };
        let found = self.seq_of(id);
        if expected == found { Ok(()) } else { Err(Refusal::Stale { expected, found }) }
    }
}
