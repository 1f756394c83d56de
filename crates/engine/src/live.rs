//! The live state of the running threads, which the console and the supervisor read without asking
//! them.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use stats::Wallboard;

/// The live state of the engine.
pub(crate) struct LiveState {
    /// The wallboard, renewed at most four times a second.
    pub(crate) wallboard: ArcSwap<Wallboard>,
    /// Calls up.
    pub(crate) calls: AtomicUsize,
    /// Voice ports free.
    pub(crate) ports_free: AtomicUsize,
    /// Packets to voice ports from unknown addresses.
    pub(crate) strangers: AtomicU64,
    /// Loop counters of the threads that a call needs.
    pub(crate) loops: LoopCounters,
    /// Whether the engine is stopping and takes no new calls.
    pub(crate) draining: AtomicBool,
}

/// Counts the loops of each thread that a call needs. An idle thread loops at least five times a
/// second.
#[derive(Debug, Default)]
pub(crate) struct LoopCounters {
    pub(crate) center: AtomicU64,
    pub(crate) signalling: AtomicU64,
    pub(crate) voice: AtomicU64,
}

impl LoopCounters {
    /// The counters, in a fixed order.
    pub(crate) fn now(&self) -> [u64; 3] {
        [&self.center, &self.signalling, &self.voice].map(|loops| loops.load(Ordering::Relaxed))
    }
}

/// Counts a loop of one thread. Only that thread writes its counter, so no locked instruction is
/// needed.
pub(crate) fn count(loops: &AtomicU64) {
    loops.store(loops.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
}
