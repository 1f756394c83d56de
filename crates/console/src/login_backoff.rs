//! The delay before the next password may be tried. It grows with each wrong one.
//!
//! Only wrong passwords count, and no account is ever locked. The delay belongs to the pair of account
//! and client address, so that a guesser cannot keep the owner out at another
//! address. Two more counts slow down attacks that a pair alone does not show: guesses at one account
//! from many addresses, and guesses at many accounts from one address. Neither touches a pair
//! that has logged in before.
//!
//! The tables are in memory on purpose, and a restart empties them. Writing each wrong password to
//! disk before its answer would let a guesser fill the disk and the log's queue, and the record for
//! the audit is in the log already (`PersonRefused`). A restart, which a guesser cannot cause, gives
//! them [`FREE`] tries at an account and [`ADDRESS_FREE`] from an address; passwords have at least
//! ten characters and are not common ones. A person's address is unknown again until their next
//! log-in, and the first try from an unknown address is free.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::Timestamp;

use crate::client::network;

/// Wrong passwords, by account and address.
#[derive(Default)]
pub(crate) struct LoginBackoff {
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    pairs: BTreeMap<(String, IpAddr), Pair>,
    /// Wrong passwords for an account from addresses where it has not logged in.
    accounts: BTreeMap<String, Level>,
    /// Wrong passwords from an address for accounts that have not logged in there.
    addresses: BTreeMap<IpAddr, Level>,
}

/// An account at an address.
#[derive(Clone, Copy, Default)]
struct Pair {
    /// Wrong passwords since the last right one.
    failures: u32,
    /// The time of the last attempt, successful or not.
    last: Timestamp,
    /// Whether a log-in to the account has succeeded from here.
    is_known: bool,
}

/// A count that falls with time.
#[derive(Clone, Copy, Default)]
struct Level {
    count: u32,
    /// The time at which `count` was last reduced.
    at: Timestamp,
}

impl LoginBackoff {
    /// Checks that a password may be tried now. Call it again right before the password is
    /// verified, because others that waited may have failed meanwhile.
    ///
    /// # Errors
    /// The number of seconds to wait.
    pub(crate) fn check(&self, now: Timestamp, account: &str, from: IpAddr) -> Result<(), u64> {
        let tables = self.lock();
        let from = network(from);
        let pair = tables.pair(now, account, from);
        let mut until = pair.until();
        if !pair.is_known {
            let account = tables.accounts.get(account).copied().unwrap_or_default();
            // The first try from an address is free: it may be the owner's.
            if pair.failures > 0 && account.after(now, ACCOUNT_FORGIVES).count >= ACCOUNT_FREE {
                until = until.max(pair.last + UNDER_ATTACK);
            }
            let address = tables.addresses.get(&from).copied().unwrap_or_default();
            let address = address.after(now, ADDRESS_FORGIVES);
            let excess = (address.count + 1).saturating_sub(ADDRESS_FREE);
            until = until.max(address.at + ADDRESS_FORGIVES * excess);
        }
        let wait_s = until.since(now).as_micros().div_ceil(1_000_000);
        if wait_s == 0 { Ok(()) } else { Err(u64::try_from(wait_s).unwrap_or(u64::MAX)) }
    }

    /// Counts a wrong password.
    pub(crate) fn failed(&self, now: Timestamp, account: &str, from: IpAddr) {
        let mut tables = self.lock();
        let from = network(from);
        let mut pair = tables.pair(now, account, from);
        pair.failures = pair.failures.saturating_add(1);
        pair.last = now;
        if !pair.is_known {
            raise(&mut tables.accounts, account.to_owned(), now, ACCOUNT_FORGIVES);
            raise(&mut tables.addresses, from, now, ADDRESS_FORGIVES);
        }
        tables.keep((account.to_owned(), from), pair);
    }

    /// Counts a right password, which clears the failures of this account at this address.
    pub(crate) fn succeeded(&self, now: Timestamp, account: &str, from: IpAddr) {
        let pair = Pair { failures: 0, last: now, is_known: true };
        self.lock().keep((account.to_owned(), network(from)), pair);
    }

