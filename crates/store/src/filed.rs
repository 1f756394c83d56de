//! What a ticket is filed under, so that a list is a stretch of one tree.
//!
//! Each place is a tag, what it is about with its length before it, and the
//! ticket's number: tickets of one place lie together, by age.

use std::collections::BTreeSet;

use model::{
    Number,
    desk::{MatterId, TicketState, TopicId, UnitId},
};
use ticketing::{
    Ticket, TicketKind,
    worklist::{self, Work},
};

/// A place tickets are filed under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filed {
    /// Of this kind.
    Kind(TicketKind),
    /// From one of these numbers, or to be called back there: the forms under which one telephone may
    /// be on record ([`Number::spellings`]).
    Caller(Vec<Number>),
    /// In this state.
    State(TicketState),
    /// With this unit, which still has to do something about it: its worklist.
    OpenAt(UnitId),
    /// Ever with this unit.
    At(UnitId),
    /// Of this matter.
    Matter(MatterId),
    /// Of this topic, at its level or any below.
    Topic(TopicId),
    /// With this tag (REC-23).
    Tag(String),
    /// Taken over from another house, by its number there.
    Elsewhere(String),
    /// Not put away: what a start reads.
    Live,
    /// Waiting for this to be done.
    Waiting(Work),
    /// Waiting for people of this unit.
    WaitingAt(UnitId),
}

impl Filed {
    /// Whether a ticket lies here.
    pub fn has(&self, ticket: &Ticket) -> bool {
        let id = crate::codec::ticket(ticket.ticket);
        let places = places(ticket);
        self.prefixes().iter().any(|prefix| places.contains(&crate::codec::under(prefix, id)))
    }

    /// What stands before the numbers of the tickets that lie here; several for a caller only.
    pub(crate) fn prefixes(&self) -> Vec<Vec<u8>> {
        vec![match self {
            Filed::Kind(kind) => key(b'k', &[*kind as u8]),
            Filed::Caller(numbers) => return numbers.iter().map(of_caller).collect(),
            Filed::State(state) => key(b's', &[*state as u8]),
            Filed::OpenAt(unit) => key(b'o', unit.as_str().as_bytes()),
            Filed::At(unit) => key(b'u', unit.as_str().as_bytes()),
            Filed::Matter(matter) => key(b'm', &matter.0.0.to_be_bytes()),
            Filed::Topic(topic) => key(b't', topic.as_str().as_bytes()),
            Filed::Tag(tag) => key(b'g', tag.as_bytes()),
            Filed::Elsewhere(number) => key(b'e', number.as_bytes()),
            Filed::Live => key(b'l', &[]),
            Filed::Waiting(work) => key(b'w', &[*work as u8]),
            Filed::WaitingAt(unit) => key(b'a', unit.as_str().as_bytes()),
        }]
    }
}

/// Whatever the extension, it is one house.
fn of_caller(number: &Number) -> Vec<u8> {
    key(b'c', number.subscriber().reveal().as_bytes())
}

/// Every place of a ticket.
pub(crate) fn places(ticket: &Ticket) -> BTreeSet<Vec<u8>> {
    let mut places = vec![Filed::Kind(ticket.kind), Filed::State(ticket.state)];
    let contact = ticket.contact().into_iter();
    let numbers = contact.chain([&ticket.caller]).filter(|number| !number.is_withheld());
    places.push(Filed::Caller(numbers.cloned().collect()));
    places.extend(ticket.matter.map(Filed::Matter));
    for assignment in &ticket.assignments {
        places.push(Filed::At(assignment.unit.clone()));
        if assignment.is_open() && !ticket.is_over() {
            places.push(Filed::OpenAt(assignment.unit.clone()));
        }
    }
    if let Some(topic) = &ticket.form.topic {
        let code = topic.as_str();
        let levels = [2, 4, 6].into_iter().filter_map(|len| code.get(..len));
        places.extend(levels.map(|code| Filed::Topic(TopicId::from(code))));
    }
    places.extend(ticket.form.tags.iter().flatten().cloned().map(Filed::Tag));
    places.extend(ticket.elsewhere.clone().map(Filed::Elsewhere));
    if !matches!(ticket.state, TicketState::Archived | TicketState::Cancelled) {
        places.push(Filed::Live);
    }
    for (work, unit, _) in worklist::waits(ticket) {
        places.push(Filed::Waiting(work));
        places.extend(unit.map(Filed::WaitingAt));
    }
    let id = crate::codec::ticket(ticket.ticket);
    let prefixes = places.iter().flat_map(Filed::prefixes);
    prefixes.map(|prefix| crate::codec::under(&prefix, id)).collect()
}

/// The length keeps 138 apart from 1381.
fn key(tag: u8, about: &[u8]) -> Vec<u8> {
    let len = u32::try_from(about.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&[tag], len.as_slice(), about].concat()
}
