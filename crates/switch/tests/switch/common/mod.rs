//! A switch with one queue, some seats and some voice ports. Tests play phones, callers and voice.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use acd::{AgentCommand, Dispatcher, Policy, QueuePolicy, SeatPolicy};
use model::{
    CallId, Direction, Event, LegId, Number, OfferId, QueueId, RemoteMedia, SeatId, Timestamp,
    TrunkId, WorkState,
    event::{CallEnd, OfferMissed, RefusalCause, SeatActor},
};
use switch::{
    CallAction, CallCommand, CallRejected, Input, LinePlan, OutboundPlan, Output, Plan, Switch,
    TrunkPlan, VoicemailPlan,
};

/// The number by which tests name outside parties among seats.
const OUTSIDE: u32 = 110;

pub(crate) struct Setup {
    switch: Switch,
    now: Timestamp,
    log: Vec<Event>,
    /// The legs of ringing seats, with the number of the caller and the seat.
    rings: BTreeMap<LegId, (u64, u32)>,
    /// The ports of each call in the relay, by leg.
    ports: BTreeMap<CallId, BTreeMap<LegId, u16>>,
    /// The routes of each call in the relay.
    routes: BTreeMap<CallId, Vec<media::LegRoute>>,
    /// The legs of phones that were answered and not hung up, by seat.
    answered: BTreeMap<u32, LegId>,
    /// The answers to each incoming leg, in order.
    dialled: BTreeMap<LegId, Vec<String>>,
    refer_code: Option<u16>,
    legs_dialled: u64,
    /// The prompts played to each caller after the greeting, one list for each time.
    played: BTreeMap<CallId, Vec<Vec<u16>>>,
    /// Seats that signalling was told to remove.
    pub(crate) removed: Vec<u32>,
    plan: Plan,
    policy: Policy,
    /// The call id of each caller's number.
    calls: BTreeMap<u64, CallId>,
}

impl Setup {
    /// A switch with seats from 1001 on and this many voice ports.
    pub(crate) fn new(seats: u32, ports: u16) -> Setup {
        let queue = QueueId::from("main");
        let seat = SeatPolicy { queues: [(queue.clone(), 1)].into(), ..SeatPolicy::default() };
        let policy = Policy {
            queues: [(queue.clone(), QueuePolicy::default())].into(),
            seats: (1001..1001 + seats).map(|n| (SeatId(n), seat.clone())).collect(),
            ..Policy::default()
        };
        let line = LinePlan {
            name: String::new(),
            numbers: vec!["12345".to_owned()],
            trunks: Vec::new(),
            queue: queue.clone(),
            menu: None,
            skills: BTreeMap::new(),
            priority: 0,
            greeting: Vec::new(),
            music: media::PromptId(0),
            announcements: switch::Announcements::default(),
        };
        let voicemail = VoicemailPlan {
            prompts: vec![media::PromptId(2)],
            key: Some('2'),
            max: Duration::from_secs(120),
        };
        let outbound =
            OutboundPlan { address: ([192, 0, 2, 1], 5_060).into(), channels: 2, caller_id: None };
        let trunk = TrunkPlan { outbound: Some(outbound), ..TrunkPlan::default() };
        let plan = Plan {
            trunks: [(TrunkId::from("telecom"), trunk)].into(),
            outbound_numbers: vec!["0371*".to_owned()],
            emergency_numbers: vec!["110".to_owned()],
            voicemail: [(queue.clone(), voicemail)].into(),
            lines: [("12345".into(), line)].into(),
            sorry: vec![media::PromptId(1)],
            ..Plan::default()
        };
        let now = Timestamp::from_micros(1_795_334_400_000_000);
        let mut setup = Setup {
            switch: Switch::new(
                plan.clone(),
                Dispatcher::new(policy.clone(), OfferId(0)),
                CallId::from(0),
            ),
            now,
            log: Vec::new(),
            rings: BTreeMap::new(),
            ports: BTreeMap::new(),
            routes: BTreeMap::new(),
            answered: BTreeMap::new(),
            dialled: BTreeMap::new(),
            refer_code: None,
            legs_dialled: 0,
            played: BTreeMap::new(),
            removed: Vec::new(),
            plan,
            policy,
            calls: BTreeMap::new(),
        };
        for n in 0..ports {
            setup.input(Input::Port(20_000 + 2 * n));
        }
        setup
    }

