//! The loop around a SIP endpoint: hand in an input, drain the outputs, wait for the deadline.
//!
//! A trunk probes the endpoint with OPTIONS. The endpoint answers 200 and keeps the answer for
//! retransmissions until timer J ends (RFC 3261 17.2.2).
#![allow(clippy::print_stdout, reason = "an example shows its output")]

use primitives::{IpNetwork, Timestamp};
use sip::{Config, Endpoint, Flow, Input, Output, Transport, Trunk};

const OPTIONS: &str = "OPTIONS sip:192.0.2.1 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK776asdhds;rport\r\n\
    From: <sip:carrier@192.0.2.9>;tag=88sja8x\r\nTo: <sip:192.0.2.1>\r\n\
    Call-ID: 4f1a@192.0.2.9\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

pub(crate) fn main() {
    let (local, remote) = (([192, 0, 2, 1], 5060).into(), ([192, 0, 2, 9], 5060).into());
    let flow = Flow { transport: Transport::Udp, local, remote };
    let mut config = Config::new("192.0.2.1");
    config.locals = vec![(flow.transport, flow.local)];
    config.trunks =
        vec![Trunk { id: "carrier".into(), sources: vec![IpNetwork::host(remote.ip())] }];
    // A real driver takes the seed from the system's entropy.
    let mut endpoint = Endpoint::new(config, [7; 32]);

    let mut now = Timestamp::from_micros(0);
    endpoint.handle_input(now, Input::Received { flow, bytes: OPTIONS.as_bytes() });
    loop {
        while let Some(output) = endpoint.poll_output() {
            match output {
                Output::Send { flow, bytes } => {
                    let text = String::from_utf8_lossy(&bytes);
                    println!("to {}: {}", flow.remote, text.lines().next().unwrap_or_default());
                }
                other => println!("{other:?}"),
            }
        }
        // A real driver waits for this deadline or the next packet, whichever is first.
        let Some(deadline) = endpoint.poll_timeout() else { break };
        now = deadline;
        endpoint.handle_input(now, Input::Timeout);
    }
    println!("idle after {} s", now.micros() / 1_000_000);
    assert!(endpoint.is_idle());
}
