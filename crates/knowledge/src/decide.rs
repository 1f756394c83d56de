//! Deciding commands: the events that follow, or every fault at once.

use model::{
    Date, Timestamp,
    desk::{Actor, KnowledgeEvent, KnowledgeId, KnowledgeText, ReviewVerdict, UnitId, Visibility},
};

use super::{
    Item, Knowledge, KnowledgeCommand, ReviewAnswer, check,
    rights::{self, Action},
};
use workflow::{Fault, Refusal};

/// The events of a command, each with its item.
type Events = Vec<(KnowledgeId, KnowledgeEvent)>;

impl Knowledge {
    /// Days until the next review by default.
    pub const REVIEW_DAYS: i64 = 365;
    /// The longest time without a review: two years.
    pub const REVIEW_DAYS_MAX: i64 = 731;

    /// The events of a command of `by`.
    ///
    /// # Errors
    /// An unknown item, a missing right, a wrong state, or every fault of the command.
    pub fn decide(
        &self,
        now: Timestamp,
        by: &Actor,
        command: KnowledgeCommand,
    ) -> Result<Events, Refusal> {
        use KnowledgeCommand as C;
        match command {
            C::Want { question, topic, ticket } => {
                rights::may(by, Action::Want, None)?;
                let mut faults = Vec::from_iter(check::required_text("question", &question));
                if let Some(topic) = topic.as_ref().filter(|topic| !check::is_topic(topic)) {
                    faults.push(Fault::new("topic", format!("`{topic}` is not a topic code")));
                }
                let id = self.wanted(&question).cloned();
                if id.is_none() {
                    faults.extend(self.full());
                }
                Refusal::unless_none(faults)?;
                let id = id.unwrap_or_else(|| self.next_id());
                Ok(vec![(id, KnowledgeEvent::Wanted { question, topic, ticket })])
            }
            C::Write { id, text } => self.write(by, id, text),
            C::Revise { id, base, text } => self.revise(by, id, base, text),
            C::Submit { id } => {
                let version = self.on(by, Action::Submit, &id)?.newest_n();
                Ok(vec![(id, KnowledgeEvent::Submitted { version })])
            }
            C::Review { id, version, answer } => self.review(now, by, id, version, answer),
            C::Show { id, visibility } => {
                let item = self.on(by, Action::Show, &id)?;
                Refusal::unless_none(Vec::from_iter(draft_fault(visibility)))?;
                let version = item.published.map_or(0, |(version, _)| version);
                Ok(vec![(id, KnowledgeEvent::Published { version, visibility })])
            }
            C::Use { id, ticket } => {
                let item = self.on(by, Action::Use, &id)?;
                let version = item.published.map_or(0, |(version, _)| version);
                Ok(vec![(id, KnowledgeEvent::Used { ticket, version })])
            }
            C::Report { id, text, ticket } => {
                let item = self.on(by, Action::Report, &id)?;
                let mut faults = Vec::from_iter(check::required_text("text", &text));
                if item.reports.len() >= Item::REPORTS_MAX {
                    let what = "too many reports are open; the owner must settle them first";
                    faults.push(Fault::new("id", what));
                }
                Refusal::unless_none(faults)?;
                Ok(vec![(id, KnowledgeEvent::Reported { text, ticket })])
            }
            C::Dismiss { id, reason } => {
                self.on(by, Action::Dismiss, &id)?;
                Refusal::unless_none(Vec::from_iter(check::required_text("reason", &reason)))?;
                Ok(vec![(id, KnowledgeEvent::Dismissed { reason })])
            }
            C::Retire { id, reason } => {
                self.on(by, Action::Retire, &id)?;
                Refusal::unless_none(Vec::from_iter(check::required_text("reason", &reason)))?;
                Ok(vec![(id, KnowledgeEvent::Retired { reason })])
            }
        }
    }

    fn write(
        &self,
        by: &Actor,
        id: Option<KnowledgeId>,
        text: Box<KnowledgeText>,
    ) -> Result<Events, Refusal> {
        rights::may(by, Action::Write, Some(&text.owner))?;
        let mut faults = check::text(&text);
        if let Some(id) = &id {
            faults.extend(check::id(id));
            if let Some(item) = self.item(id) {
                rights::now(by, Action::Write, item)?;
            }
        }
        if id.as_ref().is_none_or(|id| self.item(id).is_none()) {
            faults.extend(self.full());
        }
        Refusal::unless_none(faults)?;
        let id = id.unwrap_or_else(|| self.next_id());
        Ok(vec![(id, KnowledgeEvent::Written(text))])
    }

