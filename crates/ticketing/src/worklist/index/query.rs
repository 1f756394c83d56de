//! A page of a work list from the index.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
    sync::Arc,
};

use model::{
    AccountName, Timestamp,
    desk::{Actor, OrderLevel, UnitId},
};

use super::super::{WorkKey, WorkKind};
use super::{
    WorkIndex,
    row::{Entry, ListPart, WorkRow, WorkScope, is_for_others},
    sorted_set::SortedSet,
};
use crate::rights::{self, Right};

/// A request for a page of a work list.
#[derive(Clone, Copy, Debug)]
pub struct WorkQuery<'q> {
    /// The person or the units.
    pub whose: Whose<'q>,
    /// The part of their work.
    pub filter: &'q WorkFilter,
    /// Only work after this place.
    pub after: Option<&'q WorkKey>,
    /// The most rows of a page.
    pub limit: usize,
}

/// The person or the units to whom the work of a list belongs.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'q> {
    /// The work that waits for a person. `hubs`: the units that are the hotline itself.
    Person {
        /// The person.
        by: &'q Actor,
        /// The units that are the hotline itself.
        hubs: &'q BTreeSet<UnitId>,
    },
    /// The work that waits in these units.
    Units(&'q BTreeSet<UnitId>),
}

/// The filters of a work list. A field that is `None` leaves nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkFilter {
    /// The kind of work.
    pub work: Option<WorkKind>,
    /// The state of its subject, as a word of the API.
    pub state: Option<String>,
    /// Only work due before this moment.
    pub due_before: Option<Timestamp>,
    /// Only work in areas whose code begins with this.
    pub area: Option<String>,
    /// Only work of topics whose code begins with this.
    pub topic: Option<String>,
    /// Only work of this supervision group.
    pub group: Option<String>,
}

/// A page of a work list.
#[derive(Clone, Debug, Default)]
pub struct WorkPage {
    /// The rows, most urgent first.
    pub rows: Vec<Arc<WorkRow>>,
    /// The number of rows on all pages; when `cut`, the number of those that were read.
    pub total: usize,
    /// The place after which the next page begins; `None` on the last one.
    pub next: Option<WorkKey>,
    /// Whether the filters needed more rows than one request reads ([`ROWS_READ_MAX`]).
    pub cut: bool,
}

impl WorkFilter {
    fn matches(&self, row: &WorkRow) -> bool {
        let begins = |code: Option<&str>, with: &Option<String>| {
            with.as_deref().is_none_or(|with| code.is_some_and(|code| code.starts_with(with)))
        };
        self.work.is_none_or(|work| work == row.work)
            && self.state.as_deref().is_none_or(|state| *state == *row.state)
            && self.due_before.is_none_or(|then| row.key.is_due_before(then))
            && begins(row.area.as_ref().map(|area| area.as_str()), &self.area)
            && begins(row.topic.as_ref().map(|topic| topic.as_str()), &self.topic)
            && self
                .group
                .as_deref()
                .is_none_or(|name| row.group.as_ref().is_some_and(|group| group.as_str() == name))
    }

    /// The lists that the filters name, and whether one list answers all of them. The kind of work
    /// and the due date need no list of their own: they are the scope and the order.
    fn parts(&self) -> (Vec<ListPart>, bool) {
        let named = [
            self.state.as_deref().map(|state| Some(ListPart::State(state.into()))),
            self.area.as_deref().map(ListPart::area),
            self.topic.as_deref().map(ListPart::topic),
            self.group.as_deref().map(|group| Some(ListPart::Group(group.into()))),
        ];
        let named: Vec<Option<ListPart>> = named.into_iter().flatten().collect();
        let is_one = named.len() <= 1 && named.iter().all(Option::is_some);
        (named.into_iter().flatten().collect(), is_one)
    }

    fn is_in_time(&self, row: &WorkRow) -> bool {
        self.due_before.is_none_or(|then| row.key.is_due_before(then))
    }
}

impl Whose<'_> {
    /// The scopes of the work that the person or the unit has to do.
    fn scopes(&self, work: Option<WorkKind>) -> Vec<WorkScope> {
        let kinds = WorkKind::ALL.into_iter().filter(|kind| work.is_none_or(|work| work == *kind));
        match self {
            Whose::Units(units) => {
                let of_units = kinds.filter(|kind| kind.is_of_unit());
                of_units
                    .flat_map(|kind| units.iter().map(move |unit| (kind, unit)))
                    .map(|(kind, unit)| WorkScope::Unit(kind, unit.clone()))
                    .collect()
            }
            Whose::Person { by, hubs } => {
                kinds.flat_map(|kind| scopes_of(by, hubs, kind)).collect()
            }
        }
    }

    /// The account whose own work is left out where the work is for others.
    fn account(&self) -> Option<&AccountName> {
        match self {
            Whose::Person { by, .. } => by.account(),
            Whose::Units(_) => None,
        }
    }
}

