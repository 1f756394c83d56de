//! Where a channel was filled with silence: a bounded list and honest totals.

use super::{Side, ring::Ring};
use crate::{GAPS_LISTED_MAX, Gap, Gaps, SAMPLE_RATE};

/// One side's gaps as the window moves over them.
#[derive(Debug, Default)]
pub(crate) struct GapLog {
    /// The gap that may still grow: from, to.
    open: Option<(u64, u64)>,
    frames: u64,
    gaps: Gaps,
}

impl GapLog {
    /// See the frames `from..to` before they leave the window. How many of them are silence for
    /// want of voice.
    pub(crate) fn see(&mut self, ring: &Ring, side: Side, from: u64, to: u64) -> u32 {
        let before = self.frames;
        let mut at = from;
        while at < to {
            let start = ring.find(side, false, at, to);
            let end = ring.find(side, true, start, to);
            if start < end {
                self.add(start, end);
            }
            at = end.max(at + 1);
        }
        (self.frames - before) as u32
    }

    pub(crate) fn late_packets(&mut self, count: u32) {
        self.gaps.late_packets += u64::from(count);
    }

    /// All of them; nothing follows.
    pub(crate) fn close(&mut self) -> Gaps {
        self.settle();
        self.gaps.total_ms = ms(self.frames);
        std::mem::take(&mut self.gaps)
    }

    fn add(&mut self, start: u64, end: u64) {
        self.frames += end - start;
        match &mut self.open {
            Some((_, open_end)) if *open_end == start => *open_end = end,
            _ => {
                self.settle();
                self.open = Some((start, end));
            }
        }
    }

    fn settle(&mut self) {
        let Some((start, end)) = self.open.take() else { return };
        if end - start < WORTH_TELLING {
            return;
        }
        self.gaps.count += 1;
        if self.gaps.list.len() < GAPS_LISTED_MAX {
            self.gaps.list.push(Gap { start_ms: ms(start), len_ms: ms(end - start) });
        }
    }
}

fn ms(frames: u64) -> u64 {
    frames * 1_000 / u64::from(SAMPLE_RATE)
}

/// 5 ms: less is the seam between two streams, not a lost packet.
const WORTH_TELLING: u64 = 40;
