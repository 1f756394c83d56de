//! The table of all transactions: finds the one a message belongs to and retransmits.

use std::collections::{BTreeMap, BTreeSet};

use primitives::Timestamp;

use super::{
    Action, RequestMatch, TransactionOutcome, TransactionUser, TxId,
    cancel_and_ack::ack_of_refusal,
    invite_client::InviteClient,
    invite_server::InviteServer,
    key::{client_key, origin_key, server_key},
    non_invite_client::NonInviteClient,
    non_invite_server::NonInviteServer,
};
use crate::{
    Flow, Transport,
    message::{Message, Method},
    outbox::Outbox,
    text::has_key_starting_with_word,
    timers::Timers,
    wire,
};

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
    timers: Timers<TxId>,
}

#[derive(Debug)]
struct ClientTx {
    machine: ClientMachine,
    user: TransactionUser,
    flow: Flow,
    /// As in `by_branch`.
    key: String,
    bytes: Vec<u8>,
    /// The ACK of a refusal, kept for its retransmissions.
    ack: Option<Vec<u8>>,
}

#[derive(Debug)]
enum ClientMachine {
    /// With the INVITE, from which ACK and CANCEL are built.
    Invite(InviteClient, Box<Message>),
    Other(NonInviteClient),
}

#[derive(Debug)]
struct ServerTx {
    machine: ServerMachine,
    /// The flow of responses (RFC 3261 18.2.2, RFC 3581 4).
    flow: Flow,
    /// As in `by_key`.
    key: String,
    /// As in `by_origin`.
    origin: Option<String>,
    /// The latest response.
    bytes: Vec<u8>,
}

