//! The whole call center as one deterministic machine.
//!
//! It takes inputs and gives outputs, and `now` is an argument. Two programs drive it: the engine
//! with threads, sockets and a clock, and the simulator with a seed. The center numbers every
//! event, opens tickets, and holds each reply back until the records it promises are durable.
//!
//! It knows no disk, socket, thread or clock.

mod adopt;
mod alarms;
mod calls;
mod channels;
mod clock;
mod command;
mod control;
mod desk;
mod emergency;
mod memory;
mod pictures;
mod replies;
mod seats;
pub mod snapshot;

use std::collections::VecDeque;

pub use acd::{NotNowReason, ProfileRejected};
pub use adopt::Adoption;
pub use command::{ChannelsRequest, Command, DeskRequest, Refusal, Reply};
pub use control::{ControlCommand, ControlRequest, Forbidden};
pub use memory::{Memory, OpenGuest, OpenOffer};
use model::{
    Date, Event, Record, Seq, Timestamp,
    desk::DeskEvent,
    event::{CallEnd, EmergencyStarted, EngineStarted, EngineStopped, SeatActor},
};
use pictures::PictureFeed;
pub use pictures::{Picture, PicturePart};
pub use snapshot::MemorySnapshot;
use stats::{Cdr, SeatBoard};
use switch::Switch;
pub use switch::{CallAction, CallRejected, Guest, GuestRef};
pub use ticketing::CommandReceipt;

/// An input of the center.
#[derive(Debug)]
pub enum Input {
    /// A call arrived that the intake admitted.
    Arrival(sip::Incoming),
    /// A call was refused before the intake.
    TurnedAway(sip::Incoming, model::event::RefusalCause),
    /// An event of the signalling thread.
    Sip(sip::Event),
    /// An event of the voice thread.
    Media(media::Event),
    /// The voice thread bound this port.
    Port(u16),
    /// A command; its reply has the same `reply_to`.
    Command {
        /// The id of the reply.
        reply_to: u64,
        /// The sender.
        by: SeatActor,
        /// The command.
        command: Command,
    },
    /// Adopt another config while calls go on; the reply has the same `reply_to`.
    Adopt {
        /// The id of the reply.
        reply_to: u64,
        /// The config.
        adoption: Box<Adoption>,
    },
    /// An event that happened outside the center and belongs in the log.
    Note(Event),
    /// The log is durable up to this record.
    Durable(Seq),
    /// The log cannot be written, for this reason. All waiting replies become refusals.
    LogFailed(String),
    /// Refuse new calls. Waiting calls may wait until `until`; talks continue.
    Drain {
        /// The last moment a waiting call may wait.
        until: Timestamp,
    },
    /// How far the time of day is ahead of `now` from now on. Deadlines use `now`, which never
    /// jumps; records, tickets and due dates use the time of day.
    Clock {
        /// In microseconds; negative when the time of day is behind.
        ahead_us: i64,
    },
    /// End every talk. A caller who hears an announcement about the end may hear all of it.
    EndTalks,
    /// End every call that is still up.
    HangUpAll,
    /// The time of [`Center::poll_timeout`] has come.
    Timeout,
}

/// An output of the center, for the driver to carry out.
#[derive(Debug)]
pub enum Output {
    /// A command to the signalling thread.
    Sip(sip::Command),
    /// A command to the voice thread.
    Media(media::Command),
    /// A record to append to the log.
    Append(Record),
    /// The reply to a command.
    Reply {
        /// The id from the command.
        reply_to: u64,
        /// The reply.
        reply: Reply,
    },
    /// The record of a call that ended, for its recording's sidecar. It comes before the command
    /// that closes the relay.
    Describe(Box<Cdr>),
}

/// The call center. After each [`Center::handle_input`], drain [`Center::poll_output`] and wait
/// until [`Center::poll_timeout`].
#[derive(Debug)]
pub struct Center {
    memory: Memory,
    switch: Switch,
    durable: Seq,
    log_failed: bool,
    pending_replies: VecDeque<PendingReply>,
    outputs: VecDeque<Output>,
    /// The day on which the daily alarms were last checked; `None` after the roster has changed.
    daily_alarms_checked: Option<Date>,
    /// How far the time of day is ahead of the drivers' `now`, in microseconds.
    ahead_us: i64,
    /// The changes for the next picture; `None` before [`Center::start_pictures`].
    pictures: Option<PictureFeed>,
}

