//! The voice thread: RTP and RTCP sockets around `media::Relays`.
//!
//! All ports are bound at start and passed to the center, so no call waits for the operating
//! system. The thread wakes every few milliseconds, reads all packets on all sockets, and sends the
//! results at once: one wake-up serves many packets. Sockets are watched level-triggered, so that a
//! socket with one packet costs one read and no second one that finds nothing.

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crossbeam_channel::Receiver;
use media::{Chunk, Command, Event, Relays, Sink};
use model::Timestamp;
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use rustix::event::{Timespec, epoll};

use crate::{
    clock::Clock,
    dscp::Dscp,
    live::{self, LiveState},
    mailbox::{Mailbox, MailboxWriter},
};

/// Bound RTP and RTCP pairs, by RTP port.
pub(crate) struct Ports {
    pairs: Vec<Pair>,
    both_families: bool,
}

struct Pair {
    rtp_port: u16,
    rtp: UdpSocket,
    rtcp: UdpSocket,
    /// Whether the packets of all sockets are marked for expedited forwarding.
    marked: bool,
}

impl Ports {
    /// Binds every even port and the odd one above it in `first..=last`. Ports that other programs
    /// use are skipped with a warning.
    pub(crate) fn bind_range(ip: IpAddr, first: u16, last: u16) -> Result<Ports, String> {
        let ip = usable(ip);
        let mut pairs = Vec::new();
        let mut taken = 0;
        for port in (first..last).step_by(2) {
            match bind_pair(ip, port) {
                Ok(pair) => pairs.push(pair),
                Err(e) if e.kind() == ErrorKind::AddrInUse => taken += 1,
                Err(e) => return Err(format!("cannot bind voice port {ip}:{port}: {e}")),
            }
        }
        if taken > 0 {
            tracing::warn!("{taken} voice ports of {first}-{last} are in use by other programs");
        }
        match pairs.len() {
            0 | 1 => {
                Err(format!("no voice ports are free in {first}-{last}; choose another range"))
            }
            _ => Ok(Ports::of(pairs, ip)),
        }
    }

    /// Binds this many pairs at any free ports.
    pub(crate) fn bind_any(ip: IpAddr, count: u16) -> Result<Ports, String> {
        let ip = usable(ip);
        let mut pairs = Vec::new();
        let mut tries = 0;
        while pairs.len() < usize::from(count) {
            tries += 1;
            if tries > usize::from(count) * 8 + 64 {
                return Err(format!(
                    "only {} of {count} voice ports could be bound; free some ports, or lower \
                     [media] ports in the config",
                    pairs.len()
                ));
            }
            let free = UdpSocket::bind((ip, 0)).and_then(|s| s.local_addr());
            let Ok(at) = free else { continue };
            // The pair of an odd port begins one below.
            if let Ok(pair) = bind_pair(ip, at.port() & !1) {
                pairs.push(pair);
            }
        }
        Ok(Ports::of(pairs, ip))
    }

    fn of(pairs: Vec<Pair>, ip: IpAddr) -> Ports {
        if pairs.iter().any(|pair| !pair.marked) {
            tracing::warn!(
                "the operating system does not allow marking voice packets with DSCP 46 \
                 (expedited forwarding)"
            );
        }
        Ports { pairs, both_families: takes_both(ip) }
    }

    /// Reads the packets that came since the ports were bound. It is called before signalling
    /// begins, and [`LISTEN_FIRST`] after the binding.
    pub(crate) fn read_leftovers(&self, now: Timestamp, relays: &mut Relays) {
        let mut buffer = [0; PACKET_MAX];
        for pair in &self.pairs {
            for _ in 0..LEFTOVERS_MAX {
                let Ok((length, _)) = pair.rtp.recv_from(&mut buffer) else { break };
                let packet = buffer.get(..length).unwrap_or_default();
                relays.handle_stale_packet(now, pair.rtp_port, packet);
            }
        }
    }

    /// The number of pairs.
    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// The RTP ports for the center's pool, in random order, so that far ends that still send to a
    /// crashed engine do not hit the first calls of the next one.
    pub(crate) fn shuffled(&self, seed: [u8; 32]) -> Vec<u16> {
        let mut chance = ChaCha8Rng::from_seed(seed);
        let mut ports: Vec<u16> = self.pairs.iter().map(|pair| pair.rtp_port).collect();
        ports.sort_by_cached_key(|_| chance.next_u64());
        ports
    }
}

