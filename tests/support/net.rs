//! Free ports, and a UDP socket for handwritten messages.

use std::fs::File;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Ports below those that the system assigns by itself (32768 on), and outside those of the shipped
/// config: a port that is free now is still free when an engine takes it, also again after a
/// restart, however many sockets other programs open in between.
const PORTS: std::ops::Range<u16> = 21_000..32_000;

/// A port that is free for UDP and TCP on loopback right now, an even one: baresip takes the next
/// for TLS. Each test is a process, and begins to look at a place of its own.
pub(crate) fn free_port() -> u16 {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    for _ in 0..100 {
        let place = std::process::id() * 7 + ASKED.fetch_add(1, Ordering::Relaxed);
        let port = PORTS.start + (place * 2 % PORTS.len() as u32) as u16;
        let tcp = TcpListener::bind(("127.0.0.1", port));
        if tcp.is_ok() && UdpSocket::bind(("127.0.0.1", port)).is_ok() && reserve(port) {
            return port;
        }
    }
    panic!("no port is free for both UDP and TCP");
}

/// Keeps a port for this test process until it ends, so that no other test takes it before it is bound.
fn reserve(port: u16) -> bool {
    let folder = std::env::temp_dir().join("heartline-test-ports");
    std::fs::create_dir_all(&folder).unwrap();
    let file = File::create(folder.join(port.to_string())).unwrap();
    let is_ours = file.try_lock().is_ok();
    if is_ours {
        // The lock ends with the process.
        std::mem::forget(file);
    }
    is_ours
}

/// The first of four ports in a row, all free as [`free_port`] has it: two pairs for voice that an
/// engine takes again after a restart.
pub(crate) fn two_free_pairs() -> u16 {
    let mut first = free_port();
    loop {
        let next = free_port();
        let is_free = |port: u16| UdpSocket::bind(("127.0.0.1", port)).is_ok();
        if next == first + 2 && is_free(first + 1) && is_free(next + 1) {
            return first;
        }
        first = next;
    }
}

/// The first of four UDP ports in a row that are free at this address, an even one: voice and
/// its reports, and what SIPp binds for pictures whether there are any or not.
pub(crate) fn free_voice_ports(at: &str) -> u16 {
    let at: IpAddr = at.parse().unwrap();
    let is_free = |port: u16| UdpSocket::bind((at, port)).is_ok();
    for _ in 0..100 {
        let first = UdpSocket::bind((at, 0)).unwrap().local_addr().unwrap().port() / 2 * 2;
        if first < u16::MAX - 3 && (first..first + 4).all(is_free) {
            return first;
        }
    }
    panic!("no four ports in a row are free at {at}");
}

/// A UDP socket towards the engine, for messages that no telephone would send.
pub(crate) struct Wire {
    socket: UdpSocket,
    to: SocketAddr,
}

impl Wire {
    /// From an address of the loopback network, such as `127.0.0.9`.
    pub(crate) fn new(from: &str, to: SocketAddr) -> Wire {
        Wire { socket: UdpSocket::bind((from, 0)).unwrap(), to }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    pub(crate) fn send(&self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.to).unwrap();
    }

    /// The next datagram within this time, or `None`.
    pub(crate) fn receive(&self, within: Duration) -> Option<String> {
        self.socket.set_read_timeout(Some(within)).unwrap();
        let mut bytes = [0; 65_536];
        let (length, _) = self.socket.recv_from(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes[..length]).into_owned())
    }

    /// A well-formed request without a body.
    pub(crate) fn request(&self, method: &str, user: &str, branch: &str) -> String {
        let (us, them) = (self.address(), self.to);
        format!(
            "{method} sip:{user}@{them} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {us};branch=z9hG4bK{branch};rport\r\n\
             Max-Forwards: 70\r\n\
             From: <sip:tester@{us}>;tag=t{branch}\r\n\
             To: <sip:{user}@{them}>\r\n\
             Call-ID: {branch}@{us}\r\n\
             CSeq: 1 {method}\r\n\
             Contact: <sip:tester@{us}>\r\n\
             Content-Length: 0\r\n\r\n"
        )
    }
}
