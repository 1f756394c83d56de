//! The engine's SIP thread: an endpoint, the intake for arrivals, and mailboxes to and from the
//! center with a delay.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use center::Input;
use model::{IpNetwork, LegId, SeatId, Timestamp, TrunkId, event::RefusalCause};
use queue::Intake;
use sip::{
    Command, Config, Endpoint, Event, Flow, Incoming, Origin, Output, SavedContact, SavedDialog,
    SavedInvite, SavedState, Seat, StateUpdate, Transport, Trunk,
};

use super::{
    REALM, SESSION,
    glance::{Glance, Start},
    network::{CARRIER, ENGINE, is_strange},
    password,
};
use crate::{chance::Chance, output::SignallingOutput};

pub(super) struct Engine {
    chance: Chance,
    config: Config,
    /// `None` while the engine is down.
    endpoint: Option<Endpoint>,
    commands: VecDeque<(Timestamp, Command)>,
    arrivals: Intake<Incoming>,
    messages: VecDeque<(Timestamp, CenterMessage)>,
    /// The engine's offers by the Call-ID of each INVITE, and the dialled legs that are still
    /// wanted.
    offers: BTreeMap<String, LegId>,
    wanted: BTreeSet<LegId>,
    /// The contacts on disk for the next start.
    contacts: BTreeMap<SeatId, Vec<SavedContact>>,
    dialogs: BTreeMap<LegId, SavedDialog>,
    invites: BTreeMap<u64, SavedInvite>,
    pub(super) out: VecDeque<(Flow, Vec<u8>)>,
    pub(super) outputs: VecDeque<SignallingOutput>,
}

/// A message that wakes the center.
#[derive(Debug)]
enum CenterMessage {
    /// The intake has arrivals.
    Arrivals,
    Input(Box<Input>),
}

impl Engine {
    pub(super) fn new(mut chance: Chance, seats: &[SeatId]) -> Engine {
        let mut config = Config::new(REALM);
        config.locals = vec![(Transport::Udp, ENGINE)];
        config.trunks = vec![Trunk {
            id: TrunkId::from("telecom"),
            sources: vec![IpNetwork::host(CARRIER.ip())],
        }];
        config.session_expires = SESSION;
        config.seats = seats
            .iter()
            .map(|seat| {
                let secret = sip::hash_password(&seat.to_string(), REALM, &password(*seat));
                Seat { seat: *seat, secret: Some(secret), fixed: None }
            })
            .collect();
        Engine {
            endpoint: Some(Endpoint::new(config.clone(), chance.seed())),
            chance,
            config,
            commands: VecDeque::new(),
            arrivals: Intake::new(INTAKE),
            messages: VecDeque::new(),
            offers: BTreeMap::new(),
            wanted: BTreeSet::new(),
            contacts: BTreeMap::new(),
            dialogs: BTreeMap::new(),
            invites: BTreeMap::new(),
            out: VecDeque::new(),
            outputs: VecDeque::new(),
        }
    }

    /// The center puts a command into the mailbox.
    pub(super) fn handle_command(&mut self, now: Timestamp, command: Command) {
        match &command {
            Command::Dial(dial) => drop(self.wanted.insert(dial.leg)),
            Command::HangUp { leg, .. } => drop(self.wanted.remove(leg)),
            _ => {}
        }
        let at = self.after(now, self.commands.back().map(|(at, _)| *at));
        self.commands.push_back((at, command));
    }

