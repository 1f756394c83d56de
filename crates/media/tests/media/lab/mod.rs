//! A test bench: relays on a virtual clock, synthetic phones, and all outputs.

use std::{net::SocketAddr, time::Duration};

use media::{
    Chunk, ChunkBody, Command, Config, Event, LegRoute, PortHistory, Prompt, PromptId,
    RecordingSummary, Relays, Sink, tone,
};
use primitives::{
    CallId, Codec, Direction, LegId, PayloadTypes, RemoteMedia, SignalledSource, Timestamp,
};

pub(crate) const GREETING: PromptId = PromptId(0);
pub(crate) const MUSIC: PromptId = PromptId(1);
pub(crate) const GREETING_HZ: f64 = 600.0;
pub(crate) const MUSIC_HZ: f64 = 350.0;
pub(crate) const CALLER_HZ: f64 = 1_000.0;
pub(crate) const SEAT_HZ: f64 = 1_700.0;
pub(crate) const CALLER: LegId = LegId(1);
pub(crate) const SEAT: LegId = LegId(2);
pub(crate) const CALLER_PORT: u16 = 40_000;
pub(crate) const SEAT_PORT: u16 = 40_002;

pub(crate) struct Lab {
    pub(crate) relays: Relays,
    pub(crate) history: PortHistory,
    pub(crate) now: Timestamp,
    pub(crate) out: Out,
    due: Vec<Datagram>,
    pub(crate) call: CallId,
}

struct Datagram {
    at: Timestamp,
    rtp_port: u16,
    rtcp: bool,
    from: SocketAddr,
    bytes: Vec<u8>,
}

#[derive(Default)]
pub(crate) struct Out {
    pub(crate) now: Timestamp,
    pub(crate) sent: Vec<Sent>,
    pub(crate) events: Vec<Event>,
    pub(crate) stereo: Vec<i16>,
    pub(crate) opened: u32,
    pub(crate) gap_frames: [u64; 2],
    pub(crate) closing: Option<RecordingSummary>,
}

#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) at: Timestamp,
    pub(crate) rtp_port: u16,
    pub(crate) rtcp: bool,
    pub(crate) to: SocketAddr,
    pub(crate) bytes: Vec<u8>,
}

impl Sent {
    pub(crate) fn seq(&self) -> u16 {
        u16::from_be_bytes([self.bytes[2], self.bytes[3]])
    }
    pub(crate) fn ts(&self) -> u32 {
        u32::from_be_bytes([self.bytes[4], self.bytes[5], self.bytes[6], self.bytes[7]])
    }
    pub(crate) fn ssrc(&self) -> u32 {
        u32::from_be_bytes([self.bytes[8], self.bytes[9], self.bytes[10], self.bytes[11]])
    }
    pub(crate) fn pt(&self) -> u8 {
        self.bytes[1] & 0x7f
    }
    pub(crate) fn marker(&self) -> bool {
        self.bytes[1] & 0x80 != 0
    }
    pub(crate) fn payload(&self) -> &[u8] {
        &self.bytes[12..]
    }
}

impl Sink for Out {
    fn send(&mut self, rtp_port: u16, rtcp: bool, to: SocketAddr, packet: &[u8]) {
        self.sent.push(Sent { at: self.now, rtp_port, rtcp, to, bytes: packet.to_vec() });
    }

    fn chunk(&mut self, chunk: Chunk) {
        match chunk.body {
            ChunkBody::Open => self.opened += 1,
            ChunkBody::Samples(s) => {
                assert_eq!(s.start * 2, self.stereo.len() as u64, "stretches follow one another");
                self.stereo.extend(s.stereo);
                self.gap_frames[0] += u64::from(s.caller_gap);
                self.gap_frames[1] += u64::from(s.hotline_gap);
            }
            ChunkBody::Close(closing) => self.closing = Some(*closing),
        }
    }

    fn event(&mut self, event: Event) {
        self.events.push(event);
    }
}

impl Lab {
    pub(crate) fn new() -> Lab {
        Lab::with(Config { rtcp_every: Duration::from_secs(3_600), ..Config::default() })
    }

    pub(crate) fn with(config: Config) -> Lab {
        let prompts = vec![
            Prompt::new(tone(GREETING_HZ, 0.4, Duration::from_secs(1))),
            Prompt::new(tone(MUSIC_HZ, 0.4, Duration::from_secs(2))),
        ];
        let (now, history) = (at(0), PortHistory::default());
        Lab {
            relays: Relays::new(config, prompts, [9; 32], history.clone()),
            history,
            now,
            out: Out::default(),
            due: Vec::new(),
            call: CallId::from_arrival(now),
        }
    }

    /// A lab with an open call that plays its greeting.
    pub(crate) fn open(phone: &Phone) -> Lab {
        let mut lab = Lab::new();
        lab.command(lab.open_command(Some(phone.remote())));
        lab
    }

