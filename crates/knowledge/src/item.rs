//! One item: its versions, who may read it, its review days, its uses and what is said against it.

use std::collections::{BTreeMap, VecDeque};

use model::{
    AccountName, Date, TicketId, Timestamp,
    desk::{
        Actor, KnowledgeEvent, KnowledgeState, KnowledgeText, ReviewVerdict, TopicId, UnitId,
        Visibility,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One item of the knowledge base, or the lack of one: a fold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// Where its newest version stands. An older one may be published all the while.
    pub state: KnowledgeState,
    /// Its versions, oldest first: at most [`Item::VERSIONS_MAX`], the published one among them.
    pub versions: VecDeque<Version>,
    /// The version people answer with, and who may read it.
    pub published: Option<(u32, Visibility)>,
    /// The days it had or has to be reviewed by, oldest first: at most [`Item::DUES_MAX`].
    pub dues: VecDeque<Due>,
    /// What was asked, when nobody has written it yet.
    pub want: Option<Want>,
    /// What is said against it and not settled: at most [`Item::REPORTS_MAX`].
    pub reports: Vec<Report>,
    /// Why it was sent back or retired, as said last.
    pub reason: String,
    /// How often it was answered with.
    pub uses: Uses,
    /// When anything but a use happened to it.
    pub changed: Timestamp,
}

/// One version of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Version {
    /// Its number, from 1.
    pub n: u32,
    /// What it says.
    pub text: KnowledgeText,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it; `None` when it was read from a file on the engine's own machine.
    pub by: Option<AccountName>,
}

/// What people read: a version and who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown<'a> {
    /// The version.
    pub version: &'a Version,
    /// Who may read it.
    pub visibility: Visibility,
}

/// A day by which an item has to be reviewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Due {
    /// The last day.
    pub day: Date,
    /// Whose duty it is.
    pub owner: UnitId,
    /// The day of the review.
    pub met: Option<Date>,
}

/// What was asked and has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Want {
    /// In the caller's words.
    pub question: String,
    /// What it is about.
    pub topic: Option<TopicId>,
    /// Where it came up first.
    pub ticket: Option<TicketId>,
    /// How often it was asked for.
    pub times: u32,
}

/// What somebody says is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Option<AccountName>,
    /// What.
    pub text: String,
    /// Where it came up.
    pub ticket: Option<TicketId>,
}

/// How often an item was answered with, by day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Uses {
    /// By day: the newest [`Uses::DAYS_MAX`] on which there was one.
    pub by_day: BTreeMap<u64, u32>,
    /// Before those.
    pub before: u64,
    /// The newest tickets it was used on: the same ticket counts once.
    recent: VecDeque<TicketId>,
}

impl Item {
    /// Versions kept here; the log keeps all.
    pub const VERSIONS_MAX: usize = 20;
    /// Review days kept here: five years of monthly reviews.
    pub const DUES_MAX: usize = 60;
    /// Open reports; who has so many against it needs no further one.
    pub const REPORTS_MAX: usize = 50;

    /// An item begins by being written or by being missed.
    pub(super) fn begin(at: Timestamp, by: &Actor, event: &KnowledgeEvent) -> Option<Item> {
        let mut item = Item {
            state: KnowledgeState::Wanted,
            versions: VecDeque::new(),
            published: None,
            dues: VecDeque::new(),
            want: None,
            reports: Vec::new(),
            reason: String::new(),
            uses: Uses::default(),
            changed: at,
        };
        match event {
            KnowledgeEvent::Wanted { question, topic, ticket } => {
                let (question, topic) = (question.clone(), topic.clone());
                item.want = Some(Want { question, topic, ticket: *ticket, times: 1 });
            }
            KnowledgeEvent::Written(text) => item.write(at, by, 1, text),
            _ => return None,
        }
        Some(item)
    }

    /// Something happened to it, on this day. What cannot have happened changes nothing.
    pub(super) fn apply(&mut self, at: Timestamp, today: Date, by: &Actor, event: &KnowledgeEvent) {
        match event {
            KnowledgeEvent::Wanted { .. } => {
                if let Some(want) = &mut self.want {
                    want.times = want.times.saturating_add(1);
                }
            }
            KnowledgeEvent::Written(text) if self.versions.is_empty() => {
                self.write(at, by, 1, text)
            }
            KnowledgeEvent::Revised { version, text } if *version == self.newest_n() + 1 => {
                self.write(at, by, *version, text);
            }
            // Said of a version that is another's, or that was overtaken.
            KnowledgeEvent::Written(_) | KnowledgeEvent::Revised { .. } => return,
            KnowledgeEvent::Submitted { .. } => self.state = KnowledgeState::Submitted,
            KnowledgeEvent::Reviewed { version, verdict } => self.review(today, *version, verdict),
            KnowledgeEvent::Published { version, visibility } => {
                if self.version(*version).is_none() {
                    return;
                }
                self.published = Some((*version, *visibility));
                if *version == self.newest_n() {
                    self.state = KnowledgeState::Published;
                }
            }
            KnowledgeEvent::Used { ticket, .. } => {
                self.uses.count(today, *ticket);
                // A use is no change: what is published stays as it was read.
                return;
            }
            KnowledgeEvent::Reported { text, ticket } => {
                if self.reports.len() < Item::REPORTS_MAX {
                    let by = by.account().cloned();
                    self.reports.push(Report { at, by, text: text.clone(), ticket: *ticket });
                }
            }
            KnowledgeEvent::Dismissed { reason } => {
                self.reports.clear();
                self.reason.clone_from(reason);
                if self.state == KnowledgeState::Wanted {
                    self.state = KnowledgeState::Retired;
                }
            }
            KnowledgeEvent::Retired { reason } => {
                self.state = KnowledgeState::Retired;
                self.published = None;
                self.reason.clone_from(reason);
                // A duty that had not come due goes with the item; one that was missed stays missed.
                self.dues.retain(|due| due.met.is_some() || due.day < today);
            }
        }
        self.changed = at;
    }