    fn input(&mut self, input: Input) {
        self.switch.handle_input(self.now, input);
        self.follow();
    }

    fn follow(&mut self) {
        let mut closed = Vec::new();
        while let Some(output) = self.switch.poll_output() {
            match output {
                Output::Event(event) => self.hear(event),
                Output::Sip(sip::Command::Dial(dial)) => {
                    let call = match dial.headers.first() {
                        Some((_, call)) => call.parse().expect("a call id"),
                        // The number of a call is nothing for the carrier.
                        None => self.newest_call(),
                    };
                    let caller = self.calls.iter().find(|(_, id)| **id == call).map(|(n, _)| *n);
                    let seat = match dial.to {
                        sip::Target::Seat(seat) => seat.0,
                        sip::Target::Uri(uri) => {
                            assert!(uri.ends_with("@192.0.2.1:5060"), "{uri}");
                            OUTSIDE
                        }
                    };
                    self.rings.insert(dial.leg, (caller.expect("a caller"), seat));
                }
                Output::Sip(sip::Command::AnswerRefer { leg, code }) => {
                    assert!(self.answered.values().any(|own| *own == leg), "told before the BYE");
                    self.refer_code = Some(code);
                }
                Output::Sip(sip::Command::Accept { leg, .. }) => self.note(leg, "accepted"),
                Output::Sip(sip::Command::Reject { leg, code, .. }) => {
                    self.note(leg, &code.to_string());
                }
                Output::Sip(sip::Command::HangUp { leg, .. }) => {
                    self.note(leg, "hung up");
                    self.rings.remove(&leg);
                    self.answered.retain(|_, answered| *answered != leg);
                }
                Output::Sip(sip::Command::RemoveSeat(seat)) => self.removed.push(seat.0),
                Output::Sip(_) => {}
                Output::Media(
                    media::Command::Open { call, leg, rtp_port, .. }
                    | media::Command::AddLeg { call, leg, rtp_port },
                ) => {
                    let before = self.ports.entry(call).or_default().insert(leg, rtp_port);
                    assert_eq!(before, None, "a leg is added once");
                }
                Output::Media(media::Command::DropLeg { call, leg }) => {
                    let port = self.ports.get_mut(&call).and_then(|ports| ports.remove(&leg));
                    let rtp_port = port.expect("a leg that was added is dropped once");
                    closed.push(media::Event::PortFreed { rtp_port });
                }
                Output::Media(
                    media::Command::Connect { call, routes, .. }
                    | media::Command::Route { call, routes },
                ) => {
                    let legs = &self.ports[&call];
                    assert!(routes.iter().all(|route| legs.contains_key(&route.leg)), "{routes:?}");
                    self.routes.insert(call, routes);
                }
                Output::Media(media::Command::Close { call }) => {
                    let ports = self.ports.remove(&call).unwrap_or_default().into_values();
                    let ports = ports.collect();
                    let quality = Default::default();
                    closed.push(media::Event::Closed { call, ports, quality });
                }
                Output::Media(media::Command::Play { call, prompts, .. }) => {
                    let prompts = prompts.into_iter().map(|prompt| prompt.0).collect();
                    self.played.entry(call).or_default().push(prompts);
                }
                Output::Media(_) => {}
            }
        }
        for event in closed {
            self.input(Input::Media(event));
        }
    }

    fn newest_call(&self) -> CallId {
        *self.calls.values().max().expect("a call")
    }

    fn note(&mut self, leg: LegId, what: &str) {
        self.dialled.entry(leg).or_default().push(what.to_owned());
    }

    fn hear(&mut self, event: Event) {
        if let Event::CallArrived(e) = &event {
            let caller = e.caller.reveal()[1..].parse().expect("a number");
            self.calls.insert(caller, e.call);
        }
        self.log.push(event);
    }

