//! The queue of outputs until the driver polls them.

use std::collections::VecDeque;

use crate::{Counts, Event, Flow, Output, StateUpdate};

/// Outputs in order, and the endpoint's counters.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Output>,
    pub(crate) counts: Counts,
}

impl Outbox {
    pub(crate) fn send(&mut self, flow: Flow, bytes: Vec<u8>) {
        self.counts.sent += 1;
        self.queue.push_back(Output::Send { flow, bytes });
    }

    pub(crate) fn close(&mut self, flow: Flow) {
        self.queue.push_back(Output::Close { flow });
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.queue.push_back(Output::Event(event));
    }

    pub(crate) fn save(&mut self, save: StateUpdate) {
        self.queue.push_back(Output::Save(save));
    }

    pub(crate) fn poll(&mut self) -> Option<Output> {
        self.queue.pop_front()
    }
}
