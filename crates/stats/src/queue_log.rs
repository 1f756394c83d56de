//! The log as lines of Asterisk's `queue_log`, so that QueueMetrics and Asternic can read it.
//!
//! A line is `seconds|call|queue|agent|EVENT|data…`. The fold keeps what a line needs and its
//! event does not have: the queue of an offer, the position at joining.

use std::collections::BTreeMap;

use model::{
    AccountName, CallId, Event, Number, QueueId, Record, SeatId, Timestamp,
    event::{AdoptionCause, CallEnd, QueueExit, TransferTarget},
};

/// Converts records into `queue_log` lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueLog {
    callers: BTreeMap<CallId, Number>,
    visits: BTreeMap<CallId, Visit>,
    seats: BTreeMap<SeatId, SeatLogin>,
    /// The state of an emergency log that is being imported: its seats have other agents.
    imported: Option<Box<QueueLog>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Visit {
    queue: QueueId,
    joined_at: u32,
    since: Timestamp,
    connected: Option<(SeatId, u64)>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct SeatLogin {
    agent: Option<AccountName>,
    since: Timestamp,
    is_paused: bool,
}

impl QueueLog {
    /// The state before the first record.
    pub fn new() -> QueueLog {
        QueueLog::default()
    }

    /// The line of a record, or its two lines; `None` when Asterisk writes none. Telephone numbers are masked.
    pub fn line(&mut self, record: &Record) -> Option<String> {
        let at = record.at;
        let (call, queue, agent, words) = match &record.event {
            Event::RecordImported(e) => {
                return self.imported.get_or_insert_default().line(&e.record);
            }
            Event::EmergencyImported(_) => {
                self.imported = None;
                return None;
            }
            Event::EngineStarted(_) => (None, None, None, "QUEUESTART".to_owned()),
            Event::ConfigAdopted(e) if e.cause != AdoptionCause::Start => {
                (None, None, None, "CONFIGRELOAD".to_owned())
            }
            Event::CallArrived(e) => {
                self.callers.insert(e.call, e.caller.clone());
                return None;
            }
            Event::CallQueued(e) => {
                let (queue, joined_at) = (e.queue.clone(), e.position);
                let visit = Visit { queue, joined_at, since: at, connected: None };
                self.visits.insert(e.call, visit);
                let caller = self.callers.get(&e.call).map(Number::to_string).unwrap_or_default();
                let words = format!("ENTERQUEUE||{caller}|{}", e.position);
                (Some(e.call), Some(e.queue.clone()), None, words)
            }
            Event::CallConnected(e) => {
                if let Some(visit) = self.visits.get_mut(&e.call) {
                    visit.connected = Some((e.seat, e.wait_ms));
                }
                let words = format!("CONNECT|{}|{}|{}", s(e.wait_ms), e.call, s(e.ring_ms));
                (Some(e.call), Some(e.queue.clone()), Some(e.seat), words)
            }
            Event::CallTransferred(e) => {
                let visit = self.visits.remove(&e.call)?;
                let hold = s(visit.connected.map_or(0, |(_, wait_ms)| wait_ms));
                let to = match &e.to {
                    TransferTarget::Seat(seat) => seat.to_string(),
                    TransferTarget::Queue(queue) => plain(queue.as_str()),
                    TransferTarget::Number(number) => plain(&number.to_string()),
                };
                let word = if e.attended { "ATTENDEDTRANSFER" } else { "BLINDTRANSFER" };
                // Asterisk names the extension and its context before the times.
                let words =
                    format!("{word}|{to}|heartline|{hold}|{}|{}", s(e.talk_ms), visit.joined_at);
                (Some(e.call), Some(visit.queue), Some(e.seat), words)
            }
            Event::OfferMissed(e) => {
                let words = format!("RINGNOANSWER|{}", e.ring_ms);
                (Some(e.call), self.queue_of(e.call), Some(e.seat), words)
            }
            Event::OfferWithdrawn(e) => {
                let words = format!("RINGCANCELED|{}", e.ring_ms);
                (Some(e.call), self.queue_of(e.call), Some(e.seat), words)
            }
            Event::CallMoved(e) => {
                // Every ENTERQUEUE has a closing line in its queue, so that this is two lines.
                let places = self.places(e.call);
                let visit = self.visits.get_mut(&e.call)?;
                let waited = s(at.ms_since(visit.since));
                (visit.queue, visit.joined_at) = (e.to.clone(), e.position);
                let (call, from) = (Some(e.call), Some(e.from.clone()));
                let left =
                    self.write(at, call, from, None, &format!("EXITWITHTIMEOUT|{places}|{waited}"));
                let caller = self.callers.get(&e.call).map(Number::to_string).unwrap_or_default();
                let words = format!("ENTERQUEUE||{caller}|{}", e.position);
                let entered = self.write(at, call, Some(e.to.clone()), None, &words);
                return Some(format!("{left}\n{entered}"));
            }
            Event::CallLeftQueue(e) => {
                let word = match e.exit {
                    QueueExit::Timeout | QueueExit::Overflow => "EXITWITHTIMEOUT",
                    QueueExit::Empty | QueueExit::Draining => "EXITEMPTY",
                    // Asterisk names the key before the positions; the log has it as a key press.
                    QueueExit::Voicemail => "EXITWITHKEY|",
                };
                let places = self.places(e.call);
                self.visits.remove(&e.call);
                let words = format!("{word}|{places}|{}", s(e.wait_ms));
                (Some(e.call), Some(e.queue.clone()), None, words)
            }
            Event::CallEnded(e) => {
                self.callers.remove(&e.call);
                let places = self.places(e.call);
                let visit = self.visits.remove(&e.call)?;
                match visit.connected {
                    Some((seat, wait_ms)) => {
                        let word = completed(e.end);
                        let (hold, talk) = (s(wait_ms), s(e.talk_ms));
                        let words = format!("{word}|{hold}|{talk}|{}", visit.joined_at);
                        (Some(e.call), Some(visit.queue), Some(seat), words)
                    }
                    // Every ENTERQUEUE needs a closing line, whatever ended the call.
                    None => {
                        let words = format!("ABANDON|{places}|{}", s(at.ms_since(visit.since)));
                        (Some(e.call), Some(visit.queue), None, words)
                    }
                }
            }
            Event::SeatLoggedIn(e) => {
                let login = self.seats.entry(e.seat).or_default();
                let was_in = login.since != Timestamp::default();
                login.agent = e.agent.clone();
                if was_in {
                    return None;
                }
                login.since = at;
                (None, None, Some(e.seat), format!("AGENTLOGIN|SIP/{}", e.seat))
            }
            Event::SeatLoggedOut(e) => {
                let words = {
                    let since = self.seats.get(&e.seat).map_or(at, |login| login.since);
                    format!("AGENTLOGOFF|SIP/{}|{}", e.seat, s(at.ms_since(since)))
                };
                let line = self.write(at, None, None, Some(e.seat), &words);
                self.seats.remove(&e.seat);
                return Some(line);
            }
            Event::SeatNotReady(e) => {
                self.seats.entry(e.seat).or_default().is_paused = true;
                (None, None, Some(e.seat), format!("PAUSEALL|{}", e.reason.as_str()))
            }
            Event::SeatReady(e) => {
                let login = self.seats.entry(e.seat).or_default();
                if !std::mem::take(&mut login.is_paused) {
                    // The end of wrap-up: the seat was not paused.
                    return None;
                }
                (None, None, Some(e.seat), "UNPAUSEALL".to_owned())
            }
            // Asterisk has no line for it.
            _ => return None,
        };
        Some(self.write(at, call, queue, agent, &words))
    }

    fn write(
        &self,
        at: Timestamp,
        call: Option<CallId>,
        queue: Option<QueueId>,
        seat: Option<SeatId>,
        words: &str,
    ) -> String {
        let none = || "NONE".to_owned();
        let agent = |seat: SeatId| match self.seats.get(&seat).and_then(|s| s.agent.as_ref()) {
            Some(agent) => plain(agent.as_str()),
            None => format!("SIP/{seat}"),
        };
        format!(
            "{}|{}|{}|{}|{words}",
            at.micros() / 1_000_000,
            call.map_or_else(none, |call| call.to_string()),
            queue.map_or_else(none, |queue| plain(queue.as_str())),
            seat.map_or_else(none, agent),
        )
    }

    fn queue_of(&self, call: CallId) -> Option<QueueId> {
        self.visits.get(&call).map(|visit| visit.queue.clone())
    }

    /// The positions of a waiting call now and when it joined, as `now|then`.
    fn places(&self, call: CallId) -> String {
        let Some(visit) = self.visits.get(&call) else { return "1|1".to_owned() };
        let ahead = self.visits.iter().filter(|(other, v)| {
            v.connected.is_none()
                && v.queue == visit.queue
                && (v.since, **other) < (visit.since, call)
        });
        format!("{}|{}", ahead.count() + 1, visit.joined_at)
    }
}

/// A name without the separators of a line.
fn plain(name: &str) -> String {
    name.replace(['|', '\n', '\r'], "_")
}

/// Whole seconds, as Asterisk writes them.
fn s(ms: u64) -> u64 {
    ms / 1_000
}

fn completed(end: CallEnd) -> &'static str {
    match end {
        CallEnd::CallerHungUp | CallEnd::Abandoned | CallEnd::Lost => "COMPLETECALLER",
        CallEnd::SeatHungUp
        | CallEnd::QueueExit
        | CallEnd::Refused
        | CallEnd::Drained
        | CallEnd::NodeFailed
        | CallEnd::Fault
        | CallEnd::SupervisorHungUp
        | CallEnd::OutsideHungUp
        | CallEnd::MessageLeft
        | CallEnd::LeftInMenu
        | CallEnd::MenuEnded => "COMPLETEAGENT",
    }
}
