//! The cost of one packet: received, checked, counted, recorded, rewritten and sent.
#![allow(missing_docs, reason = "criterion's macros write public functions")]

use std::{hint::black_box, net::SocketAddr, time::Duration};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use media::{
    Chunk, ChunkBody, Command, Config, Event, LegRoute, PortHistory, Prompt, PromptId, Relays,
    Sink, tone,
};
use model::{
    CallId, Codec, Direction, LegId, PayloadTypes, RemoteMedia, SignalledSource, Timestamp,
};

const CALLER: LegId = LegId(1);
const SEAT: LegId = LegId(2);

/// A network and a recorder that cost nothing, so that only the relay is measured.
#[derive(Default)]
struct Nowhere {
    sent: u64,
    done: Vec<Vec<i16>>,
}

impl Sink for Nowhere {
    fn send(&mut self, _: u16, _: bool, _: SocketAddr, packet: &[u8]) {
        self.sent += black_box(packet).len() as u64;
    }

    fn chunk(&mut self, chunk: Chunk) {
        if let ChunkBody::Samples(samples) = chunk.body {
            self.done.push(samples.stereo);
        }
    }

    fn event(&mut self, _: Event) {}
}

struct Calls {
    relays: Relays,
    out: Nowhere,
    now: Timestamp,
    calls: u16,
    n: u32,
}

impl Calls {
    fn open(calls: u16, seat_codec: Codec, record: bool, bridged: bool) -> Calls {
        let music = Prompt::new(tone(350.0, 0.3, Duration::from_secs(10)));
        let now = Timestamp::from_micros(1_795_334_592_000_000);
        let config = Config { voice_lost_after: Duration::ZERO, ..Config::default() };
        let mut relays = Relays::new(config, vec![music], [1; 32], PortHistory::default());
        let mut out = Nowhere::default();
        for n in 0..calls {
            let call = CallId::from(u64::from(n));
            let open = Command::Open {
                call,
                leg: CALLER,
                rtp_port: caller_port(n),
                remote: Some(remote(caller_port(n), Codec::Pcma)),
                prompts: vec![],
                music: PromptId(0),
                record,
            };
            relays.handle_command(now, open, &mut out);
            if bridged {
                let rtp_port = caller_port(n) + 2;
                relays.handle_command(now, Command::AddLeg { call, leg: SEAT, rtp_port }, &mut out);
                let remote = remote(rtp_port, seat_codec);
                let routes = [(CALLER, SEAT), (SEAT, CALLER)].map(|(leg, other)| LegRoute {
                    leg,
                    hears: vec![other],
                    is_silent: false,
                });
                let routes = routes.into();
                let connect = Command::Connect { call, leg: SEAT, remote, routes };
                relays.handle_command(now, connect, &mut out);
            }
        }
        Calls { relays, out, now, calls, n: 0 }
    }

    /// 20 ms of every call: a packet each way, and the tick.
    fn frame(&mut self, seat_codec: Codec) {
        let mut packet = [0x55u8; 172];
        for n in 0..self.calls {
            for (port, codec) in [(caller_port(n), Codec::Pcma), (caller_port(n) + 2, seat_codec)] {
                fill(&mut packet, codec, self.n, port);
                let from = remote(port, codec).rtp;
                self.relays.handle_packet(self.now, port, false, from, &mut packet, &mut self.out);
            }
        }
        self.tick();
    }

    fn tick(&mut self) {
        self.n += 1;
        self.now += Duration::from_millis(20);
        self.relays.handle_timeout(self.now, &mut self.out);
        for samples in self.out.done.drain(..) {
            self.relays.recycle(samples);
        }
    }
}

fn fill(packet: &mut [u8; 172], codec: Codec, n: u32, ssrc: u16) {
    packet[..2].copy_from_slice(&[0x80, codec.payload_type()]);
    packet[2..4].copy_from_slice(&(n as u16).to_be_bytes());
    packet[4..8].copy_from_slice(&(n * 160).to_be_bytes());
    packet[8..12].copy_from_slice(&u32::from(ssrc).to_be_bytes());
}

fn caller_port(n: u16) -> u16 {
    10_000 + 4 * n
}

fn remote(port: u16, codec: Codec) -> RemoteMedia {
    RemoteMedia {
        rtp: SocketAddr::from(([192, 0, 2, 1], port)),
        codec,
        send: PayloadTypes::of(codec, Some(101)),
        receive: PayloadTypes::of(codec, Some(101)),
        ptime: Duration::from_millis(20),
        direction: Direction::SendRecv,
        signalled: SignalledSource::default(),
    }
}

fn relay(c: &mut Criterion) {
    let mut group = c.benchmark_group("relay");
    // One call stays in the cache; a thousand do not.
    for calls in [1u16, 1_000] {
        group.throughput(Throughput::Elements(2 * u64::from(calls)));
        for (name, seat, record) in [
            ("relayed", Codec::Pcma, false),
            ("relayed_and_tapped", Codec::Pcma, true),
            ("bridged_codecs_and_tapped", Codec::Pcmu, true),
        ] {
            let mut all = Calls::open(calls, seat, record, true);
            group.bench_function(BenchmarkId::new(name, calls), |b| b.iter(|| all.frame(seat)));
            assert!(all.out.sent > 0);
        }
        group.throughput(Throughput::Elements(u64::from(calls)));
        let mut all = Calls::open(calls, Codec::Pcma, true, false);
        group
            .bench_function(BenchmarkId::new("music_and_tapped", calls), |b| b.iter(|| all.tick()));
    }
    group.finish();
}

criterion_group!(benches, relay);
criterion_main!(benches);
