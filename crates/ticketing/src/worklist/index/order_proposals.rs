//! The orders that lateness will ask for, each with the moment from which it does (SUP-02,
//! supervision orders).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use deadlines::clock::{Clock, OverdueLevel, Policy, WorkingTime};
use model::{
    TicketId, Timestamp,
    desk::{AssignmentId, MatterId},
};

use super::row::WorkRow;
use crate::order::OrderSummary;

/// The assignments about which an order may be proposed.
#[derive(Clone, Debug, Default)]
pub(super) struct OrderProposals {
    proposals: BTreeMap<AssignmentId, OrderProposal>,
    /// The same proposals by matter.
    of_matter: BTreeMap<MatterId, BTreeSet<AssignmentId>>,
    /// Those whose moment has not come yet.
    waiting: BTreeSet<(Timestamp, AssignmentId)>,
    /// The orders that matters have had.
    orders: BTreeMap<MatterId, MatterOrders>,
}

#[derive(Clone, Debug)]
struct OrderProposal {
    row: Arc<WorkRow>,
    matter: Option<MatterId>,
    /// When the levels of [`ORDER_LEVELS`] or worse ones begin.
    level_from: [Option<Timestamp>; 3],
    /// Since when a clock runs; from then on an unmet order of level 2 makes it most overdue.
    running_since: Option<Timestamp>,
    /// When an order is proposed.
    from: Option<Timestamp>,
}

/// The orders of a matter as far as a proposal needs them.
#[derive(Clone, Copy, Debug, Default)]
struct MatterOrders {
    summary: OrderSummary,
    /// From when an order of level 2 is unmet.
    unmet_from: Option<Timestamp>,
}

impl OrderProposals {
    /// Removes the proposals about a ticket and returns them.
    pub(super) fn forget_ticket(&mut self, ticket: TicketId) -> Vec<AssignmentId> {
        let all = AssignmentId { ticket, n: 0 }..=AssignmentId { ticket, n: u16::MAX };
        let ids: Vec<AssignmentId> = self.proposals.range(all).map(|(id, _)| *id).collect();
        for id in &ids {
            let Some(gone) = self.proposals.remove(id) else { continue };
            if let Some(from) = gone.from {
                self.waiting.remove(&(from, *id));
            }
            if let Some(matter) = gone.matter
                && let Some(of_matter) = self.of_matter.get_mut(&matter)
            {
                of_matter.remove(id);
                if of_matter.is_empty() {
                    self.of_matter.remove(&matter);
                }
            }
        }
        ids
    }

    /// Adds the proposal about an assignment with these handling clocks.
    pub(super) fn add(
        &mut self,
        id: AssignmentId,
        matter: Option<MatterId>,
        row: Arc<WorkRow>,
        clocks: &[&Clock],
        working_time: WorkingTime<'_>,
        policy: &Policy,
    ) {
        let level_from = ORDER_LEVELS.map(|level| {
            clocks.iter().filter_map(|clock| clock.level_from(level, working_time, policy)).min()
        });
        let running_since = clocks.iter().filter_map(|clock| clock.running_since()).min();
        if let Some(matter) = matter {
            self.of_matter.entry(matter).or_default().insert(id);
        }
        let proposal = OrderProposal { row, matter, level_from, running_since, from: None };
        self.proposals.insert(id, proposal);
        self.find_moment(id);
    }

    /// The orders that a matter has had now. Returns the proposals that may change.
    pub(super) fn set_orders(
        &mut self,
        matter: MatterId,
        summary: OrderSummary,
        unmet_from: Option<Timestamp>,
    ) -> Vec<AssignmentId> {
        self.orders.insert(matter, MatterOrders { summary, unmet_from });
        let ids = self.of_matter.get(&matter).into_iter().flatten();
        let ids: Vec<AssignmentId> = ids.copied().collect();
        ids.iter().for_each(|id| self.find_moment(*id));
        ids
    }

    /// When the next proposal begins.
    pub(super) fn next_from(&self) -> Option<Timestamp> {
        self.waiting.first().map(|(from, _)| *from)
    }

    /// Removes those that begin by `now` from the waiting ones and returns them.
    pub(super) fn begun(&mut self, now: Timestamp) -> Vec<AssignmentId> {
        let mut begun = Vec::new();
        while let Some((from, id)) = self.waiting.pop_first() {
            if from > now {
                self.waiting.insert((from, id));
                break;
            }
            begun.push(id);
        }
        begun
    }

    /// The row of a proposal that has begun by `now`.
    pub(super) fn row_at(&self, id: AssignmentId, now: Timestamp) -> Option<Arc<WorkRow>> {
        let proposal = self.proposals.get(&id)?;
        proposal.from.is_some_and(|from| from <= now).then(|| Arc::clone(&proposal.row))
    }

    fn find_moment(&mut self, id: AssignmentId) {
        let Some(proposal) = self.proposals.get_mut(&id) else { return };
        if let Some(before) = proposal.from {
            self.waiting.remove(&(before, id));
        }
        let orders = proposal.matter.and_then(|matter| self.orders.get(&matter)).copied();
        proposal.from = proposal.begins(orders.unwrap_or_default());
        self.waiting.extend(proposal.from.map(|from| (from, id)));
    }
}

impl OrderProposal {
    /// When an order is proposed: when the lateness reaches the first level that asks for an order the
    /// matter has not had. An unmet order of level 2 makes a running clock most overdue.
    fn begins(&self, orders: MatterOrders) -> Option<Timestamp> {
        let is_asked = |level: &OverdueLevel| orders.summary.order_to_propose(*level).is_some();
        let first = ORDER_LEVELS.iter().position(is_asked)?;
        let late = self.level_from.get(first).copied().flatten();
        let unmet = self.running_since.zip(orders.unmet_from).map(|(run, from)| run.max(from));
        [late, unmet].into_iter().flatten().min()
    }
}

/// The levels that ask for an order.
const ORDER_LEVELS: [OverdueLevel; 3] = [OverdueLevel::O3, OverdueLevel::O4, OverdueLevel::O5];
