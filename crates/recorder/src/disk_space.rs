//! Free disk space and its alarms.

use crate::RecorderEvent;

/// The low and full marks, and the current state.
#[derive(Clone, Debug)]
pub(crate) struct DiskSpace {
    low: u64,
    full: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Enough,
    Low,
    Full,
}

impl DiskSpace {
    pub(crate) fn new(low_water_bytes: u64, full_water_bytes: u64) -> DiskSpace {
        DiskSpace {
            low: low_water_bytes.max(full_water_bytes),
            full: full_water_bytes,
            state: State::Enough,
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.state == State::Full
    }

    /// Updates the free space; returns the events to emit.
    ///
    /// A mark is left only a tenth above it, so that one deleted file does not clear an alarm. From
    /// full to low both alarms end and the lower one is raised.
    pub(crate) fn observe(&mut self, free: u64) -> Vec<RecorderEvent> {
        let above = |mark: u64, state: State| match self.state >= state {
            true => free >= mark.saturating_add(mark / 10),
            false => free >= mark,
        };
        let next = match (above(self.full, State::Full), above(self.low, State::Low)) {
            (false, _) => State::Full,
            (true, false) => State::Low,
            (true, true) => State::Enough,
        };
        let before = std::mem::replace(&mut self.state, next);
        match (before, next) {
            (before, next) if before == next => vec![],
            (_, State::Full) => vec![RecorderEvent::DiskFull { free }],
            (State::Full, State::Low) => {
                vec![RecorderEvent::DiskOk, RecorderEvent::DiskLow { free }]
            }
            (_, State::Low) => vec![RecorderEvent::DiskLow { free }],
            (_, State::Enough) => vec![RecorderEvent::DiskOk],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_are_raised_at_the_marks_and_cleared_a_tenth_above() {
        let mut space = DiskSpace::new(1_000, 100);
        assert_eq!(space.observe(5_000), []);
        assert_eq!(space.observe(999), [RecorderEvent::DiskLow { free: 999 }]);
        assert_eq!(space.observe(1_050), []);
        assert_eq!(space.observe(99), [RecorderEvent::DiskFull { free: 99 }]);
        assert!(space.is_full());
        assert_eq!(space.observe(105), []);
        assert_eq!(
            space.observe(110),
            [RecorderEvent::DiskOk, RecorderEvent::DiskLow { free: 110 }]
        );
        assert!(!space.is_full());
        assert_eq!(space.observe(1_100), [RecorderEvent::DiskOk]);
        assert_eq!(space.observe(50), [RecorderEvent::DiskFull { free: 50 }]);
        assert_eq!(space.observe(9_000), [RecorderEvent::DiskOk]);
    }
}