    pub(crate) fn open_command(&self, remote: Option<RemoteMedia>) -> Command {
        let (call, prompts) = (self.call, vec![GREETING]);
        Command::Open {
            call,
            leg: CALLER,
            rtp_port: CALLER_PORT,
            remote,
            prompts,
            music: MUSIC,
            record: true,
        }
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.out.now = self.now;
        self.relays.handle_command(self.now, command, &mut self.out);
    }

    pub(crate) fn add_seat(&mut self) {
        self.command(Command::AddLeg { call: self.call, leg: SEAT, rtp_port: SEAT_PORT });
        let signalled =
            SignalledSource { hosts: vec![Phone::seat().from.ip()], ..SignalledSource::default() };
        self.command(Command::ExpectSource { call: self.call, leg: SEAT, signalled });
    }

    pub(crate) fn bridge(&mut self, phone: &Phone) {
        let remote = phone.remote();
        self.command(Command::Connect { call: self.call, leg: SEAT, remote, routes: talk() });
    }

    pub(crate) fn drop_seat(&mut self) {
        self.command(Command::DropLeg { call: self.call, leg: SEAT });
    }

    pub(crate) fn change(&mut self, leg: LegId, remote: RemoteMedia) {
        self.command(Command::SetRemote { call: self.call, leg, remote });
    }

    pub(crate) fn direct(&mut self, leg: LegId, phone: &Phone, direction: Direction) {
        self.change(leg, RemoteMedia { direction, ..phone.remote() });
    }

    pub(crate) fn close(&mut self) {
        self.command(Command::Close { call: self.call });
    }

    /// A datagram will come at `ms`.
    pub(crate) fn deliver(&mut self, ms: f64, rtp_port: u16, from: SocketAddr, bytes: Vec<u8>) {
        self.due.push(Datagram { at: at_f(ms), rtp_port, rtcp: false, from, bytes });
    }

    pub(crate) fn deliver_rtcp(
        &mut self,
        ms: f64,
        rtp_port: u16,
        from: SocketAddr,
        bytes: Vec<u8>,
    ) {
        self.due.push(Datagram { at: at_f(ms), rtp_port, rtcp: true, from, bytes });
    }

    /// A datagram came before the start.
    pub(crate) fn leave_over(&mut self, rtp_port: u16, bytes: &[u8]) {
        self.history.handle_stale_packet(self.now, rtp_port, bytes);
    }

    /// `phone` sends voice from `from_ms` to `to_ms`; its packets arrive without delay.
    pub(crate) fn speak(&mut self, phone: &mut Phone, from_ms: u64, to_ms: u64) {
        let mut ms = from_ms as f64;
        while ms < to_ms as f64 {
            let bytes = phone.packet();
            self.deliver(ms, phone.rtp_port, phone.from, bytes);
            ms += phone.ptime_ms as f64;
        }
    }

    /// Advances the time to `ms`.
    pub(crate) fn run_to(&mut self, ms: u64) {
        let end = at(ms);
        self.due.sort_by_key(|d| d.at);
        let later = self.due.split_off(self.due.partition_point(|d| d.at <= end));
        let mut due = std::mem::replace(&mut self.due, later).into_iter().peekable();
        loop {
            let tick = self.relays.poll_timeout().filter(|t| *t <= end);
            let packet = due.peek().map(|d| d.at);
            match (tick, packet) {
                (Some(tick), packet) if packet.is_none_or(|p| tick <= p) => {
                    // A thread that wakes late: time never goes back.
                    self.now = self.now.max(tick);
                    self.out.now = self.now;
                    self.relays.handle_timeout(self.now, &mut self.out);
                }
                (_, Some(_)) => {
                    let Some(mut d) = due.next() else { break };
                    self.now = d.at;
                    self.out.now = d.at;
                    let Datagram { rtp_port, rtcp, from, ref mut bytes, .. } = d;
                    self.relays.handle_packet(self.now, rtp_port, rtcp, from, bytes, &mut self.out);
                }
                (_, None) => break,
            }
        }
        self.now = end;
        self.out.now = end;
    }

    /// The packets that our port sent to a leg.
    pub(crate) fn heard_at(&self, rtp_port: u16) -> Vec<Sent> {
        self.out.sent.iter().filter(|s| s.rtp_port == rtp_port && !s.rtcp).cloned().collect()
    }

    pub(crate) fn keys(&self) -> Vec<(LegId, char)> {
        let keyed = self.out.events.iter().filter_map(|e| match e {
            Event::DtmfReceived { leg, key, .. } => Some((*leg, *key)),
            _ => None,
        });
        keyed.collect()
    }

    pub(crate) fn left(&self) -> Vec<i16> {
        self.out.stereo.iter().step_by(2).copied().collect()
    }

    pub(crate) fn right(&self) -> Vec<i16> {
        self.out.stereo.iter().skip(1).step_by(2).copied().collect()
    }
}

