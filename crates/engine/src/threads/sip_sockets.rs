//! The sockets of signalling, and the addresses that far ends are given for them.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use mio::net::{TcpListener, UdpSocket};
use sip::Transport;

use crate::dscp::Dscp;

/// The sockets of signalling.
pub(crate) struct Sockets {
    pub(super) udp: Vec<UdpSocket>,
    pub(super) tcp: Vec<TcpListener>,
    /// The address that far ends are given instead of the real one.
    pub(super) advertise: Option<IpAddr>,
}

impl Sockets {
    /// Binds the sockets; an error names the address and a remedy. Far ends that are not on this
    /// machine are given `advertise` instead of the real address.
    pub(crate) fn bind(
        udp: &[SocketAddr],
        tcp: &[SocketAddr],
        advertise: Option<IpAddr>,
    ) -> Result<Sockets, String> {
        let fault = |kind: &str, at: &SocketAddr, error: io::Error| {
            format!(
                "cannot listen for SIP on {kind} {at}: {error}; check whether another program \
                 uses this address, and whether it belongs to this machine"
            )
        };
        let mut sockets = Sockets { udp: Vec::new(), tcp: Vec::new(), advertise };
        let mut marked = true;
        for at in udp {
            match bind_udp(*at) {
                Ok(socket) => {
                    marked &= Dscp::SIGNALLING.mark((&socket).into()).is_ok();
                    sockets.udp.push(UdpSocket::from_std(socket));
                }
                Err(e) if is_family_missing(at, &e) => warn_of_missing_family(at),
                Err(e) => return Err(fault("UDP", at, e)),
            }
        }
        for at in tcp {
            match bind_tcp(*at) {
                Ok(listener) => {
                    marked &= Dscp::SIGNALLING.mark((&listener).into()).is_ok();
                    sockets.tcp.push(TcpListener::from_std(listener));
                }
                Err(e) if is_family_missing(at, &e) => warn_of_missing_family(at),
                Err(e) => return Err(fault("TCP", at, e)),
            }
        }
        if sockets.udp.is_empty() && sockets.tcp.is_empty() {
            return Err("the config has no address to listen for SIP; add one to [sip]".to_owned());
        }
        if !marked {
            tracing::warn!(
                "the operating system does not allow marking signalling packets with DSCP 24 \
                 (CS3)"
            );
        }
        Ok(sockets)
    }

    /// The addresses that are really used: port 0 became a free one, and unspecified addresses
    /// become the one this machine would use towards the Internet.
    pub(crate) fn locals(&self) -> Vec<(Transport, SocketAddr)> {
        let udp = self.udp.iter().filter_map(|s| s.local_addr().ok()).map(|a| (Transport::Udp, a));
        let tcp = self.tcp.iter().filter_map(|l| l.local_addr().ok()).map(|a| (Transport::Tcp, a));
        let announced = |at| translated(concrete(at), self.advertise);
        udp.chain(tcp).map(|(transport, at)| (transport, announced(at))).collect()
    }
}

/// Whether binding an unspecified address failed because the machine lacks its family.
fn is_family_missing(at: &SocketAddr, error: &io::Error) -> bool {
    let missing = matches!(
        rustix::io::Errno::from_io_error(error),
        Some(rustix::io::Errno::AFNOSUPPORT | rustix::io::Errno::ADDRNOTAVAIL)
    );
    at.ip().is_unspecified() && missing
}

fn warn_of_missing_family(at: &SocketAddr) {
    tracing::warn!("this machine has no address for {at}; SIP continues without it");
}

fn bind_udp(at: SocketAddr) -> io::Result<std::net::UdpSocket> {
    let socket = socket2::Socket::new(
        socket2::Domain::for_address(at),
        socket2::Type::DGRAM.nonblocking(),
        Some(socket2::Protocol::UDP),
    )?;
    if at.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // The buffer must hold a burst of a thousand INVITEs while the thread is busy.
    socket.set_recv_buffer_size(SOCKET_BUFFER)?;
    socket.set_send_buffer_size(SOCKET_BUFFER)?;
    socket.bind(&at.into())?;
    Ok(socket.into())
}

fn bind_tcp(at: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = socket2::Socket::new(
        socket2::Domain::for_address(at),
        socket2::Type::STREAM.nonblocking(),
        Some(socket2::Protocol::TCP),
    )?;
    if at.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.bind(&at.into())?;
    socket.listen(1024)?;
    Ok(socket.into())
}

/// The address a far end is given in place of `local`. This machine itself needs no translation.
pub(super) fn translated(local: SocketAddr, advertise: Option<IpAddr>) -> SocketAddr {
    match advertise {
        Some(ip) if ip.is_ipv6() == local.is_ipv6() && !local.ip().is_loopback() => {
            SocketAddr::new(ip, local.port())
        }
        _ => local,
    }
}

/// An unspecified address as the one this machine would use towards the Internet.
fn concrete(at: SocketAddr) -> SocketAddr {
    if !at.ip().is_unspecified() {
        return at;
    }
    // Documentation addresses: no packet is sent, the kernel only looks up its route.
    let world: SocketAddr = if at.is_ipv6() {
        (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 9).into()
    } else {
        (Ipv4Addr::new(192, 0, 2, 1), 9).into()
    };
    SocketAddr::new(route(world), at.port())
}

/// The local address the kernel would use towards `remote`; loopback when there is no route.
pub(super) fn route(remote: SocketAddr) -> IpAddr {
    let (any, loopback): (IpAddr, IpAddr) = if remote.is_ipv6() {
        (Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::LOCALHOST.into())
    } else {
        (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::LOCALHOST.into())
    };
    std::net::UdpSocket::bind((any, 0))
        .and_then(|socket| {
            socket.connect(remote)?;
            socket.local_addr()
        })
        .map_or(loopback, |at| at.ip())
}

/// The kernel's own buffers, each way.
const SOCKET_BUFFER: usize = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use socket2::SockRef;

    use super::*;

    /// CS3 in the upper six bits.
    const CS3: u32 = 0x60;

    #[test]
    fn signalling_is_marked_as_cs3_by_udp_and_tcp_in_both_families() {
        for any in [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
            let at = SocketAddr::new(any, 0);
            let sockets = Sockets::bind(&[at], &[at], None).unwrap();
            let is_marked = |socket: SockRef<'_>| match any.is_ipv6() {
                true => assert_eq!(socket.tclass_v6().unwrap(), CS3, "{any}"),
                false => assert_eq!(socket.tos_v4().unwrap(), CS3, "{any}"),
            };
            is_marked(SockRef::from(&sockets.udp[0]));
            let listener = &sockets.tcp[0];
            let caller = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let accepted = loop {
                match listener.accept() {
                    Ok((accepted, _)) => break accepted,
                    Err(e) => assert_eq!(e.kind(), ErrorKind::WouldBlock),
                }
            };
            is_marked(SockRef::from(&accepted));
            drop(caller);
        }
    }
}
