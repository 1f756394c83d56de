//! The switch controls each call from arrival to release.
//!
//! It connects signalling, voice and dispatch: it follows the legs and relays, asks the dispatcher
//! which seat answers which call, and sends commands to `sip` and `media`. Everything it does is
//! an event.
//!
//! The crate does not know tickets, disks, browsers or sockets.

mod adopt;
mod call;
mod deadlines;
mod feature;
mod keys;
mod liveness;
mod plan;
mod ports;
mod shortage;
mod source;
mod voice;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use acd::{Dispatcher, WithdrawReason};
use call::{Call, FeatureCall, Holding, Owner, Stage};
use deadlines::CLOSING_MAX;
use keys::{KeyTransport, Keys};
use liveness::Silences;
use media::PromptId;
use model::{
    CallId, Direction, Event, LegId, OfferId, RemoteMedia, SeatId, Timestamp, TrunkId,
    event::{
        CallAccepted, CallArrived, CallConnected, CallEnd, CallEnded, CallHeld, CallKeyed,
        CallRefused, CallResumed, MissedReason, Party, QueueExit, RefusalCause,
    },
};
pub use plan::{Announcements, Features, LinePlan, Plan, TrunkPlan, refusal_code};
use ports::Ports;
use shortage::Shortage;
use sip::{Dial, Incoming, LegEnd, Origin, Target};

/// The inputs of the switch.
#[derive(Debug)]
pub enum Input {
    /// A call that was admitted by the intake.
    Arrival(Incoming),
    /// A call that the intake rejected.
    TurnedAway(Incoming, RefusalCause),
    /// An event of signalling.
    Sip(sip::Event),
    /// An event of the voice thread.
    Media(media::Event),
    /// The voice thread bound this port; a leg may use it.
    Port(u16),
    /// New calls are refused. Waiting calls may wait until the given time, talks continue.
    Drain {
        /// The last moment a waiting call may wait.
        until: Timestamp,
    },
    /// `poll_timeout` has come.
    Timeout,
}

/// The outputs of the switch.
#[derive(Debug)]
pub enum Output {
    /// A command to the signalling thread.
    Sip(sip::Command),
    /// A command to the voice thread.
    Media(media::Command),
    /// An event for the log.
    Event(Event),
}

/// All calls, seats and free voice ports.
#[derive(Debug)]
pub struct Switch {
    plan: Plan,
    dispatcher: Dispatcher,
    calls: BTreeMap<CallId, Call>,
    features: BTreeMap<CallId, FeatureCall>,
    legs: BTreeMap<LegId, Owner>,
    /// The number of calls on each trunk.
    trunk_calls: BTreeMap<TrunkId, u32>,
    ports: Ports,
    /// Calls to which several sources send voice and none has been accepted.
    contested: BTreeSet<CallId>,
    shortage: Shortage,
    last_call: CallId,
    /// The difference between the time of day and `now`, in microseconds. Call ids use it.
    ahead_us: i64,
    legs_dialled: u64,
    /// The times of announcements to waiting callers. Without effect once the call does not wait.
    announce_at: BTreeSet<(Timestamp, CallId)>,
    /// The deadlines of stages that wait for another component. Without effect after the stage.
    stage_deadlines: BTreeSet<(Timestamp, CallId)>,
    /// Calls whose relay the voice thread has not closed in time; at most one for each port.
    unclosed: BTreeSet<CallId>,
    silences: Silences,
    draining: bool,
    outputs: VecDeque<Output>,
}

