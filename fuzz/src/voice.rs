//! RTP, RTCP and telephone events, sent to the relay of a call.

use std::net::SocketAddr;
use std::time::Duration;

use media::{
    Chunk, ChunkBody, Command, Config, Event, LegRoute, PortHistory, Prompt, PromptId, Relays, Sink,
};
use primitives::{
    CallId, Codec, Direction, LegId, PayloadTypes, RemoteMedia, SignalledSource, Timestamp,
};

const START: Timestamp = Timestamp::from_micros(1_795_334_592_000_000);
const CALLER: LegId = LegId(1);
const SEAT: LegId = LegId(2);
const CALLER_PORT: u16 = 40_000;
const SEAT_PORT: u16 = 40_002;
/// The payload type of telephone events in the laboratory's SDP.
const EVENTS: u8 = 101;

/// Packets as they are, one after the other. Each is its sender, a length and that many bytes.
pub fn rtp(input: &[u8]) {
    let mut laboratory = Laboratory::new();
    packets(input, |sender, bytes| laboratory.receive(sender, false, bytes));
    laboratory.close();
}

/// The same to the RTCP ports.
pub fn rtcp(input: &[u8]) {
    let mut laboratory = Laboratory::new();
    packets(input, |sender, bytes| laboratory.receive(sender, true, bytes));
    laboratory.close();
}

/// Telephone events (RFC 4733) in well-formed RTP. Each is eight bytes: sequence and timestamp
/// steps, marker, and the event's four bytes. A packet makes at most one key.
pub fn dtmf(input: &[u8]) {
    let mut laboratory = Laboratory::new();
    let (mut seq, mut timestamp, mut sent) = (0_u16, 0_u32, 0);
    for event in input.chunks_exact(8).take(PACKETS_MAX) {
        let [seq_step, hundreds, marker, sender, payload @ ..] = event else { continue };
        seq = seq.wrapping_add(u16::from(*seq_step % 4));
        timestamp = timestamp.wrapping_add(u32::from(*hundreds) * 100);
        let mut bytes = vec![0x80, EVENTS | marker & 0x80];
        bytes.extend(seq.to_be_bytes());
        bytes.extend(timestamp.to_be_bytes());
        bytes.extend(7_u32.to_be_bytes());
        bytes.extend(payload);
        laboratory.receive(*sender, false, &bytes);
        sent += 1;
    }
    let keys = laboratory.out.keys;
    assert!(keys <= sent, "{sent} packets made {keys} keys");
    laboratory.close();
}

fn packets(input: &[u8], mut send: impl FnMut(u8, &[u8])) {
    let mut rest = input;
    for _ in 0..PACKETS_MAX {
        let [sender, length, more @ ..] = rest else { return };
        let (packet, left) = more.split_at(usize::from(*length).min(more.len()));
        send(*sender, packet);
        rest = left;
    }
}

/// A call that is up and recorded, between a caller and a seat.
struct Laboratory {
    relays: Relays,
    now: Timestamp,
    out: Out,
    call: CallId,
}

impl Laboratory {
    fn new() -> Laboratory {
        let silence = Prompt::new(vec![0; 800].into());
        let relays = Relays::new(Config::default(), vec![silence], [9; 32], PortHistory::default());
        let call = CallId::from_arrival(START);
        let mut laboratory = Laboratory { relays, now: START, out: Out::default(), call };
        let (prompts, music) = (vec![], PromptId(0));
        let leg = CALLER;
        let remote = Some(remote(caller()));
        let rtp_port = CALLER_PORT;
        laboratory.command(Command::Open {
            call,
            leg,
            rtp_port,
            remote,
            prompts,
            music,
            record: true,
        });
        laboratory.command(Command::AddLeg { call, leg: SEAT, rtp_port: SEAT_PORT });
        let routes = [(CALLER, SEAT), (SEAT, CALLER)].map(|(leg, other)| LegRoute {
            leg,
            hears: vec![other],
            is_silent: false,
        });
        let (remote, routes) = (remote_of_seat(), routes.into());
        laboratory.command(Command::Connect { call, leg: SEAT, remote, routes });
        laboratory
    }

