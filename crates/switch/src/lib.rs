//! The switch controls each call from arrival to release.
//!
//! It connects signalling, voice and dispatch: it follows the legs and relays, asks the dispatcher
//! which seat answers which call, and sends commands to `sip` and `media`. Everything it does is
//! an event.
//!
//! The crate does not know tickets, disks, browsers or sockets.

mod adopt;
mod arriving;
mod audibility;
mod call;
mod command;
mod deadlines;
mod end_many;
mod ending;
mod feature;
mod keys;
mod liveness;
mod menu;
mod plan;
mod ports;
mod queueing;
mod shortage;
mod signalling;
mod source;
mod voice;
mod voicemail;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use acd::Dispatcher;
use call::{Call, FeatureCall, Owner, Stage};
pub use command::{CallAction, CallCommand, CallRejected, Guest, GuestRef};
use end_many::Ending;
use liveness::Silences;
use media::PromptId;
use model::{
    CallId, Event, LegId, OfferId, SeatId, Timestamp, TrunkId,
    event::{CallEnd, Party, RefusalCause},
};
pub use plan::{
    Announcements, Features, LinePlan, MenuPlan, OutboundPlan, Plan, TrunkPlan, VoicemailPlan,
    refusal_code,
};
use ports::Ports;
use shortage::Shortage;
use sip::Incoming;

/// The inputs of the switch.
#[derive(Debug)]
pub enum Input {
    /// A call that was admitted by the intake.
    Arrival(Incoming),
    /// A call that the intake rejected.
    TurnedAway(Incoming, RefusalCause),
    /// An event of signalling.
    Sip(sip::Event),
    /// An event of the voice thread.
    Media(media::Event),
    /// The voice thread bound this port; a leg may use it.
    Port(u16),
    /// New calls are refused. Waiting calls may wait until the given time, talks continue.
    Drain {
        /// The last moment a waiting call may wait.
        until: Timestamp,
    },
    /// `poll_timeout` has come.
    Timeout,
}

/// The outputs of the switch.
#[derive(Debug)]
pub enum Output {
    /// A command to the signalling thread.
    Sip(sip::Command),
    /// A command to the voice thread.
    Media(media::Command),
    /// An event for the log.
    Event(Event),
}

/// All calls, seats and free voice ports.
#[derive(Debug)]
pub struct Switch {
    plan: Plan,
    dispatcher: Dispatcher,
    calls: BTreeMap<CallId, Call>,
    features: BTreeMap<CallId, FeatureCall>,
    legs: BTreeMap<LegId, Owner>,
    /// The number of calls on each trunk.
    trunk_calls: BTreeMap<TrunkId, u32>,
    /// The legs to outside numbers, and the trunk that each uses.
    outbound: BTreeMap<LegId, TrunkId>,
    ports: Ports,
    /// Calls to which several sources send voice and none has been accepted.
    contested: BTreeSet<CallId>,
    shortage: Shortage,
    last_call: CallId,
    /// The difference between the time of day and `now`, in microseconds. Call ids use it.
    ahead_us: i64,
    legs_dialled: u64,
    /// The times of announcements to waiting callers. Without effect once the call does not wait.
    announce_at: BTreeSet<(Timestamp, CallId)>,
    /// The deadlines of stages that wait for another component. Without effect after the stage.
    stage_deadlines: BTreeSet<(Timestamp, CallId)>,
    /// Calls whose relay the voice thread has not closed in time; at most one for each port.
    unclosed: BTreeSet<CallId>,
    silences: Silences,
    /// Calls that one input ends over several turns.
    ending: Option<Ending>,
    draining: bool,
    outputs: VecDeque<Output>,
}

impl Switch {
    /// A switch without calls. Call ids continue after `last_call`.
    pub fn new(plan: Plan, dispatcher: Dispatcher, last_call: CallId) -> Switch {
        Switch {
            plan,
            dispatcher,
            calls: BTreeMap::new(),
            features: BTreeMap::new(),
            legs: BTreeMap::new(),
            trunk_calls: BTreeMap::new(),
            outbound: BTreeMap::new(),
            ports: Ports::default(),
            contested: BTreeSet::new(),
            shortage: Shortage::default(),
            last_call,
            ahead_us: 0,
            legs_dialled: 0,
            announce_at: BTreeSet::new(),
            stage_deadlines: BTreeSet::new(),
            unclosed: BTreeSet::new(),
            silences: Silences::default(),
            ending: None,
            draining: false,
            outputs: VecDeque::new(),
        }
    }

    /// Sets how far the time of day is ahead of `now` from now on, in microseconds.
    pub fn set_ahead(&mut self, ahead_us: i64) {
        self.ahead_us = ahead_us;
    }

    /// Handles one input. The caller then drains `poll_output`.
    pub fn handle_input(&mut self, now: Timestamp, input: Input) {
        match input {
            Input::Arrival(incoming) => self.arrive(now, incoming),
            Input::TurnedAway(incoming, refusal) => self.turn_away(now, &incoming, refusal),
            Input::Sip(event) => self.handle_sip_event(now, event),
            Input::Media(event) => self.handle_media_event(now, event),
            Input::Port(port) => self.ports.add(port),
            Input::Drain { until } => {
                self.draining = true;
                self.dispatcher.handle_input(now, acd::Input::Drain { until });
            }
            Input::Timeout => {
                self.continue_ending(now);
                self.announce(now);
                self.end_overdue_stages(now);
                self.ask_the_silent(now);
                self.dispatcher.handle_input(now, acd::Input::Timeout);
            }
        }
        self.handle_dispatcher_outputs(now);
        self.follow_ports(now);
    }

