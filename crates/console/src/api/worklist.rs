//! Work lists: the work that waits for a person, and the work that waits in a unit (SUP-04, list of the
//! supervision office; SEAT-08, own work).
//!
//! Filters: `work state due_before area topic group`; pages: `after limit`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{
    Json,
    extract::{FromRef, State},
};
use model::{
    Date, Timestamp,
    desk::{Actor, MatterId, UnitId},
};
use reporting::ReferenceData;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::TicketIndex;
use ticketing::{
    masking::{self, MaskingLevel},
    order::OrderSummary,
    rights::{self, Right},
    worklist::{self, WorkContext, WorkItem, WorkKind},
};

use crate::{
    audit::{Audit, ShownList, ShownRow, list_name},
    auth::User,
    backend::{ReferenceDataReader, Tickets},
    blocking::read,
    clock::HotlineClock,
    extract::{PathId, QueryParams},
    options::Options,
    paging,
    problem::Problem,
    redact,
    state::AppState,
};

/// Finds the work that waits.
#[derive(Clone)]
pub(super) struct Worklists {
    tickets: Arc<dyn Tickets>,
    reference_data: Arc<dyn ReferenceDataReader>,
    audit: Audit,
    options: Arc<Options>,
    clock: HotlineClock,
}

impl FromRef<AppState> for Worklists {
    fn from_ref(state: &AppState) -> Worklists {
        Worklists {
            tickets: FromRef::from_ref(state),
            reference_data: FromRef::from_ref(state),
            audit: FromRef::from_ref(state),
            options: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
        }
    }
}

/// The filters of a work list.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    /// The kind of work.
    work: Option<WorkKind>,
    /// The state of the ticket, assignment, order or filing.
    state: Option<String>,
    /// Only work due before this moment.
    due_before: Option<Timestamp>,
    /// Only work in this area or below it.
    area: Option<String>,
    /// Only work of this topic or below it.
    topic: Option<String>,
    /// Only work of this supervision group.
    group: Option<String>,
    /// Also the work of units below.
    #[serde(default)]
    below: bool,
    /// The `next` of the previous page.
    after: Option<String>,
    limit: Option<usize>,
}

impl Filter {
    /// The name of the list in the audit.
    fn name(&self, list: &str) -> String {
        let work = self.work.and_then(|work| serde_json::to_value(work).ok());
        let filters = [
            ("work", work.and_then(|work| work.as_str().map(str::to_owned))),
            ("state", self.state.clone()),
            ("area", self.area.clone()),
            ("topic", self.topic.clone()),
            ("group", self.group.clone()),
            ("below", self.below.then(|| "true".to_owned())),
        ];
        list_name(list, &filters)
    }
}

/// A page of work, most urgent first.
#[derive(Serialize, JsonSchema)]
pub(super) struct Worklist {
    items: Vec<WorkItem>,
    /// The number of items on all pages.
    total: usize,
    /// The value of `after=` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// Whether there is more work than one request reads; filter by `work` to see all of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

pub(super) async fn mine(
    State(worklists): State<Worklists>,
    user: User,
    QueryParams(filter): QueryParams<Filter>,
) -> Result<Json<Worklist>, Problem> {
    if filter.below {
        return Err(Problem::invalid("below is only for /api/v1/units/{unit}/worklist"));
    }
    worklists.page(user, "worklist", filter, None).await
}

pub(super) async fn of_unit(
    State(worklists): State<Worklists>,
    user: User,
    PathId(unit): PathId<String>,
    QueryParams(filter): QueryParams<Filter>,
) -> Result<Json<Worklist>, Problem> {
    let (unit, below) = (UnitId::from(unit.as_str()), filter.below);
    let found = worklists.unit(&user, &unit, below);
    let may_see = user.may(Right::Tickets)
        || user.may(Right::UnitTickets) && found.is_own && !below
        || user.may(Right::UnitsBelow) && (found.is_own || found.is_below_own);
    if !may_see {
        return Err(Problem::forbidden("this is another unit's work"));
    }
    if !found.is_known {
        return Err(Problem::not_found("no such unit"));
    }
    let name = format!("units/{unit}/worklist");
    worklists.page(user, &name, filter, Some(found.units)).await
}

/// A unit, and how it is related to the unit of the person who asks.
#[derive(Default)]
struct RequestedUnit {
    is_known: bool,
    is_own: bool,
    is_below_own: bool,
    /// The unit, with those below it when they were asked for.
    units: BTreeSet<UnitId>,
}

impl Worklists {
    fn unit(&self, user: &User, unit: &UnitId, below: bool) -> RequestedUnit {
        let (own, today) = (user.account.staff.unit.as_ref(), self.clock.today());
        self.reference_data.get(|data| {
            let directory = data.directory();
            let mut units = BTreeSet::from([unit.clone()]);
            if below {
                let all = directory.active(today).map(|(id, _)| id);
                let lower = all.filter(|id| directory.is_below(id, unit, today));
                units.extend(lower.cloned());
            }
            RequestedUnit {
                is_known: directory.is_empty() || directory.unit_on(unit, today).is_some(),
                is_own: own == Some(unit),
                is_below_own: own.is_some_and(|own| directory.is_below(unit, own, today)),
                units,
            }
        })
    }

