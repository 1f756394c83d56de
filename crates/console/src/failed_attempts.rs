//! The limit on wrong keys, tokens and signatures that an address may send to webhooks and Open311.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use model::Timestamp;

use crate::client::network;

/// Failures of each address, counted in windows of a minute.
#[derive(Default)]
pub(crate) struct FailedAttempts {
    by_address: Mutex<BTreeMap<IpAddr, Window>>,
}

#[derive(Clone, Copy)]
struct Window {
    began: Timestamp,
    failures: u32,
}

impl FailedAttempts {
    /// Checks that this address may try. It is for secrets short enough to be guessed; a long
    /// secret that is right is accepted whatever others at the same address have tried.
    ///
    /// # Errors
    /// The number of seconds to wait.
    pub(crate) fn check(&self, now: Timestamp, from: IpAddr) -> Result<(), u64> {
        let by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        by_address.get(&network(from)).map_or(Ok(()), |window| window.check(now))
    }

    /// Counts a failure. When the table is full, the address whose window began first is dropped;
    /// an attacker with thousands of addresses gains nothing by that.
    ///
    /// # Errors
    /// There were too many failures; the number of seconds to wait.
    pub(crate) fn failed(&self, now: Timestamp, from: IpAddr) -> Result<(), u64> {
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let from = network(from);
        if !by_address.contains_key(&from) && by_address.len() >= ADDRESSES_MAX {
            let first = by_address.iter().min_by_key(|(_, w)| w.began).map(|(ip, _)| *ip);
            first.map(|ip| by_address.remove(&ip));
        }
        let window = by_address.entry(from).or_insert(Window { began: now, failures: 0 });
        if now.since(window.began) >= WINDOW {
            *window = Window { began: now, failures: 0 };
        }
        window.check(now)?;
        window.failures += 1;
        Ok(())
    }
}

impl Window {
    fn check(&self, now: Timestamp) -> Result<(), u64> {
        let is_over = now.since(self.began) >= WINDOW;
        if is_over || self.failures < FAILURES_MAX {
            return Ok(());
        }
        Err((self.began + WINDOW).since(now).as_secs() + 1)
    }
}

/// A program with an old key tries again a few times, an attacker thousands of times.
const FAILURES_MAX: u32 = 10;
const WINDOW: Duration = Duration::from_secs(60);
/// The table takes half a megabyte.
const ADDRESSES_MAX: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn eleventh_failure_of_a_minute_waits_for_the_next_minute() {
        let attempts = FailedAttempts::default();
        let from = IpAddr::from([192, 0, 2, 1]);
        for _ in 0..FAILURES_MAX {
            assert_eq!(attempts.check(at(100), from), Ok(()));
            assert_eq!(attempts.failed(at(100), from), Ok(()));
        }
        assert_eq!(attempts.check(at(130), from), Err(31));
        assert_eq!(attempts.failed(at(130), from), Err(31));
        assert_eq!(attempts.check(at(130), IpAddr::from([192, 0, 2, 2])), Ok(()));
        assert_eq!(attempts.check(at(160), from), Ok(()));
        assert_eq!(attempts.failed(at(160), from), Ok(()));
    }

    #[test]
    fn addresses_of_one_ipv6_host_count_as_one() {
        let attempts = FailedAttempts::default();
        for host in 0..u16::try_from(FAILURES_MAX).unwrap() {
            let from = IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, host]);
            assert_eq!(attempts.failed(at(0), from), Ok(()));
        }
        assert!(attempts.check(at(0), IpAddr::from([0x2001, 0xdb8, 0, 1, 9, 9, 9, 9])).is_err());
    }

    #[test]
    fn table_is_bounded() {
        let attempts = FailedAttempts::default();
        for n in 0..10_000u32 {
            let from = IpAddr::from(n.to_be_bytes());
            assert_eq!(attempts.failed(at(u64::from(n)), from), Ok(()));
        }
        assert_eq!(attempts.by_address.lock().unwrap().len(), ADDRESSES_MAX);
    }
}
