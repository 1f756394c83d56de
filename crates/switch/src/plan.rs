//! The routing of calls: from trunk and dialled number to line, queue, skills and prompts.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use deadlines::calendar::Calendar;
use ivr::{Facts, Menu};
use media::PromptId;
use model::{
    LineId, NotReadyReason, Number, QueueId, Skill, Timestamp, TrunkId, Zone, event::RefusalCause,
};

/// The part of the config that is about calls, parsed.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The trunks by name.
    pub trunks: BTreeMap<TrunkId, TrunkPlan>,
    /// The outside numbers that agents may call, with `*` as in [`TrunkPlan::numbers`]. Empty: none
    /// but the emergency numbers.
    pub outbound_numbers: Vec<String>,
    /// The numbers that may always be called.
    pub emergency_numbers: Vec<String>,
    /// The lines by number.
    pub lines: BTreeMap<LineId, LinePlan>,
    /// The level of each skill that a queue requires, beside those of the line.
    pub queue_skills: BTreeMap<QueueId, BTreeMap<Skill, u8>>,
    /// The working days and the time zone, for menus; `None`: every day is one, in China.
    pub calendar: Option<Arc<Calendar>>,
    /// The queues whose callers may leave a message.
    pub voicemail: BTreeMap<QueueId, VoicemailPlan>,
    /// Callers who are rejected (CALL-15), and until when; `None`: without an end.
    pub blacklist: BTreeMap<Number, Option<Timestamp>>,
    /// The codes that a seat's phone dials to change its state.
    pub features: Features,
    /// The `Retry-After` of calls that are refused for lack of capacity, in seconds.
    pub retry_after_s: u32,
    /// Played before a call ends that left its queue without an answer.
    pub sorry: Vec<PromptId>,
    /// Played to a seat whose feature code was accepted.
    pub confirmed: Vec<PromptId>,
    /// Played to a seat whose feature code was rejected.
    pub denied: Vec<PromptId>,
    /// The playing time of each prompt, indexed by [`PromptId`].
    pub prompt_lengths: Vec<Duration>,
}

/// How the callers of a queue leave a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoicemailPlan {
    /// The prompts before the message; the last one is the tone.
    pub prompts: Vec<PromptId>,
    /// The key by which a waiting caller chooses it; `None`: only callers who leave the queue by a
    /// rule may leave a message.
    pub key: Option<char>,
    /// The longest message.
    pub max: Duration,
}

/// A trunk.
#[derive(Clone, Debug, Default)]
pub struct TrunkPlan {
    /// The numbers it may dial; a `*` at one end stands for any digits. Empty: all lines.
    pub numbers: Vec<String>,
    /// The most calls it may have at once.
    pub channels: Option<u32>,
    /// How outside numbers are called over it; `None`: they are not.
    pub outbound: Option<OutboundPlan>,
}

/// How outside numbers are called over a trunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundPlan {
    /// The address that calls are sent to.
    pub address: SocketAddr,
    /// The most calls sent to it at once.
    pub channels: u32,
    /// The number that the called party sees; `None`: the line that the caller dialled.
    pub caller_id: Option<Number>,
}

/// A menu with its prompts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuPlan {
    /// The graph.
    pub menu: Arc<Menu>,
    /// The prompts by name.
    pub prompts: BTreeMap<String, PromptId>,
}

/// A line that citizens dial.
#[derive(Clone, Debug)]
pub struct LinePlan {
    /// The name shown to the seat that the call is offered to; empty: the number is shown.
    pub name: String,
    /// The numbers that lead to it, with `*` as in [`TrunkPlan::numbers`].
    pub numbers: Vec<String>,
    /// The trunks that may bring calls to it. Empty: all.
    pub trunks: Vec<TrunkId>,
    /// The queue of its callers.
    pub queue: QueueId,
    /// The menu before the queue.
    pub menu: Option<Arc<MenuPlan>>,
    /// The level of each required skill, 1 to 10.
    pub skills: BTreeMap<Skill, u8>,
    /// 0 is ordinary; higher goes first.
    pub priority: u8,
    /// The prompts played when the call is answered.
    pub greeting: Vec<PromptId>,
    /// The music for waiting callers.
    pub music: PromptId,
    /// The announcements to waiting callers.
    pub announcements: Announcements,
}