impl Switch {
    /// A switch without calls. Call ids continue after `last_call`.
    pub fn new(plan: Plan, dispatcher: Dispatcher, last_call: CallId) -> Switch {
        Switch {
            plan,
            dispatcher,
            calls: BTreeMap::new(),
            features: BTreeMap::new(),
            legs: BTreeMap::new(),
            trunk_calls: BTreeMap::new(),
            ports: Ports::default(),
            contested: BTreeSet::new(),
            shortage: Shortage::default(),
            last_call,
            ahead_us: 0,
            legs_dialled: 0,
            announce_at: BTreeSet::new(),
            stage_deadlines: BTreeSet::new(),
            unclosed: BTreeSet::new(),
            silences: Silences::default(),
            draining: false,
            outputs: VecDeque::new(),
        }
    }

    /// Sets how far the time of day is ahead of `now` from now on, in microseconds.
    pub fn set_ahead(&mut self, ahead_us: i64) {
        self.ahead_us = ahead_us;
    }

    /// Handles one input. The caller then drains `poll_output`.
    pub fn handle_input(&mut self, now: Timestamp, input: Input) {
        match input {
            Input::Arrival(incoming) => self.arrive(now, incoming),
            Input::TurnedAway(incoming, refusal) => self.turn_away(now, &incoming, refusal),
            Input::Sip(event) => self.handle_sip_event(now, event),
            Input::Media(event) => self.handle_media_event(now, event),
            Input::Port(port) => self.ports.add(port),
            Input::Drain { until } => {
                self.draining = true;
                self.dispatcher.handle_input(now, acd::Input::Drain { until });
            }
            Input::Timeout => {
                self.announce(now);
                self.end_overdue_stages(now);
                self.ask_the_silent(now);
                self.dispatcher.handle_input(now, acd::Input::Timeout);
            }
        }
        self.handle_dispatcher_outputs(now);
        self.follow_ports(now);
    }

    /// Handles a person's command about a seat.
    ///
    /// # Errors
    /// The seat does not exist, or its state does not allow the command.
    pub fn handle_command(
        &mut self,
        now: Timestamp,
        command: acd::AgentCommand,
    ) -> Result<(), acd::Rejected> {
        let result = self.dispatcher.handle_command(now, command);
        self.handle_dispatcher_outputs(now);
        result
    }

    /// Handles a supervisor's change of an agent's skills and queues.
    ///
    /// # Errors
    /// The same as [`Dispatcher::handle_profile_command`].
    pub fn handle_profile_command(
        &mut self,
        now: Timestamp,
        command: acd::ProfileCommand,
    ) -> Result<(), acd::ProfileRejected> {
        let result = self.dispatcher.handle_profile_command(now, command);
        self.handle_dispatcher_outputs(now);
        result
    }

    /// Ends a call as `end`, whatever its stage; `false` when the call does not exist.
    pub fn release(&mut self, now: Timestamp, call: CallId, end: CallEnd) -> bool {
        if !self.calls.contains_key(&call) {
            return false;
        }
        self.end(now, call, end);
        self.handle_dispatcher_outputs(now);
        true
    }

