//! Checks whether voice ports, trunk channels, queue lengths and seats fit together, and how many
//! file descriptors they need.
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

/// The file descriptors that an engine needs at most, by what they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptors {
    /// An RTP and an RTCP socket for each pair of voice ports.
    pub voice: u64,
    /// A file for each call that is recorded: every caller has a pair of ports.
    pub recordings: u64,
    /// Connections of SIP over TCP.
    pub sip: u64,
    /// Connections of the console.
    pub console: u64,
    /// The log, the view, the search index, outgoing connections and the threads' own.
    pub other: u64,
}

impl Descriptors {
    /// All of them.
    pub fn all(self) -> u64 {
        self.voice + self.recordings + self.sip + self.console + self.other
    }

    /// The misfit of a limit that does not suffice.
    pub fn misfit(self, limit: u64) -> Option<Misfit> {
        let all = self.all();
        let Descriptors { voice, recordings, sip, console, other } = self;
        (limit < all).then(|| Misfit {
            key: "LimitNOFILE",
            what: format!(
                "{limit} file descriptors are allowed, and this config may need {all}: {voice} for \
                 voice ports, {recordings} for recordings, {sip} for SIP over TCP, {console} for \
                 the console and {other} for the rest"
            ),
            right: format!(
                "give LimitNOFILE={all} or more, or fewer [media] ports, [sip.streams] total and \
                 [http] connections"
            ),
        })
    }
}

impl Settings {
    /// The file descriptors that an engine with this config needs at most.
    pub fn descriptors(&self) -> Descriptors {
        let pairs = u64::from(self.media.ports.pairs());
        Descriptors {
            voice: pairs * 2,
            recordings: pairs,
            sip: self.sip.endpoint.streams.total as u64,
            console: self.http.connections.into(),
            other: OTHER_DESCRIPTORS,
        }
    }
}

/// An engine without calls and connections has forty; its files, its destinations and a backup that
/// runs take some more.
const OTHER_DESCRIPTORS: u64 = 256;
/// LimitNOFILE of the unit in the package.
pub const UNIT_DESCRIPTORS: u64 = 65_536;

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
    fn descriptors_are_those_of_the_config_and_a_small_limit_is_reported() {
        let mut settings = Settings::embedded().expect("the shipped config");
        let needed = settings.descriptors();
        assert_eq!((needed.voice, needed.recordings), (1_000, 500));
        assert_eq!((needed.sip, needed.console), (4_096, 4_096));
        assert_eq!(needed.misfit(UNIT_DESCRIPTORS), None);
        assert_eq!(needed.misfit(needed.all()), None);
        let misfit = needed.misfit(1_024).expect("too few").to_string();
        assert!(misfit.contains("1024 file descriptors are allowed"), "{misfit}");
        assert!(misfit.contains("1000 for voice ports, 500 for recordings"), "{misfit}");
        assert!(misfit.contains(&format!("LimitNOFILE={}", needed.all())), "{misfit}");
        settings.media.ports = crate::Ports::Auto { pairs: 20_000 };
        assert_eq!(settings.descriptors().voice, 40_000);
        assert!(settings.descriptors().misfit(UNIT_DESCRIPTORS).is_some());
    }

    #[test]
    fn limit_of_the_unit_is_that_of_the_package() {
        let unit = include_str!("../../../packaging/heartline.service");
        let line = unit.lines().find_map(|line| line.strip_prefix("LimitNOFILE="));
        assert_eq!(line.and_then(|limit| limit.parse().ok()), Some(UNIT_DESCRIPTORS));
    }

    #[test]
    fn few_pairs_serve_as_many_callers_as_seats_can_be_rung_for() {
        // Each caller needs a seat's pair as well, so half of the pairs are for callers.
        assert_eq!(served_by(10, 100), 5);
        assert_eq!(served_by(10, 3), 7);
        assert_eq!(served_by(10, 0), 10);
    }
}
