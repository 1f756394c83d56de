//! One item: its versions, visibility, review dates, uses and reports.

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

/// One item of the knowledge base, or a gap: a fold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// The state of the newest version. An older one may be published at the same time.
    pub state: KnowledgeState,
    /// The versions, oldest first: at most [`Item::VERSIONS_MAX`], including the published one.
    pub versions: VecDeque<Version>,
    /// The published version and its visibility.
    pub published: Option<(u32, Visibility)>,
    /// The past and present review dates, oldest first: at most [`Item::DUES_MAX`].
    pub dues: VecDeque<ReviewDate>,
    /// The question of a gap.
    pub want: Option<Want>,
    /// Open reports: at most [`Item::REPORTS_MAX`].
    pub reports: Vec<Report>,
    /// The last reason for sending it back or retiring it.
    pub reason: String,
    /// How often it was used in answers.
    pub uses: Uses,
    /// The last change; a use is not a change.
    pub changed: Timestamp,
}

/// One version of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Version {
    /// The number, from 1.
    pub n: u32,
    /// The text.
    pub text: KnowledgeText,
    /// When it was written.
    pub at: Timestamp,
    /// The author; `None` when it was imported on the command line.
    pub by: Option<AccountName>,
}

/// The visible version of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisibleVersion<'a> {
    /// The version.
    pub version: &'a Version,
    /// Its visibility.
    pub visibility: Visibility,
}

/// A review date of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewDate {
    /// The last day.
    pub day: Date,
    /// The unit that has to review.
    pub owner: UnitId,
    /// The day it was reviewed; `None` while it is open.
    pub met: Option<Date>,
}

/// A question without an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Want {
    /// In the caller's words.
    pub question: String,
    /// The topic.
    pub topic: Option<TopicId>,
    /// The first ticket with this question.
    pub ticket: Option<TicketId>,
    /// How often it was asked.
    pub times: u32,
}

/// A report that an item is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The time of the report.
    pub at: Timestamp,
    /// The account that reported it.
    pub by: Option<AccountName>,
    /// The text.
    pub text: String,
    /// The ticket on which it was noticed.
    pub ticket: Option<TicketId>,
}

/// How often an item was used in answers, by day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Uses {
    /// Uses by day (yyyymmdd): the newest [`Uses::DAYS_MAX`] days with a use.
    pub by_day: BTreeMap<u64, u32>,
    /// Uses before those days.
    pub before: u64,
    /// The newest tickets, so that a ticket counts once.
    recent: VecDeque<TicketId>,
}

impl Item {
    /// The maximum number of versions; the log has all.
    pub const VERSIONS_MAX: usize = 20;
    /// The maximum number of review dates: five years of monthly reviews.
    pub const DUES_MAX: usize = 60;
    /// The maximum number of open reports; more would tell the owner nothing new.
    pub const REPORTS_MAX: usize = 50;

    /// The item that begins with this event: written, or wanted as a gap.
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

    /// Applies an event of this day. An impossible event changes nothing.
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
            // A version that is not the next one: the event is ignored.
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
                // A use is not a change.
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
                // Review dates in the future are dropped; missed ones stay missed.
                self.dues.retain(|due| due.met.is_some() || due.day < today);
            }
        }
        self.changed = at;
    }

    /// The newest version.
    pub fn newest(&self) -> Option<&Version> {
        self.versions.back()
    }

    /// A version by its number, if it is still kept.
    pub fn version(&self, n: u32) -> Option<&Version> {
        self.versions.iter().find(|version| version.n == n)
    }

    /// The visible version: the published one, otherwise the newest as a draft; `None` for gaps and
    /// retired items.
    pub fn shown(&self) -> Option<VisibleVersion<'_>> {
        if self.state == KnowledgeState::Retired {
            return None;
        }
        let published = self.published.and_then(|(n, visibility)| {
            Some(VisibleVersion { version: self.version(n)?, visibility })
        });
        let draft =
            || Some(VisibleVersion { version: self.newest()?, visibility: Visibility::Draft });
        published.or_else(draft)
    }

    /// The unit that owns it.
    pub fn owner(&self) -> Option<&UnitId> {
        self.newest().map(|version| &version.text.owner)
    }

    /// The next review date.
    pub fn review_by(&self) -> Option<Date> {
        self.open_due().map(|due| due.day)
    }

    /// The review date that is not met yet.
    pub fn open_due(&self) -> Option<&ReviewDate> {
        self.dues.back().filter(|due| due.met.is_none())
    }

    /// The number of the newest version; 0 for a gap.
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
                self.dues.push_back(ReviewDate { day: *review_by, owner, met: None });
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
    /// The maximum number of single days: two years with the days to compare with.
    pub const DAYS_MAX: usize = 800;
    /// The number of remembered tickets: more than are answered with one item at the same time.
    const RECENT_MAX: usize = 16;

    /// Counts a use on a ticket.
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

    /// Uses from `from` to `to`, both inclusive.
    pub fn between(&self, from: Date, to: Date) -> u64 {
        if from > to {
            return 0;
        }
        let days = self.by_day.range(from.as_yyyymmdd()..=to.as_yyyymmdd());
        days.map(|(_, uses)| u64::from(*uses)).sum()
    }

    /// All uses.
    pub fn total(&self) -> u64 {
        self.before + self.by_day.values().map(|uses| u64::from(*uses)).sum::<u64>()
    }
}
