//! Checks whether voice ports, trunk channels, queue lengths and seats fit together.
//!
//! A caller holds one pair of voice ports from arrival to end, and a seat one more from ringing to
//! the end of its talk. A misfit is not a fault: a hotline with few ports works, but it refuses
//! callers with 503 before its queues are full.

use crate::{Misfit, Settings, networks::wide_networks};

impl Settings {
    /// The misfits of voice ports, trunk channels and queue lengths, and the networks that contain
    /// nearly every address.
    pub fn misfits(&self) -> Vec<Misfit> {
        let channels: Option<u64> =
            self.trunks.iter().map(|trunk| trunk.channels.map(u64::from)).sum();
        let mut misfits = Capacity {
            pairs: self.media.ports.pairs().into(),
            seats: self.seats.len() as u64,
            queued: self
                .queues
                .iter()
                .map(|queue| u64::from(queue.policy.max_length.unwrap_or(u32::MAX)))
                .sum(),
            channels,
        }
        .misfits();
        misfits.extend(wide_networks(self));
        misfits
    }
}

/// The four numbers that must fit together.
#[derive(Clone, Copy, Debug)]
struct Capacity {
    /// Pairs of voice ports.
    pairs: u64,
    /// The number of all seats.
    seats: u64,
    /// The most callers that all queues hold together.
    queued: u64,
    /// The most calls that all trunks bring; `None` when one of them has no limit.
    channels: Option<u64>,
}

impl Capacity {
    fn misfits(self) -> Vec<Misfit> {
        let Capacity { pairs, seats, queued, channels } = self;
        // The worst case: all seats talk and all queues are full, or all channels are in use.
        let callers = channels.unwrap_or(u64::MAX).min(queued + seats);
        let needed = callers + callers.min(seats);
        let mut misfits = Vec::new();
        if needed > pairs {
            let served = served_by(pairs, seats);
            let from = match channels {
                Some(channels) if channels <= queued + seats => {
                    format!("the trunks bring up to {channels} callers")
                }
                _ => format!("the queues hold {queued} callers while {seats} seats talk"),
            };
            let more = match served.checked_sub(seats) {
                Some(waiting) if waiting > 0 => {
                    format!(", or let the queues hold {waiting} callers in all (max_length)")
                }
                _ => String::new(),
            };
            misfits.push(Misfit {
                key: "heartline.toml: [media] ports",
                what: format!(
                    "{pairs} pairs serve {served} callers at once, and {from}: the others are \
                     refused with 503"
                ),
                right: format!("give {needed} pairs{more}"),
            });
        }
        if let Some(channels) = channels
            && channels < queued + seats
            && channels > 0
        {
            let waiting = channels.saturating_sub(seats);
            misfits.push(Misfit {
                key: "trunks.toml: channels",
                what: format!(
                    "the trunks bring {channels} callers, and the queues hold {queued} while \
                     {seats} seats talk: no queue is ever full, because callers are \
                     refused at the trunks first"
                ),
                right: format!(
                    "raise channels to {}, or let the queues hold {waiting} callers in all",
                    queued + seats
                ),
            });
        }
        misfits
    }
}

/// The number of callers that `pairs` serve at once when each of `seats` talks with one of them.
fn served_by(pairs: u64, seats: u64) -> u64 {
    (pairs / 2).max(pairs.saturating_sub(seats))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn misfits(pairs: u64, seats: u64, queued: u64, channels: Option<u64>) -> Vec<String> {
        let capacity = Capacity { pairs, seats, queued, channels };
        capacity.misfits().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn ports_for_full_queues_and_talking_seats_fit() {
        assert_eq!(misfits(500, 80, 340, None), [""; 0]);
        // One pair for each of 60 callers, and one for each of 20 seats.
        assert_eq!(misfits(80, 20, 40, Some(60)), [""; 0]);
    }

    #[test]
    fn too_few_ports_for_the_queues_are_reported_with_the_number_needed() {
        let found = misfits(500, 80, 600, None);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("500 pairs serve 420 callers at once"), "{}", found[0]);
        assert!(found[0].contains("give 760 pairs, or let the queues hold 340"), "{}", found[0]);
    }

    #[test]
    fn too_few_ports_for_the_trunks_are_reported() {
        let found = misfits(100, 40, 600, Some(240));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("serve 60 callers") && found[0].contains("up to 240 callers"));
        assert!(found[0].contains("give 280 pairs"), "{}", found[0]);
        assert!(found[1].contains("no queue is ever full"), "{}", found[1]);
        assert!(found[1].contains("raise channels to 640, or let the queues hold 200"));
    }

    #[test]
    fn few_pairs_serve_as_many_callers_as_seats_can_be_rung_for() {
        // Each caller needs a seat's pair as well, so half of the pairs are for callers.
        assert_eq!(served_by(10, 100), 5);
        assert_eq!(served_by(10, 3), 7);
        assert_eq!(served_by(10, 0), 10);
    }
}
