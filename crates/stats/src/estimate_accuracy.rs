//! How well the estimated waits matched the real ones, so that the error can be published.

use serde::{Deserialize, Serialize};

/// Waits estimated when calls joined a queue, compared with the waits until a seat answered.
///
/// Calls that were abandoned are not compared: how long they would have waited is unknown.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct EstimateAccuracy {
    /// The number of estimates compared.
    pub compared: u64,
    /// Sum of the errors without sign, in ms.
    pub error_ms: u64,
    /// Sum of the errors with sign, in ms: positive when callers waited longer than estimated.
    pub bias_ms: i64,
    /// The mean absolute error (MAE), in ms; `None` before the first estimate.
    pub mean_error_ms: Option<u64>,
    /// The mean error with its sign, in ms; `None` before the first estimate.
    pub mean_bias_ms: Option<i64>,
}

impl EstimateAccuracy {
    /// Adds a call: the estimated wait and the real one, ringing included.
    pub(crate) fn compare(&mut self, expected_ms: u64, waited_ms: u64) {
        let ms = |ms: u64| i64::try_from(ms).unwrap_or(i64::MAX);
        let late = ms(waited_ms).saturating_sub(ms(expected_ms));
        self.compared += 1;
        self.error_ms = self.error_ms.saturating_add(late.unsigned_abs());
        self.bias_ms = self.bias_ms.saturating_add(late);
        self.mean_error_ms = self.error_ms.checked_div(self.compared);
        self.mean_bias_ms =
            i64::try_from(self.compared).ok().and_then(|n| self.bias_ms.checked_div(n));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_is_given_with_and_without_sign() {
        let mut forecast = EstimateAccuracy::default();
        assert_eq!(forecast.mean_error_ms, None);
        forecast.compare(60_000, 90_000);
        forecast.compare(60_000, 50_000);
        assert_eq!(forecast.mean_error_ms, Some(20_000));
        assert_eq!(forecast.mean_bias_ms, Some(10_000));
    }
}
