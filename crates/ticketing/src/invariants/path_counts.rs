//! Invariant 7: every ticket came by one channel and went one path, and both counts add up to all
//! tickets.

use std::collections::BTreeMap;

use model::{
    TicketId,
    desk::{Channel, TicketClosure, TicketState},
};

use super::tracked_ticket::TrackedTicket;
use crate::{Desk, Ticket};

/// The path that a ticket took, or is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TicketPath {
    /// Not registered yet, or not decided yet.
    Open,
    /// No demand, or no demand of its own.
    Invalid,
    /// Answered on the spot or by a filing.
    Direct,
    /// Handed on to another hotline or service.
    Diverted,
    /// Not accepted.
    NotAccepted,
    /// Withdrawn by the caller, or closed because the caller could not be found.
    Withdrawn,
    /// Follows another ticket of its matter.
    Following,
    /// Dispatched to a unit.
    Dispatched,
}

impl TicketPath {
    fn of(
        state: TicketState,
        closure: Option<TicketClosure>,
        follows: bool,
        dispatched: bool,
    ) -> TicketPath {
        match closure {
            _ if state == TicketState::Cancelled => TicketPath::Invalid,
            Some(TicketClosure::Invalid) => TicketPath::Invalid,
            Some(TicketClosure::Direct | TicketClosure::Filed) => TicketPath::Direct,
            Some(TicketClosure::Diverted) => TicketPath::Diverted,
            Some(TicketClosure::NotAccepted) => TicketPath::NotAccepted,
            Some(TicketClosure::Withdrawn) => TicketPath::Withdrawn,
            _ if follows => TicketPath::Following,
            _ if dispatched => TicketPath::Dispatched,
            _ => TicketPath::Open,
        }
    }

    fn of_tracked(ticket: &TrackedTicket) -> TicketPath {
        TicketPath::of(ticket.state, ticket.closure, ticket.follows, ticket.dispatched)
    }

    fn of_ticket(ticket: &Ticket) -> TicketPath {
        let dispatched = !ticket.assignments.is_empty();
        TicketPath::of(ticket.state, ticket.closure, ticket.follows, dispatched)
    }
}

/// Opened tickets by channel, and archived tickets by channel and path.
#[derive(Clone, Debug, Default)]
pub(super) struct PathCounts {
    opened: BTreeMap<Channel, u64>,
    archived: BTreeMap<(Channel, TicketPath), u64>,
}

impl PathCounts {
    pub(super) fn opened(&mut self, channel: Channel) {
        *self.opened.entry(channel).or_default() += 1;
    }

    pub(super) fn archived(&mut self, ticket: &TrackedTicket) {
        *self.archived.entry((ticket.channel, TicketPath::of_tracked(ticket))).or_default() += 1;
    }

    pub(super) fn by_path(
        &self,
        tracked: &BTreeMap<TicketId, TrackedTicket>,
    ) -> BTreeMap<TicketPath, u64> {
        let mut paths = BTreeMap::new();
        for ((_, path), n) in &self.archived {
            *paths.entry(*path).or_default() += n;
        }
        for ticket in tracked.values() {
            *paths.entry(TicketPath::of_tracked(ticket)).or_default() += 1;
        }
        paths
    }

    /// Describes how the desk's count differs from that of the records; `None` when they agree.
    pub(super) fn differs(
        &self,
        tracked: &BTreeMap<TicketId, TrackedTicket>,
        desk: &Desk,
    ) -> Option<String> {
        let mut by_desk = self.archived.clone();
        for ticket in desk.tickets() {
            *by_desk.entry((ticket.channel, TicketPath::of_ticket(ticket))).or_default() += 1;
        }
        let mut by_records = self.archived.clone();
        for ticket in tracked.values() {
            *by_records.entry((ticket.channel, TicketPath::of_tracked(ticket))).or_default() += 1;
        }
        if by_desk != by_records {
            return Some(format!("the desk counts {by_desk:?}, the records {by_records:?}"));
        }
        let mut by_channel: BTreeMap<Channel, u64> = BTreeMap::new();
        for ((channel, _), n) in &by_desk {
            *by_channel.entry(*channel).or_default() += n;
        }
        (by_channel != self.opened).then(|| {
            format!("the paths add up to {by_channel:?}, and {:?} were opened", self.opened)
        })
    }
}
