//! All relays of one media thread: packets, commands and time go in; packets, recordings and events
//! come out.

mod call_relay;
mod earlier_streams;
mod early_packets;
mod leg;
pub(crate) mod outgoing_stream;
mod port_history;
mod routes;
mod source_tracker;

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use primitives::{CallId, Timestamp};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use self::call_relay::{CallRelay, Datagram, FreedPort};
pub(crate) use self::outgoing_stream::samples_in;
pub use self::port_history::PortHistory;
use crate::{
    Command, Event, PacketSource, Prompt, Sink, packet, relay::routes::LEGS_MAX, tap::Pool,
};

/// The configuration of the relays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// The time without RTP and RTCP after which a side that may send is reported silent; zero
    /// disables it.
    pub voice_lost_after: Duration,
    /// The average RTCP interval of each leg (RFC 3550 6.2); at least 100 ms.
    pub rtcp_every: Duration,
    /// How long the recording waits for late packets; 20 ms to 1 s.
    pub tap_window: Duration,
    /// Whether a source that nothing vouches for may be accepted when the SDP address is
    /// unreachable, no better source sends and it is the only one.
    pub assume_source: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            voice_lost_after: Duration::from_secs(30),
            rtcp_every: Duration::from_secs(5),
            tap_window: Duration::from_millis(160),
            assume_source: true,
        }
    }
}

/// All relays of one thread.
///
/// `handle_command`, `handle_packet` and `handle_timeout` pass their results to the sink at once;
/// `poll_timeout` returns the next deadline. There are at most as many relays as ports.
///
/// ```text
/// let mut relays = Relays::new(Config::default(), prompts, seed, PortHistory::default());
/// relays.handle_command(now, Command::Open { call, leg, rtp_port: 40_000, .. }, &mut sink);
/// relays.handle_packet(now, 40_000, false, from, &mut datagram, &mut sink);
/// ```
pub struct Relays {
    slots: Vec<Option<Box<CallRelay>>>,
    free: Vec<u32>,
    by_call: BTreeMap<CallId, u32>,
    /// By RTP port: the slot times [`LEGS_MAX`], plus the index of the leg.
    by_port: Box<[u32]>,
    /// The next multiple of 20 ms, when all relays play; `None` without relays.
    next_tick: Option<Timestamp>,
    /// Packets of unknown sources in ended calls.
    past_strangers: u64,
    shared: Shared,
}

/// State that all relays share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) prompts: Vec<Prompt>,
    pub(crate) pool: Pool,
    pub(crate) rng: ChaCha8Rng,
    pub(crate) history: PortHistory,
}

impl Relays {
    /// Creates an empty set of relays. `prompts` is the list that every
    /// [`PromptId`](crate::PromptId) indexes; `seed` gives SSRCs, first sequence numbers and
    /// timestamps. All relays of a process share the `history` of its ports.
    pub fn new(
        config: Config,
        prompts: Vec<Prompt>,
        seed: [u8; 32],
        history: PortHistory,
    ) -> Relays {
        Relays {
            slots: Vec::new(),
            free: Vec::new(),
            by_call: BTreeMap::new(),
            by_port: vec![NO_SLOT; PORTS].into_boxed_slice(),
            next_tick: None,
            past_strangers: 0,
            shared: Shared {
                config,
                prompts,
                pool: Pool::default(),
                rng: ChaCha8Rng::from_seed(seed),
                history,
            },
        }
    }

    /// Replaces the list of prompts while calls hear them. A [`PromptId`](crate::PromptId) that is in
    /// use must stay what it is: the list may only grow, and prompts that nothing plays any more may
    /// become silent.
    pub fn adopt_prompts(&mut self, prompts: Vec<Prompt>) {
        self.shared.prompts = prompts;
    }

    /// The number of calls with a relay.
    pub fn len(&self) -> usize {
        self.by_call.len()
    }

    /// Returns whether no call has a relay.
    pub fn is_empty(&self) -> bool {
        self.by_call.is_empty()
    }

