//! Two hundred random days: a fifth of all datagrams lost, a tenth duplicated, the rest reordered,
//! with random answers, holds and hang-ups. Every leg must end exactly once, and no state may
//! remain.

use std::{collections::BTreeMap, time::Duration};

use crate::lab::*;
use primitives::{Direction, LegId};
use sip::{Command, Event};

#[test]
fn two_hundred_random_days_end_every_leg_and_leave_no_state() {
    let mut talked = 0;
    for seed in 0..200 {
        let mut storm = Storm::new(seed);
        storm.blow(40);
        storm.calm_down();
        talked += storm.talked;
    }
    assert!(talked > 400, "only {talked} legs ever talked: the storm is too strong to show much");
}

/// The hosts of one day, and the state of every leg.
struct Storm {
    lab: Lab,
    seed: u64,
    /// By host and leg: whether it has ended.
    legs: BTreeMap<(usize, LegId), bool>,
    next_leg: u64,
    talked: usize,
}

const CENTER_HOST: usize = 0;
const TRUNK_HOST: usize = 1;
const PHONES: [usize; 3] = [2, 3, 4];

impl Storm {
    fn new(seed: u64) -> Storm {
        let mut lab = Lab::new(seed);
        lab.host(CENTER, center_config());
        lab.host(TRUNK, phone_config());
        for n in 1..=3 {
            lab.host(&format!("192.168.1.{n}:6000"), phone_config());
        }
        lab.weather = Weather::STORM;
        // Two phones at one seat, one at another.
        lab.tell(PHONES[0], register(1001, 300));
        lab.tell(PHONES[1], register(1001, 300));
        lab.tell(PHONES[2], register(1002, 300));
        Storm { lab, seed, legs: BTreeMap::new(), next_leg: 2, talked: 0 }
    }

    /// This many seconds of random actions.
    fn blow(&mut self, seconds: u64) {
        for _ in 0..seconds * 2 {
            if self.lab.chance(20) {
                self.dial(TRUNK_HOST, |leg| dial_uri(leg, "sip:12345@10.0.0.1"));
            }
            if self.lab.chance(20) {
                let seat = 1001 + self.lab.below(2);
                self.dial(CENTER_HOST, |leg| dial_seat(leg, seat));
            }
            let open: Vec<(usize, LegId)> =
                self.legs.iter().filter(|(_, over)| !**over).map(|(key, _)| *key).collect();
            for (host, leg) in open {
                let command = match self.lab.below(40) {
                    0 => hang_up(leg),
                    1..=4 => hold(leg),
                    5..=8 => resume(leg),
                    9 => Command::SetDirection { leg, direction: Direction::Inactive },
                    10 | 11 => ring(leg),
                    12..=17 => accept(leg),
                    18 => Command::Reject { leg, code: 486, retry_after_s: None },
                    _ => continue,
                };
                self.lab.tell(host, command);
            }
            self.lab.run(Duration::from_millis(500));
            self.listen();
        }
    }

    /// All legs are ended.
    fn calm_down(&mut self) {
        let open: Vec<(usize, LegId)> =
            self.legs.iter().filter(|(_, over)| !**over).map(|(key, _)| *key).collect();
        for (host, leg) in open {
            self.lab.tell(host, hang_up(leg));
        }
        self.lab.tell(PHONES[0], register(1001, 0));
        self.lab.tell(PHONES[1], register(1001, 0));
        self.lab.tell(PHONES[2], register(1002, 0));
        self.listen();
        // An INVITE still in flight may create a leg now; it is rejected.
        for _ in 0..10 {
            self.lab.run_s(60);
            self.listen();
            let late: Vec<(usize, LegId)> =
                self.legs.iter().filter(|(_, over)| !**over).map(|(key, _)| *key).collect();
            for (host, leg) in late {
                self.lab.tell(host, hang_up(leg));
            }
        }
        self.lab.rest();
        self.listen();
        let seed = self.seed;
        for (leg, over) in &self.legs {
            assert!(over, "seed {seed}: {leg:?} never ended");
        }
        for (number, host) in self.lab.hosts.iter().enumerate() {
            let endpoint = &host.endpoint;
            assert!(endpoint.is_idle(), "seed {seed}: left at host {number}: {endpoint:#?}");
            assert_eq!(host.endpoint.poll_timeout(), None, "seed {seed}: host {number}");
            assert!(host.dialogs.is_empty(), "seed {seed}: host {number} would send BYE again");
            assert!(host.invites.is_empty(), "seed {seed}: host {number} would send CANCEL again");
        }
    }

    fn dial(&mut self, host: usize, command: impl Fn(u64) -> Command) {
        let leg = self.next_leg;
        self.next_leg += 2;
        self.legs.insert((host, LegId(leg)), false);
        self.lab.tell(host, command(leg));
    }

    fn listen(&mut self) {
        let seed = self.seed;
        for host in 0..self.lab.hosts.len() {
            for event in self.lab.events(host) {
                let (leg, ends) = match &event {
                    Event::Incoming(incoming) => {
                        let twice = self.legs.insert((host, incoming.leg), false);
                        assert_eq!(twice, None, "seed {seed}: {event:?} twice");
                        continue;
                    }
                    Event::Failed { leg, .. } | Event::Ended { leg, .. } => (*leg, true),
                    Event::Ringing { leg }
                    | Event::VoiceExpected { leg, .. }
                    | Event::RemoteChanged { leg, .. }
                    | Event::DtmfReceived { leg, .. }
                    | Event::Referred { leg, .. } => (*leg, false),
                    Event::Answered { leg, .. } | Event::Confirmed { leg, .. } => {
                        self.talked += 1;
                        (*leg, false)
                    }
                    Event::Refused { .. }
                    | Event::SeatReached { .. }
                    | Event::SeatUnreached { .. }
                    | Event::Registered { .. } => continue,
                    Event::RateLimited { .. } => panic!("seed {seed}: {event:?}"),
                };
                let over = self.legs.get_mut(&(host, leg));
                let over = over.unwrap_or_else(|| panic!("seed {seed}: {event:?} of no leg"));
                assert!(!*over, "seed {seed}: host {host} says {event:?} after the end");
                *over = ends;
            }
        }
    }
}
