//! A matter (事项): one real-world issue, whatever the number of its callers.

use std::collections::BTreeSet;

use model::{TicketId, Timestamp, desk::MatterId};
use serde::{Deserialize, Serialize};

/// One issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// Its number, which is that of the ticket that opened it.
    pub matter: MatterId,
    /// The ticket that the others follow.
    pub master: TicketId,
    /// Its tickets that are not archived.
    pub tickets: BTreeSet<TicketId>,
    /// The number of tickets it ever had (UNS-11, repeated or concentrated matters).
    pub tickets_ever: u32,
    /// The number of calls about it, urging ones included.
    pub calls: u32,
    /// When it began.
    pub since: Timestamp,
    /// When the last of its tickets joined.
    pub latest: Timestamp,
}

impl Matter {
    pub(crate) fn opened(matter: MatterId, at: Timestamp) -> Matter {
        let (master, tickets) = (matter.0, BTreeSet::new());
        Matter { matter, master, tickets, tickets_ever: 0, calls: 0, since: at, latest: at }
    }

    pub(crate) fn joined(&mut self, ticket: TicketId, at: Timestamp) {
        if self.tickets.insert(ticket) {
            self.tickets_ever = self.tickets_ever.saturating_add(1);
            self.calls = self.calls.saturating_add(1);
            self.latest = at;
        }
    }
}