    /// Packets of unknown sources dropped so far, over all calls. It only grows.
    pub fn strangers(&self) -> u64 {
        let open = self.slots.iter().flatten().map(|relay| relay.strangers());
        open.sum::<u64>() + self.past_strangers
    }

    /// Handles a command. A command for an unknown call has crossed its end: it does nothing, and a
    /// port it brought is freed at once.
    pub fn handle_command(&mut self, now: Timestamp, command: Command, out: &mut dyn Sink) {
        match command {
            Command::Open { call, leg, rtp_port, remote, prompts, music, record } => {
                if self.by_call.contains_key(&call) {
                    // Opened twice: the first stays, and the second port is freed.
                    if self.relay(call).is_some_and(|(_, r, _)| r.caller_port() != Some(rtp_port)) {
                        out.event(Event::PortFreed { rtp_port });
                    }
                    return;
                }
                let shared = &mut self.shared;
                let mut relay =
                    CallRelay::open(now, call, leg, rtp_port, music, record, shared, out);
                relay.play(now, leg, prompts, out);
                if let Some(remote) = remote {
                    relay.change(now, leg, remote, shared, out);
                }
                let slot = self.insert(call, relay);
                self.listen(rtp_port, slot, 0);
                self.next_tick.get_or_insert(tick_after(now));
            }
            Command::Play { call, leg, prompts } => {
                if let Some((_, relay, _)) = self.relay(call) {
                    relay.play(now, leg, prompts, out);
                }
            }
            Command::AddLeg { call, leg, rtp_port } => {
                let Some((slot, relay, shared)) = self.relay(call) else {
                    out.event(Event::PortFreed { rtp_port });
                    return;
                };
                // Added twice: the first stays, and a second port is freed.
                if relay.port_of(leg) == Some(rtp_port) {
                    return;
                }
                let added = relay.add_leg(now, leg, rtp_port, shared).map(|index| (slot, index));
                match added {
                    Some((slot, index)) => self.listen(rtp_port, slot, index),
                    None => out.event(Event::PortFreed { rtp_port }),
                }
            }
            Command::DropLeg { call, leg } => {
                if let Some((slot, relay, _)) = self.relay(call)
                    && let Some(freed) = relay.drop_leg(now, leg, out)
                {
                    self.forget(freed, slot);
                    out.event(Event::PortFreed { rtp_port: freed.rtp_port });
                }
            }
            Command::ExpectSource { call, leg, signalled } => {
                if let Some((_, relay, _)) = self.relay(call) {
                    relay.expect(leg, signalled);
                }
            }
            Command::Connect { call, leg, remote, routes } => {
                if let Some((_, relay, shared)) = self.relay(call) {
                    relay.connect(now, leg, remote, &routes, shared, out);
                }
            }
            Command::Route { call, routes } => {
                if let Some((_, relay, _)) = self.relay(call) {
                    relay.set_routes(now, &routes, out);
                }
            }
            Command::SetRemote { call, leg, remote } => {
                if let Some((_, relay, shared)) = self.relay(call) {
                    relay.change(now, leg, remote, shared, out);
                }
            }
            Command::Close { call } => self.close(now, call, out),
        }
    }

    /// Handles a datagram from `from` to our `rtp_port`, or with `rtcp` to the port above. The
    /// packet is rewritten in place when it is forwarded. Returns whether a call expects packets
    /// from there.
    pub fn handle_packet(
        &mut self,
        now: Timestamp,
        rtp_port: u16,
        rtcp: bool,
        from: SocketAddr,
        packet: &mut [u8],
        out: &mut dyn Sink,
    ) -> PacketSource {
        let Some((relay, index)) = self.by_port.get(usize::from(rtp_port)).and_then(|place| {
            let relay = self.slots.get_mut((place / LEGS) as usize)?.as_mut()?;
            Some((relay, (place % LEGS) as usize))
        }) else {
            // No call has the port: its packets must not reach the next call on it.
            if let Some(ssrc) = packet::ssrc(packet).filter(|_| !rtcp) {
                // Allocates once per port.
                self.shared.history.note_idle(now, rtp_port, ssrc);
            }
            return PacketSource::Unknown;
        };
        if rtcp || packet::is_rtcp(packet) {
            relay.receive_rtcp(now, index, from, rtcp, packet)
        } else {
            let datagram = Datagram { at: now, now, index, from, bytes: packet };
            relay.receive(datagram, &mut self.shared, out)
        }
    }

