//! The queue of SMS for the gateway: in order, not in quiet hours, each until it is accepted or given up.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use model::{
    Timestamp, Zone,
    desk::{DestinationId, MessagingEvent, SmsId, SmsOrder},
};

use super::{Backoff, SmsHistory};

/// The hours in which only urgent SMS are sent (hotline.md 2.3, T21 quiet hours).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// The first second of the local day.
    pub from_s: u32,
    /// The second of the local day at which they end; smaller than `from_s` when they span midnight,
    /// equal for none.
    pub until_s: u32,
}

/// The limits of every SMS.
#[derive(Clone, Copy, Debug)]
pub struct SmsLimits {
    /// The quiet hours.
    pub quiet: QuietHours,
    /// Their time zone.
    pub zone: Zone,
    /// The timeout of a request.
    pub answer_within: Duration,
    /// The longest wait after the first failure, usually [`Backoff::USUAL_FIRST`].
    pub first_wait: Duration,
}

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsOutcome {
    /// The gateway accepted the SMS.
    Accepted {
        /// The gateway's id of it; empty without one.
        gateway_id: String,
    },
    /// The gateway rejected this SMS.
    Rejected {
        /// The response text.
        why: String,
    },
    /// The gateway cannot accept SMS now.
    Retry {
        /// The error.
        why: String,
        /// The wait that was asked for.
        after: Option<Duration>,
    },
}

/// The inputs of the queue.
#[derive(Clone, Debug)]
pub enum Input {
    /// An SMS was ordered.
    Ordered(SmsId, SmsOrder),
    /// The outcome of sending an SMS.
    Answered(SmsId, SmsOutcome),
    /// The time of `poll_timeout` has come.
    Timeout,
}

/// The outputs of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this to the gateway under the key its id prints as.
    Send(SmsId, SmsOrder),
    /// Append this event to the log.
    Append(MessagingEvent),
}

/// The state machine of the queue.
#[derive(Debug)]
pub struct SmsQueue {
    limits: SmsLimits,
    backoff: Backoff,
    waiting: BTreeMap<SmsId, Waiting>,
    /// The SMS in flight, and the deadline of its response.
    sent: Option<(SmsId, Timestamp)>,
    /// Nothing is sent before this time.
    paused_until: Option<Timestamp>,
    is_stuck: bool,
    outputs: VecDeque<Output>,
}

#[derive(Debug)]
struct Waiting {
    ordered: Timestamp,
    order: SmsOrder,
    rejections: u32,
    not_before: Timestamp,
}

impl SmsQueue {
    /// A queue that continues from the logged state. `seed` is random.
    pub fn new(
        now: Timestamp,
        texts: &SmsHistory,
        is_stuck: bool,
        limits: SmsLimits,
        seed: [u8; 32],
    ) -> SmsQueue {
        let waiting = texts.waiting().map(|(sms, ordered, order)| {
            (sms, Waiting { ordered, order: order.clone(), rejections: 0, not_before: ordered })
        });
        let mut queue = SmsQueue {
            limits,
            backoff: Backoff::new(limits.first_wait, seed),
            waiting: waiting.collect(),
            sent: None,
            paused_until: None,
            is_stuck,
            outputs: VecDeque::new(),
        };
        queue.send(now);
        queue
    }

    /// Handles one input. Drain `poll_output` afterwards.
    pub fn handle_input(&mut self, now: Timestamp, input: Input) {
        match input {
            Input::Ordered(sms, order) => {
                let waiting = Waiting { ordered: now, order, rejections: 0, not_before: now };
                self.waiting.entry(sms).or_insert(waiting);
            }
            Input::Answered(sms, outcome) => self.answered(now, sms, outcome),
            Input::Timeout => self.timed_out(now),
        }
        self.send(now);
    }

