//! Keys pressed during a call, as telephone-events (RFC 4733): one press, one key.

/// Sees the events of one stream and tells each press once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    /// The timestamps of the last presses: every packet of a press carries that of its start.
    pressed: [Option<u64>; REMEMBERED],
    next: usize,
}

impl Keys {
    /// A telephone-event packet with unwrapped timestamp `ts`. The key, on the first packet of the
    /// press that reaches us, whether it says start, going on or (three times) end.
    pub(crate) fn hear(&mut self, ts: u64, payload: &[u8]) -> Option<char> {
        let key = key(payload)?;
        if self.pressed.contains(&Some(ts)) {
            return None;
        }
        let place = self.pressed.get_mut(self.next % REMEMBERED)?;
        *place = Some(ts);
        self.next = (self.next + 1) % REMEMBERED;
        Some(key)
    }
}

/// The key a payload speaks of (RFC 4733 3.2): its first byte, for events 0 to 15.
pub(crate) fn key(payload: &[u8]) -> Option<char> {
    let [event, _, _, _, ..] = payload else { return None };
    KEYS.get(usize::from(*event)).map(|key| char::from(*key))
}

const KEYS: &[u8; 16] = b"0123456789*#ABCD";
/// Late packets of a press may cross those of the next; of more than four nobody's thumb is capable.
const REMEMBERED: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_of_many_packets_is_one_key() {
        let mut keys = Keys::default();
        let heard: String = [(100, 5), (100, 5), (100, 0x85), (100, 0x85), (900, 5), (100, 0x85)]
            .into_iter()
            .filter_map(|(ts, flags)| keys.hear(ts, &[5, flags, 0, 160]))
            .collect();
        assert_eq!(heard, "55");
    }

    #[test]
    fn a_press_whose_beginning_was_lost_still_counts() {
        let mut keys = Keys::default();
        assert_eq!(keys.hear(7, &[11, 0x80, 3, 0x20]), Some('#'));
        assert_eq!(keys.hear(7, &[11, 0x80, 3, 0x20]), None);
    }

    #[test]
    fn flash_and_short_payloads_are_no_keys() {
        let mut keys = Keys::default();
        assert_eq!(keys.hear(1, &[16, 0, 0, 0]), None);
        assert_eq!(keys.hear(1, &[5, 0]), None);
    }
}