    pub(super) fn receive(&mut self, now: Timestamp, flow: Flow, bytes: &[u8]) {
        if let Some(endpoint) = &mut self.endpoint {
            endpoint.handle_input(now, sip::Input::Received { flow, bytes });
            self.drain(now);
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Timestamp) {
        while let Some(command) = due(&mut self.commands, now) {
            self.command(now, command);
        }
        if let Some(endpoint) = &mut self.endpoint
            && endpoint.poll_timeout().is_some_and(|at| at <= now)
        {
            endpoint.handle_input(now, sip::Input::Timeout);
            self.drain(now);
        }
        while let Some(message) = due(&mut self.messages, now) {
            // The center takes arrivals before events about them, for any reason to wake.
            let arrivals = self.arrivals.take();
            self.outputs.extend(
                arrivals
                    .map(|incoming| SignallingOutput::Center(Box::new(Input::Arrival(incoming)))),
            );
            match message {
                CenterMessage::Arrivals => {}
                CenterMessage::Input(input) => {
                    self.outputs.push_back(SignallingOutput::Center(input))
                }
            }
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Timestamp> {
        let command = self.commands.front().map(|(at, _)| *at);
        let next = self.messages.front().map(|(at, _)| *at);
        let endpoint = self.endpoint.as_ref().and_then(Endpoint::poll_timeout);
        [command, next, endpoint].into_iter().flatten().min()
    }

    /// The process dies: legs, transactions and messages are gone, the files stay.
    pub(super) fn crash(&mut self) {
        self.endpoint = None;
        self.commands.clear();
        drop(self.arrivals.take());
        self.messages.clear();
        self.offers.clear();
        self.wanted.clear();
        self.out.clear();
        self.outputs.clear();
    }

    /// A new process starts, with new entropy and the files on disk.
    pub(super) fn restart(&mut self, now: Timestamp) {
        let mut endpoint = Endpoint::new(self.config.clone(), self.chance.seed());
        let saved = SavedState {
            contacts: std::mem::take(&mut self.contacts).into_values().flatten().collect(),
            dialogs: std::mem::take(&mut self.dialogs).into_values().collect(),
            invites: std::mem::take(&mut self.invites).into_values().collect(),
        };
        endpoint.handle_input(now, sip::Input::Restore(saved));
        self.endpoint = Some(endpoint);
        self.drain(now);
    }

    pub(super) fn is_alive(&self) -> bool {
        self.endpoint.is_some()
    }

    pub(super) fn legs(&self) -> usize {
        self.endpoint.as_ref().map_or(0, Endpoint::legs)
    }

    /// Whether these are the INVITEs of two offers and the center wants both.
    pub(super) fn wants_both(&self, one: &str, other: &str) -> bool {
        match (self.offers.get(one), self.offers.get(other)) {
            (Some(one), Some(other)) => {
                one != other && self.wanted.contains(one) && self.wanted.contains(other)
            }
            _ => false,
        }
    }

    /// The parts that are still active.
    pub(super) fn unrest(&self) -> Vec<String> {
        let mut found = Vec::new();
        match &self.endpoint {
            Some(endpoint) if endpoint.is_idle() => {}
            Some(endpoint) => found.push(format!(
                "the engine's endpoint is not at rest: {} legs, {} transactions, next timeout {:?}",
                endpoint.legs(),
                endpoint.transactions(),
                endpoint.poll_timeout()
            )),
            None => found.push("the engine is dead".to_owned()),
        }
        if !(self.wanted.is_empty() && self.commands.is_empty() && self.messages.is_empty()) {
            found.push(format!("{} dialled legs never ended", self.wanted.len()));
        }
        found
    }

    fn command(&mut self, now: Timestamp, command: Command) {
        let dialled = match &command {
            Command::Dial(dial) => Some(dial.leg),
            _ => None,
        };
        let Some(endpoint) = &mut self.endpoint else { return };
        let before = self.out.len();
        endpoint.handle_input(now, sip::Input::Command(command));
        self.drain(now);
        if let Some(leg) = dialled {
            let sent = self.out.iter().skip(before);
            let invites = sent.filter_map(|(_, bytes)| Glance::at(bytes));
            let invites = invites.filter(|glance| glance.start == Start::Request("INVITE"));
            self.offers.extend(invites.map(|glance| (glance.call_id.to_owned(), leg)));
        }
    }

    fn drain(&mut self, now: Timestamp) {
        while let Some(output) = self.endpoint.as_mut().and_then(Endpoint::poll_output) {
            match output {
                Output::Send { flow, bytes } => self.out.push_back((flow, bytes)),
                Output::Event(event) => self.tell_center(now, event),
                Output::Save(save) => self.save(save),
                // It opens no streams here.
                Output::Close { .. } => {}
            }
        }
    }

    fn save(&mut self, save: StateUpdate) {
        match save {
            StateUpdate::Contacts { seat, contacts } => drop(self.contacts.insert(seat, contacts)),
            StateUpdate::Dialog { leg, dialog } => drop(self.dialogs.insert(leg, *dialog)),
            StateUpdate::DialogEnded { leg } => drop(self.dialogs.remove(&leg)),
            StateUpdate::Invite { id, invite } => drop(self.invites.insert(id, *invite)),
            StateUpdate::InviteEnded { id } => drop(self.invites.remove(&id)),
        }
    }

    fn tell_center(&mut self, now: Timestamp, event: Event) {
        let message = match event {
            Event::Incoming(incoming) if matches!(incoming.origin, Origin::Trunk(_)) => {
                match self.arrivals.push(incoming) {
                    Ok(true) => CenterMessage::Arrivals,
                    // The center has been woken and will take this arrival too.
                    Ok(false) => return,
                    Err(incoming) => self.turn_away(now, incoming),
                }
            }
            Event::RateLimited { source, limit } => {
                if !is_strange(source) {
                    let what = format!("{limit:?} of the phones at {source} are limited");
                    self.outputs.push_back(SignallingOutput::Violation(14, what));
                }
                return;
            }
            event => {
                if let Event::Failed { leg, .. } | Event::Ended { leg, .. } = &event {
                    self.wanted.remove(leg);
                    self.offers.retain(|_, offered| offered != leg);
                }
                CenterMessage::Input(Box::new(Input::Sip(event)))
            }
        };
        let at = self.after(now, self.messages.back().map(|(at, _)| *at));
        self.messages.push_back((at, message));
    }

    fn turn_away(&mut self, now: Timestamp, incoming: Incoming) -> CenterMessage {
        let reject = Command::Reject {
            leg: incoming.leg,
            code: switch::refusal_code(RefusalCause::IntakeFull),
            retry_after_s: None,
        };
        if let Some(endpoint) = &mut self.endpoint {
            endpoint.handle_input(now, sip::Input::Command(reject));
        }
        CenterMessage::Input(Box::new(Input::TurnedAway(incoming, RefusalCause::IntakeFull)))
    }

    /// The time at which the other thread takes a message put into its mailbox now: soon, in order.
    fn after(&mut self, now: Timestamp, last: Option<Timestamp>) -> Timestamp {
        let most = match self.chance.one_in(500) {
            // The thread was busy.
            true => Duration::from_millis(50),
            false => Duration::from_millis(1),
        };
        let at = now + self.chance.between(Duration::from_micros(5), most);
        last.map_or(at, |last| last.max(at))
    }
}

/// The first message of a mailbox, if its time has come.
fn due<T>(mailbox: &mut VecDeque<(Timestamp, T)>, now: Timestamp) -> Option<T> {
    mailbox.front().filter(|(at, _)| *at <= now)?;
    mailbox.pop_front().map(|(_, thing)| thing)
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// Small, so that a burst finds it full now and then.
const INTAKE: usize = 8;