/// The announcements to waiting callers.
#[derive(Clone, Debug, Default)]
pub struct Announcements {
    /// The prompts of the first announcement.
    pub first: Vec<PromptId>,
    /// The waiting time before the first announcement.
    pub first_after: Duration,
    /// The prompts of the following announcements.
    pub repeat: Vec<PromptId>,
    /// The time between announcements; `None`: they are not repeated.
    pub every: Option<Duration>,
}

/// The codes that a seat's phone dials; an empty code is disabled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features {
    /// Signs in.
    pub log_in: String,
    /// Signs out.
    pub log_out: String,
    /// Makes the seat ready, and ends its wrap-up.
    pub ready: String,
    /// Makes the seat not ready; a digit after it gives the reason.
    pub not_ready: String,
    /// The reason for each digit after `not_ready`; without a digit it is a break.
    pub reasons: BTreeMap<char, NotReadyReason>,
    /// Extends the wrap-up.
    pub extend: String,
    /// The length of each extension.
    pub extend_by: Duration,
}

impl Plan {
    /// Whether a caller is rejected now.
    pub fn is_blocked(&self, caller: &Number, now: Timestamp) -> bool {
        self.blacklist.get(caller).is_some_and(|until| until.is_none_or(|until| now < until))
    }

    /// The needs of a call in a queue when it comes by this line: levels of skills, and the priority.
    /// The skills of the line hold for its own queue.
    pub(crate) fn needs(&self, line: &LineId, queue: &QueueId) -> (BTreeMap<Skill, u8>, u8) {
        let line = self.lines.get(line);
        let priority = line.map(|line| line.priority).unwrap_or_default();
        let skills = match line.filter(|line| line.queue == *queue) {
            Some(line) => line.skills.clone(),
            None => self.queue_skills.get(queue).cloned().unwrap_or_default(),
        };
        (skills, priority)
    }

    /// The facts that a menu may ask about a caller now.
    pub(crate) fn facts<'a>(
        &self,
        now: Timestamp,
        caller: &'a Number,
        line: &'a LineId,
    ) -> Facts<'a> {
        let zone = self.calendar.as_ref().map_or(Zone::CHINA, |calendar| calendar.zone());
        let today = zone.date(now);
        Facts {
            minute: u16::try_from(zone.second_of_day(now) / 60).unwrap_or_default(),
            is_working_day: self.calendar.as_ref().is_none_or(|days| days.is_workday(today)),
            caller,
            line,
        }
    }

    /// The text that a seat's phone shows beside the caller's number: the name of the dialled line.
    pub fn display<'a>(&'a self, line: &'a LineId) -> &'a str {
        let named = self.lines.get(line).map(|plan| plan.name.as_str());
        named.filter(|name| !name.is_empty()).unwrap_or(line.as_str())
    }

    /// Whether an outside number may be called. Only digits and a leading `+` are a number: what else
    /// a URI may have would be a way around the plan.
    pub(crate) fn may_call(&self, number: &Number) -> bool {
        let dialled = number.reveal();
        let digits = dialled.strip_prefix('+').unwrap_or(dialled);
        let is_number = !digits.is_empty()
            && digits.len() <= NUMBER_MAX
            && digits.bytes().all(|digit| digit.is_ascii_digit());
        is_number
            && (self.is_emergency(number)
                || self.outbound_numbers.iter().any(|allowed| number.is_covered_by(allowed)))
    }

    /// Whether it is a number that may always be called.
    pub(crate) fn is_emergency(&self, number: &Number) -> bool {
        self.emergency_numbers.iter().any(|emergency| emergency == number.reveal())
    }

    /// The line that a number leads to, whatever the trunk.
    pub(crate) fn line_of_number(&self, dialled: &Number) -> Option<&LinePlan> {
        self.lines
            .values()
            .find(|line| line.numbers.iter().any(|number| dialled.is_covered_by(number)))
    }

    /// The line of a trunk's call, or the cause of its refusal.
    pub fn route(
        &self,
        trunk: &TrunkId,
        dialled: &Number,
    ) -> Result<(&LineId, &LinePlan), RefusalCause> {
        let allowed = self.trunks.get(trunk).is_some_and(|t| {
            t.numbers.is_empty() || t.numbers.iter().any(|n| dialled.is_covered_by(n))
        });
        if !allowed {
            return Err(RefusalCause::NoSuchLine);
        }
        self.lines
            .iter()
            .find(|(_, line)| {
                (line.trunks.is_empty() || line.trunks.contains(trunk))
                    && line.numbers.iter().any(|n| dialled.is_covered_by(n))
            })
            .ok_or(RefusalCause::NoSuchLine)
    }
}

