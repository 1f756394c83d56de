//! Maintenance of the knowledge base: due, stale, missing, used and duplicate items (KB-02, F26).

use std::collections::BTreeMap;

use model::{
    Date,
    desk::{KnowledgeId, KnowledgeState, UnitId},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Item, Knowledge, check};

/// 知识库更新率 (hotline.md F26): items reviewed in time / items due for review.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UpdateRate {
    /// Reviewed in time.
    pub in_time: u32,
    /// With a review date in the period that has passed or was met.
    pub due: u32,
}

impl Knowledge {
    /// F26 from `from` to `to`, both inclusive, as known on `today`; of one unit or of all.
    ///
    /// An item counts once, however many of its review dates are in the period, and in time when
    /// none was missed. A date in the future that is not met yet does not count.
    pub fn update_rate(
        &self,
        from: Date,
        to: Date,
        today: Date,
        owner: Option<&UnitId>,
    ) -> UpdateRate {
        let mut rate = UpdateRate::default();
        for (_, item) in self.items() {
            let ours = |unit: &UnitId| owner.is_none_or(|owner| owner == unit);
            let in_period =
                item.dues.iter().filter(|due| from <= due.day && due.day <= to && ours(&due.owner));
            let mut known = in_period.filter(|due| due.met.is_some() || due.day < today).peekable();
            if known.peek().is_some() {
                rate.due += 1;
                let kept = known.all(|due| due.met.is_some_and(|met| met <= due.day));
                rate.in_time += u32::from(kept);
            }
        }
        rate
    }

    /// Items to be reviewed by `until`, the most urgent first.
    pub fn due_for_review(&self, until: Date, owner: Option<&UnitId>) -> Vec<(&KnowledgeId, Date)> {
        let live = self.items().filter(|(_, item)| item.state != KnowledgeState::Retired);
        let mut due: Vec<_> = live
            .filter_map(|(id, item)| {
                let due = item.open_due()?;
                let ours = owner.is_none_or(|owner| *owner == due.owner);
                (ours && due.day <= until).then_some((id, due.day))
            })
            .collect();
        due.sort_by_key(|(id, day)| (*day, *id));
        due
    }

    /// Published items that are past their review date or their validity.
    pub fn stale(&self, today: Date) -> Vec<(&KnowledgeId, &Item)> {
        let stale = |item: &Item| {
            let late = item.review_by().is_some_and(|day| day < today);
            let over = item.shown().and_then(|shown| shown.version.text.valid_to);
            item.published.is_some() && (late || over.is_some_and(|day| day < today))
        };
        self.items().filter(|(_, item)| stale(item)).collect()
    }

    /// Submitted items, which wait for the hub, the oldest first.
    pub fn to_review(&self) -> Vec<(&KnowledgeId, &Item)> {
        let mut submitted: Vec<_> =
            self.items().filter(|(_, item)| item.state == KnowledgeState::Submitted).collect();
        submitted.sort_by_key(|(id, item)| (item.changed, *id));
        submitted
    }

    /// The items used most from `from` to `to`, at most `limit`; unused items are left out.
    pub fn most_used(&self, from: Date, to: Date, limit: usize) -> Vec<(&KnowledgeId, u64)> {
        let uses = self.items().map(|(id, item)| (id, item.uses.between(from, to)));
        let mut used: Vec<_> = uses.filter(|(_, uses)| *uses > 0).collect();
        used.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        used.truncate(limit);
        used
    }

    /// Gaps, the most wanted first, then items with open reports.
    pub fn gaps(&self) -> Vec<(&KnowledgeId, &Item)> {
        let open = |item: &Item| item.is_gap() || !item.reports.is_empty();
        let mut gaps: Vec<_> = self.items().filter(|(_, item)| open(item)).collect();
        gaps.sort_by_key(|(id, item)| {
            let wanted = item.want.as_ref().filter(|_| item.is_gap()).map_or(0, |want| want.times);
            (std::cmp::Reverse((wanted, item.reports.len())), *id)
        });
        gaps
    }

    /// Questions that more than one item answers (KB-02 no duplicates).
    pub fn duplicate_questions(&self) -> Vec<(String, Vec<&KnowledgeId>)> {
        let mut by_question: BTreeMap<String, Vec<&KnowledgeId>> = BTreeMap::new();
        for (id, item) in self.items() {
            let Some(shown) = item.shown() else { continue };
            for question in &shown.version.text.questions {
                by_question.entry(check::plain(question)).or_default().push(id);
            }
        }
        by_question.into_iter().filter(|(_, ids)| ids.len() > 1).collect()
    }
}