/// A synthetic phone.
pub(crate) struct Phone {
    pub(crate) from: SocketAddr,
    pub(crate) said: SocketAddr,
    pub(crate) rtp_port: u16,
    pub(crate) codec: Codec,
    pub(crate) event: Option<u8>,
    pub(crate) ptime_ms: u64,
    pub(crate) ssrc: u32,
    pub(crate) seq: u16,
    pub(crate) ts: u32,
    pub(crate) hertz: f64,
    pub(crate) signalled: SignalledSource,
    spoken: u64,
}

impl Phone {
    pub(crate) fn caller() -> Phone {
        Phone::new("192.0.2.10:5000", CALLER_PORT, CALLER_HZ, 0xc0ff_ee01)
    }

    pub(crate) fn seat() -> Phone {
        Phone::new("198.51.100.7:6000", SEAT_PORT, SEAT_HZ, 0x5ea7_0001)
    }

    pub(crate) fn new(from: &str, rtp_port: u16, hertz: f64, ssrc: u32) -> Phone {
        let from = addr(from);
        Phone {
            from,
            said: from,
            rtp_port,
            codec: Codec::Pcma,
            event: Some(101),
            ptime_ms: 20,
            ssrc,
            seq: 65_500,
            ts: u32::MAX - 20_000,
            hertz,
            signalled: SignalledSource::default(),
            spoken: 0,
        }
    }

    pub(crate) fn remote(&self) -> RemoteMedia {
        RemoteMedia {
            rtp: self.said,
            codec: self.codec,
            send: PayloadTypes::of(self.codec, self.event),
            receive: PayloadTypes::of(self.codec, self.event),
            ptime: Duration::from_millis(self.ptime_ms),
            direction: Direction::SendRecv,
            signalled: self.signalled.clone(),
        }
    }

    /// Its tone restarts with the next packet.
    pub(crate) fn rest(&mut self) {
        self.spoken = 0;
    }

    /// The next packet of its tone.
    pub(crate) fn packet(&mut self) -> Vec<u8> {
        let samples = 8 * self.ptime_ms;
        let payload: Vec<u8> = (0..samples)
            .map(|n| {
                let t = (self.spoken + n) as f64 / 8_000.0;
                let sample = ((std::f64::consts::TAU * self.hertz * t).sin() * 12_000.0) as i16;
                encode(self.codec, sample)
            })
            .collect();
        let bytes = rtp(self.codec.payload_type(), self.seq, self.ts, self.ssrc, &payload);
        self.spoken += samples;
        self.seq = self.seq.wrapping_add(1);
        self.ts = self.ts.wrapping_add(samples as u32);
        bytes
    }

    /// A telephone-event packet of the press that began at the phone's current timestamp.
    pub(crate) fn event_packet(&mut self, event: u8, end: bool, duration: u16) -> Vec<u8> {
        let flags = if end { 0x8a } else { 0x0a };
        let [high, low] = duration.to_be_bytes();
        let pt = self.event.unwrap_or(101);
        let bytes = rtp(pt, self.seq, self.ts, self.ssrc, &[event, flags, high, low]);
        self.seq = self.seq.wrapping_add(1);
        bytes
    }
}

/// The routes of a talk between the caller and the seat.
pub(crate) fn talk() -> Vec<LegRoute> {
    [(CALLER, SEAT), (SEAT, CALLER)].map(|(leg, other)| route(leg, &[other])).into()
}

pub(crate) fn route(leg: LegId, hears: &[LegId]) -> LegRoute {
    LegRoute { leg, hears: hears.to_vec(), is_silent: false }
}

pub(crate) fn rtp(pt: u8, seq: u16, ts: u32, ssrc: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x80, pt];
    bytes.extend(seq.to_be_bytes());
    bytes.extend(ts.to_be_bytes());
    bytes.extend(ssrc.to_be_bytes());
    bytes.extend(payload);
    bytes
}

pub(crate) fn encode(codec: Codec, sample: i16) -> u8 {
    match codec {
        Codec::Pcma => audio_codec_algorithms::encode_alaw(sample),
        Codec::Pcmu => audio_codec_algorithms::encode_ulaw(sample),
    }
}

pub(crate) fn decode(codec: Codec, bytes: &[u8]) -> Vec<i16> {
    match codec {
        Codec::Pcma => bytes.iter().map(|b| audio_codec_algorithms::decode_alaw(*b)).collect(),
        Codec::Pcmu => bytes.iter().map(|b| audio_codec_algorithms::decode_ulaw(*b)).collect(),
    }
}

pub(crate) fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// `ms` after the start, which lies between two ticks.
pub(crate) fn at(ms: u64) -> Timestamp {
    at_f(ms as f64)
}

fn at_f(ms: f64) -> Timestamp {
    Timestamp::from_micros(1_795_334_592_003_700 + (ms * 1_000.0).round() as u64)
}

/// Whether `samples` are mostly a sine of `hertz`.
pub(crate) fn sounds(samples: &[i16], hertz: f64) -> bool {
    media::tone_amplitude(samples.iter().copied(), hertz) > 6_000.0
}
