//! Which addresses can be reached, and where requests to a phone go.

use std::net::{IpAddr, SocketAddr};

use crate::{Flow, Transport, message::Message, peer::Peer, uri::Uri};

/// Where requests to a phone go whose message came from `peer`: back the same way, which is the
/// only one through a NAT or a proxy of ours. A phone without a proxy between that does not ask
/// for that with `rport` (RFC 3581 3) and names its own host in its Contact listens there:
/// Cisco's 79xx send from a port they do not listen on.
pub(crate) fn return_peer(peer: Peer, message: &Message, contact: &Uri) -> Peer {
    if peer.is_behind_proxy() {
        return peer;
    }
    let flow = peer.flow;
    let asks_for_port = message.via().is_some_and(|via| via.rport().is_some());
    let listens_at = contact.addr().filter(|addr| addr.ip() == flow.remote.ip());
    match (flow.transport, contact.transport(), listens_at) {
        (Transport::Udp, Some(Transport::Udp), Some(remote)) if !asks_for_port => {
            Peer::direct(Flow { remote, ..flow })
        }
        _ => peer,
    }
}

/// The address of a URI when requests can be sent there by somebody whose messages come over
/// `flow`: of the same family, not our own, and not behind a NAT that the messages came through.
pub(crate) fn usable_addr(uri: &Uri, flow: Flow) -> Option<SocketAddr> {
    let is_usable = |addr: &SocketAddr| {
        addr.is_ipv4() == flow.local.is_ipv4()
            && *addr != flow.local
            && reach(addr.ip()) >= reach(flow.remote.ip())
    };
    uri.addr().filter(is_usable)
}

/// How far an address is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Its own machine.
    Machine,
    /// A private network (RFC 1918, RFC 4193), a carrier's NAT (RFC 6598), or one link.
    Site,
    /// The Internet.
    Internet,
}

fn reach(ip: IpAddr) -> Reach {
    let is_site = match ip {
        IpAddr::V4(ip) => {
            let is_carrier_nat = matches!(ip.octets(), [100, 64..=127, ..]);
            ip.is_private() || ip.is_link_local() || is_carrier_nat
        }
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    };
    match (ip.is_loopback(), is_site) {
        (true, _) => Reach::Machine,
        (false, true) => Reach::Site,
        (false, false) => Reach::Internet,
    }
}