    fn revise(
        &self,
        by: &Actor,
        id: KnowledgeId,
        base: u32,
        text: Box<KnowledgeText>,
    ) -> Result<Events, Refusal> {
        let item = self.on(by, Action::Revise, &id)?;
        // Only the hub may give an item to another unit.
        rights::may(by, Action::Revise, Some(&text.owner))?;
        let mut faults = check::text(&text);
        let newest = item.newest_n();
        if base != newest {
            faults
                .push(Fault::new("base", format!("the newest version is {newest}; read it first")));
        }
        Refusal::unless_none(faults)?;
        Ok(vec![(id, KnowledgeEvent::Revised { version: newest + 1, text })])
    }

    fn review(
        &self,
        now: Timestamp,
        by: &Actor,
        id: KnowledgeId,
        version: u32,
        answer: ReviewAnswer,
    ) -> Result<Events, Refusal> {
        let item = self.on(by, Action::Review, &id)?;
        let newest = item.newest_n();
        let author = item.newest().and_then(|version| version.by.as_ref());
        if author.is_some() && author == by.account() {
            let why = "authors cannot review their own version".to_owned();
            return Err(Refusal::Forbidden { why, roles: Vec::new() });
        }
        let mut faults = Vec::new();
        if version != newest {
            faults.push(Fault::new("version", format!("version {newest} waits for review")));
        }
        match answer {
            ReviewAnswer::SendBack { reason } => {
                faults.extend(check::required_text("answer.reason", &reason));
                Refusal::unless_none(faults)?;
                let verdict = ReviewVerdict::SentBack { reason };
                Ok(vec![(id, KnowledgeEvent::Reviewed { version, verdict })])
            }
            ReviewAnswer::Accept { review_by, visibility } => {
                faults.extend(draft_fault(visibility));
                let review_by = review_by.unwrap_or_else(|| self.next_review(now));
                faults.extend(self.review_fault(now, "answer.review_by", review_by));
                Refusal::unless_none(faults)?;
                let verdict = ReviewVerdict::Accepted { review_by };
                let reviewed = KnowledgeEvent::Reviewed { version, verdict };
                let published = KnowledgeEvent::Published { version, visibility };
                Ok(vec![(id.clone(), reviewed), (id, published)])
            }
        }
    }

    /// The item, if `by` may do this with it now.
    fn on(&self, by: &Actor, action: Action, id: &KnowledgeId) -> Result<&Item, Refusal> {
        let item = self.item(id).ok_or_else(|| Refusal::not_found(format!("item {id}")))?;
        rights::may(by, action, item.owner())?;
        rights::now(by, action, item)?;
        Ok(item)
    }

    /// The default date of the next review.
    pub(super) fn next_review(&self, now: Timestamp) -> Date {
        self.zone.date(now).plus(Knowledge::REVIEW_DAYS)
    }

    /// The fault of a review date.
    pub(super) fn review_fault(&self, now: Timestamp, field: &str, day: Date) -> Option<Fault> {
        let today = self.zone.date(now);
        let last = today.plus(Knowledge::REVIEW_DAYS_MAX);
        let right = check::is_date(day) && today < day && day <= last;
        let what = || format!("{day} is not possible; name a day after {today} and up to {last}");
        (!right).then(|| Fault::new(field, what()))
    }

    /// The fault of a full knowledge base.
    pub(super) fn full(&self) -> Option<Fault> {
        let most = Knowledge::ITEMS_MAX;
        let what = || format!("the knowledge base is full: {most} items");
        (self.items.len() >= most).then(|| Fault::new("id", what()))
    }

    /// The gap with the same question.
    fn wanted(&self, question: &str) -> Option<&KnowledgeId> {
        let asked = check::plain(question);
        let same = |item: &Item| {
            let want = item.want.as_ref().filter(|_| item.is_gap());
            want.is_some_and(|want| check::plain(&want.question) == asked)
        };
        self.items().find(|(_, item)| same(item)).map(|(id, _)| id)
    }
}

impl Item {
    /// Whether it is wanted and not written yet.
    pub fn is_gap(&self) -> bool {
        self.state == model::desk::KnowledgeState::Wanted
    }

    /// Whether a unit owns it.
    pub fn is_of(&self, unit: &UnitId) -> bool {
        self.owner() == Some(unit)
    }
}

fn draft_fault(visibility: Visibility) -> Option<Fault> {
    let what = "a published item is internal or public; retire the item to hide it";
    (visibility == Visibility::Draft).then(|| Fault::new("visibility", what))
}
