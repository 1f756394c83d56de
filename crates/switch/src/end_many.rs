//! Ends many calls by one input, a slice in each turn, so that an input in between does not wait for
//! thousands of them. What is left is due at once.

use model::{CallId, Timestamp, event::CallEnd};

use crate::{Switch, TIMERS_A_TURN, call::Stage, deadlines::OUTPUTS_A_TURN};

/// The calls that are still to be ended.
#[derive(Debug)]
pub(crate) struct Ending {
    end: CallEnd,
    which: Which,
    /// The calls from `next` to `last`. Calls that arrive later are not ended.
    next: CallId,
    last: CallId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Talks,
    All,
}

impl Switch {
    /// Ends every talk as `end`. Calls that wait, or hear the final prompt, are not changed. The
    /// calls that do not fit into this turn are ended by the timeouts that follow.
    pub fn end_talks(&mut self, now: Timestamp, end: CallEnd) {
        self.begin_ending(now, Which::Talks, end);
    }

    /// Ends every call that is still up as `end`, in turns like [`Switch::end_talks`].
    pub fn end_all(&mut self, now: Timestamp, end: CallEnd) {
        self.begin_ending(now, Which::All, end);
    }

    fn begin_ending(&mut self, now: Timestamp, which: Which, end: CallEnd) {
        // Ending all calls includes the talks.
        let is_included =
            self.ending.as_ref().is_some_and(|under_way| under_way.which == Which::All)
                && which == Which::Talks;
        if !is_included {
            let next = CallId::from(0);
            self.ending = Some(Ending { end, which, next, last: self.last_call });
        }
        self.continue_ending(now);
    }

    /// Ends the next calls, up to the limits of one turn.
    pub(crate) fn continue_ending(&mut self, now: Timestamp) {
        let full = self.outputs.len() + OUTPUTS_A_TURN;
        for _ in 0..TIMERS_A_TURN {
            let Some(ending) = &mut self.ending else { return };
            let mut left = self.calls.range(ending.next..);
            let Some((call, held)) = left.next().filter(|(call, _)| **call <= ending.last) else {
                self.ending = None;
                return;
            };
            if self.outputs.len() >= full {
                return;
            }
            let (call, end) = (*call, ending.end);
            let is_meant = match ending.which {
                Which::Talks => matches!(
                    held.stage,
                    Stage::Talking { .. } | Stage::Transferring { .. } | Stage::Outside { .. }
                ),
                Which::All => true,
            };
            ending.next = call.next();
            if is_meant {
                self.end(now, call, end);
            }
        }
    }
}
