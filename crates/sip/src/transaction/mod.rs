//! Requests and their answers, sent again until they arrive (RFC 3261 17).
//!
//! Each file beside this one is a machine as the RFC draws it; it knows codes
//! and moments, and no bytes. [`Transactions`] owns them all: it finds the
//! machine a message belongs to, and sends again what was lost. What is left
//! over, new requests and first answers, is for the legs.

mod client;
mod client_invite;
mod follow_up;
mod key;
mod server;
mod server_invite;
mod tries;

use std::collections::{BTreeMap, BTreeSet};

use model::{LegId, Timestamp};

use self::{
    client::Client,
    client_invite::ClientInvite,
    follow_up::ack_of_refusal,
    key::{client_key, origin_key, server_key},
    server::Server,
    server_invite::ServerInvite,
};
pub(crate) use self::{follow_up::cancel_of, tries::Tries};
use crate::{
    Flow, Transport,
    message::{Message, Method},
    outbox::Outbox,
    text::has_key_led_by,
    timer::Agenda,
    wire,
};

/// What a machine asks of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Nothing.
    Rest,
    /// Send the request, or the latest answer, again.
    Send,
    /// The answer is news: hand it up.
    Pass,
    /// Acknowledge a refusal that came again.
    Ack,
    /// Acknowledge the refusal and hand it up.
    PassAndAck,
    /// Given up.
    Fail,
}

/// A transaction, either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TxId(u64);

impl TxId {
    /// No transaction: those begin at 1.
    pub(crate) const NONE: TxId = TxId(0);
}

/// One INVITE we sent, with everything that may come back; see `leg::invite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct InviteId(pub(crate) u64);

/// Who waits for the answer of a request of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum User {
    /// A dialled or modified leg.
    Invite(InviteId),
    /// An UPDATE that keeps a leg's session timer going.
    Refresh(LegId),
    /// OPTIONS that asks whether a leg's far end is still there.
    Probe(LegId),
    /// A registration elsewhere, by its place.
    Register(usize),
    /// Nobody: BYE and CANCEL are sent and forgotten.
    Nobody,
}

/// What the clock or the network did to a request of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nobody answered in time: as good as 408.
    TimedOut,
    /// The stream broke, or nobody is there: as good as 503.
    Unreachable,
    /// Nothing about it can come any more.
    Over,
}

/// Whose a request from the network is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// Seen before, and dealt with.
    Absorbed,
    /// A CANCEL for an INVITE we know.
    Cancels(TxId),
    /// The same request came another way already (8.2.2.2).
    Merged,
    /// News.
    New,
}

/// All transactions of the endpoint.
#[derive(Debug)]
pub(crate) struct Transactions {
    next: u64,
    max: usize,
    clients: BTreeMap<TxId, ClientTx>,
    servers: BTreeMap<TxId, ServerTx>,
    by_branch: BTreeMap<String, TxId>,
    by_key: BTreeMap<String, TxId>,
    by_origin: BTreeMap<String, TxId>,
    by_flow: BTreeSet<(Flow, TxId)>,
    agenda: Agenda<TxId>,
}

#[derive(Debug)]
struct ClientTx {
    machine: ClientMachine,
    user: User,
    flow: Flow,
    /// As in `by_branch`.
    key: String,
    bytes: Vec<u8>,
    /// The ACK of a refusal, to be sent again.
    ack: Option<Vec<u8>>,
}

#[derive(Debug)]
enum ClientMachine {
    /// With the INVITE, from which ACK and CANCEL are made.
    Invite(ClientInvite, Box<Message>),
    Other(Client),
}

#[derive(Debug)]
struct ServerTx {
    machine: ServerMachine,
    /// Where answers go (RFC 3261 18.2.2, RFC 3581 4).
    flow: Flow,
    /// As in `by_key`.
    key: String,
    /// As in `by_origin`.
    origin: Option<String>,
    /// The latest answer.
    bytes: Vec<u8>,
}

