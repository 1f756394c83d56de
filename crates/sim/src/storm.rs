//! The faults of a run and how often they happen.

use std::time::Duration;

/// The faults of a run and how often they happen. One in zero means never.
#[derive(Clone, Debug)]
pub struct Storm {
    /// One offer in this many is left ringing.
    pub(crate) ignored_one_in: u64,
    /// One offer in this many is rejected.
    pub(crate) rejected_one_in: u64,
    /// One offer in this many finds the phone busy.
    pub(crate) busy_one_in: u64,
    /// One offer in this many gets no answer: the phone died without signing off.
    pub(crate) dead_one_in: u64,
    /// One caller in this many disappears without BYE.
    pub(crate) lost_one_in: u64,
    /// One caller in this many never sends ACK (wire).
    pub(crate) silent_one_in: u64,
    /// One talk in this many is put on hold, by either side (wire).
    pub(crate) held_one_in: u64,
    /// Time between two actions of an agent.
    pub(crate) between_acts: Duration,
    /// Time between two crashes of the engine.
    pub(crate) crash: Option<Duration>,
    /// The bounds of a talk's duration, uniformly distributed; `None`: exponential, mean three
    /// minutes.
    pub(crate) talk: Option<(Duration, Duration)>,
    /// The bounds of a caller's patience, uniformly distributed; the caller hangs up only while
    /// waiting. `None`: exponential, mean four minutes, and it may end a talk too.
    pub(crate) patience: Option<(Duration, Duration)>,
    /// One write in this many is cut by a power failure.
    pub(crate) torn_one_in: u64,
    /// The most records between two snapshots of the memory.
    pub(crate) snapshot_within: u64,
    /// The longest ordinary sync; one in a hundred takes a hundred times as long.
    pub(crate) sync: Duration,
    /// Time between two faults of phones: power, cable or NAT (wire).
    pub(crate) mishap: Duration,
    /// Time between two messages from strangers (wire).
    pub(crate) stranger: Duration,
    /// How the network treats datagrams (wire).
    pub(crate) weather: Weather,
}

/// How the network treats datagrams.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weather {
    /// Datagrams lost, per thousand.
    pub(crate) lost: u64,
    /// Datagrams duplicated, per thousand.
    pub(crate) doubled: u64,
    /// Datagrams delayed by seconds, per thousand.
    pub(crate) late: u64,
    /// The shortest delay.
    pub(crate) least: Duration,
    /// The largest random addition to the delay; it reorders datagrams.
    pub(crate) jitter: Duration,
}

impl Weather {
    pub(crate) const FAIR: Weather = Weather {
        lost: 0,
        doubled: 0,
        late: 0,
        least: Duration::from_millis(2),
        jitter: Duration::ZERO,
    };
}

impl Storm {
    /// The faults of a bad week in each day.
    pub fn usual() -> Storm {
        Storm {
            ignored_one_in: 20,
            rejected_one_in: 30,
            busy_one_in: 40,
            dead_one_in: 100,
            lost_one_in: 60,
            silent_one_in: 100,
            held_one_in: 4,
            between_acts: Duration::from_secs(1_200),
            crash: Some(Duration::from_secs(6 * 3_600)),
            talk: None,
            patience: None,
            torn_one_in: 0,
            snapshot_within: 60_000,
            sync: Duration::from_millis(8),
            mishap: Duration::from_secs(120),
            stranger: Duration::from_secs(5),
            weather: Weather {
                lost: 10,
                doubled: 2,
                late: 1,
                least: Duration::from_millis(2),
                jitter: Duration::from_millis(30),
            },
        }
    }

    /// The faults of months: the power fails about every other day, in the middle of a write.
    pub fn months() -> Storm {
        let (crash, torn_one_in) = (Some(Duration::from_secs(4 * 86_400)), 150_000);
        Storm { crash, torn_one_in, ..Storm::usual() }
    }

    /// The power fails every few hundred writes, always in the middle of one.
    pub fn cuts() -> Storm {
        Storm { torn_one_in: 700, snapshot_within: 1_000, ..Storm::months() }
    }

    /// No faults; talks of five minutes, wrap-up included, 30 % more or less (S6).
    pub(crate) fn fair() -> Storm {
        let span = |least, most| Some((Duration::from_secs(least), Duration::from_secs(most)));
        Storm {
            ignored_one_in: 0,
            rejected_one_in: 0,
            busy_one_in: 0,
            dead_one_in: 0,
            lost_one_in: 0,
            silent_one_in: 0,
            held_one_in: 0,
            crash: None,
            talk: span(196, 364),
            patience: span(30, 240),
            ..Storm::usual()
        }
    }

    /// Every fault at a high rate.
    pub fn wild() -> Storm {
        Storm {
            ignored_one_in: 4,
            rejected_one_in: 5,
            busy_one_in: 6,
            dead_one_in: 10,
            lost_one_in: 8,
            silent_one_in: 10,
            held_one_in: 2,
            between_acts: Duration::from_secs(60),
            crash: Some(Duration::from_secs(1_800)),
            talk: None,
            patience: None,
            torn_one_in: 0,
            snapshot_within: 5_000,
            sync: Duration::from_millis(50),
            mishap: Duration::from_secs(20),
            stranger: Duration::from_secs(1),
            weather: Weather {
                lost: 150,
                doubled: 80,
                late: 20,
                least: Duration::from_millis(5),
                jitter: Duration::from_millis(400),
            },
        }
    }
}

/// From a crash of the engine to its restart. Phones cannot register in this time.
pub(crate) const DOWN: Duration = Duration::from_secs(3);