/// The SIP status code of each refusal (RFC 3261 21).
pub fn refusal_code(refusal: RefusalCause) -> u16 {
    match refusal {
        RefusalCause::NoSuchLine => 404,
        RefusalCause::QueueFull => 486,
        RefusalCause::NoCodec => 488,
        RefusalCause::Blacklisted => 603,
        RefusalCause::BadRequest => 400,
        RefusalCause::UnsupportedBody => 415,
        RefusalCause::UnsupportedUri => 416,
        RefusalCause::UnsupportedExtension => 420,
        RefusalCause::TooManyHops => 483,
        RefusalCause::IntakeFull
        | RefusalCause::EngineFull
        | RefusalCause::NoPorts
        | RefusalCause::TrunkFull
        | RefusalCause::Draining
        | RefusalCause::LogFailed => 503,
    }
}

/// The digits of the longest telephone number (ITU-T E.164: 15) with an access code.
const NUMBER_MAX: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blacklist_entry_ends_at_its_time() {
        let (at, caller) = (Timestamp::from_micros, |n: &str| Number::new(n));
        let blacklist = BTreeMap::from([(caller("1"), None), (caller("2"), Some(at(10)))]);
        let plan = Plan { blacklist, ..Plan::default() };
        let blocked = |who: &str, now| plan.is_blocked(&caller(who), at(now));
        assert!(blocked("1", 99) && blocked("2", 9));
        assert!(!blocked("2", 10) && !blocked("3", 0));
    }

    #[test]
    fn display_is_the_lines_name_or_its_number() {
        let line = |name: &str| LinePlan {
            name: name.to_owned(),
            numbers: Vec::new(),
            trunks: Vec::new(),
            queue: QueueId::from("citizens"),
            menu: None,
            skills: BTreeMap::new(),
            priority: 0,
            greeting: Vec::new(),
            music: PromptId(0),
            announcements: Announcements::default(),
        };
        let [named, bare, gone] = ["12345", "12346", "12347"].map(LineId::from);
        let lines = [(named.clone(), line("市民热线")), (bare.clone(), line(""))];
        let plan = Plan { lines: BTreeMap::from(lines), ..Plan::default() };
        assert_eq!(
            [&named, &bare, &gone].map(|line| plan.display(line)),
            ["市民热线", "12346", "12347"]
        );
    }

    #[test]
    fn only_numbers_of_the_plan_and_emergency_numbers_may_be_called() {
        let plan = Plan {
            outbound_numbers: vec!["1*".to_owned(), "0371*".to_owned()],
            emergency_numbers: vec!["110".to_owned()],
            ..Plan::default()
        };
        let may = |number: &str| plan.may_call(&Number::new(number));
        assert!(may("13800001111") && may("037112345678") && may("110"));
        for refused in ["0086371", "+1900", "95588", "", "1;phone-context=x", "1@host"] {
            assert!(!may(refused), "{refused}");
        }
        assert!(
            Plan { emergency_numbers: vec!["110".to_owned()], ..Plan::default() }
                .may_call(&Number::new("110"))
        );
    }
}
