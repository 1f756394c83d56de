//! The loop around the media relays: commands and packets go in, results go directly to a sink.
//!
//! A call is opened with music on hold. For 100 ms the relay sends one RTP packet per 20 ms to the
//! caller; then the call is closed.
#![allow(clippy::print_stdout, reason = "an example shows its output")]

use std::{net::SocketAddr, time::Duration};

use media::{Chunk, Command, Config, Event, PortHistory, Prompt, PromptId, Relays, Sink, tone};
use primitives::{
    CallId, Codec, Direction, LegId, PayloadTypes, RemoteMedia, SignalledSource, Timestamp,
};

#[derive(Default)]
struct Network {
    packets: usize,
    is_closed: bool,
}

impl Sink for Network {
    fn send(&mut self, rtp_port: u16, rtcp: bool, to: SocketAddr, packet: &[u8]) {
        println!("{} bytes from port {rtp_port} to {to}", packet.len());
        self.packets += usize::from(!rtcp);
    }

    // A real driver hands the chunk to the recorder.
    fn chunk(&mut self, _chunk: Chunk) {}

    fn event(&mut self, event: Event) {
        println!("{event:?}");
        self.is_closed |= matches!(event, Event::Closed { .. });
    }
}

pub(crate) fn main() {
    let music = Prompt::new(tone(440.0, 0.3, Duration::from_secs(1)));
    let mut relays = Relays::new(Config::default(), vec![music], [7; 32], PortHistory::default());
    let mut network = Network::default();
    let mut now = Timestamp::from_micros(1_000_000);
    let end = now + Duration::from_millis(100);
    let call = CallId::from_arrival(now);
    let (music, prompts, remote) = (PromptId(0), Vec::new(), Some(caller()));
    let leg = LegId(1);
    let open = Command::Open { call, leg, rtp_port: 40_000, remote, prompts, music, record: true };
    relays.handle_command(now, open, &mut network);
    // A real driver also calls `handle_packet` for each datagram it receives.
    while let Some(deadline) = relays.poll_timeout().filter(|deadline| *deadline <= end) {
        now = deadline;
        relays.handle_timeout(now, &mut network);
    }
    relays.handle_command(now, Command::Close { call }, &mut network);
    assert!(network.is_closed && network.packets == 5, "{} packets", network.packets);
}

/// The caller's media, as its SDP described it.
fn caller() -> RemoteMedia {
    RemoteMedia {
        rtp: ([192, 0, 2, 9], 5_004).into(),
        codec: Codec::Pcma,
        send: PayloadTypes::of(Codec::Pcma, Some(101)),
        receive: PayloadTypes::of(Codec::Pcma, Some(101)),
        ptime: Duration::from_millis(20),
        direction: Direction::SendRecv,
        signalled: SignalledSource::default(),
    }
}