    /// Changes plan and policy, and adopts them.
    pub(crate) fn adopt(&mut self, change: impl FnOnce(&mut Plan, &mut Policy)) {
        change(&mut self.plan, &mut self.policy);
        let (plan, policy) = (self.plan.clone(), self.policy.clone());
        let adopted = self.switch.adopt(self.now, plan, policy, &BTreeMap::new());
        assert_eq!(adopted, Ok(()));
        self.follow();
    }

    /// Caller number `n`, whose leg is `2n + 1`, calls. Returns the refusal, if any.
    pub(crate) fn call(&mut self, n: u64) -> Result<(), RefusalCause> {
        let before = self.log.len();
        self.input(Input::Arrival(sip::Incoming {
            leg: LegId(2 * n + 1),
            origin: sip::Origin::Trunk("telecom".into()),
            caller: Number::new(&format!("1{n:010}")),
            display: String::new(),
            dialled: Number::new("12345"),
            remote: Some(remote()),
            signalled: Default::default(),
        }));
        let refused = self.log[before..].iter().find_map(|event| match event {
            Event::CallRefused(refused) => Some(refused.cause),
            _ => None,
        });
        refused.map_or(Ok(()), Err)
    }

    pub(crate) fn caller_hangs_up(&mut self, n: u64) {
        let (leg, end) = (LegId(2 * n + 1), sip::LegEnd::ByeReceived);
        self.input(Input::Sip(sip::Event::Ended { leg, end }));
    }

    pub(crate) fn registers(&mut self, seat: u32) {
        self.input(Input::Sip(sip::Event::SeatReached { seat: SeatId(seat) }));
    }

    pub(crate) fn sit_down(&mut self, seat: u32) {
        self.registers(seat);
        let (seat, by) = (SeatId(seat), SeatActor::Phone);
        self.command(AgentCommand::LogIn { seat, agent: None, by });
        self.ready(seat.0);
    }

    pub(crate) fn ready(&mut self, seat: u32) {
        self.command(AgentCommand::Ready { seat: SeatId(seat), by: SeatActor::Phone });
    }

    pub(crate) fn not_ready(&mut self, seat: u32) {
        let reason = model::NotReadyReason::Break;
        self.command(AgentCommand::NotReady { seat: SeatId(seat), reason, by: SeatActor::Phone });
    }

    fn command(&mut self, command: AgentCommand) {
        self.switch.handle_command(self.now, command).expect("accepted");
        self.follow();
    }

    /// The ringing seats as (caller, seat).
    pub(crate) fn ringing(&self) -> Vec<(u64, u32)> {
        let rings: BTreeSet<(u64, u32)> = self.rings.values().copied().collect();
        rings.into_iter().collect()
    }

    fn leg_at(&self, seat: u32) -> LegId {
        let ring = self.rings.iter().find(|(_, (_, rung))| *rung == seat);
        *ring.expect("the seat rings").0
    }

    pub(crate) fn phone_rings(&mut self, seat: u32) {
        let leg = self.leg_at(seat);
        self.input(Input::Sip(sip::Event::Ringing { leg }));
    }

    pub(crate) fn phone_answers(&mut self, seat: u32, code: u16) {
        let leg = self.leg_at(seat);
        self.rings.remove(&leg);
        self.input(Input::Sip(sip::Event::Failed { leg, code }));
    }

    pub(crate) fn seat_picks_up(&mut self, seat: u32) {
        let leg = self.leg_at(seat);
        self.rings.remove(&leg);
        self.answered.insert(seat, leg);
        self.input(Input::Sip(sip::Event::Answered { leg, remote: remote() }));
    }

    /// The phone of a seat that is in a call dials; returns its new leg.
    pub(crate) fn dials(&mut self, seat: u32, number: &str) -> LegId {
        self.legs_dialled += 1;
        let leg = LegId(9_001 + 2 * self.legs_dialled);
        self.input(Input::Sip(sip::Event::Incoming(sip::Incoming {
            leg,
            origin: sip::Origin::Seat(SeatId(seat)),
            caller: Number::new(&seat.to_string()),
            display: String::new(),
            dialled: Number::new(number),
            remote: Some(remote()),
            signalled: Default::default(),
        })));
        leg
    }

