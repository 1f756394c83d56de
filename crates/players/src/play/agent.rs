//! The two endpoints and their sockets: bytes in, bytes and events out.

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
};

use engine::entropy;
use model::{IpNetwork, TrunkId};
use rustix::event::epoll;
use sip::{Command, Config, Endpoint, Flow, Input, Output, Transport};

use super::{Players, Side};

/// One endpoint and its socket.
pub(crate) struct Agent {
    pub(crate) endpoint: Endpoint,
    socket: UdpSocket,
    local: SocketAddr,
}

impl Agent {
    /// Phones at `at` that know the engine at `engine`; `epoll` says `token` when something came.
    pub(crate) fn new(
        at: Ipv4Addr,
        engine: IpAddr,
        epoll: &rustix::fd::OwnedFd,
        token: u64,
    ) -> io::Result<Agent> {
        let socket = UdpSocket::bind((at, 0))?;
        socket.set_nonblocking(true)?;
        let local = socket.local_addr()?;
        epoll::add(epoll, &socket, epoll::EventData::new_u64(token), epoll::EventFlags::IN)?;
        let mut config = Config::new("heartline");
        config.product = "Heartline-Player".to_owned();
        config.locals = vec![(Transport::Udp, local)];
        let sources = vec![IpNetwork::host(engine)];
        config.trunks = vec![sip::Trunk { id: TrunkId::from("engine"), sources }];
        Ok(Agent { endpoint: Endpoint::new(config, entropy::seed()), socket, local })
    }
}

impl Players<'_> {
    pub(crate) fn receive(&mut self, side: Side) {
        let mut buffer = [0; 65_535];
        loop {
            let agent = self.agent(side);
            match agent.socket.recv_from(&mut buffer) {
                Ok((length, remote)) => {
                    let flow = Flow { transport: Transport::Udp, local: agent.local, remote };
                    let bytes = buffer.get(..length).unwrap_or_default();
                    self.feed(side, Input::Received { flow, bytes });
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => return,
                // An ICMP error of an earlier send.
                Err(_) => {}
            }
        }
    }

    pub(crate) fn command(&mut self, side: Side, command: Command) {
        self.feed(side, Input::Command(command));
    }

    pub(crate) fn feed(&mut self, side: Side, input: Input<'_>) {
        let now = self.clock.now();
        self.agent(side).endpoint.handle_input(now, input);
        while let Some(output) = self.agent(side).endpoint.poll_output() {
            match output {
                Output::Send { flow, bytes } => {
                    // A datagram lost is sent again.
                    let _sent = self.agent(side).socket.send_to(&bytes, flow.remote);
                }
                Output::Close { .. } | Output::Save(_) => {}
                Output::Event(event) => {
                    if let Err(e) = self.handle_event(side, event) {
                        tracing::error!("a player has no socket left: {e}");
                    }
                }
            }
        }
    }

    pub(crate) fn agent(&mut self, side: Side) -> &mut Agent {
        match side {
            Side::Seats => &mut self.seats,
            Side::Callers => &mut self.callers,
        }
    }
}
