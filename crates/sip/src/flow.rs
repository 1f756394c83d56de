//! The path of a message: transport, our address and the other address.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// The transport and the two addresses of a message. A TCP connection is identified by its flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Flow {
    /// UDP or TCP.
    pub transport: Transport,
    /// Our address; concrete, never the unspecified one.
    pub local: SocketAddr,
    /// The other address.
    pub remote: SocketAddr,
}

/// A transport protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// One message per datagram.
    Udp,
    /// A stream, framed by Content-Length (RFC 3261 18.3).
    Tcp,
}
