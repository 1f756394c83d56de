//! The whole call center as one deterministic machine.
//!
//! Inputs in, outputs out, `now` as an argument. Two programs drive it: the
//! engine with threads, sockets and a clock, and the simulator with a seed.
//! Here every event gets its number, tickets are opened, and what promises
//! something to a person waits until its record is durable.
//!
//! It will never know a disk, a socket, a thread or a clock.

mod channels;
mod clock;
mod command;
mod control;
mod emergency;
pub mod kept;
mod memory;

use std::{collections::VecDeque, sync::Arc};

pub use acd::{NotNowReason, ProfileRejected};
pub use command::{AtTheChannels, AtTheDesk, Command, Refusal, Reply};
pub use control::{ControlCommand, ControlRequest, Forbidden};
pub use kept::Kept;
pub use memory::{Memory, OpenOffer, Owed};
use model::{
    CallId, Date, Event, Number, Record, Seq, Timestamp,
    desk::{Actor, DeskEntry, DeskEvent, IdempotencyKey},
    event::{
        Alarm, AlarmCleared, AlarmRaised, CallEnd, CallEnded, CallRefused, EmergencyStarted,
        EngineStarted, EngineStopped, MissedCallFiled, MissedCallRepeated, OfferWithdrawn,
        SeatActor, TicketOpened, WithdrawalReason,
    },
};
use stats::{Cdr, SeatBoard, Wallboard};
use switch::Switch;
pub use ticketing::Done;
use ticketing::{DeskCommand, Ticket};

/// What the center is told.
#[derive(Debug)]
pub enum Input {
    /// A call came through the intake.
    Arrival(sip::Incoming),
    /// A call was turned away before the intake.
    TurnedAway(sip::Incoming, model::event::RefusalCause),
    /// Signalling.
    Sip(sip::Event),
    /// Voice.
    Media(media::Event),
    /// The voice thread bound this port.
    Port(u16),
    /// Somebody wants something; the answer goes to `reply_to`.
    Command {
        /// Names the answer.
        reply_to: u64,
        /// Who asks.
        by: SeatActor,
        /// What.
        command: Command,
    },
    /// Something happened outside the machine that belongs on the record.
    Note(Event),
    /// The log is on disk up to here.
    Durable(Seq),
    /// The log cannot be written, and why. Nothing promised since the last `Durable` is kept.
    LogFailed(String),
    /// Take no new calls; those waiting may wait until then, talks go on.
    Drain {
        /// The last moment a waiting call may wait.
        until: Timestamp,
    },
    /// How far the time of day is ahead of `now`, in microseconds, from here on. Deadlines count by
    /// `now`, which never jumps; records, tickets and due dates have the time of day.
    Clock {
        /// Negative when the time of day is behind.
        ahead_us: i64,
    },
    /// End every talk; callers who hear why they are let go may hear it to its end.
    EndTalks,
    /// End every call that is still up.
    HangUpAll,
    /// `poll_timeout` has come.
    Timeout,
}

/// What the center wants done.
#[derive(Debug)]
pub enum Output {
    /// To the signalling thread.
    Sip(sip::Command),
    /// To the voice thread.
    Media(media::Command),
    /// To the log.
    Append(Record),
    /// To whoever asked.
    Reply {
        /// Names the answer.
        reply_to: u64,
        /// The answer.
        reply: Reply,
    },
    /// A call ended: what its recording's sidecar says about it. Comes before the relay is closed.
    Describe(Box<Cdr>),
}

/// The machine.
#[derive(Debug)]
pub struct Center {
    memory: Memory,
    switch: Switch,
    durable: Seq,
    log_failed: bool,
    promises: VecDeque<Promise>,
    outputs: VecDeque<Output>,
    /// The day for which the leaders' roster was looked at; none since it was changed.
    day_seen: Option<Date>,
    /// How far the time of day is ahead of the drivers' `now`, in microseconds.
    ahead_us: i64,
}

/// An answer that waits for its record to be durable.
#[derive(Debug)]
struct Promise {
    seq: Seq,
    reply_to: u64,
    reply: Reply,
}

