//! The carrier's gateway and the citizens behind it. They dial, wait, talk and hang up, or their
//! line fails.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use model::{Direction, IpNetwork, LegId, Number, Timestamp};
use sip::{
    Command, Config, Dial, Endpoint, Event, Flow, Input, LegEnd, Output, Target, Transport, Trunk,
};

use super::{
    SESSION,
    glance::{Glance, Start},
    network::{CARRIER, ENGINE},
};
use crate::{Storm, agenda::Agenda, chance::Chance};

#[derive(Debug)]
pub(super) struct Carrier {
    chance: Chance,
    storm: Storm,
    endpoint: Endpoint,
    legs: BTreeMap<LegId, Caller>,
    agenda: Agenda<Action>,
    last_leg: u64,
    hangs_up: bool,
    pub(super) out: VecDeque<(Flow, Vec<u8>)>,
    /// Network faults for particular calls.
    pub(super) faults: VecDeque<Fault>,
    /// Answered calls whose other end stopped answering, with their start.
    pub(super) deserted: VecDeque<(Timestamp, String)>,
}

/// A network fault of one call, by its Call-ID.
#[derive(Debug)]
pub(super) enum Fault {
    /// Its line is dead from now on.
    Sever(String),
    /// None of its ACKs arrives.
    Silence(String),
}

#[derive(Debug)]
struct Caller {
    call_id: String,
    since: Timestamp,
    is_up: bool,
    /// Whether its line or its ACKs are lost, so that any end is expected.
    is_doomed: bool,
}

/// A planned action of a caller.
#[derive(Clone, Copy, Debug)]
enum Action {
    Hold(LegId),
    Resume(LegId),
    HangUp(LegId),
    /// The line fails and the caller hangs up; the engine gets no BYE.
    Vanish(LegId),
}

impl Carrier {
    pub(super) fn new(mut chance: Chance, storm: Storm) -> Carrier {
        let mut config = Config::new("carrier.example");
        config.product = "Sim-Carrier".to_owned();
        config.locals = vec![(Transport::Udp, CARRIER)];
        config.trunks =
            vec![Trunk { id: "hotline".into(), sources: vec![IpNetwork::host(ENGINE.ip())] }];
        config.session_expires = SESSION;
        Carrier {
            endpoint: Endpoint::new(config, chance.seed()),
            chance,
            storm,
            legs: BTreeMap::new(),
            agenda: Agenda::new(),
            last_leg: 0,
            hangs_up: true,
            out: VecDeque::new(),
            faults: VecDeque::new(),
            deserted: VecDeque::new(),
        }
    }

    /// A citizen dials.
    pub(super) fn call(&mut self, now: Timestamp, caller: &str, dialled: &str) {
        self.last_leg += 2;
        let leg = LegId(self.last_leg);
        let before = self.out.len();
        self.legs.insert(
            leg,
            Caller { call_id: String::new(), since: now, is_up: false, is_doomed: false },
        );
        self.command(
            now,
            Command::Dial(Dial {
                leg,
                to: Target::Uri(format!("sip:{dialled}@{ENGINE}")),
                caller: Number::new(caller),
                display: String::new(),
                rtp_port: 30_000,
                headers: Vec::new(),
                credentials: None,
            }),
        );
        let invite = self.out.iter().skip(before).find_map(|(_, bytes)| call_id_of_invite(bytes));
        let (Some(call_id), Some(held)) = (invite, self.legs.get_mut(&leg)) else { return };
        held.call_id.clone_from(&call_id);
        let patience = self.chance.about(Duration::from_secs(240)) + Duration::from_millis(50);
        let (storm, chance) = (&self.storm, &mut self.chance);
        let goes = match chance.one_in(storm.lost_one_in) {
            true => Action::Vanish(leg),
            false => Action::HangUp(leg),
        };
        self.agenda.plan(now + patience, goes);
        if chance.one_in(storm.silent_one_in) {
            held.is_doomed = true;
            self.faults.push_back(Fault::Silence(call_id));
        }
        if chance.one_in(storm.held_one_in) {
            let after = chance.between(Duration::ZERO, patience);
            self.agenda.plan(now + after, Action::Hold(leg));
        }
    }

