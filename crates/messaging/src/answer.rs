//! What a far end's answer means for what was sent: taken, wrong, or not now.

use std::time::Duration;

/// A far end's answer, as far as sending is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It has it. That it had it already is the same.
    Taken,
    /// It finds fault with what was sent: the same bytes will be wrong tomorrow too.
    Refused {
        /// The HTTP status.
        status: u16,
        /// Its own words.
        why: String,
    },
    /// Nothing is wrong with what was sent; the far end or the way there is. Try again.
    Later {
        /// What is in the way, in a sentence.
        why: String,
        /// It asked for this much time (`Retry-After`, RFC 9110 10.2.3).
        after: Option<Duration>,
    },
}

impl Answer {
    /// What an HTTP status means (RFC 9110 15).
    ///
    /// Of the 4xx only those are faults of what was sent that speak of its
    /// content. A wrong key, address or media type is the same for every
    /// record: to bury them one by one would empty the log into the graveyard.
    pub fn of_status(status: u16, why: impl Into<String>, after: Option<Duration>) -> Answer {
        match status {
            200..=299 => Answer::Taken,
            400 | 409 | 410 | 413 | 422 | 431 => Answer::Refused { status, why: why.into() },
            _ => Answer::Later { why: format!("HTTP {status} {}", why.into()), after },
        }
    }

    /// It could not be reached, or did not answer in time.
    pub fn nothing(why: impl Into<String>) -> Answer {
        Answer::Later { why: why.into(), after: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_fault_of_the_content_is_a_refusal() {
        let of = |status| Answer::of_status(status, "", None);
        for taken in [200, 201, 202, 204] {
            assert_eq!(of(taken), Answer::Taken);
        }
        for refused in [400, 409, 413, 422] {
            assert!(matches!(of(refused), Answer::Refused { .. }), "{refused}");
        }
        // A redirect, a wrong key, a wrong address, too many, broken.
        for later in [301, 401, 403, 404, 405, 408, 415, 429, 500, 502, 503] {
            assert!(matches!(of(later), Answer::Later { .. }), "{later}");
        }
    }
}
