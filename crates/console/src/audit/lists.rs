//! The rows of lists that are recorded: a list is recorded once, with its filter and its rows.
//!
//! A refresh or the next page adds, within an hour, only the rows that are not recorded yet. An
//! open page that refreshes every half minute therefore adds nothing until it shows something new.
//! No lock is held while a record is written: two requests for the same list at the same time may
//! both be recorded, and neither waits for the other.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::{
    AccountName, CallId, Number, TicketId, Timestamp,
    event::{ListSeen, RowDigest, RowIds},
};
use sha2::{Digest, Sha256};

use crate::auth::User;

/// A list before it is shown.
pub(crate) struct ShownList {
    /// The list with its filters, without a caller's number: `tickets?state=registered`.
    pub(crate) name: String,
    /// The caller that was searched for. Such a search is recorded even when it finds nothing.
    pub(crate) caller: Option<Number>,
    /// The rows, and whether each shows its caller unmasked.
    pub(crate) rows: Vec<(ShownRow, bool)>,
}

/// A row of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ShownRow {
    Ticket(TicketId),
    Call(CallId),
}

/// The rows of lists that are on record.
#[derive(Default)]
pub(crate) struct ListAudit {
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    views: BTreeMap<View, RecordedRows>,
    /// The number of rows in all views.
    rows: usize,
}

/// One person's view of one list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct View {
    by: AccountName,
    list: String,
    caller: Option<Number>,
}

/// The rows of a view that are on record.
struct RecordedRows {
    since: Timestamp,
    /// Each row, and whether it was shown unmasked.
    rows: BTreeMap<ShownRow, bool>,
}

impl ShownList {
    /// The view, and the rows with whether each is shown unmasked.
    pub(super) fn split(self, user: &User) -> (View, Vec<(ShownRow, bool)>) {
        let by = user.account.name.clone();
        (View { by, list: self.name, caller: self.caller }, self.rows)
    }
}

impl View {
    /// The record that these rows were seen.
    pub(super) fn event(&self, rows: &[(ShownRow, bool)]) -> ListSeen {
        ListSeen {
            by: self.by.clone(),
            list: self.list.clone(),
            caller: self.caller.clone(),
            whole: rows.iter().filter(|(_, whole)| *whole).count() as u64,
            ids: row_ids(rows.iter().map(|(row, _)| *row).collect()),
        }
    }
}

/// The ids of rows as a record holds them: each one, or the first, the last and a hash of many.
pub(crate) fn row_ids(rows: Vec<ShownRow>) -> RowIds {
    if rows.len() > RowIds::NAMED_MAX {
        return RowIds::Many(many(rows));
    }
    let call = |row: &ShownRow| match row {
        ShownRow::Call(call) => Some(*call),
        ShownRow::Ticket(_) => None,
    };
    let ticket = |row: &ShownRow| match row {
        ShownRow::Ticket(ticket) => Some(*ticket),
        ShownRow::Call(_) => None,
    };
    match rows.first() {
        Some(ShownRow::Call(_)) => RowIds::Calls(rows.iter().filter_map(call).collect()),
        _ => RowIds::Tickets(rows.iter().filter_map(ticket).collect()),
    }
}

fn many(mut rows: Vec<ShownRow>) -> RowDigest {
    rows.sort_unstable();
    let text = |row: &ShownRow| match row {
        ShownRow::Ticket(ticket) => ticket.to_string(),
        ShownRow::Call(call) => call.to_string(),
    };
    let mut hash = Sha256::new();
    for row in &rows {
        hash.update(text(row));
        hash.update("\n");
    }
    let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let end = |row: Option<&ShownRow>| row.map(text).unwrap_or_default();
    RowDigest { rows: rows.len() as u64, first: end(rows.first()), last: end(rows.last()), sha256 }
}

/// The name of a list with its filters, as in its address: `tickets?state=registered`. Filters
/// without a value are left out.
pub(crate) fn list_name(list: &str, filters: &[(&str, Option<String>)]) -> String {
    let mut name = list.to_owned();
    let given = filters.iter().filter_map(|(field, value)| Some((field, value.as_ref()?)));
    for (n, (field, value)) in given.enumerate() {
        name.push(if n == 0 { '?' } else { '&' });
        name.push_str(field);
        name.push('=');
        name.extend(value.chars().filter(|c| !c.is_control()).take(VALUE_CHARS));
    }
    name
}

