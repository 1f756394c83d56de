//! Law 7: every ticket came by one channel and went one way, and both add up to all.

use std::collections::BTreeMap;

use model::{
    TicketId,
    desk::{Channel, TicketClosure, TicketState},
};

use super::seen::Seen;
use crate::{Desk, Ticket};

/// Which way a ticket went, or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Not yet taken on, or not yet decided.
    Open,
    /// No demand, or none of its own.
    Invalid,
    /// Answered on the spot or by a filing.
    Direct,
    /// Handed on to another house.
    Diverted,
    /// Not accepted.
    NotAccepted,
    /// Taken back, or nobody to be found.
    Withdrawn,
    /// With another ticket of its matter.
    Following,
    /// To a unit.
    Dispatched,
}

impl Way {
    fn of(
        state: TicketState,
        closure: Option<TicketClosure>,
        follows: bool,
        dispatched: bool,
    ) -> Way {
        match closure {
            _ if state == TicketState::Cancelled => Way::Invalid,
            Some(TicketClosure::Invalid) => Way::Invalid,
            Some(TicketClosure::Direct | TicketClosure::Filed) => Way::Direct,
            Some(TicketClosure::Diverted) => Way::Diverted,
            Some(TicketClosure::NotAccepted) => Way::NotAccepted,
            Some(TicketClosure::Withdrawn) => Way::Withdrawn,
            _ if follows => Way::Following,
            _ if dispatched => Way::Dispatched,
            _ => Way::Open,
        }
    }

    fn of_seen(seen: &Seen) -> Way {
        Way::of(seen.state, seen.closure, seen.follows, seen.dispatched)
    }

    fn of_ticket(ticket: &Ticket) -> Way {
        let dispatched = !ticket.assignments.is_empty();
        Way::of(ticket.state, ticket.closure, ticket.follows, dispatched)
    }
}

/// What was opened by each channel, and what was put away.
#[derive(Clone, Debug, Default)]
pub(super) struct Count {
    opened: BTreeMap<Channel, u64>,
    away: BTreeMap<(Channel, Way), u64>,
}

impl Count {
    pub(super) fn opened(&mut self, channel: Channel) {
        *self.opened.entry(channel).or_default() += 1;
    }

    pub(super) fn put_away(&mut self, seen: &Seen) {
        *self.away.entry((seen.channel, Way::of_seen(seen))).or_default() += 1;
    }

    pub(super) fn ways(&self, seen: &BTreeMap<TicketId, Seen>) -> BTreeMap<Way, u64> {
        let mut ways = BTreeMap::new();
        for ((_, way), n) in &self.away {
            *ways.entry(*way).or_default() += n;
        }
        for seen in seen.values() {
            *ways.entry(Way::of_seen(seen)).or_default() += 1;
        }
        ways
    }

    /// How the desk's own count differs from the records'.
    pub(super) fn differs(&self, seen: &BTreeMap<TicketId, Seen>, desk: &Desk) -> Option<String> {
        let mut by_desk = self.away.clone();
        for ticket in desk.tickets() {
            *by_desk.entry((ticket.channel, Way::of_ticket(ticket))).or_default() += 1;
        }
        let mut by_records = self.away.clone();
        for seen in seen.values() {
            *by_records.entry((seen.channel, Way::of_seen(seen))).or_default() += 1;
        }
        if by_desk != by_records {
            return Some(format!("the desk counts {by_desk:?}, the records {by_records:?}"));
        }
        let mut came: BTreeMap<Channel, u64> = BTreeMap::new();
        for ((channel, _), n) in &by_desk {
            *came.entry(*channel).or_default() += n;
        }
        (came != self.opened).then(|| format!("{came:?} went some way, {:?} came", self.opened))
    }
}
