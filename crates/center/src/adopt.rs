//! Another config while calls go on: one record, then the machines adopt it.

use std::{collections::BTreeMap, sync::Arc};

use model::{
    AccountName, AgentProfile, Event, QueueId, RoutingProfile, SeatId, Timestamp,
    event::ConfigAdopted,
};

use crate::{Center, CommandReceipt, Output, Refusal};

/// A checked config for a running center, in the types of its machines.
#[derive(Debug)]
pub struct Adoption {
    /// The record of it, with the whole config as text.
    pub record: ConfigAdopted,
    /// The plan of the switch.
    pub plan: switch::Plan,
    /// The policy of the dispatcher.
    pub policy: acd::Policy,
    /// The trunks, proxies and seats of signalling.
    pub peers: Box<sip::Peers>,
    /// The profiles of agents, as the wallboard shows them.
    pub agents: Arc<BTreeMap<AccountName, AgentProfile>>,
    /// The profiles of seats, as the wallboard shows them.
    pub seat_profiles: Arc<BTreeMap<SeatId, RoutingProfile>>,
    /// For each removed queue whose callers are moved, the queue that takes them over.
    pub moves: BTreeMap<QueueId, QueueId>,
}

impl Center {
    /// Adopts a config. The record is written first, so that its consequences follow it in the log;
    /// the reply comes once it is durable. A refused config changes nothing and writes nothing.
    pub(crate) fn adopt(&mut self, now: Timestamp, reply_to: u64, adoption: Adoption) {
        if self.is_emergency() {
            return self.reply(reply_to, Err(Refusal::Emergency));
        }
        if self.is_log_behind() {
            // Not `LogFailed`, which may also come after the config was adopted.
            let why = "the log cannot be written, so that the config would not be on record";
            return self.reply(reply_to, Err(Refusal::Config(vec![why.to_owned()])));
        }
        let Adoption { record, plan, policy, peers, agents, seat_profiles, moves } = adoption;
        let obstacles = self.switch.obstacles(&policy, &moves);
        if !obstacles.is_empty() {
            let why = obstacles.iter().map(ToString::to_string).collect();
            return self.reply(reply_to, Err(Refusal::Config(why)));
        }
        let at = self.time_of_day(now);
        self.append(at, Event::ConfigAdopted(record));
        self.memory.wallboard.set_profiles(agents, seat_profiles);
        if let Some(feed) = &mut self.pictures {
            feed.changes.note_profiles(&self.memory.wallboard);
            // A picture that was begun names classes of the policy before.
            feed.open = None;
        }
        // Signalling knows new seats before a seat can be rung.
        self.outputs.push_back(Output::Sip(sip::Command::Adopt(peers)));
        let adopted = self.switch.adopt(now, plan, policy, &moves);
        debug_assert_eq!(adopted, Ok(()), "the obstacles were looked for before");
        self.drain_switch(at);
        let seq = self.memory.seq;
        self.reply_when_durable(reply_to, seq, Ok(CommandReceipt { seq, ticket: None }));
    }
}
