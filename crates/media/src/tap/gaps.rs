//! Logs the silence filled into a channel: a bounded list and exact totals.

use super::{Side, ring::Ring};
use crate::{GAPS_LISTED_MAX, Gap, Gaps, SAMPLE_RATE};

/// The gaps of one side, as the window moves over them.
#[derive(Debug, Default)]
pub(crate) struct GapLog {
    /// The gap that may still grow, as start and end.
    open: Option<(u64, u64)>,
    frames: u64,
    gaps: Gaps,
}

impl GapLog {
    /// Counts the gaps in the frames `from..to` before they leave the window. Returns how many of
    /// them were filled for lack of media.
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

    /// Returns all gaps and ends the log.
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

/// 5 ms in frames: less is the transition between two streams, not a lost packet.
const WORTH_TELLING: u64 = 40;
