//! A bound on how many of something each holder has at once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// The number that each holder has now. Holders that have none take no memory.
pub(crate) struct Quota<K: Ord> {
    held: Arc<Mutex<BTreeMap<K, usize>>>,
}

/// One of them, held until it is dropped.
pub(crate) struct QuotaPermit<K: Ord> {
    held: Arc<Mutex<BTreeMap<K, usize>>>,
    key: Option<K>,
}

impl<K: Ord + Clone> Quota<K> {
    /// Gives this holder one more; `None` when it has `most` already.
    pub(crate) fn take(&self, key: K, most: usize) -> Option<QuotaPermit<K>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(key.clone()).or_default();
        // A new entry is 0 and `most` is at least 1, so a refusal never leaves an empty entry.
        if *count >= most.max(1) {
            return None;
        }
        *count += 1;
        Some(QuotaPermit { held: Arc::clone(&self.held), key: Some(key) })
    }
}

impl<K: Ord> Default for Quota<K> {
    fn default() -> Quota<K> {
        Quota { held: Arc::default() }
    }
}

impl<K: Ord> Drop for QuotaPermit<K> {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(key) = self.key.take() else { return };
        let left = held.get_mut(&key).map_or(0, |count| {
            *count = count.saturating_sub(1);
            *count
        });
        if left == 0 {
            held.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_of_one_holder_does_not_touch_another() {
        let quota = Quota::default();
        let places: Vec<_> = (0..3).map(|_| quota.take("li", 3).unwrap()).collect();
        assert!(quota.take("li", 3).is_none());
        assert!(quota.take("wang", 3).is_some());
        drop(places);
        assert!(quota.held.lock().unwrap().is_empty());
        assert!(quota.take("li", 3).is_some());
    }
}
