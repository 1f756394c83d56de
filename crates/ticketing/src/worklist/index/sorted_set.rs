//! A sorted set that knows how many of its values come before a place.

use std::{
    iter::{Flatten, Skip},
    slice::Iter,
};

/// The values of a set from a place on, in order.
pub(super) type Values<'s, T> = Skip<Flatten<Skip<Iter<'s, Vec<T>>>>>;

/// Values in order. A `BTreeSet` cannot say how many of its values come before a place without
/// counting them; this set adds up the lengths of its chunks.
#[derive(Clone, Debug)]
pub(super) struct SortedSet<T> {
    /// No chunk is empty, and none has more than [`CHUNK_MAX`] values.
    chunks: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for SortedSet<T> {
    fn default() -> SortedSet<T> {
        SortedSet { chunks: Vec::new(), len: 0 }
    }
}

impl<T: Ord> SortedSet<T> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a value; one that is there already stays.
    pub(super) fn insert(&mut self, value: T) {
        let Some(last) = self.chunks.len().checked_sub(1) else {
            self.chunks.push(vec![value]);
            self.len = 1;
            return;
        };
        let at = self.chunk_of(&value).min(last);
        let chunk = &mut self.chunks[at];
        let Err(place) = chunk.binary_search(&value) else { return };
        chunk.insert(place, value);
        self.len += 1;
        if chunk.len() > CHUNK_MAX {
            let upper = chunk.split_off(CHUNK_MAX / 2);
            self.chunks.insert(at + 1, upper);
        }
    }

    /// Removes a value, if it is there.
    pub(super) fn remove(&mut self, value: &T) {
        let at = self.chunk_of(value);
        let Some(chunk) = self.chunks.get_mut(at) else { return };
        let Ok(place) = chunk.binary_search(value) else { return };
        chunk.remove(place);
        self.len -= 1;
        // A small rest joins the chunk after it, so that the chunks stay few.
        let rest = chunk.len();
        let next = self.chunks.get(at + 1).map_or(0, Vec::len);
        if rest == 0 {
            self.chunks.remove(at);
        } else if next > 0 && rest + next <= CHUNK_MAX / 2 {
            let upper = self.chunks.remove(at + 1);
            self.chunks[at].extend(upper);
        }
    }

    /// The number of values at the front for which `is_before` is true. No value after one for which
    /// it is false may have it true.
    pub(super) fn count_before(&self, is_before: impl Fn(&T) -> bool) -> usize {
        let (at, place) = self.place(is_before);
        self.chunks.iter().take(at).map(Vec::len).sum::<usize>() + place
    }

    /// The values in order, from the first for which `is_before` is false.
    pub(super) fn iter_from(&self, is_before: impl Fn(&T) -> bool) -> Values<'_, T> {
        let (at, place) = self.place(is_before);
        self.chunks.iter().skip(at).flatten().skip(place)
    }

    fn place(&self, is_before: impl Fn(&T) -> bool) -> (usize, usize) {
        let is_all_before = |chunk: &Vec<T>| chunk.last().is_some_and(&is_before);
        let at = self.chunks.partition_point(is_all_before);
        let place = self.chunks.get(at).map_or(0, |chunk| chunk.partition_point(&is_before));
        (at, place)
    }

    /// The first chunk whose last value is not before this one.
    fn chunk_of(&self, value: &T) -> usize {
        self.chunks.partition_point(|chunk| chunk.last().is_some_and(|last| last < value))
    }
}

/// Of 8 bytes each: 2 KiB are moved at most to make room for one more.
const CHUNK_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn set_is_a_btree_set_that_counts(
            changes in prop::collection::vec((any::<bool>(), 0_u16..1_500), 1..4_000),
            place in 0_u16..1_500,
        ) {
            let (mut set, mut model) = (SortedSet::default(), BTreeSet::new());
            // Removed more often towards the end, so that chunks join.
            for (n, (add, value)) in changes.iter().enumerate() {
                if *add || n < changes.len() / 2 {
                    set.insert(*value);
                    model.insert(*value);
                } else {
                    set.remove(value);
                    model.remove(value);
                }
            }
            prop_assert_eq!(set.len(), model.len());
            prop_assert_eq!(set.is_empty(), model.is_empty());
            prop_assert_eq!(set.count_before(|value| *value < place), model.range(..place).count());
            let rest: Vec<u16> = set.iter_from(|value| *value < place).copied().collect();
            prop_assert_eq!(rest, model.range(place..).copied().collect::<Vec<_>>());
            prop_assert!(set.chunks.iter().all(|chunk| (1..=CHUNK_MAX).contains(&chunk.len())));
        }
    }
}