/// A call that reached nobody.
struct Missed {
    call: CallId,
    caller: Number,
    line: model::LineId,
    wait_ms: u64,
    /// It was refused on arrival.
    refused: bool,
}

impl Center {
    /// A center that goes on where `memory` ends.
    ///
    /// What was up when the engine died is ended on the record here: its calls
    /// as `NodeFailed`, its offers as withdrawn; signed-in seats stay signed in.
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
            memory.wallboard.seats.iter().map(|(seat, board)| (*seat, as_left(board))).collect();
        let durable = memory.seq;
        // The log may be ahead of the clock: then the time of day begins where the log ends.
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
            promises: VecDeque::new(),
            outputs: VecDeque::new(),
            day_seen: None,
            ahead_us,
        };
        let now = center.time_of_day(now);
        // Calls that were up ended with the last thing the engine wrote, before it writes again.
        let died = center.memory.written;
        center.file_the_owed(now);
        center.bury_the_dead(now, died);
        if let Some(started) = emergency {
            center.append(now, Event::EmergencyStarted(started));
        }
        center.append(now, Event::EngineStarted(EngineStarted { version: version.to_owned() }));
        center.follow_switch(now);
        center.watch_the_days(now);
        center
    }

    /// Take one input; then drain `poll_output`.
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
            Input::Command { reply_to, by, command } => self.obey(now, reply_to, by, command),
            Input::Note(event) => self.append(at, event),
            Input::Durable(seq) => self.keep_promises(at, seq),
            Input::LogFailed(why) => self.break_promises(at, why),
            Input::Clock { ahead_us } => {
                self.ahead_us = ahead_us;
                self.switch.set_ahead(ahead_us);
                // A step goes on record before anything is stamped with the new time of day.
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
        self.follow_switch(at);
        self.follow_rules(at);
        self.watch_the_days(at);
        self.watch_missed_calls(at);
    }

    /// What to do next, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to send [`Input::Timeout`].
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

    /// What the center remembers.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The live picture with what only the running engine knows of each waiting call: where it
    /// stands, how long it will wait, and who calls (masked).
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

    /// The switch, to look at.
    pub fn switch(&self) -> &Switch {
        &self.switch
    }

    /// What it remembers, once it has nothing more to do.
    pub fn into_memory(self) -> Memory {
        self.memory
    }

    /// The last words: the engine goes, with nothing up.
    pub fn stop(&mut self, now: Timestamp, why: &str) {
        self.append(
            self.time_of_day(now),
            Event::EngineStopped(EngineStopped { why: why.to_owned() }),
        );
    }

    fn obey(&mut self, now: Timestamp, reply_to: u64, by: SeatActor, command: Command) {
        if self.is_emergency() && !fits_emergency(&command) {
            return self.reply(reply_to, Err(Refusal::Emergency));
        }
        let at = self.time_of_day(now);
        let reply = match command {
            Command::Desk(order) => return self.at_the_desk(at, reply_to, *order, &[]),
            Command::DeskRecalling(order, tickets) => {
                return self.at_the_desk(at, reply_to, *order, &tickets);
            }
            Command::Channels(order) => return self.at_the_channels(at, reply_to, *order),
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
        self.follow_switch(at);
        let seq = self.memory.seq;
        self.promise(reply_to, seq, reply.map(|()| Done { seq, ticket: None }));
    }

    /// Something at the desk: decided, put on record, and what follows by rule in the same turn.
    fn at_the_desk(
        &mut self,
        now: Timestamp,
        reply_to: u64,
        order: AtTheDesk,
        recalled: &[Ticket],
    ) {
        let AtTheDesk { by, command, expected, key } = order;
        let key = key.map(|name| IdempotencyKey { name, command_sha256: command.sha256() });
        match self.done_already(&by, key.as_ref()) {
            Err(no) => return self.reply(reply_to, Err(Refusal::Desk(no))),
            Ok(Some(done)) => {
                // The same answer as the first time, with what the rules made of the ticket since.
                let now_at = done.ticket.map_or(0, |ticket| self.memory.desk.seq_of(ticket));
                let seq = now_at.max(done.seq);
                return self.promise(reply_to, seq, Ok(Done { seq, ..done }));
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
            // Its name is on the last of them: who was cut off by a power cut after the first and asks
            // again is not told that all was done.
            let key = key.clone().filter(|_| n == last);
            let entry = DeskEntry { by: by.clone(), key, event };
            self.append(now, Event::Desk(Box::new(entry)));
        }
        self.follow_rules(now);
        // What the sender expects next is the ticket as the rules have left it.
        let seq = ticket.map_or(self.memory.seq, |ticket| self.memory.desk.seq_of(ticket));
        let last = self.memory.seq;
        self.promise(reply_to, last, Ok(Done { seq: if seq == 0 { last } else { seq }, ticket }));
    }

    /// What became of a command that was sent before under the same key.
    pub(crate) fn done_already(
        &self,
        by: &Actor,
        key: Option<&IdempotencyKey>,
    ) -> Result<Option<Done>, workflow::Refusal> {
        key.map_or(Ok(None), |key| self.memory.desk.done(by, key))
    }

    /// What follows at the desk by rule, some of it now and the rest with the next turn.
    fn follow_rules(&mut self, now: Timestamp) {
        if self.is_emergency() {
            return;
        }
        for _ in 0..STEPS_A_TURN {
            let Some(event) = self.memory.desk.poll_step(now) else {
                if self.follow_channels(now) {
                    continue;
                }
                return;
            };
            let entry = DeskEntry { by: Actor::Engine, key: None, event };
            self.append(now, Event::Desk(Box::new(entry)));
        }
    }

    /// Alarms that depend on the date, looked at once a day: days on which no leader signs (LDR-02),
    /// unless the hotline keeps no roster, and a missing notice of holidays.
    fn watch_the_days(&mut self, now: Timestamp) {
        let (desk, now) = (&self.memory.desk, now.max(self.memory.at));
        let today = desk.zone().date(now);
        if self.day_seen == Some(today) {
            return;
        }
        self.day_seen = Some(today);
        let gaps = match self.has_roster() {
            true => desk.leaders().alarm(today),
            false => Vec::new(),
        };
        let unsigned = gaps.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let missing = desk.ground().calendar.missing_notice(today);
        let holidays = missing.map_or_else(String::new, |year| {
            format!("config/calendar has no {year}.toml: due dates in {year} are provisional")
        });
        self.keep_alarm(now, Alarm::NobodySigns, unsigned);
        self.keep_alarm(now, Alarm::HolidaysUnknown, holidays);
    }

    /// Raises an alarm whose text has changed and clears one whose text is empty.
    fn keep_alarm(&mut self, now: Timestamp, alarm: Alarm, text: String) {
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

    /// When the roster is looked at again: another day has come into sight.
    fn next_day(&self) -> Option<Timestamp> {
        let seen = self.day_seen.filter(|_| self.has_roster())?;
        Some(self.memory.desk.zone().moment(seen.plus(1), 0))
    }

    /// Answer, once what was written up to `seq` is durable.
    fn promise(&mut self, reply_to: u64, seq: Seq, reply: Reply) {
        match reply {
            Ok(_) if self.log_failed => self.reply(reply_to, Err(Refusal::LogFailed)),
            Ok(_) if seq > self.durable => {
                self.promises.push_back(Promise { seq, reply_to, reply });
            }
            // Nothing new was written, or nothing was granted: there is nothing to wait for.
            Ok(_) | Err(_) => self.reply(reply_to, reply),
        }
    }

    /// How a call ends that somebody hangs up at the console: the person who sits at the seat it
    /// talks with, or somebody from outside the call.
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

    fn follow_switch(&mut self, now: Timestamp) {
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

    /// One event, and the item for the desk that follows from it.
    fn append_with_ticket(&mut self, now: Timestamp, event: Event) {
        match &event {
            Event::CallConnected(connected) if !self.is_emergency() => {
                let ticket = self.memory.open_calls.get(&connected.call).and_then(|cdr| {
                    cdr.ticket.is_none().then(|| {
                        Event::TicketOpened(TicketOpened {
                            ticket: self.memory.next_ticket(now),
                            call: cdr.call,
                            caller: cdr.caller.clone(),
                            line: cdr.line.clone(),
                            seat: connected.seat,
                        })
                    })
                });
                self.append(now, event);
                if let Some(opened) = ticket {
                    self.append(now, opened);
                }
            }
            Event::CallEnded(ended) => {
                let cdr = self.memory.open_calls.get(&ended.call).cloned();
                let (call, wait_ms) = (ended.call, ended.wait_ms);
                self.append(now, event);
                if let Some(mut cdr) = cdr {
                    if cdr.connected.is_none() && !self.is_emergency() {
                        let (caller, line) = (cdr.caller.clone(), cdr.line.clone());
                        let missed = Missed { call, caller, line, wait_ms, refused: false };
                        cdr.ticket = Some(self.file_missed(now, missed));
                    }
                    cdr.ended = Some(now);
                    self.outputs.push_back(Output::Describe(Box::new(cdr)));
                }
            }
            Event::CallRefused(refused) if owes_a_call_back(refused) && !self.is_emergency() => {
                let (call, caller) = (refused.call, refused.caller.clone());
                let line = model::LineId::from(refused.dialled.reveal());
                let has_room = self.memory.desk.has_room_for_refused(&caller);
                self.append(now, event);
                match has_room {
                    true => {
                        let missed = Missed { call, caller, line, wait_ms: 0, refused: true };
                        self.file_missed(now, missed);
                    }
                    false => self.say_missed_calls_full(now),
                }
            }
            _ => self.append(now, event),
        }
    }

    /// Files an item for a missed call, or counts it in its caller's open one.
    fn file_missed(&mut self, now: Timestamp, missed: Missed) -> model::TicketId {
        let Missed { call, caller, line, wait_ms, refused } = missed;
        if let Some(ticket) = self.memory.desk.open_missed_call(&caller) {
            let repeated = MissedCallRepeated { ticket, call, refused, wait_ms };
            self.append(now, Event::MissedCallRepeated(repeated));
            return ticket;
        }
        let ticket = self.memory.next_ticket(now);
        let filed = MissedCallFiled { ticket, call, caller, line, wait_ms };
        self.append(now, Event::MissedCallFiled(filed));
        ticket
    }

    /// Raises the alarm that refused callers get no item of their own any more.
    fn say_missed_calls_full(&mut self, now: Timestamp) {
        let alarm = Alarm::MissedCallsFull;
        if !self.memory.wallboard.alarms.contains_key(&alarm) {
            let text = format!(
                "{} missed-call items are open: refused callers without an item get none until some                  are worked off; the log has every refusal",
                ticketing::MISSED_CALLS_MAX
            );
            self.append(now, Event::AlarmRaised(AlarmRaised { alarm, text }));
        }
    }

    /// Clears that alarm once a tenth of the items were worked off.
    fn watch_missed_calls(&mut self, now: Timestamp) {
        let alarm = Alarm::MissedCallsFull;
        if self.memory.wallboard.alarms.contains_key(&alarm)
            && self.memory.desk.open_missed_calls() <= ticketing::MISSED_CALLS_MAX / 10 * 9
        {
            self.append(now, Event::AlarmCleared(AlarmCleared { alarm }));
        }
    }

    fn append(&mut self, now: Timestamp, event: Event) {
        let record = Record { seq: self.memory.seq + 1, at: now.max(self.memory.at), event };
        if let Event::Desk(entry) = &record.event
            && matches!(entry.event, DeskEvent::Leader(_))
        {
            self.day_seen = None;
        }
        self.memory.apply(&record);
        self.outputs.push_back(Output::Append(record));
    }

    fn reply(&mut self, reply_to: u64, reply: Reply) {
        self.outputs.push_back(Output::Reply { reply_to, reply });
    }

    fn keep_promises(&mut self, now: Timestamp, durable: Seq) {
        self.durable = durable;
        if std::mem::replace(&mut self.log_failed, false) {
            self.append(now, Event::AlarmCleared(AlarmCleared { alarm: Alarm::LogFailed }));
        }
        while self.promises.front().is_some_and(|promise| promise.seq <= durable) {
            if let Some(promise) = self.promises.pop_front() {
                self.reply(promise.reply_to, promise.reply);
            }
        }
    }

    fn break_promises(&mut self, now: Timestamp, why: String) {
        if !std::mem::replace(&mut self.log_failed, true) {
            // On the wall at once; on record when the log can be written again.
            let text = format!("{why}; new calls are turned away until the log can be written");
            self.append(now, Event::AlarmRaised(AlarmRaised { alarm: Alarm::LogFailed, text }));
        }
        for promise in std::mem::take(&mut self.promises) {
            self.reply(promise.reply_to, Err(Refusal::LogFailed));
        }
    }

    fn is_log_behind(&self) -> bool {
        self.log_failed || self.memory.seq - self.durable > UNSYNCED_MAX
    }

    /// Items for calls whose end is on record and whose item is not: a ticket where a seat
    /// answered, a missed-call item otherwise.
    fn file_the_owed(&mut self, now: Timestamp) {
        for (call, owed) in self.memory.owed.clone() {
            let Owed { caller, line, wait_ms, seat, refused } = owed;
            match seat {
                Some(seat) => {
                    let ticket = self.memory.next_ticket(now);
                    let opened = TicketOpened { ticket, call, caller, line, seat };
                    self.append(now, Event::TicketOpened(opened));
                }
                None => {
                    self.file_missed(now, Missed { call, caller, line, wait_ms, refused });
                }
            }
        }
    }

    /// End on the record what was up when the engine died.
    fn bury_the_dead(&mut self, now: Timestamp, died: Timestamp) {
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
            // It talked, and the record of its ticket did not reach the disk.
            if let (Some(_), None, Some(seat), false) =
                (cdr.connected, cdr.ticket, cdr.seat, self.is_emergency())
            {
                let opened = TicketOpened {
                    ticket: self.memory.next_ticket(now),
                    call: cdr.call,
                    caller: cdr.caller.clone(),
                    line: cdr.line.clone(),
                    seat,
                };
                self.append(now, Event::TicketOpened(opened));
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

/// Whether a command is taken in an emergency: what is about calls and seats is.
fn fits_emergency(command: &Command) -> bool {
    match command {
        Command::Control(_) => true,
        Command::Desk(_)
        | Command::DeskRecalling(..)
        | Command::Channels(_)
        | Command::Receive(_) => false,
        Command::Note(event) => event.is_of_emergency(),
    }
}

/// A seat as the wall shows it, for the dispatcher to go on from.
fn as_left(board: &SeatBoard) -> acd::SavedSeat {
    acd::SavedSeat {
        login: board.login.clone(),
        work: board.work.clone(),
        signed_out: board.signed_out,
        back: board.back,
        next: board.next.clone().zip(board.next_by.clone()),
    }
}

/// Whether a citizen who was refused should be called back.
fn owes_a_call_back(refused: &CallRefused) -> bool {
    use model::event::RefusalCause;
    // A seat's own call is no citizen's.
    refused.trunk.is_some()
        && match refused.cause {
            RefusalCause::IntakeFull
            | RefusalCause::EngineFull
            | RefusalCause::NoPorts
            | RefusalCause::TrunkFull
            | RefusalCause::QueueFull
            | RefusalCause::Draining
            | RefusalCause::LogFailed
            // Refused for what the carrier's equipment sent; the citizen could not know.
            | RefusalCause::NoCodec
            | RefusalCause::BadRequest
            | RefusalCause::UnsupportedBody
            | RefusalCause::UnsupportedUri
            | RefusalCause::UnsupportedExtension
            | RefusalCause::TooManyHops => true,
            // A wrong number, a blocked caller.
            RefusalCause::NoSuchLine | RefusalCause::Blacklisted => false,
        }
}

/// Events by rule in one turn: a matter of five thousand followers is answered
/// over some turns, so that no call waits for it.
const STEPS_A_TURN: usize = 64;
/// Records that may wait for the disk before new calls are turned away:
/// some minutes of a province's worst hour.
const UNSYNCED_MAX: u64 = 100_000;
/// Told to callers turned away because the log cannot be written, in seconds.
const LOG_RETRY_S: u32 = 30;
