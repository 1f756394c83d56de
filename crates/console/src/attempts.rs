//! How often an address may try to log in.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use model::Timestamp;

/// Log-in attempts by address, counted in windows of a minute.
#[derive(Default)]
pub(crate) struct Attempts {
    by_address: Mutex<BTreeMap<IpAddr, Window>>,
}

#[derive(Clone, Copy)]
struct Window {
    began: Timestamp,
    tries: u32,
}

impl Attempts {
    /// Count a try *before* the password is looked at, so that many at once gain
    /// nothing. `Err` says after how many seconds to try again.
    ///
    /// Full: the address whose window began first is forgotten. To gain by that
    /// one needs thousands of addresses, and then one needs no gap in the table.
    pub(crate) fn take(&self, now: Timestamp, from: IpAddr) -> Result<(), u64> {
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let from = network(from);
        if !by_address.contains_key(&from) && by_address.len() >= ADDRESSES_MAX {
            let first = by_address.iter().min_by_key(|(_, w)| w.began).map(|(ip, _)| *ip);
            first.map(|ip| by_address.remove(&ip));
        }
        let window = by_address.entry(from).or_insert(Window { began: now, tries: 0 });
        if now.since(window.began) >= WINDOW {
            *window = Window { began: now, tries: 0 };
        }
        if window.tries >= TRIES_MAX {
            return Err((window.began + WINDOW).since(now).as_secs() + 1);
        }
        window.tries += 1;
        Ok(())
    }

    /// The password was right: that try did not count.
    pub(crate) fn give_back(&self, from: IpAddr) {
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(window) = by_address.get_mut(&network(from)) {
            window.tries = window.tries.saturating_sub(1);
        }
    }
}

/// One household or host: an IPv4 address, or the /64 of an IPv6 address.
fn network(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

/// A person mistypes a few times; a machine guesses thousands of times.
const TRIES_MAX: u32 = 10;
const WINDOW: Duration = Duration::from_secs(60);
/// Half a megabyte of table.
const ADDRESSES_MAX: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn the_eleventh_try_of_a_minute_waits_for_the_next() {
        let attempts = Attempts::default();
        let from = IpAddr::from([192, 0, 2, 1]);
        for _ in 0..TRIES_MAX {
            assert_eq!(attempts.take(at(100), from), Ok(()));
        }
        assert_eq!(attempts.take(at(130), from), Err(31));
        assert_eq!(attempts.take(at(130), IpAddr::from([192, 0, 2, 2])), Ok(()));
        assert_eq!(attempts.take(at(160), from), Ok(()));
    }

    #[test]
    fn a_right_password_costs_no_try() {
        let attempts = Attempts::default();
        let from = IpAddr::from([192, 0, 2, 1]);
        for _ in 0..100 {
            assert_eq!(attempts.take(at(0), from), Ok(()));
            attempts.give_back(from);
        }
    }

    #[test]
    fn an_ipv6_household_is_one_address() {
        let attempts = Attempts::default();
        for host in 0..u16::try_from(TRIES_MAX).unwrap() {
            let from = IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, host]);
            assert_eq!(attempts.take(at(0), from), Ok(()));
        }
        assert!(attempts.take(at(0), IpAddr::from([0x2001, 0xdb8, 0, 1, 9, 9, 9, 9])).is_err());
    }

    #[test]
    fn the_table_does_not_grow_without_end() {
        let attempts = Attempts::default();
        for n in 0..10_000u32 {
            let from = IpAddr::from(n.to_be_bytes());
            assert_eq!(attempts.take(at(u64::from(n)), from), Ok(()));
        }
        assert_eq!(attempts.by_address.lock().unwrap().len(), ADDRESSES_MAX);
    }
}
