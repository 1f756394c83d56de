//! Which addresses can be reached, and the flow of requests to a phone.

use std::net::{IpAddr, SocketAddr};

use crate::{Flow, Transport, message::Message, peer::Peer, uri::Uri};

/// Returns the flow of requests to a phone whose message came from `peer`: the same flow, which is
/// the only one through a NAT or a proxy of ours. A phone that is reached directly, does not send
/// `rport` (RFC 3581 3) and names its own host in its Contact is called there: Cisco's 79xx send
/// from a port on which they do not listen.
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

/// Returns the address of a URI if a far end whose messages come over `flow` can be reached there:
/// same family, not our own, and not behind the NAT that the messages passed.
pub(crate) fn usable_addr(uri: &Uri, flow: Flow) -> Option<SocketAddr> {
    let is_usable = |addr: &SocketAddr| {
        addr.is_ipv4() == flow.local.is_ipv4()
            && *addr != flow.local
            && reach(addr.ip()) >= reach(flow.remote.ip())
    };
    uri.addr().filter(is_usable)
}

/// The scope in which an address is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// The host itself.
    Machine,
    /// A private network (RFC 1918, RFC 4193), carrier-grade NAT (RFC 6598) or a link.
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
