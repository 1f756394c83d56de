//! Supervision orders (督查令): three levels, and at most one open order in a matter
//! (hotline.md 2.5d).
//!
//! An order is drafted, approved, issued, receipted, answered and checked; then it is closed or
//! followed by the next level. The printed names of the levels are data of
//! [`Policy::order_names`]: some places number them the other way round.

use std::fmt;

use model::Timestamp;
pub use model::desk::{Approver, OrderLevel, OrderStep, Post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use deadlines::clock::{
    EscalationStep, OverdueLevel, Pauses, Policy, WorkingTime, escalation_steps_between, is_late,
    late_from,
};

/// The state of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Written by the supervision group.
    Drafted,
    /// Approved, not yet sent.
    Approved,
    /// Sent.
    Issued,
    /// The unit has confirmed receipt.
    Receipted,
    /// The unit says that the matter is not theirs; the time runs on.
    ReturnAsked,
    /// The unit has answered.
    Answered,
    /// The answer was checked.
    Checked {
        /// Whether the answer is sufficient.
        enough: bool,
    },
    /// Finished.
    Closed,
    /// Replaced by an order of a higher level.
    Escalated,
}

/// One order: a fold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    /// The level.
    pub level: OrderLevel,
    /// The bodies that issue it; several for a joint order (SUP-05, joint supervision).
    pub issuers: Vec<String>,
    /// The state.
    pub state: OrderState,
    /// When it was sent.
    pub issued: Option<Timestamp>,
    /// When it was answered.
    pub answered: Option<Timestamp>,
}

/// The orders of one matter, in the order in which they were drafted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Orders(Vec<Order>);

/// Why a step of an order is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderRefusal {
    /// The matter has an open order.
    AlreadyOpen,
    /// An order of this level comes first: level 1, or the level after an escalated order. Only an
    /// urgent or a leader's matter may begin with a higher level.
    LowerLevelFirst(OrderLevel),
    /// The order has no issuer, or more than [`Order::ISSUERS_MAX`].
    IssuerCount(usize),
    /// The step is not possible in this state.
    NotNow(OrderState),
    /// This level is approved by another office.
    OtherApprover(Approver),
    /// This level must be answered by a higher post.
    HigherPost(Post),
    /// There is no higher level.
    NoHigherLevel,
}

impl Order {
    /// The most bodies that may issue one order together.
    pub const ISSUERS_MAX: usize = 8;

    /// Whether this step is possible now.
    pub fn check_step(&self, event: &OrderStep) -> Result<(), OrderRefusal> {
        use OrderState as S;
        let legal = match event {
            OrderStep::Approved(_) => matches!(self.state, S::Drafted),
            OrderStep::Issued => matches!(self.state, S::Approved),
            OrderStep::Receipted => matches!(self.state, S::Issued),
            OrderStep::ReturnAsked => matches!(self.state, S::Issued | S::Receipted),
            OrderStep::ReturnRefused | OrderStep::ReturnGranted => {
                matches!(self.state, S::ReturnAsked)
            }
            OrderStep::Answered(_) => matches!(self.state, S::Issued | S::Receipted),
            OrderStep::Checked { .. } => matches!(self.state, S::Answered),
            OrderStep::Closed => matches!(self.state, S::Checked { .. }),
            OrderStep::Escalated => {
                let unanswered = matches!(self.state, S::Issued | S::Receipted | S::ReturnAsked);
                unanswered || matches!(self.state, S::Checked { enough: false })
            }
        };
        if !legal {
            return Err(OrderRefusal::NotNow(self.state));
        }
        match event {
            OrderStep::Approved(by) if *by != self.level.approver() => {
                Err(OrderRefusal::OtherApprover(self.level.approver()))
            }
            OrderStep::Answered(by) if *by < self.level.answered_by() => {
                Err(OrderRefusal::HigherPost(self.level.answered_by()))
            }
            OrderStep::Escalated if self.level.next().is_none() => Err(OrderRefusal::NoHigherLevel),
            _ => Ok(()),
        }
    }

    /// Applies a step; a step that is not possible changes nothing.
    pub fn apply(&mut self, at: Timestamp, event: &OrderStep) {
        if self.check_step(event).is_err() {
            return;
        }
        self.state = match event {
            OrderStep::Approved(_) => OrderState::Approved,
            OrderStep::Issued => {
                self.issued = Some(at);
                OrderState::Issued
            }
            OrderStep::Receipted | OrderStep::ReturnRefused => OrderState::Receipted,
            OrderStep::ReturnAsked => OrderState::ReturnAsked,
            OrderStep::Answered(_) => {
                self.answered = Some(at);
                OrderState::Answered
            }
            OrderStep::Checked { enough } => OrderState::Checked { enough: *enough },
            OrderStep::ReturnGranted | OrderStep::Closed => OrderState::Closed,
            OrderStep::Escalated => OrderState::Escalated,
        };
    }

    /// When the answer is due: by the shipped policy 3, 2 and 1 working days after the order was
    /// sent, by level.
    pub fn reply_due(&self, working_time: WorkingTime<'_>, policy: &Policy) -> Option<Timestamp> {
        let days = policy.order_reply_days.get(self.level.place())?;
        working_time.days_after(self.issued?, u32::from(*days), &Pauses::default())
    }

