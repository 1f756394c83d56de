//! Senders of RTP to every port of the engine that belong to no call.

use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::engine::TRUNK;
use super::program::until;
use super::wav::alaw_tone;

/// Three sources at one address, each with a valid RTP stream to every port.
pub(crate) struct Spray {
    stop: Arc<AtomicBool>,
    rounds: Arc<AtomicUsize>,
    thread: JoinHandle<usize>,
}

impl Spray {
    /// From an unknown address.
    pub(crate) fn of_strangers(ports: Vec<u16>, tone: u32) -> Spray {
        Spray::start("127.0.0.77", ports, tone)
    }

    /// From the trunk's gateway, like callers whose call is over.
    pub(crate) fn of_old_callers(ports: Vec<u16>, tone: u32) -> Spray {
        Spray::start(TRUNK, ports, tone)
    }

    fn start(at: &'static str, ports: Vec<u16>, tone: u32) -> Spray {
        let (stop, rounds) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (stopped, count) = (Arc::clone(&stop), Arc::clone(&rounds));
        let thread = thread::spawn(move || {
            let sources = [1, 2, 3].map(|_| {
                let socket = UdpSocket::bind((at, 0)).unwrap();
                socket.set_read_timeout(Some(A_THIRD)).unwrap();
                socket
            });
            let tone = alaw_tone(f64::from(tone));
            let (mut answers, mut buffer) = (0, [0; 2_048]);
            for (n, frame) in tone.chunks_exact(160).cycle().enumerate() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                for (ssrc, source) in sources.iter().enumerate() {
                    let packet = packet(n, ssrc, frame);
                    for port in &ports {
                        // A full buffer loses packets, as networks do.
                        let _ = source.send_to(&packet, ("127.0.0.1", *port));
                    }
                    // Waiting for an answer paces the sender.
                    while source.recv_from(&mut buffer).is_ok() {
                        answers += 1;
                    }
                }
                count.fetch_add(1, Ordering::Relaxed);
            }
            answers
        });
        Spray { stop, rounds, thread }
    }

    /// Waits until each source has sent a number of further packets to each port.
    pub(crate) fn goes_on_for(&self, packets: usize) {
        let end = self.rounds.load(Ordering::Relaxed) + packets;
        until("packets are sent", || {
            thread::yield_now();
            (self.rounds.load(Ordering::Relaxed) >= end).then_some(())
        });
    }

    /// The number of packets its sources received.
    pub(crate) fn stop(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

/// RTP of PCMA (RFC 3550 5.1).
fn packet(n: usize, ssrc: usize, voice: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, 8];
    packet.extend((n as u16).to_be_bytes());
    packet.extend((n as u32 * 160).to_be_bytes());
    packet.extend((0x0bad_0000 + ssrc as u32).to_be_bytes());
    packet.extend(voice);
    packet
}

/// The duration of a packet, in samples.
const A_THIRD: Duration = Duration::from_micros(6_667);
