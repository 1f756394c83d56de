//! The dispatcher as a state machine: inputs in, offers and events out.
//!
//! `seats` has the states of seats, `profiles` their skills and queues, `calls` the waiting calls,
//! `offers` the matching of both, `outlook` why and how long calls wait, `timers` what is due, and
//! `commands` the commands of people, and `adopt` another policy. Seats change by events only, in one place
//! ([`Dispatcher::seat_event`]), so that the log has every change.
//!
//! One input does a bounded amount of work. What is left is due at once, so that the driver takes
//! the inputs that have come in between.

mod adopt;
mod calls;
mod commands;
mod offers;
mod outlook;
mod profiles;
mod seats;
mod timers;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::{
    AccountName, CallId, Event, OfferId, QueueId, SeatId, TemporaryProfile, Timestamp,
    event::{QueueExit, WithdrawalReason},
};
use queue::{CallQueue, HandleTimes};

use crate::{
    Input, Output, Policy, QueuePolicy, SeatState, backlog::Backlog, matching::Precedence,
    ready_agents::ReadyAgents, seat_table::SeatTable,
};
use calls::{Arrival, Call};
use offers::{Offer, Talk};
pub use outlook::{ClassOutlook, QueueEstimate};
use timers::Timer;

/// Decides which agent answers which call.
#[derive(Debug)]
pub struct Dispatcher {
    policy: Policy,
    queues: Vec<Queue>,
    queue_index: BTreeMap<QueueId, usize>,
    seats: SeatTable<SeatState>,
    /// The seats at which agents are signed in by name.
    seat_of_agent: BTreeMap<AccountName, SeatId>,
    /// The number of signed-in seats that neither ring nor talk.
    idle_seats: usize,
    /// Seats that a person signed out in this run. They do not sign in again by themselves.
    signed_out: BTreeSet<SeatId>,
    /// Seats that the policy does not have any more and that still talk.
    leaving: BTreeSet<SeatId>,
    /// Temporary profiles, which are valid instead of the policy's until they end.
    temporary_profiles: BTreeMap<AccountName, TemporaryProfile>,
    /// Their ends, in order.
    profile_ends: BTreeSet<(Timestamp, AccountName)>,
    ready_agents: ReadyAgents,
    backlog: Backlog,
    calls: BTreeMap<CallId, Call>,
    offers: BTreeMap<OfferId, Offer>,
    talks: BTreeMap<CallId, Talk>,
    /// Seats in a call or in its wrap-up, with the call's queue and the start.
    engaged: SeatTable<Option<(usize, Timestamp)>>,
    /// The queues in whose `staffed` each signed-in seat is counted.
    counted: SeatTable<Vec<usize>>,
    last_offer: OfferId,
    /// Whether no voice port is free to ring a seat.
    no_ports: bool,
    drain_at: Option<Timestamp>,
    timers: BTreeSet<(Timestamp, Timer)>,
    /// Seats that became ready and are not matched yet.
    unmatched_seats: BTreeSet<SeatId>,
    /// Calls that became available and are not matched yet.
    unmatched_calls: BTreeSet<Precedence>,
    /// Waiting calls that a seat missed and does not ring for yet.
    missed_calls: BTreeSet<CallId>,
    /// Waiting calls whose class has changed since [`Dispatcher::take_changed_call`] returned them.
    changed_calls: BTreeSet<CallId>,
    outputs: VecDeque<Output>,
}

#[derive(Debug)]
struct Queue {
    id: QueueId,
    policy: QueuePolicy,
    /// All calls that wait in the queue, including those offered to a seat.
    calls: CallQueue,
    /// The number of signed-in seats that serve the queue.
    staffed: usize,
    handle_times: HandleTimes,
}

impl Dispatcher {
    /// A dispatcher without calls, where no seat is signed in. Offer ids continue after
    /// `last_offer`.
    pub fn new(policy: Policy, last_offer: OfferId) -> Dispatcher {
        let queue_index: BTreeMap<QueueId, usize> =
            policy.queues.keys().cloned().enumerate().map(|(n, queue)| (queue, n)).collect();
        let queues = policy.queues.iter().map(|(id, policy)| Queue {
            id: id.clone(),
            policy: policy.clone(),
            calls: CallQueue::new(),
            staffed: 0,
            handle_times: HandleTimes::new(),
        });
        let seats = || policy.seats.keys().copied();
        Dispatcher {
            queues: queues.collect(),
            seats: SeatTable::new(seats(), SeatState::default),
            seat_of_agent: BTreeMap::new(),
            idle_seats: 0,
            signed_out: BTreeSet::new(),
            leaving: BTreeSet::new(),
            temporary_profiles: BTreeMap::new(),
            profile_ends: BTreeSet::new(),
            ready_agents: ReadyAgents::new(&policy, &queue_index),
            queue_index,
            backlog: Backlog::default(),
            calls: BTreeMap::new(),
            offers: BTreeMap::new(),
            talks: BTreeMap::new(),
            engaged: SeatTable::new(seats(), || None),
            counted: SeatTable::new(seats(), Vec::new),
            last_offer,
            no_ports: false,
            drain_at: None,
            timers: BTreeSet::new(),
            unmatched_seats: BTreeSet::new(),
            unmatched_calls: BTreeSet::new(),
            missed_calls: BTreeSet::new(),
            changed_calls: BTreeSet::new(),
            outputs: VecDeque::new(),
            policy,
        }
    }

