//! The machine: inputs in, offers and events out.

use std::collections::{BTreeMap, VecDeque};

use model::{CallId, Login, OfferId, QueueId, SeatId, Timestamp, WorkState};

use crate::{Denied, Input, Output, Policy, SeatState, Wish};

/// Who answers whom.
#[derive(Debug)]
pub struct Dispatcher {
    policy: Policy,
    seats: BTreeMap<SeatId, SeatState>,
    last_offer: OfferId,
    outputs: VecDeque<Output>,
}

impl Dispatcher {
    /// An empty floor by this policy. Offer ids continue after `last_offer`.
    pub fn new(policy: Policy, last_offer: OfferId) -> Dispatcher {
        let seats = policy.seats.keys().map(|seat| (*seat, SeatState::default())).collect();
        Dispatcher { policy, seats, last_offer, outputs: VecDeque::new() }
    }

    /// Put a seat back as the log left it, before the first input after a restart.
    ///
    /// Calls died with the engine: who talked gets wrap-up, who was rung is free.
    /// Phones count as away until they are reached: who was ready is not, till then.
    pub fn restore(&mut self, now: Timestamp, seat: SeatId, login: Login, work: Option<WorkState>) {
        let (_, _, _, _) = (now, seat, login, work);
    }

    /// Take one input; then drain `poll_output`.
    pub fn handle_input(&mut self, now: Timestamp, input: Input) {
        let (_, _) = (now, input);
    }

    /// A person's wish about a seat; denied with what is possible now.
    pub fn wish(&mut self, now: Timestamp, wish: Wish) -> Result<(), Denied> {
        let _ = now;
        self.seats.get(&wish.seat()).map(|_| ()).ok_or(Denied::NoSuchSeat)
    }

    /// What to do next, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to send [`Input::Timeout`].
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        None
    }

    /// Whether one more call would be refused there; also when there is no such queue.
    pub fn is_full(&self, queue: &QueueId) -> bool {
        !self.policy.queues.contains_key(queue)
    }

    /// A seat's state.
    pub fn seat(&self, seat: SeatId) -> Option<&SeatState> {
        self.seats.get(&seat)
    }

    /// Who waits in a queue, in the order they are to be served; calls that ring are among them.
    pub fn waiting(&self, queue: &QueueId) -> impl Iterator<Item = CallId> + '_ {
        let _ = queue;
        std::iter::empty()
    }

    /// A waiting call's place in its queue, from 1.
    pub fn position(&self, call: CallId) -> Option<usize> {
        let _ = call;
        None
    }
}