    /// The newest version.
    pub fn newest(&self) -> Option<&Version> {
        self.versions.back()
    }

    /// A version that is still kept here.
    pub fn version(&self, n: u32) -> Option<&Version> {
        self.versions.iter().find(|version| version.n == n)
    }

    /// What people read: the published version, else the newest as a draft; of gaps and retired ones nothing.
    pub fn shown(&self) -> Option<Shown<'_>> {
        if self.state == KnowledgeState::Retired {
            return None;
        }
        let published = self
            .published
            .and_then(|(n, visibility)| Some(Shown { version: self.version(n)?, visibility }));
        let draft = || Some(Shown { version: self.newest()?, visibility: Visibility::Draft });
        published.or_else(draft)
    }

    /// The unit that keeps it right.
    pub fn owner(&self) -> Option<&UnitId> {
        self.newest().map(|version| &version.text.owner)
    }

    /// The day of its next review.
    pub fn review_by(&self) -> Option<Date> {
        self.open_due().map(|due| due.day)
    }

    /// The duty to review it that is not met.
    pub fn open_due(&self) -> Option<&Due> {
        self.dues.back().filter(|due| due.met.is_none())
    }

    /// The number of its newest version; 0 when there is none.
    pub(super) fn newest_n(&self) -> u32 {
        self.newest().map_or(0, |version| version.n)
    }

    fn write(&mut self, at: Timestamp, by: &Actor, n: u32, text: &KnowledgeText) {
        let by = by.account().cloned();
        self.versions.push_back(Version { n, text: text.clone(), at, by });
        self.state = KnowledgeState::Draft;
        self.want = None;
        while self.versions.len() > Item::VERSIONS_MAX {
            let published = self.published.map(|(n, _)| n);
            let oldest = self.versions.iter().position(|version| Some(version.n) != published);
            self.versions.remove(oldest.unwrap_or(0));
        }
    }

    fn review(&mut self, today: Date, version: u32, verdict: &ReviewVerdict) {
        let Some(owner) = self.version(version).map(|version| version.text.owner.clone()) else {
            return;
        };
        match verdict {
            ReviewVerdict::Accepted { review_by } => {
                if let Some(due) = self.dues.back_mut().filter(|due| due.met.is_none()) {
                    due.met = Some(today);
                }
                self.dues.push_back(Due { day: *review_by, owner, met: None });
                if self.dues.len() > Item::DUES_MAX {
                    self.dues.pop_front();
                }
                self.reports.clear();
                self.reason.clear();
            }
            ReviewVerdict::SentBack { reason } => {
                self.state = KnowledgeState::SentBack;
                self.reason.clone_from(reason);
            }
        }
    }
}

impl Uses {
    /// Days kept one by one: two years and their comparison.
    pub const DAYS_MAX: usize = 800;
    /// Tickets remembered against counting one twice: more than answer with one item within a call.
    const RECENT_MAX: usize = 16;

    /// A ticket was answered with it.
    pub(super) fn count(&mut self, day: Date, ticket: TicketId) {
        if self.recent.contains(&ticket) {
            return;
        }
        self.recent.push_back(ticket);
        if self.recent.len() > Uses::RECENT_MAX {
            self.recent.pop_front();
        }
        *self.by_day.entry(day.as_yyyymmdd()).or_default() += 1;
        if self.by_day.len() > Uses::DAYS_MAX
            && let Some((_, oldest)) = self.by_day.pop_first()
        {
            self.before += u64::from(oldest);
        }
    }

    /// From `from` to `to`, both included.
    pub fn between(&self, from: Date, to: Date) -> u64 {
        if from > to {
            return 0;
        }
        let days = self.by_day.range(from.as_yyyymmdd()..=to.as_yyyymmdd());
        days.map(|(_, uses)| u64::from(*uses)).sum()
    }

    /// Ever.
    pub fn total(&self) -> u64 {
        self.before + self.by_day.values().map(|uses| u64::from(*uses)).sum::<u64>()
    }
}
