//! The sockets of the voice threads: RTP and RTCP pairs, bound before the first call, and which
//! thread reads each of them.

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use media::PortHistory;
use model::Timestamp;
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

use rustix::{event::epoll, fd::OwnedFd};

use crate::dscp::Dscp;

/// Bound RTP and RTCP pairs, by RTP port.
pub(crate) struct Ports {
    pub(crate) pairs: Vec<Pair>,
    pub(crate) both_families: bool,
}

pub(crate) struct Pair {
    pub(crate) rtp_port: u16,
    pub(crate) rtp: UdpSocket,
    pub(crate) rtcp: UdpSocket,
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

    /// Notes the senders of the packets that came since the ports were bound. It is called before
    /// signalling begins, and [`LISTEN_FIRST`] after the binding.
    pub(crate) fn note_leftovers(&self, now: Timestamp, history: &PortHistory) {
        let mut buffer = [0; PACKET_MAX];
        for pair in &self.pairs {
            for _ in 0..LEFTOVERS_MAX {
                let Ok((length, _)) = pair.rtp.recv_from(&mut buffer) else { break };
                let packet = buffer.get(..length).unwrap_or_default();
                history.handle_stale_packet(now, pair.rtp_port, packet);
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

/// All pairs, each read by one voice thread at a time.
///
/// A pair goes to the thread of the call that gets its port, and stays there until another call
/// gets it. Any thread may send on any pair.
pub(crate) struct SharedPorts {
    pub(crate) ports: Ports,
    /// The index in `ports.pairs` of each RTP port.
    by_port: Vec<u32>,
    /// By pair: the thread that reads it.
    readers: Vec<AtomicUsize>,
    /// By thread: the epoll that it waits on.
    epolls: Vec<OwnedFd>,
}

impl SharedPorts {
    /// Gives the pairs to this many threads in turn.
    pub(crate) fn new(ports: Ports, threads: usize) -> io::Result<SharedPorts> {
        let threads = threads.max(1);
        let epolls: Result<Vec<_>, _> =
            (0..threads).map(|_| epoll::create(epoll::CreateFlags::CLOEXEC)).collect();
        let mut by_port = vec![NO_PAIR; 1 << 16];
        for (index, pair) in ports.pairs.iter().enumerate() {
            if let Some(place) = by_port.get_mut(usize::from(pair.rtp_port)) {
                *place = index as u32;
            }
        }
        let readers = (0..ports.pairs.len()).map(|pair| AtomicUsize::new(pair % threads)).collect();
        let shared = SharedPorts { ports, by_port, readers, epolls: epolls? };
        for pair in 0..shared.ports.pairs.len() {
            shared.watch(pair, pair % threads)?;
        }
        Ok(shared)
    }

    /// Returns the epoll that this thread waits on.
    pub(crate) fn epoll(&self, thread: usize) -> Option<&OwnedFd> {
        self.epolls.get(thread)
    }

    /// The pair of an RTP port.
    pub(crate) fn pair(&self, rtp_port: u16) -> Option<&Pair> {
        self.ports.pairs.get(self.index(rtp_port)?)
    }

    /// Makes this thread the reader of a port. A packet that the former reader takes at this moment
    /// is lost, as it would have been a moment earlier.
    pub(crate) fn hand_over(&self, rtp_port: u16, thread: usize) -> io::Result<()> {
        let Some(index) = self.index(rtp_port) else { return Ok(()) };
        let (Some(pair), Some(reader)) = (self.ports.pairs.get(index), self.readers.get(index))
        else {
            return Ok(());
        };
        let before = reader.swap(thread, Ordering::Relaxed);
        if before == thread {
            return Ok(());
        }
        if let Some(epoll) = self.epolls.get(before) {
            epoll::delete(epoll, &pair.rtp)?;
            epoll::delete(epoll, &pair.rtcp)?;
        }
        self.watch(index, thread)
    }

    fn watch(&self, index: usize, thread: usize) -> io::Result<()> {
        let (Some(pair), Some(epoll)) = (self.ports.pairs.get(index), self.epolls.get(thread))
        else {
            return Ok(());
        };
        let (token, flags) = (index as u64 * 2, epoll::EventFlags::IN);
        epoll::add(epoll, &pair.rtp, epoll::EventData::new_u64(token), flags)?;
        epoll::add(epoll, &pair.rtcp, epoll::EventData::new_u64(token + 1), flags)?;
        Ok(())
    }

    fn index(&self, rtp_port: u16) -> Option<usize> {
        let index = *self.by_port.get(usize::from(rtp_port))?;
        (index != NO_PAIR).then_some(index as usize)
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

const NO_PAIR: u32 = u32::MAX;
/// Longer than any voice packet on Ethernet.
pub(crate) const PACKET_MAX: usize = 2_048;
/// How long ports are read before signalling begins: longer than the longest packet interval of
/// voice (60 ms), so that a sender that never stopped has been heard.
pub(crate) const LISTEN_FIRST: Duration = Duration::from_millis(100);
/// The most packets of one port at the start: more than a sender's packets of a second.
const LEFTOVERS_MAX: usize = 128;

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use rustix::event::Timespec;

    use super::*;

    #[test]
    fn pair_is_read_by_the_thread_it_was_handed_to() {
        let ports = Ports::bind_any(Ipv4Addr::LOCALHOST.into(), 2).unwrap();
        let ports = SharedPorts::new(ports, 2).unwrap();
        let rtp_port = ports.ports.pairs[0].rtp_port;
        let phone = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        phone.send_to(&[1], (Ipv4Addr::LOCALHOST, rtp_port)).unwrap();
        let ready = |thread| {
            let (mut events, now) = (Vec::with_capacity(4), Timespec { tv_sec: 0, tv_nsec: 0 });
            let buffer = rustix::buffer::spare_capacity(&mut events);
            epoll::wait(ports.epoll(thread).unwrap(), buffer, Some(&now)).unwrap();
            events.iter().map(|event| event.data.u64()).collect::<Vec<_>>()
        };
        assert_eq!((ready(0), ready(1)), (vec![0], vec![]));
        ports.hand_over(rtp_port, 1).unwrap();
        assert_eq!((ready(0), ready(1)), (vec![], vec![0]));
        ports.hand_over(rtp_port, 1).unwrap();
        ports.hand_over(rtp_port, 0).unwrap();
        assert_eq!((ready(0), ready(1)), (vec![0], vec![]));
    }

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