    /// From now on no line fails.
    pub(super) fn calm(&mut self) {
        let gentle = |action| match action {
            Action::Vanish(leg) => Action::HangUp(leg),
            action => action,
        };
        self.agenda.change(gentle);
    }

    pub(super) fn set_hanging_up(&mut self, may: bool) {
        self.hangs_up = may;
    }

    pub(super) fn receive(&mut self, now: Timestamp, flow: Flow, bytes: &[u8]) {
        self.endpoint.handle_input(now, Input::Received { flow, bytes });
        self.drain();
    }

    pub(super) fn handle_timeout(&mut self, now: Timestamp) {
        while let Some(action) = self.agenda.take(now) {
            self.act(now, action);
        }
        if self.endpoint.poll_timeout().is_some_and(|at| at <= now) {
            self.endpoint.handle_input(now, Input::Timeout);
            self.drain();
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        [self.agenda.next(), self.endpoint.poll_timeout()].into_iter().flatten().min()
    }

    /// Calls that are answered and not over, as the callers see it.
    pub(super) fn up(&self) -> usize {
        self.legs.values().filter(|caller| caller.is_up).count()
    }

    /// Whether no call or transaction is active here.
    pub(super) fn is_idle(&self) -> bool {
        self.legs.is_empty() && self.endpoint.is_idle()
    }

    fn act(&mut self, now: Timestamp, action: Action) {
        let (Action::Hold(leg) | Action::Resume(leg) | Action::HangUp(leg) | Action::Vanish(leg)) =
            action;
        let Some(caller) = self.legs.get_mut(&leg) else { return };
        match action {
            Action::Resume(_) => {
                self.command(now, Command::SetDirection { leg, direction: Direction::SendRecv });
            }
            Action::Hold(_) if self.hangs_up => {
                self.command(now, Command::SetDirection { leg, direction: Direction::SendOnly });
                let after = self.chance.about(Duration::from_secs(10));
                self.agenda.plan(now + after, Action::Resume(leg));
            }
            Action::HangUp(_) if self.hangs_up => {
                self.command(now, Command::HangUp { leg, reason: None });
            }
            Action::Vanish(_) if self.hangs_up => {
                caller.is_doomed = true;
                self.faults.push_back(Fault::Sever(caller.call_id.clone()));
                self.command(now, Command::HangUp { leg, reason: None });
            }
            Action::Hold(_) | Action::HangUp(_) | Action::Vanish(_) => {
                let after = self.chance.between(Duration::from_secs(60), Duration::from_secs(120));
                self.agenda.plan(now + after, action);
            }
        }
    }

    fn handle_event(&mut self, event: &Event) {
        match event {
            Event::Answered { leg, .. } => {
                if let Some(caller) = self.legs.get_mut(leg) {
                    caller.is_up = true;
                }
            }
            Event::Failed { leg, .. } => drop(self.legs.remove(leg)),
            Event::Ended { leg, end } => {
                let caller = self.legs.remove(leg).filter(|caller| !caller.is_doomed);
                if matches!(end, LegEnd::NoAck | LegEnd::Lost | LegEnd::Expired) {
                    self.deserted.extend(caller.map(|caller| (caller.since, caller.call_id)));
                }
            }
            // The hotline makes no calls to citizens yet, and a gateway does not register.
            _ => {}
        }
    }

    fn command(&mut self, now: Timestamp, command: Command) {
        self.endpoint.handle_input(now, Input::Command(command));
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Send { flow, bytes } => self.out.push_back((flow, bytes)),
                Output::Event(event) => self.handle_event(&event),
                // It opens no streams.
                Output::Close { .. } | Output::Save(_) => {}
            }
        }
    }
}

fn call_id_of_invite(bytes: &[u8]) -> Option<String> {
    let glance = Glance::at(bytes)?;
    (glance.start == Start::Request("INVITE")).then(|| glance.call_id.to_owned())
}
