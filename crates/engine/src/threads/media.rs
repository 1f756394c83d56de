//! A voice thread: RTP and RTCP sockets around `media::Relays`. All legs of a call are in one thread.
//!
//! All ports are bound at start and passed to the center, so no call waits for the operating
//! system. A turn reads one packet of every ready socket and sends the results at once; the more
//! packets come, the more of them a turn serves. Sockets are watched level-triggered, so that a socket
//! with one packet costs one read and no second one that finds nothing; only a turn that comes late
//! reads more.
//!
//! Sockets on which unknown senders were seen are read after all others and share a budget, so that
//! a flood delays no call but those whose own ports it fills.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use crossbeam_channel::Receiver;
use media::{Chunk, Command, Event, PacketSource, Relays, Sink};
use rustix::{
    event::epoll,
    fd::OwnedFd,
    time::{self, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec},
};

use super::voice_ports::{PACKET_MAX, Pair, SharedPorts};
use crate::{
    clock::Clock,
    live::LiveState,
    mailbox::{Mailbox, MailboxWriter},
};

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
    /// The prompts by their ids; a reload replaces the list.
    pub(crate) prompts: Arc<ArcSwap<Vec<media::Prompt>>>,
    /// Set when the thread should end.
    pub(crate) stop: Arc<AtomicBool>,
}

/// Runs this one of the voice threads until told to stop.
pub(crate) fn run(
    ports: &SharedPorts,
    thread: usize,
    mut relays: Relays,
    clock: Clock,
    shared: Shared,
) -> io::Result<()> {
    let Some(epoll) = ports.epoll(thread) else { return Ok(()) };
    if let Some(event) = shared.commands.event() {
        epoll::add(epoll, event, epoll::EventData::new_u64(WAKE), epoll::EventFlags::IN)?;
    }
    let mut out = Out {
        ports,
        center: MailboxWriter::new(&shared.center),
        tap: shared.tap,
        dropped: Vec::new(),
    };
    let mut timer = TickTimer::new(epoll)?;
    let mut sockets = ReadySockets::new(&ports.ports.pairs);
    let mut ready = Vec::with_capacity(READY_MAX);
    let (mut turned_at, mut counted_at) = (clock.now(), clock.now());
    let mut strangers = 0;
    let mut prompts = shared.prompts.load_full();
    relays.adopt_prompts(prompts.to_vec());
    while !shared.stop.load(Ordering::Acquire) {
        shared.live.loops.count_voice(thread);
        timer.set(relays.poll_timeout().map(|at| at.since(clock.now())))?;
        ready.clear();
        match epoll::wait(epoll, rustix::buffer::spare_capacity(&mut ready), None) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(e) => return Err(e.into()),
        }
        let now = clock.now();
        let is_late = now.since(turned_at) >= LATE && !ready.is_empty();
        turned_at = now;
        let per_socket = if is_late { PER_SOCKET_WHEN_LATE } else { 1 };
        if ready.iter().any(|event| event.data.u64() == TICK) {
            timer.expired();
        }
        let tokens = ready.iter().map(|event| event.data.u64());
        let read = sockets.read(tokens, per_socket, |rtp_port, rtcp, from, packet| {
            relays.handle_packet(now, rtp_port, rtcp, from, packet, &mut out)
        });
        if ready.iter().any(|event| event.data.u64() == WAKE) {
            // A new list is there before the first command that names a prompt of it.
            let newest = shared.prompts.load();
            if !Arc::ptr_eq(&newest, &prompts) {
                prompts = Arc::clone(&newest);
                relays.adopt_prompts(prompts.to_vec());
            }
            for command in shared.commands.take() {
                if let Some(rtp_port) = command.added_port() {
                    ports.hand_over(rtp_port, thread)?;
                }
                relays.handle_command(now, command, &mut out);
            }
        }
        if relays.poll_timeout().is_some_and(|at| at <= now) {
            relays.handle_timeout(now, &mut out);
        }
        if now.since(counted_at) >= COUNT_EVERY {
            counted_at = now;
            let before = std::mem::replace(&mut strangers, relays.strangers());
            shared.live.strangers.fetch_add(strangers - before, Ordering::Relaxed);
        }
        out.center.flush();
        for stereo in out.dropped.drain(..) {
            relays.recycle(stereo);
        }
        while let Ok(stereo) = shared.spare_buffers.try_recv() {
            relays.recycle(stereo);
        }
        if read.unknown > read.known {
            // Otherwise a flood would keep the core busy. The voices of calls wait as long.
            std::thread::sleep(FLOOD_PAUSE);
        }
    }
    Ok(())
}

/// The timer of a voice thread: every 20 ms while relays play, otherwise every [`IDLE`].
///
/// It is one of the thread's descriptors, and set only when the interval or its phase changes: a wait
/// with a time limit would set and cancel a timer of the system in each turn.
struct TickTimer {
    timer: OwnedFd,
    /// The interval, and when it expires next by the thread's own count.
    interval: Option<Duration>,
    is_due: bool,
}

