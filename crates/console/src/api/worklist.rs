//! Work lists: what waits for me, and what waits in a unit (SUP-04, SEAT-08).
//!
//! Narrowed by `work state due_before area topic group`, paged by `after limit`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{Json, extract::State};
use model::{
    Date, Timestamp,
    desk::{Actor, MatterId, UnitId},
    event::Role,
};
use reporting::ReferenceData;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::TicketIndex;
use ticketing::{
    masking::{self, Sight},
    order::Ordered,
    rights::{self, Act},
    worklist::{self, Item, Seen, Work},
};

use super::{
    asked::{Asked, Id},
    page_of,
    seen::{self, List, Row},
};
use crate::{
    desk::Desk, options::Options, port::Backend, problem::Problem, redact, rights::Right, who::Who,
};

/// What a list is narrowed to.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    /// What has to be done.
    work: Option<Work>,
    /// Where it stands.
    state: Option<String>,
    /// Due before this moment.
    due_before: Option<Timestamp>,
    /// In this area or below it.
    area: Option<String>,
    /// Of this topic or below it.
    topic: Option<String>,
    /// Of this supervision group.
    group: Option<String>,
    /// Units below it too.
    #[serde(default)]
    below: bool,
    /// The `next` of the page before.
    after: Option<String>,
    limit: Option<usize>,
}

impl Filter {
    /// The list as its record names it.
    fn name(&self, list: &str) -> String {
        let work = self.work.and_then(|work| serde_json::to_value(work).ok());
        let by = [
            ("work", work.and_then(|work| work.as_str().map(str::to_owned))),
            ("state", self.state.clone()),
            ("area", self.area.clone()),
            ("topic", self.topic.clone()),
            ("group", self.group.clone()),
            ("below", self.below.then(|| "true".to_owned())),
        ];
        seen::narrowed(list, &by)
    }
}

