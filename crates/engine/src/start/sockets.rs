//! The sockets of an engine, bound before anything else starts.

use std::net::SocketAddr;

use model::Timestamp;
use settings::Settings;
use tokio::net::TcpListener;

use super::NotStarted;
use crate::{
    clock::Clock,
    threads::{sip_sockets, voice_ports},
};

/// Every socket of an engine.
pub(super) struct Sockets {
    /// SIP over UDP and TCP.
    pub(super) signalling: sip_sockets::Sockets,
    /// The pairs of RTP and RTCP sockets.
    pub(super) ports: voice_ports::Ports,
    /// When these pairs were bound.
    pub(super) bound_at: Timestamp,
    /// The console's listener.
    pub(super) listener: TcpListener,
    /// The console's address.
    pub(super) http: SocketAddr,
}

impl Sockets {
    /// Binds the addresses of the config.
    pub(super) async fn bind(settings: &Settings, clock: Clock) -> Result<Sockets, NotStarted> {
        let sip = &settings.sip;
        let signalling = sip_sockets::Sockets::bind(&sip.udp, &sip.tcp, sip.advertise)?;
        let ip = settings.media.bind;
        let ports = match settings.media.ports {
            settings::Ports::Range { first, last } => {
                voice_ports::Ports::bind_range(ip, first, last)?
            }
            settings::Ports::Auto { pairs } => voice_ports::Ports::bind_any(ip, pairs)?,
        };
        let bound_at = clock.now();
        let listener = TcpListener::bind(settings.http.listen).await.map_err(|e| {
            format!(
                "cannot serve the console at {}: {e}; check whether another program uses this \
                 address",
                settings.http.listen
            )
        })?;
        let http = listener.local_addr().map_err(|e| e.to_string())?;
        Ok(Sockets { signalling, ports, bound_at, listener, http })
    }
}
