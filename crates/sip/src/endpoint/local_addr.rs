//! Chooses our address and transport towards a destination.

use std::net::SocketAddr;

use super::Endpoint;
use crate::{Flow, Transport, sdp, uri::Uri};

impl Endpoint {
    /// Returns the flow to a URI with an address literal; host names are not resolved.
    pub(crate) fn flow_to(&self, uri: &Uri) -> Option<Flow> {
        let (transport, remote) = (uri.transport()?, uri.addr()?);
        Some(Flow { transport, local: self.local_for(transport, remote)?, remote })
    }

    /// Returns our address towards `remote`: of the same family, loopback for loopback; the first
    /// configured one when several match.
    pub(crate) fn local_for(&self, transport: Transport, remote: SocketAddr) -> Option<SocketAddr> {
        let fits = |local: &&(Transport, SocketAddr)| {
            local.0 == transport && local.1.is_ipv4() == remote.is_ipv4()
        };
        let is_near = |local: &&(Transport, SocketAddr)| {
            local.1.ip().is_loopback() == remote.ip().is_loopback()
        };
        let mut all = self.config.locals.iter().filter(fits);
        let near = all.clone().find(is_near);
        near.or_else(|| all.next()).map(|(_, addr)| *addr)
    }

    /// Builds our side of a new leg's media.
    pub(crate) fn voice_at(&mut self, addr: SocketAddr) -> sdp::LocalMedia {
        sdp::LocalMedia::new(addr, u64::from(self.ids.below(u32::MAX)))
    }
}
