//! A ring buffer of the last half second in stereo, with a mark on every sample that was received.

use super::Side;

/// A window over the call's timeline that only moves forward; positions are frames since the
/// opening.
#[derive(Debug)]
pub(crate) struct Ring {
    /// Both channels of each frame.
    frames: Box<[[i16; 2]]>,
    /// One bit per frame and side: set when written, clear when the frame is silence for lack of
    /// media.
    spoken: [Box<[u64]>; 2],
    /// The first frame of the window.
    start: u64,
}

impl Ring {
    /// Creates a ring of at least `frames` frames.
    pub(crate) fn new(frames: usize) -> Ring {
        let len = frames.max(WORD as usize).next_power_of_two();
        let words = || vec![0; len / WORD as usize].into_boxed_slice();
        Ring { frames: vec![[0; 2]; len].into(), spoken: [words(), words()], start: 0 }
    }

    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// One past the last position in the window.
    pub(crate) fn end(&self) -> u64 {
        self.start + self.len() as u64
    }

    /// Writes one side from `at` on, each of `spoken` decoded by `decode`. Samples outside the
    /// window are dropped.
    pub(crate) fn write<T: Copy>(
        &mut self,
        side: Side,
        at: u64,
        spoken: &[T],
        decode: impl Fn(T) -> i16,
    ) {
        let (from, to) = (at.max(self.start), (at + spoken.len() as u64).min(self.end()));
        if from >= to {
            return;
        }
        let spoken = &spoken[(from - at) as usize..(to - at) as usize];
        let first = self.index(from);
        let (straight, wrapped) = spoken.split_at(spoken.len().min(self.len() - first));
        for (part, first) in [(straight, first), (wrapped, 0)] {
            for (sample, heard) in self.frames[first..first + part.len()].iter_mut().zip(part) {
                sample[side as usize] = decode(*heard);
            }
        }
        self.mark(side, from, to);
    }

    /// Adds one side from `at` on to what other voices wrote there. Samples outside the window are
    /// dropped.
    pub(crate) fn add<T: Copy>(
        &mut self,
        side: Side,
        at: u64,
        spoken: &[T],
        decode: impl Fn(T) -> i16,
    ) {
        let (from, to) = (at.max(self.start), (at + spoken.len() as u64).min(self.end()));
        for position in from..to {
            let index = self.index(position);
            let heard = decode(spoken[(position - at) as usize]);
            // A frame without a voice is zero.
            let sample = &mut self.frames[index][side as usize];
            *sample = sample.saturating_add(heard);
        }
        self.mark(side, from, to);
    }

    /// Marks frames as intentional silence.
    pub(crate) fn mark(&mut self, side: Side, from: u64, to: u64) {
        let (mut at, to) = (from.max(self.start), to.min(self.end()));
        while at < to {
            let index = self.index(at) as u64;
            let bit = index % WORD;
            let count = (WORD - bit).min(to - at);
            self.spoken[side as usize][(index / WORD) as usize] |= run_of_ones(count) << bit;
            at += count;
        }
    }

    /// Removes written samples: the frames become a gap.
    pub(crate) fn clear(&mut self, side: Side, from: u64, to: u64) {
        let (from, to) = (from.max(self.start), to.min(self.end()));
        for at in from..to {
            let index = self.index(at);
            self.frames[index][side as usize] = 0;
            self.spoken[side as usize][index / WORD as usize] &= !(1 << (index as u64 % WORD));
        }
    }

    /// Returns the first position in `from..to` that is marked as `spoken`, otherwise `to`.
    pub(crate) fn find(&self, side: Side, spoken: bool, from: u64, to: u64) -> u64 {
        let mut at = from;
        while at < to {
            let index = self.index(at) as u64;
            let word = self.spoken[side as usize][(index / WORD) as usize];
            let sought = if spoken { word } else { !word } >> (index % WORD);
            if sought != 0 {
                return to.min(at + u64::from(sought.trailing_zeros()));
            }
            at += WORD - index % WORD;
        }
        to
    }

    /// Moves the window by `count` frames and appends them interleaved to `stereo`.
    pub(crate) fn take(&mut self, count: usize, stereo: &mut Vec<i16>) {
        let count = count.min(self.len());
        let first = self.index(self.start);
        let straight = count.min(self.len() - first);
        for range in [first..first + straight, 0..count - straight] {
            let part = &mut self.frames[range];
            stereo.extend_from_slice(part.as_flattened());
            part.fill([0; 2]);
        }
        let (mut at, to) = (self.start, self.start + count as u64);
        while at < to {
            let index = self.index(at) as u64;
            let bit = index % WORD;
            let cleared = (WORD - bit).min(to - at);
            for words in &mut self.spoken {
                words[(index / WORD) as usize] &= !(run_of_ones(cleared) << bit);
            }
            at += cleared;
        }
        self.start = to;
    }

    /// In range, because the length is a power of two.
    fn index(&self, at: u64) -> usize {
        at as usize & (self.len() - 1)
    }

    fn len(&self) -> usize {
        self.frames.len()
    }
}

/// Returns 1 to 64 one bits.
fn run_of_ones(count: u64) -> u64 {
    u64::MAX >> (WORD - count.clamp(1, WORD))
}

const WORD: u64 = u64::BITS as u64;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Compared with a simple model: one long vector of optional samples.
        #[test]
        fn ring_is_a_moving_window_over_a_vector(
            steps in proptest::collection::vec(
                (0u64..700, 1usize..300, any::<bool>(), any::<bool>(), 0usize..200),
                1..60,
            )
        ) {
            let mut ring = Ring::new(512);
            let mut model = vec![[None; 2]; 20_000];
            for (ahead, len, left, clears, take) in steps {
                let side = if left { Side::Caller } else { Side::Hotline };
                let at = (ring.start() + ahead).saturating_sub(100);
                let spoken: Vec<_> = (1..=len as i16).collect();
                if clears {
                    ring.clear(side, at, at + len as u64);
                } else {
                    ring.write(side, at, &spoken, |sample| sample);
                }
                for n in 0..len as u64 {
                    if (ring.start()..ring.end()).contains(&(at + n)) {
                        let written = (!clears).then_some(n as i16 + 1);
                        model[(at + n) as usize][side as usize] = written;
                    }
                }
                let (start, end) = (ring.start(), ring.end());
                for side in [Side::Caller, Side::Hotline] {
                    for spoken in [true, false] {
                        let want = (start..end)
                            .find(|at| model[*at as usize][side as usize].is_some() == spoken)
                            .unwrap_or(end);
                        prop_assert_eq!(ring.find(side, spoken, start, end), want);
                    }
                }
                let mut stereo = Vec::new();
                ring.take(take, &mut stereo);
                let want: Vec<i16> = model[start as usize..start as usize + take]
                    .iter()
                    .flat_map(|frame| frame.map(Option::unwrap_or_default))
                    .collect();
                prop_assert_eq!(stereo, want);
            }
        }
    }
}
