//! The desk as it is written to disk, so that a start goes on from there instead of from the first
//! record.
//!
//! What the config says (rules, calendar, the seed of query codes) is not in it: folds do not read
//! the config, so a desk written under other rules equals the one a replay would make. The indexes
//! are not in it either, because they follow from the tickets.

use std::{
    borrow::Cow,
    collections::{BTreeMap, VecDeque},
};

use model::{
    TicketId,
    desk::{FilingId, MatterId, OrderId, UnitId},
};
use serde::{Deserialize, Serialize};

use super::{Desk, Matter, done::CompletedCommand};
use crate::{Filing, Ticket, order::Orders};
use directory::{DirectoryState, leader::Leaders};

/// The state of a desk; borrowed when it is written, owned when it is read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept<'a> {
    tickets: Cow<'a, BTreeMap<TicketId, Ticket>>,
    matters: Cow<'a, BTreeMap<MatterId, Matter>>,
    filings: Cow<'a, BTreeMap<FilingId, Filing>>,
    orders: Cow<'a, BTreeMap<MatterId, Orders>>,
    ordered: Cow<'a, BTreeMap<OrderId, UnitId>>,
    register: Cow<'a, DirectoryState>,
    leaders: Cow<'a, Leaders>,
    keys: Cow<'a, BTreeMap<String, CompletedCommand>>,
    keys_in_order: Cow<'a, VecDeque<String>>,
}

impl Desk {
    /// The state to be written to disk.
    pub fn keep(&self) -> Kept<'_> {
        Kept {
            tickets: Cow::Borrowed(&self.tickets),
            matters: Cow::Borrowed(&self.matters),
            filings: Cow::Borrowed(&self.filings),
            orders: Cow::Borrowed(&self.orders),
            ordered: Cow::Borrowed(&self.ordered),
            register: Cow::Borrowed(&self.register),
            leaders: Cow::Borrowed(&self.leaders),
            keys: Cow::Borrowed(&self.keys),
            keys_in_order: Cow::Borrowed(&self.keys_in_order),
        }
    }

    /// This desk's rules and calendar with the state of the one that was written. As after a
    /// replay, the rules look at every ticket once.
    #[must_use]
    pub fn go_on_from(self, kept: Kept<'_>) -> Desk {
        let Desk { rules, calendar, seed, .. } = self;
        let tickets = kept.tickets.into_owned();
        let mut desk = Desk {
            matters: kept.matters.into_owned(),
            filings: kept.filings.into_owned(),
            orders: kept.orders.into_owned(),
            ordered: kept.ordered.into_owned(),
            register: kept.register.into_owned(),
            leaders: kept.leaders.into_owned(),
            keys: kept.keys.into_owned(),
            keys_in_order: kept.keys_in_order.into_owned(),
            ..Desk::new(rules, calendar, seed.0)
        };
        for ticket in tickets.values() {
            desk.know_number(ticket.contact().cloned(), ticket.ticket);
            desk.missed.follow(ticket);
        }
        desk.rounds.unseen.extend(tickets.keys());
        desk.tickets = tickets;
        desk
    }
}
