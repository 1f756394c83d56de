//! Supervision orders (督查令): three levels, one matter, one open order (hotline.md 2.5d).
//!
//! Drafted, approved, issued, receipted, answered, checked, and then closed or
//! followed by the next level. What the levels are called on paper is data of
//! [`Policy::order_names`]: some places number them the other way round.

use std::fmt;

use model::Timestamp;
pub use model::desk::{Approver, OrderLevel, OrderStep, Post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use deadlines::clock::{OverdueLevel, Pauses, Policy, Step, WorkingTime, is_late, steps_between};

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Written by the supervision group.
    Drafted,
    /// Approved, not yet sent.
    Approved,
    /// Sent.
    Issued,
    /// The unit has signed for it.
    Receipted,
    /// The unit says that it is not theirs; the time runs on.
    ReturnAsked,
    /// The unit has answered.
    Answered,
    /// The answer was weighed.
    Checked {
        /// It will do.
        enough: bool,
    },
    /// Done with.
    Closed,
    /// A heavier one follows.
    Escalated,
}

/// One order: a fold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    /// How heavy.
    pub level: OrderLevel,
    /// Who issues it; several for a joint order (SUP-05).
    pub issuers: Vec<String>,
    /// Where it stands.
    pub state: OrderState,
    /// When it was sent.
    pub issued: Option<Timestamp>,
    /// When it was answered.
    pub answered: Option<Timestamp>,
}

/// The orders of one matter, in the order they were drafted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Orders(Vec<Order>);

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderRefusal {
    /// The matter has an open order.
    OneOpen,
    /// A matter begins with level 1 unless it is urgent or a leader's.
    BeginsBelow(OrderLevel),
    /// Nobody issues it, or more than [`Order::ISSUERS_MAX`] do.
    Issuers(usize),
    /// That does not happen in this state.
    NotNow(OrderState),
    /// Another office approves this level.
    OtherApprover(Approver),
    /// A higher post must answer this level.
    HigherPost(Post),
    /// There is nothing heavier.
    NothingHeavier,
}

impl Order {
    /// Bodies that issue one order together.
    pub const ISSUERS_MAX: usize = 8;

    /// Whether that may happen now.
    pub fn may(&self, event: &OrderStep) -> Result<(), OrderRefusal> {
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
            OrderStep::Escalated if self.level.next().is_none() => {
                Err(OrderRefusal::NothingHeavier)
            }
            _ => Ok(()),
        }
    }

    /// It happened. What may not happen changes nothing.
    pub fn apply(&mut self, at: Timestamp, event: &OrderStep) {
        if self.may(event).is_err() {
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

    /// By when it must be answered: 3, 2 and 1 working days after it was sent.
    pub fn reply_due(&self, ground: WorkingTime<'_>, policy: &Policy) -> Option<Timestamp> {
        let days = policy.order_reply_days.get(self.level.place())?;
        ground.days_after(self.issued?, u32::from(*days), &Pauses::default())
    }

    /// Not answered in time, or not well enough, and not closed since.
    pub fn is_unmet(&self, now: Timestamp, ground: WorkingTime<'_>, policy: &Policy) -> bool {
        if self.state == OrderState::Closed {
            return false;
        }
        let answered = self.answered.unwrap_or(now);
        let late = self.reply_due(ground, policy).is_some_and(|due| is_late(answered, due));
        late || self.state == OrderState::Checked { enough: false }
    }

    /// Neither closed nor followed by a heavier one.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, OrderState::Closed | OrderState::Escalated)
    }
}

impl Orders {
    /// Whether an order of this level may be drafted. `direct`: the matter is urgent or a leader's, or
    /// so late that this level is asked for.
    pub fn may_draft(
        &self,
        level: OrderLevel,
        issuers: &[String],
        direct: bool,
    ) -> Result<(), OrderRefusal> {
        if self.open().is_some() {
            return Err(OrderRefusal::OneOpen);
        }
        if issuers.is_empty() || issuers.len() > Order::ISSUERS_MAX {
            return Err(OrderRefusal::Issuers(issuers.len()));
        }
        let follows = self.0.last().filter(|last| last.state == OrderState::Escalated);
        let lightest = follows.and_then(|last| last.level.next()).unwrap_or(OrderLevel::Remind);
        if level != lightest && !(direct && level > lightest) {
            return Err(OrderRefusal::BeginsBelow(lightest));
        }
        Ok(())
    }

    /// An order was drafted.
    pub fn draft(&mut self, level: OrderLevel, issuers: Vec<String>) {
        let state = OrderState::Drafted;
        self.0.push(Order { level, issuers, state, issued: None, answered: None });
    }

    /// Something happened to the open one.
    pub fn apply(&mut self, at: Timestamp, event: &OrderStep) {
        if let Some(order) = self.0.last_mut() {
            order.apply(at, event);
        }
    }

    /// The open one.
    pub fn open(&self) -> Option<&Order> {
        self.0.last().filter(|order| order.is_open())
    }

    /// What there has been.
    pub fn ordered(&self) -> Ordered {
        let mut ordered = Ordered::default();
        self.0.iter().for_each(|order| ordered.add(order));
        ordered
    }

    /// All, in the order they were drafted.
    pub fn all(&self) -> &[Order] {
        &self.0
    }

    /// Whether an order of level 2 has not been met: the clock turns black (O5).
    pub fn level_two_unmet(
        &self,
        now: Timestamp,
        ground: WorkingTime<'_>,
        policy: &Policy,
    ) -> bool {
        (self.0.iter())
            .any(|order| order.level == OrderLevel::Warn && order.is_unmet(now, ground, policy))
    }
}

/// What orders a matter has had, as far as a proposal asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ordered {
    /// One is open.
    pub open: bool,
    /// The heaviest that was drafted.
    pub heaviest: Option<OrderLevel>,
}

impl Ordered {
    /// One more.
    pub fn add(&mut self, order: &Order) {
        self.open |= order.is_open();
        self.heaviest = self.heaviest.max(Some(order.level));
    }

    /// The order this lateness asks for and the matter has not had (2.5d). While one is open that one
    /// is answered, or followed by a heavier one.
    pub fn proposed(self, level: OverdueLevel) -> Option<OrderLevel> {
        let asked = steps_between(OverdueLevel::O2, level).filter_map(|step| match step {
            Step::ProposeOrder(level) => Some(level),
            _ => None,
        });
        let asked = asked.max().filter(|_| !self.open);
        asked.filter(|level| Some(*level) > self.heaviest)
    }
}

impl fmt::Display for OrderRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OrderRefusal::OneOpen => f.write_str("this matter has an open order"),
            OrderRefusal::BeginsBelow(level) => write!(f, "the next order here is {level:?}"),
            OrderRefusal::Issuers(n) => {
                write!(f, "{n} issuing bodies; name 1 to {}", Order::ISSUERS_MAX)
            }
            OrderRefusal::NotNow(state) => write!(f, "the order is {state:?}"),
            OrderRefusal::OtherApprover(who) => write!(f, "{who:?} approves this level"),
            OrderRefusal::HigherPost(who) => write!(f, "{who:?} or higher must answer"),
            OrderRefusal::NothingHeavier => f.write_str("there is no heavier order"),
        }
    }
}

impl std::error::Error for OrderRefusal {}
