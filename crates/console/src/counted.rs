//! How many of something each holder has at once, and no more than its share.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// A count for each holder that has any. Bounded by what is held.
pub(crate) struct Counted<K: Ord> {
    held: Arc<Mutex<BTreeMap<K, usize>>>,
}

/// One that is held, until it is dropped.
pub(crate) struct Place<K: Ord> {
    held: Arc<Mutex<BTreeMap<K, usize>>>,
    key: Option<K>,
}

impl<K: Ord + Clone> Counted<K> {
    /// One more for this holder, unless it has `most`.
    pub(crate) fn take(&self, key: K, most: usize) -> Option<Place<K>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(key.clone()).or_default();
        // A new entry is 0, so that none is left behind by a refusal.
        if *count >= most.max(1) {
            return None;
        }
        *count += 1;
        Some(Place { held: Arc::clone(&self.held), key: Some(key) })
    }
}

impl<K: Ord> Default for Counted<K> {
    fn default() -> Counted<K> {
        Counted { held: Arc::default() }
    }
}

impl<K: Ord> Drop for Place<K> {
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
        let counted = Counted::default();
        let places: Vec<_> = (0..3).map(|_| counted.take("li", 3).unwrap()).collect();
        assert!(counted.take("li", 3).is_none());
        assert!(counted.take("wang", 3).is_some());
        drop(places);
        assert!(counted.held.lock().unwrap().is_empty());
        assert!(counted.take("li", 3).is_some());
    }
}
