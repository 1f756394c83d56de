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
use switch::{Input, LinePlan, Output, Plan, Switch, TrunkPlan};

pub(crate) struct Setup {
    switch: Switch,
    now: Timestamp,
    log: Vec<Event>,
    /// The legs of ringing seats, with the number of the caller and the seat.
    rings: BTreeMap<LegId, (u64, u32)>,
    /// The ports of each call in the relay.
    ports: BTreeMap<CallId, Vec<u16>>,
    played: BTreeMap<CallId, usize>,
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
            queue,
            skills: BTreeMap::new(),
            priority: 0,
            greeting: Vec::new(),
            music: media::PromptId(0),
            announcements: switch::Announcements::default(),
        };
        let plan = Plan {
            trunks: [(TrunkId::from("telecom"), TrunkPlan::default())].into(),
            lines: [("12345".into(), line)].into(),
            sorry: vec![media::PromptId(1)],
            ..Plan::default()
        };
        let now = Timestamp::from_micros(1_795_334_400_000_000);
        let mut setup = Setup {
            switch: Switch::new(plan, Dispatcher::new(policy, OfferId(0)), CallId::from(0)),
            now,
            log: Vec::new(),
            rings: BTreeMap::new(),
            ports: BTreeMap::new(),
            played: BTreeMap::new(),
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
                    let call: CallId = dial.headers[0].1.parse().expect("a call id");
                    let caller = self.calls.iter().find(|(_, id)| **id == call).map(|(n, _)| *n);
                    let sip::Target::Seat(seat) = dial.to else { panic!("a seat is dialled") };
                    self.rings.insert(dial.leg, (caller.expect("a caller"), seat.0));
                }
                Output::Sip(sip::Command::HangUp { leg, .. }) => drop(self.rings.remove(&leg)),
                Output::Sip(_) => {}
                Output::Media(media::Command::Open { call, rtp_port, .. }) => {
                    self.ports.insert(call, vec![rtp_port]);
                }
                Output::Media(media::Command::AddSeat { call, rtp_port }) => {
                    self.ports.entry(call).or_default().push(rtp_port);
                }
                Output::Media(media::Command::DropSeat { call }) => {
                    let port = self.ports.get_mut(&call).and_then(Vec::pop);
                    closed.extend(port.map(|rtp_port| media::Event::PortFreed { rtp_port }));
                }
                Output::Media(media::Command::Close { call }) => {
                    let ports = self.ports.remove(&call).unwrap_or_default();
                    let quality = Default::default();
                    closed.push(media::Event::Closed { call, ports, quality });
                }
                Output::Media(media::Command::Play { call, .. }) => {
                    *self.played.entry(call).or_default() += 1;
                }
                Output::Media(_) => {}
            }
        }
        for event in closed {
            self.input(Input::Media(event));
        }
    }

    fn hear(&mut self, event: Event) {
        if let Event::CallArrived(e) = &event {
            let caller = e.caller.reveal()[1..].parse().expect("a number");
            self.calls.insert(caller, e.call);
        }
        self.log.push(event);
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
        self.input(Input::Sip(sip::Event::Answered { leg, remote: remote() }));
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

    pub(crate) fn prompts_end(&mut self, n: u64) {
        let call = self.calls[&n];
        self.input(Input::Media(media::Event::PromptsEnded { call }));
    }

    pub(crate) fn prompts_played(&self, n: u64) -> usize {
        self.played.get(&self.calls[&n]).copied().unwrap_or_default()
    }

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
