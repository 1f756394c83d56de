//! Counts of signed-in seats by what they can do for a call.

use model::NotReadyReason;

use crate::{SeatState, Work};

/// The state of a signed-in seat towards a call that it may serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SeatKind {
    /// It can be rung.
    Ready,
    /// It is in a call, its ring or its wrap-up.
    Busy,
    /// It is not ready for another reason than its phone.
    NotReady,
    /// Its phone cannot be reached or is in a call of its own.
    Unreachable,
}

impl SeatKind {
    /// The kind of a seat; `None` while no agent is signed in.
    pub(crate) fn of(state: &SeatState) -> Option<SeatKind> {
        Some(match &state.work {
            Work::Off => return None,
            Work::Ready if state.phone_problem().is_none() => SeatKind::Ready,
            Work::Ready
            | Work::NotReady {
                reason: NotReadyReason::Unreachable | NotReadyReason::Busy, ..
            } => SeatKind::Unreachable,
            Work::NotReady { .. } => SeatKind::NotReady,
            Work::Alerting { .. } | Work::Talking { .. } | Work::WrapUp { .. } => SeatKind::Busy,
        })
    }
}

/// The number of signed-in seats of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SeatCounts {
    pub(crate) ready: u32,
    pub(crate) busy: u32,
    pub(crate) not_ready: u32,
    pub(crate) unreachable: u32,
}

impl SeatCounts {
    /// A seat changes its kind; `None` stands for a seat without a signed-in agent.
    pub(crate) fn change(&mut self, from: Option<SeatKind>, to: Option<SeatKind>) {
        if let Some(from) = from {
            let count = self.of(from);
            *count = count.saturating_sub(1);
        }
        if let Some(to) = to {
            let count = self.of(to);
            *count = count.saturating_add(1);
        }
    }

    pub(crate) fn add(&mut self, other: &SeatCounts) {
        self.ready = self.ready.saturating_add(other.ready);
        self.busy = self.busy.saturating_add(other.busy);
        self.not_ready = self.not_ready.saturating_add(other.not_ready);
        self.unreachable = self.unreachable.saturating_add(other.unreachable);
    }

    /// The seats that take calls in turn.
    pub(crate) fn serving(&self) -> usize {
        self.ready.saturating_add(self.busy) as usize
    }

    fn of(&mut self, kind: SeatKind) -> &mut u32 {
        match kind {
            SeatKind::Ready => &mut self.ready,
            SeatKind::Busy => &mut self.busy,
            SeatKind::NotReady => &mut self.not_ready,
            SeatKind::Unreachable => &mut self.unreachable,
        }
    }
}
