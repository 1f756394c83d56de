//! Converts measurements of the voice thread to log events.

use std::time::Duration;

use media::{Quality, Reception};
use model::{
    CallId,
    event::{LegQuality, StreamQuality, VoiceMeasured},
};

/// The event about a call's voice. `talked` tells whether a seat answered: a seat without received
/// packets is different from no seat.
pub(crate) fn measured(call: CallId, quality: &Quality, talked: bool) -> VoiceMeasured {
    let Quality { caller, seat, to_caller, to_seat, caller_round_trip, seat_round_trip } = *quality;
    VoiceMeasured {
        call,
        caller: leg(caller, to_caller, caller_round_trip),
        seat: talked.then(|| leg(seat, to_seat, seat_round_trip)),
    }
}

fn leg(received: Reception, sent: Option<Reception>, round_trip: Option<Duration>) -> LegQuality {
    let stream = |reception: Reception, packets: u64| {
        Some(StreamQuality {
            packets,
            lost: reception.lost,
            jitter_ms: rounded(reception.jitter_ms, 10.0),
            mos: rounded(reception.mos(round_trip)?, 100.0),
        })
    };
    LegQuality {
        received: stream(received, received.packets),
        sent: sent.and_then(|sent| stream(sent, sent.packets + sent.lost)),
        round_trip_ms: round_trip.map(|trip| u32::try_from(trip.as_millis()).unwrap_or(u32::MAX)),
    }
}

/// Rounds to 1/`parts`; the measurement is not more precise.
fn rounded(value: f32, parts: f32) -> f32 {
    (value * parts).round() / parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voice_without_packets_is_absent() {
        let told = measured(CallId::from(1), &Quality::default(), false);
        assert_eq!((told.caller, told.seat), (LegQuality::default(), None));
        let told = measured(CallId::from(1), &Quality::default(), true);
        assert_eq!(told.seat, Some(LegQuality::default()));
    }

    #[test]
    fn both_directions_of_a_leg_are_measured() {
        let caller = Reception { packets: 990, lost: 10, jitter_ms: 3.12 };
        let to_caller = Some(Reception { packets: 970, lost: 30, jitter_ms: 12.0 });
        let caller_round_trip = Some(Duration::from_millis(80));
        let quality = Quality { caller, to_caller, caller_round_trip, ..Quality::default() };
        let LegQuality { received, sent, round_trip_ms } =
            measured(CallId::from(1), &quality, false).caller;
        let (Some(received), Some(sent)) = (received, sent) else {
            panic!("{received:?} {sent:?}")
        };
        assert_eq!((received.packets, received.lost, received.jitter_ms), (990, 10, 3.1));
        assert_eq!((sent.packets, sent.lost, round_trip_ms), (1_000, 30, Some(80)));
        assert!(received.mos > sent.mos && sent.mos > 3.0);
    }
}