    async fn page(
        &self,
        user: User,
        list: &str,
        filter: Filter,
        units: Option<BTreeSet<UnitId>>,
    ) -> Result<Json<Worklist>, Problem> {
        let name = filter.name(list);
        let after = filter.after.as_deref().map(cursor).transpose()?;
        let limit = paging::limit(filter.limit);
        let search = Search {
            options: Arc::clone(&self.options),
            reference_data: Arc::clone(&self.reference_data),
            now: self.clock.now(),
            today: self.clock.today(),
            user: user.clone(),
            filter,
            units,
        };
        let (mut items, cut) = read(&self.tickets, move |tickets| search.run(tickets)).await?;
        items.sort_by_cached_key(WorkItem::sort_key);
        let total = items.len();
        let from = match &after {
            Some(after) => items.partition_point(|item| item.sort_key() <= *after),
            None => 0,
        };
        let page: Vec<WorkItem> = items.drain(from..).take(limit).collect();
        let is_more = from + page.len() < total;
        let next = page.last().filter(|_| is_more).map(|last| {
            let (due, name) = last.sort_key();
            format!("{due}.{name}")
        });
        // Titles may name the caller, so each row is recorded with whether it was masked.
        let rows =
            page.iter().filter_map(|item| Some((ShownRow::Ticket(item.ticket?), item.unmasked)));
        let shown = ShownList { name, caller: None, rows: rows.collect() };
        self.audit.list(&user, shown).await?;
        Ok(Json(Worklist { items: page, total, next, cut }))
    }
}

/// A place in the list: a due date and the name of an item.
fn cursor(text: &str) -> Result<(u64, String), Problem> {
    let read = text.split_once('.').and_then(|(due, name)| Some((due.parse().ok()?, name.into())));
    read.ok_or_else(|| Problem::invalid("after must be the value of `next` on the previous page"))
}

/// A search for the work that waits.
struct Search {
    options: Arc<Options>,
    reference_data: Arc<dyn ReferenceDataReader>,
    now: Timestamp,
    today: Date,
    user: User,
    filter: Filter,
    /// The units whose work is searched; `None`: the work that waits for the person.
    units: Option<BTreeSet<UnitId>>,
}

impl Search {
    /// All items, unsorted, and whether there are more than [`TICKETS_MAX`] tickets.
    fn run(&self, tickets: &dyn Tickets) -> std::io::Result<(Vec<WorkItem>, bool)> {
        let actor = self.user.actor();
        let (mut found, mut unmet_matters, mut hubs) =
            (Vec::new(), BTreeSet::new(), BTreeSet::new());
        let mut ordered = BTreeMap::<MatterId, OrderSummary>::new();
        hubs.insert(self.options.desk.hub.clone());
        self.reference_data.with_reference_data(&mut |data| {
            hubs.extend(data.directory().hub(self.today).cloned());
            unmet_matters = self.unmet(data);
            for (id, _, order) in data.all_orders() {
                ordered.entry(id.matter).or_default().add(order);
            }
            self.beside_tickets(data, &actor, &mut found);
        });
        found.retain(|item| self.wants(item, &actor, &hubs));
        let (mut count, mut cut) = (0, false);
        for place in self.places(&actor, &hubs) {
            tickets.each_ticket(&place, &mut |ticket| {
                if count == TICKETS_MAX {
                    cut = true;
                    return false;
                }
                count += 1;
                let unmet = ticket.matter.is_some_and(|matter| unmet_matters.contains(&matter));
                let mut title = None;
                let had = ticket.matter.and_then(|matter| ordered.get(&matter)).copied();
                let seen = WorkContext { orders: had.unwrap_or_default(), ..self.seen(unmet) };
                for mut item in worklist::items_of_ticket(&ticket, seen) {
                    if !is_in(&place, &item) || !self.wants(&item, &actor, &hubs) {
                        continue;
                    }
                    item.allowed = worklist::allowed_on_ticket(&ticket, item.about, &actor);
                    let seen = title.get_or_insert_with(|| self.title(&ticket));
                    (item.title, item.unmasked) =
                        (seen.0.clone(), seen.1 == MaskingLevel::Unmasked);
                    found.push(item);
                }
                true
            })?;
        }
        Ok((found, cut))
    }

    fn seen(&self, level_two_unmet: bool) -> WorkContext<'_> {
        let policy = &self.options.desk.clocks;
        let working_time = self.options.working_time();
        let orders = OrderSummary::default();
        WorkContext { now: self.now, working_time, policy, level_two_unmet, orders }
    }

    /// Matters with an order of level 2 that is not met; everything about them is most urgent.
    fn unmet(&self, data: &ReferenceData) -> BTreeSet<MatterId> {
        let WorkContext { now, working_time, policy, .. } = self.seen(false);
        data.unmet(now, working_time, policy).collect()
    }

