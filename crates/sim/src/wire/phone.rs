//! A seat's phone and its agent: it registers, rings, answers or not, holds, hangs up, fails
//! without signing off and comes back.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use model::{Direction, IpNetwork, LegId, Number, Timestamp};
use sip::{
    Command, Config, Credentials, Dial, Endpoint, Event, Flow, Input, LegEnd, Output, Register,
    Target, Transport, Trunk,
};

use super::{
    REALM, SESSION,
    network::{ENGINE, PhoneId, inside},
    password,
};
use crate::{Storm, agenda::Agenda, chance::Chance};

#[derive(Debug)]
pub(super) struct Phone {
    id: PhoneId,
    chance: Chance,
    storm: Storm,
    /// `None` while it has no power.
    endpoint: Option<Endpoint>,
    legs: BTreeMap<LegId, PhoneLeg>,
    agenda: Agenda<Action>,
    last_dialled: u64,
    expires: Duration,
    /// Whether the agent may hang up, hold and dial; not during the lull.
    hangs_up: bool,
    /// Datagrams to send, and the Call-IDs of legs that begin to ring.
    pub(super) out: VecDeque<(Flow, Vec<u8>)>,
    pub(super) rung: VecDeque<String>,
    /// Answered legs whose other end stopped answering, as they were.
    pub(super) deserted: VecDeque<PhoneLeg>,
}

/// A leg as the phone sees it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PhoneLeg {
    pub(super) call_id: String,
    pub(super) since: Timestamp,
    pub(super) is_up: bool,
}

/// A planned action of the phone or its agent.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Action {
    Register,
    Ring(LegId),
    PickUp(LegId),
    /// Rejects an offer with this status.
    Reject(LegId, u16),
    Hold(LegId),
    Resume(LegId),
    HangUp(LegId),
    PowerOff,
    PowerOn,
}

impl Phone {
    pub(super) fn new(id: PhoneId, mut chance: Chance, storm: Storm) -> Phone {
        let expires = chance.between(Duration::from_secs(30), Duration::from_secs(300));
        let mut phone = Phone {
            id,
            chance,
            storm,
            endpoint: None,
            legs: BTreeMap::new(),
            agenda: Agenda::new(),
            last_dialled: 0,
            expires: Duration::from_secs(expires.as_secs()),
            hangs_up: true,
            out: VecDeque::new(),
            rung: VecDeque::new(),
            deserted: VecDeque::new(),
        };
        phone.endpoint = Some(phone.fresh());
        phone
    }

    pub(super) fn register_within(&mut self, now: Timestamp, span: Duration) {
        let after = self.chance.between(Duration::ZERO, span);
        self.agenda.plan(now + after, Action::Register);
    }

    /// An agent dials a code. Returns false when the phone is in use or off.
    pub(super) fn dial(&mut self, now: Timestamp, code: &str) -> bool {
        if self.endpoint.is_none() || !self.legs.is_empty() || !self.hangs_up {
            return false;
        }
        self.last_dialled += 2;
        let leg = LegId(self.last_dialled);
        self.legs.insert(leg, PhoneLeg { call_id: String::new(), since: now, is_up: false });
        self.command(
            now,
            Command::Dial(Dial {
                leg,
                to: Target::Uri(format!("sip:{code}@{ENGINE}")),
                caller: Number::new(&self.id.seat.to_string()),
                display: String::new(),
                rtp_port: 30_000,
                headers: Vec::new(),
                credentials: Some(self.credentials()),
            }),
        );
        // An agent who hears nothing hangs up.
        let patience = self.chance.between(Duration::from_secs(8), Duration::from_secs(60));
        self.agenda.plan(now + patience, Action::HangUp(leg));
        true
    }

