//! A harness of a dispatcher, a clock that tests set, and the outputs.

use std::{collections::BTreeMap, time::Duration};

use acd::{AgentCommand, Dispatcher, Input, Output, Policy, QueuePolicy, SeatPolicy, Work};
use model::{
    CallId, Event, NotReadyReason, OfferId, QueueId, SeatId, Skill, Timestamp,
    event::{MissedReason, SeatActor},
};

pub(crate) struct Harness {
    pub(crate) acd: Dispatcher,
    pub(crate) now: Timestamp,
    /// The outputs since they were last taken.
    pub(crate) outputs: Vec<Output>,
    /// All events.
    pub(crate) log: Vec<(Timestamp, Event)>,
}

pub(crate) const START_S: u64 = 1_795_334_400;

pub(crate) fn queue(name: &str) -> QueueId {
    QueueId::from(name)
}

pub(crate) fn skills(list: &[(&str, u8)]) -> BTreeMap<Skill, u8> {
    list.iter().map(|(skill, level)| (Skill::from(*skill), *level)).collect()
}

/// A seat that serves these queues in tier 1.
pub(crate) fn serves(queues: &[&str]) -> SeatPolicy {
    let queues = queues.iter().map(|q| (queue(q), 1)).collect();
    SeatPolicy { queues, ..SeatPolicy::default() }
}

/// One queue, `main`, with this policy, and seats 1 to `seats` that serve it.
pub(crate) fn one_queue(policy: QueuePolicy, seats: u32) -> Policy {
    Policy {
        queues: [(queue("main"), policy)].into(),
        seats: (1..=seats).map(|n| (SeatId(n), serves(&["main"]))).collect(),
        ..Policy::default()
    }
}

impl Harness {
    pub(crate) fn new(policy: Policy) -> Harness {
        Harness {
            acd: Dispatcher::new(policy, OfferId(0)),
            now: Timestamp::from_micros(START_S * 1_000_000),
            outputs: Vec::new(),
            log: Vec::new(),
        }
    }

    /// A harness of one queue where seats 1 to `ready` are ready, one second apart.
    pub(crate) fn open(policy: QueuePolicy, ready: u32) -> Harness {
        let mut harness = Harness::new(one_queue(policy, ready));
        (1..=ready).for_each(|seat| harness.sit_down(seat));
        harness
    }

    pub(crate) fn drain(&mut self) {
        while let Some(output) = self.acd.poll_output() {
            if let Output::Event(event) = &output {
                self.log.push((self.now, event.clone()));
            }
            self.outputs.push(output);
        }
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.acd.handle_input(self.now, input);
        self.drain();
    }

    pub(crate) fn handle_command(&mut self, command: AgentCommand) -> Result<(), acd::Rejected> {
        let result = self.acd.handle_command(self.now, command);
        self.drain();
        result
    }

    /// Advances the time and handles the timers.
    pub(crate) fn pass(&mut self, by: Duration) {
        let end = self.now + by;
        while let Some(at) = self.acd.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.input(Input::Timeout);
            assert!(self.acd.poll_timeout().is_none_or(|next| next > at), "a timer stays due");
        }
        self.now = end;
    }

    pub(crate) fn pass_s(&mut self, seconds: u64) {
        self.pass(Duration::from_secs(seconds));
    }

    /// Makes the phone reachable, signs in and makes the seat ready; then a second passes.
    pub(crate) fn sit_down(&mut self, seat: u32) {
        let seat = SeatId(seat);
        self.input(Input::SeatReached { seat });
        self.handle_command(AgentCommand::LogIn { seat, agent: None, by: SeatActor::Phone })
            .unwrap();
        self.ready(seat.0).unwrap();
        self.pass_s(1);
    }

    pub(crate) fn ready(&mut self, seat: u32) -> Result<(), acd::Rejected> {
        self.handle_command(AgentCommand::Ready { seat: SeatId(seat), by: SeatActor::Phone })
    }

    pub(crate) fn not_ready(
        &mut self,
        seat: u32,
        reason: NotReadyReason,
    ) -> Result<(), acd::Rejected> {
        self.handle_command(AgentCommand::NotReady {
            seat: SeatId(seat),
            reason,
            by: SeatActor::Phone,
        })
    }

    pub(crate) fn log_out(&mut self, seat: u32) -> Result<(), acd::Rejected> {
        self.handle_command(AgentCommand::LogOut { seat: SeatId(seat), by: SeatActor::Phone })
    }

    /// A call with this number joins `main` now.
    pub(crate) fn call(&mut self, call: u64) {
        self.call_to("main", call, 0, &[]);
    }

    pub(crate) fn call_to(&mut self, to: &str, call: u64, priority: u8, asks: &[(&str, u8)]) {
        self.input(Input::Enqueue {
            transferred: false,
            call: CallId::from(call),
            queue: queue(to),
            skills: skills(asks),
            priority,
            since: self.now,
        });
    }

    /// The offers since they were last taken, as (call, seat) in order.
    pub(crate) fn rung(&mut self) -> Vec<(u64, u32)> {
        let rung =
            std::mem::take(&mut self.outputs).into_iter().filter_map(|output| match output {
                Output::Offer { call, seat, .. } => Some((call.as_u64(), seat.0)),
                _ => None,
            });
        rung.collect()
    }

    pub(crate) fn offer_at(&self, seat: u32) -> OfferId {
        match self.work(seat) {
            Work::Alerting { offer, .. } => *offer,
            other => panic!("seat {seat} does not ring, it is {other:?}"),
        }
    }

    pub(crate) fn rings(&mut self, seat: u32) {
        let offer = self.offer_at(seat);
        self.input(Input::Ringing { offer });
    }

    pub(crate) fn picks_up(&mut self, seat: u32) {
        let offer = self.offer_at(seat);
        self.input(Input::Answered { offer });
    }

    pub(crate) fn misses(&mut self, seat: u32, reason: MissedReason) {
        let offer = self.offer_at(seat);
        self.input(Input::Missed { offer, reason, code: 0 });
    }

    pub(crate) fn hangs_up(&mut self, call: u64) {
        self.input(Input::TalkEnded { call: CallId::from(call) });
    }

    pub(crate) fn leaves(&mut self, call: u64) {
        self.input(Input::Leave { call: CallId::from(call) });
    }

    pub(crate) fn work(&self, seat: u32) -> &Work {
        &self.acd.seat(SeatId(seat)).expect("a seat of the policy").work
    }

    pub(crate) fn is_not_ready(&self, seat: u32, why: NotReadyReason) -> bool {
        matches!(self.work(seat), Work::NotReady { reason, .. } if *reason == why)
    }

    pub(crate) fn waiting(&self) -> Vec<u64> {
        self.acd.waiting(&queue("main")).map(|call| call.as_u64()).collect()
    }

    pub(crate) fn position(&self, call: u64) -> Option<usize> {
        self.acd.position(CallId::from(call))
    }

    /// The names of the last events, newest first.
    pub(crate) fn last_events(&self, n: usize) -> Vec<String> {
        let name = |event: &Event| {
            let text = format!("{event:?}");
            text.split('(').next().unwrap_or_default().to_owned()
        };
        self.log.iter().rev().take(n).map(|(_, event)| name(event)).collect()
    }
}
