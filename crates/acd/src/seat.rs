//! One seat: its login, work and device states, three fields, as a fold over its events.

use std::time::Duration;

use model::{
    AccountName, CallId, Event, Login, NotReadyReason, OfferId, Timestamp, WorkState,
    event::{AfterTalk, SeatActor},
};

/// What a seat is. Changed by its events only, so that the log tells the whole of it;
/// `device.in_own_call` is of this run and dies with it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeatState {
    /// Who is signed in.
    pub login: Login,
    /// What they do.
    pub work: Work,
    /// What their phone does.
    pub device: Device,
    /// What happens when the talk ends, instead of wrap-up, and who asked for it.
    pub next: Option<(AfterTalk, SeatActor)>,
    /// Since when it counts as idle: kept over an offer that was taken back.
    pub idle_since: Timestamp,
    /// Calls taken since it signed in.
    pub answered: u32,
    /// Talked since it signed in.
    pub talked: Duration,
    /// The last offer made to it: round robin goes by this.
    pub last_offer: OfferId,
}

/// What the person at a seat does.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// Nobody is signed in.
    Off,
    /// Takes no calls.
    NotReady {
        /// Why.
        reason: NotReadyReason,
        /// When it is ready again by itself.
        back: Option<Timestamp>,
    },
    /// Can take a call.
    Ready,
    /// Reserved for an offer: its phone alerts.
    Alerting {
        /// The offer.
        offer: OfferId,
        /// The call.
        call: CallId,
        /// When it lapses.
        until: Timestamp,
    },
    /// With a caller.
    Talking {
        /// The call.
        call: CallId,
        /// Since when.
        since: Timestamp,
    },
    /// After-call work.
    WrapUp {
        /// The call it follows.
        call: CallId,
        /// Since when.
        since: Timestamp,
        /// When it ends by itself.
        until: Timestamp,
    },
}

/// What a seat's phone does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Whether it can be reached.
    pub reachable: bool,
    /// Whether it is in a call of its own.
    pub in_own_call: bool,
}

/// A seat as the log left it when the engine died.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedSeat {
    /// Who was signed in.
    pub login: Login,
    /// What they did.
    pub work: Option<WorkState>,
    /// Whether a person signed out, so that the seat does not sign in by itself.
    pub signed_out: bool,
    /// Not ready: when it is ready again by itself.
    pub back: Option<Timestamp>,
    /// Talking: what was to happen when the talk ends.
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
    /// Follow one event about this seat; others pass.
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
                    // The same wrap-up, extended.
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
            // Idle as before; what it cost the seat is said by the event that follows.
            Event::OfferMissed(_) | Event::OfferWithdrawn(_) => self.work = Work::Ready,
            // Not about seats.
            _ => {}
        }
    }

    /// The work state in the house's words; `None` when nobody is signed in.
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

    /// The person signed in, when known.
    pub fn agent(&self) -> Option<&AccountName> {
        match &self.login {
            Login::LoggedIn { agent } => agent.as_ref(),
            Login::LoggedOut => None,
        }
    }

    /// Whether somebody is signed in.
    pub fn is_logged_in(&self) -> bool {
        self.login != Login::LoggedOut
    }

    fn stop_talking(&mut self, at: Timestamp) {
        if let Work::Talking { since, .. } = self.work {
            self.talked = self.talked.saturating_add(at.since(since));
            self.next = None;
        }
    }
}
