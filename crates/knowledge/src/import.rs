//! Importing items from a table: of a unit, of a merged line, or the shipped ones (KB-04 import).

use std::collections::BTreeSet;

use model::{
    Timestamp,
    desk::{Actor, KnowledgeEvent, KnowledgeId, KnowledgeState, ReviewVerdict, Visibility},
};

use super::{
    Item, Knowledge, check,
    rights::{self, Action},
    sheet::Row,
};
use workflow::{Fault, Refusal};

impl Knowledge {
    /// The events of an import: new items are written, changed ones revised, others left unchanged.
    ///
    /// With `publish`, rows that are not drafts are accepted and published with the visibility of the
    /// row, which needs the right to review. Otherwise all rows become drafts. All rows are imported
    /// or none.
    ///
    /// # Errors
    /// A missing right, or every fault, by the id of the item.
    pub fn import(
        &self,
        now: Timestamp,
        by: &Actor,
        rows: Vec<Row>,
        publish: bool,
    ) -> Result<Vec<(KnowledgeId, KnowledgeEvent)>, Refusal> {
        if publish {
            rights::may(by, Action::Review, None)?;
        }
        let mut faults = Vec::new();
        let mut events = Vec::new();
        let mut seen = BTreeSet::new();
        let mut new = 0;
        for row in rows {
            let item = self.item(&row.id);
            faults.extend(self.row_faults(now, by, &row, item, publish));
            if !seen.insert(row.id.clone()) {
                faults.push(Fault::new(format!("{}.id", row.id), "occurs twice; remove one"));
            }
            new += usize::from(item.is_none());
            take(&mut events, row, item, publish, |day| day.unwrap_or(self.next_review(now)));
        }
        if self.items.len() + new > Knowledge::ITEMS_MAX {
            let most = Knowledge::ITEMS_MAX;
            let what = format!("{new} new items are too many: at most {most} fit in all");
            faults.push(Fault::new("id", what));
        }
        Refusal::unless_none(faults)?;
        Ok(events)
    }

    /// Every visible item as a row.
    pub fn rows(&self) -> Vec<Row> {
        let row = |(id, item): (&KnowledgeId, &Item)| {
            let shown = item.shown()?;
            let text = shown.version.text.clone();
            let (visibility, review_by) = (shown.visibility, item.review_by());
            Some(Row { id: id.clone(), text, visibility, review_by })
        };
        self.items().filter_map(row).collect()
    }

    fn row_faults(
        &self,
        now: Timestamp,
        by: &Actor,
        row: &Row,
        item: Option<&Item>,
        publish: bool,
    ) -> Vec<Fault> {
        let mut faults = check::text(&row.text);
        faults.extend(check::id(&row.id));
        let owner = item.and_then(Item::owner);
        for owner in owner.into_iter().chain([&row.text.owner]) {
            if let Err(refusal) = rights::may(by, Action::Write, Some(owner)) {
                faults.push(Fault::new("owner", refusal.to_string()));
            }
        }
        if item.is_some_and(|item| item.state == KnowledgeState::Retired) {
            faults.push(Fault::new("id", "this item is retired; use another id for the new one"));
        }
        if let Some(day) = row.review_by.filter(|_| publish && row.visibility > Visibility::Draft) {
            faults.extend(self.review_fault(now, "review_by", day));
        }
        for fault in &mut faults {
            fault.field = format!("{}.{}", row.id, fault.field);
        }
        faults.dedup();
        faults
    }
}

/// Adds the events of one row.
fn take(
    events: &mut Vec<(KnowledgeId, KnowledgeEvent)>,
    row: Row,
    item: Option<&Item>,
    publish: bool,
    review_by: impl Fn(Option<model::Date>) -> model::Date,
) {
    let newest = item.and_then(Item::newest);
    let same = newest.is_some_and(|newest| newest.text == row.text);
    let version = newest.map_or(0, |newest| newest.n) + u32::from(!same);
    let publish = publish && row.visibility > Visibility::Draft;
    let shown = item.and_then(|item| item.published);
    let text = Box::new(row.text);
    let mut push = |event| events.push((row.id.clone(), event));
    match newest {
        _ if same => {}
        None => push(KnowledgeEvent::Written(text)),
        Some(_) => push(KnowledgeEvent::Revised { version, text }),
    }
    if publish && shown.map(|(n, _)| n) != Some(version) {
        let verdict = ReviewVerdict::Accepted { review_by: review_by(row.review_by) };
        push(KnowledgeEvent::Reviewed { version, verdict });
    }
    if publish && shown != Some((version, row.visibility)) {
        push(KnowledgeEvent::Published { version, visibility: row.visibility });
    }
}
