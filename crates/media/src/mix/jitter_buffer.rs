//! Turns the packets of one voice into a frame each 20 ms.

use super::{FRAME, Frame};

/// The newest half second of one voice, in samples by position. Playback follows arrival by
/// [`DEPTH`].
///
/// Packets are positioned by RTP timestamp. What is missing when it is due is replaced by a short
/// fade, and what begins again is faded in, so that a loss is not heard as a click. When the
/// sender's clock is faster than ours the buffer fills: the surplus is skipped, cross-faded over a
/// frame. When it is slower, or the network's delay grows, packets come too late: playback then
/// waits for [`DEPTH`] again.
#[derive(Debug)]
pub(crate) struct JitterBuffer {
    samples: Box<[i16; CAPACITY]>,
    written: Box<[bool; CAPACITY]>,
    /// The stream that the positions belong to, and position minus timestamp.
    anchor: Option<(u32, u64)>,
    /// The position of the next frame.
    read: u64,
    /// One past the last position written.
    end: u64,
    /// The least surplus over the last frames, and how many frames that were.
    least_surplus: u64,
    frames: u32,
    concealer: Concealer,
}

impl JitterBuffer {
    pub(crate) fn new() -> JitterBuffer {
        JitterBuffer {
            samples: Box::new([0; CAPACITY]),
            written: Box::new([false; CAPACITY]),
            anchor: None,
            read: 0,
            end: 0,
            least_surplus: u64::MAX,
            frames: 0,
            concealer: Concealer::default(),
        }
    }

    /// Writes a packet of the stream `epoch` with timestamp `ts`; `table` decodes its payload.
    pub(crate) fn write(&mut self, epoch: u32, ts: u64, table: &[i16; 256], payload: &[u8]) {
        let anchored = self.anchor.filter(|(stream, _)| *stream == epoch);
        let at = match anchored.map(|(_, offset)| ts.wrapping_add(offset)) {
            Some(at) if self.fits(at, payload.len()) => at,
            // Late, while later packets still wait: only this one was delayed.
            Some(at) if (at.wrapping_sub(self.read) as i64) < 0 && self.end > self.read => return,
            _ => {
                let at = self.read + DEPTH;
                self.anchor = Some((epoch, at.wrapping_sub(ts)));
                at
            }
        };
        for (position, byte) in (at..).zip(payload) {
            let index = index(position);
            self.samples[index] = table[usize::from(*byte)];
            self.written[index] = true;
        }
        self.end = self.end.max(at + payload.len() as u64);
    }

    /// Returns the frame that is due.
    pub(crate) fn next_frame(&mut self) -> Frame {
        let skipped = self.surplus();
        let mut frame = self.take();
        if skipped > 0 {
            // A frame of what is skipped fades into the one that follows it.
            self.advance(skipped.saturating_sub(FRAME as u64));
            let next = self.take();
            for (n, (sample, other)) in frame.iter_mut().zip(next).enumerate() {
                let (sum, n) = (i32::from(*sample), n as i32);
                let whole = FRAME as i32;
                *sample = ((sum * (whole - n) + i32::from(other) * n) / whole) as i16;
            }
        }
        frame
    }

    /// Returns the samples to skip, because for a second more waited than [`DEPTH`] needs.
    fn surplus(&mut self) -> u64 {
        let waiting = self.end.saturating_sub(self.read);
        self.least_surplus = self.least_surplus.min(waiting.saturating_sub(DEPTH));
        self.frames += 1;
        if self.frames < FRAMES_WATCHED {
            return 0;
        }
        self.frames = 0;
        let least = std::mem::replace(&mut self.least_surplus, u64::MAX);
        if least >= FRAME as u64 { least.max(FRAME as u64) } else { 0 }
    }

    fn take(&mut self) -> Frame {
        let mut frame = [0; FRAME];
        for (n, sample) in frame.iter_mut().enumerate() {
            let index = index(self.read + n as u64);
            let spoken = std::mem::take(&mut self.written[index]).then_some(self.samples[index]);
            *sample = self.concealer.next(spoken);
        }
        self.read += FRAME as u64;
        frame
    }

    fn advance(&mut self, count: u64) {
        for position in self.read..self.read + count {
            self.written[index(position)] = false;
        }
        self.read += count;
    }

    fn fits(&self, at: u64, len: usize) -> bool {
        let ahead = at.wrapping_sub(self.read) as i64;
        ahead >= 0 && ahead + len as i64 <= CAPACITY as i64
    }
}

/// Replaces missing samples by the mirrored end of the voice, faded out.
#[derive(Debug)]
struct Concealer {
    /// The last samples of the voice, newest last, from `newest` on in a ring.
    heard: [i16; FRAME],
    newest: usize,
    /// Samples missing in a row, at most [`FRAME`].
    missing: usize,
    /// Samples of the voice since it began again, at most [`FADE_IN`].
    present: usize,
}

impl Default for Concealer {
    fn default() -> Concealer {
        Concealer { heard: [0; FRAME], newest: 0, missing: FRAME, present: 0 }
    }
}

impl Concealer {
    fn next(&mut self, spoken: Option<i16>) -> i16 {
        let Some(spoken) = spoken else {
            self.present = 0;
            return self.next_faded();
        };
        let sample = if self.present < FADE_IN {
            let (part, whole) = (self.present as i32, FADE_IN as i32);
            self.present += 1;
            let faded = i32::from(self.next_faded());
            ((faded * (whole - part) + i32::from(spoken) * part) / whole) as i16
        } else {
            self.missing = 0;
            spoken
        };
        if self.missing == 0 {
            self.newest = (self.newest + 1) % FRAME;
            self.heard[self.newest] = spoken;
        } else if self.present >= FADE_IN {
            // The voice goes on: what follows mirrors it and not what was heard before.
            (self.missing, self.newest) = (0, 0);
            self.heard = [spoken; FRAME];
        }
        sample
    }

