//! Lists of persons' data on record (OPS-01): who saw which list, how it was narrowed, and which
//! rows of it, on the disk before the first byte leaves.
//!
//! A list is recorded once. A refresh of it and its next page add, within an hour, only the rows
//! that are not on record of it yet: an open page that asks every half minute adds nothing as long
//! as nothing new is in it. No lock is held while a record is written: two requests for the same
//! list at once may both be on record, and neither waits for the other.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use center::Command;
use model::{
    AccountName, CallId, Event, Number, TicketId, Timestamp,
    event::{ListSeen, RowDigest, RowIds},
};
use sha2::{Digest, Sha256};

use crate::{desk::Desk, problem::Problem, who::Who};

/// A list as it is about to be shown.
pub(crate) struct List {
    /// Which, and how it was narrowed: `tickets?state=registered`. Without a caller's number.
    pub(crate) name: String,
    /// The caller it was narrowed to. Such a search is on record when it found nothing, too.
    pub(crate) caller: Option<Number>,
    /// Its rows, and whether each shows its caller whole.
    pub(crate) rows: Vec<(Row, bool)>,
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Row {
    Ticket(TicketId),
    Call(CallId),
}

/// Rows of lists that are on record.
#[derive(Default)]
pub(crate) struct Lists {
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    views: BTreeMap<View, Recorded>,
    /// Rows in all of them.
    rows: usize,
}

/// One person's look at one list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct View {
    by: AccountName,
    list: String,
    caller: Option<Number>,
}

/// What of it is on record.
struct Recorded {
    since: Timestamp,
    /// Each row, and whether it was shown whole.
    rows: BTreeMap<Row, bool>,
}

/// Put a list on record before it is shown.
pub(crate) async fn note(desk: &Desk, who: &Who, list: List) -> Result<(), Problem> {
    let List { name, caller, rows } = list;
    let view = View { by: who.account.name.clone(), list: name, caller };
    let now = desk.now();
    let Some(fresh) = desk.lists.fresh(now, &view, rows) else { return Ok(()) };
    let event = Event::ListSeen(ListSeen {
        by: view.by.clone(),
        list: view.list.clone(),
        caller: view.caller.clone(),
        whole: fresh.iter().filter(|(_, whole)| *whole).count() as u64,
        ids: ids(fresh.iter().map(|(row, _)| *row).collect()),
    });
    desk.backend.command(who.actor(), Command::Note(event)).await?;
    desk.lists.keep(now, view, fresh);
    Ok(())
}

/// Ids as a record keeps them: named one by one, or, of many, their ends and a hash.
pub(crate) fn ids(rows: Vec<Row>) -> RowIds {
    if rows.len() > RowIds::NAMED_MAX {
        return RowIds::Many(many(rows));
    }
    let call = |row: &Row| match row {
        Row::Call(call) => Some(*call),
        Row::Ticket(_) => None,
    };
    let ticket = |row: &Row| match row {
        Row::Ticket(ticket) => Some(*ticket),
        Row::Call(_) => None,
    };
    match rows.first() {
        Some(Row::Call(_)) => RowIds::Calls(rows.iter().filter_map(call).collect()),
        _ => RowIds::Tickets(rows.iter().filter_map(ticket).collect()),
    }
}

fn many(mut rows: Vec<Row>) -> RowDigest {
    rows.sort_unstable();
    let text = |row: &Row| match row {
        Row::Ticket(ticket) => ticket.to_string(),
        Row::Call(call) => call.to_string(),
    };
    let mut hash = Sha256::new();
    for row in &rows {
        hash.update(text(row));
        hash.update("\n");
    }
    let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let end = |row: Option<&Row>| row.map(text).unwrap_or_default();
    RowDigest { rows: rows.len() as u64, first: end(rows.first()), last: end(rows.last()), sha256 }
}

/// How a list was narrowed, as in its address: `tickets?state=registered&limit=…` without the
/// places in it. What is absent narrows nothing.
pub(crate) fn narrowed(list: &str, by: &[(&str, Option<String>)]) -> String {
    let mut name = list.to_owned();
    let given = by.iter().filter_map(|(field, value)| Some((field, value.as_ref()?)));
    for (n, (field, value)) in given.enumerate() {
        name.push(if n == 0 { '?' } else { '&' });
        name.push_str(field);
        name.push('=');
        name.extend(value.chars().filter(|c| !c.is_control()).take(VALUE_CHARS));
    }
    name
}