    /// Handles the deadline of `poll_timeout`.
    pub fn handle_timeout(&mut self, now: Timestamp, out: &mut dyn Sink) {
        let Some(mut tick) = self.next_tick else { return };
        // After a long sleep the frames in between are skipped, so that they are not sent in a
        // burst.
        if now.since(tick) > CATCH_UP_MAX {
            tick = tick_after(now) - TICK;
        }
        while tick <= now {
            for relay in self.slots.iter_mut().flatten() {
                relay.tick(tick, now, &mut self.shared, out);
            }
            tick += TICK;
        }
        self.next_tick = Some(tick);
    }

    /// Returns when to call `handle_timeout` next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.next_tick
    }

    /// Returns a sample buffer for reuse in the next chunk.
    pub fn recycle(&mut self, stereo: Vec<i16>) {
        self.shared.pool.give(stereo);
    }

    fn close(&mut self, now: Timestamp, call: CallId, out: &mut dyn Sink) {
        let Some(slot) = self.by_call.remove(&call) else { return };
        let Some(mut relay) = self.slots.get_mut(slot as usize).and_then(Option::take) else {
            return;
        };
        self.free.push(slot);
        for freed in relay.close(now, &mut self.shared, out) {
            self.forget(freed, slot);
        }
        self.past_strangers += relay.strangers();
        if self.by_call.is_empty() {
            self.next_tick = None;
        }
    }

    fn insert(&mut self, call: CallId, relay: CallRelay) -> u32 {
        let slot = self.free.pop().unwrap_or(self.slots.len() as u32);
        let relay = Some(Box::new(relay));
        match self.slots.get_mut(slot as usize) {
            Some(empty) => *empty = relay,
            None => self.slots.push(relay),
        }
        self.by_call.insert(call, slot);
        slot
    }

    fn relay(&mut self, call: CallId) -> Option<(u32, &mut CallRelay, &mut Shared)> {
        let slot = *self.by_call.get(&call)?;
        let relay = self.slots.get_mut(slot as usize)?.as_mut()?;
        Some((slot, relay, &mut self.shared))
    }

    /// Assigns packets to `rtp_port` to this leg. A port assigned twice belongs to the later call.
    fn listen(&mut self, rtp_port: u16, slot: u32, index: usize) {
        if let Some(place) = self.by_port.get_mut(usize::from(rtp_port)) {
            *place = slot * LEGS + index as u32;
        }
    }

    fn forget(&mut self, freed: FreedPort, slot: u32) {
        let FreedPort { rtp_port, streams } = freed;
        self.shared.history.set(rtp_port, streams);
        if let Some(place) = self.by_port.get_mut(usize::from(rtp_port))
            && *place / LEGS == slot
        {
            *place = NO_SLOT;
        }
    }
}

/// Returns the first multiple of 20 ms after `now`.
fn tick_after(now: Timestamp) -> Timestamp {
    let tick = TICK.as_micros() as u64;
    Timestamp::from_micros((now.micros() / tick + 1).saturating_mul(tick))
}

/// One frame.
const TICK: Duration = Duration::from_millis(20);
/// A delay that a listener's jitter buffer can still absorb.
const CATCH_UP_MAX: Duration = Duration::from_millis(200);
const PORTS: usize = 1 << 16;
const LEGS: u32 = LEGS_MAX as u32;
/// A number that no slot has: there are fewer slots than ports.
const NO_SLOT: u32 = u32::MAX;
