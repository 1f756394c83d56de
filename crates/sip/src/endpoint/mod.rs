//! The endpoint: all of SIP as one machine.
//!
//! Feed it with [`Endpoint::handle_input`], then drain [`Endpoint::poll_output`],
//! then wait until [`Endpoint::poll_timeout`] or the next input. It owns no
//! socket and no clock; its chance comes from a seed.
//!
//! - `network`: bytes come in; which machine do they belong to?
//! - `party`: a message for a leg or a request of ours; is it from its far end?
//! - `screen`: a new request; who sent it, may they, and is it one we can serve?
//! - `peer`: where a message comes from, through a proxy of ours too.
//! - `admission`: may a message come in at all, or is its sender too fast?
//! - `doors`: the registrar and passwords.
//! - `streams`: which TCP streams are open, and for how long.
//! - `ways`: which of our addresses speaks to which of theirs.

mod admission;
mod doors;
mod network;
mod party;
mod peer;
mod screen;
mod streams;
mod ways;

pub(crate) use peer::Peer;
pub(crate) use screen::ACCEPT;

use std::collections::BTreeMap;

use model::{LegId, Timestamp};

use crate::{
    Command, Config, Counts, Input, Output,
    digest::Challenger,
    ident::Ident,
    leg::{Leg, invite::Invite},
    outbox::Outbox,
    registrar::Registrar,
    registration::Registrations,
    shield::{KnownSource, Shield},
    timer::Agenda,
    transaction::{Fate, InviteId, Transactions, TxId, User},
};

use streams::Streams;

pub use streams::StreamLimits;

/// Signalling for one call center, or for one phone.
#[derive(Debug)]
pub struct Endpoint {
    pub(crate) config: Config,
    pub(crate) ident: Ident,
    pub(crate) out: Outbox,
    pub(crate) transactions: Transactions,
    pub(crate) legs: BTreeMap<LegId, Leg>,
    /// Legs by the key of their dialog.
    pub(crate) dialogs: BTreeMap<String, LegId>,
    /// Legs that a CANCEL may still end, by their INVITE.
    pub(crate) calls: BTreeMap<TxId, LegId>,
    pub(crate) invites: BTreeMap<InviteId, Invite>,
    pub(crate) registrations: Registrations,
    pub(crate) agenda: Agenda<Alarm>,
    pub(crate) next_leg: u64,
    pub(crate) next_invite: u64,
    pub(crate) is_draining: bool,
    pub(crate) registrar: Registrar,
    challenger: Challenger,
    shield: Shield,
    streams: Streams,
}

/// Whose deadline comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Alarm {
    Leg(LegId),
    Invite(InviteId),
    Registration(usize),
}

impl Endpoint {
    /// An endpoint. `seed` must come from the system's entropy: tags, branches and nonces are
    /// made from it, and who knows it can guess them.
    pub fn new(config: Config, seed: [u8; 32]) -> Endpoint {
        let mut ident = Ident::new(seed);
        let mut endpoint = Endpoint {
            registrar: doors::registrar(&config),
            shield: Shield::new(config.shield, &config.known_sources),
            challenger: Challenger::new(&config.realm, ident.seed(), config.nonce_lifetime),
            transactions: Transactions::new(config.transactions_max),
            streams: Streams::new(config.streams),
            config,
            ident,
            out: Outbox::default(),
            legs: BTreeMap::new(),
            dialogs: BTreeMap::new(),
            calls: BTreeMap::new(),
            invites: BTreeMap::new(),
            registrations: Registrations::default(),
            agenda: Agenda::new(),
            next_leg: 1,
            next_invite: 0,
            is_draining: false,
        };
        for seat in std::mem::take(&mut endpoint.config.seats) {
            endpoint.put_seat(seat);
        }
        endpoint
    }

    /// Something happened at `now`.
    pub fn handle_input(&mut self, now: Timestamp, input: Input<'_>) {
        match input {
            Input::Opened { flow } => self.stream_opened(now, flow),
            Input::Received { flow, bytes } => self.received(now, flow, bytes),
            Input::Closed { flow } => self.closed(now, flow),
            Input::Restore(saved) => self.restore(now, saved),
            Input::Command(command) => self.command(now, command),
            Input::Timeout => self.timeout(now),
        }
        self.save_contacts();
    }

