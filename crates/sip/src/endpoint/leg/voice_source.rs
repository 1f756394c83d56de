//! The source of a far end's RTP as signalling shows it, apart from the SDP.
//!
//! Anyone can send RTP to our ports, so the media thread trusts a source only when signalling
//! vouches for it: the host of the signalling, the trunk's media networks, and signs of address
//! translation (NAT).

use std::net::{IpAddr, SocketAddr};

use primitives::{Direction, RemoteMedia, SignalledSource, is_private};

use crate::{
    Config, Target, VoicePolicy,
    message::{Message, Name, Via},
    peer::FarEnd,
    peer::Peer,
};

/// The known source of one leg's RTP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VoiceSource {
    policy: VoicePolicy,
    behind_nat: bool,
    superseded: Vec<SocketAddr>,
}

impl VoiceSource {
    /// The source by the configuration of the far end's trunk or seat.
    pub(crate) fn of(config: &Config, far_end: &FarEnd) -> VoiceSource {
        VoiceSource::by(match far_end {
            FarEnd::Phone(seat) => config.seat_voice.get(seat),
            FarEnd::Trunk(trunk) => config.trunk_voice.get(trunk),
            FarEnd::Host => None,
        })
    }

    /// The source by the configuration of the called trunk or seat. A seat with a fixed contact is
    /// a seat too.
    pub(crate) fn to(config: &Config, target: &Target, far_end: &FarEnd) -> VoiceSource {
        match target {
            Target::Seat(seat) => VoiceSource::by(config.seat_voice.get(seat)),
            Target::Uri(_) => VoiceSource::of(config, far_end),
        }
    }

    fn by(policy: Option<&VoicePolicy>) -> VoiceSource {
        VoiceSource { policy: policy.cloned().unwrap_or_default(), ..VoiceSource::default() }
    }

    /// Looks for signs of NAT in a message from `peer`. A message without evidence leaves the last
    /// result.
    pub(crate) fn observe(&mut self, message: &Message, peer: Peer, far_end: &FarEnd) {
        let seen = peer.source.ip().to_canonical();
        // RFC 3581 4: a Via with another host than the source passed a NAT. In a response the Via
        // is ours.
        let via = message.is_request().then(|| senders_via(message, peer)).flatten();
        let via = via.and_then(|via| via.host.parse::<IpAddr>().ok());
        let contact = message.contacts().into_iter().next().and_then(|contact| contact.uri.addr());
        let contact = contact.map(|addr| addr.ip()).filter(|ip| !ip.is_unspecified());
        if via.is_none() && contact.is_none() {
            return;
        }
        let differs = |own: IpAddr| own.to_canonical() != seen;
        // A gateway may receive calls at another public address than it sends from; a phone does
        // not.
        let is_phone = matches!(far_end, FarEnd::Phone(_));
        let cannot_be = |own| differs(own) && (is_phone || is_out_of_reach(own, seen));
        self.behind_nat = via.is_some_and(differs) || contact.is_some_and(cannot_be);
    }

    /// Media addresses of early dialogs that the final answer replaced.
    pub(crate) fn supersede(&mut self, early: Vec<SocketAddr>) {
        self.superseded = early;
    }

    /// Returns the source known before the SDP; signalling comes from `seen`.
    pub(crate) fn expected(&self, seen: IpAddr) -> SignalledSource {
        SignalledSource {
            hosts: vec![seen.to_canonical()],
            networks: self.policy.networks.clone(),
            superseded: self.superseded.clone(),
            behind_nat: self.behind_nat,
            sdp_unreachable: false,
            symmetric: self.policy.symmetric,
        }
    }

    /// Adds what is known to the SDP's media. A host name is not resolved: its RTP is expected from
    /// the host of the signalling and ours goes to where it comes from.
    pub(crate) fn complete(&self, remote: &mut RemoteMedia, seen: IpAddr) {
        // The unspecified address is also the old form of hold, but then nothing may be sent.
        let is_named = remote.rtp.ip().is_unspecified()
            && matches!(remote.direction, Direction::SendRecv | Direction::SendOnly);
        if is_named {
            remote.rtp.set_ip(seen);
        }
        let (sdp, seen) = (remote.rtp.ip().to_canonical(), seen.to_canonical());
        let has_sdp = !sdp.is_unspecified();
        let is_private = has_sdp && is_out_of_reach(sdp, seen);
        let mut signalled = self.expected(seen);
        signalled.superseded.retain(|early| *early != remote.rtp);
        signalled.behind_nat |= is_private || is_named;
        signalled.sdp_unreachable = is_private || has_sdp && sdp.is_ipv4() != seen.is_ipv4();
        remote.signalled = signalled;
    }
}

/// Returns the Via that the sender wrote, below those of our proxies.
fn senders_via(request: &Message, peer: Peer) -> Option<Via> {
    if !peer.is_behind_proxy() {
        return request.via();
    }
    let mut vias = request.headers.all(&Name::Via).skip(1).filter_map(Via::parse);
    vias.find(|via| via.seen_from() == Some(peer.source))
}

