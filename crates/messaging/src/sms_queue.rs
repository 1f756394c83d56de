//! SMS on their way to the gateway: in order, not at night, each until it is taken or given up.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use model::{
    Timestamp, Zone,
    desk::{DestinationId, MessagingEvent, SmsId, SmsOrder},
};

use super::{Backoff, Texts};

/// The hours in which nobody is woken by an SMS that can wait (hotline.md 2.3 T21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// From this second of the local day.
    pub from_s: u32,
    /// Until before this one; smaller than `from_s` when midnight lies between, equal for none.
    pub until_s: u32,
}

/// What holds for every SMS.
#[derive(Clone, Copy, Debug)]
pub struct SmsLimits {
    /// Not at these hours, unless urgent.
    pub quiet: QuietHours,
    /// Whose hours.
    pub zone: Zone,
    /// How long the gateway's answer may take before it counts as none.
    pub answer_within: Duration,
    /// How long to wait after the first failure, at most: usually [`Backoff::USUAL_FIRST`].
    pub first_wait: Duration,
}

/// The gateway's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsAnswer {
    /// It has it, under this name.
    Taken {
        /// Empty when it gives none.
        gateway_id: String,
    },
    /// It does not want this one.
    Refused {
        /// In its own words.
        why: String,
    },
    /// It takes nothing now.
    Later {
        /// What is in the way.
        why: String,
        /// It asked for this much time.
        after: Option<Duration>,
    },
}

/// What the queue is told.
#[derive(Clone, Debug)]
pub enum Input {
    /// An SMS was ordered.
    Ordered(SmsId, SmsOrder),
    /// The gateway answered about an SMS, or did not.
    Answered(SmsId, SmsAnswer),
    /// `poll_timeout` has come.
    Timeout,
}

/// What the queue wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Hand this to the gateway, under the key its id prints as.
    Send(SmsId, SmsOrder),
    /// Put this on record.
    Append(MessagingEvent),
}

/// The machine.
#[derive(Debug)]
pub struct SmsQueue {
    limits: SmsLimits,
    backoff: Backoff,
    waiting: BTreeMap<SmsId, Waiting>,
    /// On its way, and until when its answer is waited for.
    sent: Option<(SmsId, Timestamp)>,
    /// The gateway is left alone until then.
    rest_until: Option<Timestamp>,
    is_stuck: bool,
    outputs: VecDeque<Output>,
}

#[derive(Debug)]
struct Waiting {
    ordered: Timestamp,
    order: SmsOrder,
    refusals: u32,
    not_before: Timestamp,
}

impl SmsQueue {
    /// A queue that goes on where the record ends. `seed` is fresh chance.
    pub fn new(
        now: Timestamp,
        texts: &Texts,
        is_stuck: bool,
        limits: SmsLimits,
        seed: [u8; 32],
    ) -> SmsQueue {
        let waiting = texts.waiting().map(|(sms, ordered, order)| {
            (sms, Waiting { ordered, order: order.clone(), refusals: 0, not_before: ordered })
        });
        let mut queue = SmsQueue {
            limits,
            backoff: Backoff::new(limits.first_wait, seed),
            waiting: waiting.collect(),
            sent: None,
            rest_until: None,
            is_stuck,
            outputs: VecDeque::new(),
        };
        queue.send(now);
        queue
    }

    /// Take one input; then drain `poll_output`.
    pub fn handle_input(&mut self, now: Timestamp, input: Input) {
        match input {
            Input::Ordered(sms, order) => {
                let waiting = Waiting { ordered: now, order, refusals: 0, not_before: now };
                self.waiting.entry(sms).or_insert(waiting);
            }
            Input::Answered(sms, answer) => self.answered(now, sms, answer),
            Input::Timeout => self.timed_out(now),
        }
        self.send(now);
    }

