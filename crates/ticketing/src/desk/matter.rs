//! A matter (事项): one real-world issue with however many callers.

use std::collections::BTreeSet;

use model::{TicketId, Timestamp, desk::MatterId};
use serde::{Deserialize, Serialize};

/// One issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// Its number: that of the ticket that opened it.
    pub matter: MatterId,
    /// The ticket the others follow.
    pub master: TicketId,
    /// Its tickets that are not put away.
    pub tickets: BTreeSet<TicketId>,
    /// Tickets it ever had (UNS-11).
    pub tickets_ever: u32,
    /// Calls about it, chasing ones included.
    pub calls: u32,
    /// Since when.
    pub since: Timestamp,
    /// The last of its tickets.
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
