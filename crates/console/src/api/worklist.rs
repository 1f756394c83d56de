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
    Date, TicketId, Timestamp,
    desk::{Actor, FilingId, MatterId, OrderId, UnitId},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ticketing::{
    Ticket,
    masking::{self, MaskingLevel},
    order::OrderSummary,
    rights::{self, Right},
    worklist::{
        self, Whose, WorkContext, WorkFilter, WorkItem, WorkKey, WorkKind, WorkPage, WorkQuery,
        WorkRow, WorkSubject,
    },
};

use crate::{
    audit::{Audit, ShownList, ShownRow, list_name},
    auth::User,
    backend::{ReferenceDataReader, Tickets, WorklistIndex},
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
    index: Arc<dyn WorklistIndex>,
    reference_data: Arc<dyn ReferenceDataReader>,
    audit: Audit,
    options: Arc<Options>,
    clock: HotlineClock,
}

impl FromRef<AppState> for Worklists {
    fn from_ref(state: &AppState) -> Worklists {
        Worklists {
            tickets: FromRef::from_ref(state),
            index: FromRef::from_ref(state),
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
    /// The filters as the index knows them.
    fn of_index(self) -> WorkFilter {
        let Filter { work, state, due_before, area, topic, group, .. } = self;
        let area = area.map(|code| without_zeros(&code).to_owned());
        WorkFilter { work, state, due_before, area, topic, group }
    }

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
    /// Whether the filters together needed more rows than one request reads; `total` then counts the
    /// rows that were read, and `next` continues after them.
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

/// The work of one kind.
#[derive(Serialize, JsonSchema)]
pub(super) struct WorkCount {
    work: WorkKind,
    total: usize,
    /// How much of it was due before now.
    late: usize,
}

/// Counts without rows: they name no ticket, so the audit has nothing to record.
pub(super) async fn counts(
    State(worklists): State<Worklists>,
    user: User,
) -> Result<Json<Vec<WorkCount>>, Problem> {
    let search = worklists.search(user, Filter::default(), None, None);
    read(&worklists.tickets, move |_| Ok(Json(search.counts()))).await
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

    fn search(
        &self,
        user: User,
        filter: Filter,
        after: Option<WorkKey>,
        units: Option<BTreeSet<UnitId>>,
    ) -> Search {
        Search {
            options: Arc::clone(&self.options),
            reference_data: Arc::clone(&self.reference_data),
            index: Arc::clone(&self.index),
            now: self.clock.now(),
            today: self.clock.today(),
            user,
            limit: paging::limit(filter.limit),
            filter: filter.of_index(),
            after,
            units,
        }
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
        let search = self.search(user.clone(), filter, after, units);
        let page = read(&self.tickets, move |tickets| search.run(tickets)).await?;
        // Titles may name the caller, so each row is recorded with whether it was masked.
        let rows = page
            .items
            .iter()
            .filter_map(|item| Some((ShownRow::Ticket(item.ticket?), item.unmasked)));
        let shown = ShownList { name, caller: None, rows: rows.collect() };
        self.audit.list(&user, shown).await?;
        Ok(Json(page))
    }
}

/// A place in the list.
fn cursor(text: &str) -> Result<WorkKey, Problem> {
    let message = "after must be the value of `next` on the previous page";
    text.parse().map_err(|_| Problem::invalid(message))
}

/// A search for a page of work.
struct Search {
    options: Arc<Options>,
    reference_data: Arc<dyn ReferenceDataReader>,
    index: Arc<dyn WorklistIndex>,
    now: Timestamp,
    today: Date,
    user: User,
    filter: WorkFilter,
    after: Option<WorkKey>,
    limit: usize,
    /// The units whose work is searched; `None`: the work that waits for the person.
    units: Option<BTreeSet<UnitId>>,
}

impl Search {
    /// The page: its rows from the index, and what they show from the tickets.
    fn run(&self, tickets: &dyn Tickets) -> std::io::Result<Worklist> {
        let by = self.user.actor();
        let hubs = self.hubs();
        let whose = match &self.units {
            Some(units) => Whose::Units(units),
            None => Whose::Person { by: &by, hubs: &hubs },
        };
        let (filter, after) = (&self.filter, self.after.as_ref());
        let query = WorkQuery { whose, filter, after, limit: self.limit };
        let mut page = WorkPage::default();
        self.index.with_work_index(self.now, &mut |index| page = index.page(&query));
        let shown = page.rows.iter().filter_map(|row| ticket_of(row.about));
        let tickets = tickets.tickets_by_number(&shown.collect())?;
        let items = page.rows.iter().filter_map(|row| self.item(row, &tickets, &by)).collect();
        let next = page.next.map(|next| next.to_string());
        Ok(Worklist { items, total: page.total, next, cut: page.cut })
    }

    /// The number of each kind of work, of those that wait at all.
    fn counts(&self) -> Vec<WorkCount> {
        let by = self.user.actor();
        let hubs = self.hubs();
        let whose = Whose::Person { by: &by, hubs: &hubs };
        let mut counts = Vec::new();
        self.index.with_work_index(self.now, &mut |index| {
            let count = |filter: &WorkFilter| {
                index.page(&WorkQuery { whose, filter, after: None, limit: 1 }).total
            };
            counts = WorkKind::ALL
                .into_iter()
                .filter_map(|work| {
                    let all = WorkFilter { work: Some(work), ..WorkFilter::default() };
                    let total = count(&all);
                    let late = WorkFilter { due_before: Some(self.now), ..all };
                    (total > 0).then(|| WorkCount { work, total, late: count(&late) })
                })
                .collect();
        });
        counts
    }

    /// The units that are the hotline itself.
    fn hubs(&self) -> BTreeSet<UnitId> {
        let mut hubs: BTreeSet<UnitId> = self
            .reference_data
            .get(|data| data.directory().hub(self.today).cloned())
            .into_iter()
            .collect();
        hubs.insert(self.options.desk.hub.clone());
        hubs
    }

    /// The item of a row; `None` when the work was done in this moment.
    fn item(
        &self,
        row: &WorkRow,
        tickets: &BTreeMap<TicketId, Ticket>,
        by: &Actor,
    ) -> Option<WorkItem> {
        match row.about {
            WorkSubject::Order(id) => return self.item_of_order(id, by),
            WorkSubject::Filing(id) => return self.item_of_filing(id, by),
            WorkSubject::Draft(number) => return self.item_of_draft(number, by),
            WorkSubject::Ticket(_)
            | WorkSubject::Dissatisfaction(_)
            | WorkSubject::Assignment(_) => {}
        }
        let ticket = tickets.get(&ticket_of(row.about)?)?;
        let mut items = worklist::items_of_ticket(ticket, self.context(ticket.matter)).into_iter();
        let item = items.find(|item| item.work == row.work && item.about == row.about)?;
        let level = redact::masking_level(ticket, &self.user.account, false);
        Some(WorkItem {
            title: masking::form_at(&ticket.form, level).form.title,
            unmasked: level == MaskingLevel::Unmasked,
            allowed: worklist::allowed_on_ticket(ticket, item.about, by),
            ..item
        })
    }

    fn item_of_order(&self, id: OrderId, by: &Actor) -> Option<WorkItem> {
        let context = self.context(None);
        self.reference_data.get(|data| {
            let (unit, order) = data.order(id)?;
            let item = worklist::item_of_order(id, unit, order, context)?;
            Some(WorkItem { allowed: worklist::allowed_on_order(order, unit, by), ..item })
        })
    }

    fn item_of_filing(&self, id: FilingId, by: &Actor) -> Option<WorkItem> {
        let context = self.context(None);
        self.reference_data.get(|data| {
            let filing = data.filing(id)?;
            let item = worklist::item_of_filing(id, filing, context)?;
            Some(WorkItem { allowed: worklist::allowed_on_filing(filing, by), ..item })
        })
    }

    fn item_of_draft(&self, number: u32, by: &Actor) -> Option<WorkItem> {
        let allowed = match rights::check(by, Right::ApprovePolicy) {
            Ok(()) => vec!["approve", "refuse"],
            Err(_) => Vec::new(),
        };
        self.reference_data.get(|data| {
            let (_, draft) = data.drafts().find(|(known, _)| *known == number)?;
            Some(WorkItem { allowed, ..worklist::item_of_draft(number, &draft.note) })
        })
    }

    /// The values from which the due dates and the lateness of work on a matter follow.
    fn context(&self, matter: Option<MatterId>) -> WorkContext<'_> {
        let policy = &self.options.desk.clocks;
        let working_time = self.options.working_time();
        let of_matter = matter.map(|matter| {
            self.reference_data.get(|data| {
                let mut orders = OrderSummary::default();
                data.orders_of(matter).for_each(|(_, _, order)| orders.add(order));
                (data.is_level_two_unmet(matter, self.now, working_time, policy), orders)
            })
        });
        let (level_two_unmet, orders) = of_matter.unwrap_or_default();
        WorkContext { now: self.now, working_time, policy, level_two_unmet, orders }
    }
}

/// The ticket that has to be read to show a piece of work.
fn ticket_of(about: WorkSubject) -> Option<TicketId> {
    match about {
        WorkSubject::Ticket(id) | WorkSubject::Dissatisfaction(id) => Some(id),
        WorkSubject::Assignment(assignment) => Some(assignment.ticket),
        WorkSubject::Order(_) | WorkSubject::Filing(_) | WorkSubject::Draft(_) => None,
    }
}

/// The part of an area's code that the codes of areas in it begin with: `4101` of `410100`.
fn without_zeros(mut code: &str) -> &str {
    while let Some(larger) = code.strip_suffix("00").filter(|larger| !larger.is_empty()) {
        code = larger;
    }
    code
}

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
    fn cursor_is_the_place_of_an_item() {
        let key = worklist::item_of_draft(3, "new unit").key();
        assert_eq!(cursor(&key.to_string()).ok(), Some(key));
        assert!(cursor("later").is_err());
    }
}