    /// The phone of a seat sends REFER in its first leg; returns the code that it is told.
    pub(crate) fn refers(&mut self, seat: u32, to: &str, replaces: Option<LegId>) -> u16 {
        let leg = self.answered[&seat];
        self.refer_code = None;
        let to = Number::new(to);
        self.input(Input::Sip(sip::Event::Referred { leg, to, replaces }));
        self.refer_code.expect("a REFER is answered")
    }

    /// The legs that a leg of a phone hears in the call of caller `n`.
    pub(crate) fn leg_hears(&self, n: u64, leg: LegId) -> Vec<LegId> {
        let routes = &self.routes[&self.calls[&n]];
        let route = routes.iter().find(|route| route.leg == leg);
        route.map(|route| route.hears.clone()).unwrap_or_default()
    }

    pub(crate) fn answered_leg(&self, seat: u32) -> LegId {
        self.answered[&seat]
    }

    /// The legs that phones dialled: whether each was accepted, rejected with a code, or hung up.
    pub(crate) fn fate_of(&self, leg: LegId) -> &[String] {
        self.dialled.get(&leg).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn leg_ends(&mut self, leg: LegId) {
        let end = sip::LegEnd::ByeReceived;
        self.input(Input::Sip(sip::Event::Ended { leg, end }));
    }

    /// The phone of a seat that is in a call hangs up.
    pub(crate) fn seat_hangs_up(&mut self, seat: u32) {
        let leg = self.answered.remove(&seat).expect("the seat is in a call");
        let end = sip::LegEnd::ByeReceived;
        self.input(Input::Sip(sip::Event::Ended { leg, end }));
    }

    /// The hold key of the phone of a seat that is in a call.
    pub(crate) fn phone_holds(&mut self, seat: u32, holds: bool) {
        let direction = if holds { Direction::RecvOnly } else { Direction::SendRecv };
        let (leg, remote) = (self.answered[&seat], RemoteMedia { direction, ..remote() });
        self.input(Input::Sip(sip::Event::RemoteChanged { leg, remote }));
    }

    /// A person does something with the call of caller `n`.
    pub(crate) fn act(&mut self, n: u64, action: CallAction) -> Result<(), CallRejected> {
        let (call, by) = (self.calls[&n], SeatActor::Person("zhou".into()));
        let result = self.switch.handle_call_command(self.now, CallCommand { call, by, action });
        self.follow();
        result
    }

    /// The seats whose phones are in a call.
    pub(crate) fn in_call(&self) -> Vec<u32> {
        self.answered.keys().copied().collect()
    }

    /// The parties that one hears in the call of caller `n`: seats by number, the caller as 0. `listener` is
    /// named in the same way.
    pub(crate) fn hears(&self, n: u64, listener: u32) -> Vec<u32> {
        let caller = LegId(2 * n + 1);
        let leg = if listener == 0 { caller } else { self.answered[&listener] };
        let name = |leg: &LegId| match *leg == caller {
            true => 0,
            false => *self.answered.iter().find(|(_, own)| *own == leg).expect("in a call").0,
        };
        let routes = &self.routes[&self.calls[&n]];
        let route = routes.iter().find(|route| route.leg == leg);
        let mut hears: Vec<u32> =
            route.map(|route| route.hears.iter().map(name).collect()).unwrap_or_default();
        hears.sort_unstable();
        hears
    }

    /// The seat that has the call of caller `n`.
    pub(crate) fn talks_with(&self, n: u64) -> Option<u32> {
        self.switch.talks_with(self.calls[&n]).map(|seat| seat.0)
    }

    /// The events of all calls, in order, by name.
    pub(crate) fn names_since(&self, first: usize) -> Vec<&'static str> {
        self.log[first..].iter().map(Event::name).collect()
    }