    /// What to do next; `None` when there is nothing until the next input.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.out.poll()
    }

    /// When to send [`Input::Timeout`]; `None` when nothing is pending.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let others =
            [self.transactions.next_timeout(), self.next_of_doors(), self.streams.next_timeout()];
        others.into_iter().flatten().chain(self.agenda.next()).min()
    }

    /// What happened so far.
    pub fn counts(&self) -> Counts {
        self.out.counts
    }

    /// Addresses from which phones had the right password: for [`Config::known_sources`] of the
    /// next run.
    pub fn known_sources(&self) -> Vec<KnownSource> {
        self.shield.known().collect()
    }

    /// Grows whenever [`Endpoint::known_sources`] changes, which is once an hour for each.
    pub fn known_sources_version(&self) -> u64 {
        self.shield.known_version()
    }

    /// How many transactions are open.
    pub fn transactions(&self) -> usize {
        self.transactions.len()
    }

    /// How many legs are open.
    pub fn legs(&self) -> usize {
        self.legs.len()
    }

    /// Whether nothing is under way: no leg, no transaction, no registration, no deadline. A
    /// law for tests: after the last call everything must come to this.
    pub fn is_idle(&self) -> bool {
        self.legs.is_empty()
            && self.dialogs.is_empty()
            && self.calls.is_empty()
            && self.invites.is_empty()
            && self.registrations.is_empty()
            && self.transactions.is_empty()
            && self.poll_timeout().is_none()
    }

    fn command(&mut self, now: Timestamp, command: Command) {
        match command {
            Command::Ring { leg } => self.ring(now, leg),
            Command::Accept { leg, rtp_port } => self.accept(now, leg, rtp_port),
            Command::Reject { leg, code, retry_after_s } => {
                self.reject(now, leg, code, retry_after_s);
            }
            Command::Dial(dial) => self.dial(now, dial),
            Command::HangUp { leg, reason } => self.hang_up(now, leg, reason),
            Command::SetDirection { leg, direction } => self.direct(now, leg, direction),
            Command::Probe { leg } => self.probe(now, leg),
            Command::PutSeat(seat) => self.put_seat(seat),
            Command::RemoveSeat(seat) => self.remove_seat(seat),
            Command::Register(register) => self.register(now, register),
            Command::Drain => self.is_draining = true,
        }
    }

    fn timeout(&mut self, now: Timestamp) {
        while let Some(news) = self.transactions.timeout(now, &mut self.out) {
            if let Some((tx, user, fate)) = news {
                self.fate(now, tx, user, fate);
            }
        }
        while let Some(alarm) = self.agenda.due(now) {
            match alarm {
                Alarm::Leg(leg) => self.leg_timeout(now, leg),
                Alarm::Invite(invite) => self.invite_timeout(now, invite),
                Alarm::Registration(place) => self.registration_timeout(now, place),
            }
        }
        self.doors_timeout(now);
        self.streams_timeout(now);
    }

    /// A request of ours got no answer.
    fn fate(&mut self, now: Timestamp, tx: TxId, user: User, fate: Fate) {
        let code = match fate {
            Fate::TimedOut => Some(408),
            Fate::Unreachable => Some(503),
            Fate::Over => None,
        };
        match (user, code) {
            (User::Invite(invite), _) => self.invite_fate(now, invite, tx, fate),
            (User::Refresh(leg), Some(code)) => {
                self.refreshed(now, leg, code, None);
            }
            (User::Probe(leg), Some(_)) => self.probe_unanswered(now, leg, fate),
            (User::Register(place), Some(code)) => self.registration_failed(now, place, tx, code),
            // Answered already, or asked for by nobody.
            (User::Refresh(_) | User::Probe(_) | User::Register(_), None) | (User::Nobody, _) => {}
        }
    }
}