impl ListAudit {
    /// The rows of this view that are not on record, unmasked ones first; `None` when there is
    /// nothing to record.
    pub(super) fn unrecorded(
        &self,
        now: Timestamp,
        view: &View,
        rows: Vec<(ShownRow, bool)>,
    ) -> Option<Vec<(ShownRow, bool)>> {
        let open = self.lock();
        let recorded = open.views.get(view).filter(|recorded| recorded.is_current(now));
        let is_new = |row: &ShownRow, whole: bool| {
            let before = recorded.and_then(|recorded| recorded.rows.get(row));
            before.is_none_or(|was_whole| whole && !was_whole)
        };
        let mut new: Vec<_> = rows.into_iter().filter(|(row, whole)| is_new(row, *whole)).collect();
        new.sort_by_key(|(_, whole)| !whole);
        let is_new_search = view.caller.is_some() && recorded.is_none();
        (!new.is_empty() || is_new_search).then_some(new)
    }

    /// Notes that these rows were recorded. When the table is full, the view opened longest ago is
    /// dropped: its rows may be recorded too often then, never too seldom.
    pub(super) fn insert(&self, now: Timestamp, view: View, rows: Vec<(ShownRow, bool)>) {
        let mut open = self.lock();
        if open.views.get(&view).is_some_and(|recorded| !recorded.is_current(now)) {
            open.remove(&view);
        }
        let recorded = open
            .views
            .entry(view)
            .or_insert_with(|| RecordedRows { since: now, rows: BTreeMap::new() });
        let before = recorded.rows.len();
        for (row, whole) in rows {
            *recorded.rows.entry(row).or_default() |= whole;
        }
        open.rows += recorded.rows.len() - before;
        while open.rows > ROWS_MAX || open.views.len() > VIEWS_MAX {
            let oldest = open.views.iter().min_by_key(|(_, recorded)| recorded.since);
            let Some(oldest) = oldest.map(|(view, _)| view.clone()) else { return };
            open.remove(&oldest);
        }
    }

    // No code that holds the lock can leave a view half changed.
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn remove(&mut self, view: &View) {
        if let Some(gone) = self.views.remove(view) {
            self.rows -= gone.rows.len();
        }
    }
}

impl RecordedRows {
    fn is_current(&self, now: Timestamp) -> bool {
        now.since(self.since) < HOUR
    }
}

