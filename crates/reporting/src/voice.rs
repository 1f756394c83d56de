//! What voice was like over many calls: totals for those who watch the engine.

use model::event::{Event, StreamVoice, VoiceMeasured};

/// Totals of all calls whose voice was measured, by leg and direction. They only grow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VoiceTotals {
    /// In the order of [`Stream::ALL`].
    streams: [StreamTotals; 4],
}

/// A leg and a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    /// `caller` or `seat`.
    pub leg: &'static str,
    /// `received` by us, or `sent` to it.
    pub direction: &'static str,
}

impl Stream {
    /// All there are.
    pub const ALL: [Stream; 4] = [
        Stream { leg: "caller", direction: "received" },
        Stream { leg: "caller", direction: "sent" },
        Stream { leg: "seat", direction: "received" },
        Stream { leg: "seat", direction: "sent" },
    ];
}

/// Totals of one leg and direction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StreamTotals {
    /// RTP packets received, or sent.
    pub packets: u64,
    /// RTP packets that did not arrive.
    pub lost: u64,
    /// Calls by mean opinion score.
    pub mos: Histogram<5>,
    /// Calls by jitter at their end, in ms.
    pub jitter_ms: Histogram<6>,
}

/// How many values were at most each bound; the bounds are the reader's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Histogram<const N: usize> {
    /// Values at most the bound of the same place.
    pub at_most: [u64; N],
    /// All values.
    pub count: u64,
    /// All values together.
    pub sum: f64,
}

/// Bounds of [`StreamTotals::mos`]: nearly all users dissatisfied, many, some, satisfied
/// (ITU-T G.107 Annex B), and nearly perfect.
pub const MOS_BOUNDS: [f32; 5] = [2.6, 3.1, 3.6, 4.0, 4.3];
/// Bounds of [`StreamTotals::jitter_ms`].
pub const JITTER_BOUNDS_MS: [f32; 6] = [5.0, 10.0, 20.0, 40.0, 80.0, 160.0];

impl VoiceTotals {
    /// Follow one event.
    pub fn apply(&mut self, event: &Event) {
        let Event::VoiceMeasured(VoiceMeasured { caller, seat, .. }) = event else { return };
        let seat = seat.unwrap_or_default();
        let measured = [caller.received, caller.sent, seat.received, seat.sent];
        for (totals, voice) in self.streams.iter_mut().zip(measured) {
            if let Some(voice) = voice {
                totals.add(&voice);
            }
        }
    }

    /// The totals of each leg and direction.
    pub fn streams(&self) -> impl Iterator<Item = (Stream, &StreamTotals)> {
        Stream::ALL.into_iter().zip(&self.streams)
    }
}

impl StreamTotals {
    fn add(&mut self, voice: &StreamVoice) {
        self.packets += voice.packets;
        self.lost += voice.lost;
        self.mos.add(voice.mos, &MOS_BOUNDS);
        self.jitter_ms.add(voice.jitter_ms, &JITTER_BOUNDS_MS);
    }
}

impl<const N: usize> Histogram<N> {
    fn add(&mut self, value: f32, bounds: &[f32; N]) {
        for (at_most, bound) in self.at_most.iter_mut().zip(bounds) {
            *at_most += u64::from(value <= *bound);
        }
        self.count += 1;
        self.sum += f64::from(value);
    }
}

impl<const N: usize> Default for Histogram<N> {
    fn default() -> Self {
        Histogram { at_most: [0; N], count: 0, sum: 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{CallId, event::LegVoice};

    #[test]
    fn each_leg_and_direction_is_counted_and_what_is_absent_is_not() {
        let voice = |packets, mos| Some(StreamVoice { packets, lost: 2, jitter_ms: 7.5, mos });
        let caller =
            LegVoice { received: voice(100, 4.4), sent: voice(50, 3.0), ..LegVoice::default() };
        let call = CallId::from(1);
        let mut totals = VoiceTotals::default();
        totals.apply(&Event::VoiceMeasured(VoiceMeasured { call, caller, seat: None }));
        totals.apply(&Event::VoiceMeasured(VoiceMeasured {
            call,
            caller,
            seat: Some(LegVoice { received: voice(10, 4.1), ..LegVoice::default() }),
        }));
        let of: Vec<StreamTotals> = totals.streams().map(|(_, totals)| *totals).collect();
        assert_eq!(of.iter().map(|t| t.packets).collect::<Vec<_>>(), [200, 100, 10, 0]);
        assert_eq!(of.iter().map(|t| t.lost).collect::<Vec<_>>(), [4, 4, 2, 0]);
        assert_eq!(of[0].mos.at_most, [0, 0, 0, 0, 0]);
        assert_eq!((of[1].mos.at_most, of[1].mos.count), ([0, 2, 2, 2, 2], 2));
        assert_eq!(of[0].jitter_ms.at_most, [0, 2, 2, 2, 2, 2]);
        assert_eq!(of[3], StreamTotals::default());
    }
}
