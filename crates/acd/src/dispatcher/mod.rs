//! The dispatcher as a state machine: inputs in, offers and events out.
//!
//! `seats` has the states of seats, `profiles` their skills and queues, `calls` the waiting calls,
//! `offers` the matching of both, `wait_reasons` why calls wait, and `commands` the commands of
//! people. Seats change by events only, in one place ([`Dispatcher::seat_event`]), so that the log
//! has every change.

mod calls;
mod commands;
mod offers;
mod profiles;
mod seats;
mod wait_reasons;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::{AccountName, CallId, Event, OfferId, QueueId, SeatId, TemporaryProfile, Timestamp};
use queue::{CallQueue, HandleTimes};

use crate::{
    Input, Output, Policy, QueuePolicy, SeatState, Work, backlog::Backlog,
    ready_agents::ReadyAgents,
};
use calls::Call;
pub use calls::QueueEstimate;
use offers::{Offer, Talk};

/// Decides which agent answers which call.
#[derive(Debug)]
pub struct Dispatcher {
    policy: Policy,
    queues: Vec<Queue>,
    queue_index: BTreeMap<QueueId, usize>,
    seats: BTreeMap<SeatId, SeatState>,
    /// Seats that a person signed out in this run. They do not sign in again by themselves.
    signed_out: BTreeSet<SeatId>,
    /// Temporary profiles, which are valid instead of the policy's until they end.
    temporary_profiles: BTreeMap<AccountName, TemporaryProfile>,
    /// The earliest of their ends.
    profiles_end_at: Option<Timestamp>,
    ready_agents: ReadyAgents,
    backlog: Backlog,
    calls: BTreeMap<CallId, Call>,
    offers: BTreeMap<OfferId, Offer>,
    talks: BTreeMap<CallId, Talk>,
    /// Seats in a call or in its wrap-up, with the call's queue and the start.
    engaged: BTreeMap<SeatId, (usize, Timestamp)>,
    /// Signed-in seats with the queues in whose `staffed` they are counted.
    counted: BTreeMap<SeatId, Vec<usize>>,
    last_offer: OfferId,
    /// Whether no voice port is free to ring a seat.
    no_ports: bool,
    drain_at: Option<Timestamp>,
    timers: BTreeSet<(Timestamp, Timer)>,
    /// Seats that became ready since the last dispatch.
    unmatched_seats: BTreeSet<SeatId>,
    /// Calls that became available since the last dispatch.
    unmatched_calls: BTreeSet<CallId>,
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

/// All timers of the dispatcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// The end of an offer's lease, a wrap-up or a back-off, depending on the seat's state.
    Seat(SeatId),
    /// The next widening or overflow, the longest wait, or the moment a seat may be rung again.
    Call(CallId),
    /// The first end of a temporary profile.
    Profiles,
    /// The end of draining.
    Drain,
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
        Dispatcher {
            queues: queues.collect(),
            seats: policy.seats.keys().map(|seat| (*seat, SeatState::default())).collect(),
            signed_out: BTreeSet::new(),
            temporary_profiles: BTreeMap::new(),
            profiles_end_at: None,
            ready_agents: ReadyAgents::new(&policy, &queue_index),
            queue_index,
            backlog: Backlog::default(),
            calls: BTreeMap::new(),
            offers: BTreeMap::new(),
            talks: BTreeMap::new(),
            engaged: BTreeMap::new(),
            counted: BTreeMap::new(),
            last_offer,
            no_ports: false,
            drain_at: None,
            timers: BTreeSet::new(),
            unmatched_seats: BTreeSet::new(),
            unmatched_calls: BTreeSet::new(),
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
            Input::Enqueue { call, queue, skills, priority, since } => {
                self.enqueue(now, call, queue, skills, priority, since);
            }
            Input::Leave { call } => self.leave(now, call),
            Input::Ringing { offer } => self.ringing(offer),
            Input::Answered { offer } => self.answered(now, offer),
            Input::Missed { offer, reason, code } => self.missed(now, offer, reason, Some(code)),
            Input::NotRung { offer } => self.not_rung(now, offer),
            Input::PortsFree => self.ports_free(),
            Input::TalkEnded { call } => self.talk_ended(now, call),
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
        let idle = |state: &&SeatState| match state.work {
            Work::NotReady { .. } | Work::Ready | Work::WrapUp { .. } => true,
            Work::Off | Work::Alerting { .. } | Work::Talking { .. } => false,
        };
        self.seats.values().filter(idle).take(callers).count()
    }

    /// The state of a seat.
    pub fn seat(&self, seat: SeatId) -> Option<&SeatState> {
        self.seats.get(&seat)
    }

    /// The states of all seats.
    pub fn seats(&self) -> impl Iterator<Item = (SeatId, &SeatState)> {
        self.seats.iter().map(|(seat, state)| (*seat, state))
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

    fn timeout(&mut self, now: Timestamp) {
        while let Some(timer) = self.pop_due_timer(now) {
            match timer {
                Timer::Seat(seat) => self.seat_due(now, seat),
                Timer::Call(call) => self.call_due(now, call),
                Timer::Profiles => self.profiles_due(now),
                Timer::Drain => self.drained(now),
            }
        }
    }

    fn pop_due_timer(&mut self, now: Timestamp) -> Option<Timer> {
        if self.timers.first()?.0 > now {
            return None;
        }
        self.timers.pop_first().map(|(_, timer)| timer)
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }
}