#[derive(Debug)]
enum ServerMachine {
    Invite(InviteServer),
    Other(NonInviteServer),
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
            timers: Timers::new(),
        }
    }

    /// Returns whether new requests must be answered 503.
    pub(crate) fn is_full(&self) -> bool {
        self.len() >= self.max
    }

    pub(crate) fn len(&self) -> usize {
        self.clients.len() + self.servers.len()
    }

    /// Returns whether all tables are empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
            && self.by_branch.is_empty()
            && self.by_key.is_empty()
            && self.by_origin.is_empty()
            && self.by_flow.is_empty()
    }

    pub(crate) fn next_timeout(&self) -> Option<Timestamp> {
        self.timers.next()
    }

    /// Sends a request and waits for its response. Its top Via holds a fresh branch.
    pub(crate) fn request(
        &mut self,
        now: Timestamp,
        request: Message,
        flow: Flow,
        user: TransactionUser,
        out: &mut Outbox,
    ) -> TxId {
        let id = self.next_id();
        let bytes = wire::write(&request);
        let key = client_key(&request).unwrap_or_default();
        let reliable = flow.transport == Transport::Tcp;
        let machine = match request.method() {
            Some(Method::Invite) => {
                ClientMachine::Invite(InviteClient::new(now, reliable), Box::new(request))
            }
            _ => ClientMachine::Other(NonInviteClient::new(now, reliable)),
        };
        out.send(flow, bytes.clone());
        self.by_branch.insert(key.clone(), id);
        self.by_flow.insert((flow, id));
        self.clients.insert(id, ClientTx { machine, user, flow, key, bytes, ack: None });
        self.update(id);
        id
    }

    /// Returns an unanswered INVITE and its flow, to build a CANCEL.
    pub(crate) fn pending_invite(&self, id: TxId) -> Option<(&Message, Flow)> {
        let client = self.clients.get(&id)?;
        match &client.machine {
            ClientMachine::Invite(machine, invite) if !machine.is_answered() => {
                Some((invite, client.flow))
            }
            ClientMachine::Invite(..) | ClientMachine::Other(_) => None,
        }
    }

    /// Drops a transaction of ours silently (RFC 3261 9.1: a cancelled INVITE without a response).
    pub(crate) fn forget(&mut self, id: TxId) {
        if let Some(client) = self.clients.remove(&id) {
            self.by_branch.remove(&client.key);
            self.by_flow.remove(&(client.flow, id));
            self.timers.set(id, None);
        }
    }

    /// Returns the flow of the request that this responds to.
    pub(crate) fn asked(&self, response: &Message) -> Option<Flow> {
        let id = self.by_branch.get(&client_key(response)?)?;
        self.clients.get(id).map(|client| client.flow)
    }

    /// Returns whether a transaction of ours uses this flow.
    pub(crate) fn uses(&self, flow: Flow) -> bool {
        self.by_flow.range((flow, TxId(0))..=(flow, TxId(u64::MAX))).next().is_some()
    }

    /// Returns whether a request with this branch waits for a response.
    pub(crate) fn awaits(&self, branch: &str) -> bool {
        // Keys are the branch and the method, separated by a space.
        has_key_starting_with_word(&self.by_branch, branch)
    }

    /// Handles a response; returns the user it is delivered to.
    pub(crate) fn response(
        &mut self,
        now: Timestamp,
        response: &Message,
        out: &mut Outbox,
    ) -> Option<TransactionUser> {
        let found = client_key(response).and_then(|key| self.by_branch.get(&key).copied());
        let Some((id, client)) =
            found.and_then(|id| self.clients.get_mut(&id).map(|client| (id, client)))
        else {
            out.counts.strays += 1;
            return None;
        };
        let code = response.code().unwrap_or(500);
        let action = match &mut client.machine {
            ClientMachine::Invite(machine, _) => machine.response(now, code),
            ClientMachine::Other(machine) => machine.response(now, code),
        };
        if action == Action::DeliverAndAck
            && let ClientMachine::Invite(_, invite) = &client.machine
        {
            client.ack = ack_of_refusal(invite, response).map(|ack| wire::write(&ack));
        }
        if matches!(action, Action::DeliverAndAck | Action::Ack)
            && let Some(ack) = &client.ack
        {
            out.send(client.flow, ack.clone());
        }
        let user = client.user;
        self.update(id);
        match action {
            Action::Deliver | Action::DeliverAndAck => Some(user),
            Action::Nothing | Action::Ack | Action::Send | Action::Fail => {
                out.counts.absorbed += 1;
                None
            }
        }
    }

    /// Finds what a received request belongs to. The ACK of a 2xx is always `New`.
    pub(crate) fn match_request(
        &mut self,
        now: Timestamp,
        request: &Message,
        out: &mut Outbox,
    ) -> RequestMatch {
        let is_ack = request.method() == Some(&Method::Ack);
        if let Some(id) = self.server_of(request, None) {
            let Some(server) = self.servers.get_mut(&id) else { return RequestMatch::New };
            let action = match &mut server.machine {
                // In Accepted, the ACK of a 2xx may carry the same branch from an old phone.
                ServerMachine::Invite(machine) if is_ack => {
                    if machine.is_accepted() {
                        return RequestMatch::New;
                    }
                    machine.ack(now)
                }
                ServerMachine::Invite(machine) => machine.request(),
                ServerMachine::Other(machine) => machine.request(),
            };
            if action == Action::Send && !server.bytes.is_empty() {
                out.counts.retransmitted += 1;
                out.send(server.flow, server.bytes.clone());
            }
            out.counts.absorbed += 1;
            self.update(id);
            return RequestMatch::Retransmission;
        }
        if request.method() == Some(&Method::Cancel)
            && let Some(id) = self.server_of(request, Some(&Method::Invite))
        {
            return RequestMatch::Cancel(id);
        }
        match origin_key(request).is_some_and(|key| self.by_origin.contains_key(&key)) {
            true if !is_ack => RequestMatch::Merged,
            true | false => RequestMatch::New,
        }
    }

    /// Opens a server transaction; responses go over `flow`.
    pub(crate) fn open(&mut self, request: &Message, flow: Flow) -> TxId {
        let id = self.next_id();
        let reliable = flow.transport == Transport::Tcp;
        let key = server_key(request, None).unwrap_or_default();
        let machine = match request.method() {
            Some(Method::Invite) => ServerMachine::Invite(InviteServer::new(reliable)),
            _ => ServerMachine::Other(NonInviteServer::new(reliable)),
        };
        let origin = origin_key(request);
        if let Some(origin) = &origin {
            self.by_origin.insert(origin.clone(), id);
        }
        self.by_key.insert(key.clone(), id);
        self.servers.insert(id, ServerTx { machine, flow, key, origin, bytes: Vec::new() });
        id
    }

    /// Sends a response. One after the final response is dropped.
    pub(crate) fn respond(
        &mut self,
        now: Timestamp,
        id: TxId,
        response: &Message,
        out: &mut Outbox,
    ) {
        let Some(server) = self.servers.get_mut(&id) else { return };
        let code = response.code().unwrap_or(500);
        let action = match &mut server.machine {
            ServerMachine::Invite(machine) => machine.respond(now, code),
            ServerMachine::Other(machine) => machine.respond(now),
        };
        if action == Action::Send {
            server.bytes = wire::write(response);
            out.send(server.flow, server.bytes.clone());
        }
        self.update(id);
    }

    /// Returns the flow of a transaction's responses.
    pub(crate) fn flow(&self, id: TxId) -> Option<Flow> {
        self.servers.get(&id).map(|server| server.flow)
    }

    /// Handles the earliest deadline that has passed. `None`: there was none. `Some(None)`: there
    /// was one without news for its user.
    #[expect(clippy::option_option, reason = "whether something was due, and whether it is news")]
    pub(crate) fn timeout(
        &mut self,
        now: Timestamp,
        out: &mut Outbox,
    ) -> Option<Option<(TxId, TransactionUser, TransactionOutcome)>> {
        let id = self.timers.due(now)?;
        let mut news = None;
        if let Some(client) = self.clients.get_mut(&id) {
            let action = match &mut client.machine {
                ClientMachine::Invite(machine, _) => machine.timeout(now),
                ClientMachine::Other(machine) => machine.timeout(now),
            };
            match action {
                Action::Send => {
                    out.counts.retransmitted += 1;
                    out.send(client.flow, client.bytes.clone());
                }
                Action::Fail => {
                    out.counts.timed_out += 1;
                    news = Some((id, client.user, TransactionOutcome::TimedOut));
                }
                Action::Nothing | Action::Deliver | Action::Ack | Action::DeliverAndAck => {
                    if client.is_terminated() {
                        news = Some((id, client.user, TransactionOutcome::Terminated));
                    }
                }
            }
        } else if let Some(server) = self.servers.get_mut(&id) {
            let action = match &mut server.machine {
                ServerMachine::Invite(machine) => machine.timeout(now),
                ServerMachine::Other(machine) => machine.timeout(now),
            };
            if action == Action::Send {
                out.counts.retransmitted += 1;
                out.send(server.flow, server.bytes.clone());
            }
        }
        self.update(id);
        Some(news)
    }

    /// Fails all our requests over a closed or unreachable flow (RFC 3261 17.1.4).
    pub(crate) fn closed(&mut self, flow: Flow) -> Vec<(TxId, TransactionUser)> {
        let all = (flow, TxId(0))..=(flow, TxId(u64::MAX));
        let over: Vec<TxId> = self.by_flow.range(all).map(|(_, id)| *id).collect();
        let mut failed = Vec::new();
        for id in over {
            let Some(client) = self.clients.get_mut(&id) else { continue };
            let action = match &mut client.machine {
                ClientMachine::Invite(machine, _) => machine.transport_failed(),
                ClientMachine::Other(machine) => machine.transport_failed(),
            };
            if action == Action::Fail {
                failed.push((id, client.user));
            }
            self.update(id);
        }
        failed
    }

    fn next_id(&mut self) -> TxId {
        self.next += 1;
        TxId(self.next)
    }

    fn server_of(&self, request: &Message, as_method: Option<&Method>) -> Option<TxId> {
        self.by_key.get(&server_key(request, as_method)?).copied()
    }

    /// Updates a transaction's deadline, or removes a terminated one.
    fn update(&mut self, id: TxId) {
        if let Some(client) = self.clients.get(&id) {
            let deadline = match &client.machine {
                ClientMachine::Invite(machine, _) => machine.deadline(),
                ClientMachine::Other(machine) => machine.deadline(),
            };
            if client.is_terminated() {
                self.forget(id);
            } else {
                self.timers.set(id, deadline);
            }
        } else if let Some(server) = self.servers.get(&id) {
            let (deadline, over) = match &server.machine {
                ServerMachine::Invite(machine) => (machine.deadline(), machine.is_terminated()),
                ServerMachine::Other(machine) => (machine.deadline(), machine.is_terminated()),
            };
            self.timers.set(id, deadline);
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