    /// The next output, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to send [`Input::Timeout`].
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        if let Some((_, until)) = self.sent {
            return Some(until);
        }
        let next = self.waiting.values().map(|sms| self.send_time(sms)).min()?;
        Some(next.max(self.paused_until.unwrap_or(next)))
    }

    /// The number of SMS that wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    fn answered(&mut self, now: Timestamp, sms: SmsId, outcome: SmsOutcome) {
        let is_awaited = self.sent.is_some_and(|(sent, _)| sent == sms);
        if is_awaited {
            self.sent = None;
        }
        match outcome {
            SmsOutcome::Accepted { gateway_id } => {
                // Even a late response counts. A second one is ignored.
                if self.waiting.remove(&sms).is_some() {
                    self.reset_backoff();
                    self.append(MessagingEvent::SmsHanded { sms, gateway_id });
                }
            }
            // This attempt was given up, and another is planned.
            _ if !is_awaited => {}
            SmsOutcome::Rejected { why } => self.rejected(now, sms, &why),
            SmsOutcome::Retry { why, after } => self.back_off(now, &why, after),
        }
    }

    /// A rejection may be a passing fault: the SMS is tried twice more, after others.
    fn rejected(&mut self, now: Timestamp, sms: SmsId, why: &str) {
        self.reset_backoff();
        let Some(waiting) = self.waiting.get_mut(&sms) else { return };
        waiting.rejections += 1;
        if waiting.rejections < REJECTIONS_MAX {
            waiting.not_before =
                now + self.limits.first_wait * AFTER_REJECTION * waiting.rejections;
            return;
        }
        self.waiting.remove(&sms);
        self.append(MessagingEvent::SmsFailed { sms, why: cut(why) });
    }

    fn back_off(&mut self, now: Timestamp, why: &str, after: Option<Duration>) {
        self.paused_until = Some(now + self.backoff.failed(after));
        if self.backoff.failures() >= STUCK_AFTER && !self.is_stuck {
            self.is_stuck = true;
            let destination = DestinationId::sms_gateway();
            self.append(MessagingEvent::Stuck { destination, seq: 0, why: cut(why) });
        }
    }

    fn reset_backoff(&mut self) {
        self.backoff.worked();
        self.paused_until = None;
        if std::mem::take(&mut self.is_stuck) {
            let destination = DestinationId::sms_gateway();
            self.append(MessagingEvent::Resumed { destination });
        }
    }

    fn timed_out(&mut self, now: Timestamp) {
        if self.sent.is_some_and(|(_, until)| until <= now) {
            self.sent = None;
            let why = format!("no answer in {} s", self.limits.answer_within.as_secs());
            self.back_off(now, &why, None);
        }
    }

    /// Sends the first SMS that may be sent, when none is in flight.
    fn send(&mut self, now: Timestamp) {
        self.give_up_old(now);
        if self.sent.is_some() || self.paused_until.is_some_and(|until| now < until) {
            return;
        }
        self.paused_until = None;
        let ready = |(_, sms): &(&SmsId, &Waiting)| self.send_time(sms) <= now;
        // Urgent SMS first, then by age.
        let next =
            self.waiting.iter().filter(ready).min_by_key(|(id, sms)| (!sms.order.urgent, **id));
        if let Some((sms, waiting)) = next {
            let (sms, order) = (*sms, waiting.order.clone());
            self.sent = Some((sms, now + self.limits.answer_within));
            self.outputs.push_back(Output::Send(sms, order));
        }
    }

    /// Gives up SMS that are too old to be useful.
    fn give_up_old(&mut self, now: Timestamp) {
        let on_its_way = self.sent.map(|(sms, _)| sms);
        let is_old = |sms: &Waiting| now.since(sms.ordered) >= MAX_AGE;
        let old: Vec<SmsId> = (self.waiting.iter())
            .filter(|(id, sms)| is_old(sms) && on_its_way != Some(**id))
            .map(|(id, _)| *id)
            .collect();
        for sms in old {
            self.waiting.remove(&sms);
            let why =
                format!("the gateway did not accept it within {} hours", MAX_AGE.as_secs() / 3_600);
            self.append(MessagingEvent::SmsFailed { sms, why });
        }
    }

    /// The earliest time at which an SMS may be sent.
    fn send_time(&self, sms: &Waiting) -> Timestamp {
        if sms.order.urgent {
            return sms.not_before;
        }
        self.limits.quiet.over_after(self.limits.zone, sms.not_before)
    }

    fn append(&mut self, event: MessagingEvent) {
        self.outputs.push_back(Output::Append(event));
    }
}

impl QuietHours {
    /// The first time from `at` on that is not quiet.
    pub fn over_after(self, zone: Zone, at: Timestamp) -> Timestamp {
        let second = zone.second_of_day(at);
        let (from, until) = (self.from_s, self.until_s);
        let (is_quiet, tomorrow) = if from <= until {
            ((from..until).contains(&second), false)
        } else {
            (second >= from || second < until, second >= from)
        };
        if !is_quiet {
            return at;
        }
        let date = zone.date(at);
        zone.moment(if tomorrow { date.plus(1) } else { date }, until)
    }
}

fn cut(why: &str) -> String {
    why.chars().filter(|c| !c.is_control()).take(WHY_CHARS_MAX).collect()
}

/// An SMS is given up after this many rejections.
const REJECTIONS_MAX: u32 = 3;
/// The wait after a rejection in multiples of the first wait and the rejections: usually one minute,
/// then two.
const AFTER_REJECTION: u32 = 60;
/// Failures in a row after which the gateway is reported as stuck.
const STUCK_AFTER: u32 = 5;
/// The maximum age: an outage of a long weekend.
const MAX_AGE: Duration = Duration::from_secs(72 * 3_600);
const WHY_CHARS_MAX: usize = 200;
