//! The outcome of a delivery: accepted, rejected, or to be retried.

use std::time::Duration;

/// The outcome of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The destination has it, now or already before.
    Accepted,
    /// The content was rejected. The same bytes would be rejected again.
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The response text.
        why: String,
    },
    /// The destination or the network failed. To be retried.
    Retry {
        /// The error as a sentence.
        why: String,
        /// The wait that was asked for (`Retry-After`, RFC 9110 10.2.3).
        after: Option<Duration>,
    },
}

impl DeliveryOutcome {
    /// The outcome of an HTTP status (RFC 9110 15).
    ///
    /// Only those 4xx reject a record that are about its content. A wrong key, address or media type
    /// concerns every record, and would make every record a dead letter.
    pub fn of_status(
        status: u16,
        why: impl Into<String>,
        after: Option<Duration>,
    ) -> DeliveryOutcome {
        match status {
            200..=299 => DeliveryOutcome::Accepted,
            400 | 409 | 410 | 413 | 422 | 431 => {
                DeliveryOutcome::Rejected { status, why: why.into() }
            }
            _ => DeliveryOutcome::Retry { why: format!("HTTP {status} {}", why.into()), after },
        }
    }

    /// The destination could not be reached or did not answer in time.
    pub fn unreachable(why: impl Into<String>) -> DeliveryOutcome {
        DeliveryOutcome::Retry { why: why.into(), after: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_faults_of_the_content_are_rejections() {
        let of = |status| DeliveryOutcome::of_status(status, "", None);
        for taken in [200, 201, 202, 204] {
            assert_eq!(of(taken), DeliveryOutcome::Accepted);
        }
        for refused in [400, 409, 413, 422] {
            assert!(matches!(of(refused), DeliveryOutcome::Rejected { .. }), "{refused}");
        }
        // A redirect, a wrong key, a wrong address, too many requests, server errors.
        for later in [301, 401, 403, 404, 405, 408, 415, 429, 500, 502, 503] {
            assert!(matches!(of(later), DeliveryOutcome::Retry { .. }), "{later}");
        }
    }
}