    pub(crate) fn log(&self) -> &[Event] {
        &self.log
    }

    pub(crate) fn pass_s(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        while let Some(at) = self.switch.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.input(Input::Timeout);
        }
        self.now = end;
    }

    pub(crate) fn drain_in_s(&mut self, seconds: u64) {
        let until = self.now + Duration::from_secs(seconds);
        self.input(Input::Drain { until });
    }

    pub(crate) fn end_talks(&mut self) {
        self.switch.end_talks(self.now, CallEnd::Drained);
        self.follow();
    }

    pub(crate) fn end_all(&mut self) {
        self.switch.end_all(self.now, CallEnd::Drained);
        self.follow();
    }

    pub(crate) fn voice_of_caller(&mut self, n: u64, is_heard: bool) {
        let (call, leg) = (self.calls[&n], LegId(2 * n + 1));
        self.input(Input::Media(match is_heard {
            true => media::Event::VoiceReturned { call, leg },
            false => media::Event::VoiceLost { call, leg },
        }));
    }

    /// The text of the alarm about lost voice; empty when it was cleared or never raised.
    pub(crate) fn voice_alarm(&self) -> String {
        let alarm = model::event::Alarm::VoiceLost;
        let last = self.log.iter().rev().find_map(|event| match event {
            Event::AlarmRaised(raised) if raised.alarm == alarm => Some(raised.text.clone()),
            Event::AlarmCleared(cleared) if cleared.alarm == alarm => Some(String::new()),
            _ => None,
        });
        last.unwrap_or_default()
    }

    pub(crate) fn prompts_end(&mut self, n: u64) {
        let call = self.calls[&n];
        let leg = LegId(2 * n + 1);
        self.input(Input::Media(media::Event::PromptsEnded { call, leg }));
    }

    /// Caller `n` presses a key.
    pub(crate) fn presses(&mut self, n: u64, key: char) {
        let (call, leg) = (self.calls[&n], LegId(2 * n + 1));
        self.input(Input::Media(media::Event::DtmfReceived { call, leg, key }));
    }

    pub(crate) fn prompts_played(&self, n: u64) -> usize {
        self.played.get(&self.calls[&n]).map(Vec::len).unwrap_or_default()
    }

    /// The prompts that caller `n` heard last.
    pub(crate) fn last_played(&self, n: u64) -> &[u16] {
        let all = self.played.get(&self.calls[&n]);
        all.and_then(|all| all.last()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether caller `n` hears silence and no music when nobody speaks.
    pub(crate) fn is_silent(&self, n: u64) -> bool {
        self.routes[&self.calls[&n]].iter().any(|route| route.is_silent)
    }

    /// The length of every prompt.
    pub(crate) const PROMPT: Duration = Duration::from_secs(3);

    pub(crate) fn end_of(&self, n: u64) -> Option<CallEnd> {
        self.log.iter().find_map(|event| match event {
            Event::CallEnded(e) if e.call == self.calls[&n] => Some(e.end),
            _ => None,
        })
    }

    pub(crate) fn work(&self, seat: u32) -> Option<WorkState> {
        self.switch.dispatcher().seat(SeatId(seat)).expect("a seat").work_state()
    }

    pub(crate) fn last_missed(&self) -> OfferMissed {
        let missed = self.log.iter().rev().find_map(|event| match event {
            Event::OfferMissed(missed) => Some(missed.clone()),
            _ => None,
        });
        missed.expect("an offer was missed")
    }

    pub(crate) fn count(&self, which: impl Fn(&Event) -> bool) -> usize {
        self.log.iter().filter(|event| which(event)).count()
    }
}

fn remote() -> RemoteMedia {
    RemoteMedia {
        rtp: ([127, 0, 0, 1], 4_000).into(),
        codec: model::Codec::Pcma,
        send: model::PayloadTypes::of(model::Codec::Pcma, None),
        receive: model::PayloadTypes::of(model::Codec::Pcma, None),
        ptime: Duration::from_millis(20),
        direction: Direction::SendRecv,
        signalled: Default::default(),
    }
}
