//! The signalling thread: sockets around `sip::Endpoint`.
//!
//! There is one thread with one epoll. It hands calls to the center through the intake and
//! everything else through the center's mailbox; it takes commands from its own. When the center
//! does not keep up it stops reading sockets, so that the kernel's buffers and then the callers'
//! retransmissions carry the load.

use std::{
    collections::{BTreeMap, VecDeque},
    io::{self, ErrorKind, Read, Write},
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use mio::{
    Events, Interest, Poll, Token,
    net::{TcpListener, TcpStream, UdpSocket},
    unix::SourceFd,
};
use rustix::fd::AsRawFd;
use sip::{
    Command, Endpoint, Event, Flow, Incoming, Input, Origin, Output, RateLimit, SavedState,
    Transport,
};

use crate::{
    clock::Clock,
    dscp::Dscp,
    known_sources::KnownSources,
    live::{self, LiveState},
    mailbox::{Mailbox, MailboxWriter},
    sip_state::StateSender,
    threads::sip_sockets::{Sockets, route, translated},
};

/// The state the thread shares with the others.
pub(crate) struct Shared {
    /// Calls for the center.
    pub(crate) arrivals: Arc<Mailbox<Incoming>>,
    /// Everything else for the center.
    pub(crate) center: Arc<Mailbox<center::Input>>,
    /// Commands for this thread.
    pub(crate) commands: Arc<Mailbox<Command>>,
    /// The endpoint's counters, refreshed once a second.
    pub(crate) counts: Arc<Mutex<sip::Counts>>,
    /// Addresses of phones, refreshed once a second.
    pub(crate) known: Arc<KnownSources>,
    /// The live state; this thread counts its loops there.
    pub(crate) live: Arc<LiveState>,
    /// Set when the thread should end.
    pub(crate) stop: Arc<AtomicBool>,
}

/// Runs until told to stop.
pub(crate) fn run(
    sockets: Sockets,
    endpoint: Endpoint,
    clock: Clock,
    shared: &Shared,
    saved_state: StateSender,
    saved: SavedState,
) -> io::Result<()> {
    let mut this = SipLoop::new(sockets, endpoint, clock, shared, saved_state)?;
    this.feed(Input::Restore(saved));
    let mut events = Events::with_capacity(1024);
    while !shared.stop.load(Ordering::Acquire) {
        live::count(&shared.live.loops.signalling);
        let wait = this.wait();
        match this.poll.poll(&mut events, Some(wait)) {
            Ok(()) => {}
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
        this.turn(&events);
    }
    this.saved_state.finish();
    Ok(())
}

struct SipLoop<'a> {
    poll: Poll,
    udp: Vec<Udp>,
    tcp: Vec<Tcp>,
    streams: BTreeMap<Flow, Stream>,
    /// Streams that are readable and not yet read until they would block, in order of their turns.
    readable: VecDeque<Flow>,
    by_token: BTreeMap<usize, Flow>,
    next_token: usize,
    routes: BTreeMap<IpAddr, IpAddr>,
    advertise: Option<IpAddr>,
    endpoint: Endpoint,
    clock: Clock,
    shared: &'a Shared,
    center: MailboxWriter<center::Input>,
    saved_state: StateSender,
    counted_at: model::Timestamp,
    buffer: Box<[u8]>,
    /// Writes of one input, kept until the center has its events; empty between inputs.
    writes: Vec<NetworkOutput>,
}

/// An output of the endpoint for a socket.
enum NetworkOutput {
    Send(Flow, Vec<u8>),
    Close(Flow),
}

struct Udp {
    socket: UdpSocket,
    bound: SocketAddr,
    /// Whether it is readable and not yet read until it would block.
    pending: bool,
}

struct Tcp {
    listener: TcpListener,
    /// Whether connections may wait to be accepted.
    pending: bool,
}

struct Stream {
    stream: TcpStream,
    token: usize,
    out: Vec<u8>,
    /// Whether it is in `readable`.
    pending: bool,
}

impl Stream {
    fn new(stream: TcpStream, token: usize) -> Stream {
        Stream { stream, token, out: Vec::new(), pending: false }
    }
}

impl<'a> SipLoop<'a> {
    fn new(
        sockets: Sockets,
        endpoint: Endpoint,
        clock: Clock,
        shared: &'a Shared,
        saved_state: StateSender,
    ) -> io::Result<SipLoop<'a>> {
        let poll = Poll::new()?;
        if let Some(event) = shared.commands.event() {
            let fd = event.as_raw_fd();
            poll.registry().register(&mut SourceFd(&fd), WAKE, Interest::READABLE)?;
        }
        let mut next_token = FIRST_SOCKET;
        let mut udp = Vec::new();
        for mut socket in sockets.udp {
            poll.registry().register(&mut socket, Token(next_token), Interest::READABLE)?;
            next_token += 1;
            let bound = socket.local_addr()?;
            udp.push(Udp { socket, bound, pending: true });
        }
        let mut tcp = Vec::new();
        for mut listener in sockets.tcp {
            poll.registry().register(&mut listener, Token(next_token), Interest::READABLE)?;
            next_token += 1;
            tcp.push(Tcp { listener, pending: true });
        }
        Ok(SipLoop {
            poll,
            udp,
            tcp,
            streams: BTreeMap::new(),
            readable: VecDeque::new(),
            by_token: BTreeMap::new(),
            next_token,
            routes: BTreeMap::new(),
            advertise: sockets.advertise,
            endpoint,
            clock,
            shared,
            center: MailboxWriter::new(&shared.center),
            saved_state,
            counted_at: clock.now(),
            buffer: vec![0; DATAGRAM_MAX].into_boxed_slice(),
            writes: Vec::new(),
        })
    }

    fn wait(&self) -> Duration {
        let is_unread = self.udp.iter().any(|u| u.pending)
            || self.tcp.iter().any(|tcp| tcp.pending)
            || !self.readable.is_empty();
        if is_unread {
            return Duration::ZERO;
        }
        let now = self.clock.now();
        let due = self.endpoint.poll_timeout().map(|at| at.since(now));
        due.into_iter().chain(self.saved_state.due_in(now)).min().unwrap_or(IDLE).min(IDLE)
    }

    fn turn(&mut self, events: &Events) {
        for command in self.shared.commands.take() {
            self.feed(Input::Command(command));
        }
        for event in events {
            self.ready(event.token(), event.is_readable(), event.is_writable());
        }
        if self.center.flush() {
            for i in 0..self.udp.len() {
                self.read_udp(i);
            }
            for i in 0..self.tcp.len() {
                self.accept(i);
            }
            self.read_streams();
        }
        let now = self.clock.now();
        if self.endpoint.poll_timeout().is_some_and(|at| at <= now) {
            self.feed(Input::Timeout);
        }
        self.saved_state.send_if_due(now);
        if now.since(self.counted_at) >= Duration::from_secs(1) {
            self.counted_at = now;
            // After a fault there is no event for connections that still wait.
            self.tcp.iter_mut().for_each(|tcp| tcp.pending = true);
            // A reader of the counters holds the lock for a copy; this skips a second instead of
            // waiting.
            if let Ok(mut counts) = self.shared.counts.try_lock() {
                *counts = self.endpoint.counts();
            }
            self.shared.known.follow(&self.endpoint);
        }
    }

    fn ready(&mut self, token: Token, readable: bool, writable: bool) {
        let Some(index) = token.0.checked_sub(FIRST_SOCKET) else { return };
        if let Some(udp) = self.udp.get_mut(index) {
            udp.pending = true;
        } else if let Some(tcp) = self.tcp.get_mut(index - self.udp.len()) {
            tcp.pending = true;
        } else if let Some(flow) = self.by_token.get(&token.0).copied() {
            if writable {
                self.write_stream(flow, &[]);
            }
            if readable {
                self.queue_read(flow);
            }
        }
    }

    /// Adds a stream behind those that wait already.
    fn queue_read(&mut self, flow: Flow) {
        if let Some(held) = self.streams.get_mut(&flow)
            && !held.pending
        {
            held.pending = true;
            self.readable.push_back(flow);
        }
    }

    /// Reads one piece of each stream in turn, so that datagrams and other streams are served too.
    fn read_streams(&mut self) {
        for _ in 0..PIECES_A_TURN {
            let Some(flow) = self.readable.pop_front() else { return };
            if let Some(held) = self.streams.get_mut(&flow) {
                held.pending = false;
                self.read_stream(flow);
            }
        }
    }

    fn read_udp(&mut self, index: usize) {
        let mut buffer = std::mem::take(&mut self.buffer);
        for _ in 0..DATAGRAMS_A_TURN {
            let Some(udp) = self.udp.get_mut(index) else { break };
            if !udp.pending {
                break;
            }
            match udp.socket.recv_from(&mut buffer) {
                Ok((length, remote)) => {
                    let bound = udp.bound;
                    let remote = canonical(remote);
                    let local = self.local_towards(bound, remote);
                    let flow = Flow { transport: Transport::Udp, local, remote };
                    let bytes = buffer.get(..length).unwrap_or_default();
                    self.feed(Input::Received { flow, bytes });
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => udp.pending = false,
                // An ICMP error of an earlier send: the transaction's own timer deals with it.
                Err(_) => {}
            }
        }
        self.buffer = buffer;
    }

    /// The concrete local address that a far end sees, for a socket bound to all addresses.
    fn local_towards(&mut self, bound: SocketAddr, remote: SocketAddr) -> SocketAddr {
        let mut local = bound;
        if bound.ip().is_unspecified() {
            if self.routes.len() >= ROUTES_MAX {
                self.routes.clear();
            }
            let ip = *self.routes.entry(remote.ip()).or_insert_with(|| route(remote));
            local.set_ip(ip);
        }
        translated(local, self.advertise)
    }

    fn accept(&mut self, index: usize) {
        for _ in 0..ACCEPTS_A_TURN {
            let Some(tcp) = self.tcp.get_mut(index).filter(|tcp| tcp.pending) else { return };
            let (mut stream, remote) = match tcp.listener.accept() {
                Ok(accepted) => accepted,
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    tcp.pending = false;
                    return;
                }
                Err(e) => {
                    // It is tried again within a second. A lack of descriptors has an alarm.
                    tcp.pending = false;
                    if !crate::descriptors::is_out_of_descriptors(&e) {
                        tracing::warn!("cannot accept a TCP connection: {e}");
                    }
                    return;
                }
            };
            let Ok(local) = stream.local_addr() else { continue };
            if self.streams.len() >= STREAMS_MAX {
                tracing::warn!("closed a new TCP connection, because {STREAMS_MAX} are open");
                continue;
            }
            let flow = Flow {
                transport: Transport::Tcp,
                local: translated(canonical(local), self.advertise),
                remote: canonical(remote),
            };
            let token = self.next_token;
            self.next_token += 1;
            let interest = Interest::READABLE | Interest::WRITABLE;
            if self.poll.registry().register(&mut stream, Token(token), interest).is_ok() {
                self.by_token.insert(token, flow);
                self.streams.insert(flow, Stream::new(stream, token));
                self.feed(Input::Opened { flow });
                self.queue_read(flow);
            }
        }
    }

    /// Reads one piece; the rest waits for the next turn.
    fn read_stream(&mut self, flow: Flow) {
        let mut buffer = std::mem::take(&mut self.buffer);
        let piece = buffer.get_mut(..PIECE).unwrap_or_default();
        let read = self.streams.get_mut(&flow).map(|held| held.stream.read(piece));
        match read {
            Some(Ok(0)) => self.close(flow, true),
            Some(Ok(length)) => {
                let bytes = buffer.get(..length).unwrap_or_default();
                self.feed(Input::Received { flow, bytes });
                self.queue_read(flow);
            }
            Some(Err(e)) if e.kind() == ErrorKind::WouldBlock => {}
            Some(Err(e)) if e.kind() == ErrorKind::Interrupted => self.queue_read(flow),
            Some(Err(_)) => self.close(flow, true),
            None => {}
        }
        self.buffer = buffer;
    }

    fn write_stream(&mut self, flow: Flow, bytes: &[u8]) {
        if !self.streams.contains_key(&flow) && !self.connect(flow) {
            self.feed(Input::Closed { flow });
            return;
        }
        let Some(held) = self.streams.get_mut(&flow) else { return };
        held.out.extend_from_slice(bytes);
        loop {
            if held.out.is_empty() {
                return;
            }
            match held.stream.write(&held.out) {
                Ok(0) => return self.close(flow, true),
                Ok(written) => drop(held.out.drain(..written)),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected) => {
                    if held.out.len() > STREAM_BACKLOG_MAX {
                        self.close(flow, true);
                    }
                    return;
                }
                Err(_) => return self.close(flow, true),
            }
        }
    }

    fn connect(&mut self, flow: Flow) -> bool {
        if self.streams.len() >= STREAMS_MAX {
            return false;
        }
        let Ok(mut stream) = TcpStream::connect(flow.remote) else { return false };
        // Without the mark it is only slower in a congested network; the listeners have warned
        // about it.
        let _marked = Dscp::SIGNALLING.mark((&stream).into());
        let token = self.next_token;
        self.next_token += 1;
        let interest = Interest::READABLE | Interest::WRITABLE;
        if self.poll.registry().register(&mut stream, Token(token), interest).is_err() {
            return false;
        }
        self.by_token.insert(token, flow);
        self.streams.insert(flow, Stream::new(stream, token));
        true
    }

    fn close(&mut self, flow: Flow, tell: bool) {
        if let Some(mut held) = self.streams.remove(&flow) {
            self.by_token.remove(&held.token);
            // Dropping the stream closes it, registered or not.
            let _gone = self.poll.registry().deregister(&mut held.stream);
            if tell {
                self.feed(Input::Closed { flow });
            }
        }
    }

    /// Hands an input to the endpoint and its outputs on: events first, so that the center chooses
    /// the next call of a seat while the 200 to its BYE is written. What the center then asks for
    /// is read by this thread after these writes, so the order on the network stays.
    fn feed(&mut self, input: Input<'_>) {
        self.endpoint.handle_input(self.clock.now(), input);
        // A failed write feeds the endpoint again: that call has a list of its own.
        let mut writes = std::mem::take(&mut self.writes);
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Send { flow, bytes } => writes.push(NetworkOutput::Send(flow, bytes)),
                Output::Close { flow } => writes.push(NetworkOutput::Close(flow)),
                Output::Event(event) => self.tell_center(event),
                Output::Save(update) => self.saved_state.apply(update),
            }
        }
        for write in writes.drain(..) {
            match write {
                NetworkOutput::Send(flow, bytes) if flow.transport == Transport::Udp => {
                    self.send_datagram(flow, &bytes);
                }
                NetworkOutput::Send(flow, bytes) => self.write_stream(flow, &bytes),
                NetworkOutput::Close(flow) => self.close(flow, false),
            }
        }
        self.writes = writes;
    }

    fn send_datagram(&mut self, flow: Flow, bytes: &[u8]) {
        let exact = |udp: &&Udp| udp.bound == flow.local;
        let family = |udp: &&Udp| udp.bound.is_ipv6() == flow.remote.is_ipv6();
        let port = |udp: &&Udp| family(udp) && udp.bound.port() == flow.local.port();
        let sockets = || self.udp.iter();
        let socket = sockets().find(exact).or_else(|| sockets().find(port));
        let Some(udp) = socket.or_else(|| sockets().find(family)) else { return };
        // A datagram that could not be sent is retransmitted like a lost one.
        if let Err(e) = udp.socket.send_to(bytes, flow.remote) {
            tracing::debug!("cannot send {} bytes to {}: {e}", bytes.len(), flow.remote);
        }
    }

    fn tell_center(&mut self, event: Event) {
        match event {
            Event::Incoming(incoming) if matches!(incoming.origin, Origin::Trunk(_)) => {
                if let Err(incoming) = self.shared.arrivals.try_send(incoming) {
                    let full = model::event::RefusalCause::IntakeFull;
                    self.endpoint.handle_input(
                        self.clock.now(),
                        Input::Command(Command::Reject {
                            leg: incoming.leg,
                            code: switch::refusal_code(full),
                            retry_after_s: Some(INTAKE_RETRY_S),
                        }),
                    );
                    self.center.send(center::Input::TurnedAway(incoming, full));
                }
            }
            Event::RateLimited { source, limit: RateLimit::Messages } => {
                tracing::warn!(
                    "{source} sends more than [sip.shield] allows; the excess is dropped"
                );
            }
            Event::RateLimited { source, limit: RateLimit::Passwords } => {
                tracing::warn!(
                    "too many wrong passwords for one user from {source}; further attempts are \
                     delayed"
                );
            }
            event => self.center.send(center::Input::Sip(event)),
        }
    }
}

/// An IPv4 address mapped into IPv6, as the IPv4 address.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

const WAKE: Token = Token(0);
const FIRST_SOCKET: usize = 1;
/// The largest UDP payload.
const DATAGRAM_MAX: usize = 65_535;
/// The datagrams of one socket in one turn, so that a flood on one does not starve the others.
const DATAGRAMS_A_TURN: usize = 64;
/// The bytes read from one stream at a time.
const PIECE: usize = 16 * 1024;
/// Pieces of all streams between two looks at the datagrams: at most half a megabyte.
const PIECES_A_TURN: usize = 32;
/// Connections accepted between two looks at the datagrams.
const ACCEPTS_A_TURN: usize = 32;
/// How often an idle thread checks whether to stop.
const IDLE: Duration = Duration::from_millis(200);
/// The number of cached routes; a full cache is emptied.
const ROUTES_MAX: usize = 4_096;
/// The most connections: more than the seats and trunks of a province.
const STREAMS_MAX: usize = 16_384;
/// The bytes waiting for a far end at which it counts as gone.
const STREAM_BACKLOG_MAX: usize = 256 * 1024;
/// The Retry-After for callers that the intake has no room for, in seconds.
const INTAKE_RETRY_S: u32 = 5;