    /// Takes one input. Afterwards `poll_output` has to be called until it returns `None`.
    pub fn handle_input(&mut self, now: Timestamp, input: Input) {
        match input {
            Input::SeatReached { seat } => self.seat_reached(now, seat),
            Input::SeatUnreached { seat } => self.seat_unreached(now, seat),
            Input::SeatBusy { seat } => self.seat_busy(now, seat),
            Input::SeatFree { seat } => self.seat_free(now, seat),
            Input::Enqueue { call, queue, skills, priority, since, transferred } => {
                let arrival = Arrival { queue, skills, priority, since, transferred };
                self.enqueue(now, call, arrival);
            }
            Input::ChooseVoicemail { call } => {
                self.withdraw_call(now, call, WithdrawalReason::CallerGone);
                self.exit(now, call, QueueExit::Voicemail);
            }
            Input::Leave { call } => self.leave(now, call),
            Input::Ringing { offer } => self.ringing(offer),
            Input::Answered { offer } => self.answered(now, offer),
            Input::Missed { offer, reason, code } => self.missed(now, offer, reason, Some(code)),
            Input::NotRung { offer } => self.not_rung(now, offer),
            Input::PortsFree => self.ports_free(),
            Input::TalkEnded { call } => self.talk_ended(now, call),
            Input::TalkTaken { call, seat, queue, ring_ms } => {
                self.talk_taken(now, call, seat, &queue, ring_ms);
            }
            Input::Drain { until } => self.drain(now, until),
            Input::Timeout => self.timeout(now),
        }
        self.dispatch(now);
    }

    /// The next output; outputs are in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The time for [`Input::Timeout`].
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// The call that a seat talks in.
    pub fn talk_of(&self, seat: SeatId) -> Option<CallId> {
        let mut talks = self.talks.iter();
        talks.find(|(_, talk)| talk.is_at(seat)).map(|(call, _)| *call)
    }

    /// Whether the policy has the queue.
    pub fn has_queue(&self, queue: &QueueId) -> bool {
        self.queue_index.contains_key(queue)
    }

    /// Whether the queue refuses one more call. A queue that does not exist is full.
    pub fn is_full(&self, queue: &QueueId) -> bool {
        let Some(queue) = self.queue_index.get(queue).and_then(|n| self.queues.get(*n)) else {
            return true;
        };
        let max = queue.policy.max_length.map_or(usize::MAX, |n| n as usize);
        queue.calls.len() >= max || self.calls.len() >= self.policy.limits.waiting_max
    }

    /// Whether no seat is rung because no voice port is free.
    pub fn is_without_ports(&self) -> bool {
        self.no_ports
    }

    /// The number of seats that might have to be rung at once: the signed-in seats that neither
    /// ring nor talk, but not more than the calls that wait without an offer.
    pub fn ringable_with(&self, more_callers: usize) -> usize {
        let callers = self.calls.len().saturating_sub(self.offers.len()) + more_callers;
        self.idle_seats.min(callers)
    }

    /// The state of a seat.
    pub fn seat(&self, seat: SeatId) -> Option<&SeatState> {
        self.seats.get(seat)
    }

    /// The states of all seats.
    pub fn seats(&self) -> impl Iterator<Item = (SeatId, &SeatState)> {
        self.seats.iter()
    }

    /// The calls in a queue in the order they are served, including those that ring.
    pub fn waiting(&self, queue: &QueueId) -> impl Iterator<Item = CallId> + '_ {
        let queue = self.queue_index.get(queue).and_then(|n| self.queues.get(*n));
        queue.into_iter().flat_map(|queue| queue.calls.iter().map(|entry| entry.call))
    }

    /// A waiting call's position in its queue, from 1.
    pub fn position(&self, call: CallId) -> Option<usize> {
        let queue = self.queues.get(self.calls.get(&call)?.queue)?;
        queue.calls.position(call)
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }
}
