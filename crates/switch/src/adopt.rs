//! Another plan and policy while calls go on.

use std::collections::BTreeMap;

use acd::{NotAdopted, Policy};
use model::{QueueId, Timestamp};

use crate::{
    Plan, Switch,
    call::{Call, Stage},
};

impl Switch {
    /// The reasons why a policy cannot be adopted now; empty when it can.
    pub fn obstacles(
        &self,
        policy: &Policy,
        moves: &BTreeMap<QueueId, QueueId>,
    ) -> Vec<NotAdopted> {
        self.dispatcher.obstacles(policy, moves)
    }

    /// Adopts a plan and a policy. Calls that are up go on as they began: they keep line, skills,
    /// priority and menu, and hear the greeting to its end. A trunk that the plan does not have drains.
    ///
    /// # Errors
    /// The reasons why the policy cannot be adopted; nothing was changed.
    pub fn adopt(
        &mut self,
        now: Timestamp,
        plan: Plan,
        policy: Policy,
        moves: &BTreeMap<QueueId, QueueId>,
    ) -> Result<(), Vec<NotAdopted>> {
        self.dispatcher.adopt(now, policy, moves)?;
        let waits = |call: &Call| {
            matches!(call.stage, Stage::Menu { .. } | Stage::Waiting | Stage::Ringing { .. })
        };
        for call in self.calls.values_mut().filter(|call| waits(call)) {
            if let Some(to) = moves.get(&call.queue) {
                call.queue = to.clone();
            }
        }
        self.trunk_calls.retain(|trunk, up| *up > 0 || plan.trunks.contains_key(trunk));
        self.plan = plan;
        self.handle_dispatcher_outputs(now);
        self.follow_ports(now);
        Ok(())
    }
}
