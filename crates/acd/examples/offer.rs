//! The loop around the dispatcher: pass inputs and commands, drain the outputs, wait for the
//! deadline.
//!
//! One seat signs in and becomes ready. A call is queued and offered to it; the seat does not
//! answer, and the offer is withdrawn when its ring time is over.
#![allow(clippy::print_stdout, reason = "an example shows its output")]

use std::collections::BTreeMap;

use acd::{AgentCommand, Dispatcher, Input, Output, Policy, QueuePolicy, SeatPolicy};
use model::{CallId, OfferId, QueueId, SeatId, Timestamp, event::SeatActor};

pub(crate) fn main() {
    let (seat, queue) = (SeatId(1001), QueueId::from("main"));
    let serves = SeatPolicy { queues: [(queue.clone(), 1)].into(), ..SeatPolicy::default() };
    let policy = Policy {
        queues: [(queue.clone(), QueuePolicy::default())].into(),
        seats: [(seat, serves)].into(),
        ready_at_login: true,
        ..Policy::default()
    };
    let mut dispatcher = Dispatcher::new(policy, OfferId(0));
    let mut now = Timestamp::from_micros(1_000_000);
    dispatcher.handle_input(now, Input::SeatReached { seat });
    let login = AgentCommand::LogIn { seat, agent: None, by: SeatActor::Phone };
    println!("login: {:?}", dispatcher.handle_command(now, login));
    let skills = BTreeMap::new();
    let enqueue = Input::Enqueue {
        call: CallId::from_arrival(now),
        queue,
        skills,
        priority: 0,
        since: now,
        transferred: false,
    };
    dispatcher.handle_input(now, enqueue);
    let mut withdrawn = false;
    while !withdrawn {
        while let Some(output) = dispatcher.poll_output() {
            println!("{output:?}");
            withdrawn |= matches!(output, Output::Withdraw { .. });
        }
        // A real driver waits for this deadline or the next input, whichever is first.
        let Some(deadline) = dispatcher.poll_timeout() else { break };
        now = deadline;
        dispatcher.handle_input(now, Input::Timeout);
    }
    assert!(withdrawn, "the ring time of an offer is bounded");
}
