//! The endpoint: all of SIP signalling as one state machine.
//!
//! Feed it with [`Endpoint::handle_input`], then drain [`Endpoint::poll_output`], then wait until
//! [`Endpoint::poll_timeout`] or the next input. It owns no socket and no clock; its random numbers
//! come from a seed.
//!
//! - `receive`: reads bytes and finds the transaction, dialog or leg a message belongs to.
//! - `adopt`: other trunks, proxies and seats while calls go on.
//! - `admission`: decides whether a message is accepted or its sender is too fast.
//! - `sender`: identifies who sent a message: a phone, a trunk, a proxy of ours or a stranger.
//! - `far_end`: checks that a message for a leg comes from the leg's far end.
//! - `new_request`: handles a request outside every dialog.
//! - `capabilities`: Allow, Accept, Supported and the answer to OPTIONS.
//! - `register`: REGISTER from phones, and the contacts of seats.
//! - `auth`: digest authentication of phones.
//! - `client_registration`: our own registrations with other registrars.
//! - `leg`: calls, from the first INVITE to the BYE.
//! - `streams`, `connections`: which TCP connections are open, and for how long.
//! - `local_addr`: which of our addresses is used towards which of theirs.
//! - `restore`: what is saved for the next start, and what a start does with it.

mod admission;
mod adopt;
mod auth;
mod capabilities;
mod client_registration;
mod connections;
mod far_end;
mod leg;
mod local_addr;
mod new_request;
mod receive;
mod register;
mod restore;
mod sender;
mod streams;

pub use streams::StreamLimits;

use std::collections::BTreeMap;

use primitives::{LegId, Timestamp};

use self::{
    client_registration::Registrations,
    leg::{Leg, RecentByes, invite::Invite},
    streams::Streams,
};
use crate::{
    Command, Config, Counts, Input, Output, Trunk,
    digest::Challenger,
    id_generator::IdGenerator,
    outbox::Outbox,
    registrar::Registrar,
    shield::{KnownSource, Shield},
    timers::Timers,
    transaction::{InviteId, TransactionOutcome, TransactionUser, Transactions, TxId},
};

/// SIP signalling for one call center, or for one phone.
#[derive(Debug)]
pub struct Endpoint {
    pub(crate) config: Config,
    pub(crate) ids: IdGenerator,
    pub(crate) out: Outbox,
    pub(crate) transactions: Transactions,
    pub(crate) legs: BTreeMap<LegId, Leg>,
    /// Legs by dialog key.
    pub(crate) dialogs: BTreeMap<String, LegId>,
    /// Legs that a CANCEL may still end, by their INVITE transaction.
    pub(crate) calls: BTreeMap<TxId, LegId>,
    pub(crate) invites: BTreeMap<InviteId, Invite>,
    pub(crate) recent_byes: RecentByes,
    pub(crate) registrations: Registrations,
    pub(crate) timers: Timers<TimerKey>,
    pub(crate) next_leg: u64,
    pub(crate) next_invite: u64,
    pub(crate) is_draining: bool,
    /// Trunks that are not in the config any more, until their calls have ended.
    draining_trunks: Vec<Trunk>,
    pub(crate) registrar: Registrar,
    challenger: Challenger,
    shield: Shield,
    streams: Streams,
}

/// The owner of a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TimerKey {
    Leg(LegId),
    Invite(InviteId),
    Registration(usize),
}

impl Endpoint {
    /// Creates an endpoint. `seed` must come from the system's entropy: tags, branches and nonces
    /// derive from it and could be guessed by anyone who knows it.
    pub fn new(config: Config, seed: [u8; 32]) -> Endpoint {
        let mut ids = IdGenerator::new(seed);
        let mut endpoint = Endpoint {
            registrar: register::registrar(&config),
            shield: Shield::new(config.shield, &config.known_sources),
            challenger: Challenger::new(&config.realm, ids.seed(), config.nonce_lifetime),
            transactions: Transactions::new(config.transactions_max),
            streams: Streams::new(config.streams),
            config,
            ids,
            out: Outbox::default(),
            legs: BTreeMap::new(),
            dialogs: BTreeMap::new(),
            calls: BTreeMap::new(),
            invites: BTreeMap::new(),
            recent_byes: RecentByes::default(),
            registrations: Registrations::default(),
            timers: Timers::new(),
            next_leg: 1,
            next_invite: 0,
            is_draining: false,
            draining_trunks: Vec::new(),
        };
        for seat in std::mem::take(&mut endpoint.config.seats) {
            endpoint.put_seat(seat);
        }
        endpoint
    }

