//! The index of work lists answers every request as a search through all tickets does.

use std::collections::{BTreeMap, BTreeSet};

use deadlines::clock::WorkingTime;
use model::{
    Event, Record, TicketId, Timestamp,
    desk::{Actor, DeskEvent, FilingId, MatterId, OrderEvent, OrderId, UnitId},
};
use ticketing::{
    Filing, Rules, Ticket,
    order::{Order, OrderLevel, OrderState, OrderSummary},
    rules::ReplyRule,
    worklist::{
        self, StaffMember, Whose, WorkContext, WorkFilter, WorkIndex, WorkItem, WorkKey, WorkKind,
        WorkQuery,
    },
};

use super::{people, pick::Pick, player::Player};

/// The tickets, orders, filings and drafts of the log, with the index beside them.
struct Lists {
    tickets: BTreeMap<TicketId, Ticket>,
    orders: BTreeMap<OrderId, (UnitId, Order)>,
    filings: BTreeMap<FilingId, Filing>,
    drafts: Vec<(u32, &'static str)>,
    index: WorkIndex,
    read: usize,
}

impl Lists {
    fn new(player: &Player) -> Lists {
        let calendar = player.desk.working_time().calendar.clone();
        let mut index = WorkIndex::new(calendar, player.desk.rules().clocks.clone());
        let drafts = vec![(3, "new unit"), (12, "new topic")];
        index.set_drafts(drafts.clone());
        let (tickets, orders, filings) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Lists { tickets, orders, filings, drafts, index, read: 0 }
    }

    /// Applies the records since the last time.
    fn follow(&mut self, player: &Player) {
        for record in &player.log[self.read..] {
            self.apply(record);
        }
        self.read = player.log.len();
        self.index.advance(player.now);
    }

    fn apply(&mut self, record: &Record) {
        if let Some(opened) = Ticket::open(record.seq, record.at, &record.event) {
            self.tickets.insert(opened.ticket, opened.clone());
            self.index.set_ticket(&varied(&opened));
        }
        let Event::Desk(entry) = &record.event else { return };
        if let Some(ticket) = entry.event.ticket().and_then(|id| self.tickets.get_mut(&id)) {
            ticket.apply_entry(record.seq, record.at, entry);
            self.index.set_ticket(&varied(ticket));
        }
        match &entry.event {
            DeskEvent::Order(id, event) => {
                match event {
                    OrderEvent::Drafted { level, issuers, unit, .. } => {
                        let (level, issuers) = (*level, issuers.clone());
                        let state = OrderState::Drafted;
                        let order = Order { level, issuers, state, issued: None, answered: None };
                        self.orders.insert(*id, (unit.clone(), order));
                    }
                    OrderEvent::Moved { event, .. } => {
                        self.orders.get_mut(id).expect("drafted").1.apply(record.at, event);
                    }
                }
                self.index.set_orders(id.matter, of_matter(&self.orders, id.matter));
            }
            DeskEvent::Filing(id, event) => {
                let filing =
                    Filing::after(self.filings.get(id), record.at, event).expect("a filing");
                self.index.set_filing(*id, &filing);
                self.filings.insert(*id, filing);
            }
            _ => {}
        }
    }

