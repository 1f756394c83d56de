//! The door between threads: many put in, one takes all out, nobody ever waits.
//!
//! Lock-free in the strict sense: whatever thread is stopped wherever, the
//! others go on. Producers put nodes on an atomic singly linked list by
//! compare-and-swap; the consumer takes the whole list with one swap, so the
//! classic hazard of such lists (a node freed and reused between load and
//! compare, "ABA") cannot arise: nobody but the owner of the whole list follows
//! a `next`, and a head that compares equal is a head one may point at. What
//! memory the allocator takes is the allocator's business; it is asked for
//! before and given back after every atomic step.
//!
//! Bounded: a counter admits at most `capacity`; one more is handed back to the
//! producer, who has the answer (503 for an arrival).
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
/// What one producer puts in comes out in its order.
pub struct Intake<T> {
    /// The newest node, or null. Each points at the one before it.
    head: AtomicPtr<Node<T>>,
    /// Admitted and not yet taken; never above `capacity`.
    admitted: AtomicUsize,
    capacity: usize,
    /// Nodes are owned by the list.
    owns: PhantomData<Box<Node<T>>>,
}

struct Node<T> {
    value: T,
    next: *mut Node<T>,
}

// SAFETY: a T goes in on one thread and comes out on another, whole and once;
// no &T is ever shared. That is what `T: Send` allows.
unsafe impl<T: Send> Send for Intake<T> {}
// SAFETY: as above; every field that changes is atomic.
unsafe impl<T: Send> Sync for Intake<T> {}

impl<T> Intake<T> {
    /// An empty intake for at most `capacity` at a time; at least one.
    pub fn new(capacity: usize) -> Intake<T> {
        Intake {
            head: AtomicPtr::new(ptr::null_mut()),
            admitted: AtomicUsize::new(0),
            capacity: capacity.max(1),
            owns: PhantomData,
        }
    }

    /// Put one in. `Ok(true)` when there was none before: wake the consumer then,
    /// and only then.
    ///
    /// # Errors
    /// Full: the value comes back, nothing else happened.
    pub fn push(&self, value: T) -> Result<bool, T> {
        let admit = |n: usize| (n < self.capacity).then_some(n + 1);
        if self.admitted.fetch_update(Ordering::Relaxed, Ordering::Relaxed, admit).is_err() {
            return Err(value);
        }
        let node = Box::into_raw(Box::new(Node { value, next: ptr::null_mut() }));
        let mut head = self.head.load(Ordering::Relaxed);
        loop {
            // SAFETY: `node` came from `Box::into_raw` above and is ours alone
            // until the exchange below succeeds.
            unsafe { (*node).next = head };
            // Release: who takes the list sees the node as written here.
            match self.head.compare_exchange_weak(head, node, Ordering::Release, Ordering::Relaxed)
            {
                Ok(_) => return Ok(head.is_null()),
                Err(newer) => head = newer,
            }
        }
    }

    /// Take all that is in, oldest first. For one consumer: two would each get
    /// whole values once, but no order between their batches.
    pub fn take(&self) -> Batch<T> {
        // Acquire: see the nodes as their producers wrote them.
        let mut newest = self.head.swap(ptr::null_mut(), Ordering::Acquire);
        let mut oldest = ptr::null_mut();
        let mut len = 0;
        while !newest.is_null() {
            // SAFETY: the swap made the whole list ours; each node came from
            // `Box::into_raw`, and each is visited once.
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

    /// How many are in, admitted ones that are just being linked included.
    pub fn len(&self) -> usize {
        self.admitted.load(Ordering::Relaxed)
    }

    /// Whether none is in.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many fit.
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

/// What was taken, oldest first. What is not iterated is dropped with it.
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
        // SAFETY: the node came from `Box::into_raw`, is owned by this batch,
        // and is unlinked in the next line, so this happens once.
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