impl TickTimer {
    fn new(epoll: &OwnedFd) -> io::Result<TickTimer> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = time::timerfd_create(TimerfdClockId::Monotonic, flags)?;
        epoll::add(epoll, &timer, epoll::EventData::new_u64(TICK), epoll::EventFlags::IN)?;
        Ok(TickTimer { timer, interval: None, is_due: true })
    }

    /// Notes that it has expired.
    fn expired(&mut self) {
        // Nothing to read means that it was set again meanwhile.
        let _count = rustix::io::read(&self.timer, &mut [0u8; 8]);
        self.is_due = true;
    }

    /// Sets it for the next tick, which is due after this time; `None` without relays.
    fn set(&mut self, tick: Option<Duration>) -> io::Result<()> {
        let interval = tick.map_or(IDLE, |_| TICK_EVERY);
        let is_in_phase = tick.is_none_or(|due| due + OUT_OF_PHASE >= TICK_EVERY);
        let is_set = self.interval == Some(interval);
        if is_set && (!std::mem::take(&mut self.is_due) || is_in_phase) {
            return Ok(());
        }
        self.is_due = false;
        self.interval = Some(interval);
        let first = tick.unwrap_or(IDLE).max(Duration::from_micros(1));
        let spec = Itimerspec { it_interval: timespec(interval), it_value: timespec(first) };
        time::timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &spec)?;
        Ok(())
    }
}

/// Reads the sockets that have packets.
struct ReadySockets<'a> {
    pairs: &'a [Pair],
    /// By token: above zero after a packet of an unknown sender, until as many packets of known
    /// senders have come.
    suspicion: Vec<u8>,
    /// The suspicious sockets of this turn.
    suspicious: Vec<u64>,
    /// Where among them the next turn begins.
    first: usize,
    buffer: [u8; PACKET_MAX],
}

/// The packets of a turn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct PacketsRead {
    known: usize,
    unknown: usize,
}

impl<'a> ReadySockets<'a> {
    fn new(pairs: &'a [Pair]) -> ReadySockets<'a> {
        ReadySockets {
            pairs,
            suspicion: vec![0; pairs.len() * 2],
            suspicious: Vec::with_capacity(READY_MAX),
            first: 0,
            buffer: [0; PACKET_MAX],
        }
    }

    /// Reads at most `per_socket` packets from each of these sockets: first from those with known
    /// senders only, then from the others, until the turn's budget for unknown senders is used up.
    fn read(
        &mut self,
        tokens: impl Iterator<Item = u64>,
        per_socket: usize,
        mut handle: impl FnMut(u16, bool, SocketAddr, &mut [u8]) -> PacketSource,
    ) -> PacketsRead {
        let mut read = PacketsRead::default();
        let mut suspicious = std::mem::take(&mut self.suspicious);
        for token in tokens {
            match self.suspicion.get(token as usize) {
                Some(0) => self.read_socket(token, per_socket, &mut read, &mut handle),
                Some(_) => suspicious.push(token),
                None => {}
            }
        }
        let count = suspicious.len();
        for n in 0..count {
            if read.unknown >= UNKNOWN_MAX {
                self.first = self.first.wrapping_add(n);
                break;
            }
            let Some(token) = suspicious.get(self.first.wrapping_add(n) % count) else { break };
            self.read_socket(*token, per_socket, &mut read, &mut handle);
        }
        suspicious.clear();
        self.suspicious = suspicious;
        read
    }

    fn read_socket(
        &mut self,
        token: u64,
        packets: usize,
        read: &mut PacketsRead,
        handle: &mut impl FnMut(u16, bool, SocketAddr, &mut [u8]) -> PacketSource,
    ) {
        let rtcp = token & 1 == 1;
        let Some(pair) = self.pairs.get((token / 2) as usize) else { return };
        let Some(suspicion) = self.suspicion.get_mut(token as usize) else { return };
        let socket = if rtcp { &pair.rtcp } else { &pair.rtp };
        for _ in 0..packets {
            // An error is that nothing more is there, or the ICMP error of an earlier send.
            let Ok((length, from)) = socket.recv_from(&mut self.buffer) else { return };
            let from = SocketAddr::new(from.ip().to_canonical(), from.port());
            let Some(packet) = self.buffer.get_mut(..length) else { return };
            match handle(pair.rtp_port, rtcp, from, packet) {
                PacketSource::Known => {
                    read.known += 1;
                    *suspicion = suspicion.saturating_sub(1);
                }
                PacketSource::Unknown => {
                    read.unknown += 1;
                    *suspicion = SUSPICION;
                }
            }
        }
    }
}

struct Out<'a> {
    ports: &'a SharedPorts,
    center: MailboxWriter<center::Input>,
    tap: recorder::RecorderHandle,
    /// Buffers of pieces that the recorder had no room for.
    dropped: Vec<Vec<i16>>,
}

