//! The whole call center as one deterministic machine.
//!
//! It takes inputs and gives outputs, and `now` is an argument. Two programs drive it: the engine
//! with threads, sockets and a clock, and the simulator with a seed. The center numbers every
//! event, opens tickets, and holds each reply back until the records it promises are durable.
//!
//! It knows no disk, socket, thread or clock.

mod channels;
mod clock;
mod command;
mod control;
mod emergency;
pub mod kept;
mod memory;

use std::{collections::VecDeque, sync::Arc};

pub use acd::{NotNowReason, ProfileRejected};
pub use command::{ChannelsRequest, Command, DeskRequest, Refusal, Reply};
pub use control::{ControlCommand, ControlRequest, Forbidden};
pub use kept::Kept;
use memory::to_file;
pub use memory::{Memory, OpenOffer};
use model::{
    CallId, Date, Event, Record, Seq, TicketId, Timestamp,
    desk::{Actor, DeskEntry, DeskEvent, IdempotencyKey},
    event::{
        Alarm, AlarmCleared, AlarmRaised, CallEnd, CallEnded, EmergencyStarted, EngineStarted,
        EngineStopped, OfferWithdrawn, SeatActor, WithdrawalReason,
    },
};
use stats::{Cdr, SeatBoard, Wallboard};
use switch::Switch;
pub use ticketing::Done;
use ticketing::{CallToFile, DeskCommand, Ticket};

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
            Input::HangUpAll => {
                let calls: Vec<CallId> = self.memory.open_calls.keys().copied().collect();
                for call in calls {
                    self.switch.release(now, call, CallEnd::Drained);
                }
            }
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

    /// The wallboard with the values that only a running engine has for each waiting call: its
    /// position, its expected wait, and the caller's number (masked).
    pub fn picture(&self, now: Timestamp) -> Arc<Wallboard> {
        let mut board = Arc::clone(&self.memory.wallboard);
        if board.has_waiting() {
            let estimates = self.switch.dispatcher().queue_estimates(now);
            let shown = Arc::make_mut(&mut board);
            shown.set_estimates(|call| {
                let estimate = estimates.get(&call)?;
                let ms = |wait: std::time::Duration| wait.as_millis().try_into().ok();
                Some((estimate.position, estimate.expected.and_then(ms)))
            });
            shown.set_callers(|call| Some(&self.memory.open_calls.get(&call)?.caller));
        }
        board
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
        self.reply_when_durable(reply_to, seq, reply.map(|()| Done { seq, ticket: None }));
    }

    /// Decides a command to the desk, appends its events and runs the rules in the same turn.
    fn handle_desk_request(
        &mut self,
        now: Timestamp,
        reply_to: u64,
        order: DeskRequest,
        recalled: &[Ticket],
    ) {
        let DeskRequest { by, command, expected, key } = order;
        let key = key.map(|name| IdempotencyKey { name, command_sha256: command.sha256() });
        match self.earlier_receipt(&by, key.as_ref()) {
            Err(no) => return self.reply(reply_to, Err(Refusal::Desk(no))),
            Ok(Some(done)) => {
                // The same reply as to the first, but with the ticket's present last record.
                let now_at = done.ticket.map_or(0, |ticket| self.memory.desk.seq_of(ticket));
                let seq = now_at.max(done.seq);
                return self.reply_when_durable(reply_to, seq, Ok(Done { seq, ..done }));
            }
            Ok(None) => {}
        }
        let next = match &command {
            DeskCommand::TakeOver(past) => self.memory.next_taken_over(past.opened),
            _ => self.memory.next_ticket(now),
        };
        let uncited = self.cannot_cite(&command);
        let desk = &self.memory.desk;
        let decided = desk.decide_recalling(now, &by, command, expected, next, recalled);
        let events = match workflow::Refusal::with(decided, uncited) {
            Ok(events) => events,
            Err(no) => return self.reply(reply_to, Err(Refusal::Desk(no))),
        };
        let ticket = events.iter().find_map(DeskEvent::ticket);
        let last = events.len().saturating_sub(1);
        for (n, event) in events.into_iter().enumerate() {
            // Only the last event has the key: after a power cut between two events, a repeat of
            // the command is not answered as done.
            let key = key.clone().filter(|_| n == last);
            let entry = DeskEntry { by: by.clone(), key, event };
            self.append(now, Event::Desk(Box::new(entry)));
        }
        self.run_desk_rules(now);
        // The sender's next command expects the ticket as the rules have left it.
        let seq = ticket.map_or(self.memory.seq, |ticket| self.memory.desk.seq_of(ticket));
        let last = self.memory.seq;
        self.reply_when_durable(
            reply_to,
            last,
            Ok(Done { seq: if seq == 0 { last } else { seq }, ticket }),
        );
    }

    /// The receipt of an earlier command with the same key.
    ///
    /// # Errors
    /// [`workflow::Refusal::KeyReused`] when the earlier command was another one.
    pub(crate) fn earlier_receipt(
        &self,
        by: &Actor,
        key: Option<&IdempotencyKey>,
    ) -> Result<Option<Done>, workflow::Refusal> {
        key.map_or(Ok(None), |key| self.memory.desk.done(by, key))
    }

    /// Runs the rules of the desk and the channels, at most `STEPS_A_TURN` steps; the next turn
    /// runs the rest.
    fn run_desk_rules(&mut self, now: Timestamp) {
        if self.is_emergency() {
            return;
        }
        for _ in 0..STEPS_A_TURN {
            let Some(event) = self.memory.desk.poll_step(now) else {
                if self.run_channel_rules(now) {
                    continue;
                }
                return;
            };
            let entry = DeskEntry { by: Actor::Engine, key: None, event };
            self.append(now, Event::Desk(Box::new(entry)));
        }
    }

    /// Checks once a day the alarms that depend on the date: days without a signing leader when the
    /// hotline keeps a roster (LDR-02), and a missing notice of holidays.
    fn check_daily_alarms(&mut self, now: Timestamp) {
        let (desk, now) = (&self.memory.desk, now.max(self.memory.at));
        let today = desk.zone().date(now);
        if self.daily_alarms_checked == Some(today) {
            return;
        }
        self.daily_alarms_checked = Some(today);
        let gaps = match self.has_roster() {
            true => desk.leaders().upcoming_gaps(today),
            false => Vec::new(),
        };
        let unsigned = gaps.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let missing = desk.ground().calendar.missing_notice(today);
        let holidays = missing.map_or_else(String::new, |year| {
            format!("config/calendar has no {year}.toml: due dates in {year} are provisional")
        });
        self.set_alarm(now, Alarm::NobodySigns, unsigned);
        self.set_alarm(now, Alarm::HolidaysUnknown, holidays);
    }

    /// Raises an alarm whose text has changed and clears one whose text is empty.
    fn set_alarm(&mut self, now: Timestamp, alarm: Alarm, text: String) {
        match self.memory.wallboard.alarms.get(&alarm) {
            Some(_) if text.is_empty() => {
                self.append(now, Event::AlarmCleared(AlarmCleared { alarm }));
            }
            None if text.is_empty() => {}
            Some(up) if *up == text => {}
            _ => self.append(now, Event::AlarmRaised(AlarmRaised { alarm, text })),
        }
    }

    fn has_roster(&self) -> bool {
        self.memory.desk.leaders().turns().next().is_some()
    }

    /// The next local midnight, when the daily alarms look one day further ahead; only with a
    /// roster.
    fn next_day(&self) -> Option<Timestamp> {
        let seen = self.daily_alarms_checked.filter(|_| self.has_roster())?;
        Some(self.memory.desk.zone().moment(seen.plus(1), 0))
    }

    /// Replies once the records up to `seq` are durable.
    fn reply_when_durable(&mut self, reply_to: u64, seq: Seq, reply: Reply) {
        match reply {
            Ok(_) if self.log_failed => self.reply(reply_to, Err(Refusal::LogFailed)),
            Ok(_) if seq > self.durable => {
                self.pending_replies.push_back(PendingReply { seq, reply_to, reply });
            }
            // A refusal has no records, and these records are durable already.
            Ok(_) | Err(_) => self.reply(reply_to, reply),
        }
    }

    /// The end of a call that a person ends at the console: `SeatHungUp` when the person is the
    /// agent who talks, otherwise `SupervisorHungUp`.
    fn end_by(&self, call: CallId, by: &SeatActor) -> CallEnd {
        let seat = self.switch.talks_with(call);
        let agent = seat.and_then(|seat| self.memory.wallboard.seats.get(&seat)?.agent());
        match (by, agent) {
            (SeatActor::Person(who), Some(agent)) if who == agent => CallEnd::SeatHungUp,
            _ => CallEnd::SupervisorHungUp,
        }
    }

    /// Carries out a command about a seat or a call.
    fn control(
        &mut self,
        now: Timestamp,
        by: SeatActor,
        command: ControlCommand,
    ) -> Result<(), Refusal> {
        let command = match command {
            ControlCommand::LogIn { seat, agent } => acd::AgentCommand::LogIn { seat, agent, by },
            ControlCommand::LogOut { seat } => acd::AgentCommand::LogOut { seat, by },
            ControlCommand::Ready { seat } => acd::AgentCommand::Ready { seat, by },
            ControlCommand::NotReady { seat, reason } => {
                acd::AgentCommand::NotReady { seat, reason, by }
            }
            ControlCommand::ExtendWrapUp { seat, by: by_how_much } => {
                acd::AgentCommand::ExtendWrapUp { seat, by_how_much, by }
            }
            ControlCommand::SetProfile { agent, profile, until } => {
                let until = until.map(|until| until.shifted(-self.ahead_us));
                let set = acd::ProfileCommand::Set { agent, profile, until, by };
                return self.profile_command(now, set);
            }
            ControlCommand::WithdrawProfile { agent } => {
                return self.profile_command(now, acd::ProfileCommand::Withdraw { agent, by });
            }
            ControlCommand::HangUp { call } => {
                let end = self.end_by(call, &by);
                let found = self.switch.release(now, call, end);
                return if found { Ok(()) } else { Err(Refusal::NoSuchCall) };
            }
        };
        self.agent_command(now, command)
    }

    fn agent_command(&mut self, now: Timestamp, command: acd::AgentCommand) -> Result<(), Refusal> {
        self.switch.handle_command(now, command).map_err(|rejected| match rejected {
            acd::Rejected::NoSuchSeat => Refusal::NoSuchSeat,
            acd::Rejected::NotNow { reason, state, allowed } => {
                Refusal::NotNow { reason, state, allowed }
            }
        })
    }

    fn profile_command(
        &mut self,
        now: Timestamp,
        command: acd::ProfileCommand,
    ) -> Result<(), Refusal> {
        self.switch.handle_profile_command(now, command).map_err(Refusal::Profile)
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

    /// Appends an event, and the ticket or missed-call item that the desk files for it.
    fn append_with_ticket(&mut self, now: Timestamp, event: Event) {
        if self.is_emergency() {
            return self.append_in_emergency(now, event);
        }
        match &event {
            Event::CallConnected(connected) => {
                let cdr = self.memory.open_calls.get(&connected.call);
                let call = cdr.filter(|cdr| cdr.ticket.is_none()).map(|cdr| {
                    let answered = CallToFile { seat: Some(connected.seat), ..to_file(cdr) };
                    (cdr.call, answered)
                });
                self.append(now, event);
                if let Some((call, answered)) = call {
                    self.file_call(now, call, answered);
                }
            }
            Event::CallEnded(ended) => {
                let cdr = self.memory.open_calls.get(&ended.call).cloned();
                let wait_ms = ended.wait_ms;
                self.append(now, event);
                let Some(mut cdr) = cdr else { return };
                if cdr.connected.is_none() {
                    let missed = CallToFile { wait_ms, ..to_file(&cdr) };
                    cdr.ticket = Some(self.file_call(now, cdr.call, missed));
                }
                self.describe(now, cdr);
            }
            Event::CallRefused(refused) => {
                let (call, missed) = (refused.call, CallToFile::of_refused(refused));
                self.append(now, event);
                match missed {
                    Some(missed) if self.memory.desk.accepts_call(&missed) => {
                        self.file_call(now, call, missed);
                    }
                    Some(_) => self.raise_missed_calls_full(now),
                    None => {}
                }
            }
            _ => self.append(now, event),
        }
    }

    /// Appends an event in an emergency: there is no desk, so calls are described for their
    /// recordings and not filed.
    fn append_in_emergency(&mut self, now: Timestamp, event: Event) {
        let cdr = match &event {
            Event::CallEnded(ended) => self.memory.open_calls.get(&ended.call).cloned(),
            _ => None,
        };
        self.append(now, event);
        if let Some(cdr) = cdr {
            self.describe(now, cdr);
        }
    }

    /// Outputs the record of a call that ended now, for its recording's sidecar.
    fn describe(&mut self, now: Timestamp, mut cdr: Cdr) {
        cdr.ended = Some(now);
        self.outputs.push_back(Output::Describe(Box::new(cdr)));
    }

    /// Files a call at the desk and returns its ticket.
    fn file_call(&mut self, now: Timestamp, call: CallId, filed: CallToFile) -> TicketId {
        let next = self.memory.next_ticket(now);
        let (ticket, event) = self.memory.desk.file_call(call, filed, next);
        self.append(now, event);
        ticket
    }

    /// Raises the alarm that refused callers without an open item get no missed-call item.
    fn raise_missed_calls_full(&mut self, now: Timestamp) {
        let alarm = Alarm::MissedCallsFull;
        if !self.memory.wallboard.alarms.contains_key(&alarm) {
            let text = format!(
                "{} missed-call items are open: refused callers without an item get none until some \
                 are worked off; the log has every refusal",
                ticketing::MISSED_CALLS_MAX
            );
            self.append(now, Event::AlarmRaised(AlarmRaised { alarm, text }));
        }
    }

    /// Clears that alarm once a tenth of the items are done.
    fn clear_missed_calls_full(&mut self, now: Timestamp) {
        let alarm = Alarm::MissedCallsFull;
        if self.memory.wallboard.alarms.contains_key(&alarm)
            && self.memory.desk.missed_calls_worked_off()
        {
            self.append(now, Event::AlarmCleared(AlarmCleared { alarm }));
        }
    }

    fn append(&mut self, now: Timestamp, event: Event) {
        let record = Record { seq: self.memory.seq + 1, at: now.max(self.memory.at), event };
        if let Event::Desk(entry) = &record.event
            && matches!(entry.event, DeskEvent::Leader(_))
        {
            self.daily_alarms_checked = None;
        }
        self.memory.apply(&record);
        self.outputs.push_back(Output::Append(record));
    }

    fn reply(&mut self, reply_to: u64, reply: Reply) {
        self.outputs.push_back(Output::Reply { reply_to, reply });
    }

    fn release_replies(&mut self, now: Timestamp, durable: Seq) {
        self.durable = durable;
        if std::mem::replace(&mut self.log_failed, false) {
            self.append(now, Event::AlarmCleared(AlarmCleared { alarm: Alarm::LogFailed }));
        }
        while self.pending_replies.front().is_some_and(|pending| pending.seq <= durable) {
            if let Some(pending) = self.pending_replies.pop_front() {
                self.reply(pending.reply_to, pending.reply);
            }
        }
    }

    fn fail_replies(&mut self, now: Timestamp, why: String) {
        if !std::mem::replace(&mut self.log_failed, true) {
            // The wallboard shows it at once; the log has it when it can be written again.
            let text = format!("{why}; new calls are turned away until the log can be written");
            self.append(now, Event::AlarmRaised(AlarmRaised { alarm: Alarm::LogFailed, text }));
        }
        for pending in std::mem::take(&mut self.pending_replies) {
            self.reply(pending.reply_to, Err(Refusal::LogFailed));
        }
    }

    fn is_log_behind(&self) -> bool {
        self.log_failed || self.memory.seq - self.durable > UNSYNCED_MAX
    }

    /// Files the calls whose end is in the log without their ticket or missed-call item.
    fn file_missing_tickets(&mut self, now: Timestamp) {
        for (call, filed) in self.memory.owed.clone() {
            self.file_call(now, call, filed);
        }
    }

    /// Ends in the log the offers and calls that were up when the engine died, at `died`.
    fn close_interrupted_calls(&mut self, now: Timestamp, died: Timestamp) {
        let offers = std::mem::take(&mut self.memory.open_offers);
        for (offer, open) in offers {
            let withdrawn = OfferWithdrawn {
                offer,
                call: open.call,
                seat: open.seat,
                why: WithdrawalReason::Engine,
                ring_ms: died.ms_since(open.since),
            };
            self.append(now, Event::OfferWithdrawn(withdrawn));
        }
        let calls: Vec<Cdr> = self.memory.open_calls.values().cloned().collect();
        for cdr in calls {
            // A seat had answered, but the record of the ticket did not reach the disk.
            if cdr.connected.is_some() && cdr.ticket.is_none() && !self.is_emergency() {
                let call = to_file(&cdr);
                if call.seat.is_some() {
                    self.file_call(now, cdr.call, call);
                }
            }
            let talked = cdr.connected.map_or(0, |at| died.ms_since(at));
            let waited = match (cdr.queued, cdr.connected) {
                (Some(since), None) => died.ms_since(since),
                _ => cdr.wait_ms,
            };
            let ended = CallEnded {
                call: cdr.call,
                end: CallEnd::NodeFailed,
                seat: cdr.seat,
                total_ms: died.ms_since(cdr.arrived),
                wait_ms: waited,
                talk_ms: talked,
            };
            self.append_with_ticket(now, Event::CallEnded(ended));
        }
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

/// The steps of rules in one turn. A matter with five thousand followers is answered over several
/// turns, so that no call waits for it.
const STEPS_A_TURN: usize = 64;
/// Records that may wait for the disk before new calls are refused: some minutes of the busiest
/// hour of a province.
const UNSYNCED_MAX: u64 = 100_000;
/// The Retry-After of a call that is refused because the log cannot be written, in seconds
/// (RFC 3261 20.33).
const LOG_RETRY_S: u32 = 30;