    /// The next output; outputs are in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The time for [`Input::Timeout`].
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let say = self.announce_at.first().map(|(at, _)| *at);
        let port = || self.ports.first_rested_at();
        let ring = self.dispatcher.is_without_ports().then(port).flatten();
        let stage = self.stage_deadlines.first().map(|(at, _)| *at);
        let shortage = self.shortage.poll_timeout();
        [self.dispatcher.poll_timeout(), say, ring, shortage, stage, self.next_question()]
            .into_iter()
            .flatten()
            .min()
    }

    /// The dispatcher, for reading.
    pub fn dispatcher(&self) -> &Dispatcher {
        &self.dispatcher
    }

    /// The same as [`Dispatcher::take_changed_call`].
    pub fn take_changed_call(&mut self) -> Option<CallId> {
        self.dispatcher.take_changed_call()
    }

    /// Ends every talk as `end`. Calls that wait, or hear the final prompt, are not changed.
    pub fn end_talks(&mut self, now: Timestamp, end: CallEnd) {
        let talks = |call: &Call| matches!(call.stage, Stage::Talking { .. });
        let calls: Vec<CallId> =
            self.calls.iter().filter(|(_, call)| talks(call)).map(|(id, _)| *id).collect();
        for call in calls {
            self.end(now, call, end);
        }
    }

    /// The seat that a call talks with.
    pub fn talks_with(&self, call: CallId) -> Option<SeatId> {
        match self.calls.get(&call)?.stage {
            Stage::Talking { seat, .. } => Some(seat),
            Stage::Waiting
            | Stage::Ringing { .. }
            | Stage::Leaving { .. }
            | Stage::Closing { .. } => None,
        }
    }

    /// The number of calls.
    pub fn calls_up(&self) -> usize {
        self.calls.len()
    }

    /// The number of voice ports that no call uses, including those that rest.
    pub fn ports_free(&self) -> usize {
        self.ports.len()
    }

    // ---- arriving -------------------------------------------------------

    fn arrive(&mut self, now: Timestamp, incoming: Incoming) {
        match &incoming.origin {
            Origin::Seat(seat) => {
                let seat = *seat;
                self.arrive_from_seat(now, seat, &incoming);
            }
            Origin::Trunk(_) => {
                if let Err(refusal) = self.admit(now, &incoming) {
                    self.reject(incoming.leg, refusal);
                    self.turn_away(now, &incoming, refusal);
                }
            }
        }
    }

    fn admit(&mut self, now: Timestamp, incoming: &Incoming) -> Result<(), RefusalCause> {
        let Origin::Trunk(trunk) = &incoming.origin else { return Err(RefusalCause::NoSuchLine) };
        if self.draining {
            return Err(RefusalCause::Draining);
        }
        if self.plan.is_blocked(&incoming.caller, now) {
            return Err(RefusalCause::Blacklisted);
        }
        if !self.plan.trunks.contains_key(trunk) {
            // Signalling keeps a removed trunk until its calls have ended.
            return Err(RefusalCause::Draining);
        }
        let (line_id, line) = self.plan.route(trunk, &incoming.dialled)?;
        let limit = self.plan.trunks.get(trunk).and_then(|t| t.channels).unwrap_or(u32::MAX);
        if self.trunk_calls.get(trunk).copied().unwrap_or(0) >= limit {
            return Err(RefusalCause::TrunkFull);
        }
        if self.dispatcher.is_full(&line.queue) {
            return Err(RefusalCause::QueueFull);
        }
        if !self.has_port_for_caller(now) {
            self.shortage.port_missing(now);
            return Err(RefusalCause::NoPorts);
        }
        let rtp_port = self.ports.take(now).ok_or(RefusalCause::NoPorts)?;

        let (line_id, line) = (line_id.clone(), line.clone());
        let call = self.next_call(now);
        self.emit(Event::CallArrived(CallArrived {
            call,
            caller: incoming.caller.clone(),
            dialled: incoming.dialled.clone(),
            line: line_id.clone(),
            trunk: trunk.clone(),
        }));
        self.legs.insert(incoming.leg, Owner::Caller(call));
        *self.trunk_calls.entry(trunk.clone()).or_default() += 1;
        self.calls.insert(
            call,
            Call {
                line: line_id,
                trunk: trunk.clone(),
                caller: incoming.caller.clone(),
                queue: line.queue.clone(),
                leg: incoming.leg,
                arrived: now,
                queued: now,
                wait: Duration::ZERO,
                talk: Duration::ZERO,
                talked_with: None,
                holding: Holding::default(),
                keys: Keys::default(),
                announced: false,
                stage: Stage::Waiting,
            },
        );
        if !line.announcements.first.is_empty() {
            self.announce_at.insert((now + line.announcements.first_after, call));
        }
        self.media(media::Command::Open {
            call,
            rtp_port,
            remote: incoming.remote.clone(),
            prompts: line.greeting,
            music: line.music,
            record: true,
        });
        self.expect_caller(call, incoming);
        self.sip(sip::Command::Accept { leg: incoming.leg, rtp_port });
        self.emit(Event::CallAccepted(CallAccepted { call }));
        self.dispatcher.handle_input(
            now,
            acd::Input::Enqueue {
                call,
                queue: line.queue,
                skills: line.skills,
                priority: line.priority,
                since: now,
            },
        );
        Ok(())
    }

    fn turn_away(&mut self, now: Timestamp, incoming: &Incoming, cause: RefusalCause) {
        let trunk = match &incoming.origin {
            Origin::Trunk(trunk) => Some(trunk.clone()),
            Origin::Seat(_) => None,
        };
        let call = self.next_call(now);
        self.emit(Event::CallRefused(CallRefused {
            call,
            caller: incoming.caller.clone(),
            dialled: incoming.dialled.clone(),
            trunk,
            code: refusal_code(cause),
            cause,
        }));
    }

    fn reject(&mut self, leg: LegId, refusal: RefusalCause) {
        let code = refusal_code(refusal);
        let retry_after_s = (code == 503 || code == 486).then_some(self.plan.retry_after_s);
        self.sip(sip::Command::Reject { leg, code, retry_after_s });
    }

    // ---- signalling -----------------------------------------------------

    fn handle_sip_event(&mut self, now: Timestamp, event: sip::Event) {
        match event {
            // A seat's own call arrives here; a citizen's call arrives through the intake.
            sip::Event::Incoming(incoming) => self.arrive(now, incoming),
            sip::Event::Refused { caller, dialled, trunk, code, cause } => {
                let call = self.next_call(now);
                self.emit(Event::CallRefused(CallRefused {
                    call,
                    caller,
                    dialled,
                    trunk,
                    code,
                    cause,
                }));
            }
            sip::Event::Confirmed { leg, remote } => self.confirmed(leg, remote),
            sip::Event::VoiceExpected { leg, signalled } => {
                // Once the leg is answered, the SDP of the answer is used.
                if let Some((call, party)) = self.side(leg).filter(|_| self.offer_of(leg).is_some())
                {
                    self.media(media::Command::ExpectSource { call, party, signalled });
                }
            }
            sip::Event::Ringing { leg } => {
                if let Some(offer) = self.offer_of(leg) {
                    self.dispatcher.handle_input(now, acd::Input::Ringing { offer });
                }
            }
            sip::Event::Answered { leg, remote } => self.answered(now, leg, remote),
            sip::Event::Failed { leg, code } => self.leg_failed(now, leg, code),
            sip::Event::RemoteChanged { leg, remote } => self.changed(leg, remote),
            sip::Event::DtmfReceived { leg, key } => {
                if let Some((call, by)) = self.side(leg) {
                    self.keyed(now, CallKeyed { call, by, key }, KeyTransport::Info);
                }
            }
            sip::Event::Ended { leg, end } => self.leg_ended(now, leg, end),
            sip::Event::SeatReached { seat } => {
                self.dispatcher.handle_input(now, acd::Input::SeatReached { seat });
            }
            sip::Event::SeatUnreached { seat } => {
                self.dispatcher.handle_input(now, acd::Input::SeatUnreached { seat });
            }
            // Heartline registers nowhere, and signalling counts and logs rate-limited messages.
            sip::Event::Registered { .. } | sip::Event::RateLimited { .. } => {}
        }
    }

    fn confirmed(&mut self, leg: LegId, remote: Option<RemoteMedia>) {
        match (self.legs.get(&leg), remote) {
            (Some(Owner::Caller(call) | Owner::Feature(call)), Some(remote)) => {
                let call = *call;
                self.media(media::Command::SetRemote { call, party: Party::Caller, remote });
            }
            // The remote media is known from the offer.
            (Some(_), None) => {}
            // Only incoming legs are confirmed, and a leg that has ended has no owner.
            (Some(Owner::Seat(_)) | None, _) => {}
        }
    }

    fn answered(&mut self, now: Timestamp, leg: LegId, remote: RemoteMedia) {
        let Some(Owner::Seat(call)) = self.legs.get(&leg).copied() else { return };
        let Some(held) = self.calls.get_mut(&call) else { return };
        let Stage::Ringing { offer, seat, leg: ringing, since, .. } = held.stage else {
            // The offer was withdrawn while the seat picked up; `sip` ends the leg.
            return;
        };
        if ringing != leg {
            return;
        }
        held.wait = now.since(held.queued);
        held.stage = Stage::Talking { seat, leg, since: now };
        held.talked_with = Some(seat);
        let connected = CallConnected {
            call,
            queue: held.queue.clone(),
            seat,
            wait_ms: held.wait.as_millis() as u64,
            ring_ms: now.ms_since(since),
        };
        self.media(media::Command::Bridge { call, remote });
        self.dispatcher.handle_input(now, acd::Input::Answered { offer });
        self.handle_dispatcher_outputs(now);
        self.emit(Event::CallConnected(connected));
    }

    fn leg_failed(&mut self, now: Timestamp, leg: LegId, code: u16) {
        let Some(Owner::Seat(call)) = self.legs.remove(&leg) else { return };
        let Some(held) = self.calls.get_mut(&call) else { return };
        match held.stage {
            Stage::Ringing { offer, leg: ringing, .. } if ringing == leg => {
                held.stage = Stage::Waiting;
                self.media(media::Command::DropSeat { call });
                let reason = MissedReason::of_code(code);
                self.dispatcher.handle_input(now, acd::Input::Missed { offer, reason, code });
            }
            // The offer was withdrawn before; this is the 487 to our CANCEL.
            Stage::Ringing { .. } | Stage::Waiting | Stage::Talking { .. } => {}
            // The call is over; this is the 487 to our CANCEL.
            Stage::Leaving { .. } | Stage::Closing { .. } => {}
        }
    }

    fn changed(&mut self, leg: LegId, remote: RemoteMedia) {
        let Some((call, party)) = self.side(leg) else { return };
        let direction = remote.direction;
        self.media(media::Command::SetRemote { call, party, remote });
        let Some(held) = self.calls.get_mut(&call) else { return };
        if !matches!(held.stage, Stage::Talking { .. }) {
            return;
        }
        // A side holds when it does not want to hear the other one. Our direction is then
        // receive-only or inactive.
        let holds = matches!(direction, Direction::RecvOnly | Direction::Inactive);
        let before = std::mem::replace(held.holding.of(party), holds);
        match (before, holds) {
            (false, true) => self.emit(Event::CallHeld(CallHeld { call, by: party })),
            (true, false) => self.emit(Event::CallResumed(CallResumed { call, by: party })),
            // The address changed, not the direction.
            (true, true) | (false, false) => {}
        }
        self.update_silence_alarm();
    }

    fn leg_ended(&mut self, now: Timestamp, leg: LegId, end: LegEnd) {
        match self.legs.remove(&leg) {
            Some(Owner::Caller(call)) => {
                let talking =
                    matches!(self.calls.get(&call).map(|c| c.stage), Some(Stage::Talking { .. }));
                let how = match end {
                    LegEnd::ByeReceived | LegEnd::Cancelled | LegEnd::HungUp if talking => {
                        CallEnd::CallerHungUp
                    }
                    LegEnd::ByeReceived | LegEnd::Cancelled | LegEnd::HungUp => CallEnd::Abandoned,
                    LegEnd::NoAck | LegEnd::Lost | LegEnd::Expired => CallEnd::Lost,
                };
                self.end(now, call, how);
            }
            Some(Owner::Seat(call)) => {
                let current = self.calls.get(&call).and_then(Call::seat_leg) == Some(leg);
                if current {
                    let how = match end {
                        LegEnd::ByeReceived | LegEnd::Cancelled | LegEnd::HungUp => {
                            CallEnd::SeatHungUp
                        }
                        LegEnd::NoAck | LegEnd::Lost | LegEnd::Expired => CallEnd::Lost,
                    };
                    self.end(now, call, how);
                }
            }
            Some(Owner::Feature(call)) => self.feature_ended(now, call),
            // The leg is already released.
            None => {}
        }
    }

    // ---- voice ----------------------------------------------------------

    fn handle_media_event(&mut self, now: Timestamp, event: media::Event) {
        match event {
            media::Event::DtmfReceived { call, party, key } => {
                self.keyed(now, CallKeyed { call, by: party, key }, KeyTransport::Rtp);
            }
            media::Event::PromptsEnded { call } => {
                if let Some(feature) = self.features.get(&call) {
                    let leg = feature.leg;
                    self.sip(sip::Command::HangUp { leg, reason: None });
                } else if let Some(Stage::Leaving { end, .. }) =
                    self.calls.get(&call).map(|held| held.stage)
                {
                    self.end(now, call, end);
                }
            }
            media::Event::VoiceLost { call, party } => self.voice_lost(now, call, party),
            media::Event::VoiceReturned { call, party } => self.voice_returned(call, party),
            media::Event::SourceAssumed { call, party } => self.source_assumed(call, party),
            media::Event::SourcesConflict { call, party } => self.sources_rival(call, party),
            media::Event::Closed { call, ports, quality } => {
                if let Some(held) = self.relay_closed(call) {
                    let talked = held.talked_with.is_some();
                    let measured = voice::measured(call, &quality, talked);
                    self.emit(Event::VoiceMeasured(measured));
                }
                self.sources_settled(call);
                for port in ports {
                    self.ports.put(now, port);
                }
            }
            media::Event::PortFreed { rtp_port } => self.ports.put(now, rtp_port),
        }
    }

    fn keyed(&mut self, now: Timestamp, keyed: CallKeyed, transport: KeyTransport) {
        let Some(held) = self.calls.get_mut(&keyed.call) else { return };
        if held.keys.is_press(now, keyed.by, keyed.key, transport) {
            self.emit(Event::CallKeyed(keyed));
        }
    }

    // ---- dispatch -------------------------------------------------------

    fn handle_dispatcher_outputs(&mut self, now: Timestamp) {
        while let Some(output) = self.dispatcher.poll_output() {
            match output {
                acd::Output::Event(event) => self.emit(event),
                acd::Output::Offer { offer, call, seat, .. } => self.offer(now, offer, call, seat),
                acd::Output::Withdraw { call, seat, why, .. } => self.withdraw(call, seat, why),
                acd::Output::SeatRemoved { seat } => self.sip(sip::Command::RemoveSeat(seat)),
                acd::Output::Exit { call, exit } => self.leave_queue(now, call, Some(exit)),
                // The queue had space a moment ago and got full in between; the caller hears the
                // final prompt.
                acd::Output::Refused { call, .. } => self.leave_queue(now, call, None),
            }
        }
    }

    fn offer(&mut self, now: Timestamp, offer: OfferId, call: CallId, seat: SeatId) {
        let Some(rtp_port) = self.ports.take(now) else {
            self.shortage.port_missing(now);
            self.dispatcher.handle_input(now, acd::Input::NotRung { offer });
            return;
        };
        self.legs_dialled += 1;
        let leg = LegId(self.legs_dialled * 2);
        let Some(held) = self.calls.get_mut(&call) else {
            self.ports.put(now, rtp_port);
            self.dispatcher.handle_input(now, acd::Input::Leave { call });
            return;
        };
        held.stage = Stage::Ringing { offer, seat, leg, since: now };
        let dial = Dial {
            leg,
            to: Target::Seat(seat),
            caller: held.caller.clone(),
            display: self.plan.display(&held.line).to_owned(),
            rtp_port,
            headers: vec![("X-Heartline-Call", call.to_string())],
            credentials: None,
        };
        self.legs.insert(leg, Owner::Seat(call));
        self.sip(sip::Command::Dial(dial));
        self.media(media::Command::AddSeat { call, rtp_port });
    }

    /// Plays the announcements that are due to waiting callers, at most [`TIMERS_A_TURN`].
    fn announce(&mut self, now: Timestamp) {
        for _ in 0..TIMERS_A_TURN {
            let Some((at, call)) = self.announce_at.first().copied() else { return };
            if at > now {
                return;
            }
            self.announce_at.pop_first();
            self.announce_to(now, call);
        }
    }

    fn announce_to(&mut self, now: Timestamp, call: CallId) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        if !matches!(held.stage, Stage::Waiting | Stage::Ringing { .. }) {
            return;
        }
        let Some(line) = self.plan.lines.get(&held.line) else { return };
        let announcements = &line.announcements;
        let prompts = if held.announced { &announcements.repeat } else { &announcements.first };
        held.announced = true;
        if let Some(every) = announcements.every.filter(|_| !announcements.repeat.is_empty()) {
            self.announce_at.insert((now + every, call));
        }
        if !prompts.is_empty() {
            let prompts = prompts.clone();
            self.media(media::Command::Play { call, prompts });
        }
    }

    fn withdraw(&mut self, call: CallId, seat: SeatId, why: WithdrawReason) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        match held.stage {
            Stage::Ringing { seat: ringing, leg, .. } if ringing == seat => {
                held.stage = Stage::Waiting;
                // Without this reason (RFC 3326) a phone lists the call as missed, which is right
                // at the deadline.
                let reason =
                    (why == WithdrawReason::TakenBack).then_some("Call completed elsewhere");
                self.sip(sip::Command::HangUp { leg, reason });
                self.media(media::Command::DropSeat { call });
            }
            // The leg failed at the same moment, or the call is over.
            Stage::Ringing { .. }
            | Stage::Waiting
            | Stage::Talking { .. }
            | Stage::Leaving { .. }
            | Stage::Closing { .. } => {}
        }
    }

    fn leave_queue(&mut self, now: Timestamp, call: CallId, exit: Option<QueueExit>) {
        let until = self.prompt_deadline(now, &self.plan.sorry);
        let Some(held) = self.calls.get_mut(&call) else { return };
        held.wait = now.since(held.queued);
        let end = match exit {
            Some(QueueExit::Draining) => CallEnd::Drained,
            Some(QueueExit::Timeout | QueueExit::Empty | QueueExit::Overflow) | None => {
                CallEnd::QueueExit
            }
        };
        held.stage = Stage::Leaving { end, until };
        if self.plan.sorry.is_empty() {
            self.end(now, call, end);
        } else {
            self.set_deadline(until, call);
            let prompts = self.plan.sorry.clone();
            self.media(media::Command::Play { call, prompts });
        }
    }

    // ---- ports ----------------------------------------------------------

    /// Whether another caller may take a port. One port is kept for each seat that might have to be
    /// rung, so that a free seat can always answer waiting callers.
    fn has_port_for_caller(&self, now: Timestamp) -> bool {
        self.ports.rested(now) > self.dispatcher.ringable_with(1)
    }

    /// Rings seats again once a port is free, and updates the alarm of missing ports.
    fn follow_ports(&mut self, now: Timestamp) {
        if self.dispatcher.is_without_ports() && self.ports.rested(now) > 0 {
            self.dispatcher.handle_input(now, acd::Input::PortsFree);
            self.handle_dispatcher_outputs(now);
        }
        let (dispatcher, free) = (&self.dispatcher, self.ports.rested(now));
        let has_room = || !dispatcher.is_without_ports() && free > dispatcher.ringable_with(1);
        if let Some(event) = self.shortage.settle(now, has_room) {
            self.emit(event);
        }
    }

    // ---- ending ---------------------------------------------------------

    fn end(&mut self, now: Timestamp, call: CallId, end: CallEnd) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        if let Stage::Closing { .. } = held.stage {
            return;
        }
        let until = now + CLOSING_MAX;
        let stage = std::mem::replace(&mut held.stage, Stage::Closing { until });
        match stage {
            Stage::Waiting | Stage::Ringing { .. } => held.wait = now.since(held.queued),
            Stage::Talking { since, .. } => held.talk += now.since(since),
            Stage::Leaving { .. } | Stage::Closing { .. } => {}
        }
        let ended = CallEnded {
            call,
            end,
            seat: held.talked_with,
            total_ms: now.ms_since(held.arrived),
            wait_ms: held.wait.as_millis() as u64,
            talk_ms: held.talk.as_millis() as u64,
        };
        let caller_leg = held.leg;
        if let Some(up) = self.trunk_calls.get_mut(&held.trunk) {
            *up = up.saturating_sub(1);
        }
        // This event is logged before its consequences: the dispatcher may offer the freed seat to
        // the next caller at once.
        self.emit(Event::CallEnded(ended));
        if self.legs.contains_key(&caller_leg) {
            self.sip(sip::Command::HangUp { leg: caller_leg, reason: None });
        }
        match stage {
            Stage::Ringing { leg, .. } => {
                self.sip(sip::Command::HangUp { leg, reason: None });
                self.dispatcher.handle_input(now, acd::Input::Leave { call });
            }
            Stage::Talking { leg, .. } => {
                if self.legs.contains_key(&leg) {
                    self.sip(sip::Command::HangUp { leg, reason: None });
                }
                self.dispatcher.handle_input(now, acd::Input::TalkEnded { call });
            }
            Stage::Waiting => self.dispatcher.handle_input(now, acd::Input::Leave { call }),
            Stage::Leaving { .. } | Stage::Closing { .. } => {}
        }
        self.forget_silence(call);
        self.set_deadline(until, call);
        self.media(media::Command::Close { call });
        self.handle_dispatcher_outputs(now);
    }

    // ---- helpers --------------------------------------------------------

    fn next_call(&mut self, now: Timestamp) -> CallId {
        let at = now.shifted(self.ahead_us);
        self.last_call = CallId::from_arrival(at).max(self.last_call.next());
        self.last_call
    }

    fn offer_of(&self, leg: LegId) -> Option<OfferId> {
        let Some(Owner::Seat(call)) = self.legs.get(&leg) else { return None };
        match self.calls.get(call)?.stage {
            Stage::Ringing { offer, leg: ringing, .. } if ringing == leg => Some(offer),
            _ => None,
        }
    }

    /// The call and the side of a leg; `None` for legs that are being released.
    fn side(&self, leg: LegId) -> Option<(CallId, Party)> {
        match self.legs.get(&leg)? {
            Owner::Caller(call) => Some((*call, Party::Caller)),
            Owner::Seat(call) => {
                let current = self.calls.get(call)?.seat_leg() == Some(leg);
                current.then_some((*call, Party::Seat))
            }
            Owner::Feature(_) => None,
        }
    }

    fn emit(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    fn sip(&mut self, command: sip::Command) {
        self.outputs.push_back(Output::Sip(command));
    }

    fn media(&mut self, command: media::Command) {
        self.outputs.push_back(Output::Media(command));
    }
}

/// The prompts that answer a feature call.
pub(crate) fn verdict(plan: &Plan, granted: bool) -> Vec<PromptId> {
    if granted { plan.confirmed.clone() } else { plan.denied.clone() }
}

/// The most announcements, and the most overdue stages, that one timeout handles. The others stay
/// due, so that an input that has come in between does not wait for them.
pub(crate) const TIMERS_A_TURN: usize = 256;
