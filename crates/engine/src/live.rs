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
#[derive(Debug)]
pub(crate) struct LoopCounters {
    pub(crate) center: AtomicU64,
    pub(crate) signalling: AtomicU64,
    voice: Vec<AtomicU64>,
}

impl LoopCounters {
    /// Counters at zero, for this many voice threads.
    pub(crate) fn new(voice_threads: usize) -> LoopCounters {
        let voice = (0..voice_threads).map(|_| AtomicU64::new(0)).collect();
        LoopCounters { center: AtomicU64::new(0), signalling: AtomicU64::new(0), voice }
    }

    /// Counts a loop of a voice thread.
    pub(crate) fn count_voice(&self, thread: usize) {
        if let Some(loops) = self.voice.get(thread) {
            count(loops);
        }
    }

    /// The counters, in a fixed order.
    pub(crate) fn now(&self) -> Vec<u64> {
        let all = [&self.center, &self.signalling].into_iter().chain(&self.voice);
        all.map(|loops| loops.load(Ordering::Relaxed)).collect()
    }
}

/// Counts a loop of one thread. Only that thread writes its counter, so no locked instruction is
/// needed.
pub(crate) fn count(loops: &AtomicU64) {
    loops.store(loops.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
}