    /// What to do next, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to send [`Input::Timeout`].
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        if let Some((_, until)) = self.sent {
            return Some(until);
        }
        let next = self.waiting.values().map(|sms| self.may_go(sms)).min()?;
        Some(next.max(self.rest_until.unwrap_or(next)))
    }

    /// How many are still to go.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// None is.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    fn answered(&mut self, now: Timestamp, sms: SmsId, answer: SmsAnswer) {
        let is_awaited = self.sent.is_some_and(|(sent, _)| sent == sms);
        if is_awaited {
            self.sent = None;
        }
        match answer {
            SmsAnswer::Taken { gateway_id } => {
                // Late or not: the gateway has it. Twice: it is on record already.
                if self.waiting.remove(&sms).is_some() {
                    self.worked();
                    self.append(MessagingEvent::SmsHanded { sms, gateway_id });
                }
            }
            // About a try that was given up: another is planned.
            _ if !is_awaited => {}
            SmsAnswer::Refused { why } => self.refused(now, sms, &why),
            SmsAnswer::Later { why, after } => self.rest(now, &why, after),
        }
    }

    /// A bad number stays bad, but gateways have bad moments: twice more, others in between.
    fn refused(&mut self, now: Timestamp, sms: SmsId, why: &str) {
        self.worked();
        let Some(waiting) = self.waiting.get_mut(&sms) else { return };
        waiting.refusals += 1;
        if waiting.refusals < REFUSALS_MAX {
            waiting.not_before = now + self.limits.first_wait * AFTER_REFUSAL * waiting.refusals;
            return;
        }
        self.waiting.remove(&sms);
        self.append(MessagingEvent::SmsFailed { sms, why: cut(why) });
    }

    fn rest(&mut self, now: Timestamp, why: &str, after: Option<Duration>) {
        self.rest_until = Some(now + self.backoff.failed(after));
        if self.backoff.failures() >= STUCK_AFTER && !self.is_stuck {
            self.is_stuck = true;
            let destination = DestinationId::sms_gateway();
            self.append(MessagingEvent::Stuck { destination, seq: 0, why: cut(why) });
        }
    }

    fn worked(&mut self) {
        self.backoff.worked();
        self.rest_until = None;
        if std::mem::take(&mut self.is_stuck) {
            let destination = DestinationId::sms_gateway();
            self.append(MessagingEvent::Resumed { destination });
        }
    }

    fn timed_out(&mut self, now: Timestamp) {
        if self.sent.is_some_and(|(_, until)| until <= now) {
            self.sent = None;
            let why = format!("no answer in {} s", self.limits.answer_within.as_secs());
            self.rest(now, &why, None);
        }
    }

    /// Send the first that may go, when nothing is in the way.
    fn send(&mut self, now: Timestamp) {
        self.give_up_the_old(now);
        if self.sent.is_some() || self.rest_until.is_some_and(|until| now < until) {
            return;
        }
        self.rest_until = None;
        let ready = |(_, sms): &(&SmsId, &Waiting)| self.may_go(sms) <= now;
        // Urgent ones first, then by age.
        let next =
            self.waiting.iter().filter(ready).min_by_key(|(id, sms)| (!sms.order.urgent, **id));
        if let Some((sms, waiting)) = next {
            let (sms, order) = (*sms, waiting.order.clone());
            self.sent = Some((sms, now + self.limits.answer_within));
            self.outputs.push_back(Output::Send(sms, order));
        }
    }

    /// An SMS about a deadline of last week helps nobody.
    fn give_up_the_old(&mut self, now: Timestamp) {
        let on_its_way = self.sent.map(|(sms, _)| sms);
        let is_old = |sms: &Waiting| now.since(sms.ordered) >= KEEPS;
        let old: Vec<SmsId> = (self.waiting.iter())
            .filter(|(id, sms)| is_old(sms) && on_its_way != Some(**id))
            .map(|(id, _)| *id)
            .collect();
        for sms in old {
            self.waiting.remove(&sms);
            let why = format!("not taken in {} hours", KEEPS.as_secs() / 3_600);
            self.append(MessagingEvent::SmsFailed { sms, why });
        }
    }

    /// The first moment this one may go.
    fn may_go(&self, sms: &Waiting) -> Timestamp {
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
    /// The first moment from `at` on that is not quiet.
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

/// Refusals after which a gateway is believed.
const REFUSALS_MAX: u32 = 3;
/// Times the first wait, times the refusals so far: usually a minute, and two.
const AFTER_REFUSAL: u32 = 60;
/// Failures in a row after which a person should know.
const STUCK_AFTER: u32 = 5;
/// A long weekend of a gateway's outage.
const KEEPS: Duration = Duration::from_secs(72 * 3_600);
const WHY_CHARS_MAX: usize = 200;
