//! The machine: inputs in, offers and events out.
//!
//! `seats` says what a seat goes through, `calls` what a waiting call does,
//! `offers` how the two meet, `wishes` what people may requirement. Seats change by
//! events only, in one entry ([`Dispatcher::seat_event`]), so that the log
//! tells all of it.

mod calls;
mod commands;
mod offers;
mod seats;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::{CallId, Event, OfferId, QueueId, SeatId, Timestamp};
use queue::{CallQueue, HandleTimes};

use crate::{
    Input, Output, Policy, QueuePolicy, SeatState, Work, backlog::Backlog,
    ready_agents::ReadyAgents,
};
use calls::Call;
pub use calls::QueueEstimate;
use offers::{Offer, Talk};

/// Who answers whom.
#[derive(Debug)]
pub struct Dispatcher {
    policy: Policy,
    queues: Vec<Queue>,
    queue_index: BTreeMap<QueueId, usize>,
    seats: BTreeMap<SeatId, SeatState>,
    /// Signed out by somebody in this run: those do not sign themselves in again.
    signed_out: BTreeSet<SeatId>,
    ready_agents: ReadyAgents,
    backlog: Backlog,
    calls: BTreeMap<CallId, Call>,
    offers: BTreeMap<OfferId, Offer>,
    talks: BTreeMap<CallId, Talk>,
    /// Seats on a call or its wrap-up: of which queue, since when.
    engaged: BTreeMap<SeatId, (usize, Timestamp)>,
    last_offer: OfferId,
    /// No voice port is free to ring a seat with.
    no_ports: bool,
    drain_at: Option<Timestamp>,
    timers: BTreeSet<(Timestamp, Timer)>,
    /// Seats that became ready and calls that became free since the last dispatch.
    unmatched_seats: BTreeSet<SeatId>,
    unmatched_calls: BTreeSet<CallId>,
    outputs: VecDeque<Output>,
}

#[derive(Debug)]
struct Queue {
    id: QueueId,
    policy: QueuePolicy,
    /// All who wait here, the ringing ones included.
    calls: CallQueue,
    /// How many signed-in seats serve it.
    staffed: usize,
    handle_times: HandleTimes,
}

/// Whose deadline a timer is. All timers of the dispatcher are these three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// An offer's lease, a wrap-up or a back-off: what the seat's state says.
    Seat(SeatId),
    /// The next widening, overflow, longest wait, or a seat it may ring again.
    Call(CallId),
    /// The end of draining.
    Drain,
}

impl Dispatcher {
    /// An empty floor by this policy. Offer ids continue after `last_offer`.
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
        let ready_agents = ReadyAgents::new(&policy, &queue_index);
        Dispatcher {
            queues: queues.collect(),
            queue_index,
            seats: policy.seats.keys().map(|seat| (*seat, SeatState::default())).collect(),
            signed_out: BTreeSet::new(),
            backlog: Backlog::new(ready_agents.groups()),
            ready_agents,
            calls: BTreeMap::new(),
            offers: BTreeMap::new(),
            talks: BTreeMap::new(),
            engaged: BTreeMap::new(),
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

    /// Take one input; then drain `poll_output`.
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

    /// What to do next, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to send [`Input::Timeout`].
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// Whether one more call would be refused there; also when there is no such queue.
    pub fn is_full(&self, queue: &QueueId) -> bool {
        let Some(queue) = self.queue_index.get(queue).and_then(|n| self.queues.get(*n)) else {
            return true;
        };
        let max = queue.policy.max_length.map_or(usize::MAX, |n| n as usize);
        queue.calls.len() >= max || self.calls.len() >= self.policy.limits.waiting_max
    }

    /// Whether nobody is rung because no voice port is free.
    pub fn is_without_ports(&self) -> bool {
        self.no_ports
    }

    /// How many more seats could have to be rung at once: those signed in that neither ring nor
    /// talk, but not more than callers wait without a seat ringing for them.
    pub fn ringable_with(&self, more_callers: usize) -> usize {
        let callers = self.calls.len().saturating_sub(self.offers.len()) + more_callers;
        let idle = |state: &&SeatState| match state.work {
            Work::NotReady { .. } | Work::Ready | Work::WrapUp { .. } => true,
            Work::Off | Work::Alerting { .. } | Work::Talking { .. } => false,
        };
        self.seats.values().filter(idle).take(callers).count()
    }

    /// A seat's state.
    pub fn seat(&self, seat: SeatId) -> Option<&SeatState> {
        self.seats.get(&seat)
    }

    /// Every seat's state.
    pub fn seats(&self) -> impl Iterator<Item = (SeatId, &SeatState)> {
        self.seats.iter().map(|(seat, state)| (*seat, state))
    }

    /// Who waits in a queue, in the order they are to be served; calls that ring are among them.
    pub fn waiting(&self, queue: &QueueId) -> impl Iterator<Item = CallId> + '_ {
        let queue = self.queue_index.get(queue).and_then(|n| self.queues.get(*n));
        queue.into_iter().flat_map(|queue| queue.calls.iter().map(|entry| entry.call))
    }

    /// A waiting call's entry in its queue, from 1.
    pub fn position(&self, call: CallId) -> Option<usize> {
        let queue = self.queues.get(self.calls.get(&call)?.queue)?;
        queue.calls.position(call)
    }

    fn timeout(&mut self, now: Timestamp) {
        while let Some((_, due)) = self.timers.pop_first_if_due(now) {
            match due {
                Timer::Seat(seat) => self.seat_due(now, seat),
                Timer::Call(call) => self.call_due(now, call),
                Timer::Drain => self.drained(now),
            }
        }
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }
}

/// The one question asked of the timers.
trait PopDue {
    fn pop_first_if_due(&mut self, now: Timestamp) -> Option<(Timestamp, Timer)>;
}

impl PopDue for BTreeSet<(Timestamp, Timer)> {
    fn pop_first_if_due(&mut self, now: Timestamp) -> Option<(Timestamp, Timer)> {
        if self.first()?.0 > now {
            return None;
        }
        self.pop_first()
    }
}