/// The scopes of this kind of work that a person has. It is the rule of
/// [`WorkItem::is_for`](super::super::WorkItem::is_for).
fn scopes_of(by: &Actor, hubs: &BTreeSet<UnitId>, kind: WorkKind) -> Vec<WorkScope> {
    let may = |right: Right| rights::check(by, right).is_ok();
    if !kind.is_of_unit() {
        let rights = match kind {
            WorkKind::ApproveOrder => ORDER_LEVELS.map(Right::approve_order).to_vec(),
            _ => vec![kind.right()],
        };
        let mine = rights.into_iter().filter(|right| may(*right));
        return mine.map(|right| WorkScope::Hotline(kind, right)).collect();
    }
    // The hotline's own groups review for it.
    let is_by_hub = |unit: &&UnitId| kind == WorkKind::Review && hubs.contains(*unit);
    let own = by.unit().filter(|unit| !is_by_hub(unit) && may(kind.right()));
    let mut scopes: Vec<WorkScope> =
        own.map(|unit| WorkScope::Unit(kind, unit.clone())).into_iter().collect();
    if kind == WorkKind::Review && may(Right::ReviewAsHub) {
        scopes.extend(hubs.iter().map(|hub| WorkScope::Unit(kind, hub.clone())));
    }
    scopes
}

/// One list that a page is read from.
struct Source<'i> {
    rows: &'i SortedSet<Entry>,
    /// The rows of the same scope that are not for the person who asks.
    not_theirs: Option<&'i SortedSet<Entry>>,
}

impl WorkIndex {
    /// A page of a work list. It reads the rows it shows; with filters that no single list answers,
    /// it reads at most [`ROWS_READ_MAX`] rows for the page and as many for the total.
    pub fn page(&self, query: &WorkQuery<'_>) -> WorkPage {
        let filter = query.filter;
        let (parts, is_one_list) = filter.parts();
        let account = query.whose.account();
        let scopes = query.whose.scopes(filter.work).into_iter();
        let sources: Vec<Source<'_>> =
            scopes.filter_map(|scope| self.source(scope, &parts, account)).collect();
        let wanted = |row: &WorkRow| {
            filter.matches(row) && account.is_none_or(|account| !row.was_worked_on_by(account))
        };

        let mut page = WorkPage::default();
        let mut last: Option<&WorkKey> = None;
        for (read, row) in merged(&sources, query.after).enumerate() {
            if !filter.is_in_time(row) {
                break;
            }
            if page.rows.len() == query.limit && wanted(row) {
                page.next = page.rows.last().map(|shown| shown.key.clone());
                break;
            }
            if read == ROWS_READ_MAX {
                (page.next, page.cut) = (last.cloned(), true);
                break;
            }
            last = Some(&row.key);
            if wanted(row) {
                page.rows.push(Arc::clone(row));
            }
        }
        if is_one_list {
            page.total = sources.iter().map(|source| source.count(filter)).sum();
        } else {
            let in_time = merged(&sources, None).take_while(|row| filter.is_in_time(row));
            let mut read = 0;
            let counted = in_time.take(ROWS_READ_MAX).inspect(|_| read += 1);
            page.total = counted.filter(|row| wanted(row)).count();
            page.cut |= read == ROWS_READ_MAX;
        }
        page
    }

    /// The shortest list of this scope that the filters name; `None` when it is empty.
    fn source(
        &self,
        scope: WorkScope,
        parts: &[ListPart],
        account: Option<&AccountName>,
    ) -> Option<Source<'_>> {
        let not_theirs = match (&scope, account) {
            (WorkScope::Hotline(_, right), Some(account)) if is_for_others(*right) => {
                self.list(&scope, ListPart::WorkedBy(account.clone()))
            }
            _ => None,
        };
        let mut rows = self.list(&scope, ListPart::All)?;
        for part in parts {
            let named = self.list(&scope, part.clone())?;
            if named.len() < rows.len() {
                rows = named;
            }
        }
        Some(Source { rows, not_theirs })
    }

    fn list(&self, scope: &WorkScope, part: ListPart) -> Option<&SortedSet<Entry>> {
        self.lists.get(&(scope.clone(), part))
    }
}

impl Source<'_> {
    /// The number of rows due in time, without those that are not for the person.
    fn count(&self, filter: &WorkFilter) -> usize {
        let all = match filter.due_before {
            Some(then) => self.rows.count_before(|entry| entry.0.key.is_due_before(then)),
            None => self.rows.len(),
        };
        let not_theirs = self.not_theirs.into_iter().flat_map(|rows| rows.iter_from(|_| false));
        all - not_theirs.filter(|entry| filter.matches(&entry.0)).count()
    }
}

/// The rows of several lists in one order, after a place.
fn merged<'i>(
    sources: &'i [Source<'i>],
    after: Option<&WorkKey>,
) -> impl Iterator<Item = &'i Arc<WorkRow>> {
    let is_before = move |entry: &Entry| after.is_some_and(|after| entry.0.key <= *after);
    let mut lists: Vec<_> = sources.iter().map(|source| source.rows.iter_from(is_before)).collect();
    let mut firsts: BinaryHeap<Reverse<(&Entry, usize)>> = lists
        .iter_mut()
        .enumerate()
        .filter_map(|(at, rows)| Some(Reverse((rows.next()?, at))))
        .collect();
    std::iter::from_fn(move || {
        let Reverse((entry, at)) = firsts.pop()?;
        firsts.extend(lists.get_mut(at)?.next().map(|next| Reverse((next, at))));
        Some(&entry.0)
    })
}

/// The most rows that one request reads where no single list answers its filters: a millisecond.
pub const ROWS_READ_MAX: usize = 10_000;
const ORDER_LEVELS: [OrderLevel; 3] = [OrderLevel::Remind, OrderLevel::Warn, OrderLevel::Account];