/// A reply that waits until its records are durable.
#[derive(Debug)]
struct PendingReply {
    seq: Seq,
    reply_to: u64,
    reply: Reply,
}

impl Center {
    /// A center that continues from `memory`.
    ///
    /// Calls that were up when the engine died are ended in the log as `NodeFailed`, and offers as
    /// withdrawn. Seats stay signed in.
    pub fn start(
        now: Timestamp,
        memory: Memory,
        plan: switch::Plan,
        policy: acd::Policy,
        version: &str,
    ) -> Center {
        Center::begin(now, memory, plan, policy, version, None)
    }

    fn begin(
        now: Timestamp,
        memory: Memory,
        plan: switch::Plan,
        policy: acd::Policy,
        version: &str,
        emergency: Option<EmergencyStarted>,
    ) -> Center {
        let mut dispatcher = acd::Dispatcher::new(policy, memory.last_offer);
        let seats: Vec<_> =
            memory.wallboard.seats.iter().map(|(seat, board)| (*seat, saved_seat(board))).collect();
        let durable = memory.seq;
        // When the log's last record is later than the clock, the time of day begins there.
        let ahead_us = memory.ahead_of(now);
        for (agent, profile) in &memory.wallboard.temporary_profiles {
            let profile = clock::profile_by_now(profile, ahead_us);
            dispatcher.restore_profile(agent.clone(), profile);
        }
        for (seat, left) in seats {
            dispatcher.restore(now, seat, clock::by_now(left, ahead_us));
        }
        let mut switch = Switch::new(plan, dispatcher, memory.last_call);
        switch.set_ahead(ahead_us);
        let mut center = Center {
            memory,
            switch,
            durable,
            log_failed: false,
            pending_replies: VecDeque::new(),
            outputs: VecDeque::new(),
            daily_alarms_checked: None,
            ahead_us,
            pictures: None,
        };
        let now = center.time_of_day(now);
        // Interrupted calls ended at the last record of the engine that died; read it before this
        // start writes records.
        let died = center.memory.written;
        center.file_missing_tickets(now);
        center.close_interrupted_calls(now, died);
        if let Some(started) = emergency {
            center.append(now, Event::EmergencyStarted(started));
        }
        center.append(now, Event::EngineStarted(EngineStarted { version: version.to_owned() }));
        center.drain_switch(now);
        center.check_daily_alarms(now);
        center
    }

    /// Handles one input; then drain `poll_output`.
    pub fn handle_input(&mut self, now: Timestamp, input: Input) {
        let at = self.time_of_day(now);
        match input {
            Input::Arrival(incoming) if self.is_log_behind() => {
                let refusal = model::event::RefusalCause::LogFailed;
                self.outputs.push_back(Output::Sip(sip::Command::Reject {
                    leg: incoming.leg,
                    code: switch::refusal_code(refusal),
                    retry_after_s: Some(LOG_RETRY_S),
                }));
                self.switch.handle_input(now, switch::Input::TurnedAway(incoming, refusal));
            }
            Input::Arrival(incoming) => {
                self.switch.handle_input(now, switch::Input::Arrival(incoming));
            }
            Input::TurnedAway(incoming, why) => {
                self.switch.handle_input(now, switch::Input::TurnedAway(incoming, why));
            }
            Input::Sip(event) => self.switch.handle_input(now, switch::Input::Sip(event)),
            Input::Media(event) => self.switch.handle_input(now, switch::Input::Media(event)),
            Input::Port(port) => self.switch.handle_input(now, switch::Input::Port(port)),
            Input::Command { reply_to, by, command } => {
                self.handle_command(now, reply_to, by, command)
            }
            Input::Adopt { reply_to, adoption } => self.adopt(now, reply_to, *adoption),
            Input::Note(event) => self.append(at, event),
            Input::Durable(seq) => self.release_replies(at, seq),
            Input::LogFailed(why) => self.fail_replies(at, why),
            Input::Clock { ahead_us } => {
                self.ahead_us = ahead_us;
                self.switch.set_ahead(ahead_us);
                // The driver records the step (`ClockStepped`) before any other record gets the new
                // time of day, so no rule runs here.
                return;
            }
            Input::Drain { until } => {
                self.outputs.push_back(Output::Sip(sip::Command::Drain));
                self.switch.handle_input(now, switch::Input::Drain { until });
            }
            Input::EndTalks => self.switch.end_talks(now, CallEnd::Drained),
            Input::HangUpAll => self.switch.end_all(now, CallEnd::Drained),
            Input::Timeout => self.switch.handle_input(now, switch::Input::Timeout),
        }
        let at = self.time_of_day(now);
        self.drain_switch(at);
        self.run_desk_rules(at);
        self.check_daily_alarms(at);
        self.clear_missed_calls_full(at);
    }

