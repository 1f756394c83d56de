//! The snapshot of the desk: a start restores it and reads only the later records of the log.
//!
//! The config (rules, calendar, the seed of query codes) is not in it: folds do not read the
//! config, so a desk written under other rules equals the one a replay would make. The indexes are
//! not in it either, because they follow from the tickets.

use std::{
    borrow::Cow,
    collections::{BTreeMap, VecDeque},
};

use model::{
    TicketId,
    desk::{FilingId, MatterId, OrderId, UnitId},
};
use serde::{Deserialize, Serialize};

use super::{Desk, Matter, idempotency::CompletedCommand};
use crate::{Filing, Ticket, order::Orders};
use directory::{DirectoryState, leader::Leaders};

/// The state of a desk; borrowed when it is written, owned when it is read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeskSnapshot<'a> {
    tickets: Cow<'a, BTreeMap<TicketId, Ticket>>,
    matters: Cow<'a, BTreeMap<MatterId, Matter>>,
    filings: Cow<'a, BTreeMap<FilingId, Filing>>,
    orders: Cow<'a, BTreeMap<MatterId, Orders>>,
    #[serde(rename = "ordered")]
    order_units: Cow<'a, BTreeMap<OrderId, UnitId>>,
    register: Cow<'a, DirectoryState>,
    leaders: Cow<'a, Leaders>,
    keys: Cow<'a, BTreeMap<String, CompletedCommand>>,
    keys_in_order: Cow<'a, VecDeque<String>>,
}

impl Desk {
    /// The snapshot to be written to disk.
    pub fn snapshot(&self) -> DeskSnapshot<'_> {
        DeskSnapshot {
            tickets: Cow::Borrowed(&self.tickets),
            matters: Cow::Borrowed(&self.matters),
            filings: Cow::Borrowed(&self.filings),
            orders: Cow::Borrowed(&self.orders),
            order_units: Cow::Borrowed(&self.order_units),
            register: Cow::Borrowed(&self.register),
            leaders: Cow::Borrowed(&self.leaders),
            keys: Cow::Borrowed(&self.keys),
            keys_in_order: Cow::Borrowed(&self.keys_in_order),
        }
    }

    /// This desk's rules and calendar with the state of the snapshot. As after a
    /// replay, the rules look at every ticket once.
    #[must_use]
    pub fn restore_from(self, snapshot: DeskSnapshot<'_>) -> Desk {
        let Desk { rules, calendar, seed, .. } = self;
        let tickets = snapshot.tickets.into_owned();
        let mut desk = Desk {
            matters: snapshot.matters.into_owned(),
            filings: snapshot.filings.into_owned(),
            orders: snapshot.orders.into_owned(),
            order_units: snapshot.order_units.into_owned(),
            register: snapshot.register.into_owned(),
            leaders: snapshot.leaders.into_owned(),
            keys: snapshot.keys.into_owned(),
            keys_in_order: snapshot.keys_in_order.into_owned(),
            ..Desk::new(rules, calendar, seed.0)
        };
        for ticket in tickets.values() {
            desk.index_number(ticket.contact().cloned(), ticket.ticket);
            desk.missed_calls.update(ticket);
        }
        desk.rule_agenda.changed.extend(tickets.keys());
        desk.tickets = tickets;
        desk
    }
}