/// The state the thread shares with the others.
pub(crate) struct Shared {
    /// Commands for this thread.
    pub(crate) commands: Arc<Mailbox<Command>>,
    /// Events for the center.
    pub(crate) center: Arc<Mailbox<center::Input>>,
    /// Pieces of recordings for the recorder.
    pub(crate) tap: recorder::RecorderHandle,
    /// Empty sample buffers coming back from the recorder.
    pub(crate) spare_buffers: Receiver<Vec<i16>>,
    /// The live state; this thread writes the count of strangers' packets.
    pub(crate) live: Arc<LiveState>,
    /// Set when the thread should end.
    pub(crate) stop: Arc<AtomicBool>,
}

/// Runs until told to stop.
pub(crate) fn run(
    ports: Ports,
    mut relays: Relays,
    clock: Clock,
    shared: Shared,
) -> io::Result<()> {
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    if let Some(event) = shared.commands.event() {
        epoll::add(&epoll, event, epoll::EventData::new_u64(WAKE), epoll::EventFlags::IN)?;
    }
    let mut by_port = vec![NO_PAIR; 1 << 16];
    for (index, pair) in ports.pairs.iter().enumerate() {
        let token = index as u64 * 2;
        let flags = epoll::EventFlags::IN;
        epoll::add(&epoll, &pair.rtp, epoll::EventData::new_u64(token), flags)?;
        epoll::add(&epoll, &pair.rtcp, epoll::EventData::new_u64(token + 1), flags)?;
        by_port[usize::from(pair.rtp_port)] = index as u32;
    }
    let mut out = Out {
        pairs: &ports.pairs,
        by_port,
        both_families: ports.both_families,
        center: MailboxWriter::new(&shared.center),
        tap: shared.tap,
        dropped: Vec::new(),
    };
    let mut ready = Vec::with_capacity(1024);
    let mut buffer = [0; PACKET_MAX];
    let mut busy = false;
    let mut counted_at = clock.now();
    while !shared.stop.load(Ordering::Acquire) {
        live::count(&shared.live.loops.voice);
        let due = |relays: &Relays| {
            relays.poll_timeout().map_or(IDLE, |at| at.since(clock.now())).min(IDLE)
        };
        if busy {
            // Lets packets collect: one turn for many packets makes voice cheap.
            std::thread::sleep(GATHER.min(due(&relays)));
        }
        let due = due(&relays);
        ready.clear();
        let timeout = timespec(due);
        match epoll::wait(&epoll, rustix::buffer::spare_capacity(&mut ready), Some(&timeout)) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(e) => return Err(e.into()),
        }
        let now = clock.now();
        let mut read = 0usize;
        for event in &ready {
            let token = event.data.u64();
            if token == WAKE {
                continue;
            }
            let rtcp = token & 1 == 1;
            let Some(pair) = ports.pairs.get((token / 2) as usize) else { continue };
            let socket = if rtcp { &pair.rtcp } else { &pair.rtp };
            // An error here is the ICMP error of an earlier send.
            let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
            read += 1;
            let from = SocketAddr::new(from.ip().to_canonical(), from.port());
            if let Some(packet) = buffer.get_mut(..length) {
                relays.handle_packet(now, pair.rtp_port, rtcp, from, packet, &mut out);
            }
        }
        busy = read > 0;
        for command in shared.commands.take() {
            relays.handle_command(now, command, &mut out);
        }
        if relays.poll_timeout().is_some_and(|at| at <= now) {
            relays.handle_timeout(now, &mut out);
        }
        if now.since(counted_at) >= COUNT_EVERY {
            counted_at = now;
            shared.live.strangers.store(relays.strangers(), Ordering::Relaxed);
        }
        out.center.flush();
        for stereo in out.dropped.drain(..) {
            relays.recycle(stereo);
        }
        while let Ok(stereo) = shared.spare_buffers.try_recv() {
            relays.recycle(stereo);
        }
    }
    Ok(())
}

struct Out<'a> {
    pairs: &'a [Pair],
    /// The index in `pairs` of each RTP port.
    by_port: Vec<u32>,
    /// Whether the sockets are IPv6 ones that accept IPv4 too.
    both_families: bool,
    center: MailboxWriter<center::Input>,
    tap: recorder::RecorderHandle,
    /// Buffers of pieces that the recorder had no room for.
    dropped: Vec<Vec<i16>>,
}