impl Sink for Out<'_> {
    fn send(&mut self, rtp_port: u16, rtcp: bool, to: SocketAddr, packet: &[u8]) {
        let Some(pair) = self.ports.pair(rtp_port) else { return };
        let socket = if rtcp { &pair.rtcp } else { &pair.rtp };
        let to = match to.ip() {
            // A socket of both families needs an IPv4 address in its mapped form.
            IpAddr::V4(v4) if self.ports.ports.both_families => {
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

fn timespec(wait: Duration) -> Timespec {
    Timespec { tv_sec: wait.as_secs() as i64, tv_nsec: i64::from(wait.subsec_nanos()) }
}

const WAKE: u64 = u64::MAX;
const TICK: u64 = u64::MAX - 1;
/// The interval of the relays' ticks.
const TICK_EVERY: Duration = Duration::from_millis(20);
/// The timer is set again when a tick is this much too late.
const OUT_OF_PHASE: Duration = Duration::from_millis(1);
/// The most sockets of a turn; the others are in the next one.
const READY_MAX: usize = 1_024;
/// The most packets of unknown senders that a turn reads from suspicious sockets: about 0.1 ms.
const UNKNOWN_MAX: usize = 64;
/// A second of voice from a known sender clears a socket.
const SUSPICION: u8 = 50;
/// How often strangers' packets are counted; counting visits all calls.
const COUNT_EVERY: Duration = Duration::from_secs(1);
/// How often an idle thread checks whether to stop.
const IDLE: Duration = Duration::from_millis(200);
/// The pause after a turn that read more packets of unknown than of known senders. With the budget, a
/// flood gets a fifth of a core at most.
const FLOOD_PAUSE: Duration = Duration::from_micros(500);
/// A turn is late after this time: a sender may have sent a second packet meanwhile.
const LATE: Duration = Duration::from_millis(10);
/// The most packets of one socket in a late turn: 0.6 s of voice.
const PER_SOCKET_WHEN_LATE: usize = 32;

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, UdpSocket};

    use super::super::voice_ports::Ports;
    use super::*;

    /// Reads all sockets once; packets with a 1 are from a known sender.
    fn turn(sockets: &mut ReadySockets<'_>, per_socket: usize) -> (PacketsRead, Vec<u16>) {
        let (tokens, mut order) = (0..sockets.pairs.len() as u64 * 2, Vec::new());
        let read = sockets.read(tokens, per_socket, |rtp_port, _, _, packet| {
            order.push(rtp_port);
            if packet == [1] { PacketSource::Known } else { PacketSource::Unknown }
        });
        (read, order)
    }

    #[test]
    fn flood_has_a_budget_and_comes_after_known_senders() {
        let ports = Ports::bind_any(Ipv4Addr::LOCALHOST.into(), 4).unwrap();
        let port = |n: usize| ports.pairs[n].rtp_port;
        let phone = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let send = |n: usize, byte: u8, times: usize| {
            for _ in 0..times {
                phone.send_to(&[byte], (Ipv4Addr::LOCALHOST, port(n))).unwrap();
            }
        };
        let mut sockets = ReadySockets::new(&ports.pairs);
        (0..3).for_each(|flooded| send(flooded, 0, 100));
        send(3, 1, 1);
        let (read, order) = turn(&mut sockets, 1);
        assert_eq!(read, PacketsRead { known: 1, unknown: 3 });
        assert_eq!(order.last(), Some(&port(3)), "nothing was known about the flood yet");

        // A late turn reads more of each socket, but not more of a flood than its budget.
        send(3, 1, 2);
        let (read, order) = turn(&mut sockets, PER_SOCKET_WHEN_LATE);
        assert_eq!(order[..2], [port(3); 2]);
        assert_eq!(read.known, 2);
        assert!(read.unknown <= UNKNOWN_MAX + PER_SOCKET_WHEN_LATE, "{read:?}");
        // The socket that was left out is the first of the next turn.
        let (_, order) = turn(&mut sockets, 1);
        assert_eq!(order.first(), Some(&port(2)));
    }

    #[test]
    fn known_sender_clears_its_socket() {
        let ports = Ports::bind_any(Ipv4Addr::LOCALHOST.into(), 2).unwrap();
        let phone = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let mut sockets = ReadySockets::new(&ports.pairs);
        let mut send = |byte: u8| {
            phone.send_to(&[byte], (Ipv4Addr::LOCALHOST, ports.pairs[0].rtp_port)).unwrap();
            turn(&mut sockets, 1);
            sockets.suspicion[0]
        };
        assert_eq!([send(0), send(1)], [SUSPICION, SUSPICION - 1]);
        assert_eq!((0..SUSPICION).map(|_| send(1)).last(), Some(0));
    }
}