    // No code that holds the lock can leave the tables half changed.
    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn pair(&self, now: Timestamp, account: &str, from: IpAddr) -> Pair {
        let mut pair = self.pairs.get(&(account.to_owned(), from)).copied().unwrap_or_default();
        if now.since(pair.last) >= FORGET {
            pair.failures = 0;
        }
        pair
    }

    /// Stores a pair. When the table is full, the pair tried longest ago is dropped; pairs that
    /// never succeeded go first.
    fn keep(&mut self, key: (String, IpAddr), pair: Pair) {
        if self.pairs.len() >= ENTRIES_MAX && !self.pairs.contains_key(&key) {
            let oldest = self.pairs.iter().min_by_key(|(_, pair)| (pair.is_known, pair.last));
            let oldest = oldest.map(|(key, _)| key.clone());
            oldest.map(|key| self.pairs.remove(&key));
        }
        self.pairs.insert(key, pair);
    }
}

impl Pair {
    /// The moment from which a password may be tried.
    fn until(&self) -> Timestamp {
        let Some(doublings) = self.failures.checked_sub(FREE) else { return Timestamp::default() };
        let most = if self.is_known { DELAY_MAX_KNOWN } else { DELAY_MAX };
        let delay = DELAY.saturating_mul(1 << doublings.min(16));
        self.last + delay.min(most)
    }
}

impl Level {
    /// The level at `now`, when it falls by one in each `period`.
    fn after(self, now: Timestamp, period: Duration) -> Level {
        let periods = now.since(self.at).as_micros() / period.as_micros();
        let forgiven = u32::try_from(periods).unwrap_or(u32::MAX);
        match self.count.checked_sub(forgiven) {
            Some(count) if count > 0 => Level { count, at: self.at + period * forgiven },
            _ => Level { count: 0, at: now },
        }
    }
}

/// Raises a level by one. When the table is full, the entry changed longest ago is dropped.
fn raise<K: Ord + Clone>(
    levels: &mut BTreeMap<K, Level>,
    key: K,
    now: Timestamp,
    period: Duration,
) {
    if levels.len() >= ENTRIES_MAX && !levels.contains_key(&key) {
        let oldest = levels.iter().min_by_key(|(_, level)| level.at).map(|(key, _)| key.clone());
        oldest.map(|key| levels.remove(&key));
    }
    let level = levels.entry(key).or_default();
    *level = level.after(now, period);
    level.count = level.count.saturating_add(1);
}

