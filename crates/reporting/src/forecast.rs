//! What callers could be told of their wait, against what came true, so that the error is published.

use serde::{Deserialize, Serialize};

/// Guesses of the wait made when calls joined a queue, compared when a seat answered them.
///
/// Who left before that is not compared: how long they would have waited nobody knows.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct Forecast {
    /// Guesses compared.
    pub compared: u64,
    /// Sum of the errors without sign, in ms.
    pub error_ms: u64,
    /// Sum of the errors with sign, in ms: positive when people waited longer than expected.
    pub bias_ms: i64,
    /// The mean absolute error in ms, once there is one (MAE).
    pub mean_error_ms: Option<u64>,
    /// The mean error with its sign, in ms.
    pub mean_bias_ms: Option<i64>,
}

impl Forecast {
    /// Somebody expected to wait this long waited that long, ring included.
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
    fn the_error_is_published_with_and_without_its_sign() {
        let mut forecast = Forecast::default();
        assert_eq!(forecast.mean_error_ms, None);
        forecast.compare(60_000, 90_000);
        forecast.compare(60_000, 50_000);
        assert_eq!(forecast.mean_error_ms, Some(20_000));
        assert_eq!(forecast.mean_bias_ms, Some(10_000));
    }
}
