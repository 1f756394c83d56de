//! What a message travels over: a transport and the addresses of both ends.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// The transport and the two addresses of a message. A TCP connection is identified by its flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Flow {
    /// UDP or TCP.
    pub transport: Transport,
    /// Our end: a concrete address, never the unspecified one.
    pub local: SocketAddr,
    /// Their end.
    pub remote: SocketAddr,
}

/// What carries a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// One message a datagram.
    Udp,
    /// A stream, framed by Content-Length (RFC 3261 18.3).
    Tcp,
}