/// A page of work, the most urgent first.
#[derive(Serialize, JsonSchema)]
pub(super) struct Worklist {
    items: Vec<Item>,
    /// How many there are on all pages.
    total: usize,
    /// Ask with `after=` this for what follows; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// More waits than is looked at in one go: name the work to see all of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

pub(super) async fn mine(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(filter): Asked<Filter>,
) -> Result<Json<Worklist>, Problem> {
    if filter.below {
        return Err(Problem::unclear("below goes with /api/v1/units/{unit}/worklist"));
    }
    listed(&desk, who, "worklist", filter, None).await
}

pub(super) async fn of_unit(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(unit): Id<String>,
    Asked(filter): Asked<Filter>,
) -> Result<Json<Worklist>, Problem> {
    let (unit, today, below) = (UnitId::from(unit.as_str()), desk.today(), filter.below);
    let own = who.doer().unit().cloned();
    let wanted = unit.clone();
    let found =
        desk.read(move |backend| Ok(Whose::look(backend, &wanted, own, below, today))).await?;
    let may = match who.role() {
        Role::Liaison => found.is_own && !below,
        Role::UnitHead => found.is_own || found.is_below_own,
        _ => who.may(Right::Tickets),
    };
    if !may {
        return Err(Problem::forbidden("another unit's work is not yours to see"));
    }
    if !found.is_known {
        return Err(Problem::not_found("there is no such unit"));
    }
    let name = format!("units/{unit}/worklist");
    listed(&desk, who, &name, filter, Some(found.units)).await
}

/// A unit, and how whoever looks stands to it.
struct Whose {
    is_known: bool,
    is_own: bool,
    is_below_own: bool,
    /// It, and those below it when they were asked for.
    units: BTreeSet<UnitId>,
}

impl Whose {
    fn look(
        backend: &dyn Backend,
        unit: &UnitId,
        own: Option<UnitId>,
        below: bool,
        today: Date,
    ) -> Whose {
        let mut whose = Whose {
            is_known: true,
            is_own: own.as_ref() == Some(unit),
            is_below_own: false,
            units: BTreeSet::from([unit.clone()]),
        };
        backend.with_reference_data(&mut |reference| {
            let network = reference.network();
            whose.is_known = network.is_empty() || network.unit_on(unit, today).is_some();
            whose.is_below_own = own.as_ref().is_some_and(|own| network.is_below(unit, own, today));
            if below {
                let all = network.active(today).map(|(id, _)| id);
                let lower = all.filter(|id| network.is_below(id, unit, today));
                whose.units.extend(lower.cloned());
            }
        });
        whose
    }
}

async fn listed(
    desk: &Desk,
    who: Who,
    list: &str,
    filter: Filter,
    units: Option<BTreeSet<UnitId>>,
) -> Result<Json<Worklist>, Problem> {
    let name = filter.name(list);
    let after = filter.after.as_deref().map(cursor).transpose()?;
    let limit = page_of::limit(filter.limit);
    let look = Look {
        options: desk.options.clone(),
        now: desk.now(),
        today: desk.today(),
        who: who.clone(),
        filter,
        units,
    };
    let (mut items, cut) = desk.read(move |backend| look.all(backend)).await?;
    items.sort_by_cached_key(Item::place);
    let total = items.len();
    let from = match &after {
        Some(after) => items.partition_point(|item| item.place() <= *after),
        None => 0,
    };
    let page: Vec<Item> = items.drain(from..).take(limit).collect();
    let is_more = from + page.len() < total;
    let next = page.last().filter(|_| is_more).map(|last| {
        let (due, name) = last.place();
        format!("{due}.{name}")
    });
    // Titles name people. How secret each caller is was decided title by title.
    let rows =
        page.iter().filter_map(|item| Some((Row::Ticket(item.ticket?), item.whole))).collect();
    seen::note(desk, &who, List { name, caller: None, rows }).await?;
    Ok(Json(Worklist { items: page, total, next, cut }))
}

/// A place in the list: a due date, and a name.
fn cursor(text: &str) -> Result<(u64, String), Problem> {
    let read = text.split_once('.').and_then(|(due, name)| Some((due.parse().ok()?, name.into())));
    read.ok_or_else(|| Problem::unclear("after is the next of the page before"))
}

/// Somebody looks at what waits.
struct Look {
    options: Options,
    now: Timestamp,
    today: Date,
    who: Who,
    filter: Filter,
    /// Everything in these; otherwise what waits for whoever looks.
    units: Option<BTreeSet<UnitId>>,
}

impl Look {
    /// Everything, in no order; and whether there is more than was looked at.
    fn all(&self, backend: &dyn Backend) -> std::io::Result<(Vec<Item>, bool)> {
        let doer = self.who.doer();
        let (mut found, mut black, mut hubs) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        let mut ordered = BTreeMap::<MatterId, Ordered>::new();
        hubs.insert(self.options.desk.hub.clone());
        backend.with_reference_data(&mut |reference| {
            hubs.extend(reference.network().hub(self.today).cloned());
            black = self.unmet(reference);
            for (id, _, order) in reference.all_orders() {
                ordered.entry(id.matter).or_default().add(order);
            }
            self.beside_tickets(reference, &doer, &mut found);
        });
        found.retain(|item| self.wants(item, &doer, &hubs));
        let (mut looked, mut cut) = (0, false);
        for place in self.places(&doer, &hubs) {
            backend.each_ticket(&place, &mut |ticket| {
                if looked == LOOK_AT_MOST {
                    cut = true;
                    return false;
                }
                looked += 1;
                let unmet = ticket.matter.is_some_and(|matter| black.contains(&matter));
                let mut title = None;
                let had = ticket.matter.and_then(|matter| ordered.get(&matter)).copied();
                let seen = Seen { ordered: had.unwrap_or_default(), ..self.seen(unmet) };
                for mut item in worklist::of_ticket(&ticket, seen) {
                    if !is_in(&place, &item) || !self.wants(&item, &doer, &hubs) {
                        continue;
                    }
                    item.allowed = worklist::allowed_on_ticket(&ticket, item.about, &doer);
                    let seen = title.get_or_insert_with(|| self.title(&ticket));
                    (item.title, item.whole) = (seen.0.clone(), seen.1 == Sight::Whole);
                    found.push(item);
                }
                true
            })?;
        }
        Ok((found, cut))
    }

    fn seen(&self, level_two_unmet: bool) -> Seen<'_> {
        let policy = &self.options.desk.clocks;
        let ground = self.options.ground();
        let ordered = Ordered::default();
        Seen { now: self.now, ground, policy, level_two_unmet, ordered }
    }

