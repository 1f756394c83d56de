//! Voice parameters that two ends agree on: address, codec, direction, trusted sources.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use serde::{Deserialize, Serialize};

/// A voice codec, 8 kHz, by its RTP/AVP name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Codec {
    /// G.711 A-law: payload type 8 (RFC 3551 6). China's and Europe's.
    Pcma,
    /// G.711 mu-law: payload type 0. North America's and Japan's.
    Pcmu,
}

impl Codec {
    /// The static payload type (RFC 3551 6).
    pub fn payload_type(self) -> u8 {
        match self {
            Codec::Pcma => 8,
            Codec::Pcmu => 0,
        }
    }
}

/// The direction of voice, from our point of view (RFC 3264 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Both ways.
    SendRecv,
    /// We send only: the far end listens.
    SendOnly,
    /// We receive only: the far end put us on hold.
    RecvOnly,
    /// Neither.
    Inactive,
}

/// RTP payload types of one direction. Each side says by which numbers it wants to receive, so the
/// two directions may differ (RFC 3264 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayloadTypes {
    /// The codec's payload type, 0 to 127.
    pub codec: u8,
    /// The payload type of telephone-event (RFC 4733), 0 to 127; `None` when it is not accepted.
    pub telephone_event: Option<u8>,
}

impl PayloadTypes {
    /// The codec's static number, and telephone-event at the number given.
    pub fn of(codec: Codec, telephone_event: Option<u8>) -> PayloadTypes {
        PayloadTypes { codec: codec.payload_type(), telephone_event }
    }
}

/// The far end's media parameters, as negotiated by SDP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteMedia {
    /// The address of its SDP; the unspecified address means hold (RFC 2543).
    pub rtp: SocketAddr,
    /// The codec both ends use.
    pub codec: Codec,
    /// The numbers in packets to it, which are those of its description.
    pub send: PayloadTypes,
    /// The numbers in packets from it, which are those of ours.
    pub receive: PayloadTypes,
    /// The duration of voice it wants in a packet.
    pub ptime: Duration,
    /// The direction of voice, from our point of view.
    pub direction: Direction,
    /// The sources that signalling vouches for, beside the SDP.
    pub signalled: SignalledSource,
}

/// The sources from which the far end's voice may come, as signalling names them beside the SDP.
///
/// Anybody can send RTP to a port of ours. Voice from elsewhere than the SDP's address is believed
/// only where this vouches for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignalledSource {
    /// Hosts that signalling with the far end comes from.
    pub hosts: Vec<IpAddr>,
    /// Networks that its voice may come from, by the configuration.
    pub networks: Arc<[IpNetwork]>,
    /// SDP addresses of early dialogs that the final answer left behind (RFC 3261 13.2.2.4): what
    /// still comes from there is not the far end's.
    pub superseded: Vec<SocketAddr>,
    /// The far end's own account of its address differs from where it is seen, so that voice to
    /// the SDP's address may not arrive.
    pub behind_nat: bool,
    /// The SDP's address cannot be reached from here: it is private while signalling comes from a
    /// public address, or it is of another family.
    pub sdp_unreachable: bool,
    /// Whether we send to where the far end's voice comes from.
    pub symmetric: SymmetricRtp,
}

impl SignalledSource {
    /// Whether signalling or the configuration names this host.
    pub fn names(&self, host: IpAddr) -> bool {
        let host = host.to_canonical();
        self.hosts.iter().any(|named| named.to_canonical() == host)
            || self.networks.iter().any(|network| network.contains(host))
    }
}

/// Whether voice goes to the address it comes from (symmetric RTP, RFC 4961) rather than to the
/// one in the SDP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SymmetricRtp {
    /// Where signalling shows an address translation, or the SDP's address was not the source.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never: always to the SDP's address.
    Never,
}

/// A network: an address, and how many of its leading bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpNetwork {
    /// Any address of it.
    pub address: IpAddr,
    /// 0 to 32 for IPv4, 0 to 128 for IPv6; more counts as all.
    pub prefix: u8,
}

impl IpNetwork {
    /// The network of a single address.
    pub fn host(address: IpAddr) -> IpNetwork {
        IpNetwork { address, prefix: if address.is_ipv4() { 32 } else { 128 } }
    }

    /// Whether `host` lies in it. An IPv4 address mapped into IPv6 counts as IPv4.
    pub fn contains(self, host: IpAddr) -> bool {
        match (self.address.to_canonical(), host.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(host)) => {
                let rest = 32 - u32::from(self.prefix.min(32));
                (network.to_bits() ^ host.to_bits()).checked_shr(rest).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(host)) => {
                let rest = 128 - u32::from(self.prefix.min(128));
                (network.to_bits() ^ host.to_bits()).checked_shr(rest).unwrap_or(0) == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    /// The first address: every bit after the prefix is 0.
    pub fn first(self) -> IpAddr {
        match self.address {
            IpAddr::V4(v4) => {
                let rest = 32 - u32::from(self.prefix.min(32));
                IpAddr::V4((v4.to_bits() & u32::MAX.checked_shl(rest).unwrap_or(0)).into())
            }
            IpAddr::V6(v6) => {
                let rest = 128 - u32::from(self.prefix.min(128));
                IpAddr::V6((v6.to_bits() & u128::MAX.checked_shl(rest).unwrap_or(0)).into())
            }
        }
    }

    /// Whether the two networks share an address.
    pub fn overlaps(self, other: IpNetwork) -> bool {
        let wider = self.prefix.min(other.prefix);
        IpNetwork { prefix: wider, ..self }.contains(other.address)
    }
}

/// `203.0.113.0/24`
impl fmt::Display for IpNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// Whether an address is usable only inside a local network: private (RFC 1918,
/// RFC 4193), shared behind a carrier's translation (RFC 6598), of this link or of this machine.
pub fn is_private(host: IpAddr) -> bool {
    match host.to_canonical() {
        IpAddr::V4(v4) => {
            let shared = IpNetwork { address: SHARED, prefix: 10 };
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || shared.contains(v4.into())
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// 100.64.0.0/10 (RFC 6598).
const SHARED: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(100, 64, 0, 0));