    /// The power fails, and the phone forgets everything.
    pub(super) fn power_off(&mut self, now: Timestamp) {
        if self.endpoint.take().is_some() {
            self.legs.clear();
            self.agenda = Agenda::new();
            let back = self.chance.about(Duration::from_secs(60)) + Duration::from_millis(100);
            self.agenda.plan(now + back, Action::PowerOn);
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.endpoint.is_some()
    }

    pub(super) fn set_hanging_up(&mut self, may: bool) {
        self.hangs_up = may;
    }

    /// From now on the phone keeps its power.
    pub(super) fn calm(&mut self) {
        self.storm.dead_one_in = 0;
        self.agenda.retain(|action| *action != Action::PowerOff);
    }

    /// Signs off from the registrar.
    pub(super) fn sign_off(&mut self, now: Timestamp) {
        self.agenda = Agenda::new();
        self.register(now, Duration::ZERO);
    }

    pub(super) fn receive(&mut self, now: Timestamp, flow: Flow, bytes: &[u8], call_id: &str) {
        if let Some(endpoint) = &mut self.endpoint {
            endpoint.handle_input(now, Input::Received { flow, bytes });
            self.drain(now, call_id);
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Timestamp) {
        while let Some(action) = self.agenda.take(now) {
            self.act(now, action);
        }
        if let Some(endpoint) = &mut self.endpoint
            && endpoint.poll_timeout().is_some_and(|at| at <= now)
        {
            endpoint.handle_input(now, Input::Timeout);
            self.drain(now, "");
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        let endpoint = self.endpoint.as_ref().and_then(Endpoint::poll_timeout);
        [self.agenda.next(), endpoint].into_iter().flatten().min()
    }

    pub(super) fn legs(&self) -> impl Iterator<Item = &PhoneLeg> {
        self.legs.values()
    }

    /// Whether no leg or transaction is active here.
    pub(super) fn is_idle(&self) -> bool {
        self.legs.is_empty() && self.endpoint.as_ref().is_none_or(Endpoint::is_idle)
    }

    fn act(&mut self, now: Timestamp, action: Action) {
        let of = match action {
            Action::Ring(leg) | Action::PickUp(leg) | Action::Reject(leg, _) => Some(leg),
            Action::Hold(leg) | Action::Resume(leg) | Action::HangUp(leg) => Some(leg),
            Action::Register | Action::PowerOff | Action::PowerOn => None,
        };
        if of.is_some_and(|leg| !self.legs.contains_key(&leg)) {
            return;
        }
        match action {
            Action::Register => self.register(now, self.expires),
            Action::Ring(leg) => self.command(now, Command::Ring { leg }),
            Action::PickUp(leg) => self.pick_up(now, leg),
            // It was answered meanwhile.
            Action::Reject(leg, _) if self.legs.get(&leg).is_some_and(|held| held.is_up) => {}
            Action::Reject(leg, code) => {
                self.command(now, Command::Reject { leg, code, retry_after_s: None });
            }
            Action::Hold(leg) if self.hangs_up => {
                self.command(now, Command::SetDirection { leg, direction: Direction::SendOnly });
                let after = self.chance.about(Duration::from_secs(10));
                self.agenda.plan(now + after, Action::Resume(leg));
            }
            Action::Resume(leg) => {
                self.command(now, Command::SetDirection { leg, direction: Direction::SendRecv });
            }
            Action::HangUp(leg) if self.hangs_up => {
                self.command(now, Command::HangUp { leg, reason: None });
            }
            Action::Hold(_) | Action::HangUp(_) => {
                let after = self.chance.between(Duration::from_secs(60), Duration::from_secs(120));
                self.agenda.plan(now + after, action);
            }
            Action::PowerOff => self.power_off(now),
            Action::PowerOn => {
                self.endpoint = Some(self.fresh());
                self.agenda.plan(now, Action::Register);
            }
        }
    }

    fn pick_up(&mut self, now: Timestamp, leg: LegId) {
        if let Some(held) = self.legs.get_mut(&leg) {
            held.is_up = true;
        }
        self.command(now, Command::Accept { leg, rtp_port: 30_000 });
        let talk = self.chance.about(Duration::from_secs(170)) + Duration::from_secs(5);
        self.agenda.plan(now + talk, Action::HangUp(leg));
        if self.chance.one_in(self.storm.held_one_in) {
            let after = self.chance.between(Duration::ZERO, talk);
            self.agenda.plan(now + after, Action::Hold(leg));
        }
    }

    fn handle_event(&mut self, now: Timestamp, event: Event, call_id: &str) {
        match event {
            Event::Incoming(incoming) => self.rings(now, incoming.leg, call_id),
            Event::Answered { leg, .. } => {
                if let Some(held) = self.legs.get_mut(&leg) {
                    held.is_up = true;
                }
            }
            Event::Failed { leg, .. } => drop(self.legs.remove(&leg)),
            Event::Ended { leg, end } => {
                let held = self.legs.remove(&leg);
                if matches!(end, LegEnd::NoAck | LegEnd::Lost | LegEnd::Expired) {
                    self.deserted.extend(held);
                }
            }
            Event::Registered { code: 200, .. } => {}
            // Refused or unanswered: an agent restarts such a phone.
            Event::Registered { .. } => {
                let after = self.chance.between(Duration::from_secs(10), Duration::from_secs(60));
                self.agenda.plan(now + after, Action::Register);
            }
            Event::Confirmed { .. }
            | Event::VoiceExpected { .. }
            | Event::Ringing { .. }
            | Event::RemoteChanged { .. }
            | Event::DtmfReceived { .. }
            | Event::Referred { .. }
            | Event::Refused { .. }
            | Event::SeatReached { .. }
            | Event::SeatUnreached { .. }
            | Event::RateLimited { .. } => {}
        }
    }

    /// An offer of the engine rings: decides what the agent does.
    fn rings(&mut self, now: Timestamp, leg: LegId, call_id: &str) {
        let is_in_use = !self.legs.is_empty();
        self.legs.insert(leg, PhoneLeg { call_id: call_id.to_owned(), since: now, is_up: false });
        self.rung.push_back(call_id.to_owned());
        let soon = now + self.chance.between(Duration::from_millis(5), Duration::from_millis(80));
        let think = match self.chance.one_in(8) {
            // At about the moment at which the engine gives up.
            true => {
                self.chance.between(Duration::from_millis(19_800), Duration::from_millis(20_200))
            }
            false => self.chance.about(Duration::from_secs(3)),
        };
        if is_in_use || self.chance.one_in(self.storm.busy_one_in) {
            return self.agenda.plan(soon, Action::Reject(leg, 486));
        }
        self.agenda.plan(soon, Action::Ring(leg));
        // The caller may be gone without a message, and a phone does not ring for ever.
        self.agenda.plan(now + RINGS_MAX, Action::Reject(leg, 480));
        if self.chance.one_in(self.storm.dead_one_in) {
            self.agenda.plan(soon + think, Action::PowerOff);
        } else if self.chance.one_in(self.storm.rejected_one_in) {
            self.agenda.plan(soon + think, Action::Reject(leg, 603));
        } else if !self.chance.one_in(self.storm.ignored_one_in) {
            self.agenda.plan(soon + think, Action::PickUp(leg));
        }
    }

    fn register(&mut self, now: Timestamp, expires: Duration) {
        self.command(
            now,
            Command::Register(Register {
                aor: format!("sip:{}@{REALM}", self.id.seat),
                registrar: ENGINE,
                transport: Transport::Udp,
                expires,
                credentials: self.credentials(),
            }),
        );
    }

    fn credentials(&self) -> Credentials {
        Credentials { user: self.id.seat.to_string(), password: password(self.id.seat) }
    }

    fn command(&mut self, now: Timestamp, command: Command) {
        if let Some(endpoint) = &mut self.endpoint {
            endpoint.handle_input(now, Input::Command(command));
            self.drain(now, "");
        }
    }

    fn drain(&mut self, now: Timestamp, call_id: &str) {
        while let Some(output) = self.endpoint.as_mut().and_then(Endpoint::poll_output) {
            match output {
                Output::Send { flow, bytes } => self.out.push_back((flow, bytes)),
                Output::Event(event) => self.handle_event(now, event, call_id),
                // It opens no streams.
                Output::Close { .. } | Output::Save(_) => {}
            }
        }
    }

    /// A new endpoint that knows only its address and the hosts it trusts.
    fn fresh(&mut self) -> Endpoint {
        let mut config = Config::new("phone.example");
        config.product = "Sim-Phone".to_owned();
        config.locals = vec![(Transport::Udp, inside(self.id))];
        config.trunks =
            vec![Trunk { id: "engine".into(), sources: vec![IpNetwork::host(ENGINE.ip())] }];
        config.session_expires = SESSION;
        Endpoint::new(config, self.chance.seed())
    }
}

/// The ringing limit desk phones are delivered with.
const RINGS_MAX: Duration = Duration::from_secs(120);
