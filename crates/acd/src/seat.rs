//! One seat with its login, work and device states, as a fold over its events.

use std::time::Duration;

use model::{
    AccountName, CallId, Event, Login, NotReadyReason, OfferId, Timestamp, WorkState,
    event::{AfterTalk, SeatActor},
};

/// The state of a seat. It changes by its events only, so that the log has every change; only
/// `device.in_own_call` belongs to this run and is lost with it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeatState {
    /// The login of the person at the seat.
    pub login: Login,
    /// The work state.
    pub work: Work,
    /// The state of the phone.
    pub device: Device,
    /// The state that follows the talk instead of wrap-up, and the person who requested it.
    pub next: Option<(AfterTalk, SeatActor)>,
    /// The start of the idle time. An offer that is withdrawn does not change it.
    pub idle_since: Timestamp,
    /// The calls taken since it signed in.
    pub answered: u32,
    /// The talking time since it signed in.
    pub talked: Duration,
    /// The last offer to the seat; round robin compares it.
    pub last_offer: OfferId,
}

/// The work state of a seat.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// No person is signed in.
    Off,
    /// The seat takes no calls.
    NotReady {
        /// The reason.
        reason: NotReadyReason,
        /// The time at which it becomes ready by itself.
        back: Option<Timestamp>,
    },
    /// The seat can take a call.
    Ready,
    /// The seat is reserved for an offer: its phone alerts.
    Alerting {
        /// The offer.
        offer: OfferId,
        /// The call.
        call: CallId,
        /// The deadline of the offer.
        until: Timestamp,
    },
    /// The seat talks with a caller.
    Talking {
        /// The call.
        call: CallId,
        /// The start of the talk.
        since: Timestamp,
    },
    /// The seat is in wrap-up.
    WrapUp {
        /// The call before it.
        call: CallId,
        /// The start of the wrap-up.
        since: Timestamp,
        /// The time at which it ends by itself.
        until: Timestamp,
    },
}

/// The state of a seat's phone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Whether the phone can be reached.
    pub reachable: bool,
    /// Whether the phone is in a call that the dispatcher did not make.
    pub in_own_call: bool,
}

/// A seat at the end of the log, when the engine ended.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedSeat {
    /// The login of the person at the seat.
    pub login: Login,
    /// The work state.
    pub work: Option<WorkState>,
    /// Whether a person signed out, so that the seat does not sign in by itself.
    pub signed_out: bool,
    /// When not ready: the time at which it becomes ready by itself.
    pub back: Option<Timestamp>,
    /// When talking: the state that was requested for the time after the talk.
    pub next: Option<(AfterTalk, SeatActor)>,
}

impl Default for SeatState {
    fn default() -> SeatState {
        SeatState {
            login: Login::LoggedOut,
            work: Work::Off,
            device: Device::default(),
            next: None,
            idle_since: Timestamp::default(),
            answered: 0,
            talked: Duration::ZERO,
            last_offer: OfferId(0),
        }
    }
}

impl SeatState {
    /// Applies an event about this seat; other events change nothing.
    pub fn apply(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::SeatReached(_) => self.device.reachable = true,
            Event::SeatUnreached(_) => self.device.reachable = false,
            Event::SeatLoggedIn(e) => {
                if self.login == Login::LoggedOut {
                    self.work = Work::NotReady { reason: NotReadyReason::System, back: None };
                    self.answered = 0;
                    self.talked = Duration::ZERO;
                }
                self.login = Login::LoggedIn { agent: e.agent.clone() };
            }
            Event::SeatLoggedOut(_) => {
                self.stop_talking(at);
                self.login = Login::LoggedOut;
                self.work = Work::Off;
            }
            Event::SeatReady(_) => {
                self.stop_talking(at);
                self.work = Work::Ready;
                self.idle_since = at;
            }
            Event::SeatNotReady(e) => {
                self.stop_talking(at);
                self.work = Work::NotReady { reason: e.reason.clone(), back: e.back };
            }
            Event::SeatNextSet(e) => {
                self.next = e.next.clone().map(|next| (next, e.by.clone()));
            }
            Event::SeatWrapUpStarted(e) => {
                let since = match self.work {
                    // The same wrap-up was extended.
                    Work::WrapUp { call, since, .. } if call == e.call => since,
                    _ => at,
                };
                self.stop_talking(at);
                self.work = Work::WrapUp { call: e.call, since, until: e.until };
            }
            Event::OfferMade(e) => {
                self.work = Work::Alerting { offer: e.offer, call: e.call, until: e.until };
                self.last_offer = e.offer;
            }
            Event::OfferAccepted(e) => {
                self.work = Work::Talking { call: e.call, since: at };
                self.answered = self.answered.saturating_add(1);
            }
            // Nobody need be signed in where a call is transferred to.
            Event::TalkTaken(e) if self.is_logged_in() => {
                self.work = Work::Talking { call: e.call, since: at };
                self.answered = self.answered.saturating_add(1);
            }
            // The seat is as idle as before. The next event has the consequences for it.
            Event::OfferMissed(_) | Event::OfferWithdrawn(_) => self.work = Work::Ready,
            // The other events are not about seats.
            _ => {}
        }
    }

    /// The work state as in the log and the API; `None` when no person is signed in.
    pub fn work_state(&self) -> Option<WorkState> {
        Some(match &self.work {
            Work::Off => return None,
            Work::NotReady { reason, .. } => WorkState::NotReady { reason: reason.clone() },
            Work::Ready => WorkState::Ready,
            Work::Alerting { call, until, .. } => {
                WorkState::Alerting { call: *call, until: *until }
            }
            Work::Talking { call, .. } => WorkState::Talking { call: *call },
            Work::WrapUp { call, until, .. } => WorkState::WrapUp { call: *call, until: *until },
        })
    }

    /// The agent signed in, when known by name.
    pub fn agent(&self) -> Option<&AccountName> {
        match &self.login {
            Login::LoggedIn { agent } => agent.as_ref(),
            Login::LoggedOut => None,
        }
    }

    /// Whether a person is signed in.
    pub fn is_logged_in(&self) -> bool {
        self.login != Login::LoggedOut
    }

    /// The reason why the seat's phone cannot be rung.
    pub(crate) fn phone_problem(&self) -> Option<NotReadyReason> {
        match self.device {
            device if !device.reachable => Some(NotReadyReason::Unreachable),
            device if device.in_own_call => Some(NotReadyReason::Busy),
            _ => None,
        }
    }

    fn stop_talking(&mut self, at: Timestamp) {
        if let Work::Talking { since, .. } = self.work {
            self.talked = self.talked.saturating_add(at.since(since));
            self.next = None;
        }
    }
}