impl Lists {
    /// The rows that are not on record of this view, those shown whole first; `None` when there is
    /// nothing to be recorded.
    fn fresh(
        &self,
        now: Timestamp,
        view: &View,
        rows: Vec<(Row, bool)>,
    ) -> Option<Vec<(Row, bool)>> {
        let open = self.lock();
        let recorded = open.views.get(view).filter(|recorded| recorded.holds(now));
        let is_fresh = |row: &Row, whole: bool| {
            let before = recorded.and_then(|recorded| recorded.rows.get(row));
            before.is_none_or(|was_whole| whole && !was_whole)
        };
        let mut fresh: Vec<_> =
            rows.into_iter().filter(|(row, whole)| is_fresh(row, *whole)).collect();
        fresh.sort_by_key(|(_, whole)| !whole);
        let is_new_search = view.caller.is_some() && recorded.is_none();
        (!fresh.is_empty() || is_new_search).then_some(fresh)
    }

    /// These are on record of the view from now on. Full: the view opened longest ago is forgotten,
    /// and recorded again if it goes on; too many records, never too few.
    fn keep(&self, now: Timestamp, view: View, rows: Vec<(Row, bool)>) {
        let mut open = self.lock();
        if open.views.get(&view).is_some_and(|recorded| !recorded.holds(now)) {
            open.forget(&view);
        }
        let recorded = open
            .views
            .entry(view)
            .or_insert_with(|| Recorded { since: now, rows: BTreeMap::new() });
        let before = recorded.rows.len();
        for (row, whole) in rows {
            *recorded.rows.entry(row).or_default() |= whole;
        }
        open.rows += recorded.rows.len() - before;
        while open.rows > ROWS_MAX || open.views.len() > VIEWS_MAX {
            let oldest = open.views.iter().min_by_key(|(_, recorded)| recorded.since);
            let Some(oldest) = oldest.map(|(view, _)| view.clone()) else { return };
            open.forget(&oldest);
        }
    }

    // No code that holds the lock can leave half a view behind it.
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn forget(&mut self, view: &View) {
        if let Some(gone) = self.views.remove(view) {
            self.rows -= gone.rows.len();
        }
    }
}

impl Recorded {
    fn holds(&self, now: Timestamp) -> bool {
        now.since(self.since) < HOUR
    }
}

