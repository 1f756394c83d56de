//! Unwraps sequence numbers and timestamps to 64 bits.

/// Returns the 64-bit value nearest to `near` whose low 16 bits are `seq`.
pub(crate) fn unwrap_seq(near: u64, seq: u16) -> u64 {
    near.wrapping_add_signed(i64::from(seq.wrapping_sub(near as u16) as i16))
}

/// Returns the 64-bit value nearest to `near` whose low 32 bits are `ts`.
pub(crate) fn unwrap_ts(near: u64, ts: u32) -> u64 {
    near.wrapping_add_signed(i64::from(ts.wrapping_sub(near as u32) as i32))
}

/// The start of an unwrapped counter: far from zero, so that packets from before the first one have
/// a value below it.
pub(crate) const ORIGIN: u64 = 1 << 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unwrapped_counters_continue_across_the_wrap() {
        let near = ORIGIN + 65_535;
        assert_eq!(unwrap_seq(near, 0), near + 1);
        assert_eq!(unwrap_seq(near + 1, 65_535), near);
        let near = ORIGIN + u64::from(u32::MAX);
        assert_eq!(unwrap_ts(near, 159), near + 160);
        assert_eq!(unwrap_ts(near + 160, u32::MAX), near);
    }

    #[test]
    fn packet_before_the_first_has_a_lower_number() {
        assert_eq!(unwrap_seq(ORIGIN | 5, 65_530), (ORIGIN | 5) - 11);
    }
}