const HOUR: Duration = Duration::from_secs(3_600);
/// The rows that a hundred people have open within an hour; some 10 MB.
const ROWS_MAX: usize = 200_000;
const VIEWS_MAX: usize = 8_192;
/// Longer than any code or word that a filter takes.
const VALUE_CHARS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn view(by: &str) -> View {
        View { by: by.into(), list: "tickets".into(), caller: None }
    }

    fn rows(ids: std::ops::Range<u64>, whole: bool) -> Vec<(ShownRow, bool)> {
        ids.map(|id| (ShownRow::Ticket(TicketId(id)), whole)).collect()
    }

    fn at(second: u64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    #[test]
    fn refresh_records_only_new_rows() {
        let lists = ListAudit::default();
        let first = lists.unrecorded(at(0), &view("li"), rows(0..3, true)).unwrap();
        assert_eq!(first, rows(0..3, true));
        lists.insert(at(0), view("li"), first);
        assert_eq!(lists.unrecorded(at(9), &view("li"), rows(0..3, true)), None);
        assert_eq!(lists.unrecorded(at(9), &view("li"), rows(1..5, true)), Some(rows(3..5, true)));
        assert_eq!(lists.unrecorded(at(9), &view("ma"), rows(0..1, true)), Some(rows(0..1, true)));
        assert_eq!(
            lists.unrecorded(at(3_600), &view("li"), rows(0..3, true)),
            Some(rows(0..3, true))
        );
    }

    #[test]
    fn row_seen_masked_is_recorded_again_when_seen_unmasked() {
        let lists = ListAudit::default();
        lists.insert(at(0), view("li"), rows(0..2, false));
        assert_eq!(lists.unrecorded(at(1), &view("li"), rows(0..2, false)), None);
        assert_eq!(lists.unrecorded(at(1), &view("li"), rows(0..2, true)), Some(rows(0..2, true)));
        lists.insert(at(1), view("li"), rows(0..2, true));
        assert_eq!(lists.unrecorded(at(2), &view("li"), rows(0..2, false)), None);
    }

    #[test]
    fn row_stays_unrecorded_until_its_record_was_written() {
        let lists = ListAudit::default();
        let first = lists.unrecorded(at(0), &view("li"), rows(0..2, true));
        // Writing the record failed, so nothing was inserted and the next request tries again.
        assert_eq!(lists.unrecorded(at(1), &view("li"), rows(0..2, true)), first);
    }

    #[test]
    fn search_without_result_is_recorded_once_an_hour() {
        let lists = ListAudit::default();
        let search = View { caller: Some(Number::new("13812345678")), ..view("li") };
        assert_eq!(lists.unrecorded(at(0), &search, Vec::new()), Some(Vec::new()));
        lists.insert(at(0), search.clone(), Vec::new());
        assert_eq!(lists.unrecorded(at(1), &search, Vec::new()), None);
        assert_eq!(lists.unrecorded(at(0), &view("li"), Vec::new()), None);
    }

    #[test]
    fn full_table_drops_the_oldest_view_with_its_rows() {
        let lists = ListAudit::default();
        let half = ROWS_MAX as u64 / 2;
        lists.insert(at(0), view("li"), rows(0..half, true));
        lists.insert(at(1), view("ma"), rows(0..half, true));
        lists.insert(at(2), view("wu"), rows(0..1, true));
        assert!(lists.unrecorded(at(3), &view("li"), rows(0..1, true)).is_some());
        assert_eq!(lists.unrecorded(at(3), &view("ma"), rows(0..1, true)), None);
        let open = lists.lock();
        assert_eq!(open.rows, open.views.values().map(|seen| seen.rows.len()).sum::<usize>());
    }

    #[test]
    fn more_than_two_hundred_rows_are_recorded_as_ends_and_a_hash() {
        let named = row_ids(rows(0..200, true).into_iter().map(|(row, _)| row).collect());
        assert!(matches!(&named, RowIds::Tickets(all) if all.len() == 200));
        let day = 2_026_112_200_000;
        let all = |upside_down: bool| {
            let mut all: Vec<ShownRow> =
                rows(day..day + 201, true).into_iter().map(|(row, _)| row).collect();
            if upside_down {
                all.reverse();
            }
            row_ids(all)
        };
        assert_eq!(all(false), all(true), "the order of a table does not matter");
        let RowIds::Many(summary) = all(true) else { panic!("201 are many") };
        assert_eq!((summary.rows, summary.first.as_str()), (201, "2026112200000"));
        assert_eq!((summary.last.as_str(), summary.sha256.len()), ("2026112200200", 64));
        let many = RowIds::Many(summary);
        assert!(many.may_have_ticket(TicketId(day + 7)));
        assert!(!many.may_have_ticket(TicketId(day + 201)));
    }

    #[test]
    fn name_of_a_list_holds_its_filters() {
        assert_eq!(list_name("tickets", &[("kind", None), ("state", None)]), "tickets");
        let asked = [("unit", Some("410102-010".into())), ("tag", Some("a\nb".into()))];
        assert_eq!(list_name("tickets", &asked), "tickets?unit=410102-010&tag=ab");
    }

    /// The records that a day of 80 clerks adds to the log: each has the ticket list open for eight
    /// hours, the page refreshes every half minute, and 4,800 calls become tickets.
    #[test]
    #[expect(clippy::print_stdout, reason = "`--no-capture` shows the figure")]
    fn open_lists_of_eighty_clerks_cost_at_most_twenty_megabytes_a_day() {
        const CLERKS: u64 = 80;
        const TICKETS: u64 = 4_800;
        const HOURS: u64 = 8;
        let lists = ListAudit::default();
        let (mut bytes, mut records) = (0, 0);
        for second in (0..HOURS * 3_600).step_by(REFRESH_S) {
            let newest = 2_026_112_200_050 + second * TICKETS / (HOURS * 3_600);
            let Some(fresh) =
                lists.unrecorded(at(second), &view("li.xiaoming"), rows(newest - 50..newest, true))
            else {
                continue;
            };
            let event = model::Event::ListSeen(view("li.xiaoming").event(&fresh));
            let record = model::Record { seq: 12_345_678, at: at(1_795_334_592), event };
            let mut line = Vec::new();
            record.write_json(&mut line).unwrap();
            bytes += line.len() as u64 + HEADER_BYTES;
            records += 1;
            lists.insert(at(second), view("li.xiaoming"), fresh);
        }
        let day = bytes * CLERKS;
        println!("{CLERKS} clerks: {} records, {day} bytes a day", records * CLERKS);
        assert!(day <= 20_000_000, "{day} bytes");
        assert!(records * CLERKS >= CLERKS * HOURS * 3_600 / REFRESH_S as u64 / 2);
    }

    /// `PACE_MS` of the page's ticket list.
    const REFRESH_S: usize = 30;
    /// The frame of a record in the journal.
    const HEADER_BYTES: u64 = 16;
}