    /// Whether the order is not closed and was answered late or insufficiently, or not in time at
    /// all.
    pub fn is_unmet(&self, now: Timestamp, working_time: WorkingTime<'_>, policy: &Policy) -> bool {
        if self.state == OrderState::Closed {
            return false;
        }
        let answered = self.answered.unwrap_or(now);
        let late = self.reply_due(working_time, policy).is_some_and(|due| is_late(answered, due));
        late || self.state == OrderState::Checked { enough: false }
    }

    /// From when it is an unmet order of level 2, by the time or by what is on record; `None` when it
    /// is none and becomes none without a further event.
    pub(crate) fn level_two_unmet_from(
        &self,
        working_time: WorkingTime<'_>,
        policy: &Policy,
    ) -> Option<Timestamp> {
        if self.level != OrderLevel::Warn {
            return None;
        }
        // When it is not unmet yet, only the end of its time makes it so.
        let ends = self.reply_due(working_time, policy).map(late_from);
        let moments = [Some(Timestamp::default()), ends.filter(|_| self.answered.is_none())];
        let is_unmet = |at: &Timestamp| self.is_unmet(*at, working_time, policy);
        moments.into_iter().flatten().find(is_unmet)
    }

    /// Whether it is neither closed nor replaced by a higher level.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, OrderState::Closed | OrderState::Escalated)
    }
}

impl Orders {
    /// Whether an order of this level may be drafted. `direct`: the matter is urgent or a leader's,
    /// or so late that its lateness asks for this level.
    pub fn check_draft(
        &self,
        level: OrderLevel,
        issuers: &[String],
        direct: bool,
    ) -> Result<(), OrderRefusal> {
        if self.open().is_some() {
            return Err(OrderRefusal::AlreadyOpen);
        }
        if issuers.is_empty() || issuers.len() > Order::ISSUERS_MAX {
            return Err(OrderRefusal::IssuerCount(issuers.len()));
        }
        let follows = self.0.last().filter(|last| last.state == OrderState::Escalated);
        let lowest = follows.and_then(|last| last.level.next()).unwrap_or(OrderLevel::Remind);
        if level != lowest && !(direct && level > lowest) {
            return Err(OrderRefusal::LowerLevelFirst(lowest));
        }
        Ok(())
    }

    /// Adds a drafted order.
    pub fn draft(&mut self, level: OrderLevel, issuers: Vec<String>) {
        let state = OrderState::Drafted;
        self.0.push(Order { level, issuers, state, issued: None, answered: None });
    }

    /// Applies a step to the last order.
    pub fn apply(&mut self, at: Timestamp, event: &OrderStep) {
        if let Some(order) = self.0.last_mut() {
            order.apply(at, event);
        }
    }

    /// The open order, if there is one.
    pub fn open(&self) -> Option<&Order> {
        self.0.last().filter(|order| order.is_open())
    }

    /// A summary of the orders so far.
    pub fn summary(&self) -> OrderSummary {
        let mut ordered = OrderSummary::default();
        self.0.iter().for_each(|order| ordered.add(order));
        ordered
    }

    /// All orders, in the order in which they were drafted.
    pub fn all(&self) -> &[Order] {
        &self.0
    }

    /// Whether an order of level 2 is unmet: then the clocks of the matter turn black (O5).
    pub fn level_two_unmet(
        &self,
        now: Timestamp,
        working_time: WorkingTime<'_>,
        policy: &Policy,
    ) -> bool {
        (self.0.iter()).any(|order| {
            order.level == OrderLevel::Warn && order.is_unmet(now, working_time, policy)
        })
    }
}

/// The orders that a matter has had, as far as a proposal needs them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderSummary {
    /// Whether one is open.
    pub open: bool,
    /// The highest level that was drafted.
    pub highest: Option<OrderLevel>,
}

impl OrderSummary {
    /// Counts one more order.
    pub fn add(&mut self, order: &Order) {
        self.open |= order.is_open();
        self.highest = self.highest.max(Some(order.level));
    }

    /// The level of order that this lateness asks for and that the matter has not had (hotline.md
    /// 2.5d). `None` while an order is open: that one is answered or escalated.
    pub fn order_to_propose(self, level: OverdueLevel) -> Option<OrderLevel> {
        let asked =
            escalation_steps_between(OverdueLevel::O2, level).filter_map(|step| match step {
                EscalationStep::ProposeOrder(level) => Some(level),
                _ => None,
            });
        let asked = asked.max().filter(|_| !self.open);
        asked.filter(|level| Some(*level) > self.highest)
    }
}

impl fmt::Display for OrderRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OrderRefusal::AlreadyOpen => f.write_str("this matter has an open order"),
            OrderRefusal::LowerLevelFirst(level) => {
                write!(f, "the next order of this matter must be {level:?}")
            }
            OrderRefusal::IssuerCount(n) => {
                write!(f, "{n} issuing bodies; name 1 to {}", Order::ISSUERS_MAX)
            }
            OrderRefusal::NotNow(state) => write!(f, "the order is {state:?}"),
            OrderRefusal::OtherApprover(who) => write!(f, "{who:?} must approve this level"),
            OrderRefusal::HigherPost(who) => write!(f, "{who:?} or higher must answer"),
            OrderRefusal::NoHigherLevel => f.write_str("there is no order of a higher level"),
        }
    }
}

impl std::error::Error for OrderRefusal {}
