//! The limit on requests of an address or a key in a minute.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use model::Timestamp;

/// Requests of each address or key, counted in windows of a minute.
#[derive(Default)]
pub(crate) struct RateLimits {
    by_name: Mutex<BTreeMap<String, (Timestamp, u32)>>,
}

impl RateLimits {
    /// Counts a request under this name. When the table is full, the name whose window began first
    /// is dropped.
    ///
    /// # Errors
    /// There were `most` requests in this minute; the number of seconds to wait.
    pub(crate) fn take(&self, now: Timestamp, name: &str, most: u32) -> Result<(), u64> {
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
            return Err((window.0 + WINDOW).since(now).as_secs() + 1);
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
    fn request_over_the_limit_waits_for_the_next_minute() {
        let limits = RateLimits::default();
        let at = |s: u64| Timestamp::from_micros(s * 1_000_000);
        assert!(limits.take(at(0), "a", 2).is_ok() && limits.take(at(1), "a", 2).is_ok());
        assert_eq!(limits.take(at(2), "a", 2), Err(59));
        assert!(limits.take(at(2), "b", 2).is_ok());
        assert!(limits.take(at(60), "a", 2).is_ok());
    }
}