#[derive(Debug)]
enum ServerMachine {
    Invite(ServerInvite),
    Other(Server),
}

impl Transactions {
    pub(crate) fn new(max: usize) -> Transactions {
        Transactions {
            next: 0,
            max,
            clients: BTreeMap::new(),
            servers: BTreeMap::new(),
            by_branch: BTreeMap::new(),
            by_key: BTreeMap::new(),
            by_origin: BTreeMap::new(),
            by_flow: BTreeSet::new(),
            agenda: Agenda::new(),
        }
    }

    /// Whether a new call should be answered 503.
    pub(crate) fn is_full(&self) -> bool {
        self.len() >= self.max
    }

    pub(crate) fn len(&self) -> usize {
        self.clients.len() + self.servers.len()
    }

    /// Whether no table of it holds anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
            && self.by_branch.is_empty()
            && self.by_key.is_empty()
            && self.by_origin.is_empty()
            && self.by_flow.is_empty()
    }

    pub(crate) fn next_timeout(&self) -> Option<Timestamp> {
        self.agenda.next()
    }

    /// Sends a request of ours and waits for its answer. Its top Via holds a fresh branch.
    pub(crate) fn request(
        &mut self,
        now: Timestamp,
        request: Message,
        flow: Flow,
        user: User,
        out: &mut Outbox,
    ) -> TxId {
        let id = self.fresh();
        let bytes = wire::write(&request);
        let key = client_key(&request).unwrap_or_default();
        let reliable = flow.transport == Transport::Tcp;
        let machine = match request.method() {
            Some(Method::Invite) => {
                ClientMachine::Invite(ClientInvite::new(now, reliable), Box::new(request))
            }
            _ => ClientMachine::Other(Client::new(now, reliable)),
        };
        out.send(flow, bytes.clone());
        self.by_branch.insert(key.clone(), id);
        self.by_flow.insert((flow, id));
        self.clients.insert(id, ClientTx { machine, user, flow, key, bytes, ack: None });
        self.settle(id);
        id
    }

    /// The INVITE of a transaction that is not answered yet, and its flow: what CANCEL is made from.
    pub(crate) fn pending_invite(&self, id: TxId) -> Option<(&Message, Flow)> {
        let client = self.clients.get(&id)?;
        match &client.machine {
            ClientMachine::Invite(machine, invite) if !machine.is_answered() => {
                Some((invite, client.flow))
            }
            ClientMachine::Invite(..) | ClientMachine::Other(_) => None,
        }
    }

    /// Gives a request of ours up without a word (9.1: a cancelled INVITE nobody answers).
    pub(crate) fn forget(&mut self, id: TxId) {
        if let Some(client) = self.clients.remove(&id) {
            self.by_branch.remove(&client.key);
            self.by_flow.remove(&(client.flow, id));
            self.agenda.set(id, None);
        }
    }

    /// Which way the request went that this answers.
    pub(crate) fn asked(&self, response: &Message) -> Option<Flow> {
        let id = self.by_branch.get(&client_key(response)?)?;
        self.clients.get(id).map(|client| client.flow)
    }

    /// Whether a request of ours over this flow is not over yet.
    pub(crate) fn uses(&self, flow: Flow) -> bool {
        self.by_flow.range((flow, TxId(0))..=(flow, TxId(u64::MAX))).next().is_some()
    }

    /// Whether a request of ours with this branch waits for an answer.
    pub(crate) fn awaits(&self, branch: &str) -> bool {
        // Keys are the branch, a space, the method.
        has_key_led_by(&self.by_branch, branch)
    }

    /// An answer came. `Some`: it is news for this user.
    pub(crate) fn response(
        &mut self,
        now: Timestamp,
        response: &Message,
        out: &mut Outbox,
    ) -> Option<User> {
        let found = client_key(response).and_then(|key| self.by_branch.get(&key).copied());
        let Some((id, client)) =
            found.and_then(|id| self.clients.get_mut(&id).map(|client| (id, client)))
        else {
            out.counts.strays += 1;
            return None;
        };
        let code = response.code().unwrap_or(500);
        let act = match &mut client.machine {
            ClientMachine::Invite(machine, _) => machine.response(now, code),
            ClientMachine::Other(machine) => machine.response(now, code),
        };
        if act == Act::PassAndAck
            && let ClientMachine::Invite(_, invite) = &client.machine
        {
            client.ack = ack_of_refusal(invite, response).map(|ack| wire::write(&ack));
        }
        if matches!(act, Act::PassAndAck | Act::Ack)
            && let Some(ack) = &client.ack
        {
            out.send(client.flow, ack.clone());
        }
        let user = client.user;
        self.settle(id);
        match act {
            Act::Pass | Act::PassAndAck => Some(user),
            Act::Rest | Act::Ack | Act::Send | Act::Fail => {
                out.counts.absorbed += 1;
                None
            }
        }
    }

    /// A request came: is it one we know? ACK for a 2xx is always `New`.
    pub(crate) fn arrival(
        &mut self,
        now: Timestamp,
        request: &Message,
        out: &mut Outbox,
    ) -> Arrival {
        let is_ack = request.method() == Some(&Method::Ack);
        if let Some(id) = self.server_of(request, None) {
            let Some(server) = self.servers.get_mut(&id) else { return Arrival::New };
            let act = match &mut server.machine {
                // Accepted: the ACK of a 2xx may carry the same branch from an old phone.
                ServerMachine::Invite(machine) if is_ack => {
                    if machine.is_accepted() {
                        return Arrival::New;
                    }
                    machine.ack(now)
                }
                ServerMachine::Invite(machine) => machine.request(),
                ServerMachine::Other(machine) => machine.request(),
            };
            if act == Act::Send && !server.bytes.is_empty() {
                out.counts.retransmitted += 1;
                out.send(server.flow, server.bytes.clone());
            }
            out.counts.absorbed += 1;
            self.settle(id);
            return Arrival::Absorbed;
        }
        if request.method() == Some(&Method::Cancel)
            && let Some(id) = self.server_of(request, Some(&Method::Invite))
        {
            return Arrival::Cancels(id);
        }
        match origin_key(request).is_some_and(|key| self.by_origin.contains_key(&key)) {
            true if !is_ack => Arrival::Merged,
            true | false => Arrival::New,
        }
    }

    /// Begins a transaction for a new request; answers go over `flow`.
    pub(crate) fn open(&mut self, request: &Message, flow: Flow) -> TxId {
        let id = self.fresh();
        let reliable = flow.transport == Transport::Tcp;
        let key = server_key(request, None).unwrap_or_default();
        let machine = match request.method() {
            Some(Method::Invite) => ServerMachine::Invite(ServerInvite::new(reliable)),
            _ => ServerMachine::Other(Server::new(reliable)),
        };
        let origin = origin_key(request);
        if let Some(origin) = &origin {
            self.by_origin.insert(origin.clone(), id);
        }
        self.by_key.insert(key.clone(), id);
        self.servers.insert(id, ServerTx { machine, flow, key, origin, bytes: Vec::new() });
        id
    }

    /// Answers a request of theirs. An answer after the last one is dropped.
    pub(crate) fn respond(
        &mut self,
        now: Timestamp,
        id: TxId,
        response: &Message,
        out: &mut Outbox,
    ) {
        let Some(server) = self.servers.get_mut(&id) else { return };
        let code = response.code().unwrap_or(500);
        let act = match &mut server.machine {
            ServerMachine::Invite(machine) => machine.respond(now, code),
            ServerMachine::Other(machine) => machine.respond(now),
        };
        if act == Act::Send {
            server.bytes = wire::write(response);
            out.send(server.flow, server.bytes.clone());
        }
        self.settle(id);
    }

    /// Where the answers of a transaction go.
    pub(crate) fn flow(&self, id: TxId) -> Option<Flow> {
        self.servers.get(&id).map(|server| server.flow)
    }

    /// Deals with the earliest deadline that has come. `None`: none has.
    /// `Some(None)`: one had, and nobody need know.
    #[expect(clippy::option_option, reason = "whether something was due, and whether it is news")]
    pub(crate) fn timeout(
        &mut self,
        now: Timestamp,
        out: &mut Outbox,
    ) -> Option<Option<(TxId, User, Fate)>> {
        let id = self.agenda.due(now)?;
        let mut news = None;
        if let Some(client) = self.clients.get_mut(&id) {
            let act = match &mut client.machine {
                ClientMachine::Invite(machine, _) => machine.timeout(now),
                ClientMachine::Other(machine) => machine.timeout(now),
            };
            match act {
                Act::Send => {
                    out.counts.retransmitted += 1;
                    out.send(client.flow, client.bytes.clone());
                }
                Act::Fail => {
                    out.counts.timed_out += 1;
                    news = Some((id, client.user, Fate::TimedOut));
                }
                Act::Rest | Act::Pass | Act::Ack | Act::PassAndAck => {
                    if client.is_terminated() {
                        news = Some((id, client.user, Fate::Over));
                    }
                }
            }
        } else if let Some(server) = self.servers.get_mut(&id) {
            let act = match &mut server.machine {
                ServerMachine::Invite(machine) => machine.timeout(now),
                ServerMachine::Other(machine) => machine.timeout(now),
            };
            if act == Act::Send {
                out.counts.retransmitted += 1;
                out.send(server.flow, server.bytes.clone());
            }
        }
        self.settle(id);
        Some(news)
    }

    /// A stream closed, or nobody is there: requests of ours over it fail at once (17.1.4).
    pub(crate) fn closed(&mut self, flow: Flow) -> Vec<(TxId, User)> {
        let all = (flow, TxId(0))..=(flow, TxId(u64::MAX));
        let over: Vec<TxId> = self.by_flow.range(all).map(|(_, id)| *id).collect();
        let mut failed = Vec::new();
        for id in over {
            let Some(client) = self.clients.get_mut(&id) else { continue };
            let act = match &mut client.machine {
                ClientMachine::Invite(machine, _) => machine.transport_failed(),
                ClientMachine::Other(machine) => machine.transport_failed(),
            };
            if act == Act::Fail {
                failed.push((id, client.user));
            }
            self.settle(id);
        }
        failed
    }

    fn fresh(&mut self) -> TxId {
        self.next += 1;
        TxId(self.next)
    }

    fn server_of(&self, request: &Message, as_method: Option<&Method>) -> Option<TxId> {
        self.by_key.get(&server_key(request, as_method)?).copied()
    }

    /// Moves a transaction's deadline, or lets go of one that is over.
    fn settle(&mut self, id: TxId) {
        if let Some(client) = self.clients.get(&id) {
            let deadline = match &client.machine {
                ClientMachine::Invite(machine, _) => machine.deadline(),
                ClientMachine::Other(machine) => machine.deadline(),
            };
            if client.is_terminated() {
                self.forget(id);
            } else {
                self.agenda.set(id, deadline);
            }
        } else if let Some(server) = self.servers.get(&id) {
            let (deadline, over) = match &server.machine {
                ServerMachine::Invite(machine) => (machine.deadline(), machine.is_terminated()),
                ServerMachine::Other(machine) => (machine.deadline(), machine.is_terminated()),
            };
            self.agenda.set(id, deadline);
            if over && let Some(server) = self.servers.remove(&id) {
                self.by_key.remove(&server.key);
                if let Some(origin) = server.origin {
                    self.by_origin.remove(&origin);
                }
            }
        }
    }
}

impl ClientTx {
    fn is_terminated(&self) -> bool {
        match &self.machine {
            ClientMachine::Invite(machine, _) => machine.is_terminated(),
            ClientMachine::Other(machine) => machine.is_terminated(),
        }
    }
}

/// RFC 3261 8.1.1.6.
pub(crate) const MAX_FORWARDS: &str = "70";