    /// Handles a person's command about a seat.
    ///
    /// # Errors
    /// The seat does not exist, or its state does not allow the command.
    pub fn handle_command(
        &mut self,
        now: Timestamp,
        command: acd::AgentCommand,
    ) -> Result<(), acd::Rejected> {
        let result = self.dispatcher.handle_command(now, command);
        self.handle_dispatcher_outputs(now);
        result
    }

    /// Handles a supervisor's change of an agent's skills and queues.
    ///
    /// # Errors
    /// The same as [`Dispatcher::handle_profile_command`].
    pub fn handle_profile_command(
        &mut self,
        now: Timestamp,
        command: acd::ProfileCommand,
    ) -> Result<(), acd::ProfileRejected> {
        let result = self.dispatcher.handle_profile_command(now, command);
        self.handle_dispatcher_outputs(now);
        result
    }

    /// Ends a call as `end`, whatever its stage; `false` when the call does not exist.
    pub fn release(&mut self, now: Timestamp, call: CallId, end: CallEnd) -> bool {
        if !self.calls.contains_key(&call) {
            return false;
        }
        self.end(now, call, end);
        self.handle_dispatcher_outputs(now);
        true
    }

    /// The next output; outputs are in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The time for [`Input::Timeout`].
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let say = self.announce_at.first().map(|(at, _)| *at);
        let port = || self.ports.first_rested_at();
        let ring = self.dispatcher.is_without_ports().then(port).flatten();
        let stage = self.stage_deadlines.first().map(|(at, _)| *at);
        let shortage = self.shortage.poll_timeout();
        let ending = self.ending.as_ref().map(|_| Timestamp::default());
        [self.dispatcher.poll_timeout(), say, ring, shortage, stage, self.next_question(), ending]
            .into_iter()
            .flatten()
            .min()
    }

    /// The dispatcher, for reading.
    pub fn dispatcher(&self) -> &Dispatcher {
        &self.dispatcher
    }

    /// The same as [`Dispatcher::take_changed_call`].
    pub fn take_changed_call(&mut self) -> Option<CallId> {
        self.dispatcher.take_changed_call()
    }

    /// The seat that a call talks with.
    pub fn talks_with(&self, call: CallId) -> Option<SeatId> {
        match self.calls.get(&call)?.stage {
            Stage::Talking { seat, .. } => Some(seat),
            Stage::Menu { .. }
            | Stage::Waiting
            | Stage::Ringing { .. }
            | Stage::Transferring { .. }
            | Stage::Outside { .. }
            | Stage::Message { .. }
            | Stage::Leaving { .. }
            | Stage::Closing { .. } => None,
        }
    }

    /// The seats whose phones are in a call: those that have one, colleagues, and supervisors. A
    /// phone that consults with a second leg is there twice.
    pub fn seats_in_calls(&self) -> impl Iterator<Item = SeatId> {
        self.calls.values().flat_map(Call::seats)
    }

    /// The number of calls.
    pub fn calls_up(&self) -> usize {
        self.calls.len()
    }

    /// The number of voice ports that no call uses, including those that rest.
    pub fn ports_free(&self) -> usize {
        self.ports.len()
    }

    pub(crate) fn next_call(&mut self, now: Timestamp) -> CallId {
        let at = now.shifted(self.ahead_us);
        self.last_call = CallId::from_arrival(at).max(self.last_call.next());
        self.last_call
    }

    pub(crate) fn offer_of(&self, leg: LegId) -> Option<OfferId> {
        let Some(Owner::Seat(call)) = self.legs.get(&leg) else { return None };
        match self.calls.get(call)?.stage {
            Stage::Ringing { offer, leg: ringing, .. } if ringing == leg => Some(offer),
            _ => None,
        }
    }

    /// The call and the party of a leg; `None` for legs that are being released.
    pub(crate) fn side(&self, leg: LegId) -> Option<(CallId, Party)> {
        match self.legs.get(&leg)? {
            Owner::Caller(call) | Owner::Seat(call) | Owner::Guest(call) | Owner::Second(call) => {
                Some((*call, self.calls.get(call)?.party(leg)?))
            }
            Owner::Feature(_) => None,
        }
    }

    /// The id of the next leg that we dial.
    pub(crate) fn next_leg(&mut self) -> LegId {
        self.legs_dialled += 1;
        LegId(self.legs_dialled * 2)
    }

    pub(crate) fn emit(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    pub(crate) fn sip(&mut self, command: sip::Command) {
        self.outputs.push_back(Output::Sip(command));
    }

    pub(crate) fn media(&mut self, command: media::Command) {
        self.outputs.push_back(Output::Media(command));
    }
}

/// The prompts that answer a feature call.
pub(crate) fn verdict(plan: &Plan, granted: bool) -> Vec<PromptId> {
    if granted { plan.confirmed.clone() } else { plan.denied.clone() }
}

/// The most announcements, and the most overdue stages, that one timeout handles. The others stay
/// due, so that an input that has come in between does not wait for them.
pub(crate) const TIMERS_A_TURN: usize = 256;