/// A person mistypes a few times; after the fifth wrong password the next one waits.
const FREE: u32 = 5;
/// The first wait; it doubles with each further wrong password.
const DELAY: Duration = Duration::from_secs(1);
/// The longest delay for an account that has logged in at this address before. A longer delay would
/// let others at the same address lock the owner out.
const DELAY_MAX_KNOWN: Duration = Duration::from_secs(60);
/// The longest delay for other pairs: four guesses an hour.
const DELAY_MAX: Duration = Duration::from_secs(900);
/// A pair that was not tried for so long starts anew.
const FORGET: Duration = Duration::from_secs(2 * 3_600);
/// So many wrong passwords for one account from unknown addresses are an attack on it.
const ACCOUNT_FREE: u32 = 10;
const ACCOUNT_FORGIVES: Duration = Duration::from_secs(60);
/// During such an attack an unknown address that has failed once waits this long each time.
const UNDER_ATTACK: Duration = Duration::from_secs(60);
/// An office of eighty people mistypes fewer passwords than this at the start of a shift.
const ADDRESS_FREE: u32 = 50;
/// Above it an unknown account at that address may fail once in this period.
const ADDRESS_FORGIVES: Duration = Duration::from_secs(3);
/// Entries of each table; the tables take some two megabytes in all.
const ENTRIES_MAX: usize = 8_192;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros((1_000_000 + seconds) * 1_000_000)
    }

    fn host(n: u32) -> IpAddr {
        IpAddr::from((0xc633_6400 + n).to_be_bytes())
    }

    /// Tries a wrong password as soon as allowed in each second; returns how many were verified.
    fn guess(
        backoff: &LoginBackoff,
        seconds: std::ops::Range<u64>,
        account: &str,
        from: IpAddr,
    ) -> u32 {
        let mut tried = 0;
        for second in seconds {
            while backoff.check(at(second), account, from).is_ok() {
                backoff.failed(at(second), account, from);
                tried += 1;
            }
        }
        tried
    }

    #[test]
    fn right_passwords_are_never_delayed() {
        let backoff = LoginBackoff::default();
        for n in 0..1_000 {
            let account = format!("clerk-{n}");
            assert_eq!(backoff.check(at(0), &account, host(1)), Ok(()));
            backoff.succeeded(at(0), &account, host(1));
        }
    }

    #[test]
    fn delay_doubles_with_each_wrong_password_up_to_its_cap() {
        let backoff = LoginBackoff::default();
        let mut now = at(0);
        let mut waits = Vec::new();
        for _ in 0..FREE + 12 {
            if let Err(wait_s) = backoff.check(now, "li", host(1)) {
                waits.push(wait_s);
                now += Duration::from_secs(wait_s);
                assert_eq!(backoff.check(now, "li", host(1)), Ok(()));
            }
            backoff.failed(now, "li", host(1));
        }
        // After the tenth the account counts as attacked, and this address is unknown to it.
        assert_eq!(waits, [1, 2, 4, 8, 16, 60, 64, 128, 256, 512, 900, 900]);
    }

    #[test]
    fn known_address_waits_at_most_a_minute_and_starts_anew_after_success() {
        let backoff = LoginBackoff::default();
        backoff.succeeded(at(0), "li", host(1));
        for second in 1..200 {
            backoff.failed(at(second), "li", host(1));
        }
        assert_eq!(backoff.check(at(199), "li", host(1)), Err(60));
        assert_eq!(backoff.check(at(259), "li", host(1)), Ok(()));
        backoff.succeeded(at(259), "li", host(1));
        assert_eq!(guess(&backoff, 260..261, "li", host(1)), FREE);
    }

    #[test]
    fn guesses_from_seven_addresses_are_slowed_by_account() {
        let backoff = LoginBackoff::default();
        let tried: u32 = (1..=7).map(|n| guess(&backoff, 0..60, "li", host(n))).sum();
        assert!(tried <= 20, "{tried} of 70 guesses were verified in a minute");
    }

    #[test]
    fn owner_logs_in_while_strangers_guess() {
        let backoff = LoginBackoff::default();
        backoff.succeeded(at(0), "li", host(100));
        for second in 1..600 {
            for n in 1..=7 {
                guess(&backoff, second..second + 1, "li", host(n));
            }
            // At the usual address, and for the first time at another one.
            assert_eq!(backoff.check(at(second), "li", host(100)), Ok(()));
            assert_eq!(backoff.check(at(second), "li", host(200)), Ok(()));
        }
    }

    #[test]
    fn guesses_at_many_accounts_are_slowed_by_address() {
        let backoff = LoginBackoff::default();
        backoff.succeeded(at(0), "li", host(1));
        let tried: u32 =
            (0..1_000).map(|n| guess(&backoff, 0..1, &format!("clerk-{n}"), host(1))).sum();
        assert_eq!(tried, ADDRESS_FREE);
        assert_eq!(backoff.check(at(1), "clerk-2000", host(1)), Err(2));
        // Accounts that have logged in there are not delayed, nor are other addresses.
        assert_eq!(backoff.check(at(1), "li", host(1)), Ok(()));
        assert_eq!(backoff.check(at(1), "clerk-2000", host(2)), Ok(()));
        assert_eq!(backoff.check(at(3), "clerk-2000", host(1)), Ok(()));
    }

    #[test]
    fn full_tables_drop_unknown_pairs_before_known_ones() {
        let backoff = LoginBackoff::default();
        backoff.succeeded(at(0), "li", host(1));
        for n in 0..ENTRIES_MAX as u32 + 50 {
            backoff.failed(
                at(1 + u64::from(n)),
                &format!("guess-{n}"),
                IpAddr::from(n.to_be_bytes()),
            );
        }
        let tables = backoff.lock();
        assert_eq!(tables.pairs.len(), ENTRIES_MAX);
        assert_eq!(tables.accounts.len(), ENTRIES_MAX);
        assert_eq!(tables.addresses.len(), ENTRIES_MAX);
        assert!(tables.pair(at(2), "li", host(1)).is_known);
    }
}
