//! What the network is asked to put first: each packet of voice and of signalling has a mark
//! (DSCP, RFC 2474), by which routers and switches choose its queue.

use std::io;

use socket2::{Domain, SockRef};

/// The upper six bits of the traffic class of IPv6, or of the type of service of IPv4.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dscp(u32);

impl Dscp {
    /// Expedited forwarding (RFC 3246), for voice.
    pub(crate) const VOICE: Dscp = Dscp(46);
    /// Class selector 3 (RFC 2474 4.2.2), for signalling: what networks for IP telephones expect,
    /// although RFC 4594 has CS5.
    pub(crate) const SIGNALLING: Dscp = Dscp(24);

    /// Marks what the socket sends. The two families have an option each, and a socket for both
    /// needs both: to an IPv4 address it sends with that of IPv4. An accepted TCP connection has
    /// the marks of its listener.
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