/// Returns whether the far end's own address is private while it is seen at a public one.
fn is_out_of_reach(own: IpAddr, seen: IpAddr) -> bool {
    is_private(own) && !is_private(seen)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use primitives::{Codec, IpNetwork, PayloadTypes, SeatId, SymmetricRtp, TrunkId};

    use super::*;
    use crate::{Flow, Transport, message::Method, uri::Uri};

    fn flow(remote: &str) -> Flow {
        let local = "203.0.113.1:5060".parse().expect("an address");
        let remote = remote.parse().expect("an address");
        Flow { transport: Transport::Udp, local, remote }
    }

    fn invite(via: &str, contact: &str) -> Message {
        let mut invite =
            Message::request(Method::Invite, Uri::parse("sip:12345@203.0.113.1").expect("a URI"));
        invite.headers.push(Name::Via, format_args!("SIP/2.0/UDP {via};branch=z9hG4bKx;rport"));
        invite.headers.push(Name::Contact, format_args!("<sip:a@{contact}>"));
        invite
    }

    fn signalled(source: &VoiceSource, rtp: &str, from: &str) -> SignalledSource {
        let mut remote = RemoteMedia {
            rtp: rtp.parse().expect("an address"),
            codec: Codec::Pcma,
            send: PayloadTypes::of(Codec::Pcma, None),
            receive: PayloadTypes::of(Codec::Pcma, None),
            ptime: Duration::from_millis(20),
            direction: Direction::SendRecv,
            signalled: SignalledSource::default(),
        };
        source.complete(&mut remote, flow(from).remote.ip());
        remote.signalled
    }

    fn observed(far_end: &FarEnd, via: &str, contact: &str, from: &str) -> SignalledSource {
        let mut source = VoiceSource::default();
        source.observe(&invite(via, contact), Peer::direct(flow(from)), far_end);
        signalled(&source, "198.51.100.9:4000", from)
    }

    #[test]
    fn nat_shows_in_via_and_in_private_contact() {
        let (phone, trunk) = (FarEnd::Phone(SeatId(1001)), FarEnd::Trunk(TrunkId::from("telecom")));
        let nat = |far_end: &FarEnd, via: &str, contact: &str| {
            observed(far_end, via, contact, "198.51.100.7:5060").behind_nat
        };
        let seen = "198.51.100.7:5060";
        assert!(!nat(&phone, seen, seen) && !nat(&trunk, seen, seen));
        assert!(nat(&phone, "192.168.1.20:5060", "192.168.1.20:5060"));
        assert!(nat(&trunk, seen, "10.0.0.8"));
        // A carrier's SBC may be called at another public address; a phone has one.
        assert!(!nat(&trunk, seen, "198.51.100.8"));
        assert!(nat(&phone, seen, "198.51.100.8"));
        // Host names and 0.0.0.0 prove nothing.
        assert!(!nat(&phone, "gw.local", "0.0.0.0:0") && !nat(&trunk, "gw.local", "gw.local"));
    }

    #[test]
    fn private_sdp_is_unreachable_only_from_a_public_address() {
        let source = VoiceSource::default();
        let unreachable = |rtp: &str, from: &str| {
            let signalled = signalled(&source, rtp, from);
            (signalled.sdp_unreachable, signalled.behind_nat)
        };
        assert_eq!(unreachable("192.168.1.20:4000", "198.51.100.7:5060"), (true, true));
        assert_eq!(unreachable("100.64.3.4:4000", "198.51.100.7:5060"), (true, true));
        assert_eq!(unreachable("192.168.1.20:4000", "10.0.0.7:5060"), (false, false));
        assert_eq!(unreachable("198.51.100.9:4000", "198.51.100.7:5060"), (false, false));
    }

    #[test]
    fn media_at_a_host_name_goes_to_the_signalling_host_until_rtp_comes() {
        let named = |direction| {
            let mut remote = RemoteMedia {
                rtp: "0.0.0.0:4000".parse().expect("an address"),
                codec: Codec::Pcma,
                send: PayloadTypes::of(Codec::Pcma, None),
                receive: PayloadTypes::of(Codec::Pcma, None),
                ptime: Duration::from_millis(20),
                direction,
                signalled: SignalledSource::default(),
            };
            VoiceSource::default().complete(&mut remote, flow("198.51.100.7:5060").remote.ip());
            (remote.rtp.to_string(), remote.signalled.sdp_unreachable, remote.signalled.behind_nat)
        };
        assert_eq!(named(Direction::SendRecv), ("198.51.100.7:4000".to_owned(), false, true));
        // The old form of hold (RFC 3264 8.4).
        assert_eq!(named(Direction::RecvOnly), ("0.0.0.0:4000".to_owned(), false, false));
    }

    #[test]
    fn ipv4_media_with_ipv6_signalling_is_not_nat() {
        let source = VoiceSource::default();
        let signalled = signalled(&source, "198.51.100.9:4000", "[2001:db8::7]:5060");
        assert!(signalled.sdp_unreachable && !signalled.behind_nat);
        assert_eq!(signalled.hosts, ["2001:db8::7".parse::<IpAddr>().expect("an address")]);
    }

    #[test]
    fn configured_networks_and_symmetry_of_the_trunk_reach_the_voice() {
        let mut config = Config::new("r");
        let trunk = TrunkId::from("telecom");
        let network =
            IpNetwork { address: "198.51.100.0".parse().expect("an address"), prefix: 24 };
        let policy = VoicePolicy { networks: [network].into(), symmetric: SymmetricRtp::Never };
        config.trunk_voice.insert(trunk.clone(), policy);
        let source = VoiceSource::of(&config, &FarEnd::Trunk(trunk));
        let signalled = signalled(&source, "192.0.2.1:4000", "192.0.2.1:5060");
        assert!(signalled.names("198.51.100.200".parse().expect("an address")));
        assert!(!signalled.names("198.51.101.1".parse().expect("an address")));
        assert_eq!(signalled.symmetric, SymmetricRtp::Never);
    }

    #[test]
    fn final_answers_own_address_is_never_superseded() {
        let mut source = VoiceSource::default();
        let early = ["192.0.2.1:4000", "192.0.2.1:4002"].map(|a| a.parse().expect("an address"));
        source.supersede(early.to_vec());
        let signalled = signalled(&source, "192.0.2.1:4002", "192.0.2.1:5060");
        assert_eq!(signalled.superseded, [early[0]]);
    }
}