impl Sink for Out<'_> {
    fn send(&mut self, rtp_port: u16, rtcp: bool, to: SocketAddr, packet: &[u8]) {
        let index = self.by_port.get(usize::from(rtp_port)).copied().unwrap_or(NO_PAIR);
        let Some(pair) = self.pairs.get(index as usize) else { return };
        let socket = if rtcp { &pair.rtcp } else { &pair.rtp };
        let to = match to.ip() {
            // A socket of both families needs an IPv4 address in its mapped form.
            IpAddr::V4(v4) if self.both_families => {
                SocketAddr::new(v4.to_ipv6_mapped().into(), to.port())
            }
            _ => to,
        };
        // A packet the kernel has no room for is lost, as on any network.
        let _sent = socket.send_to(packet, to);
    }

    fn chunk(&mut self, chunk: Chunk) {
        if let Err(Chunk { body: media::ChunkBody::Samples(samples), .. }) = self.tap.offer(chunk) {
            self.dropped.push(samples.stereo);
        }
    }

    fn event(&mut self, event: Event) {
        self.center.send(center::Input::Media(event));
    }
}

/// The unspecified address of both families, or of IPv4 alone on a machine without IPv6.
fn usable(ip: IpAddr) -> IpAddr {
    if takes_both(ip) && UdpSocket::bind((ip, 0)).is_err() {
        tracing::warn!("this machine has no IPv6; voice is received over IPv4 only");
        return Ipv4Addr::UNSPECIFIED.into();
    }
    ip
}

fn takes_both(ip: IpAddr) -> bool {
    ip.is_ipv6() && ip.is_unspecified()
}

fn bind_pair(ip: IpAddr, rtp_port: u16) -> io::Result<Pair> {
    let (rtp, rtp_marked) = bind(SocketAddr::new(ip, rtp_port))?;
    let (rtcp, rtcp_marked) = bind(SocketAddr::new(ip, rtp_port + 1))?;
    Ok(Pair { rtp_port, rtp, rtcp, marked: rtp_marked && rtcp_marked })
}

/// A socket for voice, and whether its packets are marked.
fn bind(at: SocketAddr) -> io::Result<(UdpSocket, bool)> {
    let socket = socket2::Socket::new(
        socket2::Domain::for_address(at),
        socket2::Type::DGRAM.nonblocking(),
        Some(socket2::Protocol::UDP),
    )?;
    if takes_both(at.ip()) {
        // One socket for both families, because callers and seats may differ.
        socket.set_only_v6(false)?;
    }
    let marked = Dscp::VOICE.mark((&socket).into()).is_ok();
    socket.bind(&at.into())?;
    Ok((socket.into(), marked))
}

fn timespec(wait: Duration) -> Timespec {
    Timespec { tv_sec: wait.as_secs() as i64, tv_nsec: i64::from(wait.subsec_nanos()) }
}

const WAKE: u64 = u64::MAX;
const NO_PAIR: u32 = u32::MAX;
/// Longer than any voice packet on Ethernet.
const PACKET_MAX: usize = 2_048;
/// How long ports are read before signalling begins: longer than the longest packet interval of
/// voice (60 ms), so that a sender that never stopped has been heard.
pub(crate) const LISTEN_FIRST: Duration = Duration::from_millis(100);
/// The most packets of one port at the start: more than a sender's packets of a second.
const LEFTOVERS_MAX: usize = 128;
/// How often strangers' packets are counted; counting visits all calls.
const COUNT_EVERY: Duration = Duration::from_secs(1);
/// How often an idle thread checks whether to stop.
const IDLE: Duration = Duration::from_millis(200);
/// How long packets may collect before a turn: a quarter of a packet's voice, which any phone's
/// jitter buffer hides. On average it costs 2.5 ms of delay and saves nine of ten wake-ups.
const GATHER: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;

    #[test]
    fn voice_is_marked_for_expedited_forwarding_in_both_families() {
        // `usable` falls back to IPv4 on a machine without IPv6, as the engine does.
        for ip in [Ipv4Addr::LOCALHOST.into(), IpAddr::from(Ipv6Addr::UNSPECIFIED)] {
            let ports = Ports::bind_any(ip, 2).unwrap();
            for pair in &ports.pairs {
                for socket in [&pair.rtp, &pair.rtcp] {
                    let socket = socket2::SockRef::from(socket);
                    assert_eq!(socket.tos_v4().unwrap(), 0xB8, "{ip}");
                    if ports.both_families {
                        assert_eq!(socket.tclass_v6().unwrap(), 0xB8, "{ip}");
                    }
                }
                assert!(pair.marked);
            }
        }
    }
}