const HOUR: Duration = Duration::from_secs(3_600);
/// Everything a hundred people have open within an hour, some 10 MB.
const ROWS_MAX: usize = 200_000;
const VIEWS_MAX: usize = 8_192;
/// Codes and words are shorter.
const VALUE_CHARS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn view(by: &str) -> View {
        View { by: by.into(), list: "tickets".into(), caller: None }
    }

    fn rows(ids: std::ops::Range<u64>, whole: bool) -> Vec<(Row, bool)> {
        ids.map(|id| (Row::Ticket(TicketId(id)), whole)).collect()
    }

    fn at(second: u64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    #[test]
    fn refresh_names_only_rows_that_are_not_on_record() {
        let lists = Lists::default();
        let first = lists.fresh(at(0), &view("li"), rows(0..3, true)).unwrap();
        assert_eq!(first, rows(0..3, true));
        lists.keep(at(0), view("li"), first);
        assert_eq!(lists.fresh(at(9), &view("li"), rows(0..3, true)), None);
        assert_eq!(lists.fresh(at(9), &view("li"), rows(1..5, true)), Some(rows(3..5, true)));
        assert_eq!(lists.fresh(at(9), &view("ma"), rows(0..1, true)), Some(rows(0..1, true)));
        assert_eq!(lists.fresh(at(3_600), &view("li"), rows(0..3, true)), Some(rows(0..3, true)));
    }

    #[test]
    fn row_seen_masked_is_new_when_it_is_seen_whole() {
        let lists = Lists::default();
        lists.keep(at(0), view("li"), rows(0..2, false));
        assert_eq!(lists.fresh(at(1), &view("li"), rows(0..2, false)), None);
        assert_eq!(lists.fresh(at(1), &view("li"), rows(0..2, true)), Some(rows(0..2, true)));
        lists.keep(at(1), view("li"), rows(0..2, true));
        assert_eq!(lists.fresh(at(2), &view("li"), rows(0..2, false)), None);
    }

    #[test]
    fn what_was_not_recorded_is_shown_to_nobody_as_recorded() {
        let lists = Lists::default();
        let first = lists.fresh(at(0), &view("li"), rows(0..2, true));
        // The record was refused: nothing was kept, and the next request asks for it again.
        assert_eq!(lists.fresh(at(1), &view("li"), rows(0..2, true)), first);
    }

    #[test]
    fn search_for_a_caller_that_finds_nothing_is_recorded_once_an_hour() {
        let lists = Lists::default();
        let search = View { caller: Some(Number::new("13812345678")), ..view("li") };
        assert_eq!(lists.fresh(at(0), &search, Vec::new()), Some(Vec::new()));
        lists.keep(at(0), search.clone(), Vec::new());
        assert_eq!(lists.fresh(at(1), &search, Vec::new()), None);
        assert_eq!(lists.fresh(at(0), &view("li"), Vec::new()), None);
    }

    #[test]
    fn full_book_forgets_the_oldest_view_and_counts_its_rows() {
        let lists = Lists::default();
        let half = ROWS_MAX as u64 / 2;
        lists.keep(at(0), view("li"), rows(0..half, true));
        lists.keep(at(1), view("ma"), rows(0..half, true));
        lists.keep(at(2), view("wu"), rows(0..1, true));
        assert!(lists.fresh(at(3), &view("li"), rows(0..1, true)).is_some());
        assert_eq!(lists.fresh(at(3), &view("ma"), rows(0..1, true)), None);
        let open = lists.lock();
        assert_eq!(open.rows, open.views.values().map(|seen| seen.rows.len()).sum::<usize>());
    }

    #[test]
    fn more_than_two_hundred_rows_are_kept_as_their_ends_and_a_hash() {
        let named = ids(rows(0..200, true).into_iter().map(|(row, _)| row).collect());
        assert!(matches!(&named, RowIds::Tickets(all) if all.len() == 200));
        let day = 2_026_112_200_000;
        let all = |upside_down: bool| {
            let mut all: Vec<Row> =
                rows(day..day + 201, true).into_iter().map(|(row, _)| row).collect();
            if upside_down {
                all.reverse();
            }
            ids(all)
        };
        assert_eq!(all(false), all(true), "the order of a table does not matter");
        let RowIds::Many(kept) = all(true) else { panic!("201 are many") };
        assert_eq!((kept.rows, kept.first.as_str()), (201, "2026112200000"));
        assert_eq!((kept.last.as_str(), kept.sha256.len()), ("2026112200200", 64));
        let many = RowIds::Many(kept);
        assert!(many.may_have_ticket(TicketId(day + 7)));
        assert!(!many.may_have_ticket(TicketId(day + 201)));
    }

    #[test]
    fn name_of_a_list_tells_how_it_was_narrowed() {
        assert_eq!(narrowed("tickets", &[("kind", None), ("state", None)]), "tickets");
        let asked = [("unit", Some("410102-010".into())), ("tag", Some("a\nb".into()))];
        assert_eq!(narrowed("tickets", &asked), "tickets?unit=410102-010&tag=ab");
    }

    /// What a day of 80 clerks costs the log: each has the ticket list open for eight hours, its
    /// page asks every half minute, and 4,800 calls become tickets.
    #[test]
    #[expect(clippy::print_stdout, reason = "the figure is told with `--no-capture`")]
    fn open_lists_of_eighty_clerks_cost_at_most_twenty_megabytes_a_day() {
        const CLERKS: u64 = 80;
        const TICKETS: u64 = 4_800;
        const HOURS: u64 = 8;
        let lists = Lists::default();
        let (mut bytes, mut records) = (0, 0);
        for second in (0..HOURS * 3_600).step_by(PAGE_ASKS_EVERY_S) {
            let newest = 2_026_112_200_050 + second * TICKETS / (HOURS * 3_600);
            let Some(fresh) =
                lists.fresh(at(second), &view("li.xiaoming"), rows(newest - 50..newest, true))
            else {
                continue;
            };
            let event = Event::ListSeen(ListSeen {
                by: "li.xiaoming".into(),
                list: "tickets".into(),
                caller: None,
                whole: fresh.len() as u64,
                ids: ids(fresh.iter().map(|(row, _)| *row).collect()),
            });
            let record = model::Record { seq: 12_345_678, at: at(1_795_334_592), event };
            let mut line = Vec::new();
            record.write_json(&mut line).unwrap();
            bytes += line.len() as u64 + HEADER_BYTES;
            records += 1;
            lists.keep(at(second), view("li.xiaoming"), fresh);
        }
        let day = bytes * CLERKS;
        println!("{CLERKS} clerks: {} records, {day} bytes a day", records * CLERKS);
        assert!(day <= 20_000_000, "{day} bytes");
        assert!(records * CLERKS >= CLERKS * HOURS * 3_600 / PAGE_ASKS_EVERY_S as u64 / 2);
    }

    /// `PACE_MS` of the page's ticket list.
    const PAGE_ASKS_EVERY_S: usize = 30;
    /// Of a record's frame in the journal.
    const HEADER_BYTES: u64 = 16;
}