    /// Matters with an order of level 2 that is not met.
    fn unmet(&self, reference: &ReferenceData) -> BTreeSet<MatterId> {
        let Seen { now, ground, policy, .. } = self.seen(false);
        reference.unmet(now, ground, policy).collect()
    }

    /// Orders, filings and drafts of the network.
    fn beside_tickets(&self, reference: &ReferenceData, doer: &Actor, found: &mut Vec<Item>) {
        for (id, unit, order) in reference.all_orders() {
            let item = worklist::of_order(id, unit, order, self.seen(false));
            let allowed = || worklist::allowed_on_order(order, unit, doer);
            found.extend(item.map(|item| Item { allowed: allowed(), ..item }));
        }
        for (id, filing) in reference.filings() {
            let allowed = || worklist::allowed_on_filing(filing, doer);
            let item = worklist::of_filing(id, filing, self.seen(false));
            found.extend(item.map(|item| Item { allowed: allowed(), ..item }));
        }
        for (number, draft) in reference.drafts() {
            let allowed = match rights::check(doer, Act::ApprovePolicy) {
                Ok(()) => vec!["approve", "refuse"],
                Err(_) => Vec::new(),
            };
            found.push(Item { allowed, ..worklist::of_draft(number, &draft.note) });
        }
    }

    /// Where tickets that may be wanted are filed.
    fn places(&self, doer: &Actor, hubs: &BTreeSet<UnitId>) -> Vec<TicketIndex> {
        let of_units = |units: &BTreeSet<UnitId>| {
            units.iter().cloned().map(TicketIndex::WaitingAt).collect::<Vec<_>>()
        };
        if let Some(units) = &self.units {
            return of_units(units);
        }
        let wanted = |work: &Work| self.filter.work.is_none_or(|asked| asked == *work);
        let works = Work::ALL.into_iter().filter(wanted);
        let mine =
            works.filter(|work| !work.is_of_unit() && rights::check(doer, work.act()).is_ok());
        let mut places: Vec<TicketIndex> = mine.map(TicketIndex::Waiting).collect();
        if rights::check(doer, Act::ReviewAsHub).is_ok() {
            places.extend(of_units(hubs));
        }
        places.extend(
            doer.unit().filter(|unit| !hubs.contains(unit)).cloned().map(TicketIndex::WaitingAt),
        );
        places
    }

    fn wants(&self, item: &Item, doer: &Actor, hubs: &BTreeSet<UnitId>) -> bool {
        let Filter { work, state, due_before, area, topic, group, .. } = &self.filter;
        let is_theirs = match &self.units {
            Some(units) => {
                item.work.is_of_unit() && item.unit.as_ref().is_some_and(|u| units.contains(u))
            }
            None => item.is_for(doer, |unit| hubs.contains(unit)),
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

    /// The headline as whoever looks may read it, and how much of the caller they may see.
    fn title(&self, ticket: &ticketing::Ticket) -> (Option<String>, Sight) {
        let sight = redact::sight(ticket, &self.who.account, false);
        (masking::form_at(&ticket.form, sight).form.title, sight)
    }
}

/// A ticket lies in several places; each of its items is taken from one.
fn is_in(place: &TicketIndex, item: &Item) -> bool {
    match place {
        TicketIndex::Waiting(work) => item.work == *work,
        TicketIndex::WaitingAt(unit) => item.work.is_of_unit() && item.unit.as_ref() == Some(unit),
        _ => false,
    }
}

/// `410100` covers `410102`: codes of larger areas end in 00.
fn without_zeros(mut code: &str) -> &str {
    while let Some(larger) = code.strip_suffix("00").filter(|larger| !larger.is_empty()) {
        code = larger;
    }
    code
}

/// Half a second's reading; of more that waits one names the work.
const LOOK_AT_MOST: usize = 20_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citys_code_covers_its_counties() {
        assert_eq!(without_zeros("410100"), "4101");
        assert_eq!(without_zeros("410000"), "41");
        assert_eq!(without_zeros("410102"), "410102");
        assert_eq!(without_zeros("00"), "00");
    }

    #[test]
    fn a_cursor_names_a_due_date_and_an_item() {
        let item = worklist::of_draft(3, "new unit");
        assert!(matches!(item.about, worklist::About::Draft(3)));
        let (due, name) = item.place();
        assert_eq!(cursor(&format!("{due}.{name}")).ok(), Some((due, name)));
        assert!(cursor("later").is_err());
    }
}