    /// All work, found by looking at everything.
    fn search(&self, player: &Player) -> Vec<WorkItem> {
        let (now, working_time, policy) =
            (player.now, player.desk.working_time(), &player.desk.rules().clocks);
        let orders = OrderSummary::default();
        let context = WorkContext { now, working_time, policy, level_two_unmet: false, orders };
        let mut found: Vec<WorkItem> = Vec::new();
        for ticket in self.tickets.values() {
            let mut orders = OrderSummary::default();
            let mut level_two_unmet = false;
            for (_, _, order) in
                ticket.matter.into_iter().flat_map(|matter| of_matter(&self.orders, matter))
            {
                orders.add(order);
                level_two_unmet |=
                    order.level == OrderLevel::Warn && order.is_unmet(now, working_time, policy);
            }
            let context = WorkContext { level_two_unmet, orders, ..context };
            found.extend(worklist::items_of_ticket(&varied(ticket), context));
        }
        let orders = self.orders.iter();
        found.extend(
            orders.filter_map(|(id, (unit, order))| {
                worklist::item_of_order(*id, unit, order, context)
            }),
        );
        let filings = self.filings.iter();
        found.extend(
            filings.filter_map(|(id, filing)| worklist::item_of_filing(*id, filing, context)),
        );
        found.extend(self.drafts.iter().map(|(n, note)| worklist::item_of_draft(*n, note)));
        found.sort_by_key(WorkItem::key);
        found
    }
}

fn of_matter(
    orders: &BTreeMap<OrderId, (UnitId, Order)>,
    matter: MatterId,
) -> impl Iterator<Item = (OrderId, &UnitId, &Order)> {
    let all = OrderId { matter, n: 0 }..=OrderId { matter, n: u16::MAX };
    orders.range(all).map(|(id, (unit, order))| (*id, unit, order))
}

/// The ticket with an area, a topic and a group of its own: the player gives all of them the same.
fn varied(ticket: &Ticket) -> Ticket {
    let mut ticket = ticket.clone();
    let n = ticket.ticket.number_of_day() as usize;
    ticket.form.area =
        [None, Some("410102"), Some("410102001"), Some("410200")][n % 4].map(|code| code.into());
    ticket.form.topic = [Some("010402"), None, Some("0104"), Some("02"), Some("0201")][n % 5]
        .map(|code| code.into());
    ticket.group = ticket.group.or([None, Some("east".into()), Some("west".into())][n % 3].clone());
    ticket
}

fn is_wanted(item: &WorkItem, query: &WorkQuery<'_>) -> bool {
    let is_theirs = match query.whose {
        Whose::Person { by, hubs } => item.is_for(by, |unit| hubs.contains(unit)),
        Whose::Units(units) => {
            item.work.is_of_unit() && item.unit.as_ref().is_some_and(|unit| units.contains(unit))
        }
    };
    let WorkFilter { work, state, due_before, area, topic, group } = query.filter;
    let begins = |code: Option<&str>, with: &Option<String>| {
        with.as_ref().is_none_or(|with| code.is_some_and(|code| code.starts_with(with.as_str())))
    };
    // No list shows the work of an unknown unit.
    is_theirs
        && !(item.work.is_of_unit() && item.unit.is_none())
        && work.is_none_or(|work| work == item.work)
        && state.as_ref().is_none_or(|state| *state == item.state)
        && due_before.is_none_or(|then| item.due.is_some_and(|due| due < then))
        && begins(item.area.as_ref().map(|area| area.as_str()), area)
        && begins(item.topic.as_ref().map(|topic| topic.as_str()), topic)
        && group
            .as_deref()
            .is_none_or(|name| item.group.as_ref().is_some_and(|group| group.as_str() == name))
}

/// Reads all pages and compares them with what the search found.
fn check_pages(index: &WorkIndex, query: WorkQuery<'_>, all: &[WorkItem]) -> usize {
    let wanted = all.iter().filter(|item| is_wanted(item, &query));
    let wanted: Vec<(WorkKey, WorkKind)> = wanted.map(|item| (item.key(), item.work)).collect();
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = index.page(&WorkQuery { after: after.as_ref(), ..query });
        assert_eq!((page.total, page.cut), (wanted.len(), false), "{query:?}");
        assert!(page.rows.len() <= query.limit);
        found.extend(page.rows.iter().map(|row| (row.key.clone(), row.work)));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(found, wanted, "{query:?}");
    wanted.len()
}

/// A person who holds a part of a ticket is among its holders. Returns how many parts are held.
fn check_holders(lists: &Lists, actors: &[Actor], working_time: WorkingTime<'_>) -> usize {
    let mut held = 0;
    for ticket in lists.tickets.values() {
        let holders = worklist::holders(ticket);
        let people = actors.iter().filter_map(|by| Some((by.account()?, by.unit())));
        for (account, unit) in people {
            let who = StaffMember { account, real_name: "王工", unit };
            let parts = worklist::in_hand(ticket, who, working_time).len();
            let is_named = [account.as_str(), "王工"].iter().any(|name| holders.contains(name));
            assert!(parts == 0 || is_named, "{who:?} {:?}", ticket.ticket);
            held += parts;
        }
    }
    held
}

/// A filter by some of the fields of one item.
fn filter(pick: &mut Pick, all: &[WorkItem]) -> WorkFilter {
    if all.is_empty() || pick.one_in(4) {
        return WorkFilter::default();
    }
    let item = pick.of(all);
    let mut some = |value: Option<&str>| {
        let value = value.filter(|_| pick.one_in(3))?;
        Some(value[..pick.of(&[2, 3, 4, 6, 9]).min(value.len())].to_owned())
    };
    let area = some(item.area.as_ref().map(|area| area.as_str()));
    let topic = some(item.topic.as_ref().map(|topic| topic.as_str()));
    let later = |due: Timestamp| due + std::time::Duration::from_secs(1);
    WorkFilter {
        area,
        topic,
        work: pick.one_in(4).then_some(item.work),
        state: pick.one_in(4).then(|| item.state.clone()),
        due_before: item.due.filter(|_| pick.one_in(3)).map(later),
        group: item.group.as_ref().filter(|_| pick.one_in(3)).map(ToString::to_string),
    }
}

#[test]
fn index_answers_every_list_page_and_filter_as_a_search_through_all_tickets() {
    let actors = people::all_actors();
    let (mut rows, mut kinds, mut proposals, mut held) = (0, BTreeSet::new(), 0, 0);
    for run in 0..12_u64 {
        let mut rules = Rules { ask_by_sms: run % 2 == 0, ..Rules::shipped() };
        if run % 3 == 0 {
            rules.reply_by = if run % 2 == 0 { ReplyRule::Unit } else { ReplyRule::Both };
            rules.further_signatures = vec!["区长".into()];
        }
        let mut player = Player::new(rules);
        let hubs = BTreeSet::from([player.desk.rules().hub.clone(), UnitId::from("water")]);
        let mut lists = Lists::new(&player);
        let mut pick = Pick::new(1_000 + run);
        for _ in 0..60 {
            for _ in 0..8 {
                player.step(pick.next()).expect("every invariant holds");
            }
            lists.follow(&player);
            let all = lists.search(&player);
            kinds.extend(all.iter().map(|item| item.work));
            proposals += all.iter().filter(|item| item.work == WorkKind::DraftOrder).count();
            held += check_holders(&lists, &actors, player.desk.working_time());
            for by in &actors {
                let filter = filter(&mut pick, &all);
                let whose = Whose::Person { by, hubs: &hubs };
                let limit = pick.of(&[1, 2, 7, 200]);
                let query = WorkQuery { whose, filter: &filter, after: None, limit };
                rows += check_pages(&lists.index, query, &all);
            }
            let units: BTreeSet<UnitId> = people::UNITS
                .iter()
                .filter(|_| pick.one_in(2))
                .map(|unit| (*unit).into())
                .collect();
            let filter = filter(&mut pick, &all);
            let whose = Whose::Units(&units);
            rows += check_pages(
                &lists.index,
                WorkQuery { whose, filter: &filter, after: None, limit: 3 },
                &all,
            );
        }
    }
    assert!(rows > 1_000 && kinds.len() > 20 && proposals > 0, "{rows} {kinds:?} {proposals}");
    assert!(held > 100, "{held}");
}

#[test]
fn index_built_at_once_is_the_index_that_followed() {
    let mut player = Player::new(Rules::shipped());
    let mut lists = Lists::new(&player);
    let mut pick = Pick::new(7);
    for _ in 0..400 {
        player.step(pick.next()).expect("every invariant holds");
        lists.follow(&player);
    }
    let mut built = Lists::new(&player).index;
    lists.tickets.values().for_each(|ticket| built.set_ticket(&varied(ticket)));
    for (id, _) in lists.orders.keys().map(|id| (id.matter, ())) {
        built.set_orders(id, of_matter(&lists.orders, id));
    }
    lists.filings.iter().for_each(|(id, filing)| built.set_filing(*id, filing));
    built.advance(player.now);
    let all = lists.search(&player);
    assert_eq!(built.len(), lists.index.len());
    for by in people::all_actors() {
        let hubs = BTreeSet::new();
        let whose = Whose::Person { by: &by, hubs: &hubs };
        let filter = WorkFilter::default();
        check_pages(&built, WorkQuery { whose, filter: &filter, after: None, limit: 9 }, &all);
    }
}

#[test]
fn filters_that_no_list_answers_read_a_bounded_number_of_rows() {
    let player = Player::new(Rules::shipped());
    let calendar = player.desk.working_time().calendar.clone();
    let mut index = WorkIndex::new(calendar, player.desk.rules().clocks.clone());
    let drafts = worklist::ROWS_READ_MAX as u32 + 5;
    index.set_drafts((0..drafts).map(|n| (n, "new unit")));
    let by = people::all_actors()
        .into_iter()
        .find(|by| matches!(by, Actor::Person { role: model::event::Role::Director, .. }));
    let (by, hubs) = (by.expect("a director"), BTreeSet::new());
    let whose = Whose::Person { by: &by, hubs: &hubs };
    let ask = |filter: &WorkFilter, after: Option<&WorkKey>| {
        index.page(&WorkQuery { whose, filter, after, limit: 2 })
    };
    let all = ask(&WorkFilter::default(), None);
    assert_eq!((all.total, all.rows.len(), all.cut), (drafts as usize, 2, false));
    // No list holds the topics of three digits.
    let filter = WorkFilter { topic: Some("010".into()), ..WorkFilter::default() };
    let first = ask(&filter, None);
    assert_eq!((first.total, first.rows.len(), first.cut), (0, 0, true));
    let rest = ask(&filter, first.next.as_ref());
    assert_eq!((rest.rows.len(), rest.next), (0, None));
}