    /// Handles an input that occurred at `now`.
    pub fn handle_input(&mut self, now: Timestamp, input: Input<'_>) {
        match input {
            Input::Opened { flow } => self.stream_opened(now, flow),
            Input::Received { flow, bytes } => self.handle_bytes(now, flow, bytes),
            Input::Closed { flow } => self.flow_closed(now, flow),
            Input::Restore(saved) => self.restore(now, saved),
            Input::Command(command) => self.command(now, command),
            Input::Timeout => self.timeout(now),
        }
        self.save_contacts();
    }

    /// Returns the next action; `None` until the next input.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.out.poll()
    }

    /// Returns when to send [`Input::Timeout`]; `None` when no timer runs.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let others =
            [self.transactions.next_timeout(), self.next_expiry(), self.streams.next_timeout()];
        others.into_iter().flatten().chain(self.timers.next()).min()
    }

    /// Returns the counters.
    pub fn counts(&self) -> Counts {
        self.out.counts
    }

    /// Returns the addresses where phones authenticated, for [`Config::known_sources`] of the next
    /// run.
    pub fn known_sources(&self) -> Vec<KnownSource> {
        self.shield.known().collect()
    }

    /// A version that grows whenever [`Endpoint::known_sources`] changes, at most once an hour per
    /// address.
    pub fn known_sources_version(&self) -> u64 {
        self.shield.known_version()
    }

    /// The number of open transactions.
    pub fn transactions(&self) -> usize {
        self.transactions.len()
    }

    /// The number of open legs.
    pub fn legs(&self) -> usize {
        self.legs.len()
    }

    /// Returns whether nothing is open: no leg, transaction, registration or timer. Tests require
    /// it after the last call.
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
            Command::AnswerRefer { leg, code } => self.answer_refer(now, leg, code),
            Command::PutSeat(seat) => self.put_seat(seat),
            Command::RemoveSeat(seat) => self.remove_seat(seat),
            Command::Adopt(peers) => self.adopt(*peers),
            Command::Register(register) => self.register(now, register),
            Command::Drain => self.is_draining = true,
        }
    }

    fn timeout(&mut self, now: Timestamp) {
        while let Some(news) = self.transactions.timeout(now, &mut self.out) {
            if let Some((tx, user, outcome)) = news {
                self.request_outcome(now, tx, user, outcome);
            }
        }
        while let Some(alarm) = self.timers.due(now) {
            match alarm {
                TimerKey::Leg(leg) => self.leg_timeout(now, leg),
                TimerKey::Invite(invite) => self.invite_timeout(now, invite),
                TimerKey::Registration(place) => self.registration_timeout(now, place),
            }
        }
        self.expire_contacts(now);
        self.streams_timeout(now);
    }

    /// Handles a request of ours that ended without a response.
    fn request_outcome(
        &mut self,
        now: Timestamp,
        tx: TxId,
        user: TransactionUser,
        outcome: TransactionOutcome,
    ) {
        let code = match outcome {
            TransactionOutcome::TimedOut => Some(408),
            TransactionOutcome::Unreachable => Some(503),
            TransactionOutcome::Terminated => None,
        };
        match (user, code) {
            (TransactionUser::Invite(invite), _) => self.invite_outcome(now, invite, tx, outcome),
            (TransactionUser::Refresh(leg), Some(code)) => {
                self.refreshed(now, leg, code, None);
            }
            (TransactionUser::Probe(leg), Some(_)) => self.probe_unanswered(now, leg, outcome),
            (TransactionUser::Register(place), Some(code)) => {
                self.registration_failed(now, place, tx, code)
            }
            // Answered already, or nothing waits for the response.
            (
                TransactionUser::Refresh(_)
                | TransactionUser::Probe(_)
                | TransactionUser::Register(_),
                None,
            )
            | (TransactionUser::None, _) => {}
        }
    }
}
