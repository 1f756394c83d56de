//! The tap sees every message: invariant 11 is checked here.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use model::Timestamp;

use super::{
    glance::{Glance, Start},
    network::Host,
};

/// Responses that wait for their ACK.
#[derive(Debug, Default)]
pub(super) struct Tap {
    unacked: BTreeMap<(Host, String, u32), Timestamp>,
    /// Call-IDs of calls the engine sent BYE for.
    dismissed: BTreeSet<String>,
}

impl Tap {
    /// `from` sends this.
    pub(super) fn sent(&mut self, now: Timestamp, from: Host, glance: &Glance<'_>) {
        if glance.is_accept() {
            let key = (from, glance.call_id.to_owned(), glance.cseq);
            // A retransmission has the deadline of the first transmission.
            self.unacked.entry(key).or_insert(now + UNACKED_MAX);
        } else if glance.start == Start::Request("BYE") {
            self.forget(from, glance.call_id);
            if from == Host::Engine {
                self.dismissed.insert(glance.call_id.to_owned());
            }
        }
    }

    /// Whether the engine sent BYE; a request of its far end crossed it.
    pub(super) fn is_dismissed(&self, call_id: &str) -> bool {
        self.dismissed.contains(call_id)
    }

    /// `to` receives this.
    pub(super) fn delivered(&mut self, to: Host, glance: &Glance<'_>) {
        match glance.start {
            Start::Request("ACK") => {
                self.unacked.remove(&(to, glance.call_id.to_owned(), glance.cseq));
            }
            // Torn down, or changed, which only an end that has the 2xx does.
            Start::Request("BYE") => self.forget(to, glance.call_id),
            Start::Request("INVITE") if glance.in_dialog => {
                let (call_id, cseq) = (glance.call_id, glance.cseq);
                self.unacked.retain(|(host, id, number), _| {
                    !(*host == to && id == call_id && *number < cseq)
                });
            }
            Start::Request(_) | Start::Response(_) => {}
        }
    }

    /// A host died, and its pending ACKs with it.
    pub(super) fn died(&mut self, host: Host) {
        self.unacked.retain(|(owner, ..), _| *owner != host);
    }

    /// Invariant 11: responses that got no ACK and whose sender did not give up either.
    pub(super) fn overdue(&mut self, now: Timestamp) -> Vec<String> {
        let (over, waiting): (BTreeMap<_, _>, BTreeMap<_, _>) =
            std::mem::take(&mut self.unacked).into_iter().partition(|(_, until)| *until < now);
        self.unacked = waiting;
        over.into_keys()
            .map(|(host, call_id, cseq)| {
                format!("{host:?} lives on with a 2xx to INVITE {cseq} of {call_id} never ACKed")
            })
            .collect()
    }

    fn forget(&mut self, owner: Host, call_id: &str) {
        self.unacked.retain(|(host, id, _), _| !(*host == owner && id == call_id));
    }
}

/// 64 T1 (RFC 3261 13.3.1.4), and a second until the tap looks.
const UNACKED_MAX: Duration = Duration::from_secs(33);

#[cfg(test)]
mod tests {
    use super::*;

    fn glance(text: &str) -> Glance<'_> {
        Glance::at(text.as_bytes()).expect("a message")
    }

    #[test]
    fn unacked_2xx_is_reported_once() {
        let mut tap = Tap::default();
        let at = |s: u64| Timestamp::from_micros(s * 1_000_000);
        let ok = "SIP/2.0 200 OK\r\nTo: a;tag=1\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n";
        tap.sent(at(0), Host::Engine, &glance(ok));
        tap.sent(at(30), Host::Engine, &glance(ok));
        assert!(tap.overdue(at(32)).is_empty());
        assert_eq!(tap.overdue(at(34)).len(), 1);
        assert!(tap.overdue(at(99)).is_empty());
    }

    #[test]
    fn only_ack_of_same_call_settles_2xx() {
        let mut tap = Tap::default();
        let later = Timestamp::from_micros(60_000_000);
        let ok = "SIP/2.0 200 OK\r\nTo: a;tag=1\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n";
        let ack = "ACK sip:a SIP/2.0\r\nTo: a;tag=1\r\nCall-ID: c\r\nCSeq: 1 ACK\r\n\r\n";
        tap.sent(Timestamp::default(), Host::Engine, &glance(ok));
        tap.delivered(Host::Carrier, &glance(ack));
        assert_eq!(tap.overdue(later).len(), 1);
        tap.sent(Timestamp::default(), Host::Engine, &glance(ok));
        tap.delivered(Host::Engine, &glance(ack));
        assert!(tap.overdue(later).is_empty());
    }
}
