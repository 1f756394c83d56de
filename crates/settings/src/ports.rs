//! The UDP ports for voice, as written in the config and on the command line.

use std::{fmt, ops::RangeInclusive};

/// The UDP ports for voice: RTP uses the even port, RTCP the next odd one (RFC 3550 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ports {
    /// `"20000-20999"`: the pairs from the even port `first` to the odd port `last`.
    Range {
        /// The first port, even.
        first: u16,
        /// The last port, odd.
        last: u16,
    },
    /// `"auto:64"`: this many pairs of ports chosen by the system (for tests and demos).
    Auto {
        /// The number of pairs.
        pairs: u16,
    },
}

/// The reason why a text does not name ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPorts {
    /// The problem, as a sentence.
    pub what: String,
    /// The proposal.
    pub right: &'static str,
}

impl Ports {
    /// Parses `"20000-20999"` or `"auto:64"`.
    pub fn parse(text: &str) -> Result<Ports, BadPorts> {
        match text.strip_prefix("auto:") {
            Some(pairs) => auto(text, pairs),
            None => range(text),
        }
    }

    /// The number of RTP ports. A call takes two: the caller's and the seat's.
    pub fn pairs(self) -> u16 {
        match self {
            Ports::Range { first, last } => last.saturating_sub(first).saturating_add(1) / 2,
            Ports::Auto { pairs } => pairs,
        }
    }
}

impl fmt::Display for BadPorts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what, self.right)
    }
}

impl std::error::Error for BadPorts {}

fn auto(text: &str, pairs: &str) -> Result<Ports, BadPorts> {
    match pairs.parse() {
        Ok(pairs) if (PAIRS_MIN..=PAIRS_MAX).contains(&pairs) => Ok(Ports::Auto { pairs }),
        _ => {
            let what = format!("\"{text}\" is not a valid number of pairs");
            Err(BadPorts { what, right: "write \"auto:64\", with 2 to 16000" })
        }
    }
}

fn range(text: &str) -> Result<Ports, BadPorts> {
    let bad = |what: &str| BadPorts { what: format!("\"{text}\" {what}"), right: EXAMPLE };
    let ends = text.split_once('-');
    let ends = ends.and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
    let (first, last): (u16, u16) = ends.ok_or_else(|| bad("is not a range of ports"))?;
    if !first.is_multiple_of(2) || last.is_multiple_of(2) {
        return Err(bad("is not made of pairs: RTP uses an even port, RTCP the next one"));
    }
    if last.saturating_sub(first) < 2 * PAIRS_MIN - 1 {
        return Err(bad("has fewer than two pairs, which one call needs"));
    }
    if first < UNPRIVILEGED {
        return Err(bad("includes ports below 1024, which are reserved"));
    }
    if first <= *EPHEMERAL.end() && last >= *EPHEMERAL.start() {
        let what = format!("\"{text}\" overlaps the ephemeral ports of the system");
        return Err(BadPorts { what, right: "stay below 32768, or above 60999" });
    }
    Ok(Ports::Range { first, last })
}

/// A call takes one pair for the caller and one for the seat.
const PAIRS_MIN: u16 = 2;
/// A little less than half of all UDP ports, so that other programs keep some.
const PAIRS_MAX: u16 = 16_000;
/// Lower ports are reserved for the system.
const UNPRIVILEGED: u16 = 1_024;
/// The default of Linux's `ip_local_port_range`: another program's connection may use one.
const EPHEMERAL: RangeInclusive<u16> = 32_768..=60_999;
const EXAMPLE: &str = "write an even and an odd port, \"20000-20999\"";
