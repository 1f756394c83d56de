//! Where a call belongs: trunk and dialled number to line, queue, skills and prompts.

use std::{collections::BTreeMap, time::Duration};

use media::PromptId;
use model::{
    LineId, NotReadyReason, Number, QueueId, Skill, Timestamp, TrunkId, event::RefusalCause,
};

/// What the config says about calls, after parsing.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// By name.
    pub trunks: BTreeMap<TrunkId, TrunkPlan>,
    /// By name.
    pub lines: BTreeMap<LineId, LinePlan>,
    /// Callers who are turned away (CALL-15), and until when; for ever, where no moment stands.
    pub blacklist: BTreeMap<Number, Option<Timestamp>>,
    /// What a seat's phone may dial to steer its own state.
    pub features: Features,
    /// Told to callers turned away for lack of room, in seconds.
    pub retry_after_s: u32,
    /// Played before a call is hung up because its queue let it go.
    pub sorry: Vec<PromptId>,
    /// Played to a seat whose feature code was taken.
    pub confirmed: Vec<PromptId>,
    /// Played to a seat whose feature code was not taken.
    pub denied: Vec<PromptId>,
    /// How long each prompt plays, at its [`PromptId`]'s place.
    pub prompt_lengths: Vec<Duration>,
}

/// One trunk.
#[derive(Clone, Debug, Default)]
pub struct TrunkPlan {
    /// The numbers it may dial; a `*` at either end stands for any digits. Empty: all lines.
    pub numbers: Vec<String>,
    /// How many calls it may have up at once.
    pub channels: Option<u32>,
}

/// One line citizens dial.
#[derive(Clone, Debug)]
pub struct LinePlan {
    /// Shown to the seat it is offered to; empty: its number is.
    pub name: String,
    /// The numbers that reach it, `*` as in [`TrunkPlan::numbers`].
    pub numbers: Vec<String>,
    /// The trunks that may bring calls to it. Empty: all.
    pub trunks: Vec<TrunkId>,
    /// Where its callers wait.
    pub queue: QueueId,
    /// What a seat must know, and how well (1 to 10).
    pub skills: BTreeMap<Skill, u8>,
    /// 0 is ordinary; higher goes first.
    pub priority: u8,
    /// Played on answer.
    pub greeting: Vec<PromptId>,
    /// Played while waiting.
    pub music: PromptId,
    /// Said to those who wait.
    pub announcements: Announcements,
}

/// What those who wait are told, and when.
#[derive(Clone, Debug, Default)]
pub struct Announcements {
    /// The first one.
    pub first: Vec<PromptId>,
    /// How long after joining.
    pub first_after: Duration,
    /// The following ones.
    pub repeat: Vec<PromptId>,
    /// How often; `None`: never.
    pub every: Option<Duration>,
}

/// The codes a seat's phone may dial; an empty one is switched off.
#[derive(Clone, Debug, Default)]
pub struct Features {
    /// Sign in.
    pub log_in: String,
    /// Sign out.
    pub log_out: String,
    /// Take calls; ends wrap-up.
    pub ready: String,
    /// Take no calls; a digit after it names the reason.
    pub not_ready: String,
    /// The digit after `not_ready` to its reason; no digit is a break.
    pub reasons: BTreeMap<char, NotReadyReason>,
    /// More time for after-call work.
    pub extend: String,
    /// How much more, each time.
    pub extend_by: Duration,
}

impl Plan {
    /// Whether a caller is turned away now.
    pub fn is_blocked(&self, caller: &Number, now: Timestamp) -> bool {
        self.blacklist.get(caller).is_some_and(|until| until.is_none_or(|until| now < until))
    }

    /// What a seat's phone shows beside the caller's number: which line they dialled.
    pub fn display<'a>(&'a self, line: &'a LineId) -> &'a str {
        let named = self.lines.get(line).map(|plan| plan.name.as_str());
        named.filter(|name| !name.is_empty()).unwrap_or(line.as_str())
    }

    /// The line a trunk's call belongs to, or why it is turned away.
    pub fn route(
        &self,
        trunk: &TrunkId,
        dialled: &Number,
    ) -> Result<(&LineId, &LinePlan), RefusalCause> {
        let allowed = self.trunks.get(trunk).is_some_and(|t| {
            t.numbers.is_empty() || t.numbers.iter().any(|n| covers(n, dialled.reveal()))
        });
        if !allowed {
            return Err(RefusalCause::NoSuchLine);
        }
        self.lines
            .iter()
            .find(|(_, line)| {
                (line.trunks.is_empty() || line.trunks.contains(trunk))
                    && line.numbers.iter().any(|n| covers(n, dialled.reveal()))
            })
            .ok_or(RefusalCause::NoSuchLine)
    }
}

/// The SIP answer for each way of being turned away (RFC 3261 21).
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

/// Whether a pattern with `*` at its start, its end, or neither covers a dialled number.
fn covers(pattern: &str, dialled: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(""), _) => true,
        (Some(tail), _) => dialled.ends_with(tail),
        (None, Some(head)) => dialled.starts_with(head),
        (None, None) => pattern == dialled,
    }
}

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
    fn patterns_match_prefix_suffix_or_all() {
        assert!(covers("12345", "12345"));
        assert!(!covers("12345", "123456"));
        assert!(covers("*12345", "+863712345"));
        assert!(covers("891*", "8912345"));
        assert!(covers("*", "anything"));
    }
}