    /// The work on orders, filings and drafts of the network.
    fn beside_tickets(&self, data: &ReferenceData, actor: &Actor, found: &mut Vec<WorkItem>) {
        for (id, unit, order) in data.all_orders() {
            let item = worklist::item_of_order(id, unit, order, self.seen(false));
            let allowed = || worklist::allowed_on_order(order, unit, actor);
            found.extend(item.map(|item| WorkItem { allowed: allowed(), ..item }));
        }
        for (id, filing) in data.filings() {
            let allowed = || worklist::allowed_on_filing(filing, actor);
            let item = worklist::item_of_filing(id, filing, self.seen(false));
            found.extend(item.map(|item| WorkItem { allowed: allowed(), ..item }));
        }
        for (number, draft) in data.drafts() {
            let allowed = match rights::check(actor, Right::ApprovePolicy) {
                Ok(()) => vec!["approve", "refuse"],
                Err(_) => Vec::new(),
            };
            found.push(WorkItem { allowed, ..worklist::item_of_draft(number, &draft.note) });
        }
    }

    /// The indexes that hold the tickets to search.
    fn places(&self, actor: &Actor, hubs: &BTreeSet<UnitId>) -> Vec<TicketIndex> {
        let of_units = |units: &BTreeSet<UnitId>| {
            units.iter().cloned().map(TicketIndex::WaitingAt).collect::<Vec<_>>()
        };
        if let Some(units) = &self.units {
            return of_units(units);
        }
        let wanted = |work: &WorkKind| self.filter.work.is_none_or(|asked| asked == *work);
        let works = WorkKind::ALL.into_iter().filter(wanted);
        let mine =
            works.filter(|work| !work.is_of_unit() && rights::check(actor, work.right()).is_ok());
        let mut places: Vec<TicketIndex> = mine.map(TicketIndex::Waiting).collect();
        if rights::check(actor, Right::ReviewAsHub).is_ok() {
            places.extend(of_units(hubs));
        }
        places.extend(
            actor.unit().filter(|unit| !hubs.contains(unit)).cloned().map(TicketIndex::WaitingAt),
        );
        places
    }

    fn wants(&self, item: &WorkItem, actor: &Actor, hubs: &BTreeSet<UnitId>) -> bool {
        let Filter { work, state, due_before, area, topic, group, .. } = &self.filter;
        let is_theirs = match &self.units {
            Some(units) => {
                item.work.is_of_unit() && item.unit.as_ref().is_some_and(|u| units.contains(u))
            }
            None => item.is_for(actor, |unit| hubs.contains(unit)),
        };
        let begins =
            |text: Option<&str>, with: &str| text.is_some_and(|text| text.starts_with(with));
        is_theirs
            && work.is_none_or(|work| work == item.work)
            && state.as_ref().is_none_or(|state| *state == item.state)
            && due_before.is_none_or(|then| item.due.is_some_and(|due| due < then))
            && area.as_deref().is_none_or(|code| {
                begins(item.area.as_ref().map(|area| area.as_str()), without_zeros(code))
            })
            && topic
                .as_deref()
                .is_none_or(|code| begins(item.topic.as_ref().map(|topic| topic.as_str()), code))
            && group
                .as_deref()
                .is_none_or(|name| item.group.as_ref().is_some_and(|g| g.as_str() == name))
    }

    /// The title as the person may see it, and how much of the caller they may see.
    fn title(&self, ticket: &ticketing::Ticket) -> (Option<String>, MaskingLevel) {
        let level = redact::masking_level(ticket, &self.user.account, false);
        (masking::form_at(&ticket.form, level).form.title, level)
    }
}

/// Whether the item belongs to this index. A ticket is in several, and each item is taken from one.
fn is_in(place: &TicketIndex, item: &WorkItem) -> bool {
    match place {
        TicketIndex::Waiting(work) => item.work == *work,
        TicketIndex::WaitingAt(unit) => item.work.is_of_unit() && item.unit.as_ref() == Some(unit),
        _ => false,
    }
}

/// The part of an area's code that the codes of areas in it begin with: `4101` of `410100`.
fn without_zeros(mut code: &str) -> &str {
    while let Some(larger) = code.strip_suffix("00").filter(|larger| !larger.is_empty()) {
        code = larger;
    }
    code
}

/// Tickets that one request reads, in half a second.
const TICKETS_MAX: usize = 20_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_of_a_city_covers_its_counties() {
        assert_eq!(without_zeros("410100"), "4101");
        assert_eq!(without_zeros("410000"), "41");
        assert_eq!(without_zeros("410102"), "410102");
        assert_eq!(without_zeros("00"), "00");
    }

    #[test]
    fn cursor_holds_a_due_date_and_an_item() {
        let item = worklist::item_of_draft(3, "new unit");
        assert!(matches!(item.about, worklist::WorkSubject::Draft(3)));
        let (due, name) = item.sort_key();
        assert_eq!(cursor(&format!("{due}.{name}")).ok(), Some((due, name)));
        assert!(cursor("later").is_err());
    }
}
