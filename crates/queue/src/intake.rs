//! A bounded, lock-free queue from many threads to one.
//!
//! Whichever thread is stopped at whichever point, the others continue. Producers add nodes to an
//! atomic singly linked list by compare-and-swap; the consumer takes the whole list with one swap.
//! So the ABA hazard of such lists (a node freed and reused between load and compare) cannot
//! occur: only the owner of the taken list follows a `next` pointer, and a head that compares equal
//! may always be pointed at. The allocator is called before and after the atomic steps only.
//!
//! A counter admits at most `capacity` values. A further one is returned to the producer, which
//! answers it (503 for an arriving call).
//!
//! Checked with loom: `RUSTFLAGS="--cfg loom" cargo test -p queue --test loom --release`.
#![allow(unsafe_code, reason = "nodes of a lock-free list have no owner a compiler can see")]

use std::{iter::FusedIterator, marker::PhantomData, ptr};

#[cfg(loom)]
use loom::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
#[cfg(not(loom))]
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// A bounded, lock-free queue from many threads to one.
///
/// The values of one producer come out in their order.
pub struct Intake<T> {
    /// The newest node, or null. Each node points at the one before it.
    head: AtomicPtr<Node<T>>,
    /// Values admitted and not yet taken; never above `capacity`.
    admitted: AtomicUsize,
    capacity: usize,
    /// Nodes are owned by the list.
    owns: PhantomData<Box<Node<T>>>,
}

struct Node<T> {
    value: T,
    next: *mut Node<T>,
}

// SAFETY: a T is moved in on one thread and moved out once on another; no &T is shared. `T: Send`
// allows that.
unsafe impl<T: Send> Send for Intake<T> {}
// SAFETY: as above, and every field that changes is atomic.
unsafe impl<T: Send> Sync for Intake<T> {}

impl<T> Intake<T> {
    /// An empty intake for at most `capacity` values; a capacity of 0 counts as 1.
    pub fn new(capacity: usize) -> Intake<T> {
        Intake {
            head: AtomicPtr::new(ptr::null_mut()),
            admitted: AtomicUsize::new(0),
            capacity: capacity.max(1),
            owns: PhantomData,
        }
    }

    /// Adds a value. Returns `true` when the intake was empty: only then must the consumer be woken.
    ///
    /// # Errors
    /// The intake is full: the value is returned and nothing has changed.
    pub fn push(&self, value: T) -> Result<bool, T> {
        let admit = |n: usize| (n < self.capacity).then_some(n + 1);
        if self.admitted.fetch_update(Ordering::Relaxed, Ordering::Relaxed, admit).is_err() {
            return Err(value);
        }
        let node = Box::into_raw(Box::new(Node { value, next: ptr::null_mut() }));
        let mut head = self.head.load(Ordering::Relaxed);
        loop {
            // SAFETY: `node` came from `Box::into_raw` above and is owned here until the exchange
            // below succeeds.
            unsafe { (*node).next = head };
            // Release: the consumer sees the node as written here.
            match self.head.compare_exchange_weak(head, node, Ordering::Release, Ordering::Relaxed)
            {
                Ok(_) => return Ok(head.is_null()),
                Err(newer) => head = newer,
            }
        }
    }

    /// Takes all values, oldest first. Meant for one consumer: two would get each value once, but
    /// in no order between their batches.
    pub fn take(&self) -> Batch<T> {
        // Acquire: this thread sees the nodes as their producers wrote them.
        let mut newest = self.head.swap(ptr::null_mut(), Ordering::Acquire);
        let mut oldest = ptr::null_mut();
        let mut len = 0;
        while !newest.is_null() {
            // SAFETY: the swap gave this thread the whole list; each node came from `Box::into_raw`
            // and is visited once.
            let before = unsafe { std::mem::replace(&mut (*newest).next, oldest) };
            oldest = newest;
            newest = before;
            len += 1;
        }
        if len > 0 {
            self.admitted.fetch_sub(len, Ordering::Relaxed);
        }
        Batch { oldest, len, owns: PhantomData }
    }

    /// The number of values, including admitted ones that are not linked yet.
    pub fn len(&self) -> usize {
        self.admitted.load(Ordering::Relaxed)
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The largest number of values.
    pub fn capacity(&self) -> usize {
        self.capacity
    }
}

impl<T> Drop for Intake<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl<T> std::fmt::Debug for Intake<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Intake({} of {})", self.len(), self.capacity)
    }
}

/// The values taken, oldest first. Values not iterated over are dropped with the batch.
pub struct Batch<T> {
    oldest: *mut Node<T>,
    len: usize,
    owns: PhantomData<Box<Node<T>>>,
}

// SAFETY: a batch owns its nodes alone, as a Vec<T> would.
unsafe impl<T: Send> Send for Batch<T> {}

impl<T> Iterator for Batch<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        if self.oldest.is_null() {
            return None;
        }
        // SAFETY: the node came from `Box::into_raw`, is owned by this batch, and is unlinked in
        // the next line, so it is freed once.
        let node = unsafe { Box::from_raw(self.oldest) };
        self.oldest = node.next;
        self.len -= 1;
        Some(node.value)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len, Some(self.len))
    }
}

impl<T> ExactSizeIterator for Batch<T> {}
impl<T> FusedIterator for Batch<T> {}

impl<T> Drop for Batch<T> {
    fn drop(&mut self) {
        self.for_each(drop);
    }
}

impl<T> std::fmt::Debug for Batch<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Batch({})", self.len)
    }
}
