//! How many requests an address or a key may make in a minute.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use model::Timestamp;

use super::Fault;

/// Requests by who makes them, in windows of a minute.
#[derive(Default)]
pub(crate) struct Rates {
    by_name: Mutex<BTreeMap<String, (Timestamp, u32)>>,
}

impl Rates {
    /// Count one. Full: whose window began first is forgotten.
    pub(super) fn take(&self, now: Timestamp, name: &str, most: u32) -> Result<(), Fault> {
        let mut by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        if !by_name.contains_key(name) && by_name.len() >= NAMES_MAX {
            let first = by_name.iter().min_by_key(|(_, (began, _))| *began);
            let first = first.map(|(name, _)| name.clone());
            first.map(|name| by_name.remove(&name));
        }
        let window = by_name.entry(name.to_owned()).or_insert((now, 0));
        if now.since(window.0) >= WINDOW {
            *window = (now, 0);
        }
        if window.1 >= most {
            return Err(Fault::too_many((window.0 + WINDOW).since(now).as_secs() + 1));
        }
        window.1 += 1;
        Ok(())
    }
}

const WINDOW: Duration = Duration::from_secs(60);
const NAMES_MAX: usize = 8_192;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_than_allowed_waits_for_the_next_minute() {
        let rates = Rates::default();
        let at = |s: u64| Timestamp::from_micros(s * 1_000_000);
        assert!(rates.take(at(0), "a", 2).is_ok() && rates.take(at(1), "a", 2).is_ok());
        assert_eq!(rates.take(at(2), "a", 2), Err(Fault::too_many(59)));
        assert!(rates.take(at(2), "b", 2).is_ok());
        assert!(rates.take(at(60), "a", 2).is_ok());
    }
}
