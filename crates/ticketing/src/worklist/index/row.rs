//! A piece of work as the index keeps it, and the lists it is in.

use std::{cmp::Ordering, sync::Arc};

use model::{
    AccountName,
    desk::{AreaId, GroupId, TopicId, UnitId},
};

use super::super::{WorkItem, WorkKey, WorkKind, WorkSubject};
use crate::rights::Right;

/// A piece of work as the index keeps it: by what lists are ordered and filtered.
#[derive(Debug, PartialEq, Eq)]
pub struct WorkRow {
    /// Its place in every list.
    pub key: WorkKey,
    /// The work to be done.
    pub work: WorkKind,
    /// Its subject.
    pub about: WorkSubject,
    pub(super) right: Right,
    pub(super) unit: Option<UnitId>,
    pub(super) state: Box<str>,
    pub(super) area: Option<AreaId>,
    pub(super) topic: Option<TopicId>,
    pub(super) group: Option<GroupId>,
    /// The accounts that may not do it because they worked on it; empty for work that does not exclude them.
    pub(super) worked_by: Box<[AccountName]>,
}

impl WorkRow {
    /// The row of an item.
    pub(super) fn of(item: WorkItem) -> WorkRow {
        WorkRow {
            key: item.key(),
            work: item.work,
            about: item.about,
            right: item.right,
            unit: item.unit,
            state: item.state.into(),
            area: item.area,
            topic: item.topic,
            group: item.group,
            worked_by: match is_for_others(item.right) {
                true => item.worked_by.into(),
                false => Box::default(),
            },
        }
    }

    /// Whether this account may not do it because it worked on it.
    pub(super) fn was_worked_on_by(&self, account: &AccountName) -> bool {
        self.worked_by.contains(account)
    }

    /// The lists it is in; none for work of an unknown unit, which no list shows.
    pub(super) fn lists(&self) -> Vec<ListKey> {
        let Some(scope) = self.scope() else { return Vec::new() };
        let mut parts = vec![ListPart::All, ListPart::State(self.state.clone())];
        if let Some(area) = &self.area {
            parts.extend(prefixes(area.as_str(), &AREA_LENGTHS).map(ListPart::Area));
        }
        if let Some(topic) = &self.topic {
            parts.extend(prefixes(topic.as_str(), &TOPIC_LENGTHS).map(ListPart::Topic));
        }
        parts.extend(self.group.as_ref().map(|group| ListPart::Group(group.as_str().into())));
        parts.extend(self.worked_by.iter().cloned().map(ListPart::WorkedBy));
        parts.into_iter().map(|part| (scope.clone(), part)).collect()
    }

    fn scope(&self) -> Option<WorkScope> {
        match self.work.is_of_unit() {
            true => Some(WorkScope::Unit(self.work, self.unit.clone()?)),
            false => Some(WorkScope::Hotline(self.work, self.right)),
        }
    }
}

/// Whether work with this right is for people who did not work on its ticket (hotline.md 2.7).
pub(super) fn is_for_others(right: Right) -> bool {
    right == Right::CallBack
}

/// The people whose work it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WorkScope {
    /// Everybody with this right.
    Hotline(WorkKind, Right),
    /// The people of this unit with the right that the work needs.
    Unit(WorkKind, UnitId),
}

/// The part of a scope's work that is in a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ListPart {
    /// All of it.
    All,
    /// In this state.
    State(Box<str>),
    /// In areas whose code begins with this.
    Area(Box<str>),
    /// Of topics whose code begins with this.
    Topic(Box<str>),
    /// Of this supervision group.
    Group(Box<str>),
    /// Work that this account may not do because it worked on it.
    WorkedBy(AccountName),
}

/// A list of the index.
pub(super) type ListKey = (WorkScope, ListPart);

impl ListPart {
    /// The list of areas whose code begins with `code`; `None` when there are no lists for codes of
    /// this length.
    pub(super) fn area(code: &str) -> Option<ListPart> {
        AREA_LENGTHS.contains(&code.len()).then(|| ListPart::Area(code.into()))
    }

    /// The same for topics.
    pub(super) fn topic(code: &str) -> Option<ListPart> {
        TOPIC_LENGTHS.contains(&code.len()).then(|| ListPart::Topic(code.into()))
    }
}

fn prefixes<'c>(code: &'c str, lengths: &'c [usize]) -> impl Iterator<Item = Box<str>> + 'c {
    lengths.iter().filter_map(|len| code.get(..*len)).map(Box::from)
}

/// A row in a list, ordered by its key.
#[derive(Clone, Debug)]
pub(super) struct Entry(pub(super) Arc<WorkRow>);

impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        self.0.key == other.0.key
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Entry) -> Ordering {
        self.0.key.cmp(&other.0.key)
    }
}

/// The lengths of codes of provinces, cities, counties, townships and communities (GB/T 2260,
/// GB/T 10114).
const AREA_LENGTHS: [usize; 5] = [2, 4, 6, 9, 12];
/// The lengths of codes of topics.
const TOPIC_LENGTHS: [usize; 3] = [2, 4, 6];
