//! Packet priority: each packet of voice and signalling carries a mark (DSCP, RFC 2474), by which
//! routers and switches choose its queue.

use std::io;

use socket2::{Domain, SockRef};

/// The upper six bits of the traffic class (IPv6) or of the type of service (IPv4).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dscp(u32);

impl Dscp {
    /// Expedited forwarding (RFC 3246), for voice.
    pub(crate) const VOICE: Dscp = Dscp(46);
    /// Class selector 3 (RFC 2474 4.2.2), for signalling: the value that networks for IP telephones
    /// expect, although RFC 4594 has CS5.
    pub(crate) const SIGNALLING: Dscp = Dscp(24);

    /// Marks the packets the socket sends. Each family has an option of its own, and a socket for
    /// both needs both: it uses the IPv4 option towards IPv4 addresses. An accepted TCP connection
    /// inherits the marks of its listener.
    pub(crate) fn mark(self, socket: SockRef<'_>) -> io::Result<()> {
        let byte = self.0 << 2;
        let is_ipv6 = socket.domain()? == Domain::IPV6;
        if is_ipv6 {
            socket.set_tclass_v6(byte)?;
        }
        if !is_ipv6 || !socket.only_v6()? {
            socket.set_tos_v4(byte)?;
        }
        Ok(())
    }
}