    /// The next output, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The time at which to send [`Input::Timeout`], by the driver's `now`.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let calls = self.switch.poll_timeout();
        if self.is_emergency() {
            return calls;
        }
        let desk = self.memory.desk.poll_timeout();
        let channels = self.memory.channels.is_due().then(Timestamp::default);
        let days = desk.into_iter().chain(self.next_day()).map(|at| at.shifted(-self.ahead_us));
        calls.into_iter().chain(days).chain(channels).min()
    }

    /// The center's memory.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The switch, read-only.
    pub fn switch(&self) -> &Switch {
        &self.switch
    }

    /// The memory of a center that has ended.
    pub fn into_memory(self) -> Memory {
        self.memory
    }

    /// Records that the engine stops, for this reason. No call is up any more.
    pub fn stop(&mut self, now: Timestamp, why: &str) {
        self.append(
            self.time_of_day(now),
            Event::EngineStopped(EngineStopped { why: why.to_owned() }),
        );
    }

    fn handle_command(&mut self, now: Timestamp, reply_to: u64, by: SeatActor, command: Command) {
        if self.is_emergency() && !is_allowed_in_emergency(&command) {
            return self.reply(reply_to, Err(Refusal::Emergency));
        }
        let at = self.time_of_day(now);
        let reply = match command {
            Command::Desk(order) => return self.handle_desk_request(at, reply_to, *order, &[]),
            Command::DeskRecalling(order, tickets) => {
                return self.handle_desk_request(at, reply_to, *order, &tickets);
            }
            Command::Channels(order) => return self.handle_channels_request(at, reply_to, *order),
            Command::Receive(message) => return self.receive(at, reply_to, *message),
            Command::Control(request) => match request.authorize(&self.memory.wallboard) {
                Ok(command) => self.control(now, by, command),
                Err(forbidden) => Err(forbidden.into()),
            },
            Command::Note(event) => {
                self.append(at, event);
                Ok(())
            }
        };
        self.drain_switch(at);
        let seq = self.memory.seq;
        self.reply_when_durable(
            reply_to,
            seq,
            reply.map(|()| CommandReceipt { seq, ticket: None }),
        );
    }

    fn drain_switch(&mut self, now: Timestamp) {
        while let Some(output) = self.switch.poll_output() {
            match output {
                switch::Output::Sip(command) => self.outputs.push_back(Output::Sip(command)),
                switch::Output::Media(command) => self.outputs.push_back(Output::Media(command)),
                switch::Output::Event(event) => {
                    let event = clock::by_time_of_day(event, self.ahead_us);
                    self.append_with_ticket(now, event);
                }
            }
        }
    }

    fn append(&mut self, now: Timestamp, event: Event) {
        let record = Record { seq: self.memory.seq + 1, at: now.max(self.memory.at), event };
        if let Event::Desk(entry) = &record.event
            && matches!(entry.event, DeskEvent::Leader(_))
        {
            self.daily_alarms_checked = None;
        }
        if let Some(feed) = &mut self.pictures {
            feed.changes.note(&self.memory.wallboard, &record);
        }
        self.memory.apply(&record);
        self.outputs.push_back(Output::Append(record));
    }
}

/// Whether a command is allowed in an emergency: commands about calls and seats are.
fn is_allowed_in_emergency(command: &Command) -> bool {
    match command {
        Command::Control(_) => true,
        Command::Desk(_)
        | Command::DeskRecalling(..)
        | Command::Channels(_)
        | Command::Receive(_) => false,
        Command::Note(event) => event.is_of_emergency(),
    }
}

/// The seat's state on the wallboard, from which the dispatcher continues.
fn saved_seat(board: &SeatBoard) -> acd::SavedSeat {
    acd::SavedSeat {
        login: board.login.clone(),
        work: board.work.clone(),
        signed_out: board.signed_out,
        back: board.back,
        next: board.next.clone().zip(board.next_by.clone()),
    }
}

/// The Retry-After of a call that is refused because the log cannot be written, in seconds
/// (RFC 3261 20.33).
const LOG_RETRY_S: u32 = 30;
