//! All relays of one voice thread: packets, commands and time in; packets, recordings and events out.

use std::{net::SocketAddr, time::Duration};

use model::Timestamp;

use crate::{Command, Prompt, Sink};

/// What may be set.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// After how long without RTP and RTCP a side that should send is reported lost. Zero: never.
    pub voice_lost_after: Duration,
    /// How often, on average, each leg sends RTCP (RFC 3550 6.2).
    pub rtcp_every: Duration,
    /// How long the recording waits for packets that come late or out of order; 20 ms to 1 s.
    pub tap_window: Duration,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            voice_lost_after: Duration::from_secs(30),
            rtcp_every: Duration::from_secs(5),
            tap_window: Duration::from_millis(160),
        }
    }
}

/// All relays of one thread.
pub struct Relays {
    #[expect(dead_code, reason = "the signatures come first, the relay follows")]
    config: Config,
}

impl Relays {
    /// No relays yet. `prompts` is what every [`PromptId`](crate::PromptId) points into; `seed`
    /// gives SSRCs, first sequence numbers and timestamps.
    pub fn new(config: Config, prompts: Vec<Prompt>, seed: [u8; 32]) -> Relays {
        let _ = (prompts, seed);
        Relays { config }
    }

    /// The switch wants something.
    pub fn handle_command(&mut self, now: Timestamp, command: Command, out: &mut impl Sink) {
        let _ = (now, command, out);
    }

    /// A datagram came from `from` to our `rtp_port`, or with `rtcp` to the port above it. The
    /// packet is rewritten in place on its way through.
    pub fn handle_packet(
        &mut self,
        now: Timestamp,
        rtp_port: u16,
        rtcp: bool,
        from: SocketAddr,
        packet: &mut [u8],
        out: &mut impl Sink,
    ) {
        let _ = (now, rtp_port, rtcp, from, packet, out);
    }

    /// `poll_timeout` has come.
    pub fn handle_timeout(&mut self, now: Timestamp, out: &mut impl Sink) {
        let _ = (now, out);
    }

    /// When to call `handle_timeout` next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        None
    }

    /// A recorder is done with these samples: the next chunk shall use their memory.
    pub fn recycle(&mut self, stereo: Vec<i16>) {
        drop(stereo);
    }
}
