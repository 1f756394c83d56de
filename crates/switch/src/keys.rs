//! Recognizes a key that a telephone sends both in RTP (RFC 4733) and by INFO as one press.

use std::{collections::VecDeque, time::Duration};

use model::{Timestamp, event::Party};

/// The newest keys of one call that arrived one transport only.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    unpaired: VecDeque<Pressed>,
}

#[derive(Clone, Copy, Debug)]
struct Pressed {
    at: Timestamp,
    by: Party,
    key: char,
    transport: KeyTransport,
}

/// How a key arrived: as an RFC 4733 event or as SIP INFO.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyTransport {
    Rtp,
    Info,
}

impl Keys {
    /// Takes a key. Returns whether it is a press of its own, and not one that came over the other transport.
    pub(crate) fn is_press(
        &mut self,
        now: Timestamp,
        by: Party,
        key: char,
        transport: KeyTransport,
    ) -> bool {
        self.unpaired.retain(|pressed| now.since(pressed.at) <= PAIRED_WITHIN);
        let other_transport = |p: &Pressed| p.transport != transport && p.by == by && p.key == key;
        if let Some(place) = self.unpaired.iter().position(other_transport) {
            self.unpaired.remove(place);
            return false;
        }
        if self.unpaired.len() >= UNPAIRED_MAX {
            self.unpaired.pop_front();
        }
        self.unpaired.push_back(Pressed { at: now, by, key, transport });
        true
    }
}

/// The time between the two: INFO is sent at the end of a press, the first RTP packet at its start.
const PAIRED_WITHIN: Duration = Duration::from_secs(2);
/// More presses than a person makes in that time. Beyond it the oldest one is forgotten.
const UNPAIRED_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds keys at times in milliseconds, and returns those that are presses.
    fn presses(keys: &[(u64, char, KeyTransport)]) -> String {
        let mut all = Keys::default();
        let at = |ms: u64| Timestamp::from_micros(1_000_000 + ms * 1_000);
        let is_press = |(ms, key, transport): &(u64, char, KeyTransport)| {
            all.is_press(at(*ms), Party::Caller, *key, *transport).then_some(*key)
        };
        keys.iter().filter_map(is_press).collect()
    }

    #[test]
    fn key_by_rtp_and_info_is_one_press() {
        let keys = [
            (0, '5', KeyTransport::Rtp),
            (120, '5', KeyTransport::Info),
            (300, '5', KeyTransport::Info),
            (310, '5', KeyTransport::Rtp),
            (600, '6', KeyTransport::Rtp),
            (700, '7', KeyTransport::Rtp),
            (710, '6', KeyTransport::Info),
            (720, '7', KeyTransport::Info),
        ];
        assert_eq!(presses(&keys), "5567");
    }

    #[test]
    fn keys_by_one_way_are_separate_presses() {
        let keys: Vec<_> = (0..40).map(|n| (n * 100, '1', KeyTransport::Info)).collect();
        assert_eq!(presses(&keys).len(), 40);
    }

    #[test]
    fn same_key_by_the_other_way_later_is_a_second_press() {
        assert_eq!(presses(&[(0, '1', KeyTransport::Rtp), (2_100, '1', KeyTransport::Info)]), "11");
    }

    #[test]
    fn keys_of_caller_and_seat_are_separate() {
        let mut keys = Keys::default();
        let now = Timestamp::from_micros(1);
        assert!(keys.is_press(now, Party::Caller, '1', KeyTransport::Rtp));
        assert!(keys.is_press(now, Party::Seat, '1', KeyTransport::Info));
    }
}