    fn next_faded(&mut self) -> i16 {
        if self.missing >= FRAME {
            return 0;
        }
        let mirrored = self.heard[(self.newest + FRAME - self.missing) % FRAME];
        let left = (FRAME - self.missing) as i32;
        self.missing += 1;
        (i32::from(mirrored) * left / FRAME as i32) as i16
    }
}

fn index(position: u64) -> usize {
    position as usize & (CAPACITY - 1)
}

/// 512 ms in samples, a power of two.
const CAPACITY: usize = 4_096;
/// 40 ms: two packets of 20 ms, so that jitter of a packet's length is not heard.
const DEPTH: u64 = 320;
/// 5 ms.
const FADE_IN: usize = 40;
/// One second.
const FRAMES_WATCHED: u32 = 50;

#[cfg(test)]
mod tests {
    use primitives::Codec;

    use super::*;
    use crate::codec;

    /// A sine of 500 Hz in A-law, continuous over packets.
    struct Voice {
        spoken: u64,
    }

    impl Voice {
        fn packet(&mut self) -> (u64, Vec<u8>) {
            let ts = self.spoken;
            let payload = (0..160).map(|n| {
                let t = (ts + n) as f64 / 8_000.0;
                let sample = ((std::f64::consts::TAU * 500.0 * t).sin() * 8_000.0) as i16;
                codec::encode(Codec::Pcma, sample)
            });
            let payload = payload.collect();
            self.spoken += 160;
            (90_000 + ts, payload)
        }
    }

    fn write(buffer: &mut JitterBuffer, (ts, payload): (u64, Vec<u8>)) {
        buffer.write(0, ts, codec::decode_table(Codec::Pcma), &payload);
    }

    /// The largest step from one sample to the next. The sine alone has one of 3,200.
    fn largest_step(samples: &[i16]) -> i32 {
        let steps = samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs());
        steps.max().unwrap_or_default()
    }

    const SINE_STEP: i32 = 3_400;

    #[test]
    fn packets_come_out_in_order_after_forty_milliseconds() {
        let (mut buffer, mut voice) = (JitterBuffer::new(), Voice { spoken: 0 });
        let mut heard = Vec::new();
        for _ in 0..20 {
            let (first, second) = (voice.packet(), voice.packet());
            // Swapped by the network.
            write(&mut buffer, second);
            write(&mut buffer, first);
            heard.extend(buffer.next_frame());
            heard.extend(buffer.next_frame());
        }
        assert_eq!(heard[..160], [0; 160]);
        let begun = &heard[800..];
        assert!(largest_step(&heard) <= SINE_STEP, "{}", largest_step(&heard));
        let peaks = begun.iter().filter(|sample| sample.abs() > 7_500).count();
        assert!(peaks > begun.len() / 10, "{peaks} of {}", begun.len());
    }

    #[test]
    fn lost_packet_makes_no_click() {
        let (mut buffer, mut voice) = (JitterBuffer::new(), Voice { spoken: 0 });
        let mut heard = Vec::new();
        for n in 0..40 {
            let packet = voice.packet();
            if n % 7 != 3 {
                write(&mut buffer, packet);
            }
            heard.extend(buffer.next_frame());
        }
        assert!(largest_step(&heard) <= SINE_STEP, "{}", largest_step(&heard));
    }

    #[test]
    fn fast_sender_is_caught_up_without_a_click() {
        let (mut buffer, mut voice) = (JitterBuffer::new(), Voice { spoken: 0 });
        let mut heard = Vec::new();
        for n in 0..2_000 {
            write(&mut buffer, voice.packet());
            if n % 50 == 0 {
                write(&mut buffer, voice.packet());
            }
            heard.extend(buffer.next_frame());
        }
        assert!(buffer.end - buffer.read < DEPTH + 3 * FRAME as u64);
        assert!(largest_step(&heard) <= 2 * SINE_STEP, "{}", largest_step(&heard));
    }

    #[test]
    fn grown_delay_is_waited_for_once() {
        let (mut buffer, mut voice) = (JitterBuffer::new(), Voice { spoken: 0 });
        let mut silent = 0;
        for n in 0..100 {
            // For a fifth of a second nothing comes; from then on all is late by that.
            if !(40..50).contains(&n) {
                write(&mut buffer, voice.packet());
            }
            let frame = buffer.next_frame();
            silent += usize::from(n > 5 && frame == [0; FRAME]);
        }
        assert!((7..=12).contains(&silent), "{silent}");
    }

    #[test]
    fn restarted_stream_is_followed() {
        let (mut buffer, mut voice) = (JitterBuffer::new(), Voice { spoken: 0 });
        let table = codec::decode_table(Codec::Pcma);
        for n in 0..20 {
            let (ts, payload) = voice.packet();
            let (epoch, ts) = if n < 10 { (0, ts) } else { (1, ts.wrapping_sub(1 << 40)) };
            buffer.write(epoch, ts, table, &payload);
            let frame = buffer.next_frame();
            assert!(n < 5 || (10..13).contains(&n) || frame.iter().any(|s| s.abs() > 7_000), "{n}");
        }
    }
}
