//! The indexes of tickets: every list of tickets is a range of one tree.
//!
//! A key is a tag, a value with its length before it, and the number of the ticket, so that the
//! tickets of one index lie together, ordered by age.

use std::collections::BTreeSet;

use model::{
    Number,
    desk::{MatterId, TicketState, TopicId, UnitId},
};
use ticketing::{Ticket, TicketKind, worklist};

use crate::codec;

/// An index of tickets, with the value to look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TicketIndex {
    /// Tickets of a kind.
    Kind(TicketKind),
    /// Tickets of one caller, by the number called from or the callback number. All forms under which a
    /// number may be on record ([`Number::spellings`]).
    Caller(Vec<Number>),
    /// Tickets in a state.
    State(TicketState),
    /// Tickets on which this unit has work to do: its work list.
    OpenAt(UnitId),
    /// Tickets ever assigned to this unit.
    At(UnitId),
    /// Tickets of a matter. Their number is kept.
    Matter(MatterId),
    /// Tickets of a topic or a topic below it.
    Topic(TopicId),
    /// Tickets with a tag (REC-23 tags).
    Tag(String),
    /// Tickets taken over from another hotline, by their number there.
    Elsewhere(String),
    /// Tickets with work that a person with this account or this printed name holds.
    HeldBy(String),
}

impl TicketIndex {
    /// Whether a ticket is in this index.
    pub fn contains(&self, ticket: &Ticket) -> bool {
        let id = codec::ticket(ticket.ticket);
        let keys = keys(ticket);
        self.prefixes().iter().any(|prefix| keys.contains(&codec::under(prefix, id)))
    }

    /// The key prefixes of this index; several for a caller only.
    pub(crate) fn prefixes(&self) -> Vec<Vec<u8>> {
        vec![match self {
            TicketIndex::Kind(kind) => codec::prefix(b'k', &[*kind as u8]),
            TicketIndex::Caller(numbers) => return numbers.iter().map(caller_key).collect(),
            TicketIndex::State(state) => codec::prefix(b's', &[*state as u8]),
            TicketIndex::OpenAt(unit) => codec::prefix(b'o', unit.as_str().as_bytes()),
            TicketIndex::At(unit) => codec::prefix(b'u', unit.as_str().as_bytes()),
            TicketIndex::Matter(matter) => codec::prefix(b'm', &matter.0.0.to_be_bytes()),
            TicketIndex::Topic(topic) => codec::prefix(b't', topic.as_str().as_bytes()),
            TicketIndex::Tag(tag) => codec::prefix(b'g', tag.as_bytes()),
            TicketIndex::Elsewhere(number) => codec::prefix(b'e', number.as_bytes()),
            TicketIndex::HeldBy(name) => codec::prefix(b'h', name.as_bytes()),
        }]
    }
}

/// Extensions are ignored: a company has one index.
fn caller_key(number: &Number) -> Vec<u8> {
    codec::prefix(b'c', number.subscriber().reveal().as_bytes())
}

/// The index whose tickets are counted, when the key is one of its keys.
pub(crate) fn counted(key: &[u8]) -> Option<&[u8]> {
    let (prefix, _ticket) = key.split_last_chunk::<8>()?;
    prefix.starts_with(b"m").then_some(prefix)
}

/// The keys of a ticket in all indexes.
pub(crate) fn keys(ticket: &Ticket) -> BTreeSet<Vec<u8>> {
    let mut indexes = vec![TicketIndex::Kind(ticket.kind), TicketIndex::State(ticket.state)];
    let contact = ticket.contact().into_iter();
    let numbers = contact.chain([&ticket.caller]).filter(|number| !number.is_withheld());
    indexes.push(TicketIndex::Caller(numbers.cloned().collect()));
    indexes.extend(ticket.matter.map(TicketIndex::Matter));
    for assignment in &ticket.assignments {
        indexes.push(TicketIndex::At(assignment.unit.clone()));
        if assignment.is_open() && !ticket.is_over() {
            indexes.push(TicketIndex::OpenAt(assignment.unit.clone()));
        }
    }
    if let Some(topic) = &ticket.form.topic {
        let code = topic.as_str();
        let levels = [2, 4, 6].into_iter().filter_map(|len| code.get(..len));
        indexes.extend(levels.map(|code| TicketIndex::Topic(TopicId::from(code))));
    }
    indexes.extend(ticket.form.tags.iter().flatten().cloned().map(TicketIndex::Tag));
    indexes.extend(ticket.elsewhere.clone().map(TicketIndex::Elsewhere));
    let holders = worklist::holders(ticket).into_iter();
    indexes.extend(holders.map(|name| TicketIndex::HeldBy(name.to_owned())));
    let id = codec::ticket(ticket.ticket);
    let prefixes = indexes.iter().flat_map(TicketIndex::prefixes);
    prefixes.map(|prefix| codec::under(&prefix, id)).collect()
}