    fn command(&mut self, command: Command) {
        self.relays.handle_command(self.now, command, &mut self.out);
    }

    /// The lowest bit of `sender` says whether the seat or the caller sends, the next whether a
    /// stranger does it in their place; the others are how many times 5 ms pass before.
    fn receive(&mut self, sender: u8, rtcp: bool, bytes: &[u8]) {
        self.wait(Duration::from_millis(5 * u64::from(sender >> 2)));
        let (rtp_port, from) =
            if sender & 1 == 0 { (CALLER_PORT, caller()) } else { (SEAT_PORT, seat()) };
        let from = if sender & 2 == 0 { from } else { stranger() };
        let mut bytes = bytes.to_vec();
        self.relays.handle_packet(self.now, rtp_port, rtcp, from, &mut bytes, &mut self.out);
    }

    fn wait(&mut self, span: Duration) {
        let until = self.now + span;
        while let Some(at) = self.relays.poll_timeout().filter(|at| *at <= until) {
            self.now = at;
            self.relays.handle_timeout(at, &mut self.out);
        }
        self.now = until;
    }

    /// Nothing stays of a call, and its recording is as long as it says.
    fn close(mut self) {
        self.wait(Duration::from_millis(500));
        self.command(Command::Close { call: self.call });
        assert!(self.relays.is_empty() && self.relays.poll_timeout().is_none(), "a relay stays");
        let frames = self.out.closed_at.expect("the recording is closed");
        assert_eq!(frames, self.out.frames, "the recording is not as long as it says");
        assert_eq!(self.out.ports, [CALLER_PORT, SEAT_PORT], "a port is lost");
    }
}

#[derive(Default)]
struct Out {
    frames: u64,
    closed_at: Option<u64>,
    keys: usize,
    ports: Vec<u16>,
}

impl Sink for Out {
    fn send(&mut self, rtp_port: u16, _rtcp: bool, to: SocketAddr, packet: &[u8]) {
        assert!(rtp_port == CALLER_PORT || rtp_port == SEAT_PORT, "sent from port {rtp_port}");
        assert_ne!(to, stranger(), "voice goes to a stranger");
        assert_eq!(packet.first().map(|first| first >> 6), Some(2), "not version 2 of RTP");
    }

    fn chunk(&mut self, chunk: Chunk) {
        match chunk.body {
            ChunkBody::Open => {}
            ChunkBody::Samples(samples) => {
                assert_eq!(samples.start, self.frames, "a stretch is not where it should be");
                self.frames += samples.stereo.len() as u64 / 2;
            }
            ChunkBody::Close(closing) => self.closed_at = Some(closing.frames),
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::DtmfReceived { leg: CALLER | SEAT, .. } => self.keys += 1,
            Event::Closed { mut ports, .. } => {
                ports.sort_unstable();
                self.ports = ports;
            }
            _ => {}
        }
    }
}

fn caller() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 9], 30_000))
}

fn seat() -> SocketAddr {
    SocketAddr::from(([203, 0, 113, 5], 30_002))
}

fn stranger() -> SocketAddr {
    SocketAddr::from(([198, 51, 100, 9], 30_004))
}

fn remote_of_seat() -> RemoteMedia {
    remote(seat())
}

fn remote(rtp: SocketAddr) -> RemoteMedia {
    let types = PayloadTypes::of(Codec::Pcma, Some(EVENTS));
    RemoteMedia {
        rtp,
        codec: Codec::Pcma,
        send: types,
        receive: types,
        ptime: Duration::from_millis(20),
        direction: Direction::SendRecv,
        signalled: SignalledSource { hosts: vec![rtp.ip()], ..SignalledSource::default() },
    }
}

/// More in one input would only be slower.
const PACKETS_MAX: usize = 200;
